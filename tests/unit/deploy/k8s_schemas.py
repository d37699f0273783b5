"""Checks manifests against the schemas of Kubernetes, and custom resources against ours."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from referencing import Registry, Resource

from tests.unit.deploy.k8s import Manifest

CRDS = Path(__file__).parents[2] / "data" / "crds"
# The newest ones that the package has: what is supported now.
VERSIONS = ("1.35.0", "1.36.0", "1.37.0")
OUR_METADATA = {"name", "namespace", "labels", "annotations"}


def faults(manifest: Manifest, version: str) -> Iterator[str]:
    """Return what is wrong with a manifest in a version of Kubernetes."""
    group, _, api_version = manifest["apiVersion"].rpartition("/")
    if (CRDS / f"{group}.yaml").exists():
        yield from _custom_faults(manifest, group, api_version)
        return
    found = _validator(manifest["kind"], manifest["apiVersion"], version).iter_errors(manifest)
    yield from (f"{error.json_path}: {error.message}" for error in found)


def _custom_faults(manifest: Manifest, group: str, api_version: str) -> Iterator[str]:
    kinds = _custom(group).get(api_version, {})
    if manifest["kind"] not in kinds:
        yield f"tests/data/crds/{group}.yaml has no {api_version} {manifest['kind']}"
        return
    if unknown := manifest.keys() - {"apiVersion", "kind", "metadata", "spec"}:
        yield f"unknown fields: {unknown}"
    if unknown := manifest["metadata"].keys() - OUR_METADATA:
        yield f"unknown metadata: {unknown}"
    errors = _fitting(kinds[manifest["kind"]]).iter_errors(manifest.get("spec"))
    yield from (f"spec{error.json_path[1:]}: {error.message}" for error in errors)


@cache
def _custom(group: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CRDS / f"{group}.yaml").read_text(encoding="utf-8"))
    return found


@cache
def _validator(kind: str, api_version: str, version: str) -> Any:
    group, _, number = api_version.rpartition("/")
    stem = "-".join(filter(None, (kind.lower(), group.partition(".")[0], number)))
    return _fitting(_contents(stem, version), _definitions(version))


@cache
def _definitions(version: str) -> Registry[Any]:
    return Resource.from_contents(_contents("_definitions", version)) @ Registry()


def _contents(stem: str, version: str) -> Any:
    from kubernetes_validate.utils import schema_contents  # noqa: PLC0415 - as below

    return schema_contents(f"kubernetes-json-schema/v{version}-local-strict/{stem}.json", version)


def _fitting(schema: Any, registry: Any = Registry()) -> Any:
    """Return a validator. Every worker collects tests, and importing it takes two seconds."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(schema, registry=registry)
