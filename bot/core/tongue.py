"""A language that people read: what is said in it, with its plurals, its places and its direction.

A newcomer's mistake is to put names into a text first and translate the whole: the pattern is translated, then filled.
Texts that are said elsewhere than where they are written are marked with `mark` and `plural`, so that translators find
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol
from unicodedata import bidirectional

from bot.core.model import Doer, Place, Titles

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
RIGHT_MARK, LEFT_MARK = "\u200f", "\u200e"
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"  # what stands between them has a direction of its own
_ISOLATED = re.compile(f"{ISOLATE}[^{END_OF_ISOLATE}]*{END_OF_ISOLATE}")
# The blocks of scripts that run to the left; most texts have nothing of them and need no closer look.
_MAY_TURN = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
# A command begins with a slash, which would else stand behind it, and what is typed after it before it.
_COMMAND = re.compile(r"(?<!\S)/[a-z]+(?: (?:\{\w+\}|\w(?:[\w:/.+-]*\w)?))*", re.ASCII)
_DATE = re.compile(r"\d[- ]\d")  # after a letter that runs to the left, the parts of one stand in a row from the right
_LEFTWARD, _RIGHTWARD = frozenset({"R", "AL"}), frozenset({"L"})


def mark(pattern: str) -> str:
    """The pattern itself, known to translators from here on."""
    return pattern


def plural(one: str, many: str) -> tuple[str, str]:
    """The patterns for one and for many as `Tongue.count` takes them, known to translators from here on."""
    return one, many


SEPARATOR = mark(", ")


def english_day(moment: datetime) -> str:
    return moment.strftime("%-d %B %Y")


def untranslated(_: str) -> str:
    return ""


def unknown_actor(_: str) -> Doer:
    return Doer("")


def as_written(place: Place) -> Place:
    return place


class Titled(Protocol):
    """A rule, or what is kept of it."""

    @property
    def title(self) -> str: ...

    @property
    def titles(self) -> Titles: ...


def titles_of(rule: Titled) -> tuple[str, ...]:
    """The title of a rule in every language: people ask for it by any of them."""
    return (rule.title, *(title for _, title in rule.titles))


@dataclass(frozen=True, slots=True)
class Tongue:
    """`language` is an ISO 639-1 code; the first functions are gettext's own, by their names there.

    `day` writes the date of a time, `country` the name of a country by its ISO 3166 code and `language_name` that of a
    language by its ISO 639-1 code (both empty for an unknown one), `place` gives a place with its names as readers of
    the language know them, `actor` an armed actor by its id (without a name where none is known). `zone` is where the
    readers' clocks are.
    """

    language: str
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    day: Callable[[datetime], str] = english_day
    country: Callable[[str], str] = untranslated
    language_name: Callable[[str], str] = untranslated
    place: Callable[[Place], Place] = as_written
    actor: Callable[[str], Doer] = unknown_actor
    zone: tzinfo = UTC

    def clock(self, moment: datetime) -> str:
        """A time on the readers' clocks, the same in all languages: "2026-11-23 19:12 UTC+03"."""
        local = moment.astimezone(self.zone)
        name = local.tzname() or ""
        return f"{local:%Y-%m-%d %H:%M} {f'UTC{name}' if name.startswith(('+', '-')) else name}"

    def title(self, rule: Titled) -> str:
        """The title of a rule in this language; where its author gave none, the one that stands for all."""
        return dict(rule.titles).get(self.language, rule.title)

    def say(self, pattern: str, /, **names: object) -> str:
        """The pattern in this language, with the names put in, each so that it turns nothing round it."""
        said = self._with_commands_apart(self.gettext(pattern))
        return said.format(**self._apart(names)) if names else said

    def count(self, one: str, many: str, number: int, /, **names: object) -> str:
        """ "{number} source" or "{number} sources", by the rules of the language, of which Arabic has six."""
        said = self._with_commands_apart(self.ngettext(one, many, number))
        return said.format(number=number, **self._apart(names))

    def listed(self, items: Iterable[str]) -> str:
        """Items in a row, with the commas of the language; each is `isolated` already where it has to be."""
        return self.gettext(SEPARATOR).join(items)

    def line(self, text: str) -> str:
        """A line that runs in the direction of the language, whatever it begins with."""
        if self.right_to_left:
            return RIGHT_MARK + text
        return LEFT_MARK + text if _MAY_TURN.search(text) and _begins_leftward(text) else text

    def isolated(self, name: str) -> str:
        """A name of another direction so that it turns nothing round it; every other name as it is."""
        if not self.right_to_left and not _MAY_TURN.search(name):
            return name
        other = _RIGHTWARD if self.right_to_left else _LEFTWARD
        bare = _ISOLATED.sub("", name)
        turns = any(bidirectional(letter) in other for letter in bare) or (self.right_to_left and _DATE.search(bare))
        return f"{ISOLATE}{name}{END_OF_ISOLATE}" if turns else name

    def _with_commands_apart(self, said: str) -> str:
        return _COMMAND.sub(rf"{ISOLATE}\g<0>{END_OF_ISOLATE}", said) if self.right_to_left else said

    def _apart(self, names: dict[str, object]) -> dict[str, object]:
        return {key: self._told(name) for key, name in names.items()}

    def _told(self, name: object) -> object:
        """A value so that it turns nothing round it, and nothing turns it: a sign would stand behind its number."""
        if isinstance(name, int) and name < 0 and self.right_to_left:
            return f"{ISOLATE}{name}{END_OF_ISOLATE}"
        return self.isolated(name) if isinstance(name, str) else name

    @property
    def right_to_left(self) -> bool:
        return self.language in RIGHT_TO_LEFT


def _begins_leftward(text: str) -> bool:
    directions = (bidirectional(letter) for letter in _ISOLATED.sub("", text))
    return next((each in _LEFTWARD for each in directions if each in _LEFTWARD | _RIGHTWARD), False)


def _one_or_many(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


ENGLISH = Tongue("en", mark, _one_or_many)  # what the patterns are written in
