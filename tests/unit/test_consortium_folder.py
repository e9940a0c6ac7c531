import os
from pathlib import Path

import pytest

from ledger.errors import ConfigurationError
from scripts.folder import claim, held, set_aside
from scripts.stack import open_stack


def test_what_an_earlier_run_left_is_kept_beside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    claim(folder)
    (folder / "invoice.evidence.json").write_text("evidence")
    aside = set_aside(folder)
    assert aside is not None
    assert aside.parent == tmp_path
    assert aside.name.startswith("demo-2")
    assert (aside / "invoice.evidence.json").read_text() == "evidence"
    assert not folder.exists()


def test_there_is_nothing_to_set_aside_in_an_empty_folder(tmp_path: Path) -> None:
    assert set_aside(tmp_path) is None
    assert set_aside(tmp_path / "missing") is None
    assert tmp_path.exists()


@pytest.mark.parametrize("act", [claim, set_aside])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, act: object) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="is not empty"):
        claim(tmp_path) if act is claim else set_aside(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_folder_can_be_claimed_again(tmp_path: Path) -> None:
    claim(tmp_path)
    (tmp_path / "ledger.db").write_bytes(b"state")
    claim(tmp_path)
    assert (tmp_path / "ledger.db").read_bytes() == b"state"


def test_a_file_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(ConfigurationError, match="cannot be used: File exists"):
        claim(tmp_path / "demo")


def test_a_folder_is_worked_on_by_one_process_even_while_it_is_renamed(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with held(folder):
        claim(folder)
        set_aside(folder)
        with pytest.raises(ConfigurationError, match=f"process {os.getpid()} works on"):
            held(folder).__enter__()
    with held(folder):
        claim(folder)


def test_a_chain_that_is_gone_is_named_at_once(tmp_path: Path) -> None:
    claim(tmp_path)
    (tmp_path / "deployment.json").write_text("{}")
    with (
        pytest.raises(ConfigurationError, match="is gone"),
        open_stack(tmp_path, lambda _text: None),
    ):
        pass
