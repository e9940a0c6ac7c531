import json
import signal
import stat
from pathlib import Path

from devnet.chain import Devnet
from ledger.chain.web3_adapter import connect
from ledger.types import ChainId
from tests.cli.commands import sealbook
from tests.cli.processes import serving_process


def test_a_devnet_runs_until_it_is_ended_and_goes_on_where_it_was(tmp_path: Path) -> None:
    url_file = tmp_path / "url"
    options = ("devnet", "--data-dir", tmp_path / "chain", "--json")
    with serving_process(url_file, *options, "--chain-id", "4242", "--accounts", "3") as first:
        chain = connect(first.url)
        assert chain.chain_id() == ChainId(4242)
        genesis = chain.head().ref
        code, out, errors = first.stop()
    assert (code, json.loads(out)) == (0, {"url": first.url})
    assert "THIS IS A DEVELOPMENT CHAIN" in errors
    assert not url_file.exists()
    keys = sorted((tmp_path / "chain" / "keys").iterdir())
    assert [stat.S_IMODE(key.stat().st_mode) for key in keys] == [0o600] * 3
    assert sealbook("member", "address", "--key", keys[0]).code == 0
    with serving_process(url_file, *options) as second:
        assert connect(second.url).head().ref == genesis
        assert second.stop(signal.SIGINT)[0] == 0


def test_options_that_contradict_the_chain_are_told_in_a_sentence(tmp_path: Path) -> None:
    Devnet.open(tmp_path / "chain").close()
    printed = sealbook("devnet", "--data-dir", tmp_path / "chain", "--chain-id", "5")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("Error: the chain in ")
    assert "has chain id 1337702, not 5" in printed.err
