"""Fills the market of `make run` once: five months of work that end today.

A new run folder's clock begins in the past; everything is done through the public API, like
anybody does it, and then the clock is right. A market that was left half filled is begun anew.
"""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx2

from tools.environments import External
from tools.processes import StackError
from tools.run_folder import RunFolder, replace, write_secret
from tools.sample import beginners, histories, openings, present
from tools.sample.cast import Figure, figures
from tools.sample.market import PASSWORD_BYTES, Market, PatientStage, Story, at_once
from tools.sample.regular import Regular
from tools.stack import ROOT, Stack
from tools.story.demo import keep_books
from tools.story.member import RefusedError
from tools.story.money_papers import MARKET
from tools.story.narrator import Narrator
from tools.story.processor import HostedPages, PageRefusedError
from tools.story.tale import StoryBrokenError
from tools.waiting import WaitedInVainError

DAYS: Final = 151
REQUEST_TIMEOUT_SECONDS: Final = 30.0
HALF, WHOLE = "half", "whole"


@dataclass
class Sample:
    """The sample market of a run folder: whether it is to be filled, and the filling.

    `wanted` is whether anybody asks for one. `filling` tells whether it is being filled now.
    """

    folder: RunFolder
    wanted: bool
    filling: bool = False

    def begin(self) -> None:
        """Let a folder begin in the past that has no data yet, or was left half filled."""
        if not self.wanted:
            return
        if self._state() == HALF:
            self.folder.empty()
        if (self.folder.path / "secrets.json").exists():
            return
        replace(self._file, HALF)
        replace(self.folder.clock, str(int(-timedelta(days=DAYS).total_seconds())))
        self.filling = True

    def fill(self, stack: Stack, narrator: Narrator) -> None:
        """Fill the market of a stack that runs, and write down who can be signed in as.

        Raises StackError when it can't be filled: it would be no market to try anything in.
        """
        try:
            with _market(stack, narrator) as market:
                market.open()
                market.play(_stories())
                _last_things(market)
        except (RefusedError, PageRefusedError, StoryBrokenError, WaitedInVainError) as error:
            raise StackError(
                f"the sample market can't be filled: {error}\n"
                "Start with an empty one: TASUKI_SAMPLE=0 make run"
            ) from error
        people = json.dumps(_shown(market.members), ensure_ascii=False, indent=2)
        write_secret(self.folder.demo_people, people)
        replace(self._file, WHOLE)
        self.filling = False
        # By the stack's own hand: it knows what was started.
        stack.folder.write_addresses(stack.addresses())

    def _state(self) -> str:
        return self._file.read_text(encoding="ascii") if self._file.exists() else ""

    @property
    def _file(self) -> Path:
        return self.folder.path / "sample"


def wanted(environ: Mapping[str, str], external: External) -> bool:
    """Tell whether `make run` is to fill a new market.

    Only with servers of its own: the letters are read where they are caught, and the payments are
    made on the simulator's pages.
    """
    return environ.get("TASUKI_SAMPLE") != "0" and external == External()


@contextmanager
def _market(stack: Stack, narrator: Narrator) -> Iterator[Market]:
    with (
        httpx2.Client(base_url=stack.url("web"), timeout=REQUEST_TIMEOUT_SECONDS) as http,
        httpx2.Client(timeout=REQUEST_TIMEOUT_SECONDS) as browser,
    ):
        appointed = [each for each in figures().values() if each.role == "operator"]
        operators = at_once(lambda figure: appoint(stack, http, figure), appointed)
        stage = PatientStage(
            http=http,
            pages=HostedPages(stack.url("stripe"), browser),
            operator=operators[0],
            now=lambda: datetime.now(UTC) + stack.clock.offset(),
            bookkeeper=lambda *arguments: keep_books(stack, *arguments),
            turn_clock=lambda ahead: stack.clock.advance(seconds=ahead.total_seconds()),
            mails_to=lambda address: [
                mail.subject for mail in stack.mails() if address in mail.recipients
            ],
            letters_to=lambda address: [
                mail.text for mail in stack.mails() if address in mail.recipients
            ],
            narrator=narrator,
        )
        named = zip((each.key for each in appointed), operators, strict=True)
        market = Market(stage, DAYS, dict(named))
        at_once(market.say_how_read, appointed)
        operators[0].put("/payments/issuer", MARKET)
        yield market


def appoint(stack: Stack, http: httpx2.Client, figure: Figure) -> Regular:
    """Appoint an operator on the command line of accounts."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    options = ["--name", figure.name, "--locale", figure.locale]
    subprocess.run(
        [sys.executable, "-m", "services.accounts", "add-operator", figure.email, *options],
        input=f"{password}\n",
        env=stack.env("accounts") | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    return Regular(http, figure.email, figure.name, locale=figure.locale, password=password)


def _stories() -> list[Story]:
    return [*beginners.stories(), *histories.STORIES, *present.STORIES, *openings.stories()]


def _last_things(market: Market) -> None:
    """Do what needs nobody's contract: a search that is kept, a report for the operators."""
    search = {"name": "文章の仕事", "terms": {"q": "文章", "category": "writing"}, "every": "daily"}
    market["misaki"].post("/jobs/searches", search)
    report = {
        "kind": "account",
        "subject_id": market["carter"].person_id,
        "text": "募集の連絡先に、外のメッセージアプリでのやりとりを求められました。",
    }
    market["ryo"].post("/contracts/reports", report)


def _shown(members: Mapping[str, Regular]) -> list[dict[str, str]]:
    return [
        {
            "name": each.name,
            "role": "program" if each.part else each.role,
            "about": each.about,
            "email": each.email,
            "password": members[each.key].password,
        }
        for each in figures().values()
        if each.about
    ]
