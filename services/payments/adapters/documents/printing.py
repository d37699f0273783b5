"""Documents as PDF: Typst sets them from one template, with fonts of the project's own."""

import json
import struct
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from services.payments.adapters.documents.layout import Layout
from services.payments.domain.documents import Document
from shared.errors import Rejected
from shared.messages.accounts import Locale

if TYPE_CHECKING:
    import typst

_HERE: Final = Path(__file__).parent
FONTS: Final = _HERE / "fonts"
COMPLETE: Final = "BIZUDPGothic-Regular.ttf"
TEMPLATE: Final = _HERE / "document.typ"
# Archivable for ever (PDF/A-2, every font embedded) and readable aloud (PDF/UA).
STANDARDS: Final = ("a-2a", "ua-1")
MOST_ROWS: Final = 2_000
# Printers' own sign for a letter that the fount doesn't have.
MISSING: Final = "\u3013"
# Letters of Latin scripts (Vietnamese among them), which Typst's built-in fonts have; a break.
_BUILT_IN: Final = frozenset((*range(0x00A0, 0x0250), *range(0x1E00, 0x1F00), 0x200B))
# They choose between forms of the letter before; without them it keeps its usual form.
_SELECTORS: Final = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
_CMAP_RECORD: Final = struct.Struct(">HHI")
_SEGMENTED: Final = 12


@dataclass(frozen=True)
class TypstPrinter:
    """Implements the port Printer.

    Typst comes with its own compiler (84 MB on disk, some 45 MiB of memory once it is used), so it
    is loaded with the first document. The same document gives the same bytes. A row takes some
    60 KiB while it is set: tables have a limit, and one document is set at a time.
    """

    fonts: Path = FONTS
    _alone: Lock = field(default_factory=Lock, compare=False)

    def print(self, document: Document, lang: Locale) -> bytes:
        """Return the document as PDF in this language; raise Rejected (`document_too_long`)."""
        if sum(len(each.rows) for each in document.tables) > MOST_ROWS:
            raise Rejected(
                "document_too_long", "Take it as JSON: that has no limit.", limit_rows=MOST_ROWS
            )
        texts = Layout(lang, self.printable).lay_out(document)
        with self._alone:
            printed: bytes = self._typst.compile(
                TEMPLATE,
                root=TEMPLATE.parent,
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

    @property
    def _typst(self) -> Any:
        return _typst()

    @cached_property
    def _loaded(self) -> "typst.Fonts":
        fonts: typst.Fonts = self._typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(self.fonts)]
        )
        return fonts


@cache
def _typst() -> Any:
    import typst  # noqa: PLC0415  (see TypstPrinter)

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
