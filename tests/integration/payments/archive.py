"""What documents are made of, put into a real database: the journal, and the tables beside it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, text

from services.payments.adapters import tables
from services.payments.adapters.documents.printing import TypstPrinter
from services.payments.adapters.documents.reversals import keep_reversals
from services.payments.adapters.documents.work import make_documents_work
from services.payments.adapters.ledger import SqlBooks
from services.payments.adapters.rules import SqlRules
from services.payments.api_documents import Documented, router
from services.payments.domain.ledger import Happening, Part, journal_entry
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.rates import Amounts, Rates, amounts, divide
from services.payments.domain.release import Release, reverse
from shared.calendar import day_in_japan
from shared.ids import new_id
from shared.messages.jobs import Category, Mode
from shared.money import Money, yen
from tests.support.apis import Api, Caller, api_of

BASE = "/api/v1/payments"


@dataclass
class Agreed:
    """A milestone of a contract of its own."""

    milestone_id: UUID
    client_id: UUID
    assistant_id: UUID
    mode: Mode
    rates: Rates
    cost: Amounts
    left: Amounts
    accumulated: Money = field(default_factory=lambda: yen(0))
    releases: list[Release] = field(default_factory=list)

    @property
    def owners(self) -> dict[Owner, UUID]:
        """Whose sub-accounts its money is on."""
        return {
            Owner.MILESTONE: self.milestone_id,
            Owner.ASSISTANT: self.assistant_id,
            Owner.CLIENT: self.client_id,
        }


@dataclass
class Archive:
    """The API of documents over a database in which things happened."""

    api: Api
    client: Caller
    assistant: Caller
    operator: Caller

    def at(self, day: str, hour: int = 12) -> datetime:
        """Set the clock to a day in Japan."""
        moment = datetime.fromisoformat(f"{day}T{hour:02}:00:00+09:00")
        self.api.clock.time = moment
        return moment

    def agree(
        self,
        price: int,
        mode: Mode = Mode.BROKERED,
        *,
        title: str = "記事の執筆",
        category: Category = Category.WRITING,
        client: Caller | None = None,
        assistant: Caller | None = None,
    ) -> Agreed:
        """Agree on a milestone."""
        client_id = (client or self.client).person_id
        assistant_id = (assistant or self.assistant).person_id
        contract_id = new_id()
        with self.connected() as connection:
            rates = SqlRules(connection).rates(day_in_japan(self.now), category)
            cost = amounts(yen(price), mode, rates)
            agreed = Agreed(new_id(), client_id, assistant_id, mode, rates, cost, cost)
            self._add(
                connection,
                tables.contracts,
                contract_id=contract_id,
                client_id=client_id,
                assistant_id=assistant_id,
                category=category,
                mode=mode,
                review_days=7,
                agreed_at=self.now,
                currency="JPY",
                accumulated=0,
            )
            sums = {
                each: getattr(cost, each).amount
                for each in ("price", "tax", "withholding", "funded")
            }
            self._add(
                connection,
                tables.escrows,
                milestone_id=agreed.milestone_id,
                contract_id=contract_id,
                title=title,
                due_on=date(2027, 1, 1),
                agreed_at=self.now,
                currency="JPY",
                status="funded",
                **sums,
                **{f"left_{name}": amount for name, amount in sums.items()},
            )
        return agreed

    def capture(
        self, charge_id: str, *paid_for: Agreed, credit: int = 0, method: str = "card"
    ) -> None:
        """Capture a payment for milestones, with something over."""
        client_id = paid_for[0].client_id if paid_for else self.client.person_id
        escrow: Part = {each.milestone_id: each.cost.funded for each in paid_for} or yen(0)
        amount = sum(each.cost.funded.amount for each in paid_for) + credit
        with self.connected() as connection:
            self._add(
                connection,
                tables.charges,
                charge_id=charge_id,
                client_id=client_id,
                method=method,
                currency="JPY",
                amount=amount,
                fee=amount * 36 // 1000,
                captured_at=self.now,
            )
            owners = {Owner.CLIENT: client_id}
            reference = paid_for[0].milestone_id if paid_for else client_id
            if paid_for:
                owners[Owner.MILESTONE] = paid_for[0].milestone_id
            self._post(
                connection,
                Fact.CAPTURED,
                Happening(reference, charge_id, self.now, owners),
                escrow=escrow,
                credit=yen(credit),
                processor_fee=yen(amount * 36 // 1000),
            )

    def release(self, agreed: Agreed, price: int | None = None) -> Release:
        """Release a part of a milestone, or all that is left."""
        wanted = yen(price) if price else agreed.left.price
        part = agreed.left.part(wanted, agreed.mode, agreed.rates.tax_basis_points)
        agreed.left -= part
        division = divide(part, agreed.mode, agreed.rates, agreed.accumulated)
        agreed.accumulated += part.price + part.tax
        release = Release(
            release_id=new_id(),
            milestone_id=agreed.milestone_id,
            assistant_id=agreed.assistant_id,
            source=str(new_id()),
            price=part.price,
            tax=part.tax,
            division=division,
            owed=division.net,
            released_at=self.now,
            payday=day_in_japan(self.now),
        )
        agreed.releases.append(release)
        parts = _parts(release)
        with self.connected() as connection:
            self._add(
                connection,
                tables.releases,
                release_id=release.release_id,
                milestone_id=release.milestone_id,
                assistant_id=release.assistant_id,
                source=release.source,
                currency="JPY",
                price=part.price.amount,
                tax=part.tax.amount,
                gross=division.gross.amount,
                owed=division.net.amount,
                released_at=self.now,
                payday=release.payday,
                **{name: amount.amount for name, amount in parts.items()},
            )
            self._post(
                connection,
                Fact.RELEASED,
                Happening(agreed.milestone_id, str(release.release_id), self.now, agreed.owners),
                **parts,
            )
        return release

    def refund(self, agreed: Agreed, price: int) -> UUID:
        """Give a part of what was released back; the net comes from what is payable."""
        refund_id = new_id()
        reversals = reverse(agreed.releases, yen(price), agreed.rates)
        with self.connected() as connection:
            keep_reversals(connection, refund_id, reversals, self.now)
            for each in reversals:
                release = each.release
                release.owed -= each.division.net
                self._update_release(connection, release)
            totals = {
                name: yen(sum(getattr(each.division, name).amount for each in reversals))
                for name in ("net", "platform_fee", "platform_fee_tax", "withholding")
            }
            self._post(
                connection,
                Fact.REFUND_AFTER_RELEASE,
                Happening(
                    agreed.milestone_id,
                    str(refund_id),
                    self.now,
                    agreed.owners | {Owner.REFUND: refund_id},
                ),
                payable=totals.pop("net"),
                receivable=yen(0),
                **totals,
            )
        return refund_id

    def pay_out(self, *releases: Release, transfer_fee: int = 500, set_off: int = 0) -> UUID:
        """Ask for a payout of releases; what is set off pays back an earlier refund."""
        payout_id = new_id()
        assistant_id = releases[0].assistant_id
        gross = sum(each.owed.amount for each in releases) - set_off
        owners = {Owner.ASSISTANT: assistant_id, Owner.PAYOUT: payout_id}
        with self.connected() as connection:
            self._add(
                connection,
                tables.payouts,
                payout_id=payout_id,
                assistant_id=assistant_id,
                account_id="acct_1",
                currency="JPY",
                gross=gross,
                transfer_fee=transfer_fee,
                status="requested",
                on_demand=False,
                requested_at=self.now,
                payday=day_in_japan(self.now),
            )
            for each in releases:
                each.payout_id = payout_id
                self._update_release(connection, each)
            if set_off:
                happening = Happening(assistant_id, str(payout_id), self.now, owners)
                self._post(connection, Fact.RECEIVABLE_SET_OFF, happening, amount=yen(set_off))
            self._post(
                connection,
                Fact.PAYOUT_REQUESTED,
                Happening(payout_id, str(payout_id), self.now, owners),
                amount=yen(gross - transfer_fee),
                transfer_fee=yen(transfer_fee),
            )
        return payout_id

    def bank_has(self, payout_id: UUID, status: str = "paid") -> None:
        """Say what became of a payout."""
        with self.connected() as connection:
            connection.execute(
                tables.payouts.update()
                .where(tables.payouts.c.payout_id == payout_id)
                .values(status=status, paid_at=self.now)
            )

    def name(self, person: Caller, name: str) -> None:
        """Let accounts have told a person's name."""
        with self.connected() as connection:
            self._add(
                connection,
                tables.people,
                person_id=person.person_id,
                email=f"{person.person_id}@example.com",
                display_name=name,
            )

    def put(self, person: Caller, path: str, body: object) -> Any:
        """Send a command that sets something."""
        return person.client.put(f"{BASE}/{path}", json=body, headers=person.headers)

    def document(self, person: Caller, kind: str, name: object, **query: object) -> Any:
        """Return the answer to asking for a document."""
        return person.get(f"{BASE}/documents/{kind}/{name}", params=query)

    def listed(self, person: Caller, month: str) -> list[Any]:
        """Return a person's documents of a month."""
        answer = person.get(f"{BASE}/documents", params={"month": month})
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()["documents"]
        return found

    def in_books(self, query: str, **which: object) -> int:
        """Return a sum of the journal's lines."""
        sql = f"""
            SELECT coalesce(sum(credit - debit), 0)::bigint
            FROM journal_lines JOIN journal_entries USING (entry_id) WHERE {query}
        """  # noqa: S608  (the test's own)
        with self.connected() as connection:
            found: int = connection.execute(text(sql), which).scalar_one()
        return found

    @property
    def now(self) -> datetime:
        """The moment that it is."""
        return self.api.clock.now()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Yield a connection in a transaction."""
        with self.api.database.transaction() as connection:
            yield connection

    def _add(self, connection: Connection, table: Table, **values: object) -> None:
        connection.execute(table.insert().values(values))

    def _post(
        self, connection: Connection, fact: Fact, happening: Happening, **parts: Part
    ) -> None:
        SqlBooks(connection).post([journal_entry(fact, happening, **parts)])

    def _update_release(self, connection: Connection, release: Release) -> None:
        connection.execute(
            tables.releases.update()
            .where(tables.releases.c.release_id == release.release_id)
            .values(
                price=release.price.amount,
                tax=release.tax.amount,
                gross=release.division.gross.amount,
                owed=release.owed.amount,
                payout_id=release.payout_id,
                **{name: amount.amount for name, amount in _parts(release).items()},
            )
        )


def _parts(release: Release) -> Mapping[str, Money]:
    division = release.division
    return {
        "net": division.net,
        "platform_fee": division.platform_fee,
        "platform_fee_tax": division.platform_fee_tax,
        "withholding": division.withholding,
    }


@contextmanager
def archive_over(url: str) -> Iterator[Archive]:
    """Yield an archive over the database at this URL, in November 2026."""
    with api_of("payments", [router], make_documents_work, url) as api:
        state = api.client.app.state  # type: ignore[attr-defined]  # FastAPI's
        state.documents = Documented(make_documents_work, TypstPrinter())
        archive = Archive(
            api,
            client=api.person("client"),
            assistant=api.person("assistant"),
            operator=api.person("operator"),
        )
        archive.name(archive.client, "株式会社みどり園芸")
        archive.name(archive.assistant, "山田 花子")
        archive.at("2026-11-02")
        yield archive
