"""`tocsin backup`, `tocsin restore` and `tocsin migrate-to`: the database saved, put back, carried to a server.

A newcomer's mistake is to restore under a running bot: it is stopped first, and its database is put aside, not deleted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from bot.config import Config, ConfigError, load
from bot.store import Archive, StoreError, StoreLostError, backups
from bot.store.alone import alone
from bot.store.copying import copy_store
from bot.store.engine import open_engine, open_reader, shown
from bot.store.errors import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.store.copying import Fingerprint
    from bot.store.copying import Progress as Told

CANNOT = 2
CAUTION = timedelta(minutes=10)  # from publication until the bot had told of it, before the store was lost


def back_up(file: Path, config: Path | None) -> int:
    """The exit status: 0, or 2 with what is wrong."""
    return _answered(lambda: _back_up(file, load(config, os.environ)))


def restore(file: Path | None, told_until: str | None, config: Path | None) -> int:
    """The exit status: 0, or 2 with what is wrong."""
    return _answered(lambda: _restore(file, told_until, load(config, os.environ)))


def migrate_to(address: str, config: Path | None) -> int:
    """The exit status: 0, or 2 with what is wrong."""
    return _answered(lambda: _migrate_to(address, load(config, os.environ)))


def _answered(work: Callable[[], None]) -> int:
    try:
        work()
    except (ConfigError, StoreError, OSError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT
    return 0


def _back_up(file: Path, settings: Config) -> None:
    if not file.absolute().parent.is_dir():
        raise StoreError(f"There is no folder {file.absolute().parent} to write the backup {file.name} into.")
    _require_whole(settings.database)
    with _watched() as told:
        backups.back_up(settings.database, file, told)
    print(f"The database is saved in {file} ({file.stat().st_size / 1e6:,.1f} MB).")


def _require_whole(database: str) -> None:
    """A copy of a damaged store would be taken for a way back."""
    with closing(Archive.open(database)) as archive:
        if damage := archive.damage():
            raise StoreLostError(f"The store {shown(database)} {DAMAGED} ({damage})")


def _restore(file: Path | None, told_until: str | None, settings: Config) -> None:
    chosen = file or _newest(settings)
    moment = _moment(told_until, settings.database)
    with alone(settings.database), _watched() as told:
        restored = backups.restore(chosen, settings.database, moment, told)
    print(f"{chosen} is the database again.")
    if restored.aside is not None:
        print(f"What was there before lies in {restored.aside}.")
    print(
        f"Reports published before {moment:%Y-%m-%d %H:%M} UTC are recorded without an alert, and"
        f" {restored.messages_settled} messages due before then are not sent: chats have most likely heard of them."
    )


def _newest(settings: Config) -> Path:
    folder = settings.backups.folder if settings.backups else None
    found = backups.newest(folder) if folder else None
    if found is None:
        where = f"in {folder}" if folder else "and none are made, by the config"
        raise StoreError(f"There is no backup {where}. Name the file to put back.")
    return found


def _moment(told_until: str | None, database: str) -> datetime:
    """Up to when chats were told: as said, else shortly before the lost database was last written to, else now."""
    if told_until is None:
        lost = backups.lost_at(database)
        return lost - CAUTION if lost else datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(told_until)
    except ValueError:
        raise StoreError(f"--told-until {told_until!r} is no time such as 2026-03-01T12:00+00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _migrate_to(address: str, settings: Config) -> None:
    source, target = open_reader(settings.database), open_engine(address)
    try:
        with alone(settings.database), _watched() as told:
            copied = copy_store(source, target, told)
    finally:
        source.dispose()
        target.dispose()
    _print_copied(copied)
    print("Everything was read back and is the same. Write the new address as `database` into the config, then start.")
    print("A server's database is saved every day only where the config has a section `backups:`.")


def _print_copied(copied: Mapping[str, Fingerprint]) -> None:
    for table, said in copied.items():
        print(f"{table:16} {said.rows:>12,} rows   {said.digest}")


@contextmanager
def _watched() -> Iterator[Told]:
    """A line on the terminal that says how far the copying is."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("copying")
        yield lambda table, rows: progress.update(task, description=f"{table}: {rows:,} rows")
