from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.evidence import Evidence
from ledger.types import RecordId
from tests.cli.inspecting import KEY
from tests.cli.world import PDF, UBL, World, running_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture(scope="session")
def document(world: World) -> Evidence:
    """A delivery note: document.pdf with document.evidence.json."""
    return world.notarise(PDF, "document.pdf")


@pytest.fixture(scope="session")
def record(world: World) -> RecordId:
    """An invoice that was accepted, and 60 % of it financed: invoice.xml and its evidence."""
    record = world.register(UBL, "invoice.xml")
    world.accept(record)
    world.offer(record, 600_000_000)
    world.take(record, 0)
    return record


@pytest.fixture
def passing(world: World) -> Iterator[World]:
    """The world, for a test whose changes to the chain are undone afterwards."""
    snapshot = world.consortium.devnet.request("evm_snapshot", [])
    yield world
    world.consortium.devnet.request("evm_revert", [snapshot])


@pytest.fixture
def fingerprint_key_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, no configuration, and the fingerprint key in the environment."""
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", KEY)
    monkeypatch.delenv("SEALBOOK_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
