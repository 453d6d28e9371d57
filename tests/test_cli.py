"""The commands as people and programs call them: real processes, from folders that are not the project's."""

import json
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.rulebook import load, shipped_rules
from bot.store import Store
from tests.feeds.feed_server import serving
from tests.ready import ready_python
from tests.service.house import until
from tests.service.interface import Done, Said, Wrong
from tests.service.press import Outlet
from tests.service.processes import environment, python
from tests.store.samples import NOW, incident, outcome, record, report, tell

TOCSIN = ("-m", "bot")
NOTHING: Mapping[str, str] = {}
SHELLS = "Shelling killed 15 villagers and wounded nine in Sarmin this morning."
SIXTEEN = "The rescue service raised its count: 16 civilians were killed by the bombardment of Sarmin."
TWENTY_ONE = "The shelling of Sarmin killed 21 civilians, the town council announced at noon."
ARABIC = "استشهد ثلاثة مدنيين وأصيب خمسة آخرون بقصف مدفعي على بلدة سرمين بريف إدلب"
FARMERS = "Rockets killed six farmers in Saraqib at dusk."
PEACE = "Olive growers around Saraqib expect a good harvest."

SARAQIB_RULE = """\
- id: saraqib-alone
  title: Harm in Saraqib
  when: {event: [civilian-casualties, casualties], place: Saraqib}
"""

WITH_TESTS = """\
  tests:
    - {text: Rockets killed six farmers in Saraqib at dusk., alert: {killed: 6}}
"""
TWO_MISTAKES = """\
- id: gaza
  title: Gaza
  when: {event: shellling, place: Gaza}
"""


Ended = subprocess.CompletedProcess[bytes]


def tocsin(folder: Path, *arguments: str, given: bytes = b"", env: Mapping[str, str] = NOTHING) -> Ended:
    """Run a command in a folder, with nothing set for it in the environment but `env`."""
    return ready_python().tocsin(folder, arguments, given, environment(**env))


def answers(
    folder: Path, *arguments: str, reports: list[Any], status: int = 0, env: Mapping[str, str] = NOTHING
) -> list[Any]:
    """The lines that `read` or `replay` answers; a report that is bytes goes in as it is."""
    lines = [report if isinstance(report, bytes) else json.dumps(report).encode() for report in reports]
    ended = tocsin(folder, *arguments, given=b"\n".join(lines), env=env)
    assert (ended.returncode, ended.stderr) == (status, b"")
    return [json.loads(line) for line in ended.stdout.decode().split("\n") if line]


def refusal(folder: Path, *arguments: str, env: Mapping[str, str] = NOTHING, status: int = 2) -> str:
    """What a command says that cannot start; it is no traceback."""
    ended = tocsin(folder, *arguments, env=env)
    said = ended.stderr.decode()
    assert (ended.returncode, ended.stdout) == (status, b"")
    assert "Traceback" not in said
    return said


# ---------------------------------------------------------------- help
def test_help_names_every_command(tmp_path: Path):
    ended = tocsin(tmp_path, "--help")

    assert ended.returncode == 0
    for command in ("run", "demo", "read", "replay", "backtest"):
        assert f" {command} " in ended.stdout.decode()


@pytest.mark.parametrize("command", ["run", "demo", "read", "replay", "backtest"])
def test_every_command_has_help(tmp_path: Path, command: str):
    ended = tocsin(tmp_path, command, "--help")

    assert ended.returncode == 0
    assert f"Usage: python -m bot {command}" in ended.stdout.decode()


# ---------------------------------------------------------------- read
def test_read_answers_each_report_in_the_form_that_others_measure_by(tmp_path: Path):
    reports: list[dict[str, Any]] = [
        {"id": "en", "title": "Shells 💥 on Sarmin", "text": SHELLS, "home": "SY", "colour": "unknown keys"},
        {"id": "ar", "text": ARABIC, "published": "2021-02-01T08:00:00+02:00", "source": "shamal", "language": None},
        {"id": 3, "title": PEACE, "url": "https://news.example/3", "guid": "3"},
    ]
    english, arabic, peace = (Said.model_validate(a) for a in answers(tmp_path, "read", "--jsonl", reports=reports))

    assert (english.id, arabic.id, peace.id) == ("en", "ar", 3)
    assert (english.language, arabic.language) == ("en", "ar")
    assert english.toll["civilian"].model_dump(exclude_unset=True) == {
        "killed": {"low": 15, "high": 15},
        "injured": {"low": 9, "high": 9},
    }
    assert {event.place for event in english.events} == {"gn:164782"} == {event.place for event in arabic.events}
    assert peace.events == []
    assert peace.toll == {}
    for given, said in zip(reports, (english, arabic, peace), strict=True):
        assert said.spans()
        assert all(given[field][start:end] == words for field, start, end, words in said.spans())
        assert "extracted" not in said.model_fields_set


def test_read_gives_the_text_of_a_page_and_offsets_into_it(tmp_path: Path):
    page = "<p>Shelling killed <b>15</b> villagers &amp; shepherds in&nbsp;Sarmin.</p><script>kill()</script>"
    report = {"id": "page", "title": "Sarmin &amp; around", "text": page}
    said = Said.model_validate(*answers(tmp_path, "read", "--jsonl", reports=[report]))

    assert said.extracted.title == "Sarmin & around"
    assert "<" not in said.extracted.text
    assert said.toll["civilian"].killed
    assert {event.field for event in said.events} == {"text"}
    assert all(getattr(said.extracted, field)[start:end] == words for field, start, end, words in said.spans())


BAD_LINES: list[tuple[Any, Any]] = [
    (b"{not json", None),
    (b"[1, 2]", None),
    (b"[" * 100_000, None),
    (b'{"id": "n", "text": "a", "n": %s}' % (b"1" * 5_000), None),
    (b'{"id": NaN, "text": "a"}', None),
    ({"text": "without an id"}, None),
    ({"id": "nothing"}, "nothing"),
    ({"id": "number", "text": 5}, "number"),
    ({"id": "empty", "text": "<p></p>"}, "empty"),
    ({"id": "when", "text": "a", "published": "yesterday"}, "when"),
    ({"id": "dawn", "text": "a", "published": "0001-01-01T00:00:00+14:00"}, "dawn"),
]


@pytest.mark.parametrize("command", ["read", "replay"])
def test_a_bad_line_is_answered_with_its_error_and_the_next_as_ever(tmp_path: Path, command: str):
    reports = [line for bad, _ in BAD_LINES for line in (bad, {"id": "good", "text": SHELLS})]
    found = answers(tmp_path, command, "--jsonl", reports=reports, status=1)

    assert [Wrong.model_validate(line).id for line in found[::2]] == [id_ for _, id_ in BAD_LINES]
    for line in found[1::2]:
        assert (Said if command == "read" else Done).model_validate(line).id == "good"


@pytest.mark.parametrize("broken", [b"\\ud800", b"\xff\xfe"], ids=["half a surrogate pair", "no UTF-8"])
def test_characters_that_are_none_cost_no_answer(tmp_path: Path, broken: bytes):
    line = b'{"id": "odd", "text": "Shelling killed 15 villagers %s in Sarmin."}' % broken
    odd, good = answers(tmp_path, "read", "--jsonl", reports=[line, {"id": "good", "text": SHELLS}])

    assert Said.model_validate(odd).toll["civilian"].killed
    assert Said.model_validate(good).id == "good"


# ---------------------------------------------------------------- replay
def replayed(folder: Path, *arguments: str, texts: list[str], env: Mapping[str, str] = NOTHING) -> list[Done]:
    reports = [{"id": f"r{n}", "text": text, "published": f"2021-02-01T0{n}:00:00Z"} for n, text in enumerate(texts)]
    lines = answers(folder, "replay", "--jsonl", *arguments, reports=reports, env=env)
    return [Done.model_validate(line) for line in lines]


def test_replay_says_what_the_bot_would_have_done(tmp_path: Path):
    first, copy, peace, quiet, loud = replayed(tmp_path, texts=[SHELLS, SHELLS, PEACE, SIXTEEN, TWENTY_ONE])

    assert [(a.rule, a.reason, a.severity, a.place, a.loud) for a in first.alerts] == [
        ("idlib-civilian-casualties", "first-report", "critical", "gn:164782", True),
        ("syria-civilian-casualties", "first-report", "high", "gn:164782", True),
    ]
    assert (copy.incident, copy.alerts, copy.duplicate_of) == (first.incident, [], "r0")
    assert (peace.incident, peace.alerts, peace.duplicate_of) == (None, [], None)
    assert quiet.incident == first.incident == loud.incident
    assert [(a.reason, a.loud, a.killed and a.killed.low) for a in quiet.alerts] == [("toll-changed", False, 16)] * 2
    assert [(a.reason, a.loud, a.killed and a.killed.low) for a in loud.alerts] == [("toll-changed", True, 21)] * 2
    assert loud.alerts[0].injured == first.alerts[0].injured


def test_replay_names_every_incident_of_a_report_that_tells_of_several(tmp_path: Path):
    both, later = replayed(tmp_path, texts=[f"{SHELLS} {FARMERS}", FARMERS])

    assert both.incident == both.incidents[0]
    assert len(both.incidents) == 2
    assert later.incident == both.incidents[1]
    assert "incidents" not in later.model_fields_set


def test_the_clock_of_replay_never_goes_back(tmp_path: Path):
    """Four days apart these would be two incidents; the one without a time takes the clock as it stands."""
    texts = {"2021-02-05T00:00:00Z": SHELLS, "2021-02-01T00:00:00Z": SIXTEEN, None: TWENTY_ONE}
    reports = [{"id": text, "text": text, "published": at} for at, text in texts.items()]
    found = [Done.model_validate(line) for line in answers(tmp_path, "replay", "--jsonl", reports=reports)]

    assert len({done.incident for done in found}) == 1


def test_replay_all_tracks_every_event_as_if_one_rule_asked_for_it(tmp_path: Path):
    fighters = "Seven soldiers were killed in an ambush near Hama."
    elsewhere, peace = replayed(tmp_path, "--all", texts=[fighters, PEACE])

    assert [(alert.rule, alert.reason) for alert in elsewhere.alerts] == [("*", "first-report")]
    assert elsewhere.incident
    assert peace.alerts == []


# ---------------------------------------------------------------- which rules
@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    """A folder of rules with alerts alone: no events, no places."""
    folder = tmp_path / "mine"
    (folder / "alerts").mkdir(parents=True)
    (folder / "alerts" / "saraqib.yaml").write_text(SARAQIB_RULE, encoding="utf-8")
    return folder


def test_rules_come_from_the_option_then_the_environment_then_here_then_the_package(tmp_path: Path, own_rules: Path):
    texts = [FARMERS, SHELLS]
    here = tmp_path / "here"
    here.mkdir()
    (here / "rules").symlink_to(own_rules)
    other = tmp_path / "other"
    other.mkdir()

    def rules(folder: Path, *arguments: str, env: Mapping[str, str] = NOTHING) -> list[list[str]]:
        return [[a.rule for a in done.alerts] for done in replayed(folder, *arguments, texts=texts, env=env)]

    mine, shipped = [["saraqib-alone"], []], [["idlib-civilian-casualties", "syria-civilian-casualties"]] * 2
    assert rules(other) == shipped
    assert rules(here) == mine
    assert rules(other, env={"TOCSIN_RULES": str(own_rules)}) == mine
    assert rules(other, "--rules", str(own_rules)) == mine
    assert rules(here, "--rules", str(other), env={"TOCSIN_RULES": str(own_rules)}) == [[], []]


@pytest.mark.parametrize("command", ["read", "replay"])
def test_rules_that_are_not_there_are_named(tmp_path: Path, command: str):
    assert "--rules names nowhere, which is not a folder" in refusal(tmp_path, command, "--rules", "nowhere")
    assert "TOCSIN_RULES names nowhere, which is" in refusal(tmp_path, command, env={"TOCSIN_RULES": "nowhere"})


# ---------------------------------------------------------------- run: what stops it from starting
def configured(folder: Path, *lines: str) -> Path:
    text = "\n".join(["feeds: [{url: https://news.example/feed}]", *lines])
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return folder


TOKEN = {"TELEGRAM_BOT_TOKEN": "1234567:AAFakeTokenFakeTokenFakeTokenFakeTok"}


def test_a_missing_configuration_says_how_to_make_one(tmp_path: Path):
    assert "There is no config.yaml; make one with: tocsin init" in refusal(tmp_path, "run")


def test_a_broken_configuration_is_answered_with_every_mistake_and_its_position(tmp_path: Path):
    said = refusal(configured(tmp_path, "backfil: 24h", "polling: {interval: soon}"), "run", env=TOKEN)

    assert "config.yaml:2:1: unknown key 'backfil', did you mean 'backfill'?" in said
    assert "config.yaml:3:21: " in said


def test_without_a_token_it_says_where_to_get_one_and_what_works_without(tmp_path: Path):
    said = refusal(configured(tmp_path), "run")

    assert "@BotFather" in said
    assert "--dry-run" in said


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("database: nowhere/tocsin.db", "Check that its folder exists"),
        ("database: postgresql://anna:secret@127.0.0.1:1/tocsin", "Check that the server runs"),
        ("database: config.yaml", "config.yaml"),
        ("rules: nowhere", "config.yaml:2:8: "),
    ],
)
def test_what_cannot_be_opened_is_named_without_its_secrets(tmp_path: Path, line: str, wrong: str):
    another_start_may_help = "postgresql://" in line
    said = refusal(configured(tmp_path, line), "run", env=TOKEN, status=1 if another_start_may_help else 2)

    assert wrong in said
    assert "secret" not in said


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path):
    said = refusal(configured(tmp_path, "state: config.yaml"), "run", "--dry-run")

    assert str(tmp_path / "config.yaml") in said


def test_rules_without_a_single_good_one_are_refused(tmp_path: Path):
    alerts = tmp_path / "rules" / "alerts"
    alerts.mkdir(parents=True)
    (alerts / "saraqib.yaml").write_text(SARAQIB_RULE.replace("title", "titel"), encoding="utf-8")
    said = refusal(configured(tmp_path), "run", "--dry-run")

    assert "rules/alerts/saraqib.yaml:2:3: " in said
    assert "holds no rule that can be used" in said


def test_a_port_that_is_taken_is_named(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = tocsin(configured(tmp_path, f"health: {{port: {port}}}"), "run", "--dry-run")

    assert ended.returncode == 2
    assert "tocsin: cannot serve health and metrics, or what hubs of feeds say: " in ended.stderr.decode()
    assert str(port) in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()


# ---------------------------------------------------------------- run: without Telegram
async def test_a_dry_run_prints_the_alert_and_stops_when_told(tmp_path: Path):
    said = tmp_path / "said"
    async with serving() as server:
        outlet = Outlet("Orchard Post", server)
        outlet.publishes(SHELLS)
        config = (
            f"feeds: [{{url: '{outlet.feed.url}', title: Orchard Post}}]\npolling: {{allow_private: [127.0.0.1]}}\n"
        )
        (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
        async with python([*TOCSIN, "run", "--dry-run"], said, cwd=tmp_path) as process:
            await until(lambda: b"Read report" in said.read_bytes())
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0

    shown = said.read_text(encoding="utf-8")
    assert "message 1 to chat 1" in shown
    assert "Sarmin (Idlib, Syria)" in shown
    assert "15 killed, 9 injured (civilians)" in shown
    assert outlet.articles[0].link in shown
    assert "Traceback" not in shown


def test_check_tells_all_that_is_wrong_and_how_the_tests_of_the_rules_went(tmp_path):
    alerts = tmp_path / "rules" / "alerts"
    alerts.mkdir(parents=True)
    (alerts / "good.yaml").write_text(SARAQIB_RULE + WITH_TESTS, encoding="utf-8")
    good = tocsin(tmp_path, "check")
    assert (good.returncode, good.stdout) == (0, b"")
    assert b"1 rule (0 drafts), 22 event types: 0 problems, 0 warnings, 0 of " in good.stderr

    (alerts / "bad.yaml").write_text(TWO_MISTAKES, encoding="utf-8")
    bad = tocsin(tmp_path, "check", "rules", "--format", "github")
    assert bad.returncode == 1
    assert (
        b"file=rules/alerts/bad.yaml,line=3,col=17::unknown event 'shellling', did you mean 'shelling'?" in bad.stdout
    )
    assert (
        b"::warning file=rules/alerts/bad.yaml,line=3,col=35::'Gaza' is taken for Gaza Strip (PS): write ov:"
        in bad.stdout
    )
    assert tocsin(tmp_path, "check", "--format", "xml").returncode == 2
    assert tocsin(tmp_path, "check", "nowhere").returncode == 2


def test_incidents_of_the_past_are_found_by_place_word_and_time(tmp_path):
    (tmp_path / "config.yaml").write_text("feeds: [{url: https://feeds.example/rss}]\n", encoding="utf-8")
    store = Store.open(str(tmp_path / "tocsin.db"))
    gazetteer = load(shipped_rules()).knowledge.gazetteer
    now = datetime.now(UTC)
    told = [("sarmin", "Sarmin", SHELLS, now), ("aleppo", "Aleppo", FARMERS, now - timedelta(days=40))]
    for name, place, quote, seen in told:
        one = replace(incident(name, last_seen=seen), place=gazetteer.find(place), quote=quote)
        record(store, outcome(report(name), one))
    store.close()

    near = tocsin(tmp_path, "incidents", "--place", "Idlib")
    assert near.returncode == 0
    assert "Sarmin (Idlib, Syria)" in near.stdout.decode()
    assert "Aleppo" not in near.stdout.decode()
    assert b"Aleppo" in tocsin(tmp_path, "incidents", "--since", "60d", "--word", "farmers").stdout
    assert tocsin(tmp_path, "incidents", "--word", "ceasefire").returncode == 1
    assert b"is no duration" in tocsin(tmp_path, "incidents", "--since", "long").stderr
    assert b"unknown place" in tocsin(tmp_path, "incidents", "--place", "Nowhereville").stderr


def test_status_counts_what_was_done_and_what_waits_and_makes_no_database(tmp_path):
    (tmp_path / "config.yaml").write_text("feeds: [{url: https://feeds.example/rss}]\n", encoding="utf-8")
    nothing = tocsin(tmp_path, "status")
    assert nothing.returncode == 2
    assert b"tocsin.db" in nothing.stderr
    assert not (tmp_path / "tocsin.db").exists()

    store = Store.open(str(tmp_path / "tocsin.db"))
    store.subscribe(7, "idlib", NOW)
    record(store, outcome(report("raid"), incident("raid", last_seen=NOW)), tell("m1", 7))
    store.close()

    shown = tocsin(tmp_path, "status").stdout.decode().splitlines()
    assert shown[0].endswith("tocsin.db")
    assert shown[1:] == [
        "Feeds: 0, failing: 0, paused: 0; asked last never",
        "Reports: 1 (first-report 1)",
        "Incidents: 1",
        "Chats: 1, paused: 0; subscriptions: 1",
        f"Messages waiting: 1, the oldest since {NOW:%Y-%m-%d %H:%M} UTC; all there were: 1 (pending 1)",
    ]
