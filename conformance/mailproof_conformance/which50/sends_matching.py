"""Laws about sends with `match`: who is updated, who is answered and who is sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import read
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import OK, size, stored

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row
    from mailproof_conformance.which50.messages import Message

_TWO = 2


def _alike(message: Message, count: int = _TWO) -> tuple[str, list[Row]]:
    """Some new contacts that share the value of a field, and this value."""
    field = message.fields.texts[0]
    shared = message.newcomer()[field]
    people = [{**message.newcomer(), field: shared} for _ in range(count)]
    return shared, [stored(message.check, message.list_id, values) for values in people]


@law("W50-send-match")
def all_that_match_the_body_are_updated(check: Check) -> None:
    """Two contacts that share a value, a third that does not."""
    for message in messages(check, "W50-send-match"):
        by, other = message.fields.texts[:2]
        shared, people = _alike(message)
        stranger = message.member()
        response = message.ask(message.body({by: shared.upper(), other: "new"}), {"match": by})
        check.equal(OK, response.status, f"{message.operation_id} with match")
        for person in people:
            found = read(check, "get_contact", contactId=person["EncContactId"])["Values"]
            check.equal({**person["Values"], other: "new"}, found, f"whom the match of {message.operation_id} finds")
        found = read(check, "get_contact", contactId=stranger["EncContactId"])
        check.equal(stranger, found, f"whom the match of {message.operation_id} does not find")


@law("W50-send-match-one-message")
def one_of_those_that_match_is_sent_to(check: Check) -> None:
    """Three contacts that share a value."""
    for message in messages(check, "W50-send-match-one-message"):
        by = message.fields.texts[0]
        shared, people = _alike(message, 3)
        answered = message.ask(message.body({by: shared}), {"match": by}).json().get("EncContactId")
        for person in people:
            expected = 1 if person["EncContactId"] == answered else 0
            actual = len(message.communications(person["EncContactId"]))
            check.equal(expected, actual, f"how often {message.operation_id} sends to one of those that match")


@law("W50-send-to-matching")
def everybody_who_matches_is_sent_to(check: Check) -> None:
    """Three contacts that share a value: each is updated, answered and sent to once; the report counts all."""
    for message in messages(check, "W50-send-to-matching"):
        by, other = message.fields.texts[:2]
        shared, people = _alike(message, 3)
        before = message.report()
        response = message.ask(message.body({other: "new"}), {"match": by, by: shared.upper()})
        check.equal(OK, response.status, message.operation_id)
        expected = {row["EncContactId"]: {**row["Values"], other: "new"} for row in people}
        answered = {row["EncContactId"]: row["Values"] for row in response.json()}
        check.equal(expected, answered, f"the contacts that {message.operation_id} answers")
        for person, values in expected.items():
            found = read(check, "get_contact", contactId=person)["Values"]
            check.equal(values, found, f"a contact after {message.operation_id}")
            check.equal(1, len(message.communications(person)), f"what a contact has after {message.operation_id}")
        for counter in ("Sent", "Delivered"):
            about = f"the {counter} of the report after {message.operation_id}"
            check.equal(before[counter] + len(people), message.report()[counter], about)


@law("W50-send-to-matching-only")
def nobody_else_is_sent_to(check: Check) -> None:
    """Two names to match: a contact with both values, and one with either."""
    for message in messages(check, "W50-send-to-matching-only"):
        by, other = message.fields.texts[:2]
        shared = message.newcomer()[by]
        given = [{by: shared, other: "both"}, {by: shared, other: "one"}, {other: "both"}]
        people = [stored(check, message.list_id, {**message.newcomer(), **values}) for values in given]
        body, query = message.body({}), {"match": f"{by},{other}", by: shared, other: "both"}
        answered = [row["EncContactId"] for row in message.ask(body, query).json()]
        check.equal([people[0]["EncContactId"]], answered, f"whom {message.operation_id} answers")
        for person, count in zip(people, (1, 0, 0), strict=True):
            about = f"what a contact has after {message.operation_id} with two names to match"
            check.equal(count, len(message.communications(person["EncContactId"])), about)


@law("W50-send-to-none")
def nobody_matches(check: Check) -> None:
    """A value that no contact has."""
    for message in messages(check, "W50-send-to-none"):
        values = message.newcomer()
        before = (size(check, message.list_id), message.report())
        body, query = message.ask_for(values)
        response = message.ask(body, query)
        check.equal(OK, response.status, f"{message.operation_id} where nothing matches")
        check.equal([], response.json(), f"{message.operation_id} where nothing matches")
        after = (size(check, message.list_id), message.report())
        check.equal(list(before), list(after), f"Count and report after {message.operation_id} to nobody")
