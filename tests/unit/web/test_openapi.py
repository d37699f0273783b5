from typing import Any

from services.web.openapi import merge

MONEY = {"type": "object", "properties": {"amount": {"type": "integer"}}}


def document(service: str, schemas: dict[str, Any], answers_with: str = "Money") -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{answers_with}"}
    return {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "1"},
        "paths": {f"/api/v1/{service}/things": {"get": {"responses": {"200": reference}}}},
        "components": {"schemas": schemas, "securitySchemes": {"HTTPBearer": {"type": "http"}}},
    }


def answer_of(merged: dict[str, Any], service: str) -> str:
    reference = merged["paths"][f"/api/v1/{service}/things"]["get"]["responses"]["200"]["$ref"]
    return str(reference)


def test_a_schema_that_services_have_in_common_stays_one() -> None:
    merged = merge(
        {
            "jobs": document("jobs", {"Money": MONEY}),
            "payments": document("payments", {"Money": MONEY}),
        }
    )
    assert merged["components"]["schemas"] == {"Money": MONEY}
    assert answer_of(merged, "jobs") == answer_of(merged, "payments")
    assert merged["components"]["securitySchemes"] == {"HTTPBearer": {"type": "http"}}


def test_where_one_name_means_different_things_each_gets_its_services_name() -> None:
    merged = merge(
        {
            "jobs": document("jobs", {"Status": {"enum": ["open"]}}, "Status"),
            "payments": document("payments", {"Status": {"enum": ["paid"]}}, "Status"),
        }
    )
    assert merged["components"]["schemas"] == {
        "JobsStatus": {"enum": ["open"]},
        "PaymentsStatus": {"enum": ["paid"]},
    }
    assert answer_of(merged, "jobs") == "#/components/schemas/JobsStatus"
    assert answer_of(merged, "payments") == "#/components/schemas/PaymentsStatus"


def test_a_schema_that_refers_to_a_clash_is_a_clash_too() -> None:
    view = {"properties": {"status": {"$ref": "#/components/schemas/Status"}}}
    merged = merge(
        {
            "jobs": document("jobs", {"Status": {"enum": ["open"]}, "View": view}, "View"),
            "payments": document("payments", {"Status": {"enum": ["paid"]}, "View": view}, "View"),
        }
    )
    schemas = merged["components"]["schemas"]
    assert schemas["PaymentsView"] == {
        "properties": {"status": {"$ref": "#/components/schemas/PaymentsStatus"}}
    }
    assert set(schemas) == {"JobsStatus", "JobsView", "PaymentsStatus", "PaymentsView"}


def test_operations_are_grouped_by_service() -> None:
    merged = merge({"jobs": document("jobs", {"Money": MONEY})})
    assert merged["paths"]["/api/v1/jobs/things"]["get"]["tags"] == ["jobs"]
    assert merged["tags"] == [{"name": "jobs"}]


def test_a_service_that_is_away_is_named_in_the_description() -> None:
    merged = merge({"jobs": document("jobs", {"Money": MONEY}), "payments": None})
    assert "payments" in merged["info"]["description"]
    assert set(merged["paths"]) == {"/api/v1/jobs/things"}
    complete = merge({"jobs": document("jobs", {"Money": MONEY})})
    assert "Missing" not in complete["info"]["description"]
