"""Seeds: rows of which a fixtures file has one template, and a database gets as many as somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailproof.pointers import mapping, members, sequence
from mailproof.promises import ContractError
from mailproof_mock.fixture_rows import read_template
from mailproof_mock.kinds import as_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailproof_mock.kinds import Kind
    from mailproof_mock.rows import Rows

    Row = dict[str, Any]

MOST = 10_000_000
"""How many of a thing can be asked for at once."""

_EXAMPLES = (*range(1, 21), MOST)  # numbers whose rows are held against the contract at start
_MEMBERS = ("account", "place", "once", "each")


@dataclass(frozen=True, slots=True)
class Seed:
    """What an account gets more of."""

    account: str
    place: str
    """Where in the account they are found, for people."""
    once: Mapping[str, Sequence[Row]]
    """Kind -> rows that are added before the first ones."""
    each: Mapping[str, Row]
    """Kind -> the template of the row that each of them has. Their numbers are those of the first kind."""
    where: str
    """The place in the file."""

    def examples(self) -> dict[str, list[Row]]:
        """Some of the rows that it adds, by kind."""
        found = {kind: list(rows) for kind, rows in self.once.items()}
        for kind in self.each:
            found[kind] = [*found.get(kind, ()), *self.rows(kind, _EXAMPLES)]
        return found

    async def prepare(self, rows: Rows, owner: str, kinds: Mapping[str, Kind]) -> None:
        """Adds the rows that are there once, except those whose ids are there already."""
        for kind, docs in self.once.items():
            for doc in docs:
                if await rows.get(owner, kinds[kind], doc[kinds[kind].id]) is None:
                    await rows.put(owner, kinds[kind], doc)

    async def add(self, rows: Rows, owner: str, kinds: Mapping[str, Kind], count: int) -> None:
        """Adds so many, after all that there are."""
        first, *_ = self.each
        last = await rows.step(owner, f"id:{first}", count)
        for kind in self.each:
            await rows.add_all(owner, kinds[kind], self.rows(kind, range(last - count + 1, last + 1)))
            if kind != first:
                (highest,) = self.rows(kind, (last,))
                number = highest.get(kinds[kind].number)
                if isinstance(number, int):
                    await rows.raise_to(owner, f"id:{kind}", number)

    def rows(self, kind: str, numbers: Sequence[int]) -> Iterator[Row]:
        """The rows of a kind that some numbers have."""
        row_of = read_template(self.each[kind], self.account, kind, f"{self.where}/each/{kind}")
        return (row_of(n) for n in numbers)


def read_seed(entry: Any, worlds: Mapping[str, Mapping[str, Sequence[Row]]], kinds: Any, where: str) -> Seed:
    """A seed of a fixtures file. `worlds` has the rows of each account by kind, `kinds` is what the file says of them.

    Raises ContractError where it cannot be read, or has a row that a fixture is already.
    """
    given = mapping(entry)
    strange = [name for name in given if name not in _MEMBERS]
    if strange or not given.get("each"):
        wrong = f"has no member {strange[0]!r}" if strange else "has no each, which are the templates by kind"
        raise ContractError(f"{where}: {wrong}; a seed is made of {', '.join(_MEMBERS)}")
    account: object = given.get("account")
    if not isinstance(account, str) or account not in worlds:
        raise ContractError(f"{where}/account: there is no account {account!r}; there are {', '.join(worlds)}")
    once = {kind: sequence(rows) for kind, rows in members(given, "once").items()}
    each = {kind: mapping(row) for kind, row in members(given, "each").items()}
    for kind, rows in once.items():
        name = members(kinds, kind).get("id")
        known = {as_key(row[name]) for row in worlds[account].get(kind, ())} if name is not None else set[str]()
        for number, row in enumerate(rows):
            if name in mapping(row) and as_key(row[name]) in known:
                raise ContractError(f"{where}/once/{kind}/{number}: a fixture has the {name} {row[name]!r} already")
    return Seed(account, str(given.get("place", "")), once, each, where)
