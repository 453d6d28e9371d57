"""Place files as people write them: entries, regions, cues, and what is said of mistakes."""

from bot.core.overlays import joined, parse_places
from bot.core.places.keys import key_of


def problems(text: str) -> list[str]:
    parsed = parse_places(text, "p.yaml")
    return [str(p) for p in (*parsed.problems, *joined([parsed]).problems)]


def test_an_entry_gives_a_place_with_its_names_and_codes():
    text = '- {id: "ov:a", name: Alpha, kind: camp, country: SY, at: [35, 36], codes: [SY01], names: {ar: [ألفا]}}'

    (entry,) = parse_places(text, "p.yaml").entries

    assert (entry.row.name, entry.row.kind, entry.row.aliases, entry.row.codes) == (
        "Alpha",
        "camp",
        ("ألفا",),
        ("SY01",),
    )
    assert (entry.row.lat, entry.row.lon) == (35, 36)


def test_a_region_says_what_it_covers():
    text = '- {id: "ov:r", name: R, kind: region, covers: ["ov:a"]}\n- {id: "ov:a", name: A, kind: admin1}'

    assert joined([parse_places(text, "p.yaml")]).regions == {"ov:a": ("ov:r",)}


def test_an_unknown_parent_and_an_unknown_covered_place_are_said():
    text = '- {id: "ov:r", name: R, kind: region, parent: "ov:x", covers: ["ov:y"]}'

    assert ["unknown parent" in p for p in problems(text)] == [True, False]
    assert "unknown covered place" in problems(text)[1]


def test_a_parent_may_be_a_place_of_another_table():
    text = '- {id: "ov:a", name: A, kind: camp, parent: "gn:1"}'

    assert joined([parse_places(text, "p.yaml")], lambda place_id: place_id == "gn:1").problems == ()


def test_a_second_entry_of_an_id_is_refused():
    text = '- {id: "ov:a", name: A, kind: camp}\n- {id: "ov:a", name: B, kind: camp}'

    assert problems(text) == ["p.yaml:2:3: the id 'ov:a' is already taken at p.yaml:1"]


def test_a_wrong_entry_does_not_take_its_neighbours_along():
    text = '- {id: "ov:a", name: A, kind: castle}\n- {id: "ov:b", name: B, kind: camp}'

    parsed = parse_places(text, "p.yaml")

    assert [entry.row.id for entry in parsed.entries] == ["ov:b"]
    assert len(parsed.problems) == 1


def test_a_file_of_keys_holds_cues():
    text = "titles: {en: mr gen}\nphrases: [Aleppo pepper]\nnever: [Hamas]\ndemonyms: {SY: [Syrian]}\n"

    cues = parse_places(text, "words.yaml").cues

    assert cues.titles == {"mr", "gen"}
    assert cues.phrases == {"aleppo": (("aleppo", "pepper"),)}
    assert cues.never == {key_of("Hamas")}
    assert cues.demonyms == {"syrian": ("SY",)}


def test_cues_of_several_files_add_up():
    one = parse_places("titles: {en: mr}\ndemonyms: {SY: [Syrian]}\n", "a.yaml").cues
    two = parse_places("titles: {en: gen}\ndemonyms: {TR: [Turk]}\n", "b.yaml").cues

    both = one.joined([two])

    assert both.titles == {"mr", "gen"}
    assert set(both.demonyms) == {"syrian", "turk"}


def test_an_unknown_key_of_cues_is_said():
    assert "unknown key" in problems("tilted: {en: mr}\n")[0]
