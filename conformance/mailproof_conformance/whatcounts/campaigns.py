"""Laws about which campaign a message counts for, as the file names of its snapshots show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from mailproof_conformance.laws import law
from mailproof_conformance.whatcounts.short_sends import one_by_body
from mailproof_conformance.whatcounts.traces import A_FEW, one_stored_by, values_of

if TYPE_CHECKING:
    from mailproof_conformance.check import Check

_LONGEST = 100


def _campaign(check: Check, name: str | None = None, *, on: str | None = None, template: str | None = None) -> str:
    query = {"snapshot": "1"} if name is None else {"snapshot": "1", "campaignName": name}
    return one_stored_by(check, query, on=on, template=template).campaign


def _differ(check: Check, first: str, second: str, about: str) -> None:
    check.true(first != second, about, expected="two campaigns", actual=f"{first} twice")


@law("WC-campaign-name-groups")
def one_name_is_one_campaign(check: Check) -> None:
    """Whatever the name is made of, and whatever is sent in between."""
    start = check.fresh("c")
    texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)

    def holds(rest: str) -> None:
        first = _campaign(check, f"{start}{rest}")
        _campaign(check)
        check.equal(first, _campaign(check, f"{start}{rest}"), f"the campaign of the second send for {start}{rest}")

    check.forall(texts, holds, examples=["", " & more", "+plus", "%25", "Grüße", "日本"], most=A_FEW)


@law("WC-campaign-name-groups")
def another_template_stays_in_the_campaign(check: Check) -> None:
    """The name decides, not what is sent."""
    name = check.fresh("c")
    first = _campaign(check, name)
    check.equal(
        first,
        _campaign(check, name, template=check.sample("templates.tied")),
        "the campaign of another template",
    )


@law("WC-campaign-names-differ")
def two_names_are_two_campaigns(check: Check) -> None:
    """Names of which one begins with the other."""
    name = check.fresh("c")
    _differ(check, _campaign(check, name), _campaign(check, f"{name}x"), "the campaigns of two names")


@law("WC-campaign-names-exact")
def two_letter_cases_are_two_campaigns(check: Check) -> None:
    """All letters of the name, one, and such as ASCII does not have."""
    start = check.fresh("c")
    name = f"{start}abc"
    for one, other in ((name, name.upper()), (name, f"{name[:-1]}C"), (f"{start}éöжω", f"{start}ÉÖЖΩ")):
        _differ(check, _campaign(check, one), _campaign(check, other), f"the campaigns of {one} and {other}")


@law("WC-campaign-per-message")
def messages_stand_alone(check: Check) -> None:
    """On a list that is not sticky."""
    found = [_campaign(check) for _ in range(3)]
    check.equal(3, len(set(found)), "the number of campaigns of three sends")


@law("WC-campaign-per-message")
def the_name_of_the_template_is_no_campaign_name(check: Check) -> None:
    """A send without a name does not join a campaign that is called like its template."""
    named = _campaign(check, check.sample("templateName"))
    _differ(check, named, _campaign(check), "the campaigns of a named and an unnamed send")


@law("WC-campaign-sticky-list")
def a_sticky_list_groups(check: Check) -> None:
    """Without any name, in every format, and by either path."""
    sticky = check.sample("lists.sticky")
    expected = _campaign(check, on=sticky)
    for value in (None, *values_of(check, "format")):
        query = {"snapshot": "1"} if value is None else {"snapshot": "1", "format": value}
        found = one_stored_by(check, query, on=sticky).campaign
        check.equal(expected, found, f"the campaign of a send on a sticky list with {query}")
    by_body = one_by_body(check, listName=sticky).campaign
    check.equal(expected, by_body, "the campaign of a send on a sticky list by its body")


@law("WC-campaign-name-over-sticky")
def a_name_leaves_the_sticky_campaign(check: Check) -> None:
    """And a send without one comes back to it."""
    sticky, name = check.sample("lists.sticky"), check.fresh("c")
    before = _campaign(check, on=sticky)
    named = _campaign(check, name, on=sticky)
    _differ(check, before, named, "the sticky and the named campaign")
    check.equal(named, _campaign(check, name, on=sticky), "the named campaign, again")
    check.equal(before, _campaign(check, on=sticky), "the sticky campaign, again")


@law("WC-campaign-name-per-list")
def a_name_belongs_to_its_list(check: Check) -> None:
    """The same name on another list."""
    name = check.fresh("c")
    first = _campaign(check, name)
    _differ(check, first, _campaign(check, name, on=check.sample("lists.other")), "the campaigns of two lists")


@law("WC-campaign-name-limit")
def a_hundred_characters_count(check: Check) -> None:
    """Characters, not bytes."""
    for letter in ("c", "ü"):
        name = check.fresh("c").ljust(_LONGEST, letter)
        check.equal(_campaign(check, name), _campaign(check, name), "the campaign of a name of 100 characters")


@law("WC-campaign-name-limit")
def longer_names_are_ignored(check: Check) -> None:
    """From 101 characters on."""
    start = check.fresh("c")

    def holds(length: int) -> None:
        name = start.ljust(length, "c")
        _differ(
            check,
            _campaign(check, name),
            _campaign(check, name),
            f"the campaigns of a name of {length} characters",
        )

    check.forall(st.integers(_LONGEST + 1, 1_000), holds, examples=[_LONGEST + 1], most=A_FEW)


@law("WC-campaign-name-limit")
def longer_names_leave_the_sticky_campaign_to_its_list(check: Check) -> None:
    """On a list with sticky campaigns, where a name that counts would decide."""
    sticky = check.sample("lists.sticky")
    expected = _campaign(check, on=sticky)
    for name in (check.fresh("c").ljust(_LONGEST + 1, "c"), check.fresh("c").ljust(_LONGEST + 1, "ü")):
        found = _campaign(check, name, on=sticky)
        check.equal(expected, found, f"the campaign of a name of {len(name)} characters on a sticky list")
