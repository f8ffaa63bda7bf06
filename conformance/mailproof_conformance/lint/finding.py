"""One thing that is wrong with a contract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding; `str` of it is the line that a user sees."""

    file: str
    pointer: str
    """JSON pointer into the file (into the bundled document, for a contract in several files)."""
    rule: str
    message: str

    def __str__(self) -> str:
        message = " ".join(self.message.split())
        return f"{self.file}:{self.pointer}: {self.rule}: {message}"
