"""`tocsin doctor`: what it finds well, what broken, and what it says to do."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.doctor import State, _extras, clock_finding, disk_finding, saved_finding
from bot.store import Store
from tests.fake_telegram import FakeTelegram
from tests.feeds.feed_server import RSS, FeedServer, answer, serving
from tests.test_cli import Ended, tocsin

RULE = """\
- id: gaza
  title: Harm in Gaza
  when: {event: [civilian-casualties], place: Gaza Strip}
"""


@pytest.fixture
async def outlet():
    async with serving() as server:
        server.pages["/rss"] = answer(body=RSS)
        yield server


@pytest.fixture
def house(tmp_path: Path, telegram: FakeTelegram, outlet: FeedServer) -> Path:
    """A folder in which all is well."""
    (tmp_path / "rules/alerts").mkdir(parents=True)
    (tmp_path / "rules/alerts/gaza.yaml").write_text(RULE, encoding="utf-8")
    (tmp_path / "token.txt").write_text(telegram.token, encoding="utf-8")
    configure(tmp_path, telegram, outlet.url("/rss"))
    Store.open(str(tmp_path / "tocsin.db")).close()
    return tmp_path


def configure(folder: Path, telegram: FakeTelegram, *feeds: str) -> None:
    (folder / "config.yaml").write_text(
        f"feeds: {json.dumps([{'url': url} for url in feeds])}\n"
        f"telegram: {{token_file: token.txt, api_url: '{telegram.root}'}}\n"
        "rules: rules\n"
        "polling: {allow_private: [127.0.0.1]}\n",
        encoding="utf-8",
    )


async def doctor(folder: Path, *arguments: str) -> Ended:
    return await asyncio.to_thread(tocsin, folder, "doctor", *arguments)


async def states(folder: Path, *arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit status, and each finding by what it is about."""
    ended = await doctor(folder, "--json", *arguments)
    assert ended.stderr == b""
    return ended.returncode, {each["what"]: each for each in json.loads(ended.stdout)["findings"]}


async def test_a_house_in_order_is_found_well(house, telegram):
    status, found = await states(house)

    assert status == 0
    assert {each["state"] for each in found.values()} == {"ok"}
    assert "@tocsin_test_bot" in found["token"]["found"]
    assert found["feeds"]["found"] == "all 1 answer"
    assert telegram.calls("getMe")


async def test_for_people_it_is_a_table_without_the_token(house, telegram):
    ended = await doctor(house)

    assert ended.returncode == 0
    assert b"Telegram accepts it" in ended.stdout
    assert telegram.token.encode() not in ended.stdout + ended.stderr


async def test_a_refused_token_and_broken_rules_and_feeds_are_all_named_at_once(house, telegram, outlet):
    telegram.revoke_token()
    (house / "rules/alerts/gaza.yaml").write_text(RULE.replace("Gaza Strip", "Gazza Stripp"), encoding="utf-8")
    outlet.pages.clear()

    status, found = await states(house)

    assert status == 1
    assert {what for what, each in found.items() if each["state"] == "broken"} == {"token", "rules", "feeds"}
    assert "gaza.yaml:3:" in found["rules"]["found"]
    assert all(each["mend"] for each in found.values() if each["state"] == "broken")


async def test_one_dead_feed_among_others_is_to_be_looked_at_and_breaks_nothing(house, telegram, outlet):
    configure(house, telegram, outlet.url("/rss"), outlet.url("/gone"))

    status, found = await states(house)

    assert (status, found["feeds"]["state"]) == (0, "look")
    assert "1 of 2 fail" in found["feeds"]["found"]


async def test_where_no_feed_answers_the_network_is_to_be_looked_at(house, telegram, outlet):
    configure(house, telegram, outlet.url("/gone"), outlet.url("/lost"))

    status, found = await states(house)

    assert (status, found["feeds"]["state"]) == (1, "broken")
    assert found["feeds"]["found"].startswith("not one of 2 answers: ")
    assert "network" in found["feeds"]["mend"]


async def test_a_bot_without_feeds_is_told_where_to_name_them(house, telegram):
    configure(house, telegram)

    status, found = await states(house)

    assert (status, found["feeds"]["state"]) == (0, "look")
    assert "/admin feeds add" in found["feeds"]["mend"]


async def test_offline_asks_nobody(house, telegram, outlet):
    status, found = await states(house, "--offline")

    assert status == 0
    assert (telegram.requests, outlet.asked) == ([], [])
    assert "feeds" not in found
    assert "not tried" in found["token"]["found"]


async def test_a_test_of_a_rule_that_fails_is_named(house):
    tests = "  tests:\n    - text: Shelling killed two villagers in Rafah.\n      alert: none\n"
    (house / "rules/alerts/gaza.yaml").write_text(RULE + tests, encoding="utf-8")

    status, found = await states(house, "--offline")

    assert (status, found["rules"]["state"], found["tests of rules"]["state"]) == (1, "ok", "broken")


async def test_a_damaged_store_and_one_that_is_not_there_yet_are_told_apart(house):
    (house / "tocsin.db").write_bytes(b"no database at all, and far too short" * 100)
    status, found = await states(house, "--offline")
    assert (status, found["database"]["state"]) == (1, "broken")

    (house / "tocsin.db").unlink()
    status, found = await states(house, "--offline")
    assert (status, found["database"]["state"]) == (0, "ok")
    assert "not there yet" in found["database"]["found"]


async def test_a_store_of_an_older_version_is_named(house):
    with closing(sqlite3.connect(house / "tocsin.db")) as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
        file.commit()

    _, found = await states(house, "--offline")

    assert "older Tocsin" in found["database"]["found"]


async def test_without_a_config_it_says_how_to_make_one(tmp_path):
    status, found = await states(tmp_path)

    assert status == 1
    assert "tocsin init" in found["config"]["mend"]


async def test_a_telegram_that_cannot_be_reached_is_said_to_be_out_of_reach(house, telegram):
    await telegram.stop()

    status, found = await states(house)

    assert (status, found["token"]["state"], found["clock"]["state"]) == (1, "broken", "look")
    assert "network" in found["token"]["mend"]


async def test_a_database_that_nothing_saves_is_to_be_looked_at(house):
    with (house / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("backups: never\n")

    status, found = await states(house, "--offline")

    assert (status, found["backups"]["state"]) == (0, "look")
    assert "pg_dump" in found["backups"]["mend"]


def test_backups_that_are_no_longer_made_are_to_be_looked_at(tmp_path):
    ages = (None, timedelta(hours=30), timedelta(days=9))
    assert [saved_finding(age, tmp_path).state for age in ages] == [State.GOOD, State.GOOD, State.ODD]
    assert "9 days old" in saved_finding(ages[-1], tmp_path).said


def test_a_clock_is_right_odd_or_wrong():
    assert clock_finding(timedelta(seconds=2)).state is State.GOOD
    assert clock_finding(timedelta(seconds=-20)).state is State.ODD
    wrong = clock_finding(timedelta(minutes=5))
    assert (wrong.state, wrong.said) == (State.BROKEN, "300 s ahead of Telegram's")


def test_a_disk_that_fills_up_is_told_before_it_is_full(tmp_path):
    assert [disk_finding(free, tmp_path).state for free in (10**10, 10**8, 10**6)] == [
        State.GOOD,
        State.ODD,
        State.BROKEN,
    ]


def test_an_extra_that_is_missing_is_no_fault_and_says_how_to_get_it():
    found = list(_extras(webhook=False, installed=lambda _: None))

    assert {each.state for each in found} == {State.GOOD}
    assert "pip install 'tocsin[webhooks]'" in found[1].mend
    assert [each.state for each in _extras(webhook=True, installed=lambda _: None)] == [State.GOOD, State.BROKEN]
