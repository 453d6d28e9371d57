"""`tocsin explain`: what one report says, which of its names are places, and why each rule fires or not.

A newcomer's mistake is to ask about all rules at once: `--rule` shows one of them, with every condition.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot import __version__
from bot.config import ConfigError, Polling, usual_path
from bot.config import load as load_config
from bot.core.explaining import Explained, explain
from bot.core.html import is_html, to_text
from bot.core.messages import where
from bot.core.model import Count, Event, Field, Reading, Report, Rule
from bot.core.reading import read, rejected
from bot.core.sayings import written
from bot.core.tollwords import counted
from bot.core.yamlfile.reader import unknown
from bot.feeds.errors import FeedError
from bot.feeds.fulltext import PageReader, Story
from bot.feeds.guard import open_session, user_agent
from bot.rulebook import RulesNotFoundError, load, rules_folder

MOST_RULES = 10  # explained where none is asked for
YES, NO = "+", "-"
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


class NoReportError(Exception):
    """There is nothing to explain; the message says why."""


def explain_report(source: str, rule_id: str | None, rules: Path | None, config: Path | None) -> int:
    """Explain a file, a page, or standard input for "-". The exit status: 2 when there is nothing to explain."""
    try:
        rulebook = load(rules_folder(rules))
        wanted = _wanted(rulebook.rules, rule_id)
        report = _page(source, config) if _ADDRESS.match(source) else _report(source)
    except (NoReportError, RulesNotFoundError, FeedError, ConfigError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    reading = read(report, rulebook.knowledge)
    for line in (
        *_marked(reading),
        *_places(reading),
        *(f"  {NO} {r.surface}: {r.why}" for r in rejected(report, rulebook.knowledge)),
        *_events(reading),
        *_rules(explain(reading, wanted)),
    ):
        print(line)
    return 0


def _wanted(rules: Sequence[Rule], rule_id: str | None) -> list[Rule]:
    wanted = [rule for rule in rules if rule_id in (None, rule.id)]
    if rule_id is not None and not wanted:
        why = unknown("rule", rule_id, [rule.id for rule in rules])
        raise NoReportError(f"{why} (a rule with problems is left out; tocsin check tells them)")
    return wanted


def _page(address: str, config: Path | None) -> Report:
    """The story on a web page, asked for once, as politely and as carefully as the pages behind teasers."""
    story = asyncio.run(_story(address, _polling(config)))
    if not story.text:
        raise NoReportError(f"{address} holds no story that can be told from the page round it")
    now = datetime.now(UTC)
    return Report(id=address, title=story.title, text=story.text, published=now, source=story.source, url=address)


async def _story(address: str, polling: Polling) -> Story:
    """In a child with a deadline: somebody who explains why a page is no alert may have been sent a hostile one."""
    async with open_session(user_agent(__version__, polling.contact), polling.allow_private) as http:
        pages = PageReader(http)
        try:
            return await pages.story_at(address)
        finally:
            await pages.close()


def _polling(config: Path | None) -> Polling:
    """How feeds are asked, where there is a configuration; a page is explained without one, too."""
    if config is None and not usual_path(os.environ).exists():
        return Polling()
    return load_config(config, os.environ).polling


def _report(source: str) -> Report:
    """A report from a file or from standard input: the first line is the title when an empty line follows it."""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise NoReportError(f"{source} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NoReportError(f"{source} is no UTF-8 text: {error.reason} at byte {error.start}") from error
    text = to_text(text) if is_html(text) else text
    if not text.strip():
        raise NoReportError(f"{source} holds no text")
    report = Report(id=source, title="", text=text, published=datetime.now(UTC))
    first, _, rest = text.lstrip("\n").partition("\n\n")
    return replace(report, title=first, text=rest) if rest.strip() and "\n" not in first else report


# ---------------------------------------------------------------- what it says
def _marked(reading: Reading) -> Iterator[str]:
    """The report with [places] and ‹sentences that tell an event› marked in it."""
    report = reading.report
    for name in ("title", "text"):
        if text := report.text_of(name):
            yield from _with_marks(text, _marks(reading, name)).splitlines()
            yield ""


def _marks(reading: Reading, name: Field) -> list[tuple[int, str]]:
    """What to put in where; at one position, what closes comes first and a sentence opens before its place."""
    sentences = {(e.start, e.end) for e in reading.events if e.field == name and e.current}
    places = {(t.start, t.end) for t in reading.toponyms if t.field == name}
    closing = [(end, "]") for _, end in places] + [(end, "›") for _, end in sentences]
    opening = [(start, "‹") for start, _ in sentences] + [(start, "[") for start, _ in places]
    return sorted([*closing, *opening], key=lambda mark: mark[0])


def _with_marks(text: str, marks: Iterable[tuple[int, str]]) -> str:
    parts, at = [], 0
    for position, mark in marks:
        parts += [text[at:position], mark]
        at = position
    return "".join([*parts, text[at:]])


def _places(reading: Reading) -> Iterator[str]:
    yield f"Language: {reading.language or 'unknown'}"
    yield "Names"
    for toponym in reading.toponyms:
        yield f"  {YES} {toponym.surface}: {where(toponym.place)}, {toponym.place.id}; {written(toponym.why)}"


def _events(reading: Reading) -> Iterator[str]:
    yield "Events"
    for event in reading.events:
        counts = ", ".join(_counts(event))
        place = where(event.place) if event.place else "place not named"
        yield f"  {YES if event.current else NO} {event.type}{f', {counts}' if counts else ''}; {place}"
        yield f"      “{event.quote}”"
        yield f"      words: {', '.join(event.why)}{'' if event.current else '; background, so no alert'}"
        if event.blamed:
            yield f"      attributed to: {', '.join(sorted(event.blamed))}"
    for victims, figures in reading.toll.items():
        told = [(figures.killed, "killed"), (figures.injured, "injured"), (figures.casualties, "killed and injured")]
        yield f"Toll, {victims}: {', '.join(_said(told))}"


def _counts(event: Event) -> list[str]:
    told = [(event.killed, "killed"), (event.injured, "injured"), (event.casualties, "killed and injured")]
    return _said(told)


def _said(told: Iterable[tuple[Count | None, str]]) -> list[str]:
    return [counted(count, what) for count, what in told if count]


# ---------------------------------------------------------------- what follows
def _rules(explained: list[Explained]) -> Iterator[str]:
    yield "Rules"
    if not explained:
        yield "  none: there are no rules without problems; see tocsin check"
    for one in explained[:MOST_RULES]:
        short = len(one.missing)
        yield f"  {YES if one.fires else NO} {one.rule.id}: {'fires' if one.fires else f'{short} short'}"
        for condition in one.conditions:
            yield f"      {YES if condition.holds else NO} {condition.line}"
            if not condition.holds and condition.edit:
                yield f"          would hold with   {condition.edit}"
    if len(explained) > MOST_RULES:
        yield f"  and {len(explained) - MOST_RULES} more rules that are further from firing"
