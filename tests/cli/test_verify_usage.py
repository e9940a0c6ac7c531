from pathlib import Path

import pytest

from tests.cli.commands import sealbook
from tests.cli.world import World


@pytest.fixture
def files(world: World, document: object) -> tuple[Path, Path]:
    assert document
    return world.folder / "document.pdf", world.folder / "document.evidence.json"


@pytest.mark.parametrize("missing", [0, 1])
def test_a_file_that_is_not_there_is_wrong_usage_and_no_finding(
    world: World, files: tuple[Path, Path], missing: int
) -> None:
    paths = list(files)
    paths[missing] = world.folder / "nowhere"
    printed = sealbook("verify", *paths, "--config", world.config)
    assert (printed.code, printed.out) == (2, "")
    assert "nowhere' does not exist" in printed.err


def test_without_a_trust_root_the_option_is_named_that_names_one(files: tuple[Path, Path]) -> None:
    printed = sealbook("verify", *files)
    assert (printed.code, printed.out) == (2, "")
    assert "--deployment FILE" in printed.err


def test_without_a_node_the_option_is_named_that_names_one(
    world: World, files: tuple[Path, Path]
) -> None:
    printed = sealbook("verify", *files, "--deployment", world.deployment)
    assert printed.code == 2
    assert "--rpc-url URL" in printed.err


@pytest.mark.parametrize("option", ["--deployment", "--config"])
def test_a_trust_root_that_cannot_be_read_is_wrong_usage_and_no_finding(
    world: World, files: tuple[Path, Path], tmp_path: Path, option: str
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("{")
    printed = sealbook("verify", *files, "--rpc-url", world.rpc_url, option, broken)
    assert (printed.code, printed.out) == (2, "")
    assert "broken is not" in printed.err


@pytest.mark.parametrize("url", ["127.0.0.1:8545", "localhost:8545", "ftp://node", "http://", "x"])
def test_a_url_of_no_node_is_wrong_usage_and_no_silent_node(
    world: World, files: tuple[Path, Path], tmp_path: Path, url: str
) -> None:
    printed = sealbook("verify", *files, "--config", world.config, "--rpc-url", url)
    assert (printed.code, printed.out) == (2, "")
    assert "--rpc-url must be a URL such as http://127.0.0.1:8545" in printed.err
    config = tmp_path / "sealbook.toml"
    config.write_text(world.config.read_text().replace(world.rpc_url, url))
    printed = sealbook("verify", *files, "--config", config)
    assert (printed.code, printed.out) == (2, "")
    assert f"rpc_url of [chain] in {config} must be a URL" in printed.err


@pytest.mark.parametrize("hash_", ["0x12", "latest", "0x" + "AB" * 32])
def test_a_pinned_block_is_named_by_its_whole_hash(
    world: World, files: tuple[Path, Path], hash_: str
) -> None:
    printed = sealbook("verify", *files, "--config", world.config, "--pin-block", hash_)
    assert printed.code == 2
    assert "64 lower-case hex digits" in printed.err
