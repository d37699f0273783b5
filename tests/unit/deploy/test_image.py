import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.settings import Settings
from tools.image.look_inside import PROGRAMS

ROOT = Path(__file__).parents[3]
DEBIAN = "debian:bookworm-slim"
FILES = ("deploy/Dockerfile", "deploy/trial.Dockerfile")


class Instruction(NamedTuple):
    name: str
    rest: str


def instructions(text: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile: comments are gone, lines that go on are one."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            yield Instruction(name, " ".join(rest.split()))


def read(file: str) -> list[Instruction]:
    return list(instructions((ROOT / file).read_text("utf-8")))


@pytest.fixture
def image() -> list[Instruction]:
    return read("deploy/Dockerfile")


def last(image: list[Instruction], name: str) -> str:
    return [rest for each, rest in image if each == name][-1]


def commands(image: list[Instruction]) -> str:
    return "\n".join(rest for name, rest in image if name == "RUN")


def final_stage(image: list[Instruction]) -> list[Instruction]:
    first = max(number for number, each in enumerate(image) if each.name == "FROM")
    return image[first:]


def test_both_stages_are_from_debian_unless_a_builder_names_a_base_for_the_first(
    image: list[Instruction],
) -> None:
    assert image[0] == Instruction("ARG", f"BUILD_BASE={DEBIAN}")
    stages = [rest for name, rest in image if name == "FROM"]
    assert stages == ["${BUILD_BASE} AS build", f"{DEBIAN} AS service"]


@pytest.mark.parametrize("file", FILES)
def test_no_base_is_whatever_is_the_latest(file: str) -> None:
    ours = {"TASUKI_IMAGE=tasuki:latest"}
    named = [rest for name, rest in read(file) if name in {"FROM", "ARG"}]

    assert not [each for each in named if each.endswith(":latest") and each not in ours]
    assert all(":" in each for each in named if each.startswith("debian"))


@pytest.mark.parametrize("file", FILES)
def test_packages_are_wheels_held_to_their_hashes(file: str) -> None:
    installs = re.findall(r"pip [^&]*install [^&]*", commands(read(file)))

    assert installs
    for command in installs:
        assert "--require-hashes" in command
        assert "--only-binary=:all:" in command
        assert "--no-deps" in command
        assert re.search(r"-r /build/\S+\.lock", command)


@pytest.mark.parametrize("lock", ["requirements.lock", "deploy/trial.lock"])
def test_every_package_of_a_lock_file_has_a_version_and_hashes(lock: str) -> None:
    text = re.sub(r" \\\n", " ", (ROOT / lock).read_text("utf-8"))
    packages = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]

    assert packages
    assert all("==" in line and "--hash=sha256:" in line for line in packages)


def test_the_image_runs_as_a_number_so_that_a_cluster_can_hold_it_to_it(
    image: list[Instruction],
) -> None:
    assert last(image, "USER") == "10001:10001"
    after = image[[name for name, _ in image].index("USER") :]
    assert not [name for name, _ in after if name in {"RUN", "COPY", "ADD"}]


def test_no_stage_needs_buildkit_or_fetches_from_an_address(image: list[Instruction]) -> None:
    for file in FILES:
        text = (ROOT / file).read_text("utf-8")
        assert "--mount" not in text
        assert "<<" not in text
        assert not re.search(r"https?://|index-url|trusted-host", text)
    assert "ADD" not in {name for name, _ in image}


def test_the_final_stage_installs_only_what_runs(image: list[Instruction]) -> None:
    stage = commands(final_stage(image))
    wanted = re.findall(r"apt-get install -y --no-install-recommends ([^&]*)", stage)

    assert [each.split() for each in wanted] == [["ca-certificates", "python3", "tzdata"]]
    assert "pip" not in stage
    copied = [rest for name, rest in final_stage(image) if name == "COPY"]
    assert copied == ["--from=build /packages /", "--from=build /code /"]


def test_whoever_looks_inside_looks_for_the_compilers_and_pip() -> None:
    assert {"pip", "gcc", "cc", "ld", "make"} <= set(PROGRAMS)


def test_all_code_is_compiled_once_and_has_a_date_that_is_given(
    image: list[Instruction],
) -> None:
    stages = commands(image)

    assert stages.count("compileall") == 3
    assert stages.count("--invalidation-mode unchecked-hash") == 3
    assert '"@$SOURCE_DATE_EPOCH"' in stages
    assert "PYTHONDONTWRITEBYTECODE=1" in last(image, "ENV")


def test_the_health_check_asks_the_ops_port_and_runs_no_shell(image: list[Instruction]) -> None:
    check = last(image, "HEALTHCHECK")

    assert re.search(r'CMD \["python", "-ISc", ', check)
    assert "GET /readyz " in check
    assert "OPS_PORT" in check


def test_what_the_image_sets_are_settings(image: list[Instruction]) -> None:
    pairs = dict(each.split("=", 1) for each in last(image, "ENV").split())

    assert pairs["OPS_HOST"] == pairs["HTTP_HOST"] == "0.0.0.0"  # noqa: S104
    assert {pairs["HTTP_PORT"], pairs["OPS_PORT"]} == set(last(image, "EXPOSE").split())
    known = {name.upper() for name in Settings.model_fields} | {"FILES_DIR"}
    assert pairs.keys() - known == {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "TASUKI_VERSION"}


def test_the_image_says_what_it_is(image: list[Instruction]) -> None:
    labels = re.findall(
        r'org\.opencontainers\.image\.(\w+(?:\.\w+)?)="[^"]+"', last(image, "LABEL")
    )

    assert set(labels) == {
        *("title", "description", "licenses", "base.name", "version", "revision"),
    }


def test_the_services_image_gets_their_code_and_nothing_else_of_the_project(
    image: list[Instruction],
) -> None:
    code = {"services", "shared", "tasuki"}
    for name, rest in image:
        if name in {"COPY", "ADD"} and not rest.startswith("--from"):
            *sources, target = rest.split()
            assert set(sources) <= {*code, "requirements.lock"}
            # Only /packages and /code go on to the final stage.
            assert target == (f"/code/app/{sources[0]}" if code & {*sources} else "/build/")
    assert not [path for each in code for path in (ROOT / each).rglob(".git*")]


def test_only_what_the_images_are_made_of_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for file in FILES
        for name, rest in read(file)
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }

    assert "*" in lines
    assert let_in == copied
    assert not [each for each in let_in if each.startswith(".") or each == "tests"]
    sent = [
        path.name
        for each in let_in
        for path in ([ROOT / each] if (ROOT / each).is_file() else (ROOT / each).rglob("*"))
    ]
    assert "Dockerfile" in sent
    assert not [name for name in sent if re.search(r"\.(pem|key|env)$", name)]
