import pytest

from tools.environments import External
from tools.processes import StackError


def test_only_servers_that_are_not_elsewhere_need_a_port() -> None:
    elsewhere = External.named_in({"DATABASE_URL": "postgresql://db", "SMTP_URL": "smtp://mail"})

    assert elsewhere.missing() == {"amqp", "amqp_distribution", "epmd", "stripe"}
    assert "postgres" in External().missing()


def test_half_of_a_stripe_account_is_refused() -> None:
    with pytest.raises(StackError, match="STRIPE_WEBHOOK_SECRETS"):
        External.named_in({"STRIPE_API_BASE": "https://stripe", "STRIPE_API_KEY": "sk_test_1"})
