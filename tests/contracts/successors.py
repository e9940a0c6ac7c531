"""Ledgers that follow other ones on the same chain, with the same members."""

from dataclasses import replace
from typing import Any

from eth_typing import ChecksumAddress

from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, DEPOSITARY, FINANCIER, SUPPLIER

_ROLES = {
    "supplier": SUPPLIER,
    "other_supplier": SUPPLIER,
    "buyer": BUYER,
    "financier": FINANCIER,
    "other_financier": FINANCIER,
    "depositary": DEPOSITARY,
}


def origin_of(old: Ledger) -> tuple[int, ChecksumAddress]:
    """How a successor on the same chain names a ledger."""
    return old.chain.web3.eth.chain_id, old.membership.address


def follow(old: Ledger, **changes: Any) -> Ledger:
    """Deploy a ledger that follows another one, and admit who trades.

    changes: `origin`, `invoices` and `certificates`, if they are others than the old ledger's.
    """
    chain = old.chain
    forwarder = chain.deploy("Forwarder")
    council = [[member.id for member in old.council], [member.key for member in old.council]]
    origin = changes.get("origin", origin_of(old))
    membership = chain.deploy("Membership", *council, 2, forwarder.address, origin)
    notary = chain.deploy("Notary", membership.address)
    invoices = changes.get("invoices", old.invoices.address)
    certificates = changes.get("certificates", old.certificates.address)
    new = replace(
        old,
        forwarder=forwarder,
        membership=membership,
        notary=notary,
        invoices=chain.deploy("InvoiceBook", membership.address, invoices),
        certificates=chain.deploy(
            "DepositCertificateBook", membership.address, notary.address, certificates
        ),
    )
    for name, roles in _ROLES.items():
        member = getattr(new, name)
        new.decide(membership.functions.admit(member.id, roles, member.key))
    return new


def hand_over(old: Ledger, new: Ledger) -> None:
    """Let the council of the old ledger decide that the new one follows it."""
    old.decide(old.membership.functions.succeed(*origin_of(new)))
