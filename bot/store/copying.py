"""A whole store copied into another one, of the same or of the other kind, with the proof that all of it arrived.

A newcomer's mistake is to count rows and call it proof: a time written in the wrong unit counts as well. Every row is
read back, and what it says must be the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Inspector,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import TypeEngine

from bot.store.engine import reading, writing
from bot.store.errors import StoreError, clear_errors, name_of
from bot.store.migrate import VERSION_TABLE, known_version, migrate, require_current
from bot.store.tables import NUMBERS, metadata, reports

BATCH = 200  # rows; of reports with long texts, 40 MB

Progress = Callable[[str, int], None]


def unwatched(_table: str, _rows: int) -> None:
    """Nobody watches the progress."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a table says: how many rows, and the digest of all of them in the order of their keys."""

    rows: int
    digest: str


def copy_store(source: Engine, target: Engine, progress: Progress = unwatched) -> Mapping[str, Fingerprint]:
    """Copy every table, and read it back. `progress` hears of each table and how many rows of it went over.

    The source is read as it was at one moment, also while a bot writes to it. It all goes over or nothing does:
    StoreError when the target holds anything, or says something else than the source afterwards.
    """
    with _snapshot(source) as old:
        require_current(old)
        with writing(target) as new:
            migrate(new)
            _require_empty(new, target)
            return _copy_tables(old, new, [_plain(table) for table in metadata.sorted_tables], progress)


def copy_as_it_is(source: Engine, target: Engine, progress: Progress) -> Mapping[str, Fingerprint]:
    """Copy a store of an older version into an empty file, with the tables of that version, and read it back."""
    with _snapshot(source) as old, writing(target) as new:
        version = known_version(old)
        if version is None:
            raise StoreError(f"The store {name_of(source.url)} holds nothing yet: there is nothing to copy.")
        migrate(new, to=version)
        return _copy_tables(old, new, _tables_found(new), progress)


def _copy_tables(
    old: Connection, new: Connection, tables: Sequence[Table], progress: Progress
) -> Mapping[str, Fingerprint]:
    told = {table.name: _copy_table(old, new, table, progress) for table in tables}
    for table in tables:
        if _fingerprint(_rows(new, table)) != told[table.name]:
            raise StoreError(f"The copy of the table {table.name} differs from the original. Nothing was changed.")
        _count_on(new, table)
    return told


def _tables_found(connection: Connection) -> list[Table]:
    """Those that are there, whatever the code has by now, less Alembic's own."""
    found = MetaData()
    event.listen(found, "column_reflect", _for_any_server)
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def _for_any_server(_inspector: Inspector, _table: Table, column: ReflectedColumn) -> None:
    column["type"] = column["type"].as_generic()


def _plain(table: Table) -> Table:
    """The table as it is stored, numbers, texts and JSON: what is copied need not be understood."""
    columns = (Column(c.name, _plain_type(c), primary_key=c.primary_key) for c in table.columns)
    return Table(table.name, MetaData(), *columns)


def _plain_type(column: Column[Any]) -> TypeEngine[Any]:
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type


def _snapshot(source: Engine) -> AbstractContextManager[Connection]:
    """One moment of the source: SQLite's readers see no other, PostgreSQL's have to ask for it."""
    return reading(source.execution_options(isolation_level="REPEATABLE READ") if _is_postgresql(source) else source)


def _is_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _require_empty(connection: Connection, target: Engine) -> None:
    for table in metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            raise StoreError(
                f"The store {name_of(target.url)} holds {table.name} already. Name an empty one: nothing is merged."
            )


def _copy_table(old: Connection, new: Connection, table: Table, progress: Progress) -> Fingerprint:
    rows, digest = 0, blake2b(digest_size=16)
    for page in _rows(old, table):
        new.execute(insert(table), page)
        _add(digest, page)
        rows += len(page)
        progress(table.name, rows)
    return Fingerprint(rows, digest.hexdigest())


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows in pages, by key. Of two stores in hand, the one that is read is at fault if this fails."""
    ordered = select(table).order_by(*_key(connection, table)).execution_options(yield_per=BATCH)
    with clear_errors(connection.engine.url), connection.execute(ordered) as found:
        for page in found.partitions():
            yield [dict(row._mapping) for row in page]  # noqa: SLF001  its public name in SQLAlchemy


def _key(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """Texts are ordered byte by byte, as SQLite does: by the rules of a language, two servers order differently."""
    bytewise = connection.dialect.name == "postgresql"
    return [c.collate("C") if bytewise and isinstance(c.type, Text) else c for c in table.primary_key]


def _fingerprint(pages: Iterator[list[dict[str, Any]]]) -> Fingerprint:
    rows, digest = 0, blake2b(digest_size=16)
    for page in pages:
        _add(digest, page)
        rows += len(page)
    return Fingerprint(rows, digest.hexdigest())


def _add(digest: Any, page: list[dict[str, Any]]) -> None:
    for row in page:
        digest.update(json.dumps(row, sort_keys=True, default=_hexadecimal).encode())


def _hexadecimal(picture: bytes | memoryview) -> str:
    """JSON has no bytes, and two drivers have two kinds of them."""
    return picture.hex()


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows by a sequence of its own, which knows nothing of the rows put in with a number."""
    if connection.dialect.name == "postgresql" and isinstance(table.c[0].type, BigInteger):
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, table.c[0].name)))
        if sequence:
            top = select(func.coalesce(func.max(table.c[0]), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, top, False)))
    if connection.dialect.name == "postgresql" and table.name == reports.name:
        top = select(func.coalesce(func.max(table.c.number), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(NUMBERS.name, top, False)))
