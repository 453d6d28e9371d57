"""The keyboards under an alert, and what a tap on one of them says.

An alert carries one row; "More…" opens the rest in its place, so that a chat full of alerts stays readable. A tap's
data names a wish and the row of the outbox that its message is; what it may do is asked of the store at every tap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2s

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.messages import where
from bot.core.model import ToldRule, Verdict
from bot.core.tongue import Tongue
from bot.telegram import alert_texts, choosing_texts, texts
from bot.telegram.alertdesk import Card, What

PREFIX = "al"
SPANS = {"1": timedelta(hours=1), "8": timedelta(hours=8), "w": timedelta(weeks=1)}
VERDICTS = {"n": Verdict.NOT_RELEVANT, "p": Verdict.WRONG_PLACE, "d": Verdict.DUPLICATE, "c": Verdict.CORRECT}
WHATS = {"i": What.INCIDENT, "p": What.PLACE, "r": What.RULE}
REFERENCE_BYTES = 6
MOST_RULES = 4  # to be muted one by one

# A wish, and the number of the message in the outbox: "als:12", or to mute a rule for a week "almr0123456789abw:12".
LOOKING = re.compile(rf"{PREFIX}([swpoc]):([0-9]{{1,18}})")
VERDICT = re.compile(rf"{PREFIX}f([npdc])?:([0-9]{{1,18}})")
ACKNOWLEDGING = re.compile(rf"{PREFIX}a([+-]):([0-9]{{1,18}})")
MUTING = re.compile(rf"{PREFIX}m(?:([ip]|r[0-9a-f]{{12}})([18w])?)?:([0-9]{{1,18}})")

UNMUTING = re.compile(rf"{PREFIX}u([0-9]{{1,18}}):([0-9]{{1,18}})")

SOURCES, WHY, MAP, OPEN, CLOSE = "swpoc"


@dataclass(frozen=True, slots=True)
class MuteTap:
    """How far somebody has come in muting: nothing yet, what, or also for how long."""

    what: What | None = None
    reference: str = ""
    span: timedelta | None = None


def read_mute(target: str | None, span: str | None) -> MuteTap:
    """From the groups of MUTING."""
    if not target:
        return MuteTap()
    return MuteTap(WHATS[target[0]], target[1:], SPANS[span] if span else None)


def rule_of(reference: str, rules: Sequence[ToldRule]) -> ToldRule | None:
    return next((rule for rule in rules if _reference(rule.id) == reference), None)


# ---------------------------------------------------------------- keyboards
def closed(message_id: int, link: str, tongue: Tongue) -> InlineKeyboardMarkup:
    """What an alert is sent with."""
    row = [*_link(link, tongue), _button(alert_texts.SOURCES, SOURCES, message_id, tongue)]
    return InlineKeyboardMarkup([[*row, _button(alert_texts.MORE, OPEN, message_id, tongue)]])


def muted(card: Card, mute_id: int, tongue: Tongue) -> InlineKeyboardMarkup:
    """The short row, with a way back from what was muted just now."""
    undo = _button(choosing_texts.UNDO, f"u{mute_id}", card.message_id, tongue)
    return InlineKeyboardMarkup([*closed(card.message_id, card.link, tongue).inline_keyboard, [undo]])


def opened(card: Card, tongue: Tongue, *, in_group: bool, is_acknowledged: bool) -> InlineKeyboardMarkup:
    """All there is to do, at most two in a row, so that labels can be read on a phone."""
    number, say = card.message_id, alert_texts
    rows = [
        _link(card.link, tongue),
        [_button(say.SOURCES, SOURCES, number, tongue), _button(say.WHY, WHY, number, tongue)],
        [_button(say.MAP, MAP, number, tongue), _button(say.MUTE, "m", number, tongue)],
    ]
    if in_group:
        rows.append([_button(say.ACKNOWLEDGE, "a+", number, tongue)])
        rows[-1] += [_button(say.TAKE_BACK, "a-", number, tongue)] if is_acknowledged else []
    rows.append([_button(say.WRONG, "f", number, tongue), _button(say.LESS, CLOSE, number, tongue)])
    return InlineKeyboardMarkup([row for row in rows if row])


def verdicts(card: Card, tongue: Tongue) -> InlineKeyboardMarkup:
    taps = [
        _button(alert_texts.VERDICTS[verdict], f"f{letter}", card.message_id, tongue)
        for letter, verdict in VERDICTS.items()
    ]
    return InlineKeyboardMarkup([taps[:2], taps[2:], [_button(alert_texts.LESS, CLOSE, card.message_id, tongue)]])


def mutes(card: Card, tongue: Tongue) -> InlineKeyboardMarkup:
    """What can be muted; a place only where it is known."""
    number = card.message_id
    rows = [[_button(alert_texts.MUTED[What.INCIDENT], "mi", number, tongue)]]
    if card.incident.place is not None:
        name = alert_texts.short(where(card.incident.place, tongue))
        rows.append([_named(tongue.say(alert_texts.MUTED[What.PLACE], name=name), "mp", number)])
    for rule in card.rules[:MOST_RULES]:
        label = tongue.say(alert_texts.MUTED[What.RULE], name=alert_texts.short(tongue.title(rule)))
        rows.append([_named(label, f"mr{_reference(rule.id)}", number)])
    rows.append([_button(alert_texts.LESS, CLOSE, number, tongue)])
    return InlineKeyboardMarkup(rows)


def spans(card: Card, tap: MuteTap, tongue: Tongue) -> InlineKeyboardMarkup:
    """For how long."""
    letter = next(letter for letter, what in WHATS.items() if what is tap.what)
    taps = [
        _button(label, f"m{letter}{tap.reference}{span}", card.message_id, tongue)
        for span, label in alert_texts.SPANS.items()
    ]
    return InlineKeyboardMarkup([taps, [_button(alert_texts.LESS, CLOSE, card.message_id, tongue)]])


def _link(link: str, tongue: Tongue) -> list[InlineKeyboardButton]:
    if not link.startswith(("https://", "http://")):
        return []
    return [InlineKeyboardButton(tongue.say(texts.SOURCE_BUTTON), url=link)]


def _button(label: str, wish: str, message_id: int, tongue: Tongue) -> InlineKeyboardButton:
    return _named(tongue.say(label), wish, message_id)


def _named(label: str, wish: str, message_id: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=f"{PREFIX}{wish}:{message_id}")


def _reference(rule_id: str) -> str:
    """Short whatever the rule is called."""
    return blake2s(rule_id.encode(), digest_size=REFERENCE_BYTES).hexdigest()
