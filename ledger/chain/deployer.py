"""Deploys the contracts from one dedicated account, and resumes where it was interrupted.

A contract's address follows from the deployer and its nonce, and each contract has its own nonce:
a run that was cut short finds what stands, by its runtime code and wiring, and goes on with the
rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import rlp
from eth_utils.crypto import keccak

from ledger.chain.artifacts import load_artifact
from ledger.chain.custody import check_predecessor
from ledger.chain.deployment import Deployment, predecessor_of
from ledger.chain.membership import Membership
from ledger.chain.port import Chain, Reverted
from ledger.chain.sending import send_and_wait
from ledger.chain.signer import Signer
from ledger.chain.wiring import misfit
from ledger.codec import member_to_word
from ledger.errors import ConfigurationError, TransportError
from ledger.types import Address, MemberId, parse_address, to_hex

_ADDRESS_BYTES = 20
_THRESHOLD_MIN = 2


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
    succeeds: Deployment | None = None,
    timeout_seconds: float,
    report: Callable[[str], None],
) -> Deployment:
    """Deploy the contracts, or verify what already stands: by its code, and by its wiring.

    succeeds: the deployment that the new one follows, on this chain or on another.
    `report` hears one sentence for each contract. Raises ConfigurationError if the account was
    used for something else or founded another council, before anything is sent; TransportError
    if the chain does not seal within the timeout.
    """
    _require_reachable(council)
    deployment = _planned(chain, signer.address, succeeds)
    if succeeds is not None:
        check_predecessor(chain, succeeds, deployment.membership)
    standing = {name for name in deployment.contracts if _stands(chain, deployment, name)}
    if "Membership" in standing:
        _check_founders(chain, deployment.membership, council)
    for nonce, (name, address) in enumerate(deployment.contracts.items()):
        if name in standing:
            report(f"{name} stands at {address} already")
        else:
            arguments = _arguments(deployment, council)[name]
            _create(chain, signer, nonce, name, arguments, timeout_seconds)
            report(f"{name} deployed at {address}")
    return replace(deployment, first_block=_first_block_with_code(chain, deployment.forwarder))


def _require_reachable(council: Council) -> None:
    """Refuse what Membership would refuse too, but only after the forwarder was made."""
    if not _THRESHOLD_MIN <= council.threshold <= len(council.seats):
        raise ConfigurationError(
            f"{council.threshold} approvals do not suit a council of {len(council.seats)}"
        )


def _planned(chain: Chain, deployer: Address, succeeds: Deployment | None) -> Deployment:
    """The deployment that an account makes with its first nonces."""
    genesis = chain.block(0)
    if genesis is None:
        raise TransportError("the node does not have block 0")
    forwarder, membership, notary, invoice_book, certificate_book = (
        contract_address(deployer, nonce) for nonce in range(5)
    )
    return Deployment(
        chain=chain.chain_id(),
        genesis=genesis.ref.hash,
        first_block=0,
        forwarder=forwarder,
        membership=membership,
        notary=notary,
        invoice_book=invoice_book,
        certificate_book=certificate_book,
        predecessor=None if succeeds is None else predecessor_of(succeeds),
        development=chain.client_version().startswith(_DEVELOPMENT_CLIENTS),
    )


def _arguments(deployment: Deployment, council: Council) -> dict[str, tuple[Any, ...]]:
    """What the constructors are given, by artifact name."""
    membership = deployment.membership
    words = [member_to_word(member) for member, _ in council.seats]
    keys = [key for _, key in council.seats]
    founding = (words, keys, council.threshold, deployment.forwarder, deployment.origin)
    return {
        "Forwarder": (),
        "Membership": founding,
        "Notary": (membership,),
        "InvoiceBook": (membership, deployment.asked_book("InvoiceBook")),
        "DepositCertificateBook": (
            membership,
            deployment.notary,
            deployment.asked_book("DepositCertificateBook"),
        ),
    }


def _stands(chain: Chain, deployment: Deployment, name: str) -> bool:
    address = deployment.contracts[name]
    code = chain.code(address, at=chain.head().ref)
    reason = misfit(deployment, name, code) if code else None
    if reason is not None:
        raise ConfigurationError(
            f"{address} holds another contract than is to stand there: {reason}. Deploy from an"
            " account that was never used, or as the run before did"
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
