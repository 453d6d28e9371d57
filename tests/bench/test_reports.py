"""What a report costs from the body of its feed to the decision, beside the bot most people would write."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape

import pytest

from bot.core.copies import told_of
from bot.core.model import Area, Examined, Feed, Outcome, Place, Reading, Rule
from bot.core.past import Past
from bot.core.pipeline import Rulebook, examine
from bot.core.reading import Knowledge
from bot.core.ruleindex import RuleIndex
from bot.feeds.entries import to_report
from bot.feeds.parse import Parser
from tests.bench.naive import NaiveBot
from tests.bench.texts import ARABIC, ENGLISH, articles, leads, phrases
from tests.core.reports import NOON, report

RULES = 1_000
WINDOW = 10_000  # reports that were told before
REPORTS = 200
NAIVE_REPORTS = 10
MANY_RULES = 100_000
CHEAPER = 15  # times, at least, the parser included
CALM_CHEAPER = 50  # ... where no word of any event fires, the parser left out
MANY_COST = 2.0  # times, at most, what a hundred rules cost
HARM = frozenset({"civilian-casualties", "casualties"})
WATCHED = ("Idlib", "Homs", "Aleppo", "Gaza", "Kharkiv", "Khartoum", "Mosul", "Kabul")
ADDRESS = "https://news.example/rss"

CALM = tuple(s for s in ENGLISH if "{n}" not in s and "rocket" not in s)
CALM_ARABIC = tuple(s for s in ARABIC if "{n}" not in s and "الصاروخ" not in s)
HURT = (*CALM, *CALM, *ENGLISH, "Shelling killed {n} villagers in Idlib, and {m} were wounded.")  # one of eight


def rules(count: int, knowledge: Knowledge) -> RuleIndex:
    """So many rules: eight for places that reports name, the others for villages and phrases that hardly occur."""
    watched = [Rule(f"w{n}", name, HARM, (Area(knowledge.gazetteer.find(name)),)) for n, name in enumerate(WATCHED)]
    villages = (Place(f"village:{n}", f"Village {n}", "settlement", "SY") for n in range(count))
    others = (
        Rule(f"r{n}", "R", HARM, (Area(village),)) if n % 3 else Rule(f"r{n}", "R", HARM, words=(f"brigade x{n:x}",))
        for n, village in enumerate(villages, start=len(watched))
    )
    return RuleIndex([*watched, *others][:count])


def bodies(sentences: Sequence[str], count: int) -> list[bytes]:
    """Feeds of one report each, an article in HTML whose beginning is no other's."""
    texts = map("{}.\n\n{}".format, leads(count, seed=8), articles(tuple(sentences), count, characters=2700, seed=5))
    pages = ("".join(f"<p>{part}</p>" for part in text.splitlines() if part) for text in texts)
    items = (
        f"<item><title>Report {n}</title><guid>{n}</guid><link>https://news.example/{n}</link>"
        f"<pubDate>Thu, 05 Mar 2020 12:00:00 GMT</pubDate><description>{escape(page)}</description></item>"
        for n, page in enumerate(pages)
    )
    return [
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{item}</channel></rss>'.encode()
        for item in items
    ]


def past_of(texts: Sequence[str]) -> Past:
    """What is remembered after so many reports that nobody wanted."""
    past = Past()
    for n, text in enumerate(texts):
        reading = Reading(report(text, id=f"old{n}", published=NOON - timedelta(hours=1)), None)
        past.decide(Examined(reading, told_of(reading)))
    return past


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU milliseconds of one report: in the child that parses, and in the bot itself."""

    parsing: float
    reading: float
    outcomes: Sequence[Outcome]


async def ours(found: Sequence[bytes], feed: Feed, knowledge: Knowledge, index: RuleIndex, past: Past) -> Spent:
    """All of it, the parser with its pipes; its start, which happens once, is taken off."""
    start = await _child_seconds(found[:1])
    parsing = (await _child_seconds(found) - start) / (len(found) - 1)
    parser = Parser()
    outcomes: list[Outcome] = []
    await parser.parse(found[0], "text/xml", ADDRESS)
    started = time.process_time()
    for body in found:
        parsed = await parser.parse(body, "text/xml", ADDRESS)
        given = (to_report(entry, feed, NOON) for entry in parsed.entries)
        outcomes += [past.decide(examine(each, knowledge, index)) for each in given]
    reading = (time.process_time() - started) / len(found)
    await parser.close()
    return Spent(parsing * 1e3, reading * 1e3, outcomes)


async def _child_seconds(found: Sequence[bytes]) -> float:
    before = _of_children()
    parser = Parser()
    for body in found:
        await parser.parse(body, "text/xml", ADDRESS)
    await parser.close()
    return _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def naive_ms(found: Sequence[bytes], window: Sequence[str]) -> float:
    bot = NaiveBot(phrases(RULES), list(window))
    spent = [_ms(bot.poll, body) for body in found]
    bot.close()
    return statistics.median(spent)


def _ms(do: Callable[[bytes], object], body: bytes) -> float:
    started = time.process_time()
    do(body)
    return (time.process_time() - started) * 1e3


@pytest.mark.bench
@pytest.mark.parametrize(
    ("kind", "language", "sentences", "fires"),
    [
        ("calm English", "en", CALM, False),
        ("calm Arabic", "ar", CALM_ARABIC, False),
        ("English with harm", "en", HURT, True),
    ],
)
async def test_a_report_costs_a_small_part_of_what_a_keyword_bot_spends(
    rulebook: Rulebook, kind, language, sentences, fires
):
    told_before = leads(WINDOW)
    found, feed = bodies(sentences, REPORTS), Feed(ADDRESS, "News", language=language)
    index = rules(RULES, rulebook.knowledge)
    await ours(found, feed, rulebook.knowledge, index, Past())  # fills the caches of words
    past = past_of(told_before)
    gc.collect()
    gc.freeze()  # as `tocsin run` does
    spent = await ours(found, feed, rulebook.knowledge, index, past)
    gc.unfreeze()
    theirs = naive_ms(found[:NAIVE_REPORTS], told_before)

    whole = spent.parsing + spent.reading
    print(f"\n{kind}: {spent.reading:.2f} ms and {spent.parsing:.2f} ms in the parser, {RULES:,} patterns and", end=" ")
    print(
        f"{WINDOW:,} titles {theirs:.1f} ms; ratio {theirs / spent.reading:.0f}, with the parser {theirs / whole:.0f}"
    )
    assert any(outcome.alerts for outcome in spent.outcomes) is fires
    assert theirs / whole >= CHEAPER
    assert fires or theirs / spent.reading >= CALM_CHEAPER


@pytest.mark.bench
def test_a_hundred_thousand_rules_cost_about_what_a_hundred_cost(rulebook: Rulebook):
    knowledge = rulebook.knowledge
    told = [replace(report(text), id=f"r{n}") for n, text in enumerate(articles(HURT, REPORTS, seed=7))]
    few, many = rules(100, knowledge), rules(MANY_RULES, knowledge)

    def spend(index: RuleIndex) -> float:
        started = time.process_time()
        matched = sum(len(examine(each, knowledge, index).matches) for each in told)
        assert matched > REPORTS / 4
        return (time.process_time() - started) * 1e3 / len(told)

    spend(few)
    spent_few, spent_many = min(spend(few), spend(few)), min(spend(many), spend(many))
    print(f"\n100 rules {spent_few:.2f} ms a report, {MANY_RULES:,} rules {spent_many:.2f} ms")
    assert [m.rule.id for m in examine(told[0], knowledge, few).matches] == [
        m.rule.id for m in examine(told[0], knowledge, many).matches
    ]
    assert spent_many <= MANY_COST * spent_few
