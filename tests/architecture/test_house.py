import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("ledger", "api", "hardhat-free-devnet/devnet", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if not {"versions", "node_modules"} & set(path.parts)
)
HOUSE = ("ledger/", "api/", "hardhat-free-devnet/")  # what scripts do beside it is not the product
ADAPTER_JOINERS = ("api/wiring.py", "ledger/cli/", "scripts/")


def modules_imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def importers_of(package: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for module in modules_imported_by(path)
        if module == package or module.startswith(package + ".")
    }


@pytest.mark.parametrize(
    "package", ["ledger.evidence.verifier", "ledger.invoices", "ledger.documents", "ledger.merkle"]
)
def test_verification_loads_neither_network_nor_database_nor_web_framework(package: str) -> None:
    banned = ("web3", "sqlalchemy", "alembic", "fastapi", "starlette", "httpx", "requests")
    program = f"import sys, {package}; print(*[m for m in {banned!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_only_the_adapter_and_the_devnet_know_web3() -> None:
    ledger = {path for path in importers_of("web3") if path.startswith(("ledger", "api"))}
    assert ledger == {
        f"ledger/chain/{name}.py" for name in ("http_provider", "rpc", "web3_adapter")
    }


def test_only_the_store_writes_sql() -> None:
    allowed = ("ledger/store/", "ledger/anchoring/", "ledger/services/")
    inside = {path for path in importers_of("sqlalchemy") if path.startswith(HOUSE)}
    assert all(path.startswith(allowed) for path in inside)


def test_pydantic_and_fastapi_stay_at_the_http_edge() -> None:
    edge = importers_of("pydantic") | importers_of("fastapi")
    inside = {path for path in edge if path.startswith(HOUSE)}
    assert inside
    assert all(path.startswith("api/") for path in inside)


def test_adapters_are_joined_only_at_the_entries() -> None:
    joiners = importers_of("ledger.chain.web3_adapter")
    assert joiners
    assert all(path.startswith(ADAPTER_JOINERS) for path in joiners)


def test_one_module_reads_artifacts() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "contracts.artifacts" in path.read_text("utf-8")
    }
    assert readers == {"ledger/chain/artifacts.py"}


def test_files_stay_readable() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES
    }
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}


def test_functions_stay_readable() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 60
    }
    assert long == {}


def test_the_top_level_is_the_one_agreed_on() -> None:
    done = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - git is a prerequisite
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    tops = {line.split("/")[0] for line in done.stdout.splitlines() if "/" in line}
    assert tops <= {
        ".ci",
        "api",
        "contracts",
        "hardhat-free-devnet",
        "ledger",
        "scripts",
        "tests",
    }
