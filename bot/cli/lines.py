"""Reports from JSON Lines, the form that `read`, `replay` and `backtest` take.

A newcomer's mistake is to end at a bad line: its error is told, and the lines after it are read as ever.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from bot.core.html import is_html, to_text
from bot.core.model import Report
from bot.core.past import clocked
from bot.core.text import fold

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadLineError(Exception):
    """A line that is no report; the message says why."""


BAD = (BadLineError, ValueError, RecursionError)  # what a line of anything may raise


def reports_in(lines: Iterable[str], tell: Callable[[int, str], None]) -> Iterator[Report]:
    """The reports, at the time of a clock that never goes back. `tell` hears the number and the error of bad lines."""
    clock = EPOCH
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            report = clocked(report_of(object_of(json.loads(line)), clock), clock)
        except BAD as error:
            tell(number, str(error))
        else:
            clock = report.published
            yield report


def object_of(given: Any) -> Mapping[str, Any]:
    """What a line holds; BadLineError if that is no object."""
    if not isinstance(given, dict):
        raise BadLineError("a line must be a JSON object")
    return given


def report_of(given: Mapping[str, Any], clock: datetime) -> Report:
    """A report from its JSON object. Times without a zone are taken for UTC, a missing one for the clock."""
    if not isinstance(given.get("id"), str | int):
        raise BadLineError("the key 'id' is missing, or is no text")
    title, text = _text(given, "title"), _text(given, "text")
    if not title and not text:
        raise BadLineError("one of 'title' and 'text' is needed")
    digest = blake2b(f"{fold(title)}\n{fold(text)}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return Report(
        id=str(given["id"]),
        title=title,
        text=text,
        published=_published(given, clock),
        source=_text(given, "source"),
        url=_text(given, "url"),
        guid=_text(given, "guid"),
        language=_text(given, "language") or None,
        home=_text(given, "home") or None,
        digest=digest,
    )


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLineError(f"the key '{key}' must be a text or null")
    return to_text(value) if key in ("title", "text") and is_html(value) else value


def _published(given: Mapping[str, Any], clock: datetime) -> datetime:
    value = given.get("published")
    if value is None:
        return clock
    try:
        published = datetime.fromisoformat(str(value))
        return (published if published.tzinfo else published.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadLineError("the key 'published' must be a time such as 2020-03-05T14:10:00+02:00, or null") from error


def speak_utf8() -> None:
    """Bytes that are no UTF-8, and halves of surrogate pairs, come out as the escapes that JSON has for them."""
    for stream, on_error in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors=on_error)
