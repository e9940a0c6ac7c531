import json
from pathlib import Path

import pytest

from scripts.compiler import CONTRACTS, SOLC, compile_sources

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.skipif(
    not (CONTRACTS / "node_modules" / "solc").exists(), reason="the compiler is not installed"
)
def test_the_wallet_is_what_its_source_compiles_to() -> None:
    source = (FIXTURES / "Wallet.sol").read_text("utf-8")
    compiled = compile_sources(SOLC, {"Wallet.sol": source}, code_of=["Wallet.sol"])
    output = compiled.outputs["Wallet.sol", "Wallet"]
    assert json.loads((FIXTURES / "Wallet.json").read_text("utf-8")) == {
        "abi": output["abi"],
        "bytecode": "0x" + output["evm"]["bytecode"]["object"],
    }
