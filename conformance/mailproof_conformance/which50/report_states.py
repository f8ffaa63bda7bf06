"""Laws about the `{state}` of a report: which there are, how they are spelt, and when they are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_access import foreign
from mailproof_conformance.which50.journey_reads import (
    CHANNELS,
    EMAILS,
    LANDING_PAGES,
    TEXT_MESSAGES,
    Channel,
    states,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

_NOTHING = 2_147_483_647
_MADE_UP = (
    "Seen",
    "0",
    "1",
    "-1",
    "Sent,Delivered",
    "Sent ",
    " Sent",
    "Sen",
    "Sents",
    "null",
    "true",
    "Unsubscribes",
    "Id",
)
_LOOKALIKES = ("\u017fent", "Clic\u212aed", "Delive\u0433ed", "Se\u0301nt", "Sent\u200b")
"""Not for a server: with a long s, a Kelvin sign, a Cyrillic letter, an accent, a space of no width."""


def _in_state(
    check: Check,
    channel: Channel,
    state: str,
    path: Mapping[str, Any] | None = None,
    credentials: Credentials | str = DEFAULT,
) -> Response:
    """The answer to a read of the sample item's contacts in a state; an old one where nothing was written since."""
    asked = {**(path or {}), "state": state}
    return check.call(channel.by_state, path=asked, credentials=credentials, recall="unchanged")


@law("W50-states-of-reports")
def every_state_is_known(check: Check) -> None:
    """Every state of every channel, for the sample items."""
    for channel in (EMAILS, LANDING_PAGES):
        for state in states(check, channel):
            check.equal(200, _in_state(check, channel, state).status, f"{channel.by_state} with the state {state}")


@law("W50-states-of-text-messages")
def every_state_of_a_text_message_is_known(check: Check) -> None:
    """Every state of the sample text message."""
    for state in states(check, TEXT_MESSAGES):
        response = _in_state(check, TEXT_MESSAGES, state)
        check.equal(200, response.status, f"{TEXT_MESSAGES.by_state} with the state {state}")


@law("W50-state-ignores-case")
def letters_of_a_state_may_be_of_any_case(check: Check) -> None:
    """Every state with each letter in either case."""
    expected = {
        (channel, state): _in_state(check, channel, state).json()
        for channel in CHANNELS
        for state in states(check, channel)
    }

    def holds(drawn: tuple[tuple[Channel, str], list[bool]]) -> None:
        (channel, state), flips = drawn
        turns = flips * (len(state) // len(flips) + 1)
        spelt = "".join(
            letter.upper() if upper else letter.lower() for letter, upper in zip(state, turns, strict=False)
        )
        response = _in_state(check, channel, spelt)
        check.equal(200, response.status, f"{channel.by_state} with the state {spelt}")
        check.equal(expected[channel, state], response.json(), f"{channel.by_state} with the state {spelt}")

    flips = st.lists(st.booleans(), min_size=1, max_size=14)
    examples = check.some([(entry, flip) for entry in expected for flip in ([True], [False])], 15)
    check.forall(st.tuples(st.sampled_from(list(expected)), flips), holds, examples=examples)


def _refuses(check: Check, channel: Channel) -> None:
    """States that are made up, look alike, or belong to another channel."""
    known = {state.lower() for state in states(check, channel)}
    others = {state for other in CHANNELS for state in states(check, other) if state.lower() not in known}
    letters = st.text(st.sampled_from("SentDlivrdOpBouchHakTVsKwCmfWbLD0_-., "), min_size=1, max_size=14)

    def holds(text: str) -> None:
        if text.lower() in known or text in {".", ".."}:
            return
        response = _in_state(check, channel, text)
        check.equal(400, response.status, f"{channel.by_state} with the state {text!r}")

    check.forall(letters, holds, examples=[*_LOOKALIKES, *check.some([*_MADE_UP, *sorted(others)], 10)])


@law("W50-bad-state")
def states_that_no_report_knows_are_refused(check: Check) -> None:
    """For e-mails and landing pages."""
    for channel in (EMAILS, LANDING_PAGES):
        _refuses(check, channel)


@law("W50-bad-text-message-state")
def states_that_no_text_message_knows_are_refused(check: Check) -> None:
    """For text messages."""
    _refuses(check, TEXT_MESSAGES)


@law("W50-bad-state-comes-last")
def a_bad_state_is_told_last(check: Check) -> None:
    """A state that does not exist with five other faults, each of which is told instead."""
    for channel in CHANNELS:
        callers: list[tuple[Credentials | str, int]] = [(NONE, 401), ("contacts_only", 403)]
        for credentials, status in callers:
            response = _in_state(check, channel, "Seen", credentials=credentials)
            check.equal(status, response.status, f"{channel.by_state} with the state `Seen` by such a caller")
        for name in ("journeyId", channel.parameter):
            response = _in_state(check, channel, "Seen", {name: _NOTHING})
            check.equal(404, response.status, f"{channel.by_state} with the state `Seen` and an unknown {name}")
        for journey, item in check.some(foreign(check, channel), 2):
            response = _in_state(check, channel, "Seen", {"journeyId": journey["Id"], channel.parameter: item})
            about = f"{channel.by_state} with the state `Seen` and {item}, which is of another journey"
            check.equal(404, response.status, about)
