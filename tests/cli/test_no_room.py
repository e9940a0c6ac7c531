import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import sealbook
from tests.cli.processes import PROGRAM
from tests.cli.world import UBL, World

HAND_OVER = (
    *("--media-type", "application/pdf"),
    *("--api", "http://127.0.0.1:9", "--api-key-file", "api.key"),
)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--help",), 1),
        (("--version",), 1),
        (("inspect", UBL), 1),
        (("inspect", UBL, "--json"), 1),
        (("hash", UBL), 1),
        (("hash", UBL, "--json"), 1),
        (("hash", "nowhere", "--json"), 1),
        (("pick", "document.pdf", "document.evidence.json"), 1),
        (("verify", "document.pdf", "document.evidence.json", "--offline"), 3),
        (("verify", "document.pdf", "document.evidence.json", "--offline", "--json"), 3),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_what_finds_no_room_for_its_output_says_so(
    world: World, document: object, words: tuple[str, ...], code: int
) -> None:
    assert document
    told = (
        "Error: cannot write to the standard output: No space left on device; make room where it"
        " goes. What the command had done by then is done.\n"
    )
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [PROGRAM, *words],
            cwd=world.folder,
            env=os.environ | {"SEALBOOK_CONFIG": str(world.config)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (code, told)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("hash", "--files-from", "names"), "the list"),
        (("hash", "--files-from", "names", "--out", "list"), "a copy of the files' names"),
        (("anchor", "--digests", "digests", "--evidence", "out", *HAND_OVER), "a copy of digests"),
    ],
)
def test_no_room_for_temporary_files_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.pdf").write_text("other")
    (tmp_path / "names").write_text("other.pdf\n" * 1000)
    (tmp_path / "api.key").write_text("sbk_key")
    assert sealbook("hash", "--files-from", "names", "--out", "digests").code == 0
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 1; exec "$@"', "sh", PROGRAM, *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["error"]["message"] == (
        f"cannot write {what}: File too large; make room for temporary files, or name another"
        " folder for them in TMPDIR"
    )
    assert not (tmp_path / "list").exists()
