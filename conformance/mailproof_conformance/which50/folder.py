"""The folder of an account as a law uses it: with files of its own, which are gone when the law is done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailproof_conformance.check import DEFAULT
from mailproof_conformance.exchange import printable
from mailproof_conformance.forms import MULTIPART
from mailproof_conformance.wire import File

if TYPE_CHECKING:
    from collections.abc import Generator

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND = 200, 400, 403, 404
TOO_LARGE, UNSUPPORTED, UNMET = 413, 415, 417

TEXT = b"Email;Mobile\r\nada@harbour.example;+353851234567\r\n"


def upload(  # noqa: PLR0913 - the parts of an upload
    check: Check,
    name: str,
    data: bytes = TEXT,
    *,
    folder: str | None = None,
    media_type: str = "text/csv",
    credentials: Credentials | str = DEFAULT,
) -> Response:
    """The answer to the upload of one file."""
    query = {} if folder is None else {"subFolder": folder}
    body = {"file": File(name, data, media_type)}
    return check.call("upload_file", query=query, body=body, content_type=MULTIPART, credentials=credentials)


def download(check: Check, path: str, *, credentials: Credentials | str = DEFAULT) -> Response:
    """The answer to a download."""
    return check.call("get_file", query={"filePath": path}, credentials=credentials)


def remove(check: Check, path: str, flag: str | None = None, *, credentials: Credentials | str = DEFAULT) -> Response:
    """The answer to a deletion; `flag` is the value of `download`."""
    query = {"filePath": path} if flag is None else {"filePath": path, "download": flag}
    return check.call("delete_file", query=query, credentials=credentials)


@contextmanager
def kept(
    check: Check, name: str, data: bytes = TEXT, *, folder: str | None = None, media_type: str = "text/csv"
) -> Generator[str]:
    """The path of a file that is in the folder for a while. Raises Broken where its upload is not taken."""
    response = upload(check, name, data, folder=folder, media_type=media_type)
    check.equal(OK, response.status, f"the upload of {name}")
    path = f"{folder}/{name}" if folder else name
    try:
        yield path
    finally:
        with check.tidying():
            remove(check, path)


def holds(check: Check, path: str, data: bytes, about: str) -> Response:
    """The download of a file. Raises Broken unless it has those bytes."""
    response = download(check, path)
    check.equal(OK, response.status, f"the download of {about}")
    is_file(check, data, response, about)
    return response


def is_file(check: Check, data: bytes, response: Response, about: str) -> None:
    """Raises Broken unless the body of an answer is those bytes."""
    same = data == response.content
    check.true(same, f"the bytes of {about}", expected=printable(data), actual=printable(response.content))


def lacks(check: Check, path: str, about: str) -> None:
    """Raises Broken unless there is no file at a path."""
    check.equal(NOT_FOUND, download(check, path).status, f"the download of {about}")
