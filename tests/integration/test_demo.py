import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demo", "--dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_demo_tells_the_whole_story(demo: tuple[Path, str]) -> None:
    _, story = demo
    for sentence in (
        "The council admitted Lieferant GmbH",
        "The council admitted Second Bank",
        "1,000,000,000 units, all held by the supplier",
        "VERIFIED on a development chain",
        "REFUSED: 409 Insufficient units",
        "REFUSED: 409 Invoice already registered",
        "REFUTED at step 1",
        "org:first-bank      600,000,000  60 %",
        "This history is complete",
        "make serve",
    ):
        assert sentence in story


def test_the_refusal_names_the_record_that_stands(demo: tuple[Path, str]) -> None:
    folder, story = demo
    evidence = json.loads((folder / "invoice.evidence.json").read_bytes())
    assert f"record {evidence['record']['id']} holds its identity key" in story


def test_the_demo_leaves_what_it_says(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "invoice.xml",
        "invoice.evidence.json",
        "document.pdf",
        "document.evidence.json",
        "sealbook.toml",
        "deployment.json",
        "logs",
    }


def test_keys_are_readable_by_their_owner_only(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    keys = [*folder.glob("keys/*"), *folder.glob("api-keys/*"), *folder.glob("chain/keys/*")]
    assert len(keys) > 20
    assert [path for path in keys if path.stat().st_mode & 0o077] == []


def test_the_demo_empties_only_a_folder_that_a_demo_made(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demo", "--dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert (tmp_path / "precious.txt").read_text() == "mine"
