"""Inserting many rows by few statements.

A driver's `executemany` runs a statement for each row, and between rows Python's other threads take
their turns: so a busy event loop makes each row wait for it. One statement with many rows does not.
So what one moment brings is one statement, and drivers keep those that were used lately prepared.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Uuid

_PLACEHOLDERS = {"qmark": "?", "pyformat": "%s"}
_MOST_ROWS = 256  # in one statement: databases bound its parameters
_ROUNDED_FROM = 64  # rows: with more different statements, drivers would not keep them prepared


def insert_rows(
    connection: Connection, columns: tuple[Column[Any], ...], rows: Sequence[Sequence[object]]
) -> None:
    """Insert rows of one table, each with a value for each of the columns.

    Values are what a driver takes: bytes, text, integers and None; UUIDs are written as the
    database has them.
    """
    dialect = connection.dialect
    written = _written(dialect, columns)
    start = 0
    while start < len(rows):
        count = _rows_at_once(len(rows) - start)
        values = [value for row in rows[start : start + count] for value in row]
        for first, write in written:
            places = slice(first, None, len(columns))
            values[places] = map(write, values[places])
        statement = _statement(columns, count, _PLACEHOLDERS[dialect.paramstyle])
        connection.exec_driver_sql(statement, tuple(values))
        start += count


def _rows_at_once(left: int) -> int:
    if left >= _MOST_ROWS:
        return _MOST_ROWS
    return left - left % _ROUNDED_FROM if left > _ROUNDED_FROM else left


def _written(
    dialect: Dialect, columns: Sequence[Column[Any]]
) -> list[tuple[int, Callable[[Any], Any]]]:
    """Which columns hold ids, and how this database has them."""
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for position, column in enumerate(columns):
        if isinstance(column.type, Uuid):
            write = column.type.dialect_impl(dialect).bind_processor(dialect)
            if write is not None:
                found.append((position, write))
    return found


@lru_cache(maxsize=512)
def _statement(columns: tuple[Column[Any], ...], count: int, placeholder: str) -> str:
    names = ", ".join(column.name for column in columns)
    row = "(" + ", ".join([placeholder] * len(columns)) + ")"
    rows = ", ".join([row] * count)
    return f"INSERT INTO {columns[0].table.name} ({names}) VALUES {rows}"  # noqa: S608 - our names
