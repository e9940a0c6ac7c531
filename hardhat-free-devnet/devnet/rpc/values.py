"""Writing values as JSON: quantities and data (EIP-1474), blocks, transactions, receipts, logs.

A block has all fields of its header, so a reader can encode the header again and get its hash; a
receipt has all that its leaf in the receipts trie holds.
"""

from collections.abc import Sequence
from functools import lru_cache

import rlp
from eth.abc import BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from devnet.evm import base_fee_wei
from devnet.index import LogRecord, TransactionRecord
from devnet.pool import PendingTransaction

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_LEGACY_TYPE = 0
_DYNAMIC_FEE_TYPE = 2


def quantity(number: int) -> str:
    """Write a number in hex without leading zeros."""
    return hex(number)


def data(value: bytes) -> str:
    """Write bytes in hex."""
    return f"0x{value.hex()}"


@lru_cache(maxsize=4096)  # the checksum is a hash, and the same addresses come again and again
def address(value: bytes) -> str | None:
    """Write an address with its checksum; None for the empty one that creates a contract."""
    return to_checksum_address(value) if value else None


def header_fields(header: BlockHeaderAPI) -> dict[str, Json]:
    """All fields of a sealed block's header, and its hash."""
    return {
        "parentHash": data(header.parent_hash),
        "sha3Uncles": data(header.uncles_hash),
        "miner": address(header.coinbase),
        "stateRoot": data(header.state_root),
        "transactionsRoot": data(header.transaction_root),
        "receiptsRoot": data(header.receipt_root),
        "logsBloom": data(header.bloom.to_bytes(256)),
        "difficulty": quantity(header.difficulty),
        "number": quantity(header.block_number),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "extraData": data(header.extra_data),
        "mixHash": data(header.mix_hash),
        "nonce": data(header.nonce),
        "baseFeePerGas": quantity(base_fee_wei(header)),
        "hash": data(header.hash),
    }


def encoded_block_size(header: BlockHeaderAPI, encoded: Sequence[bytes]) -> int:
    """Length in bytes of the block in RLP; typed transactions are strings in it (EIP-2718)."""
    body = [rlp.decode(each) if each[0] >= 0xC0 else each for each in encoded]  # noqa: PLR2004  # the first byte of an RLP list
    return len(rlp.encode([header, body, []]))


def sealed_transaction(
    record: TransactionRecord, transaction: SignedTransactionAPI
) -> dict[str, Json]:
    """A transaction in a block."""
    return {
        "blockHash": data(record.block_hash),
        "blockNumber": quantity(record.block_number),
        "transactionIndex": quantity(record.position),
        "hash": data(record.hash),
        "from": address(record.sender),
        "gasPrice": quantity(effective_gas_price(transaction, record.base_fee_wei)),
        **_signed_fields(transaction),
    }


def pending_transaction(pending: PendingTransaction) -> dict[str, Json]:
    """A transaction that waits for a block."""
    return {
        "blockHash": None,
        "blockNumber": None,
        "transactionIndex": None,
        "hash": data(pending.hash),
        "from": address(pending.sender),
        "gasPrice": quantity(pending.transaction.max_fee_per_gas),
        **_signed_fields(pending.transaction),
    }


def effective_gas_price(transaction: SignedTransactionAPI, base_fee_wei: int) -> int:
    """What a transaction pays for one gas in a block (EIP-1559), in wei."""
    tip: int = transaction.max_priority_fee_per_gas
    return min(transaction.max_fee_per_gas, base_fee_wei + tip)


def _signed_fields(transaction: SignedTransactionAPI) -> dict[str, Json]:
    type_id = transaction.type_id or _LEGACY_TYPE
    fields: dict[str, Json] = {
        "type": quantity(type_id),
        "nonce": quantity(transaction.nonce),
        "gas": quantity(transaction.gas),
        "to": address(transaction.to),
        "value": quantity(transaction.value),
        "input": data(transaction.data),
        "r": quantity(transaction.r),
        "s": quantity(transaction.s),
    }
    if transaction.chain_id is not None:
        fields["chainId"] = quantity(transaction.chain_id)
    if type_id == _LEGACY_TYPE:
        fields["v"] = quantity(transaction.v)  # type: ignore[attr-defined]  # legacy only
        return fields
    fields["v"] = fields["yParity"] = quantity(transaction.y_parity)
    fields["accessList"] = [
        {"address": address(account), "storageKeys": [data(key.to_bytes(32)) for key in keys]}
        for account, keys in transaction.access_list
    ]
    if type_id == _DYNAMIC_FEE_TYPE:
        fields["maxFeePerGas"] = quantity(transaction.max_fee_per_gas)
        fields["maxPriorityFeePerGas"] = quantity(transaction.max_priority_fee_per_gas)
    return fields


def sealed_receipt(
    record: TransactionRecord, transaction: SignedTransactionAPI, receipt: ReceiptAPI
) -> dict[str, Json]:
    """The receipt of a transaction in a block."""
    creates = not transaction.to
    return {
        "transactionHash": data(record.hash),
        "transactionIndex": quantity(record.position),
        "blockHash": data(record.block_hash),
        "blockNumber": quantity(record.block_number),
        "from": address(record.sender),
        "to": address(transaction.to),
        "contractAddress": _created_address(record, transaction) if creates else None,
        "type": quantity(transaction.type_id or _LEGACY_TYPE),
        "status": quantity(int.from_bytes(receipt.state_root)),
        "gasUsed": quantity(record.gas_used),
        "cumulativeGasUsed": quantity(receipt.gas_used),
        "effectiveGasPrice": quantity(effective_gas_price(transaction, record.base_fee_wei)),
        "logsBloom": data(receipt.bloom.to_bytes(256)),
        "logs": [
            log(
                LogRecord(
                    record.block_number,
                    record.block_hash,
                    record.first_log_index + offset,
                    record.hash,
                    record.position,
                    each.address,
                    tuple(topic.to_bytes(32) for topic in each.topics),
                    each.data,
                )
            )
            for offset, each in enumerate(receipt.logs)
        ],
    }


def _created_address(record: TransactionRecord, transaction: SignedTransactionAPI) -> str | None:
    return address(keccak(rlp.encode([record.sender, transaction.nonce]))[12:])


def log(record: LogRecord) -> dict[str, Json]:
    """A log of a sealed block."""
    return {
        "address": address(record.address),
        "topics": [data(topic) for topic in record.topics],
        "data": data(record.data),
        "blockNumber": quantity(record.block_number),
        "blockHash": data(record.block_hash),
        "transactionHash": data(record.transaction_hash),
        "transactionIndex": quantity(record.transaction_position),
        "logIndex": quantity(record.log_index),
        "removed": False,
    }
