"""The contracts' refusals: revert data, read by the rules for the contracts' custom errors."""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from ledger.chain.abi import Decoded
from ledger.chain.artifacts import load_artifact
from ledger.chain.invoice_book import InvoiceState, OfferState
from ledger.chain.membership import Role, role_name
from ledger.chain.revert_rules import RULES
from ledger.codec import member_from_word
from ledger.errors import Refusal, VerificationError
from ledger.types import UnixTime, to_hex, utc_text

_CAPITAL = re.compile("[A-Z]")
_CONTRACTS = ("InvoiceBook", "Membership", "Notary")

_STATES: Mapping[str, type[IntEnum]] = {
    "InvoiceBookWrongState": InvoiceState,
    "RecordBookOfferNotOpen": OfferState,
}


def refusal_of(data: bytes) -> Refusal:
    """The refusal that revert data stands for; a plain one if no contract of ours says so."""
    for contract in _CONTRACTS:
        decoded = load_artifact(contract).abi.decode_error(data)
        if decoded is not None and decoded.name in RULES:
            return _refusal(decoded)
    return Refusal(
        "the contract refused without a reason that this version knows",
        code="contract-refused",
        data=to_hex(data[:100]),
    )


def known_errors() -> frozenset[str]:
    """Names of the contract errors that have a rule."""
    return frozenset(RULES)


def _refusal(decoded: Decoded) -> Refusal:
    kind, code, sentence = RULES[decoded.name]
    details = {
        _snake_case(name): _readable(decoded.name, name, value)
        for name, value in decoded.arguments.items()
    }
    return kind(sentence.format(**details), code=code, **details)


def _readable(error: str, name: str, value: Any) -> str | int:
    if name == "state":
        return _state(error, value)
    if name == "expiresAt":
        return utc_text(UnixTime(value))
    if name == "member":
        return _member(value)
    if name == "role":
        return _role(value)
    if isinstance(value, bytes):
        return to_hex(value)
    return value if isinstance(value, int) else str(value)


def _snake_case(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"_{found[0].lower()}", name)


def _role(value: int) -> str:
    names = {int(role): role_name(role) for role in Role}
    return names.get(value, str(value))


def _state(error: str, value: int) -> str:
    names = {int(state): state.name.lower() for state in _STATES.get(error, ())}
    return names.get(value, str(value))


def _member(word: bytes) -> str:
    try:
        return member_from_word(word)
    except VerificationError:
        return to_hex(word)
