"""`tocsin backtest`: the reports of the past judged by two folders of rules, and what they alert on otherwise.

A newcomer's mistake is to open the Store: that migrates and locks. What is stored is read through the Archive, which
leaves it as it is, also while the bot runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.differences import Backtest, Side
from bot.cli.incidents import UnclearError, moment_of
from bot.cli.lines import reports_in, speak_utf8
from bot.config import Config, ConfigError, usual_path
from bot.config import load as load_config
from bot.core.backtesting import Fired, Judge, Readers, difference, judge
from bot.core.model import POLICY, Policy, Report
from bot.rulebook import RulesNotFoundError, load, part, rules_folder
from bot.store import Archive, StoreError

STANDARD_INPUT = "-"
SINCE = "30d"
READ_BY = ("events", "places")  # the parts of a folder of rules that reading depends on


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked on the command line; None for what was left out."""

    file: str | None
    since: str | None
    rules: Path | None
    against: Path | None
    config: Path | None
    drafts: bool


@dataclass(frozen=True, slots=True)
class Given:
    """Reports in the order of their clock, and how many there are where that is known."""

    reports: Iterator[Report]
    total: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the judges said to one report, in their order, and when."""

    published: datetime
    alerts: list[tuple[Fired, ...]]


class Complaints:
    """Says on standard error what could not be judged, and counts it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, message: str) -> None:
        self.count += 1
        print(message, file=sys.stderr)


def answer(question: Question, show: Callable[[Backtest], None]) -> int:
    """Judge the reports and show what came of it. The exit status: 2 when the question cannot be answered."""
    speak_utf8()
    try:
        show(_found(question))
    except (ConfigError, RulesNotFoundError, StoreError, UnclearError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    return 0


def _found(question: Question) -> Backtest:
    settings = _settings(question)
    sides = _sides(question, settings)
    complain = Complaints()
    with _given(question, settings, complain) as given:
        said = list(_judged(given, _bench(sides, settings.incidents if settings else POLICY), complain))
    *before, after = sides
    *old, new = ([alert for each in said for alert in each.alerts[n]] for n in range(len(sides)))
    return Backtest(
        before=before[0] if before else None,
        after=after,
        reports=len(said),
        unread=complain.count,
        first=said[0].published if said else None,
        last=said[-1].published if said else None,
        difference=difference(chain(*old), new),
    )


def _settings(question: Question) -> Config | None:
    """The configuration; reports of a file can do without."""
    if question.file is not None and question.config is None and not usual_path(os.environ).exists():
        return None
    return load_config(question.config, os.environ)


# ---------------------------------------------------------------- which rules
def _sides(question: Question, settings: Config | None) -> list[Side]:
    """The rules to judge by, the changed ones last. What is wrong in them is told, the good ones serve."""
    folders = _folders(question, settings.rules if settings else None)
    sides = [Side(folder, load(folder)) for folder in folders]
    for problem in dict.fromkeys(problem for side in sides for problem in side.rulebook.problems):
        print(problem, file=sys.stderr)
    if question.drafts:
        changed = sides[-1].rulebook
        live = tuple(replace(rule, live=True) for rule in changed.rules)
        sides[-1] = replace(sides[-1], rulebook=replace(changed, rules=live))
    return sides


def _folders(question: Question, configured: Path | None) -> list[Path]:
    """A copy is compared with the usual rules; these, edited in place, with the original; or they stand alone."""
    changed = rules_folder(question.rules or configured)
    if question.against is not None:
        if not question.against.is_dir():
            raise RulesNotFoundError(f"--against names {question.against}, which is not a folder")
        return [question.against, changed]
    return [rules_folder(configured), changed] if question.rules else [changed]


def _bench(sides: Sequence[Side], policy: Policy) -> list[Readers]:
    """The judges; reading costs most, so those with the same events and places share it."""
    judges = [Judge(side.rulebook.rules, policy) for side in sides]
    if len({_read_by(side.folder) for side in sides}) == 1:
        return [Readers(sides[0].rulebook.knowledge, tuple(judges))]
    return [Readers(side.rulebook.knowledge, (judge,)) for side, judge in zip(sides, judges, strict=True)]


def _read_by(folder: Path) -> frozenset[tuple[str, bytes]]:
    """All files that reading depends on. Those that cannot be read make a folder unlike any other."""
    parts = [part(folder, name) for name in READ_BY]
    try:
        files = [(path.relative_to(each.parent), path) for each in parts for path in each.rglob("*.y*ml")]
        return frozenset((str(name), path.read_bytes()) for name, path in files)
    except OSError:
        return frozenset({(str(folder), b"")})


# ---------------------------------------------------------------- which reports
def _given(question: Question, settings: Config | None, complain: Complaints) -> AbstractContextManager[Given]:
    if question.file is None and settings is not None:
        return _stored(settings.database, moment_of(question.since or SINCE))
    if question.since is not None:
        raise UnclearError("--since is for stored reports; those of a file are judged all. Leave one of them out")
    return _in_file(question.file or STANDARD_INPUT, complain)


@contextmanager
def _stored(database: str, since: datetime) -> Iterator[Given]:
    with closing(Archive.open(database)) as archive:
        yield Given(archive.reports(since), archive.count(since))


@contextmanager
def _in_file(file: str, complain: Complaints) -> Iterator[Given]:
    name = "standard input" if file == STANDARD_INPUT else file

    def of(lines: Iterable[str]) -> Given:
        return Given(reports_in(lines, lambda number, error: complain(f"{name}:{number}: {error}")), None)

    if file == STANDARD_INPUT:
        yield of(sys.stdin)
        return
    try:
        with Path(file).open(encoding="utf-8-sig", errors="surrogateescape") as lines:
            yield of(lines)
    except OSError as error:
        raise UnclearError(f"{file} cannot be read: {error.strerror}") from error


# ---------------------------------------------------------------- judging
def _judged(given: Given, bench: Sequence[Readers], complain: Complaints) -> Iterator[Said]:
    """What was said to each report, but to those that cannot be read or judged: one such must not cost the others."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        for report in bar.track(given.reports, total=given.total, description="reports judged"):
            try:
                alerts = judge(report, bench)
            except Exception as error:  # noqa: BLE001  as in the service: whatever it is, it is told
                complain(f"tocsin: the report {report.id} {report.url} cannot be judged: {error!r}")
            else:
                yield Said(report.published, alerts)
