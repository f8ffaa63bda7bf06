"""Runs the suite through the tampering proxy: once to learn what each case asks, then with fault after fault."""

from __future__ import annotations

import importlib
import sys
import tempfile
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import Request as Get
from urllib.request import urlopen

from mailproof import contract
from mailproof_conformance import cache
from mailproof_conformance.client import Client
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.plan import plan
from mailproof_conformance.preflight import NotTestable, examine
from mailproof_conformance.runner import run_case
from mailproof_conformance.session import Session
from mailproof_conformance.target import from_ready_file
from mailproof_conformance.verdicts import Verdict
from sandbox import sandbox

ROOT = Path(__file__).resolve().parents[1]
for _folder in ("tests/support", "tests/conformance/blind"):
    sys.path.insert(0, str(ROOT / _folder))

import moves  # noqa: E402 - the folder is not a package and had to be named first
from tampering_proxy import TamperingProxy  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from moves import Mangle

    from mailproof_conformance.case import Case
    from mailproof_conformance.exchange import Request, Response
    from mailproof_conformance.options import Profile
    from mailproof_conformance.runner import Outcome

Exchanges = dict[str, list[tuple["Request", "Response"]]]
"""What each case asked of the unbroken server, and what came."""


SETS = {"first": "faults", "second": "second"}
"""The blind sets, each by an author of its own, with what the names of their modules begin with."""


def faults_of(provider: str, chosen: str = "first") -> dict[str, tuple[str, Mangle]]:
    """A blind set of a provider: name to the promise it breaks, and the fault."""
    known: dict[str, tuple[str, Mangle]] = importlib.import_module(f"{SETS[chosen]}_{provider}").BLIND
    return known


@dataclass
class Found:
    """What became of one fault: the cases that went red, by profile; those that broke an assumption only."""

    fault: str
    touched: int = 0
    """How many cases of `standard` meet the fault at all."""
    quick: list[str] = field(default_factory=list[str])
    quick_notes: list[str] = field(default_factory=list[str])
    standard: list[str] = field(default_factory=list[str])
    standard_notes: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])
    """Cases that ended in an error of the suite, which is no finding."""


class Bench:
    """A mock of one provider, a proxy before it, and the suite in this process."""

    def __init__(self, provider: str, ready_file: Path, server: str, proxy: TamperingProxy) -> None:
        self.provider = provider
        self.contract = contract(provider)
        self._proxy = proxy
        self._server = server
        known = from_ready_file(ready_file, provider, None)
        self._target = from_ready_file(ready_file, provider, proxy.url + urlsplit(known.base_url).path)

    def outcomes(
        self,
        profile: Profile,
        mangle: Mangle | None,
        only: Iterable[str] | None = None,
        *,
        seed: int = 0,
        wanted: Callable[[Case], bool] = bool,
    ) -> Generator[Outcome]:
        """Runs the cases of a profile, or those of them that are named, on the fixtures as they were at the start.

        Raises NotTestable where the suite gives up before the first case.
        """
        urlopen(Get(f"{self._server}/_mailproof/reset", method="POST")).close()  # noqa: S310 - our own mock
        self._proxy.mangle = None if mangle is None else moves.fresh(mangle)
        chosen = None if only is None else set(only)
        cases = [case for case in plan(self.contract, profile) if chosen is None or case.id in chosen]
        client = Client(Guard(pin(self._target.base_url), allow=frozenset()))
        with closing(client):
            session = Session(self.contract, self._target, client, profile=profile, seed=seed)
            examine(session)
            for case in cases:
                if wanted(case):
                    yield run_case(session, case)

    def trace(self) -> Exchanges:
        """What each case of `standard` asks of the unbroken server."""
        found: Exchanges = {}
        seen: list[tuple[Request, Response]] = []

        def record(request: Request, forward: Callable[[Request], Response]) -> Response:
            answer = forward(request)
            seen.append((request, answer))
            return answer

        for outcome in self.outcomes("standard", record):
            found[outcome.case.id] = list(seen)
            seen.clear()
        return found


@contextmanager
def bench(provider: str) -> Generator[Bench]:
    """A bench on free ports, which is gone at the end of the block."""
    cache.settle_hypothesis()
    command = (sys.executable, "-m", "mailproof", "mock", provider, "--log-level", "error")
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox(Path(folder), command) as mock,
        TamperingProxy(mock.url) as proxy,
    ):
        yield Bench(provider, mock.ready_file, mock.url, proxy)


class _Otherwise(Exception):  # noqa: N818 - it is a finding
    """The fault asks the server something else than the suite did."""


def meets(mangle: Mangle, exchanges: Iterable[tuple[Request, Response]]) -> bool:
    """Whether a fault would change what any of these requests is taken for or answered with."""
    mangle = moves.fresh(mangle)
    moves.patient = False
    for request, answer in exchanges:

        def forward(asked: Request, request: Request = request, answer: Response = answer) -> Response:
            if asked != request:
                raise _Otherwise
            return answer

        try:
            told = mangle(request, forward)
        except Exception:  # noqa: BLE001 - whatever it does, it does something
            return True
        if told != answer:
            return True
    return False


def remembers(mangle: Mangle) -> bool:
    """Whether a fault depends on what it saw before, so that no case can be left out."""
    return isinstance(mangle, moves.Remembering)


def try_fault(  # noqa: PLR0913 - the fault, and how far the run goes
    bench: Bench, name: str, mangle: Mangle, touched: list[str], *, whole: bool = False, strict: bool = False
) -> dict[str, object]:
    """Runs the cases that meet a fault, in `quick` and then what is more of them in `standard`, until one counts.

    With `whole` every case is run; with `strict` the first that fails ends it, whatever its level.
    """
    found = Found(name, len(touched))
    profiles: tuple[Profile, ...] = ("quick", "standard")
    done: set[str] = set()
    for profile in profiles:
        red, notes = (found.quick, found.quick_notes) if profile == "quick" else (found.standard, found.standard_notes)

        def wanted(case: Case) -> bool:
            return whole or case.id not in done

        try:
            for outcome in bench.outcomes(profile, mangle, touched, wanted=wanted):
                if outcome.case.kind != "laws":
                    done.add(outcome.case.id)
                if outcome.verdict is Verdict.ERROR:
                    found.errors.append(f"{outcome.case.id}: {outcome.reason}"[:200])
                if outcome.verdict is Verdict.FAIL:
                    (notes if outcome.note else red).append(outcome.case.id)
                if (red or (strict and notes)) and not whole:
                    break
        except NotTestable as reason:
            found.errors.append(f"not testable: {reason}"[:200])
        if (red or (strict and notes)) and not whole:
            break
    return asdict(found)
