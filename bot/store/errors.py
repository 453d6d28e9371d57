"""The one way the store fails, and the words for it.

A newcomer catches StoreError and goes on: do not. What is not recorded must not be sent, so it ends the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

DAMAGED = "is damaged. Put a backup back with `tocsin restore`; do not just delete it: an empty store knows no chats."
GONE = "is gone: its file was deleted, or another was put in its place. Put a backup back with `tocsin restore`."
AWAY = "cannot be reached. Check that the server runs, and the address, database, user and password."
UNOPENED = "cannot be opened. Check that its folder exists and that this user may read and write both folder and file."

# What the drivers say (a part of it, lower case) -> what is wrong and what to do.
ADVICE = (
    ("file is not a database", "is not a database. Name another file, or move this one away."),
    ("malformed", DAMAGED),
    ("unable to open", UNOPENED),
    ("readonly", "cannot be written. Check that this user may write both the file and its folder."),
    ("disk is full", "has no room left on its disk. Free some space; nothing was recorded and nothing was lost."),
    ("no space left", "has no room left on its disk. Free some space; nothing was recorded and nothing was lost."),
    (
        "disk i/o",
        "can write no more, or read no more: its disk fails, or is full by a quota. Nothing was lost by this.",
    ),
    ("locked", "is held by another process. Find out who uses it, and end that."),
    ("lock timeout", "is held by another process. Find out who uses it, and end that."),
    ("starting up", AWAY),
    ("connection", AWAY),
    ("resolve host", "cannot be reached. Check the name of the server."),
)
REFUSED = "fatal:"  # the server did answer; it said no
STARTING = "starting up"


class StoreError(Exception):
    """The store cannot be opened, read or written: what is wrong, where, and what to do."""


class StoreAwayError(StoreError):
    """The server does not answer, or is about to start: trying again later may be all that it takes."""


def name_of(url: URL) -> str:
    """The store as people know it: the path of the file, or the address without the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


class StoreLostError(StoreError):
    """The store is damaged, or its file is gone: going on would make it worse. Whoever runs the bot must restore it."""


@contextmanager
def clear_errors(url: URL) -> Iterator[None]:
    """Whatever the driver raises inside becomes a StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise _explained(str(error.orig), name_of(url)) from error
    except sqlite3.Error as error:
        raise _explained(str(error), name_of(url)) from error


def _explained(said: str, name: str) -> StoreError:
    said = " ".join(said.split())
    for part, advice in ADVICE:
        if part in said.lower():
            return _kind(said.lower(), advice)(f"The store {name} {advice} ({said})")
    return StoreError(f"The store {name} failed: {said}")


def _kind(said: str, advice: str) -> type[StoreError]:
    if advice == DAMAGED:
        return StoreLostError
    if advice == AWAY and (REFUSED not in said or STARTING in said):
        return StoreAwayError
    return StoreError
