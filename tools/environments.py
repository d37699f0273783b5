"""What each process of the stack finds in its environment, and which servers are real ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from services.payments.adapters.stripe_event_types import SNAPSHOTS, THIN
from shared.provision.broker import BrokerUser, service_users
from shared.provision.databases import service_database
from tools.ports import LOOPBACK
from tools.processes import StackError, environment
from tools.run_folder import RunFolder, Secrets

STRIPE_WEBHOOKS = "/api/v1/payments/webhooks/stripe"

# The passwords of a sample's people lie in a file: OWASP's smallest parameters of Argon2id will do.
# Blocks of such a size glibc keeps for each thread that made a hash, unless told to give them back.
QUICK_HASHES = {
    "ARGON2_MEMORY_KIB": "19456",
    "ARGON2_TIME_COST": "2",
    "ARGON2_PARALLELISM": "1",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
}


@dataclass(frozen=True)
class External:
    """Servers that are there already; an empty address means that the stack brings its own."""

    database_url: str = ""
    amqp_url: str = ""
    stripe_api_base: str = ""
    stripe_api_key: str = ""
    stripe_webhook_secrets: str = ""
    smtp_url: str = ""

    @classmethod
    def named_in(cls, environ: Mapping[str, str]) -> Self:
        """Return the servers that DATABASE_URL, AMQP_URL, STRIPE_…, SMTP_URL name.

        Raises StackError when Stripe is named without a key or without secrets for its webhooks.
        """
        named = cls(**{name: environ.get(name.upper(), "") for name in cls.__dataclass_fields__})
        stripe = (named.stripe_api_base, named.stripe_api_key, named.stripe_webhook_secrets)
        if any(stripe) and not all(stripe):
            raise StackError(
                "to use another Stripe than the simulator, set all three: STRIPE_API_BASE,"
                " STRIPE_API_KEY and STRIPE_WEBHOOK_SECRETS"
            )
        return named

    def missing(self) -> set[str]:
        """Return the ports of the servers that the stack has to bring itself."""
        ports_of = (
            (self.database_url, {"postgres"}),
            (self.amqp_url, {"amqp", "amqp_distribution", "epmd"}),
            (self.stripe_api_base, {"stripe"}),
            (self.smtp_url, {"smtp"}),
        )
        return {port for url, ports in ports_of if not url for port in ports}


@dataclass(frozen=True)
class Environments:
    """The environments of all processes of one stack."""

    folder: RunFolder
    ports: Mapping[str, int]
    secrets: Secrets
    external: External
    admin_url: str

    def url(self, name: str) -> str:
        """Return the base address of a service, of web or of the Stripe simulator (`stripe`)."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def public_url(self) -> str:
        """Return where people open the pages: a name, since passkeys are of no bare address."""
        return f"http://localhost:{self.ports['web']}"

    def of(self, service: str) -> dict[str, str]:
        """Return the whole environment of a service's processes."""
        own: dict[str, str] = getattr(self, f"_{service}", dict)()
        return environment(**self._common(service), **self._stateful(service), **own)

    def broker_users(self) -> list[BrokerUser]:
        """Return each service's user of our own broker."""
        return service_users(self.secrets.broker_users)

    def simulator_options(self) -> list[str]:
        """Return the simulator's command line."""
        hooks = f"http://{LOOPBACK}:{self.ports['payments']}{STRIPE_WEBHOOKS}"
        snapshots = f"{hooks}={self.secrets.webhook_secret}=snapshot={','.join(SNAPSHOTS)}"
        thin = f"{hooks}/thin={self.secrets.thin_webhook_secret}=thin={','.join(THIN)}"
        return [
            *("--port", str(self.ports["stripe"])),
            *("--data", str(self.folder.path / "stripe")),
            *("--api-key", self.secrets.stripe_api_key),
            *("--webhook", snapshots),
            *("--webhook", thin),
        ]

    def _common(self, service: str) -> dict[str, str]:
        return {
            "HTTP_HOST": LOOPBACK,
            "HTTP_PORT": str(self.ports[service]),
            "PUBLIC_URL": self.public_url(),
            "JWKS_URL": f"{self.url('accounts')}/.well-known/jwks.json",
            "CLOCK_FILE": str(self.folder.clock),
            "LOG_LEVEL": "INFO",
            # A story tells months of many people within seconds, from one address.
            "RATE_LIMIT_PERSON": "100000",
            "RATE_LIMIT_ANONYMOUS": "100000",
        }

    def _stateful(self, service: str) -> dict[str, str]:
        if service not in self.secrets.roles:
            return {}
        database = service_database(self.admin_url, service, self.secrets.roles[service])
        return {
            "DATABASE_URL": database.url,
            "MIGRATION_DATABASE_URL": database.owner_url,
            "AMQP_URL": self.external.amqp_url or self._amqp_url(service),
        }

    def _amqp_url(self, service: str) -> str:
        login = f"{service}:{self.secrets.broker_users[service]}"
        return f"amqp://{login}@{LOOPBACK}:{self.ports['amqp']}/%2F"

    def _accounts(self) -> dict[str, str]:
        return {
            "TOKEN_KEYS_DIR": str(self.folder.token_keys),
            "FACTOR_KEYS": self.secrets.factor_keys,
            # Whoever tells a story has no phone to show codes with.
            "OPERATORS_NEED_SECOND_FACTOR": "false",
            # All the people of a story come from one address.
            "CLIENT_ATTEMPTS": "1000000",
            **{name: os.environ.get(name, value) for name, value in QUICK_HASHES.items()},
        }

    def _jobs(self) -> dict[str, str]:
        return {"FILES_DIR": str(self.folder.path / "job_files")}

    def _contracts(self) -> dict[str, str]:
        return {"FILES_DIR": str(self.folder.path / "files")}

    def _payments(self) -> dict[str, str]:
        if self.external.stripe_api_base:
            return {
                "STRIPE_API_BASE": self.external.stripe_api_base,
                "STRIPE_API_KEY": self.external.stripe_api_key,
                "STRIPE_WEBHOOK_SECRETS": self.external.stripe_webhook_secrets,
            }
        return {
            "STRIPE_API_BASE": self.url("stripe"),
            "STRIPE_API_KEY": self.secrets.stripe_api_key,
            "STRIPE_WEBHOOK_SECRETS": (
                f"{self.secrets.webhook_secret},{self.secrets.thin_webhook_secret}"
            ),
        }

    def _programs(self) -> dict[str, str]:
        return {"FILES_DIR": str(self.folder.path / "program_files")}

    def _notify(self) -> dict[str, str]:
        caught = f"smtp://{LOOPBACK}:{self.ports['smtp']}"
        return {
            "SMTP_URL": self.external.smtp_url or caught,
            "MAIL_FROM": "Tasuki <no-reply@tasuki.invalid>",
            "LINK_KEYS": self.secrets.link_keys,
            "BOUNCE_SECRET": self.secrets.bounce_secret,
            "WEBHOOK_KEYS": self.secrets.webhook_keys,
            # A customer's program that is tried out runs on this machine, too.
            "WEBHOOKS_ALLOW_INSIDE": "true",
        }

    def _web(self) -> dict[str, str]:
        services = ("accounts", "jobs", "contracts", "payments", "programs", "notify")
        return {f"{service.upper()}_URL": self.url(service) for service in services} | {
            "SESSION_KEYS": self.secrets.session_keys,
            "CHECKOUT_ORIGINS": "" if self.external.stripe_api_base else self.url("stripe"),
            "DEMO_PEOPLE_FILE": str(self.folder.demo_people),
        }
