"""`tocsin demo`: the real service, fed by a server that plays the sample story, with the terminal for Telegram.

A newcomer's mistake is to make the demo special: it differs from `tocsin run --dry-run` in feeds and hurry alone.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.rule import Rule as Line

from bot.cli.logs import start_logging
from bot.cli.running import TERMINAL_CHAT
from bot.cli.stage import HOST, Stage, open_stage
from bot.config import Config, Polling
from bot.core.model import MessageKind, Policy, Reason
from bot.outbox import NO_LIMITS
from bot.rulebook import LiveRules, shipped_rules
from bot.running import Setting, serve
from bot.seeds import SeedReport, load_story, seeds_folder
from bot.store import DueMessage, Store
from bot.telegram.terminal import TerminalSender

STORY = "idlib-day.yaml"
INTERVAL = timedelta(seconds=0.2)
PAUSE_SECONDS = 1.6  # between two reports: time to be polled, read and shown, and to be looked at
MATCHED = (Reason.FIRST_REPORT, Reason.TOLL_CHANGED, Reason.CONFIRMED, Reason.MORE_SOURCES)


class CountingSender:
    """Shows messages through the terminal sender and counts them by kind."""

    def __init__(self, console: Console) -> None:
        self._sender = TerminalSender(console)
        self.shown: Counter[MessageKind] = Counter()

    async def send(self, due: DueMessage) -> int | None:
        self.shown[due.message.kind] += 1
        return await self._sender.send(due)


def run_demo() -> int:
    """The exit status: 0 when the whole story was told."""
    start_logging(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder:
        return asyncio.run(_play(Path(folder)))


async def _play(folder: Path) -> int:
    console = Console(highlight=False)
    sender = CountingSender(console)
    async with open_stage(load_story(seeds_folder() / STORY)) as stage:
        store = Store.open(str(folder / "demo.db"))
        rules = LiveRules(shipped_rules())
        setting = Setting(_config(stage, folder), store, rules, sender, NO_LIMITS, audience=TERMINAL_CHAT)
        until = asyncio.Event()
        running = asyncio.create_task(serve(setting, until))
        try:
            await _tell(stage, console)
        finally:
            until.set()
            await running
    reports = _read_back(folder)
    _sum_up(console, reports, sender.shown)
    return 0


def _config(stage: Stage, folder: Path) -> Config:
    polling = Polling(interval=INTERVAL, min_interval=INTERVAL, max_interval=INTERVAL, allow_private=frozenset({HOST}))
    at_once = Policy(edit_pause=timedelta(0))
    return Config(feeds=stage.feeds, database="", state=folder, polling=polling, incidents=at_once)


async def _tell(stage: Stage, console: Console) -> None:
    while (report := stage.publish()) is not None:
        console.print(_headline(report, stage))
        await asyncio.sleep(PAUSE_SECONDS)


def _headline(report: SeedReport, stage: Stage) -> Line:
    outlet = next(feed.title for feed in stage.feeds if feed.url.endswith(f"/{report.outlet}.xml"))
    return Line(f"{outlet}: {report.title}", align="left", style="dim")


def _read_back(folder: Path) -> Mapping[Reason, int]:
    store = Store.open(str(folder / "demo.db"))
    try:
        return store.status().reports
    finally:
        store.close()


def _sum_up(console: Console, reports: Mapping[Reason, int], shown: Mapping[MessageKind, int]) -> None:
    matched = sum(reports.get(reason, 0) for reason in MATCHED)
    copies = reports.get(Reason.COPY, 0)
    updates = shown.get(MessageKind.EDIT, 0) + shown.get(MessageKind.REPLY, 0)
    console.print(Line(style="dim"))
    console.print(
        f"{sum(reports.values())} reports read, {matched} matched, {copies} duplicate folded, "
        f"{shown.get(MessageKind.NEW, 0)} alerts, {updates} updates "
        f"({shown.get(MessageKind.EDIT, 0)} quiet, {shown.get(MessageKind.REPLY, 0)} loud)."
    )
    console.print(
        "That was the real service on sample feeds. `rules/` says what triggers an alert; README.md what next."
    )
