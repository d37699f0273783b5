"""What programs rely on in the OpenAPI documents, over all services."""

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

import shared.messages
from shared.http.examples import with_examples
from shared.messages.base import Command
from tests.support.documents import SERVICES, document_of, documents, operations


def commands() -> dict[str, type[Command]]:
    """Return every command by its name."""
    modules = (
        importlib.import_module(f"shared.messages.{each.name}")
        for each in pkgutil.iter_modules(shared.messages.__path__)
    )
    return {
        name: model
        for module in modules
        for name, model in vars(module).items()
        if isinstance(model, type) and issubclass(model, Command)
    }


def test_every_operation_has_a_name_of_its_own_that_a_program_can_use() -> None:
    names = [
        operation["operationId"]
        for document in documents().values()
        for _, _, operation in operations(document)
    ]
    assert len(names) == len(set(names))
    assert not [name for name in names if not re.fullmatch(r"[a-z]+_[a-z_]+", name)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_object_has_an_example_that_is_as_its_schema_says(service: str) -> None:
    document = document_of(service)
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") != "object":
            continue
        whole = {**schema, "components": document["components"]}
        validator = Draft202012Validator(whole, validate_formats=True)
        for example in schema["examples"]:
            faults = [
                f"{fault.instance_path}: {fault.message}"
                for fault in validator.iter_errors(example)
            ]
            assert not faults, f"{name}: {faults}"


@pytest.mark.parametrize("service", SERVICES)
def test_the_example_of_a_command_is_a_command(service: str) -> None:
    known = commands()
    for name, schema in document_of(service)["components"]["schemas"].items():
        model = known.get(name.removesuffix("-Input"))
        if model:
            for example in schema["examples"]:
                model.model_validate_json(json.dumps(example))


def test_an_example_that_is_given_stays() -> None:
    given: dict[str, Any] = {
        "components": {"schemas": {"A": {"type": "object", "examples": [{"x": 1}]}}}
    }
    assert with_examples(given)["components"]["schemas"]["A"]["examples"] == [{"x": 1}]
