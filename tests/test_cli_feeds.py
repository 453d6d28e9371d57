"""`tocsin feeds` as people call it: how feeds are doing, whether they answer, and lists of them in and out."""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.feeds import tables
from bot.cli.feeds.checking import form_of
from bot.cli.feeds.listing import COLUMNS, Standing, State
from bot.cli.feeds.moving import yaml_lines
from bot.cli.feeds.tables import print_table
from bot.config import load as load_config
from bot.config.opml import opml_of, parse_opml
from bot.core.model import HOURS_OF_DAY, DueWhy, Feed, History, Ways, Whereabouts
from bot.store import Store, UnchangedFeed
from tests.feeds.feed_server import RSS, FeedServer, answer, serving, silence
from tests.test_cli import Ended, tocsin

BOMB = '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><opml>&b;</opml>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>'
ATOM = (
    b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Hill News</title><id>h</id>'
    b"<entry><id>1</id><title>A road is open</title><updated>2021-02-01T08:00:00Z</updated></entry>"
    b"<entry><id>2</id><title>A well is dug</title><updated>2021-02-03T10:00:00+02:00</updated></entry></feed>"
)
PAGE = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/real.xml"></head></html>'


def configured(folder: Path, *feeds: str, more: str = "") -> Path:
    listed = "\n".join(f"  - {feed}" for feed in feeds)
    (folder / "config.yaml").write_text(f"feeds:\n{listed}\n{more}", encoding="utf-8")
    return folder


async def run(folder: Path, *arguments: str) -> Ended:
    """A command, while a server in this process answers it."""
    return await asyncio.to_thread(tocsin, folder, "feeds", *arguments)


def objects(ended: Ended) -> list[dict[str, Any]]:
    feeds: list[dict[str, Any]] = json.loads(ended.stdout)["feeds"]
    return feeds


# ---------------------------------------------------------------- list
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def polled_once(folder: Path) -> Path:
    """A store of four feeds: one answered, one failed twice, one left the config, one was not asked yet."""
    good, bad, gone, new = (Feed(f"https://{name}.example/rss", name) for name in ("good", "bad", "gone", "new"))
    with closing(Store.open(str(folder / "tocsin.db"))) as store:
        store.reconcile_feeds([good, bad, gone], NOW)
        claimed = {state.feed.title: state.id for state in store.claim_feeds(NOW, 10, 60)}
        store.feeds_unchanged([UnchangedFeed(claimed["good"], next_due_at=NOW + timedelta(minutes=5), now=NOW)])
        for _ in range(2):
            why = "https://me:secret@bad.example/rss: answered 500"
            store.feed_failed(claimed["bad"], error=why, next_due_at=NOW + timedelta(hours=1), now=NOW)
        store.reconcile_feeds([good, bad, new], NOW)
    return configured(folder, *(f"{{url: '{feed.url}', title: {feed.title}}}" for feed in (good, bad, new)))


def test_the_list_shows_how_every_feed_is_doing(tmp_path):
    ended = tocsin(polled_once(tmp_path), "feeds", "list", "--json")

    assert (ended.returncode, ended.stderr) == (0, b"")
    feeds = {feed["title"]: feed for feed in objects(ended)}
    states = {"good": "ok", "bad": "failing", "gone": "paused", "new": "never asked"}
    assert {title: feed["state"] for title, feed in feeds.items()} == states
    assert (feeds["good"]["last_success_at"], feeds["bad"]["failures"]) == (NOW.isoformat(), 2)
    assert feeds["bad"]["next_due_at"] == (NOW + timedelta(hours=1)).isoformat()
    assert feeds["bad"]["last_error"] == "https://bad.example/rss: answered 500"
    assert feeds["gone"]["next_due_at"] is None


def test_the_list_for_people_says_the_same_and_leaves_the_store_alone(tmp_path):
    before = {path.name: path.read_bytes() for path in polled_once(tmp_path).iterdir()}
    ended = tocsin(tmp_path, "feeds", "list")

    lines = {line.split()[0]: line for line in ended.stdout.decode().splitlines() if line.strip()}
    assert f"{NOW:%Y-%m-%d %H:%M}" in lines["good"]
    assert "failing, 2 times" in lines["bad"]
    assert "answered 500" in lines["bad"]
    assert "paused" in lines["gone"]
    assert b"secret" not in ended.stdout
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def with_ways(folder: Path) -> Path:
    """A store of three feeds: one was chatty and fell silent, one moved for good, one is gone."""
    silent, moved, gone = (Feed(f"https://{name}.example/rss", name) for name in ("silent", "moved", "gone"))
    chatty = History((2.0,) * HOURS_OF_DAY, 4.0, NOW, newest_at=NOW - timedelta(days=3))
    with closing(Store.open(str(folder / "tocsin.db"))) as store:
        store.reconcile_feeds([silent, moved, gone], NOW)
        ids = {state.feed.title: state.id for state in store.claim_feeds(NOW, 10, 60)}
        store.feeds_unchanged(
            [
                UnchangedFeed(
                    ids["silent"], next_due_at=NOW + HOUR, now=NOW, due_why=DueWhy.LONGEST, ways=Ways(history=chatty)
                )
            ]
        )
        there = Ways(whereabouts=Whereabouts(moved_to="https://me:secret@new.example/rss"))
        store.feeds_unchanged(
            [UnchangedFeed(ids["moved"], next_due_at=NOW + HOUR, now=NOW, due_why=DueWhy.WISHED, ways=there)]
        )
        store.feed_failed(ids["gone"], error="gone (410)", next_due_at=NOW + HOUR, now=NOW, gone=True)
    return configured(folder, *(f"{{url: '{feed.url}', title: {feed.title}}}" for feed in (silent, moved, gone)))


def test_the_list_says_why_a_feed_is_asked_when_and_what_is_unusual_about_it(tmp_path):
    ended = tocsin(with_ways(tmp_path), "feeds", "list", "--json")

    feeds = {feed["title"]: feed for feed in objects(ended)}
    silent, moved, gone = feeds["silent"], feeds["moved"], feeds["gone"]
    assert (silent["due_why"], silent["items_per_day"]) == ("longest interval", 12.0)
    assert silent["silent_since"] == (NOW - timedelta(days=3)).isoformat()
    assert (moved["due_why"], moved["moved_to"]) == ("its server's wish", "https://new.example/rss")
    assert (moved["silent_since"], moved["items_per_day"]) == (None, None)
    assert (gone["state"], gone["next_due_at"], gone["due_why"]) == ("gone", None, "")


def test_a_person_reads_the_same_of_a_feed_in_a_column_or_a_line_of_its_own(tmp_path):
    lines = tocsin(with_ways(tmp_path), "feeds", "list").stdout.decode().splitlines()
    rows = {line.split()[0]: line for line in lines if line.strip()}

    assert {"news a day", "why then", "silent since (UTC)", "moved to", "last error"} <= set(
        map(str.strip, rows["title"].split("  "))
    )
    assert "12.0" in rows["silent"]
    assert f"{NOW - timedelta(days=3):%Y-%m-%d %H:%M}" in rows["silent"]
    assert "https://new.example/rss" in rows["moved"]


def test_a_column_that_says_nothing_of_any_feed_is_left_out(tmp_path):
    heading = tocsin(polled_once(tmp_path), "feeds", "list").stdout.decode().split("\n")

    assert not [line for line in heading if "moved to" in line or "silent since" in line]


def test_before_the_first_start_the_feeds_of_the_config_are_listed(tmp_path):
    ended = tocsin(configured(tmp_path, "url: https://me:secret@hills.example/rss"), "feeds", "list", "--json")

    (feed,) = objects(ended)
    assert (feed["url"], feed["state"]) == ("https://hills.example/rss", "never asked")
    assert not (tmp_path / "tocsin.db").exists()


def test_a_list_without_a_configuration_says_how_to_make_one(tmp_path):
    ended = tocsin(tmp_path, "feeds", "list")

    assert ended.returncode == 2
    assert b"There is no config.yaml" in ended.stderr


# ---------------------------------------------------------------- revive
def test_a_feed_that_was_gone_is_asked_again_at_once(tmp_path):
    ended = tocsin(with_ways(tmp_path), "feeds", "revive", "https://gone.example/rss")

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"https://gone.example/rss is asked again at once" in ended.stdout
    assert b"gone (410)" in ended.stdout
    with closing(Store.open(str(tmp_path / "tocsin.db"))) as store:
        assert [state.feed.title for state in store.claim_feeds(datetime.now(UTC), 10, 60)] == ["gone"]


def test_a_feed_that_answers_needs_no_bringing_back(tmp_path):
    ended = tocsin(with_ways(tmp_path), "feeds", "revive", "https://moved.example/rss")

    assert ended.returncode == 1
    assert f"it answers, and is asked next at {NOW + HOUR:%Y-%m-%d %H:%M} UTC" in ended.stderr.decode()


def test_a_feed_that_left_the_config_is_to_be_put_back_there(tmp_path):
    ended = tocsin(polled_once(tmp_path), "feeds", "revive", "https://gone.example/rss")

    assert ended.returncode == 1
    assert b"not in the config any more; put it back there" in ended.stderr


def test_an_unknown_feed_is_answered_with_the_one_that_was_probably_meant(tmp_path):
    ended = tocsin(with_ways(tmp_path), "feeds", "revive", "https://gnoe.example/rss")

    assert ended.returncode == 2
    assert b"did you mean https://gone.example/rss" in ended.stderr
    assert b"tocsin feeds list" in ended.stderr


def test_reviving_makes_no_store_where_there_is_none(tmp_path):
    ended = tocsin(configured(tmp_path, "url: https://a.example/rss"), "feeds", "revive", "https://a.example/rss")

    assert (ended.returncode, b"There is no store" in ended.stderr) == (2, True)
    assert not (tmp_path / "tocsin.db").exists()


# ---------------------------------------------------------------- check
def allowing(server: FeedServer, *paths: str) -> list[str]:
    return [f"{{url: '{server.url(path)}'}}" for path in paths]


ALLOWED = "polling: {allow_private: [127.0.0.1], timeout: 2s}\n"


async def test_a_check_tells_what_each_feed_answers(tmp_path):
    async with serving() as server:
        server.pages["/rss"] = answer(body=RSS, etag='"1"', content_type="text/xml")
        server.pages["/atom"] = answer(body=ATOM)
        configured(tmp_path, *allowing(server, "/rss", "/atom"), more=ALLOWED)
        ended = await run(tmp_path, "check", "--json")

    assert ended.returncode == 0, ended.stderr
    rss, atom = objects(ended)
    assert (rss["title"], rss["ok"], rss["entries"], rss["format"]) == ("Village News", True, 1, "RSS 2.0")
    assert (rss["validators"], rss["newest"]) == (["ETag"], None)
    assert (atom["title"], atom["entries"], atom["format"], atom["validators"]) == ("Hill News", 2, "Atom", [])
    assert atom["newest"] == "2021-02-03T08:00:00+00:00"


async def test_a_check_fails_when_one_feed_does_and_proposes_what_a_page_names(tmp_path):
    async with serving() as server:
        server.pages["/rss"] = answer(body=RSS)
        server.pages["/page"] = answer(body=PAGE, content_type="text/html")
        configured(tmp_path, *allowing(server, "/page", "/rss", "/none"), more=ALLOWED)
        ended = await run(tmp_path, "check", "--json")
        shown = await run(tmp_path, "check")
        real = server.url("/real.xml")

    assert (ended.returncode, shown.returncode) == (1, 1)
    page, rss, none = objects(ended)
    assert (page["proposed"], page["ok"]) == (real, False)
    assert page["error"].startswith("this is a web page, not a feed")
    assert (rss["ok"], none["error"]) == (True, "answered 404 (Not Found)")
    assert "3 feeds asked, 2 failed" in shown.stderr.decode()
    assert real in shown.stdout.decode()


async def test_a_check_of_named_feeds_asks_these_alone(tmp_path):
    async with serving() as server:
        server.pages["/rss"] = server.pages["/other"] = answer(body=RSS)
        configured(tmp_path, *allowing(server, "/rss"), more=ALLOWED)
        ended = await run(tmp_path, "check", server.url("/other"), server.url("/other"))
        asked = server.asked

    assert (ended.returncode, asked) == (0, ["/other"])


async def test_a_feed_that_moved_for_good_is_said_to_have(tmp_path):
    async with serving() as server:
        server.pages["/old"] = answer(b"301 Moved Permanently", location="/new")
        server.pages["/new"] = answer(body=RSS)
        configured(tmp_path, *allowing(server, "/old"), more=ALLOWED)
        ended = await run(tmp_path, "check", "--json")
        new = server.url("/new")

    assert objects(ended)[0]["moved"] == new


async def test_a_silent_server_costs_a_check_no_more_than_its_time(tmp_path):
    async with serving() as silent, serving() as good:
        silent.pages["/rss"] = silence
        good.pages["/rss"] = answer(body=RSS)
        configured(tmp_path, *allowing(silent, "/rss"), *allowing(good, "/rss"), more=ALLOWED)
        started = time.monotonic()
        ended = await run(tmp_path, "check", "--json")

    assert [feed["ok"] for feed in objects(ended)] == [False, True]
    assert "no complete answer within 2 s" in objects(ended)[0]["error"]
    assert time.monotonic() - started < 20


async def test_a_check_is_guarded_as_the_bot_is(tmp_path):
    async with serving() as server:
        server.pages["/rss"] = answer(body=RSS)
        ended = await run(tmp_path, "check", "--json", server.url("/rss"), "file:///etc/passwd")
        asked = server.asked

    assert (ended.returncode, asked) == (1, [])
    private, file = objects(ended)
    assert "not a public address" in private["error"]
    assert "begins with http" in file["error"]


async def test_what_a_server_writes_cannot_command_the_terminal(tmp_path):
    async with serving() as server:
        title = b"Red \xc2\x9b31m [bold]News[/bold]"
        server.pages["/rss"] = answer(body=RSS.replace(b"Village News", title))
        configured(tmp_path, *allowing(server, "/rss"), more=ALLOWED)
        ended = await run(tmp_path, "check")

    assert "[bold]News[/bold]" in ended.stdout.decode()
    assert "\x9b" not in ended.stdout.decode()


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (RSS, "RSS 2.0"),
        (ATOM, "Atom"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', "RSS 1.0"),
        (b"<rss><channel/></rss>", "RSS"),
        (b'\xef\xbb\xbf {"version": "https://jsonfeed.org/version/1.1"}', "JSON Feed"),
        (b"", ""),
    ],
)
def test_the_first_element_says_what_kind_of_feed_it_is(body, form):
    assert form_of(body) == form


def test_on_a_narrow_terminal_what_is_known_of_a_feed_stands_under_each_other(monkeypatch, capsys):
    monkeypatch.setattr(tables, "WIDTH_OF_A_FILE", 80)
    feed = Standing("https://me:secret@bad.example/a/long/way/to/the/feed.xml", "Bad \x1b[31mNews", State.FAILING, 1)

    print_table(COLUMNS, [feed], lambda _: "")
    said = capsys.readouterr().out
    assert said.splitlines()[:3] == [
        "title: Bad [31mNews",
        "  address: https://bad.example/a/long/way/to/the/feed.xml",
        "  state: failing, 1 time",
    ]


# ---------------------------------------------------------------- export
def test_what_is_exported_is_imported_as_the_same_feeds(tmp_path):
    configured(
        tmp_path, "{url: 'https://a.example/?x=1&y=2', title: 'A & \"B\"', home: SY, language: ar, tags: [a, b]}"
    )
    ended = tocsin(tmp_path, "feeds", "export", "all.opml")

    assert (ended.returncode, ended.stderr) == (0, b"1 feed written\n")
    feeds, problems = parse_opml((tmp_path / "all.opml").read_bytes(), "all.opml")
    assert problems == ()
    assert feeds == load_config(tmp_path / "config.yaml", {}).feeds


def test_an_export_to_standard_output_holds_no_password_and_says_so(tmp_path):
    ended = tocsin(configured(tmp_path, "url: https://me:secret@a.example/rss"), "feeds", "export", "-")

    assert b'xmlUrl="https://a.example/rss"' in ended.stdout
    assert b"secret" not in ended.stdout + ended.stderr
    assert b"the name and password for https://a.example/rss are left out" in ended.stderr


def test_an_export_overwrites_nothing(tmp_path):
    (tmp_path / "all.opml").write_text("mine", encoding="utf-8")
    ended = tocsin(configured(tmp_path, "url: https://a.example/rss"), "feeds", "export", "all.opml")

    assert (ended.returncode, b"is there already" in ended.stderr) == (2, True)
    assert (tmp_path / "all.opml").read_text(encoding="utf-8") == "mine"


# ---------------------------------------------------------------- import
def opml(folder: Path, *outlines: str) -> Path:
    body = "\n".join(outlines)
    (folder / "more.opml").write_text(f"<opml><body>\n{body}\n</body></opml>", encoding="utf-8")
    return folder


def test_an_import_prints_what_the_config_lacks_ready_to_be_pasted(tmp_path):
    configured(tmp_path, "url: https://old.example/rss")
    outlines = (
        '<outline text="إدلب" xmlUrl="https://new.example/rss" home="SY" language="ar" category="news,local"/>',
    )
    opml(tmp_path, *outlines, '<outline xmlUrl="https://old.example/rss"/>', *outlines)
    ended = tocsin(tmp_path, "feeds", "import", "more.opml")

    assert ended.returncode == 0
    (tmp_path / "pasted.yaml").write_bytes(ended.stdout)
    (feed,) = load_config(tmp_path / "pasted.yaml", {}).feeds
    assert feed == Feed("https://new.example/rss", "إدلب", "SY", "ar", ("news", "local"))
    said = ended.stderr.decode()
    assert "more.opml:3:1: left out, the config has it: https://old.example/rss" in said
    assert "more.opml:4:1: left out, it stands in line 2 already: https://new.example/rss" in said
    assert f"opml: {tmp_path / 'more.opml'}" in said


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "ftp://a.example/rss", "/rss"])
def test_an_address_that_is_none_of_the_web_is_refused_where_it_stands(tmp_path, address):
    ended = tocsin(opml(tmp_path, "", f'<outline xmlUrl="{address}"/>'), "feeds", "import", "more.opml")

    assert (ended.returncode, ended.stdout) == (1, b"")
    assert ended.stderr.startswith(b"more.opml:3:1: expected an address that begins with https:// or http://")


@pytest.mark.parametrize("hostile", [BOMB, OUTSIDE])
def test_entities_are_refused_unread(tmp_path, hostile):
    (tmp_path / "more.opml").write_text(hostile, encoding="utf-8")
    ended = tocsin(tmp_path, "feeds", "import", "more.opml")

    assert (ended.returncode, ended.stdout) == (1, b"")
    assert b"a DTD (<!DOCTYPE ...>) is not allowed" in ended.stderr
    assert b"root:" not in ended.stderr


def test_a_list_of_fifty_megabytes_is_not_read_whole(tmp_path):
    with (tmp_path / "more.opml").open("wb") as file:
        os.truncate(file.fileno(), 50_000_000)
    ended = tocsin(tmp_path, "feeds", "import", "more.opml")

    assert (ended.returncode, ended.stderr) == (1, b"more.opml:1:1: larger than 1 MB; split the file\n")


def test_a_list_that_is_not_there_is_said_so(tmp_path):
    ended = tocsin(tmp_path, "feeds", "import", "none.opml")

    assert (ended.returncode, ended.stderr) == (2, b"tocsin: none.opml cannot be read: No such file or directory\n")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(str.strip)


@given(TEXTS, st.lists(TEXTS.filter(bool), max_size=3))
def test_any_title_and_any_tags_can_be_pasted(tmp_path_factory, title, tags):
    feed = Feed("https://a.example/rss", title, "SY", "no", tuple(tags))  # as OPML gives them: stripped
    pasted = tmp_path_factory.mktemp("pasted") / "config.yaml"
    pasted.write_text("\n".join(["feeds:", *yaml_lines(feed)]), encoding="utf-8")

    assert load_config(pasted, {}).feeds == (feed,)


@given(TEXTS, TEXTS)
def test_any_title_whatever_is_exported_as_xml(title, tag):
    raw = opml_of([Feed("https://a.example/rss", title, "SY", "ar", (tag,))], title).encode()

    feeds, problems = parse_opml(raw, "any.opml")
    assert problems == ()
    assert [feed.url for feed in feeds] == ["https://a.example/rss"]
