"""The bench server: keeps `newsletters.yaml` strictly, in memory, but for the one promise that it is told to break."""

from __future__ import annotations

import argparse
import base64
import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jsonschema_rs
import uvicorn

from mailproof import contract
from mailproof.json_schema import as_json_schema
from mailproof.pointers import mapping, sequence
from news_faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

CONTRACT = Path(__file__).with_name("newsletters.yaml")
PASSWORD = "bench"  # noqa: S105 - of a server that lives for seconds on the loopback
AUTHORIZATION = "Basic " + base64.b64encode(f"bench:{PASSWORD}".encode()).decode()
COUNT = "/_bench"
SAMPLES = {"listId": 1, "contactId": 1}
NOW = "2024-06-01T09:00:00Z"
FORMS = ("application/json", "application/vnd.news+json")
_INTEGER = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_PATH = re.compile(r"/news/lists(?:/([^/]+)(?:/(contacts|imports)(?:/([^/]+))?)?)?")
_MOST_URL, _MOST_BODY, _ID_LIMIT, _SHORT = 8192, 65536, 2_147_483_647, 2
_PLANE = 0xFFFF
_NAME, _NOTE, _CREATED, _REFUSED = 60, 200, 201, 400

Row = dict[str, Any]


class Refused(Exception):  # noqa: N818 - an answer
    """An error answer."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.body, self.headers = status, {"code": code, "message": message}, headers


class Crash(Exception):  # noqa: N818 - a fault that is planted
    """A planted 500."""


@dataclass
class Asked:
    """A request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """An answer; None is no body."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    media_type: str = FORMS[0]


class Newsletters:
    """The API; `fault` is a name of FAULTS, or None for a server that keeps every promise."""

    def __init__(self, fault: str | None = None) -> None:
        self.fault = fault
        self.lists: dict[int, Row] = {}
        self.contacts: dict[int, dict[int, Row]] = {}
        self.before: dict[int, Row] = {}
        schemas = as_json_schema(contract(CONTRACT).document, "request")
        self._fits = {
            name: jsonschema_rs.Draft202012Validator(
                {**schemas, "$ref": f"#/components/schemas/{name}"}, validate_formats=True
            )
            for name in ("NewList", "ListPatch", "NewContact")
        }
        self._operations: dict[tuple[str, str], Callable[..., Answer]] = {
            ("GET", "lists"): self.list_lists,
            ("POST", "lists"): self.create_list,
            ("GET", "list"): self.get_list,
            ("PATCH", "list"): self.update_list,
            ("PUT", "list"): self.replace_list,
            ("DELETE", "list"): self.delete_list,
            ("GET", "contacts"): self.list_contacts,
            ("POST", "contacts"): self.add_contact,
            ("GET", "contact"): self.get_contact,
            ("POST", "imports"): self.import_contacts,
        }
        for number, status in enumerate(("active", "draft", "closed", "active", "active")):
            self._store({"name": f"List {number}", "note": "As it was.", "tags": ["old"], "status": status})
        for number in range(5):
            value = {"address": f"reader{number}", "status": "unsubscribed" if number % 2 else "subscribed"}
            self._add(1, value)

    def __call__(self, asked: Asked) -> Answer:
        """The answer to a request."""
        form = FORMS[0]
        try:
            form = self._form(asked) or form
            answer = self._answer(asked)
        except Refused as refused:
            answer = Answer(refused.status, refused.body, refused.headers)
            if refused.status == 401:  # noqa: PLR2004 - the one with a challenge
                answer.headers["WWW-Authenticate"] = 'Basic realm="news"'
            if refused.status == 404 and self.fault == "other-envelope":  # noqa: PLR2004 - as the fault has it
                answer.body = {"error": "not found"}
        except Crash:
            answer = Answer(500)
        answer.media_type = form if asked.method == "GET" else FORMS[0]
        return self._spoilt(asked, answer)

    def _spoilt(self, asked: Asked, answer: Answer) -> Answer:
        """The answer with those faults in it that concern its form alone."""
        if answer.status >= _REFUSED:
            return answer
        if answer.media_type == FORMS[1]:
            if self.fault == "accept-ignored":
                answer.media_type = FORMS[0]
            elif self.fault == "other-form-broken":
                answer.body = b"{"
            elif self.fault == "other-form-differs" and "contacts" in mapping(answer.body):
                answer.body = {**answer.body, "contacts": answer.body["contacts"] + 1}
        if self.fault == "wrong-media-type" and asked.path == "/news/lists" and asked.method == "GET":
            answer.media_type = "text/plain"
        if self.fault == "header-missing":
            answer.headers.pop("X-Total-Count", None)
        return answer

    def _form(self, asked: Asked) -> str:
        """The media type of the answer. Errors before it is known are in the first."""
        given = asked.headers.get("accept", "*/*")
        offered = FORMS if asked.method == "GET" else FORMS[:1]
        ranked: list[tuple[float, int, str]] = []
        for part in given.split(","):
            name, _, parameters = part.strip().partition(";")
            quality = re.search(r"q=([01](?:\.[0-9]*)?)", parameters)
            for place, form in enumerate(offered):
                if name.strip().lower() in {form, "application/*", "*/*"} and (
                    quality is None or float(quality[1]) > 0
                ):
                    ranked.append((-float(quality[1]) if quality else -1.0, place, form))
        return min(ranked)[2] if ranked else ""

    def _answer(self, asked: Asked) -> Answer:
        if len(asked.path) + len(asked.query) > _MOST_URL:
            raise Refused(414, "too-large", "That is too much.")
        open_one = self.fault == "open-operation" and asked.method == "GET" and asked.path.endswith("/contacts")
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        right = f"{scheme.lower()} {token}" == AUTHORIZATION.replace("Basic", "basic")
        if not right and not open_one and not (self.fault == "any-password" and token):
            raise Refused(401, "unauthorized", "Name and password are needed.")
        if len(asked.body) > _MOST_BODY:
            raise Refused(413, "too-large", "That is too much.")
        match = _PATH.fullmatch(asked.path)
        if match is None or (match[2] == "imports" and match[3]):
            raise Refused(404, "not-found", "There is nothing of that name.")
        kind = "lists" if match[1] is None else match[2] or "list"
        kind = "contact" if match[3] else kind
        operation = self._operations.get((asked.method, kind))
        if operation is None:
            if self.fault == "undeclared-verb" and (asked.method, kind) == ("DELETE", "lists"):
                return Answer(204)
            allowed = ", ".join(verb for verb, name in self._operations if name == kind)
            raise Refused(405, "wrong-verb", "Not with this verb.", Allow=allowed)
        if not self._form(asked):
            raise Refused(406, "not-acceptable", "Not in that form.")
        parts = [part for part in (match[1], match[3]) if part is not None]
        arguments: list[Any] = [self._id(part) for part in parts]
        if asked.method in {"POST", "PUT", "PATCH"}:
            arguments.append(self._body(asked))
        elif kind in {"lists", "contacts"}:
            arguments.append(self._query(asked, kind))
        return operation(*arguments)

    def _id(self, text: str) -> int:
        if not _INTEGER.fullmatch(text) or not 1 <= int(text) <= _ID_LIMIT:
            raise Refused(400, "bad-request", "An id is a number.")
        return int(text)

    def _query(self, asked: Asked, kind: str) -> Row:
        given: dict[str, str] = {}
        for name, value in parse_qsl(asked.query, keep_blank_values=True):
            given.setdefault(name, value)
        found: Row = {"page": 1, "perPage": 20}
        for name, most in (("page", 100_000), ("perPage", 100)):
            if name not in given:
                continue
            if self.fault == "crash-on-negative" and name == "page" and given[name].startswith("-"):
                raise Crash
            if not _INTEGER.fullmatch(given[name]) or not 1 <= int(given[name]) <= most:
                raise Refused(400, "bad-request", f"{name} is out of its range.")
            found[name] = int(given[name])
        states = ("draft", "active", "closed") if kind == "lists" else ("subscribed", "unsubscribed")
        words = {"status": states, "sort": ("id", "-id", "name", "-name") if kind == "lists" else ()}
        for name, allowed in words.items():
            if allowed and name in given:
                if given[name] not in allowed:
                    raise Refused(400, "bad-request", f"{name} is none of its words.")
                found[name] = given[name]
        return found

    def _body(self, asked: Asked) -> Any:
        if asked.headers.get("content-type", "").partition(";")[0].strip().lower() != FORMS[0]:
            raise Refused(415, "unsupported", "Not in that media type.")
        try:
            value: Any = json.loads(asked.body.decode(), parse_constant=_no_constant)
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise Refused(400, "bad-request", "That is no JSON.") from None
        return value

    def _fit(self, schema: str, value: Any) -> Row:
        """A body that fits its schema, or what a fault makes of one that does not."""
        known = mapping(value)
        name, note, tags = known.get("name"), known.get("note"), sequence(known.get("tags"))
        judged: Any = value
        if self.fault == "takes-invalid" and isinstance(name, str) and len(name) > _NAME:
            judged = {**known, "name": "x"}
        if self.fault == "invalid-date-taken" and isinstance(known.get("startsOn"), str):
            judged = {**known, "startsOn": "2024-01-01"}
        if self.fault == "crash-on-duplicates" and len(tags) > _SHORT and len(set(map(str, tags))) < len(tags):
            raise Crash
        if not self._fits[schema].is_valid(judged):
            raise Refused(400, "bad-request", "That is not what the contract allows.")
        if self.fault == "crash-on-astral" and isinstance(name, str) and any(ord(letter) > _PLANE for letter in name):
            raise Crash
        if self.fault == "boundary-refused" and isinstance(name, str) and len(name) == _NAME:
            raise Refused(400, "bad-request", "That is not what the contract allows.")
        if self.fault == "crash-at-boundary" and isinstance(note, str) and len(note) == _NOTE:
            raise Crash
        if self.fault == "null-refused" and "note" in known and note is None:
            raise Refused(400, "bad-request", "That is not what the contract allows.")
        return known

    # --- the operations

    def list_lists(self, query: Row) -> Answer:
        """GET /lists."""
        rows = [self._shown(row) for row in self.lists.values() if not row.get("_hidden")]
        if "status" in query and self.fault != "filter-ignored":
            rows = [row for row in rows if row["status"].lower() == query["status"]]
        key = query.get("sort", "id")
        if self.fault != "sort-ignored":
            rows.sort(key=lambda row: self.lists[int(row["id"])][key.lstrip("-")], reverse=key.startswith("-"))
        return self._page(rows, query)

    def create_list(self, body: Any) -> Answer:
        """POST /lists."""
        value = self._fit("NewList", body)
        self._unique(value["name"], None)
        row = self._store(value)
        if self.fault == "created-not-readable":
            self.lists.pop(row["id"])
        row["_hidden"] = self.fault == "not-listed"
        place = row["id"] - (self.fault == "wrong-location")
        status = 200 if self.fault == "wrong-status" else _CREATED
        return Answer(status, self._shown(row), {"Location": f"/news/lists/{place}"})

    def get_list(self, list_id: int) -> Answer:
        """GET /lists/{listId}."""
        row = self._list(list_id, deleted=self.fault == "deleted-still-readable")
        if self.fault == "stale-read" and list_id in self.before:
            row = {**self.before[list_id]}
        return Answer(200, self._shown(row))

    def update_list(self, list_id: int, body: Any) -> Answer:
        """PATCH /lists/{listId}."""
        row, value = self._list(list_id), self._fit("ListPatch", body)
        self._unique(value.get("name"), list_id)
        changed = {**row, **value}
        if self.fault == "patch-resets" and "note" not in value:
            changed["note"] = None
        return self._changed(row, changed)

    def replace_list(self, list_id: int, body: Any) -> Answer:
        """PUT /lists/{listId}."""
        row, value = self._list(list_id), self._fit("NewList", body)
        self._unique(value["name"], list_id)
        kept = {"tags": row["tags"]} if self.fault == "put-keeps" and not value.get("tags") else {}
        return self._changed(row, {**row, **_filled(value), **kept})

    def delete_list(self, list_id: int) -> Answer:
        """DELETE /lists/{listId}."""
        self._list(list_id)["_deleted"] = True
        return Answer(204)

    def list_contacts(self, list_id: int, query: Row) -> Answer:
        """GET /lists/{listId}/contacts."""
        self._list(list_id)
        rows = list(self.contacts[list_id].values())
        if "status" in query and self.fault != "contact-filter-ignored":
            rows = [row for row in rows if row["status"] == query["status"]]
        return self._page([self._shown_contact(row) for row in rows], query)

    def add_contact(self, list_id: int, body: Any) -> Answer:
        """POST /lists/{listId}/contacts."""
        self._list(list_id)
        value = self._fit("NewContact", body)
        if any(row["address"] == value["address"] for row in self.contacts[list_id].values()):
            raise Refused(409, "conflict", "The list has that address.")
        row = self._add(list_id, value)
        return Answer(_CREATED, self._shown_contact(row), {"Location": f"/news/lists/{list_id}/contacts/{row['id']}"})

    def get_contact(self, list_id: int, contact_id: int) -> Answer:
        """GET /lists/{listId}/contacts/{contactId}."""
        self._list(list_id)
        if contact_id not in self.contacts[list_id]:
            raise Refused(404, "not-found", "There is nothing of that name.")
        return Answer(200, self._shown_contact(self.contacts[list_id][contact_id]))

    def import_contacts(self, list_id: int, body: Any) -> Answer:
        """POST /lists/{listId}/imports."""
        self._list(list_id)
        most = 50
        if not 1 <= len(sequence(body)) <= most:
            raise Refused(400, "bad-request", "That is not what the contract allows.")
        rows = [self._fit("NewContact", item) for item in sequence(body)]
        added = 0
        for value in rows:
            if all(row["address"] != value["address"] for row in self.contacts[list_id].values()):
                self._add(list_id, value)
                added += 1
        return Answer(200, {"received": len(rows), "added": added + (self.fault == "import-miscounts")})

    # --- what they share

    def _list(self, list_id: int, *, deleted: bool = False) -> Row:
        row = self.lists.get(list_id)
        if row is None or (row.get("_deleted") and not deleted):
            raise Refused(404, "not-found", "There is nothing of that name.")
        return row

    def _unique(self, name: str | None, list_id: int | None) -> None:
        rows = [row for row in self.lists.values() if row["id"] != list_id and not row.get("_deleted")]
        if self.fault != "duplicate-accepted" and any(row["name"] == name for row in rows):
            raise Refused(409, "conflict", "There is a list of that name.")

    def _store(self, value: Row) -> Row:
        row = {"id": len(self.contacts) + 1, **_filled(value)}
        self.lists[row["id"]] = row
        self.contacts[row["id"]] = {}
        return row

    def _add(self, list_id: int, value: Row) -> Row:
        row: Row = {"id": len(self.contacts[list_id]) + 1, "name": None, "status": "subscribed", **value}
        self.contacts[list_id][row["id"]] = row
        return row

    def _changed(self, row: Row, changed: Row) -> Answer:
        self.before[row["id"]] = {**row}
        if self.fault != "lost-write":
            row.update(changed)
        return Answer(200, self._shown(changed))

    def _page(self, rows: list[Row], query: Row) -> Answer:
        size = 20 if self.fault == "page-size-ignored" else query["perPage"]
        start = (query["page"] - 1) * size
        if self.fault == "page-off-by-one" and start:
            start += 1
        total = len(rows) + (self.fault == "total-off-by-one")
        return Answer(200, rows[start : start + size], {"X-Total-Count": str(total)})

    def _shown(self, row: Row) -> Row:
        closed = row["status"] == "closed"
        shown: Row = {
            **{name: value for name, value in row.items() if not name.startswith("_")},
            "createdAt": NOW.replace("T", " ") if self.fault == "wrong-date-form" else NOW,
            "closedAt": NOW if closed and self.fault != "state-without-date" else None,
            "contacts": len(self.contacts.get(row["id"], ())),
        }
        if self.fault == "member-missing":
            shown.pop("tags")
        if self.fault == "member-mistyped":
            shown["id"] = str(shown["id"])
        if self.fault == "wrong-enum-in-one-state" and closed:
            shown["status"] = "Closed"
        if self.fault == "null-for-short" and len(row["name"]) <= _SHORT:
            shown["name"] = None
        return shown

    def _shown_contact(self, row: Row) -> Row:
        extra = {"internal": 1} if self.fault == "member-extra" else {}
        return {**row, "unsubscribedAt": NOW if row["status"] == "unsubscribed" else None, **extra}


def _filled(value: Row) -> Row:
    return {"note": None, "tags": [], "status": "draft", "startsOn": None, **value}


def _no_constant(text: str) -> float:
    raise ValueError(text)


def application(news: Newsletters) -> Callable[..., Awaitable[None]]:
    """The API as an ASGI application; COUNT, outside the API, tells how many requests came and when the first did."""
    counted: Row = {"requests": 0, "first": None}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["path"] == COUNT:
            await _send(send, Answer(200, counted), with_body=True)
            return
        counted["requests"] += 1
        counted["first"] = counted["first"] or time.monotonic()
        path, query = scope["raw_path"].decode("latin-1").partition("?")[0], scope["query_string"].decode("latin-1")
        answer = news(Asked(scope["method"], path, query, headers, body))
        await _send(send, answer, with_body=scope["method"] != "HEAD")

    return app


async def _send(send: Any, answer: Answer, *, with_body: bool) -> None:
    content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    content = b"" if answer.body is None else content
    said = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    if content:
        said.append((b"content-type", answer.media_type.encode()))
    said.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": said})
    await send({"type": "http.response.body", "body": content if with_body else b""})


class _Announcing(uvicorn.Server):
    """A server that writes where it listens into a file as soon as it does."""

    def __init__(self, config: uvicorn.Config, ready_file: Path) -> None:
        super().__init__(config)
        self._ready_file = ready_file

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        entry = {"base_url": f"http://127.0.0.1:{port}/news", "headers": {"Authorization": AUTHORIZATION}}
        draft = self._ready_file.with_suffix(".draft")
        draft.write_text(json.dumps({**entry, "samples": SAMPLES}), encoding="utf-8")
        draft.replace(self._ready_file)


def main() -> None:
    """Serves on a free port of the loopback; `--ready-file` is an auth file for `mailproof check`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready-file", type=Path, required=True)
    parser.add_argument("--fault", choices=sorted(FAULTS))
    options = parser.parse_args()
    app: Any = application(Newsletters(options.fault))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False, lifespan="off")
    _Announcing(config, options.ready_file).run()


if __name__ == "__main__":
    main()
