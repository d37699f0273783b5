"""The way of the money: nothing is lost between the nodes."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.journal import StoredEntry, StoredLine
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry, postings_of
from services.payments.domain.postings import Account, Fact, Owner
from services.payments.domain.trace import (
    Lane,
    Node,
    Part,
    divide,
    flows_of,
    share_of,
    standings,
    steps_of,
)
from shared.money import Money, yen

NOW = datetime(2026, 11, 25, tzinfo=UTC)
MILESTONES = [UUID(int=number) for number in range(1, 4)]
OWNERS = {owner: UUID(int=number) for number, owner in enumerate(Owner, start=10)}


def stored(number: int, entry: JournalEntry) -> StoredEntry:
    return StoredEntry(
        number,
        entry.fact,
        str(entry.reference),
        entry.source,
        entry.currency,
        entry.occurred_at,
        tuple(
            StoredLine(
                line, each.account, str(each.owner) if each.owner else None, each.debit, each.credit
            )
            for line, each in enumerate(entry.lines, start=1)
        ),
    )


amounts = st.integers(1, 10**6).map(yen)


@st.composite
def entries(draw: st.DrawFn) -> JournalEntry:
    fact = draw(st.sampled_from(Fact))
    parts: dict[str, Money | Mapping[UUID, Money]] = {
        part: draw(amounts) for part in {rule.part for rule in postings_of(fact)}
    }
    if fact is Fact.CAPTURED:
        parts["escrow"] = draw(st.dictionaries(st.sampled_from(MILESTONES), amounts, min_size=1))
    return journal_entry(fact, Happening(MILESTONES[0], "source", NOW, OWNERS), **parts)


@given(st.lists(entries(), max_size=12))
def test_what_flows_into_a_node_flows_out_or_is_still_there(found: list[JournalEntry]) -> None:
    journal = [stored(number, entry) for number, entry in enumerate(found, start=1)]
    balances: Counter[Node] = Counter()
    for entry in journal:
        for line in entry.lines:
            place = line.account.startswith(("asset", "expense"))
            amount = line.debit - line.credit
            balances[Node(line.account, line.owner)] += amount if place else -amount
    flows = [flow for entry in journal for step in steps_of(entry) for flow in flows_of(step)]
    assert all(flow.amount > 0 for flow in flows)
    found_there = {each.node: each.there for each in standings(flows) if not each.node.outside}
    assert found_there == {node: balances[node] for node in balances}
    for lane in Lane:
        assert sum(each.there for each in standings(flows) if each.lane is lane) == 0


@given(entries())
def test_steps_are_pairs_of_the_posting_table_and_add_up(entry: JournalEntry) -> None:
    steps = steps_of(stored(1, entry))
    rules = {(rule.debit, rule.credit) for rule in postings_of(entry.fact)}
    assert {(step.debit.account, step.credit.account) for step in steps} <= rules
    assert sum(step.amount for step in steps) == sum(line.debit for line in entry.lines)


def test_a_payment_for_several_milestones_is_several_flows_to_whom_it_belongs() -> None:
    entry = journal_entry(
        Fact.CAPTURED,
        Happening(MILESTONES[0], "ch_1", NOW, OWNERS),
        escrow={MILESTONES[0]: yen(70), MILESTONES[1]: yen(30)},
        credit=yen(5),
        processor_fee=yen(4),
    )
    flows = [flow for step in steps_of(stored(1, entry)) for flow in flows_of(step)]
    client = Node("outside:client")
    claims = {(each.giver, each.taker): each.amount for each in flows if each.lane is Lane.CLAIMS}
    assert claims == {
        (client, Node(Account.ESCROW, str(MILESTONES[0]))): 70,
        (client, Node(Account.ESCROW, str(MILESTONES[1]))): 30,
        (client, Node(Account.CLIENT_CREDIT, str(OWNERS[Owner.CLIENT]))): 5,
    }
    places = Counter[tuple[Node, Node]]()
    for each in flows:
        if each.lane is Lane.PLACES:
            places[each.giver, each.taker] += each.amount
    balance = Node(Account.PROCESSOR_BALANCE)
    assert places == {(client, balance): 105, (balance, Node(Account.PROCESSOR_FEE)): 4}


@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.integers(0, 500),
    st.data(),
)
def test_shares_of_a_payout_add_up(owed: list[int], fee: int, data: st.DataObject) -> None:
    parts = [Part(str(number), each) for number, each in enumerate(owed)]
    names = [part.release_id for part in parts]
    some = frozenset(data.draw(st.sets(st.sampled_from(names))))
    rest = frozenset(names) - some
    one, other = divide(parts, some, fee), divide(parts, rest, fee)
    assert (one[0] + other[0], one[1] + other[1]) == (sum(owed) - fee, fee)


def test_of_a_payout_only_the_share_is_shown() -> None:
    happening = Happening(UUID(int=1), "op", NOW, OWNERS)
    entry = journal_entry(
        Fact.PAYOUT_REQUESTED, happening, amount=yen(2_500), transfer_fee=yen(500)
    )
    steps = steps_of(stored(1, entry))
    parts = [Part("a", 1_000), Part("b", 2_000)]
    shares = list(share_of(steps, parts, frozenset({"a"}), 500))
    assert {each.credit.account: each.amount for each in shares} == {
        Account.PAYOUT_IN_TRANSIT: 834,
        Account.TRANSFER_FEE: 166,
    }
