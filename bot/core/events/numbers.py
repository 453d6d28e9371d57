"""Counts as people write them: digits, words, "at least", "between nine and sixteen", "dozens".

A newcomer's mistake is to take every number for a count: dates, times, prices, ages and shares are none.
"""

from __future__ import annotations

from bot.core.events.tagged import Tagged
from bot.core.events.vocabulary import NOUN_PARTS, Role
from bot.core.model import Count, at_least, exactly, more_than, vaguely
from bot.core.text import Prose

FIRST_YEAR, LAST_YEAR = 1900, 2100


def read_count(text: Tagged, index: int) -> tuple[Count, int] | None:
    """A count with its modifiers ("at least 15", "between 9 and 16") starting at a word, and the word after it."""
    tag = text.at.get(index)
    if tag is not None and tag.role not in COUNTING:
        return None
    modifiers, index_ = _modifiers(text, index)
    found = _number(text, index_)
    if found is None:
        return None
    value, after = found
    high = _upper_end(text, after, index)
    if high is not None and is_from(text, index - 1):  # "rose from 15 to 20"
        return exactly(high[0]), high[1]
    if high is not None and high[0] > value.figure:
        return Count(value.low, high[0]), high[1]
    return _modified(value, modifiers, text.role(after)), after


def is_from(text: Tagged, index: int) -> bool:
    """ "From 15": Arabic has one word for "of" and "from"."""
    return text.role(index) is Role.FROM or (text.grammar.verb_first and text.role(index) is Role.OF)


_MODIFIERS = frozenset({Role.AT_LEAST, Role.MORE_THAN, Role.AT_MOST, Role.ABOUT, Role.FURTHER})


COUNTING = frozenset({*_MODIFIERS, Role.NUMBER, Role.MULTIPLIER, Role.VAGUE})


_NONE: frozenset[Role] = frozenset()


def _modifiers(text: Tagged, index: int) -> tuple[frozenset[Role], int]:
    if text.role(index) not in _MODIFIERS:
        return _NONE, index
    found = set()
    while (tag := text.at.get(index)) is not None and tag.role in _MODIFIERS and index < text.sentence.end:
        found.add(tag.role)
        index = tag.end
    return frozenset(found), index


def _modified(value: Count, modifiers: frozenset[Role], trailing: Role | None) -> Count:
    """The count as its modifiers have it; `trailing` is the role behind it: "15 at least", as Arabic says it."""
    n = value.low or 0
    if trailing is Role.AT_LEAST or Role.AT_LEAST in modifiers:
        return at_least(n)
    if not modifiers:
        return value
    if Role.MORE_THAN in modifiers:
        return more_than(n) if value.high is not None else value
    if Role.AT_MOST in modifiers and value.high is not None:
        return Count(None, n)
    if Role.ABOUT in modifiers and value.high is not None:
        return Count(n, n, approximate=True)
    return value


def _upper_end(text: Tagged, after: int, first: int) -> tuple[int, int] | None:
    """The second number of a range: 9-16, "9 to 16", "between 9 and 16"."""
    hyphen = after < text.sentence.end and text.prose.gaps[after - 1].strip() in {"-", "–"}
    joint = Role.AND if first and text.role(first - 1) is Role.BETWEEN else Role.RANGE
    if not hyphen and text.role(after) is not joint:
        return None
    if hyphen and text.prose.words[after - 1].isdecimal() != text.prose.words[after].isdecimal():
        return None  # "UPDATE 2-Thirteen dead"
    found = _number(text, after if hyphen else after + 1)
    return (found[0].high, found[1]) if found and found[0].high else None


def _number(text: Tagged, index: int) -> tuple[Count, int] | None:
    if index >= text.sentence.end:
        return None
    if text.prose.words[index].isdecimal():
        return _digits(text, index)
    tag = text.at.get(index)
    if tag is None:
        return None
    if tag.role is Role.VAGUE:
        return vaguely(tag.lexeme.value), tag.end
    return _number_words(text, index) if tag.role in (Role.NUMBER, Role.MULTIPLIER) else None


def _digits(text: Tagged, index: int) -> tuple[Count, int] | None:
    prose, after = text.prose, index + 1
    written = prose.words[index]
    while after < text.sentence.end and prose.gaps[after - 1] in _THOUSANDS and _three_digits(prose.words[after]):
        written += prose.words[after]
        after += 1
    if (
        written.startswith("0")
        or len(written) > LONGEST_COUNT
        or _spoiled(prose, index, after)
        or _is_date(text, index, after)
    ):
        return None
    value = int(written)
    if (multiplier := text.at.get(after)) is not None and multiplier.role is Role.MULTIPLIER:
        return exactly(value * multiplier.lexeme.value), multiplier.end
    if len(written) == len(prose.words[index]) == len("2020") and FIRST_YEAR <= value <= LAST_YEAR:
        return (exactly(value), after) if text.role(after) is Role.PERSON and text.joins(after - 1) else None
    return exactly(value), after


def _is_date(text: Tagged, first: int, after: int) -> bool:
    """ "March 5", "5 March"."""
    return text.role(after) is Role.MONTH or (first > text.sentence.first and text.role(first - 1) is Role.MONTH)


LONGEST_COUNT = 7  # digits; more is a telephone number
_THOUSANDS = frozenset({",", ".", "٬", "،", "\u00a0", "\u202f", "'"})
_SPOILING_BEFORE = ("$", "€", "£", "#", ":", "/", ".", "-")
_SPOILING_AFTER = (":", "/", "%", "٪", " %", "°", ".", "-year", "-month")


def _three_digits(word: str) -> bool:
    return len(word) == len("000") and word.isdecimal()


def _spoiled(prose: Prose, first: int, after: int) -> bool:
    """Part of a time, date, price, decimal or percentage."""
    before = prose.gaps[first - 1] if first else " "
    behind = prose.gaps[after - 1]
    next_is_digit = after < len(prose.words) and prose.words[after][:1].isdecimal()
    if behind.startswith(("%", "٪", " %")) or before.endswith(("$", "€", "£", "#", "%", "٪")):
        return True
    if before.endswith("(") and behind.startswith(")"):  # the age of somebody named
        return True
    if next_is_digit and behind in {":", "/", ".", ","}:
        return True
    return first > 0 and prose.words[first - 1][:1].isdecimal() and before in {":", "/", "."}


def _number_words(text: Tagged, index: int) -> tuple[Count, int]:
    """ "Twenty-five", "two hundred and fifty", "khamsa wa-ishrin": values add where they may, multipliers multiply."""
    total = current = 0
    after = index
    while (tag := text.at.get(after)) is not None and after < text.sentence.end:
        value = tag.lexeme.value
        if tag.role is Role.MULTIPLIER or (tag.role is Role.NUMBER and value in (100, 1000) and current):
            current = max(current, 1) * value
            total, current = (total + current, 0) if value >= 1000 else (total, current)
        elif tag.role is Role.NUMBER and _adds(current, value, joined=tag.joined):
            current += value
        elif not (tag.role is Role.AND and current >= 100 and text.role(tag.end) is Role.NUMBER):
            break
        after = tag.end
        if text.prose.pauses(after - 1):
            break
    return exactly(total + current), after


def _adds(current: int, value: int, *, joined: bool) -> bool:
    if current == 0:
        return True
    if joined:  # Arabic: units before tens, joined by "and"
        return current % 100 < 10 <= value or current % 100 == 0
    return (current % 100 == 0 and value < 100) or (current % 10 == 0 and current % 100 != 10 and value < 10)


# ---------------------------------------------------------------- ages
OLDEST = 105  # years
_OPENERS = frozenset(",،(")
_CLOSERS = frozenset(",،)")


def is_age(text: Tagged, first: int, after: int) -> bool:
    """ "15-year-old", "aged 15", "a girl of 15", "a nurse, 34, and her son (4)"."""
    if text.prose.gaps[after - 1].startswith("-") or text.role(after) is Role.AGE:
        return True
    if first == text.sentence.first:
        return False
    if text.role(first - 1) is Role.AGE or _is_set_apart(text, first, after):
        return True
    return text.role(first - 1) is Role.OF and _is_one_person(text, first - 2) and text.role(after) not in NOUN_PARTS


def _is_set_apart(text: Tagged, first: int, after: int) -> bool:
    """Digits alone between commas or in brackets, as after a name; "20 wounded, 15, among them ..." is a toll."""
    word = text.prose.words[first]
    if after != first + 1 or not word.isdecimal() or int(word) > OLDEST or text.role(after) is Role.INCLUDING:
        return False
    before, behind = text.prose.gaps[first - 1].strip(), text.prose.gaps[first].strip()
    return before[:1] in _OPENERS and (behind[:1] in _CLOSERS or after >= text.sentence.end)


def _is_one_person(text: Tagged, index: int) -> bool:
    return text.role(index) is Role.PERSON and text.at[index].lexeme.number == 1
