"""A server for each law that tries a class of slips: what is hollow, near, many, late, or spelt another way."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from moves import (
    Remembering,
    answers,
    as_user,
    asks,
    body,
    data,
    does,
    header,
    is_array,
    is_object,
    like,
    path,
    query,
    raw,
    with_body,
    with_header,
    xml,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Forward, Mangle, Rewrite

    from mailproof_conformance.exchange import Request, Response

LIST = r"/contactLists/\d+"
SEND = r"/journeys/send(Email|TextMessage)"
RECORDS = r"/contactLists/[^/]+/linkeddata/\d+/records"
PDF = r"/journeys/\d+/landingpages/\d+/generatePDF"
IMPORT = rf"{LIST}/import/\d+"
OURS = "Basic YXBpQGhhcmJvdXItc3RvcmUuZXhhbXBsZTpUcjR3bGVyLUJhc2tldA=="
KEY = "hs-7d1f0c52b9e84a6f"


def values(function: Callable[[dict[str, Any]], dict[str, Any]]) -> Rewrite:
    """A server that takes other values than a contact in a body has, however deep that is."""

    def walk(node: Any) -> Any:
        if is_array(node):
            return [walk(item) for item in node]
        if is_object(node):
            return {
                name: function(item) if name == "Values" and is_object(item) else walk(item)
                for name, item in node.items()
            }
        return node

    return body(walk)


def without(hollow: tuple[Any, ...]) -> Rewrite:
    """A server that takes some values for none."""
    none = [repr(value) for value in hollow]  # 0 is equal to False, and no other value is written like it
    return values(lambda given: {name: text for name, text in given.items() if repr(text) not in none})


def in_words(pattern: str, new: Callable[[str], str]) -> Rewrite:
    """A server that reads a text of a query another way: what the pattern finds in it, escapes undone."""

    def rewrite(request: Request) -> Request:
        where, mark, text = request.target.partition("?")
        pairs = [pair.partition("=") for pair in text.split("&")]
        read = [
            f"{name}={quote(re.sub(pattern, lambda found: new(found[0]), unquote(value)), safe='')}"
            for name, _, value in pairs
        ]
        return replace(request, target=where + mark + "&".join(read)) if mark else request

    return rewrite


def regards_case(request: Request, answer: Response) -> Response:
    """Beyond ASCII a text of a filter is found in its own letter case only."""
    wanted = re.search(r"eq '([^']*)'", unquote(request.target))
    rows: Any = answer.json()
    if wanted is None or wanted[1].isascii():
        return answer
    kept = [row for row in rows if wanted[1] in (row.get("Values") or row).values()]
    return with_body(answer, json.dumps(kept).encode())


def anonymous(request: Request) -> bool:
    return request.header("authorization") is None


def by_encrypted_id(request: Request) -> bool:
    return re.search(r"/contactLists/\d+/", request.target, re.IGNORECASE) is None


def keeps_warnings() -> Mangle:
    """A warning of a malformed value stays with its contact."""
    known: dict[str, list[str]] = {}

    def change(value: Any) -> None:
        for row in value if is_array(value) else [value]:
            if is_object(row) and "ValidationWarnings" in row:
                found = [text for text in row["ValidationWarnings"] if "nonsense" in text]
                row["ValidationWarnings"] = row["ValidationWarnings"] or known.get(row["EncContactId"], [])
                if found:
                    known[row["EncContactId"]] = found

    told = data(change)
    return lambda request, forward: told(request, forward(request))


def keeps_warnings_of_names() -> Mangle:
    """A warning of an unknown name stays with its contact."""
    known: dict[str, list[str]] = {}

    def change(value: Any) -> None:
        if is_object(value) and "ValidationWarnings" in value:
            found = [text for text in value["ValidationWarnings"] if "no such field" in text]
            value["ValidationWarnings"] = found or known.get(value["EncContactId"], [])
            known[value["EncContactId"]] = value["ValidationWarnings"]

    return answers("GET|POST", r"/contacts/[^/]+|/contactLists/\d+/contact", data(change))


def limits_the_job() -> Mangle:
    """The contacts of all batches of a job are held against the limit of one."""
    known: dict[str, int] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        count = known.get(request.target, 0) + len(json.loads(request.body))
        known[request.target] = count
        return forward(replace(request, body=b'[{"EncContactId": "nobody"}]') if count > 10_000 else request)

    return does("POST", IMPORT, mangle)


def keeps_deleted_files() -> Mangle:
    """A file that was downloaded is kept by the spelling of its path, and a deletion drops that spelling only."""
    known: dict[str, Response] = {}

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        if request.method == "DELETE":
            known.pop(request.target, None)
        elif request.method == "GET" and answer.status == 200:
            known[request.target] = answer
        return known.get(request.target, answer) if request.method == "GET" else answer

    return does("*", "/files", mangle)


def folders_apart(request: Request) -> Request:
    """Folders in a decomposed form are others than those in the composed one."""

    def apart(name: str) -> str:
        return "".join("'" if unicodedata.combining(one) else one for one in name)

    where, mark, text = request.target.partition("?")
    name, equals, value = text.partition("=")
    whole = unquote(value)
    folder, end = (whole, "") if name == "subFolder" else (whole[: whole.rfind("/") + 1], whole[whole.rfind("/") + 1 :])
    return replace(request, target=where + mark + name + equals + quote(apart(folder) + end, safe=""))


def cut_name(_: Request, answer: Response) -> Response:
    told = answer.headers.get("content-disposition", "")
    return with_header(answer, "content-disposition", re.sub(r'filename="([^";]*)[;=\'(@,#&~][^"]*"', r'"\1"', told))


def first_of_match(most: int) -> Rewrite:
    """A server that knows so many fields in `match`."""
    return query(rf"(match=[^&,%]*(?:(?:,|%2C)[^&,%]*){{{most - 1}}})[^&]*", r"\1")


def of_the_body(request: Request) -> Request:
    """The list of a contact is that of its ListId."""
    found = re.search(rb'"ListId": ?(\d+)', request.body)
    return path(r"(?<=/contactLists/)\d+", found[1].decode())(request) if found else request


def forms_uncounted() -> Mangle:
    """The Count of a list forgets contacts that came by a form."""
    made: list[str] = []

    def mangle(request: Request, forward: Forward) -> Response:
        before = forward(like(request, "GET", "/contactLists/34")).json()["Count"] if request.method == "POST" else 0
        answer = forward(request)
        if request.method == "POST":
            after = forward(like(request, "GET", "/contactLists/34")).json()["Count"]
            made.extend(["one"] * (after - before))
            return answer
        return data(lambda row: {**row, "Count": row["Count"] - len(made)})(request, answer)

    return does("GET|POST", r"/contactLists/(34|contactForm)", mangle)


def moves_what_was_written() -> Mangle:
    """The contacts of a list come in the order in which they were written last."""
    order: list[str] = []

    def mangle(request: Request, forward: Forward) -> Response:
        answer = forward(request)
        rows: Any = answer.json() if answer.status == 200 and answer.body[:1] in {b"[", b"{"} else []
        if request.method != "GET":
            order.extend(row["EncContactId"] for row in (rows if is_array(rows) else [rows]) if "EncContactId" in row)
            return answer
        last = {name: at for at, name in enumerate(order)}

        def place(row: dict[str, Any]) -> int:
            return last.get(row["EncContactId"], -1)

        return with_body(answer, json.dumps(sorted(rows, key=place)).encode())

    return does("GET|POST|PATCH", rf"{LIST}/contacts?", mangle)


def empty_batch_taken(request: Request, forward: Forward) -> Response:
    return forward(like(request, "GET", path_below(request))) if request.body == b"[]" else forward(request)


def path_below(request: Request) -> str:
    return re.sub("^/Which50API", "", request.target, flags=re.IGNORECASE)


def is_marked(request: Request) -> bool:
    return request.body[:2] in {b"\xff\xfe", b"\xfe\xff"}


def composed(request: Request) -> Request:
    text = request.body.decode("utf-8", "surrogateescape")
    return replace(request, body=unicodedata.normalize("NFC", text).encode("utf-8", "surrogateescape"))


def no_utf_16(request: Request) -> Request:
    return replace(request, body=b"<") if is_marked(request) else request


def in_latin_1_only(request: Request) -> Request:
    """Characters are read as ASCII, whatever the declaration says."""
    return replace(request, body=b"<") if b"iso-8859-1" in request.body or b"us-ascii" in request.body else request


def excused(request: Request) -> Request:
    """With the right key nobody looks at the other credentials."""
    return header("authorization", None)(request) if request.header("x-api-key") == KEY else request


def reader_with_a_flag(request: Request) -> Request:
    return as_user(OURS)(request) if "download=true" in request.target else request


MINIATURES: dict[str, Mangle] = {
    "letters_of_every_alphabet_have_no_case": answers("GET", f"{LIST}/contacts", regards_case),
    "letters_of_records_have_no_case": answers("GET", RECORDS, regards_case),
    "one_comparison_takes_all_of_its_text": asks("GET", f"{LIST}/contacts", in_words("(?<=7).(?=')", lambda _: "")),
    "blanks_at_the_ends_of_a_text_count": asks("GET", f"{LIST}/contacts", in_words(" +'$", lambda _: "'")),
    "options_are_for_everybody": asks(
        "GET", RECORDS, query(r"(%24|\$)(filter|orderby|skip|top)=", "x="), when=anonymous
    ),
    "options_are_for_either_id": asks(
        "GET", RECORDS, query(r"(%24|\$)(filter|orderby|skip|top)=", "x="), when=by_encrypted_id
    ),
    "what_seems_to_be_nothing_is_sent_with_too": asks("PUT", SEND, without((None, 0, "0", True))),
    "what_seems_to_be_nothing_reaches_all_that_match": asks("PATCH", SEND, without((0, "0", True))),
    "what_seems_to_be_nothing_is_created_with": asks("POST", f"{LIST}/registerDevice", without((False,))),
    "what_seems_to_be_nothing_is_created_by_a_send": asks("POST", SEND, without((0, "0", True))),
    "what_seems_to_be_nothing_is_kept_by_a_pdf": asks("POST", PDF, without((0, "0", True))),
    "what_seems_to_be_nothing_is_imported": asks("POST", IMPORT, without((0,))),
    "many_that_match_are_updated_and_given_back": answers("PATCH", f"{LIST}/contact", data(lambda rows: rows[:100])),
    "many_that_match_are_sent_to": answers("PATCH", SEND, data(lambda rows: rows[:100])),
    "a_warning_is_gone_with_its_value": Remembering(keeps_warnings),
    "a_warning_of_an_unknown_name_is_of_its_write": Remembering(keeps_warnings_of_names),
    "a_send_takes_a_warning_with_its_value": Remembering(keeps_warnings),
    "the_limit_is_that_of_a_batch": Remembering(limits_the_job),
    "a_name_that_almost_is_a_field_is_none": asks(
        "POST", f"{LIST}/import", body(lambda v: {**v, "FieldNames": [name[:9] for name in v["FieldNames"]]})
    ),
    "a_wrong_key_is_challenged_too": answers(
        "GET",
        ".*",
        lambda request, answer: (
            with_header(answer, "www-authenticate", None) if request.header("x-api-key") else answer
        ),
        status=401,
    ),
    "one_right_credential_excuses_no_wrong_one": asks("GET", ".*", excused),
    "folders_are_composed_and_decomposed_too": asks("*", "/files", folders_apart),
    "a_deletion_is_of_every_spelling": Remembering(keeps_deleted_files),
    "any_name_in_ascii_is_told": answers("GET|DELETE", "/files", cut_name),
    "a_reader_does_not_delete_by_download": asks("DELETE", "/files", reader_with_a_flag),
    "every_one_of_many_fields_counts": asks("PATCH", f"{LIST}/contact", first_of_match(2)),
    "digits_that_stand_for_one_number_are_other_texts": asks("PATCH", f"{LIST}/contact", query("=0+(?=7)", "=")),
    "the_count_follows_every_way_to_write": Remembering(forms_uncounted),
    "the_path_names_the_list_of_a_device_and_a_patch": asks("POST", f"{LIST}/registerDevice", of_the_body),
    "any_text_in_xml_is_kept_to_the_letter": asks(
        "PATCH",
        f"{LIST}/contact",
        lambda request: request if is_marked(request) else composed(request),
    ),
    "the_key_does_what_its_user_does": asks(
        "*", ".*", lambda request: header("x-api-key", "x")(request) if request.header("x-api-key") else request
    ),
    "contacts_stay_in_their_order": Remembering(moves_what_was_written),
    "a_refusal_says_why_in_every_form": answers(
        "*", ".*", xml(lambda text: re.sub("<MessageDetail>.*</MessageDetail>", "", text)), status=417
    ),
    "what_almost_is_a_state_is_none": asks("GET", ".*/contacts/[^/]*", path("(?<=Soft|Hard)[_-]", "")),
    "a_star_beside_names_is_a_star": asks("GET", RECORDS, query(r"(%2C|,)(\*|%2A)", "")),
    "an_empty_batch_is_refused_as_any": does("POST", IMPORT, empty_batch_taken),
    "xml_says_the_same_in_every_encoding": asks("*", f"{LIST}/.*", no_utf_16),
    "a_send_says_the_same_in_every_encoding": asks("*", SEND, lambda request: in_latin_1_only(no_utf_16(request))),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "single bytes in XML that are UTF-8 only": ("W50-save-in-every-binding", asks("*", f"{LIST}/.*", in_latin_1_only)),
    "three of five fields in a match": ("W50-match-and", asks("PATCH", f"{LIST}/contact", first_of_match(3))),
    "a batch whose zeros are gone": ("W50-import-updated", asks("POST", IMPORT, raw(r":\s*0(?=[,}])", ": null"))),
}
