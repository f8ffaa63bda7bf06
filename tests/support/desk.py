"""A miniature with bodies of every kind: notes in JSON and DataContract XML, forms, and files."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from lxml import etree
from small_server import Answer, Asked, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

A = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
I = "http://www.w3.org/2001/XMLSchema-instance"  # noqa: E741 - as .NET calls the prefix
S = "http://schemas.datacontract.org/2004/07/System"
X = "http://www.w3.org/2001/XMLSchema"
SPACES = {
    name: "urn:desk:base" if name in {"number", "title"} else "urn:desk"
    for name in ("at", "more", "number", "owner", "stars", "tags", "title")
}
_TYPES = ((bool, "boolean"), (int, "long"), (float, "double"))
INTEGER = re.compile(r"-?\d{1,10}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{0,6}[1-9])?[+-]\d{2}:\d{2}", re.ASCII)


class Desk:
    """The application; `fault` names the promise it breaks, `authorization` is the header that it takes."""

    def __init__(self, fault: str | None = None, *, authorization: str) -> None:
        self.fault = fault
        self.authorization = authorization
        self.notes: dict[str, Any] = {"first": {"title": "The first", "owner": 7}}
        self.files: dict[str, bytes] = {"a.json": b"{ this is no JSON", "b.bin": bytes(range(256))}
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        try:
            answer = self._answer(asked)
        except Refused as refused:
            answer = refused.answer
        wanted = sorted(
            asked.headers.get("accept", "").split(","), key=lambda part: float(part.partition("q=")[2] or 1)
        )
        value: Any = answer.body
        if isinstance(value, dict) and "application/xml" in wanted[-1]:
            answer.body, answer.media_type = written(cast("dict[str, Any]", value)), "application/xml"
        return answer

    def _answer(self, asked: Asked) -> Answer:
        if len(asked.path) + len(asked.query) > 4000:
            raise Refused(414)
        if len(asked.body) > 20000:
            raise Refused(413)
        self._authenticate(asked)
        note = re.fullmatch(r"/desk/notes/([^/]+)", asked.path)
        verbs = {"/desk/forms": ["POST"], "/desk/files": ["GET", "POST", "DELETE"]}.get(asked.path)
        verbs = ["GET", "PUT"] if note is not None else verbs
        if verbs is None:
            raise Refused(404, "Nothing here")
        if asked.method not in verbs:
            raise Refused(405, "Wrong verb", Allow=", ".join(verbs))
        if note is not None:
            return self._note(asked, note[1])
        return self._form(asked) if asked.path == "/desk/forms" else self._file(asked)

    def _authenticate(self, asked: Asked) -> None:
        given = asked.headers.get("authorization")
        open_to_all = asked.method == "GET" and "/notes/" in asked.path
        if given is None and open_to_all:
            return
        scheme, _, token = (given or "").partition(" ")
        if f"{scheme.lower()} {token}" != self.authorization.replace("Basic", "basic"):
            raise Refused(401, "Unauthorized")

    def _note(self, asked: Asked, name: str) -> Answer:
        if re.search(r"%(?![0-9A-Fa-f]{2})|%00|%ff|%0d|%2f|%2e", name, re.IGNORECASE):
            raise Refused(404, "No such note")
        if name not in self.notes:
            raise Refused(404, "No such note")
        if asked.method == "GET":
            return Answer(200, self.notes[name])
        kind = essence(asked)
        if kind not in {"application/json", "text/json", "application/xml"} or (
            self.fault == "one-json-only" and kind == "text/json"
        ):
            raise Refused(415)
        note = self._read_xml(asked.body) if kind == "application/xml" else read_json(asked.body)
        check_note(note)
        queries = parse_qsl(asked.query)
        only = next((value for key, value in queries if key == "only"), "title")
        if set(only.split(",")) - set(SPACES):
            raise Refused(400, "There is no such member")
        if note.get("owner") not in {None, 7} and self.fault != "knows-everybody":
            raise Refused(404, "No such owner")
        if self.fault == "xml-loses-black" and kind == "application/xml" and "more" in note:
            note = {**note, "more": {key: str(value) for key, value in note["more"].items()}}
        shown = {key: value for key, value in note.items() if key in SPACES and key != "number"}
        self.notes[name] = shown
        return Answer(200, shown)

    def _read_xml(self, body: bytes) -> dict[str, Any]:
        if self.fault == "takes-any-xml" and b"<!" not in body:
            return {"title": "x"}
        return read_xml(body, strict=self.fault != "expands-entities")

    def _form(self, asked: Asked) -> Answer:
        if essence(asked) == "application/x-www-form-urlencoded":
            fields: dict[str, Any] = dict(reversed(parse_qsl(asked.body.decode("latin-1"), keep_blank_values=True)))
        else:
            fields = {name: text(data) for name, _, data in parts(asked)}
        if self.fault != "takes-any-form":
            if not fields.get("name") or not INTEGER.fullmatch(fields.get("size", "1")):
                raise Refused(400, "That form is not filled in")
            if fields["name"] == "nobody":
                raise Refused(417, "Nobody is not somebody")
        return Answer(200, {"kept": True} if self.fault == "talks" else None)

    def _file(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            files = [(name, data) for key, name, data in parts(asked) if key == "file" and name is not None]
            if not files and self.fault != "takes-any-form":
                raise Refused(400, "There is no file")
            self.files.update(files)
            return Answer(200)
        name = next((value for key, value in parse_qsl(asked.query, keep_blank_values=True) if key == "name"), "")
        if not name:
            raise Refused(400, "There is no name")
        if name not in self.files:
            raise Refused(404, "No such file")
        if asked.method == "DELETE":
            self.files.pop(name)
            return Answer(200)
        media_type = "application/json" if name.endswith(".json") else "application/octet-stream"
        return Answer(200, self.files[name], media_type=media_type)


def essence(asked: Asked) -> str:
    return asked.headers.get("content-type", "").partition(";")[0].strip().lower()


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def parts(asked: Asked) -> Iterable[tuple[str, str | None, bytes]]:
    """Name, file name and content of each part of a multipart form."""
    if essence(asked) != "multipart/form-data":
        raise Refused(415)
    declared = asked.headers["content-type"]
    boundary = re.search(r'boundary="?([^";]{1,70})(?=["; ]|$)', declared)
    if boundary is None or f"--{boundary[1]}--".encode() not in asked.body:
        raise Refused(400, "That is no whole form")
    head = f"Content-Type: {declared}\r\n\r\n".encode()
    for part in cast("Any", BytesParser(policy=HTTP).parsebytes(head + asked.body)).iter_parts():
        disposition = part.get("content-disposition")
        if disposition is not None and "name" in disposition.params:
            data = part.get_payload(decode=True) or b""
            yield str(disposition.params["name"]), disposition.params.get("filename"), data


def read_json(body: bytes) -> dict[str, Any]:
    try:
        note: Any = json.loads(body.decode(), parse_constant=int)
    except (ValueError, RecursionError):
        raise Refused(400, "That is not JSON") from None
    if any(0xD800 <= ord(letter) < 0xE000 for letter in json.dumps(note, ensure_ascii=False)):
        raise Refused(400, "Half a character")
    return cast("dict[str, Any]", note)


def check_note(value: Any) -> None:
    """Refuses what is no note."""
    kinds: dict[str, Any] = {
        "title": str,
        "stars": int,
        "owner": int | None,
        "at": str,
        "tags": list,
        "more": dict,
        "number": object,
    }
    note = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    wrong = not note.get("title")
    for name, kind in kinds.items():
        wrong = wrong or (name in note and not isinstance(note[name], kind))
    for name in ("stars", "owner"):
        wrong = wrong or isinstance(note.get(name), bool)
    wrong = wrong or not 0 <= note.get("stars", 0) <= 5 or not 0 <= (note.get("owner") or 0) < 2**31
    wrong = wrong or not is_moment(note.get("at", "2024-05-08T11:20:31+01:00"))
    wrong = wrong or not all(isinstance(tag, str) for tag in note.get("tags", []))
    if wrong:
        raise Refused(400, "That is no note")


def is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return MOMENT.fullmatch(text) is not None


def read_xml(body: bytes, *, strict: bool) -> dict[str, Any]:
    """A note as JSON has it, from members in any order; elements that are not known are passed over."""
    parser = etree.XMLParser(resolve_entities=not strict, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused(400, "That is not XML") from None
    if strict and cast("Any", root.getroottree().docinfo).doctype:
        raise Refused(400, "That XML declares types")
    if root.tag not in {"{urn:desk}Note", "a"} or (strict and root.tag == "a") or root.get(f"{{{I}}}nil"):
        raise Refused(400, "That is no note")
    if root.text and root.text.strip():
        raise Refused(400, "There is a text between the members")
    found = {} if strict else {"title": "x"}
    for child in root:
        name = etree.QName(child).localname
        if child.tag == f"{{{SPACES.get(name)}}}{name}" and isinstance(child.tag, str):
            found[name] = member(child, name)
    return found


def member(element: Any, name: str) -> Any:
    """The value of one member of a note."""
    if element.get(f"{{{I}}}nil") == "true":
        return None
    held = element.text or ""
    if name in {"at", "tags", "more"} and held.strip():
        raise Refused(400, "There is a text between the members")
    if name == "at":
        return moment(element)
    if name == "tags":
        return [item.text or "" for item in element.iterchildren(f"{{{A}}}string")]
    if name == "more":
        pairs = element.iterchildren(f"{{{A}}}KeyValueOfstringanyType")
        return {pair[0].text or "": anything(pair[1]) for pair in pairs}
    if len(element):
        raise Refused(400, "There is an element where a text belongs")
    if name == "title":
        return held
    if not INTEGER.fullmatch(held):
        raise Refused(400, "That is no number")
    return int(held)


def moment(element: Any) -> str:
    try:
        minutes = int(element.findtext(f"{{{S}}}OffsetMinutes"))
        whole, _, rest = element.findtext(f"{{{S}}}DateTime").removesuffix("Z").partition(".")
        local = datetime.fromisoformat(whole) + timedelta(minutes=minutes)
    except (ValueError, TypeError, AttributeError):
        raise Refused(400, "That is no moment") from None
    hours, left = divmod(abs(minutes), 60)
    return f"{local.isoformat()}{'.' if rest else ''}{rest}{'-' if minutes < 0 else '+'}{hours:02}:{left:02}"


def anything(element: Any) -> Any:
    if element.get(f"{{{I}}}nil") == "true":
        return None
    kind, held = (element.get(f"{{{I}}}type") or "").rpartition(":")[2], element.text or ""
    if kind == "ArrayOfanyType":
        return [anything(item) for item in element]
    if kind == "ArrayOfKeyValueOfstringanyType":
        return {pair[0].text or "": anything(pair[1]) for pair in element}
    readers: dict[str, Any] = {"int": int, "long": int, "decimal": int, "double": float, "boolean": "true".__eq__}
    return readers.get(kind, str)(held)


def written(value: dict[str, Any]) -> bytes:
    """A note or an error as DataContract XML."""
    if "title" not in value:
        return f"<Error><text>{clean(value['text'])}</text></Error>".encode()
    members = "".join(element(name, SPACES[name], value[name]) for name in sorted(value))
    spaces = f'xmlns="urn:desk" xmlns:i="{I}" xmlns:a="{A}" xmlns:s="{S}" xmlns:x="{X}"'
    return f"<Note {spaces}>{members}</Note>".encode()


def element(name: str, space: str, value: Any) -> str:
    if value is None:
        return f'<{name} xmlns="{space}" i:nil="true"/>'
    if name == "at":
        offset = value[-6:]
        minutes = (int(offset[1:3]) * 60 + int(offset[4:])) * (-1 if offset[0] == "-" else 1)
        whole, _, rest = value[:-6].partition(".")
        utc = (datetime.fromisoformat(whole) - timedelta(minutes=minutes)).isoformat()
        inside = (
            f"<s:DateTime>{utc}{'.' if rest else ''}{rest}Z</s:DateTime><s:OffsetMinutes>{minutes}</s:OffsetMinutes>"
        )
    elif isinstance(value, list):
        inside = "".join(f"<a:string>{clean(item)}</a:string>" for item in cast("list[str]", value))
    elif isinstance(value, dict):
        inside = entries(cast("dict[str, Any]", value))
    else:
        inside = clean(str(value))
    return f'<{name} xmlns="{space}">{inside}</{name}>'


def entries(value: dict[str, Any]) -> str:
    return "".join(
        f"<a:KeyValueOfstringanyType><a:Key>{clean(key)}</a:Key>{typed('a:Value', item)}</a:KeyValueOfstringanyType>"
        for key, item in value.items()
    )


def typed(name: str, value: Any) -> str:
    if value is None:
        return f'<{name} i:nil="true"/>'
    if isinstance(value, dict):
        return f'<{name} i:type="a:ArrayOfKeyValueOfstringanyType">{entries(cast("dict[str, Any]", value))}</{name}>'
    if isinstance(value, list):
        inside = "".join(typed("a:anyType", item) for item in cast("list[Any]", value))
        return f'<{name} i:type="a:ArrayOfanyType">{inside}</{name}>'
    kind = next((name for known, name in _TYPES if isinstance(value, known)), "string")
    return f'<{name} i:type="x:{kind}">{clean(value if isinstance(value, str) else json.dumps(value))}</{name}>'


def clean(text: str) -> str:
    """A text with what XML cannot hold replaced."""
    kept = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    return escape(kept, {"\r": "&#13;"})
