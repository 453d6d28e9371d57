"""What starts the bot elsewhere names files, commands and settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from bot.cli import app
from bot.service import FINISH_SECONDS
from bot.timers import GRACE_SECONDS

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
COMMANDS = getattr(get_command(app), "commands")  # noqa: B009  typer's group has them


def test_all_that_is_copied_into_the_image_exists():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert len(names) >= 7
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_image_runs_a_command_that_exists_as_nobody_special():
    assert 'ENTRYPOINT ["tocsin"]\nCMD ["run"]' in DOCKERFILE
    assert "run" in COMMANDS
    assert "\nUSER tocsin\n" in DOCKERFILE


def test_the_compose_file_builds_that_image_and_waits_for_its_database():
    bot, database = COMPOSE["services"]["bot"], COMPOSE["services"]["database"]
    context = (DEPLOY / bot["build"]["context"]).resolve()
    assert (context / bot["build"]["dockerfile"]).samefile(DEPLOY / "Dockerfile")
    assert bot["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in database
    assert set(COMPOSE["volumes"]) == {"database", "backups"}


def test_backups_in_the_container_outlive_it_and_may_be_written():
    assert "backups:/data/backups" in COMPOSE["services"]["bot"]["volumes"]
    assert "install --directory --owner=tocsin /data/backups" in DOCKERFILE


def test_secrets_are_files_that_no_environment_shows():
    bot, database = COMPOSE["services"]["bot"], COMPOSE["services"]["database"]
    assert "environment" not in bot
    assert bot["secrets"] == ["telegram_token"]
    assert database["environment"]["POSTGRES_PASSWORD_FILE"] == f"/run/secrets/{database['secrets'][0]}"
    assert set(COMPOSE["secrets"]) == {*bot["secrets"], *database["secrets"]}
    assert not re.search("password: *[^ ]|token: *[^ ]", DOCKERFILE, re.IGNORECASE)


def test_what_docker_is_given_is_what_the_image_copies():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    given = re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(given) == sorted(name for line in copied for name in line.split())


def test_all_have_the_time_to_finish_what_is_in_hand():
    longest = FINISH_SECONDS + GRACE_SECONDS
    assert int(COMPOSE["services"]["bot"]["stop_grace_period"].removesuffix("s")) >= longest
    assert int(unit()["Service"]["TimeoutStopSec"]) >= longest


def unit() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "tocsin.service", encoding="utf-8")
    return parser


def test_the_unit_starts_the_bot_and_not_again_where_a_person_must_mend_something():
    service = unit()["Service"]
    assert service["ExecStart"].split()[-2:] == ["/opt/tocsin/bin/tocsin", "run"]
    assert service["RestartPreventExitStatus"] == "2"
    assert service["Restart"] == "on-failure"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_finds_nothing_wrong_with_the_unit_but_that_it_is_not_installed():
    said = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "tocsin.service")], capture_output=True, text=True, check=False
    )
    complaints = [line for line in said.stderr.splitlines() if "is not executable" not in line]
    assert [line for line in complaints if "tocsin.service" in line] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_the_unit_may_do_little_beside_its_work():
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(DEPLOY / "tocsin.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout.splitlines()[-1]
