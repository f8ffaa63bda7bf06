"""Faults of a Which50 server, each with the promise that it breaks, written before the suite was read."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote

from moves import (
    Remembering,
    answer_of,
    answers,
    as_user,
    asks,
    body,
    both,
    data,
    does,
    each,
    header,
    is_array,
    is_object,
    items,
    like,
    member,
    path,
    path_of,
    query,
    query_of,
    raw,
    renamed,
    texts,
    wait,
    with_body,
    with_header,
    xml,
)
from tampering_proxy import HangUp

from mailproof_conformance.exchange import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from moves import Forward, Mangle


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


MAIN = _basic("api@harbour-store.example", "Tr4wler-Basket")
OTHER = _basic("api@ferry-office.example", "Slack-Water-22")
LIST = r"/contactLists/\d+"
CONTACT = r"/contacts/[^/]+"
JOURNEY = r"/journeys/\d+"
SAVE = rf"{LIST}/contact/?"
SEND = r"/journeys/send(Email|TextMessage)/?"
JOB = rf"{LIST}/import/\d+"
REPORTS = rf"{JOURNEY}/reports"


def _user_of(request: Request) -> str | None:
    sent = request.header("authorization") or ""
    try:
        return base64.b64decode(sent.removeprefix("Basic ")).decode().partition(":")[0]
    except ValueError:
        return None


# What is read.


def _summary_of_eleven(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 200 or not answer.media_type.endswith("json"):
        return answer
    whole = forward(like(request, "GET", path_of(request).replace("/summary", "/emails")))
    return data(lambda value: {**value, "Emails": whole.json()[:11]})(request, answer)


def _undated_first(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda item: member(item, "Occurred") is not None)


def _in_utc(item: dict[str, Any]) -> None:
    found = re.fullmatch(r"(.*T)(\d\d)(.*)\+01:00", item["Date"] or "")
    if found and found[2] != "00":
        item["Date"] = f"{found[1]}{int(found[2]) - 1:02}{found[3]}+00:00"


def _every_other_time(request_path: str) -> Mangle:
    def make() -> Mangle:
        seen: dict[str, int] = {}

        def mangle(request: Request, forward: Forward) -> Response:
            answer = forward(request)
            if answer.status == 200 and re.fullmatch(request_path, path_of(request), re.IGNORECASE):
                seen[request.target] = seen.get(request.target, 0) + 1
                if seen[request.target] % 2 == 0:
                    return items(lambda found: found[:-2] + found[-2:][::-1])(request, answer)
            return answer

        return mangle

    return Remembering(make)


def _values_of(contact: object) -> dict[str, Any]:
    found: object = contact.get("Values") if is_object(contact) else None
    return found if is_object(found) else {}


def _exact_filter(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    found = re.fullmatch(r"(\w+) eq '([^']*)'", unquote(parse_qs(query_of(request)).get("$filter", [""])[0]))
    if found is None or answer.status != 200:
        return answer
    name, text = found[1], found[2]
    return data(lambda value: [one for one in value if _values_of(one).get(name) == text])(request, answer)


def _nulls_last(request: Request, answer: Response) -> Response:
    named = parse_qs(query_of(request)).get("$orderby", [""])[0].split(",")[0].split(" ")
    if len(named) > 1 and named[1].lower() == "desc":
        return answer
    wanted = named[0].lower()

    def is_null(one: dict[str, Any]) -> bool:
        values = {key.lower(): known for key, known in _values_of(one).items()}
        return values.get(wanted) is None

    return data(lambda value: sorted(value, key=is_null))(request, answer)


def _cut_off(request: Request, answer: Response) -> Response:
    del request
    return Response(answer.status, answer.headers, answer.body[: len(answer.body) // 2])


def _in_latin(request: Request, answer: Response) -> Response:
    del request
    text = answer.body.decode().encode("latin-1", "replace")
    return with_header(with_body(answer, text), "content-type", "text/json; charset=iso-8859-1")


def _slow() -> Mangle:
    """The first five of many are late: each more would only cost time."""

    def make() -> Mangle:
        late: list[str] = []

        def mangle(request: Request, forward: Forward) -> Response:
            if len(late) < 5 and re.fullmatch(REPORTS, path_of(request)):
                late.append(request.target)
                wait(4)
            return forward(request)

        return mangle

    return Remembering(make)


def _hang_up(_: Request, __: Forward) -> Response:
    raise HangUp


def _of_whom(user: str, authorization: str) -> Callable[[Request], Request]:
    def rewrite(request: Request) -> Request:
        return as_user(authorization)(request) if _user_of(request) == user else request

    return rewrite


def _any_password(request: Request) -> Request:
    return as_user(MAIN)(request) if _user_of(request) == "api@harbour-store.example" else request


def _any_key(request: Request) -> Request:
    key = request.header("x-api-key")
    return header("X-Api-Key", "hs-7d1f0c52b9e84a6f")(header("x-api-key", None)(request)) if key else request


def _without_401(request: Request) -> Request:
    if request.header("authorization") or request.header("x-api-key"):
        return request
    return as_user(MAIN)(request)


def _across_accounts(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    return forward(as_user(OTHER)(request)) if answer.status == 404 and _user_of(request) else answer


def _existence_first(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 403:
        return answer
    known = forward(as_user(MAIN)(request))
    return known if known.status == 404 else answer


# What is written.


def _snapshot(request: Request, forward: Forward, list_id: str) -> dict[str, dict[str, Any]]:
    found = forward(like(as_user(MAIN)(request), "GET", f"/contactLists/{list_id}/contacts"))
    if found.status != 200:
        return {}
    return {one["EncContactId"]: one.get("Values") or {} for one in found.json()}


def _list_in(request: Request) -> str:
    found = re.match(r"/contactLists/(\d+)", path_of(request), re.IGNORECASE)
    if found:
        return found[1]
    try:
        return str(json.loads(request.body)["Contact"]["ListId"])
    except (ValueError, KeyError, TypeError):
        return "0"


def _only_the_first(request: Request, forward: Forward) -> Response:
    """Puts back what a match changed in all contacts but the first."""
    if "match=" not in query_of(request).lower() or _list_in(request) == "32":
        return forward(request)
    before = _snapshot(request, forward, _list_in(request))
    answer = forward(request)
    if answer.status != 200:
        return answer
    after = _snapshot(request, forward, _list_in(request))
    changed = [one for one in after if one in before and before[one] != after[one]]
    for one in changed[1:]:
        values = {name: before[one].get(name) for name in after[one]}
        forward(
            like(request, "POST", f"/contactLists/{_list_in(request)}/contact", {"EncContactId": one, "Values": values})
        )
    return answer


def _resets_another(field: str) -> Mangle:
    """An update that found its contact empties a field that was not given."""

    def act(request: Request, forward: Forward) -> Response:
        if (
            _list_in(request) == "32"
            or field.lower().encode() in request.body.lower() + request.target.lower().encode()
        ):
            return forward(request)
        before = _snapshot(request, forward, _list_in(request))
        answer = forward(request)
        if answer.status != 200:
            return answer
        after = _snapshot(request, forward, _list_in(request))
        for one, values in after.items():
            if one in before and before[one] != values and values.get(field) is not None:
                target = f"/contactLists/{_list_in(request)}/contact"
                forward(like(request, "POST", target, {"EncContactId": one, "Values": {field: None}}))
        return answer

    return act


def _matches_exactly(request: Request, forward: Forward) -> Response:
    asked = {key.lower(): known[0] for key, known in parse_qs(query_of(request)).items()}
    names = [name for name in asked.get("match", "").split(",") if name]
    before = _snapshot(request, forward, _list_in(request)) if names and _list_in(request) != "32" else {}
    if not before:
        return forward(request)
    wanted = {name: asked.get(name.lower()) for name in names}
    lower = [{key.lower(): str(known) for key, known in values.items()} for values in before.values()]
    if any(all(one.get(name.lower()) == text for name, text in wanted.items()) for one in lower):
        return forward(request)
    answer = forward(replace(request, body=b'{"Values":{}}'))
    return answer_of(200, []) if answer.status == 200 else answer


def _stored_though_refused(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status == 417:
        try:
            contact = json.loads(request.body)["Contact"]
            forward(like(as_user(MAIN)(request), "POST", f"/contactLists/{contact['ListId']}/contact", contact))
        except (ValueError, KeyError, TypeError):
            pass
    return answer


def _values(function: Callable[[Any], Any]) -> Callable[[Request], Request]:
    """Another text for every value that a contact is given, in JSON."""

    def change(value: Any) -> Any:
        def walk(inner: Any) -> Any:
            if not is_object(inner):
                return [walk(one) for one in inner] if is_array(inner) else inner
            return {
                key: texts(known, function) if key.lower() == "values" else walk(known) for key, known in inner.items()
            }

        return walk(value)

    return body(change)


def _without_falsy(value: Any) -> Any:
    if is_object(value) and is_object(value.get("Values")):
        kept = {key: known for key, known in value["Values"].items() if known is None or known not in (0, "")}
        return {**value, "Values": kept}
    return value


def _without_null(value: Any) -> Any:
    if is_object(value) and is_object(value.get("Values")):
        return {**value, "Values": {key: known for key, known in value["Values"].items() if known is not None}}
    return value


def _text(function: Callable[[str], object]) -> Callable[[Any], Any]:
    return lambda value: function(value) if isinstance(value, str) else value


def _first_event(request: Request) -> Request:
    return query(r"(customevents=[^&,%]*)(,|%2C)[^&]*", r"\1")(request)


def _known_events_only(request: Request) -> Request:
    found = re.search(r"customevents=([^&]*)", request.target, re.IGNORECASE)
    if found is None:
        return request
    names = unquote(found[1]).split(",")
    kept = [name for name in names if name.strip().lower() in {"raiseloyaltytier", "sendwelcomeemail"}]
    return query(r"customevents=[^&]*", "customevents=" + quote(",".join(kept)))(request)


def _cached(read: str, invalidates: str, reads: int) -> Mangle:
    """Reads are answered from a cache for so many requests; writes of the given verbs empty it."""

    def make() -> Mangle:
        cache: dict[tuple[str, str | None, str | None, str | None], list[Any]] = {}

        def mangle(request: Request, forward: Forward) -> Response:
            if request.method in invalidates.split("|"):
                cache.clear()
            if request.method != "GET" or not re.fullmatch(read, path_of(request), re.IGNORECASE):
                return forward(request)
            key = (
                request.target,
                request.header("accept"),
                request.header("authorization"),
                request.header("x-api-key"),
            )
            if key in cache and cache[key][1] > 0:
                cache[key][1] -= 1
                known: Response = cache[key][0]
                return known
            answer = forward(request)
            if answer.status == 200:
                cache[key] = [answer, reads]
            return answer

        return mangle

    return Remembering(make)


def _shown_later() -> Mangle:
    def make() -> Mangle:
        new: set[str] = set()

        def mangle(request: Request, forward: Forward) -> Response:
            before = (
                _snapshot(request, forward, _list_in(request))
                if re.fullmatch(SAVE, path_of(request), re.IGNORECASE)
                else {}
            )
            answer = forward(request)
            if (
                request.method == "POST"
                and re.fullmatch(SAVE, path_of(request), re.IGNORECASE)
                and answer.status == 200
            ):
                if answer.media_type.endswith("json") and answer.json()["EncContactId"] not in before:
                    new.add(answer.json()["EncContactId"])
            elif answer.status == 200 and re.fullmatch(rf"{LIST}/contacts/?", path_of(request), re.IGNORECASE):
                late = set(new)
                new.clear()
                return items(lambda found: [one for one in found if member(one, "EncContactId") not in late])(
                    request, answer
                )
            return answer

        return mangle

    return Remembering(make)


def _once_only() -> Mangle:
    def make() -> Mangle:
        last: list[Any] = [None, None]

        def mangle(request: Request, forward: Forward) -> Response:
            if request.method != "POST" or not re.fullmatch(SEND, path_of(request), re.IGNORECASE):
                return forward(request)
            if last[0] == (request.target, request.body) and last[1].status == 200:
                known: Response = last[1]
                return known
            last[:] = (request.target, request.body), forward(request)
            answer: Response = last[1]
            return answer

        return mangle

    return Remembering(make)


def _without_last_value(value: Any) -> None:
    if is_object(value) and is_object(value.get("Values")) and value["Values"]:
        value["Values"].popitem()


# Imports and the rest.


def _found_under_any_list(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    for other in ("31", "32", "33", "34"):
        if answer.status != 404:
            break
        answer = forward(path(r"contactLists/\d+", f"contactLists/{other}")(request))
    return answer


def _runs_again(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 417:
        return answer
    job = forward(like(request, "GET", path_of(request).removesuffix("/run")))
    return job if job.status == 200 and job.json()["CurrentStatus"] == "Finished" else answer


def _distinct(value: Any) -> Any:
    if not is_array(value):
        return value
    seen: dict[str, Any] = {}
    for one in value:
        key = str(_values_of(one).get("Email", len(seen))).lower()
        seen.setdefault(key, one)
    return list(seen.values())


def _most_is_too_many(request: Request, forward: Forward) -> Response:
    try:
        count = len(json.loads(request.body))
    except (ValueError, TypeError):
        count = 0
    if count != 10000:
        return forward(request)
    return answer_of(
        417, {"Message": "The parameters of the request are invalid.", "MessageDetail": "The batch is too large."}
    )


def _unchanged_is_updated(job: dict[str, Any]) -> None:
    if job["CurrentStatus"] == "Finished":
        job["UpdatedContacts"] += job["NotUpdatedContacts"]
        job["NotUpdatedContacts"] = 0
        job["TotalContacts"] = job["InsertedContacts"] + job["UpdatedContacts"]


def _when(state: str, **members: object) -> Callable[[dict[str, Any]], None]:
    def change(job: dict[str, Any]) -> None:
        if job["CurrentStatus"] == state:
            job.update(members)

    return change


def _instead_of(status: int, body_of: object = None) -> Callable[[Request, Response], Response]:
    def change(request: Request, answer: Response) -> Response:
        del request, answer
        return Response(status, {"content-length": "0"}, b"") if body_of is None else answer_of(status, body_of)

    return change


def _item_anywhere(request: Request, forward: Forward) -> Response:
    answer = forward(request)
    if answer.status != 404:
        return answer
    for journey in ("501", "502", "505", "506"):
        other = forward(path(r"journeys/\d+", f"journeys/{journey}")(request))
        if other.status == 200:
            return other
    return answer


def _one_off(name: str, by: int = 1) -> Callable[[Any], None]:
    def change(report: dict[str, Any]) -> None:
        if report[name] > 0:
            report[name] += by

    return each(name, change)


def _same_pdf() -> Mangle:
    def make() -> Mangle:
        first: dict[str, Response] = {}

        def mangle(request: Request, forward: Forward) -> Response:
            answer = forward(request)
            if path_of(request).lower().endswith("/generatepdf") and answer.status == 200:
                return first.setdefault(path_of(request), answer)
            return answer

        return mangle

    return Remembering(make)


def _by_substring(request: Request, forward: Forward) -> Response:
    found = re.search(r"(?:\$|%24)filter=(\w+)(?:%20|\+)eq(?:%20|\+)(?:'|%27)([^'&%]+)(?:'|%27)(&|$)", request.target)
    answer = forward(request)
    if found is None or answer.status != 200 or not answer.media_type.endswith("json"):
        return answer
    whole = forward(query(r"(\$|%24)filter=[^&]*&?", "")(request))
    if whole.status != 200:
        return answer
    text = unquote(found[2]).lower()
    return data(lambda value: [one for one in value if text in str(one.get(found[1])).lower()])(request, whole)


def _rounded(value: Any) -> Any:
    def one(inner: Any) -> Any:
        if isinstance(inner, int) and not isinstance(inner, bool) and abs(inner) > 2**53:
            return int(float(inner))
        return inner

    return texts(value, one)


def _decomposed(request: Request) -> bool:
    text = unquote(query_of(request))
    return unicodedata.normalize("NFC", text) != text


def _queried(pattern: str) -> Callable[[Request], bool]:
    return lambda request: re.search(pattern, request.target, re.IGNORECASE) is not None


NOT_FOUND = {"Message": "The resource was not found."}
MATCHING = "GET|POST|PUT|PATCH"

BLIND: dict[str, tuple[str, Mangle]] = {
    "number-in-text-json": (
        "W50-number-only-in-xml: the number of a contact is never shown in JSON (here: in text/json alone).",
        answers("GET", CONTACT, data(lambda value: {"Id": 4101, **value}, media=("text/json",))),
    ),
    "undated-communications-first": (
        "W50-newest-first: those without a date come last.",
        answers("GET", f"{CONTACT}/communications", items(_undated_first)),
    ),
    "emails-in-pages-of-ten": (
        "W50-communications-cover-channels: each e-mail is a communication and the other way round; no paging.",
        answers("GET", f"{CONTACT}/emails", items(lambda found: found[:10])),
    ),
    "last-web-form-dropped": (
        "W50-communications-cover-channels: communications of the kind of web forms have no others.",
        answers("GET", f"{CONTACT}/webforms", items(lambda found: found[:-1])),
    ),
    "summary-of-eleven": (
        "W50-summary-newest-ten: ten at most.",
        does("GET", f"{CONTACT}/summary", _summary_of_eleven),
    ),
    "competitions-outside-journeys-lost": (
        "W50-summary-events-and-competitions: the newest ten communications of the kind, inside a journey or not.",
        answers(
            "GET",
            f"{CONTACT}/summary",
            data(lambda v: {**v, "Competitions": [one for one in v["Competitions"] if one["CampaignId"] is not None]}),
        ),
    ),
    "no-interactions-is-404": (
        "W50-journey-without-interactions: an empty list.",
        answers(
            "GET",
            f"{CONTACT}/journeyactivities/\\d+",
            lambda _, answer: answer_of(404, NOT_FOUND) if answer.body == b"[]" else answer,
        ),
    ),
    "summer-dates-of-emails-in-utc": (
        "W50-irish-time: dates carry +01:00 in summer.",
        answers("GET", f"{CONTACT}/emails", data(each("Date", _in_utc))),
    ),
    "milliseconds-in-text-xml": (
        "W50-xml-date-same-instant: to the last digit (here: in text/xml alone).",
        answers(
            "GET", f"{CONTACT}/communications", xml(lambda t: re.sub(r"(\.\d{3})\d+Z", r"\1Z", t), media=("text/xml",))
        ),
    ),
    "sms-without-campaign-name": (
        "W50-campaign-name-is-journey-name: the CampaignName is the name of the journey.",
        answers(
            "GET",
            f"{CONTACT}/communications",
            data(
                each("Interaction", lambda one: one.update(CampaignName=None) if one["Interaction"] == "SMS" else None)
            ),
        ),
    ),
    "delivered-is-boolean": (
        "Contract: Delivered of a ContactTextMessage is an integer.",
        answers(
            "GET",
            f"{CONTACT}/textmessages",
            data(each("Delivered", lambda one: one.update(Delivered=True) if one["Delivered"] == 1 else None)),
        ),
    ),
    "landing-page-id-as-text": (
        "Contract: LandingPageId of a ContactWebForm is an integer.",
        answers(
            "GET",
            f"{CONTACT}/webforms",
            data(each("LandingPageId", lambda one: one.update(LandingPageId=str(one["LandingPageId"])))),
        ),
    ),
    "last-journey-of-contact-dropped": (
        "W50-contact-in-journey: a contact is among those of a journey exactly where the journey is among its own.",
        answers("GET", f"{CONTACT}/journeys", items(lambda found: found[:-1])),
    ),
    "tags-left-out-when-null": (
        "Contract: Tags of a Campaign is required; null is written out.",
        answers(
            "GET",
            f"{CONTACT}/journeys",
            data(each("Tags", lambda one: one.pop("Tags") if one["Tags"] is None else None)),
        ),
    ),
    "large-reach-as-text": (
        "Contract: Reach is an integer.",
        answers(
            "GET",
            "/journeys",
            data(each("Reach", lambda one: one.update(Reach=str(one["Reach"])) if one["Reach"] >= 100 else None)),
        ),
    ),
    "nil-left-out-of-contact": (
        "W50-xml-nil: a member that is null in JSON is an element with i:nil.",
        answers("GET", CONTACT, xml(lambda t: re.sub(r"<ValidationWarnings [^>]*nil=\"true\"[^>]*/>", "", t))),
    ),
    "404-of-web-forms-always-json": (
        "W50-error-in-media-type-asked-for: an error comes in XML when XML is asked for.",
        answers("GET", f"{CONTACT}/webforms", _instead_of(404, {"Message": "The contact was not found."}), status=404),
    ),
    "unknown-journey-is-empty": (
        "W50-unknown-journey: 404.",
        answers("GET", f"{CONTACT}/journeyactivities/\\d+", _instead_of(200, []), status=404),
    ),
    "files-without-challenge": (
        "W50-basic-challenge: a 401 carries the challenge.",
        answers(
            "GET|DELETE|POST", "/files", lambda _, answer: with_header(answer, "www-authenticate", None), status=401
        ),
    ),
    "activity-without-login": (
        "W50-journeys-credentials-required: 401 without credentials.",
        asks("GET", f"{JOURNEY}/activities/\\d+", _without_401),
    ),
    "patch-without-login": (
        "W50-lists-credentials-required: 401 without credentials (here: PATCH of a contact alone).",
        asks("PATCH", SAVE, _without_401),
    ),
    "any-password-for-fields": (
        "W50-wrong-credentials-refused: a wrong password is answered 401.",
        asks("GET", f"{LIST}/fields", _any_password),
    ),
    "any-api-key": ("W50-wrong-credentials-refused: an unknown key is answered 401.", asks("*", ".*", _any_key)),
    "visitor-downloads": (
        "W50-files-permission-before-existence: a user without the permission is answered 403.",
        asks("GET", "/files", _of_whom("visitor@harbour-store.example", MAIN)),
    ),
    "contacts-user-reads-reports": (
        "W50-journeys-permission-required: 403 for a user who may not read journeys (here: one report).",
        asks("GET", f"{REPORTS}/textmessages/\\d+/contacts", _of_whom("contacts@harbour-store.example", MAIN)),
    ),
    "lists-reader-imports": (
        "W50-import-writes-need-permission: a reader of lists does nothing with an import job.",
        asks("POST", f"{JOB}", _of_whom("lists@harbour-store.example", MAIN)),
    ),
    "web-forms-of-other-accounts": (
        "W50-accounts-apart: a contact of another account is answered 404.",
        does("GET", f"{CONTACT}/webforms", _across_accounts),
    ),
    "journeys-of-other-accounts-by-list": (
        "W50-lists-of-accounts-apart: a list of another account is answered 404.",
        does("GET", f"{LIST}/journeys", _across_accounts),
    ),
    "deletes-files-of-others": (
        "W50-files-accounts-apart: a file of another account is not deleted.",
        does("DELETE", "/files", _across_accounts),
    ),
    "existence-before-permission": (
        "W50-permission-before-existence: without the permission it is 403, whether a contact exists or not.",
        does("GET", f"{CONTACT}/emails", _existence_first),
    ),
    "first-accept-wins": (
        "W50-accept-weights: the one with the highest weight is given.",
        asks(
            "GET",
            ".*",
            lambda r: header("Accept", (r.header("accept") or "*/*").split(",")[0].split(";")[0])(
                header("accept", None)(r)
            ),
        ),
    ),
    "text-xml-called-application-xml": (
        "W50-five-media-types: the Content-Type names the media type that was asked for.",
        answers(
            "GET",
            f"{LIST}/linkeddata",
            lambda _, a: with_header(a, "content-type", "application/xml") if a.media_type == "text/xml" else a,
        ),
    ),
    "text-json-in-latin-1": (
        "W50-json-bindings-agree: the three JSON media types say the same.",
        answers("GET", f"{CONTACT}/communications", lambda q, a: _in_latin(q, a) if a.media_type == "text/json" else a),
    ),
    "csp-report-with-spaces": (
        "W50-csp-report-on-one-line: no space between tokens.",
        answers(
            "GET",
            f"{LIST}/fields",
            lambda _, a: (
                with_body(a, json.dumps(a.json(), ensure_ascii=False).encode())
                if a.media_type == "application/csp-report"
                else a
            ),
        ),
    ),
    "activities-always-json": (
        "Contract: list_activities is answered in XML when XML is asked for.",
        asks("GET", f"{JOURNEY}/activities", lambda r: header("Accept", "application/json")(header("accept", None)(r))),
    ),
    "unknown-accept-is-406": (
        "W50-unknown-accept-is-json: JSON instead of a refusal.",
        answers(
            "GET",
            f"{LIST}/linkeddata/\\d+",
            _instead_of(406, {"Message": "Not acceptable."}),
            when=lambda r: (
                "json" not in (r.header("accept") or "*/*")
                and "xml" not in (r.header("accept") or "")
                and "*" not in (r.header("accept") or "*/*")
                and "csp" not in (r.header("accept") or "")
            ),
        ),
    ),
    "xml-target-out-of-order": (
        "W50-xml-further-member-order: ordinal order of the members, also of a Target.",
        answers(
            "GET",
            f"{JOURNEY}/activities",
            xml(lambda t: re.sub(r"(<Name>[^<]*</Name>)(<Notes.*?(?:/>|</Notes>))", r"\2\1", t)),
        ),
    ),
    "xml-web-forms-in-other-namespace": (
        "W50-xml-channel-namespaces: web forms are in the namespace of the interactions.",
        answers(
            "GET", f"{CONTACT}/webforms", xml(lambda t: t.replace("W50API.Models.DTO.Contacts", "W50API.Models.DTO"))
        ),
    ),
    "xml-finish-date-empty-not-nil": (
        "W50-import-xml-form: nil for null.",
        answers("GET", JOB, xml(lambda t: re.sub(r"<FinishDate i:nil=\"true\"[^>]*/>", "<FinishDate />", t))),
    ),
    "xml-doubles-as-strings": (
        "W50-xml-value-types: each Value names its XML Schema type.",
        answers("GET", CONTACT, xml(lambda t: re.sub(r'i:type="(\w+):double"', r'i:type="\1:string"', t))),
    ),
    "xml-empty-fields-are-nil": (
        "W50-xml-empty-collection: an element without children, and not nil.",
        answers(
            "GET",
            f"{LIST}/fields/\\d+",
            xml(lambda t: re.sub(r"<ContactSchemaFieldValues\s*/>", '<ContactSchemaFieldValues i:nil="true" />', t)),
        ),
    ),
    "report-members-by-alphabet": (
        "W50-json-member-order: members stand in the order in which their type declares them.",
        answers("GET", f"{REPORTS}/emails", data(lambda value: [dict(sorted(one.items())) for one in value])),
    ),
    "large-count-one-short": (
        "W50-list-count: the Count is the number of contacts (here: of a large list).",
        answers(
            "GET",
            f"/contactLists|{LIST}",
            both(
                data(each("Count", lambda one: one.update(Count=one["Count"] - 1) if one["Count"] > 1000 else None)),
                xml(lambda t: re.sub(r"<Count>(\d{4,})</Count>", lambda m: f"<Count>{int(m[1]) - 1}</Count>", t)),
            ),
        ),
    ),
    "contacts-cut-at-a-thousand": (
        "W50-list-count, and there is no paging: the list has all its contacts.",
        answers("GET", f"{LIST}/contacts", items(lambda found: found[:1000])),
    ),
    "second-comparison-ignored": (
        "W50-filter-and: all comparisons are met.",
        asks("GET", f"{LIST}/contacts", query(r"((?:\$|%24)filter=[^&]*?)(?:%20|\+| )and(?:%20|\+| )[^&]*", r"\1")),
    ),
    "filter-regards-case": (
        "W50-filter-in-any-case: the texts that a $filter compares.",
        does("GET", f"{LIST}/contacts", _exact_filter),
    ),
    "second-desc-ignored": (
        "W50-orderby-sorts: sorted by its fields in turn, each ascending unless desc follows.",
        asks("GET", f"{LIST}/contacts", query(r"((?:\$|%24)orderby=[^&]*?(?:,|%2C)[^&]*?)(?:%20|\+| )desc", r"\1")),
    ),
    "top-zero-is-all": (
        "W50-top-and-skip: with $top at most so many are given, also none.",
        asks("GET", f"{LIST}/contacts", query(r"(\$|%24)top=0(?=&|$)", r"\g<1>top=99999")),
    ),
    "skip-one-more-with-top": (
        "W50-top-and-skip: so many are left out.",
        asks(
            "GET",
            rf"{LIST}/linkeddata/\d+/records",
            query(r"(\$|%24)skip=(1)(?=&|$)", r"\g<1>skip=2"),
            when=_queried(r"top="),
        ),
    ),
    "quote-in-filter-is-500": (
        "W50-filter-is-no-query: a quote stands twice and is compared as it is.",
        answers(
            "GET",
            f"{LIST}/contacts",
            _instead_of(500, {"Message": "An error has occurred."}),
            when=_queried(r"filter=[^&]*('|%27)[^&]*('|%27)('|%27)"),
        ),
    ),
    "encoded-plus-is-a-space": (
        "W50-filter-is-no-query, W50-match-one-field: the value is compared as it is.",
        asks(MATCHING, ".*", query(r"%2B", "%20")),
    ),
    "nulls-last": (
        "W50-orderby-sorts: contacts without a value come before the others.",
        answers("GET", f"{LIST}/contacts", _nulls_last, when=_queried(r"orderby=")),
    ),
    "choices-without-in-use": (
        "Contract: InUse of a ContactSchemaFieldValue is required.",
        answers("GET", f"{LIST}/fields", data(each("InUse", lambda one: one.pop("InUse")))),
    ),
    "choices-out-of-order": (
        "W50-fields-by-position: the choices of a field by their Order.",
        answers(
            "GET",
            f"{LIST}/fields",
            data(each("ContactSchemaFieldValues", lambda one: one["ContactSchemaFieldValues"].reverse())),
        ),
    ),
    "journeys-of-an-empty-list-are-all": (
        "W50-journeys-of-list: exactly those whose ListId is its id.",
        does(
            "GET",
            f"{LIST}/journeys",
            lambda r, f: (
                f(like(r, "GET", "/journeys", accept=r.header("accept") or "*/*")) if f(r).body == b"[]" else f(r)
            ),
        ),
    ),
    "server-time-with-z": (
        "W50-server-time-forms, 1 (dates in JSON): an explicit offset, in each JSON media type.",
        answers(
            "GET",
            "/contactLists/serverTime",
            data(lambda value: value.replace("+00:00", "Z"), media=("application/csp-report",)),
        ),
    ),
    "path-case-of-the-last-segment": (
        "W50-lists-paths-ignore-case: literal segments are matched without regard to case.",
        answers("GET", f"{LIST}/(?-i:(?!fields$)[Ff][Ii][Ee][Ll][Dd][Ss])", _instead_of(404, NOT_FOUND)),
    ),
    "slash-after-send": (
        "Front door: a path with one slash at its end is the path without it.",
        answers("*", r"/journeys/send(Email|TextMessage)/", _instead_of(404, NOT_FOUND), status=None),
    ),
    "patch-empties-first-name": (
        "W50-partial-update: an update changes the values that are given and no others.",
        does("PATCH", SAVE, _resets_another("FirstName")),
    ),
    "send-empties-language": (
        "W50-send-updates-contact: only what is given changes.",
        does("POST|PUT", SEND, _resets_another("Language")),
    ),
    "device-empties-last-name": (
        "W50-device-saves-its-contact: updated as by a post, which leaves other values alone.",
        does("POST", f"{LIST}/registerDevice", _resets_another("LastName")),
    ),
    "patch-updates-the-first": (
        "W50-match-updates-every: all contacts that match are updated.",
        does("PATCH", SAVE, _only_the_first),
    ),
    "put-text-updates-the-first": (
        "W50-send-match: every contact that has the values is updated.",
        does("PUT", "/journeys/sendTextMessage", _only_the_first),
    ),
    "astral-characters-lost": (
        "W50-post-creates: a contact has the values that were given.",
        asks("POST", SAVE, _values(_text(lambda t: re.sub(r"[\U00010000-\U0010ffff]", "?", t)))),
    ),
    "trailing-spaces-lost": (
        "W50-post-creates: a contact has the values that were given.",
        asks("POST|PATCH", SAVE, _values(_text(str.rstrip))),
    ),
    "values-composed": (
        "W50-post-creates: the values that were given, not their composed form.",
        asks("POST|PATCH|PUT", ".*", _values(_text(lambda t: unicodedata.normalize("NFC", t)))),
    ),
    "negative-numbers-positive": (
        "W50-post-creates: a contact has the values that were given.",
        asks("POST", SAVE, _values(lambda v: abs(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else v)),
    ),
    "zero-and-blank-not-written": (
        "W50-partial-update: the values that are given are changed, also to 0, false and blank.",
        asks("POST|PATCH", SAVE, body(_without_falsy)),
    ),
    "leading-zeros-lost": (
        "W50-save-in-every-binding: the same values of the same types.",
        asks("POST", SAVE, _values(_text(lambda t: int(t) if re.fullmatch(r"0\d+", t) else t))),
    ),
    "long-values-cut-at-255": (
        "W50-post-creates: a contact has the values that were given.",
        asks("POST|PATCH", SAVE, _values(_text(lambda t: t[:255]))),
    ),
    "null-is-not-written": (
        "W50-null-is-a-value: a value that is given as null replaces the one that was there.",
        asks("POST", SAVE, body(_without_null)),
    ),
    "device-runs-no-events": (
        "W50-customevents-run: the custom events of a write are run (here: of registerDevice).",
        asks("POST", f"{LIST}/registerDevice", query(r"customevents=[^&]*&?", "")),
    ),
    "only-the-first-event": (
        "W50-customevents-run: each named event is run.",
        asks("POST|PATCH", f"{LIST}/(contact|registerDevice)", _first_event),
    ),
    "patch-ignores-unknown-events": ("W50-customevents-unknown: 417.", asks("PATCH", SAVE, _known_events_only)),
    "count-from-a-cache": (
        "W50-list-count-follows-writes: the Count grows by one with each contact.",
        _cached(LIST, "", 3),
    ),
    "contact-cache-survives-patch": (
        "W50-partial-update, W50-patch-sets-the-body: what was written is read.",
        _cached(CONTACT, "POST|PUT|DELETE", 2),
    ),
    "new-contact-listed-later": ("W50-post-creates: the new contact is in the list.", _shown_later()),
    "patch-regards-case": (
        "W50-match-in-any-case: letter case does not matter in values to match.",
        does("PATCH", SAVE, _matches_exactly),
    ),
    "only-the-first-matched-field": (
        "W50-match-and: the values of all fields.",
        asks("PATCH", SAVE, query(r"(match=[^&,%]*)(,|%2C)[^&]*", r"\1")),
    ),
    "send-matches-the-first-field": (
        "W50-send-match: has the values of the body in these fields.",
        asks("POST|PUT", SEND, query(r"(match=[^&,%]*)(,|%2C)[^&]*", r"\1")),
    ),
    "refused-send-stores-its-contact": (
        "W50-send-refused-leaves-nothing: a refused send stores no contact.",
        does("POST|PUT", SEND, _stored_though_refused),
    ),
    "form-key-in-lower-case": (
        "W50-form-reserved-keys: the keys in any letter case.",
        does(
            "POST",
            "/contactLists/contactForm",
            lambda r, f: answer_of(417, NOT_FOUND) if re.search(rb"(listid=|\"listid\")", r.body) else f(r),
        ),
    ),
    "form-in-latin-1": (
        "W50-form-saves: a form creates a contact as a post does, with its fields as texts.",
        asks(
            "POST",
            "/contactLists/contactForm",
            lambda r: replace(r, body=r.body.decode("latin-1").encode()) if b"form-data" in r.body else r,
        ),
    ),
    "form-plus-stays": (
        "W50-form-saves: a urlencoded form, in which a plus is a space.",
        asks(
            "POST",
            "/contactLists/contactForm",
            raw(r"\+", "%2B"),
            when=lambda r: "urlencoded" in (r.header("content-type") or ""),
        ),
    ),
    "device-without-id-taken": (
        "W50-device-needs-its-id: 400.",
        asks(
            "POST",
            f"{LIST}/registerDevice",
            body(
                lambda v: (
                    {**v, "DeviceId": "x"}
                    if is_object(v) and v.get("DeviceId") is None and "deviceid" not in {k.lower() for k in v if v[k]}
                    else v
                )
            ),
        ),
    ),
    "whole-batch-too-large": (
        "W50-import-batch-of-the-most: a batch of as many as the most is taken.",
        does("POST", JOB, _most_is_too_many),
    ),
    "duplicates-in-a-batch-lost": (
        "W50-import-each-counted: each contact of a finished job is counted once.",
        asks("POST", JOB, body(_distinct)),
    ),
    "last-row-of-a-large-batch-lost": (
        "W50-import-batches-add-up: the contacts of all batches are stored.",
        asks("POST", JOB, body(lambda v: v[:-1] if is_array(v) and len(v) >= 3 else v)),
    ),
    "xml-batch-keeps-the-first": (
        "W50-import-batch-in-any-media-type: the same in each media type.",
        asks("POST", JOB, raw(r"(</(?:\w+:)?Contact>).*(</(?:\w+:)?ArrayOfContact>)", r"\1\2")),
    ),
    "unchanged-counts-as-updated": (
        "W50-import-not-updated: counts as not updated.",
        answers("GET", JOB, data(_unchanged_is_updated)),
    ),
    "running-at-100-percent": (
        "W50-import-progress: below 100 while the job runs.",
        answers("GET|POST", f"{JOB}(/run)?", data(_when("Running", ProgressPercent=100))),
    ),
    "failed-without-finish-date": (
        "W50-import-dates: null until the end, and the failed are at the end.",
        answers("GET", JOB, data(_when("Failed", FinishDate=None))),
    ),
    "failed-is-called-error": (
        "Contract, W50-import-states: the states are those of the table.",
        answers("GET", JOB, data(_when("Failed", CurrentStatus="Error"))),
    ),
    "job-under-any-list": (
        "W50-import-of-its-list: unknown in the path of another list.",
        does("GET", JOB, _found_under_any_list),
    ),
    "finished-job-runs-again": ("W50-import-refused-in-state: 417.", does("POST", f"{JOB}/run", _runs_again)),
    "import-ignores-match": (
        "W50-import-match: updates all that have the values in the named fields.",
        asks("POST", f"{JOB}/run", query(r"match=[^&]*&?", "")),
    ),
    "line-ends-of-csv-changed": (
        "W50-file-round-trip: byte for byte.",
        answers(
            "GET",
            "/files",
            lambda _, a: with_body(a, a.body.replace(b"\r\n", b"\n")) if a.media_type.startswith("text/") else a,
        ),
    ),
    "empty-file-is-404": (
        "W50-file-empty: handed out as any other.",
        answers("GET", "/files", lambda _, a: a if a.body else answer_of(404, NOT_FOUND)),
    ),
    "file-name-in-ascii-only": (
        "W50-file-attachment-beyond-ascii: the name travels in filename*.",
        answers(
            "GET",
            "/files",
            lambda _, a: with_header(
                a, "content-disposition", re.sub(r";\s*filename\*=[^;]*", "", a.headers.get("content-disposition", ""))
            ),
        ),
    ),
    "delete-with-download-keeps": (
        "W50-file-deleted: a deleted file is unknown from then on.",
        asks(
            "DELETE",
            "/files",
            lambda r: replace(r, method="GET", target=re.sub(r"&?download=true", "", r.target, flags=re.IGNORECASE)),
            when=_queried("download=true"),
        ),
    ),
    "decomposed-name-unknown": (
        "W50-path-unicode-form: composed and decomposed characters name one file.",
        answers("GET", "/files", _instead_of(404, NOT_FOUND), when=_decomposed),
    ),
    "backslash-unknown": (
        "W50-path-separators: a backslash separates as a slash does.",
        answers("GET", "/files", _instead_of(404, NOT_FOUND), when=_queried(r"filePath=[^&]*%5C")),
    ),
    "longest-name-refused": (
        "W50-path-length: 255 bytes are taken.",
        does(
            "POST",
            "/files",
            lambda r, f: answer_of(417, NOT_FOUND) if re.search(rb'filename="[^"]{255}"', r.body) else f(r),
        ),
    ),
    "upload-of-two-files-takes-the-first": (
        "W50-upload-one-file: a form with several is answered 417.",
        asks(
            "POST", "/files", raw(r"(filename=\"[^\"]*\".*?)\r\n--[^\r]*\r\n[^\r]*filename=.*(\r\n--[^\r]*--)", r"\1\2")
        ),
    ),
    "bounced-are-the-hard-ones": (
        "W50-email-bounced-soft-or-hard: the soft and the hard ones.",
        asks("GET", f"{REPORTS}/emails/\\d+/contacts/bounced", path("/bounced", "/HardBounced")),
    ),
    "unknown-state-of-page-is-empty": (
        "W50-bad-state: 400.",
        answers("GET", f"{REPORTS}/landingpages/\\d+/contacts/[^/]+", _instead_of(200, []), status=400),
    ),
    "text-states-regard-case": (
        "W50-state-ignores-case: the same in any letter case.",
        answers(
            "GET",
            f"{REPORTS}/textmessages/\\d+/contacts/(?-i:[a-z]+|[A-Z]+)",
            _instead_of(400, {"Message": "Bad state."}),
        ),
    ),
    "known-clicks-one-more": (
        "W50-reports-by-channel: the reports of a journey are those its channels list.",
        answers("GET", REPORTS, data(_one_off("KnownClicks"))),
    ),
    "total-visits-below-known": (
        "W50-landing-page-totals: at least the number of contacts in the state.",
        answers(
            "GET",
            f"{REPORTS}(/landingpages)?",
            data(each("TotalVisits", lambda one: one.update(TotalVisits=max(one["KnownVisits"] - 1, 0)))),
        ),
    ),
    "reports-from-a-cache": (
        "W50-send-counted: Sent and Delivered grow by one with a send.",
        _cached(f"{REPORTS}(/emails|/textmessages)?", "PUT|PATCH", 2),
    ),
    "item-under-any-journey": (
        "W50-item-of-another-journey: 404.",
        does("GET", f"{REPORTS}/(emails|landingpages)/\\d+/contacts", _item_anywhere),
    ),
    "activity-contacts-twice": (
        "W50-journey-contacts-once: no list has a contact twice.",
        answers("GET", f"{JOURNEY}/activities/\\d+/contacts", items(lambda found: found + found[-1:])),
    ),
    "sms-duplicates-one-more": (
        "W50-target-sms-sizes: the contacts with a well-formed Mobile.",
        answers("GET", f"{JOURNEY}/activities(/\\d+)?", data(_one_off("ContactsCountSmsWithDuplicates"))),
    ),
    "order-changes-with-each-call": (
        "W50-reads-repeatable: the same read gives the same answer again.",
        _every_other_time(f"{JOURNEY}/contacts"),
    ),
    "put-email-answers-too-little": (
        "W50-send-answers-what-is-stored: as it is read afterwards.",
        answers("PUT", "/journeys/sendEmail", data(_without_last_value)),
    ),
    "same-send-only-once": ("W50-send-counts-contacts: one more communication.", _once_only()),
    "send-put-allow": (
        "W50-send-only-three-verbs, contract: Allow of a 405 names the verbs of the path.",
        answers("*", SEND, lambda _, a: with_header(a, "allow", "POST, PUT"), status=405),
    ),
    "head-of-lists-answered": (
        "Front door: HEAD is refused with 405.",
        does("HEAD", "/contactLists", lambda r, f: f(replace(r, method="GET"))),
    ),
    "options-answered": (
        "Front door: OPTIONS is refused with 405.",
        does(
            "OPTIONS", "/files", lambda _, __: Response(200, {"allow": "GET, POST, DELETE", "content-length": "0"}, b"")
        ),
    ),
    "first-pdf-for-all": ("W50-pdf-of-contact: the values of the contact it was made for.", _same_pdf()),
    "pdf-without-end": (
        "W50-pdf-any-value: it has an end.",
        answers("POST", r".*/generatePDF", lambda _, a: with_body(a, a.body[:-32])),
    ),
    "star-without-the-last": (
        "W50-records-star: every field.",
        answers(
            "GET",
            rf"{LIST}/linkeddata/\d+/records",
            data(lambda v: [dict(list(one.items())[:-1]) for one in v]),
            when=_queried(r"select=(\*|%2A)(&|$)"),
        ),
    ),
    "records-without-nulls": (
        "W50-records-as-selected: what it has no value for is null.",
        answers(
            "GET",
            rf"{LIST}/linkeddata/\d+/records",
            data(lambda v: [{k: x for k, x in one.items() if x is not None} for one in v]),
        ),
    ),
    "wrong-login-is-anonymous": (
        "W50-records-wrong-credentials: 401 also where none are needed.",
        does("GET", r".*/linkeddata/\d+/records", lambda r, f: f(as_user(None)(r)) if f(r).status == 401 else f(r)),
    ),
    "records-by-substring": (
        "W50-records-filter: that have this text there.",
        does("GET", rf"{LIST}/linkeddata/\d+/records", _by_substring),
    ),
    "large-integers-rounded": (
        "W50-xml-says-what-json-says, W50-records-forms-agree: the same values.",
        answers("GET", ".*", data(_rounded)),
    ),
    "no-answer-to-wild-bytes": (
        "W50-broken-path-refused: 400 or 404.",
        does("GET", ".*", _hang_up, when=_queried(r"/contacts/[^?]*%(00|f[5-9a-f]|c0)")),
    ),
    "list-id-of-33-bits-is-500": (
        "W50-lists-path-integers: 400.",
        answers(
            "GET", r"/contactLists/\d{10,}/fields", _instead_of(500, {"Message": "An error has occurred."}), status=None
        ),
    ),
    "null-values-are-500": (
        "Contract: Values is nullable; bad input is 4xx and never a 500.",
        does(
            "POST",
            SAVE,
            lambda r, f: (
                answer_of(500, {"Message": "An error has occurred."})
                if re.fullmatch(rb'.*"Values":\s*null.*', r.body, re.DOTALL)
                else f(r)
            ),
        ),
    ),
    "xml-of-many-contacts-cut-off": (
        "W50-lists-bindings-agree: XML says what JSON says, and is whole.",
        answers(
            "GET",
            f"{LIST}/contacts",
            lambda q, a: _cut_off(q, a) if "xml" in a.media_type and len(a.body) > 100000 else a,
        ),
    ),
    "slow-reports": ("No clause: an answer is there at once (4 seconds here).", _slow()),
    "patch-wants-capital-values": (
        "W50-member-names-in-any-case: the members of a body in any letter case.",
        asks("PATCH", SAVE, body(lambda v: {k: x for k, x in v.items() if k != "values"} if is_object(v) else v)),
    ),
    "email-under-other-name": (
        "Contract: the members of a SendEmailRequestDTO are read in XML as in JSON.",
        asks(
            "POST",
            "/journeys/sendEmail",
            raw(r"<((?:\w+:)?)Values\b.*?</(?:\w+:)?Values>", r""),
            when=lambda r: "xml" in (r.header("content-type") or ""),
        ),
    ),
    "message-renamed": (
        "W50-error-has-message: an error is an object with a Message (here: of a 417 of the import).",
        answers("POST", f"{JOB}(/run)?", data(lambda v: renamed(v, "Message", "message")), status=417),
    ),
}
