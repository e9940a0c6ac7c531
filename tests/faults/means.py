"""What to do where the means of a fault are missing."""

import os
from typing import NoReturn

import pytest

REQUIRE_VARIABLE = "SEALBOOK_REQUIRE_FAULTS"
"""Set where every fault must be tried."""


def cannot_be_tried(reason: str) -> NoReturn:
    """Skip the case and say why, or fail where every fault must be tried."""
    if os.environ.get(REQUIRE_VARIABLE):
        pytest.fail(reason)
    pytest.skip(reason)
