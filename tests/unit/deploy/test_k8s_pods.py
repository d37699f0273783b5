"""What every pod promises: rights, limits, probes, a graceful stop; its parts find each other."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.grace import GRACE_SECONDS
from tests.unit.deploy.k8s import (
    IN_EARNEST,
    OVERLAYS,
    Manifest,
    containers,
    kind_of,
    labels,
    of_kind,
    rendered,
    service_of,
    template,
    templates,
)
from tools.services import PROCESSES, WITH_STATE

OPS = {"api", "events", "relay"}


def deployments(overlay: str) -> dict[str, Manifest]:
    """Return the templates of the pods that stay."""
    return {name: template(each) for name, each in of_kind(overlay, "Deployment").items()}


def process(pod: Manifest) -> Mapping[str, Any]:
    """Return the container of a pod that is not there to wait."""
    (found,) = pod["spec"]["containers"]
    return dict(found)


def fits(selector: Manifest, pod: Manifest) -> bool:
    """Tell whether a selector of labels takes a pod."""
    wanted: Mapping[str, str] = selector["matchLabels"]
    return wanted.items() <= labels(pod).items()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_process_has_its_deployment(overlay: str) -> None:
    wanted = {f"{service}-{kind}" for service, kinds in PROCESSES.items() for kind in kinds}

    assert deployments(overlay).keys() == wanted
    for name, pod in deployments(overlay).items():
        service, _, kind = name.partition("-")
        assert (service_of(pod), kind_of(pod)) == (service, kind)
        assert process(pod)["args"] == [f"services.{service}", kind]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_with_a_database_migrates_before_its_processes_begin(overlay: str) -> None:
    migrations = {
        service_of(template(each)): each
        for each in of_kind(overlay, "Job").values()
        if kind_of(template(each)) == "migrate"
    }

    assert migrations.keys() == set(WITH_STATE)
    for service, job in migrations.items():
        assert process(template(job))["args"] == [f"services.{service}", "migrate"]
        assert int(job["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]) < 0
        assert job["spec"]["ttlSecondsAfterFinished"]
    for pod in deployments(overlay).values():
        waits = [each["args"] for each in pod["spec"].get("initContainers", ())]
        service = service_of(pod)
        assert waits == ([[f"services.{service}", "wait"]] if service in WITH_STATE else [])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_namespace_admits_only_pods_that_are_restricted(overlay: str) -> None:
    (namespace,) = of_kind(overlay, "Namespace").values()

    assert labels(namespace)["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_restricted(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        spec = pod["spec"]
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] == 10001, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for volume in spec["volumes"]:
            kinds = volume.keys() - {"name"}
            assert kinds <= {"secret", "projected", "emptyDir", "persistentVolumeClaim"}, name
        for container in containers(pod):
            rights = container["securityContext"]
            assert rights["allowPrivilegeEscalation"] is False, name
            assert rights["capabilities"] == {"drop": ["ALL"]}, name
            assert rights["readOnlyRootFilesystem"] is True, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_writes_to_a_bounded_folder_of_its_own(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        assert volumes["tmp"]["emptyDir"]["sizeLimit"], name
        for container in containers(pod):
            paths = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
            assert paths["/tmp"]["name"] == "tmp", name  # noqa: S108  (the container's)
            assert {mount["name"] for mount in paths.values()} <= volumes.keys(), name
            written = {path for path, mount in paths.items() if not mount.get("readOnly")}
            assert written <= {"/tmp", "/var/lib/tasuki/files"}, name  # noqa: S108


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_has_requests_and_limits(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        for container in containers(pod):
            for bound in ("requests", "limits"):
                assert container["resources"][bound].keys() == {"cpu", "memory"}, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_images_have_a_version(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        for container in containers(pod):
            _, _, tag = container["image"].rpartition("/")[2].partition(":")
            assert tag, name
            assert tag != "latest", name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_probes_ask_the_ops_port(overlay: str) -> None:
    for name, pod in deployments(overlay).items():
        container = process(pod)
        asked = {
            probe: (container[probe]["httpGet"]["path"], container[probe]["httpGet"]["port"])
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert asked == {
            "startupProbe": ("/livez", "ops"),
            "livenessProbe": ("/livez", "ops"),
            "readinessProbe": ("/readyz", "ops"),
        }, name
        assert {"name": "ops", "containerPort": 9000} in container["ports"]
        begins = container["startupProbe"]
        assert begins["periodSeconds"] * begins["failureThreshold"] >= 30, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_is_in_hand_is_finished_before_the_end(overlay: str) -> None:
    for name, pod in deployments(overlay).items():
        hook = process(pod).get("lifecycle", {}).get("preStop", {}).get("sleep", {})
        pause = hook.get("seconds", 0)
        assert bool(pause) == (kind_of(pod) == "api"), name
        assert pod["spec"]["terminationGracePeriodSeconds"] > pause + GRACE_SECONDS, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_replicas_are_spread_and_never_gone_together(overlay: str) -> None:
    budgets = of_kind(overlay, "PodDisruptionBudget")
    for name, pod in deployments(overlay).items():
        taken = [each for each in budgets.values() if fits(each["spec"]["selector"], pod)]
        assert [each["spec"]["maxUnavailable"] for each in taken] == [1], name
        constraints = pod["spec"]["topologySpreadConstraints"]
        assert {each["topologyKey"] for each in constraints} == {
            "kubernetes.io/hostname",
            "topology.kubernetes.io/zone",
        }
        assert all(fits(each["labelSelector"], pod) for each in constraints), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_selectors_take_the_pods_of_one_deployment_alone(overlay: str) -> None:
    for name, deployment in of_kind(overlay, "Deployment").items():
        selector = deployment["spec"]["selector"]
        taken = {other for other, pod in templates(overlay).items() if fits(selector, pod)}
        assert taken == {name}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_leads_to_a_port_that_is_open(overlay: str) -> None:
    services = of_kind(overlay, "Service")
    assert services.keys() == {f"{service}-api" for service in PROCESSES}
    for name, service in services.items():
        selector = {"matchLabels": service["spec"]["selector"]}
        (pod,) = (pod for pod in templates(overlay).values() if fits(selector, pod))
        assert kind_of(pod) == "api", name
        open_ports = {port["name"] for port in process(pod)["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} == {"http"} <= open_ports


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_has_an_account_of_its_own(overlay: str) -> None:
    accounts = of_kind(overlay, "ServiceAccount")
    assert all(each["automountServiceAccountToken"] is False for each in accounts.values())
    used = [pod["spec"]["serviceAccountName"] for pod in templates(overlay).values()]
    # The CronJobs keep the same books.
    assert set(used) == accounts.keys()
    assert all(used.count(each) == 1 for each in accounts if each != "payments-books")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_secret_is_in_the_environment(overlay: str) -> None:
    for name, pod in templates(overlay).items():
        for container in containers(pod):
            assert not any("secretRef" in each for each in container.get("envFrom", ())), name
            assert all("valueFrom" not in each for each in container.get("env", ())), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_apis_scale_by_processor_time_and_events_by_queues(overlay: str) -> None:
    scalers = of_kind(overlay, "HorizontalPodAutoscaler", "ScaledObject")
    if overlay == "local":
        wanted = {f"{service}-api" for service in PROCESSES}
    else:
        scaled = {"api", "events"}
        wanted = {
            f"{s}-{kind}" for s, kinds in PROCESSES.items() for kind in kinds if kind in scaled
        }
    assert scalers.keys() == wanted
    for name, deployment in of_kind(overlay, "Deployment").items():
        # Who is scaled has no number of replicas of his own, or every apply would set it back.
        assert ("replicas" in deployment["spec"]) == (name not in wanted), name
    for name, scaler in scalers.items():
        assert scaler["spec"]["scaleTargetRef"]["name"] == name


@pytest.mark.parametrize("overlay", IN_EARNEST)
def test_at_least_two_of_each_run(overlay: str) -> None:
    least = {
        name: each["spec"].get("minReplicas", each["spec"].get("minReplicaCount"))
        for name, each in of_kind(overlay, "HorizontalPodAutoscaler", "ScaledObject").items()
    }
    least |= {
        name: each["spec"]["replicas"]
        for name, each in of_kind(overlay, "Deployment").items()
        if "replicas" in each["spec"]
    }

    assert least.keys() == deployments(overlay).keys()
    assert set(least.values()) == {2}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_references_lead_to_what_is_there(overlay: str) -> None:
    there = {
        kind: set(of_kind(overlay, kind)) for kind in {each["kind"] for each in rendered(overlay)}
    }
    for name, pod in templates(overlay).items():
        for container in containers(pod):
            for each in container.get("envFrom", ()):
                assert each["configMapRef"]["name"] in there["ConfigMap"], name
        for volume in pod["spec"]["volumes"]:
            if claim := volume.get("persistentVolumeClaim"):
                assert claim["claimName"] in there["PersistentVolumeClaim"], name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_files_are_where_they_are_sent_to_and_where_they_are_erased(overlay: str) -> None:
    claims = {
        name: [each["persistentVolumeClaim"]["claimName"] for each in volumes]
        for name, pod in templates(overlay).items()
        if (volumes := [e for e in pod["spec"]["volumes"] if "persistentVolumeClaim" in e])
    }
    assert claims == {
        "jobs-api": ["jobs-files"],
        "contracts-api": ["contracts-files"],
        "programs-api": ["programs-files"],
        "programs-events": ["programs-files"],
    }
