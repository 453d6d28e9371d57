"""What people said of an alert as a test of its rule, and where one line of YAML would do, that line.

A newcomer's mistake is to propose what merely fits the report: a line counts as mending only if all other tests of the
rule still hold with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from bot.core.model import Alert, Count, Event, Expected, Feedback, Place, Report, Rule, RuleTest, Verdict
from bot.core.places.cues import Cues
from bot.core.places.keys import words_of
from bot.core.reading import Knowledge, read
from bot.core.text import fold
from bot.core.trying import failures_of_rules, told_by

MOST_TRIED = 20  # words or phrases
LONGEST_TEXT = 2_000  # characters of a test
SHORTEST_WORD = 4

IN_FORCE_NO_MORE = "its rule is no longer in force"
NO_REPORT = "the report is not kept, so there is nothing to test"
TESTED = "the rule has this test already"
TOLD_NO_MORE = "today's rules do not tell it any more; the test keeps it so"
NO_WORD = "no single word sets it apart from what the rule's other tests want told; mend the rule by hand"
NO_PHRASE = "no phrase round the name mends it: name the right place in the test, and mend the places by hand"
NO_EARLIER = "which earlier report it repeats is not known, so a test cannot tell both"
APART = "no line of YAML joins two incidents; `incidents` in config.yaml says how long one may be told of again"
CANNOT_BE_KEPT = "today's rules do not tell it at all; see tocsin explain"


@dataclass(frozen=True, slots=True)
class Draft:
    """A test for a rule, and what would make it hold: a word for `unless`, or a phrase that is no place.

    Without a test there is nothing to write, and `note` says why; with one, it says what is left to do by hand.
    """

    rule_id: str
    file: str = ""
    test: RuleTest | None = None
    word: str = ""
    phrase: str = ""
    note: str = ""


def drafts(
    given: Feedback, rules: Iterable[Rule], knowledge: Knowledge, earlier: Report | None = None
) -> Iterator[Draft]:
    """One for each rule that told it. `earlier` is the report that this one is said to repeat."""
    known = {rule.id: rule for rule in rules}
    for rule_id in given.rules:
        rule = known.get(rule_id)
        if rule is None:
            yield Draft(rule_id, note=IN_FORCE_NO_MORE)
        elif given.report is None:
            yield Draft(rule_id, _file(rule), note=NO_REPORT)
        else:
            yield _drafted(given, given.report, rule, knowledge, earlier)


def _drafted(given: Feedback, report: Report, rule: Rule, knowledge: Knowledge, earlier: Report | None) -> Draft:
    draft = _by_verdict(given, report, rule, knowledge, earlier)
    if draft.test is not None and any(test.texts == draft.test.texts for test in rule.tests):
        return Draft(rule.id, draft.file, note=TESTED)
    return draft


def _by_verdict(given: Feedback, report: Report, rule: Rule, knowledge: Knowledge, earlier: Report | None) -> Draft:
    match given.verdict:
        case Verdict.CORRECT:
            return _kept(given, report, rule, knowledge)
        case Verdict.NOT_RELEVANT:
            return _unwanted(given, report, rule, knowledge)
        case Verdict.WRONG_PLACE:
            return _elsewhere(given, report, rule, knowledge)
        case Verdict.DUPLICATE:
            return _repeated(report, rule, earlier)


# ---------------------------------------------------------------- the test
def _kept(given: Feedback, report: Report, rule: Rule, knowledge: Knowledge) -> Draft:
    """What was right stays as it is."""
    test = _test(given, report, rule, knowledge)
    alerts = told_by(rule, test, knowledge)[1]
    if not alerts:
        return Draft(rule.id, _file(rule), note=CANNOT_BE_KEPT)
    return Draft(rule.id, _file(rule), replace(test, expected=_expected(alerts[0], knowledge)))


def _unwanted(given: Feedback, report: Report, rule: Rule, knowledge: Knowledge) -> Draft:
    test = _test(given, report, rule, knowledge)
    if not told_by(rule, test, knowledge)[1]:
        return Draft(rule.id, _file(rule), test, note=TOLD_NO_MORE)
    for word in _telling_words(test, given, knowledge)[:MOST_TRIED]:
        unless = replace(rule.unless, words=(*rule.unless.words, word))
        changed = replace(rule, unless=unless, tests=(*rule.tests, test))
        if not any(failures_of_rules([changed], knowledge)):
            return Draft(rule.id, _file(rule), test, word=word)
    return Draft(rule.id, _file(rule), test, note=NO_WORD)


def _elsewhere(given: Feedback, report: Report, rule: Rule, knowledge: Knowledge) -> Draft:
    test = _test(given, report, rule, knowledge)
    for phrase in _phrases(test.texts[0], given, knowledge)[:MOST_TRIED]:
        taught = _with_phrase(knowledge, phrase)
        alerts = told_by(rule, test, taught)[1]
        if any(_is_there(alert, given) for alert in alerts) or any(failures_of_rules([rule], taught)):
            continue
        expected = _expected(alerts[0], taught) if alerts else None
        return Draft(rule.id, _file(rule), replace(test, expected=expected), phrase=phrase)
    return Draft(rule.id, _file(rule), note=NO_PHRASE)


def _repeated(report: Report, rule: Rule, earlier: Report | None) -> Draft:
    if earlier is None:
        return Draft(rule.id, _file(rule), note=NO_EARLIER)
    return Draft(rule.id, _file(rule), RuleTest((_whole(earlier), _whole(report)), None, rule.where), note=APART)


def _test(given: Feedback, report: Report, rule: Rule, knowledge: Knowledge) -> RuleTest:
    """Of the sentence alone where that is told like the whole report, and else of all of it; expecting no alert."""
    whole = _of(_whole(report), report, rule)
    quoted = _of(given.incident.quote, report, rule)
    is_alike = given.incident.quote and _seen(quoted, rule, knowledge) == _seen(whole, rule, knowledge)
    return quoted if is_alike else whole


def _of(text: str, report: Report, rule: Rule) -> RuleTest:
    source = report.source if rule.sources or rule.unless.sources else ""
    tags = frozenset(report.tags) if rule.tags or rule.unless.tags else frozenset[str]()
    return RuleTest((text,), None, rule.where, source, tags)


def _whole(report: Report) -> str:
    return "\n\n".join(filter(None, (report.title, report.text)))[:LONGEST_TEXT]


def _seen(test: RuleTest, rule: Rule, knowledge: Knowledge) -> list[object]:
    """Where and how many a text is taken to tell."""
    alerts = told_by(rule, test, knowledge)[1]
    return [(alert.incident.place, alert.incident.killed, alert.incident.injured) for alert in alerts]


def _expected(alert: Alert, knowledge: Knowledge) -> Expected:
    incident = alert.incident
    place = _findable(incident.place, knowledge) if incident.place else None
    return Expected(place, _figure(incident.killed), _figure(incident.injured), alert.severity)


def _findable(place: Place, knowledge: Knowledge) -> str:
    """Its name, where a rule file would take that for the same place, and its id elsewhere."""
    try:
        return place.name if knowledge.gazetteer.find(place.name).id == place.id else place.id
    except LookupError:
        return place.id


def _figure(count: Count | None) -> int | None:
    return count.figure if count else None


def _file(rule: Rule) -> str:
    return rule.where.rpartition(":")[0]


# ---------------------------------------------------------------- words that set it apart
def _telling_words(test: RuleTest, given: Feedback, knowledge: Knowledge) -> list[str]:
    """The words of the sentence that neither tell the event nor name a place, the longest first."""
    text = test.texts[0]
    reading = read(Report("draft", "", text, given.incident.first_seen), knowledge)
    spent = {word for event in reading.events for why in event.why for word in fold(why).split()}
    spent |= {word for name in reading.toponyms for word in fold(name.surface).split()}
    spent |= _idle(reading.language, knowledge)
    events = [event for event in reading.events if event.current]
    found = dict.fromkeys(word for said in _said(events, text) for word in fold(said).split())
    telling = [w for w in found if w not in spent and len(w) >= SHORTEST_WORD and w.isalpha()]
    return sorted(telling, key=len, reverse=True)


def _said(events: Sequence[Event], text: str) -> list[str]:
    return [event.quote for event in events] or [text]


def _idle(language: str | None, knowledge: Knowledge) -> frozenset[str]:
    spoken = knowledge.languages.get(language or "")
    return spoken.vocabulary.function_words if spoken else frozenset()


# ---------------------------------------------------------------- names that are no places
def _phrases(text: str, given: Feedback, knowledge: Knowledge) -> list[str]:
    """The wrong name with the word after it, and with the one before, as they stand in the text."""
    reading = read(Report("draft", "", text, given.incident.first_seen), knowledge)
    place, found = given.incident.place, list[str]()
    for name in reading.toponyms:
        if place is not None and name.field == "text" and name.place.id == place.id:
            before, after = text[: name.start].split()[-1:], text[name.end :].split()[:1]
            found += [f"{name.surface} {word}" for word in map(_bare, after) if word]
            found += [f"{word} {name.surface}" for word in map(_bare, before) if word]
    return list(dict.fromkeys(found))


def _bare(word: str) -> str:
    """A word without the marks round it; nothing of one that ends a clause, for a phrase does not reach beyond."""
    return word if word.isalpha() else word.strip(".,;:!?()\"'“”") if word[-1:] in ".?!" else ""


def _with_phrase(knowledge: Knowledge, phrase: str) -> Knowledge:
    """What is known, and that this phrase names no place."""
    words = words_of(phrase)
    gazetteer = copy(knowledge.gazetteer)
    gazetteer.cues = gazetteer.cues.joined([Cues(phrases={words[0]: (words,)})])
    return replace(knowledge, gazetteer=gazetteer)


def _is_there(alert: Alert, given: Feedback) -> bool:
    here, said = alert.incident.place, given.incident.place
    return (here.id if here else None) == (said.id if said else None)
