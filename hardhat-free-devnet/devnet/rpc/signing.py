"""`eth_sendTransaction`: fill in what the caller left out, and sign for a development account."""

from eth_typing import Address

from devnet import simulation
from devnet.errors import InvalidParams, ServerError
from devnet.evm import base_fee_wei
from devnet.node import Node
from devnet.rpc.fees import SUGGESTED_TIP_WEI
from devnet.rpc.messages import TransactionRequest


def sign(node: Node, request: TransactionRequest) -> bytes:
    """Make a signed transaction of a request.

    Raises ServerError when the sender is no development account, or when the gas is left out and
    the transaction would fail.
    """
    if request.sender is None:
        raise InvalidParams("from is missing: name the account that sends")
    if request.chain_id not in (None, node.chain_id):
        raise InvalidParams(f"chainId is {request.chain_id}, and this chain is {node.chain_id}")
    sender = request.sender
    if all(account.canonical_address != sender for account in node.accounts):
        raise ServerError(
            f"unknown account 0x{sender.hex()}: sign for it and use eth_sendRawTransaction"
        )
    header = node.next_header()
    gas = request.gas or simulation.estimate_gas(node.backend, header, request.message())
    nonce = request.nonce
    fields: dict[str, object] = {
        "nonce": node.pending_nonce(Address(sender)) if nonce is None else nonce,
        "gas": gas,
        "to": request.to,
        "value": request.value,
        "data": request.data,
    }
    if request.gas_price is None:
        fields |= _dynamic_fees(request, base_fee_wei(header))
    else:
        fields["gas_price"] = request.gas_price
    if request.gas_price is None or request.access_list is not None:
        fields |= {"chain_id": node.chain_id, "access_list": request.access_list or ()}
    return node.backend.sign(sender, fields)


def _dynamic_fees(request: TransactionRequest, base_fee_wei: int) -> dict[str, object]:
    tip, highest = request.max_priority_fee_per_gas, request.max_fee_per_gas
    if tip is None:
        tip = SUGGESTED_TIP_WEI if highest is None else min(SUGGESTED_TIP_WEI, highest)
    if highest is None:
        highest = 2 * base_fee_wei + tip
    return {"max_priority_fee_per_gas": tip, "max_fee_per_gas": highest}
