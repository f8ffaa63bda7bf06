"""Laws about what a send leaves behind, in the views of the contact and in those of the journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import read, states
from mailproof_conformance.which50.messages import Message, messages
from mailproof_conformance.which50.people import size
from mailproof_conformance.which50.reads import instant

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.journey_reads import Row

_REACHED = {"Sent", "Delivered"}


@law("W50-send-in-communications")
def the_newest_communication_is_what_was_sent(check: Check) -> None:
    """A contact that is new, and then once more."""
    for message in messages(check, "W50-send-in-communications"):
        values = message.newcomer()
        for count in (1, 2):
            rows = message.communications(message.to(values)["EncContactId"])
            check.equal(count, len(rows), f"the communications after {message.operation_id}")
            journey = read(check, "get_journey", journeyId=message.journey_id)
            expected = (message.sort.interaction, message.report()["Name"], journey["Id"], journey["Name"])
            actual = tuple(rows[0][name] for name in ("Interaction", "Name", "CampaignId", "CampaignName"))
            check.equal(list(expected), list(actual), f"the newest communication after {message.operation_id}")


@law("W50-send-in-channel-list")
def the_channel_lists_what_was_sent(check: Check) -> None:
    """A contact that is new."""
    for message in messages(check, "W50-send-in-channel-list"):
        rows = message.received(message.to(message.newcomer())["EncContactId"])
        check.equal(1, len(rows), f"what {message.sort.channel.listed} lists after {message.operation_id}")
        expected = {"Id": message.item_id, **message.sort.unread}
        check.equal(expected, {name: rows[0].get(name) for name in expected}, f"what {message.operation_id} left")


@law("W50-send-in-summary")
def the_summary_begins_with_what_was_sent(check: Check) -> None:
    """A contact that is new; no other part of its summary has anything."""
    for message in messages(check, "W50-send-in-summary"):
        contact = message.to(message.newcomer())["EncContactId"]
        summary = read(check, "get_contact_summary", contactId=contact)
        expected = {**{name: [] for name in summary}, message.sort.channel.member: message.received(contact)}
        check.equal(expected, summary, f"the summary after {message.operation_id}")


@law("W50-send-in-contact-journeys")
def the_journey_is_one_of_the_contact(check: Check) -> None:
    """A contact that is new: its one journey, and what it did there."""
    for message in messages(check, "W50-send-in-contact-journeys"):
        contact = message.to(message.newcomer())["EncContactId"]
        found = [row["Id"] for row in read(check, "list_contact_journeys", contactId=contact)]
        check.equal([message.journey_id], found, f"the journeys after {message.operation_id}")
        path = {"contactId": contact, "journeyId": message.journey_id}
        activities = read(check, "list_contact_journey_activities", **path)
        check.equal(message.communications(contact), activities, f"the activities after {message.operation_id}")


@law("W50-send-dated")
def a_send_is_dated_by_the_server(check: Check) -> None:
    """Between the server's time before and after."""
    for message in messages(check, "W50-send-dated"):
        before = check.call("get_server_time").json()
        contact = message.to(message.newcomer())["EncContactId"]
        after = check.call("get_server_time").json()
        occurred = message.communications(contact)[0]["Occurred"]
        about = f"when {message.operation_id} happened"
        in_between = isinstance(occurred, str) and instant(before) <= instant(occurred) <= instant(after)
        check.true(in_between, about, expected=f"{before} to {after}", actual=occurred)


@law("W50-send-reaches-journey")
def the_journey_reached_whom_was_sent_to(check: Check) -> None:
    """A contact that is new, and then once more."""
    for message in messages(check, "W50-send-reaches-journey"):
        values = message.newcomer()
        reach, interactions = _counters(message)
        for further in (1, 2):
            contact = message.to(values)["EncContactId"]
            about = f"reach and interactions of the journey after {message.operation_id}"
            check.equal([reach + 1, interactions + further], _counters(message), about)
            rows = read(check, "list_journey_contacts", journeyId=message.journey_id)
            check.equal(reach + 1, len(rows), f"how many contacts the journey has after {message.operation_id}")
            check.true(contact in _ids(rows), f"the contacts of the journey after {message.operation_id}")


def _counters(message: Message) -> list[int]:
    journey = read(message.check, "get_journey", journeyId=message.journey_id)
    return [journey["Reach"], journey["Interactions"]]


def _ids(rows: list[Row]) -> set[str]:
    return {row["EncContactId"] for row in rows}


@law("W50-send-counted")
def counters_grow_with_each_contact(check: Check) -> None:
    """Three contacts, one after the other: two counters grow by one each time, nothing else of the report does."""
    for message in messages(check, "W50-send-counted"):
        expected = message.report()
        for _ in range(3):
            values = message.newcomer()
            message.check.equal(expected, _with_member(message, values), f"the report before {message.operation_id}")
            message.to(values)
            expected = {**expected, **{name: expected[name] + 1 for name in _REACHED}}
            check.equal(expected, message.report(), f"the report after {message.operation_id}")


def _with_member(message: Message, values: Row) -> Row:
    """The report when the list has got a contact of these values."""
    path = {"contactListId": message.list_id}
    response = message.check.call("save_contact", path=path, body={"Values": values})
    message.check.equal(200, response.status, "a contact that is saved")
    return message.report()


@law("W50-send-in-states")
def a_send_is_in_two_states(check: Check) -> None:
    """A contact that is new, in every state of the item."""
    for message in messages(check, "W50-send-in-states"):
        contact = message.to(message.newcomer())["EncContactId"]
        for state in states(check, message.sort.channel):
            about = f"whether the contact is in the state {state} after {message.operation_id}"
            check.equal(state in _REACHED, contact in message.in_state(state), about)


@law("W50-send-in-states")
def who_was_reached_later_has_not_failed(check: Check) -> None:
    """A contact with what is no number, and then with one: two text messages, of which the second arrives."""
    message = Message(check, "send_text_message")
    values = message.newcomer()
    reached = values[message.address]
    contact = message.to({**values, message.address: "no number"})["EncContactId"]
    states_so_far = [state for state in ("Delivered", "Failed") if contact in message.in_state(state)]
    check.equal(["Failed"], states_so_far, "the states of a contact after a text message to what is no number")
    again = message.to({**values, message.address: reached})["EncContactId"]
    check.equal(contact, again, "the contact that a second text message goes to")
    states_so_far = [state for state in ("Delivered", "Failed") if contact in message.in_state(state)]
    check.equal(["Delivered"], states_so_far, "the states of the same contact after one that arrived")


@law("W50-send-counts-contacts")
def a_second_send_counts_nobody(check: Check) -> None:
    """The same to the same contact three times."""
    for message in messages(check, "W50-send-counts-contacts"):
        values = message.newcomer()
        contact = message.to(values)["EncContactId"]
        expected = message.report()
        for count in (2, 3):
            message.to(values)
            check.equal(expected, message.report(), f"the report after {message.operation_id} to the same contact")
            check.equal(count, len(message.communications(contact)), f"the communications after {message.operation_id}")


@law("W50-send-leaves-others-alone")
def nothing_else_changes(check: Check) -> None:
    """All reports and counters of all journeys, and the sizes of all lists, but for those that are concerned."""
    for message in messages(check, "W50-send-leaves-others-alone"):
        values = message.newcomer()
        before = _all_else(message)
        message.to(values)
        check.equal(before, _all_else(message), f"what does not concern {message.operation_id}")
        size(check, message.list_id)


def _all_else(message: Message) -> dict[str, Any]:
    check = message.check
    lists = [row for row in read(check, "list_contact_lists") if row["Id"] != message.list_id]
    journeys = {row["Id"]: row for row in read(check, "list_journeys")}
    reports = {name: read(check, "get_journey_reports", journeyId=name) for name in journeys}
    journeys[message.journey_id] = {
        name: value for name, value in journeys[message.journey_id].items() if name not in {"Reach", "Interactions"}
    }
    member = message.sort.channel.member
    reports[message.journey_id][member] = [
        row for row in reports[message.journey_id][member] if row["Id"] != message.item_id
    ]
    return {
        "lists": lists,
        "journeys": [journeys[name] for name in journeys],
        "reports": [reports[name] for name in reports],
    }
