"""The parts of a `multipart/form-data` body: strict, and in time that grows with the body and with nothing else.

Written out, because the readers of the usual libraries take a minute and gigabytes for some bodies of thirty
megabytes, and nobody else is answered meanwhile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_OF_HEADERS = 16_384  # bytes, all of one part
_MOST_LOOKALIKES = 100_000  # lines that begin as a boundary does and are none
_END_OF_LINE = re.compile(rb"[ \t]{0,256}\r\n")
_END_OF_LAST_LINE = re.compile(rb"--[ \t]{0,256}(?:\r\n|\Z)")
_HEADER = re.compile(r"([\w!#$%&'*+\-.^`|~]+)[ \t]*:[ \t]*([^\r\n]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: its headers, names in lower case, and its content as it came."""

    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class _Boundary:
    """A boundary in a body: where it begins, with the line break before it, and where what follows it begins."""

    begin: int
    behind: int
    last: bool


def parts_of(body: bytes, boundary: bytes) -> Iterator[Part]:
    """The parts between the boundaries of a body (RFC 2046, section 5.1.1), one after the other.

    Lines end in CR LF; what stands before the first boundary and behind the last is ignored. Raises ValueError for a
    body that ends before its last boundary, and for headers that cannot be read.
    """
    delimiter = b"\r\n--" + boundary
    found = _at_start(body, delimiter) or _next(body, 0, delimiter)
    while not found.last:
        following = _next(body, found.behind - 2, delimiter)
        yield _part(body, found.behind, following.begin)
        found = following


def _at_start(body: bytes, delimiter: bytes) -> _Boundary | None:
    """The boundary with which a body begins; it has no line break before it."""
    return _boundary(body, -2, len(delimiter) - 2) if body.startswith(delimiter[2:]) else None


def _next(body: bytes, start: int, delimiter: bytes) -> _Boundary:
    for _ in range(_MOST_LOOKALIKES):
        begin = body.find(delimiter, start)
        if begin < 0:
            raise ValueError("it ends before its last boundary")
        found = _boundary(body, begin, begin + len(delimiter))
        if found is not None:
            return found
        start = begin + 2
    raise ValueError(f"more than {_MOST_LOOKALIKES} lines begin as the boundary does")


def _boundary(body: bytes, begin: int, end: int) -> _Boundary | None:
    """The boundary, if its line ends as one does; nothing for a line that merely begins as one."""
    last = _END_OF_LAST_LINE.match(body, end)
    line = last or _END_OF_LINE.match(body, end)
    return None if line is None else _Boundary(begin, line.end(), last is not None)


def _part(body: bytes, begin: int, end: int) -> Part:
    blank = body.find(b"\r\n\r\n", begin, min(end + 2, begin + _MOST_OF_HEADERS))
    if blank < 0:
        raise ValueError(f"a part has no end of its headers within {_MOST_OF_HEADERS} bytes")
    headers: dict[str, str] = {}
    for line in body[begin:blank].decode().split("\r\n"):
        match = _HEADER.fullmatch(line)
        if match is None:
            raise ValueError("a header of a part cannot be read")
        name, value = match[1].lower(), match[2].rstrip(" \t")
        if name in headers:
            raise ValueError(f"a part has the header {name[:40]!r} twice")
        headers[name] = value
    return Part(headers, body[blank + 4 : end])
