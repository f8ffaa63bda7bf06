"""`--replay`: one case of a report once more, from a report that anybody may have written."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.replay import ReplayError, ending, find
from mailproof_conformance.report import FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
CASE = "verbs/DELETE /things"


def a_report(**changes: Any) -> dict[str, Any]:
    """As much of a report as is looked at."""
    return {
        "format": FORMAT,
        "provider": "whatcounts",
        "contract": {"vintage": None, "digest": "0" * 64},
        "target": {"base_url": "http://127.0.0.1:1/rest"},
        "profile": "quick",
        "seed": 7,
        "strict": False,
        "options": {"examples": None},
        "cases": [
            {"id": "a #1/b", "verdict": "fail", "reason": "the size", "finding": "0123abc"},
            {"id": "c", "verdict": "pass"},
        ],
        "findings": [{"id": "0123abc", "case": "a #1/b"}],
        **changes,
    }


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Writes a report; gives its file."""

    def save(text: str | None = None, name: str = "report.json", **changes: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(a_report(**changes)) if text is None else text, encoding="utf-8")
        return path

    return save


@pytest.mark.parametrize("name", ["report.json", "a#b.json"])
@pytest.mark.parametrize("case", ["a #1/b", "0123abc"])
def test_a_case_is_found_by_its_id_or_its_finding(saved: Callable[..., Path], name: str, case: str) -> None:
    replayed = find(f"{saved(name=name)}#{case}")
    assert ("a #1/b", "whatcounts", None) == (replayed.id, replayed.provider, replayed.vintage)
    assert ("quick", 7, False, None) == (
        replayed.options.profile,
        replayed.options.seed,
        replayed.options.strict,
        replayed.options.examples,
    )


def test_the_folder_of_a_report_stands_for_it(saved: Callable[..., Path]) -> None:
    assert "c" == find(f"{saved().parent}#c").id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON, as report.json"),
        (json.dumps(a_report())[:-20], "is not JSON, as report.json"),
        ("[" * 100_000, "is not JSON, as report.json"),
        ('{"format": ' + "9" * 5_000 + "}", "is not JSON, as report.json"),
        ("[]", "is not an object"),
        ('{"openapi": "3.1.0"}', "a report of format null"),
        ('{"format": 99}', "a report of format 99, and this program reads format 2"),
        ('{"format": "\x1b[2J"}'.replace("\x1b", "\\u001b"), 'a report of format "\\u001b[2J"'),
    ],
)
def test_what_is_no_report_is_one_line(saved: Callable[..., Path], text: str, said: str) -> None:
    file = saved(text)
    with pytest.raises(ReplayError) as caught:
        find(f"{file}#c")
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"provider": 7}, "provider is '7'"),
        ({"provider": "x" * 600}, "provider is 'xxx"),
        ({"provider": "\x1b]0;title\x07"}, "provider is '?]0;title?'"),
        ({"contract": {"vintage": ["2024"], "digest": "0"}}, "vintage is "),
        ({"contract": None}, "digest is 'None'"),
        ({"target": []}, "base_url is 'None'"),
        ({"profile": "thorough"}, "profile is 'thorough'; there are quick, standard, deep"),
        ({"profile": {}}, "profile is '{}'"),
        ({"seed": True}, "seed is 'True' and no integer"),
        ({"seed": "1"}, "seed is '1' and no integer"),
        ({"strict": None}, "strict is 'None'"),
        ({"options": {"examples": 0}}, "options.examples is '0' and not from 1 to"),
        ({"options": {"examples": 10**9}}, "options.examples is '1000000000'"),
        ({"options": {"examples": True}}, "options.examples is 'True'"),
        ({"cases": None}, "has no case or finding 'c'; none of its cases is broken"),
        ({"cases": [1, None, {"id": "c"}]}, "has no verdict"),
        ({"cases": [{"id": "c", "verdict": "fail", "reason": 5}]}, "a reason that is no text"),
        ({"cases": [{"id": "d\n", "verdict": "fail"}] * 9}, "has no case or finding 'c'; broken are d, d, d"),
        ({"cases": [], "findings": [{"id": "c", "case": "gone"}]}, "has no case or finding 'c'"),
    ],
)
def test_a_report_with_something_else_in_it_is_one_line(
    saved: Callable[..., Path], changes: Mapping[str, Any], said: str
) -> None:
    file = saved(**changes)
    with pytest.raises(ReplayError) as caught:
        find(f"{file}#c")
    message = str(caught.value)
    assert said in message
    assert message.isprintable()
    assert len(message) < 1200 + len(str(file))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("report.json", "names no case; it looks like report.json#CASE"),
        ("nowhere.json#a", "nowhere.json: there is no such file"),
        ("#a", ": there is no such file"),
        ("a\0b#c", "there is no such file"),
    ],
)
def test_words_that_name_no_report_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReplayError) as caught:
        find(words)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_folder_without_a_report_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="cannot be read: Is a directory"):
        find(f"{tmp_path}#c")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"verdict": "fail", "reason": "the size"}, "still broken in the same way"),
        ({"verdict": "fail", "reason": "the name"}, "broken in another way"),
        ({"verdict": "error", "reason": "the size"}, "broken in another way"),
        ({"verdict": "fail", "reason": "the size of 7", "finding": "f1"}, "still broken in the same way"),
        ({"verdict": "fail", "reason": "the size", "finding": "f2"}, "broken in another way"),
        ({"verdict": "pass"}, "no longer broken"),
        ({"verdict": "skip", "reason": "no sample"}, "not tried"),
        ({"verdict": "disabled", "reason": "no permission"}, "not tried"),
    ],
)
def test_how_a_case_ends_now_is_held_against_how_it_ended(now: Mapping[str, Any], expected: str) -> None:
    assert expected == ending({"verdict": "fail", "reason": "the size", "finding": "f1"}, now)


@pytest.fixture
def auth(tmp_path: Path) -> Callable[[Any], list[str]]:
    """The words that say where a miniature is and who may call it."""

    def words(made: Any) -> list[str]:
        path = tmp_path / "auth.json"
        entry = {
            "base_url": made.target.base_url,
            "headers": dict(made.target.credential.headers),
            "samples": dict(made.target.samples),
        }
        path.write_text(json.dumps(entry), encoding="utf-8")
        return ["--auth-file", str(path)]

    return words


@pytest.fixture
def broken(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth: Any, tmp_path: Path
) -> dict[str, Any]:
    """The report, in `tmp_path`, of a run that found every 405 without its header."""
    words = ["--report", str(tmp_path), "--seed", "3", "--examples", "2"]
    code, _, _ = command("check", MINIATURE, *auth(bench(things("no-allow"))), "--only", "verbs/*", *words)
    assert 1 == code
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    return report


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ("no-allow", 1, "still broken in the same way"),
        ("wrong-type", 0, "no longer broken"),
        (None, 0, "no longer broken"),
    ],
)
def test_a_failure_is_repeated_on_another_server(  # noqa: PLR0913 - fixtures
    broken: dict[str, Any],
    command: Callable[..., tuple[int, str, str]],
    bench: Any,
    things: Any,
    auth: Any,
    tmp_path: Path,
    fault: str | None,
    code: int,
    said: str,
) -> None:
    assert broken["options"]["examples"] == 2
    made = bench(things(fault))
    ended, output, errors = command("check", MINIATURE, "--replay", f"{tmp_path}/report.json#{CASE}", *auth(made))
    assert code == ended, errors
    assert output.splitlines()[0] == f"{CASE}  (standard, seed 3, 2 examples)"
    assert f"the report is of {broken['target']['base_url']}" in output
    assert output.splitlines()[-1] == said
    assert all(asked.path.startswith("/mini") for asked in made.application.asked)


def test_a_failure_that_is_another_one_now_is_told_so(  # noqa: PLR0913 - fixtures
    broken: dict[str, Any],
    command: Callable[..., tuple[int, str, str]],
    bench: Any,
    things: Any,
    auth: Any,
    tmp_path: Path,
) -> None:
    case = next(case for case in broken["cases"] if case["id"] == CASE)
    case["finding"] = "0" * len(case["finding"])
    (tmp_path / "report.json").write_text(json.dumps(broken), encoding="utf-8")
    words = ["--replay", f"{tmp_path}/report.json#{CASE}", *auth(bench(things("no-allow")))]
    code, output, _ = command("check", MINIATURE, *words)
    assert (1, "broken in another way") == (code, output.splitlines()[-1])


def test_a_case_that_cannot_be_tried_any_more_is_exit_3(
    broken: dict[str, Any], command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, tmp_path: Path
) -> None:
    del broken
    made = bench(things())
    (tmp_path / "auth.json").write_text(
        json.dumps({"base_url": made.target.base_url, "headers": dict(made.target.credential.headers)}),
        encoding="utf-8",
    )
    name = "verbs/PUT /things/{thingId}"
    words = ["--replay", f"{tmp_path}/report.json#{name}", "--auth-file", str(tmp_path / "auth.json")]
    code, output, errors = command("check", MINIATURE, *words)
    assert (3, "not tried") == (code, output.splitlines()[-1]), errors


def test_every_failure_of_a_saved_report_names_the_line_that_repeats_it(broken: dict[str, Any]) -> None:
    lines = [shlex.split(case["replay"]) for case in broken["cases"] if case["verdict"] == "fail"]
    ids = [case["id"] for case in broken["cases"] if case["verdict"] == "fail"]
    assert lines
    assert [["mailproof", "check", "--replay", f"report.json#{name}"] for name in ids] == lines


def test_the_terminal_names_the_report_where_it_lies(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, auth: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "a folder"
    words = [*auth(bench(things("no-allow"))), "--only", CASE, "--report", str(folder)]
    _, output, _ = command("check", MINIATURE, *words)
    assert f"mailproof check --replay '{folder}/report.json#{CASE}'" in output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "1"], "leave out --seed"),
        (["--only", "a"], "leave out --only"),
        (["--list"], "leave out --list"),
        (["--known-failures", "x"], "leave out --known-failures"),
        (["--vintage", "1066"], "vintage"),
    ],
)
def test_what_would_make_it_another_case_is_a_mistake(
    command: Callable[..., tuple[int, str, str]], saved: Callable[..., Path], words: list[str], said: str
) -> None:
    code, _, errors = command("check", "--replay", f"{saved()}#c", *words)
    assert (2, 1) == (code, errors.count("\n"))
    assert said in errors


@pytest.mark.parametrize(
    ("changes", "words", "said"),
    [
        ({"provider": "../../etc"}, [], "is of '../../etc', a contract of one's own; name its file"),
        ({}, ["which50"], "the report is of 'whatcounts' and not of 'which50'"),
        ({"target": {"base_url": "https://api.example.com/rest"}}, [], "not this machine; say where to with --url"),
        ({"target": {"base_url": "http://127.0.0.1.example.com/"}}, [], "not this machine; say where to with --url"),
        ({"target": {"base_url": "http://[::1/"}}, [], "--replay"),
        ({}, ["whatcounts"], "the contract has no case 'c' any more"),
    ],
)
def test_a_report_is_not_believed(  # noqa: PLR0913 - fixtures
    command: Callable[..., tuple[int, str, str]],
    saved: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    changes: Mapping[str, Any],
    words: list[str],
    said: str,
) -> None:
    for provider in ("WHATCOUNTS", "WHICH50"):
        monkeypatch.setenv(f"MAILPROOF_{provider}_AUTHORIZATION", "Basic c2VjcmV0OnNlY3JldA==")
    code, output, errors = command("check", *words, "--replay", f"{saved(**changes)}#c")
    assert (2, 1) == (code, errors.count("\n")), errors
    assert said in errors
    assert "Traceback" not in output + errors


def test_neither_provider_nor_replay_is_a_mistake(command: Callable[..., tuple[int, str, str]]) -> None:
    code, _, errors = command("check")
    assert (2, 1) == (code, errors.count("\n"))
    assert "name a PROVIDER, or give --replay report.json#CASE" in errors
