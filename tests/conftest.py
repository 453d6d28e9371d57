"""What several rooms' tests need: the shipped rules, loaded once; and properties that may take their time."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from bot.core.pipeline import Rulebook
from bot.rulebook import load, shipped_rules
from bot.store import Store, engine
from tests.remembering import load_certificates_once, parse_once

pytest_plugins = ["tests.postgres", "tests.conversing"]

# Before anything opens the gazetteer. Its arrays come from `make setup`; a bare pytest unpacks them itself.
os.environ.setdefault("TOCSIN_STATE", str(Path(tempfile.gettempdir()) / f"tocsin-tests-{os.getuid()}"))
os.environ["TOCSIN_DATA"] = os.devnull  # tables that the user of this machine imported are not tested

parse_once()
load_certificates_once()
engine.SYNCHRONOUS = "OFF"  # the power does not go in these tests

settings.register_profile("tocsin", deadline=None)  # a busy machine is no failure
settings.load_profile("tocsin")


@pytest.fixture(scope="session")
def unused_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that nobody has used yet, to be copied: making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("store") / "unused.db"
    Store.open(str(path)).close()
    return path


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load(shipped_rules())
