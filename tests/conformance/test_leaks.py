"""No artefact shows a credential, whatever a server echoes of it and in whatever form."""

from __future__ import annotations

import base64
import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
from small_server import Answer

from mailproof_conformance.write import ARTEFACTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from small_server import Asked

    from mailproof_conformance.session import Session

HERE = Path(__file__).parent
PASSWORD = 'open "sesame" & <17>/more'
PAIR = f"mini:{PASSWORD}"
TOKEN = base64.b64encode(PAIR.encode()).decode()
KEY = "00112233445566778899aabbccddeeff"


def forms(secret: str) -> dict[str, str]:
    """A secret in the forms in which a server may give it back."""
    return {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "percent in lower case": quote(secret, safe="").lower() if "%" in quote(secret, safe="") else secret,
        "every letter percent": "".join(f"%{byte:02x}" for byte in secret.encode()),
        "form": quote_plus(secret),
        "percent twice": quote(quote(secret, safe=""), safe=""),
        "JSON": json.dumps(secret)[1:-1],
        "JSON twice": json.dumps(json.dumps(secret))[3:-3],
        "JSON in escapes": "".join(f"\\u{ord(letter):04x}" for letter in secret),
        "JSON with slashes": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "XML": escape(secret),
        "XML text": escape(secret, quote=False),
        "XML twice": escape(escape(secret)),
        "XML decimal": "".join(f"&#{ord(letter)};" for letter in secret),
        "XML hexadecimal": "".join(f"&#x{ord(letter):X};" for letter in secret),
        "Base64": base64.b64encode(secret.encode()).decode(),
        "Base64 for URLs": base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        "hexadecimal": secret.encode().hex(),
    }


def traces(secret: str) -> set[str]:
    """What of a secret no output may hold: its forms, without the ends that may be others' in Base64."""
    return {form[2:-3] if name.startswith("Base64") else form for name, form in forms(secret).items()}


class Echo:
    """Answers everything with credentials: in headers, in bodies that break the contract, in errors."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets
        self.turn = 0

    def __call__(self, asked: Asked) -> Answer:
        self.turn += 1
        said = [form for secret in self.secrets for form in forms(secret).values()]
        some = said[self.turn % len(said)]
        half = len(TOKEN) // 2
        headers = {
            "X-Size": some.replace("\n", ""),
            "X-Echo": asked.headers.get("authorization", "none"),
            "X-First": TOKEN[:half],
            "X-Second": TOKEN[half:],
            "Allow": some,
        }
        body: Any = {
            "id": some,
            "name": said,
            "size": f"no size, {' '.join(self.secrets)}",
            some: "x" * (self.turn % 200) + some,
            "wrapped": json.dumps({"error": f"<a b='{escape(some)}'>", "again": quote(some)}),
        }
        if self.turn % 5 == 0:
            return Answer(500, {"text": f"cannot log in {some}"}, headers)
        if self.turn % 7 == 0:
            return Answer(200, None, {**headers, "Content-Type": f"text/{quote_plus(some)}"})
        return Answer(200, body, headers)


def run(
    command: Callable[..., tuple[int, str, str]], contract: str, entry: dict[str, Any], folder: Path
) -> dict[str, str]:
    """Every artefact of a run by name, the console's two streams among them."""
    auth = folder / "auth.yaml"
    auth.write_text(json.dumps(entry))
    code, output, errors = command(
        "check", contract, "--auth-file", str(auth), "--report", str(folder / "report"), "--strict"
    )
    assert 1 == code, errors
    shown = {path.name: path.read_text(encoding="utf-8") for path in (folder / "report").iterdir()}
    assert {item.file for item in ARTEFACTS.values()} == set(shown)
    return {**shown, "stdout": output, "stderr": errors}


@pytest.fixture
def as_if_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a run begin although the server answers the first question wrong."""

    def satisfied(session: Session) -> None:
        del session

    monkeypatch.setattr("mailproof_conformance.run.examine", satisfied)


@pytest.mark.usefixtures("as_if_answered")
def test_no_artefact_shows_a_credential_of_http(
    command: Callable[..., tuple[int, str, str]], serve: Callable[[Any], str], tmp_path: Path
) -> None:
    entry = {
        "base_url": f"{serve(Echo(PASSWORD, TOKEN, PAIR, f'Basic {TOKEN}'))}/mini",
        "headers": {"Authorization": f"Basic {TOKEN}"},
        "samples": {"thingId": "alpha"},
    }
    shown = run(command, str(HERE / "miniature/openapi.yaml"), entry, tmp_path)
    half = len(TOKEN) // 2
    wanted = {*traces(PASSWORD), *traces(TOKEN), TOKEN[:half], TOKEN[half:]}
    leaks = {(name, trace) for name, text in shown.items() for trace in wanted if trace in text}
    assert set() == leaks
    assert "${MAILPROOF_OPENAPI_AUTHORIZATION" in shown["report.json"]


@pytest.mark.usefixtures("as_if_answered")
def test_no_artefact_shows_a_key_of_json_rpc(
    command: Callable[..., tuple[int, str, str]], serve: Callable[[Any], str], tmp_path: Path
) -> None:
    entry = {"base_url": f"{serve(Echo(KEY))}/rpc", "api_key": KEY}
    shown = run(command, str(HERE / "miniature_rpc/openapi.yaml"), entry, tmp_path)
    leaks = {(name, trace) for name, text in shown.items() for trace in traces(KEY) if trace in text}
    assert set() == leaks
    assert "${MAILPROOF_OPENAPI_API_KEY}" in shown["report.json"]


def test_the_traces_find_what_is_not_redacted() -> None:
    for secret in (PASSWORD, TOKEN, KEY):
        for form in forms(secret).values():
            assert any(trace in f"before {form} behind" for trace in traces(secret))
