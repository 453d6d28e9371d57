"""Column types that mean the same on SQLite and PostgreSQL.

A newcomer stores a naive time or a text straight from a feed: the first is refused here, the second loses the
characters that PostgreSQL or UTF-8 cannot hold.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL refuses NUL, UTF-8 has no lone surrogates

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only what is called INTEGER


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, as a plain `str` (members of a StrEnum too)."""
    return UNSTORABLE.sub("", str(text))


class Moment(TypeDecorator[datetime]):
    """A time, as whole microseconds since 1970 UTC. A naive time is a ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} is a naive time: it does not say which zone it is meant in")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class Words(TypeDecorator[str]):
    """Text from anywhere, cleaned on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Numbers(TypeDecorator[tuple[float, ...]]):
    """A few numbers, as text with blanks between them: short, and readable by whoever looks into the store."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[float, ...] | None, _dialect: Dialect) -> str | None:
        return None if value is None else " ".join(f"{number:g}" for number in value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> tuple[float, ...] | None:
        return None if value is None else tuple(map(float, value.split()))


class Document(TypeDecorator[Any]):
    """A frozen dataclass or a tuple as JSON, cleaned on the way in and validated on the way out."""

    impl = JSON
    cache_ok = True

    def __init__(self, adapter: TypeAdapter[Any]) -> None:
        super().__init__()
        self.adapter = adapter

    def process_bind_param(self, value: object, _dialect: Dialect) -> object:
        return _clean_inside(self.adapter.dump_python(value, mode="json"))

    def process_result_value(self, value: object, _dialect: Dialect) -> object:
        return self.adapter.validate_python(value)


def _clean_inside(value: object) -> object:
    match value:
        case str():
            return clean(value)
        case list():
            return [_clean_inside(item) for item in value]
        case dict():
            return {clean(name): _clean_inside(item) for name, item in value.items()}
        case _:
            return value
