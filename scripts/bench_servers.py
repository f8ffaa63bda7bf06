"""The servers of `make bench`: how each is started, and what each can do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_load import BenchError
from bench_process import free_port, serving
from bench_stubs import mockoon_environment, prism_document, route_entries, wiremock_mappings
from mailproof_mock.own_process import COMMAND
from postgres_cluster import ClusterError, cluster
from process_tree import on_core, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from bench_operations import Ask, Recorded
    from bench_process import Server

SCRIPTS = Path(__file__).parent
PEERS = SCRIPTS.parent / "build" / "peers"
_BIN = Path(sys.executable).parent
_HOST = "127.0.0.1"
_UVICORN = (
    *("--loop", "uvloop", "--http", "httptools", "--ws", "none", "--no-access-log", "--log-level", "warning"),
    *("--no-date-header", "--no-server-header", "--timeout-keep-alive", "75"),
)
"""As the mock's own server is set."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is to be: its port, a folder of its own, a database, and the answers that it is to give."""

    port: int
    folder: Path
    asks: Mapping[str, Ask]
    answers: Mapping[str, Recorded]
    database: str = ""

    def write(self, name: str, document: Any) -> str:
        """Writes a JSON file into the folder, and gives its path."""
        path = self.folder / name
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return str(path)


@dataclass(frozen=True, slots=True)
class Entrant:
    """A server that is measured."""

    name: str
    title: str
    command: Callable[[Place], Sequence[str]]
    """The command line that starts it; files that it needs are written by this."""
    needs: Callable[[], str | None] = lambda: None
    """Why it cannot run here, in a few words; None where it can."""
    has_state: bool = False
    """True where it keeps what is posted: it is given the world that the others only recite."""
    with_database: bool = False
    """True where it needs a PostgreSQL, whose CPU time is then counted with its own."""
    cannot: Mapping[str, str] = field(default_factory=dict[str, str])
    """Operations that it cannot do, with the reason."""
    spread: bool = False
    """True where it may use every core, the load generator's too."""


def entrants() -> list[Entrant]:
    """Every server of the main table, in its order."""
    routes_on = {"uvicorn": _on_uvicorn, "granian": _on_granian}
    starlette = [
        Entrant(
            f"starlette-{extent}-{server}",
            f"Starlette + orjson, {'one route' if extent == 'one' else 'all routes'} ({server})",
            _starlette(on, whole=extent == "all"),
            needs=_granian if server == "granian" else _nothing,
        )
        for server, on in routes_on.items()
        for extent in ("one", "all")
    ]
    one_contract = {"rpc": "one process serves one contract, and this call is of another one"}
    return [
        Entrant("mock-memory", "mailproof mock, memory", mock(), has_state=True),
        Entrant("mock-sqlite", "mailproof mock, SQLite file", mock("--data", "state.db"), has_state=True),
        Entrant(
            "mock-postgres",
            "mailproof mock, PostgreSQL",
            _mock_on_postgres(1),
            _asyncpg,
            has_state=True,
            with_database=True,
        ),
        Entrant(
            "mock-granian",
            "mailproof mock, memory (granian)",
            lambda place: _on_granian(place, "bench_apps:mock_app"),
            _granian,
            has_state=True,
        ),
        *starlette,
        Entrant(
            "connexion",
            "stock Connexion, memory",
            lambda place: _on_uvicorn(place, "bench_apps:stock_app"),
            has_state=True,
        ),
        Entrant("prism", "Prism", _prism, _node_package("prism"), cannot=one_contract),
        Entrant("mockoon", "Mockoon", _mockoon, _node_package("mockoon-cli")),
        Entrant("wiremock", "WireMock, without journal", _wiremock, _java),
    ]


def worker_entrants() -> list[Entrant]:
    """The mock on PostgreSQL with more and more workers, on all cores."""
    return [
        Entrant(
            f"workers-{count}",
            f"{count} worker{'s' if count > 1 else ''}",
            _mock_on_postgres(count),
            _asyncpg,
            has_state=True,
            with_database=True,
            spread=True,
        )
        for count in (1, 2, 4)
    ]


@contextmanager
def running(  # noqa: PLR0913 - what it is, where it runs, what it answers, and when it is ready
    entrant: Entrant,
    core: int | None,
    folder: Path,
    asks: Mapping[str, Ask],
    answers: Mapping[str, Recorded],
    ready: Callable[[str], bool],
) -> Generator[Server]:
    """A server in a folder of its own, once `ready(url)` is true. Raises BenchError where it cannot run."""
    reason = entrant.needs()
    if reason is not None:
        raise BenchError(reason)
    folder.mkdir(parents=True)
    pinned = None if entrant.spread else core
    with ExitStack() as stack:
        database, others = "", tuple[int, ...]()
        if entrant.with_database:
            before = set(tree([os.getpid()]))
            try:
                with on_core(pinned):
                    database = stack.enter_context(cluster(durable=True))
            except ClusterError as error:
                raise BenchError(str(error)) from None
            others = tuple(pid for pid in tree([os.getpid()]) if pid not in before)[:1]  # a parent comes first
        place = Place(free_port(), folder, asks, answers, database)
        yield stack.enter_context(
            serving(
                entrant.command(place),
                place.port,
                folder,
                pinned,
                ready,
                environment={"PYTHONPATH": str(SCRIPTS)},
                others=others,
            )
        )


def mock(*words: str) -> Callable[[Place], Sequence[str]]:
    """The command of a mock with these arguments."""
    return lambda place: [*COMMAND, "--port", str(place.port), "--log-level", "warning", *words]


def _mock_on_postgres(workers: int) -> Callable[[Place], Sequence[str]]:
    return lambda place: mock("--database", place.database, "--workers", str(workers))(place)


def _starlette(on: Callable[[Place, str], Sequence[str]], *, whole: bool) -> Callable[[Place], Sequence[str]]:
    def command(place: Place) -> Sequence[str]:
        place.write("routes.json", route_entries(list(place.asks.values()), place.answers, whole=whole))
        return on(place, "bench_starlette:starlette_app")

    return command


def _on_uvicorn(place: Place, application: str) -> Sequence[str]:
    where = ("--host", _HOST, "--port", str(place.port))
    return [sys.executable, "-m", "uvicorn", "--factory", application, *where, *_UVICORN]


def _on_granian(place: Place, application: str) -> Sequence[str]:
    where = ("--host", _HOST, "--port", str(place.port))
    how = ("--interface", "asgi", "--loop", "uvloop", "--no-ws", "--log-level", "warning")
    return [str(_BIN / "granian"), "--factory", application, *where, *how]


def _prism(place: Place) -> Sequence[str]:
    asks = [ask for ask in place.asks.values() if ask.name != "rpc"]
    document = place.write("contract.json", prism_document(asks, place.answers))
    return [_peer("prism"), "mock", document, "--host", _HOST, "--port", str(place.port), "--verboseLevel", "silent"]


def _mockoon(place: Place) -> Sequence[str]:
    document = place.write(
        "environment.json", mockoon_environment(list(place.asks.values()), place.answers, place.port)
    )
    return [_peer("mockoon-cli"), "start", "--data", document, "--disable-log-to-file", "--disable-admin-api"]


def _wiremock(place: Place) -> Sequence[str]:
    (place.folder / "mappings").mkdir()
    place.write("mappings/all.json", wiremock_mappings(list(place.asks.values()), place.answers))
    jar = next((PEERS / "node_modules" / "wiremock" / "build").glob("*.jar"))
    line = ["java", "-jar", str(jar), "--port", str(place.port), "--bind-address", _HOST]
    return [*line, "--root-dir", str(place.folder), "--no-request-journal", "--disable-banner"]


def _peer(name: str) -> str:
    return str(PEERS / "node_modules" / ".bin" / name)


def _nothing() -> str | None:
    return None


def _granian() -> str | None:
    return None if (_BIN / "granian").exists() else "granian is not installed; `make bench-peers` installs it"


def _asyncpg() -> str | None:
    found = importlib.util.find_spec("asyncpg") is not None
    return None if found else "the driver of PostgreSQL is not installed; install mailproof[postgres]"


def _node_package(name: str) -> Callable[[], str | None]:
    def needs() -> str | None:
        if shutil.which("node") is None:
            return "Node is not installed"
        return None if Path(_peer(name)).exists() else "not installed; `make bench-peers` installs it"

    return needs


def _java() -> str | None:
    return "Java is not installed" if shutil.which("java") is None else _node_package("wiremock")()
