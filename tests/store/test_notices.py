"""A chat is told of a state once, and again when it comes again."""

from __future__ import annotations

from bot.core.model import MessageKind, Notice, Rendered
from bot.store import Store
from tests.store.samples import NOW, at_once, claim, enqueue, message, tell

BROKEN = Notice("rules", "ab12", Rendered("<b>broken</b>", "broken"))
WORSE = Notice("rules", "cd34", Rendered("<b>worse</b>", "worse"))
MENDED = Notice("rules", "", Rendered("mended", "mended"))


def heard(store: Store) -> list[tuple[int, str]]:
    """Chat and text of all that goes out now; it is sent."""
    due = claim(store)
    for each in due:
        store.message_sent(each.id, 7, NOW)
    return [(each.chat_id, each.message.text.plain) for each in due]


def test_a_state_is_told_once_and_a_mended_one_once(store: Store):
    for notice in (MENDED, BROKEN, BROKEN, WORSE, WORSE, MENDED, MENDED):
        store.tell(notice, [1], NOW)
    assert heard(store) == [(1, "broken"), (1, "worse"), (1, "mended")]


def test_what_breaks_again_the_same_way_is_told_again(store: Store):
    for notice in (BROKEN, MENDED, BROKEN, MENDED, BROKEN):
        store.tell(notice, [1], NOW)
    assert heard(store) == [(1, said) for said in ("broken", "mended", "broken", "mended", "broken")]


def test_a_bot_that_starts_again_does_not_repeat_it(url: str):
    for _ in range(3):
        store = Store.open(url)
        store.tell(BROKEN, [1], NOW)
        store.close()
    store = Store.open(url)
    assert heard(store) == [(1, "broken")]
    store.close()


def test_each_chat_is_told_what_it_has_not_heard(store: Store):
    store.tell(BROKEN, [1], NOW)
    store.tell(BROKEN, [1, 2], NOW)
    store.tell(MENDED, [1, 3], NOW)
    assert sorted(heard(store)) == [(1, "broken"), (1, "mended"), (2, "broken")]


def test_what_was_given_up_was_not_told(store: Store):
    store.tell(BROKEN, [1], NOW)
    (due,) = claim(store)
    store.message_given_up(due.id, "the bot was blocked by the user", NOW)
    store.tell(MENDED, [1], NOW)
    assert heard(store) == []
    store.tell(BROKEN, [1], NOW)
    assert heard(store) == [(1, "broken")]


def test_alerts_and_other_topics_are_not_confused_with_it(store: Store):
    store.tell(BROKEN, [1], NOW)
    store.tell(Notice("feeds", "ab12", Rendered("silent", "silent")), [1], NOW)
    enqueue(store, message("rules:9:", kind=MessageKind.NEW), tell("rules_other"))
    store.tell(BROKEN, [1], NOW)
    assert [text for _, text in heard(store)].count("broken") == 1


def test_two_bots_on_one_database_tell_it_once(url: str):
    def bot(_: int) -> None:
        store = Store.open(url)
        store.tell(BROKEN, [1], NOW)
        store.close()

    at_once(bot, range(4))
    store = Store.open(url)
    assert heard(store) == [(1, "broken")]
    store.close()
