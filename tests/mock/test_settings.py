"""Settings: declared in the fixtures, chosen on the command line, read by handlers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from databases import OwnStore

from mailproof.promises import ContractError
from mailproof_mock.api import Api
from mailproof_mock.call import Call, Login
from mailproof_mock.sandbox import Sandbox, open_sandbox
from mailproof_mock.settings import Setting, choose, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KNOWN = {
    "polls": Setting("polls", 1, "How often.", 0),
    "key": Setting("key", "Email", "Which."),
    "loud": Setting("loud", value=False, description="Whether."),
}


def test_settings_have_the_values_of_the_fixtures() -> None:
    settings = open_sandbox("which50", alone=True).settings
    assert ("Email", 1) == (settings["key-field"], settings["import-polls"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ({"polls": "3"}, 3),
        ({"polls": "0"}, 0),
        ({"polls": "007"}, 7),
        ({"key": "Mobile"}, "Mobile"),
        ({"key": "12"}, "12"),
        ({"key": "a=b.c"}, "a=b.c"),
        ({"loud": "true"}, True),
        ({"loud": "FALSE"}, False),
    ],
)
def test_a_chosen_value_is_of_the_type_of_the_default(text: dict[str, str], value: object) -> None:
    (name,) = text
    chosen = choose(KNOWN, text, "pets")
    assert (value, type(value)) == (chosen[name], type(chosen[name]))
    assert {"polls", "key", "loud"} == set(chosen)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({"poll": "3"}, "--set pets: no setting 'poll'; there are key, loud, polls"),
        ({"polls": "-1"}, "--set pets.polls=-1: must be a whole number of at least 0, such as 1"),
        ({"polls": "1.5"}, "a whole number"),
        ({"polls": " 1"}, "a whole number"),
        ({"polls": "1_0"}, "a whole number"),
        ({"polls": "\u0663"}, "a whole number"),
        ({"polls": "true"}, "a whole number"),
        ({"polls": "9" * 5000}, "a whole number"),
        ({"loud": "1"}, "--set pets.loud=1: must be true or false, such as false"),
        ({"key": ""}, "--set pets.key=: must be a text, such as Email"),
    ],
)
def test_a_value_that_does_not_fit_is_said(text: dict[str, str], said: str) -> None:
    with pytest.raises(ContractError) as raised:
        choose(KNOWN, text, "pets")
    assert said in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "must be an object of settings"),
        ("x", "must be an object of settings"),
        ({"a": 1}, "settings/a: needs a value, which is true or false, a whole number, a text, and a description"),
        ({"a": {"value": 1}}, "settings/a: needs a value"),
        ({"a": {"value": None, "description": "d"}}, "settings/a: needs a value"),
        ({"a": {"value": 1.5, "description": "d"}}, "settings/a: needs a value"),
        ({"a": {"value": [1], "description": "d"}}, "settings/a: needs a value"),
        ({"a": {"value": 1, "description": "d", "minimum": "0"}}, "minimum: is '0'; it is a whole number"),
        ({"a": {"value": "x", "description": "d", "minimum": 0}}, "minimum: is 0; it is a whole number, beside"),
        ({"a": {"value": 1, "description": "d", "minimum": 2}}, "settings/a: must be a whole number of at least 2"),
    ],
)
def test_a_declaration_that_is_none_is_said(entries: object, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        read_settings(entries, "settings")
    assert said in str(raised.value)


def test_fixtures_need_not_have_settings() -> None:
    assert {} == read_settings(None, "settings")
    assert KNOWN == read_settings(None, "settings", KNOWN)


def own_fixtures(folder: Path, settings: object) -> Path:
    """Fixtures of an empty world with some settings; None for none."""
    document: dict[str, object] = {"mount": "/which50", "epoch": "2025-01-06T09:00:00Z", "kinds": {}, "accounts": {}}
    path = folder / "own.yaml"
    path.write_text(json.dumps(document if settings is None else {**document, "settings": settings}))
    return path


@pytest.mark.parametrize(("settings", "polls"), [(None, 1), ({}, 1), ({"import-polls": {"value": 4}}, 4)])
def test_fixtures_of_ones_own_may_choose_too(tmp_path: Path, settings: object, polls: int) -> None:
    path = own_fixtures(tmp_path, settings)
    assert polls == open_sandbox("which50", alone=True, fixtures=path).settings["import-polls"]
    chosen = open_sandbox("which50", alone=True, fixtures=path, settings={"import-polls": "7"}).settings
    assert ("Email", 7) == (chosen["key-field"], chosen["import-polls"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"polls": {"value": 4}}, "own.yaml: settings: no setting 'polls'; there are"),
        ({"import-polls": {"value": "four"}}, "settings/import-polls: must be a whole number of at least 0"),
        ({"import-polls": 4}, "settings/import-polls: must be a whole number of at least 0"),
        ([4], "own.yaml: settings: must be an object of settings"),
    ],
)
def test_fixtures_of_ones_own_have_no_other_settings(tmp_path: Path, settings: object, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        open_sandbox("which50", alone=True, fixtures=own_fixtures(tmp_path, settings))
    assert said in str(raised.value)


def test_a_handler_sees_what_was_chosen() -> None:
    seen: list[Any] = []

    async def handler(call: Call) -> object:
        seen.append(call.settings["import-polls"])
        return {}

    opened = open_sandbox("which50", alone=True, settings={"import-polls": "5"})
    sandbox = Sandbox(
        opened.contract, dict.fromkeys(opened.handlers, handler), opened.fixtures, "", "", opened.settings
    )
    own = OwnStore()
    api = Api(sandbox, own.store)
    own.run(api.run(api.plans[0], Login("nobody", {}), ({}, {}, {}, None, str)))
    own.run(api.perform(Login("nobody", {}), "read", handler, []))
    own.close()
    assert [5, 5] == seen


def test_a_contract_of_ones_own_has_no_settings(tmp_path: Path) -> None:
    spec = tmp_path / "own.yaml"
    spec.write_text("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n", encoding="utf-8")
    with pytest.raises(ContractError, match="no setting 'x'; there are none"):
        open_sandbox(str(spec), alone=True, settings={"x": "1"})


def test_the_last_choice_counts(start_mock: Callable[..., Any], tmp_path: Path) -> None:
    words = ("--set", "which50.import-polls=2", "--set", "which50.import-polls=3", "--vintage", "which50=2024")
    sandbox = start_mock(tmp_path, "which50", *words, "--vintage", "which50=2025")
    assert "2025" == sandbox.provider("which50")["vintage"]
