import json
import re
from importlib import resources

import pytest
from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector

from ledger.chain.revert_rules import RULES
from ledger.chain.reverts import known_errors, refusal_of
from ledger.codec import member_to_word
from ledger.errors import Conflict, Forbidden, Refusal
from ledger.types import MemberId, to_hex

RECORD = bytes(range(32))
CONTRACTS = ("Membership", "Notary", "InvoiceBook", "DepositCertificateBook", "Forwarder")


def contract_errors() -> dict[str, dict[str, int]]:
    """Arguments of each error, each with a number that suits it."""
    found = {}
    for contract in CONTRACTS:
        text = (resources.files("contracts.artifacts") / f"{contract}.json").read_text("utf-8")
        for item in json.loads(text)["abi"]:
            if item["type"] == "error":
                found[item["name"]] = {each["name"]: 1 for each in item["inputs"]}
    return found


def test_every_error_of_the_contracts_has_a_sentence() -> None:
    assert known_errors() == contract_errors().keys()


@pytest.mark.parametrize(("error", "arguments"), contract_errors().items())
def test_every_sentence_uses_only_arguments_that_its_error_has(
    error: str, arguments: dict[str, int]
) -> None:
    _kind, code, sentence = RULES[error]
    names = {re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name) for name in arguments}
    assert "{" not in sentence.format(**dict.fromkeys(names, 1))
    assert re.fullmatch("[a-z]+(-[a-z]+)*", code)


def test_codes_are_told_apart_unless_they_mean_the_same() -> None:
    shared = {"length-mismatch"}
    codes = [code for _kind, code, _sentence in RULES.values() if code not in shared]
    assert len(set(codes)) == len(codes)


def revert(signature: str, types: list[str], values: list[object]) -> bytes:
    return function_signature_to_4byte_selector(signature) + encode(types, values)


def test_a_taken_strict_key_names_the_standing_record() -> None:
    refusal = refusal_of(
        revert("IdentityKeysTaken(bytes32,bytes32)", ["bytes32"] * 2, [b"k" * 32, RECORD])
    )
    assert isinstance(refusal, Conflict)
    assert refusal.rule == "already-registered"
    assert refusal.details["record"] == to_hex(RECORD)
    assert to_hex(RECORD) in str(refusal)


def test_members_and_states_are_named_and_not_numbered() -> None:
    word = member_to_word(MemberId("org:some-bank"))
    refusal = refusal_of(
        revert("MembershipNotActive(bytes32,uint8)", ["bytes32", "uint8"], [word, 2])
    )
    assert isinstance(refusal, Forbidden)
    assert "org:some-bank is suspended" in str(refusal)


@pytest.mark.parametrize(
    ("state", "name"), [(1, "open"), (2, "accepted"), (5, "expired"), (6, "6"), (255, "255")]
)
def test_a_state_that_no_version_knows_is_a_number(state: int, name: str) -> None:
    refusal = refusal_of(
        revert(
            "RecordBookOfferNotOpen(bytes32,uint256,uint8)",
            ["bytes32", "uint256", "uint8"],
            [RECORD, 3, state],
        )
    )
    assert refusal.details["state"] == name
    assert f"is already {name}" in str(refusal)


@pytest.mark.parametrize(
    ("role", "name"), [(1, "supplier"), (2, "buyer"), (32, "auditor"), (64, "64"), (3, "3")]
)
def test_a_missing_role_is_named(role: int, name: str) -> None:
    word = member_to_word(MemberId("org:some-bank"))
    refusal = refusal_of(
        revert("MembershipMissingRole(bytes32,uint16)", ["bytes32", "uint16"], [word, role])
    )
    assert refusal.details == {"member": "org:some-bank", "role": name}
    assert f"org:some-bank does not have the role {name}" in str(refusal)


@pytest.mark.parametrize(
    ("bits", "causes"),
    [
        (1, "council"),
        (4, "dispute"),
        (5, "council, dispute"),
        (15, "council, keeper, dispute, loss"),
    ],
)
def test_a_frozen_record_says_by_what(bits: int, causes: str) -> None:
    refusal = refusal_of(
        revert("RecordBookFrozen(bytes32,uint8)", ["bytes32", "uint8"], [RECORD, bits])
    )
    assert refusal.rule == "record-frozen"
    assert refusal.details["freezes"] == causes
    assert f"is frozen ({causes})" in str(refusal)


def test_a_freeze_of_somebody_else_is_named_by_its_cause() -> None:
    refusal = refusal_of(
        revert("RecordBookForeignFreeze(bytes32,uint8)", ["bytes32", "uint8"], [RECORD, 2])
    )
    assert isinstance(refusal, Forbidden)
    assert refusal.details == {"record": to_hex(RECORD), "cause": "dispute"}
    assert "for this cause (dispute) is another's to lift" in str(refusal)


def test_units_that_are_wanted_and_those_that_there_are_are_told_apart() -> None:
    word = member_to_word(MemberId("org:some-bank"))
    refusal = refusal_of(
        revert(
            "RecordBookInsufficientUnits(bytes32,bytes32,uint80,uint80)",
            ["bytes32", "bytes32", "uint80", "uint80"],
            [RECORD, word, 1_500, 2_000],
        )
    )
    assert (refusal.details["available"], refusal.details["wanted"]) == (1_500, 2_000)
    assert "org:some-bank has 1,500 units" in str(refusal)
    assert str(refusal).endswith("and 2,000 were asked for")


@pytest.mark.parametrize(("purpose", "name"), [(1, "replacement"), (2, "annulment")])
def test_what_the_council_does_not_surrender_for_is_named(purpose: int, name: str) -> None:
    refusal = refusal_of(
        revert("CertificateNotForCouncil(bytes32,uint8)", ["bytes32", "uint8"], [RECORD, purpose])
    )
    assert (refusal.rule, refusal.details["purpose"]) == ("not-for-the-council", name)
    assert f"cannot be surrendered for {name} by decision" in str(refusal)


def test_a_dispute_that_is_not_the_open_one_is_told_from_it() -> None:
    refusal = refusal_of(
        revert(
            "InvoiceDisputesOther(bytes32,uint32,uint32)",
            ["bytes32", "uint32", "uint32"],
            [RECORD, 2, 1],
        )
    )
    assert isinstance(refusal, Conflict)
    assert refusal.details == {"record": to_hex(RECORD), "current": 2, "number": 1}
    assert str(refusal).startswith("dispute 2 about record")


def test_causes_that_no_version_knows_are_a_number() -> None:
    refusal = refusal_of(
        revert("RecordBookFrozen(bytes32,uint8)", ["bytes32", "uint8"], [RECORD, 17])
    )
    assert refusal.details["freezes"] == "17"


def test_the_holder_of_a_key_is_a_record() -> None:
    key_held = revert(
        "InvoiceBookKeyNotHeld(bytes32,bytes32,bytes32)",
        ["bytes32"] * 3,
        [RECORD, b"k" * 32, RECORD],
    )
    assert refusal_of(key_held).details["holder"] == to_hex(RECORD)


def test_the_council_does_not_act_for_a_member_that_can() -> None:
    word = member_to_word(MemberId("org:some-bank"))
    active = revert("RecordBookNotSuspended(bytes32,bytes32)", ["bytes32"] * 2, [RECORD, word])
    assert str(refusal_of(active)).startswith("org:some-bank is not suspended")


@pytest.mark.parametrize(("subject", "name"), [(0, "offer"), (1, "pledge"), (2, "2")])
def test_what_lacks_the_issuers_consent_is_named(subject: int, name: str) -> None:
    refusal = refusal_of(
        revert(
            "CertificateConsentMissing(bytes32,uint8,uint256)",
            ["bytes32", "uint8", "uint256"],
            [RECORD, subject, 3],
        )
    )
    assert refusal.details == {"record": to_hex(RECORD), "subject": name, "id": 3}
    assert f"has not consented to {name} 3" in str(refusal)


@pytest.mark.parametrize(
    ("error", "types", "values"),
    [
        ("IdentityKeysTaken", ["bytes32", "bytes32"], [b"k" * 32, RECORD]),
        ("IdentityKeysNone", [], []),
    ],
)
def test_identity_keys_may_be_an_invoices_or_a_certificates(
    error: str, types: list[str], values: list[object]
) -> None:
    said = str(refusal_of(revert(f"{error}({','.join(types)})", types, values)))
    assert "invoice" not in said
    assert "certificate" not in said


def test_a_signed_request_with_a_used_nonce_says_which_is_next() -> None:
    account = "0x" + "11" * 20
    refusal = refusal_of(
        revert("InvalidAccountNonce(address,uint256)", ["address", "uint256"], [account, 7])
    )
    assert isinstance(refusal, Conflict)
    assert (refusal.rule, refusal.details["current_nonce"]) == ("request-used", 7)


def test_details_have_names_in_snake_case_and_times_in_utc() -> None:
    refusal = refusal_of(
        revert(
            "RecordBookOfferExpired(bytes32,uint256,uint48)",
            ["bytes32", "uint256", "uint48"],
            [RECORD, 3, 1_900_000_000],
        )
    )
    assert refusal.details == {
        "record": to_hex(RECORD),
        "offer": 3,
        "expires_at": "2030-03-17T17:46:40Z",
    }


@pytest.mark.parametrize("data", [b"", b"\x01\x02\x03\x04", b"\x08\xc3\x79\xa0" + bytes(31)])
def test_unknown_revert_data_is_still_a_refusal(data: bytes) -> None:
    assert type(refusal_of(data)) is Refusal
    assert refusal_of(data).rule == "contract-refused"


@pytest.mark.parametrize(
    ("error", "types", "values", "said"),
    [
        ("CertificateWrongState", ["uint8"], [3], "is discharged,"),
        ("CertificateWrongKind", ["uint8"], [3], "of kind evidence,"),
        ("CertificateSurrenderNotOpen", ["uint256", "uint8"], [7, 2], "is already fulfilled"),
        ("CertificateWrongPurpose", ["uint256", "uint8"], [7, 1], "is for replacement,"),
        ("CertificateNotMature", ["uint48"], [1_900_000_000], "(2030-03-17T17:46:40Z)"),
        ("CertificateNotMature", ["uint48"], [0], "(none)"),
        ("CertificateNoticeRuns", ["uint256"], [1_900_000_000], "before 2030-03-17T17:46:40Z,"),
    ],
)
def test_what_a_certificate_does_not_allow_is_said_in_words(
    error: str, types: list[str], values: list[object], said: str
) -> None:
    signature = f"{error}({','.join(['bytes32', *types])})"
    assert said in str(refusal_of(revert(signature, ["bytes32", *types], [RECORD, *values])))


def test_rules_that_do_not_suit_a_certificates_kind_are_named() -> None:
    refusal = refusal_of(
        revert(
            "CertificateUnsuitableRules(uint8,uint8,bool)",
            ["uint8", "uint8", "bool"],
            [2, 1, False],
        )
    )
    assert refusal.details == {
        "kind": "warehouse_receipt",
        "endorsement": "free",
        "auto_renew": False,
    }
    assert "of kind warehouse_receipt is not issued with endorsement free" in str(refusal)
