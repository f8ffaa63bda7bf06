"""Records kept: what every way to write a record wrote is so when the record is read, and nothing else is.

Reads of a record are asked before and after, so that one which answers from memory is noticed.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from mailproof.pointers import mapping, sequence
from mailproof.promises import Level
from mailproof_conformance import records, specimen
from mailproof_conformance.case import Case
from mailproof_conformance.expectation import shown as told
from mailproof_conformance.formats import is_json
from mailproof_conformance.front import answer_level
from mailproof_conformance.matrices.agreement_of_writes import steady
from mailproof_conformance.sameness import same
from mailproof_conformance.taken import is_success
from mailproof_conformance.verdicts import Disabled, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mailproof.promises import Contract, Operation
    from mailproof_conformance.check import Check
    from mailproof_conformance.exchange import Response
    from mailproof_conformance.records import Kept, Writer


def cases(contract: Contract) -> Iterator[Case]:
    """For each operation that takes a record in JSON, and one for all the reads of such a record."""
    known = [
        writer
        for writer in records.writers(contract)
        if records.answers(contract, writer) and records.readers(contract, writer.pool)
    ]
    for writer in known:
        maker = records.maker(contract, writer)
        if maker is None:
            continue
        yield _case(contract, maker, writer, "record written", "what it writes is shown, and the rest stays", _written)
        if writer.nullable:
            yield _case(contract, maker, writer, "record emptied", "null takes the place of a value", _emptied)
        if writer.match is not None:
            promise = "a record has to have all the values that are matched"
            yield _case(contract, maker, writer, "record matched", promise, _matched)
    for pool in dict.fromkeys(writer.pool for writer in known):
        own = [writer for writer in known if writer.pool == pool]
        maker = records.maker(contract, own[0])
        if maker is not None:
            readers = records.readers(contract, pool)
            names = tuple(operation.id for operation in readers)
            promise = f"What is read of a {pool} after it was written is the same however it is asked for."
            run = partial(_fresh, maker, own, readers)
            yield Case(f"agreement/reads of a {pool}", "agreement", names, promise, "#/paths", "assumed", run)


def _case(  # noqa: PLR0913 - what tells one case from another
    contract: Contract,
    maker: Writer,
    writer: Writer,
    name: str,
    promise: str,
    run: Callable[[Writer, Writer, Check], None],
) -> Case:
    operation, reader = writer.operation, records.readers(contract, writer.pool)[0]
    levels: list[Level] = [answer_level(operation), answer_level(reader)]
    level: Level = max(levels, key=get_args(Level).index) if name == "record written" else "assumed"
    return Case(
        id=f"agreement/{operation.id}/{name}",
        kind="agreement",
        operations=(operation.id, reader.id),
        promise=f"{operation.id}: {promise}.",
        source=operation.pointer,
        level=level,
        run=partial(run, maker, writer),
    )


def _made(check: Check, maker: Writer, writer: Writer, least: int = 1) -> tuple[Kept, list[str]]:
    """A record with the fields of all examples of such a record, and which of them are texts that can be anything.

    The case is skipped where there are fewer of these than needed.
    """
    alike = [item for item in records.writers(check.contract) if item.pool == writer.pool]
    plain = [item for item in alike if item.operation.effect == "write"]
    fields = {name: value for item in (*plain, maker, writer) for name, value in records.fields_of(check, item).items()}
    names = records.texts_of(writer, fields)
    if len(names) < least:
        check.skip(f"the example of {writer.operation.id} has too few texts in a record")
    return records.make(check, maker, {**fields, **{name: check.fresh("text ") for name in names}}), names


def _needed(check: Check, writer: Writer) -> dict[str, Any]:
    """The fields without which the operation sends to nobody, as its example has them."""
    return {name: value for name, value in records.fields_of(check, writer).items() if name in writer.addresses}


def _changed(check: Check, writer: Writer, kept: Kept, values: Mapping[str, Any]) -> dict[str, Any]:
    """Writes some values to a record, found by its key; the fields that it shows then."""
    by_key = {writer.key: kept.fields[writer.key]}
    body = {**_needed(check, writer), **by_key, **values}
    response = records.write(check, writer, body, match=by_key if writer.chooses else None)
    if not is_success(response):
        check.skip(f"{writer.operation.id} does not take {dict(values)}: {told(response)}")
    _answers_it(check, writer, kept, response)
    return records.shown(check, writer, kept)


def _answers_it(check: Check, writer: Writer, kept: Kept, response: Response) -> None:
    """Raises Broken where an answer has another record than that which the key names; none in a list is a skip."""
    if not (response.body and is_json(response.media_type)):
        return
    value: Any = response.value()
    rows = sequence(value) or [value]
    if value == []:
        check.skip(f"{writer.operation.id} does not look where the record was made")
    found = [mapping(row).get(writer.identity) for row in rows]
    check.equal([kept.id], found, f"whom {writer.operation.id} finds by `{writer.key}`")


def _written(maker: Writer, writer: Writer, check: Check) -> None:
    """Another text in one field, then in another, or in the same one where there is no other."""
    kept, names = _made(check, maker, writer)
    expected = records.shown(check, writer, kept)
    for name in (names[0], names[-1]):
        expected = {**expected, name: check.fresh("other ")}
        after = _changed(check, writer, kept, {name: expected[name]})
        about = f"after {writer.operation.id} with another `{name}`"
        for other in names:
            check.equal(expected.get(other), after.get(other), f"`{other}` {about}")


def _emptied(maker: Writer, writer: Writer, check: Check) -> None:
    kept, (name, *_) = _made(check, maker, writer)
    after = _changed(check, writer, kept, {name: None})
    check.equal(None, after.get(name), f"`{name}` after {writer.operation.id} with null")


def _matched(maker: Writer, writer: Writer, check: Check) -> None:
    """Two records with one value in common, found by that and by the key of the second, in either order."""
    one, names = _made(check, maker, writer, least=2)
    shared, name = names[:2]
    two = records.make(check, maker, {**one.fields, writer.key: records.fields_of(check, writer)[writer.key]})
    wanted = {shared: one.fields[shared], writer.key: two.fields[writer.key]}
    before = records.shown(check, writer, one)
    for match in (wanted, dict(reversed(wanted.items()))):
        text = check.fresh("matched ")
        body = {**_needed(check, writer), **wanted, name: text}
        response = records.write(check, writer, body, match=match)
        if not is_success(response):
            check.skip(f"{writer.operation.id} does not take {dict(match)} to match: {told(response)}")
        _answers_it(check, writer, two, response)
        about = f"after {writer.operation.id} with {','.join(match)} to match"
        check.equal(before, records.shown(check, writer, one), f"a record that has one of two values {about}")
        check.equal(text, records.shown(check, writer, two).get(name), f"`{name}` of the record that has both {about}")


def _fresh(maker: Writer, writers: list[Writer], readers: list[Operation], check: Check) -> None:
    """What may not be sent is left out: the record is read all the same."""
    pool = maker.pool
    kept, _ = _made(check, maker, maker)
    for operation in readers:
        _asked(check, operation, pool, kept)
    for writer in writers:
        with suppress(Skipped, Disabled):
            _rewritten(check, writer, kept)
    for operation in readers:
        _same_aside(check, operation, pool, kept)


def _rewritten(check: Check, writer: Writer, kept: Kept) -> None:
    by_key = {writer.key: kept.fields[writer.key]}
    values = {**kept.fields, **_needed(check, writer), **by_key}
    texts = {name: check.fresh("again ") for name in records.texts_of(writer, values)[:1]}
    records.write(check, writer, {**values, **texts}, match=by_key if writer.chooses else None)


def _same_aside(check: Check, operation: Operation, pool: str, kept: Kept) -> None:
    """What two answers to one request have in common, the request with one more name in its query has too."""
    one, two = _asked(check, operation, pool, kept), _asked(check, operation, pool, kept)
    aside = _asked(check, operation, pool, kept, {specimen.NO_QUERY: "1"})
    if one is None or two is None or aside is None or not (is_success(one) and is_success(two) and is_success(aside)):
        return
    expected, again, actual = one.value(), two.value(), aside.value()
    if not same(expected, again):
        expected, actual = steady(expected, expected, again), steady(actual, expected, again)
    check.equal(actual, expected, f"what {operation.id} says after writes")


def _asked(
    check: Check, operation: Operation, pool: str, kept: Kept, query: Mapping[str, str] | None = None
) -> Response | None:
    """None where the target does not offer what the operation needs."""
    try:
        return records.read(check, operation, pool, kept.id, query=query or {})
    except Skipped:
        return None
