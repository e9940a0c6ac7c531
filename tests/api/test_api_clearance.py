import pytest

from ledger.chain.record_forms import Security
from ledger.types import Digest, Units, UnixTime, to_hex
from tests.api.clients import Api, problem
from tests.api.trading import NOWHERE, SHARE, holdings, name_of, offer
from tests.support.consortium import FINANCIER, OTHER_FINANCIER, SUPPLIER

WORD = "0x" + "ab" * 32
NO_TERMS = "0x" + "00" * 32


def clearance(api: Api, record: str, **changes: object) -> dict[str, object]:
    """What a financier that was promised the share and verified the record now relies on."""
    book, head = api.consortium.book, api.consortium.chain.head().ref
    shown = api.buyer.get(record).json()
    return {
        "units": SHARE,
        "terms": NO_TERMS,
        "commitment": shown["commitment"],
        "strict_keys": [to_hex(key) for key in book.strict_keys(name_of(record), at=head)],
        "alert_keys": [],
        "undertaken": False,
        "pledged_at_most": shown["pledged"],
        "repeats_at_most": 0,
        "history": shown["history"]["digest"],
        **changes,
    }


def test_units_are_taken_if_the_record_is_as_it_was_verified(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))
    path = f"{record}/offers/0/acceptance"
    done = api.done(financier, financier.post(path, json=clearance(api, record)))
    assert (done["kind"], done["offer"]) == ("accept-offer", 0)
    assert holdings(api, record)[FINANCIER] == (SHARE, 0, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": SHARE + 1}, "other-offer"),
        ({"terms": WORD}, "other-offer"),
        ({"commitment": WORD}, "other-commitment"),
        ({"strict_keys": [WORD]}, "identity-key-not-held"),
        ({"undertaken": True}, "payment-not-undertaken"),
        ({"history": WORD}, "history-moved"),
    ],
)
def test_nothing_is_taken_of_a_record_that_is_not_what_was_verified(
    api: Api, changes: dict[str, object], code: str
) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, offer(supplier, record))
    body = clearance(api, record, **changes)
    problem(api.financier.post(f"{record}/offers/0/acceptance", json=body), 409, code)
    assert holdings(api, record)[FINANCIER] == (0, 0, 0)


def test_units_that_were_pledged_since_the_verification_are_noticed(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))
    relied_on = clearance(api, record)
    del relied_on["history"]
    security = Security(OTHER_FINANCIER, Units(5), UnixTime(0), Digest(bytes(32)))
    api.consortium.act(SUPPLIER, api.consortium.book.pledge(name_of(record), security))

    path = f"{record}/offers/0/acceptance"
    body = problem(financier.post(path, json=relied_on), 409, "units-pledged")
    assert (body["pledged"], body["limit"]) == (5, 0)

    allowed = {**relied_on, "pledged_at_most": 10**40, "repeats_at_most": 10**20}
    api.done(financier, financier.post(path, json=allowed))
    assert holdings(api, record)[FINANCIER] == (SHARE, 0, 0)


def test_a_similarity_key_that_the_supplier_left_out_is_noticed(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))
    body = clearance(api, record, alert_keys=[WORD], repeats_at_most=10**9)
    path = f"{record}/offers/0/acceptance"
    refused = problem(financier.post(path, json=body), 409, "similarity-key-not-noted")
    assert (refused["key"], f"/v1/records/{refused['record']}") == (WORD, record)
    assert holdings(api, record)[FINANCIER] == (0, 0, 0)


def test_no_record_has_as_many_units(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, offer(supplier, record))
    body = clearance(api, record, units=2**80)
    problem(api.financier.post(f"{record}/offers/0/acceptance", json=body), 422, "invalid-units")


def test_the_terms_of_an_offer_are_shown_and_can_be_relied_on(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record, terms=WORD))
    assert financier.get(record).json()["offers"][0]["terms"] == WORD
    path = f"{record}/offers/0/acceptance"
    problem(financier.post(path, json=clearance(api, record)), 409, "other-offer")
    api.done(financier, financier.post(path, json=clearance(api, record, terms=WORD)))
    assert holdings(api, record)[FINANCIER] == (SHARE, 0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"commitment": None},
        {"commitment": "0xAB"},
        {"strict_keys": []},
        {"strict_keys": [WORD] * 17},
        {"strict_keys": "0x"},
        {"undertaken": 1},
        {"pledged_at_most": -1},
        {"pledged_at_most": "1"},
        {"repeats_at_most": 0.5},
        {"units": 0},
        {"units": None},
        {"terms": None},
        {"terms": "0x"},
        {"alert_keys": None},
        {"alert_keys": [WORD] * 33},
        {"history": "0x"},
        {"more": 1},
    ],
)
def test_a_clearance_that_is_not_of_its_form_is_refused(
    refusing: Api, changes: dict[str, object]
) -> None:
    form = {
        "units": 1,
        "terms": NO_TERMS,
        "commitment": WORD,
        "strict_keys": [WORD],
        "alert_keys": [WORD],
        "undertaken": False,
        "pledged_at_most": 0,
        "repeats_at_most": 0,
        **changes,
    }
    response = refusing.financier.post(f"{NOWHERE}/offers/0/acceptance", json=form)
    problem(response, 422, "invalid-request")


def test_a_clearance_that_is_not_sent_as_json_is_refused(refusing: Api) -> None:
    path = f"{NOWHERE}/offers/0/acceptance"
    headers = {"Content-Type": "text/plain"}
    response = refusing.financier.post(path, content=b"{}", headers=headers)
    problem(response, 415, "unsupported-media-type")
