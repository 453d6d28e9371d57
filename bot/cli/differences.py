"""What a backtest found, in lines for people and as one JSON object.

A newcomer's mistake is to change a key here: the JSON form is an interface that others read; README.md describes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.machine import count_of
from bot.core.backtesting import Difference, Fired, differing, split
from bot.core.messages import clean, where
from bot.core.pipeline import Rulebook
from bot.core.tollwords import counted

LONGEST_QUOTE = 300  # characters in one line
LONGEST_NAME = 80
SIGNS = {"added": "+", "removed": "-", "changed": "~"}
STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


@dataclass(frozen=True, slots=True)
class Side:
    """A set of rules that judged, and its folder."""

    folder: Path
    rulebook: Rulebook


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of it. `before` is None where one set of rules stood alone, `unread` what could not be judged."""

    before: Side | None
    after: Side
    reports: int
    unread: int
    first: datetime | None
    last: datetime | None
    difference: Difference


@dataclass(frozen=True, slots=True)
class Row:
    """An alert that is not the same in both sets, as it is before, after, or in both."""

    change: str
    before: Fired | None
    after: Fired | None

    @property
    def alert(self) -> Fired:
        """The one that is there; the later of two."""
        found = self.after or self.before
        assert found is not None
        return found


def rows_of(found: Difference) -> list[Row]:
    """What was added, removed and changed: by rule, then in the order of publication."""
    rows = [
        *(Row("removed", alert, None) for alert in found.removed),
        *(Row("added", None, alert) for alert in found.added),
        *(Row("changed", pair.before, pair.after) for pair in found.changed),
    ]
    return sorted(rows, key=lambda row: (row.alert.rule_id, row.alert.published))


def tally(found: Difference) -> dict[str, int]:
    """How many alerts there are before and after, how many of them make a sound, and how many are not the same."""
    return {
        "before": len(found.before),
        "after": len(found.after),
        "before_loud": sum(alert.loud for alert in found.before),
        "after_loud": sum(alert.loud for alert in found.after),
        "added": len(found.added),
        "removed": len(found.removed),
        "changed": len(found.changed),
        "same": len(found.same),
    }


def by_rule(found: Backtest) -> dict[str, Difference]:
    """The difference for each rule that alerts in either set, or stands in one of two alone."""
    alone = _ids(found.before) ^ _ids(found.after) if found.before else frozenset()
    return dict(sorted((dict.fromkeys(alone, Difference()) | split(found.difference, lambda a: a.rule_id)).items()))


def by_day(found: Difference) -> dict[str, Difference]:
    """The difference for each day, in UTC, on which a report made an alert."""
    return split(found, _day)


def _day(alert: Fired) -> str:
    return str(alert.published.date())


def _ids(side: Side | None) -> frozenset[str]:
    return frozenset(rule.id for rule in side.rulebook.rules) if side else frozenset()


# ---------------------------------------------------------------- for programs
def print_json(found: Backtest) -> None:
    """One object on standard output."""
    print(json.dumps(_object(found), ensure_ascii=False, indent=2))


def _object(found: Backtest) -> dict[str, Any]:
    return {
        "reports": {
            "judged": found.reports,
            "unread": found.unread,
            "first": found.first.isoformat() if found.first else None,
            "last": found.last.isoformat() if found.last else None,
        },
        "before": _side(found.before) if found.before else None,
        "after": _side(found.after),
        "total": tally(found.difference),
        "rules": [
            {"rule": rule_id, "in": _place_of(rule_id, found)} | tally(own) for rule_id, own in by_rule(found).items()
        ],
        "days": [{"day": day} | tally(own) for day, own in by_day(found.difference).items()],
        "alerts": [_row(row) for row in rows_of(found.difference)],
    }


def _side(side: Side) -> dict[str, Any]:
    rules = side.rulebook.rules
    return {"folder": str(side.folder), "rules": len(rules), "drafts": sum(not rule.live for rule in rules)}


def _place_of(rule_id: str, found: Backtest) -> str:
    if rule_id not in _ids(found.after):
        return "before"
    return "both" if rule_id in _ids(found.before) else "after"


def _row(row: Row) -> dict[str, Any]:
    alert = row.alert
    return {
        "change": row.change,
        "rule": alert.rule_id,
        "day": _day(alert),
        "report": {
            "id": alert.report_id,
            "published": alert.published.isoformat(),
            "source": alert.source,
            "title": alert.title,
            "url": alert.url,
        },
        "differs": list(differing(row.before, row.after)) if row.before and row.after else [],
        "before": _alert(row.before) if row.before else None,
        "after": _alert(row.after) if row.after else None,
    }


def _alert(alert: Fired) -> dict[str, Any]:
    return {
        "reason": alert.reason,
        "severity": alert.severity,
        "loud": alert.loud,
        "place": alert.place.id if alert.place else None,
        "where": where(alert.place),
        "killed": count_of(alert.killed),
        "injured": count_of(alert.injured),
        "casualties": count_of(alert.casualties),
        "quote": alert.quote,
    }


# ---------------------------------------------------------------- for people
def print_lines(found: Backtest) -> None:
    """The alerts that differ by rule and day, then the sums; in colours on a terminal."""
    console = Console(highlight=False)
    for line in (*_head(found), *_alerts(found), *_sums(found)):
        console.print(line, soft_wrap=True)


def _head(found: Backtest) -> Iterator[Text]:
    sides = [("Before", found.before), ("After", found.after)] if found.before else [("Rules", found.after)]
    for name, side in sides:
        if side is not None:
            yield Text(f"{name}: {side.folder}, {_number(len(side.rulebook.rules), 'rule')}")
    drafts = sum(not rule.live for rule in found.after.rulebook.rules)
    if drafts:
        yield Text(f"{_number(drafts, 'draft')} alerted nobody; --drafts judges as if they were live")
    span = f", {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d}" if found.first and found.last else ""
    unread = f"; {found.unread:,} could not be judged" if found.unread else ""
    yield Text(f"{_number(found.reports, 'report')}{span}{unread}")


def _alerts(found: Backtest) -> Iterator[Text]:
    told: tuple[str, str] | None = None
    for row in rows_of(found.difference):
        rule_id, day = row.alert.rule_id, _day(row.alert)
        if told is None or told[0] != rule_id:
            yield Text(f"\n{rule_id}", style="bold")
        if told != (rule_id, day):
            yield Text(f"  {day}")
        told = rule_id, day
        yield from _shown(row) if found.before else _shown_alone(row.alert)


def _shown(row: Row) -> Iterator[Text]:
    said = _changes(row.before, row.after) if row.before and row.after else _said(row.alert)
    yield Text(f"    {SIGNS[row.change]} {said}", style=STYLES[row.change])
    yield from _evidence(row.alert)


def _shown_alone(alert: Fired) -> Iterator[Text]:
    yield Text(f"    {_said(alert)}")
    yield from _evidence(alert)


def _said(alert: Fired) -> str:
    parts = (where(alert.place), _toll(alert), alert.severity, alert.reason, _loudness(alert))
    return ", ".join(part for part in parts if part)


def _changes(before: Fired, after: Fired) -> str:
    """ "Sarmin (Idlib, Syria), 15 killed: severity high -> critical, quiet -> aloud"."""
    names = differing(before, after)
    told = {
        "severity": f"severity {before.severity} -> {after.severity}",
        "loud": f"{_loudness(before)} -> {_loudness(after)}",
        "reason": f"{before.reason} -> {after.reason}",
        "place": f"place {where(before.place)} -> {where(after.place)}",
    }
    toll = f"toll {_toll(before) or 'none'} -> {_toll(after) or 'none'}"
    changes = [told[name] for name in names if name in told]
    changes += [toll] if {"killed", "injured", "casualties"}.intersection(names) else []
    return f"{', '.join(filter(None, (where(after.place), _toll(after))))}: {', '.join(changes)}"


def _evidence(alert: Fired) -> Iterator[Text]:
    yield Text(f"        “{clean(alert.quote, LONGEST_QUOTE)}”", style="dim")
    source = "  ".join(filter(None, (clean(alert.source, LONGEST_NAME), alert.url))) or f"report {alert.report_id}"
    yield Text(f"        {alert.published:%H:%M} UTC  {source}", style="dim")


def _toll(alert: Fired) -> str:
    told = ((alert.killed, "killed"), (alert.injured, "injured"), (alert.casualties, "killed and injured"))
    return ", ".join(counted(count, what) for count, what in told if count)


def _loudness(alert: Fired) -> str:
    return "aloud" if alert.loud else "quiet"


# ---------------------------------------------------------------- sums
def _sums(found: Backtest) -> Iterator[Text]:
    summed = _compared if found.before else _alone
    if rules := by_rule(found):
        yield Text("\nBy rule", style="bold")
    for rule_id, own in rules.items():
        side = _place_of(rule_id, found) if found.before else "both"
        yield Text(f"  {rule_id}: {summed(own)}{ONLY_IN[side]}")
    if days := by_day(found.difference):
        yield Text("\nBy day", style="bold")
    for day, own in days.items():
        yield Text(f"  {day}: {summed(own)}")
    yield Text(f"\nAll: {summed(found.difference)}", style="bold")


ONLY_IN = {"both": "", "before": " (the rule is gone)", "after": " (the rule is new)"}


def _alone(found: Difference) -> str:
    counts = tally(found)
    return f"{_number(counts['after'], 'alert')}, {counts['after_loud']:,} aloud"


def _compared(found: Difference) -> str:
    counts = tally(found)
    alerts = (
        f"{_step(counts['before'], counts['after'])} alert{'' if counts['before'] == counts['after'] == 1 else 's'}"
    )
    aloud = f"{_step(counts['before_loud'], counts['after_loud'])} aloud"
    changes = [f"{counts[name]:,} {name}" for name in SIGNS if counts[name]]
    return f"{alerts} ({aloud}), {', '.join(changes) or 'no difference'}"


def _step(before: int, after: int) -> str:
    return f"{before:,} -> {after:,}" if before != after else f"{after:,}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
