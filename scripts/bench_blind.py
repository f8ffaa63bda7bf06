"""Plants the blind faults one by one and writes which of them the suite finds: `make bench-blind`."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any, NamedTuple

import blind_runs
from blind_runs import ROOT, SETS, bench, faults_of, meets, remembers, try_fault
from mailproof_conformance.verdicts import Verdict

PROVIDERS = ("getresponse", "whatcounts", "which50")
JOBS = 2
_RESULTS = ROOT / "build" / "blind"


def main() -> int:
    """Runs what the arguments ask for. 1 if an unbroken server is blamed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("provider", nargs="*", default=list(PROVIDERS), help="default: all")
    parser.add_argument("--fault", action="append", default=[], help="only this one, and all cases that meet it")
    parser.add_argument("--set", dest="chosen", choices=[*SETS], default="first", help="which of the sets")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th fault")
    parser.add_argument("--whole", action="store_true", help="do not stop a run at its first failure")
    parser.add_argument("--strict", action="store_true", help="stop at a broken assumption too")
    parser.add_argument("--unbroken", type=int, metavar="SEEDS", help="no fault, but so many seeds: false alarms")
    options = parser.parse_args()
    _RESULTS.mkdir(parents=True, exist_ok=True)
    if options.unbroken:
        return _false_alarms(options.provider, options.unbroken)
    for provider in options.provider:
        whole = options.whole or bool(options.fault)
        faults = list(faults_of(provider, options.chosen))[:: options.every]
        wanted = [name for name in faults if not options.fault or name in options.fault]
        found = _measure(Chosen(provider, options.chosen, whole, options.strict), wanted)
        if options.fault:
            print(json.dumps(found, indent=1))
            continue
        (_RESULTS / f"{options.chosen}-{provider}.json").write_text(
            json.dumps(found, indent=1) + "\n", encoding="utf-8"
        )
        print(provider, rates(found))
        for one in found:
            if not one["quick"] + one["standard"]:
                print(f"  {one['fault']}: {_word(one)}")
    return 0


def _word(one: dict[str, Any]) -> str:
    """How a fault was found, in a few words."""
    for name in ("quick", "standard"):
        if one[name]:
            return f"found in {name} by {one[name][0]}"
    return f"a note only, {notes(one)[0]}" if notes(one) else f"missed ({one['touched']} cases meet it)"


def notes(one: dict[str, Any]) -> list[str]:
    """The cases that broke an assumption only."""
    return [*one["quick_notes"], *one["standard_notes"]]


def rates(found: list[dict[str, Any]]) -> dict[str, str]:
    """How many of the faults were found, by profile, without and with --strict."""
    quick = sum(bool(one["quick"]) for one in found)
    quick_strict = sum(bool(one["quick"] or one["quick_notes"]) for one in found)
    standard = sum(bool(one["quick"] or one["standard"]) for one in found)
    strict = sum(bool(one["quick"] or one["standard"] or notes(one)) for one in found)
    counted = {"quick": quick, "quick --strict": quick_strict, "standard": standard, "standard --strict": strict}
    return {name: f"{number} of {len(found)}" for name, number in counted.items()}


class Chosen(NamedTuple):
    """Which faults are tried, and how."""

    provider: str
    set: str
    whole: bool
    strict: bool


def _measure(chosen: Chosen, wanted: list[str]) -> list[dict[str, Any]]:
    faults = {name: mangle for name, (_, mangle) in faults_of(chosen.provider, chosen.set).items() if name in wanted}
    with bench(chosen.provider) as unbroken:
        exchanges = unbroken.trace()
    touched = {
        name: [case for case, asked in exchanges.items() if remembers(mangle) or meets(mangle, asked)]
        for name, mangle in faults.items()
    }
    del exchanges
    jobs = [(chosen, list(touched.items())[number::JOBS]) for number in range(JOBS)]
    with multiprocessing.get_context("spawn").Pool(JOBS) as pool:
        parts = pool.starmap(_job, jobs)
    order = list(faults)
    return sorted((one for part in parts for one in part), key=lambda one: order.index(one["fault"]))


def _job(chosen: Chosen, touched: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    faults = faults_of(chosen.provider, chosen.set)
    with bench(chosen.provider) as broken:
        found: list[dict[str, Any]] = []
        for name, cases in touched:
            mangle = faults[name][1]
            found.append(try_fault(broken, name, mangle, cases, whole=chosen.whole, strict=chosen.strict))
            print(f"  {name}: {_word(found[-1])}", file=sys.stderr, flush=True)
        return found


def _false_alarms(providers: list[str], seeds: int) -> int:
    alarms = 0
    for provider in providers:
        with bench(provider) as unbroken:
            for seed in range(7001, 7001 + seeds):
                outcomes = list(unbroken.outcomes("standard", None, seed=seed))
                red = [one.case.id for one in outcomes if one.verdict in {Verdict.FAIL, Verdict.ERROR}]
                print(f"{provider}, seed {seed}: {len(outcomes)} cases, {len(red)} false alarms {red}")
                alarms += len(red)
    return int(alarms > 0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(blind_runs.__file__).parent))
    sys.exit(main())
