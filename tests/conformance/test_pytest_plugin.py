"""The pytest plugin from the outside: pytest runs with it in a process and a folder of its own."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from mailproof_conformance.pytest_plugin import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
PASSWORD = "open-sesame-17"
OWN_CASES = """
from functools import partial
import mailproof_conformance.pytest_suite as suite
from mailproof_conformance.case import Case

def reads(check): check.call("get_thing")
def breaks(check): reads(check); check.equal("Beta", check.call("get_thing").json()["name"], "the name")
def stumbles(check): reads(check); raise RuntimeError("of our own")
def lacks(check): check.sample("nothing")

def case(name, level, run, clause=None):
    return Case(name, "laws", ("get_thing",), f"{name} holds.", "S1", level, run, clause)

CASES = (
    case("C-kept/one", "core", reads, "C-kept"),
    case("C-kept/two", "core", lacks, "C-kept"),
    case("C-broken/one", "extended", breaks, "C-broken"),
    case("C-assumed/one", "assumed", breaks, "C-assumed"),
    case("C-lacking/one", "core", lacks, "C-lacking"),
    case("C-stumbling/one", "core", stumbles, "C-stumbling"),
)
suite.plan = lambda contract, profile, only: tuple(item for item in CASES if not only or item.id in only)
"""


@pytest.fixture
def run(pytester: pytest.Pytester, bench: Any) -> Callable[..., pytest.RunResult]:
    """Runs pytest on a miniature; the description of the target lies in `auth.yaml`."""
    pytester.makefile(".ini", pytest="[pytest]\naddopts = --strict-markers --strict-config -W error -p no:randomly")

    def start(application: Any, *words: str, **changes: Any) -> pytest.RunResult:
        made = bench(application)
        entry = {
            "base_url": made.target.base_url,
            "headers": dict(made.target.credential.headers),
            "samples": dict(made.target.samples),
            **changes,
        }
        (pytester.path / "auth.yaml").write_text(json.dumps(entry))
        return pytester.runpytest_subprocess(f"--mailproof={MINIATURE}", "--mailproof-auth-file=auth.yaml", *words)

    return start


def test_each_operation_and_kind_is_an_item_and_a_server_that_keeps_them_passes(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    result = run(things(), "-v", "--mailproof-report=report", "--mailproof-seed", "3", "--junit-xml", "junit.xml")
    assert 0 == result.ret, result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "mailproof: openapi at http://127.0.0.1:*/mini, standard, seed 3",
            "mailproof:openapi::corpus?add_thing? PASSED*",
            "mailproof:openapi::authentication?get_thing? PASSED*",
            "mailproof:openapi::not-found?whole-api? PASSED*",
            "openapi conforms: * pass, 1 skip (* requests, seed 3)",
            "report: *report/report.html",
        ]
    )
    report = json.loads((pytester.path / "report/report.json").read_text())
    assert (True, 3, "standard") == (report["conforms"], report["seed"], report["profile"])
    ids = [case["id"] for case in report["cases"]]
    assert 100 < len(ids) == len(set(ids))
    names = {(item.get("classname"), item.get("name")) for item in ET.parse("junit.xml").iter("testcase")}  # noqa: S314 - ours
    assert ("mailproof:openapi", "verbs[get_thing]") in names


def test_a_broken_promise_is_told_so_that_one_can_fix_it(run: Callable[..., pytest.RunResult], things: Any) -> None:
    result = run(things("no-allow"), "--mailproof-only", "verbs/*", "-rf")
    assert 1 == result.ret
    result.stdout.fnmatch_lines(
        [
            "fail POST /things: the header Allow: promised OPTIONS, POST, came nothing (6 cases)",
            "     asked     GET /mini/things",
            "     looked at the header Allow",
            "     expected  OPTIONS, POST",
            "     came *",
            "     promise *",
            "     read in *",
            "     curl      curl -i *-X GET *",
            "     case      verbs/GET /things",
            "     again     mailproof check *--only 'verbs/GET /things'",
            "FAILED mailproof:openapi::verbs?add_thing? *",
        ]
    )
    said = result.stdout.str() + result.stderr.str()
    for internal in ("Traceback", "pytest_items", "runner.py", PASSWORD, "bWluaTpvcGVu"):
        assert internal not in said


def test_verdicts_are_outcomes_of_pytest(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(OWN_CASES)
    result = run(things(), "-rA")
    result.assert_outcomes(passed=1, failed=1, xfailed=1, skipped=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "error *",
            "     broken    RuntimeError: of our own",
            "SKIPPED [[]1] mailproof:openapi:0: skip: the target offers no sample 'nothing'",
            "XFAIL mailproof:openapi::C-assumed - note, a broken assumption: C-assumed/one: the name",
            "ERROR mailproof:openapi::C-stumbling *",
        ]
    )
    result = run(things(), "--mailproof-strict", "--mailproof-only", "C-assumed/one")
    result.assert_outcomes(failed=1)


def test_a_known_failure_is_expected_and_a_stale_one_ends_the_run_red(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    (pytester.path / "known.yaml").write_text(json.dumps([{"id": "verbs/*", "reason": "ticket 12"}]))
    words = ("--mailproof-only", "verbs/*", "--mailproof-known-failures=known.yaml", "-rx")
    result = run(things("no-allow"), *words)
    result.assert_outcomes(xfailed=2)
    assert 0 == result.ret
    result.stdout.fnmatch_lines(["XFAIL *known failure (ticket 12)*"])
    result = run(things(), *words)
    result.assert_outcomes(passed=2)
    assert 1 == result.ret
    result.stdout.fnmatch_lines(
        ["stale known failure verbs/[*]: it is on the list and passes; take it off (ticket 12)"]
    )


def test_nothing_but_skips_is_no_success(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(OWN_CASES)
    result = run(things(), "-q", "--mailproof-only", "C-lacking/one")
    assert 3 == result.ret
    result.stdout.fnmatch_lines(["could not be tested: every case was skipped or disabled*"])


def test_selection_works_on_names_marks_and_the_last_failures(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(OWN_CASES)
    server = things()
    run(server, "-k", "C-kept").assert_outcomes(passed=1, deselected=4)
    run(server, "-k", "get_thing", "-m", "assumed").assert_outcomes(xfailed=1, deselected=4)
    run(server, "-m", "not mailproof").assert_outcomes(deselected=5)
    run(server, "-x").assert_outcomes(passed=1, failed=1)
    run(server, "--lf").assert_outcomes(failed=1)
    run(server, "--deselect", "mailproof:openapi::C-broken").assert_outcomes(
        passed=1, xfailed=1, skipped=1, errors=1, deselected=1
    )


def test_tests_stand_beside_the_contract_and_workers_share_both(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(test_own="def test_own(): pass\ndef test_other(): pass")
    reports: list[Any] = []
    for words in (["-n", "0"], ["-n", "2"], ["-n", "2", "--dist", "loadgroup"]):
        result = run(things(), *words, "--mailproof-report=report", "--mailproof-profile", "quick", "-q")
        assert 0 == result.ret, result.stdout.str()
        reports.append(json.loads((pytester.path / "report/report.json").read_text()))
    kept = [[(case["id"], case["verdict"], case["note"]) for case in report["cases"]] for report in reports]
    assert kept[0] == kept[1] == kept[2]
    assert 50 < len(kept[0])


def test_what_workers_find_broken_reaches_the_report(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(OWN_CASES)
    result = run(things(), "-n", "2", "--mailproof-report=report")
    result.assert_outcomes(passed=1, failed=1, xfailed=1, skipped=1, errors=1)
    report = json.loads((pytester.path / "report/report.json").read_text())
    broken = next(case for case in report["cases"] if case["id"] == "C-broken/one")
    assert ("Beta", "Alpha") == (broken["expected"], broken["actual"])
    assert "curl" in broken["exchanges"][-1]["curl"]
    assert PASSWORD not in (pytester.path / "report/report.json").read_text()
    result.stdout.fnmatch_lines(["openapi does not conform: 1 error, 1 fail, *"])


def test_a_list_of_the_items_needs_no_server(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--mailproof", "whatcounts", "--collect-only", "-q")
    assert 0 == result.ret
    names = [line for line in result.stdout.lines if line.startswith("mailproof:whatcounts::")]
    assert "mailproof:whatcounts::WC-file-download" in names
    assert 130 < len(names) == len(set(names))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_server_that_is_not_there_is_one_line(
    run: Callable[..., pytest.RunResult], things: Any, workers: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = run(things(), "-n", workers, "-q", base_url=f"http://127.0.0.1:{port}/mini")
    assert 3 == result.ret
    said = result.stdout.str() + result.stderr.str()
    assert "mailproof: could not be tested: http://127.0.0.1:" in said
    assert "FAILED" not in said
    assert "Traceback" not in said


def test_a_server_that_goes_away_ends_the_run(
    run: Callable[..., pytest.RunResult], things: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        OWN_CASES
        + """
def leaves(check):
    def refused(*_): raise ConnectionRefusedError("refused")
    client = check._session.client
    client.close()
    client._connection._connector = refused
    reads(check)

CASES = (case("C-leaving/one", "core", leaves, "C-leaving"), *CASES)
"""
    )
    result = run(things())
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*mailproof: the server no longer answers*"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mailproof", "nobody", "--mailproof-url", "http://127.0.0.1:1"], "no provider 'nobody'"),
        (["--mailproof", MINIATURE], "nothing to test: give --mailproof-url URL, or --mailproof-ready-file FILE"),
        (["--mailproof", MINIATURE, "--mailproof-url", "localhost"], "not a base URL"),
        (
            ["--mailproof", MINIATURE, "--mailproof-url", "http://127.0.0.1:1"],
            "--mailproof-auth-file or the environment",
        ),
        (["--mailproof", MINIATURE, "--mailproof-auth-file", "no.yaml"], "no.yaml: cannot be read"),
        (
            ["--mailproof", MINIATURE, "--mailproof-profile", "thorough"],
            "--mailproof-profile 'thorough': must be one of",
        ),
        (["--mailproof", MINIATURE, "--mailproof-seed", "x" * 900], "xxx': must be a whole number"),
        (["--mailproof", MINIATURE, "--mailproof-rate", "nan"], "--mailproof-rate nan: must be more than 0"),
        (["--mailproof", MINIATURE, "--mailproof-allow", "all"], "--mailproof-allow 'all': must be one of write, send"),
        (
            ["--mailproof", MINIATURE, "--mailproof-only", "no/*", "--collect-only"],
            "no case fits --mailproof-only no/*",
        ),
    ],
)
def test_a_mistake_is_one_line_and_a_usage_error(pytester: pytest.Pytester, words: list[str], said: str) -> None:
    result = pytester.runpytest_subprocess(*words)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    lines = [line for line in result.stderr.lines if line]
    assert 1 == len(lines), lines
    assert lines[0].startswith("ERROR: ")
    assert said in lines[0]
    assert 400 > len(lines[0])


def test_a_report_folder_that_cannot_be_made_is_a_mistake(run: Callable[..., pytest.RunResult], things: Any) -> None:
    result = run(things(), "--mailproof-report=auth.yaml/report")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["ERROR: --mailproof-report *auth.yaml/report: cannot be made: *"])


def test_the_configuration_says_what_options_say(pytester: pytest.Pytester, bench: Any, things: Any) -> None:
    made = bench(things())
    folder = pytester.mkdir("below")
    entry = {"headers": dict(made.target.credential.headers), "samples": dict(made.target.samples)}
    (pytester.path / "auth.yaml").write_text(json.dumps(entry))
    pytester.makeini(
        f"[pytest]\nmailproof = {MINIATURE}\nmailproof_url = {made.target.base_url}\nmailproof_auth_file = auth.yaml\n"
        "mailproof_seed = 9\nmailproof_strict = true\nmailproof_only =\n  verbs/*\n  text/get_thing/*\n"
    )
    pytester.chdir()
    result = pytester.runpytest_subprocess("--rootdir", str(pytester.path), str(folder), "--mailproof-seed", "4")
    assert 0 == result.ret, result.stdout.str()
    result.stdout.fnmatch_lines(["mailproof: openapi at *, standard, seed 4", "openapi conforms:*"])
    result.assert_outcomes(passed=3)


def test_a_run_without_the_option_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n"
        "def test_modules(): assert ['mailproof_conformance', 'mailproof_conformance.pytest_plugin', "
        "'mailproof_mock', 'mailproof_mock.pytest_plugin'] == sorted("
        "name for name in sys.modules if name.startswith('mailproof'))\n"
        "def test_marks(pytestconfig): assert 'mailproof: ' not in str(pytestconfig.getini('markers'))\n"
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=2)


def test_without_its_packages_the_option_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import sys; sys.modules['jsonschema_rs'] = None")
    result = pytester.runpytest_subprocess("--mailproof", "whatcounts")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["ERROR: --mailproof needs the package jsonschema_rs: pip install 'mailproof?pytest?'"])


def test_every_setting_is_an_option_and_a_key(pytestconfig: pytest.Config) -> None:
    for setting in SETTINGS:
        assert pytestconfig.getini(setting.key) in (None, "", [], False)
        assert pytestconfig.getoption(setting.key) is None


def test_workers_find_what_one_process_finds(pytester: pytest.Pytester, sandbox: Any) -> None:
    kept: list[Any] = []
    for workers in ("0", "2"):
        sandbox.reset()
        words = ["--mailproof-profile", "quick", "--mailproof-only", "WC-send*", "--mailproof-only", "verbs/*"]
        words += [f"--mailproof-ready-file={sandbox.ready_file}", "-n", workers, "--mailproof-report=report"]
        result = pytester.runpytest_subprocess("--mailproof", "whatcounts", *words)
        assert 0 == result.ret, result.stdout.str()
        report = json.loads((pytester.path / "report/report.json").read_text())
        kept.append([(case["id"], case["verdict"], case["note"]) for case in report["cases"]])
    assert kept[0] == kept[1]
    assert 20 < len(kept[0])
