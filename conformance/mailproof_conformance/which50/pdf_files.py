"""PDFs as a reader of PDFs reads them."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from pypdf import PdfReader

from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from mailproof_conformance.exchange import Response

PDF = "application/pdf"

_BEGIN, _END = b"%PDF-", b"%%EOF"
_BLANKS = re.compile(r"\s+")


def pages(response: Response, about: str, most: int | None = None) -> list[str]:
    """The text of each page of an answer, or of the first few. Raises Broken unless it is a PDF that can be read."""
    if not response.body.startswith(_BEGIN):
        raise Broken(f"the first bytes of {about}", _BEGIN.decode(), response.body[:20].decode("latin-1"))
    if not response.body.rstrip(b"\r\n").endswith(_END):
        raise Broken(f"the last bytes of {about}", _END.decode(), response.body[-20:].decode("latin-1"))
    try:
        return [page.extract_text() for page in PdfReader(io.BytesIO(response.body), strict=True).pages[:most]]
    except Exception as error:
        raise Broken(f"the bytes of {about}", "a PDF that can be read", str(error)) from error


def shows(text: str, value: str) -> bool:
    """Whether a text has a value, wherever its lines end."""
    return squeezed(value) in squeezed(text)


def squeezed(text: str) -> str:
    """A text without its blanks."""
    return _BLANKS.sub("", normalize("NFC", text))
