"""Thousands of feeds as they are found and as they are broken, read whole and in slices.

The archives are other people's and stand outside this tree: TOCSIN_CORPORA names the folder of real-feeds.tar.gz and
broken-feeds.tar.gz, or of any other *-feeds.tar.gz.
"""

import os
import tarfile
import time
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from bot.core.model import Feed
from bot.feeds import worker
from bot.feeds.entries import to_report
from bot.feeds.errors import FeedError
from bot.feeds.parse import ParsedFeed, Parser
from bot.feeds.slices import slice_items
from tests.core.reports import NOON

FOLDER = os.environ.get("TOCSIN_CORPORA", "")
ARCHIVES = sorted(Path(FOLDER).glob("*-feeds.tar.gz")) if FOLDER else []
NOTHING_KNOWN = {"content_type": "", "known": ""}
SLOWEST_SECONDS = 1.5  # for one body; the deadline is 2 s, and this machine may be busy

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not FOLDER, reason="TOCSIN_CORPORA names no folder of archives of feeds"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # feedparser's own, about its dates
]


def bodies(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            file = opened.extractfile(member)
            if file is not None:
                yield member.name, file.read()


def test_there_are_archives():
    assert ARCHIVES


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
async def test_no_feed_crashes_or_hangs_and_none_loses_an_entry(archive: Path):
    parser, wrong, total, slowest = Parser(), [], 0, (0.0, "")
    for name, body in bodies(archive):
        plain = len(_plain_entries(body))
        started = time.monotonic()
        found = len(await _entries(parser, body))
        slowest = max(slowest, (time.monotonic() - started, name))
        total += found
        if found < min(plain, worker.ENTRIES_MAX):
            wrong.append(f"{name}: {found} of {plain} entries")
    await parser.close()
    print(f"\n{archive.name}: {total} entries, the slowest body {slowest[0]:.2f} s ({slowest[1]})")
    assert wrong == []
    assert slowest[0] < SLOWEST_SECONDS


async def _entries(parser: Parser, body: bytes) -> tuple[object, ...]:
    """The entries, each good for a report; none where the parser says that this is no feed."""
    try:
        feed: ParsedFeed = await parser.parse(body, "", "feed")
    except FeedError as error:
        assert "not a feed" in str(error)  # noqa: PT017  what else it says is no answer to a body
        return ()
    return tuple(to_report(entry, Feed("https://example.org/feed"), NOON) for entry in feed.entries)


def _plain_entries(body: bytes) -> list[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(feedparser.parse(BytesIO(body)).entries)


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name)
def test_slices_give_what_the_whole_gives(archive: Path):
    counted, sliced, wrong = 0, 0, []
    for name, body in bodies(archive):
        whole = worker._parsed(body, "")
        counted += bool(whole.entries)
        slices = slice_items(body, "")
        if slices is None or len(slices.digests) != len(whole.entries):
            assert "items" not in (answer := worker.answer(body, NOTHING_KNOWN)) or answer["items"] == ""
            continue
        sliced += 1
        entries = [worker._plain(worker._entry(entry)) for entry in whole.entries]
        for new in {0, len(entries) // 2, len(entries) - 1}:
            known = {digest for at, digest in enumerate(slices.digests) if at != new}
            expected = [entry for entry, digest in zip(entries, slices.digests, strict=True) if digest not in known]
            answer = worker.answer(body, {"content_type": "", "known": b"".join(known).hex()})
            if answer["entries"] != expected or answer["title"] != worker._of_xml(body, "", frozenset())["title"]:
                wrong.append(name)
    print(f"\n{archive.name}: {sliced} of {counted} feeds with entries are sliced")
    assert wrong == []
