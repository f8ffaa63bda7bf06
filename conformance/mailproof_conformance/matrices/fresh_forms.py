"""Fresh forms: after writes each form of an answer, at each spelling of a path, says each caller what is so now.

An answer that is kept somewhere is kept under its path, its query, its media type and its caller. One more name in the
query makes a request that nobody has kept an answer to.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mailproof_conformance import specimen, wire
from mailproof_conformance.case import Case
from mailproof_conformance.check import DEFAULT
from mailproof_conformance.formats import is_json, is_xml
from mailproof_conformance.front import front_of
from mailproof_conformance.matrices.agreement_of_writes import last_text, steady
from mailproof_conformance.sameness import same
from mailproof_conformance.taken import is_success
from mailproof_conformance.text_places import replaced
from mailproof_conformance.verdicts import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check, Credentials


_CALLERS = ("api_key", "contact_lists_reader", "journeys_reader")
"""What a target calls further callers who may read what ours may."""


class Form(NamedTuple):
    """One way to ask an operation: an Accept, a spelling of its path, and who asks."""

    accept: str
    template: str
    caller: Credentials | str = DEFAULT


def cases(contract: Contract) -> Iterator[Case]:
    """One for the whole API, where it has operations that read and others that write."""
    readers = [(item, forms) for item in contract.operations if (forms := _forms(contract, item))]
    writers = [item for item in contract.operations if _writes(item)]
    if readers and writers:
        promise = "What is read after a write is the same in every form of it and at every spelling of its path."
        names = tuple(operation.id for operation, _ in readers)
        run = partial(_fresh, readers, writers)
        yield Case("agreement/near-reads follow writes", "agreement", names, promise, "#/paths", "assumed", run)


def _forms(contract: Contract, operation: Operation) -> tuple[Form, ...]:
    """The plain one first; none for what is no reader of JSON or XML."""
    front = front_of(contract)
    if operation.effect != "read" or "x-rpc-methods" in operation.definition or front is None:
        return ()
    types = [name for name in wire.success_types(operation) if is_json(name) or is_xml(name)]
    aliases = [alias for alias, name in front.accept_alias.items() if name in types]
    paths = [operation.path]
    if front.trailing_slash == "same" and not operation.path.endswith("/"):
        paths.append(f"{operation.path}/")
    if not front.case_sensitive:
        first, brace, rest = operation.path.partition("{")
        paths.append(first.swapcase() + brace + rest)
    others = [Form(types[0], operation.path, name) for name in _CALLERS] if types else []
    return (*(Form(accept, path) for accept in (*types, *aliases) for path in paths), *others)


def _writes(operation: Operation) -> bool:
    rpc = "x-rpc-methods" in operation.definition
    return operation.effect != "read" and not rpc and not specimen.deletes(operation)


def _fresh(readers: list[tuple[Operation, tuple[Form, ...]]], writers: list[Operation], check: Check) -> None:
    for operation, forms in readers:
        for form in forms:
            _asked(check, operation, form)
    for operation in writers:
        with suppress(Skipped):
            specimen.call(check, operation, body=_body(operation, check))
    for operation, forms in readers:
        for form in forms:
            _same_aside(check, operation, form)


def _same_aside(check: Check, operation: Operation, form: Form) -> None:
    kept = _asked(check, operation, form)
    now = _asked(check, operation, form, {specimen.NO_QUERY: "1"})
    if kept is None or now is None or same(now, kept):
        return
    again = _asked(check, operation, form, {specimen.NO_QUERY: "2"})
    about = f"what {operation.id} says at {form.template} in {form.accept} after writes"
    check.equal(steady(now, now, again), steady(kept, now, again), about)


def _asked(check: Check, operation: Operation, form: Form, query: dict[str, Any] | None = None) -> Any:
    """What the operation says; None where the target does not offer what it needs, or it refuses."""
    try:
        response = specimen.call(
            check,
            operation,
            headers={"Accept": form.accept},
            template=form.template,
            query=query or {},
            credentials=form.caller,
        )
    except Skipped:
        return None
    return response.value() if is_success(response) else None


def _body(operation: Operation, check: Check) -> Any:
    """The specimen of a body, with another text each time where it has one."""
    plain = next(filter(is_json, wire.request_types(operation)), None)
    body: Any = specimen.body(check, operation, plain)
    place = last_text(check.contract, operation, plain) if plain is not None else None
    return body if place is None else replaced(body, place, check.fresh("Mailproof "))
