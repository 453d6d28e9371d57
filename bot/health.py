"""What the parts of the running bot say of themselves: what is wrong, and whether it keeps alerts from going out.

A newcomer's mistake is to let a part decide what follows: it says how it is, and whoever asks decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.ops import Condition
from bot.rulebook import LiveRules

CONTESTED = timedelta(minutes=2)  # after the last sign of another process with the same token, it is gone
STALE = timedelta(minutes=2)  # without a round of polling, something is wrong


class Health:
    """The parts tell it, monitoring asks it. `polls`: is it for this process to ask feeds?"""

    def __init__(self, rules: LiveRules, clock: Callable[[], datetime], *, polls: bool = True) -> None:
        self._rules = rules
        self._clock = clock
        self._polls = polls
        self.ticked_at = clock()
        self.contested_at: datetime | None = None
        self.is_deaf = False
        self._token_is_dead = False
        self._database_answers = True
        self._unsaved = ""
        self._when_accepted: Callable[[], None] = lambda: None

    def condition(self) -> Condition:
        stopping = tuple(self._stopping())
        return Condition((*stopping, *self._annoying()), stops_alerts=bool(stopping))

    def _stopping(self) -> Iterator[str]:
        """What keeps alerts from going out."""
        if self._polls and self._clock() - self.ticked_at > STALE:
            yield f"no round of polling since {self.ticked_at:%H:%M:%S} UTC"
        if not self._database_answers:
            yield "the database server does not answer; nothing is sent or heard meanwhile"
        if self._token_is_dead:
            yield "Telegram refuses the bot's token; alerts wait for a good one"

    def _annoying(self) -> Iterator[str]:
        if self.contested_at and self._clock() - self.contested_at < CONTESTED:
            yield "another process listens with the same token; each gets half of what people say; stop one"
        if self.is_deaf:
            yield "what people say in Telegram is not heard; alerts go out; restart the bot"
        if self._unsaved:
            yield f"the last backup failed: {self._unsaved}"
        yield from (f"rules: {problem}" for problem in self._rules.current.problems)

    def database_answers(self, answers: bool) -> None:  # noqa: FBT001  that is all there is to say
        """Whether the server of the database did, when it was asked last."""
        self._database_answers = answers

    def saved(self, failed: str) -> None:
        """A backup was made, or why it was not."""
        self._unsaved = failed

    # ---------------------------------------------------------------- as a Listener
    def token_refused(self) -> None:
        self._token_is_dead = True

    def token_accepted(self) -> None:
        self._token_is_dead = False
        self._when_accepted()

    def token_contested(self) -> None:
        self.contested_at = self._clock()

    def on_accepted(self, do: Callable[[], None]) -> None:
        """What else follows from a token that is accepted."""
        self._when_accepted = do
