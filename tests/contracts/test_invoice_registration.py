import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, SUPPLIER, logs_of, reverts
from tests.contracts.receivables import (
    COMMITMENT,
    DUE_DATE,
    REGISTERED,
    STRICT_KEY,
    UNITS,
    position,
    register,
    registration,
)

OTHER_COMMITMENT, OTHER_KEY = b"\xc1" * 32, b"\x52" * 32
NOTE = b"\xa1" * 32
MOST_UNITS = 2**80 - 1


def keys(count: int) -> list[bytes]:
    return [number.to_bytes(32, "big") for number in range(1, count + 1)]


def test_a_registered_invoice_belongs_wholly_to_its_supplier(ledger: Ledger) -> None:
    view, supplier, buyer = ledger.invoices.functions, ledger.supplier, ledger.buyer
    record = view.recordId(supplier.id, COMMITMENT).call()
    assert enact(ledger, record, supplier, view.register(registration(ledger))) == [
        (
            "InvoiceRegistered",
            {
                "record": record,
                "supplier": supplier.id,
                "buyer": buyer.id,
                "commitment": COMMITMENT,
                "units": UNITS,
                "dueDate": DUE_DATE,
            },
        ),
        ("StrictKeyHeld", {"key": STRICT_KEY, "record": record}),
    ]
    assert view.recordExists(record).call()
    assert view.record(record).call() == (supplier.id, buyer.id, COMMITMENT, UNITS, 0, 0, 0)
    assert view.invoice(record).call() == (REGISTERED, ledger.chain.now(), 0, DUE_DATE, 0, False)
    assert view.strictKeyHolder(STRICT_KEY).call() == record
    assert view.strictKeysOf(record).call() == [STRICT_KEY]
    assert position(ledger, record, supplier) == (UNITS, 0, 0)
    assert position(ledger, record, buyer) == (0, 0, 0)


def test_a_record_is_named_by_chain_contract_supplier_and_commitment(ledger: Ledger) -> None:
    content = (
        ledger.chain.web3.eth.chain_id,
        ledger.invoices.address,
        ledger.supplier.id,
        COMMITMENT,
    )
    expected = keccak(encode(["uint256", "address", "bytes32", "bytes32"], content))
    view = ledger.invoices.functions
    assert view.recordId(ledger.supplier.id, COMMITMENT).call() == expected
    call = view.register(registration(ledger))
    assert ledger.chain.simulate(ledger.supplier.key, call) == expected


def test_only_suppliers_register(ledger: Ledger) -> None:
    call = ledger.invoices.functions.register(registration(ledger))
    for member in (ledger.buyer, ledger.financier, ledger.council[0]):
        with reverts("MembershipMissingRole", member.id, SUPPLIER):
            ledger.act(member, call)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        ledger.act(ledger.supplier, call)


def test_the_buyer_is_an_active_member_with_that_role(ledger: Ledger) -> None:
    def register_for(buyer: bytes) -> None:
        register(ledger, buyer=buyer)

    with reverts("MembershipUnknownMember", b"\x01" * 32):
        register_for(b"\x01" * 32)
    with reverts("MembershipMissingRole", ledger.financier.id, BUYER):
        register_for(ledger.financier.id)
    ledger.suspend(ledger.buyer)
    with reverts("MembershipNotActive", ledger.buyer.id, 2):
        register_for(ledger.buyer.id)
    register_for(ledger.other_buyer.id)


def test_nobody_invoices_itself(ledger: Ledger) -> None:
    ledger.set_roles(ledger.supplier, SUPPLIER | BUYER)
    with reverts("InvoiceBookSelfInvoice", ledger.supplier.id):
        register(ledger, buyer=ledger.supplier.id)


def test_an_invoice_has_a_commitment_units_and_keys(ledger: Ledger) -> None:
    with reverts("RecordBookEmptyCommitment"):
        register(ledger, commitment=bytes(32))
    with reverts("RecordBookNoUnits"):
        register(ledger, units=0)
    with reverts("IdentityKeysNone"):
        register(ledger, strict_keys=[])
    with reverts("IdentityKeysEmpty"):
        register(ledger, strict_keys=[STRICT_KEY, bytes(32)])
    with reverts("IdentityKeysEmpty"):
        register(ledger, alert_keys=[(2, bytes(32))])


def test_units_and_due_dates_reach_their_limits(ledger: Ledger) -> None:
    record = register(ledger, units=MOST_UNITS, due_date=2**48 - 1)
    assert position(ledger, record, ledger.supplier) == (MOST_UNITS, 0, 0)
    assert ledger.invoices.functions.invoice(record).call()[3] == 2**48 - 1


def test_the_number_of_keys_is_bounded(ledger: Ledger) -> None:
    alerts = [(3, key) for key in keys(33)]
    with reverts("IdentityKeysTooMany", 17, 16):
        register(ledger, strict_keys=keys(17))
    with reverts("IdentityKeysTooMany", 33, 32):
        register(ledger, alert_keys=alerts)
    record = register(ledger, strict_keys=keys(16), alert_keys=alerts[:32])
    assert ledger.invoices.functions.strictKeysOf(record).call() == keys(16)


def test_a_second_registration_in_another_syntax_names_the_record_that_stands(
    ledger: Ledger,
) -> None:
    standing = register(ledger, strict_keys=[STRICT_KEY])
    with reverts("IdentityKeysTaken", STRICT_KEY, standing):
        register(ledger, commitment=OTHER_COMMITMENT, strict_keys=[OTHER_KEY, STRICT_KEY])
    with reverts("IdentityKeysTaken", STRICT_KEY, standing):
        register(ledger, commitment=OTHER_COMMITMENT, by=ledger.other_supplier)
    view = ledger.invoices.functions
    assert view.strictKeyHolder(OTHER_KEY).call() == bytes(32)
    assert not view.recordExists(view.recordId(ledger.supplier.id, OTHER_COMMITMENT).call()).call()


def test_the_same_registration_again_names_its_own_record(ledger: Ledger) -> None:
    record = register(ledger)
    with reverts("RecordBookRecordExists", record):
        register(ledger)
    with reverts("RecordBookRecordExists", record):
        register(ledger, strict_keys=[OTHER_KEY])


def test_one_commitment_names_a_record_for_each_supplier(ledger: Ledger) -> None:
    mine = register(ledger)
    theirs = register(ledger, by=ledger.other_supplier, strict_keys=[OTHER_KEY])
    assert mine != theirs


def test_a_strict_key_is_given_once_in_a_registration(ledger: Ledger) -> None:
    record = ledger.invoices.functions.recordId(ledger.supplier.id, COMMITMENT).call()
    with reverts("IdentityKeysTaken", STRICT_KEY, record):
        register(ledger, strict_keys=[STRICT_KEY, STRICT_KEY])


def test_an_alert_key_is_noted_first_and_then_seen_and_blocks_nothing(ledger: Ledger) -> None:
    view = ledger.invoices.functions
    assert view.alertKeyFirst(NOTE).call() == bytes(32)
    content = registration(ledger, alert_keys=[(2, NOTE)])
    receipt = ledger.act(ledger.supplier, view.register(content))
    first = view.recordId(ledger.supplier.id, COMMITMENT).call()
    assert logs_of(receipt, ledger.invoices)[2:] == [
        ("AlertKeyNoted", {"key": NOTE, "record": first, "kind": 2})
    ]
    assert view.alertKeyFirst(NOTE).call() == first

    content = registration(
        ledger, commitment=OTHER_COMMITMENT, strict_keys=[OTHER_KEY], alert_keys=[(3, NOTE)]
    )
    receipt = ledger.act(ledger.other_supplier, view.register(content))
    second = view.recordId(ledger.other_supplier.id, OTHER_COMMITMENT).call()
    assert logs_of(receipt, ledger.invoices)[2:] == [
        ("AlertKeySeen", {"key": NOTE, "record": second, "first": first, "kind": 3})
    ]
    assert view.alertKeyFirst(NOTE).call() == first


def test_an_alert_key_twice_in_one_registration_is_noted_once(ledger: Ledger) -> None:
    content = registration(ledger, alert_keys=[(2, NOTE), (2, NOTE)])
    receipt = ledger.act(ledger.supplier, ledger.invoices.functions.register(content))
    assert [name for name, _ in logs_of(receipt, ledger.invoices)] == [
        "InvoiceRegistered",
        "StrictKeyHeld",
        "AlertKeyNoted",
    ]


@pytest.mark.parametrize("call", ["accept", "cancel", "offer", "reject", "declarePayment"])
def test_a_record_that_was_never_registered_is_unknown(ledger: Ledger, call: str) -> None:
    unknown, functions = b"\x01" * 32, ledger.invoices.functions
    calls = {
        "accept": functions.accept(unknown),
        "reject": functions.reject(unknown, bytes(32)),
        "cancel": functions.cancel(unknown),
        "offer": functions.offer(unknown, ledger.financier.id, 1, 2**48 - 1, bytes(32)),
        "declarePayment": functions.declarePayment(unknown, ledger.supplier.id, 1, bytes(32)),
    }
    with reverts("RecordBookUnknownRecord", unknown):
        ledger.chain.simulate(ledger.buyer.key, calls[call])


@pytest.mark.parametrize(
    "view",
    [
        "record",
        "invoice",
        "isOverdue",
        "strictKeysOf",
        "recordHistory",
        "offerCount",
        "pledgeCount",
        "paymentCount",
        "disputeOf",
        "position",
    ],
)
def test_a_view_of_a_record_that_was_never_registered_fails_and_is_not_empty(
    ledger: Ledger, view: str
) -> None:
    unknown, function = b"\x01" * 32, ledger.invoices.functions[view]
    others = [ledger.supplier.id] if view == "position" else []
    with reverts("RecordBookUnknownRecord", unknown):
        ledger.chain.simulate(ledger.auditor.key, function(unknown, *others))
    ledger.chain.simulate(ledger.auditor.key, function(register(ledger), *others))


def test_of_a_fresh_record_nothing_is_counted_yet(ledger: Ledger) -> None:
    record, view = register(ledger), ledger.invoices.functions
    for count in (view.offerCount, view.pledgeCount, view.paymentCount):
        assert count(record).call() == 0
    assert view.disputeOf(record).call() == (0, 0)
    assert view.position(record, b"\x01" * 32).call() == (0, 0, 0)


def test_what_is_asked_of_keys_members_and_names_has_an_answer_for_those_that_nobody_used(
    ledger: Ledger,
) -> None:
    unknown, view = b"\x01" * 32, ledger.invoices.functions
    assert not view.recordExists(unknown).call()
    assert view.strictKeyHolder(unknown).call() == bytes(32)
    assert view.alertKeyFirst(unknown).call() == bytes(32)
    assert view.alertRepeats(unknown).call() == 0
    assert view.memberHistory(unknown).call() == (0, bytes(32))
