"""Faults in what a server remembers: reads that are stale, writes that are lost, things that stay though deleted."""

# JSON of any shape passes through here, and mypy sees to the rest.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from databases import undone
from in_process import Plant
from subjects import Subject, subjects

from mailproof.pointers import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from in_process import Forward
    from planting import Fault

    from mailproof_conformance.exchange import Request, Response
    from mailproof_mock.call import Call, Handler

_UNCHANGING = {
    "which50": {
        "get_server_time": "it tells the time; a clause has the rest",
        "list_contact_lists": "",
        "list_contact_list_fields": "no operation changes a field",
        "get_contact_list_field": "no operation changes a field",
        "list_contact_list_journeys": "",
        "list_linked_data": "no operation changes linked data",
        "get_linked_data": "no operation changes linked data",
        "list_linked_data_fields": "no operation changes linked data",
        "get_linked_data_field": "no operation changes linked data",
        "list_linked_data_records": "no operation changes linked data",
        "list_contact_landing_pages": "no operation visits a landing page",
        "list_contact_web_forms": "no operation fills in a form of a landing page",
        "list_landing_page_reports": "no operation visits a landing page",
        "list_landing_page_contacts": "no operation visits a landing page",
        "list_landing_page_contacts_by_state": "no operation visits a landing page",
        "list_activities": "",
    },
    "whatcounts": {"get_snapshot_file": "a file never changes once it is there"},
}
"""Reads in which a stale answer is the right one, with the reason. An empty reason: they change, and it is a fault."""

_ONCE_OR_TWICE = {
    "create_import_job": "nothing lists the jobs, so one more is seen by nobody",
    "update_matching_contacts": "the second time it writes what is there",
    "upload_file": "the second time it writes what is there",
    "submit_contact_form": "the second time it writes what is there, where the form has a key",
    "register_device": "the second time it writes what is there, where the contact has a key",
    "save_contact": "the second time it writes what is there, where the contact has a key",
}
"""Operations that may be done twice, with the reason."""


def faults(provider: str) -> Iterator[Fault]:
    """For each operation that reads what others write, and each that writes."""
    for subject in subjects(provider):
        if subject.is_method:
            continue
        if subject.effect == "read" and not _UNCHANGING.get(provider, {}).get(subject.id):
            yield subject.fault("stale read after write", partial(_stale, subject), "laws", "agreement")
        if subject.effect != "read":
            yield subject.fault("lost write", partial(_lost, subject), "laws", "agreement")
            if subject.id not in _ONCE_OR_TWICE:
                yield subject.fault("written twice", partial(_twice, subject), "laws", "agreement")
            yield subject.fault("only the first write kept", partial(_first_only, subject), "laws", "agreement")
        if subject.operation.method == "delete":
            yield from _deleted(subject)
    yield from (_which50() if provider == "which50" else _whatcounts() if provider == "whatcounts" else ())


def _stale(subject: Subject) -> Plant:
    """A read that is answered once, and then from memory."""
    known: dict[Request, Response] = {}

    def inner(request: Request, forward: Forward) -> Response:
        if request not in known:
            known[request] = forward(request)
        return known[request]

    return Plant(subject.mangle(inner))


def _lost(subject: Subject) -> Plant:
    """The handler runs and answers, and what it wrote is undone."""

    async def step(name: str, call: Call, handler: Handler) -> Any:
        if name != subject.id:
            return await handler(call)
        async with undone(call.world):
            return await handler(call)

    return Plant(step=step)


def _twice(subject: Subject) -> Plant:
    """The handler runs twice."""

    async def step(name: str, call: Call, handler: Handler) -> Any:
        answer = await handler(call)
        return await handler(call) if name == subject.id else answer

    return Plant(step=step)


def _first_only(subject: Subject) -> Plant:
    """A server that does what it is asked to once, and after that only says so."""
    known: dict[tuple[str, str], Response] = {}

    def inner(request: Request, forward: Forward) -> Response:
        key = (request.method, request.target)
        if key not in known:
            response = forward(request)
            if response.status == 200:
                known[key] = response
            return response
        return known[key]

    return Plant(subject.mangle(inner))


def _deleted(subject: Subject) -> Iterator[Fault]:
    """Each read at the path of a deletion: what was deleted is still there for it."""
    for reader in subjects(subject.provider):
        if reader.operation.path == subject.operation.path and reader.effect == "read":

            def plant(reader: Subject = reader) -> Plant:
                good: dict[str, Response] = {}

                def inner(request: Request, forward: Forward) -> Response:
                    response = forward(request)
                    if response.status == 200:
                        good[request.target] = response
                    return good.get(request.target, response) if response.status == 404 else response

                return Plant(reader.mangle(inner))

            yield replace(
                reader.fault("deleted thing still readable", plant, "laws"),
                touches=frozenset({reader.id, subject.id}),
            )


def _which50() -> Iterator[Fault]:
    own = {subject.id: subject for subject in subjects("which50")}
    for name in ("save_contact", "update_matching_contacts", "register_device"):
        subject = own[name]
        yield subject.fault("update resets other fields", partial(_resets, subject), "laws", "agreement")
        yield subject.fault("null is not stored", partial(_without_nulls, subject), "laws", "agreement")
    yield own["update_matching_contacts"].fault(
        "match updates only the first contact", _first_match, "laws", "agreement"
    )
    yield own["save_contact"].fault("match updates only the first contact", _first_match, "laws", "agreement")
    for name in ("get_contact_list", "list_contact_lists"):
        yield own[name].fault(
            "counter off by one",
            partial(_counts, own[name]),
            "laws",
            name="Count by one too many",
        )


def _counts(subject: Subject) -> Plant:
    def change(value: Any) -> Any:
        rows = value if isinstance(value, list) else [value]
        new = [{**row, "Count": row["Count"] + 1} for row in rows]
        return new if isinstance(value, list) else new[0]

    return subject.says(change)


def _values(value: Any) -> dict[str, Any]:
    """Where the fields of a contact stand in a body."""
    members = mapping(value)
    return mapping(members["Contact"]) if "Contact" in members else members


def _changed_values(subject: Subject, change: Any) -> Plant:
    def heard(request: Request) -> Request:
        try:
            value: Any = json.loads(request.body)
        except (ValueError, RecursionError):
            return request
        holder = _values(value)
        if not isinstance(holder.get("Values"), dict):
            return request
        holder["Values"] = change(holder["Values"])
        return replace(request, body=json.dumps(value).encode())

    return subject.heard(heard)


def _resets(subject: Subject) -> Plant:
    """Fields that are not given are emptied."""
    return _changed_values(subject, lambda values: {"LastName": None, "FirstName": None, "City": None, **values})


def _without_nulls(subject: Subject) -> Plant:
    return _changed_values(subject, lambda values: {k: v for k, v in values.items() if v is not None})


def _first_match() -> Plant:
    """Of several rows that are found by a field only the first is seen by the writers."""

    async def step(name: str, call: Call, handler: Handler) -> Any:
        if name not in {"update_matching_contacts", "save_contact"}:
            return await handler(call)
        world = call.world
        put_all = world.put_all

        async def first(kind: str, rows: Iterable[Any]) -> None:
            await put_all(kind, list(rows)[:1] if kind == "contact" else rows)

        world.put_all = first  # type: ignore[method-assign]
        return await handler(call)

    return Plant(step=step)


def _whatcounts() -> Iterator[Fault]:
    own = {subject.id: subject for subject in subjects("whatcounts")}
    for name in ("send_message_with_customer_key", "send_message"):
        subject = own[name]
        yield subject.fault("opt-out ignored", partial(_forced, subject, "respectOptout", "false"), "laws")
        yield subject.fault("snapshot not stored", partial(_forced, subject, "snapshot", "0"), "laws")
        yield subject.fault("snapshot always stored", partial(_forced, subject, "snapshot", "1"), "laws")


def _forced(subject: Subject, option: str, value: str) -> Plant:
    """An option that has one value whatever is sent."""

    def heard(request: Request) -> Request:
        if subject.id == "send_message":
            try:
                body: Any = json.loads(request.body)
            except (ValueError, RecursionError):
                return request
            if not isinstance(body, dict):
                return request
            return replace(request, body=json.dumps({**body, option: value}).encode())
        path, _, query = request.target.partition("?")
        kept = [part for part in query.split("&") if part and not part.startswith(f"{option}=")]
        return replace(request, target=f"{path}?{'&'.join([*kept, f'{option}={value}'])}")

    return subject.heard(heard)
