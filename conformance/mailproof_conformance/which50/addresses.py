"""Laws about paths, ids, verbs and error answers."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote

from hypothesis import strategies as st

from mailproof_conformance import datacontract
from mailproof_conformance.check import NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.reads import XML, contacts, number, operations, value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_NO_JOURNEY = 2_147_483_647
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
_AS_JSON = {"Accept": "application/json"}
_VERBS = ("POST", "PUT", "PATCH", "DELETE")
_BROKEN = (
    "/contacts/%ff",
    "/contacts/%00",
    "/contacts/%C3%28/emails",
    "/contacts/a%00b/summary",
    "/contacts/%ED%A0%80",
)


def address(check: Check, operation_id: str, *, contact: str | None = None) -> str:
    """The path of a read below the base URL, for the sample contact and journey."""
    filled = check.contract.operation(operation_id).path
    for name in re.findall(r"\{(\w+)\}", filled):
        given = contact if name == "contactId" and contact is not None else check.sample(name)
        filled = filled.replace(f"{{{name}}}", quote(str(given), safe=""))
    return filled


@law("W50-unknown-contact")
def made_up_ids_are_unknown(check: Check) -> None:
    """Ids of the alphabet of encrypted ids that nobody has."""
    ids = operations(check, "W50-unknown-contact")
    letters = st.text(st.sampled_from("abcXYZ019-_"), min_size=1, max_size=32)

    def holds(drawn: tuple[str, str]) -> None:
        operation_id, text = drawn
        response = check.call(operation_id, path={"contactId": text + check.fresh("nobody")})
        check.equal(404, response.status, f"{operation_id} of an unknown contact")

    check.forall(st.tuples(st.sampled_from(ids), letters), holds, examples=[(name, "x") for name in ids])


@law("W50-unknown-journey")
def an_unknown_journey_is_missed(check: Check) -> None:
    """A journey id that no account reaches."""
    for operation_id in operations(check, "W50-unknown-journey"):
        for contact in contacts(check):
            path = {"contactId": contact, "journeyId": _NO_JOURNEY}
            check.equal(404, check.call(operation_id, path=path).status, f"{operation_id} in an unknown journey")


@law("W50-journey-id-is-integer")
def a_journey_id_is_a_number(check: Check) -> None:
    """Texts that are no integers."""
    for operation_id in operations(check, "W50-journey-id-is-integer"):
        for text in ("soon", "1.5", "0x1F", "12a", "1e3", "null", "--1"):
            response = check.call(operation_id, path={"journeyId": text})
            check.equal(400, response.status, f"{operation_id} with the journey id {text!r}")
            body = response.json()
            for member in ("Message", "MessageDetail"):
                check.true(_says(body, member), f"the {member} of the error", expected="a text", actual=body)


@law("W50-encrypted-id-echoed")
def a_contact_bears_the_id_it_was_asked_by(check: Check) -> None:
    """Every known contact."""
    for contact in contacts(check):
        check.equal(contact, value(check, "get_contact", contact)["EncContactId"], "the EncContactId")


@law("W50-encrypted-id-opaque")
def encrypted_ids_need_no_escape(check: Check) -> None:
    """The EncContactId of every known contact, and its number from XML."""
    for contact in contacts(check):
        shown = value(check, "get_contact", contact)["EncContactId"]
        check.true(_UNRESERVED.fullmatch(shown), "an encrypted id", expected=_UNRESERVED.pattern, actual=shown)
        check.true(shown != str(number(check, contact)), "an encrypted id is not the number", actual=shown)


@law("W50-number-only-in-xml")
def json_hides_the_number(check: Check) -> None:
    """Every known contact in both forms."""
    for contact in contacts(check):
        number(check, contact)
        check.true("Id" not in value(check, "get_contact", contact), "a contact in JSON has no Id")


@law("W50-number-is-no-contact-id")
def the_number_leads_nowhere(check: Check) -> None:
    """The number of the sample contact, read from XML, in every path."""
    shown = number(check, check.sample("contactId"))
    for operation_id in operations(check, "W50-number-is-no-contact-id"):
        response = check.call(operation_id, path={"contactId": shown})
        check.equal(404, response.status, f"{operation_id} of the number of a contact")


@law("W50-paths-ignore-case")
def literal_segments_in_any_case(check: Check) -> None:
    """The letters of the literal segments, each in either case."""
    ids = operations(check, "W50-paths-ignore-case")
    expected = {operation_id: check.call(operation_id, recall="unchanged").json() for operation_id in ids}

    def holds(drawn: tuple[str, list[bool]]) -> None:
        operation_id, flips = drawn
        path = in_case(check, operation_id, flips)
        response = check.send("GET", path, headers={"Accept": "application/json"})
        check.equal(200, response.status, f"GET {path}")
        check.equal(expected[operation_id], response.json(), f"GET {path}")

    flips = st.lists(st.booleans(), min_size=1, max_size=40)
    examples = [(operation_id, flip) for operation_id in ids for flip in ([True], [False])]
    check.forall(st.tuples(st.sampled_from(ids), flips), holds, examples=examples)


def in_case(check: Check, operation_id: str, flips: list[bool], *, contact: str | None = None) -> str:
    """The path of a read with its literal letters in upper (true) or lower case, the flags used in turn."""
    template = check.contract.operation(operation_id).path
    turns = iter(flips * (len(template) // len(flips) + 1))
    return "/".join(
        given if part.startswith("{") else "".join(letter.upper() if next(turns) else letter.lower() for letter in part)
        for part, given in zip(
            template.split("/"), address(check, operation_id, contact=contact).split("/"), strict=True
        )
    )


@law("W50-path-escapes")
def an_escape_is_its_character(check: Check) -> None:
    """Every character of the last segment escaped, and then the escapes escaped."""
    for operation_id in operations(check, "W50-path-escapes"):
        before, _, last = address(check, operation_id).rpartition("/")
        escaped = "".join(f"%{byte:02x}" for byte in unquote(last).encode())
        once = check.send("GET", f"{before}/{escaped}", headers=_AS_JSON)
        check.equal(200, once.status, f"GET {before}/{escaped}")
        check.equal(check.call(operation_id, recall="unchanged").json(), once.json(), f"GET {before}/{escaped}")
        twice = check.send("GET", f"{before}/{quote(escaped, safe='')}", headers=_AS_JSON)
        check.true(
            twice.status in {400, 404},
            f"GET {before}/{quote(escaped, safe='')}",
            expected="400 or 404",
            actual=twice.status,
        )


@law("W50-trailing-slash")
def one_slash_at_the_end_changes_nothing(check: Check) -> None:
    """On every path."""
    for operation_id in operations(check, "W50-trailing-slash"):
        path = f"{address(check, operation_id)}/"
        response = check.send("GET", path, headers=_AS_JSON)
        check.equal(200, response.status, f"GET {path}")
        check.equal(check.call(operation_id, recall="unchanged").json(), response.json(), f"GET {path}")


@law("W50-unknown-query-ignored")
def queries_change_nothing(check: Check) -> None:
    """Names that other operations know, that look like members, or mean nothing."""
    ids = operations(check, "W50-unknown-query-ignored")
    expected = {operation_id: check.call(operation_id, recall="unchanged").json() for operation_id in ids}
    names = st.sampled_from(["$top", "$filter", "$select", "match", "format", "pageSize", "contactId", "Id", "x"])
    values = st.sampled_from(["1", "0", "", "Id", "xml", "json", "a b", "é"])

    def holds(drawn: tuple[str, list[tuple[str, str]]]) -> None:
        operation_id, query = drawn
        response = check.call(operation_id, query=query)
        check.equal(200, response.status, f"{operation_id} with a query")
        check.equal(expected[operation_id], response.json(), f"{operation_id} with a query")

    pairs = st.lists(st.tuples(names, values), min_size=1, max_size=3)
    examples = [(operation_id, [("$top", "1"), ("$top", "2")]) for operation_id in ids]
    check.forall(st.tuples(st.sampled_from(ids), pairs), holds, examples=examples)


@law("W50-only-the-verbs-of-the-index")
def other_verbs_are_refused(check: Check) -> None:
    """The verbs that write, on every path."""
    declared = {(entry.path, entry.method.upper()) for entry in check.contract.operations}
    for turn, operation_id in enumerate(operations(check, "W50-only-the-verbs-of-the-index")):
        for verb in check.some(_VERBS, 2, turn):
            if (check.contract.operation(operation_id).path, verb) in declared:
                continue
            response = check.send(verb, address(check, operation_id), effect="write")
            check.equal(405, response.status, f"{verb} of the path of {operation_id}")
            allowed = {name.strip() for name in response.headers.get("allow", "").split(",")}
            check.true("GET" in allowed, f"Allow after {verb}", expected="GET", actual=sorted(allowed))


@law("W50-broken-path-refused")
def broken_paths_find_nothing(check: Check) -> None:
    """Percent-escapes that are not UTF-8, or a zero."""
    for path in _BROKEN:
        status = check.send("GET", path).status
        check.true(status in {400, 404}, f"GET {path}", expected="400 or 404", actual=status)


@law("W50-error-has-message")
def json_errors_have_a_message(check: Check) -> None:
    """An error of every kind that a read can end in."""
    for about, ask in _errors(check, "application/json"):
        body = ask().json()
        check.true(_says(body, "Message"), f"the error of {about}", expected="a Message", actual=body)


@law("W50-error-in-media-type-asked-for")
def errors_are_negotiated(check: Check) -> None:
    """The same errors in each media type; in XML an Error element without namespace."""
    for turn, media_type in enumerate(("application/json", "text/json", "application/csp-report", XML, "text/xml")):
        for about, ask in check.some(_errors(check, media_type), 7, turn):
            response = ask()
            check.equal(media_type, response.media_type, f"Content-Type of the error of {about}")
            if not media_type.endswith("xml"):
                check.true(_says(response.json(), "Message"), f"the error of {about}", actual=response.text)
                continue
            found, findings = datacontract.read(
                check.contract.document, "#/components/schemas/HttpError", response.content
            )
            check.equal([], findings, f"the form of the error of {about}")
            check.true(_says(found, "Message"), f"the error of {about}", expected="a Message", actual=found)


def _errors(check: Check, accept: str) -> Iterator[tuple[str, Callable[[], Response]]]:
    """What errors are called, each with how to get one."""
    for operation_id in operations(check, "W50-error-has-message"):
        yield f"{operation_id}, no credentials", partial(check.call, operation_id, accept=accept, credentials=NONE)
        unknown = {"contactId": check.fresh("nobody")}
        yield f"{operation_id}, unknown contact", partial(check.call, operation_id, accept=accept, path=unknown)
    path = {"journeyId": "soon"}
    bad = partial(check.call, "list_contact_journey_activities", accept=accept, path=path)
    yield "a journey id that is no integer", bad
    headers = {"Accept": accept}
    yield "an unknown path", partial(check.send, "GET", f"/{check.fresh('nothing')}", headers=headers)
    place = address(check, "get_contact")
    yield "a wrong verb", partial(check.send, "DELETE", place, headers=headers, effect="write")


def _says(body: Any, member: str) -> bool:
    text = cast("dict[str, Any]", body).get(member) if isinstance(body, dict) else None
    return isinstance(text, str) and text != ""
