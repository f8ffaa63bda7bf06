"""A sample of the blind faults: each is noticed by the clause that it breaks. All of them: `make bench-blind`."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from in_process import Wire, in_process
from moves import fresh

from blind_runs import SETS, faults_of, meets
from mailproof import contract
from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDERS = ("getresponse", "whatcounts", "which50")

SAMPLE = {
    "getresponse": {
        "contains-is-substring": "GR-contains-whole-pattern",
        "underscore-is-literal-in-campaigns": "GR-underscore-one-character",
        "leap-day-finds-nothing": "GR-at-whole-day",
        "campaigns-intersect": "GR-campaigns-union",
        "time-travel-one-day": "GR-time-travel-two-days",
        "number-id-as-text-in-1.0": "GR-id-echoed",
        "last-of-a-batch-missing": "GR-batch-answers-each-call",
        "last-hour-lost": "GR-stats-groupings-agree",
        "test-of-other-account": "GR-key-is-one-account",
    },
    "whatcounts": {
        "image-of-newest-for-all": "WC-file-download",
        "404-without-date": "WC-date-header",
        "snapshot-on-second-contact-lost": "WC-snapshot-on-request",
        "plus-in-path-is-space": "WC-send-names-exact",
        "list-one-request-behind": "WC-snapshot-at-once",
        "override-not-for-realm": "WC-opt-out-override",
        "template-before-list": "WC-send-check-order",
        "same-send-once": "WC-send-repeats",
    },
    "which50": {
        "report-members-by-alphabet": "W50-further-json-member-order",
        "csp-report-with-spaces": "W50-further-csp-report-on-one-line",
        "device-runs-no-events": "W50-customevents-run",
        "device-empties-last-name": "W50-partial-update",
        "patch-wants-capital-values": "W50-member-names-in-any-case",
        "encoded-plus-is-a-space": "W50-match-one-field",
        "xml-finish-date-empty-not-nil": "W50-import-forms-agree",
        "records-by-substring": "W50-records-filter",
        "form-key-in-lower-case": "W50-form-reserved-keys",
    },
}

SECOND = {
    "getresponse": {
        "accents-do-not-count": "GR-equals-whole-value",
        "id-composed": "GR-id-echoed",
        "batch-in-a-batch": "GR-batch-junk",
        "name-ignored-beside-creation": "GR-ab-tests-by-name",
    },
    "whatcounts": {
        "campaign-names-joined": "WC-first-query-wins",
        "key-with-wildcards": "WC-list-key-exact",
        "wrong-api-client-sends-all-the-same": "WC-refused-send-sends-nothing",
    },
    "which50": {
        "third-condition-ignored": "W50-filter-and",
        "list-id-wraps": "W50-lists-path-integers",
        "null-in-xml-left-out": "W50-save-in-every-binding",
        "empty-text-finds-null": "W50-filter-selects",
    },
}


@pytest.fixture(scope="module", params=PROVIDERS)
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    yield from in_process(request.param)


@pytest.mark.parametrize(("chosen", "sample"), [("first", SAMPLE), ("second", SECOND)], ids=["first set", "second set"])
def test_a_sample_of_the_faults_is_noticed(wire: Wire, chosen: str, sample: dict[str, dict[str, str]]) -> None:
    faults = faults_of(wire.provider, chosen)
    promises = contract(wire.provider)
    missed = [
        name
        for name, clause in sample[wire.provider].items()
        if not wire.breaches(promises, fresh(faults[name][1]), clause)
    ]
    assert [] == missed


@pytest.mark.parametrize("chosen", SETS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_fault_breaks_what_it_is_not_about(provider: str, chosen: str) -> None:
    quiet = Request("TRACE", "/mailproof-no-such-path", (("Accept-Encoding", "gzip"), ("Content-Type", "a/b")))
    answer = Response(418, {"content-type": "text/plain", "date": "today"}, b"")
    assert [] == [name for name, (_, mangle) in faults_of(provider, chosen).items() if meets(mangle, [(quiet, answer)])]


def test_each_fault_says_which_promise_it_breaks() -> None:
    for chosen, provider in itertools.product(SETS, PROVIDERS):
        for name, (promise, _) in faults_of(provider, chosen).items():
            assert promise.endswith("."), name
