"""The commands under `tocsin places` and `tocsin feeds`, with their options.

A newcomer's mistake is to look for what they do here: that is in `cli/places.py` and in `cli/feeds/`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Config, Json, Rules

Data = Annotated[Path | None, typer.Option("--data", help="Folder of imported tables; else TOCSIN_DATA, the user's.")]

places = typer.Typer(help="Import tables of places, and show what a name resolves to.", no_args_is_help=True)


@places.command("import")
def places_import(
    source: Annotated[
        str, typer.Argument(help="SY.txt, SY.zip, a table of p-codes as CSV or XLSX, or SY: download that country.")
    ],
    data: Data = None,
    address: Annotated[
        str | None,
        typer.Option("--address", envvar="TOCSIN_DUMPS", help="Where dumps are, with {country}; else as configured."),
    ] = None,
    config: Config = None,
) -> None:
    """Add the places of a GeoNames country dump or of an OCHA table to the gazetteer."""
    from bot.cli.places import import_places

    sys.exit(import_places(source, data, address, config))


@places.command("find")
def places_find(name: str, rules: Rules = None) -> None:
    """Show what a name, an id or a code means: all its bearers, their parents and names, and what a rule would take."""
    from bot.cli.places import find_place

    sys.exit(find_place(name, rules))


feeds = typer.Typer(
    help="List feeds, test them, bring them back, and take lists of them to and from feed readers.",
    no_args_is_help=True,
)


@feeds.command("list")
def feeds_list(as_json: Json = False, config: Config = None) -> None:
    """How every feed is doing: does it answer, how much news has it usually, when is it asked next, and why then.

    It also shows where a feed moved to, and since when one is silent for longer than usual. The bot may run meanwhile.
    """
    from bot.cli.feeds.listing import list_feeds

    sys.exit(list_feeds(config, as_json=as_json))


@feeds.command("revive")
def feeds_revive(
    url: Annotated[str, typer.Argument(help="The address of the feed, as the config or the list has it.")],
    config: Config = None,
) -> None:
    """Ask a feed again that is left alone: it answered 410 (gone), or is quarantined. The bot may run meanwhile."""
    from bot.cli.feeds.reviving import revive

    sys.exit(revive(url, config))


@feeds.command("check")
def feeds_check(
    urls: Annotated[list[str] | None, typer.Argument(help="Addresses to test; else all feeds of the config.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Ask feeds now, as the bot would: do they answer, with how many entries, how new? Exits with 1 when one fails."""
    from bot.cli.feeds.checking import check_feeds

    sys.exit(check_feeds(urls or [], config, as_json=as_json))


@feeds.command("export")
def feeds_export(
    file: Annotated[str, typer.Argument(help="The OPML file to write, or - for standard output.")],
    config: Config = None,
) -> None:
    """Write the feeds of the config as OPML, the list that feed readers import."""
    from bot.cli.feeds.moving import export_feeds

    sys.exit(export_feeds(file, config))


@feeds.command("import")
def feeds_import(
    file: Annotated[Path, typer.Argument(help="An OPML file, as feed readers export it.")], config: Config = None
) -> None:
    """Print the feeds of an OPML file that the config lacks, as lines to paste under `feeds:`. Changes nothing."""
    from bot.cli.feeds.moving import import_feeds

    sys.exit(import_feeds(file, config))
