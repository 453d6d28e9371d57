"""Texts of the length of a news article, made by dice with a fixed seed from sentences written for this purpose."""

from __future__ import annotations

from random import Random

ENGLISH = (
    "The committee met for the third time this week and adjourned without a statement.",
    "Traders in the old market said that prices had doubled since the road was closed.",
    "An official of the water board promised that the pumps would run again by Sunday.",
    "Shelling on the northern quarter killed {n} civilians and wounded {m} others, the rescue service said.",
    "Residents had gathered at the bakery when the first rocket fell.",
    "The spokesman declined to comment on the talks, which are to resume in the capital.",
    "At least {n} fighters died in clashes near the airport, according to a monitoring group.",
    "Schools in four districts will stay closed until the end of the month.",
    "The hospital's generator has fuel for two more days, its director told reporters.",
    "A convoy of {m} trucks with flour and blankets crossed the border in the morning.",
    "Rain is expected in the hills, and the ministry warned drivers of landslides.",
    "The mayor thanked the volunteers who had cleared the rubble from the main street.",
)
ARABIC = (
    "عقدت اللجنة اجتماعها الثالث هذا الأسبوع وانتهى من دون بيان.",
    "قال تجار في السوق القديم إن الأسعار تضاعفت منذ إغلاق الطريق.",
    "وعد مسؤول في مؤسسة المياه بعودة المضخات إلى العمل قبل يوم الأحد.",
    "أسفر قصف مدفعي على الحي الشمالي عن استشهاد {n} مدنيين وإصابة {m} آخرين بحسب فرق الإسعاف.",
    "كان السكان قد تجمعوا عند المخبز حين سقط الصاروخ الأول.",
    "امتنع المتحدث عن التعليق على المحادثات التي ستستأنف في العاصمة.",
    "قتل {n} عناصر على الأقل في اشتباكات قرب المطار وفق مجموعة رصد.",
    "ستبقى المدارس في أربع مناطق مغلقة حتى نهاية الشهر.",
    "قال مدير المشفى إن الوقود يكفي مولد الكهرباء يومين آخرين.",
    "عبرت قافلة من {m} شاحنة محملة بالطحين والأغطية الحدود صباحاً.",
    "يتوقع هطول المطر على المرتفعات وحذرت الوزارة السائقين من الانهيارات.",
    "شكر رئيس البلدية المتطوعين الذين رفعوا الأنقاض من الشارع الرئيسي.",
)


def articles(sentences: tuple[str, ...], count: int, characters: int = 3000, seed: int = 1) -> list[str]:
    """So many articles of about so many characters."""
    dice = Random(seed)
    return [_article(sentences, characters, dice) for _ in range(count)]


def _article(sentences: tuple[str, ...], characters: int, dice: Random) -> str:
    text = ""
    while len(text) < characters:
        text += dice.choice(sentences).format(n=dice.randint(2, 40), m=dice.randint(2, 90)) + " "
        text += "\n\n" if dice.random() < 0.2 else ""
    return text


def phrases(count: int, seed: int = 2) -> list[str]:
    """Rules as a keyword bot has them: two or three words, most of which occur nowhere."""
    dice = Random(seed)
    words = " ".join(ENGLISH).split()
    return [" ".join(dice.choice(words).strip(".,") for _ in range(dice.randint(2, 3))) for _ in range(count)]


def leads(count: int, words: int = 42, seed: int = 3) -> list[str]:
    """The first words of so many reports, uneven as in news: the n-th word comes up once for n times of the first.

    The words are made up, and about as long as those of English.
    """
    dice = Random(seed)
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    known = ["q" + "".join(dice.choices(syllables, k=dice.choice((1, 2, 2, 3, 4)))) for _ in range(100_000)]
    drawn = iter(dice.choices(known, [1 / (n + 1) for n in range(len(known))], k=count * words))
    return [" ".join(next(drawn) for _ in range(words)) for _ in range(count)]
