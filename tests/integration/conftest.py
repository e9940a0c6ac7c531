from collections.abc import Iterator

import pytest

from tests.support.consortium import Consortium, running_consortium


@pytest.fixture(scope="module")
def consortium() -> Iterator[Consortium]:
    """One chain for all tests of a module; they do not share documents."""
    with running_consortium() as running:
        yield running
