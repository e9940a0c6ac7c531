from pathlib import Path

from ledger.chain.keyring import key_file
from ledger.chain.membership import Role
from ledger.services.context import system_clock
from ledger.types import UnixTime
from tests.api.clients import Api, Caller, problem
from tests.support.consortium import COUNCIL, FINANCIER, OTHER_FINANCIER, SUPPLIER
from tests.support.service import running_service


def rotate(api: Api, tmp_path: Path) -> None:
    """Give the supplier a second operator key on the chain, and put it into the keys folder."""
    membership = api.consortium.membership
    fresh = api.consortium.spare[0]
    api.consortium.decide(membership.add_key(SUPPLIER, fresh.address))
    api.consortium.write_key(tmp_path / "keys", SUPPLIER, fresh)


def revoke(api: Api) -> None:
    membership = api.consortium.membership
    address = api.consortium.signers[SUPPLIER].address
    api.consortium.decide(membership.revoke_key(SUPPLIER, address))


def in_a_minute() -> UnixTime:
    """When a transaction that was refused is tried again."""
    return UnixTime(system_clock() + 60)


def test_a_member_whose_operator_key_was_revoked_cannot_act(api: Api) -> None:
    revoke(api)
    supplier = api.supplier
    for response in (supplier.notarise(), supplier.register()):
        body = problem(response, 403, "operator-key-retired")
        assert body["key"].lower() == api.consortium.signers[SUPPLIER].address.lower()
    assert supplier.get("/v1/documents").json() == {"items": []}


def test_a_suspended_member_cannot_act(api: Api) -> None:
    api.consortium.decide(api.consortium.membership.suspend(SUPPLIER))
    problem(api.supplier.notarise(), 403, "member-not-active")


def test_what_was_accepted_before_the_revocation_waits_visibly_and_is_anchored_with_a_new_key(
    api: Api, tmp_path: Path
) -> None:
    supplier = api.supplier
    document = supplier.notarise().json()
    revoke(api)
    api.settle()

    waiting = supplier.get(document["links"]["self"]).json()
    assert waiting["state"] == "batched"
    assert "revoked" in waiting["waiting_because"]
    problem(supplier.get(document["links"]["evidence"]), 409, "not-final-yet")

    rotate(api, tmp_path)
    with running_service(api.consortium, tmp_path, clock=in_a_minute) as restarted:
        later = Api.over(api.consortium, restarted)
        later.settle()
        final = Caller(later.http, supplier.secret).get(document["links"]["self"]).json()
    assert final["state"] == "final"
    assert "waiting_because" not in final


def test_a_service_without_a_members_operator_key_says_so(api: Api, tmp_path: Path) -> None:
    key_file(tmp_path / "keys", FINANCIER).unlink()
    body = problem(api.financier.notarise(), 403, "no-operator-key")
    assert FINANCIER in body["detail"]


def test_an_operator_key_that_acts_for_another_member_is_refused(api: Api, tmp_path: Path) -> None:
    api.consortium.write_key(tmp_path / "keys", SUPPLIER, api.consortium.signers[COUNCIL[0]])
    problem(api.supplier.notarise(), 403, "foreign-operator-key")
    problem(api.supplier.register(), 403, "foreign-operator-key")


def test_no_act_is_done_in_the_name_of_another_member_that_could_do_it(
    api: Api, tmp_path: Path
) -> None:
    offers = f"{api.accepted()}/offers"
    terms = {"to": FINANCIER, "units": 1, "expires_in_seconds": 60}
    api.done(api.supplier, api.supplier.post(offers, json=terms))
    api.consortium.write_key(tmp_path / "keys", OTHER_FINANCIER, api.consortium.signers[FINANCIER])
    taken = api.other_financier.post(f"{offers}/0/acceptance")
    problem(taken, 403, "foreign-operator-key")


def test_an_operator_key_that_cannot_be_read_is_the_operators_business(
    api: Api, tmp_path: Path
) -> None:
    key_file(tmp_path / "keys", SUPPLIER).write_text("not a key")
    response = api.caller(SUPPLIER, Role.SUPPLIER).notarise()
    problem(response, 500, "configuration")
    assert str(tmp_path) not in response.text


def test_why_a_transaction_waits_tells_members_nothing_of_the_inside(
    api: Api, tmp_path: Path
) -> None:
    supplier = api.supplier
    operation = supplier.register().json()
    with running_service(api.consortium, tmp_path) as restarted:
        key_file(tmp_path / "keys", SUPPLIER).write_text("not a key")
        later = Api.over(api.consortium, restarted)
        later.settle()
        caller = Caller(later.http, supplier.secret)
        for path in (operation["links"]["self"], f"/v1/documents/{operation['document']}"):
            waiting = caller.get(path).json()
            assert waiting["state"] in ("pending", "batched")
            assert "operator's log" in waiting["waiting_because"]
            assert str(tmp_path) not in waiting["waiting_because"]
            assert "problem" not in waiting
