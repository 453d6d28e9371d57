"""`tocsin init` from the first question to the last file.

A newcomer's mistake is to overwrite: what is there is named, and only a person's yes, or --overwrite, lets it go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from bot.cli.init.asking import GivenUpError, Options, answers_to
from bot.cli.init.writing import Answers, files_of, write
from bot.config import ConfigError, load

CANNOT = 2
LEFT_ALONE = 1


def initialise(folder: Path, options: Options) -> int:
    """The exit status: 0 when all is written, 1 when files were left alone, 2 when something must be mended first."""
    console = Console()
    try:
        answers = answers_to(options, console)
        files = files_of(answers)
        there = [name for name in files if (folder / name).exists()]
        if there and not _may_overwrite(there, options):
            print(f"tocsin: nothing was written: {', '.join(there)} would be overwritten", file=sys.stderr)
            return LEFT_ALONE
        write(folder, files)
        load(folder / "config.yaml", os.environ)
    except (GivenUpError, ConfigError, OSError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return CANNOT
    _say_what_next(console, folder, list(files), answers)
    return 0


def _may_overwrite(there: Sequence[str], options: Options) -> bool:
    if options.overwrite or options.yes:
        return options.overwrite
    return typer.confirm(f"Overwrite {', '.join(there)}?", default=False)


def _say_what_next(console: Console, folder: Path, written: Sequence[str], answers: Answers) -> None:
    for name in written:
        console.print(f"written: {folder / name}", highlight=False, soft_wrap=True)
    if answers.token is None and answers.token_file and not os.environ.get("TELEGRAM_BOT_TOKEN"):
        console.print(f"The token is read from {answers.token_file}; without one, `tocsin run --dry-run` works.")
    console.print("Next: `tocsin doctor` looks whether all is well, `tocsin run` starts the bot.")
