"""One process on a store in a file: whoever runs on it holds a lock beside it, and all others hear who does.

A newcomer writes the number of the process into a file and believes it: after a crash it lies there for ever. The
system gives this lock back with the process; the number is for people alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock

from bot.store.engine import path_of
from bot.store.errors import UNOPENED, StoreError

LOCK = ".lock"


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the only one on the store until the end of the block; a server's has room for many.

    StoreError when another process is. Who only reads, or writes a little, such as a backup, need not ask.
    """
    path = path_of(url)
    if path is None:
        yield
        return
    try:
        file = path.with_name(path.name + LOCK).open("a+")
    except OSError as error:
        raise StoreError(f"The store {path} {UNOPENED} ({error})") from error
    with file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StoreError(
                f"The store {path} is in use: process {file.read().strip() or '?'} runs on it. Stop that one first; a"
                " database in a file has one process, and several need PostgreSQL."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
