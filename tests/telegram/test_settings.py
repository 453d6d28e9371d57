"""How a chat is written to, chosen by buttons and by typing."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.model import ChatSettings, Mute, MuteKind, QuietHours
from bot.telegram import choosing_texts as words
from tests.fake_telegram.methods import labels

pytestmark = pytest.mark.usefixtures("listening")


@pytest.fixture
def settings(ana, store):
    return lambda: store.settings_of(ana.id)


async def test_settings_say_how_things_are(ana, store, clock):
    store.choose_settings(ana.id, ChatSettings(ZoneInfo("Asia/Damascus"), QuietHours(time(22), time(7))), clock())
    store.mute(ana.id, Mute(MuteKind.PLACE, "x", clock() + timedelta(hours=8), "Sarmin", "Ana"), clock())
    ana.says("/settings")

    assert (await ana.hears())["text"].splitlines()[2:] == [
        words.NO_LANGUAGE,
        "Time zone: Asia/Damascus, where it is 15:00",
        "Quiet hours: 22:00-07:00. What happens then comes afterwards, without a sound.",
        words.CRITICAL_PASSES,
        words.CHAT_LOUD,
        "Digests come at 08:00. Another hour: /digest at 06:30",
        "Muted: Sarmin, until 2026-11-22 23:00, by Ana",
    ]


async def test_a_language_is_chosen_out_of_those_there_are(ana, tap, store):
    ana.says("/settings")
    shown, _ = await tap(await ana.hears(), words.LANGUAGE_BUTTON)
    shown, notice = await tap(shown, "English")

    assert notice == words.SPOKEN
    assert "Language: English" in shown["text"]
    assert store.language_of(ana.id) == "en"


async def test_zones_of_the_watched_places_are_offered_first(ana, tap, store, clock, settings):
    store.subscribe(ana.id, "ukraine-civilian-casualties", clock())
    ana.says("/timezone")
    shown = await ana.hears()
    assert labels(shown)[:3] == ["Europe/Kyiv", "✅ UTC", "Europe/London"]

    _, notice = await tap(shown, "Europe/Kyiv")

    assert notice == "Time zone: Europe/Kyiv. It was: UTC."
    assert settings().zone == ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize("typed", ["Europe/Kyiv", "europe/kyiv", "Kyiv"])
async def test_a_zone_can_be_typed_and_taken_back(ana, tap, settings, typed):
    ana.says(f"/timezone {typed}")
    answer = await ana.hears()
    assert answer["text"] == "Time zone: Europe/Kyiv. It was: UTC."

    await tap(answer, words.UNDO)

    assert settings() == ChatSettings()


@pytest.mark.parametrize(("typed", "answer"), [("Europe/Kiyv", "Europe/Kyiv"), ("Q", "They are named like this")])
async def test_a_zone_that_is_none_changes_nothing_and_near_ones_are_proposed(ana, settings, typed, answer):
    ana.says(f"/timezone {typed}")

    assert answer in (await ana.hears())["text"]
    assert settings() == ChatSettings()


async def test_quiet_hours_are_chosen_by_a_tap(ana, tap, settings):
    ana.says("/settings")
    shown, notice = await tap(await ana.hears(), words.QUIET_BUTTON, "22:00-07:00")
    assert notice == "Quiet hours: 22:00-07:00. They were: none."
    assert settings().quiet == QuietHours(time(22), time(7))

    shown, _ = await tap(shown, words.QUIET_BUTTON)
    assert "✅ 22:00-07:00" in labels(shown)
    await tap(shown, "None")
    assert settings().quiet is None


@pytest.mark.parametrize("typed", ["22:30-06:15", "22.30 - 6:15", "2230-0615"])
async def test_quiet_hours_can_be_typed_and_taken_back(ana, tap, settings, typed):
    ana.says("/quiet 23-8")
    await ana.hears()
    ana.says(f"/quiet {typed}")
    answer = await ana.hears()
    assert answer["text"] == "Quiet hours: 22:30-06:15. They were: 23:00-08:00."

    await tap(answer, words.UNDO)
    assert settings().quiet == QuietHours(time(23), time(8))

    ana.says("/quiet off")
    await ana.hears()
    assert settings().quiet is None


@pytest.mark.parametrize("typed", ["25:00-07:00", "22:00", "always", "22:00-22:00"])
async def test_hours_that_are_none_change_nothing(ana, settings, typed):
    ana.says(f"/quiet {typed}")

    assert (await ana.hears())["text"] == words.BAD_HOURS
    assert settings() == ChatSettings()


async def test_without_hours_quiet_shows_those_to_choose_from(ana):
    ana.says("/quiet")

    assert labels(await ana.hears())[0] == "✅ None"


async def test_critical_alerts_and_sounds_are_switched_to_and_fro(ana, tap, settings):
    ana.says("/settings")
    shown, notice = await tap(await ana.hears(), words.CRITICAL_WAITS_BUTTON, words.SILENT)
    assert notice == words.CHAT_SILENT
    assert settings() == ChatSettings(critical_passes=False, silent=True)

    await tap(shown, words.CRITICAL_PASSES_BUTTON, words.LOUD)
    assert settings() == ChatSettings()


async def test_in_a_group_all_see_who_changed_what(telegram, ana):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    ana.says("/timezone Kyiv", group)
    assert (await group.hears())["text"] == "Ana: Time zone: Europe/Kyiv. It was: UTC."

    ana.says("/settings", group)
    ana.taps(await group.hears(), words.SILENT)

    assert (await group.sees_edit())["text"].endswith(f"Ana: {words.CHAT_SILENT}")


async def test_who_writes_as_the_group_is_named_by_it(telegram, ana):
    group = telegram.group(-5, "Desk", ana, type="supergroup")
    ana.says_anonymously("/quiet 22-7@tocsin_test_bot", group)
    ana.says_anonymously("/quiet@tocsin_test_bot 22-7", group)

    await group.hears()
    assert (await group.hears())["text"].startswith("Desk: Quiet hours: 22:00-07:00.")
