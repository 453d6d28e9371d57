"""The conditions of `when`, `unless` and `deliver`, each from its place in the tree of a rule.

A newcomer's mistake is to trust a value after a problem: it stands for nothing then, and the rule is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from typing import get_args

import re2

from bot.core.model import Area, Coarse, Delivery, Frequency, Place, Unless, Victims
from bot.core.rules.names import Names, texts
from bot.core.text import fold
from bot.core.wording import ANY_ENDING, compiled
from bot.core.yamlfile import Mapping, Node, Reader, Scalar, duration_of, shown, unknown

NEAREST_KM, FARTHEST_KM = 1, 1000
LONGEST_PATTERN = 1000  # characters
FEWEST_REPORTS, MOST_REPORTS = 2, 1000
MOST_SOURCES = 20
SHORTEST_SILENCE, LONGEST_SPAN = timedelta(minutes=10), timedelta(days=30)
LONGEST_DELAY = timedelta(days=7)
HIDE, SHOW = "hide", "show"
UNLESS = ("event", "place", "words", "regex", "languages", "sources", "tags")
DELIVER = ("place", "delay", "names")


# ---------------------------------------------------------------- names of things
def read_events(reader: Reader, node: Node | None, names: Names) -> frozenset[str]:
    return _known(reader, node, names, "event", names.events)


def read_languages(reader: Reader, node: Node | None, names: Names) -> frozenset[str]:
    return _known(reader, node, names, "language", names.languages)


def read_victims(reader: Reader, node: Node | None, names: Names) -> frozenset[Victims]:
    found = _known(reader, node, names, "class of victims", tuple(Victims))
    return frozenset(victims for victims in Victims if victims in found)


def _known(reader: Reader, node: Node | None, names: Names, noun: str, known: Collection[str]) -> frozenset[str]:
    chosen = set()
    for name, item in texts(reader, node, names):
        if name not in known:
            reader.problem(item, unknown(noun, name, known))
        chosen.add(name)
    return frozenset(chosen)


def read_texts(reader: Reader, node: Node | None, names: Names) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text, _ in texts(reader, node, names)))


# ---------------------------------------------------------------- places
def read_areas(reader: Reader, node: Node | None, names: Names) -> tuple[Area, ...]:
    """A place, `{within_km: 30, of: PLACE}`, or a list of such."""
    areas: list[Area | None] = []
    for item in reader.each(node):
        if isinstance(item, Mapping):
            areas.append(_circle(reader, item, names))
        else:
            found = (_place(reader, name, blamed, names) for name, blamed in texts(reader, item, names))
            areas += [Area(place) for place in found if place]
    return tuple(dict.fromkeys(area for area in areas if area is not None))


def _place(reader: Reader, name: str, node: Node, names: Names) -> Place | None:
    try:
        place = names.find_place(name)
    except LookupError as error:
        reader.problem(node, str(error.args[0] if error.args else f"unknown place {shown(name)}"))
        return None
    for warning in names.warn_of_place(name):
        reader.warning(node, warning)
    return place


def _circle(reader: Reader, node: Node, names: Names) -> Area | None:
    fields = reader.fields(node, required=("within_km", "of"))
    radius = reader.number(fields.get("within_km"), low=NEAREST_KM, high=FARTHEST_KM)
    centre = fields.get("of")
    name = reader.string(centre)
    place = _place(reader, name, centre, names) if centre and name else None
    if place is None or centre is None:
        return None
    if place.lat is None:
        reader.problem(centre, f"nobody knows where {shown(place.name)} lies: name a place that has a position")
    return Area(place, radius)


# ---------------------------------------------------------------- words
def read_words(reader: Reader, node: Node | None, names: Names) -> tuple[str, ...]:
    """Words and phrases. One that stands in nearly every report, or in none, is a problem."""
    found = []
    for word, item in texts(reader, node, names):
        parts = fold(word).split()
        if not parts:
            reader.problem(item, f"{shown(word)} holds no word that can be looked for")
        elif ANY_ENDING in word[:-1]:
            reader.problem(item, f"in {shown(word)} the {ANY_ENDING} stands for nothing: it counts at the end alone")
        elif all(part in names.idle_words for part in parts):
            reader.problem(item, f"{shown(word)} stands in nearly every report: name a word that tells something")
        found.append(word)
    return tuple(dict.fromkeys(found))


def read_patterns(reader: Reader, node: Node | None, names: Names) -> tuple[str, ...]:
    """Regular expressions that match in linear time (RE2): a bad one costs seconds for a long report, never hours."""
    found = []
    for pattern, item in texts(reader, node, names):
        if len(pattern) > LONGEST_PATTERN:
            reader.problem(item, f"expected a pattern of {LONGEST_PATTERN} characters at most, found {len(pattern)}")
        elif (wrong := _wrong_pattern(pattern)) is not None:
            reader.problem(item, wrong)
        found.append(pattern)
    return tuple(dict.fromkeys(found))


_BACKWARDS = re.compile(r"\\[1-9]|\(\?P=")
_ASCII_ALONE = re.compile(r"\\[bBwW]")
_AROUND = re.compile(r"\(\?<?[=!]")


def _wrong_pattern(pattern: str) -> str | None:
    try:
        found = compiled(pattern)
    except re2.error as error:
        why = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        if _BACKWARDS.search(pattern):
            why = "back-references (\\1) cannot be matched in linear time: write the alternatives out"
        elif _AROUND.search(pattern):
            why = "looking ahead or behind cannot be matched in linear time: use words, all_words or unless instead"
        return f"no regular expression: {why}"
    if found.search(""):
        return "the pattern matches the empty text, so every report: make a part of it required"
    if not pattern.isascii() and _ASCII_ALONE.search(pattern):
        return "\\b, \\w and the like know Latin letters alone: write \\pL for a letter of any script"
    return None


# ---------------------------------------------------------------- how many, how long
_FREQUENCY = re.compile(r"([0-9]{1,4}) reports? in ([0-9]{1,6} ?[smhd])")


def read_frequency(reader: Reader, node: Node | None) -> Frequency | None:
    """`5 reports in 24h`."""
    if node is None:
        return None
    parts = _FREQUENCY.fullmatch(str(node.value).strip()) if isinstance(node, Scalar) else None
    within = duration_of(parts[2]) if parts else None
    if parts is None or within is None:
        return reader.expected("a frequency such as 5 reports in 24h", node, None)
    if not FEWEST_REPORTS <= int(parts[1]) <= MOST_REPORTS:
        reader.problem(node, f"expected from {FEWEST_REPORTS} to {MOST_REPORTS} reports")
    if within > LONGEST_SPAN:
        reader.problem(node, f"expected at most {LONGEST_SPAN.days}d: older reports are not looked at")
    return Frequency(int(parts[1]), within)


def read_silence(reader: Reader, node: Node | None) -> timedelta | None:
    """How long nothing has to be heard."""
    if node is None:
        return None
    silence = reader.duration(node, low=SHORTEST_SILENCE)
    if silence > LONGEST_SPAN:
        reader.problem(node, f"expected at most {LONGEST_SPAN.days}d: older reports are not looked at")
    return silence


# ---------------------------------------------------------------- unless, deliver
def read_unless(reader: Reader, node: Node | None, names: Names) -> Unless:
    fields = reader.fields(node, optional=UNLESS)
    if isinstance(node, Mapping) and not node.entries:
        reader.expected(f"at least one of {', '.join(UNLESS)}", node, None)
    return Unless(
        events=read_events(reader, fields.get("event"), names),
        areas=read_areas(reader, fields.get("place"), names),
        words=read_words(reader, fields.get("words"), names),
        patterns=read_patterns(reader, fields.get("regex"), names),
        languages=read_languages(reader, fields.get("languages"), names),
        sources=read_texts(reader, fields.get("sources"), names),
        tags=frozenset(read_texts(reader, fields.get("tags"), names)),
    )


def read_delivery(reader: Reader, node: Node | None) -> Delivery:
    fields = reader.fields(node, optional=DELIVER)
    delay = reader.duration(fields.get("delay"))
    if delay > LONGEST_DELAY:
        reader.problem(fields["delay"], f"expected at most {LONGEST_DELAY.days}d")
    coarse: tuple[Coarse, ...] = get_args(Coarse)
    return Delivery(
        place=reader.choice(fields["place"], "kind of place", coarse, "admin1") if "place" in fields else None,
        delay=delay,
        hide_names=reader.choice(fields.get("names"), "word", (HIDE, SHOW), SHOW) == HIDE,
    )
