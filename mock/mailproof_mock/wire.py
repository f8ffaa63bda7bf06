"""Uvicorn's HTTP protocol, made to hand over what it would itself answer in words that are not the vendor's."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_PARSER_URL_LIMIT = 65_535  # httptools parses no longer address
_KEPT_URL = 32_768  # bytes of a longer one that go on: more than any API's own limit, which then answers
_HEAD_LIMIT = 1_048_576  # bytes of a request line and headers that are taken before the connection is closed


class WireProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection."""

    _head_bytes = 0
    _head_complete = False

    def data_received(self, data: bytes) -> None:
        """Takes bytes off the wire; closes the connection on a head that does not end."""
        if not self._head_complete:
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_LIMIT:
                self.send_400_response("The head of the request is too large.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A new request on the connection."""
        self._head_complete = False
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Cuts an address that is too long for the parser to one that it takes and the API refuses in its own words."""
        self._head_complete = True
        if len(self.url) > _PARSER_URL_LIMIT:
            self.url = self.url[:_KEPT_URL]
        super().on_headers_complete()
