"""Who is said to have done it: the golden sentences of blame.yaml, which a monitor can read and add to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.reading import read
from tests.core.reports import report

SENTENCES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("blame.yaml").read_text(encoding="utf-8"))


def ids(blames: str | list[str]) -> set[str]:
    return {blames} if isinstance(blames, str) else set(blames)


@pytest.mark.parametrize("told", SENTENCES, ids=[told["text"][:60] for told in SENTENCES])
def test_a_sentence_blames_whom_it_names_as_the_doer_and_nobody_else(told, rulebook):
    events = read(report(told["text"]), rulebook.knowledge).events

    assert events
    assert set().union(*(event.blamed for event in events)) == ids(told["blames"])
