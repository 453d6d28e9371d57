"""The child process in which feedparser runs: bodies in, plain entries out, over two pipes.

A newcomer's mistake is to move this into a thread: feedparser and lexbor take minutes for hostile input of less than a
megabyte, and a thread can be neither stopped nor kept from holding the interpreter.

What travels is described in `parse`.
"""

import json
import math
import os
import resource
import signal
import sys
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any, BinaryIO, Final
from xml.sax import SAXException

import feedparser
from feedparser.mixin import _FeedParserMixin

from bot.feeds.entries import plain
from bot.feeds.parse import FRAME_LENGTH

ENTRIES_MAX: Final = 2_000
_MEMORY_BYTES: Final = 1 << 30  # an 8 MB feed of 200,000 entries took 212 MB
_ALARM_FACTOR: Final = 3  # the parent kills first; the alarm is for a child whose parent is gone


def main(deadline_seconds: float) -> None:
    questions, answers = sys.stdin.buffer, _private_stdout()
    _restrict()
    _write(answers, b"ready")
    while (question := _read(questions)) is not None:
        body = _read(questions) or b""
        signal.alarm(math.ceil(deadline_seconds * _ALARM_FACTOR))
        _write(answers, json.dumps(_answer(body, json.loads(question)["content_type"])).encode())
        signal.alarm(0)


def _private_stdout() -> BinaryIO:
    """The pipe to the parent, out of reach of any library that prints."""
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe


def _restrict() -> None:
    """Less memory, and no look at authors: their pattern is quadratic (64 KB take 15 s), and nobody asks for them."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    _FeedParserMixin._sync_author_detail = lambda *_: None  # noqa: SLF001  there is no public way to turn it off


def _answer(body: bytes, content_type: str) -> dict[str, Any]:
    try:
        return _parse(body, content_type)
    except Exception as error:  # noqa: BLE001  whatever this body did to the parser, the parent must hear of it
        return {"error": f"the parser failed on it ({type(error).__name__}: {error})"}


def _parse(body: bytes, content_type: str) -> dict[str, Any]:
    # Without the feed's address, or feedparser would join it with links and even with guids.
    headers = {"content-type": content_type} if content_type else {}
    # A stream, because feedparser takes a bare string or bytes for an address or a file name first.
    parsed = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    title = " ".join(plain(str(parsed.feed.get("title", ""))).split())
    if not parsed.entries and (not parsed.version or (parsed.bozo and not title)):
        return {"error": f"this is not a feed{_complaint(parsed)}"}
    entries = [_entry(entry) for entry in parsed.entries]
    kept = _newest(entries)
    _rehearse(kept)
    note = f"only the newest {len(kept)} of {len(entries)} entries were read" if len(kept) < len(entries) else ""
    return {"title": title, "ttl": str(parsed.feed.get("ttl", "")), "entries": kept, "note": note}


def _complaint(parsed: Any) -> str:
    """What the XML parser said; that a content type is missing or odd is no reason, so it is not given."""
    error = parsed.get("bozo_exception")
    return f" ({error})" if isinstance(error, SAXException) else ""


def _entry(entry: Any) -> dict[str, str | None]:
    texts = [str(content.get("value", "")) for content in entry.get("content", [])]
    texts.append(str(entry.get("summary", "")))
    return {
        "guid": str(entry.get("id", "")),
        "link": str(entry.get("feedburner_origlink") or entry.get("link", "")),
        "title": str(entry.get("title", "")),
        "html": max(texts, key=len),  # the whole story where the feed has it, else the teaser
        "published": _iso(entry.get("published_parsed") or entry.get("updated_parsed")),
    }


def _iso(moment: struct_time | None) -> str | None:
    """Dates come as UTC; some that feedparser lets through (year 0, year 99999) are none."""
    try:
        return datetime.fromtimestamp(timegm(moment), UTC).isoformat() if moment else None
    except (ValueError, OverflowError, OSError):
        return None


def _newest(entries: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    """At most ENTRIES_MAX, in the feed's order; an entry without a date counts as new."""
    if len(entries) <= ENTRIES_MAX:
        return entries
    by_age = sorted(range(len(entries)), key=lambda i: entries[i]["published"] or "9999", reverse=True)
    return [entries[i] for i in sorted(by_age[:ENTRIES_MAX])]


def _rehearse(entries: list[dict[str, str | None]]) -> None:
    """Do here what the parent will do with these texts, so that one that takes minutes meets the deadline here."""
    for entry in entries:
        plain(entry["title"] or "")
        plain(entry["html"] or "")


def _read(pipe: BinaryIO) -> bytes | None:
    """The next frame; None when the parent is gone or has closed its end."""
    head = pipe.read(FRAME_LENGTH.size)
    if len(head) < FRAME_LENGTH.size:
        return None
    return pipe.read(FRAME_LENGTH.unpack(head)[0])


def _write(pipe: BinaryIO, payload: bytes) -> None:
    pipe.write(FRAME_LENGTH.pack(len(payload)) + payload)
    pipe.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
