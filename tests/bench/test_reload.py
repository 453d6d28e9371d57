"""What it costs to load many rules, and to take up one changed file among them, beside loading all of them anew."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.core.trying import failures_of_rules
from bot.rulebook import LiveRules

FILES, IN_EACH = 200, 50
PLACES = (
    "Idlib",
    "Homs",
    "Aleppo",
    "Gaza",
    "Kharkiv",
    "Kyiv",
    "Khartoum",
    "Hama",
    "Sarmin",
    "Binnish",
    "Rafah",
    "Mosul",
)
CHEAPER = 50  # times, at least, than a cold load
STALL_MS = 50.0
CHECK_SECONDS = 2.0  # for a thousand rules, their own tests aside
TEST_MS = 5.0  # for one of those
BEAT_SECONDS = 0.002
RULE = """\
- id: rule-{number}
  title: {title} {place} {number}
  when:
    event: [civilian-casualties, casualties]
    place: {place}
    killed: ">= {least}"
  unless:
    words: [anniversary]
  severity: {{critical: killed >= 10, high: killed >= 1, normal: otherwise}}
  tests:
    - text: Shelling killed 11 villagers in {place}.
      alert: {{killed: 11, severity: critical}}
    - text: Two gunmen died in clashes outside {place}.
      alert: none
"""


def write(folder: Path, file: int, title: str = "Harm in") -> None:
    numbers = range(file * IN_EACH, (file + 1) * IN_EACH)
    rules = (RULE.format(number=n, title=title, place=PLACES[n % len(PLACES)], least=n % 9 + 1) for n in numbers)
    (folder / "alerts" / f"r{file:03}.yaml").write_text("".join(rules), encoding="utf-8")


def rules_in(folder: Path, files: int) -> Path:
    (folder / "alerts").mkdir(parents=True)
    for file in range(files):
        write(folder, file)
    return folder


@pytest.fixture
def _as_in_the_running_bot() -> Iterator[None]:
    """What is there already is frozen, as `tocsin run` does it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


async def longest_stall_ms(do: Callable[[], object]) -> float:
    """How late a heartbeat of the event loop comes at most while a thread does it, and shortly after."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = time.perf_counter() + BEAT_SECONDS
            await asyncio.sleep(BEAT_SECONDS)
            late.append(time.perf_counter() - due)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(10 * BEAT_SECONDS)
    await asyncio.to_thread(do)
    await asyncio.sleep(100 * BEAT_SECONDS)
    beating.cancel()
    return max(late) * 1e3


@pytest.mark.bench
def test_one_changed_file_costs_a_small_part_of_a_cold_load(tmp_path):
    folder = rules_in(tmp_path, FILES)
    cold = seconds(lambda: LiveRules(folder))
    live = LiveRules(folder)

    spent = []
    for version in range(9):
        write(folder, 100, f"Version {version}")
        spent.append(seconds(live.reload_if_changed))
        assert live.current.rules[100 * IN_EACH].title.startswith(f"Version {version}")
    warm = statistics.median(spent)

    print(f"\n{FILES} files, {FILES * IN_EACH:,} rules: cold {cold:.2f} s, one file {warm * 1e3:.1f} ms,", end=" ")
    print(f"ratio {cold / warm:.0f}; a look at nothing new {seconds(live.reload_if_changed) * 1e3:.1f} ms")
    assert len(live.current.rules) == FILES * IN_EACH
    assert cold / warm >= CHEAPER


@pytest.mark.bench
@pytest.mark.usefixtures("_as_in_the_running_bot")
async def test_the_event_loop_goes_on_while_rules_are_reloaded(tmp_path):
    folder = rules_in(tmp_path, FILES)
    cold = await longest_stall_ms(lambda: LiveRules(folder))
    live = LiveRules(folder)
    gc.freeze()

    stalls = []
    for version in range(5):
        write(folder, 100, f"Version {version}")
        stalls.append(await longest_stall_ms(live.reload_if_changed))
    (folder / "lists").mkdir()
    (folder / "lists" / "new.yaml").write_text("- a word\n", encoding="utf-8")
    everything = await longest_stall_ms(live.reload_if_changed)
    (folder / "alerts" / "r100.yaml").write_text("- {id: rule-1, place: Idlibb, ", encoding="utf-8")
    stalls.append(await longest_stall_ms(live.reload_if_changed))

    print(f"\nlongest stall: cold load {cold:.1f} ms, one file {max(stalls):.1f} ms, all files {everything:.1f} ms")
    assert max(*stalls, everything) <= STALL_MS


@pytest.mark.bench
def test_a_thousand_rules_are_checked_while_an_author_waits(tmp_path):
    folder = rules_in(tmp_path, 1000 // IN_EACH)
    spent = seconds(lambda: LiveRules(folder))
    rulebook = LiveRules(folder).current
    tests = sum(len(rule.tests) for rule in rulebook.rules)
    trying = seconds(lambda: list(failures_of_rules(rulebook.rules, rulebook.knowledge))) / tests * 1e3

    print(f"\n1,000 rules with events, words and places: {spent:.2f} s, each of their own tests {trying:.2f} ms")
    assert len(rulebook.rules) == 1000
    assert spent <= CHECK_SECONDS
    assert trying <= TEST_MS
