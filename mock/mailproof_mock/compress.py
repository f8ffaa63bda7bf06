"""Compresses answers for the clients that accept it, where the contract says so (`x-compression`)."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.dialect import Spoken

_LEVEL = 6  # zlib's own default; higher ones cost more time than they save bytes


class Compressor:
    """The compression of one API."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        mark = document.get("x-compression")
        self._above: int | None = None if mark is None else mark["above"]
        """Bytes; larger answers are compressed."""

    def pack(self, spoken: Spoken, accept_encoding: str) -> Spoken:
        """The answer, compressed if it is large enough and the client's Accept-Encoding admits gzip."""
        if self._above is None or len(spoken.body) <= self._above or not _admits_gzip(accept_encoding):
            return spoken
        body = gzip.compress(spoken.body, _LEVEL, mtime=0)
        return replace(spoken, body=body, headers={**spoken.headers, "Content-Encoding": "gzip"})


@lru_cache(maxsize=256)
def _admits_gzip(accept_encoding: str) -> bool:
    """Whether gzip is among the codings with a quality above zero (RFC 9110, section 12.5.3)."""
    qualities: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameters = part.partition(";")
        name, _, value = parameters.partition("=")
        try:
            quality = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            quality = 0.0
        qualities[coding.strip()] = quality
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0
