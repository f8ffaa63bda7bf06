"""Laws of the key and of the account that it opens."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mailproof_conformance.getresponse.questions import (
    every_message,
    fails,
    found,
    needed,
    ping,
    refuses,
    several,
    some,
)
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_OTHER = "other_account"
_UNTRUSTED = "untrusted_address"
_WRONG_CONDITIONS: list[Any] = [[], [[]], [{}], [{"no_such_condition": 1}], [{"message": 1}], [None]]
"""What may follow the key in calls of get_message that are not in order."""
_LISTS = ("get_messages", "get_campaigns", "get_ab_tests")


def _unknown_key(check: Check) -> str:
    """A well-formed key that nobody has."""
    return hashlib.sha256(check.fresh("key").encode()).hexdigest()[:32]


@law("GR-unknown-key")
def no_method_takes_an_unknown_key(check: Check) -> None:
    """Every method, with conditions that are in order."""
    for method in check.contract.rpc_methods:
        answer = check.rpc(method, needed(check, method), key=_unknown_key(check))
        fails(check, "key-verification-failed", answer, f"the answer of {method} to an unknown key")


@law("GR-unknown-key")
def a_key_is_compared_as_a_whole(check: Check) -> None:
    """The right key with one digit changed, first or last."""
    key = check.api_key()
    for near in ((("1" if key[0] == "0" else "0") + key[1:]), (key[:-1] + ("1" if key[-1] == "0" else "0"))):
        if near != key:
            fails(
                check,
                "key-verification-failed",
                check.rpc("ping", key=near),
                "the answer to a key that is nearly right",
            )


@law("GR-malformed-key")
def no_method_takes_a_malformed_key(check: Check) -> None:
    """Every method, with a text that is no key, and without a key."""
    for method in check.contract.rpc_methods:
        for params in several([["invalid API key", needed(check, method)], [needed(check, method)], []]):
            answer = check.post(ping(check, method=method, params=params)).json()
            check.equal(
                -32602,
                answer.get("error", {}).get("code"),
                f"the error code of {method} with the params {params}",
            )


@law("GR-malformed-key")
def only_32_lowercase_digits_are_a_key(check: Check) -> None:
    """Variants of the right key, and values of other types."""
    key = check.api_key()
    upper = key.upper() if key.upper() != key else "A" * 32
    wrong: tuple[Any, ...] = (
        "",
        upper,
        key[:-1],
        key + "0",
        f" {key}",
        f"{key}\n",
        "g" * 32,
        None,
        0,
        1.5,
        True,
        [key],
        {"key": key},
    )
    for value in wrong:
        answer = check.post(ping(check, params=[value])).json()
        check.equal(-32602, answer.get("error", {}).get("code"), f"the error code with the key {value!r}")


@law("GR-untrusted-address")
def an_untrusted_address_is_refused_by_every_method(check: Check) -> None:
    """The target's key that is not taken from here."""
    check.credential(_UNTRUSTED)
    for method in check.contract.rpc_methods:
        answer = check.rpc(method, needed(check, method), key=_UNTRUSTED)
        fails(check, "ip-not-allowed", answer, f"the answer of {method} to an untrusted address")


@law("GR-key-is-one-account")
def two_keys_show_two_accounts(check: Check) -> None:
    """No object of one account is seen with the other's key, listed or asked for by its ID."""
    check.credential(_OTHER)
    for method in _LISTS:
        own, other = found(check, method), found(check, method, key=_OTHER)
        check.equal([], sorted(set(own) & set(other)), f"the IDs that {method} shows to both keys")
    own_info, other_info = (
        check.rpc("get_account_info").result,
        check.rpc("get_account_info", key=_OTHER).result,
    )
    check.true(
        own_info["login"] != other_info["login"],
        "the two keys have accounts of their own",
        actual=own_info["login"],
    )


@law("GR-key-is-one-account")
def an_id_of_another_account_is_unknown(check: Check) -> None:
    """A message and a campaign, asked for with the other account's key."""
    check.credential(_OTHER)
    message = next(iter(some(check, every_message(check), "message")))
    campaign = next(iter(some(check, found(check, "get_campaigns"), "campaign")))
    check.equal({}, check.rpc("get_message", {"message": message}, key=_OTHER).result, "the other account's message")
    check.equal(
        {},
        check.rpc("get_campaign", {"campaign": campaign}, key=_OTHER).result,
        "the other account's campaign",
    )
    listed = found(check, "get_messages", {"campaigns": [campaign]}, _OTHER)
    check.equal([], sorted(listed), "messages of the other account's campaign")
    answer = check.rpc("get_message_contents", {"message": message}, key=_OTHER)
    fails(check, "missing-message", answer, "the contents of the other account's message")


@law("GR-key-before-conditions")
def an_unknown_key_is_told_before_wrong_conditions(check: Check) -> None:
    """Conditions of every kind of wrongness, and none where one is needed."""
    for params in several(_WRONG_CONDITIONS):
        answer = check.rpc("get_message", *params, key=_unknown_key(check))
        fails(check, "key-verification-failed", answer, f"the answer to an unknown key with the conditions {params}")


@law("GR-key-before-conditions")
def each_method_looks_at_the_key_first(check: Check) -> None:
    """Without what it needs, and with a condition that nothing has."""
    for method in check.contract.rpc_methods:
        for conditions in ({}, {check.fresh("no"): 1}):
            answer = check.rpc(method, conditions, key=_unknown_key(check))
            about = f"the answer of {method} to an unknown key with the conditions {conditions}"
            fails(check, "key-verification-failed", answer, about)


@law("GR-key-before-conditions")
def an_untrusted_address_is_told_before_wrong_conditions(check: Check) -> None:
    """Conditions of every kind of wrongness, and none where one is needed; an unknown one to each method."""
    check.credential(_UNTRUSTED)
    for params in several(_WRONG_CONDITIONS):
        answer = check.rpc("get_message", *params, key=_UNTRUSTED)
        fails(check, "ip-not-allowed", answer, f"the answer to an untrusted address with the conditions {params}")
    for method in check.contract.rpc_methods:
        for conditions in ({}, {check.fresh("no"): 1}):
            about = f"the answer of {method} to an untrusted address with the conditions {conditions}"
            fails(check, "ip-not-allowed", check.rpc(method, conditions, key=_UNTRUSTED), about)


@law("GR-arguments-before-key")
def wrong_arguments_are_told_before_an_unknown_key(check: Check) -> None:
    """A third argument, and arguments by name."""
    key = _unknown_key(check)
    for method in ("get_messages", "ping"):
        for params in several([[key, {}, {}], [key, {}, None], [key, [], 3], {"api_key": key}, {"0": key}]):
            answer = check.post(ping(check, method=method, params=params)).json()
            code = answer.get("error", {}).get("code")
            check.equal(-32602, code, f"the error code of {method} with the params {params}")


@law("GR-unknown-condition-refused")
def every_method_refuses_unknown_conditions(check: Check) -> None:
    """A name that none has, and names that other methods have."""
    known = {"message", "campaign", "ab_test", "name", "pager"}
    for method in check.contract.rpc_methods:
        pointer = check.contract.rpc_methods[method]["params"][1]
        schema = check.contract.document["components"]["schemas"][pointer.rpartition("/")[2]]
        for name in ("no_such_condition", "", *sorted(known - set(schema.get("properties", {})))):
            conditions = {**needed(check, method), name: {"EQUALS": "x"}}
            refuses(check, method, conditions, about=f"the answer of {method} to the condition {name!r}")


@law("GR-account-unchanging")
def the_account_stays_the_same(check: Check) -> None:
    """Asked twice, with another call in between."""
    first = check.rpc("get_account_info").result
    check.rpc("get_messages")
    check.equal(first, check.rpc("get_account_info").result, "the account, asked for again")
