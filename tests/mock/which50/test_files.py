"""Files through the door: what a client of the sandbox sees, and what is left of it on the disk."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import socket
import stat
import zipfile
from contextlib import closing
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
import yaml

import mailproof_mock.which50 as home
from mailproof_mock.which50.file_names import file_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

JUNE = b"Email;Opened;Clicked\r\nada@harbour.example;4;1\r\nben@harbour.example;2;0\r\n"
LIMIT = 30_000_000
BOUNDARY = "9d1f0c52b9e84a6f"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def get(sandbox: Any, path: str, **options: Any) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", "GET", "/files", params={"filePath": path}, **options)
    return response


def delete(sandbox: Any, path: str, **query: str) -> httpx.Response:
    response: httpx.Response = sandbox.request("which50", "DELETE", "/files", params={"filePath": path, **query})
    return response


def upload(sandbox: Any, name: str, data: bytes, folder: str | None = None, **options: Any) -> httpx.Response:
    params = {} if folder is None else {"subFolder": folder}
    files = {"file": (name, data, "text/plain")}
    response: httpx.Response = sandbox.request("which50", "POST", "/files", params=params, files=files, **options)
    return response


def form(content: bytes, name: str = "a.bin") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return head + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def problem(response: httpx.Response) -> tuple[int, str]:
    assert {"Message", "MessageDetail"} >= set(response.json())
    return response.status_code, response.json()["Message"]


def detail(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["MessageDetail"]


def user(sandbox: Any, name: str) -> dict[str, Any]:
    return {"login": False, "headers": sandbox.provider("which50")["others"][name]["headers"]}


# --- what is there --------------------------------------------------------------------------------------------------


def test_a_file_is_handed_out(running_sandbox: Any) -> None:
    response = get(running_sandbox, "reports/june.csv")
    assert (200, JUNE) == (response.status_code, response.content)
    assert 'attachment; filename="june.csv"' == response.headers["content-disposition"]
    assert ("text/csv", "nosniff") == (response.headers["content-type"], response.headers["x-content-type-options"])


def test_a_picture_is_handed_out(running_sandbox: Any) -> None:
    response = get(running_sandbox, "logo.png")
    assert ("image/png", b"\x89PNG\r\n\x1a\n") == (response.headers["content-type"], response.content[:8])


def test_a_file_without_bytes_is_handed_out(running_sandbox: Any) -> None:
    response = get(running_sandbox, "empty.txt")
    assert (200, b"", "0") == (response.status_code, response.content, response.headers["content-length"])


def test_a_name_beyond_ascii_is_written_twice(running_sandbox: Any) -> None:
    header = get(running_sandbox, "Été à Dún Laoghaire.txt").headers["content-disposition"]
    plain, encoded = "_t_ _ D_n Laoghaire.txt", quote("Été à Dún Laoghaire.txt")
    assert f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}" == header


def test_a_path_has_several_spellings(running_sandbox: Any) -> None:
    for path in ("REPORTS/June.CSV", "reports\\june.csv", "Reports\\JUNE.csv", "ÉTÉ À dún laoghaire.TXT"):
        assert 200 == get(running_sandbox, path).status_code


def test_the_media_type_asked_for_is_that_of_errors_only(running_sandbox: Any) -> None:
    asked = {"headers": {"Accept": "application/xml"}}
    assert ("text/csv", JUNE) == (
        (response := get(running_sandbox, "reports/june.csv", **asked)).headers["content-type"],
        response.content,
    )
    missing = get(running_sandbox, "reports/july.csv", **asked)
    assert (404, "application/xml") == (missing.status_code, missing.headers["content-type"])
    assert b"<Error><Message>The file was not found.</Message></Error>" == missing.content


@pytest.mark.parametrize("path", ["nobody.csv", "reports", "reports/june.csv/x", "june.csv", "timetables/winter.csv"])
def test_what_is_no_file_of_the_account_is_not_found(running_sandbox: Any, path: str) -> None:
    for response in (get(running_sandbox, path), delete(running_sandbox, path, download="true")):
        assert (404, "The file was not found.") == problem(response)


def test_every_path_of_the_sandbox_is_one() -> None:
    with open(f"{next(iter(home.__path__))}/fixtures/files.yaml", encoding="utf-8") as file:  # noqa: PTH123 - a resource
        accounts: dict[str, Any] = yaml.safe_load(file)["accounts"]
    paths = [path for account in accounts.values() for path in account["blobs"]]
    assert paths == [file_path(path) for path in paths]


# --- what is done to it ---------------------------------------------------------------------------------------------


def test_a_file_comes_is_replaced_and_goes(sandbox: Any) -> None:
    for data in (bytes(range(256)) * 9, b"", b"two"):
        response = upload(sandbox, "new.bin", data, "a/b")
        assert (200, b"", None) == (response.status_code, response.content, response.headers.get("content-type"))
        assert data == get(sandbox, "a/b/new.bin").content
    response = delete(sandbox, "A\\B\\NEW.bin", download="TRUE")
    assert (200, b"two", "application/octet-stream") == (
        response.status_code,
        response.content,
        response.headers["content-type"],
    )
    assert 'attachment; filename="new.bin"' == response.headers["content-disposition"]
    assert 404 == get(sandbox, "a/b/new.bin").status_code


def test_a_deletion_says_nothing(sandbox: Any) -> None:
    response = delete(sandbox, "reports/june.csv")
    assert (200, b"", None) == (response.status_code, response.content, response.headers.get("content-type"))
    assert "content-disposition" not in response.headers


def test_a_deleted_file_comes_back_with_the_sandbox(sandbox: Any) -> None:
    delete(sandbox, "reports/june.csv")
    upload(sandbox, "new.csv", b"new")
    sandbox.reset()
    assert [200, 404] == [get(sandbox, path).status_code for path in ("reports/june.csv", "new.csv")]


@pytest.mark.parametrize("flag", ["maybe", "1", "yes", "null", "true,false", "%00", " true"])
def test_a_flag_is_true_or_false(sandbox: Any, flag: str) -> None:
    assert 400 == delete(sandbox, "reports/june.csv", download=flag).status_code
    assert JUNE == get(sandbox, "reports/june.csv").content


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?", 400),
        ("?filepath=reports/june.csv", 200),
        ("?FILEPATH=reports/june.csv", 200),
        ("?filePath=reports/june.csv&filePath=../x", 200),
        ("?filePath=../x&filePath=reports/june.csv", 417),
        ("?filePath", 417),
        ("?filePath=", 417),
        ("?filePath=%ff", 400),
        ("?filePath=reports/%C3", 400),
        ("?filePath=reports%2Fjune.csv", 200),
        ("?file=reports/june.csv", 400),
    ],
)
def test_what_the_query_says(running_sandbox: Any, query: str, status: int) -> None:
    assert status == running_sandbox.request("which50", "GET", f"/files{query}").status_code


def test_nobody_else_reads_or_writes(sandbox: Any) -> None:
    for name, expected in (("no_permission", 403), ("contacts_only", 403), ("files_reader", 200)):
        assert expected == get(sandbox, "reports/june.csv", **user(sandbox, name)).status_code
    for name in ("no_permission", "contacts_only", "files_reader"):
        assert 403 == upload(sandbox, "june.csv", b"x", "reports", **user(sandbox, name)).status_code
    assert 401 == get(sandbox, "../x", login=False).status_code
    assert 401 == upload(sandbox, "june.csv", b"x", "reports", login=False).status_code
    assert JUNE == get(sandbox, "reports/june.csv").content


def test_accounts_share_paths_and_no_files(sandbox: Any) -> None:
    other = user(sandbox, "other_account")
    assert 200 == upload(sandbox, "june.csv", b"theirs", "reports", **other).status_code
    assert b"theirs" == get(sandbox, "reports/june.csv", **other).content
    assert JUNE == get(sandbox, "reports/june.csv").content


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "OPTIONS"])
def test_other_verbs_are_refused(running_sandbox: Any, method: str) -> None:
    response = running_sandbox.request("which50", method, "/files?filePath=reports/june.csv")
    assert (405, "DELETE, GET, POST") == (response.status_code, response.headers["allow"])


# --- the form -------------------------------------------------------------------------------------------------------


def test_a_form_needs_one_file(sandbox: Any) -> None:
    def sent(**options: Any) -> httpx.Response:
        response: httpx.Response = sandbox.request("which50", "POST", "/files", **options)
        return response

    two = [("a", ("a.txt", b"1")), ("b", ("b.txt", b"2"))]
    same = [("a", ("a.txt", b"1")), ("a", ("b.txt", b"2"))]
    for options, expected in (
        ({"files": two}, "The form needs one value with a file name and has 2."),
        ({"files": same}, "The form needs one value with a file name and has 2."),
        ({"files": {"a": (None, b"1")}}, "The form needs one value with a file name and has 0."),
    ):
        assert (417, expected) == detail(sent(**options))
    empty = sent(content=f"--{BOUNDARY}--\r\n".encode(), headers={"Content-Type": TYPE})
    assert (417, "The form needs one value with a file name and has 0.") == detail(empty)
    assert [404, 404] == [get(sandbox, name).status_code for name in ("a.txt", "b.txt")]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"file=a.bin", 415),
        ("multipart/mixed; boundary=x", b"--x--", 415),
        ("application/octet-stream", b"x", 415),
        (None, b"x", 400),
        ("multipart/form-data", b"x", 400),
        (TYPE, form(b"x")[:-3], 400),
        (TYPE, form(b"x", name="\xff"), 200),
        (TYPE, b"", 400),
    ],
)
def test_a_body_that_is_no_form(sandbox: Any, content_type: str | None, body: bytes, status: int) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = sandbox.request("which50", "POST", "/files", content=body, headers=headers)
    assert status == response.status_code
    assert 404 == get(sandbox, "a.bin").status_code


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity"])
def test_an_encoded_body_is_read_as_it_is(sandbox: Any, encoding: str) -> None:
    body = gzip.compress(form(b"x"))
    headers = {"Content-Type": TYPE, "Content-Encoding": encoding}
    assert 400 <= sandbox.request("which50", "POST", "/files", content=body, headers=headers).status_code < 500
    assert 404 == get(sandbox, "a.bin").status_code


@pytest.mark.parametrize(
    "name", ["../a.bin", "reports/a.bin", "C:\\a.bin", "/a.bin", "\\\\server\\a.bin", "a.bin ", "NUL", "a:b", ""]
)
def test_a_file_name_is_no_path(sandbox: Any, name: str) -> None:
    response = sandbox.request("which50", "POST", "/files", content=form(b"x", name), headers={"Content-Type": TYPE})
    assert (417, "The parameters of the request are invalid.") == problem(response)
    assert 404 == get(sandbox, "a.bin").status_code


def test_a_file_and_a_folder_cannot_share_a_name(sandbox: Any) -> None:
    assert (417, "A folder has the name of the file.") == detail(upload(sandbox, "REPORTS", b"x"))
    assert (417, "A file has the name of the folder.") == detail(upload(sandbox, "x", b"x", "reports/JUNE.csv"))
    assert (417, "A file has the name of the folder.") == detail(upload(sandbox, "x", b"x", "logo.png/y/z"))


# --- limits ---------------------------------------------------------------------------------------------------------


def test_the_largest_upload_is_thirty_million_bytes_with_its_form(sandbox: Any) -> None:
    room = LIMIT - len(form(b""))
    headers = {"Content-Type": TYPE}
    largest = sandbox.request("which50", "POST", "/files", content=form(b"x" * room), headers=headers)
    assert 200 == largest.status_code
    assert b"x" * room == get(sandbox, "a.bin").content
    larger = sandbox.request("which50", "POST", "/files", content=form(b"y" * (room + 1)), headers=headers)
    assert (413, "The request body is too large.") == problem(larger)
    assert b"x" * 9 == get(sandbox, "a.bin").content[:9]


def test_a_folder_is_full_at_some_time(start_mock: Callable[..., Any], tmp_path: Path) -> None:
    mock = start_mock(tmp_path, "which50", "--set", "which50.files-most=6", "--set", "which50.files-bytes=1000")
    assert 200 == upload(mock, "sixth.txt", b"x").status_code
    assert (417, "The folder holds no more than 6 files.") == detail(upload(mock, "seventh.txt", b"x"))
    assert (417, "The folder holds no more than 1000 bytes.") == detail(upload(mock, "SIXTH.txt", b"x" * 1_000))
    assert 200 == upload(mock, "SIXTH.txt", b"x" * 100).status_code
    assert 200 == delete(mock, "sixth.txt").status_code
    assert 200 == upload(mock, "seventh.txt", b"x").status_code


def talk(sandbox: Any, raw: bytes) -> bytes:
    """Sends the bytes on a connection of its own, ends the sending, and reads what comes."""
    address = urlsplit(str(sandbox.url))
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


@pytest.mark.parametrize("length", ["Content-Length: {}", "Content-Length: 100000000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("share", [0, 40, 99])
def test_an_upload_that_the_client_cuts_off_leaves_nothing(sandbox: Any, share: int, length: str) -> None:
    entry = sandbox.provider("which50")
    whole = form(b"x" * 200_000)
    part = whole[: len(whole) * share // 100]
    base = urlsplit(str(entry["base_url"])).path
    head = (
        f"POST {base}/files HTTP/1.1\r\nHost: x\r\nContent-Type: {TYPE}\r\n{length.format(len(whole))}\r\n"
        f"Authorization: {entry['headers']['Authorization']}\r\n\r\n"
    ).encode()
    body = b"%x\r\n%b\r\n" % (len(part), part) if part and "chunked" in length else part
    assert b" 200 " not in talk(sandbox, head + body)[:20]
    assert 404 == get(sandbox, "a.bin").status_code
    assert JUNE == get(sandbox, "reports/june.csv").content


# --- the disk -------------------------------------------------------------------------------------------------------

UPS = (
    "..",
    "%2e%2e",
    "%2E%2e",
    ".%2e",
    "%252e%252e",
    "%25252e%25252e",
    "%c0%ae%c0%ae",
    "%e0%80%ae%e0%80%ae",
    "%f0%80%80%ae%f0%80%80%ae",
    "%25c0%25ae%25c0%25ae",
    "%ef%bc%8e%ef%bc%8e",
    "....",
    "..%20",
    "..%00",
    "%2e%2e%00",
    ".%20.",
    "%09..",
)
SEPARATORS = (
    "/",
    "//",
    "\\",
    "%2f",
    "%5c",
    "%252f",
    "%255c",
    "%c0%af",
    "%e0%80%af",
    "%25c0%25af",
    "%c1%9c",
    "%ef%bc%8f",
)
NAMES = ("%u002e%u002e", "..%u2215..%u2216", "..;", "..%3b", "~", "$HOME", "%25TEMP%25")
"""What looks like a way out and is a name."""


def spellings(secret: str) -> Iterator[str]:
    """Queries for a file outside of the folder, as they go on the wire."""
    for up, separator in product(UPS, SEPARATORS):
        yield f"{up}{separator}{secret}"
        yield f"reports{separator}" + f"{up}{separator}" * 4 + secret
    for root in ("/", "//", "\\", "\\\\?\\", "file://", "%2f", "%5c", "C:\\", "c%3a/", "%00/", "/%2e/", "%c0%af"):
        yield f"{root}{secret}"
    for name in NAMES:
        yield f"{name}/{secret}"


def is_name(query: str) -> bool:
    return query.startswith(NAMES)


class Wire:
    """One connection to the sandbox on which addresses go as they are."""

    def __init__(self, sandbox: Any) -> None:
        entry = sandbox.provider("which50")
        base = urlsplit(str(entry["base_url"]))
        self._prefix, self._headers = base.path, entry["headers"]
        self._connection = http.client.HTTPConnection(str(base.hostname), base.port or 80, timeout=20)

    def status(self, method: str, query: str, body: bytes | None = None) -> tuple[int, bytes]:
        headers = {**self._headers, **({} if body is None else {"Content-Type": TYPE})}
        self._connection.request(method, f"{self._prefix}/files?{query}", body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text("not for you")
    return folder


def test_no_way_leads_out_of_the_folder(start_mock: Callable[..., Any], outside: Path) -> None:
    mock = start_mock(outside, "which50", "--data", str(outside / "state.sqlite"))
    secrets = ("secret.txt", quote(str(outside / "secret.txt").lstrip("/")), "etc/passwd", "state.sqlite")
    before = {path.name for path in outside.iterdir()}
    with closing(Wire(mock)) as wire:
        for method, parameter, secret in (
            ("GET", "filePath", secrets[0]),
            ("GET", "filePath", secrets[1]),
            ("DELETE", "download=true&filePath", secrets[0]),
        ):
            for query in spellings(secret):
                status, body = wire.status(method, f"{parameter}={query}")
                assert status in ((404,) if is_name(query) else (400, 417)), (method, query)
                assert b"not for you" not in body
        for query in spellings("new"):
            status, _ = wire.status("POST", f"subFolder={query}", form(b"x"))
            assert status in ((200,) if is_name(query) else (400, 417)), query
        for secret in secrets:
            assert 404 == wire.status("GET", f"filePath={secret}")[0]
    assert 400 < len(set(spellings("secret.txt")))
    assert before == {path.name for path in outside.iterdir()}
    assert "not for you" == (outside / "secret.txt").read_text()
    assert JUNE == get(mock, "reports/june.csv").content


def test_what_is_kept_stays_in_the_data_file(
    start_mock: Callable[..., Any], stop_mock: Callable[[Any], int], tmp_path: Path
) -> None:
    folder, data = tmp_path / "mock", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    mock = start_mock(folder, "which50", "--data", str(data / "state.sqlite"))
    before = {path.name for path in folder.iterdir()} - {"ready.json"}
    for name in ("a.txt", "a.lnk", "state.sqlite", "%TEMP%", "~root", "$HOME", ".ssh", "-rf", "`id`", "$(id).txt"):
        assert 200 == upload(mock, name, name.encode(), "deep/er").status_code
    assert 0 == stop_mock(mock)
    assert {"state.sqlite", "state.sqlite-lock"} == {path.name for path in data.iterdir()}
    assert before == {path.name for path in folder.iterdir()}
    again = start_mock(folder, "which50", "--data", str(data / "state.sqlite"))
    assert b"state.sqlite" == get(again, "deep/er/state.sqlite").content


def bombs() -> dict[str, bytes]:
    """Archives that are small and hold much, that hold each other, and that lead elsewhere when they are opened."""
    zeros = io.BytesIO()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20_000_000))
    ways_out = io.BytesIO()
    with zipfile.ZipFile(ways_out, "w") as archive:
        archive.writestr("../../outside.txt", b"x")
        archive.writestr("/outside.txt", b"x")
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    nested = gzip.compress(bytes(1_000_000))
    for _ in range(5):
        nested = gzip.compress(nested)
    return {
        "zeros.zip": zeros.getvalue(),
        "ways-out.zip": ways_out.getvalue(),
        "nested.gz": nested,
        "zeros.json.gz": gzip.compress(bytes(20_000_000)),
        "laughs.svg": b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
        "link": b"IntxLNK\x01/\0e\0t\0c\0",
    }


def test_an_archive_is_bytes_as_any_other_file(sandbox: Any) -> None:
    for name, data in bombs().items():
        assert 200 == upload(sandbox, name, data).status_code
        response = get(sandbox, name)
        assert data == response.content, name
        assert "content-encoding" not in response.headers
    assert {"zeros.zip": "application/zip", "nested.gz": "application/gzip", "laughs.svg": "image/svg+xml"} == {
        name: get(sandbox, name).headers["content-type"] for name in ("zeros.zip", "nested.gz", "laughs.svg")
    }


def test_no_name_reaches_a_header(sandbox: Any) -> None:
    name = "a; filename=b.exe, Set-Cookie= c'%0d.txt"
    assert 417 == upload(sandbox, name, b"x").status_code
    name = "a; filename=b.exe, Set-Cookie= c'100%.txt"
    assert 200 == upload(sandbox, name, b"x").status_code
    header = get(sandbox, name).headers["content-disposition"]
    assert header.startswith("attachment; filename=\"a; filename=b.exe, Set-Cookie= c'100_.txt\"; filename*=UTF-8''")
    assert json.dumps(quote(name, safe="")).strip('"').split("%27")[0] in header
