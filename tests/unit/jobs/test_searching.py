"""What people type, what texts are about, pages that lose nothing, and searches that tell."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from services.jobs.adapters import analysis
from services.jobs.domain.search import MOST_WORDS, Word, wanted
from services.jobs.ports import Work
from services.jobs.use_cases import posting, searching
from shared.errors import Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.search import (
    Every,
    SavedSearchMatched,
    SavedSearchView,
    SaveSearch,
    SearchTerms,
    Sort,
)
from tests.support.fakes import NOW
from tests.unit.jobs.fakes import an_assistant
from tests.unit.jobs.test_jobs_in_full import post
from tests.unit.jobs.test_use_cases import Market

GARDENS = SaveSearch(name="Gardens", terms=SearchTerms(q="gardens"))


@pytest.fixture
def market() -> Market:
    market = Market()
    market.told()
    return market


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("データ入力 Excel", ((Word("データ入力"),), (Word("Excel"),))),
        ('"庭の案内" -写真', ((Word("庭の案内", phrase=True),), (Word("写真", excluded=True),))),
        ("翻訳 OR 通訳 英語", ((Word("翻訳"), Word("通訳")), (Word("英語"),))),
        ("翻訳 または 通訳", ((Word("翻訳"), Word("通訳")),)),
        (
            "\u201c庭の案内\u201d\u3000\uff0d写真",
            ((Word("庭の案内", phrase=True),), (Word("写真", excluded=True),)),
        ),
        ('OR 庭 "', ((Word("庭"),),)),
        ("   ", ()),
    ],
)
def test_a_query_is_read_as_people_type_it(
    query: str, expected: tuple[tuple[Word, ...], ...]
) -> None:
    assert wanted(query) == expected


def test_a_query_has_so_many_words_at_the_most() -> None:
    with pytest.raises(Invalid, match="query_too_long"):
        wanted("庭 " * (MOST_WORDS + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("打込み", "打ち込み"),
        ("引越しの見積り", "引っ越しの見積もり"),
        ("シュミレーション", "シミュレーション"),
        ("\uff45\uff58\uff43\uff45\uff4c", "エクセル"),
        ("ﾃﾞｰﾀ", "データ"),
        ("ホームページ", "Webサイト"),
        ("translations", "Translation"),
        ("翻訳", "translating"),
        ("書いた", "書く"),
    ],
)
def test_words_that_mean_the_same_are_the_same(one: str, other: str) -> None:
    assert [each.whole for each in analysis.terms(one)] == [
        each.whole for each in analysis.terms(other)
    ]


def test_a_long_word_is_found_by_its_parts() -> None:
    [word] = analysis.terms("選挙管理委員会")
    assert "管理" in word.parts


def test_what_holds_a_sentence_together_is_left_out() -> None:
    words = [each.whole for each in analysis.terms("在宅でのデータ入力をお願いします。")]
    assert words == ["在宅", "データ", "入力"]
    assert analysis.terms("for the of いる こと") == []


def test_a_text_of_any_length_is_taken() -> None:
    assert len(analysis.terms("庭の案内。" * 8_000)) == 16_000


def test_texts_of_several_people_at_once_are_divided_like_one_after_another() -> None:
    texts = [f"{number}件の受注データの入力と整理 gardens" * 20 for number in range(60)]
    alone = [analysis.terms(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(analysis.terms, texts))

    assert at_once == alone


def test_pages_go_on_where_the_last_has_ended(market: Market) -> None:
    ids = {post(market).job_id for _ in range(4)} | {market.job.job_id}
    person, seen, after = an_assistant(), [], None
    for _ in range(3):
        page = searching.search_jobs(
            SearchTerms(), person, market.work, sort=Sort.NEWEST, after=after, limit=2
        )
        seen += [each.job_id for each in page.items]
        after = page.next
    assert after is None
    assert len(seen) == len(ids) == 5
    assert set(seen) == ids


@pytest.mark.parametrize("cursor", ["", "x", "bm9uZQ", "W10", "WzEsMiwzXQ", "é"])
@pytest.mark.parametrize("sort", Sort)
def test_a_cursor_that_nobody_gave_is_refused(market: Market, cursor: str, sort: Sort) -> None:
    if not cursor:
        return
    with pytest.raises(Invalid, match="cursor_invalid"):
        searching.search_jobs(
            SearchTerms(), an_assistant(), market.work, sort=sort, after=cursor, limit=2
        )


def test_a_cursor_of_another_order_is_refused(market: Market) -> None:
    post(market)
    page = searching.search_jobs(
        SearchTerms(), an_assistant(), market.work, sort=Sort.NEWEST, after=None, limit=1
    )
    with pytest.raises(Invalid, match="cursor_invalid"):
        searching.search_jobs(
            SearchTerms(), an_assistant(), market.work, sort=Sort.BUDGET, after=page.next, limit=1
        )


class Runs:
    """Transactions on one Work in memory."""

    def __init__(self, work: Work) -> None:
        self.work = work

    @contextmanager
    def begin(self) -> Iterator[Work]:
        yield self.work


def run(market: Market, **lengths: float) -> list[SavedSearchMatched]:
    """Turn the clock on, run what is due, and return what was told."""
    market.outbox.events.clear()
    market.work.clock.forward(**lengths)  # type: ignore[attr-defined]  # it is set by hand
    searching.run_due_searches(Runs(market.work))
    return [each for each in market.outbox.events if isinstance(each, SavedSearchMatched)]


def saved(market: Market, command: SaveSearch = GARDENS) -> SavedSearchView:
    return searching.save_search(command, market.assistant, market.work)


def test_a_saved_search_tells_of_what_is_opened_later_and_once(market: Market) -> None:
    search = saved(market)
    assert run(market, minutes=1) == [], "what was open before is no news"
    market.work.clock.forward(minutes=1)  # type: ignore[attr-defined]
    new = post(market)
    draft = post(market, draft=True)
    [told] = run(market, minutes=5)
    assert (told.person_id, told.name) == (market.assistant.person_id, "Gardens")
    assert [each.job_id for each in told.jobs] == [new.job_id]
    assert told.search_id == search.search_id
    assert run(market, minutes=5) == []
    posting.publish_job(draft.job_id, market.client, market.work)
    [told] = run(market, minutes=5)
    assert [each.job_id for each in told.jobs] == [draft.job_id]


def test_what_does_not_fit_is_not_told(market: Market) -> None:
    saved(market, SaveSearch(name="Design", terms=SearchTerms(q="photographs")))
    run(market, minutes=1)
    post(market)
    assert run(market, minutes=10) == []


def test_a_daily_search_tells_in_the_morning_and_counts_what_it_does_not_name(
    market: Market,
) -> None:
    saved(market, GARDENS.model_copy(update={"every": Every.DAILY}))
    run(market, minutes=1)
    market.work.clock.forward(minutes=1)  # type: ignore[attr-defined]
    for _ in range(3):
        post(market)
    # It is just after noon in Japan: eight o'clock is twenty hours away.
    assert run(market, hours=19) == []
    [told] = run(market, hours=1)
    assert (len(told.jobs), told.more) == (2, 1)


def test_searches_are_kept_up_to_a_number_listed_and_removed(market: Market) -> None:
    first = saved(market)
    saved(market)
    with pytest.raises(Rejected, match="too_many_searches"):
        saved(market)
    other = an_assistant()
    assert searching.list_searches(other, market.work).items == ()
    with pytest.raises(NotFound, match="search_not_found"):
        searching.remove_search(first.search_id, other, market.work)
    left = searching.remove_search(first.search_id, market.assistant, market.work)
    assert len(left.items) == 1
    with pytest.raises(NotFound, match="search_not_found"):
        searching.remove_search(new_id(), market.assistant, market.work)


def test_a_job_counts_as_new_from_when_it_was_opened(market: Market) -> None:
    draft = post(market, draft=True)
    market.work.clock.forward(days=3)  # type: ignore[attr-defined]
    posting.publish_job(draft.job_id, market.client, market.work)
    assert market.work.jobs.get(draft.job_id).opened_at == NOW + timedelta(days=3)
