"""Laws about paths: which of them name the same file, and which lead out of the folder."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from mailproof_conformance.forms import MULTIPART
from mailproof_conformance.laws import law
from mailproof_conformance.which50.folder import (
    BAD_REQUEST,
    NOT_FOUND,
    OK,
    TEXT,
    UNMET,
    download,
    holds,
    kept,
    lacks,
    remove,
    upload,
)
from mailproof_conformance.wire import File

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailproof_conformance.check import Check

_LONGEST = 255
_SEVERAL_LETTERS = (("Straße", "Strasse"), ("Œuvre", "Oeuvre"), ("ﬁle", "file"), ("İz", "i̇z"))
"""The right one is what full case folding, or a look at them, makes of the left one."""
_OUTSIDE = (
    "..",
    "../a.csv",
    "reports/../../a.csv",
    "reports/../june.csv",
    "reports/..",
    "./a.csv",
    "reports/./a.csv",
    "..\\a.csv",
    "reports\\..\\..\\a.csv",
    "..\\/a.csv",
    "....//a.csv",
    "..../a.csv",
    ".. /a.csv",
    "... /a.csv",
    "%2e%2e/a.csv",
    "%2e%2e%2fa.csv",
    "..%2fa.csv",
    "..%5ca.csv",
    "%252e%252e%252fa.csv",
    "\N{FULLWIDTH FULL STOP}\N{FULLWIDTH FULL STOP}\N{FULLWIDTH SOLIDUS}a.csv",
)
"""As the server sees them, after the decoding of the query; those with escapes were encoded twice."""
_ABSOLUTE = (
    "/a.csv",
    "//server/share/a.csv",
    "\\a.csv",
    "\\\\server\\share\\a.csv",
    "\\\\?\\C:\\a.csv",
    "\\\\.\\pipe\\a",
    "C:\\a.csv",
    "C:a.csv",
    "c:/a.csv",
    "%2fa.csv",
)
_NO_NAMES = (
    "reports//a.csv",
    "reports/",
    "a.csv/",
    "CON",
    "nul.txt",
    "reports/COM1.csv",
    "LPT9",
    "aux .csv",
    "a.csv.",
    "a.csv ",
    "a./b.csv",
    "a<b.csv",
    "a>b.csv",
    'a"b.csv',
    "a|b.csv",
    "a?b.csv",
    "a*b.csv",
    "a.csv:stream",
    "a.csv::$DATA",
    "a\0.csv",
    "a.csv\0.png",
    "a\r\nX-Injected: 1.csv",
    "a\tb.csv",
    "a\x7fb.csv",
    "a%00.csv",
)


def _refused(check: Check, paths: Iterable[str]) -> None:
    for turn, path in enumerate(paths):
        folder = f"{path}x" if path.endswith(("/", "\\")) else path  # one separator at the end of a folder is no matter
        ways = (
            ("the download", partial(download, check, path)),
            ("the deletion", partial(remove, check, path, "true")),
            ("the upload into", partial(upload, check, "a.csv", folder=folder)),
        )
        for what, ask in check.some(ways, 2, turn) if folder == path else ways:
            response = ask()
            if what != "the upload into" or folder == path:
                check.equal(UNMET, response.status, f"{what} of {path!r}")
            check.true("x-injected" not in response.headers, "no header comes from a path")


@law("W50-path-stays-inside")
def no_path_leads_out(check: Check) -> None:
    """Ways up, in every spelling of dots, separators and escapes."""
    _refused(check, _OUTSIDE)


@law("W50-path-not-absolute")
def no_path_begins_elsewhere(check: Check) -> None:
    """Roots, drives, servers and devices."""
    _refused(check, _ABSOLUTE)


@law("W50-path-names")
def names_are_those_of_a_windows_folder(check: Check) -> None:
    """Names that such a folder cannot have, on their own and in a path."""
    _refused(check, _NO_NAMES)
    for name in ("CON", "nul.txt", "a.csv.", "a.csv ", "a:b.csv", "a?b.csv", ""):
        check.equal(UNMET, upload(check, name).status, f"the upload of a file named {name!r}")


@law("W50-path-empty")
def a_path_is_needed(check: Check) -> None:
    """No path, and an empty one."""
    for operation_id in ("get_file", "delete_file"):
        for query, expected in (("", BAD_REQUEST), ("?filePath=", UNMET), ("?filePath", UNMET)):
            response = check.call(operation_id, raw_query=query)
            check.equal(expected, response.status, f"{operation_id} with the query {query!r}")


@law("W50-path-length")
def a_name_has_255_bytes(check: Check) -> None:
    """A name of one byte each, and one in which most characters have two."""
    for letter in ("x", "é"):
        mark = check.fresh("long-") + ".txt"
        size = len(letter.encode())
        name = letter * ((_LONGEST - len(mark)) // size) + mark
        name = "y" * (_LONGEST - len(name.encode())) + name
        with kept(check, name) as path:
            holds(check, path, TEXT, f"a file with a name of {_LONGEST} bytes")
        long = f"y{name}"
        check.equal(UNMET, upload(check, long).status, "the upload of a name that is a byte too long")
        check.equal(UNMET, upload(check, "a.csv", folder=long).status, "the upload into a folder with such a name")
        check.equal(UNMET, download(check, long).status, "the download of such a name")
        check.equal(UNMET, remove(check, long).status, "the deletion of such a name")


@law("W50-path-separators")
def a_backslash_is_a_slash(check: Check) -> None:
    """A folder below another, spelt in each way at upload, download and deletion."""
    upper, lower = check.fresh("upper-"), check.fresh("lower-")
    for folder in (f"{upper}/{lower}", f"{upper}\\{lower}"):
        with kept(check, "a.csv", folder=folder):
            for path in (f"{upper}/{lower}/a.csv", f"{upper}\\{lower}\\a.csv", f"{upper}/{lower}\\a.csv"):
                holds(check, path, TEXT, f"the file {path!r}")
            check.equal(OK, remove(check, f"{upper}\\{lower}\\a.csv").status, "the deletion of a path with backslashes")
            lacks(check, f"{upper}/{lower}/a.csv", "a deleted file")
    folder = upper.replace("-", "_")
    with kept(check, "a.csv", folder=folder):
        check.equal(OK, remove(check, f"{folder}\\a.csv").status, "the deletion of a path with one backslash")
        lacks(check, f"{folder}/a.csv", "a deleted file")


@law("W50-path-letter-case")
def letter_case_is_no_difference(check: Check) -> None:
    """Another case at download, at a second upload, and at deletion; letters beyond ASCII too."""
    mark = check.fresh("case-")
    name, other = f"{mark}-Été.TXT", f"{mark}-éTÉ.txt".upper()
    with kept(check, name, folder=f"{mark}-Folder"):
        path = f"{mark}-fOLDER/{other}"
        holds(check, path, TEXT, "a file by another letter case")
        check.equal(OK, upload(check, other, b"two", folder=f"{mark}-FOLDER").status, "an upload in another case")
        response = holds(check, f"{mark}-Folder/{name}", b"two", "a file that was replaced in another letter case")
        shown = response.headers.get("content-disposition", "")
        check.true(quote(name) in shown, "the name of a file", expected=quote(name), actual=shown)
        check.equal(OK, remove(check, path.swapcase()).status, "a deletion in another letter case")
        lacks(check, f"{mark}-Folder/{name}", "a deleted file")


@law("W50-path-letter-case")
def letters_are_compared_one_by_one(check: Check) -> None:
    """What some comparison takes for one letter and another for two: each is another name, at download and deletion."""
    mark = check.fresh("letters-")
    for one, two in (_SEVERAL_LETTERS[0], *check.some(_SEVERAL_LETTERS[1:], 1)):
        for ours, theirs in ((two, one), (one, two)):
            with kept(check, f"{mark}-{ours}.txt") as path:
                other = f"{mark}-{theirs}.txt"
                lacks(check, other, f"{theirs!r} where there is {ours!r}")
                check.equal(
                    NOT_FOUND, remove(check, other).status, f"the deletion of {theirs!r} where there is {ours!r}"
                )
                holds(check, path, TEXT, f"the file named {ours!r}")


@law("W50-path-unicode-form")
def composed_and_decomposed_are_one(check: Check) -> None:
    """One form at upload, the other at download and deletion, both ways round."""
    for ours, theirs in (("NFC", "NFD"), ("NFD", "NFC")):
        text = f"{check.fresh('form-')} Šťastný été.txt"
        with kept(check, unicodedata.normalize("NFC" if ours == "NFC" else "NFD", text)):
            other = unicodedata.normalize("NFD" if theirs == "NFD" else "NFC", text)
            holds(check, other, TEXT, f"a file uploaded in {ours}, by its name in {theirs}")
            check.equal(OK, remove(check, other).status, f"the deletion of a file by its name in {theirs}")
            lacks(check, text, "a deleted file")


@law("W50-path-decoded-once")
def a_percent_sign_is_a_character(check: Check) -> None:
    """Names with percent signs, with a plus and with an ampersand, each character of the query escaped."""
    mark = check.fresh("escape-")
    for name in (f"{mark} 50% off.csv", f"{mark}%41.csv", f"{mark}+a&b=c.csv", f"{mark}%2B.csv"):
        with kept(check, name):
            escaped = "".join(f"%{byte:02x}" for byte in name.encode())
            response = check.call("get_file", raw_query=f"?filePath={escaped}")
            check.equal(OK, response.status, f"the download of {name!r}, every character escaped")
            check.equal(TEXT.decode(), response.text, f"the bytes of {name!r}")
            twice = unquote(name)
            if twice != name:
                lacks(check, twice, f"{twice!r}, which is {name!r} decoded once more")


@law("W50-path-file-or-folder")
def a_name_is_of_a_file_or_a_folder(check: Check) -> None:
    """A file named as a folder, and a folder named as a file, at the top and further down."""
    folder = check.fresh("folder-")
    with kept(check, "a.csv", folder=f"{folder}/inner"):
        check.equal(UNMET, upload(check, folder).status, "the upload of a file named as a folder")
        check.equal(UNMET, upload(check, "INNER", folder=folder).status, "the upload of a file named as a folder below")
        for path in (f"{folder}/inner/a.csv", f"{folder}/inner/a.csv/b"):
            response = upload(check, "c.csv", folder=path)
            check.equal(UNMET, response.status, "the upload into a folder named as a file")
        holds(check, f"{folder}/inner/a.csv", TEXT, "the file that was there first")


@law("W50-sub-folder-created")
def a_folder_comes_with_its_first_file(check: Check) -> None:
    """A folder below a folder, neither of them there; one separator at its end changes nothing."""
    upper = check.fresh("new-")
    name = check.fresh("in-it-") + ".csv"
    for end in ("", "/", "\\"):
        response = upload(check, name, folder=f"{upper}/new{end}")
        check.equal(OK, response.status, f"an upload into a folder that is not there, with {end!r} at its end")
        holds(check, f"{upper}/new/{name}", TEXT, "a file in a new folder")
        for elsewhere in (name, f"{upper}/{name}", f"new/{name}"):
            lacks(check, elsewhere, "a file in another folder than its own")
        remove(check, f"{upper}/new/{name}")


@law("W50-sub-folder-empty")
def no_folder_is_the_folder_itself(check: Check) -> None:
    """No parameter, and an empty one."""
    for query in ("", "?subFolder=", "?subFolder"):
        name = check.fresh("top-") + ".csv"
        form = {"file": File(name, TEXT)}
        response = check.call("upload_file", raw_query=query, body=form, content_type=MULTIPART)
        check.equal(OK, response.status, f"an upload with the query {query!r}")
        holds(check, name, TEXT, "a file in the folder itself")
        remove(check, name)
