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
    header,
    is_object,
    query,
    query_of,
    with_header,
    xml,
)

if TYPE_CHECKING:
    from moves import Forward, Mangle

    from mailproof_conformance.exchange import Request, Response

READER = "Basic bGlzdHNAaGFyYm91ci1zdG9yZS5leGFtcGxlOkNhcHN0YW4tMTc="
OTHER_ACCOUNT = "Basic YXBpQGZlcnJ5LW9mZmljZS5leGFtcGxlOlNsYWNrLVdhdGVyLTIy"
CONTACTS_ONLY = "Basic Y29udGFjdHNAaGFyYm91ci1zdG9yZS5leGFtcGxlOkJvbGxhcmQtNDE="
OTHER_READERS = {
    READER,
    "Basic ZmlsZXNAaGFyYm91ci1zdG9yZS5leGFtcGxlOkZhaXJsZWFkLTY4",
    "Basic am91cm5leXNAaGFyYm91ci1zdG9yZS5leGFtcGxlOkd1bndhbGUtMjU=",
}
SAMPLES = ("kD3vR8sXw2LqTn5YbC7mZg", "xG8qCv5RnM1eSk4WdJ7tLy", "pW9zNf4HjE6uVa1KxQ8sRc", "tY6bGm-3_JoPe0ZlWi5DhU")
DEFAULTS = ("Language", "Branch")
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


def by_digits(request: Request) -> Request:
    """A weight is what stands behind its point, as a whole number."""
    accept = re.sub(r"q=0\.(\d+)", lambda found: f"q=0.{int(found[1]):03}", request.header("accept") or "")
    return header("accept", accept)(request) if "q=" in accept else request


def lists_kept() -> Mangle:
    known: dict[str | None, Response] = {}
    return does("GET", "/contactLists", lambda request, ask: known.setdefault(request.header("accept"), ask(request)))


def defaulted(value: Any) -> Any:
    values = value.get("Values") if is_object(value) else None
    if is_object(values):
        values.update({name: "en" for name in DEFAULTS if name in values and values[name] is None})
    return value


def refused(_: Request, __: Response) -> Response:
    return answer_of(403, {"Message": "No."})


MINIATURES: dict[str, Mangle] = {
    "a_permission_for_something_else_is_not_enough": answers(
        "GET",
        "/contacts/.*",
        lambda _, __: answer_of(200, []),
        status=403,
        when=lambda request: request.header("authorization") in OTHER_READERS,
    ),
    "the_permission_for_contacts_is_enough": answers(
        "GET",
        "/contacts/[^/]+/journeys",
        refused,
        when=lambda request: request.header("authorization") == CONTACTS_ONLY,
    ),
    "linked_data_is_for_who_may_read_lists": answers(
        "GET",
        "/contactLists/[^/]+/linkeddata",
        refused,
        when=lambda request: request.header("authorization") == READER,
    ),
    "a_part_of_a_few_is_a_part_of_the_whole": asks(
        "GET",
        "/contactLists/[^/]+/contacts",
        query(r"(\$|%24)skip=\d+", "x=1"),
        when=lambda request: "top=" not in request.target,
    ),
    "null_takes_the_place_of_a_default": answers("POST", "/contactLists/.*", data(defaulted)),
    "a_new_contact_has_empty_lists": answers(
        "GET",
        "/contacts/[^/]+/summary",
        lambda _, __: answer_of(404, {"Message": "No such contact."}),
        when=lambda request: not any(sample in request.target for sample in SAMPLES),
    ),
    "the_list_of_lists_follows_what_is_done_elsewhere": Remembering(lists_kept),
    "weights_of_any_length_are_numbers": asks("GET", ".*", by_digits),
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
