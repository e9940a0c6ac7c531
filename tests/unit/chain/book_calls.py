"""What the tests of both books ask of their contracts."""

from ledger.chain.artifacts import load_artifact


def changing(contract: str) -> set[str]:
    """Functions of a contract that change its state."""
    return {
        function["name"]
        for function in load_artifact(contract).abi._functions.values()
        if function["stateMutability"] not in ("view", "pure")
    }
