"""Bad XML: documents that break a reader, or make it fetch or grow what it should not."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_xml
from mailproof_conformance.front import answer_level, front_of, problem_of
from mailproof_conformance.taken import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check

_DEPTH = 10_000


def _with_dtd(subset: str, content: str = "x") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE a [{subset}]><a>{content}</a>'.encode()


def _bomb(levels: int) -> bytes:
    """Entities that hold ten of the entity before them each: `levels` digits of letters."""
    steps = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return _with_dtd(f'<!ENTITY e0 "aaaaaaaaaa">{steps}', f"&e{levels - 1};")


BOMB = _bomb(10)
"""Ten thousand million letters, if anybody counts."""

_BROKEN: Mapping[str, bytes] = {
    "truncated": b"<Contact><Values>",
    "two-roots": b"<a/><b/>",
    "no-root": b"<?xml version='1.0'?><!-- nothing -->",
    "text-alone": b"neither here nor there",
    "json": b'{"a": 1}',
    "nothing-but-blanks": b" \r\n\t ",
    "unbound-prefix": b"<p:a/>",
    "attribute-twice": b"<a b='1' b='2'/>",
    "tags-crossed": b"<a><b></a></b>",
    "bare-ampersand": b"<a>Fish & Chips</a>",
    "unknown-entity": b"<a>&nbsp;</a>",
    "control-character": b"<a>\x01</a>",
    "null-reference": b"<a>&#0;</a>",
    "surrogate-reference": b"<a>&#xD800;</a>",
    "null-byte": b"<a>\x00</a>",
    "not-utf8": b"<a>\xff\xfe</a>",
    "wrong-encoding": b"<?xml version='1.0' encoding='utf-16'?><a/>",
    "unknown-encoding": b"<?xml version='1.0' encoding='x-mailproof'?><a/>",
    "late-declaration": b" <?xml version='1.0'?><a/>",
    "unclosed-cdata": b"<a><![CDATA[x</a>",
    "unclosed-elements": b"<a>" * _DEPTH,
    "bytes": bytes(range(256)),
}
_DECLARED: Mapping[str, bytes] = {
    "empty-dtd": b"<!DOCTYPE a><a/>",
    "external-dtd": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/mailproof.dtd"><a/>',
    "local-file": _with_dtd('<!ENTITY f SYSTEM "file:///etc/hostname">', "&f;"),
    "remote-file": _with_dtd('<!ENTITY f SYSTEM "http://127.0.0.1:9/mailproof">', "&f;"),
    "parameter-entity": _with_dtd('<!ENTITY % p SYSTEM "http://127.0.0.1:9/mailproof"> %p;'),
    "entity-of-itself": _with_dtd('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    "small-bomb": _bomb(3),
    "large-bomb": BOMB,
    "quadratic-bomb": _with_dtd(f'<!ENTITY a "{"a" * 10_000}">', "&a;" * 10_000),
}
_STRANGE: Mapping[str, bytes] = {
    "another-root": b"<Mailproof/>",
    "deep": b"<a>" * _DEPTH + b"</a>" * _DEPTH,
    "thousand-attributes": b"<a " + b" ".join(b'b%d="1"' % number for number in range(1000)) + b"/>",
    "thousand-namespaces": b"<a " + b" ".join(b'xmlns:b%d="urn:b%d"' % (n, n) for n in range(1000)) + b"/>",
    "long-name": b"<" + b"a" * 100_000 + b"/>",
    "inclusion": b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/hostname"/></a>',
    "stylesheet": b'<?xml-stylesheet href="http://127.0.0.1:9/mailproof.xsl"?><a/>',
    "type-of-another-world": (
        b'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="System.Diagnostics.Process"/>'
    ),
}


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation: a bomb; for each that reads XML, all the rest."""
    problem, front = problem_of(contract, "bad-request"), front_of(contract)
    limit = sys.maxsize if front is None else front.body_limit
    for operation in contract.operations:
        own = next((name for name in wire.request_types(operation) if is_xml(name)), None)
        if own is None or "x-xml" not in contract.document:
            promise = f"{operation.id} does not expand the entities of an XML document."
            run = partial(_bomb_unasked, operation)
            yield Case(
                f"bad-input/{operation.id}/body xml-bomb",
                "bad-input",
                (operation.id,),
                promise,
                operation.pointer,
                "assumed",
                run,
            )
            continue
        level = answer_level(operation) if problem is None else problem.level
        for name, body in {**_BROKEN, **_DECLARED, **_STRANGE}.items():
            if len(body) > limit:
                continue
            promise = f"{operation.id} refuses XML that is not what it asks for ({name.replace('-', ' ')})."
            run = partial(_bad_xml, operation, own, body, name in _BROKEN)
            identity = f"bad-input/{operation.id}/xml {name}"
            yield Case(identity, "bad-input", (operation.id,), promise, operation.pointer, level, run)


def _bad_xml(operation: Operation, own: str, body: bytes, broken: bool, check: Check) -> None:  # noqa: FBT001 - given by partial
    response = specimen.call(check, operation, body=body, content_type=own)
    check.conforms(operation.id, response)
    if broken and "bad-request" in check.expectations.problems:
        check.problem("bad-request", response)
    refused(response)


def _bomb_unasked(operation: Operation, check: Check) -> None:
    response = specimen.call(check, operation, body=BOMB, headers={"Content-Type": "application/xml"})
    check.conforms(operation.id, response)
    if wire.request_types(operation) and "x-rpc-methods" not in operation.definition:
        refused(response)
