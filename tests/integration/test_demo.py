import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.cli.exits import BLOCKED
from ledger.errors import TransportError
from ledger.evidence import parse_evidence
from scripts.folder import claim, held
from scripts.stack import open_stack
from scripts.story_steps import Story

ROOT = Path(__file__).parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    claim(folder)
    (folder / "ledger.db").write_text("earlier")
    done = run(sys.executable, "-m", "scripts.demo", "--dir", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def unbroken(story: str) -> str:
    """What is told, in one line: where lines are broken depends on the folder's name."""
    return " ".join(story.replace("     | ", "").split())


def test_the_demo_tells_the_whole_story(demo: tuple[Path, str]) -> None:
    _, story = demo
    for sentence in (
        "The council admitted Lieferant GmbH, the supplier (org:lieferant-gmbh).",
        "The council admitted Kunden AG Mitte, the buyer (org:kunden-ag-mitte).",
        "The council admitted First Bank, a financier (org:first-bank).",
        "The council admitted Second Bank, a financier (org:second-bank).",
        "Kunden AG Mitte owes Lieferant GmbH 529.87 EUR.",
        "1,000,000,000 units, all held by the supplier",
        "VERIFIED on a development chain",
        "REFUSED: 409 Insufficient units",
        "REFUSED: 409 Already registered",
        "it hides 17 others.",
        "REFUTED at step 1",
        "  org:kunden-ag-mitte accepted the invoice\n",
        "org:first-bank      600,000,000  60 %",
        "This history is complete",
        "make serve",
    ):
        assert sentence in story
    told = unbroken(story)
    assert "invoice.xml is CLEAR: 0 points" in told
    assert "invoice-changed.xml is FOR REVIEW: 80 points" in told


def test_the_refusal_names_the_record_that_stands(demo: tuple[Path, str]) -> None:
    folder, story = demo
    evidence = json.loads((folder / "invoice.evidence.json").read_bytes())
    words = unbroken(story)
    assert f"record {evidence['record']['id']} stands for the same already" in words


def test_the_changed_number_is_found_by_the_record_and_the_rule(demo: tuple[Path, str]) -> None:
    folder, story = demo
    record = json.loads((folder / "invoice.evidence.json").read_bytes())["record"]["id"]
    _, _, words = unbroken(story).partition("invoice-changed.xml is FOR REVIEW: 80 points")
    assert f"50 same-amount: Record {record} has the same seller, buyer, total and date" in words
    assert re.search(rf"record {record}, block \d+ \([^)]+\): shares K3 30 not-accepted: ", words)


def test_the_forwarder_sees_what_was_shown_and_no_price(demo: tuple[Path, str]) -> None:
    folder, story = demo
    _, _, told = story.partition("The forwarder verifies it")
    verified, _, _ = told.partition("\n6. ")
    assert "  buyer.name  Kunden AG Mitte\n" in verified
    for text in (verified, (folder / "shown.evidence.json").read_text()):
        assert "471102" in text
        assert "529.87" not in text


def test_no_line_is_too_long_for_a_terminal_but_for_a_hash_or_path(demo: tuple[Path, str]) -> None:
    folder, story = demo
    unbreakable = re.compile(rf"0x[0-9a-f]{{64}}|{re.escape(str(folder))}")
    long = [line for line in story.splitlines() if len(line) > 100]
    assert [line for line in long if not unbreakable.search(line)] == []


def test_the_demo_leaves_what_it_says(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "invoice.xml",
        "invoice.evidence.json",
        "invoice.pdf",
        "invoice-changed.xml",
        "shown.evidence.json",
        "delivery-note.pdf",
        "delivery-note.evidence.json",
        "delivery-note-changed.pdf",
        "sealbook.toml",
        "deployment.json",
        "logs",
    }


def test_keys_are_readable_by_their_owner_only(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    keys = [*folder.glob("keys/*"), *folder.glob("api-keys/*"), *folder.glob("chain/keys/*")]
    assert len(keys) > 20
    assert [path for path in keys if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(
    ("document", "evidence"),
    [
        ("invoice.xml", "invoice.evidence.json"),
        ("delivery-note.pdf", "delivery-note.evidence.json"),
    ],
)
def test_the_evidence_states_the_digest_of_the_document_beside_it(
    demo: tuple[Path, str], document: str, evidence: str
) -> None:
    folder, _ = demo
    encoded = (folder / evidence).read_bytes()
    stated = parse_evidence(encoded, max_bytes=len(encoded)).document
    content = (folder / document).read_bytes()
    assert stated is not None
    assert stated.digest == hashlib.sha256(content).digest()


def test_what_the_demo_shows_to_go_on_by_hand_works(demo: tuple[Path, str]) -> None:
    folder, story = demo
    _, _, by_hand = story.partition("8. Go on by hand")
    lines = [line.strip() for line in by_hand.replace("\\\n", "").splitlines()]
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    *typed, screen = (line for line in commands if line.startswith(("export ", "sealbook ")))
    assert len(typed) == 6
    assert screen.startswith("sealbook screen ")
    assert f"make serve DIR={folder}" in commands
    with open_stack(folder, lambda _text: None) as stack:
        done = run("sh", "-ec", "\n".join([*typed, f"{screen} || test $? = {BLOCKED}"]))
        assert stack.api_url in commands[-1], "the URL is what it was"
    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED" in done.stdout
    assert "This history is complete" in done.stdout
    assert "invoice.pdf is BLOCKED" in done.stdout
    assert (folder / "README.evidence.json").exists()


def test_a_demo_whose_api_is_gone_says_so(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    with open_stack(folder, lambda _text: None) as stack:
        stack.processes[1].stop()
        with pytest.raises(TransportError, match="the API did not answer"):
            Story(stack).finance()


def test_a_demo_keeps_what_an_earlier_run_left(demo: tuple[Path, str]) -> None:
    folder, story = demo
    (aside,) = (path for path in folder.parent.iterdir() if path.is_dir() and path != folder)
    assert f"is in {aside} now" in " ".join(story.split())
    assert (aside / "ledger.db").read_text() == "earlier"


def test_the_demo_refuses_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    done = run(sys.executable, "-m", "scripts.demo", "--dir", str(tmp_path))
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_the_demo_refuses_a_folder_that_another_one_works_on(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with held(folder):
        claim(folder)
        done = run(sys.executable, "-m", "scripts.demo", "--dir", str(folder))
    assert done.returncode == 1
    assert f"process {os.getpid()} works on" in done.stderr
