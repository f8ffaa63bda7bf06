"""What jsonrpclib, the library of the vendor's Python sample, makes of the mock. Arguments: RPC address, key."""

from __future__ import annotations

import contextlib
import json
import sys
from importlib import import_module
from typing import Any


def main(url: str, key: str) -> dict[str, Any]:
    """The answers by name, as text from the wire."""
    jsonrpclib: Any = import_module("jsonrpclib")
    answers: dict[str, Any] = {}
    for name, version, method, api_key in (
        ("ping", 2.0, "ping", key),
        ("messages", 2.0, "get_messages", key),
        ("refused", 2.0, "ping", "f" * 32),
        ("one_dot_zero", 1.0, "ping", key),
    ):
        history = jsonrpclib.history.History()
        server = jsonrpclib.ServerProxy(url, version=version, history=history)
        with contextlib.suppress(jsonrpclib.ProtocolError):
            getattr(server, method)(api_key)
        answers[name] = json.loads(history.response)
    return answers


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:3])))
