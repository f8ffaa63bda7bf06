"""Forms as a request is read: what browsers, curl and .NET write, and what no client means to send."""

from __future__ import annotations

import base64
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof_mock.call import Problem, Upload
from mailproof_mock.forms import read_multipart, read_urlencoded

if TYPE_CHECKING:
    from collections.abc import Callable

TYPE = "multipart/form-data; boundary=x"
END = b"--x--\r\n"
NAMED = b'Content-Disposition: form-data; name="a"'
FILED = b'Content-Disposition: form-data; name="a"; filename="f.txt"'
LARGE = 30_000_000  # bytes, the most that reaches a reader
SECONDS = 5.0  # ten times what the slowest takes on a machine that does something else as well


def part(headers: bytes, content: bytes = b"", boundary: bytes = b"x") -> bytes:
    return b"--" + boundary + b"\r\n" + headers + b"\r\n\r\n" + content + b"\r\n"


def refusal(read: Callable[[], Any]) -> str:
    """The detail of the 400 with which something is refused."""
    with pytest.raises(Problem) as caught:
        read()
    assert "bad-request" == caught.value.name
    return caught.value.detail or ""


def multipart_refusal(body: bytes, content_type: str = TYPE) -> str:
    return refusal(lambda: read_multipart(body, content_type))


def read_or_refused(read: Callable[[], Any]) -> Any:
    """What is read, or None where it is refused with 400."""
    try:
        return read()
    except Problem as problem:
        if problem.name != "bad-request":
            raise
        return None


# --- what is read ---------------------------------------------------------------------------------------------------


def test_texts_and_files_by_name() -> None:
    body = (
        part(NAMED, "Zoë".encode()) + part(b"content-disposition: form-data;name=b;filename=f.csv", b"\x00\xff") + END
    )
    form = read_multipart(body, TYPE)
    assert {"a": "Zoë", "b": Upload("f.csv", "application/octet-stream", b"\x00\xff")} == form
    assert ["f.csv"] == [upload.filename for upload in form.uploads]


def test_a_text_without_a_name_is_nobodys_and_a_file_without_one_is_a_file() -> None:
    nameless = b'Content-Disposition: form-data; name=""'
    form = read_multipart(part(nameless, b"1") + part(nameless + b'; filename="f.txt"', b"2") + END, TYPE)
    assert ({""}, [b"2"]) == (set(form), [upload.data for upload in form.uploads])


def test_the_media_type_of_a_file_is_what_the_client_says() -> None:
    body = part(FILED + b"\r\nContent-Type: text/csv; charset=utf-16") + END
    assert "text/csv; charset=utf-16" == read_multipart(body, TYPE).uploads[0].content_type


def test_of_a_repeated_name_the_first_counts_and_every_file_is_there() -> None:
    body = part(NAMED, b"1") + part(FILED, b"2") + part(FILED, b"3") + part(NAMED, b"4") + END
    form = read_multipart(body, TYPE)
    assert ({"a": "1"}, [b"2", b"3"]) == (form, [upload.data for upload in form.uploads])


def test_what_stands_around_the_parts_is_ignored() -> None:
    body = b"This is a form.\r\n--not x\r\n" + part(NAMED, b"1") + END + b"--x\r\nafterwards"
    assert {"a": "1"} == read_multipart(body, TYPE)


@pytest.mark.parametrize("body", [END, b"--x--", b"before\r\n--x--", b"--x--  \r\nafter"])
def test_a_form_may_be_empty(body: bytes) -> None:
    assert {} == read_multipart(body, TYPE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"--",
        b"--y",
        b"\r\n--",
        b"\r\n--y\r\n",
        b"\r\n--xx\r\n",
        b"\r\n--x-\r\n",
        b"\r\n--x--y\r\n",
        b"\n--x\r\n",
        b"\r--x\r\n",
        b"\r\n -x\r\n",
        b"a\r\n--x b\r\n",
        NAMED + b"\r\n\r\nb",
        part(FILED, b"inner", b"y") + b"--y--\r\n",
    ],
)
def test_content_may_look_like_a_part_of_the_form(content: bytes) -> None:
    form = read_multipart(part(FILED, content) + part(NAMED, b"2") + END, TYPE)
    assert [content] == [upload.data for upload in form.uploads]


@given(st.binary(), st.text(max_size=20))
def test_bytes_and_texts_come_back(data: bytes, text: str) -> None:
    boundary = b"9d1f0c52b9e84a6f"
    body = part(FILED, data, boundary) + part(NAMED.replace(b'"a"', b'"t"'), text.encode(), boundary)
    form = read_multipart(body + b"--" + boundary + b"--\r\n", "multipart/form-data; boundary=9d1f0c52b9e84a6f")
    assert (data, text) == (form.uploads[0].data, form["t"])


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for whole in (body, b"--x\r\n" + body, part(NAMED, body), part(body) + END):
        read_or_refused(partial(read_multipart, whole, TYPE))
        read_or_refused(partial(read_urlencoded, whole))


@given(st.text("abx=;\"\\%*' -\r\n\t\0é", max_size=40))
def test_any_header_is_read_or_refused(text: str) -> None:
    for header in (f"Content-Disposition: form-data; name=a; {text}", f"Content-Disposition: form-data{text}", text):
        read_or_refused(partial(read_multipart, part(header.encode(), b"1") + END, TYPE))


def test_contents_are_not_decoded() -> None:
    encoded = base64.b64encode(b"Email;Mobile\r\n")
    body = part(FILED + b"\r\nContent-Transfer-Encoding: base64\r\nContent-Encoding: gzip", encoded) + END
    assert encoded == read_multipart(body, TYPE).uploads[0].data


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b'filename="june.csv"', "june.csv"),
        (b"filename=june.csv", "june.csv"),
        (b'FileName = "june.csv" ; ', "june.csv"),
        (b'filename="two words; and a semicolon.csv"', "two words; and a semicolon.csv"),
        ('filename="Été.csv"'.encode(), "Été.csv"),
        (b'filename="a\\"b.csv"', 'a"b.csv'),
        (b'filename="a%22b.csv"', 'a"b.csv'),
        (b'filename="a%0D%0Ab.csv"', "a\r\nb.csv"),
        (b'filename="a%20b.csv"', "a%20b.csv"),
        (b'filename="C:\\Users\\ada\\june.csv"', "C:\\Users\\ada\\june.csv"),
        (b'filename="\\\\\\\\server\\\\june.csv"', "\\\\server\\june.csv"),
        (b'filename="../june.csv"', "../june.csv"),
        (b"filename*=UTF-8''%C3%89t%C3%A9.csv", "Été.csv"),
        (b"filename*=iso-8859-1'fr'%C9t%E9.csv", "Été.csv"),
        (b"filename=\"_t_.csv\"; filename*=utf-8''%C3%89t%C3%A9.csv", "Été.csv"),
        (b"filename*=utf-8''%C3%89t%C3%A9.csv; filename=\"_t_.csv\"", "Été.csv"),
        (b"filename=\"=?utf-8?B?w4l0w6kuY3N2?=\"; filename*=utf-8''%C3%89t%C3%A9.csv", "Été.csv"),
        (b'filename="=?utf-8?B?w4l0w6kuY3N2?="', "Été.csv"),
        (b'filename=""', ""),
    ],
)
def test_file_names_as_clients_write_them(written: bytes, meant: str) -> None:
    body = part(b'Content-Disposition: form-data; name="a"; ' + written) + END
    assert [meant] == [upload.filename for upload in read_multipart(body, TYPE).uploads]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"name=a", "a"),
        (b'name="a b"', "a b"),
        (b'name="a%22b%0Ac"', 'a"b\nc'),
        (b'name="=?utf-8?B?R3LDtsOfZQ==?="', "Größe"),
        (b'name="files[]"', "files[]"),
        ('name="Größe"'.encode(), "Größe"),
    ],
)
def test_names_as_clients_write_them(written: bytes, meant: str) -> None:
    assert {meant: "1"} == read_multipart(part(b"Content-Disposition: form-data; " + written, b"1") + END, TYPE)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=x", b"x"),
        ('Multipart/Form-Data;BOUNDARY="x y:z"', b"x y:z"),
        ("multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA4", b"----WebKitFormBoundary7MA4"),
        ('multipart/form-data; note="; boundary=y"; boundary=x', b"x"),
        (f"multipart/form-data; boundary={'b' * 70}", b"b" * 70),
    ],
)
def test_boundaries_as_clients_write_them(content_type: str, boundary: bytes) -> None:
    assert {"a": "1"} == read_multipart(part(NAMED, b"1", boundary) + b"--" + boundary + b"--\r\n", content_type)


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data;",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        'multipart/form-data; boundary="x',
        f"multipart/form-data; boundary={'b' * 71}",
        "multipart/form-data; boundary=\xe9",
        "multipart/form-data; boundary=x; boundary=y",
        "multipart/form-data; boundary=x y",
        "multipart/form-data; boundary=another",
    ],
)
def test_a_boundary_is_needed(content_type: str) -> None:
    multipart_refusal(part(NAMED, b"1") + END, content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"\x00\xff" * 99,
        b"--x",
        b"--x\r\n",
        b"--x\r\n--x--\r\n",
        b"--x\r\n\r\n1\r\n--x--\r\n",
        part(NAMED, b"1"),
        part(NAMED, b"1") + b"--x",
        part(NAMED, b"1") + b"--x-",
        part(NAMED, b"1") + b"--x--y",
        part(NAMED, b"1")[:-2] + END,
        b"--x\r\n" + NAMED + b"\r\n",
        b"--x\r\n" + NAMED + b"\r\n\r\n",
        part(NAMED, b"1").replace(b"\r\n", b"\n") + b"--x--\n",
        part(NAMED, b"1").replace(b"\r\n", b"\r") + b"--x--\r",
        b'{"a": 1}',
        b"a=1",
    ],
)
def test_a_form_that_has_no_end_is_refused(body: bytes) -> None:
    multipart_refusal(body)


@pytest.mark.parametrize("size", range(1, 90, 4))
def test_a_form_that_is_cut_short_anywhere_is_refused(size: int) -> None:
    whole = part(FILED, b"content") + END
    multipart_refusal(whole[: len(whole) * size // 90])


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Type: text/plain",
        b"Content-Disposition: form-data",
        b'Content-Disposition: form-data; filename="f.txt"',
        b'Content-Disposition: attachment; name="a"',
        b'Content-Disposition: name="a"',
        b'Content-Disposition: form-data name="a"',
        b'Content-Disposition: form-data; name="a',
        b'Content-Disposition: form-data; name="a"b',
        b"Content-Disposition: form-data; name=a b",
        b"Content-Disposition: form-data; name=a; name=b",
        b"Content-Disposition: form-data; name=a; filename=f; filename=g",
        b"Content-Disposition: form-data; name=a; filename*=utf-16''%00a",
        b"Content-Disposition: form-data; name=a; filename*=utf-8''%ff",
        b"Content-Disposition: form-data; name=a; filename*=f.txt",
        b'Content-Disposition: form-data; name="=?utf-8?B?w4?="',
        b'Content-Disposition: form-data; name="=?utf-8?B?/w==?="',
        b'Content-Disposition: form-data; name="\xff"',
        NAMED + b"\r\n" + FILED,
        NAMED + b"\r\n folded: yes",
        NAMED + b"\r\nno colon",
        NAMED + b"\r\n: no name",
        NAMED + b"\rX: 1",
        NAMED + b"\nX: 1",
        b'Content-Disposition: form-data; name="' + b"a" * 9_000 + b'"',
        NAMED + b"\r\nX: " + b"y" * 20_000,
        NAMED + b"\r\nX: y" * 5_000,
    ],
)
def test_a_part_whose_headers_cannot_be_read_is_refused(headers: bytes) -> None:
    multipart_refusal(part(headers, b"1") + END)


def test_a_text_is_utf8() -> None:
    assert "a text in it is not UTF-8" in multipart_refusal(part(NAMED, b"\xff") + END)
    multipart_refusal(part(NAMED + b"\r\nContent-Type: text/plain; charset=iso-8859-1", b"\xe9") + END)


def test_there_is_a_limit_to_parts_and_to_texts() -> None:
    body = part(NAMED, b"1")
    assert {"a": "1"} == read_multipart(body * 1_000 + END, TYPE)
    assert "1000 parts" in multipart_refusal(body * 1_001 + END)
    assert 1_048_576 == len(str(read_multipart(part(NAMED, b"1" * 1_048_576) + END, TYPE)["a"]))
    assert "1048576 bytes" in multipart_refusal(part(NAMED, b"1" * 1_048_577) + END)


# --- without parts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b"a=1&b=two+words%21", {"a": "1", "b": "two words!"}),
        (b"a=1&a=2", {"a": "1"}),
        (b"a", {"a": ""}),
        (b"a=&b", {"a": "", "b": ""}),
        (b"=1&&=&", {}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"%C3%A9=%E2%82%AC", {"é": "€"}),
        (b"a=%00", {"a": "\0"}),
        (b"a=%zz%", {"a": "%zz%"}),
        (b"a=%2541", {"a": "%41"}),
    ],
)
def test_fields_without_parts(body: bytes, fields: dict[str, str]) -> None:
    assert fields == read_urlencoded(body)


@pytest.mark.parametrize(
    "body", [b"a=\xff", b"a=\xc3\xa9", b"a=%ff", b"%ff=1", b"a=%c0%af", b"a=%ed%a0%80", b"a=1&" * 1_001, b"&" * 100_000]
)
def test_fields_that_cannot_be_read_are_refused(body: bytes) -> None:
    refusal(lambda: read_urlencoded(body))


# --- time -----------------------------------------------------------------------------------------------------------

HOSTILE: dict[str, Callable[[], bytes]] = {
    "no boundary": lambda: b"x" * LARGE,
    "nothing but dashes": lambda: b"-" * LARGE,
    "nothing but line breaks": lambda: b"\r\n" * (LARGE // 2),
    "nothing but carriage returns": lambda: part(FILED, b"\r" * LARGE) + END,
    "nothing but boundaries": lambda: b"\r\n--x" * (LARGE // 5),
    "lines that begin as the boundary does": lambda: part(FILED, b"\r\n--xx" * (LARGE // 6)) + END,
    "boundaries that end late": lambda: part(FILED, (b"\r\n--x" + b" " * 1_000 + b".") * (LARGE // 1_006)) + END,
    "a boundary that never ends": lambda: part(FILED, b"\r\n--x" + b" " * LARGE) + END,
    "one huge header": lambda: part(b"X: " + b"y" * LARGE) + END,
    "many headers": lambda: part(b"X: y\r\n" * (LARGE // 6) + NAMED) + END,
    "many parameters": lambda: part(b"Content-Disposition: form-data" + b"; a=1" * (LARGE // 5)) + END,
    "many escaped quotation marks": lambda: (
        part(b'Content-Disposition: form-data; name="' + b'\\"' * (LARGE // 2)) + END
    ),
    "10,000 parts": lambda: part(NAMED, b"1") * 10_000 + END,
    "500,000 parts": lambda: part(NAMED) * 500_000 + END,
    "1,000 large parts": lambda: part(FILED, b"y" * 29_000) * 1_000 + END,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_form_takes_long(kind: str) -> None:
    body = HOSTILE[kind]()
    begin = time.process_time()
    assert set(read_or_refused(lambda: read_multipart(body, TYPE)) or ()) <= {"a"}
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize("text", [b"%41", b"%", b"+", b"a=1&", b"&", b"=", b"x"])
def test_no_form_without_parts_takes_long(text: bytes) -> None:
    body = b"a=" + text * (LARGE // len(text))
    begin = time.process_time()
    assert set(read_or_refused(lambda: read_urlencoded(body)) or ()) <= {"a"}
    assert time.process_time() - begin < SECONDS
