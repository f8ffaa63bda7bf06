"""Our own mock before the judges: the suite itself, and stock Schemathesis with every check it has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from moves import with_body
from tampering_proxy import TamperingProxy

from mailproof import contract, providers

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.exchange import Request, Response

SETTINGS = Path(__file__).parents[2] / "schemathesis.toml"
"""What stock Schemathesis has to be told of each API, with the reasons."""


@pytest.mark.parametrize("provider", providers())
def test_the_mock_conforms(
    running_sandbox: Any, command: Callable[..., tuple[int, str, str]], tmp_path: Path, provider: str
) -> None:
    running_sandbox.reset()
    words = (
        "--ready-file",
        str(running_sandbox.ready_file),
        "--profile",
        "quick",
        "--strict",
        "--report",
        str(tmp_path),
    )
    code, said, complaint = command("check", provider, *words)
    totals = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["totals"]
    assert (0, 0, 0, 0) == (code, totals["fail"], totals["error"], totals["skip"]), said + complaint
    assert totals["pass"] > 200


@pytest.mark.parametrize(
    ("words", "code", "total"),
    [([], 1, "1 fail"), (["--no-strict"], 0, "1 note")],
    ids=["as its ready file says", "by the vendor's word"],
)
def test_the_sandbox_is_held_to_what_is_assumed_whatever_stands_before_it(
    running_sandbox: Any, command: Callable[..., tuple[int, str, str]], words: list[str], code: int, total: str
) -> None:
    running_sandbox.reset()
    entry = running_sandbox.provider("whatcounts")

    def oldest_first(request: Request, forward: Callable[[Request], Response]) -> Response:
        answer = forward(request)
        if answer.status != 200 or "availableimages" not in request.target:
            return answer
        return with_body(answer, json.dumps(answer.json()[::-1]).encode())

    with TamperingProxy(entry["base_url"], oldest_first) as proxy:
        url = proxy.url + urlsplit(str(entry["base_url"])).path
        place = ("--ready-file", str(running_sandbox.ready_file), "--url", url)
        only = ("--only", "WC-list-newest-first/*", "--only", "WC-list-is-array/*")
        found, said, _ = command("check", "whatcounts", *place, *only, *words)
    assert (code, True) == (found, total in said), said


@pytest.mark.parametrize("provider", providers())
def test_stock_schemathesis_finds_nothing(running_sandbox: Any, tmp_path: Path, provider: str) -> None:
    entry = running_sandbox.provider(provider)
    spec = tmp_path / "contract.json"
    spec.write_text(json.dumps(contract(provider).document), encoding="utf-8")
    st = Path(sys.executable).with_name("st")
    line = [str(st), "--config-file", str(SETTINGS), "run", str(spec), "--url", entry["base_url"], "--checks", "all"]
    line += ["--seed", "7", "-n", "10", "--continue-on-failure", "--generation-database", "none"]
    line += [word for name, value in entry.get("headers", {}).items() for word in ("-H", f"{name}: {value}")]
    run = subprocess.run(
        line,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    assert " generated" in run.stdout
