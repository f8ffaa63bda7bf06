"""Batches as such: what may stand in one, how their answers are compared, and a machine that fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mailproof_conformance.getresponse.questions import only_error, ping, without
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response

JUNK: list[Any] = [
    1,
    "ping",
    None,
    True,
    1.5,
    [],
    {},
    {"foo": "boo"},
    {"jsonrpc": "2.0", "id": 7},
    [[]],
]


def answers_of(check: Check, response: Response, about: str) -> list[dict[str, Any]]:
    """The answers to a batch. Raises Broken for anything but an array of objects."""
    check.equal(200, response.status, f"the HTTP status of {about}")
    value = response.json()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in cast("list[Any]", value)):
        raise Broken(f"the answer to {about}", "an array of objects", cast("object", value))
    return cast("list[dict[str, Any]]", value)


def by_id(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers in the order of their ids, as the order in which a server gives them carries no meaning."""
    return sorted(answers, key=lambda answer: repr(answer.get("id")))


class Batches(RuleBasedStateMachine):
    """Fills a batch with calls, notifications and junk, and sends it now and then."""

    check: ClassVar[Check]

    def __init__(self) -> None:
        super().__init__()
        self.batch: list[object] = []
        self.expected: list[dict[str, Any]] = []

    def _add(self, member: object, answer: dict[str, Any] | None) -> None:
        self.batch.append(member)
        if answer is not None:
            self.expected.append(answer)

    @rule(
        method=st.sampled_from(["ping", "get_campaigns", "get_message", "get_message_contents", "no_such_method"]),
        conditions=st.sampled_from([None, {}, [], {"message": "no such message"}, {"no_such_condition": 1}]),
        good_key=st.booleans(),
    )
    def add_call(self, method: str, conditions: object, *, good_key: bool) -> None:
        """Adds a call of the 2.0 form, which alone is known to have batches, and asks what it is answered alone."""
        params = [
            self.check.api_key() if good_key else "f" * 32,
            *([] if conditions is None else [conditions]),
        ]
        call = ping(self.check, method=method, params=params, id=len(self.batch))
        self._add(call, self.check.post(call).json())

    @rule(method=st.sampled_from(["ping", "no_such_method"]))
    def add_notification(self, method: str) -> None:
        """Adds a call without an id."""
        self._add(without(ping(self.check, method=method), "id"), None)

    @rule(junk=st.sampled_from(JUNK))
    def add_junk(self, junk: object) -> None:
        """Adds what is no request."""
        code = self.check.contract.document["x-rpc-errors"]["invalid-request"]["code"]
        self._add(junk, {"jsonrpc": "2.0", "id": None, "error": {"code": code}})

    @rule()
    def send(self) -> None:
        """Sends the batch and compares the answers."""
        response = self.check.post(self.batch)
        if not self.batch:
            only_error(self.check, "invalid-request", response, "an empty batch")
        elif not self.expected:
            self.check.equal(204, response.status, "the status of the answer to nothing but notifications")
        else:
            answers = answers_of(self.check, response, "a batch")
            self.check.equal(by_id(self.expected), by_id([_essence(answer) for answer in answers]), "the answers")
        self.batch, self.expected = [], []

    def teardown(self) -> None:
        """Sends what is left."""
        if self.batch:
            self.send()


def batches(check: Check) -> type[RuleBasedStateMachine]:
    """The machine for one check."""
    return type("Batches", (Batches,), {"check": check})


def _essence(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer; of one to junk only what the contract fixes, its words being the server's own."""
    if answer.get("id") is None and isinstance(answer.get("error"), dict):
        return {**answer, "error": {"code": answer["error"].get("code")}}
    return answer
