"""The life cycles in a contract (`x-life-cycle`) as a reader sees them: a diagram, the states, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def life_cycles(document: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a page about every member of a schema that has a life cycle; none where there is none."""
    for name, schema in members(document, "components", "schemas").items():
        for member, definition in mapping(mapping(schema).get("properties")).items():
            table = mapping(mapping(definition).get("x-life-cycle"))
            if table:
                yield from ("", f"## Life cycle of {name}", "")
                yield from (f"What `{name}.{member}` says, and what changes it.", "")
                yield from _diagram(table)
                yield from _states(table)
                yield from _refusals(document, table)


def _diagram(table: Mapping[str, Any]) -> Iterator[str]:
    """A state diagram of Mermaid; the condition of a transition stands in brackets."""
    yield from ("```mermaid", "stateDiagram-v2", f"    [*] --> {table['begin']['to']}: {table['begin']['on']}")
    for entry in table["transitions"]:
        when = f" [{table['conditions'][entry['when']]}]" if "when" in entry else ""
        yield f"    {entry['from']} --> {entry['to']}: {entry['on']}{when}"
    left = {entry["from"] for entry in table["transitions"]}
    yield from (f"    {state} --> [*]" for state in table["states"] if state not in left)
    yield "```"


def _states(table: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "| state | meaning |", "| --- | --- |")
    yield from (f"| `{state}` | {meaning} |" for state, meaning in table["states"].items())


def _refusals(document: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "| operation | refused while | with |", "| --- | --- | --- |")
    for entry in table["refused"]:
        status = document["x-problems"][entry["problem"]]["status"]
        states = ", ".join(f"`{state}`" for state in entry["from"])
        yield f"| `{entry['on']}` | {states} | HTTP {status}, `{entry['problem']}` |"
