"""From a person's first word to the alerts that follow: one living message for one incident."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.service import utc_now
from bot.store import Archive
from tests.fake_telegram import Chat, FakeTelegram, Person
from tests.service.house import IDLIB, House
from tests.service.press import Outlet

SCHOOLS = "attacks-on-schools"
FIFTEEN = "Shelling killed 15 villagers and wounded nine in Sarmin this morning."
ALSO_FIFTEEN = "A doctor in Sarmin said that 15 civilians were killed when rockets hit the grain market."
SIXTEEN = "The rescue service raised its count: 16 civilians were killed by the bombardment of Sarmin."
TWENTY_ONE = "The shelling of Sarmin killed 21 civilians, the town council announced at noon."
ELSEWHERE = "Mortar rounds killed 12 civilians and injured three in Saraqib, relatives told us."


async def test_a_person_who_taps_a_rule_gets_the_one_right_message(house: House, telegram: FakeTelegram, ana: Person):
    orchard = await house.outlet("Orchard Post")
    async with house.open():
        ana.says("/start")
        assert "This is Tocsin" in (await ana.hears())["text"]
        ana.says("/subscribe")
        shown = await ana.hears()
        for label in ("All rules", "in Idlib"):
            ana.taps(shown, label)
            assert await telegram.notice() == ""
            shown = await ana.chat.sees_edit()
        ana.taps(shown, "Subscribe")
        assert "now hears about" in await telegram.notice()
        await ana.chat.sees_edit()  # the card, with other buttons

        article = orchard.publishes(FIFTEEN, "Shells fall on a bakery queue")
        alert = await ana.hears()
        await house.settled(reports=1)

    assert alert["text"].splitlines()[:5] == [
        "🔴 Civilian casualties in Idlib",
        "Sarmin (Idlib, Syria)",
        "15 killed, 9 injured (civilians)",
        "Shelling",
        FIFTEEN.rstrip("."),
    ]
    assert "Orchard Post · 1 source" in alert["text"]
    assert "blockquote" in [entity["type"] for entity in alert["entities"]]
    assert links_of(alert) == [article.link]
    assert not telegram.calls("sendMessage")[-1]["disable_notification"]
    assert ana.chat.new.empty()
    assert ana.chat.edited.empty()


async def test_a_chat_that_chose_arabic_is_written_to_in_arabic(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    house.store.speak(ana.id, "ar", utc_now())
    async with house.open():
        alert = await told(ana.chat, orchard, FIFTEEN)

    assert alert["text"].replace("\u200f", "").splitlines()[1:4] == [
        "سرمين (إدلب، سوريا)",
        "15 قتيلاً، 9 جرحى (مدنيون)",
        "قصف",
    ]
    assert alert["reply_markup"]["inline_keyboard"][0][0]["text"] == "قراءة الخبر"


async def test_a_second_outlet_changes_the_message_without_a_sound(house: House, ana: Person):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    house.subscribe(ana.chat)
    async with house.open():
        first = await told(ana.chat, orchard, FIFTEEN)
        valley.publishes(ALSO_FIFTEEN)
        edited = await ana.chat.sees_edit()
        await house.settled(reports=2)

    assert edited["message_id"] == first["message_id"]
    assert "Orchard Post · Valley Radio · 2 sources" in edited["text"]
    assert ana.chat.new.empty()
    assert ana.chat.edited.empty()


async def test_a_toll_that_rises_a_little_is_edited_and_one_that_rises_much_is_said_aloud(
    house: House, telegram: FakeTelegram, ana: Person
):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    house.subscribe(ana.chat)
    async with house.open():
        first = await told(ana.chat, orchard, FIFTEEN)

        valley.publishes(SIXTEEN)
        quiet = await ana.chat.sees_edit()
        await house.settled(reports=2)
        assert ana.chat.new.empty()

        orchard.publishes(TWENTY_ONE)
        edited, reply = await ana.chat.sees_edit(), await ana.hears()
        await house.settled(reports=3)

    assert "16 killed" in quiet["text"]
    assert "21 killed" in edited["text"]
    assert {quiet["message_id"], edited["message_id"]} == {first["message_id"]}
    assert reply["text"].startswith("Toll now 21 killed (was 15). Sarmin (Idlib, Syria).")
    assert reply["reply_to_message"]["message_id"] == first["message_id"]
    assert not telegram.calls("sendMessage")[-1]["disable_notification"]
    assert ana.chat.new.empty()


async def test_an_attack_on_a_school_is_told_once_to_whoever_listens_to_the_place_the_school_or_both(
    house: House, telegram: FakeTelegram, ana: Person, ben: Person
):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    cleo = telegram.person(9, "Cleo")
    house.subscribe(ana.chat, cleo.chat)
    house.subscribe(ben.chat, cleo.chat, rule=SCHOOLS)
    async with house.open():
        orchard.publishes("A rocket hit a school in Sarmin; four pupils were killed and nine wounded.")
        titles = [(await person.hears())["text"].splitlines()[0][2:] for person in (ana, ben, cleo)]
        valley.publishes("The rocket on Sarmin killed nine civilians, doctors said.")
        for person in (ana, ben, cleo):
            assert "9 killed" in (await person.hears())["text"]
        await house.settled(reports=2)

    idlib, schools = "Civilian casualties in Idlib", "Attacks on schools"
    assert titles == [idlib, schools, f"{idlib}, {schools}"]
    assert len(house.store.incidents_since(datetime.now(UTC) - timedelta(days=1))) == 1


async def test_a_copy_in_another_outlet_is_not_told(house: House, ana: Person):
    orchard, valley = await house.outlet("Orchard Post"), await house.outlet("Valley Radio")
    house.subscribe(ana.chat)
    async with house.open():
        await told(ana.chat, orchard, FIFTEEN)
        valley.publishes(FIFTEEN)
        await house.settled(reports=2)

    assert house.reports == {"first-report": 1, "copy": 1}
    assert ana.chat.new.empty()
    assert ana.chat.edited.empty()


async def test_the_buttons_of_an_alert_are_answered_by_the_running_bot(
    house: House, telegram: FakeTelegram, ana: Person
):
    orchard = await house.outlet("Orchard Post")
    group = telegram.group(-5, "Newsroom", ana, type="supergroup")
    house.subscribe(group)
    async with house.open():
        alert = await told(group, orchard, FIFTEEN)
        await house.settled(reports=1)
        ana.taps(alert, "Sources")
        assert "• Orchard Post: 15 killed, 9 injured" in (await group.hears())["text"]
        ana.taps(alert, "More")
        ana.taps(await group.sees_edit(), "Acknowledge")
        assert "✓ Acknowledged by Ana" in (await group.sees_edit())["text"]
        ana.answers(alert, "/why", group)
        assert "Decided: the first report of an incident" in (await group.hears())["text"]


async def test_a_person_who_unsubscribes_hears_no_more(house: House, telegram: FakeTelegram, ana: Person, ben: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, ben.chat)
    async with house.open():
        await told(ana.chat, orchard, FIFTEEN)
        ana.says("/unsubscribe")
        ana.taps(await ana.hears(), "Idlib")
        assert "no longer hears about" in await telegram.notice()

        orchard.publishes(ELSEWHERE)
        await ben.hears()
        assert "Saraqib" in (await ben.hears())["text"]
        await house.settled(reports=2)

    assert house.store.rules_of(ana.id) == frozenset()
    assert house.store.rules_of(ben.id) == {IDLIB}
    assert ana.chat.new.empty()


async def told(chat: Chat, outlet: Outlet, text: str) -> dict[str, Any]:
    """The message that a chat gets because of an article."""
    outlet.publishes(text)
    return await chat.hears()


def links_of(message: dict[str, object]) -> list[str]:
    """Where the buttons of a message lead."""
    keyboard = message["reply_markup"]
    assert isinstance(keyboard, dict)
    return [button["url"] for row in keyboard["inline_keyboard"] for button in row if "url" in button]


async def test_what_alerted_is_kept_with_what_its_server_said(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        orchard.publishes("Shelling killed 11 villagers in Sarmin before sunrise.")
        await ana.hears()
        await house.settled(reports=1)

    with closing(Archive.open(house.database)) as archive:
        (kept,) = archive.evidence(datetime(2000, 1, 1, tzinfo=UTC))
    assert kept.origin.feed == orchard.feed.url
    assert dict(kept.origin.headers)["ETag"] == '"1"'
    assert len(kept.origin.body_sha256) == 64
    assert kept.findings[0].quote in kept.text
