import time
from datetime import UTC, datetime, timedelta

import pytest

from ledger.types import MAX_UNITS, Digest, RecordId, Units, UnixTime
from tests.api.clients import Api, problem
from tests.api.trading import NOWHERE, SHARE, TOTAL, holdings, offer, offers
from tests.support.consortium import BUYER, FINANCIER, OTHER_FINANCIER, SUPPLIER


def test_an_offer_reserves_units_until_it_is_accepted(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))

    assert holdings(api, record) == {
        SUPPLIER: (TOTAL - SHARE, SHARE, 0),
        FINANCIER: (0, 0, 0),
    }
    [shown] = offers(api, record)
    assert (shown["id"], shown["from"], shown["to"]) == (0, SUPPLIER, FINANCIER)
    assert (shown["units"], shown["state"]) == (SHARE, "open")

    api.done(financier, financier.post(f"{record}/offers/0/acceptance"))
    assert holdings(api, record) == {
        SUPPLIER: (TOTAL - SHARE, 0, 0),
        FINANCIER: (SHARE, 0, 0),
    }
    assert offers(api, record)[0]["state"] == "accepted"


def test_a_holder_with_recourse_returns_units_to_the_supplier(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))
    api.done(financier, financier.post(f"{record}/offers/0/acceptance"))
    api.done(financier, offer(financier, record, to=SUPPLIER))
    api.done(supplier, supplier.post(f"{record}/offers/1/acceptance"))
    assert holdings(api, record)[SUPPLIER] == (TOTAL, 0, 0)


def test_more_than_what_is_left_is_refused_with_what_is_left(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, offer(supplier, record))

    body = problem(offer(supplier, record), 409, "insufficient-units")

    assert (body["available"], body["wanted"]) == (TOTAL - SHARE, SHARE)
    assert body["member"] == SUPPLIER


def test_a_financier_rejects_an_offer_and_the_units_are_free_again(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))
    api.done(financier, financier.post(f"{record}/offers/0/rejection"))
    assert holdings(api, record)[SUPPLIER] == (TOTAL, 0, 0)
    assert offers(api, record)[0]["state"] == "rejected"


def test_a_supplier_withdraws_its_offer(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, offer(supplier, record))
    api.done(supplier, supplier.post(f"{record}/offers/0/withdrawal"))
    assert offers(api, record)[0]["state"] == "withdrawn"
    body = problem(api.financier.post(f"{record}/offers/0/acceptance"), 409, "offer-not-open")
    assert body["state"] == "withdrawn"


def test_a_financier_offers_on_what_it_took(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, offer(supplier, record))
    api.done(financier, financier.post(f"{record}/offers/0/acceptance"))
    api.done(financier, offer(financier, record, to=OTHER_FINANCIER, units=1))
    other = api.other_financier
    api.done(other, other.post(f"{record}/offers/1/acceptance"))
    assert holdings(api, record)[OTHER_FINANCIER] == (1, 0, 0)


def test_an_open_offer_is_shown_as_expired_once_a_block_is_later(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, offer(supplier, record, expires_in_seconds=60))
    assert offers(api, record)[0]["state"] == "open"

    api.consortium.devnet.request("evm_increaseTime", [120])
    api.consortium.devnet.request("evm_mine", [])

    assert offers(api, record)[0]["state"] == "expired"
    problem(api.financier.post(f"{record}/offers/0/acceptance"), 409, "offer-expired")


def let_pass(api: Api, seconds: int) -> None:
    api.consortium.devnet.request("evm_increaseTime", [seconds])
    api.consortium.devnet.request("evm_mine", [])


def test_an_expired_offer_keeps_its_units_until_any_member_expires_it(api: Api) -> None:
    record, supplier, buyer = api.accepted(), api.supplier, api.buyer
    api.done(supplier, offer(supplier, record, expires_in_seconds=60))
    problem(buyer.post(f"{record}/offers/0/expiry"), 409, "offer-not-expired")
    let_pass(api, 120)
    [shown] = offers(api, record)
    assert (shown["state"], shown["reserved"]) == ("expired", True)
    assert holdings(api, record)[SUPPLIER] == (TOTAL - SHARE, SHARE, 0)

    done = api.done(buyer, buyer.post(f"{record}/offers/0/expiry"))

    assert (done["kind"], done["offer"]) == ("expire-offer", 0)
    [shown] = offers(api, record)
    assert (shown["state"], shown["reserved"]) == ("expired", False)
    assert holdings(api, record)[SUPPLIER] == (TOTAL, 0, 0)
    problem(buyer.post(f"{record}/offers/0/expiry"), 409, "offer-not-open")


def test_an_offer_expires_on_a_chain_that_seals_no_blocks_meanwhile(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    # Long enough for the transaction to be sealed before it on a busy machine.
    api.done(supplier, offer(supplier, record, expires_in_seconds=3))
    time.sleep(4.5)
    api.done(supplier, supplier.post(f"{record}/offers/0/expiry"))
    assert holdings(api, record)[SUPPLIER] == (TOTAL, 0, 0)


def test_too_few_units_are_refused_with_the_members_own_expired_offers(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    for units, seconds in ((TOTAL - 30, 60), (10, 3600), (20, 60)):
        api.done(supplier, offer(supplier, record, units=units, expires_in_seconds=seconds))
    before = problem(offer(supplier, record, units=1), 409, "insufficient-units")
    assert "expired_offers" not in before
    let_pass(api, 120)

    body = problem(offer(supplier, record, units=1), 409, "insufficient-units")

    assert (body["expired_offers"], body["expired_units"]) == ("0, 2", TOTAL - 10)
    assert "(0, 2)" in body["detail"]
    other = problem(
        offer(financier, record, to=OTHER_FINANCIER, units=1), 409, "insufficient-units"
    )
    assert "expired_offers" not in other


def test_operations_name_the_offers_that_they_make_and_answer(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    first = offer(supplier, record, units=1)
    second = offer(supplier, record, units=2)
    assert "offer" not in first.json()
    api.settle()
    for response, units in ((first, 1), (second, 2)):
        made = supplier.get(response.headers["Location"]).json()
        assert offers(api, record)[made["offer"]]["units"] == units
    answered = financier.post(f"{record}/offers/1/acceptance")
    assert answered.json()["offer"] == 1
    assert api.done(financier, answered)["offer"] == 1
    taken_back = supplier.post(f"{record}/offers/0/withdrawal")
    assert api.done(supplier, taken_back)["offer"] == 0


def test_an_offer_may_name_the_moment_at_which_it_expires(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    moment = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)
    response = supplier.post(
        f"{record}/offers",
        json={"to": FINANCIER, "units": 1, "expires_at": moment.isoformat()},
    )
    api.done(supplier, response)
    assert offers(api, record)[0]["expires_at"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_offer_that_expired_before_it_was_made_is_refused(refusing: Api) -> None:
    response = refusing.supplier.post(
        f"{NOWHERE}/offers",
        json={"to": FINANCIER, "units": 1, "expires_at": "2020-01-01T00:00:00Z"},
    )
    problem(response, 422, "invalid-expiry")


def test_a_time_that_no_calendar_has_does_not_hide_a_record(api: Api) -> None:
    path = api.accepted()
    record = RecordId(bytes.fromhex(path.rpartition("0x")[2]))
    call = api.consortium.book.offer(
        record, FINANCIER, Units(1), UnixTime(2**48 - 1), Digest(bytes(32))
    )
    api.consortium.act(SUPPLIER, call)
    assert offers(api, path)[0]["expires_at"] == "9999-12-31T23:59:59Z"
    assert api.buyer.get(f"{path}/history").json()["complete"] is True


@pytest.mark.parametrize(
    "changes",
    [
        {"units": 0},
        {"units": -1},
        {"units": "5"},
        {"units": 1.5},
        {"units": True},
        {"units": None},
        {"to": "nobody"},
        {"to": 5},
        {"to": "lei:A\0B"},
        {"to": None},
        {"expires_in_seconds": 0},
        {"expires_in_seconds": 10**30},
        {"expires_in_seconds": None},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"expires_in_seconds": None, "expires_at": "2099-01-01T00:00:00"},
        {"expires_in_seconds": None, "expires_at": "0001-01-01T00:00:00+14:00"},
        {"expires_in_seconds": None, "expires_at": "tomorrow"},
        {"expires_in_seconds": None, "expires_at": 4_070_908_800},
        {"more": 1},
    ],
)
def test_terms_that_are_not_of_their_form_are_refused(
    refusing: Api, changes: dict[str, object]
) -> None:
    body = problem(offer(refusing.supplier, NOWHERE, **changes), 422, "invalid-request")
    assert body["errors"][0]["where"].startswith("body")


def test_more_units_than_a_record_can_have_are_refused(refusing: Api) -> None:
    for units in (MAX_UNITS + 1, 10**400):
        problem(offer(refusing.supplier, NOWHERE, units=units), 422, "invalid-units")


@pytest.mark.parametrize("number", ["-1", "x", "1.5", str(2**256), "9" * 5000, "%00"])
def test_what_is_not_an_offers_number_is_refused(refusing: Api, number: str) -> None:
    response = refusing.financier.post(f"{NOWHERE}/offers/{number}/acceptance")
    problem(response, 422, "invalid-request")


def test_an_offer_that_was_never_made_is_not_found(api: Api) -> None:
    record = api.accepted()
    problem(api.financier.post(f"{record}/offers/7/acceptance"), 404, "unknown-offer")


def test_an_offer_to_a_member_that_is_no_financier_is_refused(api: Api) -> None:
    body = problem(offer(api.supplier, api.accepted(), to=BUYER), 403, "missing-role")
    assert (body["member"], body["role"]) == (BUYER, "financier")
    assert "the role financier" in body["detail"]


def test_another_financiers_offer_is_not_ones_own(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, offer(supplier, record))
    problem(api.other_financier.post(f"{record}/offers/0/acceptance"), 403, "not-a-party")
    problem(api.financier.post(f"{record}/offers/0/withdrawal"), 403, "not-a-party")
