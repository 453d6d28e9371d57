"""Event files as people write them: vocabularies by language, and event types with their examples.

A newcomer's mistake is to raise for a mistake in a file: problems are collected, all at once, with file:line:col, and
the good files go on being used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core import yamlfile
from bot.core.events.kinds import PARTS, UNLESS, WITH, WORDS, Trigger
from bot.core.events.vocabulary import BLAME, VALUED, Role, Vocabulary, vocabulary_of
from bot.core.model import Problem, Victims
from bot.core.yamlfile import Listing, Node, Reader, parse

SCRIPTS = ("latin", "arabic", "cyrillic", "hebrew")
WORD_ORDERS = ("subject-first", "verb-first")
NOUNS = ("apart", "stacked")
_PERSONS = ("civilian", "combatant", "people")
_GRAMMAR = ("one", "two", "many")
LISTS = frozenset(
    {
        *(role.value for role in Role if role is not Role.PERSON and role not in VALUED),
        "function_words",
        "gatherings",
        "instead_of",
        "actors",
        "abbreviations",
        "saying_civilian",
        "wanting_victims",
        "wanting_numbers",
        *BLAME,
    }
)
MAPPINGS = frozenset({*_PERSONS, *(role.value for role in VALUED)})


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """A vocabulary, None when the file has problems."""

    vocabulary: Vocabulary | None
    problems: tuple[Problem, ...]


def parse_vocabulary(text: str, file: str) -> VocabularyFile:
    """The vocabulary of one language."""
    document = parse(text, file)
    reader = Reader(file)
    known = {*LISTS, *MAPPINGS, "prefixes", "order", "nouns", "home"}
    fields = reader.fields(document.root, required=("language", "script", "killed"), optional=known)
    content: dict[str, object] = {
        "language": reader.identifier(fields.get("language")),
        "script": reader.choice(fields.get("script"), "script", SCRIPTS, "latin"),
        "order": reader.choice(fields.get("order"), "word order", WORD_ORDERS, WORD_ORDERS[0]),
        "home": reader.string(fields.get("home")),
        "nouns": reader.choice(fields.get("nouns"), "way with nouns", NOUNS, NOUNS[0]),
        "prefixes": [list(reader.strings(group)) for group in reader.items(fields.get("prefixes"))],
    }
    for key in sorted(LISTS & fields.keys()):
        content[key] = _words(reader, fields[key])
    for key in _PERSONS:
        content[key] = _by_number(reader, fields.get(key))
    for role in VALUED:
        content[role.value] = _values(reader, fields.get(role.value))
    problems = tuple(sorted({*document.problems, *reader.problems}))
    return VocabularyFile(None if problems else vocabulary_of(content), problems)


def _words(reader: Reader, node: Node) -> object:
    return _by_number(reader, node) if isinstance(node, yamlfile.Mapping) else list(_listed(reader, node))


def _listed(reader: Reader, node: Node) -> Iterator[str]:
    if isinstance(node, Listing):
        yield from (reader.string(item) for item in node.items)
    else:
        reader.expected("a list of words", node, None)


def _by_number(reader: Reader, node: Node | None) -> dict[str, list[str]]:
    return {key: list(_listed(reader, value)) for key, value in reader.fields(node, optional=_GRAMMAR).items()}


def _values(reader: Reader, node: Node | None) -> dict[str, int]:
    return {str(key.value): reader.integer(value, low=0) for key, value in reader.entries(node)}


# ---------------------------------------------------------------- event types
@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, and whether a report that says only this has an event of the type."""

    text: str
    counts: bool
    where: str


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event: what counts, what does not, and how it is known.

    Either by its `victims`, then the casualty engine makes it, or by its words, by language. `apart_from` are kinds
    that are another incident, even in the same place on the same day.
    """

    id: str
    title: str
    counts: str
    excludes: str
    victims: Victims | None = None
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    apart_from: frozenset[str] = frozenset()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class EventTypeFile:
    event_type: EventType | None
    problems: tuple[Problem, ...]


def parse_event_type(text: str, file: str) -> EventTypeFile:
    """One event type."""
    document = parse(text, file)
    reader = Reader(file)
    fields = reader.fields(
        document.root,
        required=("id", "title", "counts", "excludes"),
        optional=("victims", *PARTS, "apart_from", "examples"),
    )
    type_id = reader.identifier(fields.get("id"))
    victims = fields.get("victims")
    event_type = EventType(
        id=type_id,
        title=reader.string(fields.get("title")),
        counts=reader.string(fields.get("counts")),
        excludes=reader.string(fields.get("excludes")),
        victims=Victims(reader.choice(victims, "class of victims", _CLASSES, _CLASSES[0])) if victims else None,
        triggers=_triggers(reader, type_id, fields),
        apart_from=frozenset(reader.strings(fields.get("apart_from"))),
        examples=tuple(_example(reader, node) for node in reader.items(fields.get("examples"))),
    )
    if document.root is not None and (victims is None) == (WORDS not in fields):
        reader.problem(
            document.root, "an event type has either 'victims' or 'words': the one or the other says how it is known"
        )
    problems = tuple(sorted({*document.problems, *reader.problems}))
    return EventTypeFile(None if problems else event_type, problems)


def _triggers(reader: Reader, type_id: str, fields: dict[str, Node]) -> dict[str, Trigger]:
    by_part = {
        part: {key.text: reader.strings(words) for key, words in reader.entries(fields.get(part))} for part in PARTS
    }
    return {
        language: Trigger(type_id, words, by_part[WITH].get(language, ()), by_part[UNLESS].get(language, ()))
        for language, words in by_part[WORDS].items()
    }


_CLASSES = [victims.value for victims in Victims]


def _example(reader: Reader, node: Node) -> Example:
    fields = reader.fields(node, optional=("yes", "no"))
    if len(fields) != 1:
        reader.expected("one example, as yes: TEXT or as no: TEXT", node, None)
    key, value = next(iter(fields.items()), ("yes", None))
    return Example(reader.string(value), key == "yes", f"{reader.file}:{node.line}")
