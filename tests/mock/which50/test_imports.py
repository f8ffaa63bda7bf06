"""Import jobs through the door: what a client that imports contacts sees, and what it is refused."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from mailproof import contract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

SPARE, CUSTOMERS, ADA = 34, 31, "kD3vR8sXw2LqTn5YbC7mZg"
FIELDS = ["Email", "Mobile", "FirstName", "Visits"]
JOB = contract("which50").document["components"]["schemas"]["ImportJob"]
DTO = "http://schemas.datacontract.org/2004/07/W50API.Models.DTO"
COMMON = "http://schemas.datacontract.org/2004/07/W50Common.Model.DTO"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"


class Import:
    """A job of a client: each step gives the answer to it."""

    def __init__(self, sandbox: Any, fields: list[str] | None = None, list_id: int = SPARE) -> None:
        self.sandbox = sandbox
        created = self.ask("POST", f"/contactLists/{list_id}/import", json={"FieldNames": fields or FIELDS})
        assert 200 == created.status_code, created.text
        self.created = created.json()
        self.path = f"/contactLists/{list_id}/import/{self.created['Id']}"

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        response: httpx.Response = self.sandbox.request("which50", method, path, **options)
        return response

    def add(self, *values: dict[str, Any]) -> httpx.Response:
        return self.ask("POST", self.path, json=[{"Values": entry} for entry in values])

    def run(self, **query: str) -> httpx.Response:
        return self.ask("POST", f"{self.path}/run", params=query)

    def poll(self) -> dict[str, Any]:
        job: dict[str, Any] = self.ask("GET", self.path).json()
        return job

    def done(self, *values: dict[str, Any], **query: str) -> dict[str, Any]:
        """The job at its end, with contacts of these values."""
        assert 200 == self.add(*values).status_code
        answer = self.run(**query)
        assert 200 == answer.status_code, answer.text
        return self.poll()


def contacts(sandbox: Any, list_id: int = SPARE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.request("which50", "GET", f"/contactLists/{list_id}/contacts").json()
    return found


def counters(job: dict[str, Any]) -> tuple[int, ...]:
    names = ("InsertedContacts", "UpdatedContacts", "NotUpdatedContacts", "TotalContacts")
    return tuple(job[name] for name in names)


def why(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("MessageDetail", "")


# --- the life of a job -----------------------------------------------------------------------------------------------


def test_a_job_from_its_beginning_to_its_end(sandbox: Any) -> None:
    job = Import(sandbox)
    assert list(JOB["properties"]) == list(job.created)
    assert ("Created", 0, None, None) == tuple(
        job.created[name] for name in ("CurrentStatus", "ProgressPercent", "StartDate", "FinishDate")
    )
    assert job.created == job.poll()
    loading = job.add({"Email": "a@example.com", "Visits": 3}, {"Email": "b@example.com"}).json()
    assert {**job.created, "CurrentStatus": "Loading"} == loading == job.poll()
    running = job.run().json()
    assert ("Running", 0, None) == tuple(running[name] for name in ("CurrentStatus", "ProgressPercent", "FinishDate"))
    assert [] == contacts(sandbox)
    finished = job.poll()
    assert ("Finished", 100, (2, 0, 0, 2)) == (
        finished["CurrentStatus"],
        finished["ProgressPercent"],
        counters(finished),
    )
    assert running["StartDate"] == finished["StartDate"] < finished["FinishDate"]
    assert ["a@example.com", "b@example.com"] == [contact["Values"]["Email"] for contact in contacts(sandbox)]
    assert finished == job.poll()


def test_a_job_that_takes_several_polls_tells_the_truth_in_between(
    tmp_path: Path, start_mock: Callable[..., Any]
) -> None:
    sandbox = start_mock(tmp_path, "which50", "--set", "which50.import-polls=4")
    job = Import(sandbox)
    job.add(*({"Email": f"a{n}@example.com"} for n in range(7)))
    job.add(*({"Email": f"A{n}@example.com", "Visits": 1} for n in range(3)))
    steps = [job.run(customevents="RaiseLoyaltyTier").json()]
    sizes, events = [0], [0]
    while steps[-1]["CurrentStatus"] == "Running":
        steps.append(job.poll())
        sizes.append(len(contacts(sandbox)))
        events.append(len(sandbox.outbox()))
    assert [0, 20, 50, 70, 100] == [step["ProgressPercent"] for step in steps]
    assert [0, 2, 5, 7, 7] == [step["InsertedContacts"] for step in steps] == sizes
    assert [0, 0, 0, 0, 3] == [step["UpdatedContacts"] for step in steps]
    assert [0, 0, 0, 0, 7] == events
    assert [None] * 4 == [step["FinishDate"] for step in steps[:-1]]
    small = Import(sandbox)
    small.add({"Email": "z@example.com"})
    small.run()
    found = [small.poll() for _ in range(4)]
    assert [("Running", 0)] * 3 + [("Finished", 100)] == [
        (step["CurrentStatus"], step["ProgressPercent"]) for step in found
    ]


def test_a_large_job_takes_more_polls_than_a_small_one(tmp_path: Path, start_mock: Callable[..., Any]) -> None:
    sandbox = start_mock(tmp_path, "which50", "--set", "which50.import-share=2")
    job = Import(sandbox)
    job.add(*({"Email": f"a{n}@example.com"} for n in range(3)))
    job.add(*({"Email": f"b{n}@example.com"} for n in range(2)))
    job.run(match="email")
    steps = [job.poll() for _ in range(3)]
    assert [("Running", 40), ("Running", 80), ("Finished", 100)] == [
        (step["CurrentStatus"], step["ProgressPercent"]) for step in steps
    ]
    assert [2, 4, 5] == [step["InsertedContacts"] for step in steps]
    assert 5 == len(contacts(sandbox))


def test_without_polls_run_finishes_the_job(tmp_path: Path, start_mock: Callable[..., Any]) -> None:
    sandbox = start_mock(tmp_path, "which50", "--set", "which50.import-polls=0")
    job = Import(sandbox)
    job.add({"Email": "a@example.com"})
    finished = job.run().json()
    assert ("Finished", 100, (1, 0, 0, 1)) == (
        finished["CurrentStatus"],
        finished["ProgressPercent"],
        counters(finished),
    )
    assert finished == job.poll()


def test_a_job_goes_on_after_a_restart(
    tmp_path: Path, start_mock: Callable[..., Any], stop_mock: Callable[[Any], int]
) -> None:
    arguments = ("which50", "--data", str(tmp_path / "data.db"), "--set", "which50.import-polls=2")
    (tmp_path / "first").mkdir()
    first = start_mock(tmp_path / "first", *arguments)
    job = Import(first)
    job.add({"Email": "a@example.com"}, {"Email": "b@example.com"})
    job.run(customevents="RaiseLoyaltyTier")
    assert (50, 1) == (job.poll()["ProgressPercent"], len(contacts(first)))
    assert 0 == stop_mock(first)
    (tmp_path / "second").mkdir()
    job.sandbox = start_mock(tmp_path / "second", *arguments)
    assert ("Finished", (2, 0, 0, 2)) == (job.poll()["CurrentStatus"], counters(job.poll()))
    assert 2 == len(job.sandbox.outbox())


def test_polls_at_the_same_time_do_the_work_once(sandbox: Any) -> None:
    job = Import(sandbox)
    job.add(*({"Email": f"a{n}@example.com"} for n in range(300)))
    job.run(customevents="RaiseLoyaltyTier")
    with ThreadPoolExecutor(8) as pool:
        found = [poll.result() for poll in [pool.submit(job.poll) for _ in range(16)]]
    assert {(300, 0, 0, 300)} == {counters(step) for step in found}
    assert (300, 300) == (len(contacts(sandbox)), len(sandbox.outbox()))


def test_the_fixtures_have_a_job_in_each_state(sandbox: Any) -> None:
    entry = sandbox.provider("which50")["samples"]
    where = {"created": CUSTOMERS, "loading": SPARE, "failed": CUSTOMERS}
    found = {
        name: sandbox.request("which50", "GET", f"/contactLists/{list_id}/import/{entry['imports'][name]}").json()
        for name, list_id in where.items()
    }
    assert {name: name.capitalize() for name in where} == {name: job["CurrentStatus"] for name, job in found.items()}
    sample = sandbox.request("which50", "GET", f"/contactLists/{CUSTOMERS}/import/{entry['importJobId']}").json()
    assert ("Finished", 100, (2, 1, 1, 3)) == (sample["CurrentStatus"], sample["ProgressPercent"], counters(sample))
    assert set(JOB["properties"]["CurrentStatus"]["x-life-cycle"]["states"]) == {
        sample["CurrentStatus"],
        "Running",
        *(job["CurrentStatus"] for job in found.values()),
    }


def test_the_fixture_that_runs_comes_to_its_end(sandbox: Any) -> None:
    number = sandbox.provider("which50")["samples"]["imports"]["running"]
    job = sandbox.request("which50", "GET", f"/contactLists/{SPARE}/import/{number}").json()
    assert ("Finished", (2, 1, 0, 3)) == (job["CurrentStatus"], counters(job))
    assert (1, 1) == (job["InvalidEmailCount"], job["InvalidSmsCount"])
    orla, dara = contacts(sandbox)
    assert ("orla.nolan@example.com", "unlisted") == (orla["Values"]["Email"], orla["Values"]["Mobile"])
    assert 1 == len(orla["ValidationWarnings"]) == len(dara["ValidationWarnings"])


def test_the_fixture_that_loads_can_be_run(sandbox: Any) -> None:
    number = sandbox.provider("which50")["samples"]["imports"]["loading"]
    path = f"/contactLists/{SPARE}/import/{number}"
    assert 200 == sandbox.request("which50", "POST", f"{path}/run?match=email").status_code
    assert (2, 1, 0, 3) == counters(sandbox.request("which50", "GET", path).json())
    assert [4, None] == [contact["Values"].get("Visits") for contact in contacts(sandbox)]


# --- what is stored, and what is counted -----------------------------------------------------------------------------


def test_only_the_fields_of_the_job_are_stored(sandbox: Any) -> None:
    job = Import(sandbox, ["email", "FIRSTNAME", "Email"])
    job.done({"EMAIL": "a@example.com", "FirstName": "A", "LastName": "B", "Shoe": 44})
    (contact,) = contacts(sandbox)
    expected = {"Email": "a@example.com", "FirstName": "A", "Language": "en", "Branch": "Dublin"}
    assert (expected, []) == (contact["Values"], contact["ValidationWarnings"])


def test_contacts_that_are_there_are_updated_or_left_alone(sandbox: Any) -> None:
    Import(sandbox).done({"Email": "a@example.com", "Visits": 1}, {"Email": "b@example.com", "Visits": 1})
    again = Import(sandbox).done(
        {"Email": "A@example.com", "Visits": 2}, {"Email": "b@example.com", "Visits": 1}, {"Email": "c@example.com"}
    )
    assert (1, 1, 1, 2) == counters(again)
    assert [2, 1, None] == [contact["Values"].get("Visits") for contact in contacts(sandbox)]


def test_match_updates_every_contact_that_matches(sandbox: Any) -> None:
    Import(sandbox).done(
        {"Email": "a@example.com", "FirstName": "Kim", "Visits": 1},
        {"Email": "b@example.com", "FirstName": "Kim", "Visits": 2},
        {"Email": "c@example.com", "FirstName": "Lee", "Visits": 1},
    )
    job = Import(sandbox, ["FirstName", "Visits"])
    events_before = len(sandbox.outbox())
    finished = job.done(
        {"FirstName": "kim", "Visits": 2}, {"FirstName": "Pat"}, match="firstname", customevents="RaiseLoyaltyTier"
    )
    assert (1, 1, 1, 2) == counters(finished)
    assert [2, 2, 1, None] == [contact["Values"].get("Visits") for contact in contacts(sandbox)]
    found = [entry["contact"] for entry in sandbox.outbox()[events_before:]]
    first, _, _, last = contacts(sandbox)
    assert [first["EncContactId"], last["EncContactId"]] == found


def test_an_encrypted_id_names_the_contact(sandbox: Any) -> None:
    job = Import(sandbox, ["Visits", "FirstName"], CUSTOMERS)
    body = [
        {"EncContactId": ADA, "ListId": 99, "Values": {"Visits": 15}},
        {"EncContactId": "", "Values": {"Visits": 1}},
    ]
    assert 200 == job.ask("POST", job.path, json=body).status_code
    job.run()
    assert (1, 1, 0, 2) == counters(job.poll())
    assert 15 == job.ask("GET", f"/contacts/{ADA}").json()["Values"]["Visits"]


def test_a_job_without_anything_to_store_fails(sandbox: Any) -> None:
    job = Import(sandbox)
    failed = job.done({"LastName": "B"}, {"Email": None, "FirstName": ""}, {}, customevents="SendWelcomeEmail")
    assert ("Failed", 0, (0, 0, 0, 0)) == (failed["CurrentStatus"], failed["ProgressPercent"], counters(failed))
    assert None is not failed["FinishDate"]
    assert failed == job.poll()
    assert ([], []) == (contacts(sandbox), sandbox.outbox())


def test_contacts_without_a_value_are_left_out_among_others(sandbox: Any) -> None:
    job = Import(sandbox)
    assert (1, 0, 0, 1) == counters(job.done({"LastName": "B"}, {"Email": "a@example.com"}, {"Email": None}))


def test_events_run_once_for_each_contact_at_the_end(sandbox: Any) -> None:
    job = Import(sandbox)
    job.add({"Email": "a@example.com"}, {"Email": "b@example.com"}, {"Email": "A@example.com", "Visits": 1})
    job.run(customevents="sendwelcomeemail, RaiseLoyaltyTier")
    assert [] == sandbox.outbox()
    job.poll()
    sent = [(entry["channel"], entry.get("to")) for entry in sandbox.outbox()]
    one = [("customEvent", None), ("email", "a@example.com"), ("customEvent", None)]
    assert [*one, one[0], ("email", "b@example.com"), one[2]] == sent
    job.poll()
    assert len(sent) == len(sandbox.outbox())


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "FieldNames: the names"),
        ({"FieldNames": None}, "FieldNames: the names"),
        ({"fieldnames": []}, "FieldNames: the names"),
        ({"FieldNames": ["Email", "Shoe"]}, "'Shoe'"),
        ({"FieldNames": [""]}, "''"),
        ({"FieldNames": [" Email "]}, "' Email '"),
        ({"FieldNames": ["Email", "FirstName\u00a0"]}, "'FirstName\u00a0'"),
        ({"FieldNames": ["x" * 5000]}, "xxx"),
    ],
)
def test_a_job_needs_fields_of_the_list(sandbox: Any, body: Any, detail: str) -> None:
    status, text = why(sandbox.request("which50", "POST", f"/contactLists/{SPARE}/import", json=body))
    assert 417 == status
    assert detail in text
    assert 200 > len(text)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"Email"', b'{"FieldNames": "Email"}', b'{"FieldNames": [1]}', b'{"FieldNames": [', b"\xff"],
)
def test_what_is_no_request_for_a_job_is_400(sandbox: Any, body: bytes) -> None:
    options = {"content": body, "headers": {"Content-Type": "application/json"}}
    assert 400 == sandbox.request("which50", "POST", f"/contactLists/{SPARE}/import", **options).status_code
    assert 404 == sandbox.request("which50", "POST", "/contactLists/99/import", **options).status_code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b"[null]",
        b"[[]]",
        b'[{"Values": []}]',
        b'[{"Values": {}, "EncContactId": 4101}]',
        b'[{"ListId": "34"}]',
        b'[{"Values": {"Email": "a@example.com"}}',
        b'[{"Values": {"Visits": NaN}}]',
        b"[" * 100_000,
    ],
)
def test_what_is_no_batch_is_400_and_changes_nothing(sandbox: Any, body: bytes) -> None:
    job = Import(sandbox)
    options = {"content": body, "headers": {"Content-Type": "application/json"}}
    assert 400 == job.ask("POST", job.path, **options).status_code
    assert job.created == job.poll()


@pytest.mark.parametrize("item", ["<x/>", "<Contact", '<Contact xmlns="urn:x"/>', "<!DOCTYPE a []>"])
def test_a_batch_in_xml_is_read_as_strictly(sandbox: Any, item: str) -> None:
    job = Import(sandbox)
    body = f'<ArrayOfContact xmlns="{DTO}">{item}</ArrayOfContact>'
    response = job.ask("POST", job.path, content=body, headers={"Content-Type": "text/xml"})
    assert response.status_code in {200, 400}
    assert job.created == job.poll()


def test_a_batch_of_ten_thousand_is_taken_and_one_more_is_not(sandbox: Any) -> None:
    job = Import(sandbox)
    most = contract("which50").operation("add_import_batch").definition["requestBody"]["x-most"]
    batch = [{"Email": f"a{n}@example.com"} for n in range(most + 1)]
    status, text = why(job.add(*batch))
    assert (417, True) == (status, str(most) in text)
    assert job.created == job.poll()
    assert "Loading" == job.add(*batch[:-1]).json()["CurrentStatus"]
    assert 417 == job.add(*batch).status_code
    job.run()
    assert most == job.poll()["InsertedContacts"]


def test_an_empty_batch_changes_nothing(sandbox: Any) -> None:
    job = Import(sandbox)
    assert (200, job.created) == ((answer := job.add()).status_code, answer.json())
    assert (417, "The import job is in the state Created.") == why(job.run())
    loading = job.add({"Email": "a@example.com"}).json()
    assert loading == job.add().json()


def test_no_batch_and_no_run_after_run(sandbox: Any) -> None:
    job = Import(sandbox)
    job.add({"Email": "a@example.com"})
    job.run()
    for state in ("Running", "Finished"):
        expected = (417, f"The import job is in the state {state}.")
        assert expected == why(job.run()) == why(job.add({"Email": "b@example.com"})) == why(job.add())
        job.poll()
    assert 1 == len(contacts(sandbox))


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"match": "Shoe"}, "match: the list has no field 'Shoe'"),
        ({"match": "Email,"}, "match: the list has no field ''"),
        ({"match": "LastName"}, "match: the job does not take the field 'LastName'"),
        ({"match": "Email,Mobile"}, "match: not every contact has a value of 'Mobile'"),
        ({"customevents": "Nothing"}, "customevents: there is no event 'Nothing'"),
        ({"customevents": "RaiseLoyaltyTier,AnnounceDelay"}, "'AnnounceDelay'"),
    ],
)
def test_run_is_refused_and_can_be_tried_again(sandbox: Any, query: dict[str, str], detail: str) -> None:
    job = Import(sandbox)
    loading = job.add({"Email": "a@example.com", "Mobile": "0861234567"}, {"Email": "b@example.com"}).json()
    status, text = why(job.run(**query))
    assert (417, True) == (status, detail in text), text
    assert loading == job.poll()
    assert 200 == job.run().status_code


@pytest.mark.parametrize(
    ("contact", "detail"),
    [
        ({"EncContactId": "4101", "Values": {"Visits": 1}}, "no contact '4101'"),
        ({"EncContactId": ADA, "Values": {"Visits": 1}}, f"no contact '{ADA}'"),
        ({"EncContactId": "mE5jUs8DkQ2wYt6RzG3nXb"}, "no contact"),
        ({"EncContactId": "\u0000'; DROP TABLE row; --", "Values": {"Visits": 1}}, "no contact"),
        ({"Values": {"Visits": json.loads("[" * 150 + "]" * 150)}}, "nested"),
    ],
)
def test_a_contact_that_cannot_be_stored_spoils_its_batch(sandbox: Any, contact: dict[str, Any], detail: str) -> None:
    job = Import(sandbox)
    status, text = why(job.ask("POST", job.path, json=[{"Values": {"Email": "a@example.com"}}, contact]))
    assert (417, True) == (status, detail in text), text
    assert job.created == job.poll()


def test_a_huge_contact_is_stored(sandbox: Any) -> None:
    text = "\u2603" * 1_000_000
    Import(sandbox).done({"Email": "a@example.com", "FirstName": text})
    assert [text] == [contact["Values"]["FirstName"] for contact in contacts(sandbox)]


def test_a_batch_that_breaks_off_leaves_nothing(sandbox: Any) -> None:
    job = Import(sandbox)
    body = json.dumps([{"Values": {"Email": f"a{n}@example.com"}} for n in range(100)]).encode()
    entry, address = sandbox.provider("which50"), urlsplit(str(sandbox.url))
    base = urlsplit(str(entry["base_url"])).path
    head = f"POST {base}{job.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Authorization: {entry['headers']['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
    for part in (b"", body[:10], body[: len(body) // 2], body[:-1]):
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            connection.sendall(head.encode() + part)
    assert job.created == job.poll()


def test_a_body_above_the_limit_is_413(sandbox: Any) -> None:
    job = Import(sandbox)
    assert 413 == job.add({"Email": "x" * 30_000_001}).status_code
    assert job.created == job.poll()


# --- who may, and where ----------------------------------------------------------------------------------------------


def test_a_job_belongs_to_its_list_and_its_account(sandbox: Any) -> None:
    job = Import(sandbox)
    others = sandbox.provider("which50")["others"]["other_account"]["headers"]
    elsewhere = job.path.replace(f"/{SPARE}/", f"/{CUSTOMERS}/")
    asked: list[tuple[str, str, dict[str, Any]]] = [("GET", "", {}), ("POST", "", {"json": []}), ("POST", "/run", {})]
    for method, path, options in asked:
        assert 404 == job.ask(method, elsewhere + path, **options).status_code
        assert 404 == job.ask(method, job.path + path, headers=others, **options).status_code
    assert 404 == job.ask("GET", "/contactLists/61/import/851").status_code
    assert 200 == job.ask("GET", "/contactLists/61/import/851", headers=others).status_code


def test_a_reader_of_lists_may_only_poll(sandbox: Any) -> None:
    job = Import(sandbox)
    reader = sandbox.provider("which50")["others"]["contact_lists_reader"]["headers"]
    assert 200 == job.ask("GET", job.path, headers=reader).status_code
    assert 403 == job.ask("POST", job.path, json=[], headers=reader).status_code
    assert 403 == job.ask("POST", f"{job.path}/run", headers=reader).status_code
    assert 403 == job.ask("POST", f"/contactLists/{SPARE}/import", json={"FieldNames": []}, headers=reader).status_code
    assert 401 == sandbox.request("which50", "GET", job.path, login=False).status_code


# --- XML -------------------------------------------------------------------------------------------------------------


def test_the_whole_way_in_xml(sandbox: Any) -> None:
    headers = {"Content-Type": "application/xml", "Accept": "application/xml"}
    create = (
        '<ImportJobCreateRequest xmlns="http://schemas.datacontract.org/2004/07/W50API.Controllers">'
        f'<FieldNames xmlns:a="{ARRAYS}"><a:string>Email</a:string><a:string>Visits</a:string></FieldNames>'
        "</ImportJobCreateRequest>"
    )
    answer = sandbox.request("which50", "POST", f"/contactLists/{SPARE}/import", content=create, headers=headers)
    assert f'<ImportJob xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="{DTO}">' in answer.text
    assert "<CurrentStatus>Created</CurrentStatus>" in answer.text
    number = answer.text.partition("<Id>")[2].partition("<")[0]
    path = f"/contactLists/{SPARE}/import/{number}"
    batch = (
        f'<ArrayOfContact xmlns="{DTO}" xmlns:c="{COMMON}" xmlns:a="{ARRAYS}" xmlns:x="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Contact><c:Values>'
        '<a:KeyValueOfstringanyType><a:Key>Visits</a:Key><a:Value i:type="x:int">7</a:Value>'
        "</a:KeyValueOfstringanyType>"
        "<a:KeyValueOfstringanyType><a:Value i:type='x:string'>a@example.com</a:Value><a:Key>Email</a:Key>"
        "</a:KeyValueOfstringanyType></c:Values></Contact></ArrayOfContact>"
    )
    assert 200 == sandbox.request("which50", "POST", path, content=batch, headers=headers).status_code
    running = sandbox.request("which50", "POST", f"{path}/run", headers=headers).text
    assert '<FinishDate i:nil="true"' in running
    assert "<StartDate xmlns:d2p1=" in running
    sandbox.request("which50", "GET", path)
    (contact,) = contacts(sandbox)
    assert ("a@example.com", 7) == (contact["Values"]["Email"], contact["Values"]["Visits"])
