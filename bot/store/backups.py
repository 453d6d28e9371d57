"""Copies of the store on disk: made while the bot runs, kept for a while, put back when the store is lost.

A newcomer copies the file: of a database in use that is half of two moments. SQLite writes the copy itself.
"""

from __future__ import annotations

import glob
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store import feeds, settling
from bot.store.copying import Progress, copy_as_it_is, copy_store, unwatched
from bot.store.engine import open_engine, open_reader, path_of, reading, shown, writing
from bot.store.errors import StoreError, clear_errors
from bot.store.migrate import Before, known_version, migrate

STAMP = "%Y-%m-%dT%H%M%SZ"
PREFIX, SUFFIX = "tocsin-", ".db"
PART = ".part"
OLD_SCHEMA = ".schema-"
log = logging.getLogger(__name__)

BELONGINGS = ("-wal", "-shm")  # what SQLite keeps beside its file
ASIDE = ".replaced-"
EVERY = timedelta(days=1)


def back_up(url: str, file: Path, progress: Progress = unwatched) -> None:
    """Write the store as it is at this moment to a new SQLite file, whatever it is kept in. The bot may run.

    StoreError when the file exists: a backup is never overwritten. What is half written goes by another name.
    """
    if file.exists():
        raise StoreError(f"{file} exists already, and a backup is never overwritten. Name another file.")
    part = file.with_name(file.name + PART)
    part.unlink(missing_ok=True)
    path = path_of(url)
    if path is None:
        _copy_server(url, part, progress)
    else:
        _copy_file(url, path, part)
    _settle(part, file)


def _copy_file(url: str, path: Path, part: Path) -> None:
    """VACUUM INTO copies one moment without holding up writers, and leaves out what was deleted."""
    engine = open_reader(url)
    engine.dispose()  # it was asked for its errors alone: there is a store, and it is ours to read
    with clear_errors(engine.url), closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("VACUUM INTO ?", (str(part),))


def _copy_server(url: str, part: Path, progress: Progress) -> None:
    source, target = open_engine(url), open_engine(str(part))
    try:
        copy_as_it_is(source, target, progress)
    finally:
        source.dispose()
        target.dispose()


def _settle(part: Path, file: Path) -> None:
    """Only what is on the disk for good gets the name of a backup."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# ---------------------------------------------------------------- before its tables change
def keeping(url: str, folder: Path | None) -> Before:
    """What saves a store of an older version before it is brought up to date: the way back, if the new one disappoints.

    A file is copied beside itself, a server's store into the folder. Where there is no folder, a StoreError says so.
    """
    path = path_of(url)
    if path is not None:
        return lambda version: _keep(url, path, version)
    if folder is None:
        return lambda version: _refuse(url, version)
    return lambda version: _keep(url, folder / f"{PREFIX}server", version)


def _keep(url: str, beside: Path, version: str) -> None:
    """Nothing is overwritten: who went back and tries again has the first copy of a schema, and the latest."""
    first = beside.with_name(f"{beside.name}{OLD_SCHEMA}{version}")
    before = list(first.parent.glob(f"{glob.escape(first.name)}-*Z"))
    copy = first.with_name(f"{first.name}-{datetime.now(UTC):{STAMP}}") if first.exists() else first
    log.info("the store %s is of an older version, and is saved in %s before it changes", shown(url), copy)
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        back_up(url, copy)
    except (OSError, StoreError) as error:
        raise StoreError(
            f"The store {shown(url)} was written by an older Tocsin (schema {version}), and could not be saved in"
            f" {copy} before its tables change: {error}. Mend that; or save it by other means, and start once with"
            " `tocsin run --no-backup`."
        ) from error
    for each in before:
        each.unlink()


def _refuse(url: str, version: str) -> None:
    raise StoreError(
        f"The store {shown(url)} was written by an older Tocsin (schema {version}), and is saved before its tables"
        " change; but the config names no folder for that. Write `backups:` into it, then start `tocsin run`. Or make"
        " a copy with pg_dump, and start once with `tocsin run --no-backup`."
    )


def unkept(_version: str) -> None:
    """For whoever has saved the store by other means."""


# ---------------------------------------------------------------- putting it back
@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. `aside` is where the store that was there lies now."""

    messages_settled: int
    aside: Path | None = None


def restore(file: Path, url: str, told_until: datetime, progress: Progress = unwatched) -> Restored:
    """Make a backup the store again. Nobody may be running on it.

    Reports published before `told_until` are recorded without an alert and messages due before are not sent: chats
    were told of them before the store was lost. On PostgreSQL the database must be empty.
    """
    _require_backup(file)
    path = path_of(url)
    if path is None:
        _fill_server(file, url, progress)
        return _quieten(url, told_until, None)
    fresh = path.with_name(path.name + PART)
    fresh.unlink(missing_ok=True)
    _copy_file(str(file), file, fresh)
    aside = _put_aside(path)
    _settle(fresh, path)
    return _quieten(url, told_until, aside)


def lost_at(url: str) -> datetime | None:
    """When the store was last written to, as far as its files tell; None if there are none, or it is on a server."""
    path = path_of(url)
    files = [path, *(path.with_name(path.name + name) for name in BELONGINGS)] if path else []
    times = [each.stat().st_mtime for each in files if each.exists()]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _require_backup(file: Path) -> None:
    """StoreError unless the file is a whole store of ours, not newer than this code."""
    engine = open_reader(str(file))
    try:
        with reading(engine) as connection:
            (found,) = connection.exec_driver_sql("PRAGMA quick_check(1)").one()
            if found != "ok":
                raise StoreError(f"The backup {file} is damaged ({found}). Try the one before it.")
            if known_version(connection) is None:
                raise StoreError(f"The backup {file} holds nothing. Try the one before it.")
    finally:
        engine.dispose()


def _fill_server(file: Path, url: str, progress: Progress) -> None:
    """From a copy of the backup, which may have to be migrated first: a backup is never changed."""
    copy = file.with_name(f".{file.name}{PART}")
    copy.unlink(missing_ok=True)
    _copy_file(str(file), file, copy)
    source, target = open_engine(str(copy)), open_engine(url)
    try:
        with writing(source) as connection:
            migrate(connection)
        copy_store(source, target, progress)
    finally:
        source.dispose()
        target.dispose()
        for each in (copy, *(copy.with_name(copy.name + name) for name in BELONGINGS)):
            each.unlink(missing_ok=True)


def _put_aside(path: Path) -> Path | None:
    """The lost store keeps its bytes under another name: perhaps somebody can save more of it."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}{ASIDE}{datetime.now(UTC):{STAMP}}")
    for name in ("", *BELONGINGS):
        old = path.with_name(path.name + name)
        if old.exists():
            old.replace(aside.with_name(aside.name + name))
    return aside


def _quieten(url: str, told_until: datetime, aside: Path | None) -> Restored:
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            migrate(connection)
            feeds.be_silent_before(connection, told_until)
            settled = settling.settle_before(connection, told_until)
    finally:
        engine.dispose()
    return Restored(settled, aside)


# ---------------------------------------------------------------- kept backups
def is_due(folder: Path, now: datetime) -> bool:
    """Is the newest backup a day old, or is there none?"""
    newest = newest_at(folder)
    return newest is None or now - newest >= EVERY


def newest_at(folder: Path) -> datetime | None:
    """When the newest backup was made, if there is one."""
    return max((at for at, _ in kept(folder)), default=None)


def name_for(folder: Path, now: datetime) -> Path:
    return folder / f"{PREFIX}{now:{STAMP}}{SUFFIX}"


def kept(folder: Path) -> Iterator[tuple[datetime, Path]]:
    """The backups in a folder with their times, in no order; other files are not ours."""
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        try:
            at = datetime.strptime(path.name.removeprefix(PREFIX).removesuffix(SUFFIX), STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        yield at, path


def newest(folder: Path) -> Path | None:
    return max(kept(folder), default=(None, None))[1]


def prune(folder: Path, keep: timedelta, now: datetime) -> None:
    """Delete what is older than `keep`; the newest stays whatever its age."""
    for at, path in sorted(kept(folder))[:-1]:
        if now - at > keep:
            path.unlink()
