"""The same seed makes the same cases, verdicts and reports: in any process, in any order, on a server that was used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tampering_proxy import TamperingProxy

from mailproof import contract, providers
from mailproof_conformance.html import html
from mailproof_conformance.junit import junit
from mailproof_conformance.options import Options
from mailproof_conformance.plan import plan
from mailproof_conformance.run import judge
from mailproof_conformance.target import from_ready_file
from mailproof_conformance.timeless import timeless

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.exchange import Request, Response

MINIATURE = Path(__file__).parent / "miniature/openapi.yaml"
JUDGE = Path(__file__).parents[1] / "support/judged_miniature.py"
HASH_SEEDS = ("1", "4294967295")
_REMEMBERING = ("W50-import-*", "W50-match*", "W50-default*", "W50-send-to*", "W50-list-count*", "W50-list-writes*")
SAMPLED = {"whatcounts": 9, "getresponse": 9, "which50": 24}
"""Every how many-eth law is run alone: about a dozen of each API."""


def run_apart(hash_seed: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A run of Python in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=240, check=False, env=environment
    )


def pages(report: dict[str, Any]) -> tuple[str, bytes, str]:
    """Every file of a report, without times and the server's address."""
    same = timeless(report)
    return json.dumps(same, indent=2), junit(same), html(same)


@pytest.mark.parametrize("provider", providers())
def test_two_processes_say_the_same_of_two_fresh_mocks(
    start_mock: Callable[..., Any], tmp_path: Path, provider: str
) -> None:
    said: list[tuple[str, bytes, str]] = []
    asked: list[list[tuple[str, str, bytes]]] = []
    for seed in HASH_SEEDS:
        folder = tmp_path / seed
        folder.mkdir()
        mock = start_mock(folder, provider)
        with TamperingProxy(mock.url) as proxy:
            asked.append(_noted(proxy))
            ready_file = folder / "proxy.json"
            ready = mock.ready_file.read_text(encoding="utf-8").replace(mock.url, proxy.url)
            ready_file.write_text(ready, encoding="utf-8")
            words = ["--ready-file", str(ready_file), "--profile", "quick", "--examples", "2", "--report", str(folder)]
            ran = run_apart(seed, "-m", "mailproof", "check", provider, *words, *_some(provider))
        assert 0 == ran.returncode, ran.stdout + ran.stderr
        said.append(pages(json.loads((folder / "report.json").read_text(encoding="utf-8"))))
    assert asked[0]
    assert asked[0] == asked[1]
    assert said[0] == said[1]


def _noted(proxy: TamperingProxy) -> list[tuple[str, str, bytes]]:
    """What goes through a proxy from now on, in its order."""
    asked: list[tuple[str, str, bytes]] = []

    def mangle(request: Request, forward: Callable[[Request], Response]) -> Response:
        asked.append((request.method, request.target, request.body))
        return forward(request)

    proxy.mangle = mangle
    return asked


def _some(provider: str) -> list[str]:
    """All of the two small APIs; of the large one laws that make, remember and draw."""
    return [word for name in _REMEMBERING for word in ("--only", name)] if provider == "which50" else []


@pytest.mark.parametrize(("fault", "profile"), [("crash-on-astral", "standard"), ("wrong-type", "deep")])
def test_two_processes_find_and_show_the_same_faults(bench: Any, things: Any, fault: str, profile: str) -> None:
    reports: list[dict[str, Any]] = []
    asked: list[list[tuple[str, str, str, bytes]]] = []
    for seed in HASH_SEEDS:
        made = bench(things(fault))
        authorization = made.target.credential.headers["Authorization"]
        ran = run_apart(seed, str(JUDGE), str(MINIATURE), made.target.base_url, authorization, profile)
        assert 0 == ran.returncode, ran.stderr
        reports.append(json.loads(ran.stdout))
        asked.append([(item.method, item.path, item.query, item.body) for item in made.application.asked])
    assert asked[0] == asked[1]
    assert pages(reports[0]) == pages(reports[1])
    told = {case["id"]: case for case in reports[0]["cases"] if case["verdict"] == "fail"}
    assert reports[0]["totals"]["fail"]
    assert reports[0]["totals"]["note"]
    assert [case for case in told.values() if "smallest" in case]
    walk = told["MIN-names-are-kept/sums_stay_small"]
    assert walk["note"]
    assert len(walk["exchanges"]) == "\n".join(walk["remarks"]).count("state.add(")


def test_the_reports_of_two_runs_differ_in_nothing_but_time_and_address(bench: Any, things: Any) -> None:
    documents: list[dict[str, Any]] = []
    for _ in range(2):
        made = bench(things("forgets"))
        cases = plan(made.contract, "standard", (), made.laws)
        documents.append(judge(made.contract, made.target, cases, Options(seed=3)).report)
    assert documents[0] != documents[1]
    assert timeless(documents[0]) == timeless(documents[1])
    other = {**documents[1], "seed": 4}
    assert timeless(documents[0]) != timeless(other)


@pytest.mark.parametrize("provider", providers())
def test_a_law_alone_says_what_it_says_among_all(sandbox: Any, provider: str) -> None:
    """That all of them pass together is what `test_our_mock.py` says."""
    own = contract(provider)
    target = from_ready_file(sandbox.ready_file, provider, None)
    laws = [case for case in plan(own, "quick") if case.kind == "laws"]
    for case in laws[5 :: SAMPLED[provider]]:
        sandbox.reset()
        result = judge(own, target, [case], Options(profile="quick", strict=True))
        assert result.conforms, (case.id, result.outcomes[0])


@pytest.mark.parametrize("provider", providers())
def test_a_second_run_on_a_used_server_raises_no_false_alarm(sandbox: Any, provider: str) -> None:
    own = contract(provider)
    target = from_ready_file(sandbox.ready_file, provider, None)
    only = (
        ("W50-import-*", "W50-match*", "W50-default*", "W50-send-to*", "W50-list-count*")
        if provider == "which50"
        else ()
    )
    cases = [case for case in plan(own, "quick", only) if case.kind == "laws"]
    for _ in range(2):
        result = judge(own, target, cases, Options(profile="quick", strict=True, examples=2))
        assert [] == [(outcome.case.id, outcome.actual) for outcome in result.outcomes if outcome.counts]


def test_the_order_of_the_cases_changes_no_verdict(bench: Any, things: Any) -> None:
    verdicts: list[dict[str, str]] = []
    for turned in (False, True):
        made = bench(things("wrong-type"))
        cases = plan(made.contract, "standard", (), made.laws)
        result = judge(made.contract, made.target, cases[::-1] if turned else cases, Options())
        verdicts.append({outcome.case.id: f"{outcome.verdict} {outcome.reason}" for outcome in result.outcomes})
    assert verdicts[0] == verdicts[1]
