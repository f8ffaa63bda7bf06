"""What a run may write to and whom it may reach, judged from a request and the contract before it leaves."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from mailproof_conformance.marks import Named, answered, reach_of
from mailproof_conformance.own import is_named
from mailproof_conformance.path_forms import is_plain
from mailproof_conformance.reading import Ambiguous, body_of, query_of
from mailproof_conformance.routes import Routes, overrides
from mailproof_conformance.verdicts import Broken, Disabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof.promises import Contract, Effect, Operation
    from mailproof_conformance.exchange import Request, Response
    from mailproof_conformance.expectation import Expectations
    from mailproof_conformance.marks import Reach, Record
    from mailproof_conformance.own import Own
    from mailproof_conformance.target import Target

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Left:
    """Something that the run created."""

    pool: str
    """What it is, by the name that the contract gives its ids."""
    id: Any
    operation: str
    """What created it."""
    removable: bool
    """Whether the API has an operation that deletes it."""


class Bounds:
    """The bounds of one run; it remembers what the run created, for that is the run's own."""

    def __init__(self, contract: Contract, target: Target, own: Own, prefix: str) -> None:
        self._contract = contract
        self._own = own
        self._prefix = prefix
        self._routes = Routes(contract, target)
        self._pools = {name: {_text(value) for value in values} for name, values in own.pools.items()}
        self._created: dict[tuple[str, str], Left] = {}
        self._deleting = _deleting(contract)

    def permit(self, request: Request, effect: Effect) -> None:
        """Returns if a request that writes or sends stays within the bounds; else raises Disabled with the reason."""
        try:
            for operation, reach in self._reaches(request):
                self._touches(operation, reach)
                if effect == "send":
                    self._sends(operation, reach)
        except Ambiguous as reason:
            raise Disabled(f"it would {effect}, and {reason}: what it touches cannot be told") from None

    def learn(self, request: Request, response: Response, expectations: Expectations) -> None:
        """Takes from the answer to a request that wrote what the run has created, or deleted, by it."""
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the successes
            return
        with suppress(Ambiguous, Broken):
            for operation, reach in self._reaches(request):
                if operation.method == "delete":
                    for item in reach.named:
                        self._created.pop((item.pool, _text(item.value)), None)
                    continue
                for item in reach.named:
                    if is_named(item.value, self._prefix):
                        self._create(operation, item)
                if self._is_about(reach, response):
                    for item in self._answered(operation, response, expectations):
                        self._create(operation, item)

    def adopt(self, pool: str, value: Any) -> None:
        """Takes something for the run's own that was found to carry its prefix."""
        key = (pool, _text(value))
        self._created.setdefault(key, Left(pool, value, "", pool in self._deleting))

    @property
    def left(self) -> tuple[Left, ...]:
        """What the run created and did not delete."""
        return tuple(self._created.values())

    def _is_about(self, reach: Reach, response: Response) -> bool:
        """Whether an answer names something that the request made: a record is believed only if it shows our values."""
        if any(record.chooses for record in reach.records):
            return False
        text = response.text.casefold()
        known = [self._prefix, *self._own.recipients]
        return not reach.records or any(value.casefold() in text for value in known)

    def _create(self, operation: Operation, item: Named) -> None:
        key = (item.pool, _text(item.value))
        if key[1] not in self._pools.get(item.pool, ()):
            self._created.setdefault(key, Left(item.pool, item.value, operation.id, item.pool in self._deleting))

    def _answered(self, operation: Operation, response: Response, expectations: Expectations) -> Iterator[Named]:
        location = response.headers.get("location", "")
        path = "/" + location.partition("://")[2].partition("/")[2] if "://" in location else location
        for found in self._routes.leads_to(path.partition("?")[0]) if is_plain(path.partition("?")[0]) else ():
            values = self._routes.values(found, path.partition("?")[0])
            last = [item for item in found.definition["parameters"] if item["in"] == "path"][-1:]
            if values and last and found.path.endswith(f"{{{last[0]['name']}}}"):
                yield Named(last[0].get("x-names", last[0]["name"]), values[last[0]["name"]])
        pointer = expectations.pointer_of(operation, response)
        if pointer is not None:
            with suppress(Broken, Ambiguous):
                yield from answered(self._contract, pointer, expectations.read(operation, response))

    def _reaches(self, request: Request) -> Iterator[tuple[Operation, Reach]]:
        """Every operation that a request is for, and what it touches as one. Raises Ambiguous where that is open."""
        path = request.target.partition("?")[0]
        if not is_plain(path):
            raise Ambiguous("its path can be read in more than one way")
        if overrides(request):
            raise Ambiguous("it asks for another verb than its own")
        query = query_of(request.target)
        found = [item for item in self._routes.leads_to(path) if item.method.upper() == request.method]
        for operation in found:
            values = self._routes.values(operation, path)
            if values is None or "x-rpc-methods" in operation.definition:
                break
            body = body_of(self._contract, operation, request)
            yield operation, reach_of(self._contract, operation, values, query, body)
        else:
            if found:
                return
        raise Ambiguous("no operation of the contract says what it is for")

    def _touches(self, operation: Operation, reach: Reach) -> None:
        """Raises Disabled unless all that a request would touch is the run's."""
        for item in reach.named:
            if not self._is_ours(item.pool, item.value):
                raise Disabled(
                    f"it would change {item.pool} {_shown(item.value)}, which is neither in the pool of that name nor "
                    "made by this run; `[pool]` of the configuration file permits ids"
                )
        for record in reach.records:
            self._is_own_record(record, reach)
        whose = any(record.chooses for record in reach.records)
        if reach.match and not reach.records:
            _refuse(f"{operation.id} would match records by what an earlier request held")
        if reach.holds_records and not whose and not any(not record.chooses for record in reach.records):
            _refuse(f"nothing in the request to {operation.id} says whose record it is")
        if not reach.named and not reach.records:
            _refuse(f"the contract does not say what {operation.id} touches")

    def _is_own_record(self, record: Record, reach: Reach) -> None:
        """Raises Disabled unless no record but the run's own can be found by these values."""
        chosen_elsewhere = not record.chooses and any(item.chooses for item in reach.records)
        identified = record.id not in (None, "") and self._is_ours(record.id_pool, record.id)
        matched = [name for name in reach.match if self._is_ours(name, record.fields.get(name))]
        if reach.match and not chosen_elsewhere:
            if not matched:
                _refuse(f"it would write to whatever has the same {', '.join(reach.match)}"[:200])
            identified = True
        if record.chooses:
            if not identified:
                _refuse("it would write to every record that there is")
            return
        for name in record.key:
            for field in self._own.field_names(name):
                value = record.fields.get(field)
                if value in (None, ""):
                    continue
                if not self._is_ours(field, value):
                    _refuse(f"it would write to the record whose {field} is {_shown(value)}, not one of this run")
                identified = True
        if not identified and not chosen_elsewhere:
            _refuse("nothing in the request says whose record it is")

    def _sends(self, operation: Operation, reach: Reach) -> None:
        """Raises Disabled unless everybody that a request could reach may be sent to."""
        if any(record.chooses for record in reach.records) or (reach.addresses and not reach.records):
            _refuse(f"{operation.id} would send to whoever matches, and only the server knows who that is")
        recipients = [item for item in reach.named if item.recipient]
        for item in recipients:
            if _text(item.value) not in self._pools.get(item.pool, ()):
                _refuse(f"it would send to {item.pool} {_shown(item.value)}, which is not in the pool of that name")
        if not recipients and not reach.addresses:
            _refuse(f"the contract does not say whom {operation.id} reaches")
        for record in reach.records:
            self._reaches_only_recipients(record, reach)

    def _reaches_only_recipients(self, record: Record, reach: Reach) -> None:
        known = record.id not in (None, "") and not reach.match
        if record.id not in (None, "") and _text(record.id) not in self._pools.get(record.id_pool, ()):
            _refuse(f"it would send to {record.id_pool} {_shown(record.id)}, which is not in the pool of that name")
        for name in sorted(reach.addresses):
            for field in self._own.field_names(name):
                value = record.fields.get(field)
                if value in (None, "") and not known:
                    _refuse(f"it does not say the {field} that it would send to")
                if value not in (None, "") and not self._own.may_be_sent_to(value):
                    _refuse(f"it would send to {_shown(value)}; `--mail-to` permits recipients")

    def _is_ours(self, pool: str, value: Any) -> bool:
        if value is None or isinstance(value, bool | dict | list | float):
            return False
        pools = {name.casefold(): values for name, values in self._pools.items()}
        if _text(value) in pools.get(pool.casefold(), ()) or (pool, _text(value)) in self._created:
            return True
        return is_named(value, self._prefix) or self._own.may_be_sent_to(value)


def _deleting(contract: Contract) -> frozenset[str]:
    """The names of what the API can delete."""
    found = [item for operation in contract.operations if operation.method == "delete" for item in _names(operation)]
    return frozenset(found)


def _names(operation: Operation) -> Iterator[str]:
    for item in operation.definition["parameters"]:
        if item["in"] == "path":
            yield item.get("x-names", item["name"])
        elif "x-names" in item:
            yield item["x-names"]


def _refuse(reason: str) -> NoReturn:
    raise Disabled(reason)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
