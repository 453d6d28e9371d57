"""One worker in a process of its own: it claims feeds, or decides on incidents, for a while, and says how often.

`python -m tests.bench.worker TASK` with a Task as JSON; it waits for a line on standard input before it begins.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.core.copies import told_of
from bot.core.model import POLICY, Examined, Report
from bot.core.pipeline import examine
from bot.rulebook import load, shipped_rules
from bot.service import record
from bot.store import Store, UnchangedFeed, Validators
from bot.tongues import tongue

BATCH = 200
LEASE_SECONDS = 600.0
NEVER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Task:
    """`work` is "claim", "poll" (claimed and reported) or "decide" (on incidents in these places)."""

    work: str
    url: str
    number: int
    seconds: float
    places: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        return ["-m", "tests.bench.worker", json.dumps(asdict(self))]


def claims(store: Store, _task: Task) -> Iterator[int]:
    while True:
        yield len(store.claim_feeds(datetime.now(UTC), BATCH, LEASE_SECONDS))


def polls(store: Store, _task: Task) -> Iterator[int]:
    while True:
        now = datetime.now(UTC)
        for state in store.claim_feeds(now, BATCH, LEASE_SECONDS):
            store.feeds_unchanged(
                [UnchangedFeed(state.id, next_due_at=now + NEVER, now=now, validators=Validators('"1"'))]
            )
            yield 1


def decisions(store: Store, task: Task) -> Iterator[int]:
    rulebook = load(shipped_rules())
    texts = [f"Shelling killed {{killed}} civilians in {place}." for place in task.places]
    wanted = [_examined(rulebook, text.format(killed=5), task) for text in texts]
    yield 0  # from here on time counts
    for number in count():
        record(
            store,
            _another(wanted[number % len(wanted)], f"{task.number}-{number}"),
            datetime.now(UTC),
            POLICY,
            tongue,
            silent=False,
        )
        yield 1


def _examined(rulebook: object, text: str, task: Task) -> Examined:
    report = Report("r", "", text, datetime.now(UTC), source=f"outlet {task.number}", digest="d")
    return examine(report, rulebook.knowledge, rulebook.rules)  # type: ignore[attr-defined]


def _another(examined: Examined, name: str) -> Examined:
    """The same report under another name and with another text: what is read of it stays."""
    report = replace(examined.reading.report, id=name, keys=(name,), digest=name, title=f"Bulletin {name}")
    reading = replace(examined.reading, report=report)
    return replace(examined, reading=reading, told=replace(told_of(reading), lead=f"lead of {name}"))


WORK = {"claim": claims, "poll": polls, "decide": decisions}


def main(task: Task) -> None:
    with closing(Store.open(task.url)) as store:
        work = WORK[task.work](store, task)
        next(work) if task.work == "decide" else None
        print("ready", flush=True)
        sys.stdin.readline()
        begun, done = time.monotonic(), 0
        while time.monotonic() - begun < task.seconds:
            done += next(work)
        print(json.dumps({"done": done, "seconds": time.monotonic() - begun}), flush=True)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    main(Task(**{**given, "places": tuple(given["places"])}))
