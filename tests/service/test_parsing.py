"""What the running bot parses, which pages it reads behind teasers, and what it does with a feed that is poison."""

from dataclasses import replace
from html import escape

import pytest

from bot.core.model import Reason
from bot.feeds.parse import Parser
from bot.store import Store, StoreError
from tests.fake_telegram import Person
from tests.feeds.feed_server import answer
from tests.service.house import House, until
from tests.service.press import PATH, Outlet

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
TEASER = "Residents of Sarmin counted the victims of the shelling before sunrise…"
STORY = (
    "Residents of Sarmin counted the victims of the shelling before sunrise. Shelling killed 11 villagers in Sarmin, "
    "the hospital of the town said in a statement. The market of the town stayed closed for the rest of the day."
)
POISON = b'<rss version="2.0"><channel><item><title>T</title><description>%s</description></item></channel></rss>' % (
    b"&lt;div&gt;" * 200_000
)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries the parser gave, poll by poll."""
    counts: list[int] = []
    whole = Parser.parse_new

    async def counting(self, *question, **manner):
        feed = await whole(self, *question, **manner)
        counts.append(len(feed.entries))
        return feed

    monkeypatch.setattr(Parser, "parse_new", counting)
    return counts


async def test_only_what_is_new_is_parsed_and_a_restart_parses_all_once(house: House, ana: Person, parsed: list[int]):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    orchard.publishes("The market was quiet.")
    orchard.publishes(SARMIN)
    async with house.open():
        await house.settled(reports=2)
        orchard.publishes(BINNISH)
        await house.settled(reports=3)
        await until(lambda: len(parsed) == 2)
    orchard.publishes("The market was quiet again.")
    async with house.open():
        await house.settled(reports=4)
        await until(lambda: len(parsed) == 3)
    assert parsed == [2, 1, 4]
    assert house.reports[Reason.FIRST_REPORT] == 2


async def test_what_could_not_be_recorded_is_parsed_again(
    house: House, ana: Person, parsed: list[int], monkeypatch: pytest.MonkeyPatch
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    whole = Store.unseen
    failed: list[bool] = []

    def failing_once(self, reports):
        if not failed:
            failed.append(True)
            raise StoreError("the disk is full")
        return whole(self, reports)

    monkeypatch.setattr(Store, "unseen", failing_once)
    monkeypatch.setattr("bot.service.LEASE_SECONDS", 0.2)
    orchard.publishes(SARMIN)
    async with house.open():
        assert "Sarmin" in (await ana.hears())["text"]
    assert parsed[:2] == [1, 1]


# ---------------------------------------------------------------- full text
def page(story: str) -> bytes:
    paragraphs = "".join(f"<p>{escape(line)}.</p>" for line in story.split(". "))
    return answer(body=f"<html><body><nav>Moscow</nav><article>{paragraphs}</article></body></html>".encode())


def wanting_full_text(house: House, outlet: Outlet) -> None:
    house.feeds[:] = [replace(feed, full_text=feed.url == outlet.feed.url) for feed in house.feeds]


async def test_a_teaser_alerts_by_what_its_page_says_and_is_known_at_the_next_poll(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    wanting_full_text(house, orchard)
    house.subscribe(ana.chat)
    teaser = orchard.publishes(TEASER)
    orchard.server.pages["/1"] = page(STORY)
    async with house.open():
        assert "11 killed" in (await ana.hears())["text"]
        orchard.publishes("The market was quiet.")
        await house.settled(reports=2)
    async with house.open():
        orchard.publishes("The market was quiet again.")
        await house.settled(reports=3)
    assert orchard.server.asked.count("/1") == 1
    assert teaser.text == TEASER
    assert house.reports[Reason.FIRST_REPORT] == 1


async def test_a_teaser_whose_page_is_gone_is_read_as_it_is(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    wanting_full_text(house, orchard)
    house.subscribe(ana.chat)
    orchard.publishes(SARMIN)
    async with house.open():
        assert "11 killed" in (await ana.hears())["text"]
    assert "/1" in orchard.server.asked


# ---------------------------------------------------------------- poison
async def test_a_feed_that_is_poison_is_left_alone_and_the_others_go_on(house: House, ana: Person):
    poison = await house.page(answer(body=POISON))
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        await until(lambda: house.store.status().failing_feeds)
        await until(lambda: "left alone for 1 day" in house.feed_health(poison.url(PATH)).last_error)
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]
    health = house.feed_health(poison.url(PATH))
    assert health.failures == len(poison.asked) == 2
    assert health.next_due_at is not None
    assert health.last_polled_at is not None
    assert (health.next_due_at - health.last_polled_at).total_seconds() >= 86_400
