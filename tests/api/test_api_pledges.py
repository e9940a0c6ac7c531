import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.clients import Api, Caller, problem
from tests.api.trading import NOWHERE, SHARE, TOTAL, holdings, offer
from tests.support.consortium import BUYER, FINANCIER, OTHER_FINANCIER, SUPPLIER

TERMS = "0x" + "cd" * 32


def pledge(caller: Caller, record: str, **changes: object) -> httpx.Response:
    form = {"to": FINANCIER, "units": SHARE, "enforceable_from": "2020-01-01T00:00:00Z", **changes}
    return caller.post(f"{record}/pledges", json=form)


def end(caller: Caller, record: str, number: int, how: str, units: int) -> httpx.Response:
    return caller.post(f"{record}/pledges/{number}/{how}", json={"units": units})


def pledges(api: Api, record: str) -> Any:
    return api.buyer.get(record).json()["pledges"]


def test_pledged_units_stay_the_pledgors_and_are_bound_until_they_are_released(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    done = api.done(supplier, pledge(supplier, record, terms=TERMS))
    assert (done["kind"], done["pledge"]) == ("pledge", 0)
    assert "offer" not in done
    assert holdings(api, record)[SUPPLIER] == (TOTAL - SHARE, 0, SHARE)
    [shown] = pledges(api, record)
    assert (shown["rank"], shown["state"], shown["terms"]) == (1, "open", TERMS)
    problem(offer(supplier, record, units=TOTAL), 409, "insufficient-units")

    done = api.done(financier, end(financier, record, 0, "release", SHARE - 1))
    assert (done["kind"], done["pledge"]) == ("release-pledge", 0)
    assert holdings(api, record)[SUPPLIER] == (TOTAL - 1, 0, 1)
    api.done(financier, end(financier, record, 0, "release", 1))
    assert holdings(api, record)[SUPPLIER] == (TOTAL, 0, 0)
    [shown] = pledges(api, record)
    assert (shown["units"], shown["state"]) == (0, "released")
    assert "rank" not in shown
    problem(end(financier, record, 0, "release", 1), 409, "pledge-not-open")


def test_the_first_rank_is_enforced_and_the_next_is_cut_to_what_is_left(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    first, second = api.financier, api.other_financier
    api.done(supplier, pledge(supplier, record))
    done = api.done(supplier, pledge(supplier, record, to=OTHER_FINANCIER, behind=0))
    assert done["pledge"] == 1
    assert [item["rank"] for item in pledges(api, record)] == [1, 2]
    body = problem(end(second, record, 1, "enforcement", 1), 409, "pledge-not-first")
    assert body["rank"] == 2

    done = api.done(first, end(first, record, 0, "enforcement", SHARE - 5))
    assert (done["kind"], done["pledge"]) == ("enforce-pledge", 0)
    assert holdings(api, record)[FINANCIER] == (SHARE - 5, 0, 0)
    assert [item["units"] for item in pledges(api, record)] == [5, 5]
    body = problem(end(first, record, 0, "enforcement", 6), 409, "pledge-too-small")
    assert (body["units"], body["wanted"]) == (5, 6)


def test_a_pledge_is_not_enforced_before_its_date(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    api.done(supplier, pledge(supplier, record, enforceable_from="2999-01-01T00:00:00Z"))
    body = problem(end(financier, record, 0, "enforcement", 1), 409, "pledge-not-enforceable")
    assert body["enforceable_from"] == "2999-01-01T00:00:00Z"


def test_a_pledge_is_enforced_on_a_chain_that_seals_no_blocks_meanwhile(api: Api) -> None:
    record, supplier, financier = api.accepted(), api.supplier, api.financier
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    api.done(supplier, pledge(supplier, record, enforceable_from=soon.isoformat()))
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 0.5)
    api.done(financier, end(financier, record, 0, "enforcement", SHARE))
    assert holdings(api, record)[FINANCIER] == (SHARE, 0, 0)


def test_only_the_secured_member_ends_a_pledge(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    api.done(supplier, pledge(supplier, record))
    for how in ("release", "enforcement"):
        problem(end(api.other_financier, record, 0, how, 1), 403, "not-a-party")
        problem(end(supplier, record, 0, how, 1), 403, "not-a-party")


def test_units_are_pledged_to_financiers_and_only_those_that_are_free(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    problem(pledge(supplier, record, to=SUPPLIER), 422, "own-pledge")
    problem(pledge(supplier, record, to=BUYER), 403, "missing-role")
    problem(pledge(supplier, record, units=TOTAL + 1), 409, "insufficient-units")
    problem(pledge(supplier, record, units=2**80), 422, "invalid-units")
    problem(pledge(supplier, record, behind=3), 404, "unknown-pledge")


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "nobody"},
        {"units": 0},
        {"units": "1"},
        {"enforceable_from": "2030-01-01T00:00:00"},
        {"enforceable_from": "1969-01-01T00:00:00Z"},
        {"enforceable_from": None},
        {"behind": -1},
        {"behind": 2**32},
        {"terms": "0x12"},
        {"more": 1},
    ],
)
def test_a_pledge_that_is_not_of_its_form_is_refused(
    refusing: Api, changes: dict[str, object]
) -> None:
    problem(pledge(refusing.supplier, NOWHERE, **changes), 422, "invalid-request")


@pytest.mark.parametrize("number", ["-1", "x", "1.5", str(2**32)])
def test_what_is_not_a_pledges_number_is_refused(refusing: Api, number: str) -> None:
    path = f"{NOWHERE}/pledges/{number}/release"
    problem(refusing.financier.post(path, json={"units": 1}), 422, "invalid-request")
