"""The guide for those who write rules keeps its word: examples parse, the walk-through is what the commands say.

A block of YAML or text whose first line names a file is that file; a console block is a command and all that it prints.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.core.actors import parse_actors
from bot.core.events.files import parse_event_type
from bot.core.overlays import parse_places
from bot.core.rules import Names, parse_list, parse_rules
from bot.core.trying import failures_of_rules
from bot.rulebook import load, shipped_rules
from bot.tongues import languages
from tests.test_cli import tocsin

RULES = shipped_rules()
GUIDE = (RULES / "README.md").read_text(encoding="utf-8")
WALK = "From an idea to a live rule"
BLOCK = re.compile(r"```(yaml|text|console)\n(.*?)```", re.DOTALL)
PARSERS: dict[str, Callable[[str, str], Any]] = {
    "events": parse_event_type,
    "places": parse_places,
    "lists": parse_list,
    "actors": parse_actors,
}


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


EXAMPLES = [
    (block.splitlines()[0].removeprefix("# "), block)
    for kind, block in BLOCK.findall(GUIDE.replace(section(WALK), ""))
    if kind == "yaml"
]


@pytest.mark.parametrize(("file", "block"), EXAMPLES, ids=lambda each: each.splitlines()[0])
def test_an_example_is_good_and_does_what_its_tests_say(file: str, block: str, rulebook):
    folder = Path(file).parent.name
    if folder != "alerts":
        assert PARSERS[folder](block, file).problems == ()
        return
    lists = {
        name: parse_list((RULES / "lists" / f"{name}.yaml").read_text("utf-8"), name).texts for name in rulebook.lists
    }
    find, read_in = rulebook.knowledge.gazetteer.find, rulebook.knowledge.languages
    names = Names(rulebook.event_types, find, lists=lists, languages=read_in, tongues=languages())
    parsed = parse_rules(block, file, names)

    assert (parsed.problems, parsed.warnings) == ((), ())
    assert parsed.rules
    assert list(failures_of_rules(parsed.rules, rulebook.knowledge)) == []


def test_every_key_has_an_example():
    written = "\n".join([*(block for _, block in EXAMPLES), section("Alert rules, key by key")])
    rule = json.loads((RULES / "schemas" / "alerts.json").read_text("utf-8"))["items"]["properties"]
    keys = {*rule, *(key for part in ("when", "unless", "deliver") for key in rule[part]["properties"])}
    keys |= set(rule["tests"]["items"]["properties"])
    for name in ("events", "places"):
        schema = json.loads((RULES / "schemas" / f"{name}.json").read_text("utf-8"))
        keys |= set(schema.get("properties") or schema["anyOf"][0]["items"]["properties"])
    keys |= set(json.loads((RULES / "schemas" / "actors.json").read_text("utf-8"))["items"]["properties"])

    assert [key for key in sorted(keys) if not re.search(rf"(^|[\s{{`]){key}:(\s|$)", written, re.MULTILINE)] == []


def test_the_walk_through_is_what_the_commands_say(tmp_path: Path):
    for kind, block in BLOCK.findall(section(WALK)):
        first, _, rest = block.partition("\n")
        if kind == "console":
            ended = tocsin(tmp_path, *shlex.split(first.removeprefix("$ tocsin ")))
            assert (ended.stdout + ended.stderr).decode() == rest
            continue
        folder = tmp_path / "rules" if kind == "yaml" else tmp_path
        path = folder / first.removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block if kind == "yaml" else rest, encoding="utf-8")


def test_the_shipped_rules_are_few_enough_to_be_read():
    rules = load(RULES).rules
    lines = [line for path in (RULES / "alerts").glob("*.yaml") for line in path.read_text("utf-8").splitlines()]
    translated = sum(1 + len(rule.titles) for rule in rules)

    assert len(lines) - translated <= 20 * len(rules)
