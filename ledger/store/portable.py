"""What SQLite and PostgreSQL say in different words."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    literal,
    literal_column,
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


def indexed(value: str) -> str:
    """A text as an index holds it, to be written and looked up: a long one by its hash.

    PostgreSQL indexes no value beyond 2,700 bytes.
    """
    written = value.encode()
    if len(written) <= _MAX_INDEXED_BYTES:
        return value
    return f"sha256:{hashlib.sha256(written).hexdigest()}"
