"""Landing pages as a contact sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_mock.call import Answer, Problem
from mailproof_mock.which50.journeys import journey_of
from mailproof_mock.which50.page_rendering import pdf_of
from mailproof_mock.which50.page_text import paragraphs_of_html, paragraphs_of_text
from mailproof_mock.which50.placeholders import filled, is_html, on_one_line
from mailproof_mock.which50.saving import run_custom_events, save_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_mock.call import Call

_Row = dict[str, Any]

_LONGEST_VALUE = 50_000  # characters of one value that a page shows


async def generate_pdf(call: Call) -> Answer:
    """POST journeys/{journeyId}/landingpages/{landingpageId}/generatePDF."""
    journey = await journey_of(call)
    page = await call.world.get("landing_page", call.path["landingpageId"])
    if page is None or page["_journey"] != journey["Id"]:
        raise Problem("unknown-landing-page")
    contact: Mapping[str, Any] = call.body
    query = dict(call.query)
    rows = await save_all(call, await _list_id(call, journey, contact), contact, query.get("match"))
    await run_custom_events(call, query.get("customevents"), rows)
    name = f"landing-page-{page['Id']}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Answer(_rendered(call, page, rows[0]), headers=headers, media_type="application/pdf")


async def _list_id(call: Call, journey: _Row, contact: Mapping[str, Any]) -> int:
    """The list of the journey; that of the contact where the journey has none."""
    if journey["ListId"] is not None:
        return int(journey["ListId"])
    list_id = contact.get("ListId")
    if list_id is None:
        raise Problem("expectation-failed", "ListId: is required, as the journey has no list of its own.")
    if await call.world.get("contact_list", list_id) is None:
        raise Problem("unknown-contact-list")
    return int(list_id)


def _rendered(call: Call, page: _Row, contact: _Row) -> bytes:
    as_html = is_html(page["_body"])
    body = filled(page["_body"], contact, escaped=as_html, longest=_LONGEST_VALUE)
    paragraphs = paragraphs_of_html(body) if as_html else paragraphs_of_text(body)
    title = on_one_line(filled(page["_title"], contact, longest=_LONGEST_VALUE))
    return pdf_of(title, paragraphs, call.world.now())
