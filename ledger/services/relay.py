"""Signed requests: a member signs without node or funds, and anybody brings it to the chain."""

from ledger.chain.contract import ContractCall
from ledger.chain.deployment import Deployment
from ledger.chain.forwarder import Forwarder, SignedRequest
from ledger.chain.port import Chain, Receipt
from ledger.chain.signer import Signer
from ledger.codec import ForwardRequest
from ledger.services.governance import act
from ledger.types import AccountName, UnixTime

REQUEST_GAS = 1_000_000
"""What a request lets its call use: enough for an act of usual size (contracts/snapshots/gas.json).

A batch, or a registration with many identity keys, needs more.
"""


def sign_request(
    signer: Signer,
    deployment: Deployment,
    call: ContractCall,
    *,
    nonce: int,
    deadline: UnixTime,
    gas: int = REQUEST_GAS,
) -> SignedRequest:
    """Sign a call for the deployment's forwarder, asking nobody.

    nonce: how many requests of this key were carried out before (`Forwarder.nonce_of`, or one's
    own books). deadline: the last block time at which the request is good. gas: what the call may
    use.
    """
    request = ForwardRequest(signer.address, call.to, gas, nonce, deadline, call.data)
    forwarder = AccountName(deployment.chain, deployment.forwarder)
    return SignedRequest(request, signer.sign_request(request, forwarder))


def relay(
    chain: Chain,
    deployment: Deployment,
    relayer: Signer,
    signed: SignedRequest,
    *,
    timeout_seconds: float,
) -> Receipt:
    """Bring somebody's request to the chain with one's own key, and wait until a block holds it.

    relayer: pays the gas, gains no right by it, and need not be of a member. Raises what `act`
    raises; the refusal is that of the contract which was called, where it has one.
    """
    forwarder = Forwarder(chain, deployment.forwarder)
    refusal = forwarder.explain(signed, at=chain.head().ref)
    if refusal is not None:
        raise refusal
    return act(chain, relayer, forwarder.execute(signed), timeout_seconds=timeout_seconds)
