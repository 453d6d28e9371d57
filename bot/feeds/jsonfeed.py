"""JSON Feed, versions 1.0 and 1.1, to the same entries that other feeds have; pure.

A newcomer's mistake is to trust the shape: an id may be a number and a title null, so nothing is taken that is not
text, and one item that makes no sense costs itself alone.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.model import Entry
from bot.feeds.errors import FeedError

BYTES_MAX: Final = 5_000_000  # as Python objects it is ten times that, and no feed of text comes near it
_VERSION: Final = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1(?:\.[01])?/?", re.IGNORECASE)
_BEGINNING: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")


@dataclass(frozen=True, slots=True)
class JsonFeed:
    title: str
    entries: tuple[Entry, ...]


def is_json(body: bytes) -> bool:
    """Whether the body can only be JSON, whatever its server calls it."""
    return _BEGINNING.match(body) is not None


def read_json_feed(body: bytes) -> JsonFeed:
    """The feed in a JSON body. FeedError if it is none, too large or nested too deeply."""
    if len(body) > BYTES_MAX:
        raise FeedError(f"a JSON feed larger than {BYTES_MAX / 1e6:g} MB is not read")
    document = _document(body)
    if not isinstance(document, dict) or not _VERSION.fullmatch(_text(document.get("version"))):
        raise FeedError("this is not a feed (JSON, but without the version of a JSON Feed)")
    items = document.get("items")
    found = items if isinstance(items, list) else []
    return JsonFeed(_text(document.get("title")), tuple(_entry(item) for item in found if isinstance(item, dict)))


def _document(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig", errors="replace"))
    except RecursionError:
        raise FeedError("this is not a feed (JSON, nested too deeply)") from None
    except ValueError as error:
        raise FeedError(f"this is not a feed ({error})") from None


def _entry(item: dict[str, Any]) -> Entry:
    texts = (_text(item.get(name)) for name in ("content_html", "content_text", "summary"))
    return Entry(
        guid=_text(item.get("id")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        html=max(texts, key=len),  # the whole story where the feed has it, else the teaser
        published=_moment(_text(item.get("date_published"))) or _moment(_text(item.get("date_modified"))),
    )


def _text(value: object) -> str:
    """A text as it is, a number in digits (ids are often numbers, against the letter of the format), else nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
