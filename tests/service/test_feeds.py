"""Feeds that are broken, new or poisonous: what is wrong is noted beside each, and the others go on."""

import asyncio
import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import service
from bot.core.model import Reason, Report
from bot.service import Service
from tests.fake_telegram import Person
from tests.feeds.feed_server import Play, answer, silence
from tests.service.house import House, until
from tests.service.press import PATH

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
SARMIN_AGAIN = "Mortar shells killed eleven residents in Sarmin and burned a mill, a teacher wrote to us."
SARMIN_RISES = "The shelling of Sarmin killed 17 civilians, hospital staff counted."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
SARAQIB = "Rockets killed six farmers in Saraqib at dusk."

OLD = timedelta(hours=30)
RECENT = timedelta(hours=2)

BAD_PAGES: dict[str, bytes | Play] = {
    "this is a web page, not a feed": answer(body=b"<!doctype html><title>Orchard Post</title>"),
    "the answer is empty": answer(),
    "answered 404 (Not Found)": answer(b"404 Not Found"),
    "no complete answer within 0.5 s": silence,
    "larger than 10 MB": answer(body=gzip.compress(bytes(11_000_000)), Content_Encoding="gzip"),
    "this is not a feed": answer(body=b'{"items": []}', Content_Type="application/json"),
}


async def test_what_is_wrong_with_a_feed_is_noted_beside_it_alone(house: House, ana: Person):
    servers = {wrong: await house.page(page) for wrong, page in BAD_PAGES.items()}
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    orchard.publishes(SARMIN)
    polling = replace(house.config().polling, timeout=timedelta(seconds=0.5))
    async with house.open(polling=polling):
        assert "Sarmin" in (await ana.hears())["text"]
        await until(lambda: house.store.status().failing_feeds == len(BAD_PAGES))

    for wrong, server in servers.items():
        assert wrong in house.feed_health(server.url(PATH)).last_error
    assert house.feed_health(orchard.feed.url).last_error == ""


async def test_a_feed_that_hangs_delays_neither_the_others_nor_the_end(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.service.FINISH_SECONDS", 0.1)
    hanging = await house.page(silence)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open(polling=replace(house.config().polling, timeout=timedelta(hours=1))):
        await until(lambda: hanging.busy)
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]
        assert hanging.asked == [PATH]
    assert house.feed_health(hanging.url(PATH)).failures == 0


# ---------------------------------------------------------------- the first time
async def test_a_new_feed_alerts_only_on_what_is_younger_than_the_backfill(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    orchard.publishes(SARMIN, age=OLD)
    orchard.publishes(BINNISH, age=RECENT)
    async with house.open():
        assert "Binnish" in (await ana.hears())["text"]
        await house.settled(reports=2)
        await until(lambda: house.feed_health(orchard.feed.url).last_success_at)
        orchard.publishes(SARAQIB, age=OLD)
        assert "Saraqib" in (await ana.hears())["text"]
        await house.settled(reports=3)

    assert house.reports == {Reason.TOO_OLD: 1, Reason.FIRST_REPORT: 2}
    assert ana.chat.new.empty()


async def test_what_was_too_old_to_tell_does_not_silence_a_young_report_of_the_same_incident(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    orchard.publishes(SARMIN, age=OLD)
    orchard.publishes(SARMIN_AGAIN, age=RECENT)
    async with house.open():
        alert = await ana.hears()
        await house.settled(reports=2)

    assert "11 killed" in alert["text"]
    assert house.reports == {Reason.TOO_OLD: 1, Reason.FIRST_REPORT: 1}


async def test_articles_of_one_second_are_told_in_the_order_of_their_appearance(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    first, second = orchard.publishes(SARMIN), orchard.publishes(SARMIN_RISES)
    orchard.articles[0] = replace(second, published=first.published)
    async with house.open():
        assert "11 killed" in (await ana.hears())["text"]
        assert "(was 11)" in (await ana.hears())["text"]


# ---------------------------------------------------------------- reports that break something
@pytest.mark.parametrize("step", ["examine", "decide"])
async def test_a_report_that_cannot_be_read_is_recorded_as_failed_and_the_next_is_read(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch, step: str
):
    stumble_over(BINNISH, step, monkeypatch)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    orchard.publishes(BINNISH, age=RECENT)
    orchard.publishes(SARMIN)
    async with house.open():
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=2)
        await until(lambda: house.feed_health(orchard.feed.url).last_success_at)

    assert house.reports == {Reason.FAILED: 1, Reason.FIRST_REPORT: 1}
    assert ana.chat.new.empty()


async def test_a_report_that_could_not_be_read_does_not_silence_another_that_says_nearly_the_same(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch
):
    stumble_over(BINNISH, "examine", monkeypatch)
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    house.subscribe(ana.chat)
    async with house.open():
        orchard.publishes(BINNISH)
        await house.settled(reports=1)
        valley.publishes(BINNISH.upper())
        assert "4 killed" in (await ana.hears())["text"]


def stumble_over(text: str, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this step of the pipeline fails on this text."""
    whole = getattr(service, step)

    def stumbling(subject, *rest):
        report = subject if isinstance(subject, Report) else subject.reading.report
        if report.text == text:
            raise ZeroDivisionError("a bug of the reader's")
        return whole(subject, *rest)

    monkeypatch.setattr(service, step, stumbling)


async def test_a_poll_that_outlasts_its_lease_is_cut_short_and_nothing_of_the_feed_is_lost(
    house: House, ana: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Or another worker would ask the same feed meanwhile; what was recorded stays, the rest comes again."""
    monkeypatch.setattr("bot.service.LONGEST_POLL_SECONDS", 0.5)
    monkeypatch.setattr("bot.service.LEASE_SECONDS", 0.6)
    whole, slow = Service.take, [True]

    async def take(self: Service, report: Report, *args: Any, **kwargs: Any) -> None:
        await whole(self, report, *args, **kwargs)
        if slow:
            slow.pop()
            await asyncio.sleep(60)

    monkeypatch.setattr(Service, "take", take)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    orchard.publishes(SARMIN)
    orchard.publishes(BINNISH)
    async with house.open():
        told = {(await ana.hears())["text"].splitlines()[1] for _ in range(2)}
        await house.settled(reports=2)

    assert {line.split(" ")[0] for line in told} == {"Sarmin", "Binnish"}
    assert "the rest comes again" in caplog.text
    assert ana.chat.new.empty()
