from typing import Any

import httpx
import pytest

from tests.api.clients import Api, Caller, problem
from tests.api.trading import NOWHERE, SHARE, TOTAL, holdings, offer
from tests.support.consortium import FINANCIER, OTHER_FINANCIER, SUPPLIER


def declare(
    buyer: Caller, record: str, holder: str = SUPPLIER, units: int = TOTAL
) -> httpx.Response:
    return buyer.post(f"{record}/payments", json={"holder": holder, "units": units})


def state(api: Api, record: str) -> Any:
    return api.supplier.get(record).json()


def financed(api: Api) -> str:
    """An invoice's record of which the financier took a share; its path."""
    record = api.accepted()
    api.done(api.supplier, offer(api.supplier, record))
    api.done(api.financier, api.financier.post(f"{record}/offers/0/acceptance"))
    return record


def test_an_invoice_whose_holders_all_confirm_their_payment_is_settled(api: Api) -> None:
    record, buyer, financier, supplier = financed(api), api.buyer, api.financier, api.supplier
    done = api.done(buyer, declare(buyer, record, FINANCIER, SHARE))
    assert (done["kind"], done["payment"]) == ("declare-payment", 0)
    assert state(api, record)["payments"][0]["state"] == "declared"

    done = api.done(financier, financier.post(f"{record}/payments/0/confirmation"))
    assert (done["kind"], done["payment"]) == ("confirm-payment", 0)
    assert holdings(api, record)[FINANCIER] == (0, 0, 0)
    assert (state(api, record)["retired"], state(api, record)["state"]) == (SHARE, "accepted")

    api.done(buyer, declare(buyer, record, SUPPLIER, TOTAL - SHARE))
    api.done(supplier, supplier.post(f"{record}/payments/1/confirmation"))
    assert (state(api, record)["retired"], state(api, record)["state"]) == (TOTAL, "settled")
    problem(declare(buyer, record), 409, "wrong-invoice-state")


def test_a_holder_denies_a_payment_that_did_not_arrive(api: Api) -> None:
    record, buyer, supplier = api.accepted(), api.buyer, api.supplier
    api.done(buyer, declare(buyer, record))
    denial = {"reason": "nothing on the account"}
    done = api.done(supplier, supplier.post(f"{record}/payments/0/denial", json=denial))
    assert (done["kind"], done["payment"]) == ("deny-payment", 0)
    assert holdings(api, record)[SUPPLIER] == (TOTAL, 0, 0)
    body = problem(supplier.post(f"{record}/payments/0/confirmation"), 409, "payment-not-open")
    assert body["state"] == "denied"


def test_a_buyer_takes_back_what_it_declared(api: Api) -> None:
    record, buyer = api.accepted(), api.buyer
    api.done(buyer, declare(buyer, record, units=7))
    done = api.done(buyer, buyer.post(f"{record}/payments/0/withdrawal"))
    assert (done["kind"], done["payment"]) == ("withdraw-payment", 0)
    assert state(api, record)["payments"][0]["state"] == "withdrawn"


def test_nobody_is_paid_for_more_than_it_holds(api: Api) -> None:
    record, buyer = api.accepted(), api.buyer
    body = problem(declare(buyer, record, OTHER_FINANCIER, 1), 409, "insufficient-units")
    assert (body["member"], body["wanted"]) == (OTHER_FINANCIER, 1)
    problem(declare(buyer, record, units=2**80), 422, "invalid-units")
    problem(api.supplier.post(f"{record}/payments/3/confirmation"), 404, "unknown-payment")


def test_a_buyer_that_undertook_to_pay_cannot_dispute_any_more(api: Api) -> None:
    record, buyer = api.accepted(), api.buyer
    done = api.done(buyer, buyer.post(f"{record}/undertaking"))
    assert done["kind"] == "undertake"
    assert state(api, record)["undertaken_at"].endswith("Z")
    problem(buyer.post(f"{record}/undertaking"), 409, "payment-undertaken")
    late = {"units": 1, "reason": "late"}
    problem(buyer.post(f"{record}/dispute", json=late), 409, "payment-undertaken")


def test_an_invoice_that_is_not_accepted_cannot_be_undertaken_to_be_paid(api: Api) -> None:
    record = api.registered()
    problem(api.buyer.post(f"{record}/undertaking"), 409, "wrong-invoice-state")


def test_a_buyer_accepts_a_part_and_the_rest_retires(api: Api) -> None:
    record, buyer = api.registered(), api.buyer
    part = {"units": SHARE, "reason": "one pallet was missing"}
    done = api.done(buyer, buyer.post(f"{record}/partial-acceptance", json=part))
    assert done["kind"] == "accept-part"
    assert (state(api, record)["state"], state(api, record)["retired"]) == (
        "accepted",
        TOTAL - SHARE,
    )


def test_a_part_is_less_than_the_whole(api: Api) -> None:
    record, buyer = api.registered(), api.buyer
    whole = {"units": TOTAL, "reason": "all of it"}
    problem(buyer.post(f"{record}/partial-acceptance", json=whole), 409, "too-many-units")


def dispute(buyer: Caller, record: str, units: int = 5) -> httpx.Response:
    return buyer.post(f"{record}/dispute", json={"units": units, "reason": "goods were late"})


def end(caller: Caller, record: str, how: str, number: int) -> httpx.Response:
    return caller.post(f"{record}/dispute/{how}", json={"dispute": number})


def test_a_dispute_freezes_the_record_until_it_is_withdrawn(api: Api) -> None:
    record, buyer, supplier = api.accepted(), api.buyer, api.supplier
    done = api.done(buyer, dispute(buyer, record))
    assert done["kind"] == "dispute"
    assert (state(api, record)["freezes"], state(api, record)["disputed"]) == (["dispute"], 5)
    assert state(api, record)["dispute"] == 1
    body = problem(offer(supplier, record), 409, "record-frozen")
    assert body["freezes"] == "dispute"

    done = api.done(buyer, end(buyer, record, "withdrawal", 1))
    assert done["kind"] == "withdraw-dispute"
    assert (state(api, record)["freezes"], state(api, record)["disputed"]) == ([], 0)
    assert "dispute" not in state(api, record)
    problem(end(buyer, record, "withdrawal", 1), 409, "no-dispute")


def test_a_supplier_concedes_a_dispute_and_the_units_retire(api: Api) -> None:
    record, buyer, supplier = api.accepted(), api.buyer, api.supplier
    api.done(buyer, dispute(buyer, record))
    done = api.done(supplier, end(supplier, record, "concession", 1))
    assert done["kind"] == "concede-dispute"
    assert (state(api, record)["freezes"], state(api, record)["retired"]) == ([], 5)


def test_what_was_said_of_one_dispute_ends_no_later_one(api: Api) -> None:
    record, buyer, supplier = api.accepted(), api.buyer, api.supplier
    api.done(buyer, dispute(buyer, record))
    api.done(buyer, end(buyer, record, "withdrawal", 1))
    api.done(buyer, dispute(buyer, record, 7))
    for caller, how in ((buyer, "withdrawal"), (supplier, "concession")):
        body = problem(end(caller, record, how, 1), 409, "other-dispute")
        assert (body["current"], body["number"]) == (2, 1)
    assert (state(api, record)["dispute"], state(api, record)["disputed"]) == (2, 7)

    api.done(supplier, end(supplier, record, "concession", 2))
    assert "dispute" not in state(api, record)
    assert state(api, record)["retired"] == 7


@pytest.mark.parametrize("how", ["withdrawal", "concession"])
@pytest.mark.parametrize(
    "form", [{}, {"dispute": 0}, {"dispute": 2**32}, {"dispute": "1"}, {"dispute": 1, "more": 1}]
)
def test_who_ends_a_dispute_says_which(refusing: Api, how: str, form: dict[str, object]) -> None:
    caller = refusing.buyer if how == "withdrawal" else refusing.supplier
    problem(caller.post(f"{NOWHERE}/dispute/{how}", json=form), 422, "invalid-request")


def test_no_more_is_disputed_than_there_is(api: Api) -> None:
    record = api.accepted()
    problem(dispute(api.buyer, record, TOTAL + 1), 409, "too-many-units")
    problem(dispute(api.buyer, record, 2**80), 422, "invalid-units")


@pytest.mark.parametrize("path", ["partial-acceptance", "dispute", "payments", "payments/0/denial"])
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"units": 0, "reason": "x", "holder": SUPPLIER},
        {"units": 1, "reason": ""},
        {"units": 1, "reason": "x" * 33},
        {"units": 1, "holder": "nobody"},
        {"units": 1, "reason": "x", "holder": SUPPLIER, "more": 1},
    ],
)
def test_a_form_that_is_not_as_described_is_refused(
    refusing: Api, path: str, form: dict[str, object]
) -> None:
    caller = refusing.supplier if path.endswith("denial") else refusing.buyer
    problem(caller.post(f"{NOWHERE}/{path}", json=form), 422, "invalid-request")


@pytest.mark.parametrize("path", ["partial-acceptance", "dispute", "payments/0/denial"])
def test_a_reason_of_more_than_32_bytes_is_refused(refusing: Api, path: str) -> None:
    caller = refusing.supplier if path.endswith("denial") else refusing.buyer
    form: dict[str, object] = {"reason": "é" * 17}
    if not path.endswith("denial"):
        form["units"] = 1
    problem(caller.post(f"{NOWHERE}/{path}", json=form), 422, "reason-too-long")
