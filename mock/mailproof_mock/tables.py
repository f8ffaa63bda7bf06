"""The store's tables and statements, declared once and compiled to SQL text for a dialect at start."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateIndex, CreateTable

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import CompilerElement

SCHEMA_VERSION = 2
"""Of the tables below; a data file of another version is refused."""

_metadata = MetaData()

row = Table(
    "row",
    _metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # order of insertion
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("doc", Text, nullable=False),  # the row as JSON
    UniqueConstraint("account", "kind", "id"),
)
key = Table(
    "key",
    _metadata,
    Column("account", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Index("key_by_row", "seq"),
    sqlite_with_rowid=False,
)
counter = Table(
    "counter",
    _metadata,
    Column("account", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)
outbox = Table(
    "outbox",
    _metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("account", Text, nullable=False),
    Column("at", Text, nullable=False),  # ISO 8601, UTC, by the world's clock
    Column("entry", Text, nullable=False),  # what was sent, as JSON
)
blob = Table(
    "blob",
    _metadata,
    Column("account", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),  # of the data, so that a listing need not read it
)

_account: BindParameter[str] = bindparam("account")
_kind: BindParameter[str] = bindparam("kind")
_id: BindParameter[str] = bindparam("id")
_row_of = (row.c.account == _account) & (row.c.kind == _kind)
_key_of = (
    (key.c.account == _account)
    & (key.c.kind == _kind)
    & (key.c.field == bindparam("field"))
    & (key.c.value == bindparam("value"))
)
_name: BindParameter[str] = bindparam("name")
_blob_of = (blob.c.account == _account) & (blob.c.name == _name)
_keep = insert(blob).values(account=_account, name=_name, data=bindparam("data"), size=bindparam("size"))
_one = literal_column("1", Integer)  # written into the SQL; a literal would become a parameter
_put = insert(row).values(account=_account, kind=_kind, id=_id, doc=bindparam("doc"))
_upsert = _put.on_conflict_do_update(index_elements=["account", "kind", "id"], set_={"doc": _put.excluded.doc})
_raise = insert(counter).values(account=_account, name=bindparam("name"), value=bindparam("least"))
_leap = insert(counter).values(account=_account, name=bindparam("name"), value=bindparam("by"))
_step = insert(counter).values(account=_account, name=bindparam("name"), value=_one)

_seq_of = select(row.c.seq).where(_row_of & (row.c.id == _id)).scalar_subquery()

_STATEMENTS: dict[str, CompilerElement] = {
    "get": select(row.c.seq, row.c.doc).where(_row_of & (row.c.id == _id)),
    "get_some": select(row.c.doc).where(
        _row_of & row.c.id.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value))
    ),
    "any": select(exists().where(row.c.account == _account)),
    "all": select(row.c.seq, row.c.doc).where(_row_of).order_by(row.c.seq),
    "find": select(row.c.seq, row.c.doc).join(key, key.c.seq == row.c.seq).where(_key_of).order_by(row.c.seq),
    "count": select(func.count()).select_from(row).where(_row_of),
    "count_found": select(func.count()).select_from(key).where(_key_of),
    "put": _upsert.returning(row.c.seq),
    "put_quietly": _upsert,
    "add_key": insert(key).values(
        account=_account, kind=_kind, field=bindparam("field"), value=bindparam("value"), seq=bindparam("seq")
    ),
    "add_key_of": insert(key).from_select(
        ["account", "kind", "field", "value", "seq"],
        select(
            row.c.account,
            row.c.kind,
            bindparam("field", type_=Text),
            bindparam("value", type_=Text),
            row.c.seq,
        ).where(_row_of & (row.c.id == _id)),
    ),
    "drop_keys_of": delete(key).where(
        key.c.seq == select(row.c.seq).where(_row_of & (row.c.id == _id)).scalar_subquery()
    ),
    "drop_keys": delete(key).where(key.c.seq == bindparam("of_row")).returning(key.c.field, key.c.value),
    "drop": delete(row).where(_row_of & (row.c.id == _id)).returning(row.c.seq),
    "next": _step.on_conflict_do_update(
        index_elements=["account", "name"], set_={"value": counter.c.value + _one}
    ).returning(counter.c.value),
    "step": _leap.on_conflict_do_update(
        index_elements=["account", "name"], set_={"value": counter.c.value + _leap.excluded.value}
    ).returning(counter.c.value),
    "raise": _raise.on_conflict_do_update(
        index_elements=["account", "name"], set_={"value": func.max(counter.c.value, _raise.excluded.value)}
    ),
    "counters": select(counter.c.account, counter.c.value).where(counter.c.name == bindparam("name")),
    "send": insert(outbox).values(account=_account, at=bindparam("at"), entry=bindparam("entry")),
    "sent": select(outbox.c.seq, outbox.c.account, outbox.c.at, outbox.c.entry).order_by(outbox.c.seq),
    "keep": _keep.on_conflict_do_update(
        index_elements=["account", "name"], set_={"data": _keep.excluded.data, "size": _keep.excluded.size}
    ),
    "fetch": select(blob.c.data).where(_blob_of),
    "discard": delete(blob).where(_blob_of).returning(blob.c.size),
    "kept": select(blob.c.name, blob.c.size).where(blob.c.account == _account).order_by(blob.c.name),
    "forget_blobs": delete(blob).where(blob.c.account == _account),
    "forget_rows": delete(row).where(row.c.account == _account),
    "forget_keys": delete(key).where(key.c.account == _account),
    "forget_counters": delete(counter).where(counter.c.account == _account),
    "forget_outbox": delete(outbox).where(outbox.c.account == _account),
}


@cache
def sqlite_schema() -> list[str]:
    """The statements that make the tables in an empty SQLite database."""
    dialect = sqlite.dialect()
    tables = _metadata.sorted_tables
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in tables]
    return made + [str(CreateIndex(index).compile(dialect=dialect)) for table in tables for index in table.indexes]


@cache
def sqlite_statements() -> dict[str, str]:
    """Every statement of the store as SQL text with named parameters, by name."""
    dialect = sqlite.dialect(paramstyle="named")
    return {name: str(statement.compile(dialect=dialect)) for name, statement in _STATEMENTS.items()}
