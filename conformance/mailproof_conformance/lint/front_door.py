"""Rules `front` and `problem`.

How the front door behaves and every error answer are said, and said completely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import resolve, token
from mailproof_conformance.expectation import Expectations
from mailproof_conformance.front import FRAMEWORK_PROBLEMS, FRONT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract
    from mailproof_conformance.lint.examples import Wrong

_OPTIONAL = frozenset({"accept-alias", "binding", "cors", "member-case", "query-case", "server", "x-standing"})
_NUMBERS = ("body-limit", "url-limit")
_KNOWN = frozenset({"status", "example", "headers", "detail", "schema", "x-standing"})


def front_door(contract: Contract) -> Iterator[Wrong]:
    """Pointer, rule and message of every breach."""
    yield from _front(contract.document)
    problems = contract.document.get("x-problems")
    if not isinstance(problems, dict):
        yield "#/x-problems", "problem", "the contract does not say what its error answers are"
        return
    for name in FRAMEWORK_PROBLEMS:
        if name not in problems:
            yield "#/x-problems", "problem", f"has no {name}, which every contract has"
    for name, entry in cast("dict[str, Any]", problems).items():
        for message in _problem(contract, entry):
            yield f"#/x-problems/{token(name)}", "problem", message


def _front(document: Mapping[str, Any]) -> Iterator[Wrong]:
    front = document.get("x-front")
    if not isinstance(front, dict):
        yield "#/x-front", "front", "the contract does not say how its front door behaves"
        return
    rules = cast("dict[str, Any]", front)
    for name in sorted(set(FRONT_KEYS) - set(rules) - _OPTIONAL):
        yield "#/x-front", "front", f"has no {name}"
    for name, value in rules.items():
        allowed = FRONT_KEYS.get(name)
        if allowed is None and name not in _OPTIONAL:
            yield (
                f"#/x-front/{name}",
                "front",
                f"is no rule of a front door; there are {', '.join(sorted(FRONT_KEYS))}",
            )
        elif allowed and value not in allowed:
            words = ", ".join(str(item).lower() for item in allowed)
            yield f"#/x-front/{name}", "front", f"is {value!r}; it is one of {words}"
        elif name in _NUMBERS and (not isinstance(value, int) or value <= 0):
            yield f"#/x-front/{name}", "front", f"is {value!r}; it is a number of bytes"


def _problem(contract: Contract, entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or not isinstance(cast("dict[str, Any]", entry).get("status"), int):
        yield "has no status, which is a number"
        return
    problem = cast("dict[str, Any]", entry)
    for name in sorted(set(problem) - _KNOWN):
        yield f"has a member {name!r}; it may have {', '.join(sorted(_KNOWN))}"
    if not 400 <= problem["status"] <= 599:  # noqa: PLR2004 - the errors of HTTP
        yield f"has the status {problem['status']}, which is no error"
    if "example" not in problem:
        for name in ("detail", "schema"):
            if name in problem:
                yield f"has a {name} and no example, which means that the body is empty"
        return
    yield from _body(contract, problem)


def _body(contract: Contract, problem: Mapping[str, Any]) -> Iterator[str]:
    try:
        example, _ = resolve(contract.document, problem["example"])
        value = example["value"]
    except (LookupError, TypeError, ValueError):
        yield f"refers to the example {problem['example']}, which is not there or has no value"
        return
    if "detail" in problem and problem["detail"] not in value:
        yield f"puts the detail into {problem['detail']!r}, which its example does not have"
    pointer = problem.get("schema")
    if pointer is None:
        yield "has an example and no schema to hold it against"
        return
    try:
        resolve(contract.document, pointer)
    except (LookupError, ValueError):
        yield f"refers to the schema {pointer}, which is not there"
        return
    for finding in Expectations(contract).judge_value(pointer, value, "its example"):
        yield f"{finding.about}"
