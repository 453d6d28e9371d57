"""What of a rule a chat hears, chosen by buttons and by /only."""

import pytest

from bot.core.model import Delivery, Preferences, Rhythm, Severity
from bot.telegram import choosing_texts as words
from bot.telegram import texts
from tests.fake_telegram.methods import labels

pytestmark = pytest.mark.usefixtures("listening")

IDLIB, GAZA = "idlib-civilian-casualties", "gaza-civilian-casualties"


@pytest.fixture
def chosen(ana, store, clock):
    """What Ana chose of the rule on Idlib, which she listens to."""
    store.subscribe(ana.id, IDLIB, clock())

    def look() -> Preferences:
        (mine,) = store.subscriptions_of(ana.id, clock())
        assert isinstance(mine.preferences, Preferences)
        return mine.preferences

    return look


@pytest.fixture
def options(ana, chosen, tap):
    async def open_options():
        ana.says("/unsubscribe")
        shown, _ = await tap(await ana.hears(), words.OPTIONS)
        return shown

    return open_options


@pytest.fixture
def choose(options, tap, chosen):
    """Taps one button of the options: what is seen then, what is said, and what is chosen."""

    async def tap_one(label):
        shown, notice = await tap(await options(), label)
        return shown, notice, chosen()

    return tap_one


@pytest.mark.parametrize(
    ("label", "expected", "said"),
    [
        ("High and up", Preferences(minimum=Severity.HIGH), "high and critical. It was: any severity."),
        ("Critical", Preferences(minimum=Severity.CRITICAL), "critical alone. It was: any severity."),
        ("10+", Preferences(minimum_toll=10), "10 killed and injured or more. It was: any toll."),
        ("Daily", Preferences(rhythm=Rhythm.DAILY), "once a day. It was: at once."),
        ("Weekly", Preferences(rhythm=Rhythm.WEEKLY), "once a week. It was: at once."),
        (words.SILENT, Preferences(silent=True), "without a sound. It was: with a sound."),
    ],
)
async def test_each_choice_is_a_button_that_shows_what_is_chosen(choose, label, expected, said):
    shown, notice, chosen = await choose(label)

    assert chosen == expected
    assert f"✅ {label}" in labels(shown)
    assert notice == f"Civilian casualties in Idlib: {said}"


async def test_what_is_chosen_already_stays_as_before(telegram, ana, options, chosen):
    ana.taps(await options(), "Any toll")

    assert await telegram.notice() == "Civilian casualties in Idlib: as before."
    assert chosen() == Preferences()


async def test_a_choice_is_taken_back_by_the_button_beside_it(options, tap, chosen):
    await tap(
        await options(), "50+", "Any toll", "Weekly", "At once", words.SILENT, words.LOUD, "Critical", "Any severity"
    )

    assert chosen() == Preferences()


async def test_a_place_inside_the_place_of_the_rule_is_chosen_from_a_list(options, tap, chosen):
    shown, _ = await tap(await options(), "Where: Everywhere")
    assert labels(shown)[:2] == ["✅ Everywhere", "Ariha District"]
    assert f"/only {IDLIB}" in shown["text"]

    shown, notice = await tap(shown, "Jabal Zawiya")
    assert chosen().place.name == "Jabal Zawiya"
    assert "only Jabal Zawiya" in notice

    await tap(shown, "Where: Jabal Zawiya", "Everywhere")
    assert chosen().place is None


async def test_a_rule_is_told_in_the_language_that_is_chosen_for_it_or_in_that_of_the_chat(options, tap, chosen):
    shown, _ = await tap(await options(), "Language: As the chat")
    assert labels(shown)[:3] == ["✅ As the chat", "English", "العربية"]

    shown, notice = await tap(shown, "Français")
    assert chosen() == Preferences(language="fr")
    assert notice.endswith("in this language: Français. It was: in the language of the chat.")

    await tap(shown, "Language: Français", "As the chat")
    assert chosen() == Preferences()


async def test_forged_languages_change_nothing(telegram, ana, options, tap, chosen):
    shown, _ = await tap(await options(), "Language: As the chat")
    data = next(b["callback_data"] for row in shown["reply_markup"]["inline_keyboard"] for b in row)

    for value in ("xx", "FR", ""):
        ana.forges_tap(shown, data.replace(":chat:", f":{value}:"))
        assert await telegram.notice() == texts.STALE_BUTTON
    assert chosen() == Preferences()


@pytest.mark.parametrize("rule", [IDLIB, "civilian casualties in idlib"])
async def test_any_place_can_be_typed(ana, chosen, tap, rule):
    ana.says(f"/only {rule} Saraqib")
    answer = await ana.hears()
    assert "only Saraqib" in answer["text"]
    assert chosen().place.name == "Saraqib"

    await tap(answer, words.UNDO)
    assert chosen().place is None

    ana.says(f"/only {rule} Saraqib")
    await ana.hears()
    ana.says(f"/only {rule}")
    assert "everywhere in it" in (await ana.hears())["text"]
    assert chosen().place is None


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (f"/only {IDLIB} Saraqeebb", "no place is called “Saraqeebb”"),
        (f"/only {IDLIB} Homs", "Homs does not lie where this rule looks"),
        (f"/only {GAZA} Rafah", f"The rules of this chat: {IDLIB}."),
        ("/only", f"For example: /only {IDLIB} Jabal Zawiya."),
    ],
)
async def test_what_cannot_be_is_said_and_changes_nothing(ana, chosen, said, answer):
    ana.says(said)

    assert answer in (await ana.hears())["text"]
    assert chosen() == Preferences()


async def test_who_listens_to_nothing_is_told_where_to_begin(ana):
    ana.says(f"/only {IDLIB} Saraqib")

    assert (await ana.hears())["text"] == words.NOT_SUBSCRIBED


async def test_a_rule_that_tells_the_province_alone_is_narrowed_to_nothing_finer(ana, chosen, options, tap, careful):
    careful(IDLIB, Delivery(place="admin1"))
    shown, _ = await tap(await options(), "Where: Everywhere")
    assert labels(shown) == ["✅ Everywhere", words.BACK]

    ana.says(f"/only {IDLIB} Saraqib")
    assert words.TOO_FINE in (await ana.hears())["text"]
    assert chosen().place is None


async def test_forged_places_change_nothing(telegram, ana, options, tap, chosen):
    shown, _ = await tap(await options(), "Where: Everywhere")
    data = next(b["callback_data"] for row in shown["reply_markup"]["inline_keyboard"] for b in row)

    for value in ("00000000", "everywhere", ""):
        ana.forges_tap(shown, data.replace(":all:", f":{value}:"))
        assert await telegram.notice() == texts.STALE_BUTTON
    assert chosen() == Preferences()


async def test_from_options_one_gets_back_to_where_one_came_from(options, tap):
    shown, _ = await tap(await options(), words.BACK)

    assert shown["text"] == texts.CHOOSE_TO_STOP
