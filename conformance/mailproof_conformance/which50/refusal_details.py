"""Laws about what a refusal says: the same in every form of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.formats import is_xml
from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import CREATE
from mailproof_conformance.which50.reads import media_types
from mailproof_conformance.which50.spare_list import EXPECTATION_FAILED, SpareList

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@law("W50-import-refusal-says-why")
def a_refusal_says_why_in_every_form(check: Check) -> None:
    """An unknown field of a job, an unknown name to match, and a patch without any, in each media type."""
    spare = SpareList(check)
    unknown = check.fresh("Shoe")
    path = {"contactListId": spare.id}
    asked: tuple[tuple[str, dict[str, str], dict[str, Any]], ...] = (
        (CREATE, {}, {"FieldNames": [unknown]}),
        ("save_contact", {"match": unknown}, {"Values": {unknown: "7"}}),
        ("update_matching_contacts", {}, {"Values": {}}),
    )
    for operation_id, query, body in asked:
        expected = None
        for media_type in media_types(check, operation_id):
            response = check.call(operation_id, path=path, query=query, body=body, accept=media_type)
            check.equal(EXPECTATION_FAILED, response.status, f"the status of {operation_id} with {query} and {body}")
            if is_xml(response.media_type):
                found = {child.tag: child.text for child in datacontract.parse(response.content)}
            else:
                found = response.json()
            said = [found.get("Message"), found.get("MessageDetail")]
            expected = expected or said
            check.true(said[1], f"the MessageDetail of {operation_id} as {media_type}", expected="a text", actual=found)
            check.equal(expected, said, f"Message and MessageDetail of {operation_id} as {media_type}")
