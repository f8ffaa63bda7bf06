"""A server for each law that looks at a rare condition, with its promise broken there and nowhere else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from moves import (
    Remembering,
    answer_of,
    answers,
    as_user,
    asks,
    body,
    data,
    does,
    is_object,
    query_of,
    with_header,
    xml,
)

if TYPE_CHECKING:
    from moves import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

READER = "Basic bGlzdHNAaGFyYm91ci1zdG9yZS5leGFtcGxlOkNhcHN0YW4tMTc="
OTHER_ACCOUNT = "Basic YXBpQGZlcnJ5LW9mZmljZS5leGFtcGxlOlNsYWNrLVdhdGVyLTIy"
EMPTY_ID = re.compile(rb'EncContactId=(&|$)|name="EncContactId"\r\n\r\n\r\n')
ENTRY = r"(<(?:\w+:)?KeyValueOfstringanyType>.*?</(?:\w+:)?KeyValueOfstringanyType>)"
RECORDS = "/contactLists/[^/]+/linkeddata/[^/]+/records"
SHARP = "\u00df"


def without_sharp_s(request: Request) -> Request:
    """ß is ss, in names that are given and in names that are asked for."""
    sharp = SHARP.encode()
    return replace(request, target=request.target.replace("%C3%9F", "ss"), body=request.body.replace(sharp, b"ss"))


def selects_twice(request: Request) -> bool:
    names = Counter(unquote(query_of(request)).partition("$select=")[2].lower().replace(" ", "").split(","))
    return names.most_common(1)[0][1] > 1


def whoever_failed_once() -> Mangle:
    known: dict[str, Any] = {}

    def change(rows: Any) -> Any:
        known.update((row["EncContactId"], row) for row in rows)
        return list(known.values())

    return answers("GET", "/journeys/.*/textmessages/.*/contacts/Failed", data(change))


def kept_by_address() -> Mangle:
    known: dict[str, Response] = {}

    def act(request: Request, forward: Forward) -> Response:
        seen: list[str] = []

        def look(value: Any) -> Any:
            values = value.get("Values") if is_object(value) else None
            seen.append(str(values.get("Email")) if is_object(values) else "")
            return value

        body(look)(request)
        answer = forward(request)
        return known.setdefault(seen[0], answer) if seen and answer.status == 200 else answer

    return does("POST", ".*/generatePDF", act)


MINIATURES: dict[str, Mangle] = {
    "reserved_keys_that_are_empty_are_none": answers(
        "POST",
        "/contactLists/contactForm",
        lambda _, __: answer_of(404, {"Message": "No such contact."}),
        when=lambda request: EMPTY_ID.search(request.body) is not None,
    ),
    "a_reader_looks_at_a_job_in_each_state": answers(
        "GET",
        "/contactLists/[^/]+/import/[^/]+",
        lambda _, answer: answer_of(403, {"Message": "No."}) if b'"Finished"' in answer.body else answer,
        when=lambda request: request.header("authorization") == READER,
    ),
    "letters_are_compared_one_by_one": asks("*", "/files", without_sharp_s),
    "one_without_an_address_refuses_all": answers(
        "PATCH",
        "/journeys/send.*",
        lambda _, __: answer_of(200, []),
        status=417,
        when=lambda request: "without" in request.target,
    ),
    "who_was_reached_later_has_not_failed": Remembering(whoever_failed_once),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "a field that is selected twice stands twice in XML": (
        "W50-records-select-any-case",
        answers("GET", RECORDS, xml(lambda text: re.sub(ENTRY, r"\1\1", text)), when=selects_twice),
    ),
    "public records of another account by a key": (
        "W50-linked-data-accounts-apart",
        asks(
            "GET",
            "/contactLists/[^/]+/linkeddata.*",
            as_user(OTHER_ACCOUNT),
            when=lambda request: request.header("x-api-key") is not None,
        ),
    ),
    "a deleted file that ends in capitals": (
        "W50-file-delete-download",
        answers(
            "DELETE",
            "/files",
            lambda _, answer: with_header(answer, "content-type", "application/octet-stream"),
            when=lambda request: ".CSV" in request.target,
        ),
    ),
    "a wrong state before an item of another journey": (
        "W50-bad-state-comes-last",
        answers(
            "GET",
            "/journeys/.*/contacts/Seen",
            lambda _, __: answer_of(400, {"Message": "No such state."}),
            status=404,
            when=lambda request: "2147483647" not in request.target,
        ),
    ),
    "a page that is kept by the address": ("W50-pdf-of-contact", Remembering(kept_by_address)),
}
