"""What administrators read of the rules."""

from __future__ import annotations

from bot.core.model import Problem
from bot.core.notices import MOST_TOLD, rules_notice

FOLDER = "/srv/rules"
TYPO = Problem("/srv/rules/alerts/idlib.yaml", 3, 5, "unknown key 'titel', did you mean 'title'?")


def test_a_problem_is_told_with_file_line_and_column_as_seen_from_the_folder():
    text = rules_notice([TYPO], 20, FOLDER).text
    assert text.plain.splitlines()[:2] == [
        "⚠️ 1 problem in the rules",
        "alerts/idlib.yaml:3:5: unknown key 'titel', did you mean 'title'?",
    ]
    assert "<code>alerts/idlib.yaml:3:5</code> unknown key &#x27;titel&#x27;" in text.html


def test_a_file_outside_the_folder_keeps_its_whole_name():
    elsewhere = Problem("/srv/rules-of-others/a.yaml", 1, 1, "cannot be read")
    assert "\n/srv/rules-of-others/a.yaml:1:1: cannot be read\n" in rules_notice([elsewhere], 0, FOLDER).text.plain


def test_what_an_author_wrote_is_no_markup():
    wrong = Problem("/srv/rules/alerts/<b>.yaml", 1, 1, "unknown place '<a href=x>&\u202e\n'")
    html = rules_notice([wrong], 0, FOLDER).text.html
    assert "<code>alerts/&lt;b&gt;.yaml:1:1</code> unknown place &#x27;&lt;a href=x&gt;&amp; &#x27;" in html


def test_thousands_of_long_problems_fit_into_one_message():
    many = [Problem(f"/srv/rules/alerts/{'long' * 99}.yaml", n, 1, "<&>" * 999) for n in range(5000)]
    text = rules_notice(many, 0, FOLDER).text
    assert f"… and {5000 - MOST_TOLD:,} more" in text.plain
    assert len(text.plain) < 4096


def test_the_state_is_the_same_for_the_same_problems_alone():
    moved = Problem(TYPO.file, 4, 5, TYPO.message)
    states = [rules_notice(problems, rules, FOLDER).state for problems, rules in [([TYPO], 1), ([TYPO], 2)]]
    assert states[0] == states[1] != rules_notice([moved], 1, FOLDER).state


def test_when_nothing_is_wrong_all_is_well():
    notice = rules_notice([], 1234, FOLDER)
    assert (notice.state, notice.text.plain) == ("", "✅ The rules are all good again; 1,234 in force.")
