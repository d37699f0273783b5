"""A provider to sign in by: oidc-provider-mock, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.support.wait import eventually
from tools.ports import free_port


@dataclass(frozen=True)
class TestProvider:
    """The provider, and people who have an account there."""

    __test__ = False
    issuer: str

    def has(self, subject: str, **claims: Any) -> None:
        """Give somebody an account, of whom this is known."""
        httpx2.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def agree(self, authorization_url: str, subject: str) -> dict[str, str]:
        """Sign in there as somebody; return what the browser brings back."""
        answer = httpx2.post(authorization_url, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        found = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in found.items()}


@pytest.fixture(scope="session")
def oidc_provider() -> Iterator[TestProvider]:
    """A provider that lets everybody in who says who they are."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    provider = TestProvider(f"http://127.0.0.1:{port}")

    def answers() -> bool:
        try:
            return httpx2.get(f"{provider.issuer}/jwks").status_code == 200
        except httpx2.TransportError:
            return False

    try:
        eventually(answers, timeout=30)
        yield provider
    finally:
        process.terminate()
        process.wait(timeout=10)
