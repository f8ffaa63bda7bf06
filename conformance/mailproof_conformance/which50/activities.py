"""Laws about the activities of a journey and the contacts at which they are aimed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import Row, journeys, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check

_SURELY_EMAIL = re.compile(r"[A-Za-z0-9]+@[a-z]+\.[a-z]+")
_MAYBE_EMAIL = re.compile(r".+@.+", re.DOTALL)
_SURELY_MOBILE = re.compile(r"\+\d{11,12}")
_MAYBE_MOBILE = re.compile(r"(?:.*\d){5}.*", re.DOTALL)
_SIZES = (
    ("ContactsCountEmail", "ContactsCountEmailWithDuplicates"),
    ("ContactsCountSms", "ContactsCountSmsWithDuplicates"),
)


def _activities(check: Check) -> Iterator[tuple[Row, Row]]:
    """Every activity with its journey. The case is skipped where there is none."""
    found = False
    for journey in journeys(check):
        for activity in read(check, "list_activities", journeyId=journey["Id"]):
            found = True
            yield journey, activity
    if not found:
        check.skip("the target shows no activities")


def _aimed_at(check: Check, activity: Row) -> list[Row]:
    path = {"journeyId": activity["CampaignId"], "activityId": activity["Id"]}
    found: list[Row] = read(check, "list_activity_contacts", **path)
    return found


@law("W50-activity-as-listed")
def an_activity_is_what_the_list_shows(check: Check) -> None:
    """Each activity by its id."""
    for journey, activity in _activities(check):
        found = read(check, "get_activity", journeyId=journey["Id"], activityId=activity["Id"])
        check.equal(activity, found, f"activity {activity['Id']} by its id")


@law("W50-activity-of-journey")
def an_activity_names_its_journey(check: Check) -> None:
    """The CampaignId of each activity."""
    for journey, activity in _activities(check):
        check.equal(journey["Id"], activity["CampaignId"], f"the CampaignId of activity {activity['Id']}")


@law("W50-target-in-list-of-journey")
def a_target_is_in_the_list_of_the_journey(check: Check) -> None:
    """The ContactListId of each target."""
    for journey, activity in _activities(check):
        found = activity["Target"]["ContactListId"]
        check.equal(journey["ListId"], found, f"the ContactListId of the target of activity {activity['Id']}")


@law("W50-target-contacts-in-list")
def contacts_of_a_target_are_in_its_list(check: Check) -> None:
    """The ListId of each contact of each activity."""
    for _, activity in _activities(check):
        found = {contact["ListId"] for contact in _aimed_at(check, activity)}
        strangers = sorted(found - {activity["Target"]["ContactListId"]})
        check.equal([], strangers, f"further lists of the contacts of activity {activity['Id']}")


@law("W50-target-size")
def a_target_counts_its_contacts(check: Check) -> None:
    """The ContactsCount of each target, and its contacts."""
    for _, activity in _activities(check):
        found = len(_aimed_at(check, activity))
        about = f"the contacts of activity {activity['Id']} against its ContactsCount"
        check.equal(activity["Target"]["ContactsCount"], found, about)


@law("W50-target-sizes-within-each-other")
def no_size_exceeds_the_next(check: Check) -> None:
    """The sizes of each target by e-mail and by SMS."""
    for _, activity in _activities(check):
        target = activity["Target"]
        for distinct, all_of_them in _SIZES:
            sizes = [target[distinct], target[all_of_them], target["ContactsCount"]]
            about = f"{distinct}, {all_of_them} and ContactsCount of activity {activity['Id']}"
            check.true(
                0 <= sizes[0] <= sizes[1] <= sizes[2], about, expected="none greater than the next", actual=sizes
            )
            check.equal(sizes[1] > 0, sizes[0] > 0, f"whether there is any of {distinct} and {all_of_them}")


@law("W50-target-email-sizes")
def email_sizes_follow_the_addresses(check: Check) -> None:
    """The e-mail addresses of the contacts of each target."""
    for _, activity in _activities(check):
        texts = [_text(contact, "Email").lower() for contact in _aimed_at(check, activity)]
        _follow(check, activity, _SIZES[0], texts, (_SURELY_EMAIL, _MAYBE_EMAIL))


@law("W50-target-sms-sizes")
def sms_sizes_follow_the_numbers(check: Check) -> None:
    """The mobile numbers of the contacts of each target."""
    for _, activity in _activities(check):
        texts = [re.sub(r"[ ().-]", "", _text(contact, "Mobile")) for contact in _aimed_at(check, activity)]
        _follow(check, activity, _SIZES[1], texts, (_SURELY_MOBILE, _MAYBE_MOBILE))


def _text(contact: Row, field: str) -> str:
    value: object = cast("dict[str, Any]", contact["Values"] or {}).get(field)
    return value.strip() if isinstance(value, str) else ""


def _follow(
    check: Check,
    activity: Row,
    sizes: tuple[str, str],
    texts: list[str],
    forms: tuple[re.Pattern[str], re.Pattern[str]],
) -> None:
    """Two sizes of a target lie between what is surely well-formed and what may be: the texts once each, and all."""
    sure, possible = ([text for text in texts if form.fullmatch(text)] for form in forms)
    least_and_most = ((len(set(sure)), len(set(possible))), (len(sure), len(possible)))
    for size, (least, most) in zip(sizes, least_and_most, strict=True):
        found = activity["Target"][size]
        about = f"the {size} of activity {activity['Id']}"
        check.true(least <= found <= most, about, expected=f"{least} to {most}", actual=found)
