"""What a report says happened: events with their victims, counts and words, not yet with a place.

`find_events` is the door; behind it, lexicon (words), groups (who, how many), casualties (what befell them) and context
(is it news of a conflict). A newcomer's mistake is to look for English in the code: all words live in rules/events.
"""

from bot.core.events.finding import Found, find_events
from bot.core.events.lexicon import Vocabulary, vocabulary_of

__all__ = ["Found", "Vocabulary", "find_events", "vocabulary_of"]
