"""`tocsin read` and `tocsin replay`: JSON Lines in, JSON Lines out, through the same two functions as the service.

A newcomer's mistake is to change a key here: the form is an interface that others measure by.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.cli.lines import BAD, EPOCH, object_of, report_of, speak_utf8
from bot.core.html import is_html
from bot.core.model import Alert, Count, Event, Figures, Outcome, Place, Reading, Report, Rule, Toponym
from bot.core.past import Past, clocked
from bot.core.pipeline import Rulebook, examine
from bot.core.reading import read
from bot.core.ruleindex import RuleIndex
from bot.core.sayings import written
from bot.rulebook import RulesNotFoundError, load, rules_folder

EVERY = "*"  # the id of the rule that asks for everything

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


def read_lines(rules: Path | None) -> int:
    """Answer each report on standard input with what it says. The exit status."""
    return _serve(rules, lambda rulebook: lambda line: said(report_of(line, EPOCH), line, rulebook))


def replay_lines(rules: Path | None, *, every: bool) -> int:
    """Answer each report on standard input with what the bot would have done. The exit status."""
    return _serve(rules, lambda rulebook: Replay(rulebook, _everything(rulebook) if every else rulebook.rules))


def _serve(rules: Path | None, answering: Callable[[Rulebook], Answer]) -> int:
    try:
        rulebook = load(rules_folder(rules))
    except RulesNotFoundError as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    print_problems(rulebook)
    speak_utf8()
    status = 0
    for line in answers(sys.stdin, answering(rulebook)):
        status = 1 if "error" in line else status
        print(json.dumps(line, ensure_ascii=False))
    return status


def print_problems(rulebook: Rulebook) -> None:
    """What is wrong in the rule files, to standard error; the good rules serve all the same."""
    for problem in rulebook.problems:
        print(problem, file=sys.stderr)


def answers(lines: Iterable[str], answer: Answer) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not blank; a bad line is answered with its error, the next ones as ever."""
    for line in lines:
        if not line.strip():
            continue
        given: Any = None
        try:
            given = json.loads(line)
            yield answer(object_of(given))
        except BAD as error:
            yield {"id": _id_of(given), "error": str(error)}


def _id_of(given: Any) -> str | int | None:
    found = given.get("id") if isinstance(given, dict) else None
    return found if isinstance(found, str | int) else None


# ---------------------------------------------------------------- what one report says
def said(report: Report, given: Mapping[str, Any], rulebook: Rulebook) -> dict[str, Any]:
    """The answer of `read`."""
    reading = read(report, rulebook.knowledge)
    answer: dict[str, Any] = {
        "id": given["id"],
        "language": reading.language,
        "toponyms": [_toponym(t) for t in reading.toponyms],
        "events": [_event(e) for e in reading.events],
        "toll": _toll(reading),
    }
    if any(is_html(given.get(key) or "") for key in ("title", "text")):
        answer["extracted"] = {"title": report.title, "text": report.text}
    return answer


def _toponym(toponym: Toponym) -> dict[str, Any]:
    return {
        "field": toponym.field,
        "start": toponym.start,
        "end": toponym.end,
        "surface": toponym.surface,
        "place": _place(toponym.place),
        "why": written(toponym.why),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "country": place.country,
        "admin": list(place.admin),
        "lat": place.lat,
        "lon": place.lon,
    }


def _event(event: Event) -> dict[str, Any]:
    answer = {
        "type": event.type,
        "field": event.field,
        "start": event.start,
        "end": event.end,
        "quote": event.quote,
        "killed": count_of(event.killed),
        "injured": count_of(event.injured),
        "victims": event.victims,
        "place": event.place.id if event.place else None,
        "current": event.current,
    }
    return answer | ({"casualties": count_of(event.casualties)} if event.casualties else {})


def _toll(reading: Reading) -> dict[str, Any]:
    return {victims.value: _figures(figures) for victims, figures in reading.toll.items()}


def _figures(figures: Figures) -> dict[str, Any]:
    answer = {"killed": count_of(figures.killed), "injured": count_of(figures.injured)}
    return answer | ({"casualties": count_of(figures.casualties)} if figures.casualties else {})


def count_of(count: Count | None) -> dict[str, Any] | None:
    """A count as the interface has it; null where it is not mentioned."""
    if count is None:
        return None
    return {"low": count.low, "high": count.high} | ({"approximate": True} if count.approximate else {})


# ---------------------------------------------------------------- what the bot would have done
class Replay:
    """Answers report after report, remembering what it told. `published` is the clock and never goes back."""

    def __init__(self, rulebook: Rulebook, rules: Iterable[Rule]) -> None:
        self._rulebook = rulebook
        self._rules = RuleIndex(rules)
        self._past = Past()
        self._clock = EPOCH
        self._names: dict[str, str] = {}

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Any]:
        report = clocked(report_of(given, self._clock), self._clock)
        self._clock = report.published
        return self._done(given, self._past.decide(examine(report, self._rulebook.knowledge, self._rules)))

    def _done(self, given: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
        incidents = [self._name(i) for i in outcome.told.incidents]
        answer: dict[str, Any] = {
            "id": given["id"],
            "incident": incidents[0] if incidents else None,
            "alerts": [_alert(a) for a in outcome.alerts],
            "duplicate_of": outcome.duplicate_of,
        }
        return answer | ({"incidents": incidents} if len(incidents) > 1 else {})

    def _name(self, incident_id: str) -> str:
        return self._names.setdefault(incident_id, f"i{len(self._names) + 1}")


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "rule": alert.rule.id,
        "reason": alert.reason,
        "severity": alert.severity,
        "place": alert.incident.place.id if alert.incident.place else None,
        "killed": count_of(alert.incident.killed),
        "injured": count_of(alert.incident.injured),
        "loud": alert.loud,
    }


def _everything(rulebook: Rulebook) -> tuple[Rule, ...]:
    return (Rule(EVERY, "every event", rulebook.event_types),)
