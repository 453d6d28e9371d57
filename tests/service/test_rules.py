"""Rules that people edit while the bot runs."""

import logging
import shutil
from pathlib import Path

import pytest

from bot.config import Health
from bot.rulebook import LiveRules, shipped_rules
from tests.fake_telegram import Person
from tests.service.house import House, until
from tests.service.monitoring import complaints, free_port

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."

TEN_MISTAKES = """\
- id: Idlib Civilians
  title: Civilian casualties in Idlib
  when:
    event: civilian-casualtys
    place: Idlibb
    killed: many
    kiled: 3
  severity: {critical: killed more than 10, sever: otherwise}
  status: alive
- id: idlib-civilian-casualties
  when: {event: civilian-casualties, place: Idlib}
  tests:
    - text: Shelling killed 11 villagers in Binnish.
"""


@pytest.fixture
def alerts(house: House, tmp_path: Path) -> Path:
    """The folder of alert rules of this house alone."""
    folder = tmp_path / "rules"
    shutil.copytree(shipped_rules() / "alerts", folder / "alerts")
    house.rules = LiveRules(folder)
    return folder / "alerts"


async def test_a_rule_file_with_ten_mistakes_is_named_ten_times_and_the_last_good_rules_stay(
    house: House, ana: Person, alerts: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    health = Health(port=free_port())
    good = (alerts / "idlib.yaml").read_text(encoding="utf-8")
    async with house.open(health=health):
        assert await complaints(health) == []

        (alerts / "idlib.yaml").write_text(TEN_MISTAKES, encoding="utf-8")
        await until(lambda: "rules reloaded" in caplog.text)
        found = await complaints(health)
        orchard.publishes(SARMIN)
        assert "Civilian casualties in Idlib" in (await ana.hears())["text"]

        (alerts / "idlib.yaml").write_text(good.replace("casualties in Idlib", "harm around Idlib"), encoding="utf-8")
        await until(lambda: "all of them are good" in caplog.text)
        assert await complaints(health) == []
        orchard.publishes(BINNISH)
        assert "Civilian harm around Idlib" in (await ana.hears())["text"]

    assert len(found) == 10
    for complaint in found:
        assert f"{alerts / 'idlib.yaml'}:" in complaint
        assert complaint.removeprefix("rules: ") in caplog.text


def test_broken_places_leave_all_that_was_known_in_force_wherever_the_folder_is(tmp_path: Path):
    folder = tmp_path / "alerts" / "rules"  # a name that means something inside the folder alone
    shutil.copytree(shipped_rules(), folder)
    live = LiveRules(folder)
    good = live.current

    (folder / "places" / "syria.yaml").write_text("- {id: ", encoding="utf-8")

    assert live.reload_if_changed()
    assert live.current.problems
    assert live.current.knowledge is good.knowledge
    assert live.current.rules == good.rules
