"""Digests: when one is due, what is in it, how it is told, and what its picture shows.

A newcomer looks for a sum of the dead: tolls are told as ranges over separate incidents, and an incident that may be
another one counts at the lower end for nothing.
"""

from bot.core.digests.content import LATE, AreaTotal, Digest, Entry, Period, Reader, entries_of, remembered, totals
from bot.core.digests.picturing import bars_since, picture_of, with_towns
from bot.core.digests.times import Due, Listening, due, first_slots, last_slot
from bot.core.digests.wording import LONGEST_CAPTION, LONGEST_TEXT, render_digest, title_of

__all__ = [
    "LATE",
    "LONGEST_CAPTION",
    "LONGEST_TEXT",
    "AreaTotal",
    "Digest",
    "Due",
    "Entry",
    "Listening",
    "Period",
    "Reader",
    "bars_since",
    "due",
    "entries_of",
    "first_slots",
    "last_slot",
    "picture_of",
    "remembered",
    "render_digest",
    "title_of",
    "totals",
    "with_towns",
]
