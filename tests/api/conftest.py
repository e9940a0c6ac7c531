from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.clients import Api
from tests.support.consortium import Consortium, running_consortium
from tests.support.service import Service, running_service


@pytest.fixture(scope="session")
def founded() -> Iterator[Consortium]:
    with running_consortium() as running:
        yield running


@pytest.fixture
def consortium(founded: Consortium) -> Iterator[Consortium]:
    """A consortium that is for one test alone: its chain is as it was founded."""
    snapshot = founded.devnet.request("evm_snapshot", [])
    yield founded
    founded.devnet.request("evm_revert", [snapshot])


@pytest.fixture(scope="session")
def refusing(founded: Consortium, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API for requests that are refused, and so leave nothing behind."""
    with running_service(founded, tmp_path_factory.mktemp("refusing")) as running:
        yield Api.over(founded, running)


@pytest.fixture
def service(consortium: Consortium, tmp_path: Path) -> Iterator[Service]:
    with running_service(consortium, tmp_path) as running:
        yield running


@pytest.fixture
def api(consortium: Consortium, service: Service) -> Api:
    return Api.over(consortium, service)
