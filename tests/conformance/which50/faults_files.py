"""A server for each law of the files, with just its promise broken."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from faults import answered, header, heard, serves_unknown, status, told, with_header, with_target

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults import When
    from in_process import Forward, Mangle

OWN_USER = "Basic YXBpQGhhcmJvdXItc3RvcmUuZXhhbXBsZTpUcjR3bGVyLUJhc2tldA=="
OTHER_USER = "Basic YXBpQGZlcnJ5LW9mZmljZS5leGFtcGxlOlNsYWNrLVdhdGVyLTIy"


def asks(method: str, *texts: str) -> When:
    """Requests for files with that verb, whose address has all of the texts."""
    return lambda request: (
        request.method == method and "/files" in request.target and all(text in request.target for text in texts)
    )


def theirs(request: Request) -> bool:
    """Requests of the other account."""
    return request.header("authorization") == OTHER_USER


def with_body(change: Callable[[bytes], bytes]) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=change(request.body))


def body(old: bytes, new: bytes) -> Callable[[Response], Response]:
    return lambda response: replace(response, body=response.body.replace(old, new))


def of_body(content: bytes) -> Callable[[Response], Response]:
    return lambda response: replace(response, body=content) if response.status == 200 else response


def only_first_uploads() -> Mangle:
    """A server that takes each name once and says that it took it again."""
    seen: set[bytes] = set()

    def mangle(request: Request, forward: Forward) -> Response:
        match = re.search(rb'filename="([^"]*)"', request.body)
        if match is not None and match[1] in seen:
            return Response(200, {}, b"")
        if match is not None:
            seen.add(match[1])
        return forward(request)

    return mangle


def deletes_nothing(request: Request, forward: Forward) -> Response:
    return Response(200, {}, b"") if request.method == "DELETE" else forward(request)


def deletes_before_it_reads(request: Request, forward: Forward) -> Response:
    """A server to which a bad flag comes to mind when the file is gone."""
    flag = re.search(r"&download=(\w+)", request.target)
    if request.method == "DELETE" and flag is not None and flag[1] not in ("true", "false"):
        response = forward(request)
        forward(with_target(flag[0], "")(request))
        return response
    return forward(request)


def hands_out_and_keeps(request: Request) -> Request:
    return replace(request, method="GET", target=request.target.replace("&download=true", ""))


def completed(request: Request) -> Request:
    """A form that was cut short, as if the server had guessed the rest."""
    match = re.search(r"boundary=(mailproof-\w+)", request.header("content-type") or "")
    if match is None or request.body.endswith(b"--\r\n"):
        return request
    return replace(request, body=request.body + f"\r\n--{match[1]}--\r\n".encode())


def keeps_half(request: Request, forward: Forward) -> Response:
    """A server that refuses half a form, and keeps what there is of it."""
    response = forward(request)
    if response.status == 400:
        forward(completed(request))
    return response


def last_part(content: bytes) -> bytes:
    return re.sub(rb'filename="[^"]*[/\\]', b'filename="', content)


def from_the_root(request: Request) -> Request:
    return replace(request, target=re.sub(r"(filePath|subFolder)=(?:/|%5C|%2F)+", r"\1=", request.target))


def decomposed(request: Request) -> bool:
    path = unquote(request.target)
    return path != unicodedata.normalize("NFC", path)


def long_name(request: Request) -> bool:
    match = re.search(rb'filename="([^"]*)"', request.body)
    return match is not None and len(match[1]) > 200


MINIATURES: dict[str, Mangle] = {
    # files
    "bytes_come_back": told(body(b"\r\n", b"\n"), asks("GET")),
    "no_bytes_come_back": told(lambda r: r if r.body else answered(404, {})(r), asks("GET")),
    "the_last_upload_stays": only_first_uploads(),
    "what_is_deleted_is_gone": deletes_nothing,
    "the_folder_is_what_was_done_to_it": heard(with_target("/c/", "/"), asks("DELETE")),
    "a_deletion_hands_out_the_file": told(of_body(b""), asks("DELETE")),
    "a_deletion_says_nothing_unasked": told(of_body(b"deleted"), asks("DELETE")),
    "a_flag_is_true_or_false": heard(with_target("download=maybe", "download=false")),
    "no_file_no_answer": told(serves_unknown),
    "an_upload_says_nothing": told(of_body(b"{}"), asks("POST")),
    "accounts_have_folders_of_their_own": heard(
        with_header("Authorization", OTHER_USER), lambda r: "timetables" in r.target
    ),
    "others_do_not_touch_ours": heard(
        with_header("Authorization", OWN_USER), lambda r: asks("DELETE")(r) and theirs(r)
    ),
    "a_reader_does_not_write": told(status(200, 403), asks("POST")),
    "permission_comes_before_existence": told(status(404, 403)),
    # what an answer says
    "a_download_is_an_attachment": told(header("content-disposition", "inline"), asks("GET")),
    "any_name_survives": told(header("content-disposition", 'attachment; filename="file.txt"'), asks("GET")),
    "the_ending_says_the_type": told(header("content-type", "application/x-unheard-of"), asks("GET")),
    "an_unknown_ending_says_nothing": told(header("content-type", "text/html"), asks("GET")),
    # uploads
    "the_part_has_any_name": told(answered(417, {}), lambda r: b"filename" in r.body and b'name="file"' not in r.body),
    "one_file_and_no_more": told(status(200, 417), asks("POST")),
    "only_a_form_with_parts_is_read": told(status(400, 415)),
    "half_a_form_leaves_nothing": heard(completed),
    "what_is_too_large_is_not_kept": told(status(400, 413)),
    "the_name_names_no_folder": heard(with_body(last_part), asks("POST")),
    # paths
    "no_path_leads_out": told(status(404, 417)),
    "no_path_begins_elsewhere": heard(from_the_root),
    "names_are_those_of_a_windows_folder": told(status(404, 417), asks("GET")),
    "a_path_is_needed": told(status(400, 417)),
    "a_name_has_255_bytes": told(answered(417, {}), long_name),
    "a_backslash_is_a_slash": told(answered(404, {}), asks("GET", "%5C")),
    "letter_case_is_no_difference": told(answered(404, {}), asks("GET", "fOLDER")),
    "composed_and_decomposed_are_one": told(answered(404, {}), decomposed),
    "a_percent_sign_is_a_character": heard(lambda r: replace(r, target=unquote(r.target)), asks("GET")),
    "a_name_is_of_a_file_or_a_folder": told(status(200, 417), asks("POST")),
    "a_folder_comes_with_its_first_file": told(answered(404, {}), asks("POST", "subFolder=")),
    "no_folder_is_the_folder_itself": told(answered(417, {}), lambda r: r.target.endswith("subFolder=")),
}

FURTHER: dict[str, tuple[str, Mangle]] = {
    "an upload of another account into ours": (
        "W50-files-accounts-apart",
        heard(with_header("Authorization", OWN_USER), lambda r: asks("POST")(r) and theirs(r)),
    ),
    "a deletion that merely reads": (
        "W50-file-delete-download",
        heard(hands_out_and_keeps, asks("DELETE", "download=true")),
    ),
    "a flag that is read too late": ("W50-file-download-flag", deletes_before_it_reads),
    "a form that is refused and half kept": ("W50-upload-broken", keeps_half),
    "a second file that is dropped": (
        "W50-upload-one-file",
        told(status(200, 417), lambda r: r.body.count(b"filename=") > 1),
    ),
    "a folder that is ignored": (
        "W50-sub-folder-created",
        heard(lambda r: replace(r, target=r.target.partition("?")[0]), asks("POST")),
    ),
    "a name with its folders": (
        "W50-file-attachment",
        told(header("content-disposition", 'attachment; filename="reports/2024/x.csv"'), asks("GET")),
    ),
    "the spelling of the last upload": (
        "W50-path-letter-case",
        told(lambda r: header("content-disposition", r.headers.get("content-disposition", "").lower())(r), asks("GET")),
    ),
    "escapes that nobody decodes a second time": (
        "W50-path-stays-inside",
        told(status(404, 417), asks("GET", "%252e")),
    ),
}
