"""Six more languages by the same engine: French, Spanish, Russian, Ukrainian, Turkish and Persian.

The sentences were written for these tests. `K15` reads: killed, exactly fifteen; `I20+`: injured, at least twenty.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading import read
from tests.core.reports import report
from tests.core.test_casualties import toll

TELLINGS = {
    "fr": [
        # passive, active, headline
        ("Quinze civils ont été tués et vingt autres blessés dans un bombardement.", {"civilian": "K15 I20"}),
        ("Un raid aérien a tué trois agriculteurs et en a blessé deux.", {"civilian": "K3 I2"}),
        ("15 morts dans un bombardement sur Kharkiv", {"unknown": "K15"}),
        ("L'attaque d'un drone a fait 15 morts et 20 blessés.", {"unknown": "K15 I20"}),
        ("Les frappes de la nuit ont coûté la vie à douze personnes.", {"unknown": "K12"}),
        # numbers
        ("Au moins douze villageois ont péri dans l'attaque.", {"civilian": "K12+"}),
        ("Plus de 30 habitants sont morts dans les frappes.", {"civilian": "K31+"}),
        ("Entre neuf et seize civils ont été tués par les obus.", {"civilian": "K9-16"}),
        ("Les tirs de roquettes ont blessé environ 40 personnes.", {"unknown": "I~40"}),
        ("Des dizaines de civils ont été tués dans les bombardements.", {"civilian": "K20+"}),
        ("Quatre-vingt-dix-sept personnes ont été tuées dans l'attentat.", {"unknown": "K97"}),
        ("Soixante-cinq blessés après une frappe de missile.", {"unknown": "I65"}),
        # who
        ("Quatre soldats ont été tués et neuf blessés dans une embuscade.", {"combatant": "K4 I9"}),
        ("La frappe a tué 17 combattants et un enfant.", {"civilian": "K1", "combatant": "K17"}),
        ("Un civil et deux militaires ont péri dans l'explosion d'une mine.", {"civilian": "K1", "combatant": "K2"}),
        ("Un enfant a été tué par le tir d'un sniper.", {"civilian": "K1"}),
        ("Une mère et ses deux fils ont été tués quand un obus a touché leur maison.", {"civilian": "K3"}),
        ("Six membres d'une même famille ont péri dans la frappe.", {"civilian": "K6"}),
        ("Un mort et trois blessés dans une attaque de drone", {"unknown": "K1 I3"}),
        # a part is never added
        ("Au moins 31 personnes ont été tuées dans les frappes, dont deux secouristes.", {"civilian": "K31+"}),
        ("Douze morts, dont trois enfants, et 30 blessés dans une frappe sur un marché.", {"civilian": "K12 I30"}),
        # tolls
        ("Le bilan de l'attentat s'est alourdi à 28 morts.", {"unknown": "K28"}),
    ],
    "es": [
        ("Quince civiles murieron y otros veinte resultaron heridos en un bombardeo.", {"civilian": "K15 I20"}),
        ("Un ataque aéreo mató a tres campesinos e hirió a dos.", {"civilian": "K3 I2"}),
        ("Mueren 15 personas en un bombardeo en el norte", {"unknown": "K15"}),
        ("El ataque con drones dejó 15 muertos y 20 heridos.", {"unknown": "K15 I20"}),
        ("El bombardeo se cobró la vida de doce personas.", {"unknown": "K12"}),
        ("Al menos doce aldeanos murieron en el ataque.", {"civilian": "K12+"}),
        ("Más de 30 vecinos murieron en los bombardeos.", {"civilian": "K31+"}),
        ("Entre nueve y dieciséis civiles murieron por los obuses.", {"civilian": "K9-16"}),
        ("Los misiles hirieron a unas 40 personas.", {"unknown": "I~40"}),
        ("Decenas de civiles murieron en los bombardeos.", {"civilian": "K20+"}),
        ("Treinta y cinco personas murieron en el atentado.", {"unknown": "K35"}),
        ("Ciento veintiún heridos tras el impacto de un misil", {"unknown": "I121"}),
        ("Cuatro soldados murieron y nueve resultaron heridos en una emboscada.", {"combatant": "K4 I9"}),
        ("Al menos 20 guerrilleros abatidos en una operación militar", {"combatant": "K20+"}),
        ("El bombardeo mató a 17 combatientes y un niño.", {"civilian": "K1", "combatant": "K17"}),
        ("Un niño murió por el disparo de un francotirador.", {"civilian": "K1"}),
        ("Una madre y sus dos hijos murieron cuando un proyectil alcanzó su casa.", {"civilian": "K3"}),
        ("Seis miembros de una misma familia murieron en el bombardeo.", {"civilian": "K6"}),
        ("Un muerto y tres heridos en un ataque con drones", {"unknown": "K1 I3"}),
        ("Al menos 31 personas murieron en los bombardeos, entre ellas dos sanitarios.", {"civilian": "K31+"}),
        ("El ataque dejó 58 muertos, 25 de ellos niños.", {"civilian": "K58"}),
        ("Diez civiles murieron el 29 de agosto en un ataque con drones.", {"civilian": "K10"}),
        ("La cifra de muertos por el atentado subió a 28.", {"unknown": "K28"}),
    ],
    "ru": [
        ("15 мирных жителей погибли и ещё 20 ранены в результате обстрела города.", {"civilian": "K15 I20"}),
        ("Авиаудар убил трёх фермеров и ранил двух.", {"civilian": "K3 I2"}),
        ("15 погибших при ударе по жилому дому в Днепре", {"unknown": "K15"}),
        ("В результате атаки дронов погибли 15 человек, ещё 20 получили ранения.", {"unknown": "K15 I20"}),
        ("Жертвами обстрела рынка стали двенадцать человек.", {"unknown": "K12"}),
        ("Как минимум двенадцать жителей села погибли при обстреле.", {"civilian": "K12+"}),
        ("Более 30 жителей погибли при ночных ударах.", {"civilian": "K31+"}),
        ("От 9 до 16 мирных жителей погибли при артобстреле.", {"civilian": "K9-16"}),
        ("При обстреле ранены около 40 человек.", {"unknown": "I~40"}),
        ("Десятки мирных жителей погибли под бомбёжками.", {"civilian": "K20+"}),
        ("Сто двадцать пять человек погибли в результате авиаудара.", {"unknown": "K125"}),
        ("Четверо военнослужащих погибли и девять ранены в бою.", {"combatant": "K4 I9"}),
        ("Уничтожено до 20 боевиков и пять танков.", {"combatant": "K20"}),
        ("Авиаудар убил 17 боевиков и ребёнка.", {"civilian": "K1", "combatant": "K17"}),
        ("Ребёнок погиб от пули снайпера.", {"civilian": "K1"}),
        ("Мать и двое её сыновей погибли, когда снаряд попал в их дом.", {"civilian": "K3"}),
        ("Шесть членов одной семьи погибли при авиаударе.", {"civilian": "K6"}),
        ("Один погибший и трое раненых при атаке дрона", {"unknown": "K1 I3"}),
        ("Водитель и трое пассажиров получили осколочные ранения при ударе дрона.", {"civilian": "I4"}),
        ("Не менее 31 человека погибли при обстреле, в том числе два медика.", {"civilian": "K31+"}),
        ("Удар унёс жизни 58 человек, из них 25 детей.", {"civilian": "K58"}),
        ("Число погибших при ударе выросло до 28.", {"unknown": "K28"}),
    ],
    "uk": [
        ("15 мирних жителів загинули і ще 20 поранено внаслідок обстрілу міста.", {"civilian": "K15 I20"}),
        ("Удар безпілотника вбив трьох фермерів і поранив двох.", {"civilian": "K3 I2"}),
        ("15 загиблих унаслідок удару по житловому будинку в Дніпрі", {"unknown": "K15"}),
        ("Внаслідок атаки дронів загинули 15 людей, ще 20 дістали поранення.", {"unknown": "K15 I20"}),
        ("Російський удар забрав життя дванадцяти людей.", {"unknown": "K12"}),
        ("Щонайменше дванадцять жителів села загинули під час обстрілу.", {"civilian": "K12+"}),
        ("Понад 30 мешканців загинули внаслідок нічних ударів.", {"civilian": "K31+"}),
        ("Від 9 до 16 цивільних загинули під артобстрілом.", {"civilian": "K9-16"}),
        ("Внаслідок обстрілу поранено близько 40 людей.", {"unknown": "I~40"}),
        ("Десятки цивільних загинули під бомбардуваннями.", {"civilian": "K20+"}),
        ("Сто двадцять п'ять осіб загинули внаслідок авіаудару.", {"unknown": "K125"}),
        ("Двадцять пʼять дітей поранено під час ракетного удару.", {"civilian": "I25"}),
        ("Четверо військовослужбовців загинули і дев'ять поранені в бою.", {"combatant": "K4 I9"}),
        ("Авіаудар убив 17 бойовиків і дитину.", {"civilian": "K1", "combatant": "K17"}),
        ("Цивільний і двоє військових загинули від вибуху міни.", {"civilian": "K1", "combatant": "K2"}),
        ("Дитина загинула від кулі снайпера.", {"civilian": "K1"}),
        ("Мати і двоє її синів загинули, коли снаряд влучив у їхній будинок.", {"civilian": "K3"}),
        ("Шестеро членів однієї родини загинули внаслідок авіаудару.", {"civilian": "K6"}),
        ("Росіяни атакували Нікополь: один загиблий, четверо поранених", {"unknown": "K1 I4"}),
        ("Щонайменше 31 людина загинула під час обстрілу, серед них двоє медиків.", {"civilian": "K31+"}),
        ("Удар забрав життя 58 людей, з них 25 дітей.", {"civilian": "K58"}),
        ("Кількість загиблих унаслідок удару зросла до 28.", {"unknown": "K28"}),
    ],
    "tr": [
        ("Saldırıda 15 sivil hayatını kaybetti, 20 sivil yaralandı.", {"civilian": "K15 I20"}),
        ("Hava saldırısı üç çiftçiyi öldürdü, iki çiftçiyi yaraladı.", {"civilian": "K3 I2"}),
        ("Bombardımanda 15 ölü, 20 yaralı", {"unknown": "K15 I20"}),
        ("Kente düzenlenen saldırıda 15 kişi öldü, 20 kişi yaralandı.", {"unknown": "K15 I20"}),
        ("Pusuda dört asker öldü.", {"combatant": "K4"}),
        ("En az on iki köylü saldırıda hayatını kaybetti.", {"civilian": "K12+"}),
        ("Gece düzenlenen saldırılarda 30'dan fazla kişi hayatını kaybetti.", {"unknown": "K30+"}),
        ("Bombardımanda 9 ila 16 sivil öldürüldü.", {"civilian": "K9-16"}),
        ("Ateş açılması sonucu yaklaşık 40 kişi yaralandı.", {"unknown": "I~40"}),
        ("Bombardımanlarda onlarca sivil öldürüldü.", {"civilian": "K20+"}),
        ("Patlamada yüz yirmi beş kişi yaşamını yitirdi.", {"unknown": "K125"}),
        ("Çatışmada dört asker şehit oldu, dokuz asker yaralandı.", {"combatant": "K4 I9"}),
        ("Operasyonda 5 PKK'lı terörist etkisiz hale getirildi.", {"combatant": "K5"}),
        ("Hava saldırısı 17 militanı ve bir çocuğu öldürdü.", {"civilian": "K1", "combatant": "K17"}),
        ("Mayın patlamasında bir sivil ve iki asker hayatını kaybetti.", {"civilian": "K1", "combatant": "K2"}),
        ("Hava saldırısında bir gazeteci öldürüldü.", {"civilian": "K1"}),
        ("Eve düşen top mermisi nedeniyle bir anne ve iki oğlu hayatını kaybetti.", {"civilian": "K3"}),
        ("Drone saldırısında bir ölü, üç yaralı", {"unknown": "K1 I3"}),
        (
            "Saldırıda aralarında 2 sağlık çalışanının da bulunduğu en az 31 kişi hayatını kaybetti.",
            {"civilian": "K31+"},
        ),
        ("Saldırıda 12 kişi hayatını kaybederken 30 kişi yaralandı.", {"unknown": "K12 I30"}),
        ("Saldırıda ölü sayısı 28'e yükseldi.", {"unknown": "K28"}),
        ("Saldırıda ölü sayısı 23'ten 28'e yükseldi.", {"unknown": "K28"}),
    ],
    "fa": [
        ("در گلوله‌باران شهر ۱۵ غیرنظامی کشته و ۲۰ نفر دیگر زخمی شدند.", {"civilian": "K15 I20"}),
        ("حمله هوایی سه کشاورز را کشت و دو کودک را زخمی کرد.", {"civilian": "K3 I2"}),
        ("۱۵ کشته در بمباران غزه", {"unknown": "K15"}),
        ("حمله پهپادی ۱۵ کشته و ۲۰ زخمی بر جای گذاشت.", {"unknown": "K15 I20"}),
        ("دست‌کم دوازده روستایی در این حمله کشته شدند.", {"civilian": "K12+"}),
        ("بیش از ۳۰ نفر از ساکنان در حملات شبانه جان باختند.", {"civilian": "K31+"}),
        ("بین ۹ تا ۱۶ غیرنظامی در گلوله‌باران کشته شدند.", {"civilian": "K9-16"}),
        ("در این تیراندازی حدود ۴۰ نفر زخمی شدند.", {"unknown": "I~40"}),
        ("ده‌ها غیرنظامی در بمباران کشته شدند.", {"civilian": "K20+"}),
        ("صد و بیست و پنج نفر در این حمله هوایی جان خود را از دست دادند.", {"unknown": "K125"}),
        ("ارتش از کشته شدن چهار سرباز در یک کمین خبر داد.", {"combatant": "K4"}),
        ("چهار سرباز در درگیری مسلحانه کشته و نه تن دیگر زخمی شدند.", {"combatant": "K4 I9"}),
        ("در حمله هوایی ۱۷ شبه‌نظامی و یک کودک کشته شدند.", {"civilian": "K1", "combatant": "K17"}),
        ("یک غیرنظامی و دو سرباز در انفجار مین کشته شدند.", {"civilian": "K1", "combatant": "K2"}),
        ("یک خبرنگار در حمله هوایی کشته شد.", {"civilian": "K1"}),
        ("یک مادر و دو پسرش در پی اصابت خمپاره کشته شدند.", {"civilian": "K3"}),
        ("شش عضو یک خانواده در حمله هوایی جان باختند.", {"civilian": "K6"}),
        ("یک کشته و سه زخمی در حمله پهپادی", {"unknown": "K1 I3"}),
        ("دست‌کم ۳۱ نفر در گلوله‌باران کشته شدند، از جمله دو امدادگر.", {"civilian": "K31+"}),
        ("در این حمله ۵۸ نفر کشته شدند که ۲۵ نفر از آنها کودک بودند.", {"civilian": "K58"}),
        ("شمار کشته‌شدگان این حمله به ۲۸ نفر رسید.", {"unknown": "K28"}),
        ("کشته و زخمی شدن ۱۲ غیرنظامی در حمله طالبان", {"civilian": "K1+ I1+ C12"}),
    ],
}  # fmt: skip

# What counts, and its twin with the word changed that makes it no current casualty of a conflict.
TWINS = {
    "fr": [
        ("La frappe a fait 40 morts et cent blessés.", "Le séisme a fait 40 morts et cent blessés."),
        ("Deux morts dans une attaque de drone à Homs", "Deux morts dans un accident de la route à Homs"),
        ("Le bombardement a fait dix victimes.", "Le bombardement n'a pas fait de victimes."),
        ("Une frappe a tué 31 civils dans cette ville mardi.", "Une frappe a tué 31 civils dans cette ville en 2013."),
        (
            "Plus de 500 civils ont été tués dans les bombardements de la semaine.",
            "Plus de 500 civils ont été tués dans les bombardements depuis le début de la guerre.",
        ),
        ("Quinze miliciens ont été abattus dans la nuit.", "Quinze drones ont été abattus dans la nuit."),
        ("L'armée a tué des centaines de civils.", "L'armée pourrait tuer des centaines de civils."),
    ],
    "es": [
        ("El bombardeo dejó 40 muertos y cientos de heridos.", "El terremoto dejó 40 muertos y cientos de heridos."),
        ("Dos muertos en un ataque en la estación", "Dos muertos en un accidente de tráfico en la estación"),
        ("El bombardeo dejó diez víctimas.", "El bombardeo no dejó víctimas."),
        ("Un bombardeo mató allí a 31 civiles el martes.", "Un bombardeo mató allí a 31 civiles en 2013."),
        (
            "Más de 500 civiles han muerto en los bombardeos de la noche.",
            "Más de 500 civiles han muerto en los bombardeos desde el inicio de la guerra.",
        ),
        ("Quince milicianos fueron abatidos en la noche.", "Quince drones fueron abatidos en la noche."),
        ("El ejército ha matado a cientos de civiles.", "El ejército podría matar a cientos de civiles."),
    ],
    "ru": [
        ("Удар унёс жизни 40 человек, сотни пострадали.", "Землетрясение унесло жизни 40 человек, сотни пострадали."),
        ("Два человека погибли при обстреле под Тулой", "Два человека погибли в ДТП под Тулой"),
        ("В результате обстрела пострадали трое.", "В результате обстрела никто не пострадал."),
        ("При обстреле трое погибших и пострадавших.", "При обстреле погибших и пострадавших нет."),
        ("В городе при авиаударе погиб 31 мирный житель.", "В 2013 году при авиаударе погиб 31 мирный житель."),
        (
            "Более 500 мирных жителей погибли под обстрелами за сутки.",
            "Более 500 мирных жителей погибли под обстрелами с начала войны.",
        ),
        ("При атаке пострадали 12 жителей дома.", "При атаке пострадали жилые дома и 12 автомобилей."),
    ],
    "uk": [
        ("Удар забрав життя 40 людей, сотні постраждали.", "Землетрус забрав життя 40 людей, сотні постраждали."),
        ("Двоє людей загинули під обстрілом біля Полтави", "Двоє людей загинули в ДТП біля Полтави"),
        ("Внаслідок обстрілу постраждали троє.", "Внаслідок обстрілу ніхто не постраждав."),
        ("Внаслідок обстрілу троє загиблих і постраждалих.", "Внаслідок обстрілу загиблих і постраждалих немає."),
        (
            "У цьому місті внаслідок обстрілу загинув 31 мирний житель.",
            "У 2014 році в цьому місті внаслідок обстрілу загинув 31 мирний житель.",
        ),
        (
            "Понад 500 цивільних загинули під обстрілами за добу.",
            "Понад 500 цивільних загинули під обстрілами від початку повномасштабного вторгнення.",
        ),
        ("Унаслідок атаки постраждали 12 мешканців.", "Унаслідок атаки постраждали будинки та 12 автомобілів."),
    ],
    "tr": [
        ("Saldırıda 40 kişi hayatını kaybetti.", "Depremde 40 kişi hayatını kaybetti."),
        ("Hava saldırısında 2 kişi öldü", "Trafik kazasında 2 kişi öldü"),
        ("Saldırıda ölen veya yaralanan 3 kişi var.", "Saldırıda ölen veya yaralanan olmadı."),
        ("Saldırıda can kaybı 3'e yükseldi.", "Saldırıda can kaybı yaşanmadı."),
        ("Hava saldırısında 31 sivil öldürüldü.", "2013 yılındaki hava saldırısında 31 sivil öldürüldü."),
        (
            "Dün geceki bombardımanlarda 500 sivil öldürüldü.",
            "Savaşın başından bu yana bombardımanlarda 500 sivil öldürüldü.",
        ),
        ("Kentte çatışma çıktı, üç asker öldü.", "Kentte patlama oldu, üç ev hasar gördü."),
    ],
    "fa": [
        ("حمله ۴۰ کشته و صدها زخمی بر جای گذاشت.", "زلزله ۴۰ کشته و صدها زخمی بر جای گذاشت."),
        ("دو نفر در حمله هوایی به جاده جان باختند.", "دو نفر در تصادف رانندگی جاده جان باختند."),
        ("در این حمله موشکی سه نفر کشته یا زخمی شدند.", "در این حمله موشکی کسی کشته یا زخمی نشده است."),
        ("این بمباران سه کشته داشت.", "این بمباران تلفات جانی نداشت."),
        ("در این شهر ۳۱ غیرنظامی در حمله هوایی کشته شدند.", "در حمله هوایی سال ۲۰۱۳ نیز ۳۱ غیرنظامی کشته شدند."),
        ("در بمباران دیروز ۵۰۰ غیرنظامی کشته شدند.", "از آغاز جنگ ۵۰۰ غیرنظامی در بمباران کشته شدند."),
        ("در حمله به شهر صدها غیرنظامی کشته شدند.", "ممکن است در حمله به شهر صدها غیرنظامی کشته شوند."),
    ],
}  # fmt: skip

ANNIVERSARIES = [
    "Les familles ont marqué l'anniversaire de la frappe qui a tué 80 civils.",
    "Las familias conmemoraron el aniversario del bombardeo que mató a 80 civiles.",
    "Семьи отметили годовщину удара, при котором погибли 80 мирных жителей.",
    "Родини відзначили роковини удару, в якому загинули 80 мирних жителів.",
    "Aileler, 80 sivilin öldürüldüğü saldırının yıl dönümünde bir araya geldi.",
    "خانواده‌ها در سالگرد حمله‌ای که ۸۰ غیرنظامی در آن کشته شدند گرد هم آمدند.",
]

VICTIMS = {
    "fr": ("Une frappe aérienne a tué {0} {1}.", "civils", "combattants"),
    "es": ("Un ataque aéreo mató a {0} {1}.", "civiles", "combatientes"),
    "ru": ("При авиаударе убиты {0} {1}.", "гражданских", "боевиков"),
    "uk": ("Внаслідок авіаудару вбито {0} {1}.", "цивільних", "бойовиків"),
    "tr": ("Hava saldırısında {0} {1} öldürüldü.", "sivil", "militan"),
    "fa": ("در حمله هوایی {0} {1} کشته شدند.", "غیرنظامی", "شبه‌نظامی"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=f"{name}-{text[:40]}") for name in TELLINGS for text, expected in TELLINGS[name]],
)
def test_a_toll_is_read_as_it_is_told(text, expected, rulebook):
    assert toll(text, rulebook) == expected


@pytest.mark.parametrize(
    ("counts", "twin"),
    [pytest.param(counts, twin, id=f"{name}-{twin[:40]}") for name in TWINS for counts, twin in TWINS[name]],
)
def test_one_word_decides_whether_there_are_casualties(counts, twin, rulebook):
    assert toll(counts, rulebook) != {}
    assert toll(twin, rulebook) == {}


@pytest.mark.parametrize("text", ANNIVERSARIES)
def test_an_anniversary_is_an_event_but_not_a_current_one(text, rulebook):
    events = read(report(text), rulebook.knowledge).events

    assert events
    assert not any(event.current for event in events)


@pytest.mark.parametrize("language", TELLINGS)
def test_a_single_sentence_is_read_in_its_own_language(language, rulebook):
    told = [text for text, _ in TELLINGS[language]] + [text for pair in TWINS[language] for text in pair]
    read_as = {text: read(report(text), rulebook.knowledge).language for text in told}

    assert {text: found for text, found in read_as.items() if found != language} == {}


@pytest.mark.parametrize(
    "text",
    [
        "Strikes on El Fasher kill 12",
        "Las Vegas shooting: police chief speaks",
        "UN: 15 killed in La Paz",
        "Al Shabaab raid kills nine",
    ],
)
def test_foreign_names_do_not_make_an_english_headline_foreign(text, rulebook):
    assert read(report(text), rulebook.knowledge).language == "en"


@pytest.mark.parametrize("language", VICTIMS)
@given(killed=st.integers(2, 999))
def test_swapping_the_victims_moves_the_count_to_the_other_class(language, rulebook, killed):
    template, civilians, fighters = VICTIMS[language]

    assert toll(template.format(killed, civilians), rulebook) == {"civilian": f"K{killed}"}
    assert toll(template.format(killed, fighters), rulebook) == {"combatant": f"K{killed}"}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Ворожі війська обстріляли Куп'янськ, загинула жінка.", "UA"),
        ("Ізраїль вдарив по місту Газа, загинули п'ятеро людей.", "PS"),
    ],
)
def test_a_report_in_a_language_of_one_country_is_about_it_unless_it_says_otherwise(text, country, rulebook):
    (event, *_) = read(report(text), rulebook.knowledge).events

    assert event.place is not None
    assert event.place.country == country
