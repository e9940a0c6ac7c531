"""The chain itself: eth-tester's py-evm backend, over a key/value store that lasts.

The rules are those of the Paris fork, so what runs here runs on any permissioned engine; there is
no proof of work or stake. Blocks are executed with their final header, so that re-executing them
gives the same block. One rule differs from Ethereum's: a block may carry its parent's timestamp.
Timestamps are whole seconds; were they to grow by one with each block, a hundred blocks in a
second would put the chain's clock minutes ahead of the world's, and every deadline with it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from eth.abc import (
    AtomicDatabaseAPI,
    BlockAPI,
    BlockHeaderAPI,
    MiningChainAPI,
    ReceiptAPI,
    SignedTransactionAPI,
    StateAPI,
    TransactionBuilderAPI,
)
from eth.chains.base import MiningChain
from eth.consensus.noproof import NoProofConsensus
from eth.constants import ZERO_ADDRESS
from eth.vm.forks.paris import ParisVM
from eth_keys.datatypes import PrivateKey
from eth_tester.backends.pyevm.main import (
    PyEVMBackend,
    generate_genesis_state_for_keys,
)
from eth_typing import BlockNumber, Hash32

from devnet.accounts import Account

BLOCK_GAS_LIMIT: Final = 30_000_000


class DevnetVM(ParisVM):
    """Paris rules without consensus, where blocks of one second may share their timestamp."""

    consensus_class = NoProofConsensus

    @classmethod
    def validate_header(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        """Check a header against its parent, as Ethereum does but for equal timestamps."""
        if header.timestamp == parent_header.timestamp:
            parent_header = parent_header.copy(timestamp=parent_header.timestamp - 1)
        super().validate_header(header, parent_header)


class _DevnetChain(MiningChain):
    vm_configuration = ((BlockNumber(0), DevnetVM),)

    @staticmethod
    def get_transaction_builder() -> type[TransactionBuilderAPI]:
        # eth-tester's backend asks its chain for this.
        return DevnetVM.get_transaction_builder()


@dataclass(frozen=True, slots=True)
class SealedBlock:
    """A block that was executed, with a receipt for each transaction."""

    block: BlockAPI
    receipts: tuple[ReceiptAPI, ...]


class Backend(PyEVMBackend):  # type: ignore[misc]  # eth-tester has no types
    """eth-tester's backend on a chain of our own, in place of its fresh one in memory.

    What it inherits reads the chain and makes transactions; only `seal` makes blocks.
    """

    def __init__(
        self, store: AtomicDatabaseAPI, chain_id: int, accounts: Sequence[Account]
    ) -> None:
        # The base class would make a new chain in memory here, so it is not called.
        self.chain: MiningChainAPI = _DevnetChain.configure(chain_id=chain_id)(store)
        self.account_keys = _private_keys(accounts)

    @classmethod
    def make_genesis(
        cls,
        store: AtomicDatabaseAPI,
        chain_id: int,
        accounts: Sequence[Account],
        *,
        balance_wei: int,
        timestamp: int,
    ) -> SealedBlock:
        """Write the state and header of a chain in which each account has a balance."""
        chain = _DevnetChain.configure(chain_id=chain_id).from_genesis(
            store,
            cls.generate_genesis_params({"gas_limit": BLOCK_GAS_LIMIT, "timestamp": timestamp}),
            generate_genesis_state_for_keys(_private_keys(accounts), {"balance": balance_wei}),
        )
        return SealedBlock(chain.get_canonical_block_by_number(BlockNumber(0)), ())

    def mine_blocks(self, *_: object, **__: object) -> NoReturn:
        """Refuse: the inherited method would leave out the index, and the database."""
        raise NotImplementedError("blocks are made by seal")

    def reset(self) -> None:
        """Continue at the block that the store names as the last one."""
        self.chain.header = self.chain.create_header_from_parent(self.head())

    def head(self) -> BlockHeaderAPI:
        """Header of the last block."""
        return self.chain.get_canonical_head()

    def child_header(self, parent: BlockHeaderAPI, timestamp: int) -> BlockHeaderAPI:
        """Header of a block after `parent`, before anything is executed."""
        header: BlockHeaderAPI = self.chain.create_header_from_parent(
            parent,
            timestamp=timestamp,
            coinbase=ZERO_ADDRESS,
            gas_limit=parent.gas_limit,
            mix_hash=Hash32(os.urandom(32)),
        )
        return header

    def seal(
        self, header: BlockHeaderAPI, transactions: Sequence[SignedTransactionAPI]
    ) -> SealedBlock:
        """Execute transactions as the block that `header` begins, and put it into the store.

        ValidationError when one of them is not valid there; the caller then discards the store's
        writes and calls `reset`.
        """
        vm = self.chain.get_vm(header)
        executed, receipts, _ = vm.apply_all_transactions(transactions, header)
        filled = vm.set_block_transactions_and_withdrawals(
            vm.get_block(), executed, transactions, receipts
        )
        block = vm.mine_block(filled).block
        self.chain.chaindb.persist_block(block)
        self.reset()
        return SealedBlock(block, receipts)

    def sign(self, sender: bytes, fields: Mapping[str, object]) -> bytes:
        """Sign a transaction with an account's key; return its EIP-2718 encoding.

        fields: in eth-tester's names, all that the type needs. KeyError when the sender is none of
        the accounts.
        """
        key = self._key_lookup[sender]
        unsigned = self._create_type_aware_unsigned_transaction(fields)
        signed = unsigned.as_signed_transaction(key, chain_id=self.chain.chain_id)
        encoded: bytes = signed.encode()
        return encoded

    def state_at(self, header: BlockHeaderAPI) -> StateAPI:
        """The state that a header names, in that header's context."""
        state: StateAPI = self.chain.get_vm(header).state
        return state

    def decode_transaction(self, encoded: bytes) -> SignedTransactionAPI:
        """Read an EIP-2718 transaction; py-evm's and rlp's errors pass through."""
        return DevnetVM.get_transaction_builder().decode(encoded)

    def decode_receipt(self, encoded: bytes) -> ReceiptAPI:
        """Read an EIP-2718 receipt."""
        return DevnetVM.get_receipt_builder().decode(encoded)


def base_fee_wei(header: BlockHeaderAPI) -> int:
    """What a block burns for one gas (EIP-1559)."""
    if header.base_fee_per_gas is None:  # only before the London fork
        raise TypeError("the header has no base fee")
    return header.base_fee_per_gas


def _private_keys(accounts: Sequence[Account]) -> tuple[PrivateKey, ...]:
    return tuple(PrivateKey(account.private_key) for account in accounts)
