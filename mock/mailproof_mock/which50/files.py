"""Files of the account's folder: blobs of the store, each under its path."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from mailproof_mock.call import Answer, Problem
from mailproof_mock.which50.file_names import file_name, file_path, folded, folder_path, joined
from mailproof_mock.which50.file_types import media_type_of

if TYPE_CHECKING:
    from mailproof_mock.call import Call, Form, Upload
    from mailproof_mock.world import World

_ATTRIBUTE = "!#$&+-.^_`|~"  # what RFC 8187 lets stand beside letters and digits
_QUOTED_BADLY = frozenset('"\\%')  # a quotation mark ends the text, and some clients decode escapes in it


async def get_file(call: Call) -> Answer:
    """GET files?filePath={filePath}."""
    path = file_path(call.query["filePath"])
    name = await _known(call.world, path)
    return _handed_out(name, await call.world.fetch(name))


async def upload_file(call: Call) -> Answer:
    """POST files?subFolder={subFolder}."""
    folder = folder_path(call.query.get("subFolder", ""))
    upload = _the_file(call)
    path = joined(folder, file_name(upload.filename))
    kept = await call.world.kept()
    name = _spelt(path, kept) or path
    _has_a_place(name, kept)
    _has_room(call, {**kept, name: len(upload.data)})
    await call.world.keep(name, upload.data)
    return Answer(None)


async def delete_file(call: Call) -> Answer:
    """DELETE files?filePath={filePath}&download={download}."""
    path = file_path(call.query["filePath"])
    name = await _known(call.world, path)
    answer = _handed_out(name, await call.world.fetch(name)) if call.query["download"] else Answer(None)
    await call.world.discard(name)
    return answer


async def _known(world: World, path: str) -> str:
    """The path of a file as it was given at its upload. Raises Problem("unknown-file")."""
    name = _spelt(path, await world.kept())
    if name is None:
        raise Problem("unknown-file")
    return name


def _spelt(path: str, kept: dict[str, int]) -> str | None:
    """The one of the paths that are kept that this is, in whichever letter case."""
    if path in kept:
        return path
    wanted = folded(path)
    return next((name for name in kept if len(name) == len(path) and folded(name) == wanted), None)


def _the_file(call: Call) -> Upload:
    form: Form = call.body
    if len(form.uploads) != 1:
        raise Problem("expectation-failed", f"The form needs one value with a file name and has {len(form.uploads)}.")
    return form.uploads[0]


def _has_a_place(path: str, kept: dict[str, int]) -> None:
    """Raises Problem("expectation-failed") where a folder has the file's name, or a file that of a folder above it."""
    wanted = folded(path)
    for other in map(folded, kept):
        if other.startswith(f"{wanted}/"):
            raise Problem("expectation-failed", "A folder has the name of the file.")
        if wanted.startswith(f"{other}/"):
            raise Problem("expectation-failed", "A file has the name of the folder.")


def _has_room(call: Call, kept: dict[str, int]) -> None:
    files, size = call.settings["files-most"], call.settings["files-bytes"]
    if len(kept) > files:
        raise Problem("expectation-failed", f"The folder holds no more than {files} files.")
    if sum(kept.values()) > size:
        raise Problem("expectation-failed", f"The folder holds no more than {size} bytes.")


def _handed_out(path: str, data: bytes | None) -> Answer:
    name = path.rpartition("/")[2]
    headers = {"Content-Disposition": _disposition(name), "X-Content-Type-Options": "nosniff"}
    return Answer(data or b"", headers=headers, media_type=media_type_of(name))


def _disposition(name: str) -> str:
    """The header that names a download (RFC 6266): quoted, and encoded (RFC 8187) where quoting cannot say it."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in _QUOTED_BADLY else "_" for c in name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe=_ATTRIBUTE)}"
