"""JSON-like values from .NET DataContract XML, by decoders that are compiled from the schemas of a contract.

What a body may look like:

* Members, and the parts of entries and dates, stand in any order; the first of a repeated member counts. Elements
  that the contract does not know are ignored with all they hold, and so are attributes but `i:nil` and `i:type`.
* An element in another namespace than the contract's is one that it does not know, and so is an element in no
  namespace at all: .NET drops both without a word. Only the root is asked for by name and namespace.
* A value of any type follows its `i:type`, which may name the types of XML Schema, those that .NET has beside them,
  and arrays and dictionaries of these. Without `i:type` it is text.
* `i:nil` is null, whatever the element holds.
* The document is XML 1.0 without a document type, in UTF-8, UTF-16, US-ASCII or ISO-8859-1, and as deep as ASP.NET
  Web API reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from xml.parsers import expat

from mailproof_mock.call import Problem
from mailproof_mock.datacontract_content import ANY, TYPES, Content, compile_content, document_content
from mailproof_mock.datacontract_forms import INSTANCE, Forms
from mailproof_mock.datacontract_text import BLANK, truth

Decoder = Callable[[bytes], Any]

_ENCODINGS = {"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1"}  # what expat knows by itself
_NAME = re.compile(r"(?:([^:]+):)?([^:]+)")

_DEEPEST = 256  # elements
_MOST_TAGS = 1_500_000  # 10,000 contacts with 20 values each have fewer
_MOST_NAMES = 20_000  # different ones; expat keeps each
_MOST_SEEN = 256  # sets of attributes that are remembered, as .NET repeats the same few
_MOST_TO_KEEP = 1024  # characters of one such set
_CHUNK = 65_536  # bytes
_LONGEST = 2**18  # bytes of one tag, comment or instruction: the parser holds it whole


def compile_decoder(document: Mapping[str, Any], pointer: str) -> Decoder:
    """A function that reads a body of XML as a value of the schema at a JSON pointer of a bundled contract.

    It is the counterpart of `compile_encoder`: the value is the one that JSON has, without the members that JSON
    hides and no request sets (`x-xml-only` with `readOnly`). Whether it fits its schema is for a validator to say.
    The function raises Problem("bad-request") in one line for what is not XML, is another document, or cannot be
    read at some place. Raises ContractError for a schema that DataContract XML has no form for.
    """
    forms = Forms(document)
    root = forms.root(pointer)
    around = document_content(root, compile_content(forms, root))

    def decode(body: bytes) -> Any:
        reading = _Reading(around)
        _parse(body, reading)
        return reading.value[root.name]

    return decode


def _parse(body: bytes, reading: _Reading) -> None:
    if body.count(b"<") > _MOST_TAGS:
        raise _problem(f"more than {_MOST_TAGS} tags")
    names: dict[str, str] = {}
    parser = expat.ParserCreate(intern=names)
    parser.buffer_text = parser.ordered_attributes = True
    parser.XmlDeclHandler = _check_declaration
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    if hasattr(parser, "SetReparseDeferralEnabled"):  # it would let more than _LONGEST wait
        parser.SetReparseDeferralEnabled(False)  # noqa: FBT003 - it takes no keywords
    view = memoryview(body)
    try:
        for begin in range(0, len(body), _CHUNK):
            chunk = view[begin : begin + _CHUNK]
            parser.Parse(chunk)
            if begin + len(chunk) - parser.CurrentByteIndex > _LONGEST:
                raise _problem(f"a tag or comment of more than {_LONGEST} bytes")
            if len(names) > _MOST_NAMES:
                raise _problem(f"more than {_MOST_NAMES} different names")
        parser.Parse(b"", True)  # noqa: FBT003 - it takes no keywords
    except expat.ExpatError as error:
        raise Problem("bad-request", f"The body is not XML: {error}") from None


def _check_declaration(version: str, encoding: str | None, _standalone: int) -> None:
    if version != "1.0":
        raise _problem(f"XML of version {version[:20]!r}, not 1.0")
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise _problem(f"the encoding {encoding[:40]!r}, not UTF-8 or UTF-16")


def _refuse_document_type(*_: object) -> None:
    raise _problem("a document type declaration")


def _problem(text: str) -> Problem:
    return Problem("bad-request", f"The body is XML that is not accepted: {text}")


def _too_deep() -> Problem:
    return _problem(f"elements more than {_DEEPEST} deep")


def _in(name: str, namespace: str) -> str:
    return f"<{name}> in {f'namespace {namespace!r}' if namespace else 'no namespace'}"


class _Names(dict[str, tuple[str, str]]):
    """Prefix and local name of each name met."""

    def __missing__(self, tag: str) -> tuple[str, str]:
        match = _NAME.fullmatch(tag)
        if match is None:
            raise _problem(f"the name {tag[:40]!r}")
        self[tag] = found = (match[1] or "", match[2])
        return found


_Bindings: TypeAlias = Sequence[tuple[str, str | None]]
_Attributes: TypeAlias = tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str, str]]]

_NO_ATTRIBUTES: tuple[_Bindings, Mapping[str, str]] = ((), {})


class _Reading:
    """One document on its way: what stands in the elements that are open now, from the document inwards.

    An element of text is never on the stack: it is kept beside the one around it, as most elements are of text.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._slot: Any = None
        self._name = ""
        self._before: _Bindings = ()
        self.value: Any = content.make()
        self._open: list[tuple[Content, Any, Any, str, _Bindings]] = []
        self._leaf: Content | None = None
        self._leaf_slot: Any = None
        self._leaf_name = ""
        self._leaf_before: _Bindings = ()
        self._texts: list[str] = []
        self._skipped = 0
        self._names = _Names()
        self._seen: dict[tuple[str, ...], _Attributes] = {}
        self._bindings: dict[str, str | None] = {"": "", "xml": "http://www.w3.org/XML/1998/namespace"}

    def start(self, tag: str, attributes: Sequence[str]) -> None:
        """Takes a start tag and its attributes: name, value, name, value."""
        if self._skipped:
            self._skipped += 1
            if self._skipped + len(self._open) > _DEEPEST:
                raise _too_deep()
            return
        if self._leaf is not None:
            raise self._complaint(f"has elements where {self._leaf.what} belongs")
        before, marks = self._take(attributes) if attributes else _NO_ATTRIBUTES
        prefix, name = self._names[tag]
        namespace = self._bindings.get(prefix)
        found = self._content.members.get(name)
        if found is None or found[0] != namespace:
            if namespace is None or not self._open:
                raise self._unknown(prefix, name, namespace)
            self._skip(before)
            return
        slot = found[1]
        content = self._marked(found[2], name, marks) if marks else found[2]
        if content is None:
            self._put(slot, None)
            self._skip(before)
            return
        if content.is_text:
            self._leaf, self._leaf_slot, self._leaf_name, self._leaf_before = content, slot, name, before
            return
        self._open.append((self._content, self.value, self._slot, self._name, self._before))
        if len(self._open) > _DEEPEST:
            raise _too_deep()
        self._content, self._slot, self._name, self._before = content, slot, name, before
        self.value = content.make()

    def text(self, text: str) -> None:
        """Takes a piece of text."""
        if self._leaf is not None:
            self._texts.append(text)
        elif not self._skipped and text.strip(BLANK):
            raise self._complaint(f"has text where {self._content.what} belongs: {text.strip(BLANK)[:40]!r}")

    def end(self, _tag: str) -> None:
        """Takes an end tag."""
        if self._skipped:
            self._skipped -= 1
            return
        leaf = self._leaf
        if leaf is not None:
            value: Any = "".join(self._texts)
            self._texts.clear()
            if leaf.finish is not None:
                value = self._finished(leaf.finish, value)
            if self._leaf_before:
                self._restore(self._leaf_before)
            self._content.put(self.value, self._leaf_slot, value)
            self._leaf = None
            return
        value, slot, finish = self.value, self._slot, self._content.finish
        if finish is not None:
            value = self._finished(finish, value)
        if self._before:
            self._restore(self._before)
        self._content, self.value, self._slot, self._name, self._before = self._open.pop()
        self._put(slot, value)

    def _finished(self, finish: Callable[[Any], Any], value: Any) -> Any:
        try:
            return finish(value)
        except ValueError as error:
            raise self._complaint(str(error)) from None

    def _put(self, slot: Any, value: Any) -> None:
        try:
            self._content.put(self.value, slot, value)
        except ValueError as error:
            raise self._complaint(str(error)) from None

    def _skip(self, before: _Bindings) -> None:
        """Passes over the element that has just begun, and all in it."""
        self._skipped = 1
        if before:
            self._restore(before)

    def _take(self, attributes: Sequence[str]) -> tuple[_Bindings, Mapping[str, str]]:
        """Takes the attributes of one element; gives the bindings that they hide, and the marks of XML Schema."""
        key = tuple(attributes)
        found = self._seen.get(key)
        if found is None:
            found = self._sorted(attributes)
            if len(self._seen) < _MOST_SEEN and sum(map(len, key)) < _MOST_TO_KEEP:
                self._seen[key] = found
        declared, others = found
        bindings = self._bindings
        before = [(prefix, bindings.get(prefix)) for prefix, _ in declared]
        bindings.update(declared)
        if not others:
            return before, {}
        return before, {name: value for prefix, name, value in others if self._namespace(prefix) == INSTANCE}

    def _sorted(self, attributes: Sequence[str]) -> _Attributes:
        """The declarations of namespaces, and the other attributes that have a prefix."""
        declared: list[tuple[str, str]] = []
        others: list[tuple[str, str, str]] = []
        pairs = iter(attributes)
        for tag, value in zip(pairs, pairs, strict=True):
            prefix, name = self._names[tag]
            if tag == "xmlns":
                declared.append(("", value))
            elif prefix == "xmlns":
                if not value or name == "xmlns":
                    raise self._complaint(f"declares the prefix {name[:40]!r} for {value[:40]!r}")
                declared.append((name, value))
            elif prefix:
                others.append((prefix, name, value))
        return declared, others

    def _restore(self, before: _Bindings) -> None:
        for prefix, namespace in reversed(before):
            self._bindings[prefix] = namespace

    def _namespace(self, prefix: str) -> str:
        namespace = self._bindings.get(prefix)
        if namespace is None:
            raise self._undeclared(prefix)
        return namespace

    def _marked(self, content: Content, name: str, marks: Mapping[str, str]) -> Content | None:
        """What is in an element with `i:nil` or `i:type` where that content belongs; None for nothing."""
        try:
            if "nil" in marks and truth(marks["nil"]):
                return None
        except ValueError as error:
            raise self._complaint(f"i:nil of {name}: {error}") from None
        if content is not ANY or "type" not in marks:
            return content
        prefix, local = self._names[marks["type"].strip(BLANK)]
        typed = TYPES.get((self._namespace(prefix), local))
        if typed is None:
            raise self._complaint(f"i:type of {name}: no type {marks['type'][:80]!r} is known")
        return typed

    def _unknown(self, prefix: str, name: str, namespace: str | None) -> Problem:
        if namespace is None:
            return self._undeclared(prefix)
        ((wanted, (wanted_namespace, _, _)),) = self._content.members.items()
        found, expected = _in(name[:40], namespace[:120]), _in(wanted, wanted_namespace)
        return Problem("bad-request", f"The root of the body is {found}, not {expected}")

    def _undeclared(self, prefix: str) -> Problem:
        return self._complaint(f"has the prefix {prefix[:40]!r}, which is not declared")

    def _complaint(self, text: str) -> Problem:
        """A problem at the element that is open now, with the way to it."""
        frames = [*self._open, (self._content, self.value, self._slot, self._name, self._before)]
        names = [frame[3] for frame in frames[1:]]
        if self._leaf is not None:
            names.append(self._leaf_name)
        way = ""
        for (content, value, *_), name in zip(frames, names, strict=False):
            way += f"/{name}[{len(value) + 1}]" if content.is_many else f"/{name}"
        return Problem("bad-request", f"The body: {way or '/'}: {text}")
