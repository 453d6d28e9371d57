"""Who was harmed and how many: every class of telling once, in English and Arabic, with the twin that must not count.

The sentences were written for these tests. `K15` reads: killed, exactly fifteen; `I20+`: injured, at least twenty.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Count, Victims
from bot.core.reading import read
from tests.core.reports import report


def short(count: Count | None, letter: str) -> list[str]:
    if count is None:
        return []
    if count.low is None:
        return [f"{letter}-{count.high}"]
    about = "~" if count.approximate else ""
    if count.high is None:
        return [f"{letter}{count.low}+"]
    return [f"{letter}{about}{count.low}" + ("" if count.low == count.high else f"-{count.high}")]


def toll(text: str, rulebook, title: str = "") -> dict[str, str]:
    """The toll of a report, by class, in short."""
    reading = read(report(text, title), rulebook.knowledge)
    return {
        victims.value: " ".join(short(f.killed, "K") + short(f.injured, "I") + short(f.casualties, "C"))
        for victims, f in reading.toll.items()
    }


TELLINGS = [
    # passive, active, headline
    ("Shells hit the quarter, and 15 civilians were killed and another 20 were wounded.", {"civilian": "K15 I20"}),
    ("A mortar attack killed three farmers and injured two.", {"civilian": "K3 I2"}),
    ("Car bomb kills 45 in the capital.", {"unknown": "K45"}),
    ("Rocket fire left nine people dead.", {"unknown": "K9"}),
    # late deaths are no wounded
    ("A farmer succumbed to injuries he suffered in the shelling.", {"civilian": "K1"}),
    ("A child died of his wounds two days after the air strike.", {"civilian": "K1"}),
    # numbers
    ("At least twelve villagers were killed by shelling.", {"civilian": "K12+"}),
    ("More than 30 residents died in the air raid.", {"civilian": "K31+"}),
    ("Up to 40 people were injured in the missile strike.", {"unknown": "I-40"}),
    ("Between nine and sixteen civilians died in the bombing.", {"civilian": "K9-16"}),
    ("About 40 civilians were killed in the bombardment.", {"civilian": "K~40"}),
    ("Dozens of civilians were killed in the bombardment.", {"civilian": "K24+"}),
    ("Twenty-five children were wounded in the air strike.", {"civilian": "I25"}),
    ("The siege and bombardment killed 1,200 civilians.", {"civilian": "K1200"}),
    # who
    ("A mother and her two sons were killed when a shell hit their home.", {"civilian": "K3"}),
    ("Six members of one family died in the air strike.", {"civilian": "K6"}),
    ("Nine children and 14 others were killed in the bombing.", {"civilian": "K23"}),
    ("Air strikes killed 17 militants and a child.", {"civilian": "K1", "combatant": "K17"}),
    ("Four troopers were killed and nine wounded in an ambush.", {"combatant": "K4 I9"}),
    ("A journalist was shot dead by a sniper.", {"civilian": "K1"}),
    # families, and whose people are
    ("Seven residents of one family were killed in the bombing.", {"civilian": "K7"}),
    ("Eight villagers from the same family were killed by shelling.", {"civilian": "K8"}),
    ("Two families were killed in the bombing.", {"civilian": "K4+"}),
    ("A farmer was killed along with her two sons when a shell hit their home.", {"civilian": "K3"}),
    ("The air raid caused eleven civilian deaths.", {"civilian": "K11"}),
    ("Witnesses, including a doctor, spoke of 14 injuries after the air strike.", {"unknown": "I14"}),
    ("The toll of the shelling rose to eight, among them two children.", {"civilian": "K8"}),
    (
        "Six civilians, including a child, were among at least 22 people killed by shelling.",
        {"civilian": "K6", "unknown": "K22+"},
    ),
    ("Air raids killed 22 including civilians.", {"unknown": "K22"}),
    ("Air raids killed 22 people, including children.", {"civilian": "K22"}),
    ("The bomb claimed 6 Lebanese martyrs and wounded 22.", {"unknown": "K6 I22"}),
    ("The attack claimed over 1,000 lives. A total of 1,500 people fell victim to the shelling.", {"unknown": "K1500"}),
    ("Shelling killed at least 32 villagers. Up to 40 civilians were killed, others said.", {"civilian": "K32+"}),
    ("قتل 5 مدنيين (4 أطفال وسيدة) بقصف مدفعي.", {"civilian": "K5"}),
    ("إن 5 مدنيين (4 أطفال وسيدة) قتلوا جراء القصف.", {"civilian": "K5"}),
    ("ارتفعت حصيلة القصف إلى 3 بينهم طفل فضلا عن إصابة 12 آخرين.", {"civilian": "K3 I12"}),
    ("ارتفعت حصيلة القصف إلى سبعة قتلى بينهم أطفال، إضافة إلى 25 جريحا.", {"civilian": "K7 I25"}),
    ("إصابة 6 من عائلة واحدة بقصف على البلدة.", {"civilian": "I6"}),
    ("22 pupils 6 teachers killed in air strikes on a school.", {"civilian": "K28"}),
    ("Shelling kills 45. A villager and 2 fighters died in clashes.", {"civilian": "K45", "combatant": "K2"}),
    (
        "Shelling kills 45. It hit 30 civilians and 15 fighters, all killed.",
        {"civilian": "K30", "combatant": "K15", "unknown": "K45"},
    ),
    (
        "Air raids killed 70 people. Twelve children and 11 fighters were among the dead.",
        {"civilian": "K12", "combatant": "K11", "unknown": "K70"},
    ),
    ("Air raids killed 70 people. Twelve children were among the dead.", {"civilian": "K70"}),
    ("Air raids killed 70 people. Twelve civilians were among the dead.", {"civilian": "K12", "unknown": "K70"}),
    ("Two nurses were among the wounded after the shelling.", {"civilian": "I2"}),
    (
        "A bomb killed 20 people. At least 14 of the dead were rebels. An earlier bomb killed 29 rebels.",
        {"combatant": "K14+", "unknown": "K20"},
    ),
    ("UPDATE 2-Thirteen villagers killed by shelling", {"civilian": "K13"}),
    ("Two shot dead as police storm the protest.", {"unknown": "K2"}),
    # words that describe another word are nobody
    ("Eleven civilians were killed by shells in the rebel-held quarter.", {"civilian": "K11"}),
    ("Three people were killed and six wounded due to terrorist attacks.", {"unknown": "K3 I6"}),
    ("Rockets hit two police cars, and a nurse was killed.", {"civilian": "K1"}),
    ("The general was blamed for civilian casualties in the air raids.", {"civilian": "K1+ I1+"}),
    ("The president was appalled by the deaths after the bombing.", {}),
    # who stands after a passive has said it
    ("Nine fighters were also killed journalist Amal said of the clashes.", {"combatant": "K9"}),
    # what the dead are said to be
    ("Shelling killed 20 people. At least 14 of the dead were rebels.", {"combatant": "K14+", "unknown": "K20"}),
    (
        "Six civilians were among at least 22 people killed in air strikes. The rest of the dead were fighters.",
        {"civilian": "K6", "combatant": "K16+", "unknown": "K22+"},
    ),
    (
        "Twenty people were killed in the raid, five of them soldiers, the rest civilians.",
        {"civilian": "K15", "combatant": "K5", "unknown": "K20"},
    ),
    ("Three soldiers were killed and the rest were wounded in an ambush.", {"combatant": "K3 I2+"}),
    (
        "قُتل عشرون شخصا في القصف بينهم خمسة جنود والبقية مدنيون",
        {"civilian": "K15", "combatant": "K5", "unknown": "K20"},
    ),
    # some are identified, of the others no more is sure
    (
        "Strikes killed 47 people, most of them civilians. 31 civilians were identified among the dead.",
        {"civilian": "K31", "unknown": "K47"},
    ),
    (
        "A raid killed 25 children. Later 82 people, among them 58 civilians, were said to have been killed.",
        {"civilian": "K58", "unknown": "K82"},
    ),
    # two tellings say the same
    ("Shelling killed over 80 fighters. At least 80 fighters were killed, the army said.", {"combatant": "K80+"}),
    ("Shelling killed at least 81 fighters. At least 80 fighters were killed, the army said.", {"combatant": "K81+"}),
    # a total, and a toll told again
    ("Air strikes killed 22 pupils and six teachers. In total 35 people died.", {"civilian": "K35"}),
    ("The death toll of the raid was 47. It was later updated to 82.", {"unknown": "K82"}),
    # no numbers of people
    ("Nobody wept over one of the worst massacres. Shells killed 130 civilians.", {"civilian": "K130"}),
    ("The army executed a special operation against the camp.", {}),
    ("The army neutralised militants in the area with artillery fire.", {}),
    ("The army neutralised 12 militants with artillery fire.", {"combatant": "K12"}),
    # a headline has no room for "and"
    ("Raids kill 14 militants 5 civilians", {"civilian": "K5", "combatant": "K14"}),
    ("Raids kill 14 militants over 60 recruits", {"combatant": "K75+"}),
    # hours are no history
    ("Some 120 fighters were killed in air strikes over the past 24 hours.", {"combatant": "K120"}),
    ("Air strikes killed 58 civilians; 25 of the dead were children.", {"civilian": "K58"}),
    # a number before, a class behind
    ("The shelling inflicted 13 casualties on the militants.", {"combatant": "K1+ I1+ C13"}),
    # of two lower bounds the higher
    ("More than 80 residents died in the bombing. At least 84 civilians were killed.", {"civilian": "K84+"}),
    ("Air strikes kill over 80 in the city. At least 84 civilians were killed, doctors said.", {"civilian": "K84+"}),
    # those in a warplane that was shot down are fighters, those in another aircraft nobody knows
    ("A military helicopter was shot down near the front, killing all five people on board.", {"combatant": "K5"}),
    ("A warplane bombed the town, killing five people.", {"unknown": "K5"}),
    ("A warplane crashed into a market, killing 35 people; it was bombing the town.", {"unknown": "K35"}),
    # what was shot down is no wounded
    ("The helicopter was shot down near the front, and all five people on board died.", {"unknown": "K5"}),
    ("The raids went on for days.In the town 12 civilians were killed.", {"civilian": "K12"}),
    ("After the chlorine attack 35 cases of suffocation were counted.", {"unknown": "I35"}),
    # a part is never added
    ("At least 31 people were killed by shelling, among them 2 medics.", {"civilian": "K31+"}),
    ("The strike left 58 dead, 25 of them children.", {"civilian": "K58"}),
    # one number for both
    ("Fifty people were killed and wounded in the shelling.", {"unknown": "K1+ I1+ C50"}),
    # tolls
    ("The death toll from the market bombing rose to 28 from 23.", {"unknown": "K28"}),
    ("The number of dead in the camp rose to 41, doctors said after the bombing.", {"unknown": "K41"}),
    ("The death toll of the raid rose from 15 to 20.", {"unknown": "K20"}),
    ("The number of wounded in the shelling rose to 41.", {"unknown": "I41"}),
    ("More than 1.200 people were killed in the siege.", {"unknown": "K1201+"}),
    # a part and a whole
    ("Air strikes killed 17 militants as well as a child.", {"civilian": "K1", "combatant": "K17"}),
    ("A raid killed two men, and three women have been injured.", {"unknown": "K2", "civilian": "I3"}),
    ("Shells killed six people, among them two children; 15 were wounded.", {"civilian": "K6 I15"}),
    ("A 56-year-old woman and a 51-year-old man were killed by shelling.", {"civilian": "K1", "unknown": "K1"}),
    ("Ten children were among at least 48 people killed in the raid.", {"civilian": "K48+"}),
    ("Twenty people, including 13 civilians, were killed in the raid.", {"civilian": "K13", "unknown": "K20"}),
    ("Four members of one family, two women and two children, were killed by a shell.", {"civilian": "K4"}),
    ("At least two civilians, a 40-year-old writer and a 16-year-old girl, died of a shell.", {"civilian": "K2+"}),
    ("A shell killed a girl of 16, the hospital said.", {"civilian": "K1"}),
    ("A nurse and her son, 4, were killed in the shelling.", {"civilian": "K2"}),
    ("A teacher and a pupil (9) were shot dead.", {"civilian": "K2"}),
    ("Shelling killed a boy, 16.", {"civilian": "K1"}),
    ("Shelling of the camp killed 16 civilians, 12 of them children.", {"civilian": "K16"}),
    ("There were dead and wounded in two units of government forces.", {"combatant": "K1+ I1+"}),
    ("سقط قتلى وجرحى في صفوف قوات النظام", {"combatant": "K1+ I1+"}),
    ("There were dead and wounded in the shelling by regime forces.", {"unknown": "K1+ I1+"}),
    # who did it is not whom it befell
    ("The army kills at least 75 in the camp.", {"unknown": "K75+"}),
    ("Soldiers shelled the hill, killing 15 of them.", {"combatant": "K15"}),
    ("A terrorist attack in the port kills 18, including 10 children.", {"civilian": "K18"}),
    ("Shelling caused heavy casualties among civilians.", {"civilian": "K1+ I1+"}),
    # others are at least two; dates and ages are nobody
    ("An air strike killed four teachers and wounded others.", {"civilian": "K4 I2+"}),
    ("18 February 2020: 6 residents killed by rockets.", {"civilian": "K6"}),
    ("A 14-year-old boy was killed by a sniper.", {"civilian": "K1"}),
    # what one sentence added, the next explains
    (
        "Shelling killed 14 villagers and four boys. Fourteen villagers, including four boys, died, a nurse said.",
        {"civilian": "K14"},
    ),
    (
        "Shelling killed 14 villagers and four children. Nine villagers, including four children, died at the mill.",
        {"civilian": "K18"},
    ),
    # where the dead were from
    (
        "Shelling killed 20 people. Two soldiers from the garrison of the town were among the dead.",
        {"combatant": "K2", "unknown": "K20"},
    ),
    ("Shelling killed 20 people. Two teachers were also among the dead.", {"civilian": "K20"}),
    (
        "Raids killed 30 people. Three women and seven rebels were among the dead. The army says it killed 30 rebels.",
        {"civilian": "K3", "combatant": "K7", "unknown": "K30"},
    ),
    # several nouns in a row are one
    ("More than 40 members of the pro-army forces were killed in the ambush.", {"combatant": "K41+"}),
    # a toll of some of the people; and one that is only feared
    ("The number of soldiers killed in the battle has risen to 39.", {"combatant": "K39"}),
    ("The raid brought the total number of members of the coast guard killed to 18.", {"combatant": "K18"}),
    ("The number of villagers wounded by shelling climbed to 12.", {"civilian": "I12"}),
    ("Le nombre de civils tués dans les bombardements est passé à 39.", {"civilian": "K39"}),
    ("El número de civiles muertos en los bombardeos subió a 39.", {"civilian": "K39"}),
    ("The number of villagers killed in the shelling is not known.", {"civilian": "K1+"}),
    ("The toll of the shelling could rise to 60. More than 40 people are dead.", {"unknown": "K41+"}),
    # quotation marks and the points of short forms are no pause
    ('The shelling killed "at least twelve villagers", a nurse said.', {"civilian": "K12+"}),
    ("Two U.S. soldiers were killed in an ambush.", {"combatant": "K2"}),
    ("Shells killed two U.N. workers and St. Mary's cook was wounded.", {"civilian": "K2 I1"}),
    # whoever has a name was not killed by being one who kills
    ("Gunmen killed Amal Haddad near her home.", {"unknown": "K1+"}),
    ("Soldiers shot dead Amal Haddad, a 34-year-old nurse, at a checkpoint.", {"civilian": "K1"}),
    ("Shelling killed Amal Haddad, a teacher, and wounded Omar Khalil, a baker.", {"civilian": "K1 I1"}),
    ("Gunmen killed in air strike", {"combatant": "K1+"}),
    ("Another militia leader was killed in the shelling.", {"combatant": "K1"}),
    ("The raid began at about 4 p.m. One man was killed by a shell.", {"unknown": "K1"}),
    # verbs in -ing, and two words for one death
    ("The militia was accused of murdering a teacher and two other residents.", {"civilian": "K3"}),
    ("Gunmen stormed the camp, shooting dead four refugees and wounding nine.", {"civilian": "K4 I9"}),
    ("Militants shot and killed three farmers.", {"civilian": "K3"}),
    # Arabic
    ("قتل 15 مدنياً وأصيب 20 آخرون بقصف جوي على البلدة", {"civilian": "K15 I20"}),
    ("استشهد مدنيان وجرح طفلان بقصف مدفعي", {"civilian": "K2 I2"}),
    ("استشهاد طفل برصاص قناص", {"civilian": "K1"}),
    ("مقتل خمسة عشر مدنياً بينهم أربعة أطفال في غارة جوية", {"civilian": "K15"}),
    ("مقتل سبعة عناصر من قوات النظام في كمين", {"combatant": "K7"}),
    ("مقتل وإصابة 12 مدنياً بقصف صاروخي", {"civilian": "K1+ I1+ C12"}),
    ("سقوط قتلى وجرحى في صفوف المدنيين جراء القصف", {"civilian": "K1+ I1+"}),
    ("إصابة ما لا يقل عن ١٢ مدنياً بقذائف هاون", {"civilian": "I12+"}),
    ("غارات على البلدة توقع 5قتلى و7 جرحى", {"unknown": "K5 I7"}),
    ("خلف القصف 3 قتلى مدنيين، فيما أصيب 11 آخرون بجروح", {"civilian": "K3 I11"}),
    ("قتل 4 أطفال وامرأة بقصف مدفعي على القرية", {"civilian": "K5"}),
    ("قتل مدني وأربعة من جنود النظام في غارة جوية", {"civilian": "K1", "combatant": "K4"}),
    ("أدى القصف إلى ارتقاء خمسة شهداء بينهم مدني واحد", {"civilian": "K1", "unknown": "K5"}),
    ("ارتفع عدد الضحايا المدنيين جراء القصف إلى 4 قتلى و20 مصاباً", {"civilian": "K4 I20"}),
    ("14 مدنياً بين قتيل وجريح في هجمات صاروخية", {"civilian": "K1+ I1+ C14"}),
    ("ميليشيات ترتكب مجزرة في القرية بقصف مدفعي", {"unknown": "K1+"}),
]


@pytest.mark.parametrize(("text", "expected"), TELLINGS, ids=[text[:50] for text, _ in TELLINGS])
def test_a_toll_is_read_as_it_is_told(text, expected, rulebook):
    assert toll(text, rulebook) == expected


NO_CASUALTIES = [
    "A chemical leak at a fertiliser factory killed ten people.",
    "An explosion ripped through a petroleum warehouse and killed an engineer.",
    "Two students died in a road accident, and demonstrations were held for safer buses.",
    "No casualties were reported after the air raid.",
    "The army could kill hundreds of civilians if it shells the camp.",
    "The earthquake killed 40 people and injured hundreds.",
    "Eight people died in a blast at a fireworks shop before the new year.",
    "Five young people died in a building fire in the port.",
    "One man died and two were injured in a highway crash on Sunday night.",
    "Police arrested a man over the stabbing that killed a student.",
    "Six passengers died when their bus plunged into a ravine in the storm.",
    "The court kept the death penalty in the new law on terrorism.",
    "The pilot steered the jet off the town after the raid to minimise victims on the ground.",
    "The warning prevented the killing of large numbers of soldiers in the air strike.",
    "The siege went on, and nothing is known of the two kidnapping victims.",
    "The strikes hit two empty depots without hurting anyone.",
    "لم يسفر القصف عن وقوع إصابات",
    "مقتل أربعة أشخاص في حادث سير على طريق حلب",
]


@pytest.mark.parametrize("text", NO_CASUALTIES)
def test_what_is_no_casualty_of_conflict_gives_no_toll(text, rulebook):
    assert toll(text, rulebook) == {}


BACKGROUND = [
    "Families marked the anniversary of the air strike that killed 80 civilians.",
    "More than 5,000 civilians have been killed by shelling since the start of the war.",
    "An air strike killed 31 civilians in the same town in 2013.",
    "أهالي البلدة يحيون الذكرى السنوية للمجزرة التي قتل فيها 80 مدنياً بالقصف",
]


@pytest.mark.parametrize("text", BACKGROUND)
def test_background_is_an_event_but_not_a_current_one(text, rulebook):
    reading = read(report(text), rulebook.knowledge)

    assert reading.events
    assert not any(event.current for event in reading.events)
    assert reading.toll == {}


@given(st.integers(1, 999), st.integers(1, 999))
def test_swapping_the_victims_moves_the_count_to_the_other_class(rulebook, killed, injured):
    text = "An air strike killed {0} {2} and wounded {1} more {2}."

    civilians = toll(text.format(killed, injured, "civilians"), rulebook)
    fighters = toll(text.format(killed, injured, "fighters"), rulebook)

    assert set(civilians) == {Victims.CIVILIAN.value}
    assert fighters == {Victims.COMBATANT.value: civilians[Victims.CIVILIAN.value]}


@given(
    st.integers(3, 999), st.sampled_from(["Rain is expected.", "The minister flew home.", "Prices rose by 9 percent."])
)
def test_a_sentence_about_something_else_never_raises_the_toll(rulebook, killed, aside):
    text = f"Shelling killed {killed} civilians."

    assert toll(f"{aside} {text} {aside}", rulebook) == toll(text, rulebook)


def test_the_quote_is_the_sentence_that_says_so_and_slices_back(rulebook):
    text = "Talks go on. Shelling killed three civilians in Binnish. Rain is expected."

    (event,) = [e for e in read(report(text), rulebook.knowledge).events if e.type == "civilian-casualties"]

    assert text[event.start : event.end] == event.quote == "Shelling killed three civilians in Binnish"


def test_the_known_class_takes_the_number_of_the_headline(rulebook):
    assert toll("The dead were civilians, killed by shelling.", rulebook, title="Strike kills 15") == {
        "civilian": "K15"
    }


OBFUSCATED = [
    (
        "Shelling killed fifteen civilians and wounded 20 others.",
        "Sh\u200belling kіllеd fifteen civil\u00adians and wounded ２０ others.",
    ),
    ("قتل 15 مدنيا بقصف مدفعي على البلدة", "قـتل ١٥ مد\u200cنيا بقـ ـصف مدفـــعي على البلدة"),
]


@pytest.mark.parametrize(("plain", "disguised"), OBFUSCATED)
def test_spelling_to_pass_filters_changes_nothing(rulebook, plain, disguised):
    assert toll(disguised, rulebook) == toll(plain, rulebook) != {}


INDEPENDENT = ["Shelling killed 7 civilians in the north.", "A raid wounded 9 fighters in the south."]


@pytest.mark.parametrize("order", [INDEPENDENT, INDEPENDENT[::-1]])
def test_the_order_of_two_independent_sentences_does_not_matter(rulebook, order):
    assert toll(" ".join(order), rulebook) == {"civilian": "K7", "combatant": "I9"}


@given(st.lists(st.integers(2, 900), min_size=1, max_size=4, unique=True))
def test_two_statements_of_a_toll_are_never_added(rulebook, numbers):
    text = " ".join(f"The strike killed {n} civilians, a doctor said." for n in numbers)

    assert toll(text, rulebook) == {"civilian": f"K{numbers[0]}"}


def test_the_fighters_of_a_report_about_fighters_make_no_unidentified_dead(rulebook):
    text = "Nine militants were killed in the ambush. Many more were wounded, the army said."

    assert toll(text, rulebook) == {"combatant": "K9 I3+"}


APART = [
    # (title, text, the toll of what the report is about)
    (
        "Clashes kill ten soldiers",
        "Ten soldiers were killed in clashes near the front. Elsewhere, shelling killed four civilians.",
        {"combatant": "K10"},
    ),
    (
        "Clashes kill ten soldiers",
        "Ten soldiers were killed in clashes near the front. The same shelling killed four civilians.",
        {"combatant": "K10", "civilian": "K4"},
    ),
    (
        "مقتل عشرة جنود باشتباكات",
        "قتل عشرة جنود باشتباكات على الجبهة. وفي سياق منفصل قتل أربعة مدنيين بقصف مدفعي.",
        {"combatant": "K10"},
    ),
    # people here stay the toll, whatever is told of elsewhere
    (
        "Shelling kills three villagers",
        "Three villagers were killed by shelling. Separately, an air raid killed nine civilians.",
        {"civilian": "K3"},
    ),
    # another place says it without a word
    (
        "Clashes in Aleppo kill ten soldiers",
        "Ten soldiers were killed in Aleppo. In Mariupol, shelling killed four civilians.",
        {"combatant": "K10"},
    ),
    # a toll that rose takes the place of the first number; the toll of a whole war does not
    ("Strike kills 12 civilians", "The death toll of the air strike later rose to 19.", {"civilian": "K19"}),
    (
        "Strike kills 12 civilians",
        "The air strike brought the death toll of the week to 90.",
        {"civilian": "K12", "unknown": "K90"},
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), APART)
def test_a_toll_is_of_what_a_report_is_about(title, text, expected, rulebook):
    assert toll(text, rulebook, title) == expected


def test_what_is_told_of_elsewhere_is_an_event_all_the_same(rulebook):
    told = report("Ten soldiers were killed in clashes. Elsewhere, shelling killed four civilians.")
    events = read(told, rulebook.knowledge).events
    assert any(e.type == "civilian-casualties" and e.killed == Count(4, 4) for e in events)
