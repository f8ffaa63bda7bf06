"""Laws of A/B tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from mailproof_conformance.getresponse.questions import LONG_AGO, UNKNOWN_ID, found, messages, same_ids, some
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@law("GR-ab-test-as-listed")
def one_test_is_the_entry_of_the_list(check: Check) -> None:
    """Every test."""
    for name, row in some(check, found(check, "get_ab_tests"), "A/B test").items():
        check.equal({name: row}, check.rpc("get_ab_test", {"ab_test": name}).result, f"the test {name}")


@law("GR-unknown-ab-test")
def an_unknown_test_is_an_empty_object(check: Check) -> None:
    """IDs that no test has, and texts that are no IDs."""
    for name in (UNKNOWN_ID, "", "no test", "%"):
        check.equal({}, check.rpc("get_ab_test", {"ab_test": name}).result, f"the test {name!r}")


@law("GR-ab-tests-by-name")
def names_find_their_tests(check: Check) -> None:
    """Every name as a whole, and everything but it."""
    rows = some(check, found(check, "get_ab_tests"), "A/B test")
    for row in rows.values():
        alike = {name: other for name, other in rows.items() if other["name"].lower() == row["name"].lower()}
        rest = {name: other for name, other in rows.items() if name not in alike}
        check.equal(
            alike,
            found(check, "get_ab_tests", {"name": {"EQUALS": row["name"]}}),
            f"the tests called {row['name']}",
        )
        check.equal(
            rest,
            found(check, "get_ab_tests", {"name": {"NOT_EQUALS": row["name"]}}),
            f"the tests not called {row['name']}",
        )


@law("GR-ab-tests-by-name")
def names_and_days_hold_together(check: Check) -> None:
    """Every name with the day of its test and with a day before any: each of the two conditions holds as alone."""
    rows = some(check, found(check, "get_ab_tests"), "A/B test")
    conditions = [{"AT": row["created_on"][:10]} for row in rows.values()] + [{"TO": LONG_AGO}, {"FROM": LONG_AGO}]
    for row in rows.values():
        for name in ({"EQUALS": row["name"]}, {"NOT_EQUALS": row["name"]}):
            for day in conditions:
                named, made = (found(check, "get_ab_tests", one) for one in ({"name": name}, {"created_on": day}))
                both = found(check, "get_ab_tests", {"name": name, "created_on": day})
                same_ids(check, named.keys() & made.keys(), both, f"the tests with name {name} and created_on {day}")


@law("GR-ab-tests-by-creation")
def days_find_the_tests_created_on_them(check: Check) -> None:
    """Ranges around every day that a test was created on; whether their ends are inside is for other clauses."""
    rows = some(check, found(check, "get_ab_tests"), "A/B test")
    for day in sorted({row["created_on"][:10] for row in rows.values()}):
        before, after = ((date.fromisoformat(day) + timedelta(days=shift)).isoformat() for shift in (-1, 1))
        actual = found(check, "get_ab_tests", {"created_on": {"FROM": before, "TO": after}})
        lost = {name for name, row in rows.items() if row["created_on"].startswith(day)} - set(actual)
        check.equal([], sorted(lost), f"tests created on {day} that are not found")
        strays = [name for name, row in actual.items() if not before <= row["created_on"][:10] <= after]
        check.equal([], strays, f"tests created off {day} that are found")


@law("GR-ab-test-candidates")
def candidates_are_the_messages_of_the_test(check: Check) -> None:
    """Every test: its candidates, and the messages that name it."""
    members = messages(check, type="ab_test")
    for name, row in some(check, found(check, "get_ab_tests"), "A/B test").items():
        of_test = [message for message, entry in members.items() if entry["ab_test"] == name]
        same_ids(check, of_test, row["candidates"], f"the candidates of the test {name}")
