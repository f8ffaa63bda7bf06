"""The ways in which a server could read the path of a request, and whether there is only one."""

from __future__ import annotations

import re
from urllib.parse import unquote

_ROUNDS = 3
"""How often a path is percent-decoded: by a proxy, by the server, and by an application that does it again."""
_PLAIN_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+")
_HAZARDS = re.compile(r"[/\\;%?#\x00-\x1f\x7f]")
"""What a decoded segment may not hold: somebody could take it for more than one, or for the end of the path."""


def readings(path: str) -> frozenset[str]:
    r"""The path as it may arrive at a route, in lower case and without a slash at the end.

    As it is, percent-decoded, with `\` for `/`, without `;parameters`, cut at a NUL, with dot segments resolved and
    doubled slashes joined, in every combination that makes a difference.
    """
    forms = {path}
    decoded = path
    for _ in range(_ROUNDS):
        decoded = unquote(decoded)
        forms.add(decoded)
    forms |= {form.replace("\\", "/") for form in forms}
    forms |= {re.sub(r";[^/]*", "", form) for form in forms}
    forms |= {re.split("[\x00?#]", form, maxsplit=1)[0] for form in forms}
    forms |= {_resolved(form) for form in forms}
    return frozenset(form.rstrip("/. ").lower() for form in forms)


def is_plain(path: str) -> bool:
    """Whether every server reads the same segments from a path: no empty or dot segment, nothing encoded twice."""
    segments = path.removeprefix("/").removesuffix("/").split("/")
    return path.startswith("/") and all(_is_plain(segment) for segment in segments)


def _is_plain(segment: str) -> bool:
    decoded = unquote(segment, errors="replace")
    known = _PLAIN_SEGMENT.fullmatch(segment) is not None and "\ufffd" not in decoded
    return known and decoded not in {".", ".."} and _HAZARDS.search(decoded) is None


def _resolved(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return "/" + "/".join(kept)
