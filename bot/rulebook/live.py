"""The rules while the bot runs: what people change takes effect, what they break does not.

A newcomer's mistake is to read a file the moment it changes: editors write it in pieces, or empty it first.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from itertools import repeat
from pathlib import Path

from bot.core.model import Problem
from bot.rulebook.lastgood import InForce, all_of, in_force
from bot.rulebook.loading import Look, Sourced, Sources, look

FOLDER_GONE = "the folder is gone; its rules stay in force until it is back"
MOST_WAITS = 2  # looks for which files that go on changing are left alone


@dataclass(frozen=True, slots=True)
class Gone:
    """Rules no longer in force, because their file no longer has them, or is deleted itself."""

    file: str
    ids: tuple[str, ...]
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a reload took away. What it brought is in `LiveRules.current`."""

    gone: tuple[Gone, ...]


class LiveRules:
    """The rules as they are now. `current` is swapped whole, so no report is ever judged by half a set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._looked = look(folder)
        self._waits = 0
        self._sources = Sources()
        self._sourced = self._sources.read(self._looked)
        self._in_force = in_force(self._sourced.files, {})
        self.current = self._sourced.rulebook(all_of(self._in_force))

    def reload_if_settled(self) -> Change | None:
        """As `reload_if_changed`, except that files still being written are left alone: those that differ from the
        last look. Who never stops writing is read at the third look all the same.
        """
        looked, self._looked = self._looked, self._look()
        if looked != self._looked and self._waits < MOST_WAITS:
            self._waits += 1
            return None
        self._waits = 0
        return self._take(self._looked)

    def reload_if_changed(self) -> Change | None:
        """Read the files that changed; None when none did. What broke keeps its last good version."""
        self._looked = self._look()
        return self._take(self._looked)

    def _look(self) -> Look:
        alerts = self.folder / "alerts"
        try:
            if alerts.is_dir() or self._looked.alerts == {}:
                return look(self.folder)
            gone = Problem(str(alerts), 1, 1, FOLDER_GONE)
            return replace(look(self.folder), alerts=gone) if self.folder.is_dir() else _closed(gone)
        except OSError as error:
            return _closed(
                Problem(str(self.folder), 1, 1, f"cannot be read: {error.strerror}; its rules stay in force")
            )

    def _take(self, looked: Look) -> Change | None:
        with _undisturbed():
            return self._taken(looked)

    def _taken(self, looked: Look) -> Change | None:
        sourced = self._sources.read(looked)
        if sourced == self._sourced:
            return None
        before, self._in_force = self._in_force, in_force(sourced.files, self._in_force)
        self.current = sourced.rulebook(all_of(self._in_force))
        self._sourced = sourced
        gc.freeze()  # what is in force now stays: nobody need walk through it, and what is replaced dies by itself
        return Change(tuple(_gone(before, self._in_force, sourced)))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without garbage collection: it would walk through 10,000 rules and hold up all else for 130 ms, without it 20."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _closed(problem: Problem) -> Look:
    """A folder of which nothing can be read."""
    return Look(*repeat(problem, len(fields(Look))))


def _gone(before: InForce, after: InForce, sourced: Sourced) -> Iterator[Gone]:
    left = {rule.id for rule in all_of(after)}
    files = {rule_file.file for rule_file in sourced.files}
    for file, rules in before.items():
        ids = tuple(rule.id for rule in rules if rule.id not in left)
        if ids:
            yield Gone(file, ids, is_deleted=file not in files)
