"""The request line and headers, as the pipeline asks for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailproof_mock.call import Problem
from mailproof_mock.wire import MALFORMED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

_HOST = re.compile(r"[A-Za-z0-9._\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")

_HEADERS_LIMIT = 65_536  # bytes of all names and values; browsers and servers in use stop at 8 to 64 KiB


class Request:
    """One request before its body: method, raw path, raw query and headers (names in lower case, repeats joined)."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.method: str = scope["method"].upper()
        self.raw_path: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        self.query: bytes = scope["query_string"]
        self.path: str = self.raw_path.decode("latin-1")
        self.headers = _joined(scope["headers"])

    @property
    def has_body(self) -> bool:
        """Whether a body was announced."""
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers

    @property
    def base_url(self) -> str:
        """Scheme and authority by which the client reached us; the socket's own where the Host header is no host."""
        host = self.headers.get("host", "")
        if not _HOST.fullmatch(host):
            server = self._scope.get("server") or ("127.0.0.1", 80)
            host = f"[{server[0]}]:{server[1]}" if ":" in server[0] else f"{server[0]}:{server[1]}"
        return f"{self._scope.get('scheme', 'http')}://{host}"

    def lies_below(self, prefix: str) -> bool:
        """Whether the path is the prefix or lies below it; the empty prefix holds everything."""
        return self.path == prefix or self.path.startswith(f"{prefix}/")

    def below(self, prefix: str) -> str:
        """The path after the prefix, `/` at the least."""
        return self.path[len(prefix) :] or "/"

    @property
    def malformed(self) -> bool:
        """Whether what came is not HTTP; path and headers are then what could be made out."""
        return MALFORMED in (self._scope.get("extensions") or {})

    def check_form(self) -> None:
        """Raises Problem("bad-request") for what is not HTTP."""
        if self.malformed:
            raise Problem("bad-request", "The request is not HTTP/1.1.")

    def check_length(self, limit: int) -> None:
        """Raises Problem("url-too-long") for an address above the limit of bytes, ("bad-request") for huge headers."""
        if len(self.raw_path) + len(self.query) > limit:
            raise Problem("url-too-long", f"The address has more than {limit} bytes.")
        if sum(len(name) + len(value) for name, value in self._scope["headers"]) > _HEADERS_LIMIT:
            raise Problem("bad-request", f"The headers have more than {_HEADERS_LIMIT} bytes.")


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name; of one that is repeated, the values joined as RFC 9110 has it."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
