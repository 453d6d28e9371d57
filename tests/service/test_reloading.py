"""Rule files edited under a running house, at the pace of life."""

import asyncio
import io
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot import running
from bot.config import Access
from bot.outbox import NO_LIMITS
from bot.rulebook import LiveRules, shipped_rules
from bot.running import Setting, serve
from bot.store import Store
from bot.telegram.terminal import TerminalSender
from tests.fake_telegram import Person
from tests.service.house import House, until

IN_LIFE_SECONDS = running.RELOAD_SECONDS  # before the tests are put in a hurry
AT_ONCE_SECONDS = 2.0
SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
RULE = """\
- id: {id}
  title: {title}
  when: {{event: [civilian-casualties, casualties], place: {place}}}
"""


@pytest.fixture
def alerts(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of alert rules of this house alone, looked at as often as in life."""
    monkeypatch.setattr("bot.running.RELOAD_SECONDS", IN_LIFE_SECONDS)
    folder = tmp_path / "rules"
    (folder / "alerts").mkdir(parents=True)
    (folder / "alerts" / "idlib.yaml").write_text(RULE.format(id="idlib", title="Harm in Idlib", place="Idlib"))
    house.rules = LiveRules(folder)
    return folder / "alerts"


async def test_a_new_rule_alerts_within_two_seconds_and_without_a_restart(house: House, ana: Person, alerts: Path):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, rule="sarmin")
    async with house.open():
        await house.recorded(0)
        (alerts / "sarmin.yaml").write_text(RULE.format(id="sarmin", title="Harm in Sarmin", place="Sarmin"))
        written = time.monotonic()
        await until(lambda: len(house.rules.current.rules) == 2)
        took = time.monotonic() - written
        orchard.publishes(SARMIN)
        assert "Harm in Sarmin" in (await ana.hears())["text"]
    assert took <= AT_ONCE_SECONDS


async def test_a_broken_edit_costs_no_alert_and_the_administrator_hears_of_it_and_of_its_end(
    house: House, ana: Person, ben: Person, alerts: Path
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat, rule="idlib")
    access = Access(administrators=frozenset({ben.id}))
    file = alerts / "idlib.yaml"
    good = file.read_text()
    async with house.open(access=access):
        file.write_text(good.replace("title", "titel"))
        told = (await ben.hears())["text"]
        orchard.publishes(SARMIN)
        assert "Harm in Idlib" in (await ana.hears())["text"]
        file.write_text(good.replace("Harm in", "Harm around"))
        mended = (await ben.hears())["text"]
        orchard.publishes(BINNISH)
        assert "Harm around Idlib" in (await ana.hears())["text"]
    assert told.startswith("⚠️ 2 problems in the rules\nalerts/idlib.yaml:1:3 the key 'title' is missing\n")
    assert "alerts/idlib.yaml:2:3 unknown key 'titel', did you mean 'title'?" in told
    assert mended == "✅ The rules are all good again; 1 in force."


async def test_an_administrator_who_asks_is_shown_what_is_wrong_until_it_is_mended(
    house: House, ben: Person, alerts: Path
):
    file = alerts / "idlib.yaml"
    good = file.read_text()
    async with house.open(access=Access(administrators=frozenset({ben.id}))):
        file.write_text(good.replace("title", "titel"))
        await ben.hears()
        ben.says("/admin rules")
        wrong = (await ben.hears())["text"]
        file.write_text(good)
        await ben.hears()
        ben.says("/admin rules")
        right = (await ben.hears())["text"]

    assert wrong.splitlines()[0] == "1 rule is in force; this is wrong:"
    assert "alerts/idlib.yaml:2:3: unknown key 'titel', did you mean 'title'?" in wrong
    assert right == "1 rule is in force, and all is right."


async def test_rules_that_are_broken_at_the_start_are_told_once_however_often_it_starts(
    house: House, ana: Person, ben: Person, alerts: Path
):
    access = Access(administrators=frozenset({ana.id, ben.id}))
    (alerts / "new.yaml").write_text("- {id: ")
    for _ in range(2):
        house.rules = LiveRules(alerts.parent)
        async with house.open(access=access):
            await house.settled(0)
            await asyncio.sleep(2 * IN_LIFE_SECONDS)
    for person in (ana, ben):
        assert "alerts/new.yaml:1:8" in (await person.hears())["text"]
    (alerts / "new.yaml").unlink()
    house.rules = LiveRules(alerts.parent)
    async with house.open(access=access):
        for person in (ana, ben):
            assert "all good again" in (await person.hears())["text"]


async def test_a_file_written_in_pieces_is_never_a_problem(house: House, ben: Person, alerts: Path):
    house.rules = LiveRules(
        Path(shutil.copytree(shipped_rules() / "alerts", alerts.parents[1] / "r" / "alerts")).parent
    )
    file = house.rules.folder / "alerts" / "idlib.yaml"
    good = file.read_text(encoding="utf-8")
    seen: set[int] = set()
    async with house.open(access=Access(administrators=frozenset({ben.id}))):
        for end in (0, len(good) // 3, len(good) // 2, len(good)):
            file.write_text(good[:end].replace("in Idlib", "around Idlib"), encoding="utf-8")
            await asyncio.sleep(0.05)
            seen.add(len(house.rules.current.problems))
        await until(lambda: any("around Idlib" in rule.title for rule in house.rules.current.rules))
        seen.add(len(house.rules.current.problems))
    assert seen == {0}
    assert house.store.status().messages == {}


async def test_a_bot_without_telegram_shows_the_problems_on_its_terminal(house: House, alerts: Path):
    screen, stop = io.StringIO(), asyncio.Event()
    config = replace(house.config(), access=Access(administrators=frozenset({7})))
    terminal = TerminalSender(Console(file=screen, width=100))
    setting = Setting(config, Store.open(house.database), house.rules, terminal, NO_LIMITS, audience=1)
    running_bot = asyncio.create_task(serve(setting, stop))
    (alerts / "new.yaml").write_text("- {id: ")
    await until(lambda: "alerts/new.yaml:1:8" in screen.getvalue())
    stop.set()
    await running_bot
