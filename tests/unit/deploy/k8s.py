"""What the overlays of deploy/k8s render to, once for all tests."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from shared.settings import Settings

ROOT = Path(__file__).parents[3]
K8S = ROOT / "deploy" / "k8s"
OVERLAYS = ("local", "staging", "production", "managed")
# Those that keep their secrets outside, scale, and are watched.
IN_EARNEST = ("staging", "production", "managed")

Manifest = Mapping[str, Any]
WORKLOADS = ("Deployment", "Job", "CronJob")


class KubernetesYaml(yaml.CSafeLoader):  # type: ignore[misc]  # PyYAML publishes no types
    """Reads YAML as Kubernetes does: what looks like a date is text."""


KubernetesYaml.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@cache
def rendered(overlay: str) -> tuple[Manifest, ...]:
    """Return the manifests of an overlay, as `kubectl apply -k` would send them."""
    return tuple(yaml.load_all(_kustomize(overlay), KubernetesYaml))


def of_kind(overlay: str, *kinds: str) -> dict[str, Manifest]:
    """Return the manifests of these kinds by name."""
    return {name(each): each for each in rendered(overlay) if each["kind"] in kinds}


def name(manifest: Manifest) -> str:
    """Return the name of what a manifest describes."""
    return str(manifest["metadata"]["name"])


def labels(manifest: Manifest) -> Mapping[str, str]:
    """Return the labels of a manifest or a template."""
    found: Mapping[str, str] = manifest.get("metadata", {}).get("labels", {})
    return found


def template(workload: Manifest) -> Manifest:
    """Return the template of a workload's pods."""
    spec = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    found: Manifest = spec["template"]
    return found


def templates(overlay: str) -> dict[str, Manifest]:
    """Return the templates of all pods of ours, by the names of their workloads."""
    return {name: template(each) for name, each in of_kind(overlay, *WORKLOADS).items()}


def containers(pod: Manifest) -> Iterator[Manifest]:
    """Return all containers of a pod's template."""
    spec = pod["spec"]
    yield from spec.get("initContainers", ())
    yield from spec["containers"]


def service_of(pod: Manifest) -> str:
    """Return whose pod it is: accounts, or another service."""
    return labels(pod)["app.kubernetes.io/name"]


def kind_of(pod: Manifest) -> str:
    """Return what kind of process runs in a pod: api, events, relay or one that ends."""
    return labels(pod)["app.kubernetes.io/component"]


def main_of(service: str) -> ModuleType:
    """Return a service's `__main__`."""
    return import_module(f"services.{service}.__main__")


def settings_of(service: str) -> type[Settings]:
    """Return the class of a service's settings."""
    found: type[Settings] = getattr(main_of(service), f"{service.capitalize()}Settings")
    return found


def _kustomize(overlay: str) -> str:
    beside = Path(sys.executable).parent / "kubectl"
    kubectl = str(beside) if beside.exists() else shutil.which("kubectl")
    assert kubectl, "kubectl is missing: make setup"
    done = subprocess.run(
        [kubectl, "kustomize", str(K8S / "overlays" / overlay)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{overlay} can't be rendered:\n{done.stderr}"
    return done.stdout
