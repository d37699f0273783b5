"""Setting documents as PDF: Typst, with fonts of the project's own."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import typst

FONTS: Final = Path(__file__).parent / "fonts"
COMPLETE: Final = "BIZUDPGothic-Regular.ttf"
# Archivable for ever (PDF/A-2, every font embedded) and readable aloud (PDF/UA).
STANDARDS: Final = ("a-2a", "ua-1")
# Printers' own sign for a letter that the fount doesn't have.
MISSING: Final = "\u3013"
# Letters of Latin scripts (Vietnamese among them), which Typst's built-in fonts have; a break.
_BUILT_IN: Final = frozenset((*range(0x00A0, 0x0250), *range(0x1E00, 0x1F00), 0x200B))
# They choose between forms of the letter before; without them it keeps its usual form.
_SELECTORS: Final = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_CMAP_RECORD: Final = struct.Struct(">HHI")
_SEGMENTED: Final = 12


@dataclass(frozen=True)
class Typesetter:
    """Sets texts by a template.

    Typst comes with its own compiler (84 MB on disk, some 45 MiB of memory once it is used), so it
    is loaded with the first document. The same texts give the same bytes. One document is set at a
    time.
    """

    fonts: Path = FONTS
    _alone: Lock = field(default_factory=Lock, compare=False)

    def set(self, template: Path, texts: Mapping[str, Any]) -> bytes:
        """Return the PDF that the template makes of `sys.inputs.document`, these texts as JSON."""
        with self._alone:
            printed: bytes = _typst().compile(
                template,
                root=template.parent,
                font_paths=self._loaded,
                sys_inputs={"document": json.dumps(texts, ensure_ascii=False)},
                pdf_standards=list(STANDARDS),
            )
        return printed

    def printable(self, text: str) -> str:
        """Return the text with 〓 for every letter that no font has; JSON has it as it is."""
        letters = self._letters
        return "".join(
            each if ord(each) in letters else MISSING
            for each in text
            if ord(each) not in _SELECTORS
        )

    @cached_property
    def _letters(self) -> frozenset[int]:
        # The other one, bold, has fewer; Typst takes what is missing there from this one.
        return _BUILT_IN | letters_of((self.fonts / COMPLETE).read_bytes())

    @cached_property
    def _loaded(self) -> "typst.Fonts":
        fonts: typst.Fonts = _typst().Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(self.fonts)]
        )
        return fonts


@cache
def _typst() -> Any:
    import typst  # noqa: PLC0415  (see Typesetter)

    return typst


def letters_of(font: bytes) -> frozenset[int]:
    """Return the code points that a TrueType font has glyphs for: its segmented cmap (format 12).

    Source: OpenType specification, "cmap". Raises ValueError when it has no such table.
    """
    (tables,) = struct.unpack_from(">H", font, 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            return _letters(font, offset)
    raise ValueError("no cmap")


def _letters(font: bytes, cmap: int) -> frozenset[int]:
    (records,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(records):
        _, _, offset = _CMAP_RECORD.unpack_from(font, cmap + 4 + _CMAP_RECORD.size * number)
        at = cmap + offset
        (form,) = struct.unpack_from(">H", font, at)
        if form == _SEGMENTED:
            (groups,) = struct.unpack_from(">I", font, at + 12)
            spans = struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups])
            return frozenset(code for first, last, _ in spans for code in range(first, last + 1))
    raise ValueError("no cmap of format 12")
