"""Calls as a client makes them: through the port of the running sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mailproof import contract

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Ask = Callable[..., Any]
    Post = Callable[..., httpx.Response]

DOCUMENT: Any = contract("getresponse").document
REQUESTS = DOCUMENT["paths"]["/"]["post"]["requestBody"]["content"]["application/json"]["examples"]
DEFAULT = [
    "nvsd", "nv2e", "Fu7", "tt18", "tt00", "Pc50", "Un5", "Ac3", "Mx9", "mx9",
    "nSRA", "At0", "Ne1", "BNJ9", "Ev1", "Ev2", "Ev3", "Ev4", "Ev5", "Ev6", "Ev7",
]  # fmt: skip

FOUND: list[tuple[dict[str, Any], list[str]]] = [
    ({}, DEFAULT),
    ({"type": "draft"}, ["91k", "dr2", "dr3", "dr4"]),
    ({"type": "ab_test"}, ["TbGs", "abc123", "ab3a", "ab3b"]),
    ({"campaigns": ["073q", "071ec79"]}, ["Ac3", "Mx9", "mx9"]),
    (
        {"campaigns": ["071ec79"], "get_campaigns": {"name": {"EQUALS": "MYXCAMPAIGN9"}}},
        ["Pc50", "Un5", "Ac3", "Mx9", "mx9"],
    ),
    ({"get_campaigns": {"CONTAINS": "my_campaign__"}, "type": "draft"}, ["91k", "dr2", "dr3"]),
    (
        {"get_campaigns": {"name": {"CONTAINS": "my_campaign_%"}}, "type": "newsletter"},
        ["nvsd", "nv2e", "Fu7", "tt18", "tt00", "Pc50", "Un5"],
    ),
    ({"subject": {"CONTAINS": "%newsletter"}}, ["nvsd", "nv2e"]),
    ({"subject": {"EQUALS": "save 50% TODAY"}}, ["Pc50"]),
    ({"subject": {"CONTAINS": "%gęślą%"}}, ["Ac3"]),
    ({"subject": {"CONTAINS": "%case%", "NOT_CONTAINS": "mixed%"}}, ["Un5"]),
    ({"name": {"CONTAINS": "first line_second line"}}, ["mx9"]),
    ({"name": {"EQUALS": ""}, "type": "draft"}, ["dr2"]),
    ({"name": {"NOT_CONTAINS": "%"}}, []),
    ({"send_on": {"AT": "2012-03-31"}}, ["tt18"]),
    ({"send_on": {"AT": "2012-04-01"}}, ["tt18"]),
    ({"send_on": {"AT": "2012-05-02"}}, []),
    ({"send_on": {"FROM": "2011-07-31", "TO": "2011-07-31"}}, ["Pc50"]),
    ({"send_on": {"FROM": "2024-06-01"}}, ["Fu7"]),
    ({"send_on": {"FROM": "2010-01-01"}, "type": "autoresponder"}, []),
    ({"created_on": {"TO": "2010-01-01"}, "type": "ab_test"}, ["TbGs", "abc123"]),
    ({"created_on": {"AT": "2012-02-29"}}, ["Ne1"]),
]

WRONG: list[tuple[list[Any], int, str | None]] = [
    ([], -32602, "params: an array with the API key and at most one object"),
    (["invalid API key"], -32602, "params/0: not an API key"),
    (["f" * 32], -1, None),
    (["0123456789abcdef0123456789abc360"], -1, None),
    (["KEY", []], -32602, "Attribute params must be reference to hash"),
    (["KEY", {"type": "follow-up"}], -32602, None),
    (["API_KEY", {}], -32602, "params/0: not an API key"),
    (["KEY", {"type": "value"}], -32602, None),
    (["KEY", {"subject": {"OPERATOR": "value"}}], -32602, None),
    (["KEY", {"created_on": {"AT": "2011-02-29"}}], -32602, 'conditions: created_on/AT: "2011-02-29" is not a "date"'),
]


@pytest.fixture
def ask(sandbox: Any) -> Ask:
    """Calls a method with conditions; gives its result."""

    def call(method: str, **conditions: object) -> Any:
        return sandbox.rpc(method, conditions)["result"]

    return call


@pytest.fixture
def post(sandbox: Any) -> Post:
    """Posts a body with headers of one's own."""
    url = sandbox.provider("getresponse")["base_url"]

    def send(body: object, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer: httpx.Response = sandbox.client.post(url, content=content, headers=headers)
        return answer

    return send


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_of_the_contract_is_answered_with_a_result(post: Post, name: str) -> None:
    request = DOCUMENT["components"]["examples"][REQUESTS[name]["$ref"].rpartition("/")[2]]["value"]

    answer = post(request)

    if "id" not in request and isinstance(request, dict):
        assert (204, b"") == (answer.status_code, answer.content)
    else:
        envelopes = answer.json() if isinstance(request, list) else [answer.json()]
        assert all(envelope["result"] for envelope in envelopes)


@pytest.mark.parametrize(("conditions", "expected"), FOUND)
def test_conditions_find_what_they_say(ask: Ask, conditions: dict[str, Any], expected: list[str]) -> None:
    assert expected == list(ask("get_messages", **conditions))


def test_the_request_of_the_vendors_page_is_answered_once_its_placeholders_are_values(ask: Ask) -> None:
    conditions: dict[str, Any] = {
        "campaigns": ["4b1b5", "b35f2b"],
        "get_campaigns": {"CONTAINS": "my_campaign_%"},
        "type": "newsletter",
        "subject": {"CONTAINS": "%newsletter"},
        "name": {"NOT_EQUALS": "value"},
        "send_on": {"TO": "2010-06-01"},
        "created_on": {"FROM": "2010-01-01"},
    }

    assert ["nv2e"] == list(ask("get_messages", **conditions))
    conditions["get_campaigns"] = {"name": conditions["get_campaigns"]}
    assert ["nv2e"] == list(ask("get_messages", **conditions))


def test_the_newsletter_of_the_vendors_page(ask: Ask) -> None:
    assert {
        "nvsd": {
            "campaign": "4b1b5",
            "type": "newsletter",
            "subject": "My newsletter",
            "name": None,
            "flags": [],
            "send_on": "2010-01-01 00:00:00",
            "content_types": ["plain"],
            "created_on": "2010-01-01 00:00:00",
        }
    } == ask("get_message", message="nvsd")


def test_counters_are_added_up_by_period(ask: Ask) -> None:
    years = ask("get_message_stats", message="nv2e", grouping="yearly")
    august = ask(
        "get_message_stats", message="nv2e", grouping="hourly", created_on={"FROM": "2010-08-01", "TO": "2010-08-31"}
    )

    assert ["2010", "2011"] == list(years)
    assert {"sent": 1024, "opened": 524, "clicked": 131} == {
        name: years["2010"][name] for name in ("sent", "opened", "clicked")
    }
    assert ["2010-08-01 00"] == list(august)
    assert ["2010-06-01", "2010-06-02", "2010-07-31", "2010-08-01", "2011-01-01"] == list(
        ask("get_message_stats", message="nv2e")
    )
    assert {} == ask("get_message_stats", message="Fu7")


def test_the_batch_of_the_specification_of_json_rpc(post: Post, sandbox: Any) -> None:
    key = sandbox.provider("getresponse")["api_key"]
    batch = [
        {"jsonrpc": "2.0", "method": "ping", "params": [key], "id": "1"},
        {"jsonrpc": "2.0", "method": "ping", "params": [key]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_campaign", "params": [key, {"campaign": "none"}], "id": "9"},
    ]
    not_found = {"code": -32601, "message": "Method not found"}

    assert [
        {"jsonrpc": "2.0", "result": {"ping": "pong"}, "id": "1"},
        {"jsonrpc": "2.0", "error": not_found, "id": "2"},
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": None},
        {"jsonrpc": "2.0", "error": not_found, "id": "5"},
        {"jsonrpc": "2.0", "result": {}, "id": "9"},
    ] == post(batch).json()


@pytest.mark.parametrize(("params", "code", "data"), WRONG)
def test_what_is_wrong_is_told(sandbox: Any, post: Post, params: list[Any], code: int, data: str | None) -> None:
    own = sandbox.provider("getresponse")["api_key"]
    params = [own if item == "KEY" else item for item in params]

    error = post({"method": "get_messages", "params": params, "id": 1}).json()["error"]

    assert code == error["code"]
    assert data is None or data == error["data"]


def test_a_browsers_form_and_a_null_id_are_as_good_as_json(post: Post, sandbox: Any) -> None:
    call = {"method": "ping", "params": [sandbox.provider("getresponse")["api_key"]], "id": None}

    answer = post(call, **{"content-type": "application/x-www-form-urlencoded"})

    assert {"id": None, "result": {"ping": "pong"}, "error": None} == answer.json()


def test_large_answers_are_compressed_for_those_who_ask(post: Post, sandbox: Any) -> None:
    call = {"method": "get_messages", "params": [sandbox.provider("getresponse")["api_key"]], "id": 1}

    packed, plain = post(call, **{"accept-encoding": "gzip"}), post(call, **{"accept-encoding": "identity"})

    assert ("gzip", None) == (packed.headers.get("content-encoding"), plain.headers.get("content-encoding"))
    assert plain.json() == packed.json()
    assert plain.num_bytes_downloaded > 3 * packed.num_bytes_downloaded


def test_a_body_over_the_limit_is_refused_without_an_answer(post: Post) -> None:
    answer = post(b" " * 1_048_577)

    assert (413, b"") == (answer.status_code, answer.content)


def test_a_full_megabyte_of_calls_is_answered(post: Post, sandbox: Any) -> None:
    call = {"method": "ping", "params": [sandbox.provider("getresponse")["api_key"]], "id": 1}
    count = 1_048_000 // (len(json.dumps(call)) + 2)

    assert count == len(post([call] * count).json())
