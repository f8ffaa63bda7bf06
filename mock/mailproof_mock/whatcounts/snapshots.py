"""The snapshots of what a contact was sent: their list, and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_mock.call import Answer, Problem
from mailproof_mock.whatcounts.pictures import wire_frame
from mailproof_mock.whatcounts.realms import calling_realm, subscriber_by_key

if TYPE_CHECKING:
    from mailproof_mock.call import Call
    from mailproof_mock.rows import Row

_BASE = "/rest"


async def list_snapshot_images_by_customer_key(call: Call) -> Answer:
    """The snapshots of a contact, newest first."""
    realm = await calling_realm(call)
    subscriber = await subscriber_by_key(call, realm, call.path["customerKey"])
    rows = await call.world.find("snapshot", subscriberId=subscriber["subscriberId"])
    rows.sort(key=lambda row: (row["createdDate"], row["snapshotId"]), reverse=True)
    site = call.root_url.removesuffix(_BASE)
    return Answer(
        [_entry(subscriber, realm, row, site) for row in rows],
        headers={"Link": f"<{call.root_url}/subscribers>;"},
    )


def _entry(subscriber: Row, realm: Row, row: Row, site: str) -> Row:
    return {
        "customerKey": subscriber["customerKey"],
        "realmId": realm["realmId"],
        "content": {
            "template_name": row["templateName"],
            "image_file_name": f"{row['name']}.html",
            "image": f"{site}/snapshots/{row['name']}.html",
            "created_date": row["createdDate"],
        },
    }


async def get_snapshot_file(call: Call) -> Answer:
    """The page or the picture of a snapshot, by the extension of the name."""
    name, _, extension = call.path["fileName"].rpartition(".")
    row = await call.world.get("snapshotFile", name)
    if row is None or extension not in ("html", "png"):
        raise Problem("unknown-snapshot")
    if extension == "png":
        return Answer(wire_frame(row["html"]), media_type="image/png")
    return Answer(row["html"].encode(), media_type="text/html; charset=utf-8")
