"""The Count of a contact list in the list of lists: it follows whatever creates a contact there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.verdicts import Broken
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.machine import TO_ONE
from mailproof_conformance.which50.messages import Message
from mailproof_conformance.which50.reads import media_types, value_of
from mailproof_conformance.which50.spare_list import OK

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailproof_conformance.check import Check

LISTS = "list_contact_lists"


def listed(check: Check, list_id: int, media_type: str) -> int:
    """The Count of a list in the list of lists. Raises Broken where it is not there."""
    response = check.call(LISTS, accept=media_type)
    check.equal(OK, response.status, f"the status of the list of lists as {media_type}")
    for row in value_of(check, LISTS, response):
        if row["Id"] == list_id:
            return int(row["Count"])
    raise Broken(f"the list of lists as {media_type}", f"the list {list_id}", "it is not there")


@law("W50-list-count-follows-writes")
def the_list_of_lists_follows_what_is_done_elsewhere(check: Check) -> None:
    """A new contact of a post, of an import, of sends and of a PDF, seen in each media type by turns."""
    imports = Imports(check)
    sends = [Message(check, name) for name in check.some(TO_ONE, 2)]
    check.sample("landingpageId")
    ways: list[tuple[str, int, Callable[[], object]]] = [
        ("a post", imports.spare.id, lambda: imports.spare.saved({imports.spare.email: imports.spare.address()})),
        ("an import", imports.spare.id, lambda: imports.job().done(imports.person())),
        *((message.operation_id, message.list_id, partial(_sent, message)) for message in sends),
        ("a PDF", sends[0].list_id, partial(_printed, sends[0])),
    ]
    for turn, (way, list_id, write) in enumerate(ways):
        for media_type in check.some(media_types(check, LISTS), 1, turn):
            before = listed(check, list_id, media_type)
            write()
            found = listed(check, list_id, media_type)
            check.equal(before + 1, found, f"the Count as {media_type} after {way} of a new contact")


def _sent(message: Message) -> None:
    message.to(message.newcomer())


def _printed(home: Message) -> None:
    body = {"ListId": home.list_id, "Values": home.newcomer()}
    response = home.check.call("generate_pdf", body=body)
    home.check.equal(OK, response.status, "the status of a PDF for a contact")
