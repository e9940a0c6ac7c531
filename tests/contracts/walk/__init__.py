"""A walk: any sequence of operations by anybody, on the invoice book and on its model."""

from tests.contracts.walk.council import Walk

__all__ = ["Walk"]
