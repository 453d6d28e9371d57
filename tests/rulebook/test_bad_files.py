"""Every mistake in a rule file while the bot runs: it is told, and what was in force goes on."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

import tests.core
from bot.rulebook import LiveRules
from bot.rulebook.loading import MOST_PROBLEMS
from tests.rulebook.desk import Desk, rule, said, titles, unchanged

BAD_RULES = sorted((Path(tests.core.__file__).parent / "bad_rules").glob("*.yaml"))
ELSEWHERE = {"emptied": ["1:1"], "not-utf-8": ["2:15"]}  # in these files nothing can be written on what they say


def marks(path: Path) -> list[str]:
    """Where the problems lie, by the file's own word."""
    lines = path.read_bytes().decode(errors="replace").splitlines()
    marked = [line.split(": ")[0].removeprefix("#! ") for line in lines if line.startswith("#! ")]
    return ELSEWHERE.get(path.stem) or marked[:-1]  # the last one says what is kept


def breaks(desk: Desk, live: LiveRules, text: str | bytes) -> None:
    """Somebody saves `a.yaml` like this; `b.yaml` stays as it is."""
    desk.path("a.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert live.reload_if_changed()


@pytest.mark.parametrize("path", BAD_RULES, ids=lambda path: path.stem)
def test_whatever_is_wrong_with_a_file_is_told_by_position_and_its_old_rules_go_on(
    desk: Desk, live: LiveRules, path: Path
):
    breaks(desk, live, path.read_bytes())
    assert [f"{p.line}:{p.column}" for p in live.current.problems] == marks(path)
    assert {p.file for p in live.current.problems} == {str(desk.path("a.yaml"))}
    assert {"idlib", "neighbour", "other"} <= titles(live).keys()
    assert titles(live)["idlib"] == "old"

    desk.write("a.yaml", "idlib", title="mended")
    assert live.reload_if_changed()
    assert (titles(live), said(live)) == ({"idlib": "mended", "other": "old"}, [])


# ---------------------------------------------------------------- rule by rule
def test_of_a_file_with_one_broken_rule_the_others_take_their_new_version(desk: Desk, live: LiveRules):
    breaks(desk, live, rule("homs", "new") + rule("idlib", "new", place="Idlb") + rule("added", "new"))
    assert titles(live) == {"homs": "new", "idlib": "old", "added": "new", "other": "old"}
    assert said(live) == ["a.yaml:2:60: unknown place 'Idlb', did you mean 'Idlib'?"]


def test_a_rule_that_stays_broken_through_several_edits_keeps_its_last_good_version(desk: Desk, live: LiveRules):
    breaks(desk, live, rule("idlib", "second"))
    breaks(desk, live, rule("idlib", "third", place="Idlb"))
    breaks(desk, live, "- {id: idlib, ")
    breaks(desk, live, rule("idlib", "fifth", place="Idlib, vilage: Sarmin"))
    assert titles(live) == {"idlib": "second", "other": "old"}


def test_a_rule_whose_id_is_misspelt_may_be_any_so_all_stay(desk: Desk, live: LiveRules):
    breaks(desk, live, rule("Idlib", "new") + rule("homs", "new"))
    assert titles(live) == {"homs": "new", "idlib": "old", "neighbour": "old", "other": "old"}


def test_a_rule_that_breaks_as_it_moves_to_another_file_keeps_its_last_good_version(desk: Desk, live: LiveRules):
    desk.write("b.yaml", "other", title="new")
    desk.put("c.yaml", rule("idlib", "moved", place="Idlb"))
    breaks(desk, live, rule("neighbour") + rule("homs"))
    assert titles(live) == {"neighbour": "old", "homs": "old", "other": "new", "idlib": "old"}
    desk.put("c.yaml", "- {id: idl")
    assert live.reload_if_changed()
    assert "idlib" in titles(live)


# ---------------------------------------------------------------- between rules
def test_an_id_taken_from_another_rule_of_the_same_file(desk: Desk, live: LiveRules):
    breaks(desk, live, rule("idlib") + rule("idlib", "second") + rule("neighbour") + rule("homs"))
    assert titles(live) == unchanged()
    assert said(live) == ["a.yaml:2:8: the id 'idlib' is also that of line 1: each rule needs its own"]


@pytest.mark.parametrize("name", ["0.yaml", "c.yaml"])
def test_an_id_taken_from_a_rule_of_another_file(desk: Desk, live: LiveRules, name: str):
    desk.write(name, "idlib", title="copied")
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    first, second = sorted(["a.yaml", name])
    above = f"{desk.folder / 'alerts'}/"
    assert said(live) == [f"{second}:1:8: the id 'idlib' is also that of {above}{first}:1: each rule needs its own"]


# ---------------------------------------------------------------- files that are none
def test_a_file_of_no_bytes(desk: Desk, live: LiveRules):
    breaks(desk, live, b"")
    assert titles(live) == unchanged()
    assert said(live) == ["a.yaml:1:1: the file holds nothing; if that is meant, delete it"]


def test_a_file_that_is_emptied_on_purpose_holds_an_empty_list(desk: Desk, live: LiveRules):
    breaks(desk, live, "[]\n")
    assert (titles(live), said(live)) == ({"other": "old"}, [])


def test_a_file_of_fifty_megabytes_is_not_read_whole(desk: Desk, live: LiveRules):
    with desk.path("a.yaml").open("r+b") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    assert live.reload_if_changed()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert titles(live) == unchanged()
    assert said(live) == ["a.yaml:1:1: larger than 1 MB; split the file"]
    assert peak < 5_000_000


def test_a_folder_that_is_called_like_a_file(desk: Desk, live: LiveRules):
    desk.path("a.yaml").unlink()
    desk.path("a.yaml").mkdir()
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    assert said(live) == [
        "a.yaml:1:1: is a folder; rules are read from files: rename it, or move the files out",
    ]


def test_a_pipe_that_would_let_the_reader_wait_for_ever(desk: Desk, live: LiveRules):
    desk.path("a.yaml").unlink()
    os.mkfifo(desk.path("a.yaml"))
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    assert said(live) == ["a.yaml:1:1: is no plain file: move it elsewhere"]


@pytest.mark.parametrize("target", ["a.yaml", "nowhere.yaml"], ids=["loop", "broken"])
def test_a_symbolic_link_that_leads_nowhere(desk: Desk, live: LiveRules, target: str):
    desk.path("a.yaml").unlink()
    desk.path("a.yaml").symlink_to(target)
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    (only,) = said(live)
    assert only.startswith("a.yaml:1:1: a symbolic link that leads nowhere: cannot be read: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_and_then_may(desk: Desk, live: LiveRules):
    desk.path("a.yaml").chmod(0)
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    assert said(live) == ["a.yaml:1:1: cannot be read: Permission denied"]
    desk.path("a.yaml").chmod(0o600)
    assert live.reload_if_changed()
    assert said(live) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("which", [".", "alerts"])
def test_a_folder_that_may_not_be_read_and_then_may(desk: Desk, live: LiveRules, which: str):
    (desk.folder / which).chmod(0)
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    (only,) = live.current.problems
    assert only.message.startswith("cannot be read: Permission denied")
    (desk.folder / which).chmod(0o700)
    assert live.reload_if_changed()
    assert said(live) == []


# ---------------------------------------------------------------- far too many
def test_of_thousands_of_problems_in_one_file_so_many_are_told_as_somebody_may_read(desk: Desk, live: LiveRules):
    breaks(desk, live, "".join(rule(f"r{number}", place=f"Nowhere{number}") for number in range(5000)))
    assert titles(live) == unchanged(besides=("idlib", "neighbour", "homs"))
    assert len(said(live)) == MOST_PROBLEMS + 1
    assert said(live)[-1].startswith("a.yaml:101:")
    assert said(live)[-1].endswith(": here and below, 4,900 more problems: mend those above first")


def test_many_broken_files_are_told_each_by_itself(desk: Desk, live: LiveRules):
    for number in range(50):
        desk.put(f"n{number}.yaml", "- {id: ")
    assert live.reload_if_changed()
    assert titles(live) == unchanged()
    assert len(said(live)) == 50
