"""Contracts and options made to break the tool: one line that names the file, exit code 2, no traceback."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from mailproof.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
GET = "{operationId: a, responses: {'200': {description: x}}}"
PATHS = f"paths: {{/x: {{get: {GET}}}}}\n"
LAUGHS = "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


def response(schema: str) -> str:
    """A contract whose one answer has that schema."""
    content = f"{{application/json: {{schema: {schema}}}}}"
    return (
        HEAD
        + f"paths: {{/x: {{get: {{operationId: a, responses: {{'200': {{description: x, content: {content}}}}}}}}}}}\n"
    )


CONTRACTS = {
    "a billion laughs": (HEAD + "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + LAUGHS + PATHS, "more than"),
    "an alias in a circle": (HEAD + "x: &a {b: *a}\n" + PATHS, "in a circle"),
    "a Python object": (HEAD + "x: !!python/object/apply:os.getcwd []\n" + PATHS, "not YAML"),
    "an integer that is none": (HEAD + "x: !!int foo\n" + PATHS, "not YAML"),
    "a timestamp that is none": (HEAD + "x: !!timestamp foo\n" + PATHS, "not YAML"),
    "an integer of 5,000 digits": (HEAD + f"x: {'9' * 5_000}\n" + PATHS, "not YAML"),
    "a float beyond all floats": (HEAD + "x: 1e999999\n" + PATHS, "not JSON data: inf"),
    "a set": (HEAD + "x: !!set {a, b}\n" + PATHS, "not JSON data"),
    "bytes": (HEAD + "x: !!binary aGVsbG8=\n" + PATHS, "not JSON data"),
    "null as a name": (HEAD + "null: x\n" + PATHS, "put quotes around it"),
    "3,000 levels": (HEAD + "x: " + "{a: " * 3_000 + "1" + "}" * 3_000 + "\n" + PATHS, "too deeply"),
    "OpenAPI 3.1": ("openapi: 3.1.0\n" + PATHS, "OpenAPI 3.0"),
    "OpenAPI null": ("openapi: null\n" + PATHS, "OpenAPI 3.0"),
    "components that are a list": (HEAD + "components: []\n" + PATHS, "/components"),
    "a NUL in a reference": (HEAD + 'paths: {/x: {$ref: "a\\0.yaml"}}\n', "names no file"),
    "a path item that is null": (HEAD + "paths: {/x: null}\n", "not OpenAPI 3.0"),
    "no responses": (HEAD + "paths: {/x: {get: {operationId: a}}}\n", "not OpenAPI 3.0"),
    "a security scheme of another kind": (
        HEAD + "components: {securitySchemes: {a: {type: oauth2, flows: {}}}}\n" + PATHS,
        "security scheme a",
    ),
    "a pattern that is none": (response("{type: string, pattern: '(('}"), ""),
    "a schema that is itself": (
        response("{$ref: '#/components/schemas/A'}") + "components: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n",
        "circle",
    ),
    "a text of gigabytes": (response("{type: string, minLength: 99999999999}"), "give it an example"),
    "an array of billions": (response("{type: array, minItems: 99999999999, items: {}}"), "give it an example"),
    "servers that are none": (HEAD + "servers: {a: b}\n" + PATHS, "cannot be served"),
    "a server that is no URL": (HEAD + "servers: [{url: 'http://[::1'}]\n" + PATHS, "cannot be served"),
    "a limit that is no number": (HEAD + "x-front: {body-limit: lots}\n" + PATHS, "body-limit"),
    "a header in the server's name": (HEAD + 'x-front: {server: "a\\r\\nX: y"}\n' + PATHS, "server"),
    "a front door that is a list": (HEAD + "x-front: [a]\n" + PATHS, "x-front"),
}


def refusal(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """The one line in which the command line refuses these arguments."""
    monkeypatch.setattr(sys, "argv", ["mailproof", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    lines = capfd.readouterr().err.strip().splitlines()
    assert (2, 1) == (ended.value.code, len(lines)), lines
    return lines[0]


@pytest.mark.parametrize("kind", CONTRACTS)
def test_a_hostile_contract_is_refused_in_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    text, words = CONTRACTS[kind]
    file = tmp_path / "openapi.yaml"
    file.write_text(text, encoding="utf-8")
    line = refusal(capfd, monkeypatch, "mock", str(file), "--port", "0")
    assert words in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mock", "x" * 5_000], "no provider"),
        (["mock", "whatcounts", "--fixtures", "whatcounts=/dev/zero"], "/dev/zero: cannot be read: it has more than"),
        (["mock", "--host", "a..b"], "no host name"),
        (["mock", "--port", "0", "--ready-file", "/nowhere/ready.json"], "cannot be written: No such file"),
        (["mock", "--port", "0", "--ready-file", os.devnull], "is not a file"),
    ],
)
def test_a_hostile_option_is_refused_in_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    assert words in refusal(capfd, monkeypatch, *arguments)
