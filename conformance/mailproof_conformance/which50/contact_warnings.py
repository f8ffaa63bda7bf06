"""Laws about how long a warning lasts: as long as the value that it is about, whichever way that is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import stored
from mailproof_conformance.which50.spare_list import OK, Row, SpareList, read

if TYPE_CHECKING:
    from mailproof_conformance.check import Check


def _warnings(row: Row) -> list[str]:
    found: list[str] | None = row.get("ValidationWarnings")
    return found or []


@law("W50-no-warnings")
def a_warning_is_gone_with_its_value(check: Check) -> None:
    """A malformed number and a malformed address, each put right by a post, a patch, a device and a form."""
    spare = SpareList(check)
    mark = spare.texts[0]
    path = {"contactListId": spare.id}
    for name, good in ((spare.mobile, "+353861112233"), (spare.email, spare.address("right"))):
        row = spare.saved({spare.email: spare.address(), mark: check.fresh("mark"), name: "nonsense"})
        match, found = {mark: row["Values"][mark]}, [row]
        for value in (good, None, ""):
            ways = {
                "a post": lambda given: spare.post(given, {"match": mark}),
                "a patch": lambda given: spare.patch(match, given),
                "a device": lambda given: check.call(
                    "register_device",
                    path=path,
                    query={"match": mark},
                    body={"DeviceId": "device", "Contact": {"Values": given}},
                ),
                "a form": lambda given: check.call(
                    "submit_contact_form",
                    body={"ListId": str(spare.id), "match": mark, **{key: text or "" for key, text in given.items()}},
                ),
            }
            for way, write in check.some(ways.items(), 1 if value != good else 4):
                wrong = spare.saved({**match, name: "nonsense"}, {"match": mark})
                check.equal(1, len(_warnings(wrong)), f"the warnings of a contact whose {name} is nonsense")
                response = write({**match, name: value})
                check.equal(OK, response.status, f"{way} with the {name} {value!r}")
                if response.body:
                    answered = response.json()
                    found = answered if isinstance(answered, list) else [answered]
                    check.equal([], _warnings(found[0]), f"the warnings in the answer to {way} with {name} {value!r}")
                check.equal([], _warnings(spare.contact(row)), f"the warnings after {way} with the {name} {value!r}")


@law("W50-no-warnings")
def a_warning_of_an_unknown_name_is_of_its_write(check: Check) -> None:
    """A write with a name that no field has, and one without it."""
    spare = SpareList(check)
    email = spare.address()
    row = spare.saved({spare.email: email, check.fresh("Shoe"): "7"})
    check.equal(1, len(_warnings(row)), "the warnings of a contact with an unknown name")
    again = spare.saved({spare.email: email, spare.texts[0]: "x"})
    check.equal([], _warnings(again), "the warnings in the answer to a write without it")
    check.equal([], _warnings(spare.contact(row)), "the warnings of the contact after it")


@law("W50-send-answers-what-is-stored")
def a_send_takes_a_warning_with_its_value(check: Check) -> None:
    """A malformed value of the other channel, put right by the send."""
    for message in messages(check, "W50-send-answers-what-is-stored"):
        values = message.newcomer()
        other = message.fields.mobile
        row = stored(check, message.list_id, {**values, other: "nonsense"})
        check.equal(1, len(_warnings(row)), f"the warnings of a contact whose {other} is nonsense")
        about = f"the warnings {{}} {message.operation_id} with another {other}"
        check.equal([], _warnings(message.to(values)), about.format("in the answer to"))
        found = read(check, "get_contact", contactId=row["EncContactId"])
        check.equal([], _warnings(found), about.format("after"))
