"""The questions of `tocsin init`, and what its options answer beforehand.

A newcomer's mistake is to ask in a program's place: with --yes nothing is asked, and what is missing is the default.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.cli.init.areas import ALL, Area, areas, chosen
from bot.cli.init.writing import TOKEN_FILE, Answers
from bot.config.checks import TOKEN
from bot.config.settings import TOKEN_VARIABLE, Telegram
from bot.telegram.secrecy import guard_logs
from bot.tongues import languages

POLICIES: Mapping[str, str] = {
    "open": "everybody who finds the bot",
    "invite": "whom an administrator gives a code, or admits",
    "allow-list": "whom an administrator admits",
}
BOTFATHER = "In Telegram, send /newbot to @BotFather: it answers with a token. Empty: later."
OWN_ID = "The Telegram ids of the administrators, with commas (@userinfobot tells you yours)"


class GivenUpError(Exception):
    """An answer that cannot be used, where nobody can be asked again; the message says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was said on the command line; None and () where nothing was."""

    areas: tuple[str, ...] = ()
    token_file: Path | None = None
    language: str | None = None
    policy: str | None = None
    administrators: tuple[int, ...] = ()
    api_url: str = ""
    yes: bool = False
    overwrite: bool = False


def answers_to(options: Options, console: Console) -> Answers:
    """Ask what was not said. GivenUpError when the options are of no use."""
    token, token_file = _token(options, console)
    wanted = _areas(options, console)
    language = options.language or _ask(options, "Language of the bot", "en", languages())
    _check(language, languages(), "language")
    policy, administrators = _access(options, console)
    return Answers(wanted, language, policy, administrators, token, token_file, options.api_url)


def _ask(options: Options, question: str, default: str, known: Sequence[str]) -> str:
    if options.yes or len(known) == 1:
        return default
    while (answer := str(typer.prompt(f"{question} ({', '.join(known)})", default=default))) not in known:
        typer.echo(f"One of these: {', '.join(known)}")
    return answer


def _check(said: str, known: Sequence[str], what: str) -> None:
    if said not in known:
        raise GivenUpError(f"there is no {what} {said!r}; there are: {', '.join(known)}")


# ---------------------------------------------------------------- the token
def _token(options: Options, console: Console) -> tuple[str | None, str]:
    """The token to write, if any, and the name of its file."""
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if options.token_file:
        _must_be_good(_read(options.token_file), options.api_url, console)
        return None, str(options.token_file.absolute())
    if given:
        _must_be_good(given, options.api_url, console)
        return None, TOKEN_FILE
    return (None if options.yes else _asked_for(options.api_url, console)), TOKEN_FILE


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        raise GivenUpError(f"the token cannot be read: {error}") from None


def _must_be_good(token: str, api_url: str, console: Console) -> None:
    if wrong := _wrong_with(token, api_url, console):
        raise GivenUpError(wrong)


def _asked_for(api_url: str, console: Console) -> str | None:
    console.print(BOTFATHER)
    while token := str(typer.prompt("Token", default="", show_default=False, hide_input=True)).strip():
        wrong = _wrong_with(token, api_url, console)
        if not wrong:
            return token
        console.print(f"That does not work: {wrong}.", style="red", highlight=False)
    return None


def _wrong_with(token: str, api_url: str, console: Console) -> str:
    """Empty for a token that Telegram takes, or that it cannot be asked about now."""
    if not TOKEN.fullmatch(token):
        return "a token has digits, a colon and letters, such as 1234567890:AAH..."
    guard_logs()
    try:
        name = asyncio.run(_name_of_bot(token, api_url or Telegram().api_url))
    except InvalidToken:
        return "Telegram refuses this token"
    except TelegramError as error:
        console.print(f"Telegram cannot be asked about the token now ({error}); it is taken as it is.", style="yellow")
    else:
        console.print(f"The token is good: it is that of @{name}.", style="green", highlight=False)
    return ""


async def _name_of_bot(token: str, api_url: str) -> str:
    async with Bot(token, base_url=f"{api_url}/bot") as bot:
        return bot.username


# ---------------------------------------------------------------- areas
def _areas(options: Options, console: Console) -> tuple[Area, ...]:
    known = areas()
    if options.areas or options.yes:
        try:
            return chosen(options.areas, known)
        except LookupError as error:
            raise GivenUpError(str(error.args[0])) from None
    console.print(_table(known))
    while True:
        words = str(typer.prompt("Areas to watch, by number or code, with commas", default=ALL))
        try:
            return chosen([words], known)
        except LookupError as error:
            console.print(str(error.args[0]), style="red", highlight=False)


def _table(known: Sequence[Area]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "code", "area"):
        table.add_column(heading)
    for number, area in enumerate(known, start=1):
        table.add_row(str(number), area.code, area.title)
    return table


# ---------------------------------------------------------------- who may use it
def _access(options: Options, console: Console) -> tuple[str, tuple[int, ...]]:
    policy = options.policy or _asked_policy(options, console)
    _check(policy, tuple(POLICIES), "policy")
    administrators = options.administrators or _asked_administrators(options, policy)
    if policy != "open" and not administrators:
        raise GivenUpError(f"with policy {policy} somebody must be able to admit people: say --administrator ID")
    return policy, administrators


def _asked_policy(options: Options, console: Console) -> str:
    if not options.yes:
        console.print("\nWho may subscribe?")
        for name, who in POLICIES.items():
            console.print(f"  {name}: {who}", highlight=False)
    return _ask(options, "Who may subscribe", "open", tuple(POLICIES))


def _asked_administrators(options: Options, policy: str) -> tuple[int, ...]:
    if options.yes:
        return ()
    while True:
        words = str(typer.prompt(OWN_ID, default="", show_default=False))
        numbers = [word.strip() for word in words.split(",") if word.strip()]
        if all(number.isdigit() for number in numbers) and (numbers or policy == "open"):
            return tuple(int(number) for number in numbers)
        typer.echo("Numbers such as 123456789; with this policy at least one.")
