"""Which media type an answer is written in, and which one a body came in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_RANGES = 64  # of an Accept header that are looked at; browsers send about ten


class Negotiator:
    """Chooses among the media types that an operation offers; the first is the default (RFC 9110, section 12.5.1)."""

    def __init__(self, offered: tuple[str, ...], alias: Mapping[str, str]) -> None:
        self._offered = offered
        self._alias = {name.lower(): target for name, target in alias.items()}
        self.choose = lru_cache(maxsize=256)(self._choose)

    def _choose(self, accept: str) -> str | None:
        """The offered media type that an Accept header prefers; None when it admits none of them."""
        if not accept.strip():
            return self._offered[0]
        best: tuple[float, int, int] | None = None
        chosen: str | None = None
        for position, (media_range, quality) in enumerate(_ranges(accept)):
            if quality <= 0:
                continue
            found = self._match(media_range, accept)
            if found is None:
                continue
            rank = (quality, _specificity(media_range), -position)
            if best is None or rank > best:
                best, chosen = rank, found
        return chosen

    def _match(self, media_range: str, accept: str) -> str | None:
        target = self._alias.get(media_range)
        if target is not None:
            return target
        refused = {name for name, quality in _ranges(accept) if quality <= 0}
        for media_type in self._offered:
            essence = essence_of(media_type)
            if essence in refused:
                continue
            if media_range in ("*/*", essence) or (media_range.endswith("/*") and essence.startswith(media_range[:-1])):
                return media_type
        return None


def essence_of(header: str) -> str:
    """The media type of a Content-Type value, without parameters, in lower case."""
    return header.partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def _ranges(accept: str) -> tuple[tuple[str, float], ...]:
    found: list[tuple[str, float]] = []
    for part in accept.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        media_range, *parameters = part.split(";")
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.strip().partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        found.append((media_range.strip().lower(), quality))
    return tuple(found)


def _specificity(media_range: str) -> int:
    return 0 if media_range == "*/*" else 1 if media_range.endswith("/*") else 2
