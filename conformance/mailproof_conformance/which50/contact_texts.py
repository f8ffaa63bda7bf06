"""Laws about texts that get lost on their way: in what is written to a contact, and in what it is found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof_conformance.laws import law
from mailproof_conformance.which50.import_jobs import Imports
from mailproof_conformance.which50.messages import messages
from mailproof_conformance.which50.people import stored
from mailproof_conformance.which50.reads import quoted
from mailproof_conformance.which50.spare_list import OK, Row, SpareList, ids, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mailproof_conformance.check import Check

_TEXTS = (
    "e\u0301 \u1112\u1161\u11ab",
    "\u00e9 \ud55c",
    "\U0001f600 \U00010348",
    " before and after ",
    "tab\tand\r\nlines\n",
    "1+1=2&x=%2B%41;,#",
    "007",
    "-1.50",
    "1e3",
    "0x1F",
    "null",
    "true",
    "2012-02-29",
    "29/02/2012 07:05",
    "2012-02-29T07:05:00Z",
    "<b>&amp;</b>",
    "x" * 255,
    "x" * 256,
    "y" * 4_001,
)
"""What is written is kept to the letter: not composed, trimmed, decoded once more, cut off or taken for a number."""

_LOOK_ALIKES = (
    ("a+b", "a b"),
    ("a b", "a+b"),
    ("100%", "100"),
    ("%41", "A"),
    ("a&b=c", "a"),
    ("a#b", "a"),
    ("a;b", "a"),
    ("it's", "its"),
    ("\U0001f600", "?"),
    ("a%b", "axb"),
    ("a_b", "axb"),
    ("a*", "ab"),
)
"""A text, and another for which a careless reader of a query would take it."""


def _together(check: Check, texts: Sequence[str], names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each text as the value of the second field; in the profile `quick` as many at once as there are fields."""
    if check.profile != "quick":
        yield from ({names[1]: text} for text in texts)
        return
    for start in range(0, len(texts), len(names)):
        yield dict(zip(names, texts[start : start + len(names)], strict=False))


def _ways(check: Check, spare: SpareList) -> Iterator[tuple[str, Callable[[dict[str, str]], Row]]]:
    """Each operation that writes a contact of the spare list, and the values that writing some by it leaves in it."""
    row = spare.saved({spare.email: spare.address("texts")})
    email = row["Values"][spare.email]
    path = {"contactListId": spare.id}

    def after(response_status: int) -> Row:
        check.equal(OK, response_status, "the status of a write")
        return spare.values(row)

    def form(media_type: str) -> Callable[[dict[str, str]], Row]:
        def write(texts: dict[str, str]) -> Row:
            body = {"ListId": str(spare.id), spare.email: email, **texts}
            return after(check.call("submit_contact_form", body=body, content_type=media_type).status)

        return write

    def device(texts: dict[str, str]) -> Row:
        body = {"DeviceId": "device", "Contact": {"Values": {spare.email: email, **texts}}}
        return after(check.call("register_device", path=path, body=body).status)

    def imported(texts: dict[str, str]) -> Row:
        Imports(check).job([spare.email, *texts]).done({spare.email: email, **texts})
        return after(OK)

    yield "save_contact", lambda texts: after(spare.post({spare.email: email, **texts}).status)
    yield "update_matching_contacts", lambda texts: after(spare.patch({spare.email: email}, texts).status)
    yield "register_device", device
    yield "submit_contact_form", form("application/x-www-form-urlencoded")
    yield "submit_contact_form as multipart/form-data", form("multipart/form-data")
    yield "an import", imported


@law("W50-post-creates")
def any_text_is_kept_to_the_letter(check: Check) -> None:
    """Texts that are often changed on their way, by every operation that writes to a list."""
    spare = SpareList(check)
    for way, write in _ways(check, spare):
        for texts in _together(check, _TEXTS, spare.texts):
            found = write(texts)
            for name, text in texts.items():
                check.equal(text, found.get(name), f"what {way} has stored")


@law("W50-send-answers-what-is-stored")
def any_text_of_a_send_is_kept_to_the_letter(check: Check) -> None:
    """The same texts, by POST and PUT."""
    for message in messages(check, "W50-send-answers-what-is-stored"):
        values = message.newcomer()
        stored(check, message.list_id, values)
        for texts in _together(check, _TEXTS, message.fields.texts):
            found = values_of(message.to({**values, **texts}))
            for name, text in texts.items():
                check.equal(text, found.get(name), f"what {message.operation_id} has stored")


def _pairs(spare: SpareList) -> Iterator[tuple[str, Row]]:
    """A text by which one contact can be found, and that contact; another has the text that looks like it."""
    name = spare.texts[0]
    for wanted, other in _LOOK_ALIKES:
        mark = spare.check.fresh("mark")
        row = spare.saved({spare.email: spare.address(), name: f"{mark} {wanted}"})
        spare.saved({spare.email: spare.address(), name: f"{mark} {other}"})
        yield f"{mark} {wanted}", row


@law("W50-match-one-field")
def a_match_takes_a_text_to_the_letter(check: Check) -> None:
    """A patch by texts that mean something in a query or a pattern, beside contacts with what they could mean."""
    spare = SpareList(check)
    name, other, _ = spare.texts
    for text, row in _pairs(spare):
        found = spare.patched({name: text}, {other: "patched"})
        check.equal([row["EncContactId"]], ids(found), f"the contacts that a patch finds by {text!r}")
        posted = spare.saved({name: text, other: "posted"}, {"match": name})
        check.equal(row["EncContactId"], posted["EncContactId"], f"the contact that a post finds by {text!r}")


@law("W50-filter-is-no-query")
def a_filter_takes_a_text_to_the_letter(check: Check) -> None:
    """A `$filter` by the same texts."""
    spare = SpareList(check)
    name = spare.texts[0]
    for text, row in _pairs(spare):
        found = spare.contacts({"$filter": f"{name} eq {quoted(text)}"})
        check.equal([row["EncContactId"]], ids(found), f"the contacts that a $filter finds by {text!r}")
