"""The files of a folder as they stand on disk: which there are, when they changed, and what is in them.

A newcomer's mistake is to trust the time of a file: an edit within one tick of the disk's clock leaves it as it was. So
a file that had just been changed when it was read is read again, until its time is old enough to be trusted.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Generic, TypeVar

from bot.core.model import Problem
from bot.core.yamlfile import LARGEST, decode

T = TypeVar("T")

SUFFIXES = (".yaml", ".yml")
TICK_NS = 2_000_000_000  # of the coarsest clock that a disk keeps (FAT)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file does. The last of them cannot be set by whoever edits it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


Listing = Mapping[str, Stamp | Problem] | Problem  # by path, in the order of names; Problem: the folder cannot be read


def listed(folder: Path) -> Listing:
    """The YAML files of a folder, without hidden ones: editors keep their locks and drafts there."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(e.name for e in entries if e.name.endswith(SUFFIXES) and not e.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        return _unreadable(folder, error)
    seen = {str(folder / name): _stamp(folder / name) for name in names}
    return {file: stamp for file, stamp in seen.items() if stamp is not None}


def _stamp(path: Path) -> Stamp | Problem | None:
    """None: it was deleted since it was listed."""
    try:
        found = path.stat()
    except OSError as error:
        if not path.is_symlink():
            return None if isinstance(error, FileNotFoundError) else _unreadable(path, error)
        return _unreadable(path, error, "a symbolic link that leads nowhere: ")
    if stat.S_ISDIR(found.st_mode):
        return Problem(str(path), 1, 1, "is a folder; rules are read from files: rename it, or move the files out")
    if not stat.S_ISREG(found.st_mode):  # a pipe would let us wait for ever
        return Problem(str(path), 1, 1, "is no plain file: move it elsewhere")
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _unreadable(path: Path, error: OSError, what: str = "") -> Problem:
    return Problem(str(path), 1, 1, f"{what}cannot be read: {error.strerror}")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """A file as it was parsed. A `stamp` of None is not to be trusted; `content` is a digest, or why there is none."""

    stamp: Stamp | Problem | None
    content: bytes | Problem
    parsed: T


class Shelf(Generic[T]):
    """The files of one folder, each parsed anew only when it changed.

    `parse` makes something of a text and its file's name, `refuse` of the problem why there is no text. `holds` says
    whether what was parsed is still right, its file being the same.
    """

    def __init__(
        self,
        parse: Callable[[str, str], T],
        refuse: Callable[[Problem], T],
        holds: Callable[[T], bool] = lambda _: True,
    ) -> None:
        self._parse = parse
        self._refuse = refuse
        self._holds = holds
        self._kept: dict[str, _Kept[T]] = {}

    def take(self, listing: Listing) -> tuple[T, ...]:
        """All that the files hold now, in their order. Of a folder that cannot be read, all that is known of it."""
        if isinstance(listing, Problem):
            return (*(kept.parsed for kept in self._kept.values()), self._refuse(listing))
        self._kept = {file: self._one(file, stamp) for file, stamp in listing.items()}
        return tuple(kept.parsed for kept in self._kept.values())

    def _one(self, file: str, stamp: Stamp | Problem) -> _Kept[T]:
        kept = self._kept.get(file)
        holds = kept is not None and self._holds(kept.parsed)
        if kept is not None and holds and kept.stamp == stamp:
            return kept
        raw = stamp if isinstance(stamp, Problem) else _read(file)
        content = raw if isinstance(raw, Problem) else blake2b(raw).digest()
        trusted = stamp if _is_settled(stamp) and isinstance(raw, bytes) else None
        if kept is not None and holds and kept.content == content:
            return replace(kept, stamp=trusted)
        return _Kept(trusted, content, self._parsed(raw, file))

    def _parsed(self, raw: bytes | Problem, file: str) -> T:
        text = raw if isinstance(raw, Problem) else decode(raw, file)
        return self._refuse(text) if isinstance(text, Problem) else self._parse(text, file)


def _read(file: str) -> bytes | Problem:
    """The content, of a large file as much as shows that it is too large."""
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        return _unreadable(Path(file), error)


def _is_settled(stamp: Stamp | Problem) -> bool:
    return isinstance(stamp, Stamp) and stamp.changed_ns < time.time_ns() - TICK_NS
