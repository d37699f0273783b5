"""Somebody of the sample market who begins to work from home, with a program's help."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Final

from tools.sample.cast import Figure, figures, read
from tools.sample.deals import Deal, take
from tools.sample.market import Market, Story
from tools.sample.towns import Cohort, Town
from tools.story import acts
from tools.story.member import Member

HOURS: Final = (6, 8, 10, 12, 15, 20)
STARS: Final = (5, 4, 5, 3, 4)
CONSENT_OF: Final = (True, True, True, True, False, True, True, True, True)


@dataclass
class Beginner:
    """Somebody who applies for a cohort, as the `number`-th, and does what their kind does."""

    cohort: Cohort
    figure: Figure
    kind: str
    number: int
    market: Market = field(init=False)
    member: Member = field(init=False)
    application: str = ""
    """The path of the application, in programs."""
    person: str = ""
    """The path of who takes part, in programs."""
    deals: list[Deal] = field(default_factory=list)

    def story(self, market: Market) -> Iterator[float]:
        """Apply, and go as far as this kind of people goes."""
        self.market = market
        told = [(day, act) for act in acts_of(self.kind) for day in self.cohort.days(act)]
        for day, act in sorted(told, key=lambda pair: -pair[0]):
            yield day
            ACTS[act](self)

    def apply(self) -> None:
        """Apply; who isn't in the market yet signs up for it."""
        known = self.market.members.get(self.figure.key)
        self.member = known or self.market.sign_up(self.figure)
        wanted = {
            "lives_in": self.cohort.town.told["municipality"],
            "adult": True,
            "weekly_hours": self._one_of(HOURS),
            "motivation": self._one_of(_said("motivations")),
            "outcomes_consent": self._one_of(CONSENT_OF),
        }
        path = f"/programs/cohorts/{self.cohort.cohort_id}/applications"
        made = self.member.post(path, wanted)
        self.application = f"/programs/applications/{made['application_id']}"

    def accept(self) -> None:
        """Be accepted: with a place and a supporter, or else in the waiting line."""
        decided = self._partner.post(f"{self.application}/acceptance")
        if decided["status"] == "accepted":
            participant = self.member.get("/programs/participants/mine")["participant_id"]
            self.person = f"/programs/participants/{participant}"
            supporter = {"supporter_id": self._supporter.person_id}
            self._partner.put(f"{self.person}/supporter", supporter)

    def decline(self) -> None:
        """Be declined."""
        self._partner.post(f"{self.application}/refusal", {"reason": _said("declined")})

    def withdraw(self) -> None:
        """Take the application back."""
        self.member.post(f"{self.application}/withdrawal")

    def orient(self) -> None:
        """Say that the orientation is done."""
        self.member.post(f"{self.person}/orientation")

    def pass_unit(self) -> None:
        """Pass the first unit."""
        self._answer(1)

    def pass_units(self) -> None:
        """Pass the other units."""
        for number in range(2, len(_units()) + 1):
            self._answer(number)

    def practise(self) -> None:
        """Deliver the practice job."""
        self.member.post(f"{self.person}/practice/deliveries", {"text": _said("practice")})

    def hear_of_changes(self) -> None:
        """Have the practice job back, with the criterion that isn't met."""
        review = {"accepted": False, "criterion": 2, "comment": _said("changes")}
        self._supporter.post(f"{self.person}/practice/review", review)

    def end_practice(self) -> None:
        """Have the practice job accepted: the first job is protected from now on."""
        review = {"accepted": True, "comment": _said("review")}
        self._supporter.post(f"{self.person}/practice/review", review)

    def begin(self) -> None:
        """Take a small task, which the client pays for."""
        told, job = self.cohort.job(self.market, len(self.deals))
        deal = take(self.market, {**told, "assistant": self.figure.key}, job)
        deal.pay(0)
        self.deals.append(deal)

    def show_draft(self) -> None:
        """Show the supporter what is going to be delivered."""
        [milestone_id] = self.deals[-1].agreed.milestone_ids
        shown = {"milestone_id": milestone_id, "text": _said("draft")}
        self._soon(partial(self.member.post, f"{self.person}/drafts", shown), "milestone_not_found")

    def be_looked_at(self) -> None:
        """Have the supporter look at the draft."""
        draft = self.member.get(f"{self.person}/drafts")[0]["draft_id"]
        self._supporter.post(f"/programs/drafts/{draft}/look", {"comment": _said("look")})

    def deliver(self) -> None:
        """Deliver, as soon as contracts knows that the supporter has looked."""
        self._soon(partial(self.deals[-1].deliver, 0), "draft_not_looked_at")

    def finish(self) -> None:
        """Have the work accepted, with a bank account for the money."""
        if not self.figure.bank:
            acts.become_payee(self.market.stage, self.member)
        self.deals[-1].accept(0)

    def deliver_and_finish(self) -> None:
        """Deliver work of one's own choice, and have it accepted."""
        self.deals[-1].deliver(0)
        self.deals[-1].accept(0)

    def rate(self) -> None:
        """Say how content one is with the program."""
        rating = {"stars": self._one_of(STARS), "comment": self._one_of(_said("comments"))}
        self.member.put(f"{self.person}/rating", rating)

    def say_hello(self) -> None:
        """Give a sign: say how many hours one wants to work."""
        self.member.put(f"{self.person}/weekly-hours", {"weekly_hours": self._one_of(HOURS)})

    def keep_private(self) -> None:
        """Be counted in no figures any more."""
        self.member.put(f"{self.person}/consent", {"outcomes_consent": False})

    def leave(self) -> None:
        """Take part no longer."""
        self.member.post(f"{self.person}/departure")

    def ask(self) -> None:
        """Ask something on a unit."""
        question = {"text": _said("question"), "about": _said("about")}
        self.member.post(f"{self.person}/helps", question)

    def cry(self) -> None:
        """Ask for help with oneself."""
        self.member.post(f"{self.person}/helps", {"text": _said("cry")})

    def be_answered(self) -> None:
        """Have the newest question answered."""
        help_id = self.member.get(f"{self.person}/helps")[0]["help_id"]
        answer = {"text": _said("answer")}
        self._supporter.post(f"/programs/helps/{help_id}/answers", answer)

    def be_noted(self) -> None:
        """Have the supporter write a note, which nobody else sees."""
        self._supporter.post(f"{self.person}/notes", {"text": _said("note")})

    @property
    def _partner(self) -> Member:
        return self.market[self.cohort.town.told["partner"]]

    @property
    def _supporter(self) -> Member:
        return self.market[self.cohort.told["supporter"]]

    def _one_of(self, several: Any) -> Any:
        """Return what this one of many has: the next one has the next."""
        return several[self.number % len(several)]

    def _answer(self, number: int) -> None:
        right = [question["right"] for question in _units()[number - 1]["questions"]]
        self.member.post(f"{self.person}/units/{number}/check", {"answers": right})

    def _soon(self, act: Callable[[], object], early: str) -> None:
        acts.as_soon_as_known(self.market.stage, act, early)


ACTS: Final[Mapping[str, Callable[[Beginner], None]]] = {
    "apply": Beginner.apply,
    "accept": Beginner.accept,
    "decline": Beginner.decline,
    "withdraw": Beginner.withdraw,
    "orientation": Beginner.orient,
    "unit": Beginner.pass_unit,
    "units_done": Beginner.pass_units,
    "practice": Beginner.practise,
    "changes": Beginner.hear_of_changes,
    "review": Beginner.end_practice,
    "begin": Beginner.begin,
    "show": Beginner.show_draft,
    "look": Beginner.be_looked_at,
    "deliver": Beginner.deliver,
    "finish": Beginner.finish,
    "rate": Beginner.rate,
    "hello": Beginner.say_hello,
    "keep_private": Beginner.keep_private,
    "second": Beginner.begin,
    "second_done": Beginner.deliver_and_finish,
    "third": Beginner.begin,
    "leave": Beginner.leave,
    "ask": Beginner.ask,
    "cry": Beginner.cry,
    "answer": Beginner.be_answered,
    "note": Beginner.be_noted,
}


def acts_of(kind: str) -> list[str]:
    """Return what a kind of people does: where another kind is named, all that that one does."""
    told = read("towns")["courses"][kind]
    return [act for word in told for act in ([word] if word in ACTS else acts_of(word))]


def stories() -> list[Story]:
    """Return the stories of the towns, their cohorts, and whoever applies for these."""
    told = read("towns")
    towns = {key: Town(each) for key, each in told["towns"].items()}
    unnamed = others()
    made: list[Story] = [town.story for town in towns.values()]
    for each in told["cohorts"]:
        cohort = Cohort(towns[each["town"]], each)
        cohort.town.cohorts.append(cohort)
        if "recorded" in each["days"]:
            made.append(cohort.record)
        named = [(figures()[key], course) for key, course in each.get("named", {}).items()]
        kinds = Counter(each["people"]).elements()
        people = [*named, *((next(unnamed), course) for course in kinds)]
        for number, (figure, course) in enumerate(people):
            made.append(Beginner(cohort, figure, course, number).story)
    return made


def others() -> Iterator[Figure]:
    """Return people whom nobody signs in as, each of another name."""
    names = read("towns")["names"]
    families, given = ([n.split(":") for n in names[k]] for k in ("families", "given"))
    for number in count():
        family, name = families[number % len(families)], given[number % len(given)]
        yield Figure(
            key=f"{name[2]}-{family[2]}",
            role="assistant",
            name=f"{family[0]} {name[0]}",
            reading=f"{family[1]} {name[1]}",
            email=f"{name[2]}.{family[2]}@example.jp",
        )


def _said(what: str) -> Any:
    return read("towns")["said"][what]


def _units() -> Any:
    return read("towns")["curriculum"]["units"]
