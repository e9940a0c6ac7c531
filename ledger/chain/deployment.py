"""One consortium's contracts on one chain: the manifest that members exchange as a trust root."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.chain.artifacts import load_artifact
from ledger.chain.port import Chain
from ledger.codec import parse_json_strict
from ledger.errors import ChainMismatch, ConfigurationError, VerificationError
from ledger.types import (
    AccountName,
    Address,
    BlockRef,
    ChainId,
    parse_hex32,
    to_hex,
)

_FORMAT = "sealbook-deployment/1"
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts stand.

    genesis: hash of block 0, which tells chains with one id apart.
    first_block: height at which the first contract was deployed; nothing before it concerns us.
    development: whether the chain is a development chain, which proves nothing to anyone.
    """

    chain: ChainId
    genesis: bytes
    first_block: int
    membership: Address
    notary: Address
    invoice_book: Address
    development: bool = False

    @property
    def contracts(self) -> dict[str, Address]:
        """Addresses by artifact name."""
        return {
            "Membership": self.membership,
            "Notary": self.notary,
            "InvoiceBook": self.invoice_book,
        }


def write_deployment(deployment: Deployment) -> str:
    """The manifest as JSON, with CAIP-10 names."""
    form = {
        "format": _FORMAT,
        "chain": str(deployment.chain),
        "genesis": to_hex(deployment.genesis),
        "first_block": deployment.first_block,
        "development": deployment.development,
        "contracts": {
            name: str(AccountName(deployment.chain, address))
            for name, address in deployment.contracts.items()
        },
    }
    return json.dumps(form, indent=2) + "\n"


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
    chain = ChainId.parse(form["chain"])
    names = {name: AccountName.parse(text) for name, text in form["contracts"].items()}
    if form["format"] != _FORMAT or any(name.chain != chain for name in names.values()):
        raise ValueError(f"it is not of the form {_FORMAT}")
    return Deployment(
        chain=chain,
        genesis=parse_hex32(form["genesis"]),
        first_block=int(form["first_block"]),
        membership=names["Membership"].address,
        notary=names["Notary"].address,
        invoice_book=names["InvoiceBook"].address,
        development=form["development"] is True,
    )


def check_deployment(chain: Chain, deployment: Deployment) -> BlockRef:
    """Prove that a node answers for the deployment's chain and that our contracts stand there.

    Returns the head block. Raises ChainMismatch, before anything is sent.
    """
    found = chain.chain_id()
    if found != deployment.chain:
        raise ChainMismatch(f"the node answers for chain {found}, not for {deployment.chain}")
    genesis = chain.block(0)
    if genesis is None or genesis.ref.hash != deployment.genesis:
        raise ChainMismatch(
            f"the node's chain {found} has another first block than the deployment's: it is"
            " another chain with the same id"
        )
    head = chain.head().ref
    for name, address in deployment.contracts.items():
        if not load_artifact(name).matches(chain.code(address, at=head)):
            raise ChainMismatch(f"the code at {address} is not this version's {name}")
    return head
