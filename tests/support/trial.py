"""One fault before the suite: which cases go red, whether its own do, and what else goes red with them."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from in_process import Wire
from places import Places

from mailproof import contract
from mailproof_conformance.plan import plan
from mailproof_conformance.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from in_process import Plant
    from planting import Fault

    from mailproof_conformance.case import Case
    from mailproof_conformance.exchange import Request, Response
    from mailproof_conformance.runner import Outcome


@dataclass(slots=True)
class Record:
    """What the cases of a provider exchange with a mock that keeps every promise."""

    operations: dict[str, set[str]] = field(default_factory=lambda: defaultdict[str, set[str]](set))
    """The cases of the standard profile that ask each operation."""
    asked: dict[Request, tuple[Response, set[str]]] = field(
        default_factory=dict["Request", "tuple[Response, set[str]]"]
    )
    """Each request of the quick profile with its answer, and the cases that send it."""
    requests: dict[str, int] = field(default_factory=dict[str, int])
    """How many requests each case of the standard profile sends."""


@dataclass(slots=True)
class Finding:
    """What came of one fault."""

    name: str
    provider: str
    kind: str
    owner: str
    seeds: int
    own: int = 0
    """With how many seeds a case of the owner failed, in a way that counts without `--strict`."""
    own_strict: int = 0
    """The same, with `--strict`."""
    found: int = 0
    """With how many seeds any case failed that counts without `--strict`."""
    found_strict: int = 0
    cases: list[str] = field(default_factory=list[str])
    """The first cases that failed, with what they said."""
    elsewhere: list[str] = field(default_factory=list[str])
    """What else went red: clauses, and kinds of check with their operation."""
    shown: bool = True
    """Whether it changed any answer that the owner got."""
    errors: list[str] = field(default_factory=list[str])
    """Cases in which the suite itself broke."""
    seconds: float = 0.0
    """Processor time of all that, for whoever makes the bench faster."""


@dataclass(slots=True)
class Noticed:
    """What earlier seeds taught of a fault: who noticed it, so that later seeds ask them first.

    Where one seed found with all of its cases no failure that counts, later ones stop at the first failure: so
    what the table has as found without `--strict` is at the least that.
    """

    cases: list[str] = field(default_factory=list[str])
    is_a_note: bool = False

    def first(self, cases: Sequence[Case]) -> list[Case]:
        """Those that noticed before the others, the last of them first."""
        return sorted(cases, key=lambda case: -self.cases.index(case.id) - 1 if case.id in self.cases else 0)

    def note(self, outcome: Outcome) -> None:
        """Remembers who failed; whoever fails in a way that counts comes last, which is to be asked first."""
        if outcome.case.id in self.cases:
            if not outcome.counts:
                return
            self.cases.remove(outcome.case.id)
        self.cases.append(outcome.case.id)


class Bench:
    """The suite and the mock of one provider, and what they exchange when all is well."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.wire = Wire(provider)
        self.places = Places(contract(provider))
        self.standard = plan(contract(provider), "standard")
        self.quick = plan(contract(provider), "quick")
        self.record = Record()

    def listen(self) -> None:
        """Fills the record, from one run of each of the two profiles."""
        for profile, cases in (("standard", self.standard), ("quick", self.quick)):
            for outcome in self.wire.outcomes(cases, profile=profile, keep=True):
                if profile == "standard":
                    self.record.requests[outcome.case.id] = outcome.requests
            for case, exchanges in self.wire.kept.items():
                for exchange in exchanges:
                    for name in self.places.names(exchange.request):
                        self.record.operations[name].add(case)
                    if profile == "quick" and exchange.response is not None:
                        known = self.record.asked.setdefault(exchange.request, (exchange.response, set()))
                        known[1].add(case)
            self.wire.kept.clear()

    def alarms(self, seed: int, profile: Any = "standard") -> list[Outcome]:
        """What is not green on the mock without a fault."""
        cases = self.standard if profile == "standard" else plan(contract(self.provider), profile)
        return [o for o in self.wire.outcomes(cases, profile=profile, seed=seed) if o.verdict is not Verdict.PASS]

    def own(self, fault: Fault) -> list[Case]:
        """The cases that have to notice a fault."""
        return self._cheap_first(case for case in self.standard if fault.owner.owns(case))

    def _cheap_first(self, cases: Iterable[Case]) -> list[Case]:
        """The cases that ask little before those that ask much: most faults are found by the first few."""
        return sorted(cases, key=lambda case: self.record.requests.get(case.id, 0))

    def touched(self, fault: Fault, plant: Plant) -> set[str]:
        """The cases whose exchanges a fault can change."""
        if fault.touches is not None:
            return set().union(*(self.record.operations.get(name, set()) for name in fault.touches))
        mangle = plant.mangle
        if mangle is None:
            return {case.id for case in self.standard}
        found: set[str] = set()
        for request, (response, cases) in self.record.asked.items():
            if not cases <= found and self._differs(mangle, request, response):
                found |= cases
        return found

    def _differs(self, mangle: Any, request: Request, response: Response) -> bool:
        """Whether something in front of the mock changes a request or its answer."""
        changed: list[Request] = []

        def forward(asked: Request) -> Response:
            if asked != request:
                changed.append(asked)
            return response

        try:
            answer = mangle(request, forward)
        except Exception:  # noqa: BLE001 - it trips over an answer that is not the one it asked for
            return True
        return bool(changed) or answer != response

    def tried(self, fault: Fault, seeds: Sequence[int], *, everywhere: bool) -> Finding:
        """What comes of a fault: its own cases with every seed, then whoever else it can touch, with the first seed.

        Where its own cases miss it, whoever else it can touch is tried with that seed as well.
        """
        finding = Finding(fault.name, fault.provider, fault.kind, fault.owner.text, len(seeds))
        own = self.own(fault)
        others: list[Case] | None = None
        noticed = Noticed()
        for seed in seeds:
            counts, strict = self._first(finding, noticed.first(own), fault.plant(), seed, noticed)
            if not strict and noticed.cases:  # what remembers what was asked before may hang on the order
                counts, strict = self._first(finding, own, fault.plant(), seed, Noticed())
            finding.own += counts
            finding.own_strict += strict
            if not strict and everywhere:
                others = self._others(fault) if others is None else others
                counts, strict = self._first(finding, others, fault.plant(), seed, Noticed())
            finding.found += counts
            finding.found_strict += strict
        finding.shown = fault.shown is None or fault.shown()
        if everywhere:
            touched = self.touched(fault, fault.plant())
            rest = [case for case in self.quick if case.id in touched and not fault.owner.owns(case)]
            finding.elsewhere = sorted(self._red(finding, rest, fault.plant(), seeds[0]))
        return finding

    def _others(self, fault: Fault) -> list[Case]:
        touched = self.touched(fault, fault.plant())
        return self._cheap_first(case for case in self.standard if case.id in touched and not fault.owner.owns(case))

    def _first(
        self, finding: Finding, cases: Iterable[Case], plant: Plant, seed: int, noticed: Noticed
    ) -> tuple[bool, bool]:
        """Whether a case fails in a way that counts, and whether one fails at all; stops when no more is to be had."""
        failed = False
        for outcome in self.wire.outcomes(cases, plant, seed=seed):
            if outcome.verdict is Verdict.ERROR:
                finding.errors.append(f"{outcome.case.id}: {outcome.reason}")
            if outcome.verdict is Verdict.FAIL:
                failed = True
                if len(finding.cases) < 3:
                    finding.cases.append(f"{outcome.case.id}: {outcome.reason}"[:300])
                noticed.note(outcome)
            if outcome.counts:
                return True, True
            if failed and noticed.is_a_note:
                return False, True
        noticed.is_a_note = failed
        return False, failed

    def _red(self, finding: Finding, cases: Iterable[Case], plant: Plant, seed: int) -> set[str]:
        red: set[str] = set()
        for outcome in self.wire.outcomes(cases, plant, profile="quick", seed=seed):
            if outcome.verdict is Verdict.ERROR:
                finding.errors.append(f"{outcome.case.id}: {outcome.reason}")
            elif outcome.verdict is Verdict.FAIL:
                case = outcome.case
                red.add(case.clause or f"{case.kind} of {', '.join(case.operations) or 'the whole API'}")
        return red
