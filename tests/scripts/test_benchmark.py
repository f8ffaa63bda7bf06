"""`make bench` in its quick form: it measures, holds servers to the expected answers, and says what it left out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bench_page import page_with
from page_tables import PageError

ROOT = Path(__file__).parents[2]


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(ROOT / "scripts" / "bench.py"), *words]
    return subprocess.run(line, check=False, capture_output=True, text=True, timeout=120)


def test_a_quick_run_measures_and_writes_all_three_files(tmp_path: Path) -> None:
    if shutil.which("wrk") is None:
        pytest.skip("wrk is not installed; scripts/install_wrk.sh installs it")
    servers = ("mock-memory", "starlette-one-uvicorn")
    done = bench("--quick", "--output", str(tmp_path), *(word for name in servers for word in ("--only", name)))
    assert "" == done.stderr
    assert 0 == done.returncode
    found: dict[str, Any] = json.loads((tmp_path / "benchmark.json").read_text(encoding="utf-8"))
    assert list(servers) == [server["name"] for server in found["servers"]]
    for server in found["servers"]:
        assert {} == server["cannot"]
        assert {"get", "list", "post", "rpc", "xml"} == set(server["bursts"])
        assert all(sample["requests"] > 0 for samples in server["bursts"].values() for sample in samples)
    assert "svg" in ET.fromstring((tmp_path / "benchmark.svg").read_text(encoding="utf-8")).tag  # noqa: S314 - ours
    page = (tmp_path / "benchmark.md").read_text(encoding="utf-8")
    assert "| mailproof mock, memory |" in page
    assert "cannot" not in page.partition("### By operation")[2].partition("### Latency")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rounds", "0"), "--rounds is a number from 1 to 100"),
        (("--seconds", "nan"), "--seconds one from 0.1 to 60"),
        (("--only", "apache"), "invalid choice: 'apache'"),
    ],
)
def test_wrong_usage_is_told_in_words(words: tuple[str, str], said: str) -> None:
    done = bench(*words)
    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_without_its_regions_is_refused() -> None:
    with pytest.raises(PageError, match="the page has the regions none"):
        page_with("# Benchmark\n", {})
