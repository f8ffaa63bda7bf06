"""What a file of the account's folder may be called: the one place that judges a path.

No path ever reaches a file system: a file is a blob of the store, under its path as text. The rules are those of a
Windows folder all the same, because the vendor's is one, and because a path that this mock took would lead a client
to one that the vendor refuses.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from mailproof_mock.call import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OF_A_NAME = 255  # bytes in UTF-8
MOST_OF_A_PATH = 1_024  # bytes in UTF-8
MOST_LEVELS = 16  # names in a path, that of the file included

_SEPARATORS = re.compile(r"[/\\]")
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN = frozenset('<>:"|?*')
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # controls, breaks, halves of a character
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they show `gpj.exe` as `exe.jpg`
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\..*)?", re.IGNORECASE
)


def file_path(text: str) -> str:
    """The path of a file below the folder, names with `/` between them. Raises Problem("expectation-failed")."""
    return _path(text, "filePath")


def folder_path(text: str) -> str:
    """The path of a folder below the folder, empty for itself; one separator may stand at its end.

    Raises Problem("expectation-failed").
    """
    if not text:
        return ""
    return _path(text[:-1] if len(text) > 1 and _SEPARATORS.match(text[-1]) else text, "subFolder")


def file_name(text: str) -> str:
    """The name of a file without any folder. Raises Problem("expectation-failed")."""
    name = _path(text, "the name of the file")
    if "/" in name:
        raise _refusal("the name of the file", "it names a folder")
    return name


def joined(folder: str, name: str) -> str:
    """The path of a file in a folder. Raises Problem("expectation-failed") where it is too long."""
    return _path(f"{folder}/{name}" if folder else name, "the path of the file")


def folded(path: str) -> str:
    """A path as it is compared: without regard to letter case, letter by letter, as a Windows folder does."""
    if path.isascii():
        return path.lower()
    return "".join(lower if len(lower := character.lower()) == 1 else character for character in path)


def _path(text: str, what: str) -> str:
    path = _normal(text, what)
    for reading in _readings(path, what):
        _stays_inside(reading, what)
    names = _SEPARATORS.split(path)
    if len(names) > MOST_LEVELS:
        raise _refusal(what, f"it has more than {MOST_LEVELS} levels")
    for name in names:
        _is_name(name, what)
    return "/".join(names)


def _normal(text: str, what: str) -> str:
    """The text in Unicode's composed form, within the limit of length before and after."""
    if not text:
        raise _refusal(what, "it is empty")
    path = text
    for again in (False, True):
        if _size(path) > MOST_OF_A_PATH:
            raise _refusal(what, f"it has more than {MOST_OF_A_PATH} bytes")
        path = path if again else unicodedata.normalize("NFC", path)
    return path


def _readings(path: str, what: str) -> Iterator[str]:
    """The path as it stands, and as a careless reader behind us would take it.

    That is in Unicode's compatibility form and with its escapes decoded, however often either changes it.
    """
    while True:
        yield path
        compatible = unicodedata.normalize("NFKC", path)
        yield compatible
        try:
            decoded = unquote_to_bytes(compatible).decode()
        except UnicodeDecodeError:
            raise _refusal(what, "it has an escape that is no character") from None
        if decoded == compatible:
            return
        path = decoded


def _stays_inside(path: str, what: str) -> None:
    if _UNSEEN.search(path):
        raise _refusal(what, "it has a control character")
    if _SEPARATORS.match(path) or _DRIVE.match(path):
        raise _refusal(what, "it does not begin in the folder")
    if any(name and not name.strip(" .") for name in _SEPARATORS.split(path)):
        raise _refusal(what, "it leaves the folder")


def _is_name(name: str, what: str) -> None:
    if not name:
        raise _refusal(what, "it has an empty name")
    if _size(name) > MOST_OF_A_NAME:
        raise _refusal(what, f"a name in it has more than {MOST_OF_A_NAME} bytes")
    if _FORBIDDEN & set(name) or _TURNING.search(name):
        raise _refusal(what, "it has a character that no file name has")
    if name[-1] in " .":
        raise _refusal(what, "a name in it ends in a dot or a space")
    if _DEVICE.fullmatch(name):
        raise _refusal(what, "it names a device")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _refusal(what: str, why: str) -> Problem:
    return Problem("expectation-failed", f"{what}: {why}.")
