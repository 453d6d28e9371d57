"""The child process in which feeds are parsed: bodies in, plain entries out.

A newcomer's mistake is to move this into a thread: feedparser and lexbor take minutes for hostile input of less than a
megabyte, and a thread can be neither stopped nor kept from holding the interpreter.
"""

import sys
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any, Final
from xml.sax import SAXException

import feedparser
from feedparser.mixin import _FeedParserMixin

from bot.feeds.charset import narrowed
from bot.feeds.entries import plain
from bot.feeds.errors import FeedError
from bot.feeds.jsonfeed import is_json, read_json_feed
from bot.feeds.known import unpacked
from bot.feeds.pipe import serve
from bot.feeds.slices import DIGEST_BYTES, slice_items

ENTRIES_MAX: Final = 2_000

Fields = dict[str, str | None]  # of an Entry, as JSON can carry them


def answer(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """The feed in a body, without the entries of items that are `known`; an error if there is no feed."""
    try:
        body, content_type = narrowed(body, question["content_type"])
        if is_json(body):
            return _of_json(body)
        return _of_xml(body, content_type, unpacked(bytes.fromhex(question["known"])))
    except FeedError as error:
        return {"error": str(error)}


def _of_json(body: bytes) -> dict[str, Any]:
    feed = read_json_feed(body)
    entries: list[Fields] = [
        {
            "guid": entry.guid,
            "link": entry.link,
            "title": entry.title,
            "html": entry.html,
            "published": entry.published.isoformat() if entry.published else None,
        }
        for entry in feed.entries
    ]
    return _reply(feed.title, "", entries, b"")


def _of_xml(body: bytes, content_type: str, known: frozenset[bytes]) -> dict[str, Any]:
    """From the new items alone where that is certain to come to the same, else from the whole body."""
    slices = slice_items(body, content_type)
    if slices is not None:
        parsed = _parsed(slices.without(known), content_type)
        if len(parsed.entries) == slices.unknown(known):
            return _xml_reply(parsed, b"".join(slices.digests))
    parsed = _parsed(body, content_type)
    if not parsed.entries and (not parsed.get("version") or (parsed.bozo and not _title(parsed))):
        raise FeedError(f"this is not a feed{_complaint(parsed)}")
    return _xml_reply(parsed, b"")


def _parsed(body: bytes, content_type: str) -> Any:
    # Without the feed's address, or feedparser would join it with links and even with guids.
    headers = {"content-type": content_type} if content_type else {}
    # A stream, because feedparser takes a bare string or bytes for an address or a file name first.
    return feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _complaint(parsed: Any) -> str:
    """What the XML parser said; that a content type is missing or odd is no reason, so it is not given."""
    error = parsed.get("bozo_exception")
    return f" ({error})" if isinstance(error, SAXException) else ""


def _xml_reply(parsed: Any, items: bytes) -> dict[str, Any]:
    entries = [_entry(entry) for entry in parsed.entries]
    return _reply(_title(parsed), str(parsed.feed.get("ttl", "")), entries, items)


def _title(parsed: Any) -> str:
    return plain(str(parsed.feed.get("title", ""))).strip()


def _entry(entry: Any) -> Fields:
    texts = [str(content.get("value", "")) for content in entry.get("content", [])]
    texts.append(str(entry.get("summary", "")))
    return {
        "guid": str(entry.get("id", "")),
        "link": str(entry.get("feedburner_origlink") or entry.get("link", "")),
        "title": str(entry.get("title", "")),
        "html": max(texts, key=len),  # the whole story where the feed has it, else the teaser
        "published": _iso(entry.get("published_parsed") or dict.get(entry, "updated_parsed")),
    }


def _iso(moment: struct_time | None) -> str | None:
    """Dates come as UTC; some that feedparser lets through (year 0, year 99999) are none."""
    try:
        return datetime.fromtimestamp(timegm(moment), UTC).isoformat() if moment else None
    except (ValueError, OverflowError, OSError):
        return None


def _reply(title: str, ttl: str, entries: list[Fields], items: bytes) -> dict[str, Any]:
    """Where entries are left out, no items are named: one that moves up later must not count as known."""
    kept = list(map(_plain, _newest(entries)))
    is_all = len(kept) == len(entries)
    return {
        "title": " ".join(plain(title).split()),
        "ttl": ttl,
        "entries": kept,
        "note": "" if is_all else f"only the newest {len(kept)} of {len(entries)} entries were read",
        "items": items.hex() if is_all and len(items) <= ENTRIES_MAX * DIGEST_BYTES else "",
    }


def _newest(entries: list[Fields]) -> list[Fields]:
    """At most ENTRIES_MAX, in the feed's order; an entry without a date counts as new."""
    if len(entries) <= ENTRIES_MAX:
        return entries
    by_age = sorted(range(len(entries)), key=lambda i: entries[i]["published"] or "9999", reverse=True)
    return [entries[i] for i in sorted(by_age[:ENTRIES_MAX])]


def _plain(entry: Fields) -> Fields:
    """Done here once and for all: what takes minutes meets the deadline, and `to_report` finds nothing left to do."""
    return entry | {"title": plain(entry["title"] or ""), "html": plain(entry["html"] or "")}


def _ignore_authors() -> None:
    """Their pattern is quadratic (64 KB take 15 s), and nobody asks for them."""
    _FeedParserMixin._sync_author_detail = lambda *_: None  # noqa: SLF001  there is no public way to turn it off


if __name__ == "__main__":
    _ignore_authors()
    serve(answer, float(sys.argv[1]))
