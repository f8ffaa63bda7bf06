"""Laws about landing pages as PDFs: the file, the contact that is stored with it, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mailproof_conformance.laws import law
from mailproof_conformance.which50.journey_reads import lasting, read
from mailproof_conformance.which50.messages import NOWHERE
from mailproof_conformance.which50.pdf_files import PDF, pages, shows
from mailproof_conformance.which50.people import OK, Fields, fields_of, holds, known, newcomer, size, stored
from mailproof_conformance.which50.reads import XML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.which50.journey_reads import Row

_REFUSED = 417
_MOST = 15
"""Values of a contact that are tried in one run."""
_HOSTILE = (
    "\n".join(f"line {number}" for number in range(10_000)),
    "x" * 200_000,
    "word " * 20_000,
    "<script>alert(1)</script></p><a href='javascript:alert(1)'>&amp;{{Email}}",
    "bell \x07, escape \x1b, nothing \ufffe, left \u202e, joined \u200d",
    "Zoë Dvořák Жук Ελένη שלום سلام 北京 서울 東京 😀 👩\u200d👩\u200d👧 🇮🇪",
    "a\u0301" * 500,
    "(\\) endstream endobj %%EOF",
)


@dataclass(frozen=True, slots=True)
class _Page:
    """The sample landing page, and the list of its journey."""

    check: Check
    list_id: int
    fields: Fields

    def newcomer(self) -> Row:
        return newcomer(self.check, self.list_id, self.fields)

    def ask(self, values: Mapping[str, Any], query: Mapping[str, str] | None = None, **path: object) -> Response:
        """The answer to a request for the sample page, or another one."""
        body = {"ListId": self.list_id, "Values": dict(values)}
        return self.check.call("generate_pdf", path=path, query=query or {}, body=body)

    def text(self, values: Mapping[str, Any], query: Mapping[str, str] | None = None, **path: object) -> str:
        """What the PDF for a contact says. Raises Broken unless there is one."""
        response = self.ask(values, query, **path)
        self.check.equal(OK, response.status, "a PDF for a contact")
        return "\n".join(pages(response, "a PDF for a contact"))

    def found(self, values: Mapping[str, Any]) -> list[Row]:
        """The contacts of the list with the e-mail address of these values."""
        return known(self.check, self.list_id, self.fields.email, values[self.fields.email])


def _page(check: Check) -> _Page:
    check.sample("landingpageId")
    journey = lasting(check, "get_journey", journeyId=check.sample("journeyId"))  # its list: no operation changes it
    list_id: int = check.sample("contactListId") if journey["ListId"] is None else journey["ListId"]
    return _Page(check, list_id, fields_of(check, list_id))


def _named(check: Check, page: _Page) -> Row:
    """Values of a new contact in which every field that holds text has one of its own."""
    return {**page.newcomer(), **{name: check.fresh("Text") for name in page.fields.texts}}


@law("W50-pdf-is-a-pdf")
def a_landing_page_is_a_pdf(check: Check) -> None:
    """A contact that is new, and once more."""
    page = _page(check)
    values = page.newcomer()
    for _ in range(2):
        response = page.ask(values)
        check.equal(OK, response.status, "a PDF for a contact")
        check.equal(PDF, response.media_type, "Content-Type of a PDF")
        check.true(pages(response, "a PDF for a contact"), "the number of pages", expected="1 or more", actual=0)


@law("W50-pdf-of-contact")
def a_pdf_is_of_its_contact(check: Check) -> None:
    """Two contacts with different texts in every field."""
    page = _page(check)
    one, two = _named(check, page), _named(check, page)
    for own, other in ((one, two), (two, one)):
        text = page.text(own)
        found = [name for name, value in own.items() if shows(text, value)]
        check.true(found, "the values of the contact in its PDF", expected="one or more", actual=text)
        strange = [name for name, value in other.items() if shows(text, value)]
        check.equal([], strange, "the values of another contact in the PDF")
        later = {**own, **{name: check.fresh("Later") for name in page.fields.texts}}
        text = page.text(later)
        changed = [name for name in found if name in page.fields.texts]
        check.equal(changed, [name for name in changed if shows(text, later[name])], "what the next PDF shows anew")
        old = [name for name in changed if shows(text, own[name])]
        check.equal([], old, "the values in the next PDF that the contact no longer has")


@law("W50-pdf-of-landing-page")
def a_pdf_is_of_its_landing_page(check: Check) -> None:
    """Every landing page of the sample journey for the same contact."""
    page = _page(check)
    values = page.newcomer()
    ids = [row["Id"] for row in read(check, "list_landing_page_reports", journeyId=check.sample("journeyId"))]
    texts = {number: page.text(values, landingpageId=number) for number in ids}
    for number, text in texts.items():
        alike = [other for other, same in texts.items() if same == text]
        check.equal([number], alike, f"the landing pages whose PDF says what that of {number} says")


@law("W50-pdf-any-value")
def any_value_makes_a_pdf(check: Check) -> None:
    """Long, many-lined, unprintable and foreign texts, and those of another kind of file."""
    page = _page(check)
    values = page.newcomer()

    def holds_up(text: str) -> None:
        given = {**values, **dict.fromkeys(page.fields.texts, text)}
        response = page.ask(given)
        check.equal(OK, response.status, "a PDF of an unusual value")
        check.true(pages(response, "a PDF of an unusual value", 1), "the first page of a PDF of an unusual value")

    check.forall(
        st.text(max_size=200), holds_up, examples=check.some(_HOSTILE, 2), most=1 if check.profile == "quick" else _MOST
    )


@law("W50-pdf-creates-contact")
def a_pdf_creates_its_contact(check: Check) -> None:
    """A contact that is new, with null in place of each default."""
    page = _page(check)
    values, before = {**page.newcomer(), **dict.fromkeys(page.fields.defaults)}, size(check, page.list_id)
    page.text(values)
    check.equal(before + 1, size(check, page.list_id), "the Count of the list after a PDF")
    found = page.found(values)
    check.equal(1, len(found), "how many contacts have the address after a PDF")
    holds(check, values, found[0], "the values of the contact after a PDF")


@law("W50-pdf-updates-contact")
def a_pdf_finds_its_contact_again(check: Check) -> None:
    """By the key field, and by the fields in match, of which two contacts share one and do not share the other."""
    page = _page(check)
    by, other = page.fields.texts[:2]
    values = page.newcomer()
    twin = {**page.newcomer(), by: values[by]}
    people = [stored(check, page.list_id, given) for given in (values, twin)]
    before = size(check, page.list_id)
    page.text({page.fields.email: values[page.fields.email], other: "by key"})
    _has(check, people, [{other: "by key"}, {}], "by the key field")
    page.text({by: values[by], other: "by match"}, {"match": by})
    _has(check, people, [{other: "by match"}, {other: "by match"}], "by match")
    for match in (f"{by},{page.fields.email}", f"{page.fields.email},{by}"):
        page.text({by: values[by], page.fields.email: values[page.fields.email], other: match}, {"match": match})
        _has(check, people, [{other: match}, {other: "by match"}], f"by match={match}")
    check.equal(before, size(check, page.list_id), "the Count of the list after PDFs of known contacts")


def _has(check: Check, people: list[Row], changes: list[Row], how: str) -> None:
    for person, changed in zip(people, changes, strict=True):
        values = read(check, "get_contact", contactId=person["EncContactId"])["Values"]
        check.equal({**person["Values"], **changed}, values, f"a contact that a PDF finds {how}")


@law("W50-pdf-custom-events")
def custom_events_run_with_a_pdf(check: Check) -> None:
    """One that sends an e-mail, one that sends nothing, both in either order, and one that does not exist."""
    page = _page(check)
    values = page.newcomer()
    person = stored(check, page.list_id, values)["EncContactId"]
    loud, silent = check.sample("custom_events.with_email"), check.sample("custom_events.silent")
    for name, count in ((loud, 1), (silent, 1), (f"{silent},{loud}", 2), (f"{loud},{silent}", 3)):
        page.text(values, {"customevents": name})
        rows = read(check, "list_contact_communications", contactId=person)
        check.equal(["Email"] * count, [row["Interaction"] for row in rows], f"the communications after {name}")
    status = page.ask(values, {"customevents": check.fresh("Event")}).status
    check.equal(_REFUSED, status, "a PDF with a custom event that does not exist")


@law("W50-pdf-is-no-visit")
def a_pdf_counts_nowhere(check: Check) -> None:
    """The views of the contact, and all that the journey counts."""
    page = _page(check)
    journey = {"journeyId": check.sample("journeyId")}
    values = page.newcomer()
    person = stored(check, page.list_id, values)["EncContactId"]
    views = [("get_journey", journey), ("get_journey_reports", journey)]
    views += [(name, {"contactId": person}) for name in ("list_contact_communications", "list_contact_landing_pages")]
    before = {name: read(check, name, **path) for name, path in views}
    page.text(values)
    for name, path in views:
        check.equal(before[name], read(check, name, **path), f"{name} after a PDF")


@law("W50-pdf-unknown-landing-page")
def an_unknown_landing_page_is_missed(check: Check) -> None:
    """Ids that nothing has, and a landing page of another journey."""
    page = _page(check)
    values = page.newcomer()
    check.problem("unknown-landing-page", page.ask(values, landingpageId=NOWHERE))
    check.problem("unknown-journey", page.ask(values, journeyId=NOWHERE))
    for journey in read(check, "list_journeys"):
        if journey["Id"] != check.sample("journeyId"):
            check.problem("unknown-landing-page", page.ask(values, journeyId=journey["Id"]))


@law("W50-pdf-match-refused")
def a_match_of_a_pdf_that_cannot_be_met_is_refused(check: Check) -> None:
    """A name that the list does not have, and a value that is missing."""
    page = _page(check)
    values = page.newcomer()
    for name in (check.fresh("Shoe"), page.fields.texts[1]):
        check.problem("expectation-failed", page.ask(values, {"match": name}))


@law("W50-pdf-refused-leaves-nothing")
def a_refused_pdf_never_was(check: Check) -> None:
    """Whatever a PDF is refused for: a stranger stays one, and a contact stays as it was."""
    page = _page(check)
    values, field = page.newcomer(), page.fields.texts[1]
    person = stored(check, page.list_id, page.newcomer())
    before = size(check, page.list_id)
    for whose in (values, person["Values"]):
        given = {**whose, field: "changed"}
        for query, path in (
            ({"match": check.fresh("Shoe")}, {}),
            ({"customevents": check.fresh("Event")}, {}),
            ({}, {"landingpageId": NOWHERE}),
            ({}, {"journeyId": NOWHERE}),
        ):
            status = page.ask(given, query, **path).status
            check.true(status in {404, _REFUSED}, "a PDF is refused", expected="404 or 417", actual=status)
    check.equal(before, size(check, page.list_id), "the Count of the list after a refused PDF")
    check.equal([], page.found(values), "who was created by a refused PDF")
    check.equal(person, read(check, "get_contact", contactId=person["EncContactId"]), "a contact after a refused PDF")


@law("W50-pdf-errors-in-words")
def errors_of_a_pdf_are_negotiated(check: Check) -> None:
    """An unknown landing page, asked for as PDF, JSON and XML."""
    for accept, expected in ((PDF, "application/json"), ("application/json", "application/json"), (XML, XML)):
        response = check.call("generate_pdf", path={"landingpageId": NOWHERE}, body={}, accept=accept)
        check.equal(404, response.status, f"an unknown landing page as {accept}")
        check.equal(expected, response.media_type, f"Content-Type of an unknown landing page as {accept}")
