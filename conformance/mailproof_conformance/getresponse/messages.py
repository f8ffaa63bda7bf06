"""Laws of get_messages: which messages are found, and what they lead to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mailproof_conformance.getresponse.questions import (
    every_message,
    found,
    message_types,
    messages,
    refuses,
    same_ids,
    several,
    some,
)
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


_LISTS = ("get_messages", "get_campaigns", "get_ab_tests")

_MERGE_WORD = "{{"


_BY_DEFAULT = ("newsletter", "autoresponder")


@law("GR-default-types")
def newsletters_and_autoresponders_are_the_default(check: Check) -> None:
    """The default is the union of the two, and has nothing else in it."""
    rows = messages(check)
    parts = {name: row for kind in _BY_DEFAULT for name, row in messages(check, type=kind).items()}
    check.equal(parts, rows, "the messages without `type`, compared with newsletters and autoresponders")
    check.equal(
        [],
        sorted({row["type"] for row in rows.values()} - set(_BY_DEFAULT)),
        "further types of message without `type`",
    )


@law("GR-type-narrows")
def each_type_finds_its_own(check: Check) -> None:
    """Every type."""
    for kind in message_types(check):
        others = sorted({row["type"] for row in messages(check, type=kind).values()} - {kind})
        check.equal([], others, f"other types among the messages of type {kind}")


@law("GR-unknown-type-refused")
def other_types_are_refused(check: Check) -> None:
    """An alias of older revisions, other letter case, several types, values that are no texts."""
    for kind in several(
        [
            "follow-up",
            "Newsletter",
            "DRAFT",
            "ab-test",
            "",
            "all",
            None,
            1,
            ["newsletter"],
            [],
            {"EQUALS": "draft"},
        ]
    ):
        refuses(check, "get_messages", {"type": kind}, about=f"the answer to the type {kind!r}")


@law("GR-conditions-and")
def conditions_narrow_each_other(check: Check) -> None:
    """Two to four conditions taken from the account's own messages."""
    rows = some(check, messages(check), "newsletter or autoresponder")

    def holds(conditions: dict[str, Any]) -> None:
        alone = [set(messages(check, **{name: condition})) for name, condition in conditions.items()]
        same_ids(
            check,
            alone[0].intersection(*alone[1:]),
            messages(check, **conditions),
            f"messages that meet {conditions}",
        )

    def conditions_of(row: dict[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
        subject, name, day = row["subject"], row["name"] or "", row["created_on"][:10]
        return {
            "type": st.sampled_from(_BY_DEFAULT),
            "subject": st.sampled_from(
                [{"EQUALS": subject}, {"CONTAINS": f"%{subject[1:5]}%"}, {"NOT_EQUALS": subject}]
            ),
            "name": st.sampled_from([{"EQUALS": name}, {"CONTAINS": f"{name[:3]}%"}, {"NOT_CONTAINS": f"{name[:3]}%"}]),
            "created_on": st.sampled_from([{"AT": day}, {"FROM": day}, {"TO": day}]),
            "campaigns": st.just([row["campaign"]]),
            "get_campaigns": st.sampled_from([{"name": {"CONTAINS": "%1"}}, {"name": {"NOT_CONTAINS": "%1"}}]),
        }

    # together the two ways of naming campaigns widen the search, which is another clause
    pairs = st.sampled_from(sorted(rows)).flatmap(
        lambda name: st.fixed_dictionaries({}, optional=conditions_of(rows[name]))
    )
    check.forall(pairs.filter(lambda drawn: len(drawn) > 1 and not {"campaigns", "get_campaigns"} <= set(drawn)), holds)


@law("GR-subject-condition")
def every_subject_finds_its_message(check: Check) -> None:
    """And nothing that has another subject."""
    _finds_by(check, "subject")


@law("GR-subject-as-returned")
def merge_words_are_compared_as_they_are_returned(check: Check) -> None:
    """A subject that is known to address the reader, whole and by its merge word."""
    name = check.sample("messages.personal")
    row = every_message(check).get(name) or check.skip(f"the sample {name!r} is no message of the account")
    for condition in ({"EQUALS": row["subject"]}, {"CONTAINS": "%{{%}}%"}):
        actual = messages(check, type=row["type"], subject=condition)
        check.true(name in actual, f"{condition} finds the message {name}", actual=sorted(actual))
        strays = [other for other in actual if _MERGE_WORD not in actual[other]["subject"]]
        check.equal([], strays, f"messages without a merge word that {condition} finds")


@law("GR-name-condition")
def every_name_finds_its_message(check: Check) -> None:
    """And nothing that has another name."""
    _finds_by(check, "name")


def _finds_by(check: Check, member: str) -> None:
    for kind in message_types(check):
        rows = messages(check, type=kind)
        for name, row in rows.items():
            if row[member] is not None and _MERGE_WORD not in row[member]:
                actual = messages(check, type=kind, **{member: {"EQUALS": row[member]}})
                check.true(
                    name in actual,
                    f"{member} {row[member]!r} finds its message {name}",
                    actual=sorted(actual),
                )
                strays = sorted(
                    other for other in actual if (actual[other][member] or "").lower() != row[member].lower()
                )
                check.equal([], strays, f"messages with another {member} than {row[member]!r}")


def _day_off(day: str, shift: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=shift)).isoformat()


@law("GR-created-on-condition")
def every_creation_day_finds_its_messages(check: Check) -> None:
    """Messages of every type."""
    for kind in message_types(check):
        rows = messages(check, type=kind)
        for day in sorted({row["created_on"][:10] for row in rows.values()}):
            # a day to both sides, as whether the ends of a range are inside is for other clauses
            before, after = _day_off(day, -1), _day_off(day, 1)
            actual = messages(check, type=kind, created_on={"FROM": before, "TO": after})
            lost = {name for name, row in rows.items() if row["created_on"].startswith(day)} - set(actual)
            check.equal([], sorted(lost), f"messages of type {kind} created on {day} that are not found")
            strays = [name for name, row in actual.items() if not before <= row["created_on"][:10] <= after]
            check.equal([], strays, f"messages of type {kind} created off {day} that are found")


@law("GR-unknown-condition-refused")
def misspelt_conditions_are_refused(check: Check) -> None:
    """Other letter case, other number, operators in the place of conditions, beside good conditions."""
    for name in (
        "Type",
        "TYPE",
        "subjects",
        "campaign",
        "get_campaign",
        "createdOn",
        "EQUALS",
        "FROM",
        "limit",
        "$where",
    ):
        refuses(
            check,
            "get_messages",
            {"type": "draft", name: {"EQUALS": "x"}},
            about=f"the answer to the condition {name}",
        )
    for campaigns in ({"Name": {"EQUALS": "x"}}, {"no_such_condition": "x"}, {"name": {"EQUALS": "x"}, "type": "x"}):
        refuses(check, "get_messages", {"get_campaigns": campaigns}, about=f"the answer to get_campaigns {campaigns}")


@law("GR-dynamic-content-in-subject")
def merge_words_are_dynamic_content(check: Check) -> None:
    """A subject that is known to address the reader."""
    name = check.sample("messages.personal")
    row = every_message(check).get(name) or check.skip(f"the sample {name!r} is no message of the account")
    check.true(
        re.search(r"\{\{[A-Z_]+( [^{}]*)?\}\}", row["subject"]),
        "the subject has Dynamic Content in it",
        actual=row["subject"],
    )


@law("GR-answers-repeat")
def ids_stay_the_same(check: Check) -> None:
    """Each list, asked for twice."""
    for method in _LISTS:
        check.equal(found(check, method), found(check, method), f"the result of {method}, asked again")


@law("GR-id-characters")
def ids_are_letters_and_digits(check: Check) -> None:
    """The keys of all maps."""
    pattern = re.compile(check.contract.document["components"]["schemas"]["ObjectId"]["pattern"])
    for rows in (every_message(check), found(check, "get_campaigns"), found(check, "get_ab_tests")):
        check.equal([], [name for name in rows if not pattern.search(name)], "keys that are no IDs")


@law("GR-message-in-known-campaign")
def campaigns_of_messages_exist(check: Check) -> None:
    """Messages of all types."""
    used = {row["campaign"] for row in every_message(check).values()}
    check.equal(
        [],
        sorted(used - set(found(check, "get_campaigns"))),
        "campaigns of messages that get_campaigns does not show",
    )


@law("GR-action-message-exists")
def messages_that_set_off_others_exist(check: Check) -> None:
    """Autoresponders that answer to the opening of a message."""
    actions = [row["action"] for row in messages(check, type="autoresponder").values() if row["based_on"] == "action"]
    named = {action["message"] for action in actions if "message" in action}
    if not named:
        check.skip("the account has no autoresponder on the opening of a message")
    for name in sorted(named):
        check.equal(
            [name],
            list(check.rpc("get_message", {"message": name}).result),
            f"the message {name}, which sets off an autoresponder",
        )


@law("GR-ab-test-of-message")
def tests_of_messages_exist(check: Check) -> None:
    """Every A/B test message."""
    rows = some(check, messages(check, type="ab_test"), "A/B test message")
    for name in sorted({row["ab_test"] for row in rows.values()}):
        check.equal(
            [name],
            list(check.rpc("get_ab_test", {"ab_test": name}).result),
            f"the test {name}, which a message names",
        )
