"""The reads of the API, how they are asked for, and what their answers are made of."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance import datacontract
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.verdicts import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

XML = "application/xml"
KNOWN = ("contacts.empty", "contacts.bare", "contacts.awkward")
"""Samples that lead to further contacts; none of them is indispensable."""

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?[+-]\d\d:\d\d")


def operations(check: Check, clause: str) -> tuple[str, ...]:
    """The ids of the operations that a clause is about."""
    return check.contract.clauses[clause].operations


def contacts(check: Check) -> list[str]:
    """The encrypted ids that the target is known to hold: the sample, then whichever others it offers."""
    found = [check.sample("contactId")]
    for name in KNOWN:
        try:
            found.append(check.sample(name))
        except Skipped:
            continue
    return found


def media_types(check: Check, operation_id: str) -> tuple[str, ...]:
    """The media types of an operation's 200, as declared."""
    responses = check.contract.operation(operation_id).definition["responses"]
    return tuple(responses["200"]["content"])


def json_types(check: Check, operation_id: str) -> list[str]:
    """Those of them that are JSON."""
    return [name for name in media_types(check, operation_id) if is_json(name)]


def xml_types(check: Check, operation_id: str) -> list[str]:
    """Those of them that are XML."""
    return [name for name in media_types(check, operation_id) if is_xml(name)]


def pointer(check: Check, operation_id: str) -> str:
    """The JSON pointer of the schema of an operation's 200."""
    content = check.contract.operation(operation_id).definition["responses"]["200"]["content"]
    return str(content[XML]["schema"]["$ref"])


def value(check: Check, operation_id: str, contact: str, **path: object) -> Any:
    """What an operation says of a contact, in JSON. Raises Broken unless it answers 200."""
    response = check.call(operation_id, path={"contactId": contact, **path}, recall="unchanged")
    check.equal(200, response.status, f"{operation_id} of a known contact")
    return response.json()


def quoted(text: str) -> str:
    """A text as a `$filter` takes it: in single quotes, those in it doubled."""
    return "'" + text.replace("'", "''") + "'"


def value_of(check: Check, operation_id: str, response: Response) -> Any:
    """What a 200 says, in whichever form; how well the form is kept is not looked at."""
    if not is_xml(response.media_type):
        return response.json()
    return datacontract.read(check.contract.document, pointer(check, operation_id), response.content)[0]


def xml(
    check: Check, operation_id: str, contact: str, *, xml_only: bool = False, **path: object
) -> tuple[Any, list[datacontract.Finding], Response]:
    """What an operation says of a contact in XML: its value, what is wrong with its form, and the answer.

    Raises Broken unless it answers 200 with a document that can be parsed.
    """
    response = check.call(operation_id, path={"contactId": contact, **path}, accept=XML, recall="unchanged")
    check.equal(200, response.status, f"{operation_id} of a known contact, in XML")
    found, findings = datacontract.read(
        check.contract.document, pointer(check, operation_id), response.content, xml_only=xml_only
    )
    for finding in findings:
        if finding.rule == "document":
            raise Broken(f"{operation_id} in XML", "a document that can be parsed", str(finding))
    return found, findings, response


def number(check: Check, contact: str) -> int:
    """The number of a contact, which only XML shows. Raises Broken where it does not."""
    found, _, _ = xml(check, "get_contact", contact, xml_only=True)
    shown = cast("dict[str, Any]", found).get("Id") if isinstance(found, dict) else None
    if not isinstance(shown, int):
        raise Broken("the Id of a contact in XML", "a number", shown)
    return shown


def places(node: Any, wanted: Callable[[Any], bool], place: str = "") -> Iterator[tuple[str, Any]]:
    """Where in a JSON value something wanted stands, and what it is."""
    if wanted(node):
        yield place or "/", node
    if isinstance(node, dict):
        for name, member in cast("dict[str, Any]", node).items():
            yield from places(member, wanted, f"{place}/{name}")
    elif isinstance(node, list):
        for number, item in enumerate(cast("list[Any]", node)):
            yield from places(item, wanted, f"{place}/{number}")


def is_date(node: object) -> bool:
    """Whether a JSON value has the form of the API's dates."""
    return isinstance(node, str) and _DATE.fullmatch(node) is not None


def instant(date: str) -> tuple[float, str]:
    """A date as something to compare: seconds, and the digits after them as text, as all seven count."""
    return moment(date).timestamp(), date[19:-6].rstrip("0")


def moment(date: str) -> datetime:
    """A date to the second. Raises Broken for what is none."""
    try:
        return datetime.fromisoformat(date[:19] + date[-6:])
    except ValueError:
        raise Broken("a date", "date, time and offset", date) from None


def newest_first(dates: Sequence[str | None]) -> list[str | None]:
    """The dates from the newest to the oldest, those that are null at the end."""
    known = sorted((date for date in dates if date is not None), key=instant, reverse=True)
    return [*known, *(date for date in dates if date is None)]
