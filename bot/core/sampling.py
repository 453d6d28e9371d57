"""What an alert of a rule looks like, for those who have not subscribed yet.

A newcomer's mistake is to render what the store has: the incident comes as its rule may tell it, see `listing.told_to`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.caution import veiled
from bot.core.messages import render, render_example
from bot.core.model import Alert, Event, Incident, Reason, Rendered, Report, Rule
from bot.core.reading import Knowledge
from bot.core.tongue import ENGLISH, Tongue
from bot.core.trying import example


def sample_of(rule: Rule, incident: Incident | None, knowledge: Knowledge, tongue: Tongue = ENGLISH) -> Rendered | None:
    """The alert of an incident that the rule told, or of its first test that expects one; None if it has neither."""
    if incident is not None:
        return render(replace(incident, told=()), [_as_told(rule, incident)], tongue)
    alert = example(rule, knowledge)
    if alert is None:
        return None
    sources = tuple(replace(source, name="", url="") for source in alert.incident.sources)
    incident = veiled(replace(alert.incident, sources=sources), rule.delivery)
    return render_example(replace(alert, incident=incident), tongue)


def _as_told(rule: Rule, incident: Incident) -> Alert:
    """An alert as if the incident were told now, without the report that told it."""
    severity = next((told.severity for told in incident.told if told.id == rule.id), incident.severity)
    report = Report("", "", "", incident.first_seen)
    kind = min(incident.types, default="")
    event = Event(kind, "text", 0, 0, incident.quote, place=incident.place)
    return Alert(rule, incident, event, report, Reason.FIRST_REPORT, severity, loud=True)
