import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.cli.commands import sealbook
from tests.cli.desks import Desk, running_desk
from tests.cli.processes import PROGRAM
from tests.cli.servers import serving
from tests.cli.world import World
from tests.support.consortium import OTHER_FINANCIER
from tests.unit.invoices.samples import ubl


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(
        world, OTHER_FINANCIER, "financier", tmp_path_factory.mktemp("desk")
    ) as running:
        yield running


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_document_gets_evidence_that_verifies(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "contract.txt", "we agree")
    printed = desk.anchor(file)
    evidence = tmp_path / "contract.evidence.json"
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == f"{file} is notarised: {evidence} holds the evidence.\n"
    form = json.loads(evidence.read_bytes())
    assert form["statement"]["media_type"] == "text/plain"
    assert form["statement"]["member"] == OTHER_FINANCIER
    assert sealbook("verify", file, evidence, "--config", desk.config).code == 0


def test_a_repeated_run_finds_the_document_and_makes_no_second_one(
    desk: Desk, tmp_path: Path
) -> None:
    file = write(tmp_path, "once.txt", "only once")
    first = desk.anchor(file, "--no-wait")
    assert first.code == 0
    assert not (tmp_path / "once.evidence.json").exists()
    before = desk.documents()
    second = desk.anchor(file, "--json")
    assert second.code == 0
    assert second.json["documents"] == [
        {
            "file": str(file),
            "id": before[-1],
            "state": "final",
            "evidence": str(tmp_path / "once.evidence.json"),
        }
    ]
    assert desk.documents() == before
    assert (tmp_path / "once.evidence.json").exists()


def test_the_same_bytes_as_another_media_type_are_another_document(
    desk: Desk, tmp_path: Path
) -> None:
    file = write(tmp_path, "form.txt", "<form/>")
    desk.anchor(file, "--no-wait")
    before = desk.documents()
    desk.anchor(file, "--no-wait", "--media-type", "application/xml")
    assert len(desk.documents()) == len(before) + 1


def test_a_refused_file_stops_no_other(desk: Desk, tmp_path: Path) -> None:
    files = [write(tmp_path, "empty.txt", ""), write(tmp_path, "full.txt", "full")]
    out = tmp_path / "evidence"
    out.mkdir()
    printed = desk.anchor(*files, "--out-dir", out)
    assert (printed.code, printed.err) == (1, "")
    assert printed.out == (
        f"{files[0]} is REFUSED: the document is empty.\n"
        f"{files[1]} is notarised: {out}/full.evidence.json holds the evidence.\n"
    )
    in_json = desk.anchor(*files, "--out-dir", out, "--json")
    assert in_json.code == 1
    refused, notarised = in_json.json["documents"]
    assert refused["error"]["message"] == "the document is empty"
    assert notarised["state"] == "final"
    assert [path.name for path in out.iterdir()] == ["full.evidence.json"]


def test_evidence_that_is_there_stays_when_it_is_found_again(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "twice.txt", "twice")
    assert desk.anchor(file).code == 0
    evidence = (tmp_path / "twice.evidence.json").read_bytes()
    assert desk.anchor(file).code == 0
    assert desk.anchor(file, "--media-type", "Text/Plain").code == 0
    assert (tmp_path / "twice.evidence.json").read_bytes() == evidence


@pytest.mark.parametrize("real", [True, False])
def test_evidence_of_something_else_is_never_overwritten(
    desk: Desk,
    tmp_path: Path,
    real: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    file = write(tmp_path, "offer.txt", f"the first offer, {real}")
    evidence = tmp_path / "offer.evidence.json"
    if real:
        assert desk.anchor(file).code == 0
        write(tmp_path, "offer.txt", "the second offer")
    else:
        evidence.write_text("my notes")
    kept, before = evidence.read_bytes(), desk.documents()
    printed = desk.anchor(file, "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "evidence-exists")
    assert "name another folder with --out-dir" in printed.json["error"]["message"]
    assert (evidence.read_bytes(), desk.documents()) == (kept, before)


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_document_whose_evidence_cannot_be_kept_is_told_as_accepted(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    file, key = write(tmp_path, "offer.txt", "an offer"), write(tmp_path, "my.key", "sbk_mine")
    identifier = "01920000-0000-7000-8000-000000000000"

    async def answer(request: Request) -> Response:
        if request.url.path.endswith("/evidence"):
            write(tmp_path, "offer.evidence.json", "written meanwhile")
            return PlainTextResponse("evidence")
        return JSONResponse({"id": identifier, "state": "final"})

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with serving(app) as url:
        printed = sealbook("anchor", file, "--api", url, "--api-key-file", key, *words)
    assert (printed.code, printed.err) == (1, "")
    assert (tmp_path / "offer.evidence.json").read_text() == "written meanwhile"
    if words:
        told = printed.json["documents"][0]
        assert (told["id"], told["error"]["code"]) == (identifier, "evidence-exists")
        return
    assert printed.out.startswith(
        f"{file} is accepted as document {identifier}; its evidence was not written: "
    )
    assert "REFUSED" not in printed.out


@pytest.mark.parametrize("text", ["", "\n", "two words", "sbk_a\nsbk_b", "sbk_\u00e4", "0x12"])
def test_a_file_that_holds_no_api_key_is_told_as_such(
    desk: Desk, tmp_path: Path, text: str
) -> None:
    file = write(tmp_path, "contract.txt", "we agree")
    key = write(tmp_path, "empty.key", text)
    printed = desk.anchor(file, "--api-key-file", key)
    assert (printed.code, printed.out) == (1, "")
    assert "empty.key holds no API key" in printed.err


def test_an_anchor_that_is_not_final_in_time_is_no_unreachable_service(
    desk: Desk, tmp_path: Path
) -> None:
    file = write(tmp_path, "slow.txt", "not that fast")
    printed = desk.anchor(file, "--timeout", "0.000001", "--json")
    assert (printed.code, printed.json["error"]["code"]) == (3, "not-final-yet")
    assert "is accepted as document" in printed.json["error"]["message"]


def test_a_key_that_was_never_issued_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "contract.txt", "we agree")
    key = write(tmp_path, "wrong.key", "sbk_wrong")
    printed = desk.anchor(file, "--api-key-file", key, "--json")
    assert (printed.code, printed.err) == (1, "")
    assert printed.json["error"]["code"] == "unauthenticated"


def test_a_service_that_does_not_answer_has_exit_code_3(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "contract.txt", "we agree")
    printed = desk.anchor(file, "--api", "http://127.0.0.1:9", "--timeout", "0.3")
    assert (printed.code, printed.out) == (3, "")
    waiting, told = printed.err.splitlines()
    assert waiting.startswith("The service does not answer; trying again until ")
    assert told.startswith("Error: the service at http://127.0.0.1:9 does not answer;")


def test_two_files_whose_evidence_would_have_one_name_are_wrong_usage(
    desk: Desk, tmp_path: Path
) -> None:
    files = [write(tmp_path, "invoice.xml", "<a/>"), write(tmp_path, "invoice.pdf", "%PDF")]
    before = desk.documents()
    printed = desk.anchor(*files)
    assert (printed.code, printed.out) == (2, "")
    assert f"would both be {tmp_path}/invoice.evidence.json" in printed.err
    assert desk.documents() == before


@pytest.mark.parametrize(
    ("options", "named"), [((), "--api URL"), (("--api", "http://x"), "--api-key-file FILE")]
)
def test_what_is_not_configured_is_named(
    world: World, tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    file = write(tmp_path, "contract.txt", "we agree")
    printed = sealbook("anchor", file, "--config", world.config, *options)
    assert (printed.code, printed.out) == (2, "")
    assert named in printed.err


def test_a_media_type_that_is_none_is_wrong_usage(desk: Desk, tmp_path: Path) -> None:
    printed = desk.anchor(write(tmp_path, "a.txt", "a"), "--media-type", "text")
    assert (printed.code, printed.out) == (2, "")
    assert "is not a media type" in printed.err


def test_a_file_that_is_not_there_is_wrong_usage(desk: Desk, tmp_path: Path) -> None:
    assert desk.anchor("nowhere.pdf").code == 2
    file = write(tmp_path, "a.txt", "a")
    assert desk.anchor(file, "--api-key-file", "nowhere.key").code == 2


def test_bulk_work_shows_its_progress_on_a_terminal_only(desk: Desk, tmp_path: Path) -> None:
    files = [write(tmp_path, f"{number}.txt", f"text {number}") for number in range(3)]
    assert desk.anchor(*files).err == ""
    terminal, shown_to = pty.openpty()
    done = subprocess.run(
        [PROGRAM, "anchor", *files, "--config", desk.config],
        stdout=subprocess.PIPE,
        stderr=shown_to,
        check=True,
    )
    os.close(shown_to)
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        progress = screen.read(10_000)
    assert b"Handing over" in progress
    assert b"100%" in progress
    assert b"Handing over" not in done.stdout


FORM = {
    "format": "sealbook-invoice/1",
    "number": "17/2025",
    "issue_date": "2025-10-09",
    "currency": "EUR",
    "gross_amount": "238.00",
    "seller": {"name": "Seller GmbH"},
    "buyer": {"name": "Buyer \u00e9t\u00e9"},
}


def declare(folder: Path, **changes: str) -> Path:
    """What is declared, in a file with a byte order mark and a line feed at its end."""
    text = json.dumps(FORM | changes, indent=2, ensure_ascii=False) + "\n"
    return write(folder, f"fields-{len(changes)}.json", "\ufeff" + text)


def test_fields_are_declared_and_the_document_stays_here(desk: Desk, tmp_path: Path) -> None:
    file, fields = write(tmp_path, "scan.tiff", "not an e-invoice"), declare(tmp_path)
    assert desk.anchor(file, "--declare", fields).code == 0
    evidence = tmp_path / "scan.evidence.json"
    form = json.loads(evidence.read_bytes())
    assert form["statement"]["fields"]["origin"] == "declared"
    assert form["statement"]["media_type"] == "image/tiff"
    assert form["fields"]["shown"]["buyer.name"]["value"] == "Buyer \u00e9t\u00e9"

    for words in ((file, evidence), (evidence,)):
        printed = sealbook("verify", *words, "--config", desk.config)
        assert printed.code == 0
        assert (
            f"Proved fields, declared by {OTHER_FINANCIER}, which the document does not prove:\n"
        ) in printed.out
        assert "  gross_amount     238.00\n" in printed.out


def test_a_declaration_is_made_once_and_its_evidence_is_known_again(
    desk: Desk, tmp_path: Path
) -> None:
    file, fields = write(tmp_path, "once.tiff", "declared once"), declare(tmp_path)
    assert desk.anchor(file, "--declare", fields, "--no-wait").code == 0
    before = desk.documents()
    assert desk.anchor(file, "--declare", fields).code == 0
    kept = (tmp_path / "once.evidence.json").read_bytes()
    assert desk.anchor(file, "--declare", fields).code == 0
    assert desk.documents() == before
    assert (tmp_path / "once.evidence.json").read_bytes() == kept


@pytest.mark.parametrize("others", [True, False])
def test_evidence_with_other_fields_or_none_is_never_overwritten(
    desk: Desk,
    tmp_path: Path,
    others: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    file, fields = write(tmp_path, "other.tiff", f"declared {others}"), declare(tmp_path)
    assert desk.anchor(file, "--declare", fields).code == 0
    before = desk.documents()
    words = ("--declare", declare(tmp_path, number="18/2025")) if others else ()
    printed = desk.anchor(file, *words, "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "evidence-exists")
    assert desk.documents() == before


def test_fields_that_are_none_are_refused_before_anything_is_sent(
    desk: Desk, tmp_path: Path
) -> None:
    file, before = write(tmp_path, "bad.tiff", "bad"), desk.documents()
    printed = desk.anchor(file, "--declare", declare(tmp_path, gross_amount="much"))
    assert (printed.code, printed.out) == (1, "")
    assert "gross_amount is 'much'" in printed.err
    assert desk.documents() == before


def test_nothing_is_declared_of_an_e_invoice(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "invoice.xml", ubl())
    printed = desk.anchor(file, "--declare", declare(tmp_path))
    assert (printed.code, printed.out) == (1, "")
    assert "is an e-invoice: what it says is read from it and not declared" in printed.err
    assert not file.with_suffix(".evidence.json").exists()


def test_fields_are_declared_of_one_file_only(desk: Desk, tmp_path: Path) -> None:
    files = [write(tmp_path, f"{number}.tiff", "x") for number in range(2)]
    printed = desk.anchor(*files, "--declare", declare(tmp_path))
    assert (printed.code, printed.out) == (2, "")
    assert "--declare says what one FILE says" in printed.err
