"""The translations: whole, true to their patterns, and in force."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message

from bot.core.tongue import END_OF_ISOLATE, ISOLATE, RIGHT_MARK
from bot.tongues import languages, name_of, tongue
from tests.fake_telegram.formatting import typed
from tests.texts import catalogue, extracted, translations

OTHERS = languages()[1:]
# Words that are the same in two languages, and patterns that hold no words.
EQUAL = {
    *(", ", "; ", "{number}", "“{title}”", "{time} UTC", "{number} min", "{number} h", "{number} source"),
    *("{who}: {what}", "{title} {url}: {error}", "{place}, {toll}: /incident {reference}", "“{surface}”: {why}"),
    *("{asks}: {found}", "{number} chat", "{number} chats"),
    *("Sources", "Correct", "{since} - {until} ({zone})", "{area}: {told}", "{number} incident", "{number} incidents"),
}
HIGHEST = 1000


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text or ""),)


def strings(message: Message) -> tuple[str, ...]:
    return forms(message.string)


def ids(message: Message) -> tuple[str, ...]:
    return forms(message.id)


def names(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


def test_there_are_seven_languages_each_by_its_own_name():
    assert set(languages()) == {"en", "ar", "es", "fr", "ru", "tr", "uk"}
    assert [name_of(language) for language in ("en", "ar", "ru")] == ["English", "العربية", "Русский"]


@pytest.fixture(scope="module")
def said():
    """The texts of the sources, read once for all languages."""
    return {message.id for message in extracted() if message.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_no_translation_is_left_over(language, said):
    known = translations(language)

    assert {message.id for message in known} == said, "collect the texts anew with: make texts"
    assert [message.id for message in known if message.fuzzy or not all(strings(message))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_has_the_names_of_its_pattern_and_a_form_for_every_number(language):
    known = catalogue(language)
    numbers_of = plural_numbers(language)
    for message in translations(language):
        wanted = names(ids(message)[-1])
        if isinstance(message.id, str):
            assert names(strings(message)[0]) == wanted, message.id
            continue
        assert len(strings(message)) == known.num_plurals, message.id
        for form, string in enumerate(strings(message)):
            alone = numbers_of[form] == 1  # a form for one number alone, such as the Arabic dual, may be a word
            assert wanted - names(string) <= ({"number"} if alone else set()), (message.id, string)
            assert names(string) <= wanted, (message.id, string)


def plural_numbers(language: str) -> dict[int, int]:
    """How many of the numbers up to a thousand each form is for."""
    say = tongue(language).ngettext
    known = strings(next(m for m in translations(language) if ids(m)[0] == "{number} killed"))
    found = [known.index(say("{number} killed", "{number} killed", number)) for number in range(HIGHEST)]
    return {form: found.count(form) for form in range(len(known))}


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_the_english_by_accident(language):
    same = [ids(m)[0] for m in translations(language) if set(strings(m)) & set(ids(m))]

    assert set(same) <= EQUAL


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_brings_markup_or_marks_of_its_own(language):
    for message in translations(language):
        tags = re.findall(r"</?\w+>", ids(message)[0])
        for string in strings(message):
            assert re.findall(r"</?\w+>", string) == tags, string
            assert not re.search(r"&|[\x00-\x09\x0b-\x1f\u2066-\u2069\u200e\u200f]", string), string
            assert string == string.strip() or string.strip() in ",;،؛", string


# ---------------------------------------------------------------- in force
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "قتيل واحد"),
        (2, "قتيلان"),
        (3, "3 قتلى"),
        (10, "10 قتلى"),
        (11, "11 قتيلاً"),
        (99, "99 قتيلاً"),
        (100, "100 قتيل"),
        (102, "102 قتيل"),
        (103, "103 قتلى"),
        (111, "111 قتيلاً"),
    ],
)
def test_arabic_counts_by_its_six_forms(number, said):
    assert tongue("ar").count("{number} killed", "{number} killed", number) == said


@pytest.mark.parametrize(("language", "said"), [("ru", "21 источник"), ("uk", "21 джерело"), ("fr", "21 sources")])
def test_a_number_that_ends_in_one_is_not_one_everywhere(language, said):
    assert tongue(language).count("{number} source", "{number} sources", 21) == said


def test_a_language_that_is_not_there_is_english_and_a_dialect_is_its_language():
    assert tongue("pt").language == "en"
    assert tongue("pt", None, "fr-CA").language == "fr"
    assert tongue("AR-sy").language == "ar"


def test_a_name_of_the_other_direction_stands_apart_and_one_of_the_same_does_not():
    arabic, english = tongue("ar"), tongue("en")

    assert f"{ISOLATE}Idlib{END_OF_ISOLATE}" in arabic.say("This chat now hears about: {title}", title="Idlib")
    assert ISOLATE not in arabic.say("This chat now hears about: {title}", title="إدلب")
    assert f"{ISOLATE}إدلب{END_OF_ISOLATE}" in english.say("This chat now hears about: {title}", title="إدلب")


def test_the_number_of_a_group_keeps_its_sign_before_it_in_arabic():
    turned_away = "This bot is not open to everybody. To be let in, give this number to whoever runs it: {number}"

    assert tongue("ar").say(turned_away, number=-1001).endswith(f": {ISOLATE}-1001{END_OF_ISOLATE}")
    assert tongue("en").say(turned_away, number=-1001).endswith(": -1001")


def test_a_line_runs_in_the_direction_of_its_language_whatever_it_begins_with():
    assert tongue("ar").line("Idlib").startswith(RIGHT_MARK)
    assert tongue("en").line("إدلب").startswith("\u200e")
    assert tongue("en").line(f"{ISOLATE}إدلب{END_OF_ISOLATE} · 1 source").startswith(ISOLATE)


def test_commands_in_arabic_stay_commands_and_keep_their_slash_before_them():
    said = tongue("ar").say("This chat listens to nothing. /subscribe to choose.")

    assert f"{ISOLATE}/subscribe{END_OF_ISOLATE}" in said
    assert [entity["type"] for entity in typed(said).entities] == ["bot_command"]


@pytest.mark.parametrize(
    ("pattern", "names", "written"),
    [
        ("Digests come at {time}. Another hour: /digest at 06:30", {"time": "08:00"}, "/digest at 06:30"),
        ("Which clock does this chat live by? Any other: /timezone Europe/Kyiv", {}, "/timezone Europe/Kyiv"),
        (
            "The whole incident: /incident {reference}",
            {"reference": "k3f9a2xq"},
            f"/incident {ISOLATE}k3f9a2xq{END_OF_ISOLATE}",
        ),
    ],
)
def test_a_command_with_all_that_is_typed_after_it_runs_rightward_in_arabic(pattern, names, written):
    assert tongue("ar").say(pattern, **names).endswith(f"{ISOLATE}{written}{END_OF_ISOLATE}")
