"""The options that several commands have, said once.

A newcomer's mistake is to give one a default here: a command says what it does without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option("--config", help="config.yaml; else TOCSIN_CONFIG, ./config.yaml.")]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="Folder of rules; else TOCSIN_RULES, ./rules, the shipped ones.")
]
JsonLines = Annotated[
    bool, typer.Option("--jsonl", help="JSON Lines in on standard input, JSON Lines out (the only form).")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")]
JsonNotLines = Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")]
Since = Annotated[str, typer.Option(help="How far back: 24h, 30d.")]
Place = Annotated[str | None, typer.Option(help="Only in this place, named as in a rule.")]
