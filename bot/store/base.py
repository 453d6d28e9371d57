"""A store's engine and its two kinds of transaction, under whatever is kept in it.

A newcomer's mistake is to read first and write by what was read in a second transaction: others write in between.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from bot.store.engine import reading, writing


class StoreBase:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine)

    def _writing(self) -> AbstractContextManager[Connection]:
        return writing(self._engine)
