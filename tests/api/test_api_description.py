import json
from typing import Any

import pytest

from api.app import openapi_document
from scripts.regenerate_openapi import COMMITTED, main
from tests.api.clients import Api

METHODS = ("get", "post", "delete")


@pytest.fixture(scope="module")
def document() -> Any:
    return openapi_document()


def operations(document: Any) -> list[Any]:
    return [path[method] for path in document["paths"].values() for method in path]


def test_the_committed_description_is_what_the_code_says() -> None:
    assert main(["--check"]) == 0
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == openapi_document()


def test_a_description_that_differs_is_noticed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "openapi.json"
    monkeypatch.setattr("scripts.regenerate_openapi.COMMITTED", other)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    other.write_text(other.read_text().replace("notariseDocument", "notarizeDocument"))
    assert main(["--check"]) == 1


def test_the_service_serves_its_description(refusing: Api, document: Any) -> None:
    assert refusing.stranger.get("/v1/openapi.json").json() == document


def test_every_operation_has_a_name_of_its_own_a_tag_and_a_description(document: Any) -> None:
    found = operations(document)
    assert len({operation["operationId"] for operation in found}) == len(found)
    tags = {tag["name"] for tag in document["tags"]}
    for operation in found:
        assert operation["description"]
        assert operation["summary"]
        assert set(operation["tags"]) <= tags


def test_names_of_operations_are_stable(document: Any) -> None:
    assert {operation["operationId"] for operation in operations(document)} == {
        "acceptInvoice",
        "acceptOffer",
        "cancelInvoice",
        "getDeployment",
        "getDocument",
        "getEvidence",
        "getHealth",
        "getMember",
        "getOperation",
        "getReadiness",
        "getRecord",
        "getRecordHistory",
        "listDocuments",
        "listMembers",
        "notariseDocument",
        "notariseBundle",
        "listBundles",
        "getBundle",
        "getBundleEvidence",
        "getEvidenceInBundle",
        "eraseInBundle",
        "declareDocument",
        "eraseOpening",
        "offerUnits",
        "registerInvoice",
        "screenInvoices",
        "rejectInvoice",
        "rejectOffer",
        "withdrawOffer",
        "expireOffer",
        "pledgeUnits",
        "releasePledge",
        "enforcePledge",
        "acceptPartOfInvoice",
        "undertakePayment",
        "declarePayment",
        "confirmPayment",
        "denyPayment",
        "withdrawPayment",
        "raiseDispute",
        "withdrawDispute",
        "concedeDispute",
    }


def test_every_operation_with_a_key_tells_its_problems_and_every_post_takes_a_retry(
    document: Any,
) -> None:
    assert document["openapi"].startswith("3.1")
    for path in document["paths"].values():
        for method, operation in path.items():
            assert method in METHODS
            if "security" not in operation:
                continue
            reference = {"$ref": "#/components/responses/401"}
            assert operation["responses"]["401"] == reference
            if method == "post":
                names = [parameter["name"] for parameter in operation["parameters"]]
                assert "Idempotency-Key" in names
                if "202" in operation["responses"]:
                    assert "Location" in operation["responses"]["202"]["headers"]


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [name for item in value.values() for name in references(item)]
        if isinstance(value, list):
            return [name for item in value for name in references(item)]
        return []

    found = references(document)
    assert found
    for reference in found:
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
