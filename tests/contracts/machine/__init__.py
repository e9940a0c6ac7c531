"""Any sequence of operations by anybody, on the invoice book and on its model."""

from tests.contracts.machine.council import Council

__all__ = ["Council"]
