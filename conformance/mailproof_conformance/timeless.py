"""A report without what differs between two runs that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEVER = "1970-01-01T00:00:00+00:00"
_ADDRESS = "127.0.0.1:0"


def timeless(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report as it would be had the run taken no time, at another address.

    Replaced are `started`, every member `seconds` (of the run and of each case), and, in every text, host and port
    of the server. Nothing else: two runs with the same contract, options and server are the same document then.
    """
    address = urlsplit(str(report["target"]["base_url"])).netloc
    made = cast("dict[str, Any]", _elsewhere(dict(report), address))
    cases = [{**case, "seconds": 0} for case in made["cases"]]
    return {**made, "started": _NEVER, "seconds": 0, "cases": cases}


def _elsewhere(value: Any, address: str) -> Any:
    if isinstance(value, str):
        return value.replace(address, _ADDRESS)
    if isinstance(value, dict):
        return {name: _elsewhere(item, address) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_elsewhere(item, address) for item in cast("list[Any]", value)]
    return value
