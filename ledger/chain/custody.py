"""Whether a deployment can follow another one on the same chain."""

from ledger.chain.artifacts import load_artifact
from ledger.chain.deployment import Deployment
from ledger.chain.membership import Membership
from ledger.chain.port import Chain, Reverted
from ledger.chain.wiring import check_chain
from ledger.errors import ConfigurationError
from ledger.types import AccountName, Address, BlockRef, parse_address


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
    for name in ("InvoiceBook", "DepositCertificateBook"):
        book = old.contracts[name]
        if _membership_of(chain, book, at=head) != old.membership:
            raise ConfigurationError(
                f"the {name} at {book} does not belong to the Membership at {old.membership}: the"
                " manifest mixes two deployments"
            )
    successor = Membership(chain, old.membership).successor(at=head)
    if successor not in (None, AccountName(old.chain, heir)):
        raise ConfigurationError(
            f"the Membership at {old.membership} has handed over to {successor} already: a"
            " deployment has one successor"
        )


def _membership_of(chain: Chain, book: Address, *, at: BlockRef) -> Address | None:
    """The membership contract of a book; None for what is no book."""
    abi = load_artifact("InvoiceBook").abi
    try:
        chain.call(book, abi.encode_call("strictKeyHolder", bytes(32)), at=at)
        answer = chain.call(book, abi.encode_call("membership"), at=at)
    except Reverted:
        return None
    (membership,) = abi.decode_result("membership", answer)
    return parse_address(membership)
