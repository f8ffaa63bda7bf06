"""A contract as of one of its vintages (`x-vintages`, oldest first): what a later one adds (`x-vintage`) is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import dereference, mapping, resolve, sequence, token
from mailproof.promises import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WITHHELD = "x-withheld"
"""Member of an older vintage's schemas: the names that a later vintage adds to it, and that it must not show."""

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_DATA = frozenset({"default", "enum", "example", "value"})
_COMPONENTS = ("schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links")
_NAMES = frozenset(
    {"properties", "patternProperties", "paths", "content", "encoding", "variables", "mapping", "callbacks"}
    | {"x-problems", "x-rpc-methods", "x-rpc-errors", *_COMPONENTS}
)
"""Members that hold named things, of which one may be called like a member of OpenAPI."""


def vintages(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The vintages of a bundled contract, oldest first; none for a contract that does not tell them apart.

    Raises ContractError where `x-vintages` is no list of names, or a mark (`x-vintage`) is none of them.
    """
    known = document.get("x-vintages", [])
    names = tuple(name for name in sequence(known) if isinstance(name, str) and name)
    if len(set(names)) != len(sequence(known)) or not isinstance(known, list):
        raise ContractError("/x-vintages: must be a list of different names, oldest first, such as ['2024', '2025']")
    for pointer, mark in additions(document):
        if mark not in names:
            fit = f"it is one of {', '.join(map(repr, names))}" if names else "the contract has no x-vintages"
            raise ContractError(f"{pointer}/x-vintage: is {repr(mark)[:40]}; {fit}")
    return names


def additions(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """JSON pointer and `x-vintage` of every marked thing of a bundled contract."""
    yield from _marks(document, "", names=False)


def as_of(document: Mapping[str, Any], vintage: str) -> dict[str, Any]:
    """The bundled contract as it was in one of its vintages.

    What a later one adds is gone, and whatever refers to it: also from `required`, and from the examples. A schema
    that lost members names them in `x-withheld`. `x-vintages` ends with the vintage; so does `info.version` where
    it names the newest. Raises ContractError for a vintage that the contract does not have, and for a reference that
    then leads nowhere.
    """
    known = vintages(document)
    if vintage not in known:
        there_are = f"there are {', '.join(known)}" if known else "the contract tells no vintages apart"
        raise ContractError(f"no vintage {vintage!r}; {there_are}")
    kept = known[: known.index(vintage) + 1]
    try:
        result = _Past(document, frozenset(known) - frozenset(kept)).document()
    except (LookupError, ValueError, RecursionError) as error:
        raise ContractError(f"as of {vintage}: {error}") from None
    result["x-vintages"] = list(kept)
    info = mapping(result.get("info"))
    if info.get("version") == known[-1]:
        info["version"] = vintage
    return result


def shown(document: Mapping[str, Any], schema: object, value: Any) -> Any:
    """A value of a schema of the contract without the members that its vintage withholds (`x-withheld`).

    The value itself is not changed. Raises LookupError where a reference of the schema leads nowhere.
    """
    found = mapping(dereference(document, schema))
    for combined in ("allOf", "anyOf", "oneOf"):
        for branch in sequence(found.get(combined)):
            value = shown(document, branch, value)
    if isinstance(value, list):
        items = found.get("items")
        return [shown(document, items, item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    hidden, known = sequence(found.get(WITHHELD)), mapping(found.get("properties"))
    others = found.get("additionalProperties")
    members = cast("dict[str, Any]", value).items()
    return {name: shown(document, known.get(name, others), member) for name, member in members if name not in hidden}


def _marks(node: Any, pointer: str, *, names: bool) -> Iterator[tuple[str, Any]]:
    for key, value, inner in _parts(node, names=names):
        place = f"{pointer}/{token(key)}"
        mark = _mark(value, names=inner)
        if mark is not None:
            yield place, mark
        yield from _marks(value, place, names=inner)


def _parts(node: Any, *, names: bool) -> Iterator[tuple[Any, Any, bool]]:
    """Key, value and whether the value holds named things, for all of a node but example data."""
    for key, value in mapping(node).items():
        if names or key not in _DATA:
            yield key, value, not names and key in _NAMES
    for number, item in enumerate(sequence(node)):
        yield number, item, False


def _mark(node: Any, *, names: bool) -> Any:
    return None if names else mapping(node).get("x-vintage")


class _Past:
    """Takes the additions of some vintages out of a contract."""

    def __init__(self, document: Mapping[str, Any], later: frozenset[str]) -> None:
        self._whole = document
        self._later = later

    def document(self) -> dict[str, Any]:
        """The copy without them."""
        rest: dict[str, Any] = self._rest(self._whole, names=False)
        had = mapping(self._whole.get("paths"))
        rest["paths"] = {
            path: item
            for path, item in mapping(rest.get("paths")).items()
            if _METHODS & mapping(item).keys() or not _METHODS & mapping(had[path]).keys()
        }
        self._settle(rest, rest, names=False)
        return rest

    def _is_gone(self, node: Any, *, names: bool) -> bool:
        """Whether a thing, or what it refers to, is marked with a later vintage."""
        if _mark(node, names=names) in self._later:
            return True
        reference = mapping(node).get("$ref")
        return not names and isinstance(reference, str) and self._is_gone(self._target(reference), names=False)

    def _target(self, reference: str) -> Any:
        try:
            return resolve(self._whole, reference)[0]
        except (LookupError, ValueError):
            return None

    def _rest(self, node: Any, *, names: bool) -> Any:
        parts = [
            (key, value, inner)
            for key, value, inner in _parts(node, names=names)
            if not self._is_gone(value, names=inner)
        ]
        if isinstance(node, list):
            return [self._rest(value, names=inner) for _, value, inner in parts]
        if not isinstance(node, dict):
            return node
        whole = cast("dict[str, Any]", node)
        kept = {key: self._rest(value, names=inner) for key, value, inner in parts}
        data = frozenset[str]() if names else _DATA
        rest = {key: kept.get(key, value) for key, value in whole.items() if key in kept or key in data}
        lost = [] if names else [name for name in mapping(whole.get("properties")) if name not in rest["properties"]]
        return {**rest, WITHHELD: lost} if lost else rest

    def _settle(self, document: dict[str, Any], node: Any, *, names: bool) -> None:
        """Takes the lost members out of `required` and of every example, in place."""
        for _, value, inner in _parts(node, names=names):
            self._settle(document, value, names=inner)
        if names or not isinstance(node, dict):
            return
        thing = cast("dict[str, Any]", node)
        if isinstance(thing.get("required"), list):
            thing["required"] = [name for name in thing["required"] if name not in _lost(document, thing)]
            if not thing["required"]:  # OpenAPI 3.0 has no empty one
                del thing["required"]
        schema = thing.get("schema", thing)
        for name in _DATA & thing.keys() - {"enum", "value"}:
            thing[name] = shown(document, schema, thing[name])
        if "schema" in thing:
            for entry in mapping(thing.get("examples")).values():
                example = mapping(dereference(document, entry))
                if "value" in example:
                    example["value"] = shown(document, schema, example["value"])


def _lost(document: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    """The members that a schema, or one that it is combined from, lost."""
    lost = {str(name) for name in sequence(schema.get(WITHHELD))}
    for branch in sequence(schema.get("allOf")):
        lost |= _lost(document, mapping(dereference(document, branch)))
    return lost
