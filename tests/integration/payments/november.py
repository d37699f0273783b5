"""A month of a market, to be documented."""

from typing import Any

from shared.messages.jobs import Mode
from tests.integration.payments.archive import Archive

NUMBER = "T7000012050002"
OTHER_NUMBER = "T8000012010038"
ISSUER = {
    "market": "Tasuki 襷",
    "name": "株式会社たすきワークス",
    "address": "京都市左京区吉田本町36-1",
    "registration_number": NUMBER,
}


def a_month(archive: Archive) -> dict[str, Any]:
    """Let a November happen; return what it was about."""
    archive.at("2026-11-02")
    assert archive.put(archive.operator, "issuer", ISSUER).status_code == 200
    brokered = archive.agree(50_000, title="家庭菜園の手引き")
    principal = archive.agree(128_000, Mode.PRINCIPAL, title="Translation")
    archive.capture("ch_first", brokered, principal, credit=1_200, method="bank_transfer")
    archive.at("2026-11-05")
    whole = archive.release(brokered)
    part = archive.release(principal, 28_000)
    archive.at("2026-11-20")
    refund = archive.refund(principal, 10_000)
    rest = archive.release(principal)
    archive.at("2026-11-30")
    payout = archive.pay_out(whole, part, rest)
    archive.at("2026-12-01")
    return {
        "brokered": brokered,
        "principal": principal,
        "whole": whole.release_id,
        "part": part.release_id,
        "rest": rest.release_id,
        "refund": refund,
        "payout": payout,
    }


def sums_of(document: Any) -> dict[str, int]:
    return {each["name"]: each["amount"] for each in document["sums"]}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
