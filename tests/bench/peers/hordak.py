"""A player that posts transactions of four legs with django-hordak, as its documentation does.

python -m tests.bench.peers.hordak <database url>
"""

import sys
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings

from tests.bench.players import serve


def configure(url: str) -> None:
    """Set Django up for hordak on one PostgreSQL database, and migrate it."""
    parts = urlsplit(url)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path[1:],
                "USER": parts.username,
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname,
                "PORT": parts.port,
                "CONN_MAX_AGE": None,
            }
        },
        CURRENCIES=["JPY"],
        DEFAULT_CURRENCY="JPY",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  (once Django is set up)

    call_command("migrate", verbosity=0)


def main(url: str) -> None:
    """Serve."""
    configure(url)
    from django.db import transaction  # noqa: PLC0415  (likewise)
    from hordak.models import Account, AccountType, Leg, Transaction, core  # noqa: PLC0415

    def account(name: str, kind: str) -> Account:
        return Account.objects.create(name=name, type=kind, currencies=["JPY"])

    balance = account("processor balance", AccountType.asset)
    fee = account("processor fee", AccountType.expense)
    escrow = account("escrow", AccountType.liability)

    def yen(amount: int) -> Any:
        return core.Money(Decimal(amount), "JPY")

    def play(count: int) -> None:
        for _ in range(count):
            with transaction.atomic():
                entry = Transaction.objects.create(description="captured")
                Leg.objects.create(transaction=entry, account=balance, debit=yen(55_000))
                Leg.objects.create(transaction=entry, account=fee, debit=yen(1_980))
                Leg.objects.create(transaction=entry, account=escrow, credit=yen(55_000))
                Leg.objects.create(transaction=entry, account=balance, credit=yen(1_980))

    serve(play)


if __name__ == "__main__":
    main(sys.argv[1])
