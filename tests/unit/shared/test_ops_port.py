import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.observability.metrics import rendered
from shared.observability.ops_port import Condition, OpsPort, Pulse
from tools.ports import LOOPBACK, free_port


@pytest.fixture
def broker() -> Condition:
    return Condition("no broker yet")


@pytest.fixture
def port(broker: Condition) -> OpsPort:
    return OpsPort(LOOPBACK, free_port(), Pulse(), [broker], lambda: rendered("jobs"))


def test_it_says_what_is_missing_until_it_is_there(port: OpsPort, broker: Condition) -> None:
    url = f"http://{LOOPBACK}:{port.port}"
    with port:
        before = httpx.get(f"{url}/readyz")
        broker.met()
        after = httpx.get(f"{url}/readyz?verbose=1")
        metrics = httpx.get(f"{url}/metrics")
        lost = httpx.get(f"{url}/")
    assert (before.status_code, before.json()["missing"]) == (503, ["no broker yet"])
    assert (after.status_code, after.json()) == (200, {"status": "ready"})
    assert lost.status_code == 404
    services = {
        sample.labels["service"]
        for family in text_string_to_metric_families(metrics.text)
        for sample in family.samples
    }
    assert services == {"jobs"}


def test_a_loop_that_does_not_turn_is_dead_and_not_ready(port: OpsPort, broker: Condition) -> None:
    broker.met()
    assert port.answer("/livez").status == port.answer("/readyz").status == 200
    port.pulse.within_seconds = -1
    assert port.answer("/livez").status == port.answer("/readyz").status == 503
    assert b"has not turned for 0 s" in port.answer("/livez").body


def test_without_a_port_nobody_listens(broker: Condition) -> None:
    with OpsPort(LOOPBACK, 0, Pulse(), [broker], lambda: rendered("jobs")) as none:
        assert none.answer("/livez").status == 200


def test_a_port_that_is_taken_stops_the_start(port: OpsPort) -> None:
    with port, pytest.raises(OSError, match="in use"), port:
        pass
