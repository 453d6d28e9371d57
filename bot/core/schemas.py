"""JSON Schemas of the files in `rules/`, by which editors complete and check them (JSON Schema 2020-12).

A newcomer's mistake is to rely on them: what a name stands for, and whether a rule can fire, is known to
`tocsin check` alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

from bot.core.actors.files import ENGLISH
from bot.core.events.files import LISTS, MAPPINGS, NOUNS, SCRIPTS, WORD_ORDERS
from bot.core.events.kinds import PARTS
from bot.core.model import Coarse, Near, PlaceKind, Severity, Victims
from bot.core.overlays import LATITUDE, LONGITUDE
from bot.core.places.cues import NAME_KEYS, WORD_KEYS
from bot.core.rules.comparing import OTHERWISE, QUANTITIES
from bot.core.rules.conditions import (
    FARTHEST_KM,
    FEWEST_REPORTS,
    HIDE,
    LONGEST_PATTERN,
    MOST_REPORTS,
    MOST_SOURCES,
    NEAREST_KM,
    SHOW,
)

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,47}$"}
TEXT: Schema = {"type": "string", "minLength": 1}
DURATION: Schema = {"type": "string", "pattern": "^[0-9]{1,6} ?[smhd]$"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FIGURE: Schema = {"anyOf": [COUNT, {"type": "string", "pattern": "^ *(>=|>|==|<=|<) *[0-9]{1,6} *$"}]}


def schemas(
    events: Collection[str], lists: Collection[str], languages: Collection[str], tongues: Collection[str]
) -> Mapping[str, Schema]:
    """All schemas, by the name of the folder whose files they describe. `languages` are those that reports are read in,
    `tongues` those that people are written to in.
    """
    named = [f"${name}" for name in sorted(lists)]
    return {
        "alerts": _schema("Alert rules of Tocsin", _alerts(sorted(events), named, sorted(languages), sorted(tongues))),
        "events": _schema("An event type of Tocsin", _event_type()),
        "vocabulary": _schema("The words of one language, for Tocsin", _vocabulary()),
        "places": _schema("Places for Tocsin, or words round names of places", _places()),
        "lists": _schema("A list that rules of Tocsin call by its file's name", _many(TEXT)),
        "actors": _schema("Armed actors for Tocsin", _many(_actor())),
    }


def _schema(title: str, body: Schema) -> Schema:
    return {"$schema": DIALECT, "title": title} | body


# ---------------------------------------------------------------- shapes
def _object(required: Collection[str], **properties: Schema) -> Schema:
    """Keys and values; a name that Python keeps for itself is written with a line behind it."""
    known = {name.removesuffix("_"): schema for name, schema in properties.items()}
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": known, "additionalProperties": False} | needed


def _many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _one_of(words: Collection[str]) -> Schema:
    return {"enum": list(words)}


def _of(description: str, schema: Schema) -> Schema:
    return {"description": description} | schema


# ---------------------------------------------------------------- alert rules
def _alerts(events: list[str], lists: list[str], languages: list[str], tongues: list[str]) -> Schema:
    event = _one_or_more(_one_of([*events, *lists]))
    language = _one_or_more(_one_of([*languages, *lists]))
    victims = _one_or_more(_one_of([*Victims, *lists]))
    words = _one_or_more(TEXT | {"examples": lists})
    titles = _object((), **dict.fromkeys(tongues, TEXT)) | {"minProperties": 1}
    rule = _object(
        ("id", "title", "when"),
        id=_of("What people subscribe to; never change it.", IDENTIFIER),
        title=_of("What stands above the alert.", TEXT),
        titles=_of("The title in the languages of those who read it.", titles),
        description=_of("For people alone.", TEXT),
        status=_of("A draft is checked and tested, and never sent.", _one_of(("live", "draft"))),
        when=_of("What must hold.", _when(event, words, language, victims)),
        unless=_of("Any one of these keeps the rule from holding.", _unless(event, words, language)),
        severity=_of("How severe: a word, or what each step takes.", _severity()),
        deliver=_of("With care: coarse, late, without names.", _deliver()),
        tests=_of("Texts, and the alert expected of each.", _many(_test(_one_of(languages)))),
    )
    return _many(rule)


def _when(event: Schema, words: Schema, language: Schema, victims: Schema) -> Schema:
    frequency = {"type": "string", "pattern": "^[0-9]{1,4} reports? in [0-9]{1,6} ?[smhd]$"}
    when = _object(
        (),
        event=_of("Any of these kinds of event.", event),
        all_events=_of("All of these are told as well, `near` the event.", event),
        place=_of("Anything inside counts, in any spelling.", _place()),
        victims=_of("Who was harmed.", victims),
        killed=_of("How many, as the report says.", FIGURE),
        injured=_of("How many, as the report says.", FIGURE),
        casualties=_of("Killed and injured together.", FIGURE),
        words=_of("Any of these words; `drone*` finds drones too.", words),
        all_words=_of("All of these words.", words),
        regex=_of("Any of these patterns (RE2).", _one_or_more(TEXT | {"maxLength": LONGEST_PATTERN})),
        near=_of("How near to the event they stand; report if not said.", _one_of(get_args(Near))),
        languages=_of("In which the report is written.", language),
        sources=_of("Names of sources, or domains of their links.", words),
        tags=_of("Tags of the feed.", words),
        min_sources=_of(
            "How many independent sources must tell it.", {"type": "integer", "minimum": 1, "maximum": MOST_SOURCES}
        ),
        for_=_of(f"A spike: from {FEWEST_REPORTS} to {MOST_REPORTS} reports, such as 5 reports in 24h.", frequency),
        silence=_of("Nothing heard for so long of who usually speaks.", DURATION),
    )
    return when | {"anyOf": [{"required": ["event"]}, {"required": ["silence"]}]}


def _place() -> Schema:
    circle = _object(
        ("within_km", "of"), within_km={"type": "number", "minimum": NEAREST_KM, "maximum": FARTHEST_KM}, of=TEXT
    )
    return _one_or_more({"anyOf": [TEXT, circle]})


def _unless(event: Schema, words: Schema, language: Schema) -> Schema:
    unless = _object(
        (),
        event=_of("The report tells of one of these.", event),
        place=_of("Events in one of these do not count.", _place()),
        words=_of("One of these words stands in the report.", words),
        regex=_of("One of these patterns matches.", _one_or_more(TEXT)),
        languages=_of("In which the report is written.", language),
        sources=_of("Names of sources, or domains of their links.", words),
        tags=_of("Tags of the feed.", words),
    )
    return unless | {"minProperties": 1}


def _severity() -> Schema:
    condition = {
        "type": "string",
        "pattern": f"^ *({OTHERWISE}|({'|'.join(QUANTITIES)}) *(>=|>|==|<=|<) *[0-9]{{1,6}}) *$",
    }
    steps = _object((), **{severity.value: condition for severity in Severity})
    return {"anyOf": [_one_of([*Severity]), steps]}


def _deliver() -> Schema:
    return _object(
        (),
        place=_of("The finest place that is told.", _one_of(get_args(Coarse))),
        delay=_of("How long the message is held back.", DURATION),
        names=_of("Whether the quote keeps its names.", _one_of((HIDE, SHOW))),
    )


def _test(language: Schema) -> Schema:
    alert = _object((), place=TEXT, killed=COUNT, injured=COUNT, severity=_one_of([*Severity]))
    return _object(
        ("text", "alert"),
        text=_of("A report, or several one after another.", _one_or_more(TEXT)),
        alert=_of("What follows from the last: none, or what it says.", {"anyOf": [_one_of(("none",)), alert]}),
        source=TEXT,
        tags=_one_or_more(TEXT),
        language=language,
    )


# ---------------------------------------------------------------- event types and vocabulary
def _event_type() -> Schema:
    by_language: Schema = {"type": "object", "additionalProperties": _one_or_more(TEXT)}
    example = _object((), yes=TEXT, no=TEXT) | {"minProperties": 1, "maxProperties": 1}
    parts: dict[str, Schema] = dict.fromkeys(PARTS, by_language)
    event_type = _object(
        ("id", "title", "counts", "excludes"),
        id=IDENTIFIER,
        title=TEXT,
        counts=_of("What counts, in one line.", TEXT),
        excludes=_of("What does not, in one line.", TEXT),
        victims=_of("Whose harm it is; for the three kinds of casualties.", _one_of([*Victims])),
        apart_from=_of("Kinds that are never one incident with it.", _one_or_more(TEXT)),
        examples=_of("Sentences that count, and that do not.", _many(example)),
        **parts,
    )
    return event_type | {"oneOf": [{"required": ["victims"]}, {"required": ["words"]}]}


def _vocabulary() -> Schema:
    listed = _many(TEXT)
    by_number = _object((), one=listed, two=listed, many=listed)
    words: dict[str, Schema] = {name: {"anyOf": [listed, by_number]} for name in sorted(LISTS)}
    valued: dict[str, Schema] = {name: {"type": "object"} for name in sorted(MAPPINGS)}
    return _object(
        ("language", "script", "killed"),
        language=IDENTIFIER,
        script=_one_of(SCRIPTS),
        order=_one_of(WORD_ORDERS),
        nouns=_one_of(NOUNS),
        home=TEXT,
        prefixes=_many(_one_or_more(TEXT)),
        **words,
        **valued,
    )


# ---------------------------------------------------------------- armed actors
def _actor() -> Schema:
    by_language: Schema = {"type": "object", "additionalProperties": _one_or_more(TEXT)}
    names: Schema = {"type": "object", "additionalProperties": TEXT, "required": [ENGLISH]}
    country: Schema = {"type": "string", "pattern": "^[A-Z]{2}$"}
    actor = _object(
        ("id", "names"),
        id=_of("What incidents keep of it; never change it.", IDENTIFIER),
        names=_of("What alerts call it, by language.", names),
        country=_of("By whose people's name its attacks are told as well; ISO 3166 alpha-2.", country),
        words=_of("By which words reports name it, by language.", by_language),
        in_=_of("Countries in which the words of `here` mean it.", _one_or_more(country)),
        here=_of("Words that mean it in the countries of `in` alone, by language.", by_language),
    )
    return actor | {"anyOf": [{"required": ["words"]}, {"required": ["here"]}], "dependentRequired": TOGETHER}


TOGETHER = {"here": ["in"], "in": ["here"]}


# ---------------------------------------------------------------- places
def _places() -> Schema:
    by_language: Schema = {"type": "object", "additionalProperties": _one_or_more(TEXT)}
    positions: list[Schema] = [{"type": "number", "minimum": -most, "maximum": most} for most in (LATITUDE, LONGITUDE)]
    place = _object(
        ("id", "name", "kind"),
        id=_of("gn:, ov: or im: and the id in that table.", TEXT),
        name=TEXT,
        kind=_one_of(get_args(PlaceKind)),
        country=_of("ISO 3166 alpha-2.", TEXT),
        parent=_of("The id of what contains it.", TEXT),
        at=_of("Latitude and longitude.", {"type": "array", "prefixItems": positions, "minItems": 2, "maxItems": 2}),
        names=_of("Other names, by language.", by_language),
        covers=_of("Ids of places that lie in this region.", _one_or_more(TEXT)),
        codes=_of("P-codes and the like.", _one_or_more(TEXT)),
        population=COUNT,
    )
    cues: dict[str, Schema] = dict.fromkeys(WORD_KEYS, by_language) | {name: _one_or_more(TEXT) for name in NAME_KEYS}
    words = _object((), **cues, phrases=_one_or_more(TEXT), demonyms=by_language)
    return {"anyOf": [_many(place), words]}
