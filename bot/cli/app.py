"""All commands of `tocsin`, with their options.

A newcomer's mistake is to add a command that does nothing yet: a command that is not built does not exist.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__

app = typer.Typer(
    name="tocsin",
    help="An alarm bell for people who watch conflicts: reads news feeds, tells Telegram when civilians are harmed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Config = Annotated[Path | None, typer.Option("--config", help="config.yaml; else TOCSIN_CONFIG, ./config.yaml.")]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="Folder of rules; else TOCSIN_RULES, ./rules, the shipped ones.")
]
JsonLines = Annotated[
    bool, typer.Option("--jsonl", help="JSON Lines in on standard input, JSON Lines out (the only form).")
]


def main() -> None:
    """The entry point of the command `tocsin`."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        print(f"tocsin {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """An alarm bell for people who watch conflicts."""


@app.command()
def run(
    config: Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print alerts instead of sending them; needs no token.")
    ] = False,
) -> None:
    """Poll feeds and send alerts until stopped by Ctrl-C or SIGTERM."""
    from bot.cli.running import run_bot

    sys.exit(run_bot(config, dry_run=dry_run))


@app.command()
def demo() -> None:
    """Show the main job on this terminal: sample feeds in, alerts out. Takes about 20 seconds and needs nothing."""
    from bot.cli.demo import run_demo

    sys.exit(run_demo())


@app.command()
def read(jsonl: JsonLines = True, rules: Rules = None) -> None:
    """What each report says: languages, places, events, toll. One JSON object a line in, one a line out."""
    from bot.cli.machine import read_lines

    sys.exit(read_lines(rules))


@app.command()
def replay(
    jsonl: JsonLines = True,
    rules: Rules = None,
    every: Annotated[
        bool, typer.Option("--all", help="Track every report with a current event, whatever the rules.")
    ] = False,
) -> None:
    """What the bot would have done with each report, in the order given. One JSON object a line in, one a line out."""
    from bot.cli.machine import replay_lines

    sys.exit(replay_lines(rules, every=every))


@app.command()
def schema(
    folder: Annotated[Path | None, typer.Argument(help="Where to write them; else schemas/ in the rules.")] = None,
    rules: Rules = None,
) -> None:
    """Write the JSON Schemas by which editors complete and check the files in rules/."""
    from bot.cli.schemas import write_schemas

    sys.exit(write_schemas(folder, rules))


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of rules; else TOCSIN_RULES, ./rules.")] = None,
    form: Annotated[str, typer.Option("--format", help="text, or github: annotations of a workflow.")] = "text",
) -> None:
    """All that is wrong in a folder of rules, and whether its rules do what their tests say."""
    from bot.cli.checking import check as check_rules

    sys.exit(check_rules(folder, form))


@app.command()
def explain(
    source: Annotated[str, typer.Argument(help="A text or HTML file, the address of a page, or - for standard input.")],
    rule: Annotated[str | None, typer.Option("--rule", help="The id of the one rule to explain.")] = None,
    rules: Rules = None,
    config: Config = None,
) -> None:
    """Why a report alerts or not: its places, events and toll, and each rule condition by condition."""
    from bot.cli.explaining import explain_report

    sys.exit(explain_report(source, rule, rules, config))


@app.command()
def incidents(
    since: Annotated[str, typer.Option(help="How far back: 24h, 30d.")] = "30d",
    place: Annotated[str | None, typer.Option(help="Only in this place, named as in a rule.")] = None,
    word: Annotated[str | None, typer.Option(help="Only with this word in what was said.")] = None,
    config: Config = None,
) -> None:
    """Search the incidents of the past: when, where, how many, who said so."""
    from bot.cli.incidents import list_incidents

    sys.exit(list_incidents(since, place, word, config))


@app.command()
def backtest(
    file: Annotated[
        str | None, typer.Argument(help="Reports as JSON Lines, or - for standard input; else those stored.")
    ] = None,
    *,
    since: Annotated[
        str | None, typer.Option(help="How far back stored reports are taken: 24h, 30d (if not given).")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="The changed rules; else the usual ones: the config's, ./rules.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="The rules to compare them with; else the usual ones.")
    ] = None,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Judge by the drafts among the changed rules as if they were live.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")] = False,
    config: Config = None,
) -> None:
    """What changed rules would have alerted on: past reports judged by two folders of rules, and the difference.

    After editing a copy of the rules: tocsin backtest --rules COPY

    After editing them in place: tocsin backtest --against ORIGINAL

    With neither, it shows what the usual rules alert on. Nothing is sent, and nothing is written. Rules of silence
    follow from no report and are left out.
    """
    from bot.cli.backtesting import Question, answer
    from bot.cli.differences import print_json, print_lines

    show = print_json if as_json else print_lines
    sys.exit(answer(Question(file, since, rules, against, config, drafts), show))


@app.command()
def feedback(
    *,
    apply: Annotated[
        int | None, typer.Option("--apply", metavar="N", help="Write the edits drafted for this one into the rules.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write them without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines for people.")] = False,
    rules: Rules = None,
    config: Config = None,
) -> None:
    """What people said of alerts, and for each a test for its rule and, where one line would do, the edit as a diff.

    Nothing is written but by --apply, and then only what loads without problems and passes all tests.
    """
    from bot.cli.feedback import apply_draft, show_feedback

    sys.exit(show_feedback(rules, config, as_json=as_json) if apply is None else apply_draft(apply, rules, config, yes))


places = typer.Typer(help="Import tables of places, and show what a name resolves to.", no_args_is_help=True)
app.add_typer(places, name="places")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of imported tables; else TOCSIN_DATA, the user's.")]


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
    help="List feeds, test them, and take lists of them to and from feed readers.", no_args_is_help=True
)
app.add_typer(feeds, name="feeds")

Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")]


@feeds.command("list")
def feeds_list(as_json: Json = False, config: Config = None) -> None:
    """How every feed is doing: its state, when it last answered, when it is asked next. The bot may run meanwhile."""
    from bot.cli.feeds.listing import list_feeds

    sys.exit(list_feeds(config, as_json=as_json))


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
