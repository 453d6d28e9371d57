"""What it costs to find the copies of a report among very many, beside comparing it with each of them."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Sequence
from random import Random

import pytest
from rapidfuzz import fuzz, process

from bot.core.copies import LEAD_WORDS, SAME_TEXT, Leads
from tests.core.reports import NOON

QUESTIONS = 200
COMPARED = 8  # questions that are also put to every lead, one by one
KILOBYTE = 1024


def leads(count: int, seed: int = 3) -> list[str]:
    """Leads whose words are as uneven as those of news: the n-th word comes up once for n times of the first (Zipf)."""
    dice = Random(seed)
    words = [f"w{n:x}" for n in range(200_000)]
    weights = [1 / (n + 1) for n in range(len(words))]
    drawn = iter(dice.choices(words, weights, k=count * LEAD_WORDS))
    return [" ".join(sorted(next(drawn) for _ in range(LEAD_WORDS))) for _ in range(count)]


def edited(lead: str, dice: Random) -> str:
    words = lead.split()
    del words[dice.randrange(len(words))]
    words[dice.randrange(len(words))] = "edited"
    return " ".join(sorted(words))


def by_comparing(lead: str, among: Sequence[str]) -> set[int]:
    found = process.extract(lead, among, scorer=fuzz.ratio, score_cutoff=SAME_TEXT, limit=None)
    return {number for _, _, number in found}


@pytest.mark.bench
@pytest.mark.parametrize(("count", "most_ms"), [(100_000, 0.3), (1_000_000, 2.0)])
def test_copies_are_found_without_comparing_with_every_report(count, most_ms):
    known, dice, index = leads(count), Random(4), Leads()
    tracemalloc.start()
    for number, lead in enumerate(known):
        index.add(number, lead, NOON)
    held = tracemalloc.get_traced_memory()[0] / count + statistics.mean(map(len, known[:1000]))
    tracemalloc.stop()
    questions = [edited(dice.choice(known), dice) for _ in range(QUESTIONS)]

    spent = []
    for question in questions:
        started = time.process_time()
        index.like(question)
        spent.append((time.process_time() - started) * 1e3)
    started = time.process_time()
    expected = [by_comparing(question, known) for question in questions[:COMPARED]]
    naive = (time.process_time() - started) * 1e3 / COMPARED
    ours = statistics.median(spent)

    print(
        f"\n{count:,} reports: {ours:.3f} ms, comparing {naive:.0f} ms, ratio {naive / ours:.0f}, {held:.0f} bytes each"
    )
    assert [set(index.like(question)) for question in questions[:COMPARED]] == expected
    assert ours <= most_ms
    assert held <= KILOBYTE
