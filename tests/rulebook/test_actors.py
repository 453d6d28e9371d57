"""Files of armed actors that change while the bot runs."""

from __future__ import annotations

from bot.core.reading import read
from bot.rulebook import LiveRules
from tests.core.reports import report
from tests.rulebook.desk import Desk

BRIGADE = "- {id: hill-brigade, names: {en: Hill Brigade}, words: {en: [Hill Brigade]}}\n"
WORDS = """\
language: en
script: latin
killed: [killed]
conflict: [shelling]
by: [by]
civilian: {many: [farmers]}
numbers: {two: 2}
"""
TOLD = "Two farmers were killed by Hill Brigade shelling."


def blamed(live: LiveRules) -> set[str]:
    events = read(report(TOLD), live.current.knowledge).events
    assert events
    return set().union(*(event.blamed for event in events))


def test_an_actor_is_known_as_soon_as_its_file_is_saved_and_forgotten_with_it(desk: Desk, live: LiveRules):
    (desk.folder / "events" / "vocabulary" / "en.yaml").write_text(WORDS, encoding="utf-8")
    live.reload_if_changed()
    assert blamed(live) == set()

    folder = desk.folder / "actors"
    folder.mkdir()
    (folder / "here.yaml").write_text(BRIGADE, encoding="utf-8")
    assert live.reload_if_changed()
    assert blamed(live) == {"hill-brigade"}

    (folder / "here.yaml").unlink()
    assert live.reload_if_changed()
    assert blamed(live) == set()


def test_a_broken_file_is_told_by_position_and_what_was_known_goes_on(desk: Desk, live: LiveRules):
    (desk.folder / "events" / "vocabulary" / "en.yaml").write_text(WORDS, encoding="utf-8")
    folder = desk.folder / "actors"
    folder.mkdir()
    (folder / "here.yaml").write_text(BRIGADE, encoding="utf-8")
    live.reload_if_changed()

    (folder / "here.yaml").write_text(BRIGADE.replace("names", "nams"), encoding="utf-8")
    assert live.reload_if_changed()
    assert [str(problem).removeprefix(f"{folder}/") for problem in live.current.problems] == [
        "here.yaml:1:3: the key 'names' is missing",
        "here.yaml:1:22: unknown key 'nams', did you mean 'names'?",
    ]
    assert blamed(live) == {"hill-brigade"}
