"""Lists of rules as buttons, and what a tap on one says.

A tap's data is whatever the client sends. It names a wish ("subscribe"), not a toggle, and a rule in one chat alone, so
that a forged, repeated or outdated tap does nothing that its sender could not ask for anyway.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2s

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.tongue import Tongue
from bot.telegram import texts
from bot.telegram.asking import View
from bot.telegram.desk import RuleCard

PAGE_SIZE = 8
REFERENCE_BYTES = 8  # 16 hex digits: with them a tap's data has at most 22 of Telegram's 64 bytes
DATA = re.compile(r"([am])([-+=])([0-9]{1,3}):([0-9a-f]{16})?")


class Menu(StrEnum):
    """Which rules a list shows."""

    ALL = "a"
    MINE = "m"


class Wish(StrEnum):
    SUBSCRIBE = "+"
    UNSUBSCRIBE = "-"
    TURN_PAGE = "="


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on a button of a list. `reference` names a rule, and is empty when a page is turned."""

    menu: Menu
    wish: Wish
    page: int
    reference: str = ""

    def data(self) -> str:
        return f"{self.menu}{self.wish}{self.page}:{self.reference}"

    def rule(self, chat_id: int, rules: Sequence[RuleCard]) -> RuleCard | None:
        """The rule that is meant, if there is such a rule for this chat."""
        return next((rule for rule in rules if _reference(chat_id, rule.id) == self.reference), None)


def read_tap(data: str) -> Tap | None:
    """None for data that no button of ours can hold."""
    found = DATA.fullmatch(data)
    if found is None:
        return None
    tap = Tap(Menu(found[1]), Wish(found[2]), int(found[3]), found[4] or "")
    return tap if (tap.wish is Wish.TURN_PAGE) == (tap.reference == "") else None


def listed(menu: Menu, rules: Sequence[RuleCard], subscribed: Collection[str]) -> list[RuleCard]:
    """The rules a list shows. What a chat listens to can always be left, even when the rule is no more."""
    if menu is Menu.ALL:
        return list(rules)
    known = {rule.id for rule in rules}
    gone = [RuleCard(rule_id, rule_id) for rule_id in sorted(subscribed) if rule_id not in known]
    return [rule for rule in rules if rule.id in subscribed] + gone


def view(
    menu: Menu, page: int, chat_id: int, rules: Sequence[RuleCard], subscribed: Collection[str], *, tongue: Tongue
) -> View:
    """One page of a list; the last page when there is no such page any more."""
    shown = listed(menu, rules, subscribed)
    if not shown:
        return View(tongue.say(texts.NO_RULES if menu is Menu.ALL else texts.NO_SUBSCRIPTIONS))
    pages = -(-len(shown) // PAGE_SIZE)
    page = min(page, pages - 1)
    rows = [
        [_choice(menu, page, chat_id, rule, subscribed)] for rule in shown[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    ]
    if pages > 1:
        rows.append(list(_turning(menu, page, pages)))
    return View(tongue.say(texts.CHOOSE if menu is Menu.ALL else texts.CHOOSE_TO_STOP), InlineKeyboardMarkup(rows))


def _choice(menu: Menu, page: int, chat_id: int, rule: RuleCard, subscribed: Collection[str]) -> InlineKeyboardButton:
    listens = rule.id in subscribed
    tap = Tap(menu, Wish.UNSUBSCRIBE if listens else Wish.SUBSCRIBE, page, _reference(chat_id, rule.id))
    label = texts.choice(rule.title, rule.severity, subscribed=listens)
    return InlineKeyboardButton(label, callback_data=tap.data())


def _turning(menu: Menu, page: int, pages: int) -> Iterator[InlineKeyboardButton]:
    """Round and round, so that both arrows are always there."""
    to = {
        texts.PREVIOUS_PAGE: (page - 1) % pages,
        texts.page_of(page, pages): page,
        texts.NEXT_PAGE: (page + 1) % pages,
    }
    for label, target in to.items():
        yield InlineKeyboardButton(label, callback_data=Tap(menu, Wish.TURN_PAGE, target).data())


def _reference(chat_id: int, rule_id: str) -> str:
    """Short whatever the rule is called, and of no use in another chat."""
    return blake2s(f"{chat_id} {rule_id}".encode(), digest_size=REFERENCE_BYTES).hexdigest()
