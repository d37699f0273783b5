"""What the code of services doesn't do at all, and so can't do wrong."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.messages.accounts import NewPassword

ROOT = Path(__file__).parents[3]
RUNNING = {"subprocess", "pty", "code", "codeop", "runpy"}
READING = {"xml.etree", "xml.dom", "xml.sax.handler", "lxml", "pickle", "marshal", "shelve", "yaml"}
DYNAMIC = {"eval", "exec", "compile", "__import__"}


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Return every module that runs in production, by its path."""
    return tuple(
        (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
        for folder in ("services", "shared")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def imported(tree: ast.Module) -> set[str]:
    """Return what a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def called(tree: ast.Module) -> Iterator[str]:
    """Yield the names of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield name_of(node.func)


def name_of(function: ast.expr) -> str:
    """Return `name` or `module.name`; of what is more than that, nothing."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return f"{function.value.id}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def uses(tree: ast.Module, names: set[str]) -> set[str]:
    """Return which of these packages a module imports."""
    dotted = [f"{each}." for each in imported(tree)]
    return {name for name in names if any(each.startswith(f"{name}.") for each in dotted)}


def test_no_service_runs_other_programs_or_code() -> None:
    for path, tree in modules():
        assert not uses(tree, RUNNING), path
        for name in called(tree):
            assert name not in DYNAMIC, f"{path}: {name}"
            assert not name.startswith(("os.system", "os.popen", "os.exec", "os.spawn")), path


def test_no_pattern_is_made_of_what_somebody_sent() -> None:
    made = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func).startswith("re."):
                made |= {path for each in node.args[:1] if isinstance(each, ast.JoinedStr)}
    # Of names of our own schemas.
    assert made == {"services/web/openapi.py"}


def test_nothing_parses_xml_or_unpickles() -> None:
    assert [path for path, tree in modules() if uses(tree, READING)] == []


def test_scripts_of_pages_build_no_markup_and_keep_nothing() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|postMessage|localStorage|sessionStorage|indexedDB|document\.cookie"
        r"|__proto__|Object\.assign"
    )
    scripts = sorted((ROOT / "services/web/static").glob("*.js"))
    assert len(scripts) > 1
    for script in scripts:
        assert not forbidden.findall(script.read_text(encoding="utf-8")), script.name


def test_nothing_in_a_template_is_taken_for_markup_unseen() -> None:
    forbidden = re.compile(r"\|\s*safe\b|autoescape\s+false|\son\w+=[\"']|javascript:")
    for folder in ("services/web/templates", "services/notify/templates"):
        for template in (ROOT / folder).rglob("*.html"):
            assert not forbidden.search(template.read_text(encoding="utf-8")), template


def test_passwords_are_typed_unseen_and_may_be_pasted() -> None:
    ui = (ROOT / "services/web/templates/components/ui.html").read_text(encoding="utf-8")
    assert 'type="password", autocomplete=autocomplete' in ui
    fields = []
    for template in (ROOT / "services/web/templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "onpaste" not in text, template
        fields += re.findall(r"ui\.(\w+)\(\w+, \"(?:password|new|current)\"", text)
    assert fields
    assert set(fields) == {"password"}


def test_a_password_may_have_two_hundred_characters() -> None:
    taken = TypeAdapter(NewPassword)
    longest = "長い" * 100
    assert taken.validate_python(longest).get_secret_value() == longest
    spaces = "  twelve or more  "
    assert taken.validate_python(spaces).get_secret_value() == spaces
    with pytest.raises(ValidationError):
        taken.validate_python("elevenchars")
