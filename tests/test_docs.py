"""The documents keep their word: commands exist, examples parse, and the transcript is what the bot shows."""

import re
import subprocess
import sys
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from typer.main import get_command

from bot.cli import app
from bot.config import load as load_config
from bot.core import yamlfile
from bot.core.rules import Names, parse_rules
from tests import screens
from tests.transcript import transcript

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LONGEST_README = 150
LARGEST_PICTURE = 100_000  # bytes
NOTICED = 1.0  # of 255, by which two pictures of one map may differ on average
DRAW = "draw them anew with: make screens"
PNG = re.compile(r"(?<=data:image/png;base64,)[^\"]+")
IMAGE = re.compile(r'<img src="(?:docs/)?([\w-]+\.svg)"')
DOCS = sorted((ROOT / "docs").glob("*.md"))


def test_the_readme_is_short_enough_to_be_read():
    assert len(README.splitlines()) <= LONGEST_README


@pytest.mark.parametrize("command", sorted(set(re.findall(r"(?:bin/|`)tocsin ([\w-]+)", README))))
def test_every_command_the_readme_names_exists_and_has_help(command):
    commands = getattr(get_command(app), "commands")  # noqa: B009  typer's group has them

    assert command in commands
    assert commands[command].help


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_document_is_linked_from_the_readme_and_names_commands_that_exist(path):
    named = set(re.findall(r"(?:bin/|`| {4})tocsin ([\w-]+)", path.read_text(encoding="utf-8")))

    assert f"(docs/{path.name})" in README
    assert named <= getattr(get_command(app), "commands").keys()  # noqa: B009


def test_every_command_that_exists_is_named_in_the_readme():
    assert {name for name in getattr(get_command(app), "commands") if f"tocsin {name}" not in README} <= {"demo"}  # noqa: B009


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make (\w+)", README))))
def test_every_target_the_readme_names_can_be_made(target):
    assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", README, re.DOTALL))
def test_every_rule_in_the_readme_is_a_good_rule(example, rulebook):
    parsed = parse_rules(example, "README.md", Names(rulebook.event_types, rulebook.knowledge.gazetteer.find))

    assert parsed.problems == ()
    assert parsed.rules


def test_the_example_configuration_is_valid():
    assert load_config(ROOT / "config.example.yaml", {}).feeds


@pytest.mark.parametrize("path", sorted(ROOT.glob("rules/**/*.yaml")) + sorted(ROOT.glob("seeds/*.yaml")), ids=str)
def test_every_yaml_file_that_ships_is_strict_yaml(path):
    assert yamlfile.parse(path.read_text(encoding="utf-8"), str(path)).problems == ()


def test_the_transcript_in_the_readme_is_what_the_bot_shows():
    quoted = re.search(r"<!-- transcript -->\n```\n(.*?)\n```", README, re.DOTALL)

    assert quoted
    assert quoted[1] == transcript(), "print it anew with: .venv/bin/python -m tests.transcript"


@pytest.mark.parametrize("language", screens.LANGUAGES)
def test_the_pictures_in_the_documents_are_what_the_bot_shows(language, rulebook):
    drawn = screens.pictures(language, rulebook)
    known = {name: (screens.FOLDER / name).read_text(encoding="utf-8") for name in drawn}

    assert [name for name in drawn if PNG.sub("", drawn[name]) != PNG.sub("", known[name])] == [], DRAW
    (name,) = [name for name in drawn if PNG.search(drawn[name])]
    assert _unlike(PNG.findall(drawn[name]), PNG.findall(known[name])) < NOTICED, DRAW


def _unlike(some: list[str], others: list[str]) -> float:
    """How much two pictures differ, of 255: the same map drawn by another machine is not the same to the last bit."""
    ((one,), (other,)) = ([Image.open(BytesIO(b64decode(png))).convert("L") for png in each] for each in (some, others))
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


def test_every_picture_is_shown_in_a_document_in_each_language_and_loads_quickly():
    shown = {
        name for page in (README, *(path.read_text(encoding="utf-8") for path in DOCS)) for name in IMAGE.findall(page)
    }
    names = {path.name for path in screens.FOLDER.glob("*.svg")}

    assert shown == names
    assert {name.rpartition("-")[0] for name in names if "-en" in name} == {name.rpartition("-")[0] for name in names}
    assert max(path.stat().st_size for path in screens.FOLDER.glob("*.svg")) < LARGEST_PICTURE


def test_python_m_bot_is_the_same_command():
    answer = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert "Usage: tocsin" in answer.stdout or "Usage: python -m bot" in answer.stdout
