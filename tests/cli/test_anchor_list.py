import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.cli import digest_lists
from tests.cli.commands import Printed, sealbook
from tests.cli.desks import Desk, running_desk
from tests.cli.listing import digest_of, digests_in, digests_listed, line, write_list
from tests.cli.processes import PROGRAM, heeding_interrupts
from tests.cli.world import World
from tests.support.consortium import OTHER_FINANCIER
from tests.support.processes import started


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(
        world, OTHER_FINANCIER, "financier", tmp_path_factory.mktemp("desk")
    ) as running:
        yield running


@pytest.fixture
def small_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles of three lines."""
    monkeypatch.setattr(digest_lists, "LINES_PER_BUNDLE", 3)


def anchor(
    desk: Desk, digests: Path, *words: str | Path, media_type: str = "text/plain"
) -> Printed:
    evidence = digests.with_suffix(".ndjson")
    named = ("--digests", digests, "--evidence", evidence, "--media-type", media_type)
    return desk.anchor(*named, *words)


def test_documents_are_hashed_anchored_picked_and_verified(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    documents = tmp_path / "november"
    documents.mkdir()
    for number in range(5):
        (documents / f"{number}.pdf").write_text(f"invoice {number} of November")
    assert sealbook("hash", "--recursive", "november", "--out", "november.list").code == 0
    printed = anchor(desk, Path("november.list"), media_type="Application/PDF")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == "5 documents are notarised: november.ndjson holds the evidence.\n"

    document = documents / "3.pdf"
    picked = sealbook("pick", document, "november.ndjson", "--out", "3.evidence.json")
    assert picked.out == f"3.evidence.json holds the evidence of {document}.\n"
    verified = sealbook("verify", document, "3.evidence.json", "--config", desk.config)
    assert verified.code == 0
    assert f"{OTHER_FINANCIER} notarised this document" in verified.out
    other = sealbook("verify", documents / "2.pdf", "3.evidence.json", "--config", desk.config)
    assert other.code == 1


@pytest.mark.usefixtures("small_bundles")
def test_line_by_line_the_evidence_is_that_of_the_list(desk: Desk, tmp_path: Path) -> None:
    digests = write_list(tmp_path / "seven.list", "seven", 7)
    before = desk.bundles()
    printed = anchor(desk, digests, "--json")
    new = [identifier for identifier in desk.bundles() if identifier not in before]
    assert (printed.code, printed.err) == (0, "")
    assert printed.json == {
        "digests": str(digests),
        "documents": 7,
        "bundles": [
            {"id": printed.json["bundles"][0]["id"], "first_line": 1, "size": 3},
            {"id": printed.json["bundles"][1]["id"], "first_line": 4, "size": 3},
            {"id": printed.json["bundles"][2]["id"], "first_line": 7, "size": 1},
        ],
        "evidence": str(tmp_path / "seven.ndjson"),
    }
    assert sorted(part["id"] for part in printed.json["bundles"]) == sorted(new)
    assert digests_in(tmp_path / "seven.ndjson") == digests_listed(digests)


@pytest.mark.usefixtures("small_bundles")
def test_a_repeated_run_finds_the_bundles_and_makes_no_second_ones(
    desk: Desk, tmp_path: Path
) -> None:
    digests = write_list(tmp_path / "again.list", "again", 5)
    first = anchor(desk, digests, "--no-wait")
    assert first.out == (
        "5 documents are accepted; evidence is not ready. Run the same command without --no-wait.\n"
    )
    assert not (tmp_path / "again.ndjson").exists()
    before = desk.bundles()
    digests.write_text(digests.read_text().replace("}", ',"file":"moved since"}'))
    assert anchor(desk, digests).code == 0
    assert desk.bundles() == before
    assert digests_in(tmp_path / "again.ndjson") == digests_listed(digests)

    assert anchor(desk, digests, "--no-wait", media_type="Text/Plain").code == 0
    assert desk.bundles() == before
    assert anchor(desk, digests, "--no-wait", media_type="application/pdf").code == 0
    assert len(desk.bundles()) == len(before) + 2


def test_a_document_that_is_listed_twice_has_evidence_in_both_lines(
    desk: Desk, tmp_path: Path
) -> None:
    digests = tmp_path / "twice.list"
    digests.write_text(line("twice") + line("between") + line("twice"))
    assert anchor(desk, digests).code == 0
    evidence = tmp_path / "twice.ndjson"
    assert digests_in(evidence) == [digest_of(name) for name in ("twice", "between", "twice")]
    picked = sealbook("pick", "--digest", digest_of("twice"), evidence, "--out", tmp_path / "one")
    assert picked.out.endswith("2 times; this is the first, from line 1.\n")
    assert (tmp_path / "one").read_bytes() == evidence.read_bytes().splitlines()[0]


def test_evidence_that_is_there_is_never_overwritten(desk: Desk, tmp_path: Path) -> None:
    digests = write_list(tmp_path / "kept.list", "kept", 2)
    evidence = tmp_path / "kept.ndjson"
    evidence.write_text("my notes")
    before = desk.bundles()
    printed = anchor(desk, digests, "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "evidence-exists")
    assert (evidence.read_text(), desk.bundles()) == ("my notes", before)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_nothing_of_a_list_with_a_bad_line_is_handed_in(
    desk: Desk, tmp_path: Path, small_bundles: None
) -> None:
    assert small_bundles is None
    digests = write_list(tmp_path / "bad.list", "bad", 7)
    digests.write_text(digests.read_text().replace('"size":5}\n', '"size":0}\n'))
    before = desk.bundles()
    printed = anchor(desk, digests)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == (
        f"Error: {digests}, line 1: the size is not a number of bytes from 1 to 2**53 - 1.\n"
    )
    assert desk.bundles() == before
    assert not (tmp_path / "bad.ndjson").exists()


def test_a_list_that_is_not_final_in_time_is_told_as_such(desk: Desk, tmp_path: Path) -> None:
    digests = write_list(tmp_path / "slow.list", "slow", 2)
    printed = anchor(desk, digests, "--timeout", "0.000001", "--json")
    assert (printed.code, printed.json["error"]["code"]) == (3, "not-final-yet")
    assert printed.json["error"]["message"].startswith("lines 1 to 2 of the list are accepted as")
    assert [path.name for path in tmp_path.iterdir()] == ["slow.list"]
    assert anchor(desk, digests).code == 0


def test_a_service_that_does_not_answer_has_exit_code_3(desk: Desk, tmp_path: Path) -> None:
    digests = write_list(tmp_path / "down.list", "down", 2)
    words = ("--api", "http://127.0.0.1:9", "--timeout", "0.3")
    printed = anchor(desk, digests, *words)
    assert (printed.code, printed.out) == (3, "")
    waiting, told = printed.err.splitlines()
    assert waiting.startswith("The service does not answer; trying again until ")
    assert told.startswith("Error: the service at http://127.0.0.1:9 does not answer;")
    assert [path.name for path in tmp_path.iterdir()] == ["down.list"]


def test_a_key_that_was_never_issued_is_refused(desk: Desk, tmp_path: Path) -> None:
    digests = write_list(tmp_path / "key.list", "key", 2)
    key = tmp_path / "wrong.key"
    key.write_text("sbk_wrong")
    printed = anchor(desk, digests, "--api-key-file", key, "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "unauthenticated")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name files, or a list of digests with --digests LIST"),
        (("--evidence", "out"), "--evidence is for the list that --digests names"),
        (("--digests", "LIST"), "say where the evidence goes with --evidence OUT"),
        (("--digests", "LIST", "--evidence", "out"), "say what the documents of the list are with"),
        (("--digests", "LIST", "--no-wait"), "list are with --media-type TYPE, such as"),
        (("--digests", "LIST", "--evidence", "out", "LIST"), "takes the place of FILE"),
        (("--digests", "LIST", "--evidence", "out", "--out-dir", "."), "takes the place of"),
        (("--digests", "LIST", "--evidence", "out", "--media-type", "pdf"), "is not a media type"),
    ],
)
def test_wrong_usage_says_what_is_right(
    desk: Desk, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    digests = write_list(tmp_path / "usage.list", "usage", 1)
    printed = desk.anchor(*(str(digests) if word == "LIST" else word for word in words))
    assert (printed.code, printed.out) == (2, "")
    assert told in " ".join(printed.err.replace("│", " ").split())


def test_an_interrupt_says_what_stays(desk: Desk, tmp_path: Path) -> None:
    digests = write_list(tmp_path / "cut.list", "cut", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        named = ("--digests", digests, "--evidence", tmp_path / "out", "--media-type", "text/plain")
        with heeding_interrupts():
            process = subprocess.Popen(
                [PROGRAM, "anchor", *named, "--config", desk.config, "--api", url],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        silent.settimeout(60)
        silent.accept()[0].close()
        os.kill(process.pid, signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    # Before, it may have said that the service does not answer.
    last = errors.splitlines()[-1]
    assert last == "Interrupted. What was handed in stays; run the same command again."
    assert [path.name for path in tmp_path.iterdir()] == ["cut.list"]


def killed_when(process: "subprocess.Popen[str]", reached: Callable[[], bool]) -> bool:
    """Kill a process as soon as it came so far; whether it was still running then."""
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        if process.poll() is not None:
            return False
        time.sleep(0.002)
    process.kill()
    return process.wait(60) < 0


def test_a_run_that_was_killed_is_repeated_and_anchors_nothing_twice(
    desk: Desk, tmp_path: Path
) -> None:
    digests = write_list(tmp_path / "killed.list", "killed", 40_000)
    evidence = tmp_path / "killed.ndjson"
    part = tmp_path / "killed.ndjson.part"
    before = len(desk.bundles())
    command: list[str | Path] = [PROGRAM, "anchor", "--digests", digests, "--evidence", evidence]
    command += ["--media-type", "text/plain"]
    environment = {**os.environ, "SEALBOOK_CONFIG": str(desk.config)}
    moments: list[Callable[[], bool]] = [
        lambda: len(desk.bundles()) > before,
        lambda: part.exists() and part.stat().st_size > 100_000,
    ]
    for moment in moments:
        with started(command, env=environment) as process:
            assert killed_when(process, moment)
        assert part.exists()
        assert not evidence.exists()
    printed = anchor(desk, digests)
    assert printed.out == f"40,000 documents are notarised: {evidence} holds the evidence.\n"
    assert len(desk.bundles()) == before + 3
    assert not part.exists()
    assert digests_in(evidence) == digests_listed(digests)
