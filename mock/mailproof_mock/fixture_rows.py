"""The rows of a fixtures file as they are stored: templates written out, each into as many rows as it says."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any, cast

from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PLACE = re.compile(r"\{(n|hash)(?::([^{}]*))?\}")
_MOST = 1_000_000  # rows of one template


def written_out(rows: Sequence[Mapping[str, Any]], account: str, kind: str, where: str) -> Iterator[dict[str, Any]]:
    """The rows, with every template in its place written out.

    A template is a row with `_generate: {count, from}`; its rows are numbered `n` from `from` (1 by default). In
    its texts `{n}` and `{n:04d}` stand for the number, `{hash}` for `opaque_id` of it and `{hash:contact}` for that
    of another kind; `{_cycle: [...]}` takes the values of a list in turn and `{_number: 6000}` is 6000 + n. Raises
    ContractError for a template that cannot be read.
    """
    for number, row in enumerate(rows):
        if "_generate" not in row:
            yield dict(row)
            continue
        template = {name: value for name, value in row.items() if name != "_generate"}
        first, count = _extent(row["_generate"], f"{where}/{number}")
        for n in range(first, first + count):
            yield cast("dict[str, Any]", _filled(template, n, account, kind, f"{where}/{number}"))


def opaque_id(account: str, kind: str, number: int) -> str:
    """An id of 22 URL-safe characters that follows from a row's number and does not show it."""
    digest = hashlib.sha256(f"{account}/{kind}/{number}".encode()).digest()
    return base64.urlsafe_b64encode(digest)[:22].decode()


def _extent(entry: Any, where: str) -> tuple[int, int]:
    values = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    first, count = values.get("from", 1), values.get("count")
    if not isinstance(first, int) or not isinstance(count, int) or not 0 <= count <= _MOST:
        raise ContractError(f"{where}: _generate needs a count, up to {_MOST}, and may have a number as from")
    return first, count


def _filled(node: Any, n: int, account: str, kind: str, where: str) -> Any:
    if isinstance(node, str):
        return _PLACE.sub(lambda match: _place(match, n, account, kind, where), node)
    if isinstance(node, list):
        return [_filled(item, n, account, kind, where) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    members = cast("dict[str, Any]", node)
    if "_cycle" in members:
        return _filled(members["_cycle"][n % len(members["_cycle"])], n, account, kind, where)
    if "_number" in members:
        return members["_number"] + n
    return {name: _filled(value, n, account, kind, where) for name, value in members.items()}


def _place(match: re.Match[str], n: int, account: str, kind: str, where: str) -> str:
    name, detail = match.groups()
    if name == "hash":
        return opaque_id(account, detail or kind, n)
    try:
        return format(n, detail or "")
    except ValueError:
        raise ContractError(f"{where}: {match[0]} cannot be written; an example is {{n:04d}}") from None
