"""Laws about IDs: of another account each is unknown to every method, and of the own account none is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping
from mailproof_conformance.getresponse.questions import UNKNOWN_ID, every_message, found, needed, some
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import RpcAnswer

_OTHER = "other_account"
_MOST = 4
"""IDs of a kind that are asked for."""


def _ids(check: Check) -> dict[str, list[str]]:
    """Some IDs of the account by the name of the condition that takes them: the first and the last of each kind."""
    rows = {"message": every_message(check), "campaign": found(check, "get_campaigns")}
    rows["ab_test"] = found(check, "get_ab_tests")
    return {kind: [*some(check, known, kind)][: _MOST // 2] + [*known][-_MOST // 2 :] for kind, known in rows.items()}


def _told(answer: RpcAnswer) -> Any:
    """What an answer says, be it a result or an error."""
    return {name: item for name, item in answer.envelope.items() if name in {"result", "error"}}


@law("GR-key-is-one-account")
def every_method_knows_its_own_ids_only(check: Check) -> None:
    """IDs of each kind by each method that takes one: to the other key they are what an unknown ID is."""
    check.credential(_OTHER)
    ids = _ids(check)
    for method, entry in check.contract.rpc_methods.items():
        wanted = needed(check, method) if entry["required"] > 1 else {}
        for kind in wanted.keys() & ids.keys():
            expected = _told(check.rpc(method, {**wanted, kind: UNKNOWN_ID}, key=_OTHER))
            for name in ids[kind]:
                actual = _told(check.rpc(method, {**wanted, kind: name}, key=_OTHER))
                check.equal(expected, actual, f"the answer of {method} to another account's {kind}")


def _samples(check: Check) -> Iterator[str]:
    """The IDs of messages that the target is known to hold."""
    yield check.sample("message")
    for entry in mapping(check.samples.get("messages")).values():
        yield from entry if isinstance(entry, list) else [str(entry)]


@law("GR-message-as-listed")
def what_is_there_is_listed(check: Check) -> None:
    """Each message of the samples: get_message shows it, so get_messages finds it among those of its type."""
    for name in _samples(check):
        shown = found(check, "get_message", {"message": name})
        check.equal([name], [*shown], f"the IDs that get_message shows of {name}")
        kind = shown[name]["type"]
        listed = found(check, "get_messages", {"type": kind})
        check.true(name in listed, f"{name} among the messages of type {kind}", expected="listed", actual=[*listed])
        check.equal(shown[name], listed[name], f"{name} as get_messages shows it")
