"""Laws about what of an import is limited, the batch and not the job, and about names that almost are a field's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.near_misses import near_misses
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.import_table import ADD
from mailproof_conformance.which50.spare_list import EXPECTATION_FAILED, OK

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.which50.spare_list import Row


@law("W50-import-batch-of-the-most")
def the_limit_is_that_of_a_batch(check: Check) -> None:
    """A batch of as many contacts as the contract allows, behind another one and before a third."""
    imports = Imports(check)
    most = int(check.contract.operation(ADD).definition["requestBody"]["x-most"])
    job = imports.job()
    batches: tuple[list[Row], ...] = ([imports.person()], [{}] * most, [imports.person()])
    for number, batch in enumerate(batches, start=1):
        status = job.add(batch).status
        check.equal(OK, status, f"the status of batch {number} of a job, with {len(batch)} contacts")
    job.ran()
    job.finish()
    job.counted({"InsertedContacts": 2})


@law("W50-import-fields-known")
def a_name_that_almost_is_a_field_is_none(check: Check) -> None:
    """Names with a difference from that of a field, letter case apart."""
    imports = Imports(check)
    known = {field["Name"].casefold() for field in imports.spare.fields}
    name = imports.spare.texts[0]
    near = [(how, other) for how, other in near_misses(name).items() if other.casefold() not in known]
    for how, other in check.some(near, 6):
        status = imports.create([imports.spare.email, other]).status
        check.equal(EXPECTATION_FAILED, status, f"the status of a request for a job with the field {other!r} ({how})")
