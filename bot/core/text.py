"""Text as people write it, made comparable: folded words, sentences, and the way back to the source.

Words are folded one by one, so a folded word always knows where it stands in the text as given. A newcomer's mistake is
to fold a whole text and then look for offsets in it: folding changes lengths.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate, chain
from typing import NamedTuple

from bot.core.model import Field

# Characters that are written but not seen: soft hyphen, zero-width and bidi controls, joiners, variation selectors.
INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
TATWEEL = "\u0640"
# Marks that stand on a letter and do not count: Latin accents, Hebrew points, Arabic vowels.
MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"

_WORD = re.compile(rf"([\w{INVISIBLE}{MARKS}]+)")
_ASCII_WORD = re.compile(r"([a-z0-9]+)")
_UNSEEN = re.compile(rf"[{INVISIBLE}{MARKS}{TATWEEL}]+")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_STOP = re.compile(r"[.!?؟…։।](?:[\"'”’»)\]]*\s|[^\w]*$)")
_PAUSE = re.compile(r"[,;:،؛()\[\]—–|•]|\s-+\s|\.\.")
_NUMBER_WORD = re.compile(r"(\d{1,4})([^\W\d_]{3,})")
_CLITIC_NUMBER = re.compile(r"([وفبلك]+)(\d+)")

# Cyrillic letters drawn like Latin ones, and back: a word that mixes both alphabets is read in the one it mostly uses.
_TO_LATIN = str.maketrans("аеорсхуіѕԁԛԝһјк", "aeopcxyisdqwhjk")
_TO_CYRILLIC = str.maketrans("aeopcxyik", "аеорсхуік")
_SPECIAL = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ھ": "ه",
    }
    | {"ؤ": "و", "ئ": "ي", "ک": "ك", "ء": None, "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"}
    | {"ё": "е", "ґ": "г"}
)
WRAPPED_LINE = 50  # characters; a line at least this long that ends without a full stop goes on in the next one


@lru_cache(maxsize=100_000)
def fold_word(word: str) -> str:
    """One word without case, accents, vowel marks, invisible characters, look-alike letters and spelling variants.

    Letters of another alphabet inside an Arabic word are taken for filter evasion and dropped.
    """
    if word.isascii():
        return word.lower()
    seen = _UNSEEN.sub("", word)
    if seen.isdecimal():
        return _digits(seen)
    folded = unicodedata.normalize("NFKD", seen).casefold()
    folded = "".join(filter(str.isalnum, folded)).translate(_SPECIAL)
    if folded.isdecimal():  # a fraction or a footnote mark such as 15², which would read as 152
        return ""
    if _ARABIC.search(folded):
        return _fold_arabic(folded)
    if _CYRILLIC.search(folded) and _LATIN.search(folded):
        return _one_alphabet(folded)
    return folded


def _fold_arabic(word: str) -> str:
    letters = "".join(c for c in word if c.isalpha() and not c.isascii())
    return letters or word


def _one_alphabet(word: str) -> str:
    latin = len(_LATIN.findall(word))
    return word.translate(_TO_LATIN) if latin * 2 >= len(word) - 1 else word.translate(_TO_CYRILLIC)


def _digits(word: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in word)


def fold(text: str) -> str:
    """All folded words of a text, joined by single spaces: for comparing texts, never for offsets. Linear time."""
    if text.isascii():
        return " ".join(text.translate(_PLAIN).split())
    return " ".join(filter(None, chain.from_iterable(map(_FOLDED.__getitem__, text.split()))))


def words_alone(text: str) -> list[str]:
    """As `tokenise(...).words`, at a third of its cost: for texts of which nobody may ever ask where a word stands."""
    if text.isascii():
        return text.translate(_PLAIN).split()
    if TATWEEL in text:  # may join words across a blank
        return list(tokenise("text", text).words)
    remembered = _MENDED if _ARABIC.search(text) else _FOLDED
    return list(chain.from_iterable(map(remembered.__getitem__, text.split())))


_PLAIN = {ord(sign): sign.lower() if sign.isalnum() else " " for sign in map(chr, range(128))}


class _Remembered(dict[str, tuple[str, ...]]):
    """The words of what stands between two blanks, each found once: no word goes across a blank."""

    def __init__(self, find: Callable[[str], Iterable[str]]) -> None:
        self._find = find

    def __missing__(self, written: str) -> tuple[str, ...]:
        words = tuple(self._find(written))
        if len(self) >= REMEMBERED:
            self.clear()
        if len(written) <= LONGEST_REMEMBERED:
            self[written] = words
        return words


REMEMBERED = 50_000  # at about 250 bytes
LONGEST_REMEMBERED = 30  # characters; links are longer, and come once


def _folded(written: str) -> Iterator[str]:
    return map(fold_word, _WORD.split(written.replace("_", " "))[1::2])


_FOLDED = _Remembered(_folded)
_MENDED = _Remembered(lambda written: _mended(_cut("text", written)).words)


# ---------------------------------------------------------------- words with their places
class Gap(IntEnum):
    """What stands between two words: nothing that matters, a comma, the end of a sentence, an empty line."""

    SPACE = 0
    PAUSE = 1
    STOP = 2
    BREAK = 3


@dataclass(frozen=True, slots=True)
class Prose:
    """One field of a report as folded words. Word i is `source[starts[i]:ends[i]]`; `gaps[i]` follows it, raw."""

    field: Field
    source: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: tuple[str, ...]

    def gap(self, index: int) -> Gap:
        return kind_of_gap(self.gaps[index])

    def pauses(self, index: int) -> bool:
        """Does a comma or the like follow this word?"""
        return _is_pause(self.gaps[index])

    def slice(self, first: int, last: int) -> str:
        """The source from word `first` to word `last`, both included."""
        return self.source[self.starts[first] : self.ends[last]]

    def starts_upper(self, index: int) -> bool:
        return self.source[self.starts[index]].isupper()


class Sentence(NamedTuple):
    """Words `first` up to, not including, `end`."""

    first: int
    end: int


@lru_cache(maxsize=20_000)
def kind_of_gap(gap: str) -> Gap:
    if gap.count("\n") > 1:
        return Gap.BREAK
    if _STOP.search(gap):
        return Gap.STOP
    return Gap.PAUSE if _PAUSE.search(gap) else Gap.SPACE


@lru_cache(maxsize=20_000)  # asked a hundred times per report
def _is_pause(gap: str) -> bool:
    return kind_of_gap(gap) is Gap.PAUSE


def tokenise(field: Field, text: str) -> Prose:
    """The words of a text and where they stand. Linear time, about 100 microseconds for 3 KB."""
    prose = _cut(field, text)
    return prose if text.isascii() or not _ARABIC.search(text) else _mended(prose)


def _cut(field: Field, text: str) -> Prose:
    plain = text.isascii()  # then lower case is all of folding, and keeps its length
    parts = _ASCII_WORD.split(text.lower().replace("_", " ")) if plain else _WORD.split(text.replace("_", " "))
    ends = list(accumulate(map(len, parts)))
    words = parts[1::2] if plain else map(fold_word, parts[1::2])
    return Prose(field, text, tuple(words), tuple(ends[0:-1:2]), tuple(ends[1::2]), tuple(parts[2::2]))


def _mended(prose: Prose) -> Prose:
    """Arabic words that were broken to pass filters, whole again; a number glued to "and" or "by" on its own."""
    words: list[tuple[str, int, int, str]] = []
    stretched = TATWEEL in prose.source
    before = ""  # the gap before a word; nearly all are whole words behind a space, and cost no more than this loop
    for word, start, end, gap in zip(prose.words, prose.starts, prose.ends, prose.gaps, strict=True):
        if words and (stretched or before == ".") and _broken(prose.source, words[-1], start):
            last = words.pop()
            words.append((last[0] + word, last[1], end, gap))
        elif len(word) == end - start and word.isalpha():  # folding drops digits from Arabic words
            words.append((word, start, end, gap))
        else:
            words += _unglued(prose.source, word, start, end, gap)
        before = gap
    folded, starts, ends, gaps = zip(*words, strict=True) if words else ((), (), (), ())
    return Prose(prose.field, prose.source, folded, starts, ends, gaps)


def _broken(source: str, last: tuple[str, int, int, str], start: int) -> bool:
    """A tatweel on both sides of a gap, or single Arabic letters with dots between: one word in disguise."""
    _, first, end, gap = last
    if gap not in _DISGUISES:
        return False
    if source[end - 1] == TATWEEL and source[start] == TATWEEL:
        return True
    return gap == "." and (end - first == 1 or source[end - 1] == TATWEEL or source[start] == TATWEEL)


_DISGUISES = frozenset({" ", ".", "..", "-", "*", "/", " . ", "|"})


def _unglued(source: str, word: str, start: int, end: int, gap: str) -> Iterator[tuple[str, int, int, str]]:
    """A number written together with "and" before it or with the word after it, each on its own."""
    if after_clitic := _CLITIC_NUMBER.fullmatch(source, start, end):
        start += len(after_clitic[1])
        word = _digits(source[start:end])
    elif before_word := _NUMBER_WORD.fullmatch(source, start, end):
        middle = start + len(before_word[1])
        yield _digits(before_word[1]), start, middle, " "
        start = middle
    if word:
        yield word, start, end, gap


# ---------------------------------------------------------------- sentences
INNER_GAPS = frozenset({" ", ", ", "-", "'", "’", " - ", "، "})  # the most frequent of those that end no sentence


def sentences(prose: Prose, abbreviations: Collection[str]) -> Iterator[Sentence]:
    """The sentences of a text, in order, together holding every word."""
    first = 0
    for index in [i for i, gap in enumerate(prose.gaps) if gap not in INNER_GAPS]:  # one of fourteen
        if _ends_sentence(prose, index, abbreviations):
            yield Sentence(first, index + 1)
            first = index + 1
    if first < len(prose.words):
        yield Sentence(first, len(prose.words))


def _ends_sentence(prose: Prose, index: int, abbreviations: Collection[str]) -> bool:
    gap = prose.gaps[index]
    kind = kind_of_gap(gap)
    if kind is Gap.BREAK:
        return True
    if gap == "." and _is_inner_point(prose, index):
        return False
    if kind is Gap.STOP:
        return not (gap.startswith(".") and _abbreviates(prose, index, abbreviations))
    return "\n" in gap and not _wrapped(prose, index)


def _is_inner_point(prose: Prose, index: int) -> bool:
    """ "1.200", "example.org": a point without a space in a number, or between Latin letters before a small one."""
    if index + 1 == len(prose.words):
        return False
    word, following = prose.words[index], prose.words[index + 1]
    if word.isdecimal() and following.isdecimal():
        return True
    return (word + following).isascii() and not (len(word) >= SHORTEST_LAST_WORD and prose.starts_upper(index + 1))


SHORTEST_LAST_WORD = 3  # letters: "the violations.In a letter" is two sentences, "U.S.A" is a name


def _abbreviates(prose: Prose, index: int, abbreviations: Collection[str]) -> bool:
    word = prose.words[index]
    return word in abbreviations or (len(word) == 1 and word.isalpha() and word.isascii())


def _wrapped(prose: Prose, index: int) -> bool:
    """Is the line break after this word only the edge of a column? Then its line is long and no list item follows."""
    line_start = prose.source.rfind("\n", 0, prose.starts[index]) + 1
    return prose.ends[index] - line_start >= WRAPPED_LINE and not _BULLET.search(prose.gaps[index])


_BULLET = re.compile(r"\n\s*[-*•#]")
