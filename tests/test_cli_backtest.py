"""`tocsin backtest` as an analyst calls it: past reports, an edited copy of the rules, and what that would change."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from bot.cli import backtesting
from bot.cli.backtesting import Question, answer
from bot.cli.differences import Backtest, Side
from bot.core.backtesting import judge
from bot.core.model import POLICY, Reason
from bot.rulebook import load
from bot.store import Store
from tests.service.interface import Count, Exact, PlaceId, Severity
from tests.service.interface import Reason as ReasonName
from tests.store.samples import outcome, record, report
from tests.test_cli import configured, refusal, tocsin

RULES = """\
- id: sarmin
  title: Harm in Sarmin
  when: {event: [civilian-casualties, casualties], place: Sarmin}
  severity: {critical: killed >= 20, normal: otherwise}
- id: saraqib
  title: Harm in Saraqib
  when: {event: [civilian-casualties, casualties], place: Saraqib}
"""
DRAFT = """\
- id: kharkiv
  title: Harm in Kharkiv
  status: draft
  when: {event: [civilian-casualties, casualties], place: Kharkiv}
"""

SIX = "Rockets killed six farmers in Saraqib at dusk."
FIFTEEN = "Shelling killed 15 villagers and wounded nine in Sarmin this morning."
SIXTEEN = "The rescue service raised its count: 16 civilians were killed by the bombardment of Sarmin."
SEVEN = "A missile killed seven civilians in Kharkiv."
PEACE = "Olive growers around Saraqib expect a good harvest."


def rules(folder: Path, text: str = RULES) -> Path:
    (folder / "alerts").mkdir(parents=True)
    (folder / "alerts" / "all.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the usual rules and a file of reports, an hour apart."""
    rules(tmp_path / "rules")
    lines = [
        {"id": f"r{n}", "text": text, "published": f"2021-02-0{1 + n // 2}T0{n}:00:00Z", "source": "Orchard Post"}
        | {"url": f"https://news.example/{n}", "title": f"Report {n}"}
        for n, text in enumerate((SIX, FIFTEEN, PEACE, SIXTEEN, SEVEN))
    ]
    (tmp_path / "reports.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return tmp_path


def stored(folder: Path, *texts: str, days_ago: float = 1) -> None:
    """A configuration whose database holds reports, whatever was decided of them."""
    configured(folder)
    reasons = (Reason.FAILED, Reason.COPY, Reason.TOO_OLD, Reason.NO_MATCH)
    with closing(Store.open(str(folder / "tocsin.db"))) as store:
        for n, text in enumerate(texts):
            published = datetime.now(UTC) - timedelta(days=days_ago) + timedelta(minutes=n)
            name = f"r{n}" if days_ago == 1 else f"old{n}"
            each = replace(report(name, report_id=name), title="", text=text, published=published)
            record(store, outcome(replace(each, language=None), reason=reasons[n % len(reasons)]))


def shown(folder: Path, *arguments: str, given: bytes = b"") -> str:
    ended = tocsin(folder, "backtest", *arguments, given=given)
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout.decode()


# ---------------------------------------------------------------- the JSON form
class Tally(Exact):
    before: int
    after: int
    before_loud: int
    after_loud: int
    added: int
    removed: int
    changed: int
    same: int


class OfRule(Tally):
    rule: str
    in_: Annotated[Literal["both", "before", "after"], Field(alias="in")]


class OfDay(Tally):
    day: str


class SideOfAnswer(Exact):
    folder: str
    rules: int
    drafts: int


class Reports(Exact):
    judged: int
    unread: int
    first: str | None
    last: str | None


class ReportOfAlert(Exact):
    id: str
    published: str
    source: str
    title: str
    url: str


class AlertOfSide(Exact):
    reason: ReasonName
    severity: Severity
    loud: bool
    place: PlaceId | None
    where: str
    killed: Count | None
    injured: Count | None
    casualties: Count | None
    quote: str


class Different(Exact):
    change: Literal["added", "removed", "changed"]
    rule: str
    day: str
    report: ReportOfAlert
    differs: list[Literal["severity", "loud", "reason", "place", "killed", "injured", "casualties"]]
    before: AlertOfSide | None
    after: AlertOfSide | None


class Found(Exact):
    """What `backtest --json` answers: nothing more and nothing less."""

    reports: Reports
    before: SideOfAnswer | None
    after: SideOfAnswer
    total: Tally
    rules: list[OfRule]
    days: list[OfDay]
    alerts: list[Different]


def found(folder: Path, *arguments: str, given: bytes = b"") -> Found:
    return Found.model_validate_json(shown(folder, *arguments, "--json", given=given))


def test_the_json_form_is_this_one(desk: Path):
    edited = rules(desk / "edited", RULES.replace("killed >= 20", "killed >= 16"))
    answered: dict[str, Any] = json.loads(shown(desk, "reports.jsonl", "--rules", str(edited), "--json"))

    Found.model_validate(answered)  # which refuses any other form
    counts = {"before": 2, "after": 2, "before_loud": 1, "after_loud": 1}
    nothing = {"added": 0, "removed": 0, "changed": 0}
    alert = {
        "reason": "toll-changed", "loud": False, "place": "gn:164782", "where": "Sarmin (Idlib, Syria)",
        "killed": {"low": 16, "high": 16}, "injured": {"low": 9, "high": 9}, "casualties": None,
        "quote": SIXTEEN.rstrip("."),
    }  # fmt: skip
    assert answered == {
        "reports": {
            "judged": 5,
            "unread": 0,
            "first": "2021-02-01T00:00:00+00:00",
            "last": "2021-02-03T04:00:00+00:00",
        },
        "before": {"folder": "rules", "rules": 2, "drafts": 0},
        "after": {"folder": str(edited), "rules": 2, "drafts": 0},
        "total": {**counts, **nothing, "before": 3, "after": 3, "before_loud": 2, "after_loud": 2}
        | {"changed": 1, "same": 2},
        "rules": [
            {"rule": "saraqib", "in": "both", **dict.fromkeys(counts, 1), **nothing, "same": 1},
            {"rule": "sarmin", "in": "both", **counts, **nothing, "changed": 1, "same": 1},
        ],
        "days": [
            {"day": "2021-02-01", **dict.fromkeys(counts, 2), **nothing, "same": 2},
            {"day": "2021-02-02", **counts, **nothing, "before": 1, "after": 1, "before_loud": 0, "after_loud": 0}
            | {"changed": 1, "same": 0},
        ],
        "alerts": [
            {
                "change": "changed",
                "rule": "sarmin",
                "day": "2021-02-02",
                "report": {
                    "id": "r3",
                    "published": "2021-02-02T03:00:00+00:00",
                    "source": "Orchard Post",
                    "title": "Report 3",
                    "url": "https://news.example/3",
                },
                "differs": ["severity"],
                "before": {**alert, "severity": "normal"},
                "after": {**alert, "severity": "critical"},
            }
        ],
    }


# ---------------------------------------------------------------- what is compared with what
def test_an_edited_copy_is_compared_with_the_usual_rules_in_lines_for_people(desk: Path):
    edited = RULES.replace("place: Saraqib}", "place: [Saraqib, Kharkiv]}").replace("sarmin\n", "binnish\n")
    said = shown(desk, "reports.jsonl", "--rules", str(rules(desk / "edited", edited)))

    assert "Before: rules, 2 rules\n" in said
    assert "5 reports, 2021-02-01 to 2021-02-03\n" in said
    assert "\nsaraqib\n  2021-02-03\n    + Kharkiv (Ukraine), 7 killed, normal, first-report, aloud\n" in said
    assert f"        “{SEVEN.rstrip('.')}”\n        04:00 UTC  Orchard Post  https://news.example/4\n" in said
    assert "  saraqib: 1 -> 2 alerts (1 -> 2 aloud), 1 added\n" in said
    assert "  sarmin: 2 -> 0 alerts (1 -> 0 aloud), 2 removed (the rule is gone)\n" in said
    assert "  binnish: 0 -> 2 alerts (0 -> 1 aloud), 2 added (the rule is new)\n" in said
    assert "\n    - Sarmin (Idlib, Syria), 15 killed, 9 injured, normal, first-report, aloud\n" in said
    assert said.endswith("\nAll: 3 -> 4 alerts (2 -> 3 aloud), 3 added, 2 removed\n")


def test_rules_edited_in_place_are_compared_with_the_original(desk: Path):
    original = rules(desk / "original")
    (desk / "rules" / "alerts" / "all.yaml").write_text(RULES.replace("Sarmin}", 'Sarmin, killed: ">= 16"}'))
    answered = found(desk, "reports.jsonl", "--against", str(original))

    assert (answered.before and answered.before.folder, answered.after.folder) == (str(original), "rules")
    assert [(row.change, row.report.id, row.differs) for row in answered.alerts] == [
        ("removed", "r1", []),
        ("changed", "r3", ["loud", "reason", "injured"]),
    ]


def test_the_same_rules_make_no_difference(desk: Path):
    answered = found(desk, "reports.jsonl", "--rules", "rules", "--against", "rules")

    assert answered.alerts == []
    assert (answered.total.before, answered.total.after, answered.total.same) == (3, 3, 3)


def test_one_set_of_rules_shows_what_it_alerts_on(desk: Path):
    said = shown(desk, "-", given=(desk / "reports.jsonl").read_bytes())
    answered = found(desk, "reports.jsonl")

    assert "\n    Saraqib (Idlib, Syria), 6 killed, normal, first-report, aloud\n" in said
    assert said.endswith("\nAll: 3 alerts, 2 aloud\n")
    assert (answered.before, [row.change for row in answered.alerts]) == (None, ["added"] * 3)


def test_drafts_are_judged_by_when_asked(desk: Path):
    edited = str(rules(desk / "edited", RULES + DRAFT))
    silent, tried = (found(desk, "reports.jsonl", "--rules", edited, *more) for more in ([], ["--drafts"]))

    assert (silent.after.drafts, silent.total.added) == (1, 0)
    assert [(row.change, row.rule) for row in tried.alerts] == [("added", "kharkiv")]
    assert "1 draft alerted nobody; --drafts judges" in shown(desk, "reports.jsonl", "--rules", edited)


def test_a_new_place_in_the_folder_is_read_in_the_reports(desk: Path):
    """Other places mean another reading, so each side reads for itself."""
    edited = rules(desk / "edited", RULES.replace("place: Saraqib}", "place: Tell Zaytuna}"))
    (edited / "places").mkdir()
    hamlet = '- {id: "ov:tell-zaytuna", name: Tell Zaytuna, kind: settlement, country: SY, at: [35.9, 36.7]}\n'
    (edited / "places" / "own.yaml").write_text(hamlet, encoding="utf-8")
    told = {"id": "h", "text": "Shelling killed four civilians in Tell Zaytuna.", "published": "2021-02-04T00:00:00Z"}
    answered = found(desk, "-", "--rules", str(edited), given=json.dumps(told).encode())

    assert [(row.change, row.rule, row.after and row.after.where) for row in answered.alerts] == [
        ("added", "saraqib", "Tell Zaytuna (SY)")
    ]


def test_a_report_is_read_once_where_events_and_places_are_the_same_and_else_for_each_side(desk: Path):
    usual, copy = (Side(folder, load(folder)) for folder in (desk / "rules", rules(desk / "copy", DRAFT)))
    assert len(backtesting._bench([usual, copy], POLICY)) == 1

    (copy.folder / "places").mkdir()
    assert len(backtesting._bench([usual, copy], POLICY)) == 2


# ---------------------------------------------------------------- what is stored
def test_stored_reports_are_judged_whatever_was_decided_of_them_and_nothing_is_written(desk: Path):
    stored(desk, SIX, FIFTEEN, SIXTEEN, PEACE)
    stored(desk, SEVEN, days_ago=40)
    before = {path: path.read_bytes() for path in desk.iterdir() if path.is_file()}
    answered = found(desk)

    assert answered.reports.judged == 4
    assert [(row.rule, row.report.id) for row in answered.alerts] == [
        ("saraqib", "r0"),
        ("sarmin", "r1"),
        ("sarmin", "r2"),
    ]
    assert {path: path.read_bytes() for path in desk.iterdir() if path.is_file()} == before
    assert found(desk, "--since", "60d").reports.judged == 5


def test_an_empty_database_makes_no_alert(desk: Path):
    stored(desk)

    assert shown(desk) == "Rules: rules, 2 rules\n0 reports\n\nAll: 0 alerts, 0 aloud\n"


def test_the_rules_and_windows_of_the_configuration_are_the_usual_ones(desk: Path):
    (desk / "rules").rename(desk / "elsewhere")
    configured(desk, "rules: elsewhere", "incidents: {loud_rise: 1}")
    answered = found(desk, "reports.jsonl")

    assert answered.after.folder == str(desk / "elsewhere")
    assert [row.after and row.after.loud for row in answered.alerts if row.rule == "sarmin"] == [True, True]


# ---------------------------------------------------------------- what is wrong is told
def test_bad_lines_are_told_with_their_numbers_and_the_rest_goes_on(desk: Path):
    good = (desk / "reports.jsonl").read_text(encoding="utf-8")
    (desk / "reports.jsonl").write_text(f'{{not json\n\n{{"id": "x"}}\n{good}\n[1]\n', encoding="utf-8")
    ended = tocsin(desk, "backtest", "reports.jsonl", "--json")
    complaints = ended.stderr.decode().splitlines()

    assert ended.returncode == 0
    assert [line.partition(" ")[0] for line in complaints] == [f"reports.jsonl:{n}:" for n in (1, 3, 9)]
    assert complaints[1].endswith("one of 'title' and 'text' is needed")
    reports = Found.model_validate_json(ended.stdout).reports
    assert (reports.judged, reports.unread) == (5, 3)


def test_problems_of_rules_are_told_and_the_good_ones_serve(desk: Path):
    edited = rules(desk / "edited", RULES.replace("title: Harm in Sarmin", "titel: Harm in Sarmin"))
    ended = tocsin(desk, "backtest", "reports.jsonl", "--rules", str(edited))

    assert ended.returncode == 0
    assert f"{edited}/alerts/all.yaml:2:3: " in ended.stderr.decode()
    assert "  saraqib: 1 alert (1 aloud), no difference\n" in ended.stdout.decode()


def test_a_report_that_cannot_be_judged_costs_no_other(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    def poisoned(report, bench):
        if report.id == "r1":
            raise RecursionError("too deep")
        return judge(report, bench)

    monkeypatch.setattr(backtesting, "judge", poisoned)
    shown: list[Backtest] = []
    question = Question(str(desk / "reports.jsonl"), None, None, None, None, drafts=False)
    monkeypatch.chdir(desk)

    assert answer(question, shown.append) == 0
    assert (shown[0].reports, shown[0].unread) == (4, 1)
    assert "the report r1 https://news.example/1 cannot be judged: RecursionError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl cannot be read: No such file or directory"),
        (["rules"], "rules cannot be read: Is a directory"),
        (["reports.jsonl", "--since", "3d"], "--since is for stored reports"),
        (["reports.jsonl", "--rules", "nowhere"], "--rules names nowhere, which is not a folder"),
        (["reports.jsonl", "--against", "nowhere"], "--against names nowhere, which is not a folder"),
        ([], "There is no config.yaml; make one with: tocsin init"),
    ],
)
def test_a_question_without_an_answer_says_why_in_one_line(desk: Path, arguments: list[str], said: str):
    lines = refusal(desk, "backtest", *arguments).splitlines()

    assert len(lines) == 1
    assert lines[0].startswith(f"tocsin: {said}")


@pytest.mark.parametrize(
    ("since", "said"),
    [("30d", "There is no store"), ("long", "is no duration"), ("999999d", "further than the calendar")],
)
def test_a_missing_database_and_a_span_that_is_none_are_named(desk: Path, since: str, said: str):
    configured(desk)

    assert said in refusal(desk, "backtest", "--since", since)
    assert not (desk / "tocsin.db").exists()
