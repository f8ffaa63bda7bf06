"""How a run is made: what the user chose, or would have got without choosing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from mailproof_conformance.guard import Permission
from mailproof_conformance.known_failures import NONE_KNOWN, KnownFailures
from mailproof_conformance.own import NOTHING, Own

if TYPE_CHECKING:
    from mailproof_conformance.target import Target

Profile = Literal["quick", "standard", "deep"]

MOST_EXAMPLES = 100_000
"""More values than that would take a property days, and Hypothesis as much memory."""


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one run; the same ones, with the same contract and server, make the same requests.

    Raises ValueError, one line, for a choice that is none.
    """

    profile: Profile = "standard"
    seed: int = 0
    strict: bool | None = None
    """Whether broken assumptions of this project count as failures; None leaves it to the target's description."""
    examples: int | None = None
    """How many values each property draws, 1 to MOST_EXAMPLES; None leaves it to the profile."""
    time_budget: float | None = None
    """Seconds after which no further case begins; None is no end. With it a run depends on the clock."""
    only: tuple[str, ...] = ()
    """Globs of case ids; none means every case of the profile."""
    allow: frozenset[Permission] = frozenset()
    """What may be done to a server that is not on this machine, beside reading."""
    rate: float | None = None
    """Requests in a second; None leaves it to the guard."""
    budget: int | None = None
    """Requests in all; None leaves it to the guard."""
    prefix: str | None = None
    """What the names begin with that the run gives to things; None derives it from the seed."""
    own: Own = NOTHING
    """What may be written to and who may be sent to, on a server that is not on this machine."""
    known_failures: KnownFailures = NONE_KNOWN
    """Failures that do not count, each with its reason."""
    saved: bool = False
    """Whether the report goes to a file: what is broken is then replayed from there."""

    def settled(self, target: Target) -> Options:
        """These choices, with what they leave to the description of the target."""
        return self if self.strict is not None else replace(self, strict=target.strict)

    def __post_init__(self) -> None:
        for name, word, words in (
            ("profile", self.profile, get_args(Profile)),
            *(("allow", item, get_args(Permission)) for item in sorted(self.allow)),
        ):
            if word not in words:
                raise ValueError(f"{name} {word!r}: must be one of {', '.join(words)}")
        if self.examples is not None and not 1 <= self.examples <= MOST_EXAMPLES:
            raise ValueError(f"examples {self.examples}: must be from 1 to {MOST_EXAMPLES}")
        for name, number in (("rate", self.rate), ("budget", self.budget), ("time_budget", self.time_budget)):
            if number is not None and not 0 < number < float("inf"):
                raise ValueError(f"{name} {number}: must be more than 0")
