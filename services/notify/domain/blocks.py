"""A letter as paragraphs and lists: what its HTML is laid out from, read from its text."""

from dataclasses import dataclass
from typing import Final

_MARKS: Final = ("・", "- ")
_INDENT: Final = "  "


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """A list; each entry has one or more lines."""

    entries: tuple[tuple[str, ...], ...]


Block = Paragraph | Items


def blocks(body: str, link: str) -> list[Block]:
    """Return what a letter says, without its signature and the line of its link."""
    said, _, _ = body.rpartition("\n-- \n")
    found: list[Block] = []
    for part in said.split("\n\n"):
        lines = [line for line in part.splitlines() if line.strip()]
        if not lines or (link and lines[-1].endswith(link) and not lines[0].startswith(_MARKS)):
            continue
        found += _of(lines)
    return found


def _of(lines: list[str]) -> list[Block]:
    """Return a paragraph's lines as they are, with lists among them as lists."""
    found: list[Block] = []
    text: list[str] = []
    entries: list[tuple[str, ...]] = []
    for line in lines:
        if line.startswith(_MARKS):
            if text:
                found.append(Paragraph(tuple(text)))
                text = []
            entries.append((line.lstrip("・- ").strip(),))
        elif entries and line.startswith(_INDENT):
            entries[-1] = (*entries[-1], line.strip())
        else:
            if entries:
                found.append(Items(tuple(entries)))
                entries = []
            text.append(line)
    if entries:
        found.append(Items(tuple(entries)))
    if text:
        found.append(Paragraph(tuple(text)))
    return found
