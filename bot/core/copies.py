"""Is this report a copy of one already read?

A copy is nearly the same text that tells no figure and no place which the earlier one did not. A newcomer's mistake is
to trust the text alone: of two strikes told in one outlet's formula, 41 of 42 words are the same.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zlib import crc32

from rapidfuzz import fuzz, process

from bot.core.model import Event, Reading, Told
from bot.core.text import fold

COPY_WINDOW = timedelta(days=30)  # a text of some length that comes again with a new date is no news
SHORT_WINDOW = timedelta(days=3)  # a headline that comes again later may be another strike told in the same words
EDITED_WINDOW = timedelta(hours=18)  # later, only a text word for word the same: tomorrow's strike has the same formula
LEAD_CHARACTERS = 1_000  # of a text that is longer, its first words stand in so many
LEAD_WORDS = 42  # what two copies share even when the end was cut
SHORT_LEAD_WORDS = 25  # shorter leads are copies only when they are equal: one word more may be another village
SAME_TEXT = 90.0  # ratio of sorted words
MARK = "#"  # begins what a report says in figures and places, among the words of its lead


# ---------------------------------------------------------------- one report and another
def told_of(reading: Reading) -> Told:
    """What must be kept of a report to know its copies again.

    The lead holds the first folded words of the text, sorted, so that the plain ratio of two leads is their
    token-sort ratio, and every figure and place that the report tells of. The title is left out of longer texts: it
    is what an outlet changes first.
    """
    report = reading.report
    title, text = fold(report.title).split(), _first_words(report.text)
    words = (text if len(text) >= SHORT_LEAD_WORDS else [*title, *text])[:LEAD_WORDS]
    marks = {f"{MARK}{word}" for word in (*title, *words) if word.isdecimal()} | set(_said(reading.events))
    lead = " ".join(sorted([*marks, *words]))
    return Told(report.id, report.digest, lead, report.published)


def _first_words(text: str) -> list[str]:
    """The folded words of a text, of a long one at least the first LEAD_WORDS: folding all of it would cost more."""
    beginning = text[:LEAD_CHARACTERS].rpartition(" ")[0]  # whole words alone
    words = fold(beginning).split()
    return words if len(words) >= LEAD_WORDS else fold(text).split()


def _said(events: Iterable[Event]) -> Iterable[str]:
    for event in events:
        if event.place is not None:
            yield f"{MARK}{event.place.id}"
        yield from (f"{MARK}{count.figure}" for count in (event.killed, event.injured, event.casualties) if count)


def copy_of(told: Told, recent: Iterable[Told]) -> Told | None:
    """The first of the earlier reports that this one repeats."""
    return next((earlier for earlier in recent if _repeats(told, earlier)), None)


def _repeats(told: Told, earlier: Told) -> bool:
    since = abs(told.published - earlier.published)
    if told.lead == earlier.lead:
        return since <= SHORT_WINDOW or not _is_short(told.lead)
    if since > EDITED_WINDOW:
        return False
    return _is_like(told.lead, earlier.lead) and _marks(told.lead) <= _marks(earlier.lead)


def _is_like(lead: str, earlier: str) -> bool:
    return not _is_short(lead) and fuzz.ratio(lead, earlier, score_cutoff=SAME_TEXT) > 0


def _is_short(lead: str) -> bool:
    return len(lead.split()) < SHORT_LEAD_WORDS


def _marks(lead: str) -> frozenset[str]:
    return frozenset(word for word in lead.split() if word.startswith(MARK))


# ---------------------------------------------------------------- one report and a hundred thousand
FILED = 8  # rarest words that a lead is filed under
ASKED = 12  # ... and asked under: room for words that were changed
SHARED = 2  # of them, at least, are the same in two copies
TOO_COMMON = 2_000  # leads under one word in a part, from where it says nothing; in larger parts 1 of 200
SMALLEST_PART = 1_000
NEVER = datetime.min.replace(tzinfo=UTC)


class Leads:
    """The leads of the last days by their rarest words, to find those nearly like a given one.

    The prefix filter of similarity joins (Chaudhuri, Ganti and Kaushik, ICDE 2006): two texts nearly the same share
    some of their rarest words, so only leads under those are compared. A lead must be asked under the words it was
    filed under, hence frequencies are frozen: leads are kept in parts, and a part takes its frequencies from the one
    before. A part ends when it is as large as all before it, so there are about log n of them, and old ones go whole.
    """

    def __init__(self) -> None:
        self._ended: list[_Ended] = []
        self._open = _Open({})

    def __len__(self) -> int:
        return sum(map(len, self._ended)) + len(self._open)

    def add(self, number: int, lead: str, published: datetime) -> None:
        """File a lead under a number of the caller's."""
        if len(self._open) >= max(SMALLEST_PART, len(self) - len(self._open)):
            self._end_part()
        self._open.add(number, lead, published)

    def _end_part(self) -> None:
        part, frequency = self._open, self._open.frequencies()
        if not self._ended:  # it had none to go by: 300 of its 1,000 leads stood under words that are common
            part = part.refiled(frequency)
        self._ended.append(part.end())
        self._open = _Open(frequency)

    def like(self, lead: str) -> list[int]:
        """The numbers of all leads that may be of copies, the last filed first."""
        words = sorted(set(lead.split()))
        return [number for part in (self._open, *reversed(self._ended)) for number in part.like(lead, words)]

    def forget(self, before: datetime) -> None:
        """Let go of the parts in which everything was published before then."""
        self._ended = [part for part in self._ended if part.newest >= before]


class _Part:
    """Leads, and how to find those under a word."""

    def __init__(self, frequency: Mapping[str, int], numbers: array[int], leads: list[str], newest: datetime) -> None:
        self._frequency = frequency
        self._numbers = numbers
        self._leads = leads
        self.newest = newest

    def __len__(self) -> int:
        return len(self._leads)

    def _under(self, word: str, most: int) -> Sequence[int]:
        """The positions of the leads filed under a word; none if there are more than `most`."""
        raise NotImplementedError

    def like(self, lead: str, words: Sequence[str]) -> list[int]:
        """The numbers of the leads that may be of copies. `words` are those of the lead in order, each once."""
        candidates = self._candidates(words)
        if not candidates:  # as for nearly all that is news
            return []
        cutoff = 100.0 if _is_short(lead) else SAME_TEXT
        leads = [self._leads[position] for position in candidates]
        close = process.extract(lead, leads, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None)
        return sorted((self._numbers[candidates[index]] for _, _, index in close), reverse=True)

    def _candidates(self, words: Sequence[str]) -> list[int]:
        found: list[int] = []
        most = max(TOO_COMMON, len(self) // 200)
        for word in self._rarest(words, ASKED):
            found += self._under(word, most)
        enough = min(SHARED, len(words))
        return [position for position, count in Counter(found).items() if count >= enough] if found else []

    def _rarest(self, words: Sequence[str], most: int) -> list[str]:
        """So many words at most, the rarest first, those as rare in the order in which they are given."""
        frequency = self._frequency
        unknown = [word for word in words if word not in frequency]
        if len(unknown) >= most:  # sorting what is left took half the time
            return unknown[:most]
        known = [word for word in words if word in frequency]
        return [*unknown, *sorted(known, key=frequency.__getitem__)][:most]


class _Open(_Part):
    """The part that leads are added to."""

    def __init__(self, frequency: Mapping[str, int]) -> None:
        super().__init__(frequency, array("q"), [], NEVER)
        self._seen: Counter[str] = Counter()
        self._filed: dict[str, array[int]] = {}

    def add(self, number: int, lead: str, published: datetime) -> None:
        words = sorted(set(lead.split()))
        for word in self._rarest(words, FILED):
            self._filed.setdefault(word, array("I")).append(len(self._leads))
        self._seen.update(words)
        self._leads.append(lead)
        self._numbers.append(number)
        self.newest = max(self.newest, published)

    def _under(self, word: str, most: int) -> Sequence[int]:
        filed = self._filed.get(word, ())
        return filed if len(filed) <= most else ()

    def frequencies(self) -> dict[str, int]:
        """In how many of the leads each word occurs, those that occur once left out."""
        return {word: count for word, count in self._seen.items() if count > 1}

    def refiled(self, frequency: Mapping[str, int]) -> _Open:
        """The same leads under the words that are rarest by other frequencies."""
        part = _Open(frequency)
        for number, lead in zip(self._numbers, self._leads, strict=True):
            part.add(number, lead, self.newest)
        return part

    def end(self) -> _Ended:
        packed = sorted(_key(word) | position for word, filed in self._filed.items() for position in filed)
        return _Ended(self._frequency, self._numbers, self._leads, self.newest, array("Q", packed))


class _Ended(_Part):
    """A part that does not change: eight bytes for a word of a lead, where a dictionary takes a hundred."""

    def __init__(
        self, frequency: Mapping[str, int], numbers: array[int], leads: list[str], newest: datetime, packed: array[int]
    ) -> None:
        super().__init__(frequency, numbers, leads, newest)
        self._packed = packed  # hash of the word and position of the lead, 32 bits each, in order

    def _under(self, word: str, most: int) -> Sequence[int]:
        key, packed = _key(word), self._packed
        start = bisect_left(packed, key)
        if start == len(packed) or packed[start] > key | POSITION:
            return ()
        end = bisect_right(packed, key | POSITION, start)
        return [each & POSITION for each in packed[start:end]] if end - start <= most else ()


POSITION = (1 << 32) - 1


def _key(word: str) -> int:
    """Two words under one key, a few pairs among 200,000, cost a comparison in vain."""
    return crc32(word.encode()) << 32
