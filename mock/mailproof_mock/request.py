"""The request line and headers, as the pipeline asks for them."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from mailproof_mock.call import Problem
from mailproof_mock.wire import MALFORMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Scope

_HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")

_HEADERS_LIMIT = 65_536  # bytes of all names and values; browsers and servers in use stop at 8 to 64 KiB


class Request:
    """One request before its body: method, raw path, raw query and headers (names in lower case, repeats joined)."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.method: str = scope["method"]
        self.raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        self.query: bytes = scope["query_string"]
        self.path: str = self.raw_path.decode("latin-1")
        self.headers, self._headers_size = _joined(scope["headers"])

    @property
    def has_body(self) -> bool:
        """Whether a body was announced."""
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers

    @property
    def base_url(self) -> str:
        """Scheme and authority by which the client reached us, be it through a proxy.

        The authority is the socket's own where the Host header is no host.
        """
        scheme = self.headers.get("x-forwarded-proto", "").strip()
        if scheme not in ("http", "https"):
            scheme = self._scope.get("scheme", "http")
        host = self.headers.get("host", "")
        if not _HOST.fullmatch(host):
            server = self._scope.get("server") or ("127.0.0.1", 80)
            host = f"[{server[0]}]:{server[1]}" if ":" in server[0] else f"{server[0]}:{server[1]}"
        return f"{scheme}://{host}"

    def lies_below(self, prefix: str) -> bool:
        """Whether the path is the prefix or lies below it; the empty prefix holds everything."""
        return self.path.startswith(prefix) and self.path[len(prefix) : len(prefix) + 1] in ("", "/")

    def below(self, prefix: str) -> str:
        """The path after the prefix, `/` at the least."""
        return self.path[len(prefix) :] or "/"

    @property
    def malformed(self) -> bool:
        """Whether what came is not HTTP; path and headers are then what could be made out."""
        return MALFORMED in (self._scope.get("extensions") or {})

    def check(self, limit: int) -> None:
        """Raises Problem("url-too-long") for an address above the limit of bytes.

        Raises Problem("bad-request") for what is not HTTP, and for huge headers.
        """
        if self.malformed:
            raise Problem("bad-request", "The request is not HTTP/1.1.")
        if len(self.raw_path) + len(self.query) > limit:
            raise Problem("url-too-long", f"The address has more than {limit} bytes.")
        if self._headers_size > _HEADERS_LIMIT:
            raise Problem("bad-request", f"The headers have more than {_HEADERS_LIMIT} bytes.")


def _joined(headers: Sequence[tuple[bytes, bytes]]) -> tuple[dict[str, str], int]:
    """The headers by name, and the bytes of all names and values; of one that is repeated, the values are joined.

    RFC 9110 says how. All are decoded at once, with what stands in none of them between them.
    """
    whole = b"\n".join(chain.from_iterable(headers)).decode("latin-1")
    texts = whole.split("\n")
    size = len(whole) + 1 - len(texts)  # without what stands between them
    found = dict(zip(texts[::2], texts[1::2], strict=False))
    if len(found) == len(headers) and len(texts) == 2 * len(headers):
        return found, size
    repeated: dict[str, list[str]] = {}
    for name, value in headers:
        repeated.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {name: ", ".join(values) for name, values in repeated.items()}, size
