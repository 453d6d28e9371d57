"""What one person sees of the bot from the first word on: each picture is what they saw at one time.

They choose a rule, the sample day begins, they look closer, and change how the chat is written to. A newcomer's mistake
is to tell one of these alone: each goes on where the one before it ended.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.core.model import Severity
from bot.seeds import SeedReport, Story
from bot.telegram import alert_texts, texts
from bot.telegram import choosing_texts as words
from tests.fake_telegram.methods import labels
from tests.fake_telegram.spec import Json
from tests.screens.drawing import Shown
from tests.screens.stage import MORNING, Stage

EDITED = {"en": "edited", "ar": "عُدّلت"}  # what Telegram itself writes beside an edited message
SYRIA = "Syria"
IDLIB = {"en": "Idlib", "ar": "إدلب"}  # in the title of its rule
DAMASCUS = "Asia/Damascus"
PAUSE = timedelta(minutes=10)  # between two reports of the day
EARLIER = (
    (25, "orontes", "Shelling of Ariha", "Shelling killed two shopkeepers in Ariha and wounded five."),
    (19, "shamal", "قصف على سلقين", "استشهد ثلاثة مدنيين وأصيب سبعة آخرون بقصف صاروخي على بلدة سلقين بريف إدلب."),
    (12, "mirror", "Night raid on Saraqib", "An air strike on a bakery in Saraqib killed 12 civilians and wounded 30."),
    (6, "dispatch", "Mortar fire", "Mortar fire killed three farmers in Kafr Takharim at dusk."),
    (4, "orontes", "Rockets", "Rockets killed four civilians in Jisr al-Shughur at noon and wounded nine."),
    (2, "shamal", "قصف أريحا", "استشهد مدني وأصيب ستة آخرون بقصف مدفعي على مدينة أريحا."),
    (1, "mirror", "Harim", "Shelling killed five civilians in Harim and wounded eleven, the rescue service said."),
)  # days before the day, outlet, title and text


async def screens(stage: Stage, story: Story) -> AsyncIterator[tuple[str, Sequence[Shown]]]:
    """What each picture is called, and what is on it."""
    await _the_days_before(stage, story)
    yield "start", await _start(stage)
    *rules, card = await _choosing(stage)
    yield "rules", rules
    yield "card", [card]
    yield "options", await _options(stage, card.message)
    told = await _the_day(stage, story)
    yield "alert", told
    yield "looking", await _looking(stage, told[1].message)
    yield "digest", await _digest(stage)
    yield "settings", await _settings(stage)


# ---------------------------------------------------------------- choosing
async def _the_days_before(stage: Stage, story: Story) -> None:
    for number, (days, outlet, title, text) in enumerate(EARLIER):
        stage.clock.now = MORNING - timedelta(days=days)
        await stage.happens(SeedReport(f"earlier-{number}", outlet, title, text, (), None), story)
    stage.clock.now = MORNING - PAUSE


async def _start(stage: Stage) -> list[Shown]:
    return [stage.says("/start"), stage.shown(await stage.hears())]


async def _choosing(stage: Stage) -> list[Shown]:
    """From /subscribe to the card of a rule."""
    say, asked = stage.tongue.say, stage.says("/subscribe")
    first = await stage.hears()
    shown = [asked, stage.shown(first, say(words.BY_PLACE))]
    places = await stage.taps(first, say(words.BY_PLACE))
    while not _has(places, stage.tongue.country("SY") or SYRIA):
        shown.append(stage.shown(places, texts.NEXT_PAGE))
        places = await stage.taps(places, texts.NEXT_PAGE)
    shown.append(stage.shown(places, stage.tongue.country("SY") or SYRIA))
    rules = await stage.taps(places, stage.tongue.country("SY") or SYRIA)
    idlib = IDLIB[stage.tongue.language]
    card = await stage.taps(rules, idlib)
    return [*shown, stage.shown(rules, idlib), stage.shown(card, say(words.SUBSCRIBE))]


async def _options(stage: Stage, card: Json) -> list[Shown]:
    """What of it the chat hears: high and critical ones, in the end."""
    say = stage.tongue.say
    subscribed = await stage.taps(card, say(words.SUBSCRIBE))
    options = await stage.taps(subscribed, say(words.OPTIONS))
    chosen = await stage.taps(options, say(words.MINIMUM_BUTTONS[Severity.HIGH]))
    return [stage.shown(chosen)]


# ---------------------------------------------------------------- the day
async def _the_day(stage: Stage, story: Story) -> list[Shown]:
    """The first alert, the same message as it stands at last, and the answer that says aloud what changed."""
    heard: list[Shown] = []
    for number, report in enumerate(story.reports):
        stage.clock.now = MORNING + number * PAUSE
        await stage.happens(report, story)
        heard += [stage.shown(message, before=_edited(stage, message)) for message in await stage.sent()]
    first = heard[0]
    same = [each for each in heard if each.message["message_id"] == first.message["message_id"]]
    answer = next(each for each in heard if "reply_to_message" in each.message)
    return [first, same[-1], answer]


def _edited(stage: Stage, message: Json) -> str:
    return EDITED[stage.tongue.language] if "edit_date" in message else ""


async def _looking(stage: Stage, alert: Json) -> list[Shown]:
    """All buttons of an alert, its sources, and why it came."""
    say = stage.tongue.say
    opened = await stage.taps(alert, say(alert_texts.MORE))
    stage.person.taps(opened, say(alert_texts.SOURCES))
    sources = await stage.hears()
    stage.person.taps(opened, say(alert_texts.WHY))
    return [stage.shown(opened, before=_edited(stage, opened)), stage.shown(sources), stage.shown(await stage.hears())]


async def _digest(stage: Stage) -> list[Shown]:
    asked = stage.says("/digest 7d")
    first, *rest = await stage.sent_later()
    return [asked, stage.shown(first, picture=stage.photos()[-1]), *map(stage.shown, rest)]


# ---------------------------------------------------------------- settings
async def _settings(stage: Stage) -> list[Shown]:
    for said in (f"/timezone {DAMASCUS}", "/quiet 22:00-07:00"):
        stage.says(said)
        await stage.hears()
    stage.zone = ZoneInfo(DAMASCUS)
    return [stage.says("/settings"), stage.shown(await stage.hears())]


def _has(message: Json, label: str) -> bool:
    return any(label in each for each in labels(message))
