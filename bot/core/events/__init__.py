"""What a report says happened: events with their victims, counts and words, not yet with a place.

`find_events` is the door. Behind it: languages (which words), groups (who, how many), casualties (what befell them),
kinds (what else happened) and context (is it news of a conflict). A newcomer's mistake is to look for English in the
code: all words live in rules/events.
"""

from bot.core.events.finding import CASUALTIES, CASUALTY_TYPES, Found, find_events
from bot.core.events.languages import Language, Spoken, languages_of, spoken_among, spoken_in

__all__ = [
    "CASUALTIES",
    "CASUALTY_TYPES",
    "Found",
    "Language",
    "Spoken",
    "find_events",
    "languages_of",
    "spoken_among",
    "spoken_in",
]
