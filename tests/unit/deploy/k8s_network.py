"""Who may talk to whom by an overlay's NetworkPolicies: what a cluster would make of them.

An edge is there when a policy lets the one out and a policy lets the other in. Pods that operators
make (PostgreSQL, RabbitMQ) are known by their labels; what is outside the namespace is never closed
to us, and is named after its namespace, or `internet`, or `anywhere`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from tests.unit.deploy.k8s import Manifest, containers, labels, of_kind, templates

PRIVATE: Final = {
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
}
POSTGRES: Final = {"cnpg.io/cluster": "postgres"}
RABBITMQ: Final = {"app.kubernetes.io/name": "rabbitmq"}


class Edge(NamedTuple):
    """Who may connect to whom, and to which port."""

    source: str
    target: str
    port: int


@dataclass(frozen=True)
class Pod:
    """A pod of the namespace: its workload's name, its labels, and its ports by name."""

    name: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)


@cache
def pods(overlay: str) -> tuple[Pod, ...]:
    """Return the pods of an overlay: ours, and those that the operators make."""
    ours = [Pod(name, labels(each), _ports(each)) for name, each in templates(overlay).items()]
    if of_kind(overlay, "Cluster"):
        ours.append(Pod("postgres", POSTGRES))
    if of_kind(overlay, "RabbitmqCluster"):
        ours.append(Pod("rabbitmq", RABBITMQ))
    return tuple(ours)


@cache
def edges(overlay: str) -> frozenset[Edge]:
    """Return all edges that an overlay's policies allow, without those to the names' server."""
    return frozenset(
        edge
        for edge in (*_inside(overlay), *_out(overlay), *_in(overlay))
        if edge.target != "kube-system"
    )


def selects(selector: Mapping[str, Any], pod: Pod) -> bool:
    """Tell whether a selector of labels takes a pod."""
    wanted = selector.get("matchLabels", {})
    return wanted.items() <= pod.labels.items() and all(
        _matches(each, pod.labels) for each in selector.get("matchExpressions", ())
    )


def _inside(overlay: str) -> Iterator[Edge]:
    for source in pods(overlay):
        for target in pods(overlay):
            if source is target and source.name not in {"postgres", "rabbitmq"}:
                continue
            out = set(_allowed(overlay, "Egress", source, target, target))
            into = set(_allowed(overlay, "Ingress", target, source, target))
            yield from (Edge(source.name, target.name, port) for port in out & into)


def _out(overlay: str) -> Iterator[Edge]:
    for source in pods(overlay):
        for rule in _rules(overlay, "Egress", source):
            for place in rule.get("to", [{}]):
                if outside := _outside(place):
                    ports = _numbers(rule, Pod(outside, {}))
                    yield from (Edge(source.name, outside, port) for port in ports)


def _in(overlay: str) -> Iterator[Edge]:
    for target in pods(overlay):
        for rule in _rules(overlay, "Ingress", target):
            for place in rule.get("from", [{}]):
                if outside := _outside(place):
                    ports = _numbers(rule, target)
                    yield from (Edge(outside, target.name, port) for port in ports)


def _allowed(overlay: str, way: str, pod: Pod, other: Pod, target: Pod) -> Iterator[int]:
    places = "to" if way == "Egress" else "from"
    for rule in _rules(overlay, way, pod):
        if any(_takes(place, other) for place in rule.get(places, ())):
            yield from _numbers(rule, target)


def _rules(overlay: str, way: str, pod: Pod) -> Iterator[Mapping[str, Any]]:
    for policy in of_kind(overlay, "NetworkPolicy").values():
        if selects(policy["spec"]["podSelector"], pod):
            yield from policy["spec"].get(way.lower(), ())


def _takes(place: Mapping[str, Any], pod: Pod) -> bool:
    inside = "podSelector" in place and "namespaceSelector" not in place
    return inside and selects(place["podSelector"], pod)


def _outside(place: Mapping[str, Any]) -> str:
    if not place:
        return "anywhere"
    if block := place.get("ipBlock"):
        if block["cidr"] != "0.0.0.0/0":
            return str(block["cidr"])
        return "internet" if set(block.get("except", ())) == PRIVATE else "anywhere"
    if space := place.get("namespaceSelector"):
        return str(space["matchLabels"]["kubernetes.io/metadata.name"])
    return ""


def _numbers(rule: Mapping[str, Any], target: Pod) -> Iterator[int]:
    assert rule.get("ports"), "every edge names its ports"
    for each in rule["ports"]:
        port = each["port"]
        number = target.ports.get(port) if isinstance(port, str) else port
        if number is not None:
            yield number


def _matches(expression: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    value, values = found.get(expression["key"]), expression.get("values", ())
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[expression["operator"]]


def _ports(pod: Manifest) -> dict[str, int]:
    every: Sequence[Mapping[str, Any]] = [
        port for container in containers(pod) for port in container.get("ports", ())
    ]
    return {port["name"]: port["containerPort"] for port in every}
