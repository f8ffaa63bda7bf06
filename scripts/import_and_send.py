"""A story for the demo: two contacts are imported into a list, one of them is sent an e-mail, the report shows it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from sample_requests import Reply, Sample, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CONTACTS = (
    {"Values": {"Email": "una.quay@example.com", "FirstName": "Una"}},
    {"Values": {"Email": "odhran.pier@example.com", "FirstName": "Odhrán"}},
)


def import_and_send(entry: Mapping[str, Any]) -> Story:
    """The requests, each made from the answers before it; `entry` is what the mock's ready file says of Which50."""
    known = entry["samples"]
    contact_list = f"/contactLists/{known['lists']['empty']}"
    reports = f"/journeys/{known['journeyId']}/reports/emails"
    email_id = known["emailId"]

    def ask(title: str, method: str, target: str, kept: Callable[[Any], object], body: object = None) -> Sample:
        return Sample(
            title=title,
            provider="which50",
            method=method,
            target=target,
            headers={**entry["headers"], **({} if body is None else {"Content-Type": "application/json"})},
            body=b"" if body is None else json.dumps(body, ensure_ascii=False).encode(),
            kept=lambda reply: reply.status == HTTPStatus.OK and bool(kept(reply.json())),
        )

    def sent(rows: list[dict[str, Any]]) -> int:
        return next(int(row["Sent"]) for row in rows if row["Id"] == email_id)

    before = sent((yield ask("the e-mail reports of a journey", "GET", reports, sent)).json())
    job = yield ask(
        "an import job for two fields of an empty list",
        "POST",
        f"{contact_list}/import",
        lambda found: found["CurrentStatus"] == "Created",
        {"FieldNames": ["Email", "FirstName"]},
    )
    job_path = f"{contact_list}/import/{_member(job, 'Id')}"
    yield ask("its contacts", "POST", job_path, lambda found: found["CurrentStatus"] == "Loading", list(_CONTACTS))
    yield ask("it runs", "POST", f"{job_path}/run", lambda found: found["CurrentStatus"] == "Running")
    yield ask("it is done", "GET", job_path, lambda found: found["InsertedContacts"] == len(_CONTACTS))
    stored = yield ask(
        "an e-mail to one of the imported contacts",
        "POST",
        "/journeys/sendEmail",
        lambda found: found["Values"]["FirstName"] == "Una",
        {"EmailId": email_id, "Contact": {"ListId": known["lists"]["empty"], **_CONTACTS[0]}},
    )
    contact_id = _member(stored, "EncContactId")
    yield ask(
        "the contact among those the e-mail was sent to",
        "GET",
        f"{reports}/{email_id}/contacts/Sent",
        lambda rows: contact_id in [row["EncContactId"] for row in rows],
    )
    yield ask("one more in the report", "GET", reports, lambda rows: sent(rows) == before + 1)


def _member(reply: Reply, name: str) -> Any:
    return cast("dict[str, Any]", reply.json())[name]
