"""Laws about the spellings of a path: each part of it is read alike, before a deletion and after it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mailproof_conformance.laws import law
from mailproof_conformance.which50.file_answers import disposition
from mailproof_conformance.which50.folder import FORBIDDEN, OK, TEXT, holds, kept, lacks, remove, upload

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_NAMES = ("a;b", "a; filename=b", "a'b", "a=b", "a,b", "a&b", "100%", "%41", "a+b", "#1", "(a) [b] {c}", "a@b", "~a")
"""What means something in a header, in a query or to a shell, and nothing in the name of a file."""


@law("W50-path-unicode-form")
def folders_are_composed_and_decomposed_too(check: Check) -> None:
    """Letters with accents in two folders, one form at upload, the other at download and deletion."""
    text = f"{check.fresh('folder-')} été"
    composed, decomposed = (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))
    pairs = [(composed, decomposed), (decomposed, composed)]
    pairs += [(f"{ours}/{ours}", f"{theirs}\\{theirs}") for ours, theirs in pairs]
    for folder, other in check.some(pairs, 2):
        with kept(check, "a.csv", folder=folder) as path:
            holds(check, f"{other}/a.csv", TEXT, f"the file {path!r} by the other form of its folder")
            response = upload(check, "a.csv", b"two", folder=other)
            check.equal(OK, response.status, f"an upload into {other!r}, which is {folder!r}")
            holds(check, path, b"two", f"the file {path!r} after an upload by the other form of its folder")
            check.equal(OK, remove(check, f"{other}/a.csv").status, f"the deletion of {path!r} by the other form")
            lacks(check, path, "a deleted file")


@law("W50-file-deleted")
def a_deletion_is_of_every_spelling(check: Check) -> None:
    """A file that was read in several spellings of its path, and deleted in another one."""
    mark = check.fresh("spelt-")
    name, folder = "Plain.CSV", f"{mark}/Inner"
    spellings = (
        f"{folder}/{name}",
        f"{folder}\\{name}".replace("/", "\\"),
        f"{folder}/{name}".upper(),
        f"{folder}/{name}".lower(),
    )
    for deleted in check.some(spellings, 2):
        with kept(check, name, folder=folder):
            for path in spellings:
                holds(check, path, TEXT, f"the file {path!r}")
            check.equal(OK, remove(check, deleted).status, f"the deletion of {deleted!r}, uploaded as {name!r}")
            for path in spellings:
                lacks(check, path, f"{path!r} after the deletion of {deleted!r}")


@law("W50-file-attachment")
def any_name_in_ascii_is_told(check: Check) -> None:
    """Names with what ends a parameter of a header, at their download and at their deletion."""
    for start in check.some(_NAMES, 4):
        name = f"{start} {check.fresh('')}.csv"
        with kept(check, name) as path:
            for response in (holds(check, path, TEXT, f"the file {name}"), remove(check, path, "true")):
                kind, parameters = disposition(response)
                told = parameters.get("filename")
                if "filename*" in parameters:  # it counts where both are there
                    told = unquote(parameters["filename*"].split("'", 2)[-1])
                check.equal(["attachment", name], [kind, told], "the Content-Disposition")


@law("W50-files-permission")
def a_reader_does_not_delete_by_download(check: Check) -> None:
    """Each value of `download` by a user with files:read alone."""
    with kept(check, check.fresh("reader-") + ".csv") as path:
        for flag in ("true", "false", "True", "1"):
            response = remove(check, path, flag, credentials="files_reader")
            check.equal(FORBIDDEN, response.status, f"the deletion with download={flag} by a user who may only read")
        holds(check, path, TEXT, "a file that a reader would have deleted")
