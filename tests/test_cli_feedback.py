"""`tocsin feedback` as an analyst calls it: what people said, drafted as tests and edits, and written when told to."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.feedback import apply_draft, show_feedback
from bot.core.model import POLICY, Feedback, Recent, Report, Resembled, Told, Verdict
from bot.core.pipeline import Rulebook, decide, examine
from bot.rulebook import load, shipped_rules
from bot.store import Store
from tests.store.samples import outcome, record
from tests.test_cli import configured

RULES = """\
# What is watched
- id: sarmin
  title: Harm in Sarmin
  when: {event: [civilian-casualties, casualties], place: Sarmin}  # and all inside
  severity: {critical: killed >= 20, normal: otherwise}
  tests:
    # the first of all
    - text: Shelling killed 11 villagers in Sarmin.
      alert: {place: Sarmin, killed: 11}

# the next town
- id: idlib
  title: Harm in Idlib
  when:
    event: [civilian-casualties, casualties]
    place: Idlib
"""
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
DRILL = "Shelling killed 15 villagers in Sarmin, a scenario which volunteers rehearsed."
RIGHT = "Shelling killed 15 villagers and wounded nine in Sarmin this morning."
ROAD = "Rockets killed three drivers on the Sarmin road."


SMALL = (
    "events/civilian-casualties.yaml",
    "events/casualties.yaml",
    "events/vocabulary/en.yaml",
    "places/words.yaml",
    "places/syria.yaml",
)


def rules_in(folder: Path) -> Path:
    """The rules of these tests, with as few events, languages and places as they need: all are read many times."""
    for name in SMALL:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped_rules() / name, folder / name)
    (folder / "alerts").mkdir()
    (folder / "alerts" / "all.yaml").write_text(RULES, encoding="utf-8")
    return folder


class Place:
    """A folder with rules, a config and a store to which verdicts are given."""

    def __init__(self, folder: Path, rulebook: Rulebook) -> None:
        self.rules = rules_in(folder / "rules")
        self.file = self.rules / "alerts" / "all.yaml"
        self.config = configured(folder, "database: tocsin.db") / "config.yaml"
        self.database = str(folder / "tocsin.db")
        self.rulebook = rulebook

    def told(self, text: str, verdict: Verdict, *, rules: tuple[str, ...] = ("sarmin",), keep: bool = True) -> None:
        """An alert went out for the text, and somebody said this of it."""
        name = f"report-{len(text)}"
        report = Report(name, "", text, NOON, "Orchard Post", f"https://orchard.example/{len(text)}", digest=name)
        decided = decide(examine(report, self.rulebook.knowledge, self.rulebook.rules), Recent(), POLICY)
        incident = decided.incidents[0]
        if verdict is Verdict.DUPLICATE:
            incident = replace(incident, resembles=Resembled("earlier", incident.place, incident.killed, NOON))
        with closing(Store.open(self.database)) as store:
            given = Feedback(1, 7, "Ana", verdict, NOON, incident, rules, report if keep else None)
            store.give_feedback(given)

    def remembers(self, text: str, incident_id: str) -> None:
        report = Report("earlier-report", "", text, NOON, "Valley Radio", digest="earlier")
        decided = decide(examine(report, self.rulebook.knowledge, self.rulebook.rules), Recent(), POLICY)
        with closing(Store.open(self.database)) as store:
            record(store, replace(outcome(report, replace(decided.incidents[0], id=incident_id)), told=_told(report)))

    def shown(self, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
        assert show_feedback(self.rules, self.config, as_json=True) == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["feedback"]
        return found

    def applies(self, number: int = 1, *, sure: bool = True) -> int:
        return apply_draft(number, self.rules, self.config, sure)


def _told(report: Report) -> Told:
    return Told(report.id, report.digest, report.text, report.published)


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """What the rules say before anybody edits them."""
    return load(rules_in(tmp_path_factory.mktemp("rules") / "rules"))


@pytest.fixture
def place(tmp_path: Path, rulebook: Rulebook) -> Place:
    return Place(tmp_path, rulebook)


# ---------------------------------------------------------------- not relevant
def test_what_is_not_relevant_is_drafted_as_a_test_and_the_word_that_sets_it_apart(
    place: Place, capsys: pytest.CaptureFixture[str]
):
    place.told(DRILL, Verdict.NOT_RELEVANT)

    (given,) = place.shown(capsys)

    assert (given["verdict"], given["by"], given["place"]) == ("not-relevant", "Ana", "gn:164782")
    assert given["report"]["text"] == DRILL
    (draft,) = given["drafts"]
    assert draft["unless_word"] in ("volunteers", "rehearsed", "scenario")
    assert given["diff"].splitlines()[:2] == ["--- a/rules/alerts/all.yaml", "+++ b/rules/alerts/all.yaml"]
    assert f"+  unless: {{words: [{draft['unless_word']}]}}" in given["diff"]
    assert f"+    - text: {DRILL.rstrip('.')}" in given["diff"]
    assert "+      alert: none" in given["diff"]
    assert [line for line in given["diff"].splitlines()[2:] if line.startswith("-")] == []
    assert place.file.read_text(encoding="utf-8") == RULES


def test_an_edit_is_written_when_a_person_says_so_and_keeps_every_comment(
    place: Place, capsys: pytest.CaptureFixture[str]
):
    place.told(DRILL, Verdict.NOT_RELEVANT)

    assert place.applies() == 0

    assert f"written: {place.file}" in capsys.readouterr().out
    written = place.file.read_text(encoding="utf-8")
    assert [line for line in written.splitlines() if line in RULES.splitlines()] == RULES.splitlines()
    rule = load(place.rules).rules[0]
    assert (len(rule.unless.words), len(rule.tests)) == (1, 2)
    assert sorted(path.name for path in place.file.parent.iterdir()) == ["all.yaml"]
    (given,) = place.shown(capsys)
    assert given["drafts"][0]["note"] == "the rule has this test already"
    assert given["diff"] == ""
    assert place.applies() == 1


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("perhaps\n", 1), ("", 1)])
def test_without_yes_it_asks_first(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: str, status: int
):
    place.told(DRILL, Verdict.NOT_RELEVANT)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))

    assert place.applies(sure=False) == status

    said = capsys.readouterr()
    assert "Write this? [y/N]" in said.out
    assert (place.file.read_text(encoding="utf-8") == RULES) is (status == 1)
    assert ("nothing was written: it was not confirmed" in said.err) is (status == 1)


def test_where_no_word_sets_it_apart_the_test_fails_and_nothing_is_written(
    place: Place, capsys: pytest.CaptureFixture[str]
):
    place.told("Shelling killed 12 villagers in Sarmin.", Verdict.NOT_RELEVANT)

    assert place.applies() == 1

    said = capsys.readouterr()
    assert "no single word sets it apart" in said.out
    assert "nothing was written: with these edits the rules would not be as they should:" in said.err
    assert "the test of 'sarmin' expected no alert, got 12 killed" in said.err
    assert str(place.file) in said.err
    assert place.file.read_text(encoding="utf-8") == RULES


def test_every_rule_that_told_it_gets_its_test(place: Place, capsys: pytest.CaptureFixture[str]):
    place.told(DRILL, Verdict.NOT_RELEVANT, rules=("sarmin", "idlib", "gone"))

    (given,) = place.shown(capsys)

    assert [draft["note"] for draft in given["drafts"]] == ["", "", "its rule is no longer in force"]
    assert given["diff"].count("+  unless: ") == 2
    assert place.applies() == 0
    assert [len(rule.tests) for rule in load(place.rules).rules] == [2, 1]


# ---------------------------------------------------------------- correct
def test_what_is_correct_becomes_a_test_of_what_was_told(place: Place, capsys: pytest.CaptureFixture[str]):
    place.told(RIGHT, Verdict.CORRECT)

    assert place.applies() == 0

    assert "+      alert: {place: Sarmin, killed: 15, injured: 9, severity: normal}" in capsys.readouterr().out
    assert len(load(place.rules).rules[0].tests) == 2


# ---------------------------------------------------------------- wrong place
def test_a_wrong_place_is_drafted_as_a_phrase_that_names_none(place: Place, capsys: pytest.CaptureFixture[str]):
    place.told(ROAD, Verdict.WRONG_PLACE)

    (given,) = place.shown(capsys)

    (draft,) = given["drafts"]
    assert (draft["phrase"], draft["note"]) == ("Sarmin road", "")
    assert "--- /dev/null\n+++ b/rules/places/traps.yaml" in given["diff"]
    assert "+  - Sarmin road" in given["diff"]
    assert place.applies() == 0
    assert load(place.rules).problems == ()
    assert "Sarmin road" in (place.rules / "places" / "traps.yaml").read_text(encoding="utf-8")


def test_without_places_of_its_own_a_folder_gets_no_phrase(place: Place, capsys: pytest.CaptureFixture[str]):
    shutil.rmtree(place.rules / "places")
    place.told(ROAD, Verdict.WRONG_PLACE)

    (given,) = place.shown(capsys)

    assert given["diff"] == ""
    assert "has no places/ of its own" in given["why_not"][0]


# ---------------------------------------------------------------- duplicates
def test_a_duplicate_is_told_after_the_report_that_it_repeats(place: Place, capsys: pytest.CaptureFixture[str]):
    earlier = "Artillery fire left 15 people dead in Sarmin at dawn."
    place.remembers(earlier, "earlier")
    place.told(RIGHT, Verdict.DUPLICATE)

    (given,) = place.shown(capsys)

    (draft,) = given["drafts"]
    assert draft["texts"] == [earlier, RIGHT]
    assert "`incidents` in config.yaml" in draft["note"]


def test_a_duplicate_of_something_unknown_has_no_test(place: Place, capsys: pytest.CaptureFixture[str]):
    place.told(RIGHT, Verdict.DUPLICATE)

    (given,) = place.shown(capsys)

    assert "which earlier report it repeats is not known" in given["drafts"][0]["note"]
    assert place.applies() == 1
    assert "there is nothing to write" in capsys.readouterr().err


# ---------------------------------------------------------------- for people, and what cannot be done
def test_people_read_a_table_and_the_drafts_below_it(place: Place, capsys: pytest.CaptureFixture[str]):
    place.told(DRILL, Verdict.NOT_RELEVANT)
    place.told(RIGHT, Verdict.CORRECT, keep=False)

    assert show_feedback(place.rules, place.config, as_json=False) == 0

    said = capsys.readouterr()
    for shown in ("not-relevant", "Ana", "Sarmin (Idlib, Syria)", "15 killed", "+      alert: none"):
        assert shown in said.out
    assert "sarmin: the report is not kept, so there is nothing to test" in said.out
    assert "2 verdicts; --apply N writes the edits of one" in said.err


def test_a_file_that_is_laid_out_otherwise_is_left_alone(place: Place, capsys: pytest.CaptureFixture[str]):
    place.file.write_text(RULES.replace("  title: Harm in Sarmin", "  title:   Harm in Sarmin"), encoding="utf-8")
    place.told(DRILL, Verdict.NOT_RELEVANT)

    (given,) = place.shown(capsys)

    assert given["why_not"] == ["sarmin: the file is laid out in a way that an edit would change elsewhere as well"]
    assert given["diff"] == ""


def test_what_is_not_there_is_told(place: Place, capsys: pytest.CaptureFixture[str]):
    assert show_feedback(place.rules, place.config, as_json=False) == 2
    assert "There is no store" in capsys.readouterr().err

    place.told(DRILL, Verdict.NOT_RELEVANT)
    assert place.applies(42) == 2
    assert "there is no feedback 42" in capsys.readouterr().err
