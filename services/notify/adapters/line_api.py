"""LINE's Messaging API: pushes, and the signatures of its webhooks.

https://developers.line.biz/en/reference/messaging-api/#send-push-message
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import requests

from services.notify.domain.letters import ClaimedPush
from services.notify.ports import Letters, PushOutcome
from shared.observability.metrics import call_to

API = "https://api.line.me"
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class LineApi:
    """Implements the port Pusher. Without a token of a channel there is no LINE."""

    letters: Letters
    token: str = ""
    secret: str = ""
    base: str = API

    @property
    def available(self) -> bool:
        """Tell whether this market has LINE."""
        return bool(self.token and self.secret)

    def send(self, pushes: Sequence[ClaimedPush]) -> Iterator[PushOutcome]:
        """Push them one after another, and tell of each what became of it."""
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self.token}"
            for push in pushes:
                yield self._counted(session, push)

    def is_genuine(self, body: bytes, signature: str) -> bool:
        """Tell whether LINE itself has sent this to us."""
        if not self.available:
            return False
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(digest), signature.encode())

    def _counted(self, session: requests.Session, push: ClaimedPush) -> PushOutcome:
        with call_to("line", "push") as call:
            outcome = self._send(session, push)
            if outcome.error:
                call.outcome = "failed" if outcome.again else "declined"
        return outcome

    def _send(self, session: requests.Session, push: ClaimedPush) -> PushOutcome:
        message = {"type": "text", "text": self.letters.push(push.letter)}
        try:
            answer = session.post(
                f"{self.base}/v2/bot/message/push",
                json={"to": push.line_user_id, "messages": [message]},
                # The same push under the same key is accepted once, however often it is sent.
                headers={"X-Line-Retry-Key": str(push.push_id)},
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            return PushOutcome(push, type(error).__name__)
        status = answer.status_code
        # 409: LINE has had this key before, so the push was accepted then.
        if status in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
            return PushOutcome(push)
        later = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return PushOutcome(push, f"HTTP {status}", again=later)
