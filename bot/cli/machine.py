"""`tocsin read` and `tocsin replay`: JSON Lines in, JSON Lines out, through the same two functions as the service.

A newcomer's mistake is to change a key here: the form is an interface that others measure by.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bot.core.copies import COPY_WINDOW, Leads
from bot.core.html import is_html, to_text
from bot.core.incidents import memory, refresh
from bot.core.model import (
    POLICY,
    Alert,
    Count,
    Event,
    Figures,
    Outcome,
    Place,
    Reading,
    Recent,
    Report,
    Rule,
    Told,
    Toponym,
)
from bot.core.pipeline import Rulebook, decide, examine
from bot.core.reading import read
from bot.core.text import fold
from bot.rulebook import RulesNotFoundError, load, rules_folder

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVERY = "*"  # the id of the rule that asks for everything

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]


class BadLineError(Exception):
    """A line that is no report; the message says why."""


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
    _speak_utf8()
    status = 0
    for line in answers(sys.stdin, answering(rulebook)):
        status = 1 if "error" in line else status
        print(json.dumps(line, ensure_ascii=False))
    return status


def print_problems(rulebook: Rulebook) -> None:
    """What is wrong in the rule files, to standard error; the good rules serve all the same."""
    for problem in rulebook.problems:
        print(problem, file=sys.stderr)


def _speak_utf8() -> None:
    """Bytes that are no UTF-8, and halves of surrogate pairs, come out as the escapes that JSON has for them."""
    for stream, on_error in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors=on_error)


def answers(lines: Iterable[str], answer: Answer) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not blank; a bad line is answered with its error, the next ones as ever."""
    for line in lines:
        if not line.strip():
            continue
        given: Any = None
        try:
            given = json.loads(line)
            yield answer(_object(given))
        except (BadLineError, ValueError, RecursionError) as error:
            yield {"id": _id_of(given), "error": str(error)}


def _id_of(given: Any) -> str | int | None:
    found = given.get("id") if isinstance(given, dict) else None
    return found if isinstance(found, str | int) else None


def _object(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BadLineError("a line must be a JSON object")
    return given


# ---------------------------------------------------------------- one report in
def report_of(given: Mapping[str, Any], clock: datetime) -> Report:
    """A report from its JSON object. Times without a zone are taken for UTC, a missing one for the clock."""
    if not isinstance(given.get("id"), str | int):
        raise BadLineError("the key 'id' is missing, or is no text")
    title, text = _text(given, "title"), _text(given, "text")
    if not title and not text:
        raise BadLineError("one of 'title' and 'text' is needed")
    digest = blake2b(f"{fold(title)}\n{fold(text)}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return Report(
        id=str(given["id"]),
        title=title,
        text=text,
        published=_published(given, clock),
        source=_text(given, "source"),
        url=_text(given, "url"),
        guid=_text(given, "guid"),
        language=_text(given, "language") or None,
        home=_text(given, "home") or None,
        digest=digest,
    )


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLineError(f"the key '{key}' must be a text or null")
    return to_text(value) if key in ("title", "text") and is_html(value) else value


def _published(given: Mapping[str, Any], clock: datetime) -> datetime:
    value = given.get("published")
    if value is None:
        return clock
    try:
        published = datetime.fromisoformat(str(value))
        return (published if published.tzinfo else published.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadLineError("the key 'published' must be a time such as 2020-03-05T14:10:00+02:00, or null") from error


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
        "why": toponym.why,
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
        self._rules = tuple(rules)
        self._incidents = Recent()
        self._leads = Leads()
        self._told: dict[int, Told] = {}
        self._clock = EPOCH
        self._names: dict[str, str] = {}

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Any]:
        report = report_of(given, self._clock)
        self._clock = max(self._clock, report.published)
        report = replace(report, published=self._clock)
        examined = examine(report, self._rulebook.knowledge, self._rules)
        outcome = decide(examined, replace(self._incidents, told=self._like(examined.told)))
        self._remember(outcome)
        return self._done(given, outcome)

    def _like(self, told: Told) -> tuple[Told, ...]:
        since = self._clock - COPY_WINDOW
        earlier = (self._told.get(number) for number in self._leads.like(told.lead))
        return tuple(each for each in earlier if each and each.published >= since)

    def _remember(self, outcome: Outcome) -> None:
        recent = refresh(self._incidents, outcome.incidents)
        since = self._clock - memory(POLICY)
        self._incidents = Recent(tuple(i for i in recent.incidents if i.last_seen >= since))
        number = next(reversed(self._told), 0) + 1
        self._told[number] = outcome.told
        self._leads.add(number, outcome.told.lead, outcome.told.published)
        self._forget(self._clock - COPY_WINDOW)

    def _forget(self, before: datetime) -> None:
        self._leads.forget(before)
        for number in list(itertools.takewhile(lambda n: self._told[n].published < before, self._told)):
            del self._told[number]

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
