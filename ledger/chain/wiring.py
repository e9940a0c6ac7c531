"""What ties the contracts of one deployment together: the immutables in their code.

A contract with the right code may still answer to another membership, take calls from another
forwarder or count the keys of another book. All of that is fixed when it is made and stands in its
runtime code, so one look at the code tells.
"""

from collections.abc import Mapping

from eth_utils.crypto import keccak

from ledger.chain.artifacts import load_artifact
from ledger.chain.deployment import Deployment
from ledger.chain.port import Chain
from ledger.codec import FORWARDER_NAME, FORWARDER_VERSION, domain_separator
from ledger.errors import ChainMismatch
from ledger.types import AccountName, Address, BlockRef

_WORD_BYTES = 32


def misfit(deployment: Deployment, contract: str, code: bytes) -> str | None:
    """Why code is not that of a contract of a deployment; None if it is.

    contract: name of the artifact. code: what stands at the contract's address.
    """
    artifact = load_artifact(contract)
    if not artifact.matches(code):
        return f"it is not this version's {contract}"
    wrong = artifact.misfits(code, _immutables(deployment)[contract])
    if wrong:
        names = ", ".join(name.removeprefix("_") for name in wrong)
        return f"it is a {contract} of another deployment, by its {names}"
    return None


def check_chain(chain: Chain, deployment: Deployment) -> BlockRef:
    """Prove that a node answers for the deployment's chain, by one request.

    Returns the head block. Raises ChainMismatch.
    """
    tip = chain.tip()
    if tip.chain != deployment.chain:
        raise ChainMismatch(f"the node answers for chain {tip.chain}, not for {deployment.chain}")
    if tip.genesis != deployment.genesis:
        raise ChainMismatch(
            f"the node's chain {tip.chain} has another first block than the deployment's: it is"
            " another chain with the same id"
        )
    return tip.head.ref


def check_deployment(chain: Chain, deployment: Deployment) -> BlockRef:
    """Prove that a node answers for the deployment's chain and that our contracts stand there.

    Returns the head block. Raises ChainMismatch, before anything is sent.
    """
    head = check_chain(chain, deployment)
    for name, address in deployment.contracts.items():
        reason = misfit(deployment, name, chain.code(address, at=head))
        if reason is not None:
            raise ChainMismatch(f"the code at {address} is not the deployment's: {reason}")
    return head


def _immutables(deployment: Deployment) -> Mapping[str, Mapping[str, bytes]]:
    forwarder = {"_trustedForwarder": _word(deployment.forwarder)}
    membership = forwarder | {"_membership": _word(deployment.membership)}

    def book(name: str) -> dict[str, bytes]:
        return membership | {"_predecessorBook": _word(deployment.asked_book(name))}

    return {
        "Forwarder": _domain(AccountName(deployment.chain, deployment.forwarder)),
        "Membership": forwarder | _origin(deployment),
        "Notary": membership,
        "InvoiceBook": book("InvoiceBook"),
        "DepositCertificateBook": book("DepositCertificateBook")
        | {"_notary": _word(deployment.notary)},
    }


def _origin(deployment: Deployment) -> dict[str, bytes]:
    chain_id, membership = deployment.origin
    return {"_predecessorChainId": _number(chain_id), "_predecessor": _word(membership)}


def _domain(forwarder: AccountName) -> dict[str, bytes]:
    """The immutables of OpenZeppelin's EIP712."""
    return {
        "_cachedChainId": _number(forwarder.chain.reference),
        "_cachedThis": _word(forwarder.address),
        "_cachedDomainSeparator": domain_separator(forwarder),
        "_hashedName": keccak(text=FORWARDER_NAME),
        "_hashedVersion": keccak(text=FORWARDER_VERSION),
        "_name": _short_string(FORWARDER_NAME),
        "_version": _short_string(FORWARDER_VERSION),
    }


def _word(address: Address) -> bytes:
    return bytes.fromhex(address[2:]).rjust(_WORD_BYTES, b"\0")


def _number(value: int) -> bytes:
    return value.to_bytes(_WORD_BYTES, "big")


def _short_string(text: str) -> bytes:
    """OpenZeppelin's ShortString: up to 31 bytes on the left, their number in the last byte."""
    return text.encode("ascii").ljust(_WORD_BYTES - 1, b"\0") + bytes([len(text)])
