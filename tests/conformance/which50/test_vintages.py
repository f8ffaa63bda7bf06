"""The Which50 mock of an older vintage, held against the contract of its own vintage and of the newest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from in_process import Wire, in_process

from mailproof import contract
from mailproof_conformance.exchange import Request, Response
from mailproof_conformance.expectation import Expectations
from mailproof_conformance.laws import laws_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OLDER, NEWEST = contract("which50", "2024"), contract("which50")
CONTACT = "/contacts/kD3vR8sXw2LqTn5YbC7mZg"


@pytest.fixture(scope="module")
def older() -> Iterator[Wire]:
    """The mock of 2024."""
    yield from in_process("which50", "2024")


def test_the_mock_of_2024_keeps_the_promises_of_2024(older: Wire) -> None:
    assert [] == older.breaches(OLDER)


def test_the_mock_of_2024_breaks_what_2025_adds_and_nothing_else(older: Wire) -> None:
    later = {name: NEWEST.clauses[name] for name in OLDER.later_clauses}
    concerned = {operation for clause in later.values() for operation in clause.operations}
    judged = [name for name, clause in NEWEST.clauses.items() if concerned & set(clause.operations)]
    broken = {case for name in judged for case in older.breaches(NEWEST, None, name)}
    assert sorted(law.id for law in laws_of("which50") if law.clause in later) == sorted(broken)
    assert len(judged) > 2 * len(later)


def test_what_2025_adds_are_the_clauses_that_say_so() -> None:
    assert {clause.id for clause in NEWEST.clauses.values() if clause.vintage == "2025"} == OLDER.later_clauses
    assert OLDER.later_clauses


@pytest.mark.parametrize("media_type", ["application/json", "text/json", "application/csp-report", "text/xml"])
@pytest.mark.parametrize("path", [CONTACT, "/contactLists/31/contacts"])
def test_no_answer_of_2024_shows_a_validation_warning(older: Wire, path: str, media_type: str) -> None:
    older.reset(None)
    assert b"ValidationWarnings" not in answer(older, path, media_type).body


@pytest.mark.parametrize("media_type", ["application/json", "application/xml"])
def test_an_answer_of_2025_breaks_the_contract_of_2024(media_type: str) -> None:
    for newest in in_process("which50"):
        newest.reset(None)
        response = answer(newest, CONTACT, media_type)
        assert b"ValidationWarnings" in response.body
        operation = OLDER.operation("get_contact")
        (finding,) = Expectations(OLDER).judge(operation, response)
        assert "ValidationWarnings" in f"{finding.about} {finding.expected} {finding.actual}"
        assert [] == Expectations(NEWEST).judge(operation, response)


def answer(wire: Wire, path: str, media_type: str) -> Response:
    """What the mock answers to a GET of its own user."""
    headers = {**wire.target.credential.headers, "Accept": media_type}
    return wire.send(Request("GET", f"{wire.target.prefix}{path}", tuple(headers.items()), b""))


@pytest.fixture
def served_2024(start_mock: Callable[..., Any], tmp_path: Path) -> Any:
    """The mock of 2024 in a process of its own."""
    return start_mock(tmp_path, "which50", "--vintage", "which50=2024")


def test_the_check_takes_the_vintage_from_the_ready_file(
    served_2024: Any, command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    assert "2024" == served_2024.provider("which50")["vintage"]
    assert "/Which50API  (vintage 2024)\n" in (tmp_path / "mock.log").read_text()
    words = ("check", "which50", "--ready-file", str(served_2024.ready_file), "--report", str(tmp_path / "report"))
    code, said, complaint = command(*words, "--strict", "--only", "*get_contact*", "--only", "W50-json-*")
    assert (0, "") == (code, "" if code == 0 else said + complaint)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert ("2024", "2024", OLDER.digest) == tuple(
        report["contract"][name] for name in ("version", "vintage", "digest")
    )
    assert not OLDER.later_clauses & {clause["id"] for clause in report["clauses"]}


def test_the_check_holds_a_mock_of_2024_against_2025_when_told(
    served_2024: Any, command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    later = min(OLDER.later_clauses)
    words = ("check", "which50", "--ready-file", str(served_2024.ready_file), "--only", f"{later}/*")
    code, said, _ = command(*words, "--vintage", "2025", "--report", str(tmp_path / "report"))
    assert 1 == code, said
    assert "--replay" in said
    assert "2025" == json.loads((tmp_path / "report" / "report.json").read_text())["contract"]["vintage"]
    code, _, complaint = command(*words)
    assert (2, True) == (code, "no case fits" in complaint)


def test_the_mock_hands_out_the_contract_that_it_serves(served_2024: Any) -> None:
    document = served_2024.client.get(f"{served_2024.url}/_mailproof/contracts/which50").json()
    assert {**OLDER.document, "servers": document["servers"]} == document


def test_match_of_a_run_is_a_parameter_from_2025_on() -> None:
    newest, older = (
        {parameter["name"] for parameter in promises.operation("run_import_job").definition["parameters"]}
        for promises in (NEWEST, OLDER)
    )
    assert {"match"} == newest - older


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vintage", "2023"], "which50: no vintage '2023'; there are 2024, 2025"),
        (["--vintage", ""], "no vintage ''"),
    ],
)
def test_a_wrong_vintage_is_one_line(command: Callable[..., tuple[int, str, str]], words: list[str], said: str) -> None:
    code, _, complaint = command("check", "which50", "--list", *words)
    assert (2, 1) == (code, complaint.count("\n"))
    assert said in complaint


@pytest.mark.parametrize(
    ("vintage", "said"),
    [("2023", "no vintage '2023'; there are 2024, 2025"), (2024, "vintage: must be a text; put quotes around it")],
)
def test_a_wrong_vintage_in_a_file_is_one_line(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, vintage: object, said: str
) -> None:
    file = tmp_path / "auth.yaml"
    file.write_text(json.dumps({"base_url": "http://127.0.0.1:1", "vintage": vintage}))
    code, _, complaint = command("check", "which50", "--auth-file", str(file))
    assert (2, 1) == (code, complaint.count("\n"))
    assert said in complaint


def test_the_option_weighs_more_than_the_file(command: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    file = tmp_path / "auth.yaml"
    file.write_text(json.dumps({"base_url": "http://127.0.0.1:1", "vintage": "2024"}))
    words = ("check", "which50", "--auth-file", str(file), "--list", "--only", "W50-*")
    listed = [set(command(*words, *further)[1].splitlines()) for further in ((), ("--vintage", "2025"))]
    assert listed[0] < listed[1]


def test_clauses_are_printed_as_of_a_vintage(command: Callable[..., tuple[int, str, str]]) -> None:
    printed = [json.loads(command("clauses", "which50", "--format", "json", *words)[1]) for words in WORDS]
    newest, older = ({cast("str", clause["id"]): clause["vintage"] for clause in clauses} for clauses in printed)
    assert OLDER.later_clauses == newest.keys() - older.keys()
    assert {"2025"} == {newest[name] for name in OLDER.later_clauses}
    assert ", from 2025]" in command("clauses", "which50")[1]
    assert ", from 2025]" not in command("clauses", "which50", "--vintage", "2024")[1]


def test_the_contract_is_printed_as_of_a_vintage(command: Callable[..., tuple[int, str, str]]) -> None:
    newest, older = (json.loads(command("contract", "which50", "--format", "json", *words)[1]) for words in WORDS)
    assert (NEWEST.document, OLDER.document) == (newest, older)


WORDS = ((), ("--vintage", "2024"))
