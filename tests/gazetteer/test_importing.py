"""Tables of others, imported: what they bring, how they join the world, and what is said of broken ones."""

import zipfile

import pytest

from bot.gazetteer import open_gazetteer
from bot.gazetteer.dumps import TableError
from bot.gazetteer.importing import import_table


def gazetteer(data):
    opened = open_gazetteer([], data)
    assert opened.problems == ()
    return opened.gazetteer


def test_a_country_dump_brings_villages_with_their_province(tmp_path, dump):
    (tmp_path / "SY.txt").write_text(dump, encoding="utf-8")

    imported = import_table(tmp_path / "SY.txt", tmp_path / "data")

    village = gazetteer(tmp_path / "data").find("تل قمر")
    assert imported.places == 2
    assert village.id == "gn:900001"
    assert village.admin == ("Idlib",)
    assert village.country_name == "Syria"


def test_streams_and_vanished_villages_stay_out(tmp_path, dump):
    (tmp_path / "SY.txt").write_text(dump, encoding="utf-8")

    import_table(tmp_path / "SY.txt", tmp_path / "data")

    for name in ("Wadi as Sada", "Old Qamar"):
        assert gazetteer(tmp_path / "data").named(name) == []


def test_a_village_without_a_province_gets_that_of_its_neighbour(tmp_path, dump):
    (tmp_path / "SY.txt").write_text(dump, encoding="utf-8")

    import_table(tmp_path / "SY.txt", tmp_path / "data")

    assert gazetteer(tmp_path / "data").find("gn:900002").admin == ("Idlib",)


def test_a_zipped_dump_is_the_same(tmp_path, dump):
    with zipfile.ZipFile(tmp_path / "SY.zip", "w") as archive:
        archive.writestr("SY.txt", dump)
        archive.writestr("readme.txt", "about")

    assert import_table(tmp_path / "SY.zip", tmp_path / "data").places == 2


def test_p_codes_name_provinces_and_districts(tmp_path, pcodes):
    (tmp_path / "pcodes.csv").write_text(pcodes, encoding="utf-8")

    import_table(tmp_path / "pcodes.csv", tmp_path / "data")

    found = gazetteer(tmp_path / "data")
    assert found.find("SY97").name == "North Valley Governorate"
    assert found.find("North Valley").kind == "admin1"
    assert found.find("SY9701").parents[0] == "im:SY97"
    assert found.find("SY9701").country_name == "Syria"


def test_a_table_of_settlements_brings_each_level_once(tmp_path, settlements):
    (tmp_path / "syr.csv").write_text(settlements, encoding="utf-8")

    imported = import_table(tmp_path / "syr.csv", tmp_path / "data")

    village = gazetteer(tmp_path / "data").find("C97001")
    assert imported.places == 5
    assert (village.kind, village.lat, village.lon) == ("settlement", pytest.approx(35.71), pytest.approx(36.52))
    assert village.parents[:3] == ("im:SY970101", "im:SY9701", "im:SY97")


def test_an_import_replaces_the_earlier_one_of_its_name(tmp_path, dump):
    source = tmp_path / "SY.txt"
    source.write_text(dump, encoding="utf-8")
    import_table(source, tmp_path / "data")
    source.write_text(dump.replace("Tell Qamar", "Tell Shams"), encoding="utf-8")

    import_table(source, tmp_path / "data")

    assert gazetteer(tmp_path / "data").named("Tell Qamar") == []
    assert gazetteer(tmp_path / "data").named("Tell Shams")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("short.txt", b"1\tName\tName\n", "line 1 has 3 columns"),
        ("empty.csv", b"", "first line must name the columns"),
        ("other.csv", b"a,b\n1,2\n", "first line must name the columns"),
        ("latin.csv", "Nom,Préfecture\n".encode("latin-1"), "is not UTF-8"),
        ("nothing.csv", b"Location,Admin Level,P-Code,Name,Parent P-Code\n", "no place in it"),
    ],
)
def test_what_is_no_table_is_said_so(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(TableError, match=said):
        import_table(tmp_path / name, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(TableError, match="No such file"):
        import_table(tmp_path / "absent.txt", tmp_path / "data")


def test_an_archive_of_two_tables_is_refused(tmp_path, dump):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("SY.txt", dump)
        archive.writestr("LB.txt", dump)

    with pytest.raises(TableError, match="must hold one table"):
        import_table(tmp_path / "two.zip", tmp_path / "data")
