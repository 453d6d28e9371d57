"""`tocsin backup`, `restore` and `migrate-to`, as somebody runs them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Store, backups
from bot.store.alone import alone
from tests.postgres import PostgresServer
from tests.service.monitoring import free_port
from tests.service.processes import environment
from tests.store.samples import NOW
from tests.store.test_migrations import go_back
from tests.test_cli import tocsin

PAGE = 4096
CONFIG = "feeds: [{url: 'https://paper.example/rss'}]\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder where the bot was at work for a while."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    with closing(Store.open(str(tmp_path / "tocsin.db"))) as store:
        store.subscribe(7, "idlib", NOW)
    return tmp_path


def damage(path: Path) -> None:
    """Of every page but the first."""
    first, rest = path.read_bytes()[:PAGE], path.read_bytes()[PAGE:]
    path.write_bytes(first + rest[::-1])


def rules_of(path: Path) -> frozenset[str]:
    with closing(Store.open(str(path))) as store:
        return store.rules_of(7)


def test_what_was_saved_can_be_put_back(home: Path):
    saved = tocsin(home, "backup", "saved.db")
    assert saved.returncode == 0
    assert saved.stdout.decode().startswith("The database is saved in saved.db (")
    (home / "tocsin.db").write_bytes(b"lost")

    restored = tocsin(home, "restore", "saved.db", "--told-until", "2026-03-01T12:00")
    assert restored.returncode == 0
    said = restored.stdout.decode()
    assert "saved.db is the database again." in said
    assert "What was there before lies in " in said
    assert "Reports published before 2026-03-01 12:00 UTC are recorded without an alert" in said
    assert rules_of(home / "tocsin.db") == {"idlib"}


def test_without_a_name_the_newest_backup_is_put_back(home: Path):
    (home / "backups").mkdir()
    backups.back_up(str(home / "tocsin.db"), backups.name_for(home / "backups", NOW))
    (home / "tocsin.db").unlink()

    assert tocsin(home, "restore").returncode == 0
    assert rules_of(home / "tocsin.db") == {"idlib"}


def test_an_installation_goes_over_to_a_server_and_is_saved_and_brought_up_to_date_there(
    home: Path, postgres: PostgresServer
):
    with postgres.new_database() as address, postgres.new_database("lost") as another:
        moved = tocsin(home, "migrate-to", address)
        assert moved.returncode == 0
        assert "Everything was read back and is the same." in moved.stdout.decode()
        assert "only where the config has a section `backups:`" in moved.stdout.decode()

        (home / "config.yaml").write_text(f"{CONFIG}database: {address}\n")
        assert tocsin(home, "backup", "saved.db").returncode == 0
        assert rules_of(home / "saved.db") == {"idlib"}
        (home / "config.yaml").write_text(f"{CONFIG}database: {another}\n")
        assert tocsin(home, "restore", "saved.db").returncode == 0
        with closing(Store.open(another)) as store:
            assert store.rules_of(7) == {"idlib"}

        go_back(another, "0014")
        refused = tocsin(home, "run", env={"TELEGRAM_BOT_TOKEN": "123:" + "A" * 35})
        assert refused.returncode == 2
        assert "start once with `tocsin run --no-backup`" in refused.stderr.decode()


def test_a_bot_whose_database_is_gone_or_emptied_does_not_begin_with_a_new_one(home: Path):
    (home / "backups").mkdir()
    backups.back_up(str(home / "tocsin.db"), backups.name_for(home / "backups", NOW))
    for lose in (Path.unlink, Path.touch):
        lose(home / "tocsin.db")

        refused = tocsin(home, "run", env={"TELEGRAM_BOT_TOKEN": "123:" + "A" * 35})
        assert refused.returncode == 2
        assert "is gone or empty, but there is a backup of it" in refused.stderr.decode()
    assert (home / "tocsin.db").stat().st_size == 0


def test_a_damaged_database_is_neither_saved_nor_carried_away_and_is_named(home: Path, postgres: PostgresServer):
    damage(home / "tocsin.db")
    with postgres.new_database() as address:
        for arguments in (["backup", "saved.db"], ["migrate-to", address]):
            refused = tocsin(home, *arguments)
            assert refused.returncode == 2
            assert "tocsin.db is damaged. Put a backup back" in refused.stderr.decode()
    assert not (home / "saved.db").exists()


def test_a_disk_that_takes_no_more_is_said_and_leaves_what_there_is(home: Path):
    before = (home / "tocsin.db").read_bytes()
    (home / "saved.db").write_bytes(before)
    for arguments in (["backup", "another.db"], ["restore", "saved.db"]):
        command = ["bash", "-c", f"ulimit -f 40; exec {sys.executable} -m bot {' '.join(arguments)}"]
        refused = subprocess.run(command, cwd=home, env=environment(), capture_output=True, check=False)
        assert refused.returncode == 2
        assert "can write no more" in refused.stderr.decode()
    assert not (home / "another.db").exists()
    assert (home / "tocsin.db").read_bytes() == before


def test_under_a_running_bot_nothing_is_put_back_or_carried_away_and_no_other_runs(home: Path):
    (home / "saved.db").write_bytes(b"")
    before = (home / "tocsin.db").read_bytes()
    refused = "tocsin.db is in use: process "
    with alone(str(home / "tocsin.db")):
        for arguments in (["restore", "saved.db"], ["migrate-to", "postgresql://127.0.0.1:1/nobody"], ["run"]):
            ended = tocsin(home, *arguments, env={"TELEGRAM_BOT_TOKEN": "123:" + "A" * 35})
            assert ended.returncode == 2
            assert refused in ended.stderr.decode()
        assert tocsin(home, "backup", "while-it-runs.db").returncode == 0
    assert (home / "tocsin.db").read_bytes() == before
    assert refused not in tocsin(home, "restore", "saved.db").stderr.decode()


def test_a_server_that_is_away_is_worth_another_start_and_one_that_refuses_is_not(home: Path, postgres: PostgresServer):
    token = {"TELEGRAM_BOT_TOKEN": "123:" + "A" * 35}
    (home / "config.yaml").write_text(f"{CONFIG}database: postgresql://tocsin@127.0.0.1:{free_port()}/tocsin\n")
    assert tocsin(home, "run", env=token).returncode == 1

    with postgres.new_database() as address:
        (home / "config.yaml").write_text(f"{CONFIG}database: {address.replace('/new?', '/nobody?')}\n")
        assert tocsin(home, "run", env=token).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["backup", "tocsin.db"], "tocsin.db exists already, and a backup is never overwritten"),
        (["backup", "nowhere/saved.db"], "to write the backup saved.db into"),
        (["restore"], "There is no backup in "),
        (["restore", "nothing.db"], "There is no store nothing.db"),
        (["restore", "tocsin.db", "--told-until", "yesterday"], "'yesterday' is no time such as"),
        (["migrate-to", "redis://host"], "cannot be kept in 'redis'"),
        (["migrate-to", "postgresql://127.0.0.1:1/nobody"], "cannot be reached"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(home: Path, arguments: list[str], why: str):
    refused = tocsin(home, *arguments)
    assert refused.returncode == 2
    assert why in refused.stderr.decode()
    assert "Traceback" not in refused.stderr.decode()
    assert rules_of(home / "tocsin.db") == {"idlib"}
