"""Towns of the sample market that train beginners, as towns.toml tells of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from threading import Lock
from typing import Any, Final

from shared.calendar import JAPAN, day_in_japan
from tools.sample.cast import read
from tools.sample.deals import posted
from tools.sample.market import Market
from tools.story.member import JsonObject
from tools.story.money_acts import yen

PARTNER_PAID: Final = 2
DAYS_TO_DELIVER: Final = 40
MEETING_HOURS: Final = 2
ABSENT_EVERY: Final = 6
AMOUNTS: Final = frozenset({"total_cap", "person_cap", "tuition", "bonus"})


@dataclass
class Cohort:
    """A cohort of a town's program; a job of it is posted when the first person takes a task."""

    town: "Town"
    told: Mapping[str, Any]
    cohort_id: str = ""
    _posted: dict[str, JsonObject] = field(default_factory=dict)
    _posting: Lock = field(default_factory=Lock)

    def days(self, act: str) -> Sequence[float]:
        """Return how many days ago its people do something."""
        days = self.told["days"][act]
        return days if isinstance(days, list) else [days]

    def people(self) -> int:
        """Return how many apply for it."""
        return sum(map(int, self.told["people"].values())) + len(self.told.get("named", ()))

    def job(self, market: Market, number: int) -> tuple[Mapping[str, Any], JsonObject]:
        """Return the n-th job that its people take tasks of: what is told of it, and the job."""
        key = self.told["jobs"][number]
        tasks = {"slots": self.people(), "days_to_deliver": DAYS_TO_DELIVER}
        told = read("towns")["jobs"][key]
        told = {**told, "tasks": tasks | {"price": told["price"]}}
        with self._posting:
            if key not in self._posted:
                self._posted[key] = posted(market, told)
        return told, self._posted[key]

    def announce(self, market: Market) -> None:
        """Announce it, with who stands by its people."""
        told, last_day = self.told, day_in_japan(market.stage.now()) + timedelta(market.days_ago)
        partner, path = market[self.town.told["partner"]], f"/programs/{self.town.program_id}"
        meetings = enumerate(told["meetings"], start=1)
        announced = {
            "name": told["name"],
            "capacity": told["capacity"],
            "apply_until": (last_day - timedelta(told["days"]["apply"])).isoformat(),
            "starts_on": (last_day - timedelta(told["starts"])).isoformat(),
            "ends_on": (last_day - timedelta(told["ends"])).isoformat(),
            "sessions": [_meeting(n, last_day - timedelta(ago)) for n, ago in meetings],
        }
        self.cohort_id = partner.post(f"{path}/cohorts", announced)["cohort_id"]
        standing = {"email": market[told["supporter"]].email, "limit": told["capacity"]}
        partner.post(f"{path}/supporters", standing)

    def record(self, market: Market) -> Iterator[float]:
        """Say who was at the meetings that were held: most were."""
        [day] = self.days("recorded")
        yield day
        partner, path = market[self.town.told["partner"]], f"/programs/cohorts/{self.cohort_id}"
        people = [each["participant_id"] for each in partner.get(f"{path}/participants")]
        for number, ago in enumerate(self.told["meetings"], start=1):
            if ago >= day:
                present = [e for n, e in enumerate(people, start=number) if n % ABSENT_EVERY]
                attendance = f"{path}/sessions/{number}/attendance"
                partner.put(attendance, {"participant_ids": present})


@dataclass
class Town:
    """A town's program. Its cohorts are announced one after the other."""

    told: Mapping[str, Any]
    cohorts: list[Cohort] = field(default_factory=list)
    program_id: str = ""

    def story(self, market: Market) -> Iterator[float]:
        """The town is confirmed, its program opens with a wallet, and its cohorts are announced."""
        yield market.days_ago
        self._register(market)
        self._open(market)
        self._top_up(market)
        for cohort in self.cohorts:
            yield cohort.told["opens"]
            cohort.announce(market)
        yield PARTNER_PAID
        self._pay_partner(market)

    def _register(self, market: Market) -> None:
        key = self.told["sponsor"]
        town, account_id = market[key], market.company_ids[key]
        registration = {
            "account_id": account_id,
            "municipality_code": self.told["municipality"],
            "note": "役場の代表電話から、在宅ワークの担当へおつなぎします。",
        }
        town.post("/programs/sponsors", registration)
        decision = f"/programs/sponsors/{account_id}/decision"
        market.stage.operator.post(decision, {"confirmed": True})

    def _open(self, market: Market) -> None:
        town, partner = market[self.told["sponsor"]], market[self.told["partner"]]
        wallet = self.told["wallet"]
        described = {
            **{name: self.told[name] for name in ("title", "about", "silence_days")},
            "sponsor_id": market.company_ids[self.told["sponsor"]],
            "partner_id": market.company_ids[self.told["partner"]],
            "wallet": {n: yen(v) if n in AMOUNTS else v for n, v in wallet.items()},
        }
        self.program_id = town.post("/programs", described)["program_id"]
        curriculum = read("towns")["curriculum"]
        practice = curriculum["practice"]
        curriculum = {**curriculum, "practice": practice | {"price": yen(practice["price"])}}
        partner.put(f"/programs/{self.program_id}/curriculum", curriculum)
        town.post(f"/programs/{self.program_id}/opening")
        for client in self.told["local_clients"]:
            account = f"/programs/{self.program_id}/local-clients/{market[client].person_id}"
            partner.put(account, None)

    def _top_up(self, market: Market) -> None:
        town, wallet = market[self.told["sponsor"]], f"/payments/wallets/{self.program_id}"
        market.stage.wait("payments knows the wallet", partial(town.find, wallet))
        amount = self.told["topped_up"]
        market.stage.pages.pay(town.post(f"{wallet}/top-ups", {"amount": yen(amount)})["url"])
        market.stage.wait(
            "the wallet is funded", lambda: town.get(wallet)["funded"]["amount"] == amount
        )

    def _pay_partner(self, market: Market) -> None:
        """Pay the partner what is owed for people who were trained."""
        wallet = f"/payments/wallets/{self.program_id}"
        owed = market[self.told["sponsor"]].get(wallet)["owed_to_partner"]
        if owed["amount"]:
            today = day_in_japan(market.stage.now())
            paid = {"amount": owed, "paid_on": today.isoformat(), "reference": "受講料"}
            market.stage.operator.post(f"{wallet}/partner-payments", paid)


def _meeting(number: int, day: date) -> JsonObject:
    starts_at = datetime.combine(day, time(10), JAPAN)
    ends_at = starts_at + timedelta(hours=MEETING_HOURS)
    in_hall = number % 2 == 1
    return {
        "title": f"第{number}回",
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "place": "hall" if in_hall else "online",
        "where": "役場 2階 会議室" if in_hall else "https://meet.example.jp/zaitaku",
    }
