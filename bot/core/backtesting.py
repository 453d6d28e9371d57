"""What other rules would have changed: the alerts of two sets of rules on the same reports, compared.

A newcomer's mistake is to compare incidents: their ids come from the first report that matched, which for another set
of rules may be another report. Alerts meet by rule, report and event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.core.copies import told_of
from bot.core.model import Alert, Count, Examined, Place, Policy, Reason, Report, Rule, Severity
from bot.core.past import Past
from bot.core.pipeline import read_for, rematched
from bot.core.reading import Knowledge
from bot.core.ruleindex import RuleIndex

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert as far as it is compared and shown: small, so that those of months fit into memory.

    `spot` is the id of the place of its event, and `start`, `end` are the offsets of its `quote`, into `field`.
    """

    rule_id: str
    report_id: str
    published: datetime
    title: str
    source: str
    url: str
    field: str
    start: int
    end: int
    quote: str
    spot: str | None
    reason: Reason
    severity: Severity
    loud: bool
    place: Place | None
    killed: Count | None
    injured: Count | None
    casualties: Count | None


def fired(alert: Alert) -> Fired:
    """What is kept of an alert."""
    report, event, incident = alert.report, alert.event, alert.incident
    return Fired(
        rule_id=alert.rule.id,
        report_id=report.id,
        published=report.published,
        title=report.title,
        source=report.source,
        url=report.url,
        field=event.field,
        start=event.start,
        end=event.end,
        quote=event.quote,
        spot=event.place.id if event.place else None,
        reason=alert.reason,
        severity=alert.severity,
        loud=alert.loud,
        place=incident.place,
        killed=incident.killed,
        injured=incident.injured,
        casualties=incident.casualties,
    )


# ---------------------------------------------------------------- judging
class Judge:
    """One set of rules, with the past that it made."""

    def __init__(self, rules: Iterable[Rule], policy: Policy) -> None:
        self.rules = RuleIndex(rules)
        self._past = Past(policy)

    def alerts(self, examined: Examined) -> tuple[Fired, ...]:
        """What these rules say to the next report, which was read for them among others."""
        return tuple(fired(alert) for alert in self._past.decide(rematched(examined, self.rules)).alerts)


@dataclass(frozen=True, slots=True)
class Readers:
    """Judges whose events and places are the same, so that a report is read once for all of them."""

    knowledge: Knowledge
    judges: tuple[Judge, ...]


def judge(report: Report, bench: Iterable[Readers]) -> list[tuple[Fired, ...]]:
    """What each judge says to the next report. Reports must not go back in time, see `past.clocked`."""
    found = []
    for readers in bench:
        reading = read_for((judge.rules for judge in readers.judges), report, readers.knowledge)
        examined = Examined(reading, told_of(reading))
        found += [judge.alerts(examined) for judge in readers.judges]
    return found


# ---------------------------------------------------------------- comparing
@dataclass(frozen=True, slots=True)
class Changed:
    """One event of one report, on which one rule alerts in either set, but not alike."""

    before: Fired
    after: Fired


@dataclass(frozen=True, slots=True)
class Difference:
    """All alerts of two sets of rules, each in one of the four parts."""

    added: tuple[Fired, ...] = ()
    removed: tuple[Fired, ...] = ()
    changed: tuple[Changed, ...] = ()
    same: tuple[Fired, ...] = ()

    @property
    def before(self) -> tuple[Fired, ...]:
        return (*self.removed, *(pair.before for pair in self.changed), *self.same)

    @property
    def after(self) -> tuple[Fired, ...]:
        return (*self.added, *(pair.after for pair in self.changed), *self.same)


def difference(before: Iterable[Fired], after: Iterable[Fired]) -> Difference:
    """Which alerts only one of two sets has, and which both have but not alike. Linear in the number of alerts."""
    earlier, later = _by_report(before), _by_report(after)
    keys = dict.fromkeys([*earlier, *later])
    pairs = [pair for key in keys for pair in _paired(earlier.get(key, []), later.get(key, []))]
    both = [Changed(one, other) for one, other in pairs if one and other]
    return Difference(
        added=tuple(other for one, other in pairs if other and not one),
        removed=tuple(one for one, other in pairs if one and not other),
        changed=tuple(pair for pair in both if differing(pair.before, pair.after)),
        same=tuple(pair.after for pair in both if not differing(pair.before, pair.after)),
    )


def differing(before: Fired, after: Fired) -> tuple[str, ...]:
    """In what two alerts on one event differ: names of fields of `Fired`. Another quote is no difference."""
    one, other = _compared(before), _compared(after)
    return tuple(name for name in one if one[name] != other[name])


def _compared(alert: Fired) -> dict[str, object]:
    return {
        "severity": alert.severity,
        "loud": alert.loud,
        "reason": alert.reason,
        "place": alert.place.id if alert.place else None,
        "killed": alert.killed,
        "injured": alert.injured,
        "casualties": alert.casualties,
    }


def _by_report(alerts: Iterable[Fired]) -> dict[tuple[str, str], list[Fired]]:
    found: defaultdict[tuple[str, str], list[Fired]] = defaultdict(list)
    for alert in alerts:
        found[alert.report_id, alert.rule_id].append(alert)
    return found


def _paired(before: Sequence[Fired], after: Sequence[Fired]) -> Iterator[tuple[Fired | None, Fired | None]]:
    """The alerts of one rule on one report: those of one place together, then those of one sentence."""
    left, right = list(before), list(after)
    for is_twin in (_of_one_place, _of_one_sentence):
        for one in tuple(left):
            twin = next((other for other in right if is_twin(one, other)), None)
            if twin is not None:
                left.remove(one)
                right.remove(twin)
                yield one, twin
    yield from ((one, None) for one in left)
    yield from ((None, other) for other in right)


def _of_one_place(one: Fired, other: Fired) -> bool:
    return one.spot == other.spot


def _of_one_sentence(one: Fired, other: Fired) -> bool:
    """Where reading itself differs, a sentence may have got another place."""
    return one.field == other.field and one.start < other.end and other.start < one.end


# ---------------------------------------------------------------- counting
def split(whole: Difference, key: Callable[[Fired], str]) -> dict[str, Difference]:
    """A difference by the rules or the days of its alerts, in their order. Linear, but for sorting the keys."""
    added, removed, same = (_grouped(part, key) for part in (whole.added, whole.removed, whole.same))
    changed = _grouped(whole.changed, lambda pair: key(pair.after))
    return {
        each: Difference(tuple(added[each]), tuple(removed[each]), tuple(changed[each]), tuple(same[each]))
        for each in sorted({*added, *removed, *changed, *same})
    }


def _grouped(parts: Iterable[Part], key: Callable[[Part], str]) -> defaultdict[str, list[Part]]:
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        found[key(part)].append(part)
    return found
