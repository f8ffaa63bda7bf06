"""Without a single clause: what was written is read back and listed, by rules that follow from the contract alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from small_server import Answer, Asked

from mailproof import contract
from mailproof_conformance.client import Client
from mailproof_conformance.guard import Guard, pin
from mailproof_conformance.plan import plan
from mailproof_conformance.resources import resources
from mailproof_conformance.runner import run_cases
from mailproof_conformance.session import Session
from mailproof_conformance.target import Credential, Target
from mailproof_conformance.verdicts import Verdict
from news_server import AUTHORIZATION, CONTRACT, SAMPLES, Newsletters
from news_server import Asked as Heard

if TYPE_CHECKING:
    from collections.abc import Callable

PATTERNS = ("agreement/*", "bad-input/*/value *", "media-types/delete_list/*")
BROKEN = {
    "filter-ignored": "agreement/list_lists/filter status",
    "contact-filter-ignored": "agreement/list_contacts/filter status",
    "sort-ignored": "agreement/list_lists/order sort=name",
    "page-off-by-one": "agreement/list_lists/pages",
    "page-size-ignored": "agreement/list_lists/pages",
    "total-off-by-one": "agreement/list_contacts/total X-Total-Count",
    "stale-read": "agreement/update_list/patched note",
    "lost-write": "agreement/replace_list/replaced",
    "created-not-readable": "agreement/create_list/created",
    "not-listed": "agreement/list_lists/lists what was made",
    "deleted-still-readable": "agreement/delete_list/deleted",
    "patch-resets": "agreement/update_list/patched name",
    "put-keeps": "agreement/replace_list/replaced",
    "wrong-location": "agreement/create_list/location",
    "invalid-date-taken": "bad-input/create_list/value startsOn no day",
    "crash-on-duplicates": "bad-input/update_list/value tags twice the same",
    "crash-on-negative": "bad-input/list_lists/value page negative",
}


@pytest.fixture
def verdicts(serve: Callable[[Callable[[Asked], Answer]], str]) -> Callable[[str | None], dict[str, Verdict]]:
    """The verdict of each case of these matrices on the bench server with a fault or none."""

    def judge(fault: str | None) -> dict[str, Verdict]:
        news = Newsletters(fault)

        def answer(asked: Asked) -> Answer:
            given = news(Heard(asked.method, asked.path, asked.query, asked.headers, asked.body))
            return Answer(given.status, given.body, given.headers, given.media_type)

        promises = contract(CONTRACT)
        samples: dict[str, Any] = dict(SAMPLES)
        credential = Credential(headers={"Authorization": AUTHORIZATION})
        target = Target("newsletters", f"{serve(answer)}/news", credential, samples)
        client = Client(Guard(pin(target.base_url)))
        outcomes = run_cases(Session(promises, target, client, seed=3), plan(promises, "standard", PATTERNS))
        client.close()
        return {outcome.case.id: outcome.verdict for outcome in outcomes}

    return judge


def test_a_server_that_keeps_its_promises_breaks_none(verdicts: Callable[[str | None], dict[str, Verdict]]) -> None:
    found = verdicts(None)
    assert set(BROKEN.values()) <= set(found)
    assert {Verdict.PASS, Verdict.SKIP} >= set(found.values())
    skipped = {name for name, verdict in found.items() if verdict is Verdict.SKIP}
    assert {"agreement/update_list/patched tags", "agreement/update_list/patched startsOn"} == skipped


@pytest.mark.parametrize("fault", BROKEN)
def test_the_case_notices(verdicts: Callable[[str | None], dict[str, Verdict]], fault: str) -> None:
    assert verdicts(fault)[BROKEN[fault]] is Verdict.FAIL


def test_what_a_contract_lets_a_client_make_and_read() -> None:
    found = [(item.create.id, item.read.id, item.parameter) for item in resources(contract(CONTRACT))]
    assert [("create_list", "get_list", "listId"), ("add_contact", "get_contact", "contactId")] == found
