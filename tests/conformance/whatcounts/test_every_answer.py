"""For each law about every answer, contact and name a server that breaks it where the samples do not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moves import answers, asks, path, query, with_header

if TYPE_CHECKING:
    from in_process import BrokenCases
    from moves import Mangle

SENDING = "/msg/sendWithCustomerKey/.*"

FAULTS: dict[str, Mangle] = {
    "WC-date-header/each_kind_of_answer_is_dated": answers(
        "*", ".*", lambda _, answer: with_header(answer, "date", None), status=404
    ),
    "WC-snapshot-on-request/each_contact_and_format_is_stored": asks(
        "POST", f"{SENDING}/ck10", query("snapshot=1", "snapshot=0")
    ),
    "WC-send-names-exact/a_plus_is_no_space": asks("POST", SENDING, path(r"\+", "%20")),
}


@pytest.mark.parametrize("case", FAULTS)
def test_the_law_notices(case: str, broken_cases: BrokenCases) -> None:
    assert case in broken_cases(FAULTS[case], case.partition("/")[0])
