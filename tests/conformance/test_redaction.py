"""No credential reaches an output, in whatever form it travels."""

from __future__ import annotations

import base64
import json
import shlex
from html import escape as html_escape
from urllib.parse import quote, quote_plus

import pytest

from mailproof_conformance.curl import curl_line
from mailproof_conformance.exchange import Request
from mailproof_conformance.near_misses import near_misses
from mailproof_conformance.redaction import Redactor
from mailproof_conformance.target import Credential, Target

PASSWORD = 'pass"word & more'
TOKEN = base64.b64encode(f"someone:{PASSWORD}".encode()).decode()
TARGET = Target(
    "mini",
    "http://127.0.0.1:1/mini",
    Credential({"Authorization": f"Basic {TOKEN}", "X-Api-Key": "k-12345"}, "00112233"),
    {},
    {"the guest": Credential({"Authorization": "Bearer guest-token"})},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Authorization: Basic {TOKEN}", "Authorization: ${MAILPROOF_MINI_AUTHORIZATION}"),
        (f"basic {TOKEN}", "basic ${MAILPROOF_MINI_AUTHORIZATION_TOKEN}"),
        (f"user {PASSWORD}!", "user ${MAILPROOF_MINI_AUTHORIZATION_PASSWORD}!"),
        (quote(PASSWORD, safe=""), "${MAILPROOF_MINI_AUTHORIZATION_PASSWORD}"),
        (json.dumps([PASSWORD]), '["${MAILPROOF_MINI_AUTHORIZATION_PASSWORD}"]'),
        ('{"params":["00112233"]}', '{"params":["${MAILPROOF_MINI_API_KEY}"]}'),
        ("k-12345", "${MAILPROOF_MINI_X_API_KEY}"),
        ("Bearer guest-token", "${MAILPROOF_MINI_THE_GUEST_AUTHORIZATION}"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_a_secret_is_replaced_by_its_variable(text: str, expected: str) -> None:
    assert expected == Redactor(TARGET).text(text)


@pytest.mark.parametrize(("user", "password"), [("shop", "xyzpwd123"), ("api@shop.example", "Tr4wler-Basket")])
def test_what_almost_is_a_secret_does_not_give_it_away(user: str, password: str) -> None:
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    key = "ab12CD34ef56"
    others = {"api_key": Credential({"X-Api-Key": key})}
    redactor = Redactor(
        Target("mini", "http://127.0.0.1:1", Credential({"Authorization": f"Basic {token}"}), {}, others)
    )
    for near in near_misses(password).values():
        sent = base64.b64encode(f"{user}:{near}".encode()).decode()
        assert "${MAILPROOF_MINI" in redactor.text(f"Authorization: Basic {sent}")
    for near in near_misses(key).values():
        assert "${MAILPROOF_MINI" in redactor.text(f"X-Api-Key: {near}")


@pytest.mark.parametrize("dots", ["", "..."])
def test_a_secret_that_was_cut_off_is_no_longer_its_start(dots: str) -> None:
    cut = "x" * 200 + f"Basic {TOKEN}"[:12] + dots
    assert "x" * 200 + "${MAILPROOF_MINI_AUTHORIZATION}..." == Redactor(TARGET).text(cut)


def test_a_large_part_of_a_secret_is_hidden_too() -> None:
    half = len(TOKEN) // 2
    first, second = (Redactor(TARGET).text(part) for part in (TOKEN[:half], TOKEN[half:]))
    assert first == second == "${MAILPROOF_MINI_AUTHORIZATION_TOKEN}"


@pytest.mark.parametrize(
    "written",
    [
        html_escape(PASSWORD),
        "".join(f"&#{ord(letter)};" for letter in PASSWORD),
        "".join(f"&#x{ord(letter):x};" for letter in PASSWORD),
        "".join(f"%{ord(letter):02x}" for letter in PASSWORD),
        "".join(f"%{ord(letter):02X}" for letter in PASSWORD),
        "".join(f"\\u{ord(letter):04x}" for letter in PASSWORD),
        "".join(f"\\x{ord(letter):02x}" for letter in PASSWORD),
        quote_plus(PASSWORD),
        quote(quote(PASSWORD, safe=""), safe=""),
        html_escape(html_escape(PASSWORD)),
        json.dumps(json.dumps(PASSWORD)),
        quote(json.dumps(PASSWORD)),
        PASSWORD.encode().hex(),
        PASSWORD.encode().hex(" "),
        PASSWORD.encode().hex().upper(),
        *(base64.b64encode(before + PASSWORD.encode() + b"!").decode() for before in (b"", b"u:", b":")),
        base64.urlsafe_b64encode(PASSWORD.encode()).decode(),
        base64.b64encode(f"other:{PASSWORD}".encode()).decode(),
    ],
)
def test_a_secret_is_hidden_however_it_is_written(written: str) -> None:
    shown = Redactor(TARGET).text(f"before {written} behind")
    assert shown.startswith("before ")
    assert shown.endswith(" behind")
    assert "${MAILPROOF_MINI_AUTHORIZATION" in shown
    core = written[4:-4]
    assert core not in shown


def test_escapes_of_other_things_stay_as_they_are() -> None:
    text = 'a%20b &amp; "c\\u0041" &#65; \\d 100% &nothing; \\'
    assert text == Redactor(TARGET).text(text)


def test_values_are_redacted_throughout() -> None:
    value = {"00112233": [PASSWORD, b"00112233", 1, None, True, {"a": ("00112233",)}], "b": object}
    shown = json.dumps(Redactor(TARGET).value(value))
    assert PASSWORD not in shown
    assert "00112233" not in shown
    assert "1, null, true" in shown


def test_a_target_without_credentials_redacts_nothing() -> None:
    assert "anything" == Redactor(Target("mini", "http://127.0.0.1:1", Credential())).text("anything")


def line(request: Request) -> str:
    made = curl_line(request, "http://127.0.0.1:1", Redactor(TARGET))
    assert made is not None
    return made


def test_a_curl_line_takes_its_credentials_from_the_environment() -> None:
    headers = (("Accept", "text/json"), ("Authorization", f"Basic {TOKEN}"))
    expected = (
        "curl -i --globoff --path-as-is -X GET http://127.0.0.1:1/mini/a%2Fb -H 'Accept: text/json'"
        ''' -H 'Authorization: '"${MAILPROOF_MINI_AUTHORIZATION}"'''
    )
    assert expected == line(Request("GET", "/mini/a%2Fb", headers))


def test_a_body_with_a_key_and_quotes_survives_the_shell() -> None:
    body = b'{"params": ["00112233", "it\'s"]}'
    words = shlex.split(line(Request("POST", "/mini", (), body)))
    assert '{"params": ["${MAILPROOF_MINI_API_KEY}", "it\'s"]}' == words[words.index("--data-binary") + 1]


def test_a_body_that_is_no_text_is_written_in_escapes() -> None:
    assert line(Request("POST", "/", (), b"\xff'\\a\x00")).endswith(r"--data-binary $'\xff\x27\x5ca\x00'")


def test_a_key_in_a_body_that_is_no_text_is_a_variable_too() -> None:
    made = line(Request("POST", "/", (), b'["00112233", "\xff"]'))
    assert made.endswith("""--data-binary $'["'"${MAILPROOF_MINI_API_KEY}"$'", "\\xff"]'""")


def test_an_empty_header_and_head_have_forms_of_their_own() -> None:
    made = line(Request("HEAD", "/", (("Authorization", ""),)))
    assert "--head" in made
    assert "-H 'Authorization;'" in made


def test_a_large_request_gets_no_line() -> None:
    assert curl_line(Request("POST", "/", (), b"x" * 5000), "http://a", Redactor(TARGET)) is None
