"""/admin, as an administrator and as everybody else sees it."""

import pytest

from bot.telegram import administration, admission, texts
from bot.tongues import tongue
from tests.fake_telegram.methods import buttons_of
from tests.telegram.admindesk import CODE, PAPER

pytestmark = pytest.mark.usefixtures("listening")

TRACK = "https://track.example/rss"


async def answer(person, words):
    person.says(words)
    return (await person.hears())["text"]


def labels(message):
    return [button["text"] for button in buttons_of(message["reply_markup"])]


# ---------------------------------------------------------------- who
@pytest.mark.parametrize("words", ["/admin", "/admin feeds", "/admin broadcast hello", f"/admin feeds add {TRACK}"])
async def test_for_everybody_else_there_is_no_such_command(ana, admin_desk, words):
    assert await answer(ana, words) == await answer(ana, "/weather")
    assert (admin_desk.drafts, TRACK in admin_desk.known) == ([], False)


async def test_in_a_group_it_is_passed_over_or_put_off(telegram, ana, boss):
    group = telegram.group(-5, "Desk", ana, boss)
    ana.says("/admin users", group)
    ana.says_anonymously("/admin users", group)
    boss.says("/admin users", group)

    assert (await group.hears())["text"] == administration.IN_PRIVATE
    assert group.new.empty()


async def test_help_names_it_to_an_administrator_in_private_alone(telegram, ana, boss):
    group = telegram.group(-5, "Desk", ana, boss)
    boss.says("/help", group)

    assert "/admin" not in (await group.hears())["text"]
    assert "/admin" not in await answer(ana, "/help")
    assert (await answer(boss, "/help")).splitlines()[-1].startswith("/admin: feeds, rules")


@pytest.mark.parametrize("words", ["/admin", "/admin what", "/admin help"])
async def test_an_administrator_is_told_what_there_is(boss, words):
    assert await answer(boss, words) == administration.HELP


@pytest.mark.parametrize("data", ["adm:u-7:0", "adm:u=0", "adm:b+1", "adm:b-1", "adm:", "adm:b+"])
async def test_taps_of_others_change_nothing_and_say_so(telegram, ana, admin_desk, data):
    admin_desk.asked[7] = "Ana"
    admin_desk.standings[7] = True
    admin_desk.drafts.append("hello")
    ana.says("/help")
    ana.forges_tap(await ana.hears(), data)

    assert await telegram.notice() == texts.STALE_BUTTON
    assert (admin_desk.sent, admin_desk.standings) == ([], {7: True})


# ---------------------------------------------------------------- feeds
async def test_one_feed_is_told_as_one_and_in_russian_two_are_not_as_five(boss):
    assert (await answer(boss, "/admin feeds")).startswith("1 feed is asked; failing: 0")

    said = [tongue("ru").count(*administration.FEEDS, number, failing=0) for number in (1, 2, 5)]
    assert [words.split(";")[0] for words in said] == [
        "Опрашивается 1 лента", "Опрашиваются 2 ленты", "Опрашивается 5 лент",
    ]  # fmt: skip


async def test_feeds_are_listed_those_that_fail_first(boss, admin_desk):
    admin_desk.known["https://bad.example/rss"] = "Bad"

    assert await answer(boss, "/admin feeds") == (
        "2 feeds are asked; failing: 1\nBad https://bad.example/rss: answered 500\nThe Paper https://paper.example/rss"
    )


async def test_very_many_feeds_fit_one_message(boss, admin_desk):
    admin_desk.known |= {f"https://bad{n}.example/{'x' * 300}": "B" * 100 for n in range(500)}

    assert (await answer(boss, "/admin feeds list")).endswith("… and 481 more")


async def test_without_feeds_it_says_how_to_add_one(boss, admin_desk):
    admin_desk.known.clear()

    assert await answer(boss, "/admin feeds") == administration.NO_FEEDS


async def test_a_feed_is_checked_without_being_added(boss, admin_desk):
    said = await answer(boss, f"/admin feeds check {TRACK}")

    assert said == "The Paper: 12 entries, the newest of 2026-11-22 08:05 UTC."
    assert TRACK not in admin_desk.known


async def test_a_feed_is_added_once_and_removed(boss, admin_desk):
    assert "asked from now on" in await answer(boss, f"/admin feeds add {TRACK}")
    assert "asked already" in await answer(boss, f"/admin feeds add {TRACK}")
    assert "asked no more" in await answer(boss, f"/admin feeds remove {TRACK}")
    assert await answer(boss, f"/admin feeds remove {TRACK}") == administration.FEED_UNKNOWN
    assert await answer(boss, f"/admin feeds remove {PAPER}") == administration.FEED_OF_CONFIG


async def test_a_page_that_names_a_feed_is_not_added_and_the_feed_proposed(boss, admin_desk):
    said = await answer(boss, "/admin feeds add https://paper.example/page")

    assert said == f"That is not of use: not a feed\nThe page names a feed, though: /admin feeds add {PAPER}"
    assert list(admin_desk.known) == [PAPER]


@pytest.mark.parametrize("words", ["/admin feeds add", "/admin feeds add a b"])
async def test_an_address_that_is_missing_is_asked_for(boss, words):
    assert await answer(boss, words) == "Which feed? For example: /admin feeds add https://example.org/rss"


# ---------------------------------------------------------------- rules
async def test_what_is_wrong_with_the_rules_is_told_and_they_can_be_read_anew(boss, admin_desk):
    assert await answer(boss, "/admin rules") == "12 rules are in force, and all is right."
    assert admin_desk.reloaded == 0

    admin_desk.problems.append("alerts/gaza.yaml:3:20: unknown event type 'shellling'")
    said = await answer(boss, "/admin rules reload")
    assert said.endswith("this is wrong:\nalerts/gaza.yaml:3:20: unknown event type 'shellling'")
    assert admin_desk.reloaded == 1


# ---------------------------------------------------------------- users
async def test_a_user_is_removed_and_taken_back_by_a_tap(telegram, ana, boss, admin_desk):
    assert await answer(boss, "/admin users") == administration.NO_USERS
    admin_desk.asked[ana.id] = "Ana"
    admin_desk.standings[ana.id] = True
    boss.says("/admin users")
    listed = await boss.hears()
    assert labels(listed) == ["✅ Ana · 0"]

    boss.taps(listed, "Ana")
    listed = await boss.chat.sees_edit()
    assert labels(listed) == ["🚫 Ana · 0"]
    assert (await ana.hears())["text"] == admission.NOT_ADMITTED
    ana.says("/status")
    assert "not open to everybody" in (await ana.hears())["text"]

    boss.taps(listed, "Ana")
    assert labels(await boss.chat.sees_edit()) == ["✅ Ana · 0"]
    assert (await ana.hears())["text"] == admission.WELCOME


async def test_many_users_are_shown_page_by_page(boss, admin_desk):
    admin_desk.asked |= {number: f"Person {number}" for number in range(100, 120)}
    boss.says("/admin users")
    first = await boss.hears()
    assert labels(first)[0] == "❓ Person 100 · 0"
    assert labels(first)[-3:] == ["‹", "1/3", "›"]

    boss.taps(first, "‹")
    last = await boss.chat.sees_edit()
    assert len(labels(last)) == 4 + 3
    boss.taps(last, "›")
    assert labels(await boss.chat.sees_edit()) == labels(first)


async def test_a_user_who_is_unknown_by_now_is_stale(telegram, boss):
    boss.says("/help")
    boss.forges_tap(await boss.hears(), "adm:u+404:0")

    assert await telegram.notice() == texts.STALE_BUTTON


# ---------------------------------------------------------------- invitations
@pytest.mark.parametrize(
    ("words", "made"), [("", (1, 7)), (" 5", (5, 7)), (" 5 30", (5, 30)), (" 1000 365", (1000, 365))]
)
async def test_an_invitation_is_a_link_for_so_many_and_so_long(boss, admin_desk, words, made):
    said = await answer(boss, f"/admin invite{words}")

    assert f"https://t.me/tocsin_test_bot?start={CODE}" in said
    assert admin_desk.invited == [made]


@pytest.mark.parametrize("words", ["0", "1001", "5 0", "5 366", "many", "1 2 3", "-1", "99999"])
async def test_an_invitation_for_nobody_or_for_ever_is_not_made(boss, admin_desk, words):
    assert "For example: /admin invite 5 30" in await answer(boss, f"/admin invite {words}")
    assert admin_desk.invited == []


async def test_where_invitations_are_not_in_use_it_says_how_they_come_into_use(boss, admin_desk):
    admin_desk.invites = False

    assert await answer(boss, "/admin invite") == administration.NO_INVITATIONS


# ---------------------------------------------------------------- messages to all
async def test_a_message_to_all_goes_out_once_it_is_confirmed_and_only_once(telegram, boss, admin_desk):
    boss.says("/admin broadcast The bot rests tonight.\nFrom 22:00 UTC.")
    asked = await boss.hears()
    assert asked["text"] == "This goes to 3 chats:\n\nThe bot rests tonight.\nFrom 22:00 UTC."
    assert admin_desk.sent == []

    boss.taps(asked, "Send")
    assert (await boss.chat.sees_edit())["text"] == "On its way to 3 chats."
    assert await telegram.notice() == ""
    boss.taps(asked, "Send")
    assert await telegram.notice() == texts.STALE_BUTTON
    assert admin_desk.sent == [1]


async def test_a_message_to_all_that_is_cancelled_goes_nowhere(boss, admin_desk):
    boss.says("/admin broadcast Hello {all} <b>")
    asked = await boss.hears()
    assert asked["text"].endswith("Hello {all} <b>")

    boss.taps(asked, "Cancel")

    assert (await boss.chat.sees_edit())["text"] == administration.BROADCAST_CANCELLED
    assert admin_desk.sent == []


async def test_a_message_to_all_needs_words_and_not_too_many(boss, admin_desk):
    assert await answer(boss, "/admin broadcast") == administration.BROADCAST_WHAT
    assert await answer(boss, f"/admin broadcast {'x' * 4000}") == administration.BROADCAST_TOO_LONG
    assert admin_desk.drafts == []
