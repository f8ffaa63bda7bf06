"""The rows of a fixtures file as they are stored: templates written out, each into as many rows as it says."""

from __future__ import annotations

import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_PLACE = re.compile(r"\{(n|hash)(?::([^{}]*))?\}")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")  # RFC 4648, section 5
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
        row_of = read_template(template, account, kind, f"{where}/{number}")
        for n in range(first, first + count):
            yield row_of(n)


def read_template(template: Mapping[str, Any], account: str, kind: str, where: str) -> Callable[[int], dict[str, Any]]:
    """What gives the row of a number by a template. Raises ContractError for a template that cannot be read."""
    place = _Place(account, kind, where)
    parts = {name: _reader(value, place) for name, value in template.items()}
    return lambda n: {name: part(n) for name, part in parts.items()}


def opaque_id(account: str, kind: str, number: int) -> str:
    """An id of 22 URL-safe characters that follows from a row's number and does not show it."""
    digest = hashlib.sha256(f"{account}/{kind}/{number}".encode()).digest()
    return binascii.b2a_base64(digest)[:22].translate(_URL_SAFE).decode()


def _extent(entry: Any, where: str) -> tuple[int, int]:
    values = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    first, count = values.get("from", 1), values.get("count")
    if not isinstance(first, int) or not isinstance(count, int) or not 0 <= count <= _MOST:
        raise ContractError(f"{where}: _generate needs a count, up to {_MOST}, and may have a number as from")
    return first, count


class _Place(NamedTuple):
    """Whose template it is, and where it stands."""

    account: str
    kind: str
    where: str


def _reader(node: Any, place: _Place) -> Callable[[int], Any]:
    if isinstance(node, str):
        return _text_reader(node, place)
    if isinstance(node, list):
        items = [_reader(item, place) for item in cast("list[Any]", node)]
        return lambda n: [item(n) for item in items]
    if not isinstance(node, dict):
        return lambda _: node
    members = cast("dict[str, Any]", node)
    if "_cycle" in members:
        if not isinstance(members["_cycle"], list) or not members["_cycle"]:
            raise ContractError(f"{place.where}: _cycle needs a list with something in it")
        cycle = [_reader(item, place) for item in cast("list[Any]", members["_cycle"])]
        return lambda n: cycle[n % len(cycle)](n)
    if "_number" in members:
        if not isinstance(members["_number"], int):
            raise ContractError(f"{place.where}: _number needs a whole number, to which n is added")
        before: int = members["_number"]
        return lambda n: before + n
    parts = {name: _reader(value, place) for name, value in members.items()}
    return lambda n: {name: part(n) for name, part in parts.items()}


def _text_reader(text: str, place: _Place) -> Callable[[int], str]:
    """A text with its places made ready for `str.format`, to which the number comes first and the hashes follow."""
    hashed: list[str] = []

    def slot(match: re.Match[str]) -> str:
        name, detail = match.groups()
        if name == "hash":
            hashed.append(detail or place.kind)
            return f"{{{len(hashed)}}}"
        try:
            format(0, detail or "")
        except ValueError:
            raise ContractError(f"{place.where}: {match[0]} cannot be written; an example is {{n:04d}}") from None
        return f"{{0:{detail or ''}}}"

    pieces: list[str] = []
    end = 0
    for match in _PLACE.finditer(text):
        pieces += [text[end : match.start()].replace("{", "{{").replace("}", "}}"), slot(match)]
        end = match.end()
    if not pieces:
        return lambda _: text
    write = "".join([*pieces, text[end:].replace("{", "{{").replace("}", "}}")]).format
    if not hashed:
        return write
    return lambda n: write(n, *[opaque_id(place.account, kind, n) for kind in hashed])
