"""Laws about who may read journeys, and ids in their paths that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance import wire
from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import CHANNELS, Channel, Row, journeys, read, states
from mailproof_conformance.which50.reads import operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof_conformance.check import Check, Credentials
    from mailproof_conformance.exchange import Response

_JOURNEY = "journeyId"
_NOTHING = 2_147_483_647
_NO_INTEGERS = ("soon", "1.5", "0x1F", "1e3", "2147483648")


def _ask(
    check: Check, operation_id: str, path: Mapping[str, Any], credentials: Credentials | str = DEFAULT
) -> Response:
    """The answer to a read of the sample journey, with a state that the contract knows where one is needed.

    It is from before where nothing has been written since.
    """
    known = {channel.by_state: next(iter(states(check, channel))) for channel in CHANNELS}
    state = {"state": known[operation_id]} if operation_id in known else {}
    return check.call(operation_id, path={**state, **path}, credentials=credentials, recall="unchanged")


def _ids_of(check: Check, operation_id: str) -> list[str]:
    """The parameters of an operation's path that are ids."""
    return [name for name in wire.path_parameters(check.contract.operation(operation_id)) if name != "state"]


def foreign(check: Check, channel: Channel) -> Iterator[tuple[Row, int]]:
    """Journeys, each with an item of another one. The case is skipped where there is none."""
    own = {
        journey["Id"]: [report["Id"] for report in read(check, channel.reports, journeyId=journey["Id"])]
        for journey in journeys(check)
    }
    found = False
    for journey in journeys(check):
        for other, items in own.items():
            for item in [entry for entry in items if other != journey["Id"]][:1]:
                found = True
                yield journey, item
    if not found:
        check.skip("the target does not show items of two journeys")


@law("W50-unknown-journey-of-reads")
def a_journey_nobody_has_is_unknown(check: Check) -> None:
    """An id that no account reaches, in every path."""
    for operation_id in operations(check, "W50-unknown-journey-of-reads"):
        response = _ask(check, operation_id, {_JOURNEY: _NOTHING})
        check.equal(404, response.status, f"{operation_id} of an unknown journey")


@law("W50-unknown-item")
def an_item_nobody_has_is_unknown(check: Check) -> None:
    """An id that no journey reaches, in every path with a second one."""
    for operation_id in operations(check, "W50-unknown-item"):
        name = _ids_of(check, operation_id)[-1]
        response = _ask(check, operation_id, {name: _NOTHING})
        check.equal(404, response.status, f"{operation_id} with an unknown {name}")


@law("W50-unknown-text-message")
def a_text_message_nobody_has_is_unknown(check: Check) -> None:
    """An id that no journey reaches."""
    for operation_id in operations(check, "W50-unknown-text-message"):
        response = _ask(check, operation_id, {"textMessageId": _NOTHING})
        check.equal(404, response.status, f"{operation_id} of an unknown text message")


@law("W50-item-of-another-journey")
def an_item_belongs_to_one_journey(check: Check) -> None:
    """An item of each channel in the paths of other journeys."""
    for channel in CHANNELS:
        for journey, item in check.some(foreign(check, channel), 8):
            for operation_id in (channel.contacts, channel.by_state):
                response = _ask(check, operation_id, {_JOURNEY: journey["Id"], channel.parameter: item})
                about = f"{operation_id} of {item} in journey {journey['Id']}, to which it does not belong"
                check.equal(404, response.status, about)


@law("W50-activity-of-another-journey")
def an_activity_belongs_to_one_journey(check: Check) -> None:
    """Each activity in the paths of another journey."""
    found = journeys(check)
    for journey in found:
        other = next((entry["Id"] for entry in found if entry["Id"] != journey["Id"]), _NOTHING)
        for activity in read(check, "list_activities", journeyId=journey["Id"]):
            for operation_id in operations(check, "W50-activity-of-another-journey"):
                response = _ask(check, operation_id, {_JOURNEY: other, "activityId": activity["Id"]})
                check.equal(404, response.status, f"{operation_id} of {activity['Id']} in journey {other}")


@law("W50-journey-path-integers")
def ids_of_journeys_are_integers(check: Check) -> None:
    """Texts that are no integers, in every id of every path."""
    for operation_id in operations(check, "W50-journey-path-integers"):
        for name in _ids_of(check, operation_id):
            for text in _NO_INTEGERS:
                response = _ask(check, operation_id, {name: text})
                check.equal(400, response.status, f"{operation_id} with the {name} {text!r}")
                message: Any = response.json()
                about = f"the error of {operation_id} with the {name} {text!r}"
                check.true(message.get("Message"), about, expected="a Message", actual=message)


@law("W50-unknown-journey-before-bad-id")
def what_is_unknown_comes_before_what_does_not_bind(check: Check) -> None:
    """An unknown journey with an item that is no integer."""
    for operation_id in operations(check, "W50-unknown-journey-before-bad-id"):
        name = _ids_of(check, operation_id)[-1]
        response = _ask(check, operation_id, {_JOURNEY: _NOTHING, name: "soon"})
        check.equal(404, response.status, f"{operation_id} of an unknown journey with the {name} `soon`")


@law("W50-journeys-credentials-required")
def journeys_are_not_for_strangers(check: Check) -> None:
    """Every read without credentials, of what exists and of what does not."""
    for turn, operation_id in enumerate(operations(check, "W50-journeys-credentials-required")):
        for path in check.some(_known_and_not(check, operation_id), 2, turn):
            response = _ask(check, operation_id, path, NONE)
            check.equal(401, response.status, f"{operation_id} without credentials")


@law("W50-journeys-permission-required")
def journeys_need_their_own_permission(check: Check) -> None:
    """Every read by a user who may read contacts, of what exists and of what does not."""
    for operation_id in operations(check, "W50-journeys-permission-required"):
        for path in _known_and_not(check, operation_id):
            response = _ask(check, operation_id, path, "contacts_only")
            check.equal(403, response.status, f"{operation_id} by a user without the permission for journeys")


def _known_and_not(check: Check, operation_id: str) -> list[dict[str, Any]]:
    return [{}, *({name: value} for name in _ids_of(check, operation_id) for value in (_NOTHING, "soon"))]


@law("W50-journeys-permission-suffices")
def the_permission_for_journeys_is_enough(check: Check) -> None:
    """Every read by a user who may read journeys and nothing else."""
    for operation_id in operations(check, "W50-journeys-permission-suffices"):
        response = _ask(check, operation_id, {}, "journeys_reader")
        check.equal(200, response.status, f"{operation_id} by a user who may read journeys")
        check.equal(
            _ask(check, operation_id, {}).json(), response.json(), f"{operation_id} by a user who may read journeys"
        )


@law("W50-journeys-of-accounts-apart")
def journeys_of_others_do_not_exist(check: Check) -> None:
    """The journey of another account, and the journeys that the two accounts list."""
    theirs = check.sample("journeys.of_other_account")
    for operation_id in operations(check, "W50-journeys-of-accounts-apart"):
        if not _ids_of(check, operation_id):
            continue
        missing = _ask(check, operation_id, {_JOURNEY: _NOTHING})
        response = _ask(check, operation_id, {_JOURNEY: theirs})
        check.equal(404, response.status, f"{operation_id} of a journey of another account")
        check.equal(missing.json(), response.json(), f"{operation_id} of a journey of another account")
    own = {journey["Id"] for journey in journeys(check)}
    response = check.call("list_journeys", credentials="other_account")
    check.equal(200, response.status, "list_journeys by another account")
    listed = {journey["Id"] for journey in response.json()}
    check.equal([], sorted(own & listed), "journeys that two accounts list")
    check.true(
        theirs in listed, "its own journey in the list of another account", expected=theirs, actual=sorted(listed)
    )
