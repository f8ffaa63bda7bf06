"""Laws about how long a warning lasts: as long as the value that it is about, whichever way that is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.laws import law
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import stored
from mailproof_conformance.which50.spare_list import OK, Row, SpareList, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response


def _warnings(row: Row) -> list[str]:
    found: list[str] | None = row.get("ValidationWarnings")
    return found or []


def _ways(spare: SpareList, match: Row) -> Mapping[str, Callable[[Row], Response]]:
    """Each way to write to the contact that has a value."""
    ask, path, names = spare.check.call, {"contactListId": spare.id}, {"match": ",".join(match)}

    def device(values: Row) -> Response:
        body = {"DeviceId": "device", "Contact": {"Values": {**match, **values}}}
        return ask("register_device", path=path, query=names, body=body)

    def form(values: Row) -> Response:
        texts = {name: value or "" for name, value in values.items()}
        return ask("submit_contact_form", body={"ListId": str(spare.id), **names, **match, **texts})

    return {
        "a post": lambda values: spare.post({**match, **values}, names),
        "a patch": lambda values: spare.patch(match, values),
        "a device": device,
        "a form": form,
    }


@law("W50-no-warnings")
def a_warning_is_gone_with_its_value(check: Check) -> None:
    """A malformed number and a malformed address, each put right by a post, a patch, a device and a form."""
    spare = SpareList(check)
    mark = spare.texts[0]
    for name, good in ((spare.mobile, "+353861112233"), (spare.email, spare.address("right"))):
        match = {mark: check.fresh("mark")}
        row = spare.saved({spare.email: spare.address(), **match, name: "nonsense"})
        for value in check.some((good, None, ""), 1):
            for way, write in _ways(spare, match).items():
                wrong = spare.saved({**match, name: "nonsense"}, {"match": mark})
                check.equal(1, len(_warnings(wrong)), f"the warnings of a contact whose {name} is nonsense")
                response = write({name: value})
                about = f"{way} with the {name} {value!r}"
                check.equal(OK, response.status, f"the status of {about}")
                for answered in _rows(response):
                    check.equal([], _warnings(answered), f"the warnings in the answer to {about}")
                check.equal([], _warnings(spare.contact(row)), f"the warnings after {about}")


def _rows(response: Response) -> list[Row]:
    """The contacts of an answer; none of an empty one."""
    found: Any = response.json() if response.body else []
    return cast("list[Row]", found) if isinstance(found, list) else [found]


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


@law("W50-no-warnings")
def a_send_takes_a_warning_with_its_value(check: Check) -> None:
    """A malformed value of the other channel, put right by the send."""
    for message in check.some(messages(check, "W50-send-answers-what-is-stored"), 2):
        values = message.newcomer()
        other = message.fields.mobile
        row = stored(check, message.list_id, {**values, other: "nonsense"})
        check.equal(1, len(_warnings(row)), f"the warnings of a contact whose {other} is nonsense")
        about = f"the warnings {{}} {message.operation_id} with another {other}"
        check.equal([], _warnings(message.to(values)), about.format("in the answer to"))
        found = read(check, "get_contact", contactId=row["EncContactId"])
        check.equal([], _warnings(found), about.format("after"))
