"""The suite's specimen of each operation succeeds in the sandbox: what the matrices vary is a request that works."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from mailproof import contract
from mailproof_conformance import specimen
from mailproof_conformance import wire as requests
from mailproof_conformance.check import Check
from mailproof_conformance.corpus_bodies import families
from mailproof_conformance.session import Session

if TYPE_CHECKING:
    from in_process import Wire

    from mailproof_conformance.client import Client

WHICH50 = contract("which50")
MISFITS = {"delete_file": 404, "run_import_job": 417}
"""What is deleted is never a sample, and the job of the samples has run."""
SPECIMENS = [
    (operation.id, media_type)
    for operation in WHICH50.operations
    for media_type in families(WHICH50, requests.request_types(operation)) or (None,)
]


@pytest.mark.parametrize(("name", "media_type"), SPECIMENS)
def test_the_specimen_succeeds(wire: Wire, name: str, media_type: str | None) -> None:
    wire.reset(None)
    session = Session(WHICH50, wire.target, cast("Client", wire), seed=0)
    overrides = {} if media_type is None else {"content_type": media_type}
    response = specimen.call(Check(session, "specimens"), WHICH50.operation(name), **overrides)
    assert MISFITS.get(name, 200) == response.status, response.text
