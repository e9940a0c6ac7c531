from collections.abc import Callable, Mapping, Sequence
from typing import cast

import pytest

from ledger.chain.abi import Decoded
from ledger.chain.contract import ContractCall
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.invoice_forms import Clearance, Reduction, Registration
from ledger.chain.port import Chain
from ledger.chain.record_forms import Freeze, Item, ItemKind, Security, freezes_of
from ledger.codec import member_to_word
from ledger.errors import NodeError
from ledger.types import Digest, MemberId, RecordId, Units, UnixTime, parse_address
from tests.unit.chain.book_calls import changing

RECORD = RecordId(b"\x01" * 32)
BANK = MemberId("org:some-bank")
UNITS = Units(7)
TIME = UnixTime(1_900_000_000)
WORD = Digest(b"\x02" * 32)
REASON = b"late".ljust(32, b"\0")
SECURITY = Security(BANK, UNITS, TIME, WORD)
REGISTRATION = Registration(WORD, BANK, UNITS, None, (b"\x03" * 32,), ((2, b"\x04" * 32),))
CLEARANCE = Clearance(
    commitment=WORD,
    units=UNITS,
    terms=Digest(b"\x05" * 32),
    strict_keys=(b"\x03" * 32,),
    alert_keys=(b"\x04" * 32, b"\x06" * 32),
    undertaken=True,
    pledged_at_most=Units(5),
    repeats_at_most=1,
    history=None,
)

# Building a call asks nothing of the chain.
BOOK = InvoiceBook(cast("Chain", None), parse_address("0x" + "0b" * 20))
OTHER = InvoiceBook(cast("Chain", None), parse_address("0x" + "0c" * 20))

BANK_WORD = member_to_word(BANK)
SECURED = {"pledgee": BANK_WORD, "units": 7, "enforceableFrom": TIME, "terms": WORD}

# Every call, with the function and the arguments that the contract then sees.
CALLS: Mapping[str, tuple[ContractCall, Mapping[str, object]]] = {
    "register": (
        BOOK.register(REGISTRATION),
        {"registration": (WORD, BANK_WORD, 7, 0, (b"\x03" * 32,), ((2, b"\x04" * 32),))},
    ),
    "accept": (BOOK.accept(RECORD), {"id": RECORD}),
    "acceptPart": (
        BOOK.accept_part(RECORD, UNITS, REASON),
        {"id": RECORD, "units": 7, "reason": REASON},
    ),
    "undertake": (BOOK.undertake(RECORD), {"id": RECORD}),
    "reject": (BOOK.reject(RECORD, REASON), {"id": RECORD, "reason": REASON}),
    "cancel": (BOOK.cancel(RECORD), {"id": RECORD}),
    "credit": (
        BOOK.credit(RECORD, UNITS, WORD),
        {"id": RECORD, "units": 7, "commitment": WORD},
    ),
    "offer": (
        BOOK.offer(RECORD, BANK, UNITS, TIME, WORD),
        {"record_": RECORD, "to": BANK_WORD, "units": 7, "expiresAt": TIME, "terms": WORD},
    ),
    "acceptOffer": (BOOK.accept_offer(RECORD, 3), {"record_": RECORD, "id": 3}),
    "acceptOfferIfClear": (
        BOOK.accept_offer_if_clear(RECORD, 3, CLEARANCE),
        {
            "id": RECORD,
            "offer_": 3,
            "clearance": (
                *(WORD, 7, b"\x05" * 32, (b"\x03" * 32,), (b"\x04" * 32, b"\x06" * 32)),
                *(True, 5, 1, bytes(32)),
            ),
        },
    ),
    "rejectOffer": (BOOK.reject_offer(RECORD, 3), {"record_": RECORD, "id": 3}),
    "withdrawOffer": (BOOK.withdraw_offer(RECORD, 3), {"record_": RECORD, "id": 3}),
    "expireOffer": (BOOK.expire_offer(RECORD, 3), {"record_": RECORD, "id": 3}),
    "pledge": (BOOK.pledge(RECORD, SECURITY), {"record_": RECORD, **SECURED}),
    "pledgeBehind": (
        BOOK.pledge_behind(RECORD, 3, SECURITY),
        {"record_": RECORD, "senior": 3, **SECURED},
    ),
    "releasePledge": (
        BOOK.release_pledge(RECORD, 3, UNITS),
        {"record_": RECORD, "id": 3, "units": 7},
    ),
    "enforcePledge": (
        BOOK.enforce_pledge(RECORD, 3, UNITS),
        {"record_": RECORD, "id": 3, "units": 7},
    ),
    "freeze": (BOOK.freeze(RECORD, REASON), {"id": RECORD, "reason": REASON}),
    "unfreeze": (BOOK.unfreeze(RECORD, Freeze.KEEPER), {"id": RECORD, "cause": 1}),
    "voidRecord": (BOOK.void(RECORD, REASON), {"id": RECORD, "reason": REASON}),
    "dispute": (
        BOOK.dispute(RECORD, UNITS, REASON),
        {"record_": RECORD, "units": 7, "reason": REASON},
    ),
    "freeSettledKeys": (
        BOOK.free_settled_keys(RECORD, REASON),
        {"id": RECORD, "reason": REASON},
    ),
    "withdrawDispute": (
        BOOK.withdraw_dispute(RECORD, 3),
        {"record_": RECORD, "number": 3},
    ),
    "concedeDispute": (BOOK.concede_dispute(RECORD, 3), {"record_": RECORD, "number": 3}),
    "decideDispute": (
        BOOK.decide_dispute(RECORD, 3, [Reduction(BANK, UNITS)], REASON),
        {"record_": RECORD, "number": 3, "reductions": ((BANK_WORD, 7),), "reason": REASON},
    ),
    "declarePayment": (
        BOOK.declare_payment(RECORD, BANK, UNITS, WORD),
        {"record_": RECORD, "holder": BANK_WORD, "units": 7, "advice": WORD},
    ),
    "confirmPayment": (BOOK.confirm_payment(RECORD, 3), {"record_": RECORD, "id": 3}),
    "denyPayment": (
        BOOK.deny_payment(RECORD, 3, REASON),
        {"record_": RECORD, "id": 3, "reason": REASON},
    ),
    "withdrawPayment": (BOOK.withdraw_payment(RECORD, 3), {"record_": RECORD, "id": 3}),
    "multicall": (
        BOOK.multicall([BOOK.accept(RECORD), BOOK.undertake(RECORD)]),
        {"data": (BOOK.accept(RECORD).data, BOOK.undertake(RECORD).data)},
    ),
    "tryMulticall": (
        BOOK.try_multicall([BOOK.accept(RECORD)]),
        {"calls": (BOOK.accept(RECORD).data,)},
    ),
}


def test_every_function_that_changes_state_has_a_typed_method() -> None:
    assert changing("InvoiceBook") == CALLS.keys()


@pytest.mark.parametrize(("function", "call", "arguments"), [(n, *c) for n, c in CALLS.items()])
def test_a_call_has_its_function_and_arguments(
    function: str, call: ContractCall, arguments: Mapping[str, object]
) -> None:
    assert call.to == BOOK.address
    assert BOOK.abi.decode_call(call.data) == Decoded(function, arguments)


def test_the_item_that_a_call_answers_is_known_by_its_number() -> None:
    named = {name: BOOK.item_named(call.data) for name, (call, _) in CALLS.items()}
    assert {name: item for name, item in named.items() if item is not None} == {
        "acceptOffer": Item(ItemKind.OFFER, 3),
        "acceptOfferIfClear": Item(ItemKind.OFFER, 3),
        "rejectOffer": Item(ItemKind.OFFER, 3),
        "withdrawOffer": Item(ItemKind.OFFER, 3),
        "expireOffer": Item(ItemKind.OFFER, 3),
        "releasePledge": Item(ItemKind.PLEDGE, 3),
        "enforcePledge": Item(ItemKind.PLEDGE, 3),
        "confirmPayment": Item(ItemKind.PAYMENT, 3),
        "denyPayment": Item(ItemKind.PAYMENT, 3),
        "withdrawPayment": Item(ItemKind.PAYMENT, 3),
    }


@pytest.mark.parametrize("batch", [BOOK.multicall, BOOK.try_multicall])
def test_a_call_to_another_contract_is_no_part_of_a_batch(
    batch: Callable[[Sequence[ContractCall]], ContractCall],
) -> None:
    with pytest.raises(ValueError, match=OTHER.address):
        batch([BOOK.accept(RECORD), OTHER.accept(RECORD)])


@pytest.mark.parametrize(
    ("bits", "causes"),
    [
        (0, ()),
        (1, (Freeze.COUNCIL,)),
        (2, (Freeze.KEEPER,)),
        (4, (Freeze.DISPUTE,)),
        (8, (Freeze.LOSS,)),
        (13, (Freeze.COUNCIL, Freeze.DISPUTE, Freeze.LOSS)),
    ],
)
def test_each_bit_is_a_cause_of_a_freeze(bits: int, causes: tuple[Freeze, ...]) -> None:
    assert freezes_of(bits) == causes


@pytest.mark.parametrize("bits", [16, 17, 255])
def test_a_cause_that_there_is_not_is_no_answer_of_the_contract(bits: int) -> None:
    with pytest.raises(NodeError, match=f"answered {bits}"):
        freezes_of(bits)
