"""The files that `tocsin init` writes: config.yaml with its comments, the token, rules and feeds of the chosen areas.

A newcomer's mistake is to write as one goes: all is made first, then what would be overwritten is asked about, then all
is written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.cli.init.areas import Area, areas, rule_files, starter_feeds
from bot.config import opml_of

HERE = Path(__file__).parents[2]
EXAMPLES = [HERE / "shipped" / "config.example.yaml", HERE.parent / "config.example.yaml"]  # in a wheel, in a checkout
FEEDS_FILE = "feeds.opml"
TOKEN_FILE = "token.txt"  # noqa: S105  the name of the file
OWNER_ALONE = 0o600

HEAD = """\
# Written by `tocsin init`. All but the feeds may be left out: what stands here is the default, or says otherwise. Paths
# begin at the folder of the file. Times are written 30s, 5m, 24h, 7d.
"""
PLAIN = re.compile(r"[\w./-][\w./ -]*")  # needs no quotes in YAML
SCHEMA_LINE = re.compile(r"# yaml-language-server: .*\n")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person wants. `token` is None where there is none to write; `token_file` where it is, or may come."""

    areas: tuple[Area, ...]
    language: str
    policy: str
    administrators: tuple[int, ...]
    token: str | None
    token_file: str = TOKEN_FILE
    api_url: str = ""


def files_of(answers: Answers) -> dict[str, str]:
    """The texts of all files to write, by their paths as seen from the folder."""
    files = {"config.yaml": config_text(answers), FEEDS_FILE: _feeds_text(answers)}
    if answers.token:
        files[answers.token_file] = f"{answers.token}\n"
    if _chooses_rules(answers):
        rules = rule_files(answers.areas)
        files |= {f"rules/alerts/{path.name}": _rules_text(path) for path in rules}
    return files


def write(folder: Path, files: Mapping[str, str]) -> None:
    """OSError where that is not possible."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = OWNER_ALONE if name == TOKEN_FILE else 0o666
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:  # noqa: PTH123
            if mode == OWNER_ALONE:
                path.chmod(mode)  # also where everybody could read the file that was there
            file.write(text)


def _chooses_rules(answers: Answers) -> bool:
    """Whoever watches all areas has the shipped rules as they are, and those of the next version."""
    return len(answers.areas) < len(areas())


def _rules_text(path: Path) -> str:
    return SCHEMA_LINE.sub("", path.read_text(encoding="utf-8"))  # `tocsin schema` puts it back, with the schemas


def _feeds_text(answers: Answers) -> str:
    feeds = starter_feeds(answers.areas)
    named = {area.title for area in answers.areas}
    return opml_of(feeds, f"Feeds on {', '.join(sorted(named))}" if _chooses_rules(answers) else "Feeds on all areas")


# ---------------------------------------------------------------- config.yaml
def config_text(answers: Answers) -> str:
    """config.example.yaml with the answers in it."""
    example = next(path for path in EXAMPLES if path.is_file()).read_text(encoding="utf-8")
    _, *sections = example.rstrip("\n").split("\n\n")
    changes = _changes(answers)
    return "\n\n".join([HEAD.rstrip("\n"), *(_changed(section, changes) for section in sections)]) + "\n"


Change = Callable[[str], str]


def _changes(answers: Answers) -> Mapping[str, Change]:
    """What becomes of the section in which a key stands at the beginning of a line."""
    return {
        "feeds": _commented_out,
        "# opml": lambda section: section.replace("# opml: feeds.opml", f"opml: {FEEDS_FILE}"),
        "telegram": lambda section: _valued(section, _telegram(answers)),
        "access": lambda section: _valued(section, _access(answers)),
        "language": lambda section: _valued(section, {"language": answers.language}),
        "# rules": lambda section: (
            section.replace("# rules: rules ", "rules: rules ") if _chooses_rules(answers) else section
        ),
    }


def _telegram(answers: Answers) -> Mapping[str, str]:
    file = answers.token_file if PLAIN.fullmatch(answers.token_file) else json.dumps(answers.token_file)
    return {"token_file": file} | ({"api_url": answers.api_url} if answers.api_url else {})


def _access(answers: Answers) -> Mapping[str, str]:
    return {"policy": answers.policy, "administrators": json.dumps(list(answers.administrators))}


def _changed(section: str, changes: Mapping[str, Change]) -> str:
    for key, change in changes.items():
        if re.search(rf"^{re.escape(key)}:", section, re.MULTILINE):
            section = change(section)
    return section


def _valued(section: str, values: Mapping[str, str]) -> str:
    """The section with these values; the comment behind a value goes with the value it was about."""
    for key, value in values.items():
        line = re.compile(rf"^(\s*{key}:) .*$", re.MULTILINE)
        section = line.sub(partial(_with, value), section)
    return section


def _with(value: str, found: re.Match[str]) -> str:
    return f"{found[1]} {value}"


def _commented_out(section: str) -> str:
    lines = section.split("\n")
    return "\n".join(_comment(lines))


def _comment(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.startswith("#") else f"# {line}"
