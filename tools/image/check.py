"""The whole check: builds, looks inside, starts every process, tells a story, stops."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from rich.console import Console

from tools.image import findings
from tools.image.bases import make_build_base, make_debian, make_server
from tools.image.bill import as_json, bill_of, count
from tools.image.build import IMAGE, TRIAL_IMAGE, Source, bill_file, build, build_trial
from tools.image.compose import Market, migrations, processes
from tools.image.docker import docker
from tools.mail import Mail, parsed_lines
from tools.story.acts import Stage
from tools.story.demo import REQUEST_TIMEOUT_SECONDS, table_of
from tools.story.member import PASSWORD, Member
from tools.story.narrator import Narrator, OnTerminal
from tools.story.processor import HostedPages
from tools.story.proofs import Proof
from tools.story.tale import Tale

SECOND_BUILD = f"{IMAGE}:second-build"
MOST_SECONDS_TO_READY = 5.0
MOST_TRIES = 3
SERVERS = {"postgres:16-bookworm": "postgres", "rabbitmq:3.13-management": "rabbitmq"}
MAILS = "/var/lib/tasuki/files/mails.jsonl"


def build_images(folder: Path, console: Console) -> Source:
    """Build both images, making what they are built from where it is missing; write the bill."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Source.here()
    make_debian(folder, console.print)
    with console.status("fetching the Python packages"):
        make_build_base(folder)
    with console.status("building the image"):
        build(IMAGE, source)
        build_trial(TRIAL_IMAGE, IMAGE)
    write_bill(folder, source)
    console.print(
        f"built {IMAGE} and {TRIAL_IMAGE}; bill of materials: {bill_file(folder, source)}"
    )
    return source


def write_bill(folder: Path, source: Source) -> Proof:
    """Write the bill of materials; tell how much is in it, valid as it is."""
    bill = bill_of(IMAGE, source)
    bill_file(folder, source).write_text(as_json(bill), encoding="utf-8")
    packages = f"{count(bill, 'pypi')} Python packages, {count(bill, 'deb')} of Debian"
    return Proof("its bill of materials is valid CycloneDX 1.6", count(bill, "pypi") > 0, packages)


def check(folder: Path, console: Console, *, with_story: bool) -> bool:
    """Check all of it and print a table; return whether everything held."""
    build_images(folder, console)
    proofs = list(check_image(folder, console))
    market = Market(folder / "market")
    for image, stand_in in SERVERS.items():
        make_server(image, stand_in, console.print)
    market.prepare()
    try:
        proofs += start_all(market, console)
        if with_story:
            proofs += tell_story(market, console)
        proofs += stop_all(market)
    finally:
        market.remove()
    console.print(table_of(proofs))
    return all(proof.holds for proof in proofs)


def check_image(folder: Path, console: Console) -> Iterator[Proof]:
    """Build twice without a cache, compare, and look into the image."""
    source = Source.here()
    with console.status("building twice without a cache"):
        build(IMAGE, source, cache=False)
        build(SECOND_BUILD, source, cache=False)
    try:
        yield from findings.of_builds(IMAGE, SECOND_BUILD)
    finally:
        docker("rmi", "--no-prune", SECOND_BUILD)
    yield from findings.of_image(IMAGE)
    yield write_bill(folder, source)
    build_trial(TRIAL_IMAGE, IMAGE)


def start_all(market: Market, console: Console) -> list[Proof]:
    """Start the servers, migrate, and start every process alone, measured."""
    # Compose itself holds the file to its specification.
    market.compose("config", "--quiet")
    with console.status("starting the servers"):
        market.run_once("broker-users")
        market.start("postgres", "rabbitmq", "stripe", "mail")
        market.wait_healthy(["postgres", "rabbitmq", "stripe", "mail"])
    with console.status("migrating"):
        for name in ("databases", *migrations()):
            market.run_once(name)
    proofs = []
    for name in processes():
        with console.status(f"starting {name}"):
            market.start(name)
            proofs.append(_started(market, name))
    with console.status("waiting until docker calls all of them healthy"):
        market.wait_healthy(processes())
    # What an operator types; nothing of what runs is started anew by it.
    before = [market.container(name) for name in processes()]
    market.compose("up", "-d")
    same = before == [market.container(name) for name in processes()]
    proofs.append(
        Proof("all are healthy, and `up` leaves them as they are", same, f"{len(before)} processes")
    )
    return proofs


def _started(market: Market, name: str) -> Proof:
    """Tell how soon a process is ready; once more, when something else kept the machine busy."""
    tries = [market.time_to_ready(name)]
    while tries[-1].seconds >= MOST_SECONDS_TO_READY and len(tries) < MOST_TRIES:
        market.restart(name)
        tries.append(market.time_to_ready(name))
    best = min(tries)
    loose = findings.of_container(name, market.inspect(name))
    busy = f"; {len(tries)} tries, load {os.getloadavg()[0]:.0f}" if len(tries) > 1 else ""
    figures = f"{best.seconds:.1f} s, {best.cpu_seconds:.1f} s of CPU{busy}"
    in_time = best.seconds < MOST_SECONDS_TO_READY
    return Proof(f"{name}, confined, is ready in time", in_time and not loose, loose or figures)


def tell_story(market: Market, console: Console) -> list[Proof]:
    """Tell a milestone's whole life on the market; return what was proved at the end."""
    with stage_on(market, OnTerminal(console)) as stage:
        return Tale(stage).tell()


@contextmanager
def stage_on(market: Market, narrator: Narrator) -> Iterator[Stage]:
    """Yield a stage on the market's containers, with an operator appointed on it."""

    def mails() -> list[Mail]:
        return parsed_lines(market.read("mail", MAILS))

    with (
        httpx2.Client(base_url=market.web_url, timeout=REQUEST_TIMEOUT_SECONDS) as http,
        httpx2.Client(timeout=REQUEST_TIMEOUT_SECONDS) as browser,
    ):
        operator = Member(http, "operator@example.org", "Operator")
        market.execute(
            *("accounts-api", "services.accounts", "add-operator", operator.email),
            stdin=f"{PASSWORD}\n",
        )
        yield Stage(
            http=http,
            pages=HostedPages(market.stripe_url, browser),
            operator=operator,
            now=lambda: datetime.now(UTC) + market.clock.offset(),
            bookkeeper=lambda *words: market.execute("payments-api", "services.payments", *words),
            turn_clock=lambda ahead: market.clock.advance(seconds=ahead.total_seconds()),
            mails_to=lambda address: [
                each.subject for each in mails() if address in each.recipients
            ],
            letters_to=lambda address: [
                each.text for each in mails() if address in each.recipients
            ],
            narrator=narrator,
        )


def stop_all(market: Market) -> list[Proof]:
    """Ask every process to end; tell whether each ended by itself."""
    memory = _memory(market)
    market.stop(*processes())
    codes = {name: market.inspect(name)["State"]["ExitCode"] for name in processes()}
    killed = [f"{name} with {code}" for name, code in codes.items() if code]
    return [
        Proof(
            "all processes together take less than 2 GiB", memory < 2 * 1024, f"{memory:,.0f} MiB"
        ),
        Proof(
            "all processes end by themselves when asked", not killed, ", ".join(killed) or "in time"
        ),
    ]


def _memory(market: Market) -> float:
    """Return the MiB that the services' processes hold."""
    ids = [market.container(name) for name in processes()]
    told = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", *ids).splitlines()
    return sum(float(each.partition("MiB")[0]) for each in told)
