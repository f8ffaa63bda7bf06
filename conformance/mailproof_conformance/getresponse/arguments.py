"""Laws of the method's name and of its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.getresponse.questions import (
    envelope,
    fails,
    needed,
    ping,
    refuses,
    several,
    without,
)
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_NO_OBJECTS: list[Any] = [[], [{}], "x", "", 0, 1.5, True, None]


@law("GR-unknown-method")
def unknown_methods_are_told(check: Check) -> None:
    """Methods of other versions and other servers, in both forms."""
    for method in (
        "no_such_method",
        "",
        " ping",
        "ping ",
        "system.listMethods",
        "get_newsletter_statistics",
        "ping\u0000",
    ):
        fails(check, "method-not-found", check.rpc(method), f"the answer to a call of {method!r}")
        fails(
            check,
            "method-not-found",
            check.rpc(method, version="1.0"),
            f"the answer to a 1.0 call of {method!r}",
        )


@law("GR-method-name-exact")
def method_names_have_letter_case(check: Check) -> None:
    """Every method of the contract in capitals."""
    for method in check.contract.rpc_methods:
        for name in (method.upper(), method.capitalize()):
            fails(check, "method-not-found", check.rpc(name), f"the answer to a call of {name}")


@law("GR-method-before-key")
def an_unknown_method_is_told_before_the_key(check: Check) -> None:
    """Wrong keys, no key, arguments that no method takes."""
    for params in several([["f" * 32], ["no key"], [], {}, [check.api_key(), [], 3], None]):
        answer = envelope(check, check.post(ping(check, method="no_such_method", params=params)), "an unknown method")
        check.equal(-32601, answer.get("error", {}).get("code"), f"the error code with the params {params}")


@law("GR-named-params-refused")
def other_params_than_an_array_are_refused(check: Check) -> None:
    """Named, missing, null, and no structure at all."""
    key = check.api_key()
    for params in several([{"api_key": key}, {"0": key}, {}, None, key, 1, True]):
        answer = envelope(check, check.post(ping(check, params=params)), f"a call with the params {params}")
        check.equal(-32602, answer.get("error", {}).get("code"), f"the error code with the params {params}")
    answer = envelope(check, check.post(without(ping(check), "params")), "a call without params")
    check.equal(-32602, answer.get("error", {}).get("code"), "the error code without params")


@law("GR-third-param-refused")
def a_third_argument_is_refused(check: Check) -> None:
    """Whatever it is."""
    for method in check.contract.rpc_methods:
        for third in several([{}, None, "x"]):
            refuses(check, method, needed(check, method), third, about=f"{method} with a third argument {third}")


@law("GR-conditions-not-an-object")
def conditions_that_are_no_object_are_refused(check: Check) -> None:
    """The empty array is what PHP makes of no conditions."""
    for method in check.contract.rpc_methods:
        for conditions in several(_NO_OBJECTS):
            about = f"the answer to {method} with the conditions {conditions!r}"
            fails(check, "conditions-not-an-object", check.rpc(method, conditions), about)


@law("GR-conditions-reason")
def the_reason_stands_in_the_data(check: Check) -> None:
    """In the vendor's own words."""
    text = check.contract.document["x-rpc-errors"]["conditions-not-an-object"]["data"]
    for method in check.contract.rpc_methods:
        for conditions in several(_NO_OBJECTS):
            error = check.rpc(method, conditions).error or {}
            about = f"the data of the answer to {method} with the conditions {conditions!r}"
            check.equal(text, error.get("data"), about)


@law("GR-conditions-may-be-missing")
def no_conditions_are_empty_conditions(check: Check) -> None:
    """For every method that needs none."""
    for method, row in check.contract.rpc_methods.items():
        if row["required"] == 1:
            bare, empty = check.rpc(method).result, check.rpc(method, {}).result
            check.equal(empty, bare, f"the result of {method} without conditions")


@law("GR-business-errors-are-minus-one")
def own_errors_have_one_code(check: Check) -> None:
    """Every error that a method lists as its own."""
    errors = check.contract.document["x-rpc-errors"]
    for method, row in check.contract.rpc_methods.items():
        for name in row["errors"]:
            check.equal(-1, errors[name]["code"], f"the contract's code of {name}")
            answer = check.rpc(method, needed(check, method))
            fails(check, name, answer, f"the answer of {method} that raises {name}")
