"""Laws about the form of an import job in each of its states, as nulls and zeros come and go with the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import datacontract
from mailproof_conformance.formats import is_xml
from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import GET, Imports
from mailproof_conformance.which50.import_table import RUN
from mailproof_conformance.which50.reads import media_types, pointer, value_of
from mailproof_conformance.which50.spare_list import OK

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response


def _value(check: Check, operation_id: str, response: Response, about: str) -> Any:
    """What an answer says. Raises Broken where its XML has not the form of the contract."""
    check.equal(OK, response.status, f"the status of {about}")
    if is_xml(response.media_type):
        _, findings = datacontract.read(check.contract.document, pointer(check, operation_id), response.content)
        check.equal([], [str(finding) for finding in findings], f"the XML form of {about}")
    return value_of(check, operation_id, response)


@law("W50-import-forms-agree")
def a_job_in_each_state_is_the_same_in_every_form(check: Check) -> None:
    """Every state that stays while it is looked at, in each media type; and the answer of a run, which does not."""
    imports = Imports(check)
    for state in imports.table.states:
        if imports.table.works_in(state):
            continue
        job = imports.in_state(state)
        if job is None:
            continue
        expected = job.ask(GET).json()
        for media_type in media_types(check, GET):
            about = f"a job in the state {state} as {media_type}"
            check.equal(expected, _value(check, GET, job.ask(GET, accept=media_type), about), about)
    shown: dict[str, Any] = {}
    for media_type in media_types(check, RUN):
        job = imports.job()
        job.added([imports.person()])
        about = f"the answer to a run as {media_type}"
        value = _value(check, RUN, job.ask(RUN, accept=media_type), about)
        steady = {name: item for name, item in value.items() if name not in {"Id", "StartDate", "FinishDate"}}
        steady |= {name: value[name] is None for name in ("StartDate", "FinishDate")}
        check.equal(shown.setdefault("first", steady), steady, about)
