"""Telegram in a bad hour: it puts off, breaks down behind its gateway, loses answers, all at once; nothing is lost."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field

import pytest

from bot.store import MessageState
from tests.fake_telegram import Chat, FakeTelegram, HtmlPage, Refuse, ResetAfter, ResetBefore
from tests.fake_telegram.errors import too_many_requests
from tests.fake_telegram.faults import Fault, Faults
from tests.service.house import House

PLACES = ("Sarmin", "Binnish", "Saraqib", "Taftanaz", "Kafr Nabl")
READERS = range(21, 29)
BROKEN = range(10, 25)  # calls that the gateway answers one after another
CUT = range(30, 60)  # calls that break off one after another, whatever they want
AGAIN = "(sent again: the first answer was lost)"


@dataclass
class Storm(Faults):
    """What befalls each call that sends a message, or asks whether Telegram answers, by its number."""

    calls: itertools.count[int] = field(default_factory=itertools.count)
    befallen: Counter[str] = field(default_factory=Counter)

    def next_for(self, method: str) -> Fault | None:
        if method.lower() not in ("sendmessage", "getme"):
            return None
        fault = _fault(next(self.calls), method.lower())
        self.befallen[type(fault).__name__] += fault is not None
        return fault


def _fault(number: int, method: str) -> Fault | None:
    if number in BROKEN:
        return HtmlPage()
    if number in CUT:
        return ResetBefore()
    if number % 10 == 7:
        return Refuse(too_many_requests(retry_after=1))
    return ResetAfter() if number % 10 == 3 and method == "sendmessage" else None


async def test_in_a_storm_of_refusals_broken_gateways_and_lost_answers_each_alert_comes_and_only_what_is_in_doubt_twice(
    house: House, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.outbox.REPEAT_SECONDS", 0.1)
    monkeypatch.setattr("bot.outbox.PAUSE_AFTER_429_SECONDS", 0.1)
    storm = telegram.faults = Storm()  # from now on
    orchard = await house.outlet("Orchard Post")
    readers = [telegram.person(number, f"Reader {number}").chat for number in READERS]
    house.subscribe(*readers)
    async with house.open():
        for killed, place in enumerate(PLACES, 11):
            orchard.publishes(f"Shelling killed {killed} villagers in {place} before sunrise.")
        await house.settled(reports=len(PLACES))

    assert min(storm.befallen[kind] for kind in ("HtmlPage", "Refuse", "ResetAfter", "ResetBefore")) >= 3
    assert house.store.status().messages.keys() <= {MessageState.SENT, MessageState.GIVEN_UP}  # its answer lost twice
    for reader in readers:
        first, again = arrived(reader, labelled=False), arrived(reader, labelled=True)
        assert first.keys() | again.keys() == set(PLACES)
        assert max([*first.values(), *again.values()]) == 1


def arrived(chat: Chat, *, labelled: bool) -> Counter[str]:
    """How many messages the chat got on each place, of those that say they are repetitions or of the others."""
    texts = [str(message["text"]) for message in chat.messages.values() if (AGAIN in message["text"]) == labelled]
    return Counter(place for text in texts for place in PLACES if place in text)
