"""What the user of a run says is theirs: ids that may be written to, addresses that may be mailed, and a name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_PREFIX = "mailproof-"
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{5,39}")
"""What a prefix looks like: long enough to be nobody else's, short enough for every name."""
_HARMLESS = re.compile(r"[\w@.+/\\() -]*")
"""What a name with the prefix may hold beside it: nothing that separates several, or stands for any."""
_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
_PHONE = re.compile(r"\+?[0-9]{5,20}")
_FILLING = re.compile(r"[ ().-]")

Ids = Mapping[str, tuple[Any, ...]]
"""Ids by the name of what they are ids of."""


def prefix_of(seed: int) -> str:
    """The prefix of a run that was given none: it tells the runs of different seeds apart."""
    return f"{DEFAULT_PREFIX}{hashlib.sha256(str(seed).encode()).hexdigest()[:6]}-"


def is_prefix(text: str) -> bool:
    """Whether a text can be the prefix of a run."""
    return _PREFIX.fullmatch(text) is not None


def is_recipient(text: str) -> bool:
    """Whether a text is one e-mail address or one phone number."""
    return _EMAIL.fullmatch(text) is not None or _PHONE.fullmatch(_FILLING.sub("", text)) is not None


@dataclass(frozen=True, slots=True)
class Own:
    """What is the user's."""

    pools: Ids = field(default_factory=dict[str, tuple[Any, ...]])
    """Ids that may be written to, by the names that the contract gives them (`contactId`)."""
    recipients: tuple[str, ...] = ()
    """E-mail addresses and phone numbers that may be sent to."""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """What the account calls the fields that the contract names."""

    def __str__(self) -> str:
        """How much it is; the ids and addresses themselves are nobody else's business."""
        ids = sum(len(values) for values in self.pools.values())
        return f"{ids} ids in {len(self.pools)} pools, {len(self.recipients)} recipients"

    def field_names(self, name: str) -> tuple[str, ...]:
        """The account's names of a field that the contract names, casefolded."""
        return tuple(text.casefold() for text in self.fields.get(name, (name,)))

    def may_be_sent_to(self, value: object) -> bool:
        """Whether a value is one of the recipients: an address in any letter case, a number however it is spaced."""
        return isinstance(value, str) and _plain(value) in {_plain(text) for text in self.recipients}


NOTHING = Own()


def is_named(value: object, prefix: str) -> bool:
    """Whether a value carries the prefix of a run, and nothing that could make it stand for more than one thing."""
    if not isinstance(value, str) or prefix.casefold() not in value.casefold():
        return False
    return _HARMLESS.fullmatch(value) is not None and ".." not in value


def _plain(text: str) -> str:
    return text.casefold() if "@" in text else _FILLING.sub("", text)
