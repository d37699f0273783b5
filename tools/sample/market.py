"""The sample market under way: who is signed in, which day it is, and how stories are played."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from tools.sample.cast import Company, Figure, companies, figures
from tools.sample.regular import Regular
from tools.story import acts
from tools.story.acts import Stage
from tools.waiting import until

T = TypeVar("T")

AT_ONCE = 6
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0
PASSWORD_BYTES = 15

# A story yields how many days ago it goes on; what is between two of them is done on one day.
Story = Callable[["Market"], Iterator[float]]


class PatientStage(Stage):
    """A stage that asks less often: several stories are played on it at once."""

    def wait(
        self, what: str, condition: Callable[[], T | None], patience: float | None = None
    ) -> T:
        """Return what the condition gives, as soon as it gives something."""
        patience = patience or PATIENCE_SECONDS
        return until(condition, what, timeout=patience, interval=POLL_SECONDS)


@dataclass
class Market:
    """The sample market. `days_ago` is the day that it has come to; it ends today."""

    stage: Stage
    days_ago: float
    members: dict[str, Regular] = field(default_factory=dict)
    company_ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Regular:
        """Return somebody by their key, or by that of a company who acts for it."""
        firm = companies().get(key)
        return self.members[firm.founder if firm else key]

    def client_id(self, key: str) -> str | None:
        """Return in whose name a client posts: None for their own."""
        return self.company_ids.get(key)

    def open(self) -> None:
        """Sign everybody up, and let the assistants be found and paid."""
        everybody = figures().values()
        at_once(self.sign_up, [each for each in everybody if each.role != "operator"])
        at_once(lambda pair: self._found(*pair), companies().items())
        at_once(self._get_ready, [each for each in everybody if each.profile or each.bank])

    def say_how_read(self, figure: Figure) -> None:
        """Let somebody say how their name is read."""
        if figure.reading:
            said = {"display_name": figure.name, "reading": figure.reading}
            self.members[figure.key].put("/accounts/people/me", said | {"locale": figure.locale})

    def play(self, stories: Iterable[Story]) -> None:
        """Play stories side by side, from the longest ago until today."""
        going_on = [(next(story), story) for story in (make(self) for make in stories)]
        while going_on:
            day = max(days for days, _ in going_on)
            self.stage.narrator.act(f"{day:g} days ago")
            self._turn_to(day)
            due = [story for days, story in going_on if days == day]
            waiting = [pair for pair in going_on if pair[0] != day]
            next_days = at_once(lambda story: next(story, None), due)
            pairs = zip(next_days, due, strict=True)
            going_on = waiting + [(days, story) for days, story in pairs if days is not None]
        self._turn_to(0)

    def _turn_to(self, days_ago: float) -> None:
        if days_ago < self.days_ago:
            self.stage.turn_clock(timedelta(days=self.days_ago - days_ago))
            self.days_ago = days_ago
            for member in self.members.values():
                member.sleep()

    def sign_up(self, figure: Figure) -> Regular:
        """Open an account for somebody, and sign them in."""
        member = Regular(
            self.stage.http,
            figure.email,
            figure.name,
            (figure.role,),
            figure.locale,
            secrets.token_urlsafe(PASSWORD_BYTES),
        )
        acts.register(self.stage, member)
        self.members[figure.key] = member
        self.say_how_read(figure)
        return member

    def _found(self, company_key: str, firm: Company) -> None:
        founder = self.members[firm.founder]
        office = {"name": firm.name, "email": firm.email}
        company_id = founder.post("/accounts/companies", office)["company_id"]
        self.company_ids[company_key] = company_id
        members = f"/accounts/companies/{company_id}/members"
        for key, rights in firm.members.items():
            member = self.members[key]
            if key == firm.founder:
                own = {"rights": rights, "administrator": True}
                founder.put(f"{members}/{founder.person_id}", own)
            else:
                founder.post(members, {"email": member.email, "rights": rights})
                member.post(f"/accounts/companies/{company_id}/membership")
            member.sign_in()

    def _get_ready(self, figure: Figure) -> None:
        member = self.members[figure.key]
        if figure.profile:
            member.put("/jobs/profiles/me", figure.profile)
        if bank := figure.bank:
            member.post("/payments/payees", {})
            link = member.post("/payments/payees/me/onboarding-links")
            surname, given_name = figure.name.split()
            self.stage.pages.onboard(
                link["url"],
                routing=bank["routing"],
                owner=(surname, given_name, bank["holder"]),
            )


def at_once(what: Callable[..., T], each: Iterable[object]) -> list[T]:
    """Do something with each, several at a time; raise what the first of them to fail raises."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(what, each))
