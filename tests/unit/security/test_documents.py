"""The documents of security are whole, and what they name is there."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# The numbers of ASVS 5.0.0's requirements of levels 1 and 2, by section.
SECTIONS = {
    "1.1": "1-2",
    "1.2": "1-9",
    "1.3": "1-11",
    "1.4": "1-3",
    "1.5": "1-2",
    "2.1": "1-3",
    "2.2": "1-3",
    "2.3": "1-4",
    "2.4": "1",
    "3.2": "1-2",
    "3.3": "1-4",
    "3.4": "1-6",
    "3.5": "1-5",
    "3.7": "1-2",
    "4.1": "1-3",
    "4.2": "1",
    "4.3": "1-2",
    "4.4": "1-4",
    "5.1": "1",
    "5.2": "1-3",
    "5.3": "1-2",
    "5.4": "1-3",
    "6.1": "1-3",
    "6.2": "1-12",
    "6.3": "1-4",
    "6.4": "1-4",
    "6.5": "1-5",
    "6.6": "1-3",
    "6.8": "1-4",
    "7.1": "1-3",
    "7.2": "1-4",
    "7.3": "1-2",
    "7.4": "1-5",
    "7.5": "1-2",
    "7.6": "1-2",
    "8.1": "1-2",
    "8.2": "1-3",
    "8.3": "1",
    "8.4": "1",
    "9.1": "1-3",
    "9.2": "1-4",
    "10.1": "1-2",
    "10.2": "1-2",
    "10.3": "1-4",
    "10.4": "1-11",
    "10.5": "1-5",
    "10.6": "1-2",
    "10.7": "1-3",
    "11.1": "1-2",
    "11.2": "1-3",
    "11.3": "1-3",
    "11.4": "1-4",
    "11.5": "1",
    "11.6": "1",
    "12.1": "1-3",
    "12.2": "1-2",
    "12.3": "1-4",
    "13.1": "1",
    "13.2": "1-5",
    "13.3": "1-2",
    "13.4": "1-5",
    "14.1": "1-2",
    "14.2": "1-4",
    "14.3": "1-3",
    "15.1": "1-3",
    "15.2": "1-3",
    "15.3": "1-7",
    "16.1": "1",
    "16.2": "1-5",
    "16.3": "1-4",
    "16.4": "1-3",
    "16.5": "1-3",
    "17.1": "1",
    "17.2": "1-4",
    "17.3": "1-2",
}
LEVELS_1_AND_2 = 253
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_NOT_HERE = re.compile(r"^Not here: (.+)\.$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py::test_\w+)`")


def asked_for() -> list[str]:
    """Return the numbers of all requirements."""
    found = []
    for section, numbers in SECTIONS.items():
        first, _, last = numbers.partition("-")
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def text_of(name: str) -> str:
    """Return a document."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def known_tests() -> frozenset[str]:
    """Return every test that there is; nothing is imported for it."""
    return frozenset(_tests())


def _tests() -> Iterator[str]:
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(ROOT / 'tests')}::{node.name}"


def test_every_requirement_of_levels_1_and_2_stands_in_the_document_once() -> None:
    assert len(asked_for()) == LEVELS_1_AND_2
    text = text_of("docs/asvs.md")
    left_out = re.findall(r"\d+\.\d+\.\d+", " ".join(_NOT_HERE.findall(text)))
    stands = Counter([number for number, *_ in _ROW.findall(text)] + left_out)
    assert stands == Counter(asked_for())


def test_what_is_left_out_says_why() -> None:
    for line in _NOT_HERE.findall(text_of("docs/asvs.md")):
        assert re.search(r"\d \([^)]+\)$", line), line


@pytest.mark.parametrize("name", ["docs/asvs.md", "docs/security.md"])
def test_every_test_that_a_document_names_is_there(name: str) -> None:
    named = set(_TEST.findall(text_of(name)))
    assert len(named) > 10
    assert named - known_tests() == set()


def test_what_is_said_to_be_met_is_shown_by_a_test_or_is_plainly_not_ours() -> None:
    """Some things are of the language or the operators: these stand here by number."""
    bare = {number for number, _, _, shown in _ROW.findall(text_of("docs/asvs.md")) if shown == "—"}
    assert bare == {"1.4.1", "4.1.2", "12.2.2", "12.3.3", "15.1.1", "16.4.3"}


def test_what_is_not_met_or_in_part_is_listed_at_the_top() -> None:
    text = text_of("docs/asvs.md")
    top = text.partition("\n## ")[0]
    for mark, said in (("Not met", "**Not met"), ("In part", "**In part")):
        rows = {number for number, _, how, _ in _ROW.findall(text) if said in how}
        listed = re.search(rf"{mark}: ([^:]*?)(?:\.\s+[A-Z]|\.\n)", top)
        assert listed, mark
        assert set(re.findall(r"\d+\.\d+\.\d+", listed[1])) == rows, mark
