"""Who has fallen silent: rules whose area or sources are usually heard of, and now are not.

A newcomer's mistake is to take a gap for silence: somebody who speaks once a month is not silent after a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Rule

SPANS = 7  # of the length of the silence, before it: what "usually" is judged by
USUAL = 4  # of them in which something was heard


@dataclass(frozen=True, slots=True)
class Silent:
    """A rule that holds because nothing is heard, since when, and in how many of the SPANS before something was."""

    rule: Rule
    last_at: datetime
    spans: int


def since(silence: timedelta) -> timedelta:
    """How far back the reports must be known to judge a silence."""
    return silence * (SPANS + 2)


def quiet(rules: Iterable[Rule], heard: Mapping[str, Sequence[datetime]], now: datetime) -> Iterator[Silent]:
    """The live rules of silence that hold now; `heard` are the times of the reports of each, by its id."""
    for rule in rules:
        times = heard.get(rule.id, ())
        if not rule.live or rule.silence is None or not times:
            continue
        last = max(times)
        spans = {(last - time) // rule.silence for time in times}
        usual = len([span for span in spans if 0 <= span < SPANS])
        if now - last >= rule.silence and usual >= USUAL:
            yield Silent(rule, last, usual)
