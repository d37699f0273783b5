"""docs/errors.md lists every code that the services can answer with, and no other."""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs" / "errors.md"
REFUSALS = {
    "Rejected": 409,
    "Invalid": 422,
    "NotAllowed": 403,
    "NotFound": 404,
    "NotAuthenticated": 401,
    "Transient": 503,
    "Outdated": 412,
    "TooMany": 429,
}
# What the HTTP framework itself refuses is answered with the status's own name as its code.
BY_STATUS = {
    status.name.lower(): status.value
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )
}


def test_every_code_is_documented_with_its_status() -> None:
    documented = {
        match["code"]: int(match["status"])
        for match in re.finditer(
            r"^\| `(?P<code>\w+)` \| (?P<status>\d{3}) \|",
            DOCUMENT.read_text("utf-8"),
            re.MULTILINE,
        )
    }
    assert documented == _used()


def _used() -> dict[str, int]:
    used = dict(BY_STATUS)
    for folder in ("services", "shared"):
        for source in sorted((ROOT / folder).rglob("*.py")):
            for code, status in _codes(ast.parse(source.read_text("utf-8"))):
                assert used.setdefault(code, status) == status, f"{code} has two statuses: {source}"
    return used


def _codes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name | ast.Attribute):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        if name in REFUSALS and call.args:
            yield _literal(call.args[0]), REFUSALS[name]
        elif name == "problem" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            status = call.args[0]
            assert isinstance(status, ast.Attribute)
            yield _literal(call.args[1]), HTTPStatus[status.attr].value


def _literal(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant), f"line {node.lineno}: give the code as a literal"
    assert isinstance(node.value, str)
    return node.value
