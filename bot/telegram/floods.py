"""How much one person, one chat and everybody together may ask of the bot.

A newcomer's mistake is to answer every refusal: then the flood goes out again. One notice is said, then nothing until
there is room again.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto

REMEMBERED = 10_000  # people and chats; those longest not heard of are forgotten first


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and the whole number again after so many seconds."""

    number: int
    seconds: float


PERSON = Allowance(20, 60)
GROUP = Allowance(12, 60)  # Telegram takes 20 messages a minute for a group, and its alerts need room
EVERYBODY = Allowance(20, 1)  # Telegram takes 30 messages a second, and alerts come first


class Verdict(Enum):
    ANSWER = auto()
    SAY_ENOUGH = auto()
    SILENCE = auto()


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float
    told: bool = False


class Floods:
    """Buckets that fill up by time and are emptied by commands and taps."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def verdict(self, chat_id: int, user_id: int) -> Verdict:
        """What to do with one more command or tap."""
        asked = [("person", user_id, PERSON), ("everybody", 0, EVERYBODY)]
        if chat_id < 0:
            asked.insert(1, ("chat", chat_id, GROUP))
        for kind, number, allowance in asked:
            bucket = self._filled((kind, number), allowance)
            if bucket.level >= 1:
                bucket.level -= 1
                continue
            if bucket.told or kind == "everybody":
                return Verdict.SILENCE
            bucket.told = True
            return Verdict.SAY_ENOUGH
        return Verdict.ANSWER

    def _filled(self, key: Hashable, allowance: Allowance) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(allowance.number, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        bucket.level = min(allowance.number, bucket.level + (now - bucket.at) * allowance.number / allowance.seconds)
        bucket.at = now
        if bucket.level >= allowance.number / 2:
            bucket.told = False  # half full again: the next flood is told anew
        return bucket
