"""The sample story as the terminal shows it: what README quotes. `python -m tests.transcript` prints it anew.

It goes through the same functions as the demo, with a fixed morning instead of now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from bot.cli.lines import report_of
from bot.core.composing import compose
from bot.core.incidents import refresh
from bot.core.model import Message, MessageKind, Outcome, Recent, Subscriber
from bot.core.pipeline import Rulebook, decide, examine
from bot.rulebook import load, shipped_rules
from bot.seeds import SeedReport, load_story, seeds_folder
from bot.store import DueMessage
from bot.telegram.terminal import TerminalSender
from bot.tongues import Tongues

MORNING = datetime(2020, 3, 5, 6, tzinfo=UTC)
WIDTH = 96
CHAT = 1


def told(reports: Sequence[SeedReport], rulebook: Rulebook, outlets: dict[str, str] | None = None) -> list[Outcome]:
    """What follows from each report, one every ten minutes."""
    recent, outcomes = Recent(), []
    for number, seed in enumerate(reports):
        source = (outlets or {}).get(seed.outlet, seed.outlet)
        url = f"https://example.org/{seed.id}"
        given = {"id": seed.id, "title": seed.title, "text": seed.text, "source": source, "url": url, "home": "SY"}
        report = replace(report_of(given, MORNING), published=MORNING + timedelta(minutes=10 * number))
        outcome = decide(examine(report, rulebook.knowledge, rulebook.rules), recent)
        recent = refresh(recent, outcome.incidents)
        recent = replace(recent, told=(outcome.told, *recent.told))
        outcomes.append(outcome)
    return outcomes


def messages(outcomes: Sequence[Outcome], rulebook: Rulebook, language: str = "en") -> list[Message]:
    """All messages of the story to a chat that listens to every rule, in a language."""
    subscribers = [Subscriber(CHAT, rule.id, language) for rule in rulebook.rules]
    tongues = Tongues(lambda: rulebook.knowledge)
    living: dict[str, frozenset[int]] = {}
    found: list[Message] = []
    for outcome in outcomes:
        found += compose(outcome, subscribers, living, outcome.report.published, tongue_of=tongues.of)
        living |= {m.incident_id: frozenset({CHAT}) for m in found if m.incident_id and m.kind is MessageKind.NEW}
    return found


async def shown(sent: Sequence[Message]) -> str:
    """Messages as the terminal shows them."""
    text = StringIO()
    sender = TerminalSender(Console(file=text, width=WIDTH, highlight=False, color_system=None))
    living: dict[str | None, int | None] = {}
    for number, message in enumerate(sent):
        due = DueMessage(number, message, message.chat_id, 0, living.get(message.incident_id))
        telegram_id = await sender.send(due)
        if message.kind is MessageKind.NEW:
            living[message.incident_id] = telegram_id
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def transcript() -> str:
    """The first alert of the sample story, and the answer when its toll has risen."""
    rulebook, story = load(shipped_rules()), load_story(seeds_folder() / "idlib-day.yaml")
    outlets = {name: feed.title for name, feed in story.outlets.items()}
    sent = messages(told(story.reports, rulebook, outlets), rulebook)
    first = next(m for m in sent if m.kind is MessageKind.NEW)
    about = [m for m in sent if m.incident_id == first.incident_id and m.kind in (MessageKind.NEW, MessageKind.REPLY)]
    return asyncio.run(shown(about))


if __name__ == "__main__":
    print(transcript())
