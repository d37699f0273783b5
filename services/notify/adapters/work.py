"""One transaction's ports on real parts."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from services.notify.adapters.choices import SqlAddresses, SqlChoices
from services.notify.adapters.companies import SqlCompanies
from services.notify.adapters.line import SqlLine, SqlPushes
from services.notify.adapters.mails import SqlMails
from services.notify.adapters.repositories import SqlNotifications, SqlPeople
from services.notify.adapters.webhooks import webhook_work
from services.notify.ports import Letters, Links, Mailer, Pusher, Work
from services.notify.ports_webhooks import Sender
from shared.clock import Clock
from shared.sealed import Seal


@dataclass(frozen=True)
class Outside:
    """What is the same in every transaction: who writes letters, and who takes them away.

    `webhook_seal` keeps the secrets of webhooks, which `sender` takes away.
    """

    letters: Letters
    links: Links
    mailer: Mailer
    pusher: Pusher
    sender: Sender
    webhook_seal: Seal
    bounce_secret: str = ""


def work_with(outside: Outside) -> Callable[[Connection, Clock], Work]:
    """Return what makes the Work of a transaction."""

    def make_work(connection: Connection, clock: Clock) -> Work:
        return Work(
            people=SqlPeople(connection),
            companies=SqlCompanies(connection),
            notifications=SqlNotifications(connection, clock),
            mails=SqlMails(connection, clock),
            pushes=SqlPushes(connection, clock),
            choices=SqlChoices(connection, clock),
            addresses=SqlAddresses(connection, clock),
            line=SqlLine(connection, clock),
            webhooks=webhook_work(connection, clock, outside.webhook_seal, outside.sender),
            letters=outside.letters,
            links=outside.links,
            mailer=outside.mailer,
            pusher=outside.pusher,
            clock=clock,
            bounce_secret=outside.bounce_secret,
        )

    return make_work
