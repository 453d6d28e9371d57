"""Which alerts wait for more: for a second source of their incident, or for a number of reports in a time.

What waits is kept and joined as ever; only nobody is told yet. A newcomer's mistake is to count copies, edits and
denials: neither a source nor a report is a new one because its text came again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from bot.core.model import Incident, Report, Rule, Sighting


def lacks_sources(rule: Rule, incident: Incident) -> bool:
    """Do too few independent sources tell of an incident? Who denies it does not tell it."""
    return len({each.name or each.report_id for each in incident.sources if not each.denies}) < rule.min_sources


def is_spike(rule: Rule, report: Report, sightings: Iterable[Sighting]) -> bool:
    """Are there as many reports within the time as a rule of `for` asks, and was that not told yet?"""
    if rule.frequency is None:
        return False
    mine = [each for each in sightings if each.rule_id == counted_as(rule)]
    told = any(each.told and abs(each.seen_at - report.published) < rule.frequency.within for each in mine)
    return not told and reports_of(rule, report, mine) >= rule.frequency.reports


def reports_of(rule: Rule, report: Report, sightings: Iterable[Sighting]) -> int:
    """The most reports that a rule of `for` counts in any time of its length with this one in it; nought otherwise."""
    if rule.frequency is None:
        return 0
    at = {each.report_id: each.seen_at for each in sightings if each.rule_id == counted_as(rule)}
    at[story_of(report)] = report.published
    begins = [time for time in at.values() if time <= report.published < time + rule.frequency.within]
    return max(sum(begin <= time < begin + rule.frequency.within for time in at.values()) for begin in begins)


def story_of(report: Report) -> str:
    """What a report is counted as: the same for all its edits."""
    return report.keys[0] if report.keys else report.id


def counted_as(rule: Rule) -> str:
    """The id of a rule with a digest of what it asks for: after an edit it counts anew, not what it once counted."""
    unless = replace(rule.unless, events=frozenset(), languages=frozenset(), tags=frozenset())
    asked = (
        *(sorted(each) for each in (rule.events, rule.all_events, rule.victims, rule.languages, rule.tags)),
        *(sorted(each) for each in (rule.unless.events, rule.unless.languages, rule.unless.tags)),
        *(rule.areas, rule.thresholds, rule.words, rule.all_words, rule.patterns, rule.near, rule.sources, unless),
    )
    return f"{rule.id}:{blake2b(repr(asked).encode('utf-8', 'replace'), digest_size=8).hexdigest()}"
