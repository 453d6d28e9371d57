"""Who has fallen silent: rules whose area or sources are usually heard of, and now are not.

A newcomer's mistake is to take a gap for silence: somebody who speaks once a month is not silent after a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import Rule

CATCH_UP_SECONDS = 900.0  # after the start, before anybody is called silent: what was missed comes in first
CLOCK_JUMP = timedelta(minutes=1)  # a clock that is put right by less makes nobody silent
SPANS = 7  # of the length of the silence, before it: what "usually" is judged by
USUAL = 4  # of them in which something was heard


@dataclass(frozen=True, slots=True)
class Silent:
    """A rule that holds because nothing is heard, since when, and in how many of the SPANS before something was."""

    rule: Rule
    last_at: datetime
    spans: int


@dataclass(frozen=True, slots=True)
class Steadiness:
    """For how long the clock can be believed: since the start, and since it last jumped ahead.

    `at` and `ticks` are the two clocks as last looked at; `ticks`, in seconds, is one that nobody can set.
    """

    at: datetime
    ticks: float
    began: float
    jumped: float | None = None

    def looked(self, now: datetime, ticks: float) -> Steadiness:
        """What both clocks say now. A machine that slept has jumped as well: it heard nothing meanwhile."""
        ahead = now - self.at - timedelta(seconds=ticks - self.ticks)
        return Steadiness(now, ticks, self.began, ticks if ahead > CLOCK_JUMP else self.jumped)

    def may_judge(self, silence: timedelta) -> bool:
        """After a jump everything heard looks older than it is: so nobody is silent until that long has truly passed.

        Nobody can tell whether the clock was wrong before the jump or is now. Set back, it only delays.
        """
        steady = self.jumped is None or self.ticks - self.jumped >= silence.total_seconds()
        return steady and self.ticks - self.began >= CATCH_UP_SECONDS


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
