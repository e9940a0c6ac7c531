"""The contract Notary: anchors of Merkle roots."""

from dataclasses import dataclass

from ledger.chain.artifacts import load_artifact
from ledger.chain.contract import Contract, ContractCall
from ledger.chain.port import Chain, Log, Reverted
from ledger.codec import member_to_word
from ledger.types import Address, BlockRef, Digest, MemberId, UnixTime


@dataclass(frozen=True, slots=True)
class Revocation:
    """What became of a leaf. at is None while it stands; successor is None unless superseded."""

    at: UnixTime | None
    successor: Digest | None


class Notary(Contract):
    """Anchors, each attributed to the member that made it."""

    def __init__(self, chain: Chain, address: Address) -> None:
        super().__init__(chain, address, load_artifact("Notary").abi)

    def anchor(self, root: Digest, size: int) -> ContractCall:
        """Anchor the root of a tree with `size` leaves."""
        return self._call("anchor", root, size)

    def is_anchored(self, member: MemberId, root: Digest, *, at: BlockRef) -> bool:
        """Whether the member anchored the root."""
        (anchored,) = self._read(at, "isAnchored", member_to_word(member), root)
        return bool(anchored)

    def revocation_of(self, member: MemberId, leaf_hash: Digest, *, at: BlockRef) -> Revocation:
        """Whether a leaf was revoked, when, and what replaces it."""
        time, successor = self._read(at, "revocationOf", member_to_word(member), leaf_hash)
        return Revocation(
            at=UnixTime(time) if time else None,
            successor=Digest(successor) if any(successor) else None,
        )

    def find_anchor(self, member: MemberId, root: Digest) -> Log | None:
        """The event of an anchor in the newest state; None if there is none.

        The contract names the block, so that no node has to search its logs.
        """
        name = (member_to_word(member), root)
        try:
            (anchor,) = self._read(self._chain.head().ref, "anchorOf", *name)
        except Reverted:
            return None
        _submitter, _time, number, _size = anchor
        topics = (self.abi.topic("Anchored"), *name)
        return next(iter(self._chain.logs_with(self.address, topics, number, number)), None)
