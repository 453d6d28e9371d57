"""Rule files that change while the bot runs: added, removed, renamed, moved, written in pieces."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.rulebook import Gone, LiveRules, files
from tests.rulebook.desk import EVENT, PLACES, Desk, rule, said, titles, unchanged


# ---------------------------------------------------------------- what changes
def test_a_changed_file_takes_effect_and_the_rules_of_the_others_are_the_very_same(desk: Desk, live: LiveRules):
    *_, other = live.current.rules
    desk.write("a.yaml", "idlib", "neighbour", "homs", title="new")
    assert live.reload_if_changed()
    assert titles(live) == {"idlib": "new", "neighbour": "new", "homs": "new", "other": "old"}
    assert live.current.rules[-1] is other


def test_nothing_is_said_to_have_changed_when_nothing_did(desk: Desk, live: LiveRules):
    before = live.current
    assert live.reload_if_changed() is None
    desk.write("a.yaml", "idlib", "neighbour", "homs")  # saved again as it was
    assert live.reload_if_changed() is None
    assert live.current is before


def test_an_added_file_stands_where_its_name_puts_it(desk: Desk, live: LiveRules):
    desk.write("aa.yaml", "added")
    desk.write("0.yml", "first")
    assert live.reload_if_changed()
    assert list(titles(live)) == ["first", "idlib", "neighbour", "homs", "added", "other"]


def test_the_rules_of_a_deleted_file_go_and_that_is_told(desk: Desk, live: LiveRules):
    file = desk.path("a.yaml")
    file.unlink()
    change = live.reload_if_changed()
    assert change is not None
    assert change.gone == (Gone(str(file), ("idlib", "neighbour", "homs"), is_deleted=True),)
    assert (titles(live), said(live)) == ({"other": "old"}, [])


def test_a_rule_that_is_deleted_on_purpose_goes(desk: Desk, live: LiveRules):
    file = desk.write("a.yaml", "idlib", "homs")
    change = live.reload_if_changed()
    assert change is not None
    assert change.gone == (Gone(str(file), ("neighbour",), is_deleted=False),)
    assert list(titles(live)) == ["idlib", "homs", "other"]


def test_a_renamed_file_loses_no_rule(desk: Desk, live: LiveRules):
    desk.path("a.yaml").rename(desk.path("c.yaml"))
    change = live.reload_if_changed()
    assert change is not None
    assert change.gone == ()
    assert list(titles(live)) == ["other", "idlib", "neighbour", "homs"]
    assert live.current.rules[1].where == f"{desk.path('c.yaml')}:1"


def test_an_edit_by_renaming_a_new_file_over_the_old_one_takes_effect(desk: Desk, live: LiveRules):
    new = desk.write("a.yaml~", "idlib", title="new")
    os.utime(new, ns=(0, desk.path("a.yaml").stat().st_mtime_ns))
    new.rename(desk.path("a.yaml"))
    assert live.reload_if_changed()
    assert titles(live) == {"idlib": "new", "other": "old"}


def test_hidden_files_are_the_editors_own(desk: Desk, live: LiveRules):
    desk.path(".#a.yaml").symlink_to("ana@desk.example:1")  # how Emacs locks a file
    desk.write(".draft.yaml", "draft")
    assert live.reload_if_changed() is None


# ---------------------------------------------------------------- clocks
def test_an_edit_that_keeps_size_and_time_is_noticed(desk: Desk, live: LiveRules):
    file = desk.path("b.yaml")
    before = file.stat()
    desk.write("b.yaml", "other", title="new")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert live.reload_if_changed()
    assert titles(live)["other"] == "new"


def test_an_edit_within_one_tick_of_the_clock_of_the_disk_is_noticed(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def coarse(path: Path) -> object:
        """As a disk whose clock stands still for an hour."""
        stamp = exact(path)
        return replace(stamp, modified_ns=0, changed_ns=now) if isinstance(stamp, files.Stamp) else stamp

    exact, now = files._stamp, time.time_ns()
    monkeypatch.setattr("bot.rulebook.files._stamp", coarse)
    monkeypatch.setattr("bot.rulebook.files.TICK_NS", 3600 * 10**9)
    desk.write("b.yaml", "other")
    live = LiveRules(desk.folder)
    desk.write("b.yaml", "other", title="new")
    assert live.reload_if_changed()
    assert titles(live)["other"] == "new"


# ---------------------------------------------------------------- written in pieces
def test_a_file_is_left_alone_until_two_looks_find_it_the_same(desk: Desk, live: LiveRules):
    desk.put("a.yaml", "")
    assert live.reload_if_settled() is None
    desk.write("a.yaml", "idlib", title="new")
    assert live.reload_if_settled() is None
    assert titles(live) == unchanged()
    assert live.reload_if_settled()
    assert (titles(live), said(live)) == ({"idlib": "new", "other": "old"}, [])


def test_a_file_that_never_comes_to_rest_is_read_all_the_same(desk: Desk, live: LiveRules):
    changes = []
    for number in range(6):
        desk.write("a.yaml", "idlib", title=f"{'more ' * number}text")
        changes.append(live.reload_if_settled() is not None)
    assert changes == [False, False, True] * 2


def test_a_file_half_written_at_the_start_is_completed_later(desk: Desk):
    desk.put("a.yaml", rule("idlib") + "- {id: homs, ti")
    live = LiveRules(desk.folder)
    assert (titles(live), len(said(live))) == ({}, 1)
    desk.write("a.yaml", "idlib", "homs")
    assert live.reload_if_changed()
    assert (list(titles(live)), said(live)) == (["idlib", "homs"], [])


def test_whoever_reads_the_rules_meanwhile_sees_all_of_one_version(desk: Desk, live: LiveRules):
    seen: set[frozenset[str]] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(frozenset(titles(live).values()))

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(20):
        desk.write("a.yaml", *(f"r{n}" for n in range(100)), title=f"v{version}")
        desk.write("b.yaml", *(f"s{n}" for n in range(100)), title=f"v{version}")
        assert live.reload_if_changed()
    stop.set()
    reader.join()
    assert {len(versions) for versions in seen} == {1}


# ---------------------------------------------------------------- events and places
def test_when_a_place_changes_the_rules_that_name_it_are_parsed_anew_and_no_others(desk: Desk, live: LiveRules):
    desk.write("b.yaml", "other", place="Homs")
    live.reload_if_changed()
    idlib, _, _, homs = live.current.rules
    desk.places.write_text(PLACES.replace("name: Homs, kind: admin1", "name: Homs, kind: settlement"), encoding="utf-8")
    assert live.reload_if_changed()
    assert live.current.rules[0] is idlib
    assert homs.areas[0].place.kind == "admin1"
    assert live.current.rules[3].areas[0].place.kind == "settlement"


def test_a_new_event_type_can_be_named_at_once_and_one_that_is_gone_is_a_problem_of_its_rules(
    desk: Desk, live: LiveRules
):
    event = desk.folder / "events" / "flood.yaml"
    desk.put("c.yaml", rule("wet").replace("casualties", "flood"))
    assert live.reload_if_changed()
    assert said(live) == ["c.yaml:1:39: unknown event 'flood'; known: casualties, civilian-casualties"]
    others = live.current.rules
    event.write_text(EVENT.format(id="flood"), encoding="utf-8")
    assert live.reload_if_changed()
    assert (titles(live), said(live)) == (unchanged() | {"wet": "old"}, [])
    assert all(now is before for now, before in zip(live.current.rules, others, strict=False))
    event.unlink()
    assert live.reload_if_changed()
    assert len(said(live)) == 1


def test_while_a_place_file_is_broken_all_that_was_known_stays_and_rules_go_on_changing(desk: Desk, live: LiveRules):
    knowledge = live.current.knowledge
    desk.places.write_text("- {id: ", encoding="utf-8")
    assert live.reload_if_changed()
    assert [problem.file for problem in live.current.problems] == [str(desk.places)]
    assert live.current.knowledge is knowledge

    desk.write("b.yaml", "other", title="new", place="Homs")
    assert live.reload_if_changed()
    assert titles(live)["other"] == "new"

    desk.places.write_text(PLACES + '- {id: "ov:hama", name: Hama, kind: admin1}\n', encoding="utf-8")
    desk.write("c.yaml", "hama", place="Hama")
    assert live.reload_if_changed()
    assert said(live) == []
    assert "hama" in titles(live)


def test_a_broken_event_file_leaves_all_that_was_known_in_force(desk: Desk, live: LiveRules):
    types = live.current.event_types
    (desk.folder / "events" / "casualties.yaml").write_bytes(b"")
    assert live.reload_if_changed()
    assert (live.current.event_types, titles(live)) == (types, unchanged())
    assert len(live.current.problems) == 1


# ---------------------------------------------------------------- the whole folder
@pytest.mark.parametrize("which", ["rules", "alerts"])
def test_a_folder_that_vanishes_takes_no_rule_with_it_and_comes_back(desk: Desk, live: LiveRules, which: str):
    folder = desk.folder if which == "rules" else desk.folder / "alerts"
    folder.rename(folder.with_name("elsewhere"))
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    assert [problem.message for problem in live.current.problems] == [
        "the folder is gone; its rules stay in force until it is back"
    ]
    folder.with_name("elsewhere").rename(folder)
    assert live.reload_if_changed()
    assert (titles(live), said(live)) == (unchanged(), [])


def test_a_folder_exchanged_through_a_symbolic_link_takes_effect(desk: Desk, tmp_path: Path):
    desk.write("a.yaml", "idlib")
    current = tmp_path / "current"
    current.symlink_to(desk.folder)
    live = LiveRules(current)
    copy = shutil.copytree(desk.folder, tmp_path / "second")
    (copy / "alerts" / "a.yaml").write_text(rule("idlib", "new"), encoding="utf-8")
    (tmp_path / "next").symlink_to(copy)
    (tmp_path / "next").rename(current)
    assert live.reload_if_changed()
    assert titles(live) == {"idlib": "new"}
