"""Banks and branches, found as people type them; over the list that is installed."""
# ruff: noqa: RUF001  (people type full width, and mean ASCII)

import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from services.payments.adapters.banks import ZenginBanks
from services.payments.api_banks import router
from services.payments.domain.banks import Bank, Branch, Routing
from shared.db import Database
from shared.errors import Invalid, NotFound
from shared.http.app import create_app
from shared.http.edge import Edge
from shared.http.tokens import TokenVerifier
from tests.support.apis import Signer
from tests.support.fakes import SetClock

BANKS = ZenginBanks.installed()
PATH = "/api/v1/payments/banks"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("0001", "みずほ"),
        ("０００１", "みずほ"),
        ("990", "ゆうちょ"),
        ("みずほ", "みずほ"),
        ("ミズホ", "みずほ"),
        ("ﾐｽﾞﾎ", "みずほ"),
        ("mizuho", "みずほ"),
        ("Ｍｉｚｕｈｏ", "みずほ"),
        ("みずほ銀行", "みずほ"),
        ("みずほぎんこ", "みずほ"),
        ("Rakuten Bank", "楽天"),
        ("ufj", "三菱ＵＦＪ"),
        ("みつびしゆーえふじぇい", "三菱ＵＦＪ"),
        ("ゆうちょ", "ゆうちょ"),
        ("yucho", "ゆうちょ"),
        ("yuuchiyo", "ゆうちょ"),
        ("hokkaido", "北海道"),
        ("tokyo suta", "東京スター"),
        ("toukyou sutaa", "東京スター"),
        ("ソニー銀行", "ソニー"),
        ("ﾛｰｿﾝ", "ローソン"),
        ("京都信用金庫", "京都信金"),
        ("きょうとしんようきんこ", "京都信金"),
        ("iyo", "伊予"),
    ],
)
def test_a_bank_is_found_however_it_is_typed(text: str, first: str) -> None:
    assert BANKS.search(text, 5)[0].name == first


def test_who_is_named_so_comes_before_who_is_named_beginning_so_or_containing_it() -> None:
    names = [bank.name for bank in BANKS.search("みずほ", 10)]
    assert names == ["みずほ", "みずほ信託", "埼玉みずほ農協"]


def test_no_more_are_returned_than_asked_for_and_none_when_none_fits() -> None:
    assert len(BANKS.search("信金", 7)) == 7
    assert BANKS.search("no such bank", 7) == []


@pytest.mark.parametrize(
    ("bank_code", "text", "first"),
    [
        ("0005", "001", "本店"),
        ("0005", "新宿支店", "新宿"),
        ("0009", "しんじゅく", "新宿"),
        ("0009", "shinjuku", "新宿"),
        ("0001", "sapporo", "札幌"),
        ("9900", "〇一八", "〇一八"),
        ("9900", "018", "〇一八"),
    ],
)
def test_a_branch_is_found_within_its_bank(bank_code: str, text: str, first: str) -> None:
    assert BANKS.branches(bank_code, text, 5)[0].name == first


def test_without_a_text_branches_come_in_order_of_their_codes() -> None:
    codes = [branch.code for branch in BANKS.branches("0009", "", 50)]
    assert len(codes) == 50
    assert codes == sorted(codes)


@given(st.sampled_from(BANKS.search("", 2_000)))
def test_every_bank_is_found_by_its_code_name_and_kana_and_has_branches(bank: Bank) -> None:
    assert BANKS.search(bank.code, 1) == [bank]
    assert bank in BANKS.search(bank.name, 50)
    assert bank in BANKS.search(bank.kana, 50)
    branches = BANKS.branches(bank.code, "", 1_000)
    assert all(BANKS.find(bank.code, each.code) == (bank, each) for each in branches)


def test_a_bank_and_its_branch_are_read_by_their_codes() -> None:
    bank, branch = BANKS.find("0005", "001")
    assert bank == Bank("0005", "三菱ＵＦＪ", "ミツビシユ－エフジエイ")
    assert branch == Branch("001", "本店", "ホンテン")


# A code becomes part of a file's name: what isn't in the list never does.
@pytest.mark.parametrize("code", ["", "0002", "1", "00001", "../banks", "..", "０００１", "\0"])
def test_a_bank_that_is_not_in_the_list_is_not_found(code: str) -> None:
    with pytest.raises(NotFound, match="bank_not_found"):
        BANKS.find(code, "001")
    with pytest.raises(NotFound, match="bank_not_found"):
        BANKS.branches(code, "", 1)


@pytest.mark.parametrize("code", ["", "999", "1", "0001", "０01"])
def test_a_branch_that_is_not_in_the_list_is_not_found(code: str) -> None:
    with pytest.raises(NotFound, match="branch_not_found"):
        BANKS.find("0005", code)


def test_a_routing_number_is_the_bank_and_the_branch() -> None:
    routing = Routing.of("0005001")
    assert routing == Routing("0005", "001")
    assert BANKS.find(routing.bank_code, routing.branch_code)[1].name == "本店"


@pytest.mark.parametrize(
    "number", ["", "000500", "00050012", "0005-001", "０００５００１", "000500a"]
)
def test_another_shape_is_no_routing_number(number: str) -> None:
    with pytest.raises(Invalid, match="routing_number_invalid"):
        Routing.of(number)


@given(st.text(max_size=20))
def test_any_text_can_be_searched_for(text: str) -> None:
    assert len(BANKS.search(text, 3)) <= 3


def test_the_list_is_read_only_when_it_is_asked_for() -> None:
    read = (
        "import sys; from services.payments.adapters.banks import ZenginBanks;"
        "banks = ZenginBanks.installed(); assert 'zengin_code' not in sys.modules;"
        "assert '_banks' not in vars(banks); banks.find('0005', '001');"
        "assert 'zengin_code' not in sys.modules; assert '_banks' in vars(banks)"
    )
    subprocess.run([sys.executable, "-c", read], check=True)


@pytest.fixture
def api() -> Iterator[TestClient]:
    """The two paths of an api without a database: they need none."""
    signer, clock = Signer(), SetClock()
    edge: Edge[Any] = Edge(
        Database("postgresql://nobody@127.0.0.1:1/nothing"),
        lambda *_: None,
        clock,
        TokenVerifier(signer.find, clock),
    )
    app = create_app("payments", [router], edge)
    app.state.banks = BANKS
    with TestClient(app, headers=signer.headers(uuid4()), raise_server_exceptions=False) as client:
        yield client


def test_banks_are_searched_over_http(api: TestClient) -> None:
    answer = api.get(PATH, params={"q": "みずほ", "limit": 1})
    assert answer.json() == {"items": [{"code": "0001", "name": "みずほ", "kana": "ミズホ"}]}


def test_branches_are_searched_over_http(api: TestClient) -> None:
    answer = api.get(f"{PATH}/0005/branches", params={"q": "001"})
    assert answer.json()["items"] == [{"code": "001", "name": "本店", "kana": "ホンテン"}]
    assert len(api.get(f"{PATH}/0005/branches").json()["items"]) == 20
    assert api.get(f"{PATH}/0002/branches").json()["code"] == "bank_not_found"


@pytest.mark.parametrize("q", ["", " ", "・", "ー"])
def test_a_search_for_nothing_is_refused(api: TestClient, q: str) -> None:
    answer = api.get(PATH, params={"q": q})
    assert answer.status_code == 422
    assert answer.json()["code"] == "query_too_short"


@pytest.mark.parametrize("path", [f"{PATH}?q=0001", f"{PATH}/0005/branches"])
def test_who_has_not_signed_in_is_shown_nothing(api: TestClient, path: str) -> None:
    answer = api.get(path, headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_missing"
