"""Laws about the options of records: carried out alike whoever asks, and however the list is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailproof_conformance.check import DEFAULT, NONE
from mailproof_conformance.laws import law
from mailproof_conformance.which50.linked_tables import RECORDS, Row, Table, names_of, public, records
from mailproof_conformance.which50.reads import quoted
from mailproof_conformance.which50.spare_list import OK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailproof_conformance.check import Check, Credentials


def _options(check: Check, table: Table) -> Iterator[tuple[str, dict[str, str]]]:
    """A selection and options that each make a difference, alone and all together."""
    whole: list[Row] = records(check, table, "*")
    names = names_of(check, table)
    for name in names:
        texts = [row[name] for row in whole if isinstance(row[name], str) and row[name].strip()]
        if len({*texts}) > 1:
            break
    else:
        check.skip("no field of the public linked data has two different texts")
    filtered = {"$filter": f"{name} eq {quoted(texts[0])}"}
    ordered = {"$orderby": f"{name} desc"}
    cut = {"$skip": "1", "$top": "1"}
    yield from (("*", filtered), ("*", {**ordered, **cut}))
    rest = [("*", query) for query in (ordered, cut, {"$top": "1"}, {"$skip": "1"}, {**filtered, **ordered})]
    rest += [(names[-1], {}), (f"{names[-1]},{name}", {**filtered, **ordered, "$top": "1"})]
    yield from check.some(rest, 1)


def _same(check: Check, lists: tuple[str, ...], callers: tuple[Credentials | str, ...]) -> None:
    table = public(check)
    for select, options in _options(check, table):
        query = {"$select": select, **options}
        path: dict[str, Any] = {"listId": str(table.list_id), "linkedDataId": table.id}
        expected = check.call(RECORDS, path=path, query=query)
        check.equal(OK, expected.status, f"the status of records with {query}")
        for name in lists:
            for caller in callers:
                response = check.call(RECORDS, path={**path, "listId": name}, query=query, credentials=caller)
                about = f"of list {name} with {query}" + (", anonymously" if caller is NONE else "")
                check.equal(OK, response.status, f"the status of records {about}")
                check.equal(expected.json(), response.json(), f"the records {about}")


@law("W50-records-public")
def options_are_for_everybody(check: Check) -> None:
    """Each option of records, alone and with others, without credentials."""
    _same(check, (str(public(check).list_id),), (NONE,))


@law("W50-records-list-by-either-id")
def options_are_for_either_id(check: Check) -> None:
    """Each option of records, alone and with others, of the list by its encrypted id."""
    _same(check, (check.sample("linked_data.encrypted_list"),), (DEFAULT, NONE))
