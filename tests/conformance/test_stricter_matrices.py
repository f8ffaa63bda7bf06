"""Cases of the matrices that once let a fault pass: each holds for the mock, and notices a server with the fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from in_process import Wire, in_process
from moves import answer_of, answers, with_header

from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moves import Mangle


LISTING = "/subscribers/availableimagessenttocustomerkey/{customerKey}"
SHOWN = "/subscribers/availableimagessenttocustomerkey/[^/]+"
SLASH = answers("*", "/journeys/send(Email|TextMessage)/", lambda _, __: answer_of(404, {"Message": "No such item."}))
LATIN = "text/json; charset=iso-8859-1"

FAULTS: tuple[tuple[str, str, Mangle], ...] = (
    (
        "whatcounts",
        f"verbs/OPTIONS {LISTING}",
        answers("OPTIONS", SHOWN, lambda _, answer: with_header(answer, "allow", "GET, OPTIONS"), status=204),
    ),
    (
        "whatcounts",
        f"verbs/PUT {LISTING}",
        answers("PUT", SHOWN, lambda _, answer: with_header(answer, "allow", "GET"), status=405),
    ),
    (
        "whatcounts",
        f"verbs/PUT {LISTING}",
        answers("PUT", SHOWN, lambda _, a: with_header(a, "allow", "GET, HEAD, OPTIONS, TRACE"), status=405),
    ),
    ("which50", "not-found/send_email/trailing slash", SLASH),
    ("which50", "not-found/send_text_message_to_matching/trailing slash", SLASH),
    (
        "which50",
        "media-types/list_contact_communications/accept text/json",
        answers("GET", "/contacts/[^/]+/communications", lambda _, answer: with_header(answer, "content-type", LATIN)),
    ),
)


@pytest.fixture(scope="module", params=["whatcounts", "which50"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    yield from in_process(request.param)


def test_a_case_holds_and_notices_its_fault(wire: Wire) -> None:
    for provider, case_id, mangle in FAULTS:
        if provider == wire.target.provider:
            wire.judge(case_id, None)
            with pytest.raises(Broken):
                wire.judge(case_id, mangle)
