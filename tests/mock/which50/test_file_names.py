"""Paths of files: several hundred spellings that lead out of a folder, and every name that a folder cannot have."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof_mock.call import Problem
from mailproof_mock.which50.file_names import file_name, file_path, folded, folder_path, joined


def refused(path: str) -> bool:
    try:
        file_path(path)
    except Problem as problem:
        return problem.name == "expectation-failed"
    return False


# --- ways out -------------------------------------------------------------------------------------------------------

UPS = ("..", "...", ". .", " ..", ".. ", "\uff0e\uff0e", "%2e%2e", "%2E.", "%252e%252e", "..\u00a0", ".\u3000.", ".")
SEPARATORS = ("/", "\\", "//", "\\/", "%2f", "%5C", "%252f", "\uff0f", "\uff3c", "/./")
ENDS = ("etc/passwd", "windows\\win.ini", "mailproof.sqlite", "")
ROOTS = (
    "/etc/passwd",
    "//server/share/a",
    "\\windows\\win.ini",
    "\\\\server\\share\\a",
    "\\\\?\\C:\\a",
    "\\\\.\\COM1",
    "\\??\\C:\\a",
    "C:\\a",
    "C:/a",
    "c:a",
    "C%3a\\a",
    "\uff23:\\a",
    "file:///etc/passwd",
    "%2fetc%2fpasswd",
    "%5c%5cserver%5cshare",
    "\uff0fetc",
    "~/../a",
    "%00/etc/passwd",
)


def ways_up(up: str, separator: str) -> list[str]:
    """A way up, on its own and behind a folder that there is, to several ends."""
    twice = f"{up}{separator}{up}"
    return [path for end in ENDS for path in (f"{up}{separator}{end}", f"reports{separator}{twice}{separator}{end}")]


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
@pytest.mark.parametrize("up", UPS, ids=ascii)
def test_no_way_up_leads_out(up: str, separator: str) -> None:
    assert [] == [path for path in ways_up(up, separator) if not refused(path)]


@pytest.mark.parametrize("path", ROOTS, ids=ascii)
def test_no_path_begins_elsewhere(path: str) -> None:
    assert refused(path)


@given(st.text("./\\% 2eEfF5cC:~a\0", min_size=1, max_size=30))
def test_what_is_taken_stays_inside(path: str) -> None:
    if not refused(path):
        names = file_path(path).split("/")
        assert all(name.strip(". ") for name in names)
        assert not set(path) & {"\0", ":"}


@given(st.text(max_size=80))
def test_any_text_is_taken_or_refused(path: str) -> None:
    if not refused(path):
        taken = file_path(path)
        assert taken == file_path(taken)
        assert folded(taken) == folded(folded(taken))
        assert len(taken) == len(folded(taken))


def test_a_path_may_not_be_half_a_character() -> None:
    assert refused("a\ud800.csv")
    assert refused("a/\udfff")


def test_escapes_within_escapes_come_to_an_end() -> None:
    assert refused("%" + "25" * 510 + "2e")
    assert not refused("%" + "25" * 120 + "41")


# --- names ----------------------------------------------------------------------------------------------------------

SYSTEM = ("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$")
DEVICES = (*SYSTEM, *(f"COM{number}" for number in range(10)), "LPT1", "LPT9", "COM\u00b9")
UNSEEN = (*map(chr, range(32)), "\x7f", "\x85", "\u2028", "\u202e", "\u2066")


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_is_no_file(device: str) -> None:
    for form in ("{}", "{}.txt", "{}.tar.gz", "{} .txt", "reports/{}", "{}/june.csv"):
        for name in (device, device.lower(), device.title()):
            assert refused(form.format(name))


@pytest.mark.parametrize("name", ["CONSOLE", "nullable.txt", "COM", "COM10", "LPT", "a.con", "auxiliary", "xCOM1.txt"])
def test_a_name_may_begin_like_a_device(name: str) -> None:
    assert name == file_path(name)


@pytest.mark.parametrize("character", [*'<>:"|?*', *UNSEEN], ids=ascii)
def test_some_characters_are_in_no_name(character: str) -> None:
    for form in ("{}", "a{}", "{}a", "a{}b/c", "a/b{}c"):
        assert refused(form.format(character))


@pytest.mark.parametrize("name", ["a.", "a ", "a. ", "a/b./c", "a /b", ".", " ", "a//b", "a/", "a\\", "", "a/ /b"])
def test_no_name_is_empty_or_ends_in_a_dot_or_space(name: str) -> None:
    assert refused(name)


@pytest.mark.parametrize(
    "path",
    [
        "june.csv",
        "reports/2024/june.csv",
        ".htaccess",
        "a..b",
        "..a",
        " a",
        "a b.csv",
        "50% off.csv",
        "100%.csv",
        "%41.csv",
        "it's (1) [final], really & truly; yes=no #1 @home ~backup +more !.csv",
        "PROGRA~1",
        "a\u00a0b",
        "\N{ZERO WIDTH JOINER}\N{SAILBOAT}.txt",
        "Отчёт/報告.xlsx",
        "\uff1f.txt",
    ],
)
def test_an_ordinary_path_is_what_it_was(path: str) -> None:
    assert path == file_path(path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("reports\\june.csv", "reports/june.csv"),
        ("a\\b/c\\d", "a/b/c/d"),
        ("E\u0301te\u0301.txt", "Été.txt"),
        ("\u212bngstr\u00f6m", "\u00c5ngstr\u00f6m"),
    ],
)
def test_one_path_in_several_spellings(written: str, meant: str) -> None:
    assert unicodedata.normalize("NFC", meant) == file_path(written)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("June.CSV", "jUNE.csv", True),
        ("ÉTÉ", "été", True),
        ("ОТЧЁТ", "отчёт", True),
        ("straße", "STRASSE", False),
        ("straße", "STRAẞE", True),
        ("\N{LATIN SMALL LETTER DOTLESS I}", "I", False),
        ("İ", "i", False),
        ("\N{KELVIN SIGN}", "k", True),
    ],
)
def test_letter_case_is_compared_letter_by_letter(one: str, other: str, same: bool) -> None:
    assert same == (folded(file_path(one)) == folded(file_path(other)))


@pytest.mark.parametrize("letter", ["x", "é", "報", "\N{SAILBOAT}"])
def test_a_name_has_255_bytes_and_a_path_1024(letter: str) -> None:
    size = len(letter.encode())
    name = letter * (255 // size) + "y" * (255 % size)
    assert name == file_path(name)
    assert refused(f"{name}y")
    path = "/".join([name] * 4)
    assert path == file_path(f"{path}"[:-4] + path[-4:])
    assert 1_023 == len(path.encode())
    assert refused(f"{path}/y")
    assert refused("\u0958" * 300)  # composed, it is longer: each becomes two


def test_a_path_has_sixteen_levels() -> None:
    path = "/".join("abcdefghijklmnop")
    assert path == file_path(path)
    assert refused(f"{path}/q")
    with pytest.raises(Problem):
        joined(path, "q")


def test_a_folder_may_be_empty_or_end_in_one_separator() -> None:
    assert ["", "a", "a/b", "a/b"] == [folder_path(text) for text in ("", "a", "a/b/", "a\\b\\")]
    for text in ("/", "\\", "a//", "a/\\", "//"):
        with pytest.raises(Problem):
            folder_path(text)


def test_a_file_name_has_no_folder() -> None:
    assert "june.csv" == file_name("june.csv")
    for text in ("reports/june.csv", "reports\\june.csv", "", "/june.csv", "june.csv/", "C:\\june.csv"):
        with pytest.raises(Problem):
            file_name(text)
    assert ["a/b", "b"] == [joined("a", "b"), joined("", "b")]


def test_a_refusal_says_what_and_why() -> None:
    with pytest.raises(Problem) as caught:
        file_path("reports/../june.csv")
    assert ("expectation-failed", "filePath: it leaves the folder.") == (caught.value.name, caught.value.detail)
