"""The configuration file of a live account: what it says, and one line for whatever it says wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.configuration import read_configuration
from mailproof_conformance.target import Credential, Target, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable

MINIATURE = str(Path(__file__).parent / "miniature/openapi.yaml")
SECRET = "Basic c2VjcmV0OnNlc2FtZS0xNw=="
WHOLE = """
[target]
base_url = "https://api.example.test/v1/"
vintage = "2025"
[credentials]
authorization = "ACCOUNT"
headers = { X-Api-Key = "KEY" }
[credentials.others.no_permission]
authorization = "OTHER"
[samples]
contactId = "abc"
lists = { spare = 34 }
[pool]
contactListId = [34, 35]
contactId = ["abc"]
[fields]
Email = ["E-mail"]
[mail]
to = ["me@mailproof.example", "+353 86 123 4599"]
[limits]
rate = 2
budget = 500
[run]
prefix = "acme-test-"
"""
VARIABLES = {"ACCOUNT": SECRET, "KEY": "k1", "OTHER": "Basic b3RoZXI="}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "mailproof.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_all_that_a_file_says(written: Any) -> None:
    found = read_configuration(written(WHOLE), VARIABLES)
    assert ("https://api.example.test/v1", "2025") == (found.base_url, found.vintage)
    assert {"Authorization": SECRET, "X-Api-Key": "k1"} == found.credential.headers
    assert ["no_permission"] == list(found.others)
    assert {"contactListId": (34, 35), "contactId": ("abc",)} == found.own.pools
    assert ("me@mailproof.example", "+353 86 123 4599") == found.own.recipients
    assert (2.0, 500, "acme-test-") == (found.rate, found.budget, found.prefix)
    assert ("e-mail",) == found.own.field_names("Email")
    assert "mailproof.example" not in str(found.own)


def test_the_file_stands_over_the_environment_and_the_url_over_both(written: Any) -> None:
    found = read_configuration(written(WHOLE), VARIABLES)
    base = Target("mini", "http://127.0.0.1:1/a", Credential(api_key="old"), {"contactId": "x", "more": 1})
    target = found.target("mini", "http://127.0.0.1:2/b/", base)
    assert target is not None
    assert "http://127.0.0.1:2/b" == target.base_url
    assert {"contactId": "abc", "more": 1, "lists": {"spare": 34}} == target.samples
    assert SECRET == target.credential.headers["Authorization"]
    assert read_configuration(written("")).target("mini", None, None) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[target", "not TOML"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a = 1\n" * 200_000, "more than 1048576 bytes"),
        ("a = " + "[" * 5000, "not TOML"),
        ("[pools]\ncontactId = []", "unknown table [pools]"),
        ("target = 1", "target: must be a table"),
        ("[target]\nurl = 'x'", "unknown url; there are base_url, vintage"),
        ("[target]\nbase_url = 'ftp://x'", "not a base URL"),
        ("[target]\nvintage = 2024", "vintage: must be a text"),
        ("[run]\nallow = ['write']", "on the command line only"),
        ("[run]\nprefix = 'ab'", "6 to 40 letters"),
        ("[run]\nprefix = 'mailproof *'", "6 to 40 letters"),
        ("[credentials]\nauthorization = 'Basic c2VjcmV0'", "never the secret itself"),
        ("[credentials]\napi_key = 'NOT_SET'", "NOT_SET is not set"),
        ("[credentials.others.a]\nuser = 'b'", "unknown user"),
        ("[pool]\ncontactId = 'abc'", "must be an array of ids"),
        ("[pool]\ncontactId = [true]", "must be an array of ids"),
        ("[pool]\ncontactId = ['']", "must be an array of ids"),
        ("[mail]\nto = 'me@x.example'", "must be an array"),
        ("[mail]\nto = ['me@x.example, you@x.example']", "neither one e-mail address"),
        ("[mail]\nto = ['*@x']\n[limits]\nrate = 0", "limits.rate: must be a number above 0"),
        ("[limits]\nbudget = 1.5", "must be an integer above 0"),
        ("[limits]\nrate = inf", "must be a number above 0"),
        ("[samples]\nday = 2024-05-08", "is a date or a time"),
    ],
)
def test_a_mistake_is_one_line(written: Any, text: str | bytes, complaint: str) -> None:
    with pytest.raises(TargetError) as caught:
        read_configuration(written(text), {})
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_file_that_is_not_there_and_one_that_is_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(TargetError, match="cannot be read"):
            read_configuration(path)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--prefix", "ab"), "6 to 40 letters"),
        (("--mail-to", "me@x.example,you@x.example"), "neither one e-mail address"),
        (("--mail-to", ""), "neither one e-mail address"),
        (("--rate", "0"), "rate"),
        (("--config", "/nowhere/mailproof.toml"), "cannot be read"),
        (("--allow", "send"), "needs to know who may be sent to"),
    ],
)
def test_wrong_words_are_exit_2(
    command: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    complaint: str,
) -> None:
    monkeypatch.setenv("MAILPROOF_OPENAPI_AUTHORIZATION", SECRET)
    code, _, errors = command("check", MINIATURE, "--url", "http://203.0.113.7/mini", *words)
    assert 2 == code
    assert complaint in errors
    assert "Traceback" not in errors


def test_a_run_by_a_file(
    command: Callable[..., tuple[int, str, str]], bench: Any, things: Any, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bench(things())
    monkeypatch.setenv("ACCOUNT", made.target.credential.headers["Authorization"])
    text = f"[target]\nbase_url = '{made.target.base_url}'\n[credentials]\nauthorization = 'ACCOUNT'\n"
    path = written(text + "[samples]\nthingId = 'alpha'\n[limits]\nbudget = 40\n")
    code, output, errors = command("check", MINIATURE, "--config", str(path), "--only", "verbs/*")
    assert 0 == code, output + errors
