from typing import Any

import pytest
from eth_typing import HexStr

from tests.contracts.cast import Ledger, calldata
from tests.contracts.harness import (
    AUDITOR,
    SUPPLIER,
    Reverted,
    artifact,
    deployable,
    explained,
    logs_of,
    reverts,
    word,
)
from tests.contracts.receivables import (
    ACCEPTED,
    REGISTERED,
    STRICT_KEY,
    UNITS,
    invoice_state,
    position,
    register,
    registration,
)

TERMS = b"\x7e" * 32
FAR = 4_000_000_000
BATCHING = [
    name
    for name in deployable()
    if "tryMulticall" in {entry.get("name") for entry in artifact(name)["abi"]}
]
CONTRACTS = {
    "Membership": "membership",
    "Notary": "notary",
    "InvoiceBook": "invoices",
    "DepositCertificateBook": "certificates",
}


def offering(ledger: Ledger, record: bytes, units: int) -> HexStr | bytes:
    financier = ledger.financier.id
    return calldata(ledger.invoices.functions.offer(record, financier, units, FAR, TERMS))


def pledging(ledger: Ledger, record: bytes, units: int) -> HexStr | bytes:
    financier = ledger.financier.id
    return calldata(ledger.invoices.functions.pledge(record, financier, units, 0, TERMS))


def names(logs: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, _ in logs]


def reason(data: bytes) -> tuple[str, tuple[Any, ...]]:
    """The error that a refused call returned, with its arguments."""
    error = explained(data)
    return error.name, error.arguments


def test_every_contract_for_members_takes_batches() -> None:
    assert set(BATCHING) == set(CONTRACTS) == set(deployable()) - {"Forwarder"}


def test_a_batch_makes_all_of_its_calls_for_its_caller(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    batch = book.multicall([offering(ledger, record, 100), pledging(ledger, record, 200)])
    results = ledger.chain.simulate(ledger.supplier.key, batch)
    assert [int.from_bytes(result, "big") for result in results] == [0, 0]
    logs = logs_of(ledger.act(ledger.supplier, batch), ledger.invoices)
    assert names(logs) == ["Offered", "Pledged"]
    assert logs[0][1]["from"] == logs[1][1]["pledgor"] == ledger.supplier.id
    assert position(ledger, record, ledger.supplier) == (700, 100, 200)


def test_a_batch_of_which_one_call_fails_does_nothing_and_says_why(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    before = book.recordHistory(record).call()
    calls = [offering(ledger, record, 100), pledging(ledger, record, UNITS - 99)]
    for order in (calls, calls[::-1]):
        taken, free = (UNITS - 99, UNITS - 100) if order == calls else (100, 99)
        with reverts("RecordBookInsufficientUnits", record, supplier.id, free, taken):
            ledger.act(supplier, book.multicall(order))
    assert book.recordHistory(record).call() == before
    assert position(ledger, record, supplier) == (UNITS, 0, 0)
    assert (book.offerCount(record).call(), book.pledgeCount(record).call()) == (0, 0)


def test_a_batch_that_tries_does_what_it_can_and_reports_the_rest(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    calls = [
        offering(ledger, record, 600),
        pledging(ledger, record, 401),
        calldata(book.withdrawOffer(record, 0)),
        pledging(ledger, record, 401),
    ]
    batch = book.tryMulticall(calls)
    outcomes = ledger.chain.simulate(supplier.key, batch)
    first, refusal = bytes(32), outcomes[1][1]
    assert outcomes == [(True, first), (False, refusal), (True, b""), (True, first)]
    too_little = (record, supplier.id, 400, 401)
    assert reason(refusal) == ("RecordBookInsufficientUnits", too_little)
    logs = logs_of(ledger.act(supplier, batch), ledger.invoices)
    assert names(logs) == ["Offered", "CallRefused", "OfferWithdrawn", "Pledged"]
    assert logs[1][1] == {"index": 1, "reason": refusal}
    assert position(ledger, record, supplier) == (599, 0, 401)


def test_a_refused_call_leaves_nothing_half_done(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    before = book.recordHistory(record).call(), book.memberHistory(ledger.buyer.id).call()
    in_part = calldata(book.acceptPart(record, UNITS, TERMS))
    logs = logs_of(ledger.act(ledger.buyer, book.tryMulticall([in_part])), ledger.invoices)
    assert names(logs) == ["CallRefused"]
    too_many = (record, UNITS, UNITS)
    assert reason(logs[0][1]["reason"]) == ("InvoiceBookTooManyUnits", too_many)
    assert invoice_state(ledger, record) == REGISTERED
    after = book.recordHistory(record).call(), book.memberHistory(ledger.buyer.id).call()
    assert after == before


def test_of_a_registration_that_is_refused_late_no_key_is_held(ledger: Ledger) -> None:
    book, fresh = ledger.invoices.functions, [b"\x52" * 32, b"\x53" * 32]
    taken = register(ledger)
    batch = [
        calldata(book.register(registration(ledger, commitment=commitment, strict_keys=keys)))
        for commitment, keys in (
            (b"\xc1" * 32, [fresh[0], STRICT_KEY]),
            (b"\xc2" * 32, [fresh[1]]),
        )
    ]
    (first, refusal), (second, _) = ledger.chain.simulate(
        ledger.supplier.key, book.tryMulticall(batch)
    )
    assert (first, second) == (False, True)
    assert reason(refusal) == ("IdentityKeysTaken", (STRICT_KEY, taken))
    ledger.act(ledger.supplier, book.tryMulticall(batch))
    assert book.strictKeyHolder(fresh[0]).call() == bytes(32)
    assert book.strictKeyHolder(fresh[1]).call() != bytes(32)
    lost: bytes = book.recordId(ledger.supplier.id, b"\xc1" * 32).call()
    assert not book.recordExists(lost).call()


@pytest.mark.parametrize("name", BATCHING)
def test_a_call_that_fails_without_an_error_fails_the_whole_batch(
    ledger: Ledger, name: str
) -> None:
    contract = getattr(ledger, CONTRACTS[name])
    member = ledger.supplier
    for unexplained in (b"", b"\x01\x02\x03", b"\xde\xad\xbe\xef"):
        calls = [calldata(contract.functions.tryMulticall([])), unexplained]
        with reverts("RelayableCallUnexplained", 1):
            ledger.chain.simulate(member.key, contract.functions.tryMulticall(calls))
        with reverts("RelayableCallUnexplained", 0):
            ledger.chain.simulate(member.key, contract.functions.tryMulticall(calls[1:]))


@pytest.mark.parametrize("name", BATCHING)
def test_what_fails_without_an_error_in_a_batch_in_a_batch_is_told_by_that_batch(
    ledger: Ledger, name: str
) -> None:
    functions = getattr(ledger, CONTRACTS[name]).functions
    unexplained = [b"\xde\xad\xbe\xef"]
    batch = functions.tryMulticall(
        [
            calldata(functions.multicall([])),
            calldata(functions.multicall(unexplained)),
            calldata(functions.tryMulticall(unexplained)),
        ]
    )
    outcomes = ledger.chain.simulate(ledger.supplier.key, batch)
    assert [done for done, _ in outcomes] == [True, False, False]
    assert [reason(data) for _, data in outcomes[1:]] == [
        ("FailedCall", ()),
        ("RelayableCallUnexplained", (0,)),
    ]


def test_what_came_before_a_call_without_an_error_is_undone(ledger: Ledger, record: bytes) -> None:
    calls = [offering(ledger, record, 1), b"\xde\xad\xbe\xef"]
    with reverts("RelayableCallUnexplained", 1):
        ledger.act(ledger.supplier, ledger.invoices.functions.tryMulticall(calls))
    assert ledger.invoices.functions.offerCount(record).call() == 0


def test_a_call_that_runs_out_of_gas_fails_the_whole_batch(ledger: Ledger) -> None:
    notary = ledger.notary.functions
    roots = [number.to_bytes(32, "big") for number in range(1, 401)]
    affordable = calldata(notary.anchorMany(roots[:2], [1] * 2))
    endless = calldata(notary.anchorMany(roots[2:], [1] * 398))
    assert ledger.chain.simulate(ledger.supplier.key, notary.tryMulticall([affordable])) == [
        (True, b"")
    ]
    with reverts("RelayableCallUnexplained", 1):
        ledger.chain.simulate(ledger.supplier.key, notary.tryMulticall([affordable, endless]))


def test_batches_of_batches_act_for_the_same_caller(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    good, bad = offering(ledger, record, 1), offering(ledger, record, UNITS + 1)
    broken = calldata(book.multicall([good, bad]))
    inner = calldata(book.tryMulticall([good, bad]))
    logs = logs_of(ledger.act(supplier, book.tryMulticall([broken, inner, good])), ledger.invoices)
    assert names(logs) == ["CallRefused", "Offered", "CallRefused", "Offered"]
    assert [logs[0][1]["index"], logs[2][1]["index"]] == [0, 1]
    assert {arguments["from"] for name, arguments in logs if name == "Offered"} == {supplier.id}
    assert position(ledger, record, supplier) == (UNITS - 2, 2, 0)


def test_a_batch_gives_its_caller_no_rights(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    calls = [
        calldata(book.offer(record, ledger.other_financier.id, 1, FAR, TERMS)),
        calldata(book.voidRecord(record, TERMS)),
    ]
    outcomes = ledger.chain.simulate(financier.key, book.tryMulticall(calls))
    assert [(done, reason(data)) for done, data in outcomes] == [
        (False, ("RecordBookInsufficientUnits", (record, financier.id, 0, 1))),
        (False, ("MembershipNotCouncil", (financier.key.lower(),))),
    ]
    stranger = ledger.spare_keys[0]
    [(done, data)] = ledger.chain.simulate(stranger, book.tryMulticall(calls[:1]))
    assert (done, reason(data)) == (False, ("MembershipUnknownKey", (stranger.lower(),)))


def test_an_empty_batch_does_nothing(ledger: Ledger) -> None:
    for name in BATCHING:
        functions = getattr(ledger, CONTRACTS[name]).functions
        for batch in (functions.multicall([]), functions.tryMulticall([])):
            assert ledger.chain.simulate(ledger.supplier.key, batch) == []
            assert ledger.act(ledger.supplier, batch)["logs"] == []


def test_one_decision_admits_several_members(ledger: Ledger) -> None:
    membership = ledger.membership.functions
    new = {
        word(f"test:new_{letter}"): key
        for letter, key in zip("abc", ledger.spare_keys[:3], strict=True)
    }
    calls = [calldata(membership.admit(member, SUPPLIER, key)) for member, key in new.items()]
    ledger.decide(membership.multicall(calls))
    for member in new:
        assert membership.member(member).call() == [1, SUPPLIER, 1]


def test_a_decision_on_a_batch_is_all_or_nothing(ledger: Ledger) -> None:
    membership, member = ledger.membership.functions, word("test:new")
    calls = [
        calldata(membership.admit(member, AUDITOR, ledger.spare_keys[0])),
        calldata(membership.admit(ledger.supplier.id, AUDITOR, ledger.spare_keys[1])),
    ]
    with reverts("MembershipMemberExists", ledger.supplier.id):
        ledger.decide(membership.multicall(calls))
    assert not membership.exists(member).call()
    logs = logs_of(ledger.decide(membership.tryMulticall(calls)), ledger.membership)
    assert names(logs) == ["Executed", "MemberAdmitted", "KeyAdded", "CallRefused"]
    assert membership.exists(member).call()


def test_what_is_accepted_and_undertaken_in_one_batch_is_both(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    calls = [calldata(book.undertake(record)), calldata(book.accept(record))]
    with pytest.raises(Reverted, match="InvoiceBookWrongState"):
        ledger.act(ledger.buyer, book.multicall(calls))
    ledger.act(ledger.buyer, book.multicall(calls[::-1]))
    assert invoice_state(ledger, record) == ACCEPTED
    assert book.invoice(record).call()[4] == ledger.chain.now()
