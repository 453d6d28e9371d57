"""What several rooms' tests need: the shipped rules, loaded once; and properties that may take their time."""

import pytest
from hypothesis import settings

from bot.core.pipeline import Rulebook
from bot.rulebook import load, shipped_rules

settings.register_profile("tocsin", deadline=None)  # a busy machine is no failure
settings.load_profile("tocsin")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load(shipped_rules())
