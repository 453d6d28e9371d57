"""What a written word may be a form of: Arabic and Hebrew particles taken off, Slavic case endings put back.

The table of endings says which ending of a name becomes which in a text; it is read backwards here. A newcomer's
mistake is to cut endings off: that loses Kharkiv, whose cases are "Kharkov-" (Харків, у Харкові).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from bot.core.places.keys import is_arabic, without_article

SHORTEST_STEM = 3  # letters of a Slavic name before its ending
# Ending of the name: endings of its cases, all as folding leaves them (й is и, ї is і, ё is е).
_CASES = {
    "ів": "ова ову овом ові",
    "іи": "ия ию ием ія ію ієм єва єву єві",
    "ськ": "ська ську ськом ським ськові ськи",
    "цьк": "цька цьку цьком цьким",
    "ск": "ска ску ском ске",
    "": "а у ом ем ові еві і е ам ах ами",
    "ь": "я ю ем і ем є ем",
    "а": "и і у ою ы е ой",
    "я": "і ю ею е и еи єю",
    "ка": "ки ці ку кою ке кои",
    "га": "ги зі гу гою ге гои",
    "ха": "хи сі ху хою",
    "ія": "іі ію ією",
    "ия": "ии ию иеи",
    "о": "а у ом і ові",
    "е": "я ю єм ем і а ом у",
    "є": "я ю єм і",
    "и": "ів ам ами ах ей",
    "ы": "ов ам ами ах",
    "і": "ів ам ами ах",
    "ки": "ок кам ками ках",
    "ии": "ого ому им ом",
    "ыи": "ого ому ым ом",
    "ои": "ого ому ым ом",
    "еи": "его ему им ем",
    "ая": "ои ую ою",
    "ськии": "ського ському ським",
    "ська": "ськоі ськіи ську ською",
    "цька": "цькоі цькіи цьку цькою",
    "ская": "скои скую",
    "цкая": "цкои цкую",
    "ок": "ка ку ком ці",
    "ець": "ця цю цем ці",
    "ец": "ца цу цом це",
    "ие": "их им ими",
    "ые": "ых ым ыми",
    "ла": "лом лу ла",
    "ог": "огу огом озі ога",
    "іг": "огу огом озі ога",
    "ін": "ону оном оні она",
    "іль": "оля олю олем олі еля елю",
    "ень": "ня ню нем ні",
    "область": "області областю областью области",
}
_HEBREW = ("", "ו"), ("", "ב", "ל", "מ", "ה", "ש", "כ", "שב", "מה")
_ARABIC = (("و", "ف"), ("ب", "ك", "ل", "لل"), ("ال",))


def _backwards() -> dict[str, tuple[str, ...]]:
    """Ending in the text: endings that the name may have."""
    found: dict[str, list[str]] = {}
    for name, cases in _CASES.items():
        for case in cases.split():
            found.setdefault(case, []).append(name)
    return {case: tuple(dict.fromkeys(names)) for case, names in found.items()}


_NAME_ENDINGS = _backwards()
_LONGEST_ENDING = max(map(len, _NAME_ENDINGS))


@lru_cache(maxsize=50_000)
def bases_of(word: str) -> tuple[str, ...]:
    """The names, as folded words, that a folded word may be a form of: itself first."""
    if is_arabic(word):
        return tuple(dict.fromkeys(_without_clitics(word)))
    if "\u0400" <= word[:1] <= "\u04ff":
        return tuple(dict.fromkeys([word, *_nominatives(word)]))
    if "\u05d0" <= word[:1] <= "\u05ea":
        return tuple(dict.fromkeys(_without_prefixes(word)))
    return (word,)


def _without_clitics(word: str) -> list[str]:
    """An Arabic word without "and", "in", "to" and the article: at most nine forms, itself first."""
    forms = [word]
    for group in _ARABIC:
        forms += [f[len(p) :] for f in forms for p in group if f.startswith(p) and len(f) - len(p) > 2]
    return [*forms, *map(without_article, forms)]


def _without_prefixes(word: str) -> Iterator[str]:
    yield word
    for prefix in map("".join, product(*_HEBREW)):
        if prefix and word.startswith(prefix) and len(word) - len(prefix) > 2:
            yield word[len(prefix) :]


def _nominatives(word: str) -> Iterator[str]:
    for length in range(min(_LONGEST_ENDING, len(word) - 2), 0, -1):
        stem, ending = word[:-length], word[-length:]
        for name in _NAME_ENDINGS.get(ending, ()):
            if len(stem) + len(name) >= SHORTEST_STEM and len(stem) >= 2:
                yield stem + name
