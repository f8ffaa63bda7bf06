"""How a run is made: what the user chose, or would have got without choosing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mailproof_conformance.guard import Permission

Profile = Literal["quick", "standard", "deep"]


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one run; the same ones, with the same contract and server, make the same requests.

    Raises ValueError, one line, for a choice that is none.
    """

    profile: Profile = "standard"
    seed: int = 0
    strict: bool = False
    """Whether broken assumptions of this project count as failures."""
    only: tuple[str, ...] = ()
    """Globs of case ids; none means every case of the profile."""
    allow: frozenset[Permission] = frozenset()
    """What may be done to a server that is not on this machine, beside reading."""
    rate: float | None = None
    """Requests in a second; None leaves it to the guard."""
    budget: int | None = None
    """Requests in all; None leaves it to the guard."""

    def __post_init__(self) -> None:
        for name, word, words in (
            ("profile", self.profile, get_args(Profile)),
            *(("allow", item, get_args(Permission)) for item in sorted(self.allow)),
        ):
            if word not in words:
                raise ValueError(f"{name} {word!r}: must be one of {', '.join(words)}")
        for name, number in (("rate", self.rate), ("budget", self.budget)):
            if number is not None and not 0 < number < float("inf"):
                raise ValueError(f"{name} {number}: must be more than 0")
