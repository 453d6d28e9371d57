"""What places cost with the whole world loaded, as a share of what cutting the same text into words costs."""

import resource
from statistics import median
from time import perf_counter

import pytest

from bot.core.places import find_places
from bot.core.text import tokenise
from bot.gazetteer.folders import state_folder
from bot.gazetteer.opening import WORLD
from bot.gazetteer.unpacking import unpacked

pytestmark = pytest.mark.bench

ENGLISH = (
    "Shells fell on Maarat Misrin and Binnish in Idlib province on Monday, residents said. Families left Saraqib for "
    "camps near Atmeh, while Moscow and Ankara talked. Four people were wounded in Darat Izza, west of Aleppo. "
)
ARABIC = "سقطت قذائف على بلدة معرة مصرين وقرية بنش في ريف إدلب يوم الاثنين، ونزحت عائلات من سراقب إلى مخيمات أطمة. "
LENGTH = 3000  # characters, a long news item
LATIN_MILLISECONDS, ARABIC_MILLISECONDS = 8.0, 16.0  # several times what it takes here: machines differ


def milliseconds(text, rulebook):
    """The median of reading one text, the first time left out."""
    prose = [tokenise("text", (text * (LENGTH // len(text) + 1))[:LENGTH])]
    took = []
    for _ in range(30):
        start = perf_counter()
        find_places(prose, rulebook.knowledge.gazetteer, "SY")
        took.append((perf_counter() - start) * 1000)
    return median(took[1:])


@pytest.mark.parametrize(("text", "most"), [(ENGLISH, LATIN_MILLISECONDS), (ARABIC, ARABIC_MILLISECONDS)])
def test_reading_the_places_of_a_report_is_quick(text, most, rulebook):
    took = milliseconds(text, rulebook)

    print(f"\n{took:.2f} ms for {LENGTH} characters full of places")
    assert took < most


def test_a_second_start_opens_the_world_at_once():
    unpacked(WORLD, state_folder())
    unpacked.__globals__["_unpacked"].cache_clear()
    start = perf_counter()

    table = unpacked(WORLD, state_folder())

    took = perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{took * 1000:.0f} ms for {len(table):,} places; {peak_mb} MB at most")
    assert took < 0.3
