"""Refusals of the forwarder, of batches, and of OpenZeppelin's parts."""

from ledger.chain.rule import Rules
from ledger.errors import Conflict, Forbidden, InvalidRequest, Refusal

FORWARDER_RULES: Rules = {
    "RelayableNoForwarder": (
        InvalidRequest,
        "no-forwarder",
        "there is no contract at {forwarder}; deploy Forwarder first, and name its address",
    ),
    "RelayableCallUnexplained": (
        Refusal,
        "call-unexplained",
        (
            "call {index} of the batch failed without a reason, as for want of gas: send it with"
            " more gas, or fewer calls at once"
        ),
    ),
    "ERC2771ForwarderInvalidSigner": (
        Forbidden,
        "invalid-signature",
        (
            "the request names {from} and was not signed by it for what the chain holds now: it was"
            " carried out before, or its nonce, chain or contract is another; in the second case"
            " sign it again with the nonce that the forwarder says"
        ),
    ),
    "ERC2771ForwarderExpiredRequest": (
        Conflict,
        "request-expired",
        "the signed request was good until {deadline}; sign it again with a later deadline",
    ),
    "ERC2771ForwarderMismatchedValue": (
        InvalidRequest,
        "value-sent",
        "{msg_value} wei came with a request that names {requested_value}; send what it names",
    ),
    "ERC2771UntrustfulTarget": (
        InvalidRequest,
        "foreign-forwarder",
        "{target} does not trust the forwarder {forwarder}; use the one of its own deployment",
    ),
    "InvalidAccountNonce": (
        Conflict,
        "request-used",
        "the next request of {account} has the nonce {current_nonce}; sign it again with that",
    ),
    "InvalidShortString": (
        InvalidRequest,
        "invalid-short-string",
        "a text of the contract is stored in another form; this is not the contract it seems",
    ),
    "StringTooLong": (
        InvalidRequest,
        "text-too-long",
        "the text is longer than the 31 bytes that fit into a word; shorten it",
    ),
    "AddressEmptyCode": (
        InvalidRequest,
        "no-contract",
        "there is no contract at {target}; check the address",
    ),
    "FailedCall": (
        Refusal,
        "call-failed",
        (
            "the contract that was called failed without a reason, as for want of gas or by a"
            " function that it does not have; check what is called, and sign it again with more gas"
        ),
    ),
    "InsufficientBalance": (
        Conflict,
        "insufficient-balance",
        (
            "the contract has {balance} wei, and {needed} are needed; the ledger's calls need none,"
            " so name no value"
        ),
    ),
    "SafeCastOverflowedUintDowncast": (
        InvalidRequest,
        "number-too-large",
        "{value} does not fit into {bits} bits; use a smaller number",
    ),
}
