"""Listings: what was made is listed, a filter selects, an order orders, and pages follow one another.

A query parameter is a filter where it allows the very words that a member of the items of its name does; it orders
where it allows a member's name with and without a minus; it pages where its name says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mailproof.pointers import dereference, mapping, members, sequence
from mailproof_conformance import specimen
from mailproof_conformance.case import Case
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level
from mailproof_conformance.resources import id_of, json_object, make, resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.resources import Resource

_PAGES = frozenset({"page", "pagenumber", "pageno"})
_OFFSETS = frozenset({"offset", "skip"})
_SIZES = frozenset({"perpage", "pagesize", "limit", "top", "size"})
_MOST_PAGES, _MOST_SIZE, _PART = 50, 200, 2


@dataclass(frozen=True, slots=True)
class _Listing:
    """An operation that answers an array of objects, with what its contract says of its parameters."""

    operation: Operation
    items: Mapping[str, Any]
    """The declared members of an item."""
    queries: Mapping[str, Any]
    """The optional query parameters, each with its schema."""
    size: str | None
    """The parameter that says how many there are on a page."""
    page: str | None
    """The parameter that says which page, or from where on."""
    first: int
    """Its value for the first page."""
    step: int | None
    """What it grows by from one page to the next; None: by as many as there are on a page."""

    def largest(self) -> dict[str, Any]:
        """The query for as much at once as can be had."""
        most = self.queries[self.size].get("maximum", _MOST_SIZE) if self.size else 0
        return {self.size: min(most, _MOST_SIZE)} if self.size else {}


def cases(contract: Contract) -> Iterator[Case]:
    """For each listing of a resource: what was made is in it, and its parameters do what their names say."""
    for resource in resources(contract):
        listing = None if resource.listing is None else _listing(contract, resource.listing)
        if listing is None:
            continue
        yield _case(listing, "lists what was made", "what was made is listed", partial(_lists, resource, listing))
        for name, schema in listing.queries.items():
            words, own = sequence(schema.get("enum")), sequence(mapping(listing.items.get(name)).get("enum"))
            if words and set(map(str, words)) == set(map(str, own)):
                run = partial(_filters, resource, listing, name)
                yield _case(listing, f"filter {name}", f"`{name}` leaves nothing but what has that `{name}`", run)
            for key in words:
                if f"-{key}" in words and key in listing.items:
                    run = partial(_orders, resource, listing, name, key)
                    yield _case(listing, f"order {name}={key}", f"`{name}` orders by `{key}`, up and down", run)
        if listing.size and listing.page:
            yield _case(listing, "pages", "pages follow one another", partial(_pages, resource, listing))
        for name in _totals(resource.listing):
            run = partial(_counts, listing, name)
            yield _case(listing, f"total {name}", f"{name} counts what is listed", run)


def _case(listing: _Listing, name: str, promise: str, run: Callable[[Check], None]) -> Case:
    operation = listing.operation
    identity, what = f"agreement/{operation.id}/{name}", f"{operation.id}: {promise}."
    return Case(identity, "agreement", (operation.id,), what, operation.pointer, answer_level(operation), run)


def _listing(contract: Contract, operation: Operation) -> _Listing | None:
    content = members(operation.definition, "responses", "200", "content")
    schemas = [mapping(mapping(item).get("schema")) for name, item in content.items() if is_json(name)]
    schema = schemas[0] if schemas else dict[str, Any]()
    whole = mapping(dereference(contract.document, schema))
    item = mapping(dereference(contract.document, mapping(whole.get("items"))))
    properties = mapping(item.get("properties"))
    if whole.get("type") != "array" or not properties:
        return None
    items = {name: mapping(dereference(contract.document, member)) for name, member in properties.items()}
    declared = [entry for entry in operation.definition["parameters"] if entry["in"] == "query"]
    queries = {
        entry["name"]: mapping(dereference(contract.document, mapping(entry.get("schema"))))
        for entry in declared
        if not entry.get("required")
    }
    numbers = [name for name, own in queries.items() if own.get("type") == "integer"]
    size = next((name for name in numbers if _plain(name) in _SIZES), None)
    page = next((name for name in numbers if _plain(name) in _PAGES | _OFFSETS), None)
    by_page = page is not None and _plain(page) in _PAGES
    first = 0 if page is None else int(queries[page].get("minimum", 1 if by_page else 0))
    return _Listing(operation, items, queries, size, page, first, 1 if by_page else None)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _totals(operation: Operation | None) -> Iterator[str]:
    """The response headers that say how many there are in all."""
    headers = members(operation.definition, "responses", "200", "headers") if operation is not None else {}
    for name, header in headers.items():
        if "total" in name.lower() and mapping(mapping(header).get("schema")).get("type") == "integer":
            yield name


def _asked(check: Check, listing: _Listing, query: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Response]:
    """One page. Raises Broken unless the answer is an array of objects."""
    response = specimen.call(check, listing.operation, query=dict(query))
    check.equal(200, response.status, f"the status of {listing.operation.id} with {dict(query)}")
    value: Any = response.value()
    items = sequence(value)
    is_array = value == items and all(isinstance(item, dict) for item in items)
    check.true(is_array, f"what {listing.operation.id} lists", expected="an array of objects", actual=value)
    return [mapping(item) for item in items], response


def _whole(check: Check, listing: _Listing, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All that is listed, page by page. The case is skipped where there is no end to it."""
    largest = {**query, **listing.largest()}
    found, _ = _asked(check, listing, largest)
    if not listing.page or not listing.size:
        return found
    page, size = found, largest[listing.size]
    for number in range(1, _MOST_PAGES):
        if len(page) < size:
            return found
        at = listing.first + number * (listing.step or size)
        page, _ = _asked(check, listing, {**largest, listing.page: at})
        found = [*found, *page]
    return check.skip(f"{listing.operation.id} lists more than {_MOST_PAGES} pages")


def _lists(resource: Resource, listing: _Listing, check: Check) -> None:
    made = make(check, resource)
    found = [id_of(item, resource.parameter) for item in _whole(check, listing, {})]
    check.true(made.id in found, f"{listing.operation.id} after {resource.create.id}", expected=made.id, actual=found)


def _filters(resource: Resource, listing: _Listing, name: str, check: Check) -> None:
    _one_of_each(check, resource, name, sequence(listing.queries[name].get("enum")))
    for word in listing.queries[name]["enum"]:
        for item in _asked(check, listing, {**listing.largest(), name: word})[0]:
            check.equal(word, item.get(name), f"`{name}` of what {listing.operation.id} lists with {name}={word}")


def _one_of_each(check: Check, resource: Resource, name: str, words: list[Any]) -> None:
    """Makes one thing for each word, so that there is something to leave out."""
    body = specimen.body(check, resource.create)
    if not isinstance(body, dict) or name not in json_object(check.contract, resource.create):
        return
    for word in words:
        make(check, resource, {**cast("dict[str, Any]", body), name: word})


def _orders(resource: Resource, listing: _Listing, name: str, key: str, check: Check) -> None:
    make(check, resource)
    make(check, resource)
    up, _ = _asked(check, listing, {**listing.largest(), name: key})
    down, _ = _asked(check, listing, {**listing.largest(), name: f"-{key}"})
    one, other = [item.get(key) for item in up], [item.get(key) for item in down]
    if len({str(value) for value in one}) < _PART:
        check.skip(f"all that {listing.operation.id} lists has the same `{key}`")
    check.true(one != other, f"{name}={key} and {name}=-{key}", expected="two orders", actual=one)


def _pages(resource: Resource, listing: _Listing, check: Check) -> None:
    size, page = cast("str", listing.size), cast("str", listing.page)
    for _ in range(_PART):
        make(check, resource)
    whole, _ = _asked(check, listing, listing.largest())
    ids = [id_of(item, resource.parameter) for item in whole]
    if len(ids) <= _PART:
        check.skip(f"{listing.operation.id} lists too little for two pages")
    if listing.queries[size].get("minimum", 1) > _PART:
        check.skip(f"the pages of {listing.operation.id} are larger than what is looked at")
    for number in range(_PART):
        at = listing.first + number * (listing.step or _PART)
        part, _ = _asked(check, listing, {size: _PART, page: at})
        expected = ids[number * _PART : (number + 1) * _PART]
        actual = [id_of(item, resource.parameter) for item in part]
        check.equal(expected, actual, f"the ids on page {number + 1} of {_PART} each")


def _counts(listing: _Listing, name: str, check: Check) -> None:
    rows, response = _asked(check, listing, listing.largest())
    most = listing.largest().get(listing.size or "")
    if most is not None and len(rows) >= most:
        check.skip(f"{listing.operation.id} lists more than fits a page")
    check.equal(str(len(rows)), response.headers.get(name.lower()), f"{name} of {listing.operation.id}")
