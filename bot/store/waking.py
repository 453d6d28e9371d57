"""A call across processes: who puts messages into the outbox wakes who sends them, by PostgreSQL's NOTIFY.

A newcomer relies on it: a call is lost with its connection, so who sends looks by itself as well, only less often.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

import psycopg
from sqlalchemy import Connection, make_url, text

from bot.store.engine import CONNECT_SECONDS

CHANNEL = "tocsin_outbox"
LISTEN_SECONDS = 1.0  # until it looks whether it is to stop
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


def call(connection: Connection) -> None:
    """Wake whoever sends, when the transaction is committed; on SQLite who records is who sends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"NOTIFY {CHANNEL}"))


class Waker:
    """Calls back, on a thread of its own, whenever there are new messages."""

    def __init__(self, url: str, awake: Callable[[], None]) -> None:
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._awake = awake
        self._stop = Event()
        self._thread = Thread(target=self._listen, name="wait for new messages", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(LISTEN_SECONDS + CONNECT_SECONDS)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                self._hear()
            except psycopg.Error as error:
                log.warning("new messages are looked for less often, the server does not call: %s", error)
                self._stop.wait(RETRY_SECONDS)

    def _hear(self) -> None:
        with psycopg.connect(self._address, autocommit=True, connect_timeout=CONNECT_SECONDS) as session:
            session.execute(f"LISTEN {CHANNEL}".encode())
            while not self._stop.is_set():
                for _call in session.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                    self._awake()
