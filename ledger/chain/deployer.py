"""Deploys the contracts from one dedicated account, and resumes where it was interrupted.

A contract's address follows from the deployer and its nonce, and each contract has its own nonce:
a run that was cut short finds what stands by its runtime code and goes on with the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rlp
from eth_utils.crypto import keccak

from ledger.chain.artifacts import load_artifact
from ledger.chain.deployment import Deployment
from ledger.chain.membership import Membership
from ledger.chain.port import Chain, Reverted
from ledger.chain.sending import send_and_wait
from ledger.chain.signer import Signer
from ledger.codec import member_to_word
from ledger.errors import ConfigurationError, TransportError
from ledger.types import Address, MemberId, parse_address, to_hex

_ADDRESS_BYTES = 20


# Programs whose blocks nobody seals: the devnet of this project, and others of its kind.
_DEVELOPMENT_CLIENTS = ("sealbook-devnet/", "anvil/", "HardhatNetwork/", "EthereumJS TestRPC/")


@dataclass(frozen=True, slots=True)
class Council:
    """Who governs from the first block on.

    seats: each council member with its first operator key.
    threshold: approvals that a decision takes.
    """

    seats: tuple[tuple[MemberId, Address], ...]
    threshold: int


def contract_address(deployer: Address, nonce: int) -> Address:
    """The address of a contract made by a transaction (yellow paper, section 7)."""
    name = rlp.encode([bytes.fromhex(deployer[2:]), nonce])
    return parse_address(to_hex(keccak(name)[-_ADDRESS_BYTES:]))


def deploy(
    chain: Chain,
    signer: Signer,
    council: Council,
    *,
    timeout_seconds: float,
    report: Callable[[str], None],
) -> Deployment:
    """Deploy Membership, Notary and InvoiceBook, or verify what already stands.

    `report` hears one sentence for each contract. Raises ConfigurationError if the account was
    used for something else or founded another council, TransportError if the chain does not seal
    within the timeout.
    """
    membership = contract_address(signer.address, 0)
    words = [member_to_word(member) for member, _ in council.seats]
    keys = [key for _, key in council.seats]
    plan = (
        ("Membership", (words, keys, council.threshold)),
        ("Notary", (membership,)),
        ("InvoiceBook", (membership,)),
    )
    for nonce, (name, arguments) in enumerate(plan):
        address = contract_address(signer.address, nonce)
        if not _stands(chain, name, address):
            _create(chain, signer, nonce, name, arguments, timeout_seconds)
            report(f"{name} deployed at {address}")
        else:
            if address == membership:
                _check_founders(chain, membership, council)
            report(f"{name} stands at {address} already")
    genesis = chain.block(0)
    if genesis is None:
        raise TransportError("the node does not have block 0")
    return Deployment(
        chain=chain.chain_id(),
        genesis=genesis.ref.hash,
        first_block=_first_block_with_code(chain, membership),
        membership=membership,
        notary=contract_address(signer.address, 1),
        invoice_book=contract_address(signer.address, 2),
        development=chain.client_version().startswith(_DEVELOPMENT_CLIENTS),
    )


def _stands(chain: Chain, name: str, address: Address) -> bool:
    code = chain.code(address, at=chain.head().ref)
    if code and not load_artifact(name).matches(code):
        raise ConfigurationError(
            f"{address} holds another contract than this version's {name}: deploy from an"
            " account that was never used"
        )
    return bool(code)


def _check_founders(chain: Chain, membership: Address, council: Council) -> None:
    """Refuse a council that is not the one which the contract was made with.

    It is read where the contract was made: what the council decided since is its own affair.
    """
    founding = chain.block(_first_block_with_code(chain, membership))
    if founding is None:
        raise TransportError("the chain was reorganised while it was read; run the command again")
    contract, at = Membership(chain, membership), founding.ref
    same = contract.council(at=at) == (council.threshold, len(council.seats))
    try:
        same = same and all(contract.actor_of(key, at=at) == seat for seat, key in council.seats)
    except Reverted:
        same = False
    if not same:
        raise ConfigurationError(
            f"the Membership that stands at {membership} was founded by another council or with"
            " another threshold: name those, or deploy from an account that was never used"
        )


def _create(
    chain: Chain,
    signer: Signer,
    nonce: int,
    name: str,
    arguments: tuple[Any, ...],
    timeout_seconds: float,
) -> None:
    if chain.sealed_transaction_count(signer.address, at=chain.head().ref) != nonce:
        raise ConfigurationError(
            f"{signer.address} has sent other transactions: deploy from an account that was"
            " never used"
        )
    artifact = load_artifact(name)
    data = artifact.bytecode + artifact.abi.encode_constructor(*arguments)
    receipt = send_and_wait(chain, signer, None, data, nonce=nonce, timeout_seconds=timeout_seconds)
    if not receipt.succeeded:
        raise ConfigurationError(f"the chain refused to create {name}")


def _first_block_with_code(chain: Chain, address: Address) -> int:
    low, high = 0, chain.head().ref.number
    while low < high:
        middle = (low + high) // 2
        block = chain.block(middle)
        if block is not None and chain.code(address, at=block.ref):
            high = middle
        else:
            low = middle + 1
    return low
