"""What several rooms' tests need: the shipped rules, loaded once."""

import pytest

from bot.core.pipeline import Rulebook
from bot.rulebook import load, shipped_rules


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load(shipped_rules())
