"""What `quick` has from before ends with a look at a job: one that runs goes on when it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from mailproof import contract
from mailproof_conformance import specimen
from mailproof_conformance.check import Check
from mailproof_conformance.session import Session

if TYPE_CHECKING:
    from in_process import Wire

    from mailproof_conformance.client import Client

WHICH50 = contract("which50")


@pytest.mark.parametrize(
    ("between", "path", "recalled"),
    [
        ("list_contact_lists", {}, 1),
        ("get_import_job", {}, 0),
        ("get_import_job", {"importJobId": 987_654_321}, 1),
    ],
)
def test_only_a_look_at_a_job_ends_what_reads_said(
    wire: Wire, between: str, path: dict[str, int], recalled: int
) -> None:
    wire.reset(None)
    session = Session(WHICH50, wire.target, cast("Client", wire), profile="quick", seed=0)
    check = Check(session, "case")
    first = check.call("get_contact", recall="unchanged")
    specimen.call(check, WHICH50.operation(between), path=path)
    again = check.call("get_contact", recall="unchanged")
    assert recalled == session.recalled
    assert first.body == again.body
