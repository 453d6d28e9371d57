"""Hubs that tell of news: what they tell is found at once, and what they do not tell is found too."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Websub
from bot.core.model import DueWhy, Feed, Hub, Push, Ways
from bot.feeds.guard import open_session
from bot.hubs import MOST_BYTES, Hubs, Reception, build_hubs
from bot.offices import Offices
from bot.ops import serve_ops
from bot.store import FeedHealth, Store, UnchangedFeed
from bot.store.election import Candidate, Office
from bot.store.thread import StoreThread
from tests.fake_telegram import Person
from tests.feeds.feed_server import answer
from tests.postgres import PostgresServer
from tests.service.house import House, until
from tests.service.hub import LEASE_SECONDS, FakeHub, a_hub
from tests.service.press import PATH

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
START = datetime(2026, 3, 5, 12, tzinfo=UTC)
URL = "https://mill.example/feed"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with a_hub() as running:
        yield running


# ---------------------------------------------------------------- the whole bot
def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def feed_with(hub: FakeHub, url: str, *items: str) -> bytes:
    stories = "".join(f"<item><guid>{at}</guid><title>{text}</title></item>" for at, text in enumerate(items))
    body = (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Mill Post</title>'
        f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{url}"/>{stories}</channel></rss>'
    )
    return answer(body=body.encode(), content_type="application/rss+xml")


async def test_news_that_a_hub_tells_of_is_told_at_once_though_the_next_poll_is_hours_away(
    house: House, ana: Person, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.running.HUBS_SECONDS", 0.1)
    monkeypatch.setattr("bot.hubs.PUSH_PAUSE", timedelta(seconds=0.1))
    server = await house.page(b"")
    url = server.url(PATH)
    server.pages[PATH] = feed_with(hub, url, "The mill is open again.")
    house.subscribe(ana.chat)
    port = free_port()
    websub = Websub(f"http://127.0.0.1:{port}/hubs", port=port)
    rarely = replace(house.config().polling, interval=HOUR, min_interval=HOUR, max_interval=HOUR)
    async with house.open(websub=websub, polling=rarely):
        await until(lambda: hub.verified)
        server.pages[PATH] = feed_with(hub, url, "The mill is open again.", SARMIN)
        assert await hub.deliver(b"<feed/>") == 202
        assert "Sarmin" in (await ana.hears())["text"]
        await until(lambda: house.feed_health(url).due_why == DueWhy.LISTENING)

    assert hub.verified == [True]
    assert house.feed_health(url).next_due_at > datetime.now(UTC) + HOUR / 2


async def test_news_that_a_hub_does_not_tell_of_is_found_by_polling_and_the_hub_no_longer_believed(
    house: House, ana: Person, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.running.HUBS_SECONDS", 0.1)
    server = await house.page(b"")
    url = server.url(PATH)
    server.pages[PATH] = feed_with(hub, url, "The mill is open again.")
    house.subscribe(ana.chat)
    port = free_port()
    async with house.open(websub=Websub(f"http://127.0.0.1:{port}", port=port)):
        await house.recorded(1)
        await until(lambda: house.feed_health(url).due_why == DueWhy.LISTENING)
        server.pages[PATH] = feed_with(hub, url, "The mill is open again.", SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]
        await until(lambda: house.feed_health(url).due_why != DueWhy.LISTENING)

    push = house.store.push_of(house.feed_health(url).id)
    assert push is not None
    assert (push.missed, push.lease_until) == (1, None)


async def test_a_bot_that_lost_its_address_polls_as_usual(house: House, hub: FakeHub):
    server = await house.page(b"")
    server.pages[PATH] = feed_with(hub, server.url(PATH), "The mill is open again.")
    async with house.open():
        await house.recorded(1)
    feed_id = house.feed_health(server.url(PATH)).id
    ends = datetime.now(UTC) + HOUR
    named = Hub(hub.url, server.url(PATH))
    alive = Push(named, "https://old.example/t", "s", lease_until=ends, lease_seconds=3600)
    house.store.put_push(feed_id, alive)
    async with house.open():
        await until(lambda: len(server.requests) >= 3)

    assert house.store.push_of(feed_id) is None
    assert hub.asked == []


# ---------------------------------------------------------------- the listener alone
@dataclass
class Listener:
    """Hubs with a clock of their own, a store with one feed, and the server that hubs call."""

    hubs: Hubs
    store: Store
    now: datetime = START

    @property
    def feed(self) -> FeedHealth:
        return self.store.feed_states()[0]

    @property
    def push(self) -> Push:
        push = self.store.push_of(self.feed.id)
        assert push is not None
        return push

    def answers_naming(self, hub: Hub) -> None:
        """The feed was polled, and named that hub; it is due in an hour."""
        self.store.feeds_unchanged(
            [UnchangedFeed(self.feed.id, next_due_at=self.now + HOUR, now=self.now, ways=Ways(hub=hub))]
        )

    @property
    def is_due(self) -> bool:
        return self.feed.next_due_at <= self.now


@pytest.fixture
async def listener(tmp_path: Path, hub: FakeHub) -> AsyncIterator[Listener]:
    async with AsyncExitStack() as stack:
        thread = StoreThread(Store.open(str(tmp_path / "listener.db")))
        stack.callback(thread.close)
        store = Store.open(str(tmp_path / "listener.db"))
        stack.callback(store.close)
        store.reconcile_feeds([Feed(URL)], START)
        http = await stack.enter_async_context(open_session("Tocsin", frozenset({"127.0.0.1"})))
        port = free_port()
        listener: Listener
        hubs = Hubs(thread, http, f"http://127.0.0.1:{port}/any/path/", lambda: listener.now)
        listener = Listener(hubs, store)
        runner = await serve_ops(build_hubs(hubs), "127.0.0.1", port)
        stack.push_async_callback(runner.cleanup)
        listener.answers_naming(Hub(hub.url, URL))
        yield listener


async def test_a_hub_that_verifies_before_it_answers_is_answered(listener: Listener, hub: FakeHub):
    await listener.hubs.look()

    assert hub.verified == [True]
    assert listener.push.lease_until == START + timedelta(seconds=LEASE_SECONDS)
    await listener.hubs.look()
    assert len(hub.asked) == 1


async def test_a_good_push_makes_the_feed_due_and_a_forged_one_is_taken_and_ignored(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.now += MINUTE

    assert await hub.deliver(b"<feed/>", secret="guessed") == 202
    assert not listener.is_due
    assert await hub.deliver(b"<feed/>") == 202
    assert (listener.is_due, listener.feed.due_why) == (True, DueWhy.PUSHED)


async def test_a_push_without_a_signature_is_ignored(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.now += MINUTE

    assert await hub.deliver(b"<feed/>", signed=False) == 202
    assert not listener.is_due


async def test_a_hub_that_calls_without_end_has_the_feed_polled_every_ten_seconds_at_most(
    listener: Listener, hub: FakeHub
):
    await listener.hubs.look()
    for _ in range(5):
        await hub.deliver(b"<feed/>")

    assert listener.feed.next_due_at == START + timedelta(seconds=10)


async def test_whoever_calls_where_nobody_listens_is_told_to_stop(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    elsewhere = hub.asked[-1]["hub.callback"][:-1] + "-"

    assert await hub.deliver(b"<feed/>", callback=elsewhere) == 410
    assert not await hub.verify(hub.asked[-1] | {"hub.callback": elsewhere})


async def test_a_push_that_is_too_large_is_refused(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.now += MINUTE

    assert await hub.deliver(bytes(MOST_BYTES + 1)) == 413
    assert not listener.is_due


@pytest.mark.parametrize("changes", [{"topic": "https://other.example/"}, {"mode": "unsubscribe"}])
async def test_what_we_did_not_ask_for_is_not_confirmed(listener: Listener, hub: FakeHub, changes: dict[str, str]):
    await listener.hubs.look()

    assert not await hub.verify(hub.asked[-1], **changes)
    assert listener.push.is_alive(listener.now)


async def test_a_lease_is_renewed_with_the_same_callback_before_it_ends(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.now += timedelta(minutes=50)
    await listener.hubs.look()

    first, second = hub.asked
    assert (first["hub.callback"], first["hub.secret"]) == (second["hub.callback"], second["hub.secret"])
    assert listener.push.lease_until == listener.now + timedelta(seconds=LEASE_SECONDS)


async def test_a_feed_that_names_another_hub_gets_another_callback_and_secret(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.answers_naming(Hub(f"{hub.url}?other", URL))
    await listener.hubs.look()

    first, second = hub.asked
    assert not {first["hub.callback"], first["hub.secret"]} & {second["hub.callback"], second["hub.secret"]}


async def test_a_hub_that_is_down_is_asked_again_later_and_never_believed(listener: Listener, hub: FakeHub):
    hub.status = 500
    await listener.hubs.look()
    listener.now += 4 * MINUTE
    await listener.hubs.look()
    assert (len(hub.asked), listener.push.is_alive(listener.now)) == (1, False)
    assert "answered 500" in listener.push.error

    hub.status = 202
    listener.now += MINUTE
    await listener.hubs.look()
    assert (listener.push.is_alive(listener.now), listener.push.error) == (True, "")


async def test_a_hub_in_our_own_network_is_not_asked(listener: Listener, hub: FakeHub):
    listener.answers_naming(Hub(hub.url.replace("127.0.0.1", "127.0.0.2"), URL))
    await listener.hubs.look()

    assert hub.asked == []
    assert "not a public address" in listener.push.error


async def test_a_feed_that_left_the_config_is_not_listened_to(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.store.reconcile_feeds([], listener.now)
    await listener.hubs.look()

    assert await hub.deliver(b"<feed/>") == 410
    assert len(hub.asked) == 1


async def test_what_was_agreed_outlives_a_restart(listener: Listener, hub: FakeHub):
    await listener.hubs.look()
    listener.hubs._known = {}
    listener.now += MINUTE
    await listener.hubs.remember()

    assert await hub.deliver(b"<feed/>") == 202
    assert (listener.is_due, len(hub.asked)) == (True, 1)


# ---------------------------------------------------------------- several processes
@dataclass
class Hearing:
    """One process of several on one database, as far as hubs go."""

    store: StoreThread
    offices: Offices
    reception: Reception
    hubs: Hubs
    at: Websub

    async def looks(self) -> None:
        await self.offices.look()
        await self.reception.reopen()
        await self.reception.look()

    async def stops(self) -> None:
        await self.reception.close()
        await self.offices.close()
        self.store.close()

    def is_open(self) -> bool:
        with socket.socket() as asked:
            return asked.connect_ex((self.at.host, self.at.port)) == 0


@pytest.fixture
async def hearing(postgres: PostgresServer) -> AsyncIterator[Callable[[], Hearing]]:
    """Another process, behind the one public address that is the first one's here."""
    started: list[Hearing] = []
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgres.with_tables())
        http = await stack.enter_async_context(open_session("Tocsin", frozenset({"127.0.0.1"})))

        def another() -> Hearing:
            port = free_port()
            public = started[0].at.public_url if started else f"http://127.0.0.1:{port}"
            at, store = Websub(public, port=port), StoreThread(Store.open(url))
            offices = Offices(Candidate(url, [Office.HUBS]))
            hubs = Hubs(store, http, public, lambda: START)
            started.append(Hearing(store, offices, Reception(hubs, at, lambda: offices.holds(Office.HUBS)), hubs, at))
            return started[-1]

        yield another
        for each in started:
            await each.stops()


async def test_of_several_processes_one_hears_the_hubs_and_what_it_agreed_holds_for_the_next(
    hearing: Callable[[], Hearing], hub: FakeHub, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    one, two = hearing(), hearing()
    await one.store(Store.reconcile_feeds, [Feed(URL)], START)
    (state,) = await one.store(Store.feed_states)
    named = Ways(hub=Hub(hub.url, URL))
    await one.store(
        Store.feeds_unchanged, [UnchangedFeed(state.id, next_due_at=START + HOUR, now=START - HOUR, ways=named)]
    )
    for each in (one, two, one, two):
        await each.looks()
    assert (one.is_open(), two.is_open(), hub.verified) == (True, False, [True])
    assert caplog.text.count("another process hears the hubs") == 1

    await one.reception.close()
    await one.offices.close()
    await two.looks()
    assert two.is_open()
    there = hub.asked[-1]["hub.callback"].replace(f":{one.at.port}/", f":{two.at.port}/")
    assert await hub.deliver(b"<feed/>", callback=there) == 202
    (state,) = await two.store(Store.feed_states)
    assert state.next_due_at <= START
    assert len(hub.asked) == 1


async def test_a_port_that_is_taken_when_the_other_process_is_gone_is_said_and_tried_again(
    hearing: Callable[[], Hearing], caplog: pytest.LogCaptureFixture
):
    one = hearing()
    with socket.create_server((one.at.host, one.at.port)):
        await one.looks()
        await one.looks()
        assert caplog.text.count("hubs cannot be heard, and feeds are polled as usual") == 1
    await one.looks()
    assert one.is_open()
