"""Every route against every kind of caller; the table must name each route that there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from ledger.chain.membership import Role, role_name
from ledger.services.context import system_clock
from ledger.services.principals import issue_key, revoke_key
from ledger.types import MemberId
from tests.api.clients import AS_PDF, DECLARED, UBL, VECTORS, XML, Api, Caller, problem
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER, Consortium
from tests.support.service import running_service

OTHER = MemberId("lei:OTHERMEMBER000000007")
OTHER_INVOICES = [
    (VECTORS / "good" / f"kosit__01.{name}-INVOICE_ubl.xml").read_bytes()
    for name in ("10a", "20a", "05a")
]
TRADING = {Role.SUPPLIER, Role.FINANCIER}
BUYING = {Role.BUYER}
ONE = {"units": 1}
FIRST = {"dispute": 1}
PART = {"units": 1, "reason": "goods were late"}
PLEDGE = {"to": FINANCIER, "units": 1, "enforceable_from": "2020-01-01T00:00:00Z"}
PAYMENT = {"holder": SUPPLIER, "units": 1}
SCREENING = {"files": [{"name": "one", "content_base64": "PGEvPg=="}]}
LINES = {
    "content": b'{"digest":"0x%b","size":3}' % (b"5e" * 32),
    "headers": {"Content-Type": "application/x-ndjson"},
}
TERMS = {"to": FINANCIER, "units": 1, "expires_in_seconds": 60}


@dataclass(frozen=True)
class Route:
    """A route, and who may use it.

    path: as the application has it. record, offer, document: which of them it is tried on.
    bundle: which it is tried on. role: of the rightful caller. roles: all that the route is for.
    another: what a member gets that has the role, and whose document, record or offer it is not;
    None if the route shows or makes what is everybody's or its own.
    asks: whether it answers at once, though it is a POST.
    """

    method: str
    path: str
    role: Role = Role.SUPPLIER
    roles: frozenset[Role] = frozenset(Role)
    another: tuple[int, str] | None = None
    record: str = "registered"
    offer: str = "open"
    document: str = "document"
    bundle: str = "bundle"
    options: Mapping[str, Any] = field(default_factory=dict)
    asks: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, caller: Caller, places: Mapping[str, str]) -> httpx.Response:
        tried = {
            "record": places[self.record],
            "offer": places[self.offer],
            "document": places[self.document],
            "bundle": places[self.bundle],
        }
        path = self.path.format(**{**places, **tried})
        return caller.send(self.method, path, **self.options)


def act(
    path: str, roles: set[Role], role: Role, another: str, record: str, **options: object
) -> Route:
    full = f"/v1/records/{{record}}/{path}"
    status = 409 if another == "insufficient-units" else 403
    return Route("POST", full, role, frozenset(roles), (status, another), record, options=options)


PUBLIC = ("/v1/deployment", "/v1/openapi.json", "/healthz", "/readyz", "/metrics")
CLOSED = (
    Route(
        "POST",
        "/v1/documents",
        roles=frozenset(Role) - {Role.AUDITOR},
        options={"content": b"a document", "headers": AS_PDF},
    ),
    Route(
        "POST",
        "/v1/documents/declared",
        roles=frozenset(Role) - {Role.AUDITOR},
        options={"json": DECLARED},
    ),
    Route("GET", "/v1/documents"),
    Route("GET", "/v1/documents/{document}", another=(404, "unknown-document")),
    Route("GET", "/v1/documents/{document}/evidence", another=(404, "unknown-document")),
    Route(
        "DELETE",
        "/v1/documents/{document}/opening",
        roles=frozenset(Role) - {Role.AUDITOR},
        another=(404, "unknown-document"),
        document="erasable",
    ),
    Route(
        "POST",
        "/v1/bundles",
        roles=frozenset(Role) - {Role.AUDITOR},
        options=LINES,
    ),
    Route("GET", "/v1/bundles"),
    Route("GET", "/v1/bundles/{bundle}", another=(404, "unknown-bundle")),
    Route("GET", "/v1/bundles/{bundle}/evidence", another=(404, "unknown-bundle")),
    Route(
        "GET", "/v1/bundles/{bundle}/documents/{index}/evidence", another=(404, "unknown-bundle")
    ),
    Route(
        "DELETE",
        "/v1/bundles/{bundle}/documents/{index}/opening",
        roles=frozenset(Role) - {Role.AUDITOR},
        another=(404, "unknown-bundle"),
        bundle="erasable_bundle",
    ),
    Route(
        "POST",
        "/v1/invoices",
        roles=frozenset({Role.SUPPLIER}),
        options={"params": {"buyer": BUYER}, "content": OTHER_INVOICES[1], "headers": XML},
    ),
    Route("POST", "/v1/screenings", asks=True, options={"json": SCREENING}),
    Route("GET", "/v1/operations/{operation}", another=(404, "unknown-operation")),
    Route("GET", "/v1/records/{record}"),
    Route("GET", "/v1/records/{record}/history"),
    act("acceptance", {Role.BUYER}, Role.BUYER, "not-the-buyer", "registered"),
    act(
        "rejection",
        {Role.BUYER},
        Role.BUYER,
        "not-the-buyer",
        "registered",
        json={"reason": "not ours"},
    ),
    act("cancellation", {Role.SUPPLIER}, Role.SUPPLIER, "not-the-supplier", "registered"),
    act(
        "offers",
        TRADING,
        Role.SUPPLIER,
        "insufficient-units",
        "accepted",
        json=TERMS,
    ),
    act("offers/{offer}/acceptance", TRADING, Role.FINANCIER, "not-a-party", "accepted"),
    act("offers/{offer}/rejection", TRADING, Role.FINANCIER, "not-a-party", "accepted"),
    act(
        "offers/{offer}/withdrawal",
        TRADING,
        Role.SUPPLIER,
        "not-a-party",
        "accepted",
    ),
    Route(
        "POST",
        "/v1/records/{record}/offers/{offer}/expiry",
        roles=frozenset(Role) - {Role.AUDITOR},
        record="accepted",
        offer="expired",
    ),
    act("partial-acceptance", BUYING, Role.BUYER, "not-the-buyer", "registered", json=PART),
    act("undertaking", BUYING, Role.BUYER, "not-the-buyer", "accepted"),
    act("pledges", TRADING, Role.SUPPLIER, "insufficient-units", "accepted", json=PLEDGE),
    act("pledges/{pledge}/release", TRADING, Role.FINANCIER, "not-a-party", "accepted", json=ONE),
    act(
        "pledges/{pledge}/enforcement",
        TRADING,
        Role.FINANCIER,
        "not-a-party",
        "accepted",
        json=ONE,
    ),
    act("payments", BUYING, Role.BUYER, "not-a-party", "accepted", json=PAYMENT),
    act("payments/{payment}/confirmation", TRADING, Role.SUPPLIER, "not-a-party", "accepted"),
    act(
        "payments/{payment}/denial",
        TRADING,
        Role.SUPPLIER,
        "not-a-party",
        "accepted",
        json={"reason": "it did not arrive"},
    ),
    act("payments/{payment}/withdrawal", BUYING, Role.BUYER, "not-the-buyer", "accepted"),
    act("dispute", BUYING, Role.BUYER, "not-the-buyer", "accepted", json=PART),
    act("dispute/withdrawal", BUYING, Role.BUYER, "not-the-buyer", "disputed", json=FIRST),
    act(
        "dispute/concession",
        {Role.SUPPLIER},
        Role.SUPPLIER,
        "not-the-supplier",
        "disputed",
        json=FIRST,
    ),
    Route("GET", "/v1/members"),
    Route("GET", "/v1/members/{member}"),
)
OWNERS = {Role.SUPPLIER: SUPPLIER, Role.BUYER: BUYER, Role.FINANCIER: FINANCIER}

every_closed_route = pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.name)


@dataclass(frozen=True)
class Scene:
    """Things of members, none of which the tests change: the worker takes no further step."""

    api: Api
    places: Mapping[str, str]

    def owner(self, route: Route) -> Caller:
        return self.api.caller(OWNERS[route.role], route.role)


@pytest.fixture(scope="module")
def scene(founded: Consortium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    snapshot = founded.devnet.request("evm_snapshot", [])
    folder = tmp_path_factory.mktemp("access")
    with running_service(founded, folder) as service:
        roles = Role.SUPPLIER | Role.BUYER | Role.FINANCIER
        founded.decide(founded.membership.admit(OTHER, roles, founded.spare[0].address))
        founded.write_key(folder / "keys", OTHER, founded.spare[0])
        yield set_scene(Api.over(founded, service))
    founded.devnet.request("evm_revert", [snapshot])


def set_scene(api: Api) -> Scene:
    supplier = api.supplier
    bundle: str = supplier.post("/v1/bundles", **LINES).json()["id"]
    accepted = api.accepted()
    api.done(supplier, supplier.post(f"{accepted}/offers", json={**TERMS, "units": 10**9 - 9}))
    api.done(supplier, supplier.post(f"{accepted}/pledges", json=PLEDGE))
    api.done(api.buyer, api.buyer.post(f"{accepted}/payments", json=PAYMENT))
    disputed = api.done(supplier, supplier.register(OTHER_INVOICES[2]))["links"]["record"]
    for path, body in (("acceptance", None), ("dispute", PART)):
        api.done(api.buyer, api.buyer.post(f"{disputed}/{path}", json=body))
    soon_over = {**TERMS, "expires_in_seconds": 2}
    api.done(supplier, supplier.post(f"{accepted}/offers", json=soon_over))
    api.consortium.devnet.request("evm_increaseTime", [3])
    api.consortium.devnet.request("evm_mine", [])
    registered = api.done(supplier, supplier.register(OTHER_INVOICES[0]))
    return Scene(
        api,
        {
            "registered": registered["record"],
            "accepted": accepted.rpartition("/")[2],
            "open": "0",
            "expired": "1",
            "pledge": "0",
            "payment": "0",
            "disputed": disputed.rpartition("/")[2],
            "operation": registered["id"],
            "document": registered["document"],
            "erasable": supplier.notarise().json()["id"],
            "bundle": bundle,
            "erasable_bundle": supplier.post("/v1/bundles", **LINES).json()["id"],
            "index": "0",
            "member": SUPPLIER,
        },
    )


def test_the_table_names_every_route_of_the_application(scene: Scene) -> None:
    app = scene.api.http.app
    assert isinstance(app, FastAPI)
    found = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert found == {f"GET {path}" for path in PUBLIC} | {route.name for route in CLOSED}


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_route_needs_no_key_and_names_no_member(scene: Scene, path: str) -> None:
    response = scene.api.stranger.get(path)
    assert response.status_code == (503 if path == "/readyz" else 200)
    assert SUPPLIER not in response.text


@every_closed_route
def test_nobody_gets_in_without_a_key(scene: Scene, route: Route) -> None:
    check_unauthenticated(route.ask(scene.api.stranger, scene.places))


@every_closed_route
def test_nobody_gets_in_with_a_key_that_was_never_issued(scene: Scene, route: Route) -> None:
    check_unauthenticated(route.ask(Caller(scene.api.http, "sbk_" + "A" * 43), scene.places))


@every_closed_route
def test_nobody_gets_in_with_a_revoked_key(scene: Scene, route: Route) -> None:
    store, now = scene.api.service.ledger.store, system_clock()
    identifier, secret = issue_key(store, OWNERS[route.role], route.role, now)
    caller = Caller(scene.api.http, secret)
    revoke_key(store, identifier, now)
    check_unauthenticated(route.ask(caller, scene.places))


@every_closed_route
def test_the_rightful_member_gets_in(scene: Scene, route: Route) -> None:
    response = route.ask(scene.owner(route), scene.places)
    acts = route.method == "POST" and not route.asks
    assert response.status_code == (202 if acts else 200), response.text


@every_closed_route
def test_another_member_in_the_same_role_does_not_reach_what_is_not_its_own(
    scene: Scene, route: Route
) -> None:
    response = route.ask(scene.api.caller(OTHER, route.role), scene.places)
    if route.another is not None:
        problem(response, *route.another)
    else:
        assert response.status_code in (200, 202), response.text
        assert scene.places["document"] not in response.text


@pytest.mark.parametrize(
    ("route", "role"),
    [
        pytest.param(route, role, id=f"{route.name} as {role_name(role)}")
        for route in CLOSED
        for role in Role
        if role not in route.roles
    ],
)
def test_a_key_for_another_role_does_not_do(scene: Scene, route: Route, role: Role) -> None:
    caller = scene.api.caller(OWNERS[route.role], role)
    problem(route.ask(caller, scene.places), 403, "wrong-role")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_every_role_but_the_auditor_notarises(scene: Scene, role: Role) -> None:
    response = scene.api.caller(SUPPLIER, role).notarise()
    assert response.status_code == 202, response.text


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic c2JrOng=", "sbk_x", "Bearer \xe9", "Bearer sbk_x, Bearer y"],
)
def test_a_malformed_authorization_is_no_key(scene: Scene, authorization: str) -> None:
    header = {"Authorization": authorization.encode("latin-1")}
    response = scene.api.http.get("/v1/documents", headers=header)
    check_unauthenticated(response)


def test_the_key_may_be_named_bearer_in_any_case(scene: Scene) -> None:
    secret = scene.api.supplier.secret
    response = scene.api.http.get("/v1/documents", headers={"Authorization": f"bearer {secret}"})
    assert response.status_code == 200


def test_a_key_is_never_logged(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    supplier = scene.api.supplier
    supplier.register(UBL)
    supplier.get("/v1/operations/x")
    assert supplier.secret is not None
    assert supplier.secret not in caplog.text


def check_unauthenticated(response: httpx.Response) -> None:
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"
