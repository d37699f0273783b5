"""`python -m tools.messages [area …]`: bring the sentences of web's pages into its catalogues.

Each catalogue (services/web/locales/ja/<area>.po) gets what its area says now: new sentences
without a translation, at which the tests stop until there is one. What nobody says any more goes.
What the parts of all pages say is in `ui` only.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from services.web.i18n import AREAS, LOCALES, read_catalogue

WEB = LOCALES.parent
ROOT = WEB.parent.parent
# Modules of pages/ whose area isn't the first word of their name.
AREA_OF_MODULE = {"work": "assistant"}
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
# `trimmed` as in rendering.py: the lines of a {% trans %} are one sentence.
JINJA = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}

Said = tuple[str | tuple[str, ...], str | None, str]  # id, context, the file that says it


def area_of(file: Path) -> str:
    """Return the area that a template or a module belongs to."""
    where, *rest = file.relative_to(WEB).parts
    if where == "templates" and len(rest) > 1:
        return rest[0] if rest[0] in AREAS else "ui"
    if where == "pages" and rest:
        name = rest[0].removesuffix(".py")
        word = AREA_OF_MODULE.get(name, name.partition("_")[0])
        return word if word in AREAS else "ui"
    return "refusals" if where == "refusal_texts" else "ui"


def said(file: Path) -> Iterator[Said]:
    """Return what a file says."""
    method, options = ("jinja2", JINJA) if file.suffix == ".html" else ("python", {})
    found = extract_from_file(method, file, KEYWORDS, options=options)
    for _, message, _, context in found:
        yield (message if isinstance(message, str) else tuple(message)), context, file.name


def said_in(area: str) -> list[Said]:
    """Return what an area says, but for what `ui` says already."""
    files = [
        *sorted(WEB.glob("*.py")),
        *sorted((WEB / "pages").rglob("*.py")),
        *sorted((WEB / "refusal_texts").rglob("*.py")),
        *sorted((WEB / "templates").rglob("*.html")),
    ]
    mine = [each for file in files if area_of(file) == area for each in said(file)]
    if area == "ui":
        return mine
    common = {(message, context) for message, context, _ in said_in("ui")}
    return [each for each in mine if each[:2] not in common]


def updated(area: str) -> Catalog:
    """Return the catalogue as it should be, with what is translated so far in any area."""
    known = [read_catalogue(area), *(read_catalogue(other) for other in AREAS if other != area)]
    catalogue = Catalog(locale="ja", project="Tasuki", header_comment="", fuzzy=False)
    for message, context, file in said_in(area):
        before = next((found for each in known if (found := each.get(message, context))), None)
        string = before.string if before else ""
        catalogue.add(message, string, locations=[(file, 0)], context=context)
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the sentences that have no translation."""
    return [
        str(each.id)
        for each in catalogue
        if each.id and not (each.string if isinstance(each.string, str) else all(each.string or ()))
    ]


def main(areas: Iterable[str]) -> None:
    """Write the catalogues and name what is to be translated."""
    for area in areas:
        catalogue = updated(area)
        file = LOCALES / "ja" / f"{area}.po"
        with file.open("wb") as output:
            write_po(output, catalogue, width=100, sort_by_file=True, omit_header=True)
        print(f"{file.relative_to(ROOT)}: {len(catalogue)} sentences")
        for sentence in untranslated(catalogue):
            print(f"  not translated: {sentence}")


if __name__ == "__main__":
    main(sys.argv[1:] or AREAS)
