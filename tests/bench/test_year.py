"""How large a store grows in a year, and whether it stays quick, with all that retention keeps.

The figures are those of a service with 50,000 reports a day, scaled down by TOCSIN_SCALE (100 if not given).
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.config import Retention
from bot.core.model import Evidence, Origin, Rendered
from bot.housekeeping import BITE
from bot.store import Store, reports
from bot.store import tables as t
from bot.store.engine import open_engine, writing
from tests.store.samples import incident, outcome, record, report

A_DAY, INCIDENTS_A_DAY, MESSAGES_A_DAY = 50_000, 500, 5_000
DAYS, KEPT = 365, Retention().reports.days
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Shelling was heard near the market, residents said, and rescue teams went there at once. " * 28  # 2.5 KB
LOOK_UPS = 30
BYTES_A_REPORT = 3_200  # with its names
QUICK_MS = 50.0  # for what is done with every poll and every report

pytestmark = pytest.mark.bench


def fill(path: Path, scale: int) -> None:
    """A year of use: reports and messages of as many days as are kept, incidents and their evidence of all of them."""
    engine = open_engine(str(path))
    for day in range(DAYS):
        at = NOW - timedelta(days=DAYS - day)
        with writing(engine) as connection:
            if DAYS - day <= KEPT:
                rows = list(_reports(at, A_DAY // scale, day))
                connection.execute(insert(t.reports), rows)
                keys = [
                    {"key": f"{row['id']}-{n}", "digest": "d", "report_id": row["id"]} for row in rows for n in range(3)
                ]
                connection.execute(insert(t.report_keys), keys)
                connection.execute(insert(t.outbox), list(_messages(at, MESSAGES_A_DAY // scale, day)))
            told = [_incident(f"{day}-{n}", at) for n in range(max(1, INCIDENTS_A_DAY // scale))]
            connection.execute(insert(t.incidents), told)
            connection.execute(insert(t.evidence), [_evidence(each["id"], at) for each in told])
    engine.dispose()


def _reports(at: datetime, count: int, day: int) -> Iterator[dict[str, object]]:
    for n in range(count):
        of = replace(report(f"{day}-{n}"), published=at + timedelta(seconds=n), text=TEXT)
        row = reports._row(outcome(of), at)
        yield row | {
            "id": of.id,
            "number": day * 1_000_000 + n,
            "lead": f"words of the report {day} {n} that nobody else used",
        }


def _messages(at: datetime, count: int, day: int) -> Iterator[dict[str, object]]:
    text = {
        "html": "<b>Sarmin</b> 11 killed" * 10,
        "plain": "Sarmin, 11 killed" * 10,
        "link": "https://paper.example/1",
    }
    rendered = Rendered(**text)
    for n in range(count):
        yield {
            "key": f"{day}-{n}:new", "chat_id": n % 1000, "kind": "new", "incident_id": f"{day}-{n}", "priority": 1,
            "silent": False, "text": rendered, "state": "sent", "recorded_at": at, "changed_at": at, "due_at": at,
            "telegram_id": n,
        }  # fmt: skip


def _incident(name: str, at: datetime) -> dict[str, object]:
    body = replace(incident(name, last_seen=at), first_seen=at)
    return {
        "id": name, "last_seen": at, "place_id": "gn:1", "country": "SY", "severity": "high", "body": body,
        "reference": name[:8],
    }  # fmt: skip


def _evidence(name: object, at: datetime) -> dict[str, object]:
    kept = Evidence(
        str(name), at, at, "Paper", "https://paper.example/1", "g", "Title", TEXT, "0" * 64, (str(name),), (), Origin()
    )
    return {"report_id": str(name), "recorded_at": at, "body": kept}


def ms(what: Callable[[int], object]) -> float:
    """The median of some calls, each about something else."""
    times = []
    for number in range(LOOK_UPS):
        begun = time.perf_counter()
        what(number)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def work(store: Store, tag: str) -> dict[str, float]:
    """What is done all day, in milliseconds each."""
    return {
        "unseen, 25 reports": ms(lambda n: store.unseen([report(f"{tag}{n}-{i}") for i in range(25)])),
        "record one": ms(lambda n: record(store, outcome(replace(report(f"{tag}r{n}"), text=TEXT)), now=NOW)),
        "claim messages": ms(lambda _: store.claim_messages(NOW, 30, 60.0, frozenset(), 1)),
        "incidents of 30 days": ms(lambda _: store.incidents_since(NOW - timedelta(days=30))),
        "forget some reports": ms(lambda _: store.forget_reports(NOW - timedelta(days=KEPT), BITE)),
    }


def test_a_store_stays_quick_when_it_has_seen_a_year(tmp_path: Path):
    scale = int(os.environ.get("TOCSIN_SCALE", "100"))
    empty, full = tmp_path / "empty.db", tmp_path / "full.db"
    for path in (empty, full):
        Store.open(str(path)).close()
    begun = time.perf_counter()
    fill(full, scale)
    print(f"\n1/{scale} of {A_DAY:,} reports a day, made in {time.perf_counter() - begun:.0f} s")
    size = sum(path.stat().st_size for path in tmp_path.glob("full.db*"))
    of_reports = A_DAY * KEPT * BYTES_A_REPORT
    print(f"{size / 1e6:,.0f} MB after a year, so {size * scale / 1e9:,.0f} GB at full size, ", end="")
    print(f"of which about {of_reports / 1e9:,.0f} GB are the reports of {KEPT} days")
    with closing(Store.open(str(empty))) as new, closing(Store.open(str(full))) as old:
        at_first, later = work(new, "a"), work(old, "b")
    for name, took in later.items():
        print(f"{name:22} {at_first[name]:8.2f} ms empty   {took:8.2f} ms after a year")
    for name in ("unseen, 25 reports", "record one", "claim messages"):
        assert later[name] <= QUICK_MS
