"""Faults in what an operation answers when all is well: its members, their types, its media types and its headers."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from faults import backwards
from spots import Spot, changed, some, spots
from subjects import ANSWERS, Subject, subjects

import mailproof_mock
from mailproof.pointers import mapping, resolve
from mailproof_conformance.formats import is_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from in_process import Plant
    from planting import Fault

    from mailproof_conformance.exchange import Request, Response

_EACH_KIND = 1
_SUCCESS = 200
_COUNTS = re.compile(
    r"(Count|Counts\w*|Contacts\w*|Sent|Delivered|Opened|Read|Clicked|Bounced|SoftBounced|HardBounced|Failed|Reach"
    r"|Interactions|Unsubscribes|\w*Visits|\w*Clicks|\w*Submits|Total\w*|sent|opened|clicked|bounces_\w+"
    r"|unsubscribes\w*|complaints\w*|forwarded|goals)$"
)


def faults(provider: str) -> Iterator[Fault]:
    """For each operation with an answer in JSON."""
    for subject in subjects(provider):
        if subject.answer is not None:
            yield from _members(subject, _told_in_json(subject))
        yield from _answers(subject)
        if subject.in_xml:
            yield from _xml(subject)


def _told_in_json(subject: Subject) -> list[Spot]:
    """The members of an answer in JSON: one that only XML shows cannot be wrong there."""
    found = spots(subject.contract.document, subject.answer or "")
    return [spot for spot in found if not spot.schema.get("x-xml-only")]


def _members(subject: Subject, found: list[Spot]) -> Iterator[Fault]:
    def kind(words: str, fit: Callable[[Spot], object], change: Any, *kinds: str) -> Iterator[Fault]:
        for spot in some([spot for spot in found if fit(spot)], _EACH_KIND, subject.id, words):
            yield _in(subject, words, spot, change, *(kinds or ANSWERS))

    yield from kind("required member missing", lambda s: s.required, _without)
    yield from kind("member renamed", lambda s: s.required, _renamed)
    yield from kind("number as text", lambda s: s.type in {"integer", "number"}, _set(str))
    yield from kind("text as number", lambda s: s.type == "string" and not s.words, _set(lambda _: 12))
    yield from kind("truth value as text", lambda s: s.type == "boolean", _set(lambda v: str(v).lower()))
    yield from kind("null where not nullable", lambda s: s.type and not s.schema.get("nullable"), _set(lambda _: None))
    yield from kind("array as object", lambda s: s.type == "array", _set(lambda _: {}))
    yield from kind("wrong date form", _is_date, _set(_with_slashes))
    yield from kind("wrong word of a list", lambda s: len(s.words) > 1, _set(lambda _: "mailproof"))
    for spot in found:
        words = [word for word in spot.words if _is_shown(subject.provider, word)]
        for word in some(words if len(spot.words) > 1 else [], _EACH_KIND, subject.id, spot.name):
            change = _set(partial(_other_than, word))
            yield _in(subject, "wrong word in one state", spot, change, *ANSWERS, name=f"{spot.name}={word}")
    for spot in some([spot for spot in found if spot.type == "integer" and _COUNTS.match(spot.way[-1])], 2, subject.id):
        yield _in(subject, "counter off by one", spot, _set(lambda value: value + 1), "laws")
    holders = sorted({spot.way[:-1] for spot in found})
    for holder in some(holders, 1, subject.id, "extra"):
        first = next(spot for spot in found if spot.way[:-1] == holder)
        yield subject.fault("extra member", partial(_at, subject, first, _and_more), *ANSWERS, name=".".join(holder))


@cache
def _shown(provider: str) -> str:
    """All that the sandbox has in its fixtures, as one text."""
    folder = Path(mailproof_mock.__file__).parent / provider
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("fixtures*/**/*.yaml"))) + (
        folder / "fixtures.yaml"
    ).read_text(encoding="utf-8")


def _is_shown(provider: str, word: object) -> bool:
    """Whether the sandbox has something in a state: a state that nothing is in cannot be told wrongly."""
    return not isinstance(word, str) or re.search(rf"\b{re.escape(word)}\b", _shown(provider)) is not None


def _in(subject: Subject, words: str, spot: Spot, change: Any, *kinds: str, name: str = "") -> Fault:
    """A fault in one member, which knows whether it ever changed an answer."""
    met: list[bool] = []

    def noted(holder: dict[str, Any], member: str) -> dict[str, Any]:
        new: dict[str, Any] = change(holder, member)
        if repr(new) != repr(holder):
            met.append(True)
        return new

    fault = subject.fault(words, partial(_at, subject, spot, noted), *kinds, name=name or spot.name)
    return replace(fault, shown=lambda: bool(met))


def _at(subject: Subject, spot: Spot, change: Any) -> Plant:
    return subject.says(lambda value: changed(value, spot.way, change))


def _set(change: Callable[[Any], Any]) -> Callable[[dict[str, Any], str], dict[str, Any]]:
    """Another value of a member that is there; one that is null stays."""
    return lambda holder, name: holder if holder[name] is None else {**holder, name: change(holder[name])}


def _without(holder: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in holder.items() if key != name}


def _renamed(holder: dict[str, Any], name: str) -> dict[str, Any]:
    return {f"{key}_" if key == name else key: item for key, item in holder.items()}


def _and_more(holder: dict[str, Any], _: str) -> dict[str, Any]:
    return {**holder, "mailproof": 1}


def _other_than(word: object, value: object) -> object:
    return "mailproof" if value == word else value


def _is_date(spot: Spot) -> bool:
    form = str(spot.schema.get("format", ""))
    return form.startswith("date") or "[0-9]{4}-" in str(spot.schema.get("pattern", ""))


def _with_slashes(value: object) -> object:
    return value.replace("-", "/") if isinstance(value, str) else value


def _answers(subject: Subject) -> Iterator[Fault]:
    """What does not need to know the members."""

    def fault(words: str, change: Callable[[Response], Response], *kinds: str, name: str = "") -> Fault:
        return subject.fault(words, lambda: subject.told(lambda _, r: change(r)), *(kinds or ANSWERS), name=name)

    yield fault("wrong status", _if_good(lambda r: replace(r, status=202)))
    yield fault("500 instead of success", _if_good(lambda r: replace(r, status=500)))
    if subject.types:
        yield fault("wrong media type", _if_good(_headed("content-type", "text/html")))
        yield fault("Content-Type missing", _if_good(_headed("content-type", None)))
    if subject.answer is not None:
        yield fault("malformed JSON", _if_good(lambda r: r if is_xml(r.media_type) else replace(r, body=r.body[:-1])))
        yield fault("empty body", _if_good(lambda r: r if r.status != _SUCCESS else replace(r, body=b"")))
        yield from _rows(subject)
    if not subject.is_method:
        for name, definition in _headers(subject).items():
            if definition.get("required"):
                yield fault("header missing", _if_good(_headed(name.lower(), None)), name=name)


def _headers(subject: Subject) -> dict[str, Any]:
    status = min((name for name in subject.statuses if name.startswith("2")), default=None)
    if status is None:
        return {}
    node, place = resolve(subject.contract.document, f"{subject.operation.pointer}/responses/{status}")
    declared = mapping(node.get("headers"))
    return {name: resolve(subject.contract.document, f"{place}/headers/{name}")[0] for name in declared}


def _if_good(change: Callable[[Response], Response]) -> Callable[[Response], Response]:
    return lambda response: change(response) if response.status // 100 == 2 else response


def _headed(name: str, value: str | None) -> Callable[[Response], Response]:
    def change(response: Response) -> Response:
        kept = {key: text for key, text in response.headers.items() if key != name}
        return replace(response, headers=kept if value is None else {**kept, name: value})

    return change


def _rows(subject: Subject) -> Iterator[Fault]:
    """A list that is not what it should be."""
    schema, _ = resolve(subject.contract.document, subject.answer or "")
    if "items" not in schema and not (subject.is_method and isinstance(schema.get("additionalProperties"), dict)):
        return
    if schema.get("maxProperties") == 1:
        return
    yield subject.fault("last row missing", lambda: subject.says(_all_but_last), "laws")
    if not subject.is_method:
        yield subject.fault("first row missing", lambda: subject.says(_all_but_first), "laws")
    if "items" in schema:
        yield subject.fault("last row twice", lambda: subject.says(lambda v: [*v, *v[-1:]]), "laws")
        if any(re.search(r"newest|order|by their numbers|orderby|\$skip", text) for text in _sentences(subject)):
            yield subject.fault("rows in another order", lambda: subject.says(lambda v: v[::-1]), "laws")


def _sentences(subject: Subject) -> list[str]:
    own = [clause for clause in subject.contract.clauses.values() if subject.id in clause.operations]
    return [clause.sentence for clause in own if "member" not in clause.sentence]


def _all_but_last(value: Any) -> Any:
    if isinstance(value, list):
        rows = cast("list[Any]", value)
        return rows[:-1] if len(rows) > 1 else rows
    return dict(list(value.items())[:-1]) if len(value) > 1 else value


def _all_but_first(value: Any) -> Any:
    if isinstance(value, list):
        rows = cast("list[Any]", value)
        return rows[1:] if len(rows) > 1 else rows
    return dict(list(value.items())[1:]) if len(value) > 1 else value


def _xml(subject: Subject) -> Iterator[Fault]:
    kinds = ("corpus", "media-types", "agreement", "laws")

    def fault(words: str, change: Callable[[Request, Response], Response]) -> Fault:
        def told(request: Request, response: Response) -> Response:
            good = response.status == _SUCCESS and is_xml(response.media_type)
            return change(request, response) if good else response

        return subject.fault(words, lambda: subject.told(told), *kinds)

    yield fault("XML says something else", lambda _, r: replace(r, body=_other_text(r.body)))
    yield fault("XML members in another order", lambda _, r: backwards(r))
    yield fault("malformed XML", lambda _, r: replace(r, body=r.body[:-3]))
    yield fault("XML in another namespace", lambda _, r: replace(r, body=re.sub(rb'(xmlns="[^"]+)', rb"\1x", r.body)))
    yield fault("XML as text/html", lambda _, r: _headed("content-type", "text/html")(r))
    yield fault("XML member missing", lambda _, r: replace(r, body=_one_less(r.body)))


def _other_text(body: bytes) -> bytes:
    """Another text or number in the last element that has one."""
    found = list(re.finditer(rb">([^<>]+)</", body))
    if not found:
        return body
    last = found[-1]
    text = last[1]
    digit = text[-1:]
    other = b"7" if digit.isdigit() and digit != b"7" else (b"8" if digit == b"7" else b"x")
    if text in (b"true", b"false"):
        return body[: last.start(1)] + (b"false" if text == b"true" else b"true") + body[last.end(1) :]
    return body[: last.end(1) - 1] + other + body[last.end(1) :]


def _one_less(body: bytes) -> bytes:
    """Without the last element that has a text and no element in it, where another one stands beside it."""
    found = list(re.finditer(rb"<([\w:]+)(?: [^<>]*)?>[^<>]*</\1>", body))
    return body if len(found) < 2 else body[: found[-1].start()] + body[found[-1].end() :]
