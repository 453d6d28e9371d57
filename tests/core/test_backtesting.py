"""What other rules would have changed: every alert of two sets of rules is told once, and nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.backtesting import Difference, Fired, Judge, Readers, difference, differing, judge, split
from bot.core.model import POLICY, Area, Place, Reason, Report, Rule, Severity, SeverityStep, Threshold, exactly
from bot.core.past import clocked
from bot.core.pipeline import Rulebook, examine, rematched
from tests.core.reports import NOON, report

PLACES = (None, *(Place(f"gn:{n}", f"Place {n}", "settlement", "SY") for n in range(3)))
CASUALTIES = frozenset({"civilian-casualties", "casualties"})
ANYWHERE = Rule("anywhere", "Harm anywhere", CASUALTIES)
FROM_FIVE = replace(ANYWHERE, thresholds=(Threshold("killed", ">=", 5),))
SEVERE = replace(ANYWHERE, severity=(SeverityStep(Severity.CRITICAL, Threshold("killed", ">=", 5)),))

THREE_IN_BINNISH = "Shelling killed three civilians in Binnish."
SIX_IN_BINNISH = "Rescuers in Binnish now speak of six civilians killed by the shelling."
SEVEN_IN_KHARKIV = "A missile killed seven civilians in Kharkiv."
PEACE = "Olive growers expect a good harvest."
STORY = (THREE_IN_BINNISH, PEACE, SIX_IN_BINNISH, SEVEN_IN_KHARKIV)


def story(*texts: str) -> list[Report]:
    return [report(text, id=f"r{n}", published=NOON + timedelta(hours=n)) for n, text in enumerate(texts)]


def judged(rulebook: Rulebook, reports: list[Report], before: list[Rule], after: list[Rule]) -> Difference:
    bench = [Readers(rulebook.knowledge, (Judge(before, POLICY), Judge(after, POLICY)))]
    said = [judge(each, bench) for each in reports]
    return difference(*([alert for alerts in said for alert in alerts[n]] for n in range(2)))


def told(alerts: tuple[Fired, ...]) -> list[tuple[str, str]]:
    return [(alert.rule_id, alert.report_id) for alert in alerts]


# ---------------------------------------------------------------- judging
def test_the_same_rules_make_no_difference(rulebook):
    found = judged(rulebook, story(*STORY), list(rulebook.rules), list(rulebook.rules))

    assert (found.added, found.removed, found.changed) == ((), (), ())
    assert told(found.same)


def test_a_raised_threshold_removes_the_alerts_below_it_and_later_ones_become_the_first(rulebook):
    found = judged(rulebook, story(*STORY), [ANYWHERE], [FROM_FIVE])

    assert told(found.removed) == [("anywhere", "r0")]
    assert [(pair.after.report_id, differing(pair.before, pair.after)) for pair in found.changed] == [
        ("r2", ("reason",))
    ]
    assert found.changed[0].after.reason is Reason.FIRST_REPORT
    assert told(found.same) == [("anywhere", "r3")]
    assert found.added == ()


def test_a_wider_place_adds_the_alerts_there(rulebook):
    find = rulebook.knowledge.gazetteer.find
    syria = replace(ANYWHERE, areas=(Area(find("Syria")),))
    both = replace(ANYWHERE, areas=(Area(find("Syria")), Area(find("Ukraine"))))
    found = judged(rulebook, story(*STORY), [syria], [both])

    assert told(found.added) == [("anywhere", "r3")]
    assert found.added[0].quote in SEVEN_IN_KHARKIV
    assert (found.removed, found.changed) == ((), ())
    assert told(found.same) == [("anywhere", "r0"), ("anywhere", "r2")]


def test_another_severity_is_a_change(rulebook):
    found = judged(rulebook, story(*STORY), [ANYWHERE], [SEVERE])

    assert [(p.before.severity, p.after.severity, differing(p.before, p.after)) for p in found.changed] == [
        (Severity.NORMAL, Severity.CRITICAL, ("severity",))
    ] * 2
    assert told(found.same) == [("anywhere", "r0")]


def test_a_rule_under_another_name_is_removed_and_added(rulebook):
    found = judged(rulebook, story(THREE_IN_BINNISH), [ANYWHERE], [replace(ANYWHERE, id="everywhere")])

    assert (told(found.removed), told(found.added)) == ([("anywhere", "r0")], [("everywhere", "r0")])


def test_a_sentence_that_another_reading_puts_elsewhere_is_a_change_of_place_and_another_sentence_is_not(rulebook):
    (old,) = judged(rulebook, story(THREE_IN_BINNISH), [], [ANYWHERE]).added
    moved = replace(old, spot="gn:1", place=PLACES[1])
    apart = replace(moved, start=old.end, end=old.end + 9)

    assert [differing(pair.before, pair.after) for pair in difference([old], [moved]).changed] == [("place",)]
    assert difference([old], [apart]) == Difference(added=(apart,), removed=(old,))


def test_a_report_examined_for_other_rules_is_as_if_examined_for_them(rulebook):
    for each in story(*STORY):
        examined = examine(each, rulebook.knowledge, [FROM_FIVE])
        assert rematched(examined, [ANYWHERE]) == examine(each, rulebook.knowledge, [ANYWHERE])


def test_the_clock_never_goes_back():
    late, early = report("", published=NOON), report("", published=NOON - timedelta(days=2))

    assert clocked(early, NOON).published == NOON
    assert clocked(late, early.published) == late


# ---------------------------------------------------------------- comparing
ALERTS = st.builds(
    Fired,
    rule_id=st.sampled_from(["a", "b"]),
    report_id=st.sampled_from(["r1", "r2", "r3"]),
    published=st.integers(0, 3).map(lambda days: NOON + timedelta(days=days)),
    title=st.just(""),
    source=st.just(""),
    url=st.just(""),
    field=st.sampled_from(["title", "text"]),
    start=st.integers(0, 9),
    end=st.integers(10, 20),
    quote=st.just(""),
    spot=st.sampled_from([None, "gn:1", "gn:2"]),
    reason=st.sampled_from(Reason),
    severity=st.sampled_from(Severity),
    loud=st.booleans(),
    place=st.sampled_from(PLACES),
    killed=st.sampled_from([None, exactly(3), exactly(5)]),
    injured=st.none(),
    casualties=st.none(),
)
LISTS = st.lists(ALERTS, max_size=12)


def facts(alerts: tuple[Fired, ...]) -> Counter[tuple[object, ...]]:
    """Alerts as far as they are compared, for the same ones are kept as they are after."""
    return Counter((a.rule_id, a.report_id, a.reason, a.severity, a.loud, a.place, a.killed) for a in alerts)


@given(LISTS, LISTS)
def test_added_removed_changed_and_same_are_all_the_alerts_each_once(before, after):
    found = difference(before, after)

    assert facts(found.before) == facts(tuple(before))
    assert Counter(found.after) == Counter(after)
    assert all(differing(pair.before, pair.after) for pair in found.changed)
    pairs = [(pair.before, pair.after) for pair in found.changed]
    assert all((b.rule_id, b.report_id) == (a.rule_id, a.report_id) for b, a in pairs)


@given(LISTS)
def test_alerts_compared_with_themselves_are_all_the_same(alerts):
    found = difference(alerts, alerts)

    assert Counter(found.same) == Counter(alerts)
    assert (found.added, found.removed, found.changed) == ((), (), ())


@given(LISTS, LISTS)
def test_turned_round_what_was_added_is_removed(before, after):
    found, back = difference(before, after), difference(after, before)

    assert facts(found.added) == facts(back.removed)
    assert facts(found.removed) == facts(back.added)
    assert len(found.changed) == len(back.changed)


@given(LISTS, LISTS)
def test_the_parts_by_rule_are_the_whole(before, after):
    found = difference(before, after)
    parts = split(found, lambda alert: alert.rule_id)

    assert list(parts) == sorted({alert.rule_id for alert in (*before, *after)})
    assert Counter(a for part in parts.values() for a in part.added) == Counter(found.added)
    assert sum(len(part.changed) for part in parts.values()) == len(found.changed)
    assert all(a.rule_id == rule_id for rule_id, part in parts.items() for a in (*part.before, *part.after))
