"""`tocsin init` as people and programs call it: what it asks, what it writes, what it leaves alone."""

from __future__ import annotations

import asyncio
import os
import pty
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.init.areas import areas, chosen, rule_files, starter_feeds
from bot.cli.init.writing import Answers, config_text
from bot.config import Access, outlines_of
from bot.config import load as load_config
from bot.rulebook import load as load_rules
from bot.rulebook import shipped_rules
from bot.seeds import seeds_folder
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.service.processes import environment
from tests.test_cli import Ended, tocsin

WRONG_TOKEN = "1234567:AAWrongTokenWrongTokenWrongTokenWrong"


async def init(folder: Path, *arguments: str, given: bytes = b"", **env: str) -> Ended:
    """The command, while a server in this process answers it."""
    return await asyncio.to_thread(tocsin, folder, "init", *arguments, given=given, env=env)


def tree(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text("utf-8") for p in folder.rglob("*") if p.is_file()}


# ---------------------------------------------------------------- without questions
async def test_without_questions_it_writes_a_config_that_the_bot_reads(tmp_path, telegram):
    (tmp_path / "secret").write_text(f"{telegram.token}\n", encoding="utf-8")
    options = ("--area", "sy", "--area", "ua", "--policy", "invite", "--administrator", "7", "--token-file", "secret")

    ended = await init(tmp_path, "--yes", *options, "--api-url", telegram.root)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"@tocsin_test_bot" in ended.stdout
    config = load_config(tmp_path / "config.yaml", {})
    assert config.telegram.token == telegram.token
    assert config.telegram.api_url == telegram.root
    assert config.access == Access(frozenset(), frozenset({7}), invites=True)
    assert config.rules == tmp_path / "rules"
    assert {path.name for path in (tmp_path / "rules/alerts").iterdir()} == {"idlib.yaml", "syria.yaml", "ukraine.yaml"}
    assert {"SY", "UA"} <= {feed.home for feed in config.feeds} <= {None, "SY", "UA", "RU"}
    rulebook = load_rules(tmp_path / "rules")
    assert rulebook.problems == ()
    assert len(rulebook.rules) == 3
    assert telegram.token not in "".join(text for name, text in tree(tmp_path).items() if name != "secret")


async def test_whoever_watches_everything_gets_all_feeds_and_the_shipped_rules(tmp_path):
    ended = await init(tmp_path, "--yes")

    assert ended.returncode == 0
    config = load_config(tmp_path / "config.yaml", {})
    outlines, _ = outlines_of((seeds_folder() / "feeds.opml").read_bytes(), "feeds.opml")
    assert {feed.url for feed in config.feeds} == {outline.feed.url for outline in outlines}
    assert config.rules is None
    assert set(tree(tmp_path)) == {"config.yaml", "feeds.opml"}


async def test_what_is_there_already_is_left_alone_unless_it_is_said(tmp_path):
    (tmp_path / "config.yaml").write_text("mine", encoding="utf-8")

    ended = await init(tmp_path, "--yes")
    assert ended.returncode == 1
    assert b"nothing was written: config.yaml would be overwritten" in ended.stderr
    assert tree(tmp_path) == {"config.yaml": "mine"}

    assert (await init(tmp_path, "--yes", "--overwrite")).returncode == 0
    assert "mine" not in tree(tmp_path)["config.yaml"]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--area", "atlantis"], "there is no area 'atlantis'; there are: sy, ps"),
        (["--policy", "closed"], "there is no policy 'closed'; there are: open, invite, allow-list"),
        (["--policy", "invite"], "somebody must be able to admit people: say --administrator ID"),
        (["--language", "xx"], "there is no language 'xx'"),
        (["--token-file", "nowhere"], "the token cannot be read"),
    ],
)
async def test_an_answer_that_is_of_no_use_is_refused_and_nothing_written(tmp_path, arguments, wrong):
    ended = await init(tmp_path, "--yes", *arguments)

    assert ended.returncode == 2
    assert wrong in ended.stderr.decode()
    assert tree(tmp_path) == {}


async def test_a_token_that_telegram_refuses_is_refused_without_being_shown(tmp_path, telegram):
    (tmp_path / "secret").write_text(WRONG_TOKEN, encoding="utf-8")

    ended = await init(tmp_path, "--yes", "--token-file", "secret", "--api-url", telegram.root)

    assert ended.returncode == 2
    assert b"Telegram refuses this token" in ended.stderr
    assert WRONG_TOKEN.encode() not in ended.stderr + ended.stdout


async def test_a_token_of_the_environment_is_checked_and_not_written(tmp_path, telegram):
    ended = await init(tmp_path, "--yes", "--api-url", telegram.root, TELEGRAM_BOT_TOKEN=telegram.token)

    assert ended.returncode == 0
    assert b"@tocsin_test_bot" in ended.stdout
    assert "token.txt" not in tree(tmp_path)


async def test_a_telegram_that_is_away_does_not_stop_it(tmp_path, telegram):
    (tmp_path / "secret").write_text(telegram.token, encoding="utf-8")
    await telegram.stop()

    ended = await init(tmp_path, "--yes", "--token-file", "secret", "--api-url", telegram.root)

    assert ended.returncode == 0
    assert b"cannot be asked about the token now" in ended.stdout


# ---------------------------------------------------------------- in a terminal
@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    yield master, slave
    for end in (master, slave):
        os.close(end)


async def talk(
    terminal: tuple[int, int], folder: Path, *arguments: str, replies: list[tuple[str, str]]
) -> tuple[int, str]:
    """The exit status and all that was shown, when each question that holds some words is answered."""
    master, slave = terminal
    os.set_blocking(master, False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "init", *arguments),
        stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment(), start_new_session=True,
    )  # fmt: skip
    shown = ""
    for question, reply in replies:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while question not in shown:
                shown += await _read(master)
        shown = shown.partition(question)[2]
        os.write(master, f"{reply}\n".encode())
    async with asyncio.timeout(PATIENCE_SECONDS):
        status = await process.wait()
    return status, shown + await _read(master)


async def _read(master: int) -> str:
    await asyncio.sleep(0.02)
    try:
        return os.read(master, 65536).decode()
    except (BlockingIOError, OSError):
        return ""


async def test_a_person_is_asked_for_everything_and_may_err(tmp_path, telegram, terminal):
    status, _ = await talk(
        terminal,
        tmp_path,
        *("--api-url", telegram.root),
        replies=[
            ("Token: ", WRONG_TOKEN),
            ("refuses this token", telegram.token),
            ("Areas to watch", "atlantis"),
            ("Areas to watch", "1, ht"),
            ("Language of the bot (", "xx"),
            ("Language of the bot (", "uk"),
            ("Who may subscribe (", "friends"),
            ("Who may subscribe (", "allow-list"),
            ("Telegram ids", ""),
            ("Telegram ids", "7, 8"),
        ],
    )

    assert status == 0
    config = load_config(tmp_path / "config.yaml", {})
    assert config.telegram.token == telegram.token
    assert config.language == "uk"
    assert stat.S_IMODE((tmp_path / "token.txt").stat().st_mode) == 0o600
    assert config.access.administrators == {7, 8}
    assert config.access.chats == frozenset()
    assert {path.name for path in (tmp_path / "rules/alerts").iterdir()} == {"idlib.yaml", "syria.yaml", "haiti.yaml"}


async def test_a_person_is_asked_before_anything_is_overwritten(tmp_path, terminal):
    (tmp_path / "config.yaml").write_text("mine", encoding="utf-8")

    status, shown = await talk(
        terminal,
        tmp_path,
        replies=[
            ("Token: ", ""),
            ("Areas to watch", ""),
            ("Language of the bot (", ""),
            ("Who may subscribe (", ""),
            ("Telegram ids", ""),
            ("Overwrite config.yaml?", "n"),
        ],
    )

    assert status == 1
    assert "nothing was written" in shown
    assert tree(tmp_path) == {"config.yaml": "mine"}


async def test_a_token_that_everybody_could_read_is_not_left_so(tmp_path, telegram, terminal):
    (tmp_path / "token.txt").write_text("the one before", encoding="utf-8")
    (tmp_path / "token.txt").chmod(0o644)
    options = ("--overwrite", "--area", "ht", "--language", "en", "--policy", "open", "--administrator", "7")

    status, _ = await talk(
        terminal, tmp_path, *options, "--api-url", telegram.root, replies=[("Token: ", telegram.token)]
    )

    assert status == 0
    assert (tmp_path / "token.txt").read_text("utf-8") == f"{telegram.token}\n"
    assert stat.S_IMODE((tmp_path / "token.txt").stat().st_mode) == 0o600


async def test_who_stops_answering_has_nothing_written(tmp_path, terminal):
    end_of_input = "\x04"

    status, shown = await talk(terminal, tmp_path, replies=[("Token: ", ""), ("Areas to watch", end_of_input)])

    assert (status, "Aborted" in shown, "Traceback" in shown) == (1, True, False)
    assert tree(tmp_path) == {}


# ---------------------------------------------------------------- what it is made of
def test_every_shipped_file_of_rules_and_every_folder_of_feeds_belongs_to_an_area():
    outlines, _ = outlines_of((seeds_folder() / "feeds.opml").read_bytes(), "feeds.opml")
    known = areas()

    assert set(rule_files(known)) == set((shipped_rules() / "alerts").glob("*.yaml"))
    assert {name for area in known for name in area.feeds} | {"Everywhere"} == {each.folder for each in outlines}
    assert len({area.code for area in known}) == len(known)
    assert len(starter_feeds(known)) == len(outlines)


def test_areas_are_chosen_by_number_code_or_all_at_once():
    known = areas()

    assert chosen(["2, SY"], known) == known[:2]
    assert chosen([], known) == chosen(["all"], known) == known


def test_the_config_keeps_every_comment_of_the_example():
    example = (Path(__file__).parent.parent / "config.example.yaml").read_text(encoding="utf-8")
    written = config_text(Answers(areas()[:1], "en", "open", (7,), None, "/run/secret token.txt"))

    lost = {line for line in example.splitlines()[2:] if line.startswith("#")} - set(written.splitlines())
    assert lost == {
        "# opml: feeds.opml",
        "# rules: rules    # the folder of rules; else TOCSIN_RULES, ./rules, the rules that come with the program",
    }
    assert "  token_file: /run/secret token.txt\n" in written
    assert "  administrators: [7]\n" in written
