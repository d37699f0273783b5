"""The pages: templates in one language-free form, their words in texts/<language>.toml."""

import tomllib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

HERE = Path(__file__).parent
LANGUAGES = ("ja", "en")  # the first is taken where the reader asks for neither

# Which page a path shows: the template, and the table of its words.
PAGES: Mapping[str, tuple[str, str]] = {
    "/": ("landing.html", "landing"),
    "/checkout/return": ("steps.html", "checkout_return"),
    "/checkout/cancelled": ("steps.html", "checkout_cancelled"),
    "/onboarding/return": ("steps.html", "onboarding_return"),
    "/onboarding/refresh": ("steps.html", "onboarding_refresh"),
}
NOT_FOUND = ("steps.html", "not_found")

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)


def read_texts(language: str) -> dict[str, Any]:
    """Return the words of all pages in this language."""
    return tomllib.loads((HERE / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


_TEXTS = {language: read_texts(language) for language in LANGUAGES}


async def show(request: Request) -> Response:
    """Return the page of the path."""
    return render(request, *PAGES[request.url.path])


def not_found(request: Request) -> Response:
    """Return the page that says that there is none."""
    return render(request, *NOT_FOUND, status=HTTPStatus.NOT_FOUND)


def language_of(request: Request) -> str:
    """Return the language to show: `?lang=`, else the reader's most wanted one that we have."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    wanted = [_preference(part) for part in request.headers.get("accept-language", "").split(",")]
    wanted.sort(key=lambda preference: -preference[1])  # stable: the first of equals stays first
    return next((name for name, weight in wanted if name in LANGUAGES and weight), LANGUAGES[0])


def _preference(part: str) -> tuple[str, float]:
    """Return language and weight of one member of Accept-Language (RFC 9110, section 12.5.4)."""
    tag, _, weight = part.strip().partition(";q=")
    try:
        return tag.partition("-")[0].lower(), float(weight or 1)
    except ValueError:
        return "", 0.0


def render(
    request: Request, template: str, page: str, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Return a template with the words of a page, in the reader's language."""
    language = language_of(request)
    texts = _TEXTS[language]
    html = _environment.get_template(template).render(
        language=language, path=request.url.path, all=texts["all"], page=texts[page]
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(html, status, headers)
