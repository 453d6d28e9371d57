"""Several rules meet one incident: every chat hears of it once, whatever it listens to and wherever it is told.

A newcomer's mistake is to expect a message for each topic: a chat has one for one incident, where the most severe of
its rules is told.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.model import Mute, MuteKind, Preferences
from tests.fake_telegram import FakeTelegram, Person
from tests.service.house import IDLIB, House

SCHOOLS = "attacks-on-schools"
FOUR = "A rocket hit a school in Sarmin; four pupils were killed and nine wounded."
SIXTEEN = "The rocket on Sarmin killed 16 civilians, doctors said."
TWO_THINGS = "A landmine killed two farmers in Sarmin. In the evening shelling of Sarmin killed three civilians."


def rules_in_title(message: dict[str, Any]) -> str:
    first, *_ = message["text"].splitlines()
    return str(first[2:])


async def test_each_chat_hears_once_of_an_attack_and_once_of_its_new_toll_as_it_chose(
    house: House, telegram: FakeTelegram
):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    place, school, both, demanding, muted, half = (
        telegram.person(number, name).chat
        for number, name in enumerate(("Ana", "Ben", "Cleo", "Dora", "Emil", "Finn"), 11)
    )
    house.subscribe(place, both, demanding, muted, half)
    house.subscribe(school, both, demanding, muted, half, rule=SCHOOLS)
    now = datetime.now(UTC)
    for rule in (IDLIB, SCHOOLS):
        house.store.prefer(demanding.id, rule, Preferences(minimum_toll=20))
        house.store.mute(muted.id, Mute(MuteKind.RULE, rule, now + timedelta(hours=1)), now)
    house.store.mute(half.id, Mute(MuteKind.RULE, SCHOOLS, now + timedelta(hours=1)), now)
    async with house.open():
        orchard.publishes(FOUR)
        titles = [rules_in_title(await chat.hears()) for chat in (place, school, both, half)]
        await house.settled(reports=1)
        valley.publishes(SIXTEEN)
        for chat in (place, school, both, demanding, half):
            assert "16 killed" in (await chat.hears())["text"]
        await house.settled(reports=2)

    idlib, schools = "Civilian casualties in Idlib", "Attacks on schools"
    assert titles == [idlib, schools, f"{idlib}, {schools}", idlib]
    assert all(chat.new.empty() for chat in (place, school, both, demanding, muted, half))
    assert len(house.store.incidents_since(now - timedelta(days=1))) == 1


async def test_a_forum_with_a_topic_and_a_language_for_each_rule_gets_one_message_where_one_rule_is_told(
    house: House, telegram: FakeTelegram, ana: Person
):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    group = telegram.group(-1005, "Desk", ana, type="supergroup")
    group.topics |= {3, 5}
    house.subscribe(group)
    house.subscribe(group, rule=SCHOOLS)
    house.store.prefer(group.id, IDLIB, Preferences(topic_id=3))
    house.store.prefer(group.id, SCHOOLS, Preferences(topic_id=5, language="fr"))
    async with house.open():
        orchard.publishes(FOUR)
        first = await group.hears()
        valley.publishes(SIXTEEN)
        answer = await group.hears()
        await house.settled(reports=2)

    assert first["message_thread_id"] == 5
    assert "Attaques contre des écoles" in first["text"]
    assert "16 tués" in answer["text"]
    assert answer["reply_to_message"]["message_id"] == first["message_id"]
    assert group.new.empty()


async def test_a_landmine_and_the_shelling_of_one_village_are_two_messages_each_with_its_own_dead(
    house: House, ana: Person
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        orchard.publishes(TWO_THINGS)
        heard = [(await ana.hears())["text"] for _ in range(2)]
        await house.settled(reports=1)

    assert sorted(line for text in heard for line in text.splitlines() if "killed (" in line) == [
        "2 killed (civilians)",
        "3 killed (civilians)",
    ]
    assert ana.chat.new.empty()
