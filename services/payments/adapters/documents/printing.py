"""Documents of money as PDF: all from one template."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.payments.adapters.documents.layout import Layout
from services.payments.domain.documents import Document
from shared.documents.typesetting import Typesetter
from shared.errors import Rejected
from shared.messages.accounts import Locale

TEMPLATE: Final = Path(__file__).parent / "document.typ"
# A row takes some 60 KiB while it is set.
MOST_ROWS: Final = 2_000


@dataclass(frozen=True)
class TypstPrinter:
    """Implements the port Printer."""

    typesetter: Typesetter = field(default_factory=Typesetter)

    def print(self, document: Document, lang: Locale) -> bytes:
        """Return the document as PDF in this language; raise Rejected (`document_too_long`)."""
        if sum(len(each.rows) for each in document.tables) > MOST_ROWS:
            raise Rejected(
                "document_too_long", "Take it as JSON: that has no limit.", limit_rows=MOST_ROWS
            )
        texts = Layout(lang, self.typesetter.printable).lay_out(document)
        return self.typesetter.set(TEMPLATE, texts)
