"""The store's tables and statements, declared once and compiled to SQL text for a dialect at start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as postgresql
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.schema import CreateTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.sql.elements import ColumnElement, CompilerElement

SCHEMA_VERSION = 3
"""Of the tables below; a database of another version is refused."""

_metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")
_Word = Text().with_variant(Text(collation="C"), "postgresql")  # compared and sorted by code points, as SQLite does

row = Table(
    "row",
    _metadata,
    Column("seq", _Number, primary_key=True),  # order of insertion
    Column("account", _Word, nullable=False),
    Column("kind", _Word, nullable=False),
    Column("id", _Word, nullable=False),
    Column("doc", Text, nullable=False),  # the row as JSON
    UniqueConstraint("account", "kind", "id"),
)
key = Table(
    "key",
    _metadata,
    Column("account", _Word, primary_key=True),
    Column("kind", _Word, primary_key=True),
    Column("field", _Word, primary_key=True),
    Column("value", _Word, primary_key=True),
    Column("seq", _Number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
tally = Table(  # how many rows have a value in a field that is counted
    "tally",
    _metadata,
    Column("account", _Word, primary_key=True),
    Column("kind", _Word, primary_key=True),
    Column("field", _Word, primary_key=True),
    Column("value", _Word, primary_key=True),
    Column("count", _Number, nullable=False),
    sqlite_with_rowid=False,
)
counter = Table(
    "counter",
    _metadata,
    Column("account", _Word, primary_key=True),
    Column("name", _Word, primary_key=True),
    Column("value", _Number, nullable=False),
    sqlite_with_rowid=False,
)
outbox = Table(
    "outbox",
    _metadata,
    Column("seq", _Number, primary_key=True),
    Column("account", _Word, nullable=False),
    Column("at", Text, nullable=False),  # ISO 8601, UTC, by the world's clock
    Column("entry", Text, nullable=False),  # what was sent, as JSON
)
blob = Table(
    "blob",
    _metadata,
    Column("account", _Word, primary_key=True),
    Column("name", _Word, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),  # of the data, so that a listing need not read it
)

_account: BindParameter[str] = bindparam("account")
_kind: BindParameter[str] = bindparam("kind")
_id: BindParameter[str] = bindparam("id")
_field: BindParameter[str] = bindparam("field")
_value: BindParameter[str] = bindparam("value")
_seq: BindParameter[int] = bindparam("seq")
_by: BindParameter[int] = bindparam("by")
_name: BindParameter[str] = bindparam("name")
_after: BindParameter[int] = bindparam("after")
_most: BindParameter[int] = bindparam("most")
_none = literal_column("0", Integer)  # written into the SQL; SQLite would get it as a parameter without a name

_row_of = (row.c.account == _account) & (row.c.kind == _kind)
_key_of = (key.c.account == _account) & (key.c.kind == _kind) & (key.c.field == _field) & (key.c.value == _value)
_blob_of = (blob.c.account == _account) & (blob.c.name == _name)

_Found = Select[*tuple[Any, ...]]


def _statements(
    insert: Callable[[Table], Insert],
    some: Callable[[_Found, ColumnElement[str]], _Found],
    next_seqs: CompilerElement,
    forget: Callable[[Table], CompilerElement],
) -> dict[str, CompilerElement]:
    """Every statement by name, with what the dialects say in different words."""
    put = insert(row).values(account=_account, kind=_kind, id=_id, doc=bindparam("doc"))
    keep = insert(blob).values(account=_account, name=_name, data=bindparam("data"), size=bindparam("size"))
    counts = insert(tally).values(account=_account, kind=_kind, field=_field, value=_value, count=_by)
    raised = insert(counter).values(account=_account, name=_name, value=bindparam("least"))
    step = insert(counter).values(account=_account, name=_name, value=_by)
    larger = case((counter.c.value < raised.excluded.value, raised.excluded.value), else_=counter.c.value)
    return {
        "get": select(row.c.seq, row.c.doc).where(_row_of & (row.c.id == _id)),
        "get_some": some(select(row.c.seq, row.c.id, row.c.doc).where(_row_of), row.c.id),
        "any": select(exists().where(row.c.account == _account)),
        "all": select(row.c.seq, row.c.doc)
        .where(_row_of & (row.c.seq > _after))
        .order_by(row.c.seq)
        .limit(_most)
        .offset(_none),
        "find": select(row.c.seq, row.c.doc)
        .join(key, key.c.seq == row.c.seq)
        .where(_key_of & (key.c.seq > _after))
        .order_by(key.c.seq)
        .limit(_most)
        .offset(_none),
        "find_any": some(
            select(key.c.seq.label("seq"), row.c.doc)
            .join(row, row.c.seq == key.c.seq)
            .where((key.c.account == _account) & (key.c.kind == _kind) & (key.c.field == _field)),
            key.c.value,
        ).order_by(literal_column("seq")),
        "find_part": select(row.c.seq, row.c.doc)
        .join(key, key.c.seq == row.c.seq)
        .where(_key_of)
        .order_by(key.c.seq)
        .limit(_most)
        .offset(bindparam("skip")),
        "insert": put.on_conflict_do_update(
            index_elements=["account", "kind", "id"], set_={"doc": put.excluded.doc}
        ).returning(row.c.seq),
        "insert_at": insert(row).values(seq=_seq, account=_account, kind=_kind, id=_id, doc=bindparam("doc")),
        "replace": update(row).where(row.c.seq == bindparam("of_row")).values(doc=bindparam("new_doc")),
        "next_seqs": next_seqs,
        "add_key": insert(key)
        .values(account=_account, kind=_kind, field=_field, value=_value, seq=_seq)
        .on_conflict_do_nothing(),
        "drop_key": delete(key).where(_key_of & (key.c.seq == _seq)),
        "drop": delete(row).where(_row_of & (row.c.id == _id)).returning(row.c.seq, row.c.doc),
        "tally": counts.on_conflict_do_update(
            index_elements=["account", "kind", "field", "value"], set_={"count": tally.c.count + counts.excluded.count}
        ),
        "count": select(tally.c.count).where(
            (tally.c.account == _account)
            & (tally.c.kind == _kind)
            & (tally.c.field == _field)
            & (tally.c.value == _value)
        ),
        "step": step.on_conflict_do_update(
            index_elements=["account", "name"], set_={"value": counter.c.value + step.excluded.value}
        ).returning(counter.c.value),
        "raise": raised.on_conflict_do_update(index_elements=["account", "name"], set_={"value": larger}),
        "counter": select(counter.c.value).where((counter.c.account == _account) & (counter.c.name == _name)),
        "counters": select(counter.c.account, counter.c.value).where(counter.c.name == _name),
        "send": insert(outbox).values(account=_account, at=bindparam("at"), entry=bindparam("entry")),
        "sent": select(outbox.c.seq, outbox.c.account, outbox.c.at, outbox.c.entry)
        .where(outbox.c.seq > _after)
        .order_by(outbox.c.seq)
        .limit(_most)
        .offset(_none),
        "keep": keep.on_conflict_do_update(
            index_elements=["account", "name"], set_={"data": keep.excluded.data, "size": keep.excluded.size}
        ),
        "fetch": select(blob.c.data).where(_blob_of),
        "discard": delete(blob).where(_blob_of).returning(blob.c.size),
        "kept": select(blob.c.name, blob.c.size).where(blob.c.account == _account).order_by(blob.c.name),
        **{f"forget_{table.name}": forget(table) for table in _metadata.sorted_tables},
    }


TABLES = tuple(_metadata.tables)
"""The names of the tables."""

FORGETTING = tuple(f"forget_{table.name}" for table in _metadata.sorted_tables)
"""The statements that together remove all of an account; in SQLite each at most `most` rows, again and again."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in the words of a dialect, and the names of its values in the order in which they are given."""

    sql: str
    names: tuple[str, ...]

    def values(self, given: Mapping[str, object]) -> tuple[object, ...]:
        """The values in their order."""
        return tuple([given[name] for name in self.names])

    def all_values(self, names: tuple[str, ...], given: Sequence[tuple[object, ...]]) -> Sequence[tuple[object, ...]]:
        """Many values, given in the order of some names, in their own."""
        if names == self.names:
            return given
        places = [names.index(name) for name in self.names]
        return [tuple([values[place] for place in places]) for values in given]


@dataclass(frozen=True, slots=True)
class Sql:
    """All that is said to a database."""

    schema: tuple[str, ...]
    """What makes the tables in an empty database."""
    statements: Mapping[str, Statement]


@cache
def sqlite_sql() -> Sql:
    """Tables and statements for SQLite."""
    values = select(func.json_each(bindparam("some")).table_valued("value").c.value)
    last = select(func.coalesce(func.max(row.c.seq), literal_column("0")))

    def forget(table: Table) -> CompilerElement:
        places = select(*table.primary_key).where(table.c.account == _account).limit(_most).offset(_none)
        return delete(table).where(tuple_(*table.primary_key).in_(places))

    return _compiled(
        sqlite.dialect(paramstyle="qmark"),
        _statements(sqlite_insert, lambda found, column: found.where(column.in_(values)), last, forget),
    )


@cache
def postgresql_sql() -> Sql:
    """Tables and statements for PostgreSQL, as asyncpg takes them."""
    sequence: ColumnElement[str] = literal_column("pg_get_serial_sequence('row', 'seq')::regclass")
    its = select(sequence.label("name")).offset(_none).subquery("its")  # looked up once; with each number it took 4 us
    count = func.generate_series(literal_column("1"), bindparam("count", type_=Integer)).table_valued("number")
    seqs = select(func.nextval(its.c.name, type_=BigInteger)).select_from(its.join(count, true()))
    return _compiled(
        cast("Any", postgresql).dialect(),
        _statements(
            cast("Any", postgresql_insert),
            _for_each,
            seqs,
            lambda table: delete(table).where(table.c.account == _account),
        ),
    )


def _for_each(found: _Found, column: ColumnElement[str]) -> _Found:
    """What is found for each of some values, looked up one by one.

    For `= ANY` PostgreSQL reads every row of the kind as long as it does not know how much a table has grown. The
    OFFSET keeps it from planning the two parts as one.
    """
    values = func.unnest(bindparam("some", type_=ARRAY(Text))).table_valued("value").render_derived()
    one = found.where(column == values.c.value).offset(_none).lateral("found")
    return select(one).select_from(values.join(one, true()))


def _compiled(dialect: Dialect, statements: Mapping[str, CompilerElement]) -> Sql:
    found: dict[str, Statement] = {}
    for name, statement in statements.items():
        compiled = cast("Any", statement.compile(dialect=dialect))
        found[name] = Statement(str(compiled), tuple(compiled.positiontup))
    tables = tuple(str(CreateTable(table).compile(dialect=dialect)) for table in _metadata.sorted_tables)
    return Sql(tables, found)
