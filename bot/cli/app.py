"""The commands of `tocsin`, with their options; those of `tocsin places` and `tocsin feeds` are in `groups`.

A newcomer's mistake is to add a command that does nothing yet: a command that is not built does not exist.
"""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.groups import feeds, places
from bot.cli.options import Config, Json, JsonLines, JsonNotLines, Place, Rules, Since
from bot.roles import Role

app = typer.Typer(
    name="tocsin",
    help="An alarm bell for people who watch conflicts: reads news feeds, tells Telegram when civilians are harmed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(places, name="places")
app.add_typer(feeds, name="feeds")


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


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
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print alerts instead of sending them; needs no token.")
    ] = False,
    log_level: Annotated[
        LogLevel, typer.Option("--log-level", help="What is logged to standard error; never the token.")
    ] = LogLevel.INFO,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="Lines for people, or a JSON object in each for programs.")
    ] = LogFormat.TEXT,
    role: Annotated[
        list[Role] | None,
        typer.Option("--role", help="What this process does, of several on one PostgreSQL; may be said twice."),
    ] = None,
    no_backup: Annotated[
        bool,
        typer.Option("--no-backup", help="Do not save an older version's database before it is brought up to date."),
    ] = False,
    health_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Where health and metrics are served; else as the config says."),
    ] = None,
) -> None:
    """Poll feeds and send alerts until stopped by Ctrl-C or SIGTERM.

    Any number of processes on any number of machines share one PostgreSQL; feeds and messages are divided among them,
    and of those that may listen to Telegram or send, one does, and another as soon as that is gone.
    """
    from bot.cli.logs import start_logging
    from bot.cli.running import run_bot

    start_logging(logging.getLevelNamesMapping()[log_level.name], as_json=log_format is LogFormat.JSON)
    roles = frozenset(role or (Role.ALL,))
    sys.exit(run_bot(config, dry_run=dry_run, roles=roles, unkept=no_backup, health_port=health_port))


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
    since: Since = "30d",
    place: Place = None,
    word: Annotated[str | None, typer.Option(help="Only with this word in what was said.")] = None,
    config: Config = None,
) -> None:
    """Search the incidents of the past: when, where, how many, who said so."""
    from bot.cli.incidents import list_incidents

    sys.exit(list_incidents(since, place, word, config))


@app.command()
def status(config: Config = None) -> None:
    """What the bot has done and what still waits: feeds, reports, incidents, chats, messages. It may run meanwhile."""
    from bot.cli.status import print_status

    sys.exit(print_status(config))


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
    as_json: JsonNotLines = False,
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
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write; a new folder, or an empty one.")],
    *,
    since: Since = "30d",
    place: Place = None,
    rule: Annotated[str | None, typer.Option(help="Only what this rule told, by its id.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: is what lies there what was exported?")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Also what rules tell with care (`deliver`): places, names, reports.")
    ] = False,
    config: Config = None,
) -> None:
    """Hand incidents on to others: CSV and GeoJSON, the reports that told of them as JSON Lines, and a manifest."""
    from bot.cli import exporting

    sys.exit(exporting.check(folder) if check else exporting.export(folder, since, place, rule, config, whole=whole))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")], config: Config = None
) -> None:
    """Save the database to a file, as it is at this moment. The bot may run meanwhile."""
    from bot.cli.saving import back_up

    sys.exit(back_up(file, config))


@app.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="A backup; else the newest one in the config's folder.")] = None,
    told_until: Annotated[
        str | None,
        typer.Option(help="Up to when chats were told; else until the lost database was last written to."),
    ] = None,
    config: Config = None,
) -> None:
    """Make a backup the database again. Stop the bot first; the database that is there is put aside."""
    from bot.cli.saving import restore as put_back

    sys.exit(put_back(file, told_until, config))


@app.command("migrate-to")
def migrate_to(
    address: Annotated[str, typer.Argument(help="postgresql://user:password@host/database, with nothing in it.")],
    config: Config = None,
) -> None:
    """Carry the database over to another one, whole, and prove it. Stop the bot first; the old one stays as it is."""
    from bot.cli.saving import migrate_to as carry_over

    sys.exit(carry_over(address, config))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write config.yaml and what belongs to it.")] = Path(),
    *,
    area: Annotated[
        list[str] | None,
        typer.Option("--area", help="An area to watch, by its code such as sy; several times, or all."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="The file that holds the bot's token.")
    ] = None,
    language: Annotated[str | None, typer.Option("--language", help="Of the bot, such as en or ar.")] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", help="Who may subscribe: open, invite or allow-list.")
    ] = None,
    administrator: Annotated[
        list[int] | None, typer.Option("--administrator", help="An administrator's Telegram id; several times.")
    ] = None,
    api_url: Annotated[str, typer.Option("--api-url", help="Your own Bot API server, if you have one.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: what is not said is the default.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over files that are there already.")] = False,
) -> None:
    """Ask what a bot needs to know (token, areas, language, who may subscribe), and write config.yaml with comments."""
    from bot.cli.init.asking import Options
    from bot.cli.init.running import initialise

    options = Options(
        tuple(area or ()), token_file, language, policy, tuple(administrator or ()), api_url, yes, overwrite
    )
    sys.exit(initialise(folder, options))


@app.command()
def doctor(
    config: Config = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither Telegram nor feeds.")] = False,
    as_json: Json = False,
) -> None:
    """Look whether all is well: config, token, clock, database, rules, feeds; exits with 1 when something is broken."""
    from bot.cli.doctor import examine_house

    sys.exit(examine_house(config, offline=offline, as_json=as_json))


@app.command()
def feedback(
    *,
    apply: Annotated[
        int | None, typer.Option("--apply", metavar="N", help="Write the edits drafted for this one into the rules.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write them without asking.")] = False,
    as_json: JsonNotLines = False,
    rules: Rules = None,
    config: Config = None,
) -> None:
    """What people said of alerts, and for each a test for its rule and, where one line would do, the edit as a diff.

    Nothing is written but by --apply, and then only what loads without problems and passes all tests.
    """
    from bot.cli.feedback import apply_draft, show_feedback

    sys.exit(show_feedback(rules, config, as_json=as_json) if apply is None else apply_draft(apply, rules, config, yes))
