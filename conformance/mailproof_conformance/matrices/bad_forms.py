"""Bad forms: fields and parts that no browser sends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.forms import MULTIPART, URLENCODED
from mailproof_conformance.front import front_of, problem_of
from mailproof_conformance.taken import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_BOUNDARY = "mailproof-boundary"
_FIELD = b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n'
_FILE = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n'
_LINE = f"--{_BOUNDARY}\r\n".encode()
_END = f"--{_BOUNDARY}--\r\n".encode()

_URLENCODED: Mapping[str, bytes] = {
    "json": b'{"a": 1}',
    "percent-zz": b"a=%zz&%",
    "percent-ff": b"%ff=%ff",
    "percent-00": b"a=%00&%00=1",
    "no-names": b"=1&&=2&?&a",
    "raw-bytes": b"a=\xff\xfe&\x80=1",
    "half-a-character": b"a=%ed%a0%80",
    "null-byte": b"a=\x00",
    "brackets": b"a[b][c][]=1&a[b]=2",
    "five-thousand-fields": b"&".join(b"a%d=1" % number for number in range(5_000)),
    "long-name": b"a" * 200_000 + b"=1",
}
_TYPES: Mapping[str, str] = {
    "no-boundary": MULTIPART,
    "empty-boundary": f"{MULTIPART}; boundary=",
    "long-boundary": f"{MULTIPART}; boundary=" + "a" * 300,
    "another-boundary": f"{MULTIPART}; boundary=elsewhere",
}
"""Content-Types that do not go with the body that they come with."""
_CUT: Mapping[str, bytes] = {
    "truncated": _LINE + _FILE,
    "truncated-in-a-header": _LINE + b"Content-Disposition: form-data; na",
    "truncated-in-the-boundary": _LINE + _FILE + f"--{_BOUNDARY[:5]}".encode(),
    "no-parts": b"neither here nor there",
    "json": b'{"a": 1}',
}
"""Bodies that are no whole form."""
_PARTS: Mapping[str, bytes] = {
    "end-alone": _END,
    "part-without-headers": _LINE + b"\r\n1\r\n" + _END,
    "part-without-a-name": _LINE + b"Content-Disposition: form-data\r\n\r\n1\r\n" + _END,
    "header-without-a-colon": _LINE + b"Nonsense\r\n" + _FIELD + _END,
    "long-header": _LINE + b"X-Long: " + b"a" * 200_000 + b"\r\n" + _FIELD + _END,
    "null-in-a-name": _LINE + _FIELD.replace(b'"a"', b'"a\x00b"') + _END,
    "null-in-a-file-name": _LINE + _FILE.replace(b"a.txt", b"a\x00.txt") + _END,
    "file-name-above-the-folder": _LINE + _FILE.replace(b"a.txt", b"../../mailproof.txt") + _END,
    "raw-bytes-in-a-name": _LINE + _FILE.replace(b"a.txt", b"\xff\xfe") + _END,
    "unknown-charset": _LINE + b"Content-Type: text/plain; charset=x-mailproof\r\n" + _FIELD + _END,
    "transfer-encoding": _LINE + b"Content-Transfer-Encoding: base64\r\n" + _FIELD + _END,
    "five-thousand-parts": (_LINE + _FIELD) * 5_000 + _END,
    "form-inside-a-part": _LINE + b"Content-Type: multipart/mixed; boundary=b\r\n" + _FIELD + b"--b--\r\n" + _END,
    "after-the-end": _LINE + _FILE + _END + b"and more",
    "line-feeds-alone": (_LINE + _FIELD + _END).replace(b"\r", b""),
}
"""Forms that are whole, and strange."""


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that reads a form."""
    front = front_of(contract)
    limit = front.body_limit if front is not None else None
    problem = problem_of(contract, "bad-request")
    level = "assumed" if problem is None else problem.level
    for operation in contract.operations:
        types = wire.request_types(operation)
        named: list[tuple[str, bytes, str, bool]] = []
        if URLENCODED in types:
            named += [(f"form {name}", body, URLENCODED, False) for name, body in _URLENCODED.items()]
        if MULTIPART in types:
            right = f"{MULTIPART}; boundary={_BOUNDARY}"
            named += [(f"multipart {name}", _LINE + _FILE + _END, value, True) for name, value in _TYPES.items()]
            named += [(f"multipart {name}", body, right, True) for name, body in _CUT.items()]
            named += [(f"multipart {name}", body, right, False) for name, body in _PARTS.items()]
        for name, body, content_type, wrong in named:
            if limit is not None and len(body) > limit:
                continue
            words = name.partition(" ")[2].replace("-", " ")
            promise = f"{operation.id} {'refuses' if wrong else 'answers by the contract'} a bad form ({words})."
            run = partial(_bad_form, operation, body, content_type, wrong)
            identity = f"bad-input/{operation.id}/{name}"
            yield Case(identity, "bad-input", (operation.id,), promise, operation.pointer, level, run)


def _bad_form(operation: Operation, body: bytes, content_type: str, wrong: bool, check: Check) -> None:  # noqa: FBT001 - given by partial
    response = specimen.call(check, operation, body=body, content_type=content_type)
    check.conforms(operation.id, response)
    if wrong:
        refused(response)
