"""Which of several processes on one PostgreSQL does what only one may do, by advisory locks of a session.

A newcomer writes the name of the holder into a table, with a time until when: then somebody has to notice that it died.
The server gives a lock back as soon as the connection of its holder is gone.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from enum import IntEnum

import psycopg
from sqlalchemy import make_url

from bot.store.engine import CONNECT_SECONDS, path_of
from bot.store.errors import StoreError

# A holder that vanished without a word, its machine gone, is noticed by the server after this: idle, then two probes.
PATIENCE = (
    ("tcp_keepalives_idle", "2"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "5000"),
)


class Office(IntEnum):
    """What only one process at a time may do; the numbers are those of the locks."""

    LISTENING = 7_862_111  # to what people say: Telegram gives each word to one process alone
    SENDING = 7_862_112  # its limits are for the bot, not for each process
    KEEPING = 7_862_113  # what is looked after once: silences, notices, digests, backups
    HUBS = 7_862_114  # hearing the hubs of feeds: two would overwrite what the other agreed with them


class Candidate:
    """One process that stands for some offices. On SQLite it holds them all: there is no other.

    Its methods wait for the server: call them in a thread, one at a time.
    """

    def __init__(self, url: str, offices: Collection[Office]) -> None:
        self._url = url
        self._offices = frozenset(offices)
        self._alone = path_of(url) is not None
        self._session: psycopg.Connection | None = None
        self._held: frozenset[Office] = self._offices if self._alone else frozenset()

    def stand(self) -> frozenset[Office]:
        """Try for the offices that are not held, and say which are; StoreError when none can be, for now."""
        if self._alone:
            return self._held
        try:
            session = self._session = self._session or self._connect()
            free = [office for office in sorted(self._offices - self._held) if _take(session, office)]
            session.execute("SELECT 1")  # or a lost connection would go unnoticed while all offices are held
        except psycopg.Error as error:
            self.resign()
            raise StoreError(f"The server cannot be asked which process does what: {error}") from error
        self._held |= frozenset(free)
        return self._held

    def resign(self) -> None:
        """Give up all offices, so that others need not wait until the server notices."""
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.execute("SELECT pg_advisory_unlock_all()")
            self._session.close()
        self._session, self._held = None, self._offices if self._alone else frozenset()

    def _connect(self) -> psycopg.Connection:
        address = make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        session = psycopg.connect(address, autocommit=True, connect_timeout=CONNECT_SECONDS)
        for name, value in PATIENCE:
            session.execute("SELECT set_config(%s, %s, false)", (name, value))
        return session


def _take(session: psycopg.Connection, office: Office) -> bool:
    row = session.execute("SELECT pg_try_advisory_lock(%s)", (int(office),)).fetchone()
    return row is not None and bool(row[0])
