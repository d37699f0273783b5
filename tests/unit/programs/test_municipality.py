"""The national list of local governments is whole, and found by code and by name."""

import csv
from pathlib import Path

import pytest

import services.programs
from services.programs.domain.municipality import check_digit, municipality, search
from shared.errors import Invalid

PREFECTURES = 47
MUNICIPALITIES = 1_741 + 6  # cities, special wards, towns, villages; the Northern Territories
LIST = Path(services.programs.__file__).parent / "data" / "municipalities.csv"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_list_has_every_prefecture_and_municipality_once(rows: list[dict[str, str]]) -> None:
    codes = {row["code"] for row in rows}
    prefectures = {row["code"] for row in rows if row["code"][2:5] == "000"}
    assert len(codes) == len(rows)
    assert {code[:2] for code in prefectures} == {f"{n:02}" for n in range(1, PREFECTURES + 1)}
    assert len(codes - prefectures) == MUNICIPALITIES


def test_every_line_is_well_formed(rows: list[dict[str, str]]) -> None:
    names = {row["code"][:2]: row["name"] for row in rows if row["code"][2:5] == "000"}
    for row in rows:
        assert row["code"][5] == check_digit(row["code"][:5]), row
        assert row["prefecture"] == names[row["code"][:2]], row
        assert row["name"], row
        assert row["kana"], row
        assert row["code"][2:5] == "000" or row["name"][-1] in "市区町村", row


@pytest.mark.parametrize(
    ("code", "prefecture", "name"),
    [
        ("131016", "東京都", "千代田区"),
        ("011002", "北海道", "札幌市"),
        ("472018", "沖縄県", "那覇市"),
        ("260002", "京都府", "京都府"),
    ],
)
def test_code_names_its_municipality(code: str, prefecture: str, name: str) -> None:
    view = municipality(code)
    assert (view.code, view.prefecture, view.name) == (code, prefecture, name)


def test_wrong_check_digit_is_said() -> None:
    with pytest.raises(Invalid) as refusal:
        municipality("131017")
    assert refusal.value.code == "municipality_unknown"
    assert refusal.value.facts["meant"] == "131016"


@pytest.mark.parametrize("code", ["999990", "13101", "１３１０１６", "", "13101x"])  # noqa: RUF001
def test_unknown_code_is_refused_without_guess(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        municipality(code)
    assert refusal.value.code == "municipality_unknown"
    assert "meant" not in refusal.value.facts


@pytest.mark.parametrize(
    "text",
    ["千代田", "ちよだく", "チヨダク", "ﾁﾖﾀﾞｸ", "１３１０１６", "東京 千代田"],  # noqa: RUF001
)
def test_search_finds_by_name_reading_and_code(text: str) -> None:
    assert "131016" in [view.code for view in search(text)]


@pytest.mark.parametrize("text", ["龍ケ崎", "鎌ケ谷市"])
def test_search_finds_names_with_small_kana(text: str) -> None:
    assert search(text)[0].name.startswith(text)


def test_search_keeps_to_its_limit_and_puts_beginnings_first() -> None:
    assert len(search("市", limit=7)) == 7
    assert search("府中")[0].name == "府中市"


@pytest.mark.parametrize("text", ["", "  ", "\u3000", "存在しない町", "\x00"])
def test_search_finds_nothing(text: str) -> None:
    assert search(text) == []
