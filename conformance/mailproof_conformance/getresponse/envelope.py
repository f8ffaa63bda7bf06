"""Laws of the envelope: the two forms, ids and notifications."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from mailproof_conformance.check import NONE, Check
from mailproof_conformance.getresponse.questions import (
    envelope,
    needed,
    only_error,
    ping,
    several,
    without,
)
from mailproof_conformance.laws import law

_MEMBERS = {
    ("2.0", "result"): {"jsonrpc", "id", "result"},
    ("2.0", "error"): {"jsonrpc", "id", "error"},
    ("1.0", "result"): {"id", "result", "error"},
    ("1.0", "error"): {"id", "result", "error"},
}


_IDS = st.one_of(
    st.text(max_size=20),
    st.integers(-(2**53), 2**53),
    st.floats(-1e15, 1e15, allow_nan=False, allow_infinity=False),
)


_SPECIAL_IDS = (
    *("", "0", "1", "null", "true", "007", " 1 ", "1.0", "time-rand-3", "<&amp;>", "\u0000", '"\\', "\n\t"),
    *("ü", "u\u0308", "ﬁ", "\u200b", "\U0001f600", "x" * 1_000),
    *(0, -1, 1.5, 0.1, 2**31, -(2**31) - 1, 10**12),
)


_STRUCTURED_IDS: tuple[object, ...] = ({}, {"a": 1}, [], [1], True, False)


def _forms(call: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The call in the 2.0 form and in the 1.0 form."""
    return call, without(call, "jsonrpc")


@law("GR-form-follows-request")
def each_form_has_its_members(check: Check) -> None:
    """A success and a failure in each form."""
    for method, outcome in (("ping", "result"), ("no_such_method", "error")):
        for version in ("2.0", "1.0"):
            answer = check.rpc(method, version=version).envelope
            about = f"a {outcome} in the {version} form"
            check.equal(sorted(_MEMBERS[version, outcome]), sorted(answer), f"the members of {about}")
            if version == "2.0":
                check.equal("2.0", answer["jsonrpc"], f"jsonrpc of {about}")
            else:
                unused = "error" if outcome == "result" else "result"
                check.equal(None, answer[unused], f"the unused member of {about}")


@law("GR-form-follows-request")
def an_error_is_the_same_in_each_form(check: Check) -> None:
    """Code, message and data, of each kind of error that a call can have."""
    key = check.api_key()
    failing: dict[str, dict[str, Any]] = {
        "an unknown method": {"method": "no_such_method"},
        "a wrong key": {"params": [check.fresh("key")]},
        "conditions that are no object": {"method": "get_messages", "params": [key, "x"]},
        "an unknown condition": {"method": "get_messages", "params": [key, {check.fresh("no"): 1}]},
        "no parameters": {"params": []},
    }
    for what, members in failing.items():
        answers = [envelope(check, check.post(call), what) for call in _forms(ping(check, **members))]
        two, one = (answer.get("error") for answer in answers)
        check.true(
            isinstance(two, dict), f"the answer to {what} in the 2.0 form", expected="an error", actual=answers[0]
        )
        check.equal(two, one, f"the error for {what} in the 1.0 form is that of the 2.0 form")


@law("GR-id-echoed")
def every_id_comes_back(check: Check) -> None:
    """Texts and numbers, in both forms, with results and with errors."""

    def comes_back(value: tuple[object, str, str]) -> None:
        call_id, version, method = value
        call = ping(check, id=call_id, method=method)
        answer = envelope(check, check.post(call if version == "2.0" else without(call, "jsonrpc")), "a call")
        check.equal(call_id, answer.get("id"), f"the id of the answer to {method} in the {version} form")
        check.equal(isinstance(call_id, str), isinstance(answer.get("id"), str), "whether the id is a text")

    versions, methods = ("2.0", "1.0"), ("ping", "no_such_method")
    strategy = st.tuples(_IDS, st.sampled_from(versions), st.sampled_from(methods))
    examples = [(special, version, method) for special in _SPECIAL_IDS for version in versions for method in methods]
    check.forall(strategy, comes_back, examples=examples)


@law("GR-large-id-echoed")
def ids_beyond_64_bits_come_back(check: Check) -> None:
    """A server that reads numbers as doubles gives other digits."""

    def comes_back(call_id: int) -> None:
        answer = envelope(check, check.post(ping(check, id=call_id)), "a call")
        check.equal(str(call_id), str(answer.get("id")), "the digits of the id")

    big = st.integers(2**63, 10**60)
    check.forall(big | big.map(lambda number: -number), comes_back, examples=[2**53 + 1, 2**63, 2**64, 10**40 + 1])


@law("GR-null-id-answered")
def a_null_id_is_answered(check: Check) -> None:
    """In both forms, though JSON-RPC 1.0 calls it a notification."""
    for call in _forms(ping(check, id=None)):
        answer = envelope(check, check.post(call), "a call with a null id")
        check.true("id" in answer and answer["id"] is None, "the id of the answer is null", actual=answer)
        check.equal({"ping": "pong"}, answer.get("result"), "the result of a call with a null id")


@law("GR-missing-id-not-answered")
def a_notification_is_not_answered(check: Check) -> None:
    """In both forms."""
    for call in _forms(without(ping(check), "id")):
        _is_silent(check, call, "a notification")


@law("GR-failed-notification-not-answered")
def a_failing_notification_is_not_answered(check: Check) -> None:
    """Unknown method, unknown key, malformed key, wrong conditions, missing arguments."""
    failing: tuple[dict[str, Any], ...] = (
        {"method": "no_such_method"},
        {"params": ["f" * 32]},
        {"params": ["no key"]},
        {"params": [check.api_key(), []]},
        {"params": []},
        {"params": {}},
    )
    for members in failing:
        for call in _forms(without(ping(check, **members), "id")):
            _is_silent(check, call, f"a notification with {members}")


def _is_silent(check: Check, call: object, about: str) -> None:
    response = check.post(call)
    check.equal(204, response.status, f"the status of the answer to {about}")
    check.equal("", response.text, f"the body of the answer to {about}")


@law("GR-structured-id-refused")
def structured_ids_are_refused(check: Check) -> None:
    """Objects, arrays and booleans."""
    for call_id in _STRUCTURED_IDS:
        only_error(check, "invalid-request", check.post(ping(check, id=call_id)), f"a call with the id {call_id}")


@law("GR-other-members-ignored")
def other_members_make_no_difference(check: Check) -> None:
    """The draft of JSON-RPC 1.1 had a `version` member; such a request is of the 1.0 form."""
    for call in _forms(ping(check)):
        plain = check.post(call).json()
        for extra in several(
            [{"version": "1.1"}, {"JSONRPC": "2.0"}, {"Method": "x"}, {"result": 1, "error": None}, {"": {}}]
        ):
            check.equal(plain, check.post({**call, **extra}).json(), f"the answer with the further members {extra}")


@law("GR-missing-id-not-answered")
def leaving_the_id_out_is_what_makes_a_notification(check: Check) -> None:
    """Every method: one call with an id is answered, one without is not."""
    for method in check.contract.rpc_methods:
        conditions = needed(check, method)
        check.true(check.rpc(method, conditions, id="x").envelope, f"{method} with an id is answered")
        silent = check.rpc(method, conditions, id=NONE)
        check.equal(204, silent.status, f"the status of {method} without an id")
