"""How a run is made: what the user chose, or would have got without choosing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mailproof_conformance.own import NOTHING, Own

if TYPE_CHECKING:
    from mailproof_conformance.guard import Permission

Profile = Literal["quick", "standard", "deep"]


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one run; the same ones, with the same contract and server, make the same requests."""

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
    prefix: str | None = None
    """What the names begin with that the run gives to things; None derives it from the seed."""
    own: Own = NOTHING
    """What may be written to and who may be sent to, on a server that is not on this machine."""
