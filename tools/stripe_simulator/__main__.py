"""`python -m tools.stripe_simulator`: see README.md beside this file."""

import argparse
import os
import socket
import sys
from pathlib import Path

from tools.stripe_simulator.config import DAY, Config, Destination

DEFAULT_KEY = "sk_test_simulator"


def main() -> None:
    """Start the simulator; it prints one line once it listens."""
    options = _parser().parse_args()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
    except OSError as error:
        sys.exit(f"stripe simulator: port {options.port} can't be used: {error.strerror}")
    port = listener.getsockname()[1]
    config = _config(options, f"http://{options.host}:{port}")
    config.data.mkdir(parents=True, exist_ok=True)

    from tools.stripe_simulator.server import serve  # noqa: PLC0415 - after the quick refusals

    print(f"stripe simulator listens on {config.base_url}", flush=True)
    serve(config, listener)


def _config(options: argparse.Namespace, here: str) -> Config:
    data: Path = options.data
    clock_file = os.environ.get("CLOCK_FILE")
    return Config(
        data=data,
        base_url=options.base_url or here,
        api_keys=frozenset(options.api_key or [DEFAULT_KEY]),
        clock_file=Path(clock_file) if clock_file else data / "clock",
        destinations=tuple(options.webhook),
        platform=options.platform,
        record=options.record,
        funds_available_after=options.funds_available_after,
        payout_after=options.payout_after,
        refund_after=options.refund_after,
        dispute_after=options.dispute_after,
        onboarding_after=options.onboarding_after,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.stripe_simulator",
        description="A stand-in for Stripe. Durations are seconds of its clock; see README.md."
        " @FILE stands for the arguments in a file, one a line: keys need not be shown.",
        fromfile_prefix_chars="@",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0, help="0 takes a free one (default)")
    add("--data", type=Path, required=True, metavar="DIR", help="where its state is kept")
    add("--base-url", default="", help="address of the hosted pages, when not http://host:port")
    add(
        "--webhook",
        action="append",
        default=[],
        type=Destination.parse,
        metavar="URL=whsec_SECRET[=thin|snapshot[=TYPE,…]]",
        help="where events go; may be given several times",
    )
    add(
        "--api-key",
        action="append",
        metavar="sk_test_…",
        help=f"a key that is let in (default {DEFAULT_KEY}); may be given several times",
    )
    add("--platform", default=Config.platform, metavar="acct_…", help="our own account")
    add("--record", type=Path, metavar="FILE", help="write down everything said, as JSON lines")
    add(
        "--funds-available-after",
        type=int,
        default=4 * DAY,
        metavar="S",
        help="from a payment to its money being available (default 4 days)",
    )
    add(
        "--payout-after",
        type=float,
        default=2.0,
        metavar="S",
        help="from a payout to its arrival (default 2; below zero: only when told)",
    )
    add("--refund-after", type=float, default=2.0, metavar="S", help="likewise, pending refunds")
    add("--dispute-after", type=float, default=1.0, metavar="S", help="likewise, the dispute card")
    add("--onboarding-after", type=float, default=0.0, metavar="S", help="the verification")
    return parser


if __name__ == "__main__":
    main()
