"""A server for each law of import jobs, with just its promise broken."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from faults import answered, each, heard, of, says, status, told, writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults import When
    from in_process import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

MOST = 10_000
LATER = "2031-01-01T00:00:00+00:00"
W50 = b"http://schemas.datacontract.org/2004/07/W50API.Models.DTO"


def is_job(method: str) -> When:
    """Polls (GET) or batches (POST)."""
    return lambda request: request.method == method and re.search(r"/import/\d+$", request.target)


POLL, BATCH, CREATE, RUN = is_job("GET"), is_job("POST"), of("/import"), of("/run")


def both(first: When, second: When) -> When:
    return lambda request: first(request) and second(request)


def body_has(text: bytes) -> When:
    return lambda request: text in request.body


def body_lacks(text: bytes) -> When:
    return lambda request: text not in request.body


def holds(count: int) -> When:
    return lambda request: request.body.count(b'"Values"') == count


def shows(when: When = POLL, **members: object) -> Mangle:
    """A server whose jobs have other members than they ought to."""
    return says(lambda job: {**job, **members}, when)


def in_state(state: str, **members: object) -> Mangle:
    """The same, for polls that show a state."""
    return says(lambda job: {**job, **members} if job["CurrentStatus"] == state else job, POLL)


def more(*names: str) -> Mangle:
    """A server that has counted one more than there is."""
    return says(lambda job: {**job, **{name: job[name] + 1 for name in names}}, POLL)


def said(old: str, new: str, when: When) -> Mangle:
    """A server that calls a state by the name of another."""
    return says(
        lambda job: {**job, "CurrentStatus": new if job["CurrentStatus"] == old else job["CurrentStatus"]}, when
    )


def body(change: Callable[[Any], Any]) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=json.dumps(change(json.loads(request.body))).encode())


def replaced(old: bytes, new: bytes) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=request.body.replace(old, new))


def target(pattern: str, new: str) -> Callable[[Request], Request]:
    return lambda request: replace(request, target=re.sub(pattern, new, request.target))


def nameless(contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in contact.items() if name != "EncContactId"} for contact in contacts]


def restless() -> Mangle:
    """A server whose jobs go on counting after their end."""
    polls: list[int] = []

    def change(job: dict[str, Any]) -> dict[str, Any]:
        polls.append(1)
        return {**job, "NotUpdatedContacts": len(polls)} if job["FinishDate"] else job

    return says(change, POLL)


def keeps_what_it_can(request: Request, forward: Forward) -> Response:
    """A server that refuses a batch that is too large, and keeps the first contact of it."""
    if not both(BATCH, holds(MOST + 1))(request):
        return forward(request)
    forward(body(lambda contacts: contacts[:1])(request))
    return forward(request)


def runs_at_once(request: Request, forward: Forward) -> Response:
    """A server that works before it is told to."""
    response = forward(request)
    if BATCH(request) and response.status == 200 and response.json()["CurrentStatus"] == "Loading":
        forward(replace(request, target=f"{request.target}/run", body=b""))
    return response


MINIATURES: dict[str, Mangle] = {
    # the life of a job
    "a_job_begins_with_nothing": shows(CREATE, StartDate=LATER),
    "every_state_is_reached": said("Failed", "Finished", POLL),
    "jobs_go_by_the_table": said("Loading", "Created", BATCH),
    "what_the_table_refuses_is_refused": told(status(200, 417), RUN),
    "a_run_answers_the_job_that_has_begun": said("Running", "Loading", RUN),
    "polls_lead_to_an_end": shows(FinishDate=None),
    "a_job_at_its_end_stays_as_it_is": restless(),
    "dates_come_with_the_run_and_with_the_end": in_state("Finished", StartDate="2021-01-01T00:00:00+00:00"),
    "progress_goes_from_nothing_to_a_hundred": in_state("Finished", ProgressPercent=99),
    # what a job is made from
    "a_job_needs_field_names": told(status(200, 417), both(CREATE, body_lacks(b"Shoe"))),
    "a_job_takes_fields_of_the_list_only": told(status(200, 417), both(CREATE, body_has(b"Shoe"))),
    "field_names_in_any_letter_case": told(answered(417, {}), both(CREATE, body_has(b"EMAIL"))),
    "a_batch_of_the_most_is_taken": told(answered(417, {}), both(BATCH, holds(MOST))),
    "a_batch_of_one_more_is_refused": told(status(200, 417), BATCH),
    "an_empty_batch_changes_nothing": told(answered(417, {}), both(BATCH, holds(0))),
    "batches_follow_one_another": heard(replaced(b"three", b"one"), BATCH),
    "a_batch_says_the_same_in_every_form": heard(replaced(b"&lt;", b""), BATCH),
    "an_unknown_encrypted_id_spoils_its_batch": heard(body(nameless), both(BATCH, body_has(b"EncContactId"))),
    "the_list_is_that_of_the_path": says(each(lambda row: {**row, "ListId": 31}), of("/34/contacts")),
    # what is stored and counted
    "the_total_is_what_was_written": more("TotalContacts"),
    "every_contact_is_counted_once": more("NotUpdatedContacts"),
    "new_contacts_are_inserted": shows(InsertedContacts=1),
    "known_contacts_are_updated": heard(replaced(b"@EXAMPLE", b"X@EXAMPLE"), BATCH),
    "what_brings_nothing_new_is_not_updated": shows(UpdatedContacts=1, NotUpdatedContacts=0),
    "nobody_is_dropped": shows(DroppedContacts=1),
    "malformed_values_are_counted_and_stored": shows(InvalidSmsCount=0),
    "other_fields_are_not_stored": heard(replaced(b'"FirstName"', b'"FirstName", "LastName"'), CREATE),
    "new_contacts_get_the_defaults": says(each(lambda row: {**row, "Values": {}}), of("/contacts")),
    "a_job_without_values_fails": in_state("Failed", InsertedContacts=5),
    "contacts_without_values_are_left_out": shows(InsertedContacts=4),
    "an_encrypted_id_names_the_contact": heard(body(nameless), both(BATCH, body_has(b"EncContactId"))),
    "match_updates_all_that_match": heard(target(r"\?match=\w+", ""), RUN),
    "match_needs_fields_and_values_of_the_job": heard(target(r"\?match=[^&]+", ""), RUN),
    "an_unknown_custom_event_is_refused": heard(target(r"\?customevents=[^&]+", ""), RUN),
    "custom_events_follow_for_those_who_were_written": heard(target(r"\?customevents=[^&]+", ""), RUN),
    # who may do what, and how it is shown
    "a_job_belongs_to_one_list": heard(target("/31/import/", "/34/import/")),
    "two_jobs_of_a_list_do_not_mix": shows(InsertedContacts=3),
    "the_caller_comes_before_the_job_and_the_job_before_the_rest": told(status(400, 404), body_has(b"{")),
    "a_reader_may_only_look": told(status(200, 403)),
    "a_job_is_the_same_in_every_form": writes(b"<InsertedContacts>1<", b"<InsertedContacts>2<"),
    "a_job_is_in_data_contract_form": writes(b"<(/?)ImportJob", rb"<\1Job"),
    "a_refusal_names_what_is_wrong": told(answered(417, {"Message": "No."}), CREATE),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "a job that fails where it has something to store": ("W50-import-states", said("Finished", "Failed", POLL)),
    "a job that begins to work with the first batch": ("W50-import-states", runs_at_once),
    "a batch that is taken after the run": ("W50-import-refused-in-state", told(status(200, 417), BATCH)),
    "an end before the beginning": (
        "W50-import-dates",
        in_state("Finished", FinishDate="2021-01-01T00:00:00+00:00"),
    ),
    "a beginning before the run": ("W50-import-dates", shows(BATCH, StartDate=LATER)),
    "progress before the run": ("W50-import-progress", shows(BATCH, ProgressPercent=5)),
    "a batch that is refused and kept in part": ("W50-import-batch-too-large", keeps_what_it_can),
    "an empty batch that is counted": ("W50-import-empty-batch", shows(both(BATCH, holds(0)), CurrentStatus="Loading")),
    "malformed addresses that are not counted": ("W50-import-invalid-counted", shows(InvalidEmailCount=0)),
    "a run with the first of its events alone": (
        "W50-import-unknown-event",
        heard(target(r"(\?customevents=[^&,]+),[^&]*", r"\1"), RUN),
    ),
    "an import in another namespace": ("W50-import-xml-form", writes(W50 + b'"', W50 + b'.Imports"')),
    "a date without its parts": (
        "W50-import-xml-form",
        writes(rb"<StartDate [^>]*>.*</StartDate>", b"<StartDate>2025-01-06T09:00:00Z</StartDate>"),
    ),
    "a job whose nulls are left out": ("W50-import-xml-form", writes(rb'<\w+ i:nil="true"[^>]*/>', b"")),
}
