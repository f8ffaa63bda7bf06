"""Landing pages as PDFs, read back with a reader that did not write them."""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from mailproof_mock.which50.page_rendering import pdf_of
from mailproof_mock.which50.page_text import Paragraph, paragraphs_of_html, paragraphs_of_text
from mailproof_mock.which50.placeholders import filled

if TYPE_CHECKING:
    import httpx

PATH = "/journeys/501/landingpages/9001/generatePDF"
OF_LIST_32 = "/journeys/504/landingpages/9005/generatePDF"
MOMENT = datetime(2025, 1, 6, 9, 0, 1, tzinfo=UTC)
TOM = {"Email": "tom.healy@example.com", "FirstName": "Tom", "LastName": "Healy"}
SECONDS = 10


def ask(sandbox: Any, path: str, values: Any, list_id: int | None = None, **options: Any) -> httpx.Response:
    body = {"Values": values} if list_id is None else {"ListId": list_id, "Values": values}
    response: httpx.Response = sandbox.request("which50", "POST", path, json=body, **options)
    return response


def rows(sandbox: Any, path: str) -> Any:
    return sandbox.request("which50", "GET", path).json()


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def words(content: bytes) -> str:
    """All the text of a PDF, its blanks left out."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in read(content).pages))


def links(content: bytes) -> list[str]:
    found = [note.get_object() for page in read(content).pages for note in page.get("/Annots", [])]
    return [note["/A"]["/URI"] for note in found]


def test_a_pdf_is_of_its_page_and_contact(sandbox: Any) -> None:
    response = ask(sandbox, PATH, TOM)
    assert (200, "application/pdf") == (response.status_code, response.headers["Content-Type"])
    assert 'inline; filename="landing-page-9001.pdf"' == response.headers["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")
    metadata = read(response.content).metadata
    assert metadata is not None
    assert ("Spring offers", MOMENT) == (metadata.title, metadata.creation_date)
    assert "SpringoffersForyou,TomTenpercentoneverythinggreen." == words(response.content)


def test_the_same_call_gives_the_same_bytes(sandbox: Any) -> None:
    first = ask(sandbox, PATH, TOM).content
    sandbox.reset()
    assert first == ask(sandbox, PATH, TOM).content


def test_the_contact_is_stored(sandbox: Any) -> None:
    before = rows(sandbox, "/contactLists/31")["Count"]
    for first, last in (("Tom", "Healy"), ("Thomas", "Healy")):
        ask(sandbox, PATH, {"Email": TOM["Email"], "FirstName": first, "LastName": last})
    assert before + 1 == rows(sandbox, "/contactLists/31")["Count"]
    found = sandbox.request(
        "which50", "GET", "/contactLists/31/contacts", params={"$filter": "Email eq 'tom.healy@example.com'"}
    ).json()
    assert [("Thomas", "Healy")] == [(row["Values"]["FirstName"], row["Values"]["LastName"]) for row in found]
    assert [] == rows(sandbox, f"/contacts/{found[0]['EncContactId']}/landingpages")
    assert [] == sandbox.outbox()


def test_custom_events_and_match(sandbox: Any) -> None:
    query = {"match": "ReferanceAccountId", "customevents": "SendWelcomeEmail"}
    response = ask(sandbox, PATH, {"ReferanceAccountId": 123456, "FirstName": "All"}, params=query)
    assert "Foryou,All" in words(response.content)
    assert ["customEvent", "email"] * 2 == [entry["channel"] for entry in sandbox.outbox()]


def test_a_journey_without_a_list_takes_that_of_the_contact(sandbox: Any) -> None:
    response = ask(sandbox, OF_LIST_32, {"Email": "x@example.com", "Scripts": "Zoë 北京"}, 32)
    assert "Zoë北京" in words(response.content)
    assert 417 == ask(sandbox, OF_LIST_32, TOM).status_code
    assert 404 == ask(sandbox, OF_LIST_32, TOM, 61).status_code


@pytest.mark.parametrize(
    ("path", "options", "status", "text"),
    [
        ("/journeys/501/landingpages/9003/generatePDF", {}, 404, "The landing page was not found."),
        ("/journeys/601/landingpages/9001/generatePDF", {}, 404, "The campaign was not found."),
        ("/journeys/soon/landingpages/9001/generatePDF", {}, 400, "The request is invalid."),
        ("/journeys/501/landingpages/soon/generatePDF", {}, 400, "The request is invalid."),
        (PATH, {"params": {"match": "Shoe"}}, 417, "The parameters of the request are invalid."),
        (PATH, {"params": {"match": "LastName,Mobile"}}, 417, "The parameters of the request are invalid."),
        (PATH, {"params": {"customevents": "Nothing"}}, 417, "The parameters of the request are invalid."),
        (PATH, {"headers": {"Content-Type": "text/plain"}}, 415, None),
    ],
)
def test_what_is_refused(sandbox: Any, path: str, options: dict[str, Any], status: int, text: str | None) -> None:
    before = rows(sandbox, "/contactLists")
    response = ask(sandbox, path, TOM, **options)
    assert (status, text) == (response.status_code, response.json()["Message"] if text else None)
    assert before == rows(sandbox, "/contactLists")


def test_the_other_account_has_no_such_page(sandbox: Any) -> None:
    headers = sandbox.provider("which50")["others"]["other_account"]["headers"]
    assert 404 == ask(sandbox, PATH, TOM, login=False, headers=headers).status_code


@pytest.mark.parametrize("verb", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post(running_sandbox: Any, verb: str) -> None:
    response = running_sandbox.request("which50", verb, PATH)
    assert (405, "POST") == (response.status_code, response.headers["Allow"])


@pytest.mark.parametrize(
    "value",
    [
        "\n".join(f"line {number}" for number in range(10_000)),
        "x" * 1_000_000,
        "北京" * 100_000,
        "word " * 50_000,
        "".join(map(chr, range(32))) + "\x7f\x85\u2028\ufffe\uffff",
        "<script>alert(1)</script><p><a href='javascript:alert(1)'>x</a>&#0;&bogus;{{Email}}",
        "a\u0301" * 10_000,
        "\u202eabc\u202c" + "\u200d" * 5_000,
        "😀👩\u200d👩\u200d👧🇮🇪",
        "(\\) Tj endstream endobj %%EOF",
    ],
    ids=["lines", "long", "chinese", "words", "control", "markup", "marks", "order", "emoji", "pdf"],
)
def test_any_value_gives_a_bounded_pdf(sandbox: Any, value: str) -> None:
    begin = time.monotonic()
    response = ask(sandbox, PATH, {**TOM, "FirstName": value})
    assert 200 == response.status_code
    assert 1 <= len(read(response.content).pages) <= 30
    assert len(response.content) < 500_000
    assert time.monotonic() - begin < SECONDS


# --- rendering


def rendered(text: str, *, html: bool = False) -> bytes:
    return pdf_of("Title", paragraphs_of_html(text) if html else paragraphs_of_text(text), MOMENT)


@pytest.mark.parametrize(
    "name", ["Zoë", "Dvořák", "Łukasz", "Жук", "Ελένη", "שלום", "שלום, עולם", "北京", "東京ひらがな", "서울", "e\u0301"]
)
def test_names_of_many_scripts_are_found_again(name: str) -> None:
    expected = normalize("NFC", name).replace(" ", "")
    assert expected in words(rendered(f"Dear {name}, good day"))


@pytest.mark.parametrize("text", ["😀", "\x07", "हिन्दी", "\ue000", "\ufffe"])
def test_what_has_no_letter_is_seen_to_be_missing(text: str) -> None:
    assert "Dear\ufffd" in words(rendered(f"Dear {text}"))


def test_words_are_not_torn_and_lines_end_in_time() -> None:
    text = read(rendered("several words " * 200)).pages[0].extract_text()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert {"several", "words", "Title"} == set(" ".join(lines).split())
    assert max(map(len, lines)) < 100


def test_links_are_kept_and_scripts_are_not() -> None:
    text = """<p>See <a href="https://shop.example/a?b=1&amp;c=é">the <b>shop</b></a>
        <a href="javascript:alert(1)">x</a> <a href="/relative">y</a> <a>z</a><script>gone()</script></p>"""
    content = rendered(text, html=True)
    assert ["https://shop.example/a?b=1&c=%C3%A9"] == links(content)
    assert "TitleSeetheshopxyz" == words(content)
    assert ["https://shop.example/x"] == links(rendered("Look at https://shop.example/x."))


def test_html_is_read_as_paragraphs() -> None:
    text = "<h2>One</h2><p>two<br>three</p><ul><li>four</ul><style>p {}</style><img alt='five'> &lt;six&gt; <p> </p>"
    found = [("".join(part for part, _ in item.parts).strip(), item.is_heading) for item in paragraphs_of_html(text)]
    expected = [("One", True), ("two", False), ("three", False), ("four", False), ("five <six>", False)]
    assert expected == found


@pytest.mark.parametrize(
    "text", ["<p", "<a href=", "<p><p><p>", "</p></a>", "<!--", "&#xD800;", "<script>never closed"]
)
def test_broken_html_does_no_harm(text: str) -> None:
    assert 1 == len(read(rendered(text, html=True)).pages)


def test_what_is_cut_off_says_so() -> None:
    pages = read(rendered("line\n" * 10_000)).pages
    assert (30, True) == (len(pages), pages[-1].extract_text().rstrip().endswith("[…]"))
    assert "xx…" == filled("{{Name}}", {"Values": {"Name": "x" * 9}}, longest=3)


def test_an_empty_page() -> None:
    assert "" == words(pdf_of("", [Paragraph()], MOMENT))
