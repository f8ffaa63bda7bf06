"""Laws of campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.getresponse.questions import UNKNOWN_ID, found, some
from mailproof_conformance.laws import law

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


@law("GR-campaign-as-listed")
def one_campaign_is_the_entry_of_the_list(check: Check) -> None:
    """Every campaign."""
    for name, row in some(check, found(check, "get_campaigns"), "campaign").items():
        check.equal({name: row}, check.rpc("get_campaign", {"campaign": name}).result, f"the campaign {name}")


@law("GR-unknown-campaign-id")
def an_unknown_campaign_is_an_empty_object(check: Check) -> None:
    """IDs that no campaign has, names of campaigns, and texts that are no IDs."""
    rows = found(check, "get_campaigns")
    names = [row["name"] for row in rows.values() if row["name"] not in rows]
    for name in (UNKNOWN_ID, "", "no campaign", "%", *names):
        check.equal({}, check.rpc("get_campaign", {"campaign": name}).result, f"the campaign {name!r}")


@law("GR-campaign-by-name")
def a_name_leads_to_one_id(check: Check) -> None:
    """Every campaign's name."""
    rows = some(check, found(check, "get_campaigns"), "campaign")
    for name, row in rows.items():
        by_name = found(check, "get_campaigns", {"name": {"EQUALS": row["name"]}})
        check.equal({name: row}, by_name, f"the campaigns called {row['name']}")


@law("GR-ids-letter-case")
def an_id_in_other_letter_case_is_another_campaign(check: Check) -> None:
    """Every campaign's ID turned round."""
    for name in found(check, "get_campaigns"):
        turned = name.swapcase()
        if turned != name:
            result = check.rpc("get_campaign", {"campaign": turned}).result
            check.equal(
                [],
                [key for key in result if key != turned],
                f"what the ID {turned} finds, {name} being another",
            )
