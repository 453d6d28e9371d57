"""Files of armed actors as people write them: what each is called, and by which words reports name it.

A newcomer's mistake is to give an actor a word that others share: "the army" goes into `here`, with the countries in
which it means that actor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.core.model import Actor, Problem
from bot.core.yamlfile import Node, Reader, parse

ENGLISH = "en"
ACTOR = ("id", "names", "country", "words", "in", "here")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Listed:
    """An actor, and where its file has it."""

    actor: Actor
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ActorFile:
    """The good actors of a file, and what is wrong with the others."""

    listed: tuple[Listed, ...]
    problems: tuple[Problem, ...]


def parse_actors(text: str, file: str) -> ActorFile:
    """A YAML list of actors. A wrong one never drops its neighbours."""
    document = parse(text, file)
    top = Reader(file)
    listed = tuple(Listed(actor, file, node.line, node.column) for node, actor in top.sound(document.root, _actor))
    return ActorFile(listed, (*document.problems, *top.problems))


def _actor(reader: Reader, node: Node) -> Actor:
    fields = reader.fields(node, required=("id", "names"), optional=ACTOR)
    names, countries, here = fields.get("names"), fields.get("in"), fields.get("here")
    actor = Actor(
        id=reader.identifier(fields.get("id")),
        names={language.text: reader.string(name) for language, name in reader.entries(names)},
        country=_country(reader, fields.get("country")),
        words=_by_language(reader, fields.get("words")),
        here=_by_language(reader, here),
        countries=frozenset(_country(reader, each) for each in reader.each(countries)),
    )
    if names is not None and actor.names and ENGLISH not in actor.names:
        reader.problem(names, "an English name is missing: it is shown where a language has none")
    if (here is None) != (countries is None):
        reader.problem(
            here or countries or node, "'here' and 'in' belong together: words, and the countries they hold in"
        )
    if "words" not in fields and here is None and fields:
        reader.problem(node, "an actor needs 'words', or 'here' with 'in': how else would a report name it?")
    return actor


def _by_language(reader: Reader, node: Node | None) -> dict[str, tuple[str, ...]]:
    return {language.text: reader.strings(words) for language, words in reader.entries(node)}


def _country(reader: Reader, node: Node | None) -> str:
    code = reader.string(node)
    if node is not None and code and not _COUNTRY.fullmatch(code):
        reader.problem(node, "a country is two capital letters, as in ISO 3166: SY, SD, UA")
    return code


# ---------------------------------------------------------------- together
@dataclass(frozen=True, slots=True)
class Gathered:
    """The actors of all files by their id, and what is wrong with them together."""

    actors: Mapping[str, Actor]
    problems: tuple[Problem, ...]


def gathered(shipped: Iterable[ActorFile], own: Iterable[ActorFile]) -> Gathered:
    """One's own actors beside the shipped ones, or for those of the same id. Of two in one's own files, the first."""
    own, shipped = tuple(own), tuple(shipped)
    by_id: dict[str, Listed] = {}
    problems = [problem for file in (*shipped, *own) for problem in file.problems]
    for listed in _all(own):
        first = by_id.setdefault(listed.actor.id, listed)
        if first is not listed:
            told = f"the id '{listed.actor.id}' is already taken at {first.file}:{first.line}"
            problems.append(Problem(listed.file, listed.line, listed.column, told))
    for listed in _all(shipped):
        by_id.setdefault(listed.actor.id, listed)
    return Gathered({actor_id: listed.actor for actor_id, listed in by_id.items()}, tuple(problems))


def _all(files: Iterable[ActorFile]) -> Iterator[Listed]:
    return (listed for file in files for listed in file.listed)
