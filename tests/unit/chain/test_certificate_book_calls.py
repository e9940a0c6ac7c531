from collections.abc import Mapping
from typing import cast

import pytest

from ledger.chain.abi import Decoded
from ledger.chain.certificate_book import CertificateBook
from ledger.chain.certificate_forms import (
    AnchoredLeaf,
    CertificateKind,
    Endorsement,
    Issuance,
    Part,
    Purpose,
    Subject,
)
from ledger.chain.contract import ContractCall
from ledger.chain.port import Chain
from ledger.chain.record_book import RecordBook
from ledger.chain.record_forms import Item, ItemKind
from ledger.codec import member_to_word
from ledger.types import Digest, MemberId, RecordId, Units, UnixTime, parse_address
from tests.unit.chain.book_calls import changing

RECORD = RecordId(b"\x01" * 32)
HOLDER = MemberId("org:some-depositor")
UNITS = Units(7)
TIME = UnixTime(1_900_000_000)
WORD = Digest(b"\x02" * 32)
KEY = b"\x03" * 32
REASON = b"damaged".ljust(32, b"\0")
LEAF = AnchoredLeaf(WORD, Digest(KEY), 2, (Digest(b"\x05" * 32),))
ISSUANCE = Issuance(
    kind=CertificateKind.WAREHOUSE_RECEIPT,
    endorsement=Endorsement.WITH_CONSENT,
    auto_renew=True,
    loss_notice_seconds=60,
    matures_at=TIME,
    units=UNITS,
    holder=HOLDER,
    number_key=KEY,
    commitment=WORD,
    alert_keys=((2, b"\x04" * 32),),
)
BOOK = CertificateBook(cast("Chain", None), parse_address("0x" + "0b" * 20))
HOLDER_WORD = member_to_word(HOLDER)

# Calls that only this book has, with the arguments that the contract then sees.
CALLS: Mapping[str, tuple[ContractCall, Mapping[str, object]]] = {
    "issue": (
        BOOK.issue(ISSUANCE),
        {
            "issuance": (
                *(2, 2, True, 60, TIME, 7, HOLDER_WORD, KEY, WORD),
                ((2, b"\x04" * 32),),
            )
        },
    ),
    "certify": (
        BOOK.certify(HOLDER, KEY, WORD, LEAF),
        {
            "holder": HOLDER_WORD,
            "numberKey": KEY,
            "commitment": WORD,
            "leaf": (WORD, KEY, 2, (b"\x05" * 32,)),
        },
    ),
    "confirm": (BOOK.confirm(RECORD), {"id": RECORD}),
    "consent": (
        BOOK.consent(RECORD, Subject.PLEDGE, 3),
        {"id": RECORD, "subject": 1, "number": 3},
    ),
    "renew": (
        BOOK.renew(RECORD, TIME, WORD),
        {"id": RECORD, "maturesAt": TIME, "commitment": WORD},
    ),
    "revokeEvidence": (
        BOOK.revoke_evidence(RECORD, REASON),
        {"id": RECORD, "reason": REASON},
    ),
    "surrender": (
        BOOK.surrender(RECORD, HOLDER, UNITS, Purpose.ANNULMENT),
        {"record_": RECORD, "holder": HOLDER_WORD, "units": 7, "purpose": 2},
    ),
    "withdrawSurrender": (BOOK.withdraw_surrender(RECORD, 3), {"record_": RECORD, "id": 3}),
    "refuseSurrender": (
        BOOK.refuse_surrender(RECORD, 3, REASON),
        {"record_": RECORD, "id": 3, "reason": REASON},
    ),
    "redeem": (BOOK.redeem(RECORD, 3), {"record_": RECORD, "id": 3}),
    "replace": (
        BOOK.replace(RECORD, 3, [Part(None, UNITS, KEY, WORD)]),
        {"record_": RECORD, "id": 3, "parts": ((0, 7, KEY, WORD),)},
    ),
    "annul": (
        BOOK.annul(RECORD, 3, REASON),
        {"record_": RECORD, "id": 3, "reason": REASON},
    ),
    "reportLost": (BOOK.report_lost(RECORD, REASON), {"record_": RECORD, "reason": REASON}),
    "reportFound": (BOOK.report_found(RECORD), {"record_": RECORD}),
    "reissue": (
        BOOK.reissue(RECORD, KEY, WORD),
        {"record_": RECORD, "numberKey": KEY, "commitment": WORD},
    ),
}


def test_every_function_that_changes_state_has_a_typed_method() -> None:
    # That RecordBook has a method for each that both books have, its own test shows.
    assert issubclass(CertificateBook, RecordBook)
    assert changing("DepositCertificateBook") - changing("InvoiceBook") == CALLS.keys()


@pytest.mark.parametrize(("function", "call", "arguments"), [(n, *c) for n, c in CALLS.items()])
def test_a_call_has_its_function_and_arguments(
    function: str, call: ContractCall, arguments: Mapping[str, object]
) -> None:
    assert call.to == BOOK.address
    assert BOOK.abi.decode_call(call.data) == Decoded(function, arguments)


def test_what_both_books_share_is_what_every_record_book_has() -> None:
    assert changing("DepositCertificateBook") & changing("InvoiceBook") == {
        *("offer", "acceptOffer", "rejectOffer", "withdrawOffer", "expireOffer"),
        *("pledge", "pledgeBehind", "releasePledge", "enforcePledge"),
        *("freeze", "unfreeze", "voidRecord"),
        *("multicall", "tryMulticall"),
    }
    assert BOOK.item_named(BOOK.accept_offer(RECORD, 3).data) == Item(ItemKind.OFFER, 3)
