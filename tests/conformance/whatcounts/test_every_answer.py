"""For each law about every answer, contact and name a server that breaks it where the samples do not look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from moves import answers, asks, data, path, query, with_header

if TYPE_CHECKING:
    from in_process import BrokenCases
    from moves import Mangle

SENDING = "/msg/sendWithCustomerKey/.*"


def with_the_first_url(entries: Any) -> None:
    """Every entry with the URL of the newest."""
    for entry in entries:
        entry["content"]["image"] = entries[0]["content"]["image"]


FAULTS: dict[str, Mangle] = {
    "WC-date-header/each_kind_of_answer_is_dated": answers(
        "*", ".*", lambda _, answer: with_header(answer, "date", None), status=404
    ),
    "WC-snapshot-on-request/each_contact_and_format_is_stored": asks(
        "POST", f"{SENDING}/ck10", query("snapshot=1", "snapshot=0")
    ),
    "WC-file-download/each_url_leads_to_its_own_file": answers("GET", "/subscribers/.*", data(with_the_first_url)),
    "WC-send-names-exact/a_plus_is_no_space": asks("POST", SENDING, path(r"\+", "%20")),
}


@pytest.mark.parametrize("case", FAULTS)
def test_the_law_notices(case: str, broken_cases: BrokenCases) -> None:
    assert case in broken_cases(FAULTS[case], case.partition("/")[0])
