"""A record of everything that was said, for checking it against the specification afterwards."""

import json
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from starlette.requests import Request


class Recorder:
    """Writes one JSON object per line: requests with their answers, and webhooks."""

    def __init__(self, file: Path | None) -> None:
        self._file: TextIOWrapper | None = None
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._file = file.open("a", encoding="utf-8")

    def request(
        self, request: Request, body: bytes, status: int, answer: dict[str, Any], request_id: str
    ) -> None:
        """Write down a request and what it was answered; keys and other secrets are left out."""
        self._write(
            {
                "record": "request",
                "method": request.method,
                "path": request.url.path,
                "query": request.url.query,
                "content_type": request.headers.get("Content-Type", ""),
                "body": body.decode("utf-8", "replace"),
                "account": request.headers.get("Stripe-Account"),
                "idempotency_key": request.headers.get("Idempotency-Key"),
                "request_id": request_id,
                "status": status,
                "answer": answer,
            }
        )

    def webhook(self, url: str, body: str, status: int | None) -> None:
        """Write down a webhook and the status that it was answered with (None: no answer)."""
        self._write({"record": "webhook", "url": url, "body": json.loads(body), "status": status})

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
