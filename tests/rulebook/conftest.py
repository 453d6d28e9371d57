from pathlib import Path

import pytest

from bot.rulebook import LiveRules
from tests.rulebook.desk import Desk


@pytest.fixture(autouse=True)
def _a_small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """No places but those of the folder, so that a load takes milliseconds."""
    monkeypatch.setattr("bot.gazetteer.opening._tables", lambda data, problems: iter(()))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "rules")


@pytest.fixture
def live(desk: Desk) -> LiveRules:
    """The rules of the desk: in `a.yaml` idlib, neighbour and homs, in `b.yaml` other, all good."""
    desk.write("a.yaml", "idlib", "neighbour", "homs")
    desk.write("b.yaml", "other")
    found = LiveRules(desk.folder)
    assert found.current.problems == ()
    return found
