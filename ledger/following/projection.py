"""Turns logs of our contracts into events that people and queries can read."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from ledger.chain.abi import ContractAbi
from ledger.chain.artifacts import load_artifact
from ledger.chain.certificate_forms import CertificateKind, Endorsement, Purpose, Subject
from ledger.chain.deployment import Deployment
from ledger.chain.port import Log
from ledger.chain.record_forms import Freeze
from ledger.codec import member_from_word
from ledger.errors import VerificationError
from ledger.store.events import ChainEvent
from ledger.types import Address, RecordId, UnixTime, parse_hex32

_MEMBERS = frozenset(
    {
        "member",
        "supplier",
        "buyer",
        "from",
        "to",
        "by",
        "pledgor",
        "pledgee",
        "holder",
        "issuer",
        "proposer",
    }
)
_NOBODY = "0x" + "00" * 32  # in place of a member: the council acted
# Numbers that have names, by event and argument.
_NAMED: Mapping[tuple[str, str], type[IntEnum]] = {
    ("RecordFrozen", "cause"): Freeze,
    ("RecordUnfrozen", "cause"): Freeze,
    ("CertificateIssued", "kind"): CertificateKind,
    ("CertificateIssued", "endorsement"): Endorsement,
    ("ConsentGiven", "subject"): Subject,
    ("Surrendered", "purpose"): Purpose,
}
_RECORD = "record"


class Projection:
    """Reads the logs of one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._contracts: Mapping[Address, tuple[str, ContractAbi]] = {
            address: (name, load_artifact(name).abi)
            for name, address in deployment.contracts.items()
        }

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The contracts whose logs count."""
        return tuple(self._contracts)

    def read(self, log: Log, timestamp: UnixTime) -> ChainEvent | None:
        """The event in a log; None if this version's contracts have no such event."""
        name, abi = self._contracts[log.address]
        decoded = abi.decode_log(log)
        if decoded is None:
            return None
        record = decoded.arguments.get(_RECORD)
        return ChainEvent(
            block_number=log.block.number,
            log_index=log.log_index,
            transaction_hash=log.transaction_hash,
            timestamp=timestamp,
            contract=name,
            name=decoded.name,
            record=None if record is None else RecordId(parse_hex32(record)),
            arguments={
                argument: _readable(decoded.name, argument, value)
                for argument, value in decoded.arguments.items()
            },
        )


def _readable(event: str, argument: str, value: Any) -> Any:
    names = _NAMED.get((event, argument))
    if names is not None:
        return {int(item): _spelled(item) for item in names}.get(value, value)
    if argument not in _MEMBERS:
        return value
    if value == _NOBODY:
        return None
    try:
        return member_from_word(parse_hex32(value))
    except (ValueError, VerificationError):
        return value


def _spelled(item: IntEnum) -> str:
    return item.name.lower().replace("_", "-")
