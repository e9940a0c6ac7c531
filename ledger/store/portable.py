"""What SQLite and PostgreSQL say in different words."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    Uuid,
    column,
    func,
    literal,
    literal_column,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_MAX_INDEXED_BYTES = 512


class _JsonText(FunctionElement[str]):
    type = String()
    name = "json_text"
    inherit_cache = True


def json_text(column: Column[str], key: str) -> ColumnElement[str]:
    """A text by its key, of the JSON object in a text column; null if the object lacks it."""
    return _JsonText(column, literal(key))


@compiles(_JsonText, "sqlite")
def _of_sqlite(element: _JsonText, compiler: SQLCompiler, **options: Any) -> str:
    column, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({column}, '$.' || {key})"


@compiles(_JsonText, "postgresql")
def _of_postgresql(element: _JsonText, compiler: SQLCompiler, **options: Any) -> str:
    column, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST({column} AS json) ->> {key})"


def insert_new(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Insert a row unless one with its unique values stands; whether it was inserted.

    Another transaction's row that is not committed yet is waited for.
    """
    on_postgresql = connection.dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    new = insert(table).values(**row).on_conflict_do_nothing()
    inserted = connection.execute(new.returning(literal_column("1", Integer))).first()
    return inserted is not None


def update_free(
    connection: Connection,
    free: Column[UUID],
    numbers: Mapping[UUID, int],
    numbered: Column[int],
    **values: object,
) -> int:
    """Change rows of a table by their ids, as far as a column of theirs is still null.

    numbers: what each row gets in the column `numbered`; all get the same `values`. One statement,
    however many rows. Returns how many were changed.
    """
    table = free.table
    if connection.dialect.name == "postgresql":
        identifier, number = column("id", Uuid()), column("number", BigInteger())
        given = func.unnest(
            literal(list(numbers), postgresql.ARRAY(Uuid())),
            literal(list(numbers.values()), postgresql.ARRAY(BigInteger())),
        )
        rows = given.table_valued(identifier, number).render_derived()
        is_free = free.is_(None)
    else:
        identifier, number = column("key", Uuid()), column("value", BigInteger())
        given = func.json_each(orjson.dumps({key.hex: numbers[key] for key in numbers}).decode())
        rows = given.table_valued(identifier, number)
        # With its plus sign this is no reason to go through an index of what is null, for each row.
        is_free = literal_column(f"+{table.name}.{free.name}").is_(None)
    change = (
        update(table)
        .where(table.c.id == rows.c[identifier.name], is_free)
        .values({numbered.name: rows.c[number.name], **values})
    )
    return connection.execute(change).rowcount


def indexed(value: str) -> str:
    """A text as an index holds it, to be written and looked up: a long one by its hash.

    PostgreSQL indexes no value beyond 2,700 bytes.
    """
    written = value.encode()
    if len(written) <= _MAX_INDEXED_BYTES:
        return value
    return f"sha256:{hashlib.sha256(written).hexdigest()}"
