"""A prepared world in which each function of every contract has something to act on."""

from dataclasses import dataclass

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3.types import TxParams

from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, FINANCIER, Member, word
from tests.contracts.pledges import pledge
from tests.contracts.receivables import UNITS, offer, register, register_accepted
from tests.contracts.rights import COUNCILLORS, DECISION, MEMBERS, SUSPENDED
from tests.contracts.world_certificates import Certificates, Inclusion, issue_certificates
from tests.support.trees import leaf_hash, path_of, root_of

LEAVES = [b"\x01" * 32, b"\x02" * 32]
"""Of the tree that the supplier anchored."""

OPEN_OFFER, EXPIRED_OFFER = 2, 3
"""Offers of the held record: the supplier's to the financier."""

PLEDGE = 0
"""Pledge of the held record: the financier's to the other financier."""

PAID, PAID_TO_SUSPENDED = 0, 1
"""Payments of the held record: to the financier, and to the suspended one."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who tries to call: a member's key, or one that is no active member's."""

    id: bytes
    key: ChecksumAddress
    roles: int
    refusal: str | None
    """The error that every call by it ends in, except those that the council decides."""


@dataclass(frozen=True, slots=True)
class World:
    """The ledger, records in different states, and who tries to act on them.

    The invoices are `registered`; accepted, `held` by several and under offers, pledge and
    payments; `disputed`; `frozen` by the council; `abandoned`, of a buyer that is suspended; and
    `settled`.
    """

    ledger: Ledger
    actors: dict[str, Actor]
    signer: LocalAccount
    """A second key of the supplier, that signs requests."""

    open_proposal: int
    approved_proposal: int
    registered: bytes
    held: bytes
    disputed: bytes
    frozen: bytes
    abandoned: bytes
    settled: bytes
    certificates: Certificates

    @property
    def live_invoices(self) -> tuple[bytes, ...]:
        """All invoices that have not ended."""
        return self.registered, self.held, self.disputed, self.frozen, self.abandoned


def prepare(ledger: Ledger) -> World:
    """Prepare the world on a ledger."""
    signer: LocalAccount = Account.create()
    lapsed = Member(word(f"test:{SUSPENDED}"), ledger.spare_keys[0])
    ledger.decide(ledger.membership.functions.admit(lapsed.id, FINANCIER | BUYER, lapsed.key))
    held, abandoned = _held(ledger, lapsed), _abandoned(ledger, lapsed)
    disputed, frozen = _accepted(ledger, "disputed"), _accepted(ledger, "frozen")
    book, membership = ledger.invoices.functions, ledger.membership.functions
    ledger.act(ledger.buyer, book.dispute(disputed, 10, bytes(32)))
    ledger.decide(book.freeze(frozen, bytes(32)))
    ledger.act(ledger.supplier, ledger.notary.functions.anchor(root_of(LEAVES), len(LEAVES)))
    certificates = issue_certificates(ledger, lapsed, inclusion(0))
    ledger.suspend(lapsed)
    ledger.act(ledger.supplier, membership.addKey(ledger.supplier.id, signer.address))
    approved = ledger.propose(membership.setRoles(ledger.auditor.id, 0))
    ledger.act(ledger.council[1], membership.approve(approved))
    return World(
        ledger=ledger,
        actors=_actors(ledger, lapsed),
        signer=signer,
        open_proposal=ledger.propose(membership.setRoles(ledger.auditor.id, 0)),
        approved_proposal=approved,
        registered=register(ledger, commitment=word("registered"), strict_keys=[word("a key")]),
        held=held,
        disputed=disputed,
        frozen=frozen,
        abandoned=abandoned,
        settled=_settled(ledger),
        certificates=certificates,
    )


def inclusion(index: int) -> Inclusion:
    """Proof of a leaf that the supplier anchored."""
    return root_of(LEAVES), leaf_hash(LEAVES[index]), index, path_of(LEAVES, index)


def _held(ledger: Ledger, lapsed: Member) -> bytes:
    """A record held by supplier, financier and a third; with offers, pledge and payments."""
    record, book = _accepted(ledger, "held"), ledger.invoices.functions
    for member in (ledger.financier, lapsed):
        ledger.act(member, book.acceptOffer(record, offer(ledger, record, 200, to=member)))
    offer(ledger, record, 10)
    offer(ledger, record, 10, lasting=60)
    ledger.chain.pass_time(120)
    pledge(ledger, record, 50, by=ledger.financier, to=ledger.other_financier)
    for holder in (ledger.financier, lapsed):
        ledger.act(ledger.buyer, book.declarePayment(record, holder.id, 20, bytes(32)))
    return record


def _abandoned(ledger: Ledger, lapsed: Member) -> bytes:
    keys = [word("key of abandoned")]
    record = register(
        ledger, commitment=word("abandoned"), strict_keys=keys, due_date=0, buyer=lapsed.id
    )
    ledger.act(lapsed, ledger.invoices.functions.accept(record))
    return record


def _settled(ledger: Ledger) -> bytes:
    record = _accepted(ledger, "settled")
    credit = ledger.invoices.functions.credit(record, UNITS, word("credit note"))
    ledger.act(ledger.supplier, credit)
    return record


def _accepted(ledger: Ledger, name: str) -> bytes:
    return register_accepted(
        ledger, commitment=word(name), strict_keys=[word(f"key of {name}")], due_date=0
    )


def _actors(ledger: Ledger, lapsed: Member) -> dict[str, Actor]:
    stranger, retired = ledger.spare_keys[1:3]
    membership, supplier = ledger.membership, ledger.supplier
    ledger.act(supplier, membership.functions.addKey(supplier.id, retired))
    ledger.act(supplier, membership.functions.revokeKey(supplier.id, retired))
    _endow(ledger, membership.address)
    cast = dict(zip(COUNCILLORS, ledger.council, strict=True))
    members = {name: cast.get(name) or getattr(ledger, name) for name in MEMBERS}
    actors = {name: _actor(ledger, member) for name, member in members.items()}
    return {
        **actors,
        DECISION: Actor(bytes(32), membership.address, 0, "MembershipUnknownKey"),
        SUSPENDED: Actor(lapsed.id, lapsed.key, FINANCIER, "MembershipNotActive"),
        "stranger": Actor(bytes(32), stranger, 0, "MembershipUnknownKey"),
        "retired": Actor(supplier.id, retired, 0, "MembershipKeyRetired"),
    }


def _actor(ledger: Ledger, member: Member) -> Actor:
    _, roles, _ = ledger.membership.functions.member(member.id).call()
    return Actor(member.id, member.key, roles, None)


def _endow(ledger: Ledger, receiver: ChecksumAddress) -> None:
    """Give a contract ether, which calls in its name need here: by PUSH20, SELFDESTRUCT."""
    data = bytes([0x73]) + bytes.fromhex(receiver[2:]) + bytes([0xFF])
    transaction: TxParams = {"from": ledger.supplier.key, "value": 10**18, "data": data}  # type: ignore[typeddict-item]  # wei as int
    ledger.chain.web3.eth.send_transaction(transaction)
