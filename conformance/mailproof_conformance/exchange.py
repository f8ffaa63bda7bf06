"""A request and what came back: the records that every case, verdict and report is made from."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from mailproof_conformance.formats import is_json
from mailproof_conformance.standing import ANY_SERVER
from mailproof_conformance.verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mailproof.promises import Level

_GZIP = 16 + zlib.MAX_WBITS
_RARE = 20  # one wrong byte in so many characters leaves a text readable
_SHOWN = 16  # bytes of a file, enough for the marks that tell its kind
_CHARSET = re.compile(r";\s*charset=\"?([^\";\s]+)", re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
_MARK = b"\xef\xbb\xbf"
_MOST_CONTENT = 16 * 1024 * 1024  # bytes of a body once it is decompressed; a few KB can hold gigabytes


def printable(body: bytes) -> str:
    """A body for a person to read: text, or how many bytes there are that are none, and the first of them."""
    text = body.decode("utf-8", "backslashreplace")
    if b"\0" not in body and text.count("\\x") * _RARE <= len(text):
        return text
    return f"({len(body)} bytes that are no text: {body[:_SHOWN].hex(' ')}{' ...' if len(body) > _SHOWN else ''})"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes on the wire: `target` is path and query, headers keep their order."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its letter case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: `headers` has lower-case names, repeated ones joined by a comma; `body` is as received."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reader: Callable[[Response], object] | None = field(default=None, repr=False, compare=False)
    """Reads the body by its media type and the contract; set for answers to an operation."""

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The charset that the Content-Type names, where it is another one than UTF-8."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        return None if found is None or found[1].lower() in _UTF_8 else found[1]

    @property
    def content(self) -> bytes:
        """The body with its Content-Encoding undone."""
        if self.headers.get("content-encoding", "").lower() != "gzip":
            return self.body
        stream = zlib.decompressobj(_GZIP)
        try:
            content = stream.decompress(self.body, _MOST_CONTENT)
        except zlib.error as error:
            about = "body: the body is gzip, as its Content-Encoding says"
            raise Broken(about, "gzip", str(error), level=ANY_SERVER) from None
        if not stream.eof:
            about = "body: the body is gzip, as its Content-Encoding says"
            if stream.unconsumed_tail:
                raise Broken(about, "gzip", f"more than {_MOST_CONTENT} bytes in it")
            raise Broken(about, "gzip", "it ends early", level=ANY_SERVER)
        return content

    @property
    def text(self) -> str:
        """The body as UTF-8, every other byte shown as an escape."""
        return self.content.decode("utf-8", "backslashreplace")

    def json(self) -> Any:
        """The body as JSON. Raises Broken for one that is not."""
        try:
            content = self.content
            value = json.loads(content.decode("utf-8"))
            if rb"\u" in content and rb"\ud" in content.lower():
                json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no Unicode text
        except (ValueError, RecursionError) as error:
            about, actual = "body: the body is JSON in UTF-8", f"{error}: {self.text[:200]}"
            level = self._level_of_no_json(error)
            raise Broken(about, "a JSON text", actual, level=level, response=self) from None
        return value

    def _level_of_no_json(self, error: Exception) -> Level | None:
        """Of a body that says that it is JSON in UTF-8 and is none; some readers live with a byte order mark."""
        known = isinstance(error, json.JSONDecodeError | UnicodeDecodeError) and not self.content.startswith(_MARK)
        return ANY_SERVER if known and is_json(self.media_type) and self.charset is None else None

    def value(self) -> Any:
        """The body read by its media type: JSON, or XML by the schema of the contract.

        Raises Broken if unreadable.
        """
        return self.json() if self.reader is None else self.reader(self)


@dataclass(frozen=True, slots=True)
class RpcAnswer:
    """What a JSON-RPC call came back with; `envelope` is empty where the answer has no body."""

    response: Response
    envelope: dict[str, Any]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The HTTP headers, names in lower case."""
        return self.response.headers

    @property
    def result(self) -> Any:
        """The `result` member. Raises Broken where the call ended in an error or has no result."""
        if self.error is not None or "result" not in self.envelope:
            raise Broken("the call succeeds", "a result", self.envelope or f"HTTP {self.status}, no body")
        return self.envelope["result"]

    @property
    def error(self) -> dict[str, Any] | None:
        """The `error` member, or None where there is none (or null, as in the 1.0 form)."""
        error = self.envelope.get("error")
        if error is None:
            return None
        if not isinstance(error, dict):
            raise Broken("the error member", "an object", error)
        return cast("dict[str, Any]", error)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request with its answer, or with the reason why there is none."""

    request: Request
    response: Response | None
    trouble: str | None = None
