"""The keys: those that sign for members, those that name receivables, those that open the API."""

from collections.abc import Iterator
from pathlib import Path

from ledger.chain.deployment import Deployment
from ledger.chain.keyring import DirectoryKeyring, key_file
from ledger.chain.membership import Membership, MemberStatus
from ledger.chain.port import Chain, Reverted
from ledger.chain.reverts import refusal_of
from ledger.chain.secret_files import read_secret
from ledger.errors import ConfigurationError
from ledger.services.doctor.findings import Finding, counted, ok, warning, wrong
from ledger.services.settings import (
    FINGERPRINT_KEY_VARIABLE,
    FingerprintSettings,
    ServiceSettings,
    load_fingerprints,
)
from ledger.store import api_keys
from ledger.store.engine import Store
from ledger.types import Address, BlockRef, MemberId, parse_member_id

ANCHOR_GAS = 100_000
"""Gas that an anchor takes at the most, for saying how many a balance pays."""

FEW_ANCHORS = 1000
"""Anchors below which a key's balance should be raised."""


class OperatorKeys:
    """Looks at the operator keys that a service holds.

    chain: None while the node does not answer; then only the files are looked at.
    """

    def __init__(
        self, settings: ServiceSettings, deployment: Deployment, chain: Chain | None
    ) -> None:
        self._settings = settings
        self._deployment = deployment
        self._chain = chain

    def look(self, needed: set[MemberId]) -> Iterator[Finding]:
        """Each key. needed: members for which there must be one."""
        folder = self._settings.keys_dir
        if not folder.is_dir():
            yield wrong(
                "operator keys", f"{folder} is no folder", "create it, and put the keys into it"
            )
            return
        keyring = DirectoryKeyring(folder, passphrase=self._passphrase())
        members = sorted(needed | set(_members_of(folder)))
        if not members:
            yield warning(
                "operator keys",
                "there is none, so that the service can act for nobody",
                f"put a member's key into {folder} (sealbook member keygen makes one)",
            )
        at = None if self._chain is None else self._chain.head().ref
        for member in members:
            yield self._look_at(keyring, member, at)

    def _passphrase(self) -> str | None:
        file = self._settings.passphrase_file
        return None if file is None else read_secret(file, "passphrase file")

    def _look_at(self, keyring: DirectoryKeyring, member: MemberId, at: BlockRef | None) -> Finding:
        check = f"key of {member}"
        try:
            signer = keyring.signer(member)
        except ConfigurationError as error:
            return wrong(check, str(error), "until then nothing is sent for this member")
        if signer is None:
            path = key_file(self._settings.keys_dir, member)
            return wrong(
                check, "this service acts for the member and has no key of it", f"put it at {path}"
            )
        if self._chain is None or at is None:
            return ok(check, f"it can be read: {signer.address}")
        try:
            actor = Membership(self._chain, self._deployment.membership).actor_of(
                signer.address, at=at
            )
        except Reverted as error:
            refusal = refusal_of(error.data)
            remedy = self._remedy(self._chain, member, at)
            return wrong(check, f"{signer.address} may not act: {refusal}", remedy)
        if actor != member:
            return wrong(
                check, f"{signer.address} acts for {actor}", "put the member's own key there"
            )
        return self._with_balance(self._chain, check, signer.address)

    def _remedy(self, chain: Chain, member: MemberId, at: BlockRef) -> str:
        """Who can let a key act that the chain does not let act."""
        try:
            status = Membership(chain, self._deployment.membership).member(member, at=at).status
        except Reverted:
            status = MemberStatus.UNKNOWN
        if status is MemberStatus.UNKNOWN:
            return (
                "there is no such member: have the council admit it with this key (sealbook member"
                " propose-admit), or look whether the file's name is right"
            )
        if status is MemberStatus.ACTIVE:
            return "have the member add this key (sealbook member add-key)"
        return "have the council reinstate the member (sealbook member propose-reinstate)"

    def _with_balance(self, chain: Chain, check: str, address: Address) -> Finding:
        price = chain.fees().max_fee_per_gas
        balance = chain.balance(address) if price else 0
        if price and balance < price * ANCHOR_GAS * FEW_ANCHORS:
            anchors = counted(balance // (price * ANCHOR_GAS), "anchor")
            return warning(
                check,
                f"{address} may act; what it owns pays {anchors} at today's price of gas",
                "send it funds, unless the network takes transactions for nothing",
            )
        return ok(check, f"{address} may act")


def check_fingerprint_key(settings: FingerprintSettings) -> Iterator[Finding]:
    """Whether the consortium's key can be read."""
    if load_fingerprints(settings) is None:
        yield wrong(
            "fingerprint key",
            "none is named, and the service does not start without it",
            f"name its file as key_file of [fingerprint], or set {FINGERPRINT_KEY_VARIABLE}",
        )
    else:
        yield ok("fingerprint key", "it can be read")


def check_api_keys(store: Store) -> Iterator[Finding]:
    """Whether anybody can ask the service for something."""
    members = members_served(store)
    if members:
        yield ok("API keys", f"there are some, for {counted(len(members), 'member')}")
    else:
        yield warning(
            "API keys",
            "there is none, so that nobody can hand anything in",
            "make one with sealbook member api-key",
        )


def members_served(store: Store) -> set[MemberId]:
    """Members that have live API keys."""
    with store.reading() as connection:
        return set(api_keys.members(connection))


def _members_of(folder: Path) -> Iterator[MemberId]:
    """Members whose key files are in a folder, as `key_file` names them."""
    for path in folder.glob("*-*.key"):
        try:
            yield parse_member_id(path.stem.replace("-", ":", 1))
        except ValueError:
            continue
