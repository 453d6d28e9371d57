"""The words of all actors in one tree for each language, and those that say who did it in another.

A newcomer's mistake is to keep languages apart: "Hezbollah" is written alike in all that share a script, so a name of
one is sought in the others as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from bot.core.events.phrases import Phrases, key_of, phrases_of
from bot.core.events.vocabulary import HARM, Role, Vocabulary
from bot.core.model import Actor


class Cue(Enum):
    """What a word does in saying who did it. The values are its layer, in which it is looked up.

    The first are keys of a vocabulary file by the same name, the others roles that its words have in telling of harm.
    """

    AGENCY = 0
    AGENCY_BEHIND = 1
    ATTACKS = 2
    ATTACKING = 3
    DOERS = 4
    AGAINST = 5
    ACCUSING = 6
    CLASHES = 7
    OPENING = 8
    TURNS = 9
    OTHERS_THAN = 10
    BY = 11
    HARM = 12
    NOT = 13
    AND = 14
    TIME = 15
    DENIAL = 16
    NO_OBJECT = 17


_OF_ROLES: Mapping[Role, tuple[Cue, ...]] = {
    Role.BY: (Cue.BY, Cue.NO_OBJECT),
    Role.NOT: (Cue.NOT,),
    Role.AND: (Cue.AND, Cue.NO_OBJECT),
    Role.WEEKDAY: (Cue.TIME, Cue.NO_OBJECT),
    Role.DAYS_AGO: (Cue.TIME, Cue.NO_OBJECT),
    Role.DENIAL: (Cue.DENIAL,),
    Role.PREPOSITION: (Cue.NO_OBJECT,),
    Role.BARRIER: (Cue.NO_OBJECT,),
    Role.PASSIVE: (Cue.NO_OBJECT,),
    Role.PERFECT: (Cue.NO_OBJECT,),
    **dict.fromkeys(HARM, (Cue.HARM,)),
}


class Naming(NamedTuple):
    """One actor that a word may mean: anywhere, or where something happened in one of these countries."""

    actor: str
    countries: frozenset[str] | None = None


Namings = tuple[Naming, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What is sought in one language; `verb_first` and `stacked` as in its vocabulary."""

    names: Phrases[Namings]
    cues: Phrases[None]
    verb_first: bool
    stacked: bool


@dataclass(frozen=True, slots=True)
class Blaming:
    """The actors by their id, and what is sought by language."""

    actors: Mapping[str, Actor] = field(default_factory=dict)
    spoken: Mapping[str, Wording] = field(default_factory=dict)


NOBODY = Blaming()


def blaming_of(actors: Mapping[str, Actor], vocabularies: Sequence[Vocabulary]) -> Blaming:
    """The actors as these languages name and blame them."""
    scripts = {vocabulary.language: vocabulary.script for vocabulary in vocabularies}
    spoken = {v.language: _wording(v, actors.values(), scripts) for v in vocabularies if actors}
    return Blaming(actors, spoken)


def _wording(vocabulary: Vocabulary, actors: Iterable[Actor], scripts: Mapping[str, str]) -> Wording:
    same_script = {language for language, script in scripts.items() if script == vocabulary.script}
    named: dict[str, list[Naming]] = {}
    for written, naming in _namings(actors, same_script):
        known = named.setdefault(key_of(written), [])
        if naming not in known:
            known.append(naming)
    names = phrases_of([[(written, tuple(namings)) for written, namings in named.items()]], vocabulary.prefixes)
    layers: list[list[tuple[str, None]]] = [[] for _ in Cue]
    for written, cue in _cues(vocabulary):
        layers[cue.value].append((written, None))
    cues = phrases_of(layers, vocabulary.prefixes)
    return Wording(names, cues, vocabulary.verb_first, vocabulary.stacked)


def _namings(actors: Iterable[Actor], languages: Iterable[str]) -> Iterator[tuple[str, Naming]]:
    for actor in actors:
        for language in languages:
            yield from ((written, Naming(actor.id)) for written in actor.words.get(language, ()))
            local = Naming(actor.id, actor.countries)
            yield from ((written, local) for written in actor.here.get(language, ()))


def _cues(vocabulary: Vocabulary) -> Iterator[tuple[str, Cue]]:
    for written, key in vocabulary.blame:
        yield written, Cue[key.upper()]
    for written, lexeme in (*vocabulary.telling, *vocabulary.context):
        for cue in _OF_ROLES.get(lexeme.role, ()):
            yield written, cue
