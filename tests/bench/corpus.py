"""When real feeds published, from the bodies in an archive outside this tree: TOCSIN_CORPORA names its folder."""

from __future__ import annotations

import os
import tarfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.feeds import worker

FOLDER = os.environ.get("TOCSIN_CORPORA", "")
ARCHIVE = Path(FOLDER, "real-feeds.tar.gz")
DAY = timedelta(days=1)
ENOUGH = 10  # items with a time of day

needs_corpora = pytest.mark.skipif(not FOLDER, reason="TOCSIN_CORPORA names no folder of archives of feeds")


def real_streams(end: datetime) -> list[list[datetime]]:
    """The times of each feed's items, all moved by the same whole days, so that the newest of all is of the last day.

    A body shows only the newest items of its feed: nothing is known of the time before the oldest of them.
    """
    found = [sorted(times) for times in _published() if len(times) >= ENOUGH]
    assert found, f"{ARCHIVE} holds no feed with times"
    shift = (end - max(times[-1] for times in found)) // DAY * DAY
    return [[at + shift for at in times] for times in found]


def _published() -> Iterator[set[datetime]]:
    with warnings.catch_warnings(), tarfile.open(ARCHIVE) as archive:
        warnings.simplefilter("ignore")  # feedparser's own, about its dates
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.startswith("feeds/"):
                entries = worker.answer(file.read(), {"content_type": "", "known": ""}).get("entries", [])
                yield {at for entry in entries if entry["published"] and _has_time(at := _time(entry["published"]))}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _has_time(at: datetime) -> bool:
    """Midnight sharp is a day alone."""
    return (at.hour, at.minute, at.second) != (0, 0, 0)
