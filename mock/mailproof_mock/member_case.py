"""Gives the members of a body the names that the contract has, where the API reads names in any letter case."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

Renamer = Callable[[Any], Any]
_DEEPEST = 16  # levels of a schema that holds itself


def renamer_for(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Renamer | None:
    """A function that renames the members of a value to their declared spelling; None where a schema has no names.

    A member that is spelt as declared wins over one that is not; of several other spellings the last counts. What the
    schema does not declare, and what is no object where it declares one, stays as it is.
    """
    schema = _behind_references(document, schema)
    if depth > _DEEPEST:
        return None
    if "items" in schema:
        inner = renamer_for(document, schema["items"], depth + 1)
        return None if inner is None else lambda value: _each(value, inner)
    properties = cast("dict[str, Mapping[str, Any]]", schema.get("properties", {}))
    renamers = {name: renamer_for(document, member, depth + 1) for name, member in properties.items()}
    return (
        _renamer({name: rename for name, rename in renamers.items() if rename}, set(properties)) if renamers else None
    )


def _behind_references(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(_DEEPEST):
        if "$ref" in schema:
            schema, _place = resolve(document, str(schema["$ref"]))
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            break
    return schema


def _renamer(inside: Mapping[str, Renamer], names: set[str]) -> Renamer:
    declared = {name.lower(): name for name in names}

    def rename(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        members = cast("dict[str, Any]", value)
        if not members.keys() <= names:
            exact = {name: item for name, item in members.items() if name in names}
            members = {declared.get(name.lower(), name): item for name, item in members.items()} | exact
        for name, rename_member in inside.items():
            if name in members:
                members[name] = rename_member(members[name])
        return members

    return rename


def _each(value: Any, rename: Renamer) -> Any:
    return [rename(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
