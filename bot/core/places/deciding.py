"""Which of the names in a report are places, which places, and why; those that are not, and why not.

Countries, hand-written and large places stand for themselves; small ones need the company of their country, of a place
round them, or a word such as "village". A newcomer's mistake is to judge names one by one: a report is about somewhere,
and each place that is sure makes the next one surer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.model import Field, Said, Toponym
from bot.core.places.attesting import unattested
from bot.core.places.cases import LARGE, Case, cases_of, is_dateline, listed, tied
from bot.core.places.company import ENOUGH, NAMED, Company, named_countries, with_places
from bot.core.places.cues import Cues
from bot.core.places.finding import Mention, named
from bot.core.places.gazetteer import WEIGHT, Gazetteer, Known, described, renown
from bot.core.places.guards import (
    explains,
    is_nobodys,
    is_shouting,
    is_unit,
    lower_words,
    on_street,
    part_of_longer,
    unknown_before,
)
from bot.core.places.keys import ARABIC_COUNTRIES, is_arabic, is_latin, is_native
from bot.core.places.nearness import may_hold, relates, same
from bot.core.places.reasons import (
    A_COUNTRY,
    A_LARGE_PLACE,
    BESIDE_ITS_AREA,
    BY_HAND,
    IN_AREA,
    LARGE_OF_COUNTRY,
    NAME,
    THE_ONLY_ONE,
    in_dateline,
    known_as,
    large_with,
    of_country,
    only_with,
    says_dateline,
    several_of,
)
from bot.core.places.spelling import INSIDE, is_main, respelt
from bot.core.text import Prose

WITHIN, BESIDE = 4.0, 6.0  # a place round it is named in the report; right beside it
MAIN, ARTICLE = 1.0, 1.0  # the name is the place's main one; both or neither have an article: "al-Shafa", "Shafa"
ARABIC_ARTICLE = 1.5  # the same in Arabic, which writes it
CLOSE_CALL = 1.0  # in score: who leads by less has not won
DISTINCTIVE = 6  # letters
MOST_CHOICES = 3  # shown where a name stays open
# Countries whose towns are named like people and things in English reports: a town there needs a word such as "in".
PLAIN = frozenset(
    [
        "US",
        "GB",
        "CA",
        "AU",
        "NZ",
        "IE",
        "ZA",
        "JM",
        "BS",
        "PH",
        "IN",
        "FR",
        "DE",
        "IT",
        "ES",
        "NL",
        "BR",
        "PT",
        "MX",
        "AR",
    ]
)
MILLION = 1_000_000
LONG_ENOUGH = 5  # letters of a name of a large place that is not its main one


@dataclass(frozen=True, slots=True)
class Rejected:
    """A name that is no place here, or not surely one, and why not."""

    field: Field
    start: int
    end: int
    surface: str
    why: str


@dataclass(frozen=True, slots=True)
class PlacesRead:
    """The places of a report in order, and the names that were looked at and left."""

    toponyms: tuple[Toponym, ...]
    rejected: tuple[Rejected, ...] = ()


class Verdict(NamedTuple):
    """A place and why it is one; or none and, in English for whoever looks into rules, why not."""

    known: Known | None
    why: Said | None = None
    against: str = ""


def find_places(fields: Sequence[Prose], gazetteer: Gazetteer, home: str | None) -> PlacesRead:
    """The places that a report names. `home` is the country that its feed covers, ISO 3166 alpha-2."""
    lower = lower_words(fields)
    texts = [named(prose, gazetteer.cues) for prose in fields]
    cases = [case for text in texts for case in cases_of(text, gazetteer, lower)]
    company = named_countries(fields, cases, gazetteer.cues, home)
    verdicts, company = _decided(cases, company, gazetteer.cues)
    verdicts = _together(cases, verdicts)
    decided = [(case, verdicts[number]) for number, case in enumerate(cases)]
    spelt = list(respelt(texts, [c.mention for c, v in decided if v.known], gazetteer, company))
    toponyms = [c.mention.toponym(v.known, v.why) for c, v in decided if v.known and v.why]
    toponyms += [mention.toponym(known, why) for mention, known, why in spelt]
    taken = {(t.field, t.start) for t in toponyms}
    rejected = [_rejected(c.mention, v.against) for c, v in decided if not v.known]
    order = {prose.field: number for number, prose in enumerate(fields)}
    return PlacesRead(
        tuple(sorted(toponyms, key=lambda t: (order[t.field], t.start))),
        tuple(r for r in rejected if (r.field, r.start) not in taken),
    )


def _decided(cases: Sequence[Case], company: Company, cues: Cues) -> tuple[dict[int, Verdict], Company]:
    """A verdict for each name, by its number, and the company that the places make for each other."""
    verdicts = {number: Verdict(None, against=case.against) for number, case in enumerate(cases)}
    undecided = [number for number, case in enumerate(cases) if not case.against]
    for small in (False, True, True):  # the large first; a second look at the small, who make company for each other
        verdicts |= {number: _decide(cases[number], company, cues, small=small) for number in undecided}
        undecided = [number for number in undecided if verdicts[number].known is None]
        sure = [v.known.place for v in verdicts.values() if v.known and v.why and not says_dateline(v.why)]
        before, company = company, with_places(company, sure)
        if small and company == before:  # a second look would see the same
            break
    return verdicts, company


def _rejected(mention: Mention, why: str) -> Rejected:
    return Rejected(mention.prose.field, mention.start, mention.prose.ends[mention.end - 1], mention.surface, why)


# ---------------------------------------------------------------- one name
def _decide(case: Case, company: Company, cues: Cues, *, small: bool) -> Verdict:
    if not small and not case.neighbours and all(k.weight < LARGE and not k.by_hand for k in case.mention.bearers):
        return Verdict(None, against=NOT_YET)
    ranked = [(_score(k, case, company), k) for k in case.mention.bearers]
    if len(ranked) > 1:
        ranked.sort(key=lambda pair: (-pair[0], pair[1].place.id))
    score, best = ranked[0]
    rivals = [k for s, k in ranked[1:] if score - s < CLOSE_CALL and not same(best.place, k.place)]
    if rivals:
        shown = "; ".join(described(k.place) for k in [best, *rivals][:MOST_CHOICES])
        return Verdict(None, against=f"several places of that name: {shown}")
    best = _as_said(best, [k for s, k in ranked if score - s < WITHIN], case)
    reason = _reason(best, case, company, cues, small=small)
    if isinstance(reason, str):
        return Verdict(None, against=reason)
    return Verdict(best, in_dateline(reason) if is_dateline(case.mention) else known_as(case.mention.how, reason))


def _score(known: Known, case: Case, company: Company) -> float:
    """How well one of the places of a name fits the report."""
    place = known.place
    score = known.weight + company.of(place)
    if is_main(case.mention.key, known):  # being known by its main name, a place is not by its rarer ones
        score += MAIN + (0.0 if known.population or place.kind != "settlement" else renown(known))
    if place.country in ARABIC_COUNTRIES and case.mention.article == known.article:
        score += ARTICLE if case.mention.latin else ARABIC_ARTICLE
    if not company.areas.isdisjoint(place.parents) and company.areas.intersection(place.parents) - {place.parents[-1]}:
        score += WITHIN
    if case.neighbours and any(relates(place, other) for m in case.neighbours for other in m.bearers):
        score += BESIDE
    return score


def _as_said(best: Known, close: Sequence[Known], case: Case) -> Known:
    """Of a town, its district and its province, which share a name, the one that the words beside it say."""
    near = case.near
    kind = (
        _KIND_SAID.get(near.after)
        or _KIND_SAID.get(near.before)
        or (_KIND_SAID.get(near.further) if near.before == "of" else None)
    )
    if kind is None and (best.place.kind == "admin2" or _in_itself(best, case)):
        kind = "settlement"  # Paris is the town before it is the district
    if kind is None:  # nine of ten
        return best
    family = [k for k in close if same(best.place, k.place)]
    fitting = [k for k in family if k.place.kind == kind]
    if fitting:
        return max(fitting, key=WEIGHT)
    return best


def _in_itself(best: Known, case: Case) -> bool:
    """ "Homs, in Homs province": the first is the town."""
    mention = case.mention
    return best.place.kind == "admin1" and any(
        mention.end < other.first
        and best.place.id in {k.place.id for k in other.bearers}
        and not INSIDE.isdisjoint(mention.prose.words[mention.end : other.first])
        for other in case.neighbours
    )


_KIND_SAID = {
    **dict.fromkeys(
        ["city", "town", "village", "مدينه", "بلده", "قريه", "місто", "місті", "город", "городе", "ville"], "settlement"
    ),
    **dict.fromkeys(
        ["province", "governorate", "oblast", "region", "countryside", "state", "محافظه", "ريف", "ولايه"], "admin1"
    ),
    **dict.fromkeys(["district", "raion", "منطقه", "قضاء"], "admin2"),
}


class Doubts(NamedTuple):
    """What kind of name it is: words anybody uses, a person's, one that analysts noted as weak, a quarter's alone."""

    plain: bool
    personal: bool
    weak: bool
    stray: bool

    @classmethod
    def of(cls, best: Known, case: Case, company: Company, cues: Cues) -> Doubts:
        mention = case.mention
        words = mention.prose.words[mention.first : mention.end]
        by_hand = any(known.by_hand for known in mention.bearers)
        return cls(
            plain=mention.latin and (cues.is_word if by_hand else cues.is_plain)(words),
            personal=mention.single and not is_nobodys(mention.key, cues),
            weak=mention.key in cues.weak,
            stray=_is_stray_quarter(best, case, company, cues),
        )

    def __bool__(self) -> bool:
        return any(self)


def _is_stray_quarter(best: Known, case: Case, company: Company, cues: Cues) -> bool:
    """Is it a quarter whose town and province nobody names? Many are called Victory, Renaissance, or after a saint."""
    if best.place.kind != "neighbourhood":
        return False
    if company.areas.isdisjoint(best.place.parents):
        return True
    return is_arabic(case.mention.key) and case.mention.single and not is_unit(case.near.before, cues)


def _reason(best: Known, case: Case, company: Company, cues: Cues, *, small: bool) -> Said | str:
    """Why a place is accepted; as a string, why it is not."""
    doubts, heavy = Doubts.of(best, case, company, cues), best.weight
    if best.place.kind == "country":
        said = _contradicted(best, case)
        return _elsewhere(said) if said else _country(case, company, doubts)
    if heavy < LARGE and not best.by_hand and (longer := part_of_longer(case.near, cues)):
        return longer
    if best.place.kind == "settlement" and (street := on_street(case.near)):
        return street
    if doubt := unattested(case.mention, best, case.mention.bearers):
        return doubt
    beside = any(relates(best.place, k) or relates(k.place, best) for m in case.neighbours for k in m.bearers)
    if beside and (case.cue or tied(case) or not (doubts.plain or doubts.personal or doubts.stray)):
        return BESIDE_ITS_AREA
    if said := _contradicted(best, case):
        return _elsewhere(said)
    if best.by_hand and not doubts:
        return BY_HAND
    large = _large(best, case, company, cues, doubts) if heavy >= LARGE else None
    if large:
        return large
    return _small(best, case, company, cues, doubts) if small else NOT_YET


def _elsewhere(said: str) -> str:
    return f"it lies elsewhere than in {said}"


NOT_YET = "a small place, not yet looked at"
NAMED_NOWHERE = "a small place of a country that the report does not name"


def _large(best: Known, case: Case, company: Company, cues: Cues, doubts: Doubts) -> Said | str | None:
    """Why a large place is accepted; as a string, why it is not; nothing when it counts as a small one."""
    around = company.of(best.place)
    if doubts.plain or doubts.weak or not _well_known(best, case.mention.key, around):
        return None
    if around < ENOUGH and case.mention.latin and (doubt := _part_of_longer(case, cues)):
        return doubt
    if not doubts.personal:
        return A_LARGE_PLACE
    if case.cue:
        return large_with(case.cue)
    return LARGE_OF_COUNTRY if around >= ENOUGH and best.population >= MILLION / 2 else None


def _country(case: Case, company: Company, doubts: Doubts) -> Said | str:
    """Chad, Jordan and Georgia are people as well: they need a word such as "in", their people, or other countries."""
    named = sum(weight >= NAMED for weight in company.countries.values())
    around = company.of(case.mention.bearers[0].place)
    if not doubts.personal or case.cue or case.neighbours or named > 1 or around > NAMED:
        return A_COUNTRY
    return f"the name of people: nothing says that '{case.mention.surface}' is the country"


def _well_known(best: Known, key: str, around: float) -> bool:
    """Does a large place stand for itself under this name? Not under a rare name of a foreign one."""
    if around >= ENOUGH or key in best.main_keys or is_native(key, best.place.country):
        return True
    return len(key) >= (LONG_ENOUGH if is_latin(key) else LONG_ENOUGH - 1) and best.population >= MILLION


def _part_of_longer(case: Case, cues: Cues) -> str:
    """Why a foreign place is rather part of a name that nobody knows; or nothing."""
    near = case.near
    if case.mention.single and near.after_upper and not explains(near.after, cues) and not is_shouting(case.mention):
        return f"part of a longer name: '{near.after}' follows"
    return unknown_before(near, cues, case.mention)


def _contradicted(best: Known, case: Case) -> str:
    """The province or country that the report says a name lies in, where this place does not; else nothing."""
    mention = case.mention
    for other in (m for m in case.neighbours if m.first > mention.first):
        between = mention.prose.words[mention.end : other.first]
        says = other.how == "name after a particle" or any(word in INSIDE for word in between)
        likeliest = max(other.bearers, key=WEIGHT).place
        wide = [likeliest] if likeliest.kind == "country" and other.first - mention.end <= 1 else []
        units = wide or [k.place for k in other.bearers if k.place.kind == "admin1"]
        own = [u for u in units if u.country == best.place.country]
        if not says or not units or (own and not wide and best.place.kind == "admin1"):
            continue
        if wide and best.place.kind == "country":  # "Russia in Syria"
            continue
        if not any(may_hold(u, best.place) for u in own or units):
            return units[0].name
    return ""


def _small(best: Known, case: Case, company: Company, cues: Cues, doubts: Doubts) -> Said | str:
    """Why a small place is accepted; as a string, why it is not."""
    if against := _against_small(best, case, company, cues, doubts):
        return against
    place, mention = best.place, case.mention
    if company.of(place) >= ENOUGH and (place.country not in PLAIN or case.cue):
        within = not company.areas.isdisjoint(place.parents)
        return IN_AREA if within else of_country(place.country)
    contrary = any(value >= ENOUGH for country, value in company.countries.items() if country != place.country)
    alone = len({k.place.country for k in mention.bearers}) == 1 and len(mention.key) >= DISTINCTIVE
    if alone and not contrary and (case.cue or (place.country in ARABIC_COUNTRIES and not is_shouting(mention))):
        return only_with(case.cue) if case.cue else THE_ONLY_ONE
    return NAMED_NOWHERE


def _against_small(best: Known, case: Case, company: Company, cues: Cues, doubts: Doubts) -> str:
    mention, near = case.mention, case.near
    if mention.latin and not case.cue and (doubt := unknown_before(near, cues, mention)):
        return doubt
    if near.after in cues.speech and not best.by_hand:
        return f"somebody: '{near.after}' follows"
    if doubts and not (case.cue and company.of(best.place) >= ENOUGH):
        return "a plain word" if doubts.plain else "the name of people" if doubts.personal else "a name that needs more"
    if is_arabic(mention.key) and mention.single and not (is_unit(near.before, cues) or listed(best, case)):
        return "a single word that neither a unit nor a place beside it makes a place"
    return ""


# ---------------------------------------------------------------- several together
SEVERAL = 3  # different small places of one country speak for each other


def _together(cases: Sequence[Case], verdicts: dict[int, Verdict]) -> dict[int, Verdict]:
    """Small places that nothing speaks for but that there are several of one country."""
    open_ones = [n for n, v in verdicts.items() if v.known is None and v.against == NAMED_NOWHERE]
    by_country: dict[str | None, dict[str, list[int]]] = {}
    for number in open_ones:
        mention = cases[number].mention
        countries = {k.place.country for k in mention.bearers}
        if len(countries) == 1 and len(mention.key) >= DISTINCTIVE - 1:
            by_country.setdefault(countries.pop(), {}).setdefault(mention.key, []).append(number)
    decided = dict(verdicts)
    for country, names in by_country.items():
        if len(names) >= SEVERAL and country not in PLAIN:
            why = known_as(NAME, several_of(country, len(names)))
            for number in (n for numbers in names.values() for n in numbers):
                best = max(cases[number].mention.bearers, key=WEIGHT)
                decided[number] = Verdict(best, why)
    return decided
