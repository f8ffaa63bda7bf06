"""Media types.

What is asked for in `Accept` comes back, and what a body says it is decides whether it is read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import answer_level, front_of, problem_of
from mailproof_conformance.matrices.agreement import compared
from mailproof_conformance.quick_shares import in_share
from mailproof_conformance.taken import alike, is_success, taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof.promises import Contract, Level, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.front import Front

_UNKNOWN = "application/x-mailproof"
_WILDCARDS = ("*/*", "application/*", None)
"""What `Accept` says where any type will do; None is no `Accept`."""
_OTHERS = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", _UNKNOWN)
"""Types that a body is declared as where the operation does not read them."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation.

    Every media type it answers in, wildcards, preferences, unknown ones; then those of bodies.
    """
    front = front_of(contract)
    for place, operation in enumerate(contract.operations):
        types = wire.success_types(operation)
        if types and all(is_json(name) or is_xml(name) for name in types):
            yield from _answers(contract, operation, types, front, place)
        elif "x-rpc-methods" not in operation.definition:
            yield from _files(operation, types, front)
        if wire.request_types(operation) and front is not None:
            yield from _bodies(contract, operation, front)


def _answers(
    contract: Contract, operation: Operation, types: tuple[str, ...], front: Front | None, place: int
) -> Iterator[Case]:
    """In `quick` without the types that agreement asks for and looks at as well, and with the wildcards by turns."""
    level = answer_level(operation)

    def case(
        name: str, promise: str, run: Callable[[Check], None], weight: Level = level, *, in_quick: bool = True
    ) -> Case:
        identity = f"media-types/{operation.id}/accept {name}"
        source = f"{operation.pointer}/responses"
        return Case(identity, "media-types", (operation.id,), promise, source, weight, run, in_quick=in_quick)

    _, *asked_there = compared(operation)
    for name in types:
        yield case(
            name,
            f"{operation.id} answers in {name} when asked to.",
            partial(_answered, operation, name, name),
            in_quick=name not in asked_there,
        )
    for number, accept in enumerate(_WILDCARDS):
        promise = f"{operation.id} answers in a type of its own when `Accept` is {accept or 'absent'}."
        run = partial(_answered, operation, accept, None)
        in_quick = in_share(contract, place, number, len(_WILDCARDS))
        yield case(accept or "absent", promise, run, "assumed", in_quick=in_quick)
    if len(types) > 1:
        first, last = types[0], types[-1]
        promise = f"{operation.id} answers in the type that `Accept` prefers."
        yield case(
            "by preference",
            promise,
            partial(_answered, operation, f"{first};q=0.1, {last};q=0.9", last),
            "assumed",
        )
    if front is not None:
        for alias, name in front.accept_alias.items():
            if name in types:
                yield case(
                    alias,
                    f"{operation.id} answers to {alias} in {name}.",
                    partial(_answered, operation, alias, name),
                )
        yield from _unknown(contract, operation, types, front, case)


def _files(operation: Operation, types: tuple[str, ...], front: Front | None) -> Iterator[Case]:
    """An answer that is a file, or nothing at all, comes as it is."""
    wanted = next((name for name in types if "*" not in name), None)
    accepts: list[str | None] = ["*/*", None]
    if wanted is not None:
        accepts.append(wanted)
    if front is not None and front.unknown_accept == "default":
        accepts.append(_UNKNOWN)
    for accept in accepts:
        name = "unknown" if accept == _UNKNOWN else accept or "absent"
        promise = f"{operation.id} answers as it always does when `Accept` is {accept or 'absent'}."
        run = partial(_answered, operation, accept, wanted)
        identity = f"media-types/{operation.id}/accept {name}"
        source = f"{operation.pointer}/responses"
        yield Case(identity, "media-types", (operation.id,), promise, source, "assumed", run)


def _unknown(
    contract: Contract,
    operation: Operation,
    types: tuple[str, ...],
    front: Front,
    case: Callable[[str, str, Callable[[Check], None], Level], Case],
) -> Iterator[Case]:
    if front.unknown_accept == "default":
        promise = f"{operation.id} answers in {types[0]} when asked for a type that it does not have."
        yield case("unknown", promise, partial(_answered, operation, _UNKNOWN, types[0]), "assumed")
    else:
        problem = problem_of(contract, "not-acceptable")
        promise = f"{operation.id} refuses to answer in a type that it does not have."
        level = problem.level if problem is not None else "core"
        yield case("unknown", promise, partial(_not_acceptable, operation), level)


def _answered(operation: Operation, accept: str | None, wanted: str | None, check: Check) -> None:
    response = specimen.call(check, operation, headers={"Accept": accept})
    taken(check, operation, response)
    if wanted is not None and (is_json(wanted) or is_xml(wanted) or is_success(response)):
        check.equal(wanted, response.media_type, f"the media type of the answer to Accept: {accept}")


def _not_acceptable(operation: Operation, check: Check) -> None:
    check.problem("not-acceptable", specimen.call(check, operation, headers={"Accept": _UNKNOWN}))


def _bodies(contract: Contract, operation: Operation, front: Front) -> Iterator[Case]:
    problem = problem_of(contract, "unsupported-media-type")
    level = problem.level if problem is not None else "core"

    def case(name: str, promise: str, run: Callable[[Check], None], weight: Level = "assumed") -> Case:
        identity = f"media-types/{operation.id}/content-type {name}"
        return Case(identity, "media-types", (operation.id,), promise, "#/x-front/content-type", weight, run)

    own, *further = wire.request_types(operation)
    for other in further:
        promise = f"{operation.id} takes a body in {other} as in {own}."
        yield case(other, promise, partial(_alike, operation, own, other), answer_level(operation))
    for name, words, change in (
        ("with a parameter", f"{own}; charset=utf-8", _with_parameter),
        ("in another letter case", own.upper(), _in_capitals),
    ):
        yield case(name, f"{operation.id} takes a body declared as `{words}`.", partial(_taken_as, operation, change))
    for value in _OTHERS:
        if value in (own, *further):
            continue
        if front.content_type == "ignore":
            promise = f"{operation.id} reads its body whatever type it is declared as ({value})."
            yield case(value, promise, partial(_taken, operation, value))
        else:
            promise = f"{operation.id} refuses a body declared as {value}."
            yield case(value, promise, partial(_unsupported, operation, value), level)
    if front.content_type == "ignore":
        promise = f"{operation.id} reads a body that is not declared as anything."
        yield case("absent", promise, partial(_taken, operation, None))


def _with_parameter(content_type: str) -> str:
    media_type, _, rest = content_type.partition(";")
    return f"{media_type}; charset=utf-8;{rest}".rstrip(";")


def _in_capitals(content_type: str) -> str:
    media_type, semicolon, rest = content_type.partition(";")
    return media_type.upper() + semicolon + rest


def _alike(operation: Operation, own: str, other: str, check: Check) -> None:
    expected = specimen.call(check, operation, content_type=own)
    response = specimen.call(check, operation, content_type=other)
    check.conforms(operation.id, response)
    alike(check, operation, expected, response, f"of a body in {other}")


def _taken_as(operation: Operation, change: Callable[[str], str], check: Check) -> None:
    own = wire.request_types(operation)[0]
    content, declared = check.written(operation, specimen.body(check, operation, own), own)
    response = specimen.call(check, operation, body=content, content_type=change(declared))
    taken(check, operation, response)


def _taken(operation: Operation, content_type: str | None, check: Check) -> None:
    response = specimen.call(check, operation, headers={"Content-Type": content_type})
    taken(check, operation, response)


def _unsupported(operation: Operation, content_type: str, check: Check) -> None:
    check.problem("unsupported-media-type", specimen.call(check, operation, headers={"Content-Type": content_type}))
