"""What several workers on one PostgreSQL get done beside one alone, and what the lock by country is worth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import Feed
from bot.store import Store
from tests.bench.worker import Task
from tests.postgres import PostgresServer

SECONDS = 5.0
FEEDS = 50_000
TEAMS = (1, 2, 4)
COUNTRIES = (("Binnish",), ("Kharkiv",), ("El Fasher",), ("Rafah",))
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.bench


def per_second(tasks: Sequence[Task]) -> float:
    """What the workers get done together in a second, all at work at the same time."""
    with ExitStack() as stack:
        workers = [stack.enter_context(started(task)) for task in tasks]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        told = [json.loads(worker.communicate(timeout=120)[0]) for worker in workers]
    return sum(float(each["done"]) / float(each["seconds"]) for each in told)


def started(task: Task) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, *task.arguments()], stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=os.environ
    )


def with_feeds(url: str) -> None:
    with closing(Store.open(url)) as store:
        feeds = [Feed(f"https://feeds.example/{number}") for number in range(FEEDS)]
        store.reconcile_feeds(feeds, datetime.now(UTC) - timedelta(hours=1))


@pytest.mark.parametrize("work", ["claim", "poll"])
def test_feeds_claimed_by_one_two_and_four_workers(postgres: PostgresServer, work: str):
    rates = {}
    for team in TEAMS:
        with postgres.new_database() as url:
            with_feeds(url)
            rates[team] = per_second([Task(work, url, number, SECONDS) for number in range(team)])
    print(f"\n{work}: " + ", ".join(f"{team} workers {rate:,.0f}/s" for team, rate in rates.items()))
    assert rates[2] > 0.8 * rates[1]  # more workers are of no harm; of use only with more cores than two


def test_incidents_decided_by_one_two_and_four_workers(postgres: PostgresServer):
    apart: dict[int, float] = {}
    together: dict[int, float] = {}
    for team in TEAMS:
        for rates, places in ((apart, COUNTRIES), (together, COUNTRIES[:1] * 4)):
            with postgres.new_database() as url:
                Store.open(url).close()
                tasks = [Task("decide", url, number, SECONDS, places[number]) for number in range(team)]
                rates[team] = per_second(tasks)
    for name, rates in (("each in a country of its own", apart), ("all in one country", together)):
        print(f"\ndecided, {name}: " + ", ".join(f"{team} workers {rate:,.0f}/s" for team, rate in rates.items()))
    print(f"\nby country: {apart[4] / together[4]:.2f} times as many as under one lock, with four workers")
    assert apart[4] > together[4]
