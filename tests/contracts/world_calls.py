"""One call of each function that changes state, on the prepared world."""

from collections.abc import Mapping

from web3.contract.contract import ContractFunction

from tests.contracts.cast import NOBODY
from tests.contracts.harness import word
from tests.contracts.receivables import registration
from tests.contracts.signed import request, sign
from tests.contracts.world import (
    EXPIRED_OFFER,
    OPEN_OFFER,
    PAID,
    PAID_TO_SUSPENDED,
    PLEDGE,
    World,
    inclusion,
)
from tests.contracts.world_certificates import FROZEN_BY_COUNCIL, batches, certificate_calls

REASON = word("reason")
SIGNED_ROOT = word("signed")
"""What the supplier's signed request anchors."""

_FAR = 4_000_000_000
"""Seconds of a time that is not reached."""


def calls_of(world: World) -> Mapping[str, ContractFunction]:
    """The call of each case, by its name in the table of rights."""
    calls = {
        "Forwarder": _forwarder(world),
        "Membership": _council(world) | _members(world),
        "Notary": _notary(world),
        "InvoiceBook": (
            _invoices(world) | _transfers(world) | _payments(world) | _interventions(world)
        ),
        "DepositCertificateBook": certificate_calls(world.ledger, world.certificates, inclusion(0)),
    }
    return {
        f"{contract}.{case}": call
        for contract, functions in calls.items()
        for case, call in functions.items()
    }


def _council(world: World) -> dict[str, ContractFunction]:
    functions, target = world.ledger.membership.functions, world.ledger.membership.address
    return {
        "propose": functions.propose(target, b"", 60),
        "approve": functions.approve(world.open_proposal),
        "withdraw": functions.withdraw(world.open_proposal),
        "execute": functions.execute(world.approved_proposal),
        "setThreshold": functions.setThreshold(3),
        "succeed": functions.succeed(1, target),
        **batches(functions),
    }


def _members(world: World) -> dict[str, ContractFunction]:
    functions, ledger = world.ledger.membership.functions, world.ledger
    fresh = ledger.spare_keys[3]
    return {
        "admit": functions.admit(word("test:new"), 0, fresh),
        "setRoles": functions.setRoles(ledger.auditor.id, 0),
        "suspend": functions.suspend(ledger.auditor.id),
        "reinstate": functions.reinstate(world.actors["lapsed"].id),
        "addKey": functions.addKey(ledger.supplier.id, fresh),
        "revokeKey": functions.revokeKey(ledger.supplier.id, world.signer.address),
    }


def _notary(world: World) -> dict[str, ContractFunction]:
    functions, first, second = world.ledger.notary.functions, inclusion(0), inclusion(1)
    return {
        "anchor": functions.anchor(word("root"), 1),
        "anchorMany": functions.anchorMany([word("root")], [1]),
        "revoke": functions.revoke(first, REASON),
        "supersede": functions.supersede(first, second),
        **batches(functions),
    }


def _invoices(world: World) -> dict[str, ContractFunction]:
    functions = world.ledger.invoices.functions
    new = registration(world.ledger, commitment=word("new"), strict_keys=[word("new key")])
    return {
        "register": functions.register(new),
        "accept": functions.accept(world.registered),
        "acceptPart": functions.acceptPart(world.registered, 1, REASON),
        "undertake": functions.undertake(world.held),
        "reject": functions.reject(world.registered, REASON),
        "cancel": functions.cancel(world.registered),
        "credit": functions.credit(world.held, 1, REASON),
        "freeSettledKeys": functions.freeSettledKeys(world.settled, REASON),
        **batches(functions),
    }


def _transfers(world: World) -> dict[str, ContractFunction]:
    functions, held = world.ledger.invoices.functions, world.held
    taker, pledgee = world.ledger.other_financier.id, world.ledger.other_financier.id
    keys: tuple[list[bytes], list[bytes]] = [word("key of held")], []
    clearance = (word("held"), 10, bytes(32), *keys, False, 50, 0, bytes(32))
    return {
        "offer": functions.offer(held, taker, 1, _FAR, bytes(32)),
        "acceptOffer": functions.acceptOffer(held, OPEN_OFFER),
        "acceptOfferIfClear": functions.acceptOfferIfClear(held, OPEN_OFFER, clearance),
        "rejectOffer": functions.rejectOffer(held, OPEN_OFFER),
        "withdrawOffer": functions.withdrawOffer(held, OPEN_OFFER),
        "expireOffer": functions.expireOffer(held, EXPIRED_OFFER),
        "pledge": functions.pledge(held, pledgee, 1, 0, bytes(32)),
        "pledgeBehind": functions.pledgeBehind(held, PLEDGE, pledgee, 1, 0, bytes(32)),
        "releasePledge": functions.releasePledge(held, PLEDGE, 1),
        "enforcePledge": functions.enforcePledge(held, PLEDGE, 1),
    }


def _payments(world: World) -> dict[str, ContractFunction]:
    functions, held, holder = world.ledger.invoices.functions, world.held, world.ledger.supplier.id
    return {
        "declarePayment": functions.declarePayment(held, holder, 1, bytes(32)),
        "declarePayment of a suspended buyer": functions.declarePayment(
            world.abandoned, holder, 1, bytes(32)
        ),
        "confirmPayment": functions.confirmPayment(held, PAID),
        "confirmPayment of a suspended holder": functions.confirmPayment(held, PAID_TO_SUSPENDED),
        "denyPayment": functions.denyPayment(held, PAID, REASON),
        "withdrawPayment": functions.withdrawPayment(held, PAID),
    }


def _interventions(world: World) -> dict[str, ContractFunction]:
    functions, disputed = world.ledger.invoices.functions, world.disputed
    reduction = (world.ledger.supplier.id, 10)
    return {
        "freeze": functions.freeze(world.held, REASON),
        "unfreeze": functions.unfreeze(world.frozen, FROZEN_BY_COUNCIL),
        "voidRecord": functions.voidRecord(world.held, REASON),
        "dispute": functions.dispute(world.held, 1, REASON),
        "withdrawDispute": functions.withdrawDispute(disputed, 1),
        "concedeDispute": functions.concedeDispute(disputed, 1),
        "decideDispute": functions.decideDispute(disputed, 1, [reduction], REASON),
    }


def _forwarder(world: World) -> dict[str, ContractFunction]:
    """Requests of the supplier, which anybody may bring."""
    ledger, forwarder = world.ledger, world.ledger.forwarder.functions
    anchoring = ledger.notary.functions.anchor(SIGNED_ROOT, 1)
    content = request(ledger, world.signer.address, anchoring, deadline=_FAR)
    signed = sign(ledger, world.signer, content)
    return {
        "execute": forwarder.execute(signed),
        "executeBatch": forwarder.executeBatch([signed], NOBODY),
    }
