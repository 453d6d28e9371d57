"""Reports that were one condition short of an alert, grouped by what they lacked: where rules may be too narrow.

A newcomer's mistake is to list every report that lacks one condition: those of another place lack only the place, and
there are as many of them as there is news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.explaining import explain
from bot.core.model import Reading, Rule

MOST_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule, the one condition that a report lacked, and the line of YAML that would have made it hold."""

    rule_id: str
    lacked: str
    edit: str
    quote: str


@dataclass(frozen=True, slots=True)
class Missed:
    """How many reports lacked the same, with the first few of them."""

    rule_id: str
    lacked: str
    edit: str
    count: int
    quotes: tuple[str, ...]


def near_misses(reading: Reading, rules: Iterable[Rule]) -> Iterator[NearMiss]:
    """The live rules that a report is one condition short of. Reports without current events are short of none."""
    if not any(event.current for event in reading.events):
        return
    for one in explain(reading, (rule for rule in rules if rule.live and rule.silence is None)):
        if len(one.missing) == 1 and one.event is not None and not one.missing[0].elsewhere:
            (lacked,) = one.missing
            yield NearMiss(one.rule.id, f"{lacked.asks}: {lacked.found}", lacked.edit, one.event.quote)


def grouped(misses: Iterable[NearMiss]) -> list[Missed]:
    """By rule and by what was lacking, the most frequent first."""
    groups: dict[tuple[str, str], list[NearMiss]] = {}
    for miss in misses:
        groups.setdefault((miss.rule_id, miss.lacked), []).append(miss)
    missed = [
        Missed(rule_id, lacked, of[0].edit, len(of), tuple(dict.fromkeys(m.quote for m in of))[:MOST_EXAMPLES])
        for (rule_id, lacked), of in groups.items()
    ]
    return sorted(missed, key=lambda group: (-group.count, group.rule_id, group.lacked))
