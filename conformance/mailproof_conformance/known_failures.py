"""Failures that a team knows of: each with a reason, perhaps until a day; what is on the list and passes is stale."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

Why = Literal["no such case", "not run", "passes", "expired"]

RED: frozenset[Why] = frozenset({"no such case", "passes", "expired"})
"""Why an entry is stale, where that makes the run red."""
_BROKEN = frozenset({Verdict.FAIL, Verdict.ERROR})
_IDLE = frozenset({Verdict.SKIP, Verdict.DISABLED})


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One entry of the list."""

    id: str
    """The id of a case, or a glob of ids where no case has that very id."""
    reason: str
    expires: date | None = None
    """The last day on which it is known."""

    def fits(self, case_id: str) -> bool:
        """Whether the entry is about a case, as far as that can be said without the other cases."""
        return case_id == self.id or fnmatchcase(case_id, self.id)

    def expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.expires is not None and self.expires < today


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that says no more what is so, or of which the run cannot tell."""

    entry: KnownFailure
    why: Why

    @property
    def counts(self) -> bool:
        """Whether a run is red because of it: not where its cases were not run."""
        return self.why in RED


@dataclass(frozen=True, slots=True)
class KnownFailures:
    """A list of known failures."""

    file: str | None = None
    """Where it was read, as the user named it."""
    entries: tuple[KnownFailure, ...] = ()

    def reason(self, case_id: str, today: date) -> str:
        """Why a failure of a case is known; empty where it is not, or no more."""
        fitting = [entry for entry in self._about(case_id) if not entry.expired(today)]
        return fitting[0].reason if fitting else ""

    def stale(self, verdicts: Mapping[str, Verdict], ids: Iterable[str], today: date) -> tuple[Stale, ...]:
        """The entries that a run does not bear out, in the list's order.

        `verdicts` holds the cases that the run had, by id; `ids` are all that the contract has, run or not.
        """
        everything = {*ids, *verdicts}
        stale: list[Stale] = []
        for entry in self.entries:
            why = _why(entry, [verdicts.get(name) for name in _cases(entry, everything)], today)
            if why is not None:
                stale.append(Stale(entry, why))
        return tuple(stale)

    def _about(self, case_id: str) -> list[KnownFailure]:
        """The entries for a case: one that is written for it alone comes before every glob."""
        own = [entry for entry in self.entries if entry.id == case_id]
        return own or [entry for entry in self.entries if entry.fits(case_id)]


def _cases(entry: KnownFailure, ids: set[str]) -> list[str]:
    return [entry.id] if entry.id in ids else [name for name in ids if entry.fits(name)]


def _why(entry: KnownFailure, verdicts: list[Verdict | None], today: date) -> Why | None:
    if not verdicts:
        return "no such case"
    if any(verdict in _BROKEN for verdict in verdicts):
        return "expired" if entry.expired(today) else None
    if any(verdict is None or verdict in _IDLE for verdict in verdicts):
        return "not run"
    return "passes"


NONE_KNOWN = KnownFailures()


def told(known: KnownFailures, stale: Iterable[Stale]) -> dict[str, Any]:
    """What a report says of the list."""
    return {
        "file": known.file,
        "stale": [{"id": item.entry.id, "reason": item.entry.reason, "why": item.why} for item in stale],
    }
