"""Reports that were one condition short of an alert, grouped by what they lacked: where rules may be too narrow.

A newcomer's mistake is to list every report that lacks one condition: those of another place lack only the place, and
there are as many of them as there is news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bot.core.explaining import explain
from bot.core.markup import inert
from bot.core.messages import clean
from bot.core.model import Notice, Reading, Rendered, Rule
from bot.core.tongue import ENGLISH

TOPIC = "near-misses"
MOST_GROUPS = 8  # in one message; with the lengths below, far from Telegram's 4,096 characters
LONGEST_CAUSE = 120
LONGEST_TITLE = 60
LONGEST_EXAMPLE = 100


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule, the one condition that a report lacked, and the line of YAML that would have made it hold."""

    rule_id: str
    lacked: str
    edit: str
    quote: str


@dataclass(frozen=True, slots=True)
class Missed:
    """How many reports lacked the same, with what the first of them said."""

    rule_id: str
    lacked: str
    edit: str
    count: int
    quote: str


def near_misses(reading: Reading, rules: Iterable[Rule]) -> Iterator[NearMiss]:
    """The live rules that a report is one condition short of. Reports without current events are short of none."""
    if not any(event.current for event in reading.events):
        return
    for one in explain(reading, (rule for rule in rules if rule.live and rule.silence is None)):
        missing = [condition for condition in one.missing if not condition.alone]
        if len(missing) == 1 and one.event is not None and not missing[0].elsewhere:
            (lacked,) = missing
            yield NearMiss(one.rule.id, lacked.line, lacked.edit, one.event.quote)


def grouped(misses: Iterable[NearMiss]) -> list[Missed]:
    """By rule and by what was lacking, the most frequent first."""
    groups: dict[tuple[str, str], list[NearMiss]] = {}
    for miss in misses:
        groups.setdefault((miss.rule_id, miss.lacked), []).append(miss)
    missed = [Missed(rule_id, lacked, of[0].edit, len(of), of[0].quote) for (rule_id, lacked), of in groups.items()]
    return sorted(missed, key=lambda group: (-group.count, group.rule_id, group.lacked))


# ---------------------------------------------------------------- what administrators read
def weekly_notice(missed: Sequence[Missed], reports: int, week: str, titles: Mapping[str, str]) -> Notice:
    """The near misses of a week, the most frequent first; `week` as ISO 8601 has it, such as 2025-W09. `titles` are
    those of the rules, by id, as whoever reads it knows them.
    """
    title = f"Near misses of the week {week}: one condition short of an alert, of {reports:,} reports"
    lines = [line for group in missed[:MOST_GROUPS] for line in _lines(group, titles)]
    left = len(missed) - MOST_GROUPS
    more = [f"… and {left:,} more causes: tocsin explain shows each report's"] if left > 0 else []
    html = "\n".join([f"<b>{escape(title)}</b>", *map(escape, [*lines, *more])])
    return Notice(TOPIC, week, Rendered(html, "\n".join([title, *lines, *more])))


def _lines(group: Missed, titles: Mapping[str, str]) -> Iterator[str]:
    title = ENGLISH.isolated(inert(clean(titles.get(group.rule_id, ""), LONGEST_TITLE)))
    rule = f"{title} ({group.rule_id})" if title else group.rule_id
    edit = f"; would hold with {clean(group.edit, LONGEST_CAUSE)}" if group.edit else ""
    yield f"{group.count:,} × {rule}: {inert(clean(group.lacked, LONGEST_CAUSE))}{edit}"
    yield f"   “{inert(clean(group.quote, LONGEST_EXAMPLE))}”"
