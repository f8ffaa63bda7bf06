"""Known failures: what is on the list does not count, and a list that is out of date turns the run red."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.known_failures import KnownFailure, KnownFailures, Stale
from mailproof_conformance.known_failures_file import KnownFailuresError, read, write
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
TODAY = date(2027, 1, 31)


def listed(*entries: KnownFailure) -> KnownFailures:
    return KnownFailures("known.yaml", entries)


def test_a_failure_is_known_by_its_id_or_a_glob_and_the_id_comes_first() -> None:
    known = listed(KnownFailure("verbs/*", "all verbs"), KnownFailure("verbs/GET", "this verb"))
    assert "this verb" == known.reason("verbs/GET", TODAY)
    assert "all verbs" == known.reason("verbs/PUT", TODAY)
    assert not known.reason("text/GET", TODAY)


def test_an_id_with_the_letters_of_a_glob_is_that_id() -> None:
    known = listed(KnownFailure("text/[x]?", "odd"))
    assert "odd" == known.reason("text/[x]?", TODAY)
    [stale] = known.stale({"text/[x]?": Verdict.PASS, "text/xy": Verdict.FAIL}, (), TODAY)
    assert "passes" == stale.why


def test_a_known_failure_counts_again_after_its_last_day() -> None:
    assert "until then" == listed(KnownFailure("a", "until then", TODAY)).reason("a", TODAY)
    assert not listed(KnownFailure("a", "until then", date(2027, 1, 30))).reason("a", TODAY)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (KnownFailure("fails", "r"), None),
        (KnownFailure("breaks", "r"), None),
        (KnownFailure("fails", "r", date(2027, 1, 30)), "expired"),
        (KnownFailure("fails", "r", TODAY), None),
        (KnownFailure("passes", "r"), "passes"),
        (KnownFailure("passes", "r", date(2020, 1, 1)), "passes"),
        (KnownFailure("skipped", "r"), "not run"),
        (KnownFailure("skipped", "r", date(2020, 1, 1)), "not run"),
        (KnownFailure("disabled", "r"), "not run"),
        (KnownFailure("left out", "r"), "not run"),
        (KnownFailure("no such", "r"), "no such case"),
        (KnownFailure("no*such", "r"), "no such case"),
        (KnownFailure("*s", "r"), None),
        (KnownFailure("pass*", "r"), "passes"),
        (KnownFailure("*ed", "r"), "not run"),
        (KnownFailure("?[ak]*", "r"), None),
    ],
)
def test_what_the_run_does_not_bear_out_is_stale(entry: KnownFailure, why: str | None) -> None:
    verdicts = {
        "fails": Verdict.FAIL,
        "breaks": Verdict.ERROR,
        "passes": Verdict.PASS,
        "skipped": Verdict.SKIP,
        "disabled": Verdict.DISABLED,
    }
    stale = listed(entry).stale(verdicts, [*verdicts, "left out"], TODAY)
    assert ([] if why is None else [why]) == [item.why for item in stale]
    assert [why != "not run"] * len(stale) == [item.counts for item in stale]


def test_a_glob_of_which_only_some_cases_were_run_is_not_told_to_pass() -> None:
    known = listed(KnownFailure("verbs/*", "r"))
    assert (Stale(known.entries[0], "not run"),) == known.stale({"verbs/GET": Verdict.PASS}, ["verbs/PUT"], TODAY)


@pytest.mark.parametrize(("name", "text"), [("k.yaml", "- {id: a, reason: b, expires: 2027-01-31}\n"), ("k.json", "")])
def test_the_file_may_be_yaml_or_json(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text or json.dumps([{"id": "a", "reason": "b", "expires": "2027-01-31"}]), encoding="utf-8")
    assert (KnownFailure("a", "b", TODAY),) == read(path).entries


@pytest.mark.parametrize("text", ["", "[]", "# nothing yet\n"])
def test_an_empty_list_is_a_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.yaml"
    path.write_text(text, encoding="utf-8")
    assert () == read(path).entries


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b", "must be a list of entries"),
        ("- a", "entry 1: must be an object"),
        ("- {id: a, reason: b}\n- {id: c}", "entry 2: reason is missing"),
        ("- {reason: b}", "entry 1: id is missing"),
        ("- {id: a, reason: ' '}", "entry 1: reason is missing"),
        ("- {id: 7, reason: b}", "entry 1: id is missing"),
        ("- {id: a, reason: b, until: 1}", "entry 1: unknown until; there are id, reason, expires"),
        ("- {id: a, reason: b, expires: soon}", "entry 1: expires must be a day such as 2027-01-31, not 'soon'"),
        ("- {id: a, reason: b, expires: 2027-02-30}", "expires must be a day"),
        ("- {id: a, reason: b, expires: 5}", "expires must be a day"),
        ("- {id: a, reason: b}\n- {id: a, reason: c}", "entry 2: 'a' is there twice"),
        ("- {id: a, reason: b", "not YAML"),
        ("[" * 20_000, "nest"),
        ("- {id: " + "a" * 3000 + ", reason: b}", "entry 1: id is longer than 2000 letters"),
        ("\0", "not YAML"),
        ("- &a [x]\n" + "- {id: a, reason: b, 'x\\ny': 1}\n", "entry 1: must be an object"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "known.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnownFailuresError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}")
    assert said in message
    assert message.isprintable()
    assert len(message) < 600


def test_a_file_that_is_not_there_or_no_text_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(KnownFailuresError, match="cannot be read: No such file"):
        read(tmp_path / "known.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnownFailuresError, match="it is not UTF-8"):
        read(tmp_path / "binary")


def broken(case_id: str, reason: str = "the size", **members: object) -> dict[str, Any]:
    return {"id": case_id, "verdict": "fail", "note": False, "known": None, "reason": reason, **members}


def test_what_is_written_is_read_back_and_what_stood_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "known.yaml"
    path.write_text("# ours\n- id: a\n  reason: our own words  # kept\n  expires: 2027-01-31", encoding="utf-8")
    cases = [
        broken("a"),
        broken("b/[x] é", "odd:\n - text"),
        broken("n", note=True),
        broken("p", verdict="pass"),
        broken("e", verdict="error"),
        broken("k", known="as another list says"),
    ]
    assert 3 == write(path, {"cases": cases})
    assert path.read_text(encoding="utf-8").startswith("# ours\n- id: a\n  reason: our own words  # kept\n")
    assert (
        KnownFailure("a", "our own words", TODAY),
        KnownFailure("b/[x] é", "not looked into yet: odd: - text"),
        KnownFailure("e", "not looked into yet: the size"),
        KnownFailure("k", "as another list says"),
    ) == read(path).entries
    assert 0 == write(path, {"cases": cases})
    assert ["known.yaml"] == [item.name for item in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "text"), [("k.yaml", "[{id: a, reason: b}]"), ("k.json", '[{"id":"a","reason":"b"}]')]
)
def test_a_list_that_cannot_be_continued_is_written_anew(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    write(path, {"cases": [broken("c")]})
    assert ["a", "c"] == [entry.id for entry in read(path).entries]
    assert "b" == read(path).entries[0].reason
    if name.endswith(".json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_a_run_without_failures_writes_an_empty_list(tmp_path: Path) -> None:
    assert 0 == write(tmp_path / "known.yaml", {"cases": []})
    assert () == read(tmp_path / "known.yaml").entries


@pytest.fixture
def checked(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, tmp_path: Path
) -> Callable[..., tuple[int, str, dict[str, Any]]]:
    """Runs `mailproof check` on a miniature with a list of known failures; gives exit code, output and report."""

    def run(entries: object, *words: str, fault: str | None = "no-allow") -> tuple[int, str, dict[str, Any]]:
        made = bench(things(fault))
        auth = {
            "base_url": made.target.base_url,
            "headers": dict(made.target.credential.headers),
            "samples": dict(made.target.samples),
        }
        (tmp_path / "auth.json").write_text(json.dumps(auth), encoding="utf-8")
        (tmp_path / "known.json").write_text(json.dumps(entries), encoding="utf-8")
        line = ["--auth-file", str(tmp_path / "auth.json"), "--known-failures", str(tmp_path / "known.json")]
        code, output, _ = command("check", MINIATURE, *line, "--report", str(tmp_path / "report"), *words)
        return code, output, json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))

    return run


def test_a_known_failure_is_run_and_told_and_does_not_count(checked: Callable[..., Any]) -> None:
    code, output, report = checked([{"id": "verbs/*", "reason": "ticket 12"}], "--only", "verbs/*")
    assert 0 == code, output
    assert report["conforms"]
    known = [case for case in report["cases"] if case["known"] == "ticket 12"]
    assert known
    assert {"fail"} == {case["verdict"] for case in known}
    assert "1 known failure (not counted)" in output
    assert f": {report['findings'][0]['case']}): ticket 12" in output


def test_a_failure_beside_a_known_one_counts(checked: Callable[..., Any]) -> None:
    code, _, report = checked([{"id": "verbs/DELETE /things", "reason": "ticket 12"}], "--only", "verbs/*")
    assert (1, False) == (code, report["conforms"])


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"id": "verbs/*", "reason": "r", "expires": "2020-01-01"}, "expired"),
        ({"id": "verbs/OPTIONS /things", "reason": "r"}, "passes"),
        ({"id": "verbs/no such", "reason": "r"}, "no such case"),
    ],
)
def test_a_stale_entry_turns_the_run_red(checked: Callable[..., Any], entry: dict[str, str], why: str) -> None:
    everything = [] if entry["id"] == "verbs/*" else [{"id": "verbs/*", "reason": "all of them"}]
    code, output, report = checked([entry, *everything], "--only", "verbs/*")
    assert (1, False) == (code, report["conforms"])
    assert [{"id": entry["id"], "reason": "r", "why": why}] == report["known_failures"]["stale"]
    assert f"stale known failure {entry['id']}: it " in output
    assert "1 stale, which makes the run red" in output


def test_what_was_not_run_is_not_stale(checked: Callable[..., Any]) -> None:
    entries = [{"id": "text/*", "reason": "r"}, {"id": "fuzz/get_thing", "reason": "r", "expires": "2020-01-01"}]
    code, output, report = checked(entries, "--only", "verbs/*", fault=None)
    assert (0, True) == (code, report["conforms"]), output
    assert ["not run", "not run"] == [item["why"] for item in report["known_failures"]["stale"]]
    assert "stale" not in output


def test_a_run_writes_the_list_that_makes_the_next_one_green(checked: Callable[..., Any], tmp_path: Path) -> None:
    written = tmp_path / "written.yaml"
    code, output, _ = checked([], "--only", "verbs/*", "--write-known-failures", str(written))
    assert 1 == code
    assert f"known failures: {written} (" in output
    entries = [{"id": entry.id, "reason": entry.reason} for entry in read(written).entries]
    assert 0 == checked(entries, "--only", "verbs/*")[0]


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--known-failures", "- {id: a}", "entry 1: reason is missing"),
        ("--write-known-failures", "- {id: a}", "entry 1: reason is missing"),
        ("--known-failures", None, "cannot be read"),
    ],
)
def test_a_wrong_list_is_a_mistake_of_the_user(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, option: str, text: str | None, said: str
) -> None:
    path = tmp_path / "known.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    code, _, errors = command("check", MINIATURE, "--url", "http://127.0.0.1:1", option, str(path))
    assert (2, 1) == (code, errors.count("\n"))
    assert said in errors


def test_a_list_cannot_be_written_into_a_folder_that_is_not_there(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    words = ("--url", "http://127.0.0.1:1", "--write-known-failures", str(tmp_path / "none" / "known.yaml"))
    code, _, errors = command("check", MINIATURE, *words)
    assert (2, 1) == (code, errors.count("\n"))
    assert "there is no folder" in errors
