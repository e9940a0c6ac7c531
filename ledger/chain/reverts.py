"""The contracts' refusals: revert data, read by the rules for the contracts' custom errors."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from ledger.chain.abi import Decoded
from ledger.chain.artifacts import load_artifact
from ledger.chain.certificate_forms import (
    CertificateKind,
    CertificateState,
    Endorsement,
    Purpose,
    Subject,
    SurrenderState,
)
from ledger.chain.invoice_forms import InvoiceState, PaymentState
from ledger.chain.membership import MemberStatus, Role, role_name
from ledger.chain.record_forms import Freeze, OfferState, PledgeState, freezes_of
from ledger.chain.revert_rules import RULES
from ledger.codec import member_from_word
from ledger.errors import NodeError, Refusal, VerificationError
from ledger.types import UnixTime, to_hex, utc_text

_CAPITAL = re.compile("[A-Z]")
_CONTRACTS = ("InvoiceBook", "DepositCertificateBook", "Membership", "Notary", "Forwarder")

_STATES: Mapping[str, type[IntEnum]] = {
    "CertificateSurrenderNotOpen": SurrenderState,
    "CertificateWrongState": CertificateState,
    "InvoiceBookWrongState": InvoiceState,
    "InvoicePaymentsNotDeclared": PaymentState,
    "RecordBookOfferNotOpen": OfferState,
    "RecordBookPledgeNotOpen": PledgeState,
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
    if name == "state" and error in _STATES:
        return _name_in(_STATES[error], value)
    if name in _FORMS:
        return _FORMS[name](value)
    if isinstance(value, bytes):
        return to_hex(value)
    return value if isinstance(value, int) else str(value)


def _snake_case(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"_{found[0].lower()}", name)


def _name_in(kind: type[IntEnum], value: int) -> str:
    """The name of a contract's value; its number if this version has no name for it."""
    names = {int(item): item.name.lower() for item in kind}
    return names.get(value, str(value))


def _role(value: int) -> str:
    names = {int(role): role_name(role) for role in Role}
    return names.get(value, str(value))


def _freezes(bits: int) -> str:
    try:
        return ", ".join(cause.name.lower() for cause in freezes_of(bits))
    except NodeError:
        return str(bits)


def _member(word: bytes) -> str:
    try:
        return member_from_word(word)
    except VerificationError:
        return to_hex(word)


def _time(seconds: int) -> str:
    return utc_text(UnixTime(seconds))


def _maturity(seconds: int) -> str:
    return _time(seconds) if seconds else "none"


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "cause": lambda value: _name_in(Freeze, value),
    "deadline": _time,
    "endorsement": lambda value: _name_in(Endorsement, value),
    "enforceableFrom": _time,
    "expiresAt": _time,
    "freezes": _freezes,
    "kind": lambda value: _name_in(CertificateKind, value),
    "maturesAt": _maturity,
    "member": _member,
    "purpose": lambda value: _name_in(Purpose, value),
    "role": _role,
    "status": lambda value: _name_in(MemberStatus, value),
    "subject": lambda value: _name_in(Subject, value),
    "undertakenAt": _time,
    "until": _time,
}
