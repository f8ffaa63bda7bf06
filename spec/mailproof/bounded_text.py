"""The text of a file that somebody else wrote: UTF-8, and no more of it than a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path, most: int) -> str:
    """The text of a file. `most` is in bytes.

    Raises ValueError, with the reason in a few words, where it cannot be read, is longer, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from None
    if len(data) > most:
        raise ValueError(f"it has more than {most} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
