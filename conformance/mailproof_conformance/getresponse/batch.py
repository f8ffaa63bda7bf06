"""Laws of batches: which members are answered, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.getresponse.batches import JUNK, answers_of, batches, by_id
from mailproof_conformance.getresponse.questions import needed, only_error, ping, several, without
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@law("GR-batch-answers-each-call")
def every_call_is_answered_once(check: Check) -> None:
    """As many answers as calls, with the same ids."""

    def holds(ids: list[object]) -> None:
        answers = answers_of(check, check.post([ping(check, id=call_id) for call_id in ids]), "a batch of pings")
        check.equal(
            sorted(map(repr, ids)),
            sorted(repr(answer.get("id")) for answer in answers),
            "the ids of the answers",
        )

    ids = st.lists(st.text(max_size=5) | st.integers(-9, 9), min_size=1, max_size=12, unique_by=repr)
    check.forall(ids, holds, examples=[["a", "a "], [1, "1"], ["a", "a"], [1, 1, 1], list(range(100))])


@law("GR-batch-leaves-out-notifications")
def notifications_leave_no_entry(check: Check) -> None:
    """Calls and notifications in every mixture with at least one call."""

    def holds(kinds: list[bool]) -> None:
        calls = [
            ping(check, id=number) if is_call else without(ping(check), "id") for number, is_call in enumerate(kinds)
        ]
        answers = answers_of(check, check.post(calls), "a batch with notifications")
        expected = [number for number, is_call in enumerate(kinds) if is_call]
        check.equal(expected, sorted((answer.get("id") for answer in answers), key=repr), "the ids of the answers")

    check.forall(
        st.lists(st.booleans(), min_size=1, max_size=10).filter(any),
        holds,
        examples=[[False, True], [True, False]],
    )


@law("GR-batch-of-notifications")
def nothing_but_notifications_is_not_answered(check: Check) -> None:
    """One and several, successful and failing, in both forms."""
    good = without(ping(check), "id")
    bad = {**good, "method": "no_such_method"}
    for batch in ([good], [bad], [good, bad, good], [without(good, "jsonrpc")]):
        response = check.post(batch)
        check.equal(204, response.status, "the status of the answer to a batch of notifications")
        check.equal("", response.text, "the body of the answer to a batch of notifications")


@law("GR-empty-batch")
def an_empty_batch_is_one_error(check: Check) -> None:
    """Not an array, and not an empty one."""
    for body in (b"[]", b" [ ] "):
        only_error(check, "invalid-request", check.post(body), "an empty batch")


@law("GR-batch-junk")
def junk_is_answered_piece_by_piece(check: Check) -> None:
    """Every piece of junk alone, all together, and around a call."""
    call = ping(check, id="good")
    for batch in several([*([item] for item in JUNK), JUNK, [1, call, 2], [call, None], [[call]], [call, [call]]]):
        answers = answers_of(check, check.post(batch), "a batch with junk")
        junk = [item for item in batch if item is not call]
        errors = [answer for answer in answers if answer.get("id") is None]
        check.equal(len(batch), len(answers), "the number of answers")
        check.equal(len(junk), len(errors), "the number of answers with a null id")
        for answer in errors:
            check.equal(-32600, answer.get("error", {}).get("code"), "the error code of junk")
        if call in batch:
            good = [answer.get("result") for answer in answers if answer.get("id") == "good"]
            check.equal([{"ping": "pong"}], good, "the result of the call among junk")


@law("GR-batch-own-form")
def each_call_keeps_its_form(check: Check) -> None:
    """The two forms side by side, succeeding and failing."""
    calls = [ping(check, id=number, method=name) for number, name in enumerate(["ping", "ping", "nothing", "nothing"])]
    batch = [without(call, "jsonrpc") if number % 2 else call for number, call in enumerate(calls)]
    answers = {answer.get("id"): answer for answer in answers_of(check, check.post(batch), "a batch of both forms")}
    for number in range(len(batch)):
        members = {"id", "result", "error"} if number % 2 else {"jsonrpc", "id", "result" if number == 0 else "error"}
        check.equal(sorted(members), sorted(answers.get(number, {})), f"the members of the answer to call {number}")


@law("GR-batch-of-one")
def one_call_in_an_array_is_answered_in_an_array(check: Check) -> None:
    """A success and a failure."""
    for method in ("ping", "no_such_method"):
        answers = answers_of(check, check.post([ping(check, method=method)]), "a batch of one")
        check.equal(1, len(answers), "the number of answers")


@law("GR-batch-answers-as-alone")
def every_method_is_answered_as_alone(check: Check) -> None:
    """One call of every method, good and bad keys by turns, in one batch."""
    calls = [
        ping(check, method=method, params=[key, needed(check, method)], id=f"{method}/{key}")
        for method in check.contract.rpc_methods
        for key in (check.api_key(), "f" * 32, "no key")
    ]
    alone = [check.post(call).json() for call in calls]
    check.equal(by_id(alone), by_id(answers_of(check, check.post(calls), "a batch of every method")), "the answers")


@law("GR-batch-answers-as-alone")
def any_batch_is_the_sum_of_its_members(check: Check) -> None:
    """A machine that fills a batch with calls, notifications and junk, and sends it now and then."""
    check.machine(batches)
