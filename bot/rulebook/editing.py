"""Small edits of rule files that keep every comment and blank line, as text to text.

A newcomer's mistake is to write a file back as the library lays it out: an edit is made only where the library gives
the untouched file back to the letter. New entries come first: what stands below a list belongs to its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from bot.core.model import Expected, RuleTest

WIDEST = 1_000_000  # characters; lines are never broken
_INDENTED = re.compile(r"(?m)^  ")
_LINE = re.compile(r"(?m)^(?=.)")
_LISTED = re.compile(r"(?m)^- ")
TRAPS = "# Phrases in which the name of a place is none.\nphrases:\n  - {phrase}\n"


class EditError(Exception):
    """The file cannot be edited without harm; the message says why."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How lists are indented below keys, and whether the list that is the file itself is, too."""

    sequence: int
    offset: int
    outermost: bool


LAYOUTS = (_Layout(4, 2, outermost=False), _Layout(2, 0, outermost=True), _Layout(4, 2, outermost=True))


def with_test(text: str, rule_id: str, test: RuleTest) -> str:
    """The file with a test more in one of its rules."""
    return _edited(text, lambda root: _add_test(_rule(root, rule_id), test))


def with_unless_word(text: str, rule_id: str, word: str) -> str:
    """The file in which a rule does not hold where the word stands."""
    return _edited(text, lambda root: _add_word(_rule(root, rule_id), word))


def with_phrase(text: str, phrase: str) -> str:
    """The file of cues with a phrase more that names no place; a new one where the text is empty."""
    if not text.strip():
        return TRAPS.format(phrase=phrase)
    return _edited(text, lambda root: _add_phrase(root, phrase))


# ---------------------------------------------------------------- there and back
def _edited(text: str, edit: Callable[[Any], None]) -> str:
    try:
        layout = next((each for each in LAYOUTS if _written(_read(text, each), text, each) == text), None)
        if layout is None:
            raise EditError("the file is laid out in a way that an edit would change elsewhere as well")
        root = _read(text, layout)
        edit(root)
        return _written(root, text, layout)
    except YAMLError as error:
        raise EditError(f"the file cannot be read: {error}") from error


def _yaml(layout: _Layout) -> YAML:
    yaml = YAML()
    yaml.width = WIDEST
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=layout.sequence, offset=layout.offset)
    return yaml


def _read(text: str, layout: _Layout) -> Any:
    """A list is moved in as far as the library will write it: where a comment stands, it counts from the left."""
    is_moved = not layout.outermost and text.lstrip("\n").startswith(("-", "#")) and _LISTED.search(text)
    return _yaml(layout).load(_LINE.sub("  ", text) if is_moved else text)


def _written(root: Any, text: str, layout: _Layout) -> str:
    out = StringIO()
    _yaml(layout).dump(root, out)
    written = out.getvalue()
    if isinstance(root, CommentedSeq) and not layout.outermost:
        written = _INDENTED.sub("", written)
    return written if text.endswith("\n") else written.removesuffix("\n")


# ---------------------------------------------------------------- the edits
def _rule(root: Any, rule_id: str) -> CommentedMap:
    rules = root if isinstance(root, CommentedSeq) else []
    found = next((rule for rule in rules if isinstance(rule, CommentedMap) and rule.get("id") == rule_id), None)
    if found is None:
        raise EditError(f"the file has no rule {rule_id!r}")
    return found


def _add_test(rule: CommentedMap, test: RuleTest) -> None:
    entry = CommentedMap()
    entry["text"] = test.texts[0] if len(test.texts) == 1 else CommentedSeq(test.texts)
    if test.source:
        entry["source"] = test.source
    if test.tags:
        entry["tags"] = CommentedSeq(sorted(test.tags))
    entry["alert"] = _alert(test.expected)
    if isinstance(rule.get("tests"), CommentedSeq):
        rule["tests"].insert(0, entry)
    else:
        _put(rule, "tests", CommentedSeq([entry]))


def _alert(expected: Expected | None) -> str | CommentedMap:
    """On one line, as people write it."""
    if expected is None:
        return "none"
    said: Mapping[str, object] = {
        "place": expected.place,
        "killed": expected.killed,
        "injured": expected.injured,
        "severity": expected.severity.value if expected.severity else None,
    }
    alert = CommentedMap({name: value for name, value in said.items() if value is not None})
    alert.fa.set_flow_style()
    return alert


def _add_word(rule: CommentedMap, word: str) -> None:
    unless = rule.get("unless")
    if unless is None:
        _put(rule, "unless", _flow(CommentedMap({"words": _flow(CommentedSeq([word]))})))
    elif not isinstance(unless, CommentedMap):
        raise EditError("`unless` of the rule is no keys and values")
    elif isinstance(words := unless.get("words"), CommentedSeq):
        words.insert(0, word)
    else:
        known = [words] if words is not None else []
        unless["words"] = _flow(CommentedSeq([word, *known]))


def _add_phrase(root: Any, phrase: str) -> None:
    if not isinstance(root, CommentedMap):
        raise EditError("the file holds no cues")
    if isinstance(root.get("phrases"), CommentedSeq):
        root["phrases"].insert(0, phrase)
    else:
        root.insert(0, "phrases", CommentedSeq([phrase]))


def _put(rule: CommentedMap, key: str, value: object) -> None:
    """Behind `when`, but never last: what stands below a rule is a comment of its last entry."""
    keys = list(rule)
    behind = keys.index("when") + 1 if "when" in keys else len(keys)
    rule.insert(min(behind, len(keys) - 1), key, value)


def _flow(node: Any) -> Any:
    node.fa.set_flow_style()
    return node
