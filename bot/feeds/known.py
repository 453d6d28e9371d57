"""What is remembered of feeds between two polls, in memory alone and within bounds.

A newcomer's mistake is to remember items when they are parsed: if the bot then fails to record them, they would never
be parsed again. So whoever has recorded them says so.
"""

from typing import Final

from bot.feeds.slices import DIGEST_BYTES

_MOST_BYTES: Final = 16_000_000  # 25 items each of 50,000 feeds


class KnownItems:
    """The digests of the items in each feed's last body; the feed that was not asked for longest is forgotten first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._packed: dict[str, bytes] = {}  # one string a feed: a set of them would take nine times as much

    def of(self, feed_url: str) -> bytes:
        """The digests, one after another; empty if none are known."""
        return self._packed.get(feed_url, b"")

    def keep(self, feed_url: str, packed: bytes) -> None:
        self._bytes -= len(self._packed.pop(feed_url, b""))
        if packed:
            self._packed[feed_url] = packed
            self._bytes += len(packed)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._packed.pop(next(iter(self._packed))))


def unpacked(packed: bytes) -> frozenset[bytes]:
    """The digests that `KnownItems` packs."""
    return frozenset(packed[at : at + DIGEST_BYTES] for at in range(0, len(packed), DIGEST_BYTES))
