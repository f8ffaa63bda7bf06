"""The same XML document as another library may write it: other prefixes, other order, white space, other encodings."""

from __future__ import annotations

import re
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "us-ascii", "iso-8859-1"]
_AROUND = ["", "\n", "<!-- <a> & -->\n", "<?style sheet?>"]
_NOISE = [
    "<!-- <a> & -->",
    "<?style sheet?>",
    '<Note xmlns="urn:unknown" a="b"><Id>1</Id>text</Note>',
    '<q:Values xmlns:q="urn:unknown"/>',
    "<![CDATA[\n]]>",
]


class OtherWriter:
    """Writes parsed documents anew, each time in some other way that says the same."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - which way it writes is no secret
        self._numbers = count(1)

    def write(self, document: bytes) -> bytes:
        """The document written anew, in an encoding of its own."""
        encoding = self._random.choice(_ENCODINGS)
        name = {"utf-8-sig": "UTF-8"}.get(encoding, encoding)
        declaration = f"<?xml version='1.0' encoding='{name}'?>" if encoding != "utf-8" or self._maybe() else ""
        root = self._element(etree.fromstring(document), {})
        text = f"{declaration}{self._random.choice(_AROUND)}{root}{self._random.choice(_AROUND)}"
        # a lone carriage return would be read as the end of a line
        return text.replace("\r", "&#13;").encode(encoding, "xmlcharrefreplace")

    def _element(self, element: Any, scope: Mapping[str, str]) -> str:
        name = etree.QName(element)
        inner = dict(scope)
        tag = self._qualified(name.namespace or "", name.localname, inner, attribute=False)
        attributes = "".join(self._attributes(element, inner))
        declared = {prefix: uri for prefix, uri in inner.items() if scope.get(prefix) != uri}
        for prefix, uri in declared.items():
            attributes += f' xmlns{prefix and ":"}{prefix}="{escape(uri)}"'
        content = self._children(element, inner) if len(element) else self._text(element.text or "")
        if not content and self._maybe():
            return f"<{tag}{attributes}/>"
        return f"<{tag}{attributes}>{content}</{tag}>"

    def _attributes(self, element: Any, scope: dict[str, str]) -> list[str]:
        found = [' unheard-of="of"'] if self._maybe() else []
        for name, value in element.attrib.items():
            local = etree.QName(name).localname
            written = value if local != "type" else self._type(element, value, scope)
            found.append(f' {self._qualified(INSTANCE, local, scope, attribute=True)}="{written}"')
        self._random.shuffle(found)
        return found

    def _type(self, element: Any, value: str, scope: dict[str, str]) -> str:
        prefix, _, local = value.rpartition(":")
        written = self._qualified(element.nsmap[prefix or None], local, scope, attribute=True)
        return f"\n {written} " if self._maybe() else written

    def _qualified(self, uri: str, local: str, scope: dict[str, str], *, attribute: bool) -> str:
        """A name with a prefix for the namespace, one that is in scope or one that is declared with the element."""
        known = [prefix for prefix, bound in scope.items() if bound == uri and (prefix or not attribute)]
        if not uri:
            scope[""] = ""
            return local
        if known and self._maybe():
            prefix = self._random.choice(known)
        elif attribute or "" in scope or self._maybe():
            prefix = f"n{next(self._numbers)}"
        else:
            prefix = ""
        scope[prefix] = uri
        return f"{prefix}:{local}" if prefix else local

    def _children(self, element: Any, scope: Mapping[str, str]) -> str:
        children = list(element)
        if len({child.tag for child in children}) == len(children):
            self._random.shuffle(children)
        written = [self._element(child, scope) for child in children]
        return self._space() + "".join(child + self._space() for child in written)

    def _text(self, text: str) -> str:
        cut = self._random.randint(0, len(text))
        return self._piece(text[:cut]) + self._random.choice(["", "", "<!---->", "<?a b?>"]) + self._piece(text[cut:])

    def _piece(self, text: str) -> str:
        if self._maybe() and "]]>" not in text and "\r" not in text and text.isascii():
            return f"<![CDATA[{text}]]>"
        if self._maybe():
            return re.sub(r"[^\w ]", lambda match: f"&#x{ord(match[0]):x};", text)
        return escape(text, {'"': "&quot;", "'": "&apos;"})

    def _space(self) -> str:
        noise = self._random.choice(_NOISE) if self._random.random() < 0.1 else ""
        return self._random.choice(["", "\n  ", "\r\n\t", " "]) + noise

    def _maybe(self) -> bool:
        return self._random.random() < 0.5
