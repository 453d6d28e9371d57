"""`tocsin explain` on files, on standard input and on web pages, as an analyst calls it."""

import asyncio
from pathlib import Path

from tests.feeds.feed_server import answer, serving
from tests.test_cli import SARAQIB_RULE, SHELLS, tocsin

PAGE = f"""<html><head><meta charset="utf-8"><title>Shells fall on a bakery queue</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/moscow">Moscow</a></li></ul></nav>
<article><h1>Shells fall on a bakery queue</h1><p>{SHELLS}</p>
<p>The town had been quiet since the end of winter, and people had begun to return to their fields.</p></article>
<footer>An office in Ankara</footer></body></html>"""
CONFIG = "feeds: [{url: https://feeds.example/rss}]\npolling: {allow_private: [127.0.0.1]}\n"


def test_explain_shows_places_events_and_each_condition_of_each_rule(tmp_path: Path):
    alerts = tmp_path / "rules" / "alerts"
    alerts.mkdir(parents=True)
    (alerts / "good.yaml").write_text(SARAQIB_RULE, encoding="utf-8")
    (tmp_path / "report.html").write_text(f"<p>{SHELLS}</p>", encoding="utf-8")

    said = tocsin(tmp_path, "explain", "report.html").stdout.decode()

    assert said.startswith("‹Shelling killed 15 villagers and wounded nine in [Sarmin] this morning›.")
    assert "+ Sarmin: Sarmin (Idlib, Syria), gn:164782; " in said
    assert "+ civilian-casualties, 15 killed, 9 injured; Sarmin (Idlib, Syria)" in said
    assert "- saraqib-alone: 1 short" in said
    assert "would hold with   place: [gn:164816, gn:164782]  # Saraqib, Sarmin" in said
    assert tocsin(tmp_path, "explain", "-", "--rule", "saraqib", given=SHELLS.encode()).returncode == 2
    assert b"holds no text" in tocsin(tmp_path, "explain", "-", given=b" ").stderr
    assert b"is no UTF-8 text" in tocsin(tmp_path, "explain", "-", given=b"\xff\xfe").stderr
    assert b"cannot be read" in tocsin(tmp_path, "explain", "nothing.txt").stderr


async def test_a_page_is_explained_without_what_stands_round_its_story(tmp_path: Path):
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    async with serving() as server:
        server.pages["/story"] = answer(body=PAGE.encode(), Content_Type="text/html")
        server.pages["/empty"] = answer(body=b"<html><body></body></html>", Content_Type="text/html")
        said = await asyncio.to_thread(tocsin, tmp_path, "explain", server.url("/story"))
        gone = await asyncio.to_thread(tocsin, tmp_path, "explain", server.url("/gone"))
        empty = await asyncio.to_thread(tocsin, tmp_path, "explain", server.url("/empty"))

    assert said.stdout.decode().startswith("‹Shells fall on a bakery queue›\n\n‹Shelling killed 15 villagers")
    assert "Moscow" not in said.stdout.decode()
    assert (gone.returncode, empty.returncode) == (2, 2)
    assert b"answered 404 (Not Found)" in gone.stderr
    assert b"holds no story" in empty.stderr


async def test_a_page_that_would_keep_its_reader_busy_for_minutes_is_given_up_within_seconds(tmp_path: Path):
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    async with serving() as server:
        hostile = b"<html><body><article><p>" + b"<span>a, b</span> " * 60_000
        server.pages["/hostile"] = answer(body=hostile, Content_Type="text/html")
        ended = await asyncio.wait_for(asyncio.to_thread(tocsin, tmp_path, "explain", server.url("/hostile")), 60)

    assert ended.returncode == 2
    assert b"reading the page takes longer than 2 s" in ended.stderr


async def test_a_page_in_a_private_network_is_refused_unless_it_is_allowed(tmp_path: Path):
    async with serving() as server:
        refused = await asyncio.to_thread(tocsin, tmp_path, "explain", server.url("/story"))
        assert server.asked == []

    assert refused.returncode == 2
    assert b"is not a public address" in refused.stderr
