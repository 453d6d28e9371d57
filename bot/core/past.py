"""What was told so far, held in memory: what the store is to the running bot, for reports that are judged again.

A newcomer's mistake is to give two sets of rules one past: what one of them told is no news to the other.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime

from bot.core.copies import COPY_WINDOW, Leads
from bot.core.incidents import memory, refresh
from bot.core.model import POLICY, Examined, Outcome, Policy, Recent, Report, Told
from bot.core.pipeline import decide
from bot.core.rules.conditions import LONGEST_SPAN


def clocked(report: Report, clock: datetime) -> Report:
    """A report as if it came now: the clock, which is the time of the last one, never goes back."""
    return replace(report, published=max(report.published, clock))


class Past:
    """Decides on report after report, each at its time of publication, and remembers what followed."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self._policy = policy
        self._incidents = Recent()
        self._leads = Leads()
        self._told: dict[int, Told] = {}

    def decide(self, examined: Examined) -> Outcome:
        """What follows from a report that is not older than the one before, see `clocked`."""
        clock = examined.reading.report.published
        known = replace(self._incidents, told=self._like(examined.told, clock - COPY_WINDOW))
        outcome = decide(examined, known, self._policy)
        self._remember(outcome, clock)
        return outcome

    def _like(self, told: Told, since: datetime) -> tuple[Told, ...]:
        earlier = (self._told.get(number) for number in self._leads.like(told.lead))
        return tuple(each for each in earlier if each and each.published >= since)

    def _remember(self, outcome: Outcome, clock: datetime) -> None:
        recent = refresh(self._incidents, outcome.incidents)
        since = clock - memory(self._policy)
        counted = (*recent.sightings, *outcome.sightings)
        self._incidents = Recent(
            incidents=tuple(i for i in recent.incidents if i.last_seen >= since),
            sightings=tuple(each for each in counted if each.seen_at >= clock - LONGEST_SPAN),
        )
        number = next(reversed(self._told), 0) + 1
        self._told[number] = outcome.told
        self._leads.add(number, outcome.told.lead, outcome.told.published)
        self._forget(clock - COPY_WINDOW)

    def _forget(self, before: datetime) -> None:
        self._leads.forget(before)
        for number in list(itertools.takewhile(lambda n: self._told[n].published < before, self._told)):
            del self._told[number]
