"""Laws about sends that are refused: with what, in which order, and that nothing is left of them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import read
from mailproof_conformance.which50.messages import NOWHERE, messages
from mailproof_conformance.which50.people import known, size, stored
from mailproof_conformance.which50.reads import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.which50.journey_reads import Row
    from mailproof_conformance.which50.messages import Message

_UNAUTHORIZED, _FORBIDDEN, _MISSING, _WRONG_VERB, _REFUSED = 401, 403, 404, 405, 417


@law("W50-send-unknown-item")
def an_unknown_item_is_missed(check: Check) -> None:
    """An id that no item has, for a contact that could be sent to."""
    for message in messages(check, "W50-send-unknown-item"):
        body, query = message.ask_for(message.newcomer())
        for number in (NOWHERE, -1, 0):
            check.problem(message.sort.unknown, message.ask({**body, message.sort.member: number}, query))


@law("W50-send-unknown-list")
def an_unknown_list_is_missed(check: Check) -> None:
    """An id that no list has."""
    for message in messages(check, "W50-send-unknown-list"):
        body, query = message.ask_for(message.newcomer(), ListId=NOWHERE)
        check.problem("unknown-contact-list", message.ask(body, query))


@law("W50-send-unknown-contact")
def an_unknown_contact_is_missed(check: Check) -> None:
    """An encrypted id that nobody has."""
    for message in messages(check, "W50-send-unknown-contact"):
        body = message.body(message.newcomer(), EncContactId=check.fresh("nobody"))
        check.problem("unknown-contact", message.ask(body))


def _without(body: Row, *names: str) -> Row:
    return {name: value for name, value in body.items() if name not in names}


def _in_parts(message: Message, values: Row) -> Iterator[tuple[str, Row]]:
    """Bodies that lack something, each with what it lacks."""
    body, _ = message.ask_for(values)
    yield "everything", {}
    yield message.sort.member, _without(body, message.sort.member)
    yield "Contact", _without(body, "Contact")
    yield "a Contact but null", {**body, "Contact": None}
    yield "ListId", {**body, "Contact": _without(body["Contact"], "ListId")}


@law("W50-send-needs-all-parts")
def a_send_without_a_part_is_refused(check: Check) -> None:
    """Each part left out in turn."""
    for message in messages(check, "W50-send-needs-all-parts"):
        values = message.newcomer()
        for lack, body in _in_parts(message, values):
            response = message.ask(body, message.ask_for(values)[1])
            check.equal(_REFUSED, response.status, f"{message.operation_id} without {lack}")


def _matches(message: Message, values: Row) -> Iterator[tuple[str, Row, dict[str, str]]]:
    """Requests whose `match` cannot be met, each with what is wrong."""
    key, field = message.fields.email, message.fields.texts[0]
    unknown = message.check.fresh("Shoe")
    body, query = message.ask_for(values)
    yield "an unknown name", body, {**query, "match": f"{key},{unknown}", unknown: "9"}
    if message.by_query:
        yield "no value", body, {"match": key}
        yield "a value too few", body, {**query, "match": f"{key},{field}"}
        yield "an empty value", body, {"match": key, key: ""}
        yield "no names", body, {key: values[key]}
    else:
        yield "no value", message.body({field: "x"}), {"match": key}
        yield "an empty value", message.body({**values, key: ""}), {"match": key}
        yield "a null", message.body({**values, key: None}), {"match": key}


@law("W50-send-match-refused")
def a_match_that_cannot_be_met_is_refused(check: Check) -> None:
    """Names that the list does not have, and values that are missing."""
    for message in messages(check, "W50-send-match-refused"):
        values = message.newcomer()
        for about, body, query in _matches(message, values):
            response = message.ask(body, query)
            check.equal(_REFUSED, response.status, f"{message.operation_id} with match and {about}")


@law("W50-send-refused-leaves-nothing")
def a_refused_send_never_was(check: Check) -> None:
    """Whatever a send is refused for: a stranger stays one, a contact stays as it was, and no count moves."""
    for turn, message in enumerate(messages(check, "W50-send-refused-leaves-nothing")):
        values, field = message.newcomer(), message.fields.texts[1]
        person = stored(check, message.list_id, message.newcomer())
        before = [size(check, message.list_id), message.report()]
        for whose in (values, person["Values"]):
            changed = {**whose, field: "changed"}
            body, query = message.ask_for(changed)
            bad = [(body, query) for _, body in _in_parts(message, changed)]
            bad += [(body, query) for _, body, query in _matches(message, changed)]
            bad += [
                ({**body, message.sort.member: NOWHERE}, query),
                (message.body(changed, ListId=NOWHERE), query),
                ({**body, "Contact": {**body["Contact"], "Values": {**changed, message.address: ""}}}, query),
            ]
            for wrong, asked in check.some(bad, 3, turn):
                status = message.ask(wrong, asked).status
                refused = status in {_MISSING, _REFUSED} or (message.by_query and whose is values)
                check.true(refused, f"{message.operation_id} is refused", expected="404 or 417", actual=status)
        about = f"what a refused {message.operation_id} leaves behind"
        check.equal(before, [size(check, message.list_id), message.report()], f"{about}: Count and report")
        check.equal([], known(check, message.list_id, message.fields.email, values[message.fields.email]), about)
        check.equal(person, read(check, "get_contact", contactId=person["EncContactId"]), f"{about}: a contact")
        check.equal([], message.communications(person["EncContactId"]), f"{about}: its communications")


@law("W50-send-permission-required")
def readers_send_nothing(check: Check) -> None:
    """A user who may read journeys, with a request that another could make."""
    for message in messages(check, "W50-send-permission-required"):
        values = message.newcomer()
        person = stored(check, message.list_id, values)
        body, query = message.ask_for(values)
        response = message.ask(body, query, credentials="journeys_reader")
        check.problem("forbidden", response)
        found = message.communications(person["EncContactId"])
        check.equal([], found, f"the communications after {message.operation_id} without permission")
    for operation_id in operations(check, "W50-send-permission-required"):
        response = check.call(operation_id, body={}, credentials="journeys_reader")
        check.problem("forbidden", response)


@law("W50-send-order-of-checks")
def the_first_thing_wrong_is_answered(check: Check) -> None:
    """Requests that are wrong in several ways."""
    callers: tuple[tuple[Credentials | str, int], ...] = ((NONE, _UNAUTHORIZED), ("no_permission", _FORBIDDEN))
    for turn, message in enumerate(messages(check, "W50-send-order-of-checks")):
        name = message.operation_id
        unknown = message.check.fresh("Shoe")
        bad = message.body({}, ListId=NOWHERE)
        bodies: tuple[object, ...] = (bad, b"{", b"[]")
        for body, (credentials, status) in check.some(product(bodies, callers), 3, turn):
            found = message.ask(body, content_type="application/json", credentials=credentials).status
            check.equal(status, found, f"{name} by somebody who may not send")
        query = {"match": unknown, unknown: "9"}
        for body in (bad, _without(bad, message.sort.member), {**message.body({}), message.sort.member: NOWHERE}):
            found = message.ask(body, query).status
            check.equal(_MISSING, found, f"{name} to a list, or of an item, that does not exist, with a bad match")


@law("W50-send-only-three-verbs")
def sends_take_three_verbs(check: Check) -> None:
    """Verbs of other operations on journeys, at the two addresses."""
    for operation_id in operations(check, "W50-send-only-three-verbs"):
        path = check.contract.operation(operation_id).path
        for verb in ("GET", "DELETE"):
            response = check.send(verb, path, effect="send")
            check.equal(_WRONG_VERB, response.status, f"{verb} {path}")
            allowed = {name.strip() for name in response.headers.get("allow", "").split(",")}
            check.equal(["PATCH", "POST", "PUT"], sorted(allowed), f"Allow after {verb} {path}")
