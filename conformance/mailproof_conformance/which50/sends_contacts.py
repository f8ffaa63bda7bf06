"""Laws about the contact of a send: what is stored of it, however it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import read
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import holds, known, size, stored
from mailproof_conformance.which50.reads import XML

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row


@law("W50-send-answers-what-is-stored")
def the_answer_is_the_contact(check: Check) -> None:
    """A contact that is new."""
    for message in messages(check, "W50-send-answers-what-is-stored"):
        contact = message.to(message.newcomer())
        read_back = read(check, "get_contact", contactId=contact["EncContactId"])
        check.equal(read_back, contact, f"the answer of {message.operation_id}")


@law("W50-send-creates-contact")
def a_send_creates_its_contact(check: Check) -> None:
    """A contact that is new, with its values, null in place of each default, and the number of contacts in the list."""
    for message in messages(check, "W50-send-creates-contact"):
        values, before = {**message.newcomer(), **dict.fromkeys(message.fields.defaults)}, size(check, message.list_id)
        contact = message.to(values)
        check.equal(before + 1, size(check, message.list_id), f"the Count of the list after {message.operation_id}")
        holds(check, values, contact, f"the values that {message.operation_id} stored")


@law("W50-send-updates-contact")
def a_send_finds_its_contact_again(check: Check) -> None:
    """By the value of the key field in another letter case, and by the encrypted id."""
    for message in messages(check, "W50-send-updates-contact"):
        key, field = message.fields.email, message.fields.texts[1]
        values = message.newcomer()
        first = stored(check, message.list_id, values)
        before = size(check, message.list_id)
        by_key = message.body({key: values[key].upper(), field: "by key"})
        by_id = message.body({field: "by id"}, EncContactId=first["EncContactId"])
        for text, body in (("by key", by_key), ("by id", by_id)):
            contact = message.ask(body).json()
            check.equal(first["EncContactId"], contact.get("EncContactId"), f"whom {message.operation_id} finds {text}")
            check.equal({**first["Values"], field: text}, contact["Values"], f"what {message.operation_id} stores")
        check.equal(before, size(check, message.list_id), f"the Count of the list after {message.operation_id}")


@law("W50-send-list-of-contact")
def the_list_is_that_of_the_contact(check: Check) -> None:
    """A contact that is new."""
    for message in messages(check, "W50-send-list-of-contact"):
        values = message.newcomer()
        contact = message.to(values)
        check.equal(message.list_id, contact["ListId"], f"the list of the contact after {message.operation_id}")
        rows = known(check, message.list_id, message.fields.email, values[message.fields.email])
        found = [row["EncContactId"] for row in rows]
        check.equal([contact["EncContactId"]], found, f"whom the list holds after {message.operation_id}")


@law("W50-send-verbs-agree")
def put_does_what_post_does(check: Check) -> None:
    """Two contacts that are new, one by each verb: what is answered, stored and left behind."""
    seen: dict[str, Any] = {}
    for message in messages(check, "W50-send-verbs-agree"):
        field = message.fields.texts[1]
        contact = message.to({**message.newcomer(), field: "alike"})
        identity = {message.fields.email, message.fields.mobile, message.fields.texts[0]}
        shown = {
            "members": sorted(contact),
            "list": contact["ListId"],
            "values": {name: value for name, value in contact["Values"].items() if name not in identity},
            "fields": sorted(contact["Values"]),
            "received": [_undated(row) for row in message.received(contact["EncContactId"])],
            "communications": [_undated(row) for row in message.communications(contact["EncContactId"])],
        }
        expected = seen.setdefault(message.sort.member, shown)
        check.equal(expected, shown, f"what {message.operation_id} does")


def _undated(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in {"Date", "Occurred"} and name != "Id"}


@law("W50-send-custom-events-ignored")
def custom_events_mean_nothing(check: Check) -> None:
    """One that exists, where the target offers it, and one that does not."""
    offered = check.samples.get("custom_events", {})
    names = [check.fresh("Event"), *(offered[name] for name in ("with_email", "silent") if name in offered)]
    for turn, message in enumerate(messages(check, "W50-send-custom-events-ignored")):
        values = message.newcomer()
        person = stored(check, message.list_id, values)["EncContactId"]
        for count, name in enumerate(check.some(names, 2, turn), start=1):
            message.to(values, customevents=name)
            about = f"the communications after {message.operation_id} with customevents"
            check.equal(count, len(message.communications(person)), about)


@law("W50-send-body-in-xml")
def xml_sends_as_json_does(check: Check) -> None:
    """A known contact, in both forms and with characters that XML escapes."""
    forms = (XML, "text/xml", "application/json")
    for turn, message in enumerate(messages(check, "W50-send-body-in-xml")):
        field = message.fields.texts[1]
        values = message.newcomer()
        person = stored(check, message.list_id, values)["EncContactId"]
        for count, content_type in enumerate(check.some(forms, 2, turn), start=1):
            given = {**values, field: f"<{content_type}> & 'Zoë'"}
            contact = message.to(given, content_type=content_type)
            holds(check, given, contact, f"what {message.operation_id} stores from {content_type}")
            about = f"the communications after {message.operation_id} in {content_type}"
            check.equal(count, len(message.communications(person)), about)
