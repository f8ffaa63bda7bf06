"""The channels through which a journey reaches contacts, each with the names under which the API knows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

from mailproof import contract
from mailproof.pointers import members

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Channel:
    """One channel."""

    name: str
    """As the `Channels` of a journey name it."""
    member: str
    """Of a journey and of its report: where the items stand, or what became of them."""
    kind: str
    """Of the rows that are its items."""
    interaction: str
    """The kind of the interactions with its items."""
    parameter: str
    """Of a path: the id of an item."""
    state: str
    """The parameter of the contract that says which states its items reach."""
    report: str
    """The schema of the report on an item."""
    unknown: str
    """The problem of a journey that has no such item."""

    @cached_property
    def states(self) -> Mapping[str, Mapping[str, Any]]:
        """What has to be known of a contact and an item for it to be in a state (`x-states` of the contract)."""
        return cast("Mapping[str, Mapping[str, Any]]", members(_components(), "parameters", self.state, "x-states"))

    @cached_property
    def report_members(self) -> tuple[str, ...]:
        """The members of a report in the order in which the contract declares them."""
        return tuple(members(_components(), "schemas", self.report, "properties"))


EMAILS = Channel("Email", "Emails", "email", "Email", "emailId", "EmailState", "EmailReport", "unknown-email")
TEXT_MESSAGES = Channel(
    "TextMessage",
    "TextMessages",
    "text_message",
    "SMS",
    "textMessageId",
    "TextMessageState",
    "TextMessageReport",
    "unknown-text-message",
)
LANDING_PAGES = Channel(
    "LandingPage",
    "LandingPages",
    "landing_page",
    "LandingPage",
    "landingpageId",
    "LandingPageState",
    "LandingPageReport",
    "unknown-landing-page",
)
CHANNELS = (EMAILS, TEXT_MESSAGES, LANDING_PAGES)


@cache
def _components() -> Mapping[str, Any]:
    return members(contract("which50").document, "components")
