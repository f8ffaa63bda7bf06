"""Where the description of a target comes from, and what is said of a wrong one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mailproof_conformance.target import (
    Credential,
    Target,
    TargetError,
    from_auth_file,
    from_environment,
    from_ready_file,
)

if TYPE_CHECKING:
    from pathlib import Path

READY = {
    "url": "http://127.0.0.1:8080",
    "providers": {
        "mini": {
            "base_url": "http://127.0.0.1:8080/mini",
            "headers": {"Authorization": "Basic abc"},
            "samples": {"thingId": "alpha"},
            "others": {"guest": {"headers": {"Authorization": "Basic def"}}, "robot": {"api_key": "00"}},
        }
    },
}
MINI = Target(
    "mini",
    "http://127.0.0.1:8080/mini",
    Credential({"Authorization": "Basic abc"}),
    {"thingId": "alpha"},
    {"guest": Credential({"Authorization": "Basic def"}), "robot": Credential({}, "00")},
)


def written(folder: Path, document: Any) -> Path:
    path = folder / "target.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@pytest.mark.parametrize(
    "url", [None, "http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/mini/"]
)
def test_a_ready_file_says_everything(tmp_path: Path, url: str | None) -> None:
    assert MINI == from_ready_file(written(tmp_path, READY), "mini", url)


def test_another_url_replaces_that_of_the_file(tmp_path: Path) -> None:
    target = from_ready_file(written(tmp_path, READY), "mini", "http://127.0.0.1:9/other")
    assert "http://127.0.0.1:9/other" == target.base_url


def test_an_auth_file_is_one_entry_in_yaml(tmp_path: Path) -> None:
    path = written(tmp_path, "headers: {Authorization: Basic abc}\nsamples: {thingId: alpha}\n")
    target = from_auth_file(path, "mini", "https://api.example.test/v1/")
    assert Target("mini", "https://api.example.test/v1", MINI.credential, {"thingId": "alpha"}) == target


def test_the_environment_names_each_part() -> None:
    environment = {
        "MAILPROOF_MINI_AUTHORIZATION": "Basic abc",
        "MAILPROOF_MINI_API_KEY": "00",
        "MAILPROOF_MINI_HEADERS": '{"X-Api-Key": "k"}',
        "MAILPROOF_MINI_SAMPLES": '{"thingId": "alpha"}',
        "MAILPROOF_OTHER_API_KEY": "11",
    }
    target = from_environment("mini", "http://127.0.0.1:1", environment)
    assert Credential({"X-Api-Key": "k", "Authorization": "Basic abc"}, "00") == target.credential
    assert {"thingId": "alpha"} == target.samples


def test_without_anything_there_are_no_credentials() -> None:
    assert from_environment("mini", "http://127.0.0.1:1", {}).credential.empty


def test_the_paths_of_a_base_url() -> None:
    target = from_environment("mini", "http://127.0.0.1:1/mini/rest/", {})
    assert ("/mini/rest", "/mini") == (target.prefix, target.root_prefix)
    alone = from_environment("mini", "http://127.0.0.1:1/", {})
    assert ("", "") == (alone.prefix, alone.root_prefix)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not YAML"),
        ("[1]", "must be an object"),
        ({"providers": {}}, "has no entry providers.mini; there are: none"),
        ({"providers": {"which50": {}}}, "has no entry providers.mini; there are: which50"),
        ({"providers": {"mini": {}}}, "providers.mini: has no base_url; give --url"),
        ({"providers": {"mini": {"bse_url": ""}}}, "unknown bse_url; there are api_key, base_url"),
        ({"providers": {"mini": {"base_url": "ftp://a"}}}, "ftp://a: not a base URL; it looks like"),
        ({"providers": {"mini": {"base_url": "http://a:b"}}}, "not a URL"),
        ({"providers": {"mini": {"base_url": "http://u:secret@a"}}}, "http://a: a base URL has no user"),
        ({"providers": {"mini": {"base_url": "http://a/ä"}}}, "must be printable ASCII"),
        ({"providers": {"mini": {"base_url": "http://a", "api_key": 12}}}, "api_key: must be a text"),
        ({"providers": {"mini": {"base_url": "http://a", "headers": {"A": "b\nc"}}}}, "headers.A: must be a text of"),
        ({"providers": {"mini": {"base_url": "http://a", "samples": [1]}}}, "samples: must be an object"),
        ({"providers": {"mini": {"base_url": "http://a", "vintage": 2024}}}, "vintage: must be a text; put quotes"),
        ({"providers": {"mini": {"base_url": "http://a", "strict": "yes"}}}, "strict: must be true or false"),
    ],
)
def test_a_wrong_file_gets_one_line(tmp_path: Path, document: Any, said: str) -> None:
    with pytest.raises(TargetError) as caught:
        from_ready_file(written(tmp_path, document), "mini", None)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_file_gets_one_line(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="cannot be read: No such file"):
        from_auth_file(tmp_path / "none.yaml", "mini", None)


def test_a_variable_that_is_no_json_is_named() -> None:
    with pytest.raises(TargetError, match="MAILPROOF_MINI_SAMPLES: is not JSON"):
        from_environment("mini", "http://127.0.0.1:1", {"MAILPROOF_MINI_SAMPLES": "thingId=alpha"})
