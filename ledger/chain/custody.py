"""Whether a deployment can follow another one on the same chain."""

from ledger.chain.artifacts import load_artifact
from ledger.chain.deployment import Deployment
from ledger.chain.membership import Membership
from ledger.chain.port import Chain, Reverted
from ledger.chain.wiring import check_chain
from ledger.errors import ConfigurationError
from ledger.types import AccountName, Address, BlockRef, parse_address

# What a book calls itself, by the name of its artifact.
_KINDS = {"InvoiceBook": b"invoices", "DepositCertificateBook": b"certificates"}


def check_predecessor(chain: Chain, old: Deployment, heir: Address) -> None:
    """Refuse an old deployment that the one with the membership contract `heir` cannot follow.

    A deployment on another chain is taken as its manifest has it: nothing here can ask it. The
    code of an old one may be another version's, so its contracts are asked who they belong to.

    Raises ChainMismatch if the node's chain only has the same id, ConfigurationError if the
    contracts are not there, do not belong together or have handed over to another one.
    """
    if chain.chain_id() != old.chain:
        return
    check_chain(chain, old)
    head = chain.head().ref
    for name, address in old.contracts.items():
        if not chain.code(address, at=head):
            raise ConfigurationError(f"no contract stands at {address}, where {name} is to stand")
    for name, kind in _KINDS.items():
        _check_book(chain, old, name, kind, at=head)
    successor = Membership(chain, old.membership).successor(at=head)
    if successor not in (None, AccountName(old.chain, heir)):
        raise ConfigurationError(
            f"the Membership at {old.membership} has handed over to {successor} already: a"
            " deployment has one successor"
        )


def _check_book(chain: Chain, old: Deployment, name: str, kind: bytes, *, at: BlockRef) -> None:
    """Refuse what the constructor of the new book would refuse too, but only by a revert."""
    book = old.contracts[name]
    found, membership = _kind_and_membership(chain, book, at=at)
    if found != kind:
        raise ConfigurationError(
            f"the contract at {book} is not a book of {kind.decode()}, as {name} is: name the"
            " manifest of the deployment that is to be followed"
        )
    if membership != old.membership:
        raise ConfigurationError(
            f"the {name} at {book} does not belong to the Membership at {old.membership}: the"
            " manifest mixes two deployments"
        )


def _kind_and_membership(
    chain: Chain, book: Address, *, at: BlockRef
) -> tuple[bytes, Address | None]:
    """What a contract is a book of, and its membership contract; nothing for what is no book."""
    abi = load_artifact("InvoiceBook").abi
    try:
        said = chain.call(book, abi.encode_call("bookKind"), at=at)
        answer = chain.call(book, abi.encode_call("membership"), at=at)
    except Reverted:
        return b"", None
    (kind,) = abi.decode_result("bookKind", said)
    (membership,) = abi.decode_result("membership", answer)
    return kind.rstrip(b"\0"), parse_address(membership)
