"""Which alerts wait for more: for a second source of their incident, or for a number of reports in a time.

What waits is kept and joined as ever; only nobody is told yet. A newcomer's mistake is to count copies: neither a
source nor a report is a new one because its text came again.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model import Incident, Report, Rule, Sighting


def waits(rule: Rule, incident: Incident, report: Report, sightings: Iterable[Sighting]) -> bool:
    """Does a rule that has not told of an incident wait for more, after a report?"""
    if len({source.name or source.report_id for source in incident.sources}) < rule.min_sources:
        return True
    if rule.frequency is None:
        return False
    mine = [each for each in sightings if each.rule_id == rule.id]
    return reports_of(rule, report, mine) < rule.frequency.reports or _is_told(rule, report, mine)


def reports_of(rule: Rule, report: Report, sightings: Iterable[Sighting]) -> int:
    """How many reports a rule of `for` counts with this one; nought for other rules."""
    if rule.frequency is None:
        return 0
    since = report.published - rule.frequency.within
    earlier = {each.report_id for each in sightings if each.rule_id == rule.id and each.seen_at > since}
    return len(earlier | {report.id})


def _is_told(rule: Rule, report: Report, sightings: Iterable[Sighting]) -> bool:
    """Was it told within the same time? One spike is one alert, however long it grows."""
    return rule.frequency is not None and any(
        each.told and each.seen_at > report.published - rule.frequency.within for each in sightings
    )
