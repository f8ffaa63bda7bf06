"""What a server acknowledged, and what it was asked when it was killed: the two sides of a promise to keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Cell:
    """A value that a single writer sets: the one acknowledged last, and those nobody knows of. None is absence."""

    acknowledged: str | None = None
    in_doubt: list[str | None] = field(default_factory=list[str | None])

    def allowed(self) -> set[str | None]:
        """What may be found."""
        return {self.acknowledged, *self.in_doubt}

    def settle(self, found: str | None) -> None:
        """Takes for acknowledged what was found, once it was found to be allowed."""
        self.acknowledged = found
        self.in_doubt.clear()


@dataclass(slots=True)
class Count:
    """How often something was acknowledged, and how often it was asked for without an answer."""

    acknowledged: int = 0
    in_doubt: int = 0

    def allows(self, found: int) -> bool:
        """Whether so many may be found."""
        return self.acknowledged <= found <= self.acknowledged + self.in_doubt

    def settle(self, found: int) -> None:
        """Takes for acknowledged what was found, once it was found to be allowed."""
        self.acknowledged, self.in_doubt = found, 0


@dataclass(slots=True)
class Job:
    """An import job that its writer started: how far it got, as far as answers told."""

    marker: str
    job_id: int | None = None
    batches: int = 0
    in_doubt: int = 0  # batches
    run: bool = False
    run_in_doubt: bool = False
    stored: int = 0  # contacts, by the last poll that was answered
    finished: bool = False


@dataclass(slots=True)
class Ledger:
    """Everything that was asked of a server, over all rounds. `writes` counts the acknowledged ones."""

    upserts: dict[str, Cell] = field(default_factory=dict[str, Cell])
    """First name by e-mail address, of one writer each."""
    shared: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By e-mail address that several writers set at the same time: every first name that any of them ever asked for."""
    shared_sure: set[str] = field(default_factory=set[str])
    """Those of them that were acknowledged at least once."""
    group: Cell = field(default_factory=Cell)
    """The address that all of a group of contacts have, since it is set for all in one call."""
    files: dict[str, Cell] = field(default_factory=dict[str, Cell])
    """By path: the seed of a file's content."""
    sends: dict[str, Count] = field(default_factory=dict[str, Count])
    """By recipient: how many messages were sent."""
    group_sends: Count = field(default_factory=Count)
    """Calls that each send to the whole group."""
    snapshots: Count = field(default_factory=Count)
    jobs: list[Job] = field(default_factory=list[Job])
    imported: set[str] = field(default_factory=set[str])
    """E-mail addresses that the list of the imports has, as far as finished jobs tell."""
    writes: int = 0

    def open_jobs(self) -> Iterator[Job]:
        """The jobs that were not seen to be finished."""
        return (job for job in self.jobs if not job.finished)
