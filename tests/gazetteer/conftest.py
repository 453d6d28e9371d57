"""Tables of places made for these tests; nothing here is anybody's data."""

import pytest


def dump_line(number: int, name: str, **more) -> str:
    """One line of a GeoNames country dump: 19 columns."""
    columns = [str(number), name, more.get("ascii", name), more.get("alternates", ""), str(more.get("lat", 35.0))]
    columns += [
        str(more.get("lon", 36.0)),
        more.get("feature_class", "P"),
        more.get("code", "PPL"),
        more.get("country", "SY"),
        "",
    ]
    columns += [
        more.get("admin1", "12"),
        "",
        "",
        "",
        str(more.get("population", 0)),
        "",
        "",
        "Asia/Damascus",
        "2024-01-01",
    ]
    return "\t".join(columns) + "\n"


@pytest.fixture
def dump() -> str:
    return "".join(
        [
            dump_line(900001, "Tell Qamar", alternates="Tal Kamar,تل قمر,tl qmr", lat=35.71, lon=36.52, population=300),
            dump_line(900002, "Ayn Zaman", alternates="عين زمان", lat=35.72, lon=36.50, admin1="00"),
            dump_line(900003, "Wadi as Sada", feature_class="H", code="STM"),
            dump_line(900004, "Old Qamar", code="PPLH"),
        ]
    )


@pytest.fixture
def pcodes() -> str:
    return (
        "Location,Admin Level,P-Code,Name,Parent P-Code\n"
        "#country+code,#geo+admin_level,#adm+code,#adm+name,#adm+code+parent\n"
        "SYR,1,SY97,North Valley Governorate,SYR\n"
        "SYR,2,SY9701,Qamar District,SY97\n"
    )


@pytest.fixture
def settlements() -> str:
    return (
        "ADM1_EN,ADM1_AR,ADM1_PCODE,ADM2_EN,ADM2_PCODE,ADM3_EN,ADM3_PCODE,ADM4_EN,ADM4_AR,ADM4_PCODE,Latitude,Longitude\n"
        "North Valley,الوادي الشمالي,SY97,Qamar,SY9701,Sahl,SY970101,Tell Qamar,تل قمر,C97001,35.71,36.52\n"
        "North Valley,الوادي الشمالي,SY97,Qamar,SY9701,Sahl,SY970101,Ayn Zaman,عين زمان,C97002,35.72,36.50\n"
    )
