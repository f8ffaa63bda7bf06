"""Laws about media types and JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from hypothesis import strategies as st

from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import (
    contacts,
    json_types,
    media_types,
    operations,
    value,
    value_of,
    xml_types,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailproof_conformance.check import Check

_JSON = "application/json"
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_OFFERED_NOWHERE = (
    "image/png",
    "application/vnd.example+json",
    "text/html;level=1",
    "application/yaml, image/*",
)


_WEIGHTS = ("0.{}", "0.0{}", "0.00{}", "0.{}00", "0.5{}")
"""A weight has up to three digits after the point (RFC 9110, 12.4.2)."""


@law("W50-five-media-types")
def each_media_type_is_given_when_asked_for(check: Check) -> None:
    """One request for each media type of each operation."""
    for turn, operation_id in enumerate(operations(check, "W50-five-media-types")):
        types = media_types(check, operation_id)
        some = check.some(types, 1, turn)
        for media_type in types:
            response = check.call(operation_id, accept=media_type)
            check.equal(200, response.status, f"{operation_id} as {media_type}")
            check.equal(media_type, response.media_type, f"Content-Type of {operation_id} as {media_type}")
            if media_type not in some:
                continue
            with_charset = check.call(operation_id, accept=f"{media_type}; charset=utf-8")
            about = f"Content-Type of {operation_id} as {media_type} with a charset"
            check.equal(media_type, with_charset.media_type, about)


@law("W50-json-bindings-agree")
def json_is_the_same_under_every_name(check: Check) -> None:
    """Every JSON media type against the first one."""
    for operation_id in operations(check, "W50-json-bindings-agree"):
        names = json_types(check, operation_id)
        answers = {name: check.call(operation_id, accept=name, recall="unchanged").json() for name in names}
        for name, answer in answers.items():
            check.equal(answers[_JSON], answer, f"{operation_id} as {name}")


@law("W50-xml-bindings-agree")
def xml_is_the_same_under_both_names(check: Check) -> None:
    """Both XML media types, read by the contract."""
    for operation_id in operations(check, "W50-xml-bindings-agree"):
        names = xml_types(check, operation_id)
        given = [check.call(operation_id, accept=name, recall="unchanged") for name in names]
        answers = [value_of(check, operation_id, response) for response in given]
        for name, answer in zip(names, answers, strict=True):
            check.equal(answers[0], answer, f"{operation_id} as {name}")


@law("W50-json-by-default")
def json_comes_unasked(check: Check) -> None:
    """No Accept header, and one that takes anything."""
    for operation_id in operations(check, "W50-json-by-default"):
        for accept in (None, "*/*"):
            response = check.call(operation_id, headers={"Accept": accept})
            check.equal(200, response.status, f"{operation_id} with Accept: {accept}")
            check.equal(_JSON, response.media_type, f"Content-Type of {operation_id} with Accept: {accept}")


@law("W50-unknown-accept-is-json")
def unknown_media_types_fall_back(check: Check) -> None:
    """Media types that the API has nowhere."""
    for turn, operation_id in enumerate(operations(check, "W50-unknown-accept-is-json")):
        for accept in check.some(_OFFERED_NOWHERE, 2, turn):
            response = check.call(operation_id, accept=accept)
            check.equal(200, response.status, f"{operation_id} with Accept: {accept}")
            check.equal(_JSON, response.media_type, f"Content-Type of {operation_id} with Accept: {accept}")


@law("W50-accept-weights")
def the_highest_weight_wins(check: Check) -> None:
    """All media types of an operation with weights that differ, in any order."""
    ids = operations(check, "W50-accept-weights")
    offered = media_types(check, ids[0])
    ranking = st.tuples(
        st.sampled_from(ids),
        st.permutations(offered),
        st.permutations(range(1, len(offered) + 1)),
        st.sampled_from(_WEIGHTS),
    )

    def holds(drawn: tuple[str, list[str], list[int], str]) -> None:
        operation_id, names, weights, form = drawn
        weighted = dict(zip(names, weights, strict=True))
        accept = ", ".join(f"{name};q={form.format(weight)}" for name, weight in weighted.items())
        best = max(weighted, key=lambda name: weighted[name])
        check.equal(best, check.call(operation_id, accept=accept).media_type, f"the answer to Accept: {accept}")

    rising = (list(offered), list(range(1, len(offered) + 1)))
    check.forall(ranking, holds, examples=[(ids[0], *rising, form) for form in _WEIGHTS])


@law("W50-csp-report-on-one-line")
def csp_report_has_no_space_between_tokens(check: Check) -> None:
    """The raw bytes, once the texts are taken out."""
    for operation_id in operations(check, "W50-csp-report-on-one-line"):
        for contact in contacts(check):
            path = {"contactId": contact}
            response = check.call(operation_id, path=path, accept="application/csp-report", recall="unchanged")
            check.equal(200, response.status, f"{operation_id} as application/csp-report")
            bare = _TEXT.sub(b'""', response.content)
            check.true(not re.search(rb"\s", bare), f"{operation_id} is on one line", actual=response.text[:200])


@law("W50-json-member-order")
def members_stand_as_declared(check: Check) -> None:
    """Every object against the properties of its schema."""
    for operation_id in operations(check, "W50-json-member-order"):
        content = check.contract.operation(operation_id).definition["responses"]["200"]["content"]
        for contact in contacts(check):
            answer = value(check, operation_id, contact)
            for expected, actual in _member_orders(check, content[_JSON]["schema"], answer):
                check.equal(expected, actual, f"the order of members in {operation_id}")


_UNEVEN_WEIGHTS = (
    ("0.5", "0.15"),
    ("0.9", "0.10"),
    ("0.2", "0.190"),
    ("1", "0.999"),
    ("1.000", "0.9"),
    ("0.02", "0.009"),
    ("0.1", "0.099"),
    ("0.001", "0"),
    ("0.30", "0.25"),
    ("0.75", "0.125"),
)
"""The higher weight first; as many digits as a weight may have, more and fewer of them in the higher one."""


@law("W50-accept-weights")
def weights_of_any_length_are_numbers(check: Check) -> None:
    """Weights of one, two and three digits against each other, the higher one first and last."""
    ids = operations(check, "W50-accept-weights")
    for turn, (higher, lower) in enumerate(check.some(_UNEVEN_WEIGHTS, 4)):
        operation_id = ids[(check.seed + turn) % len(ids)]
        best, other, *_ = media_types(check, operation_id)[(check.seed + turn) % 2 :]
        ranges = (f"{best};q={higher}", f"{other};q={lower}")
        for accept in check.some((", ".join(ranges), ", ".join(reversed(ranges))), 1, turn):
            check.equal(best, check.call(operation_id, accept=accept).media_type, f"the answer to Accept: {accept}")


def _member_orders(check: Check, schema: Mapping[str, Any], node: Any) -> Iterable[tuple[list[str], list[str]]]:
    """Declared and actual order of the members of every object of a schema with properties."""
    while "$ref" in schema:
        schema = check.contract.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if isinstance(node, list) and "items" in schema:
        for item in cast("list[Any]", node):
            yield from _member_orders(check, schema["items"], item)
    if isinstance(node, dict) and "properties" in schema:
        members = cast("dict[str, Any]", node)
        properties = cast("dict[str, Mapping[str, Any]]", schema["properties"])
        yield (
            [name for name in properties if name in members],
            [name for name in members if name in properties],
        )
        for name in properties.keys() & members.keys():
            yield from _member_orders(check, properties[name], members[name])
