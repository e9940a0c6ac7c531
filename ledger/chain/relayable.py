"""What all contracts of the ledger have in common: several calls in one transaction."""

from collections.abc import Sequence

from ledger.chain.contract import Contract, ContractCall


class Relayable(Contract):
    """A contract that takes calls by a relayer, and many calls in one."""

    def multicall(self, calls: Sequence[ContractCall]) -> ContractCall:
        """All of these calls to this contract, or none. Raises ValueError for another's call."""
        return self._call("multicall", self._own(calls))

    def try_multicall(self, calls: Sequence[ContractCall]) -> ContractCall:
        """Those of these calls to this contract that it does not refuse; ValueError as above."""
        return self._call("tryMulticall", self._own(calls))

    def _own(self, calls: Sequence[ContractCall]) -> list[bytes]:
        foreign = [call.to for call in calls if call.to != self.address]
        if foreign:
            raise ValueError(f"a call to {foreign[0]} cannot be a part of one to {self.address}")
        return [call.data for call in calls]
