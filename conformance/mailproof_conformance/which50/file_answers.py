"""Laws about what an answer says of the file in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Broken
from mailproof_conformance.which50.folder import TEXT, holds, kept, remove

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)')
_ENCODED = re.compile(r"utf-8'[\w-]*'(.*)", re.IGNORECASE)

_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "html": "text/html",
    "json": "application/json",
    "xml": "application/xml",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
}
"""Endings about which no two servers differ."""


def disposition(response: Response) -> tuple[str, dict[str, str]]:
    """The kind and the parameters of a Content-Disposition, quotes undone, names in lower case."""
    header = response.headers.get("content-disposition")
    if header is None:
        raise Broken("the header Content-Disposition", "that of an attachment", None)
    kind = header.partition(";")[0].strip().lower()
    found = {name.lower(): value for name, value in _PARAMETER.findall(header)}
    return kind, {
        name: re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value for name, value in found.items()
    }


@law("W50-file-attachment")
def a_download_is_an_attachment(check: Check) -> None:
    """A file in a folder: its download, and the answer to its deletion."""
    name = check.fresh("attachment-") + " (1), final.csv"
    with kept(check, name, folder="reports/2024") as path:
        for response in (holds(check, path, TEXT, "a file in a folder"), remove(check, path, "true")):
            kind, parameters = disposition(response)
            check.equal("attachment", kind, "the kind of the Content-Disposition")
            check.equal(name, parameters.get("filename"), "the name in the Content-Disposition")


@law("W50-file-attachment-beyond-ascii")
def any_name_survives(check: Check) -> None:
    """Letters of several alphabets, and a character that is two in UTF-16."""
    for letters in ("Été à Dún Laoghaire", "Отчёт", "報告", "\N{SAILBOAT} & \N{PARTY POPPER}"):
        name = f"{letters} {check.fresh('')}.txt"
        with kept(check, name) as path:
            _, parameters = disposition(holds(check, path, TEXT, f"the file {name}"))
            match = _ENCODED.fullmatch(parameters.get("filename*", ""))
            actual = None if match is None else unquote_to_bytes(match[1]).decode("utf-8", "replace")
            check.equal(name, actual, "the name in filename*")
            plain = parameters.get("filename", "")
            check.true(plain and plain.isascii(), "the name in filename", expected="a name in ASCII", actual=plain)


@law("W50-file-media-type")
def the_ending_says_the_type(check: Check) -> None:
    """Well-known endings, in small letters and capitals, uploaded as something else."""
    for turn, (ending, expected) in enumerate(_TYPES.items()):
        for written in check.some((ending, ending.upper()), 1, turn):
            with kept(check, f"{check.fresh('type-')}.{written}", media_type="application/x-unheard-of") as path:
                response = holds(check, path, TEXT, f"a file that ends in .{written}")
                check.equal(expected, response.media_type, f"the media type of a file that ends in .{written}")


@law("W50-file-media-type-unknown")
def an_unknown_ending_says_nothing(check: Check) -> None:
    """Endings that nobody knows, and none at all."""
    for ending in (".unheard-of", "", ".csv~", ".png.unheard-of"):
        with kept(check, f"{check.fresh('type-')}{ending}", media_type="text/html") as path:
            response = holds(check, path, TEXT, f"a file that ends in {ending!r}")
            check.equal("application/octet-stream", response.media_type, f"the media type of a file {ending!r}")
