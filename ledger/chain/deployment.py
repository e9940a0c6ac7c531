"""One consortium's contracts on one chain: the manifest that members exchange as a trust root."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.codec import parse_json_strict
from ledger.errors import ConfigurationError, VerificationError
from ledger.types import (
    AccountName,
    Address,
    ChainId,
    parse_hex32,
    to_hex,
)

_FORMAT = "sealbook-deployment/1"
_MAX_BYTES = 64 * 1024
_CHAIN_IDS = 2**64
_NO_ADDRESS = Address("0x" + "00" * 20)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The deployment that another one follows, on the same chain or on another."""

    chain: ChainId
    membership: Address
    invoice_book: Address
    certificate_book: Address

    @property
    def contracts(self) -> dict[str, Address]:
        """Addresses by artifact name."""
        return {
            "Membership": self.membership,
            "InvoiceBook": self.invoice_book,
            "DepositCertificateBook": self.certificate_book,
        }


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts stand.

    genesis: hash of block 0, which tells chains with one id apart.
    first_block: height at which the first contract was deployed; nothing before it concerns us.
    predecessor: the deployment that this one follows; None for the first.
    development: whether the chain is a development chain, which proves nothing to anyone.
    """

    chain: ChainId
    genesis: bytes
    first_block: int
    forwarder: Address
    membership: Address
    notary: Address
    invoice_book: Address
    certificate_book: Address
    predecessor: Predecessor | None = None
    development: bool = False

    @property
    def contracts(self) -> dict[str, Address]:
        """Addresses by artifact name."""
        return {
            "Forwarder": self.forwarder,
            "Membership": self.membership,
            "Notary": self.notary,
            "InvoiceBook": self.invoice_book,
            "DepositCertificateBook": self.certificate_book,
        }

    @property
    def origin(self) -> tuple[int, Address]:
        """Chain id and membership of the predecessor as the contracts say it; zeros for none."""
        if self.predecessor is None:
            return 0, _NO_ADDRESS
        return self.predecessor.chain.reference, self.predecessor.membership

    def asked_book(self, contract: str) -> Address:
        """The predecessor's book whose keys count too: only on the same chain can it be asked.

        contract: name of the artifact. The zero address if there is none.
        """
        if self.predecessor is None or self.predecessor.chain != self.chain:
            return _NO_ADDRESS
        return self.predecessor.contracts[contract]


def predecessor_of(old: Deployment) -> Predecessor:
    """What a new deployment keeps of the one that it follows."""
    return Predecessor(old.chain, old.membership, old.invoice_book, old.certificate_book)


def write_deployment(deployment: Deployment) -> str:
    """The manifest as JSON, with CAIP-10 names."""
    predecessor = deployment.predecessor
    form = {
        "format": _FORMAT,
        "chain": str(deployment.chain),
        "genesis": to_hex(deployment.genesis),
        "first_block": deployment.first_block,
        "development": deployment.development,
        "contracts": caip10_names(deployment.chain, deployment.contracts),
        "predecessor": predecessor and caip10_names(predecessor.chain, predecessor.contracts),
    }
    return json.dumps(form, indent=2) + "\n"


def caip10_names(chain: ChainId, contracts: Mapping[str, Address]) -> dict[str, str]:
    """Contracts on a chain as they are written for others."""
    return {name: str(AccountName(chain, address)) for name, address in contracts.items()}


def read_deployment(path: Path) -> Deployment:
    """Read a manifest. Raises ConfigurationError if it is missing or not a manifest."""
    try:
        return _parse(parse_json_strict(path.read_bytes(), max_bytes=_MAX_BYTES))
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the deployment manifest {path}: {error.strerror}; `sealbook deploy`"
            " writes it, or ask a member of your consortium for it"
        ) from error
    except (ValueError, VerificationError) as error:
        raise ConfigurationError(f"{path} is not a deployment manifest: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path} is not a deployment manifest: a part is missing or of another kind ({error})"
        ) from error


def _parse(form: Any) -> Deployment:
    chain = _bounded(ChainId.parse(form["chain"]))
    names = {name: AccountName.parse(text) for name, text in form["contracts"].items()}
    if form["format"] != _FORMAT or any(name.chain != chain for name in names.values()):
        raise ValueError(f"it is not of the form {_FORMAT}")
    return Deployment(
        chain=chain,
        genesis=parse_hex32(form["genesis"]),
        first_block=int(form["first_block"]),
        forwarder=names["Forwarder"].address,
        membership=names["Membership"].address,
        notary=names["Notary"].address,
        invoice_book=names["InvoiceBook"].address,
        certificate_book=names["DepositCertificateBook"].address,
        predecessor=_parse_predecessor(form["predecessor"]),
        development=form["development"] is True,
    )


def _parse_predecessor(form: Any) -> Predecessor | None:
    if form is None:
        return None
    names = {name: AccountName.parse(text) for name, text in form.items()}
    membership = names["Membership"]
    if any(name.chain != membership.chain for name in names.values()):
        raise ValueError("its predecessor stands on two chains")
    return Predecessor(
        chain=_bounded(membership.chain),
        membership=membership.address,
        invoice_book=names["InvoiceBook"].address,
        certificate_book=names["DepositCertificateBook"].address,
    )


def _bounded(chain: ChainId) -> ChainId:
    """A chain that a contract can name. ValueError for one with a longer id."""
    if chain.reference >= _CHAIN_IDS:
        raise ValueError(f"{chain} has an id of more than 64 bits, which no contract can name")
    return chain
