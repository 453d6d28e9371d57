"""What saves work changes nothing: rules found by index, and reports of no event read without their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.copies import LEAD_CHARACTERS, LEAD_WORDS, told_of
from bot.core.matching import follow_ups, heard, match
from bot.core.model import Examined, Outcome, Reading, Recent, Report, Rule
from bot.core.pipeline import decide, examine, remember
from bot.core.reading import read, skim
from bot.core.ruleindex import RuleIndex
from bot.core.rules import Names, parse_rules
from bot.core.text import fold
from tests.core.reports import report

SENTENCES = (
    "Mortar rounds killed nine villagers in Sarmin on Thursday.",
    "An air strike on Binnish wounded four civilians, medics in Idlib said.",
    "No one was hurt when a drone fell in Kharkiv.",
    "The army denied that it had shelled Saraqib.",
    "Two fighters died in clashes near El Fasher.",
    "Thirty years ago gunmen killed twelve people in Kigali.",
    "The mayor of Homs opened a bakery and a library.",
    "Wheat prices fell in Aleppo, and traders in Gaza hope for rain.",
    "A concert in Geneva was put off until the spring.",
    "قتل سبعة مدنيين بقصف على بلدة سرمين.",
    "افتتح المحافظ سوقاً جديداً في حلب.",
    "Un bombardement a tué cinq civils à Goma.",
    "Le marché de Bamako rouvre lundi.",
    "Un ataque dejó tres muertos en Cali.",
    "La feria del libro vuelve a Bogotá.",
    "Российский удар убил шестерых жителей Харькова.",
    "У Львові відкрили новий парк.",
    "در حمله پهپادی به کابل هشت غیرنظامی کشته شدند.",
    "Halep'te okullar yarın açılıyor.",
)
HARM = "event: [civilian-casualties, casualties]"
ASKED = (
    f"when: {{{HARM}}}",
    f"when: {{{HARM}, place: Idlib}}",
    f"when: {{{HARM}, place: [Sarmin, Kharkiv, Democratic Republic of the Congo]}}",
    f"when: {{{HARM}, place: Syria, words: [bakery, villagers]}}",
    f"when: {{{HARM}, place: {{within_km: 40, of: Binnish}}}}",
    f"when: {{{HARM}, place: {{within_km: 40, of: Binnish}}, words: [medics, 'drone*']}}",
    f"when: {{{HARM}, words: [medics, мэр]}}",
    f"when: {{{HARM}, words: [gunmen]}}\n  unless: {{words: [Kigali]}}",
    f"when: {{{HARM}, words: ['villag*']}}",
    f"when: {{{HARM}, words: ['mortar round*', five hundred]}}",
    f"when: {{{HARM}, words: [civilians], near: clause}}",
    f"when: {{{HARM}, killed: '>= 6'}}\n  unless: {{place: Ukraine}}",
    "when: {event: shelling}",
    "when: {event: [airstrike, drone-strike], place: Syria, languages: [en]}",
    f"status: draft\n  when: {{{HARM}, place: Idlib}}",
    f"when: {{silence: 12h, {HARM}, place: Syria}}",
    "when: {silence: 12h, sources: [Orchard Post]}",
)
SILENT_OF_A_PLACE = "when: {silence: 12h, place: Syria}"


def rules_of(rulebook, *asked: str) -> tuple[Rule, ...]:
    text = "\n".join(f"- id: r{n}\n  title: R\n  {asks}" for n, asks in enumerate(asked))
    knowledge = rulebook.knowledge
    parsed = parse_rules(text, "a.yaml", Names(rulebook.event_types, knowledge.gazetteer.find, languages=["en"]))
    assert parsed.problems == ()
    return parsed.rules


@pytest.fixture(scope="module")
def rules(rulebook) -> tuple[Rule, ...]:
    """One of each kind that is filed differently; the last waits for any word of a place."""
    return rules_of(rulebook, *ASKED, SILENT_OF_A_PLACE)


TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5)
PICKS = st.lists(st.integers(0, len(ASKED)), max_size=40)  # some of the rules, some twice, in any order
TALES = st.lists(TEXTS, min_size=1, max_size=4)


def told(sentences: Sequence[str], number: int = 0) -> Report:
    title, *text = sentences
    source = ("Orchard Post", "Hill Gazette")[number % 2]
    moved = report(" ".join(text), title=title, id=f"r{number}", source=source)
    return replace(moved, published=moved.published + timedelta(hours=number))


# ---------------------------------------------------------------- rules by index
@settings(max_examples=300)
@given(TEXTS, PICKS)
def test_an_index_finds_the_same_matches_in_the_same_order_as_asking_every_rule(rulebook, rules, sentences, picks):
    picked = [rules[number] for number in picks]
    reading = read(told(sentences), rulebook.knowledge)

    index = RuleIndex(picked)
    assert list(match(reading, index.concerned(reading))) == list(match(reading, picked))
    assert list(heard(reading, index.silent)) == list(heard(reading, picked))


def test_only_the_rules_that_a_report_may_concern_are_asked(rulebook, rules):
    reading = read(told(["Mortar rounds killed nine villagers in Sarmin."]), rulebook.knowledge)
    concerned = RuleIndex(rules).concerned(reading)

    asked = {number for number, rule in enumerate(rules) if rule in concerned}
    assert asked == {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12}


def test_a_report_of_no_event_concerns_no_rule_however_many_there_are(rulebook, rules):
    reading = read(told(["The mayor of Homs opened a bakery and a library."]), rulebook.knowledge)

    assert RuleIndex(rules * 10).concerned(reading) == []


def test_an_index_is_the_rules_in_their_order(rules):
    index = RuleIndex(rules)

    assert tuple(index) == rules
    assert (len(index), index[1], index[-2:]) == (len(rules), rules[1], rules[-2:])


# ---------------------------------------------------------------- reports of no event
def in_full(told_now: Report, rulebook, rules: Sequence[Rule]) -> Examined:
    """As `examine` would without sparing anything."""
    reading = read(told_now, rulebook.knowledge)
    found = follow_ups(reading, RuleIndex(rules).concerned(reading))
    return Examined(reading, told_of(reading), tuple(match(reading, rules)), tuple(heard(reading, rules)), tuple(found))


def unread(outcome: Outcome) -> Outcome:
    """What was decided, whatever is known of the places."""
    return replace(outcome, reading=Reading(outcome.report, None))


@settings(max_examples=150)
@given(TALES, PICKS)
def test_sparing_the_places_of_reports_without_events_changes_no_decision(rulebook, rules, tales, picks):
    picked = [rules[number] for number in picks]
    recent = spared_recent = Recent()
    for number, sentences in enumerate(tales):
        each = told(sentences, number)
        full, spared = in_full(each, rulebook, picked), examine(each, rulebook.knowledge, picked)
        assert (spared.told, spared.matches, spared.heard) == (full.told, full.matches, full.heard)

        outcome, spared_outcome = decide(full, recent), decide(spared, spared_recent)
        assert unread(spared_outcome) == unread(outcome)
        recent, spared_recent = remember(recent, outcome), remember(spared_recent, spared_outcome)


@given(TEXTS)
def test_a_skimmed_report_says_the_same_but_for_places_where_nothing_happened(rulebook, sentences):
    whole = read(told(sentences), rulebook.knowledge)

    assert skim(told(sentences), rulebook.knowledge) == (whole if whole.events else replace(whole, toponyms=()))


def words_of_events(rulebook, language: str) -> list[str]:
    """All that people may say of harm and of other events in a language, and what must stand beside it."""
    triggers = [t.triggers[language] for t in rulebook.types if language in t.triggers]
    telling = [written for written, _ in rulebook.knowledge.languages[language].vocabulary.telling]
    return [written.replace("*", "") for t in triggers for written in (*t.words, *t.with_, *t.unless)] + telling


@settings(max_examples=200)
@given(st.data())
def test_a_report_passed_over_for_its_words_tells_of_nothing(rulebook, data):
    language = data.draw(st.sampled_from(sorted(rulebook.knowledge.languages)))
    drawn = st.tuples(
        st.sampled_from(words_of_events(rulebook, language)), st.sampled_from([" ", " ", ", ", ". ", "\n\n"])
    )
    text = "".join(word + gap for word, gap in data.draw(st.lists(drawn, max_size=8)))
    each = report(text, title="No title", language=data.draw(st.sampled_from([language, None])))

    assert skim(each, rulebook.knowledge).events == read(each, rulebook.knowledge).events


def test_places_are_looked_for_where_a_rule_waits_for_any_word_of_one(rulebook, rules):
    calm = told(["The mayor of Homs opened a bakery and a library."])

    assert examine(calm, rulebook.knowledge, rules[:-1]).reading.toponyms == ()
    examined = examine(calm, rulebook.knowledge, rules)
    assert [t.place.name for t in examined.reading.toponyms] == ["Homs"]
    assert rules[-1] in examined.heard


# ---------------------------------------------------------------- the beginning of long reports
WORDS = st.sampled_from(["Sarmin", "سرمين", "naïve", "U.S.", "1,200", "ﷺ", "\u200fword", "a_b", "--", "x" * 300])
GAPS = st.sampled_from([" ", "\n", ", ", "  ", "-"])


@given(st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=60), st.integers(1, 12))
def test_what_is_kept_of_a_long_report_is_what_its_first_words_say(pieces, times):
    text = "".join(word + gap for word, gap in pieces) * times
    words = fold(text).split()

    lead = told_of(Reading(report(text, title="No title"), None)).lead
    if len(words) >= LEAD_WORDS:
        marks = {f"#{word}" for word in words[:LEAD_WORDS] if word.isdecimal()}
        assert lead == " ".join(sorted([*marks, *words[:LEAD_WORDS]]))
    assert len(text) <= LEAD_CHARACTERS or lead
