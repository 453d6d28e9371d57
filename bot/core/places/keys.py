"""Keys that make the spellings of one place name equal: the name folded, its sounds, its consonants.

A newcomer matches names by edit distance: measured, there is no threshold at which that works in news.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.core.text import fold_word, tokenise

LONGEST_NAME = 6  # words
# Countries whose places are Latin only by transliteration from Arabic script, where vowels are anybody's guess.
ARABIC_COUNTRIES = frozenset(
    [
        "AE",
        "AF",
        "BH",
        "DJ",
        "DZ",
        "EG",
        "EH",
        "ER",
        "IL",
        "IQ",
        "IR",
        "JO",
        "KW",
        "LB",
        "LY",
        "MA",
        "ML",
        "MR",
        "NE",
        "OM",
        "PS",
        "QA",
        "SA",
        "SD",
        "SO",
        "SS",
        "SY",
        "TD",
        "TN",
        "YE",
    ]
)
CYRILLIC_COUNTRIES = frozenset(["BG", "BY", "KG", "KZ", "MD", "ME", "MK", "MN", "RS", "RU", "TJ", "UA", "UZ"])
ARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "il",
        "as",
        "ash",
        "ar",
        "an",
        "ad",
        "adh",
        "at",
        "ath",
        "az",
        "es",
        "esh",
        "ed",
        "er",
        "et",
        "ez",
        "ech",
        "ach",
        "edh",
        "en",
        "eth",
        "ej",
        "aj",
        "ett",
        "err",
        "enn",
        "ess",
        "edd",
    ]
)
# What tells villages of one name apart, and what reports leave out: great and small, upper and lower, the four winds.
QUALIFIERS = frozenset(
    [
        "kabir",
        "kabirah",
        "kabira",
        "kebir",
        "kebire",
        "saghir",
        "saghirah",
        "saghira",
        "gharbi",
        "gharbiyah",
        "gharbiya",
        "sharqi",
        "sharqiyah",
        "sharqiya",
        "shamali",
        "shamaliyah",
        "shamaliya",
        "janubi",
        "janubiyah",
        "janubiya",
        "qibli",
        "qibliyah",
        "fawqani",
        "fawqa",
        "fawqaniyah",
        "tahtani",
        "tahta",
        "tahtaniyah",
        "wustani",
        "wusta",
        "wastani",
        "awsat",
        "كبير",
        "كبيره",
        "صغير",
        "صغيره",
        "غربي",
        "غربيه",
        "شرقي",
        "شرقيه",
        "شمالي",
        "شماليه",
        "جنوبي",
        "جنوبيه",
        "قبلي",
        "قبليه",
        "فوقاني",
        "فوقا",
        "فوقانيه",
        "تحتاني",
        "تحتا",
        "تحتانيه",
        "وسطاني",
        "وسطي",
    ]
)
# Signs for hamza, ayn and soft sign that count as letters in Unicode but not in a name.
_SIGNS = str.maketrans("", "", "ʼʻʽʾʿˈˋˊʹʺ՚ꞌ")
APOSTROPHES = "'’‘`´ʼ′"
_APOSTROPHES = str.maketrans("", "", APOSTROPHES)
_ASCII_WORD = re.compile("[a-z0-9]+")
_LATIN = re.compile("[a-z]")


def words_of(name: str) -> tuple[str, ...]:
    """The folded words of a name as they would be met in a text; an apostrophe parts no words."""
    if name.isascii():  # half of the world's names, ten times as fast
        return tuple(_ASCII_WORD.findall(name.translate(_APOSTROPHES).lower()))
    return tuple(filter(None, map(bare_word, tokenise("title", name.translate(_APOSTROPHES)).words)))


@lru_cache(maxsize=50_000)
def bare_word(word: str) -> str:
    """A folded word without the signs for hamza and ayn."""
    return word if word.isascii() else word.translate(_SIGNS)


def key_of(name: str) -> str:
    """The key of a name: its folded words without articles, joined. "Kafr Nabl" and "Kafrnabl" share one."""
    return "".join(without_articles(words_of(name)))


def joined_keys(words: Sequence[str]) -> Iterator[str]:
    """A name as one word: with its articles, and without them where it has any."""
    whole = "".join(words)
    yield whole
    if (bare := "".join(without_articles(words))) != whole:
        yield bare


def without_articles(words: Sequence[str]) -> list[str]:
    return [without_article(w) for w in words if w not in ARTICLES] or list(words)


def unqualified(words: Sequence[str]) -> tuple[str, ...]:
    """A name without "the great" or "the eastern" at its end; nothing when there is none, or nothing else."""
    bare = [w for w in words if w not in ARTICLES]
    if len(bare) < len(words):
        words = bare
    is_qualified = len(words) > 1 and without_article(words[-1]) in QUALIFIERS
    return tuple(words[:-1]) if is_qualified else ()


def without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=50_000)
def is_latin(word: str) -> bool:
    return word.isascii() or _LATIN.search(word) is not None


def is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


def is_native(key: str, country: str | None) -> bool:
    """Is a Cyrillic key written as people in the country write? Arabic ones are too often a word, too."""
    return "\u0400" <= key[:1] <= "\u04ff" and country in CYRILLIC_COUNTRIES


def has_arabic(text: str) -> bool:
    """Is any letter of a text an Arabic one?"""
    return _ARABIC.search(text) is not None


_ARABIC = re.compile("[\u0600-\u06ff]")


# ---------------------------------------------------------------- sounds
_DIGRAPHS = (
    ("tsch", "C"), ("shch", "S"), ("sch", "S"), ("kh", "x"), ("gh", "g"), ("rh", "g"), ("sh", "S"), ("ch", "S"),
    ("th", "t"), ("dh", "d"), ("zh", "j"), ("ph", "f"), ("dj", "j"), ("ck", "k"), ("ts", "s"), ("tz", "s"),
    ("c", "k"), ("q", "k"), ("v", "w"), ("ou", "u"), ("oo", "u"), ("aw", "u"), ("au", "u"), ("ow", "u"), ("ao", "u"),
    ("uw", "u"), ("ee", "i"), ("ay", "i"), ("ai", "i"), ("ey", "i"), ("ei", "i"), ("iy", "i"), ("yi", "i"),
    ("ie", "i"), ("y", "i"), ("e", "i"), ("o", "u"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_FINAL = re.compile(r"(?:ia|iat|iah|at|it|ah|ih|a|i)$")
_SHORTEST_WITH_ENDING = 4  # letters; "Riha" ends, "Ras" does not


def sounds_of(words: Sequence[str]) -> str:
    """Latin words as they sound: long and short vowels, doubled letters and rival digraphs made one."""
    return _DOUBLED.sub(r"\1", "".join(map(_sound, without_articles(words))))


@lru_cache(maxsize=50_000)
def _sound(word: str) -> str:
    for written, sound in _DIGRAPHS:
        word = word.replace(written, sound)
    word = _DOUBLED.sub(r"\1", word)
    return _FINAL.sub("a", word) if len(word) >= _SHORTEST_WITH_ENDING else word


def consonants_of(words: Sequence[str]) -> str:
    """What is left of a name without vowels and without the letters that sound alike: never alone a proof."""
    if words and is_arabic(words[0]):
        return _DOUBLED.sub(r"\1", "".join(without_articles(words)).translate(_ALIKE_ARABIC))
    return _DOUBLED.sub(r"\1", "".join(map(_consonants, without_articles(words))).translate(_ALIKE))


def latin_consonants(arabic: str) -> str:
    """The consonants of an Arabic key as `consonants_of` gives them for its Latin spelling, but for a first vowel."""
    return _DOUBLED.sub(r"\1", arabic.removesuffix("ه").translate(_LATIN_OF_ARABIC))


def has_article(words: Sequence[str]) -> bool:
    """Does a name begin with "al", or with the Arabic article?"""
    return bool(words) and (words[0] in ARTICLES or words[0] != without_article(words[0]))


def arabic_sounds_of(key: str) -> str:
    """An Arabic key as it sounds: letters that reports take for each other made one, the long vowels kept."""
    return _DOUBLED.sub(r"\1", key.translate(_ALIKE_SOUNDING))


_LATIN_OF_ARABIC = str.maketrans("بتثجحخدذرزسشصضطظغفقكلمنهگپچڤ", "bddjhxddrdsSsdddgfkklmnhgbSf", "اويءىعئؤ")
_ALIKE = str.maketrans("tz", "dd")
_ALIKE_LETTERS = "صطظضذثقغ", "ستدددتكج"
_ALIKE_ARABIC = str.maketrans(*_ALIKE_LETTERS, "اويهءعى")
_ALIKE_SOUNDING = str.maketrans(*_ALIKE_LETTERS)


@lru_cache(maxsize=50_000)
def _consonants(word: str) -> str:
    sound = _sound(word)
    first = "a" if sound[:1] in "aiu" else sound[:1]
    return first + "".join(c for c in sound[1:] if c not in "aiuw")


def folded(word: str) -> str:
    """One word as it stands in keys."""
    return bare_word(fold_word(word))
