"""Several workers on one store: they decide side by side where that is safe, and one alone does what only one may."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from bot.core.model import Recent
from bot.store import Store
from bot.store.election import Candidate, Office
from bot.store.waking import Waker
from tests.postgres import PostgresServer
from tests.store.samples import LONG_AGO, PLACE, incident, message, outcome, record, report

PATIENCE_SECONDS = 20.0
MOMENT_SECONDS = 0.3
SYRIA, SUDAN, EVERYWHERE = frozenset({"SY"}), frozenset({"SD"}), None

Scope = frozenset[str] | None


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[str]:
    with postgres.with_tables() as address:
        yield address


def waits(url: str, first: Scope, second: Scope) -> bool:
    """Does one who decides on `second` wait while another decides on `first`?"""
    begun = threading.Event()

    def decide() -> None:
        with closing(Store.open(url)) as other, other.transaction(second):
            begun.set()

    with closing(Store.open(url)) as store, ThreadPoolExecutor(1) as pool:
        with store.transaction(first):
            deciding = pool.submit(decide)
            waited = not begun.wait(MOMENT_SECONDS)
        deciding.result(PATIENCE_SECONDS)
    return waited


@pytest.mark.parametrize(
    ("first", "second", "waited"),
    [
        (SYRIA, SUDAN, False),
        (SYRIA, SYRIA, True),
        (SYRIA, SYRIA | SUDAN, True),
        (SYRIA, EVERYWHERE, True),
        (EVERYWHERE, SYRIA, True),
        (EVERYWHERE, EVERYWHERE, True),
        (frozenset(), frozenset(), False),
        (frozenset(), EVERYWHERE, True),
    ],
)
def test_workers_wait_for_each_other_where_their_countries_meet(
    server: str, first: Scope, second: Scope, *, waited: bool
):
    assert waits(server, first, second) == waited


def test_who_decides_on_a_country_knows_its_incidents_and_those_of_no_known_place(store: Store):
    syrian, lost = incident("syrian"), replace(incident("lost"), place=None)
    sudanese = replace(incident("sudanese"), place=replace(PLACE, country="SD"))
    for each in (syrian, lost, sudanese):
        record(store, outcome(report(each.id), each))

    def known(scope: Scope) -> set[str]:
        with store.transaction(scope) as transaction:
            recent: Recent = transaction.recent(LONG_AGO, LONG_AGO, "", scope)
            return {each.id for each in recent.incidents}

    assert known(SYRIA) == {"syrian", "lost"}
    assert known(SUDAN) == {"sudanese", "lost"}
    assert known(EVERYWHERE) == {"syrian", "sudanese", "lost"}


def test_a_report_recorded_late_by_a_slow_worker_is_still_known_by_its_text(server: str):
    """Numbers are given out in order, and committed in any: the slower of two must not be passed over."""
    slow_report, fast_report = outcome(report("slow")), outcome(report("fast"))
    with closing(Store.open(server)) as slow, closing(Store.open(server)) as fast, closing(Store.open(server)) as third:
        with slow.transaction(SYRIA) as of_slow:
            of_slow.record(slow_report, [], slow_report.report.published)
            with fast.transaction(SUDAN) as of_fast:
                of_fast.record(fast_report, [], fast_report.report.published)
            with third.transaction(frozenset()) as before:
                assert before.recent(LONG_AGO, LONG_AGO, slow_report.told.lead, SUDAN).told == ()
        with third.transaction(frozenset()) as after:
            (known,) = after.recent(LONG_AGO, LONG_AGO, slow_report.told.lead, SUDAN).told
    assert known.report_id == slow_report.report.id


# ---------------------------------------------------------------- offices
def test_an_office_has_one_holder_and_another_when_that_one_is_gone(server: str):
    one, two = Candidate(server, list(Office)), Candidate(server, [Office.SENDING])
    assert one.stand() == frozenset(Office)
    assert two.stand() == frozenset()
    assert one.stand() == frozenset(Office)

    one.resign()
    assert two.stand() == {Office.SENDING}
    assert one.stand() == set(Office) - {Office.SENDING}
    two.resign()
    one.resign()


def test_a_file_has_one_process_that_holds_all_offices(tmp_path):
    assert Candidate(str(tmp_path / "tocsin.db"), list(Office)).stand() == frozenset(Office)


# ---------------------------------------------------------------- waking
def test_who_sends_is_woken_by_what_another_process_puts_into_the_outbox(server: str):
    woken = threading.Event()
    waker = Waker(server, woken.set)
    waker.start()
    try:
        with closing(Store.open(server)) as store:
            deadline = time.monotonic() + PATIENCE_SECONDS
            number = 0
            while not woken.wait(0.05):  # until it listens, nobody hears the call
                number += 1
                record(store, outcome(report(f"r{number}")), message(f"m{number}"))
                assert time.monotonic() < deadline
    finally:
        waker.stop()
