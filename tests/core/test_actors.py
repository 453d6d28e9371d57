"""Files of armed actors: what each mistake is answered with, and what stands in the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.actors import ActorFile, blaming_of, gathered, parse_actors
from bot.core.events.vocabulary import vocabulary_of
from bot.core.eventwords import LONGEST_ACTOR
from bot.tongues import languages

BAD = sorted(Path(__file__).with_name("bad_actors").glob("*.yaml"))
ENGLISH = vocabulary_of({"language": "en", "script": "latin", "killed": ["killed"]})
FRENCH = vocabulary_of({"language": "fr", "script": "latin", "killed": ["tué"]})
ARABIC = vocabulary_of({"language": "ar", "script": "arabic", "killed": ["قتل"]})


def file_of(*ids: str, name: str = "Brigade", file: str = "here.yaml") -> ActorFile:
    lines = [f"- {{id: {each}, names: {{en: {name}}}, words: {{en: [{each}]}}}}\n" for each in ids]
    return parse_actors("".join(lines), file)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_each_mistake_is_told_where_it_is_and_what_is_good_is_kept(path: Path):
    text = path.read_text(encoding="utf-8")
    *told, kept = [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]
    found = gathered([], [parse_actors(text, path.name)])

    assert [str(problem) for problem in sorted(found.problems)] == [f"{path.name}:{line}" for line in told]
    assert list(found.actors) == [name for name in kept.removeprefix("kept:").strip().split(", ") if name]


def test_ones_own_actor_stands_for_the_shipped_one_of_its_id():
    both = gathered([file_of("hill", "valley")], [file_of("hill", name="Our Brigade")])

    assert both.problems == ()
    assert {each: actor.names["en"] for each, actor in both.actors.items()} == {
        "hill": "Our Brigade",
        "valley": "Brigade",
    }


def test_a_word_is_sought_in_all_languages_of_its_script_and_in_no_other():
    blaming = blaming_of(gathered([], [file_of("hill")]).actors, [ENGLISH, FRENCH, ARABIC])
    found = {language: wording.names.every(["hill"], 0, 1)[0] for language, wording in blaming.spoken.items()}

    assert [language for language, hits in found.items() if hits] == ["en", "fr"]


def test_without_actors_nothing_is_sought():
    assert blaming_of({}, [ENGLISH]).spoken == {}


# ---------------------------------------------------------------- the shipped ones
def test_a_shipped_actor_has_a_name_in_every_language_that_people_read(rulebook):
    actors = rulebook.knowledge.blaming.actors

    assert [(a.id, language) for a in actors.values() for language in languages() if language not in a.names] == []


def test_a_name_is_short_enough_for_a_line(rulebook):
    names = [name for actor in rulebook.knowledge.blaming.actors.values() for name in actor.names.values()]

    assert [name for name in names if len(name) > LONGEST_ACTOR] == []


def test_a_word_means_several_actors_only_where_a_country_tells_them_apart(rulebook):
    for actor in rulebook.knowledge.blaming.actors.values():
        for language, words in actor.words.items():
            named = rulebook.knowledge.blaming.spoken[language].names
            for word in words:
                bare = word.replace("*", "").replace("-", " ").replace("'", " ")
                anywhere = {n.actor for n in _meant(named, bare) if n.countries is None}
                assert anywhere <= {actor.id}, word


def _meant(named, word):
    from bot.core.text import words_alone

    words = words_alone(word)
    return [
        n for who, first, end, _ in named.every(words, 0, len(words))[0] if (first, end) == (0, len(words)) for n in who
    ]
