from hashlib import sha256

from ledger.documents import DocumentDigest
from ledger.evidence import parse_evidence
from ledger.types import Digest
from tests.api.clients import PDF, Api, problem
from tests.support.consortium import SUPPLIER

_UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_an_accepted_document_says_where_it_is_and_what_was_hashed(api: Api) -> None:
    response = api.supplier.notarise()

    assert response.status_code == 202
    document = response.json()
    assert response.headers["Location"] == f"/v1/documents/{document['id']}"
    assert document["state"] == "accepted"
    assert document["digest"] == "0x" + sha256(PDF).hexdigest()
    assert document["size"] == len(PDF)
    assert document["media_type"] == "application/pdf"
    assert document["links"] == {
        "self": f"/v1/documents/{document['id']}",
        "evidence": f"/v1/documents/{document['id']}/evidence",
    }
    assert not {"record", "waiting_because", "fields", "erased_at"} & document.keys()


def test_a_document_becomes_final_and_its_evidence_opens_its_commitment(api: Api) -> None:
    supplier = api.supplier
    accepted = supplier.notarise().json()
    api.settle()

    document = supplier.get(accepted["links"]["self"]).json()
    assert document == {**accepted, "state": "final"}
    response = supplier.get(accepted["links"]["evidence"])
    assert response.headers["Content-Type"] == "application/json"
    assert (
        response.headers["Content-Disposition"]
        == f'attachment; filename="{accepted["id"]}.evidence.json"'
    )
    evidence = parse_evidence(response.content, max_bytes=1024 * 1024)
    assert "0x" + evidence.opening.commitment.hex() == document["commitment"]
    assert evidence.document == DocumentDigest(Digest(sha256(PDF).digest()), len(PDF))
    assert evidence.anchor.member == SUPPLIER


def test_evidence_is_refused_with_a_time_to_come_back_until_it_is_final(api: Api) -> None:
    supplier = api.supplier
    accepted = supplier.notarise().json()

    response = supplier.get(accepted["links"]["evidence"])

    problem(response, 409, "not-final-yet")
    assert response.headers["Retry-After"] == "1"


def test_parameters_of_the_media_type_are_dropped_and_its_case_too(api: Api) -> None:
    response = api.supplier.post(
        "/v1/documents", content=b"text", headers={"Content-Type": "Text/Plain; charset=utf-8"}
    )
    assert response.json()["media_type"] == "text/plain"


def test_the_same_bytes_twice_are_two_documents_with_two_commitments(api: Api) -> None:
    one, other = api.supplier.notarise().json(), api.supplier.notarise().json()
    assert one["id"] != other["id"]
    assert one["commitment"] != other["commitment"]
    assert one["digest"] == other["digest"]


def test_documents_are_listed_page_by_page_and_each_once(api: Api) -> None:
    supplier = api.supplier
    accepted = [supplier.notarise(b"document %d" % number).json()["id"] for number in range(5)]

    listed, query = [], {"limit": "2"}
    while True:
        page = supplier.get("/v1/documents", params=query).json()
        assert len(page["items"]) <= 2
        listed += [item["id"] for item in page["items"]]
        if "next" not in page:
            break
        query["after"] = page["next"]

    assert listed == sorted(accepted)


def test_a_page_that_holds_the_last_document_names_no_next_one(api: Api) -> None:
    supplier = api.supplier
    for number in range(2):
        supplier.notarise(b"document %d" % number)
    assert "next" not in supplier.get("/v1/documents", params={"limit": 2}).json()
    assert "next" in supplier.get("/v1/documents", params={"limit": 1}).json()


def test_a_member_sees_its_own_documents_only(api: Api) -> None:
    document = api.supplier.notarise().json()
    api.settle()

    buyer = api.buyer
    assert buyer.get("/v1/documents").json() == {"items": []}
    problem(buyer.get(document["links"]["self"]), 404, "unknown-document")
    problem(buyer.get(document["links"]["evidence"]), 404, "unknown-document")


def test_a_document_that_was_never_accepted_is_not_found(api: Api) -> None:
    problem(api.supplier.get(f"/v1/documents/{_UNKNOWN}"), 404, "unknown-document")
