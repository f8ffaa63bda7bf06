"""What `make bench-growth` counts, and the tables that it writes."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

import growth_load as load
from bench_growth import numbers
from growth_tables import page_with
from page_tables import PageError
from process_tree import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

REGIONS = ("machine", "operations", "imports", "waiting")
PAGE = "".join(f"<!-- bench-growth: {name} -->\nold\n<!-- /bench-growth -->\n" for name in REGIONS)


def run(size: int, number: int, cpu: float) -> dict[str, Any]:
    place = {"store": "SQLite", "operation": "GET contacts/{id}", "size": size, "round": number}
    return {**place, "cpu_us": cpu, "wall_us": 2 * cpu}


MEASURED: dict[str, Any] = {
    "machine": {"cores": 2, "model": "a model", "python": "3.11.7", "load": "idle before"},
    "sizes": [1_000, 1_000_000],
    "rounds": 3,
    "requests": 500,
    "operations": [run(size, n, (100 + size // 50_000) * (n + 1)) for n in range(3) for size in (1_000, 1_000_000)],
    "imports": [
        {
            "store": "SQLite",
            "size": 1_000,
            "contacts": 100_000,
            "seconds": 4.0,
            "cpu": 2.5,
            "before_mib": 70.2,
            "after_mib": 71.8,
        }
    ],
    "waiting": [
        {
            "store": "SQLite",
            "size": 1_000,
            "lines": 4,
            "contacts": 100_000,
            "idle": {"p50": 0.25, "p99": 0.5, "max": 1.0, "requests": 9},
            "busy": {"p50": 0.5, "p99": 1.25, "max": 7.0, "requests": 9},
        }
    ],
}


def test_the_page_gets_its_tables() -> None:
    page = page_with(PAGE, MEASURED)
    assert "Measured on 2 cores (a model), Python 3.11.7, idle before; 3 rounds of 500 requests." in page
    assert "| SQLite | `GET contacts/{id}` | 200 | 240 | 1.20 | 480 |" in page
    assert "| SQLite | 1,000 | 100,000 | 25,000 | 40,000 | 70 MiB | 72 MiB |" in page
    assert "| SQLite | 1,000 | 4 | 0.25 ms | 0.50 ms | 0.50 ms | 1.25 ms | 2.5 |" in page
    assert "old" not in page
    assert page == page_with(page, MEASURED)


@pytest.mark.parametrize("missing", REGIONS)
def test_a_page_without_a_region_is_refused(missing: str) -> None:
    there = ", ".join(name for name in REGIONS if name != missing)
    with pytest.raises(PageError, match=f"the page has the regions {there} from <!-- bench-growth: NAME -->"):
        page_with(PAGE.replace(f"bench-growth: {missing}", "something else"), MEASURED)


def test_sizes_are_read_in_order() -> None:
    assert [10, 2_000] == numbers("2000,10,10")
    for text in ("0", "10000001", "-5,10"):
        with pytest.raises(Exception, match="each is 1 to"):
            numbers(text)


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert (50.0, 99.0, 99.0) == tuple(load.quantile(map(float, range(100)), part) for part in (0.5, 0.99, 1.0))


@pytest.fixture
def line(running_sandbox: Any) -> Callable[[], load.Line]:
    entry = running_sandbox.provider("which50")
    return lambda: load.Line(entry["base_url"], entry["headers"])


def test_an_answer_is_taken_whole_and_an_error_told(line: Callable[[], load.Line]) -> None:
    with closing(line()) as asked:
        whole = asked.ask(asked.request("GET", "/contactLists/32/contacts?$top=200"))
        assert (b"[", b"]") == (whole[:1], whole[-1:])
        with pytest.raises(load.LoadError, match="404 to "):
            asked.ask(asked.request("GET", "/contacts/nobody"))


@pytest.mark.skipif(unreadable() is not None, reason="Linux tells what a process has used")
def test_a_burst_costs_the_server_something(line: Callable[[], load.Line], running_sandbox: Any) -> None:
    server = running_sandbox.process.pid
    with closing(line()) as asked:
        requests = [asked.request("GET", "/contactLists/31")] * 20
        cost = load.burst(asked, requests, [server])
    assert 0 < cost.cpu < 1e6
    assert cost.wall > 0


def test_readers_ask_until_the_block_ends(line: Callable[[], load.Line]) -> None:
    with load.closed_loop(line, lambda asked: asked.request("GET", "/contactLists/31"), 2) as seconds:
        while len(seconds) < 5:
            pass
    assert min(seconds) > 0
    with (
        pytest.raises(load.LoadError, match="404 to "),
        load.closed_loop(line, lambda asked: asked.request("GET", "/contactLists/-1"), 1),
    ):
        pass
