"""A connection to SQLite or PostgreSQL, and the locks that writers take.

A newcomer reads first and then writes in a plain SQLite transaction: that fails at once when somebody wrote in
between (BUSY_SNAPSHOT), whatever the timeout. So every writer begins with the write lock, through `writing`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.errors import DAMAGED, GONE, StoreError, StoreLostError, clear_errors, name_of

LOCK_SECONDS = 30  # how long a writer waits for another before that is an error
CONNECT_SECONDS = 10
WAL_RETRY_SECONDS = 0.05
SYNCHRONOUS = "FULL"  # NORMAL may lose the last commits when the power goes
FILE = "tocsin_file"  # the option of an engine that holds the number of its file on the disk
ADDRESSES = "Use sqlite:///path/to/file.db or postgresql://user:password@host/database."

# Names of PostgreSQL's advisory locks: any numbers, as long as all workers use the same.
DECIDING = 7_862_101
MIGRATING = 7_862_102
DECIDING_IN = 7_862_104  # and a country: a name of two numbers, none of which is any other's
RECONCILING = 7_862_103

log = logging.getLogger(__name__)

_compact_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))  # Arabic escaped is three times as long


def open_engine(address: str) -> Engine:
    """An engine for `sqlite:///file`, `postgresql://...` or the path of a SQLite file; StoreError if it is of no use.

    A PostgreSQL server is not asked before the first query.
    """
    url = _parse(address)
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:":
            return _open_sqlite(url.database)
        case "sqlite":
            raise StoreError(f"The store needs a file: in memory every restart would forget it. {ADDRESSES}")
        case "postgresql" | "postgres":
            return _open_postgresql(url.set(drivername="postgresql+psycopg"))
        case other:
            raise StoreError(f"The store cannot be kept in {other!r}. {ADDRESSES}")


def open_reader(address: str) -> Engine:
    """An engine that can only read what is there already; StoreError if there is no file, or it is of no use."""
    url = _parse(address)
    if url.get_backend_name() != "sqlite":
        return open_engine(address).execution_options(postgresql_readonly=True)
    path = Path(url.database or "")
    if not path.is_file():
        raise StoreError(f"There is no store {path}: nothing was recorded yet, and `tocsin run` makes it.")
    uri = f"{path.absolute().as_uri()}?mode=rw"  # never made; a reader by mode=ro would leave its log behind
    engine = create_engine(
        url, creator=lambda: sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None)
    )
    event.listen(engine, "connect", _refuse_writes)
    event.listen(engine, "begin", _begin)
    return engine


def path_of(address: str) -> Path | None:
    """The file of a SQLite store; None for a server's."""
    url = _parse(address)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def shown(address: str) -> str:
    """The store as people know it: the path of the file, or the address without the password."""
    return name_of(_parse(address))


def _parse(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        return make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(f"The address of the store cannot be read. {ADDRESSES}") from None  # it may hold a password


# ---------------------------------------------------------------- SQLite
def _open_sqlite(path: str) -> Engine:
    url = URL.create("sqlite", database=path)
    with clear_errors(url), closing(sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)) as file:
        _refuse_damaged(file, path)
        _set_wal(file)
    engine = create_engine(
        url,
        connect_args={"timeout": LOCK_SECONDS, "isolation_level": None},  # None: we say BEGIN ourselves
        json_serializer=_compact_json,
        execution_options={FILE: Path(path).stat().st_ino},
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _refuse_damaged(file: sqlite3.Connection, path: str) -> None:
    (found,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreLostError(f"The store {path} {DAMAGED} ({found})")


def _set_wal(file: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, for good.

    SQLite does not wait for other openers here, whatever the timeout: of four at once on a new file one in 20 was
    refused as locked. So we do.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            file.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(WAL_RETRY_SECONDS)
        else:
            return


def _set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    cursor.close()


def _refuse_writes(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN DEFERRED"))


# ---------------------------------------------------------------- PostgreSQL
def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"connect_timeout": CONNECT_SECONDS},
        isolation_level="READ COMMITTED",  # a reader that waited for the lock must see what its holder wrote
        pool_pre_ping=True,
        json_serializer=_compact_json,
    )
    event.listen(engine, "connect", _set_patience)
    return engine


def _set_patience(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    cursor.close()
    connection.commit()


# ---------------------------------------------------------------- both
@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: it neither waits for writers nor holds them up."""
    with clear_errors(engine.url), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; on SQLite it holds the write lock from the start.

    StoreLostError if the file is no longer the one that was opened: what is written to a deleted file is lost, and
    nothing would say so.
    """
    _require_same_file(engine)
    with clear_errors(engine.url), engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        yield connection


def _require_same_file(engine: Engine) -> None:
    known = engine.get_execution_options().get(FILE)
    if known is None:
        return
    try:
        found = Path(engine.url.database or "").stat().st_ino
    except OSError:
        found = None
    if found != known:
        raise StoreLostError(f"The store {name_of(engine.url)} {GONE}")


def take_lock(connection: Connection, name: int) -> None:
    """Be the only one under this name until the transaction ends. On SQLite every writer is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(name)))


def wait_for_lock(connection: Connection, name: int) -> None:
    """The same, however long its holder takes: whoever waits is of no use before."""
    if connection.dialect.name != "postgresql" or connection.scalar(select(func.pg_try_advisory_xact_lock(name))):
        return
    log.info("another process brings the tables of %s up to date; this one waits", name_of(connection.engine.url))
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    take_lock(connection, name)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")


def stay_open(connection: Connection) -> None:
    """However long the transaction waits for what is done beside it, the server is not to end it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def take_deciding_lock(connection: Connection, countries: frozenset[str] | None) -> None:
    """Be the only one to decide on these countries until the transaction ends; on all of them, for None.

    In the order of the alphabet: two that want the same two countries would else wait for each other for ever.
    """
    if connection.dialect.name != "postgresql":
        return
    if countries is None:
        take_lock(connection, DECIDING)
        return
    connection.execute(select(func.pg_advisory_xact_lock_shared(DECIDING)))
    for country in sorted(countries):
        number = int.from_bytes(country.encode()[:3])
        connection.execute(select(func.pg_advisory_xact_lock(DECIDING_IN, number)))


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy offers only by dialect."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
