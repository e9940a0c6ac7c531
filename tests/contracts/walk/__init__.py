"""A walk: any sequence of operations by anybody, on the invoice book and on its model."""

from tests.contracts.walk.operations import MOVING_NOTHING, Walk

__all__ = ["MOVING_NOTHING", "Walk"]
