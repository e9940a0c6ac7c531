"""The operator keys that may sign now: held here, and the member's own by the chain's word."""

from ledger.chain.keyring import Keyring
from ledger.chain.membership import Membership
from ledger.chain.port import Reverted
from ledger.chain.reverts import refusal_of
from ledger.chain.signer import Signer
from ledger.errors import ConfigurationError
from ledger.types import BlockRef, MemberId


class Operators:
    """Finds the key that signs for a member."""

    def __init__(self, membership: Membership, keyring: Keyring) -> None:
        self._membership = membership
        self._keyring = keyring

    def held(self, member: MemberId) -> Signer:
        """The key that this service holds for a member, whatever the chain says of it.

        Raises ConfigurationError if it holds none, or none that can be used.
        """
        signer = self._keyring.signer(member)
        if signer is None:
            raise ConfigurationError(
                f"this service holds no operator key of {member}; put one into its keys folder"
            )
        return signer

    def signer(self, member: MemberId, *, at: BlockRef) -> Signer:
        """The key that acts for a member after a block.

        Raises the contract's refusal if the key acts for nobody or the member may not act now, and
        ConfigurationError if this service holds no key of the member's.
        """
        signer = self.held(member)
        try:
            actor = self._membership.actor_of(signer.address, at=at)
        except Reverted as error:
            raise refusal_of(error.data) from error
        if actor != member:
            raise ConfigurationError(
                f"the operator key that this service holds for {member} acts for {actor}"
            )
        return signer
