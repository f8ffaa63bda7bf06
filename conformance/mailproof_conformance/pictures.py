"""PNG files as a reader of them reads them: from the signature to the last chunk, with every checksum."""

from __future__ import annotations

import zlib

from mailproof_conformance.verdicts import Broken

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_AROUND = 12
"""Bytes of a chunk beside its data: its length, its name and its checksum."""


def whole_png(data: bytes, about: str) -> None:
    """Raises Broken unless the bytes are a PNG from its first chunk to its last, and nothing behind it."""
    if not data.startswith(_SIGNATURE):
        raise Broken(f"the first bytes of {about}", "the signature of a PNG", data[:8].hex(" "))
    at, names = len(_SIGNATURE), list[bytes]()
    while at < len(data) and names[-1:] != [b"IEND"]:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + length + _AROUND
        if end > len(data):
            raise Broken(f"the chunks of {about}", "chunks as long as they say", f"{name!r} is cut off")
        checksum = int.from_bytes(data[end - 4 : end], "big")
        if zlib.crc32(data[at + 4 : end - 4]) != checksum:
            raise Broken(f"the chunks of {about}", "the right checksum of each", f"that of {name!r} is wrong")
        names.append(name)
        at = end
    told = [name.decode("latin-1") for name in names]
    if told[:1] != ["IHDR"] or told[-1:] != ["IEND"] or "IDAT" not in told:
        raise Broken(f"the chunks of {about}", "IHDR, IDAT, IEND", told)
    if at != len(data):
        raise Broken(f"the length of {about}", at, len(data))
