"""What earlier runs left behind: found by the prefix of their names, or in a report, and removed where the API can."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, resolve, sequence
from mailproof_conformance import wire
from mailproof_conformance.check import Check
from mailproof_conformance.formats import is_json
from mailproof_conformance.marks import answered
from mailproof_conformance.plain import plain
from mailproof_conformance.target import TargetError
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailproof.promises import Operation
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.own import Own
    from mailproof_conformance.session import Session

_MOST_BYTES = 256 * 1024 * 1024
_MOST_LISTS = 100
"""Combinations of ids for which one operation is asked for its list."""
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Leftover:
    """A thing that a run made."""

    names: str
    """What it is, by the name that the contract gives its ids."""
    id: Any
    found: str
    """Where it was found: an operation that lists, or the file of a report."""

    def __str__(self) -> str:
        """One line."""
        shown = plain(str(self.id))
        return f"{self.names} {shown} (from {self.found})"


class Sweep:
    """Finds and removes leftovers at one target, within the guard of its session."""

    def __init__(self, session: Session, own: Own, prefix: str) -> None:
        self._check = Check(session, "sweep")
        self._session = session
        self._own = own
        self._prefix = prefix
        self._deleting = {
            name: (operation, parameter["name"], parameter["in"])
            for operation in session.contract.operations
            if operation.method == "delete"
            for parameter in operation.definition["parameters"]
            if (name := parameter.get("x-names", parameter["name"] if parameter["in"] == "path" else None))
        }

    @property
    def asked(self) -> tuple[str, ...]:
        """The operations that list things by id, and whose own ids are all in pools."""
        return tuple(operation.id for operation, _ in self._listing())

    def can_remove(self, leftover: Leftover) -> bool:
        """Whether the API has an operation that deletes such a thing."""
        return leftover.names in self._deleting

    def find(self) -> Iterator[Leftover]:
        """Everything with the prefix that the API lists. Raises Broken where a list cannot be read."""
        seen: set[tuple[str, str]] = set()
        for operation, values in self._listing():
            response = self._check.call(operation.id, path=values)
            for leftover in self._carrying(operation, response):
                if (leftover.names, str(leftover.id)) not in seen:
                    seen.add((leftover.names, str(leftover.id)))
                    yield leftover

    def remove(self, leftover: Leftover) -> str | None:
        """Deletes it; tells why it could not be, or None if it is gone."""
        operation, name, place = self._deleting[leftover.names]
        bounds = self._session.client.guard.bounds
        if bounds is not None:
            bounds.adopt(leftover.names, leftover.id)
        value = {name: leftover.id}
        response = self._check.call(
            operation.id, path=value if place == "path" else {}, query=value if place == "query" else {}
        )
        if response.status in _GONE or 200 <= response.status < 300:  # noqa: PLR2004 - the successes
            return None
        return f"{operation.id} is answered {response.status}"

    def _listing(self) -> Iterator[tuple[Operation, dict[str, Any]]]:
        for operation in self._session.contract.operations:
            names = wire.path_parameters(operation)
            pools = [self._own.pools.get(name, ()) for name in names]
            if operation.method == "get" and operation.effect == "read" and self._pointer(operation) and all(pools):
                for values in islice(product(*pools), _MOST_LISTS):
                    yield operation, dict(zip(names, values, strict=True))

    def _pointer(self, operation: Operation) -> str | None:
        """Where the schema of an answer stands that is a list of things with ids."""
        needed = any(item.get("required") for item in operation.definition["parameters"] if item["in"] != "path")
        for media_type in mapping(mapping(operation.definition["responses"].get("200")).get("content")):
            if needed or not is_json(media_type):
                continue
            place = f"{operation.pointer}/responses/200/content/{media_type.replace('/', '~1')}/schema"
            schema, found = resolve(self._session.contract.document, place)
            if "items" in schema:
                item, _ = resolve(self._session.contract.document, f"{found}/items")
                if any("x-names" in mapping(member) for member in mapping(item.get("properties")).values()):
                    return f"{found}/items"
        return None

    def _carrying(self, operation: Operation, response: Response) -> Iterator[Leftover]:
        if response.status != 200:  # noqa: PLR2004 - a list
            raise Broken(f"the answer of {operation.id}", 200, response.status)
        pointer = self._pointer(operation)
        for item in sequence(response.value()):
            text = json.dumps(item, ensure_ascii=False).casefold()
            if pointer is not None and isinstance(item, dict) and self._prefix.casefold() in text:
                first = next(answered(self._session.contract, pointer, item), None)
                if first is not None:
                    yield Leftover(first.pool, first.value, operation.id)


def from_report(path: Path, provider: str) -> list[Leftover]:
    """What a report says was left behind. Raises TargetError for a file that is no such report."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TargetError(f"{path}: cannot be read: it has more than {_MOST_BYTES} bytes")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise TargetError(f"{path}: is no report: it is not JSON in UTF-8") from None
    if mapping(document).get("provider") != provider:
        raise TargetError(f"{path}: is no report of a run against {provider}")
    entries = [mapping(entry) for entry in sequence(mapping(mapping(document).get("safety")).get("left"))]
    kept = [
        entry for entry in entries if isinstance(entry.get("names"), str) and isinstance(entry.get("id"), str | int)
    ]
    return [Leftover(entry["names"], entry["id"], str(path.name)) for entry in kept]
