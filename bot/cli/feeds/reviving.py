"""`tocsin feeds revive`: has a feed asked again that is left alone, because it answered 410 or killed the parser.

A newcomer's mistake is to open the store straight away: that makes one where there is none, perhaps in a wrong folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.cli.feeds.tables import moment, shown
from bot.cli.lines import speak_utf8
from bot.config import ConfigError
from bot.config import load as load_config
from bot.core.messages import clean
from bot.store import Archive, FeedHealth, Store, StoreError

LONGEST_ERROR = 300
MOST_PROPOSED = 3
NEAR = 75  # of 100; addresses have much in common that says nothing
ALL = "tocsin feeds list shows all there are"


def revive(url: str, config: Path | None) -> int:
    """Bring one feed back. The exit status: 1 when it needs no bringing back, 2 when nothing could be done."""
    speak_utf8()
    try:
        settings = load_config(config, os.environ)
        feeds = _stored(settings.database)
        feed = _named(url, feeds)
        if feed is None:
            print(f"tocsin: {_unknown(url, feeds)}", file=sys.stderr)
            return 2
        return _revive(feed, settings.database)
    except (ConfigError, StoreError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2


def _stored(database: str) -> list[FeedHealth]:
    with closing(Archive.open(database)) as archive:
        return archive.feeds()


def _named(url: str, feeds: Sequence[FeedHealth]) -> FeedHealth | None:
    """The feed with this address, in the form that the list shows or with its name and password."""
    return next((feed for feed in feeds if url in {feed.url, shown(feed.url)}), None)


def _unknown(url: str, feeds: Sequence[FeedHealth]) -> str:
    urls = [shown(feed.url) for feed in feeds]
    near = process.extract(shown(url), urls, scorer=fuzz.ratio, limit=MOST_PROPOSED, score_cutoff=NEAR)
    meant = [f"did you mean {' or '.join(each for each, _, _ in near)}?"] if near else []
    return "; ".join([f"the bot knows no feed {clean(shown(url), LONGEST_ERROR)}", *meant, ALL])


def _revive(feed: FeedHealth, database: str) -> int:
    name = shown(feed.url)
    if feed.paused:
        print(
            f"tocsin: {name} is not in the config any more; put it back there, and it is asked again", file=sys.stderr
        )
        return 1
    with closing(Store.open(database)) as store:
        revived = store.revive_feed(feed.url, datetime.now(UTC))
    if not revived:
        print(f"tocsin: {name} needs no bringing back: {_standing(feed)}", file=sys.stderr)
        return 1
    why = clean(shown(feed.last_error), LONGEST_ERROR)
    print(f"{name} is asked again at once, or when the bot starts. The last time it said: {why}")
    return 0


def _standing(feed: FeedHealth) -> str:
    how = "it fails" if feed.failures else "it answers"
    return f"{how}, and is asked next at {moment(feed.next_due_at)} UTC"
