"""Every manifest fits the schemas of three versions of Kubernetes and of the operators."""

import copy
import json
from typing import Any

import pytest

from tests.unit.deploy.k8s import IN_EARNEST, OVERLAYS, Manifest, name, of_kind, rendered
from tests.unit.deploy.k8s_schemas import VERSIONS, faults
from tools.services import WITH_STATE

OPERATORS = {
    "Certificate",
    "Cluster",
    "ExternalSecret",
    "Issuer",
    "ObjectStore",
    "Permission",
    "PodMonitor",
    "RabbitmqCluster",
    "ScaledObject",
    "ScheduledBackup",
    "TriggerAuthentication",
    "User",
    "Vhost",
}


def all_different() -> list[Manifest]:
    """Return the manifests of all overlays, those that are the same in two of them once."""
    found = {json.dumps(each): each for overlay in OVERLAYS for each in rendered(overlay)}
    return list(found.values())


@pytest.mark.parametrize("version", VERSIONS)
def test_all_manifests_fit_the_schemas(version: str) -> None:
    wrong = {
        f"{each['kind']} {name(each)}": found
        for each in all_different()
        if (found := list(faults(each, version)))
    }

    assert wrong == {}


def test_a_recovery_is_of_the_same_cluster_from_its_backups_into_others_of_its_own() -> None:
    (recovered,) = rendered("../recovery")
    (cluster,) = of_kind("production", "Cluster").values()

    assert list(faults(recovered, VERSIONS[-1])) == []
    assert (name(cluster), name(recovered)) == ("postgres", "postgres-recovered")
    for each in ("imageName", "postgresql", "certificates", "managed"):
        assert recovered["spec"][each] == cluster["spec"][each]
    (before,) = recovered["spec"]["externalClusters"]
    assert recovered["spec"]["bootstrap"]["recovery"]["source"] == before["name"]
    assert before["plugin"]["parameters"]["serverName"] == name(cluster)
    (writes,) = recovered["spec"]["plugins"]
    assert writes["parameters"]["serverName"] != name(cluster)


def test_all_kinds_of_the_operators_are_checked() -> None:
    assert {each["kind"] for each in rendered("production")} >= OPERATORS


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_there_twice(overlay: str) -> None:
    names = [(each["apiVersion"], each["kind"], name(each)) for each in rendered(overlay)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_all_is_in_one_namespace(overlay: str) -> None:
    spaces = {each["metadata"].get("namespace") for each in rendered(overlay)}

    assert spaces == {"tasuki", None}
    (without,) = (each for each in rendered(overlay) if "namespace" not in each["metadata"])
    assert without["kind"] == "Namespace"


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Deployment", ("spec", "replica"), 2),
        ("Deployment", ("spec", "template", "spec", "containers", 0, "resourcs"), {}),
        ("Deployment", ("spec", "template", "spec", "terminationGracePeriodSeconds"), "40s"),
        ("NetworkPolicy", ("spec", "egres"), []),
        ("CronJob", ("spec", "schedule"), 5),
        ("HorizontalPodAutoscaler", ("spec", "maxReplicas"), "six"),
        ("Cluster", ("spec", "instance"), 3),
        ("Cluster", ("spec", "instances"), "3"),
        ("Cluster", ("spec", "postgresql", "synchronous", "dataDurability"), "best"),
        ("ObjectStore", ("spec", "configuration", "wal", "compression"), "rar"),
        ("ScheduledBackup", ("spec", "schedule"), "0 18 * * *"),
        ("RabbitmqCluster", ("spec", "tls", "disableNonTLSListener"), True),
        ("RabbitmqCluster", ("spec", "replicas"), 2.5),
        ("User", ("spec", "tags"), ["owner"]),
        ("Permission", ("spec", "permissions", "reads"), ".*"),
        ("Vhost", ("spec", "defaultQueueType"), "mirrored"),
        ("ScaledObject", ("spec", "maxReplicas"), 6),
        ("ScaledObject", ("spec", "triggers", 0, "metadata", "queuename"), "accounts"),
        ("TriggerAuthentication", ("spec", "secretTargetRef", 0, "secret"), "scaler"),
        ("Certificate", ("spec", "dnsName"), "postgres-rw"),
        ("Issuer", ("spec", "selfsigned"), {}),
        ("ExternalSecret", ("spec", "refreshInterval"), 3600),
        ("PodMonitor", ("spec", "podMetricsEndpoints", 0, "honourLabels"), True),
    ],
)
def test_what_is_misspelt_or_of_another_type_fails(
    kind: str, path: tuple[str | int, ...], value: object
) -> None:
    manifest = copy.deepcopy(next(iter(of_kind("production", kind).values())))
    place: Any = manifest
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    for version in VERSIONS:
        assert list(faults(manifest, version))


@pytest.mark.parametrize("overlay", IN_EARNEST)
def test_a_version_has_jobs_of_its_own(overlay: str) -> None:
    deployment = of_kind(overlay, "Deployment")["web-api"]
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    version = image.partition(":")[2]

    jobs = of_kind(overlay, "Job")
    # A migration for each database, and what makes the databases.
    assert len(jobs) == len(WITH_STATE) + 1
    assert all(job.endswith(f"-{version}") for job in jobs)
