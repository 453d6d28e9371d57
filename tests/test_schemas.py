"""Editors complete and check the files in rules/ by the schemas beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.cli.schemas import schemas_of, written
from bot.core.rules import conditions, files
from bot.core.yamlfile import Listing, Mapping, Node, Scalar, parse
from bot.rulebook import load, shipped_rules

RULES = shipped_rules()
BAD_RULES = Path(__file__).parent / "core" / "bad_rules"
SHIPPED = sorted(path for path in RULES.rglob("*.yaml"))
MISSHAPEN = (
    "unknown-key", "missing-keys", "unknown-event", "unknown-status", "unknown-severity-word", "wrong-comparison",
    "unknown-language", "unknown-victims", "unknown-nearness", "deliver-unclear", "circle-too-wide",
    "circle-without-centre", "unless-without-keys", "frequency-unclear", "alert-unclear", "id-with-capitals",
    "title-in-an-unknown-language", "title-without-words", "titles-of-no-language", "titles-that-are-one-text",
)  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RULES / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def plain(node: Node | None) -> Any:
    """What an editor sees: YAML 1.2, in which `no` is a text."""
    match node:
        case Mapping(entries=entries):
            return {key.text: plain(value) for key, value in entries}
        case Listing(items=items):
            return [plain(item) for item in items]
        case Scalar(value=value):
            return value
    return None


def wrong(schema: dict[str, Any], path: Path) -> list[str]:
    content = plain(parse(path.read_text(encoding="utf-8"), str(path)).root)
    return [error.message for error in Draft202012Validator(schema).iter_errors(content)]


def test_the_shipped_schemas_are_those_of_today():
    for name, today in schemas_of(load(RULES)).items():
        Draft202012Validator.check_schema(today)
        assert (RULES / "schemas" / f"{name}.json").read_text(encoding="utf-8") == written(today), "run: tocsin schema"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(RULES)))
def test_a_shipped_file_names_its_schema_and_keeps_it(path: Path):
    text = path.read_text(encoding="utf-8")
    named = path.parent / text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")

    assert named.resolve().is_file()
    assert wrong(json.loads(named.read_text(encoding="utf-8")), path) == []


@pytest.mark.parametrize("name", MISSHAPEN)
def test_a_rule_of_the_wrong_shape_is_underlined(name: str):
    assert wrong(schema("alerts"), BAD_RULES / f"{name}.yaml") != []


def test_an_editor_offers_the_keys_that_the_parser_takes():
    rule = schema("alerts")["items"]["properties"]
    shapes = {name: rule[name]["properties"] for name in ("when", "unless", "deliver")}

    assert set(rule) == set(files.RULE)
    assert set(shapes["when"]) == set(files.WHEN)
    assert set(shapes["unless"]) == set(conditions.UNLESS)
    assert set(shapes["deliver"]) == set(conditions.DELIVER)
    assert set(rule["tests"]["items"]["properties"]) == set(files.TEST)


def test_every_key_of_a_rule_is_described():
    rule = schema("alerts")["items"]["properties"]
    undescribed = [key for key, shape in rule.items() if not shape.get("description")]
    for part in ("when", "unless", "deliver"):
        undescribed += [key for key, shape in rule[part]["properties"].items() if not shape.get("description")]

    assert undescribed == []
