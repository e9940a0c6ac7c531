"""Gas of members, decisions, anchors and signed requests."""

from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_tester.backends.pyevm.main import get_default_account_keys

from tests.contracts.cast import Ledger
from tests.contracts.gas_meter import FAR, Meter, words
from tests.contracts.harness import COUNCIL, FINANCIER, Member, word
from tests.contracts.receivables import register
from tests.support.trees import inclusion, root_of

_REQUEST_GAS = 500_000
_REQUEST = [
    {"name": "from", "type": "address"},
    {"name": "to", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "gas", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint48"},
    {"name": "data", "type": "bytes"},
]


def measure_membership(ledger: Ledger) -> dict[str, int]:
    """Members, their keys, and decisions of the council."""
    meter = Meter(ledger, "Membership", ledger.membership)
    (a, b, c), auditor = ledger.council, ledger.auditor
    data = ledger.membership.encode_abi("setRoles", [auditor.id, FINANCIER])
    proposal = (ledger.membership.address, data, 3600)
    number = ledger.propose(ledger.membership.functions.setThreshold(3)) + 1
    meter.act(a, "propose", *proposal, note="setRoles")
    meter.act(c, "approve", number)
    meter.act(c, "withdraw", number)
    ledger.act(b, ledger.membership.functions.approve(number))
    meter.act(b, "execute", number, note="setRoles")
    meter.decide("setRoles", auditor.id, COUNCIL, note="executed, a new council member")
    meter.decide("setThreshold", 3)
    meter.decide("admit", word("test:newcomer"), FINANCIER, ledger.spare_keys[0])
    meter.decide("suspend", auditor.id)
    meter.decide("reinstate", auditor.id)
    meter.act(a, "addKey", a.id, ledger.spare_keys[1])
    meter.act(a, "revokeKey", a.id, ledger.spare_keys[1])
    suspending = ledger.membership.functions.suspend(auditor.id)
    numbers = [ledger.propose(suspending) for _ in range(2)]
    approvals = [ledger.membership.encode_abi("approve", [number]) for number in numbers]
    meter.act(b, "multicall", approvals, note="2 approvals")
    meter.act(c, "tryMulticall", approvals, note="2 approvals")
    meter.decide("succeed", 2, ledger.spare_keys[2])
    return meter.gas


def measure_notary(ledger: Ledger) -> dict[str, int]:
    """Anchors of trees of any size, and what became of leaves."""
    meter, supplier = Meter(ledger, "Notary", ledger.notary), ledger.supplier
    fresh = words(0xA0)
    for size, note in SIZES.items():
        meter.act(supplier, "anchor", next(fresh), size, note=note)
    meter.act(
        supplier, "anchorMany", [next(fresh) for _ in range(10)], [1000] * 10, note="10 roots"
    )

    leaves = [next(fresh) for _ in range(1024)]
    ledger.act(supplier, ledger.notary.functions.anchor(root_of(leaves), len(leaves)))
    first, second = inclusion(leaves, 0), inclusion(leaves, 1)
    meter.act(supplier, "supersede", first, second, note="of 1,024 leaves")
    meter.act(supplier, "revoke", second, next(fresh), note="of 1,024 leaves")

    for batch in ("multicall", "tryMulticall"):
        calls = [ledger.notary.encode_abi("anchor", [next(fresh), 1000]) for _ in range(10)]
        meter.act(supplier, batch, calls, note="10 anchors")
    return meter.gas


SIZES = {1: "1 leaf", 100: "100 leaves", 10_000: "10,000 leaves", 1_000_000: "1,000,000 leaves"}
"""Trees to anchor, by number of leaves."""


def measure_forwarder(ledger: Ledger) -> dict[str, int]:
    """Acceptances that the buyer signs and somebody else brings."""
    meter = Meter(ledger, "Forwarder", ledger.forwarder)
    fresh, relayer = words(0xB0), ledger.auditor
    records = [
        register(ledger, commitment=next(fresh), strict_keys=[next(fresh)]) for _ in range(4)
    ]
    accepts = [ledger.invoices.encode_abi("accept", [record]) for record in records]
    first, second, third, fourth = (
        _signed(ledger, ledger.buyer, data, nonce) for nonce, data in enumerate(accepts)
    )
    meter.act(relayer, "execute", first, note="accept, the buyer's first act and request")
    meter.act(relayer, "execute", second, note="accept")
    meter.act(relayer, "executeBatch", [third, fourth], relayer.key, note="2 of accept")
    return meter.gas


def _signed(ledger: Ledger, member: Member, data: str, nonce: int) -> tuple[Any, ...]:
    """A request to the invoice book, with its signature in place of its nonce."""
    _, name, version, chain_id, contract, *_ = ledger.forwarder.functions.eip712Domain().call()
    domain = {"name": name, "version": version, "chainId": chain_id, "verifyingContract": contract}
    content = (member.key, ledger.invoices.address, 0, _REQUEST_GAS, nonce, FAR, data)
    message = dict(zip((item["name"] for item in _REQUEST), content, strict=True))
    signable = encode_typed_data(domain, {"ForwardRequest": _REQUEST}, message)
    place = ledger.chain.accounts.index(member.key)
    key = get_default_account_keys(len(ledger.chain.accounts))[place]
    signature = Account.sign_message(signable, key.to_bytes()).signature
    return (*content[:4], *content[5:], signature)
