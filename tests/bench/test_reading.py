"""What it costs to read a report, everything but places, beside the loop of patterns that a keyword bot runs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import pytest

from bot.core.events import find_events, spoken_in
from bot.core.text import tokenise
from bot.core.tolls import toll_of
from tests.bench.naive import NaiveBot
from tests.bench.texts import ARABIC, ENGLISH, articles, phrases
from tests.core.reports import NOON

ARTICLES = 200
RULES = 1_000
CHEAPER = 5  # times, at least, than a keyword bot with a thousand rules


def median_ms(do: Callable[[str], object], texts: Sequence[str]) -> float:
    """CPU time of one call, in the middle of all texts, after a first pass that fills the caches of words."""
    spent = []
    for text in texts:
        do(text)
    for text in texts:
        started = time.process_time()
        do(text)
        spent.append((time.process_time() - started) * 1e3)
    return statistics.median(spent)


@pytest.mark.bench
@pytest.mark.parametrize(("script", "sentences"), [("Latin", ENGLISH), ("Arabic", ARABIC)])
def test_reading_is_cheaper_than_a_loop_of_patterns(rulebook, script, sentences):
    texts = articles(sentences, ARTICLES)
    naive = NaiveBot(phrases(RULES))

    def read(text: str) -> object:
        fields = [tokenise("title", ""), tokenise("text", text)]
        spoken = spoken_in(fields, rulebook.knowledge.languages, None)
        return toll_of(find_events(fields, spoken, NOON)) if spoken else None

    ours, theirs = median_ms(read, texts), median_ms(naive.match, texts[:20])
    naive.close()

    print(f"\n{script}: reading {ours:.2f} ms, {RULES} patterns {theirs:.2f} ms, ratio {theirs / ours:.1f}")
    assert theirs / ours >= CHEAPER
