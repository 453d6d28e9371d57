"""How rarely a feed wants to be asked, from the headers of an answer and from what stands in the feed itself; pure.

A newcomer's mistake is to parse for it: the wishes stand before the first item, and are found there without a parser
that hostile feeds could keep busy.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bot.core.model import HOURS_OF_DAY, Wishes

_HEAD_BYTES: Final = 20_000
_FIRST_ITEM: Final = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_TTL: Final = re.compile(rb"<ttl>\s*([0-9]{1,6})\s*</ttl>")
_PERIOD: Final = re.compile(rb"<(?:sy|syn):updatePeriod>\s*(\w+)\s*</")
_FREQUENCY: Final = re.compile(rb"<(?:sy|syn):updateFrequency>\s*([0-9]{1,6})\s*</")
_HOUR: Final = re.compile(rb"<hour>\s*([0-9]{1,2})\s*</hour>")
_DAY: Final = re.compile(rb"<day>\s*(\w+)\s*</day>")
_MAX_AGE: Final = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_UNUSED: Final = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.IGNORECASE)
_DAYS: Final = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_PERIOD_SECONDS: Final = {
    b"hourly": 3_600.0,
    b"daily": 86_400.0,
    b"weekly": 604_800.0,
    b"monthly": 2_592_000.0,
    b"yearly": 31_536_000.0,
}


def fresh_seconds(headers: Mapping[str, str]) -> float:
    """For how long the answer is fresh (RFC 9111, 4.2.1): max-age less Age, else Expires less Date; 0 if not said."""
    control = headers.get("Cache-Control", "")
    if _UNUSED.search(control):
        return 0.0
    if found := _MAX_AGE.search(control):
        age = headers.get("Age", "").strip()
        return max(float(found[1]) - (float(age) if age.isdecimal() else 0.0), 0.0)
    expires, sent = http_date(headers.get("Expires", "")), http_date(headers.get("Date", ""))
    return max((expires - sent).total_seconds(), 0.0) if expires and sent else 0.0


def http_date(value: str) -> datetime | None:
    """A date of a header; None where there is none, or one that nobody can read ("0", "-1")."""
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def wishes_of(body: bytes, before: Wishes) -> Wishes:
    """What the feed itself says, beside what its headers said."""
    head = body[:_HEAD_BYTES]
    first = _FIRST_ITEM.search(head)
    head = head[: first.start()] if first else head
    return replace(
        before,
        every_seconds=max(_ttl_seconds(head), _period_seconds(head)),
        skipped_hours=_bits(int(hour) % HOURS_OF_DAY for hour in _HOUR.findall(_inside(b"skipHours", head))),
        skipped_days=_bits(
            _DAYS.index(day.lower()) for day in _DAY.findall(_inside(b"skipDays", head)) if day.lower() in _DAYS
        ),
    )


def _ttl_seconds(head: bytes) -> float:
    found = _TTL.search(head)
    return int(found[1]) * 60.0 if found else 0.0


def _period_seconds(head: bytes) -> float:
    """RSS 1.0's Syndication module: so many times in the period; a frequency alone is of a day."""
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    if not (period or frequency):
        return 0.0
    seconds = _PERIOD_SECONDS.get(period[1].lower(), 0.0) if period else _PERIOD_SECONDS[b"daily"]
    return seconds / max(int(frequency[1]) if frequency else 1, 1)


def _inside(element: bytes, head: bytes) -> bytes:
    """By hand: a pattern would look for the end anew from each of a thousand beginnings."""
    return head.partition(b"<%b>" % element)[2].partition(b"</%b>" % element)[0]


def _bits(numbers: Iterable[int]) -> int:
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits
