import json
from pathlib import Path

import pytest

from ledger.evidence import Evidence
from tests.cli.commands import Printed, sealbook
from tests.cli.world import World

pytestmark = pytest.mark.usefixtures("record", "document")


@pytest.fixture
def evidence(world: World) -> Path:
    return world.folder / "invoice.evidence.json"


def verify(world: World, *words: str | Path) -> Printed:
    return sealbook("verify", *words, "--config", world.config, "--scope", "document")


def test_an_issue_date_is_proved_without_the_document_and_without_a_word_of_the_rest(
    world: World, evidence: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.json"
    printed = sealbook("disclose", evidence, "--show", "issue_date", "--out", cut)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == f"{cut} shows issue_date; it hides 19 others.\n"

    printed = verify(world, cut)
    assert printed.code == 0
    assert printed.masked.endswith(
        "lei:SUPPLIER000000000003 notarised an invoice not after TIME, in block N of"
        " eip155:1337702.\n"
        "No document was looked at: this is about the member's statement alone.\n"
        "Proved fields, which lei:SUPPLIER000000000003 states to have read from the document:\n"
        "  issue_date  2016-04-04\n"
        "Hidden: document.digest, document.size, number, type_code, currency, due_date,"
        " purchase_order, profile, preceding, seller.name, seller.ids, seller.country, buyer.name,"
        " buyer.ids, buyer.country, payee, payee_accounts, gross_amount, payable_amount.\n"
    )
    assert "1  not applicable  No document was given.\n" in printed.out
    assert "336.9" not in printed.out


def test_the_fields_for_programs_say_where_they_come_from(
    world: World, evidence: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.json"
    sealbook("disclose", evidence, "--show", "document,issue_date", "--out", cut)
    found = verify(world, cut, "--json").json["fields"]
    assert (found["origin"], found["compared_with_document"]) == ("read", False)
    assert found["shown"]["issue_date"] == "2016-04-04"
    assert len(found["hidden"]) == 17
    found = verify(world, world.folder / "invoice.xml", cut, "--json").json
    assert (found["verdict"], found["fields"]["compared_with_document"]) == ("verified", True)


def test_with_the_document_full_evidence_shows_what_the_document_says(
    world: World, evidence: Path
) -> None:
    printed = verify(world, world.folder / "invoice.xml", evidence)
    assert printed.code == 0
    assert "\nProved fields, as the document itself says:\n  document.digest  0x" in printed.out
    assert "\n  gross_amount     336.9\n" in printed.out
    assert "\n  payee            (none)\n" in printed.out
    assert "Hidden:" not in printed.out


def test_without_the_document_a_receivable_is_undetermined_and_it_is_said_what_to_ask(
    world: World, evidence: Path
) -> None:
    printed = sealbook("verify", evidence, "--config", world.config)
    assert printed.code == 3
    assert "The identity of the invoice is unchecked: no document was given." in printed.out
    assert printed.out.endswith("--scope document asks for the statement and its fields alone.\n")


def test_a_document_whose_digest_is_hidden_is_undetermined(
    world: World, evidence: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.json"
    sealbook("disclose", evidence, "--show", "issue_date", "--out", cut)
    printed = verify(world, world.folder / "invoice.xml", cut)
    assert printed.code == 3
    assert "UNDETERMINED at step 1 (whether the document is the one stated)." in printed.out
    assert "ask for evidence that shows both" in printed.out


def test_a_copy_that_was_edited_is_refuted(world: World, evidence: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    sealbook("disclose", evidence, "--show", "issue_date", "--out", cut)
    cut.write_bytes(cut.read_bytes().replace(b"2016-04-04", b"2016-04-05"))
    printed = verify(world, cut)
    assert printed.code == 1
    assert "REFUTED at step 2 (whether fields, statement and salt give a commitment)" in printed.out
    assert "2016-04-05" not in printed.out


def test_a_plain_document_that_is_not_at_hand_is_named_by_its_digest(
    world: World, document: Evidence
) -> None:
    printed = verify(world, world.folder / "document.evidence.json")
    assert printed.code == 0
    assert document.document is not None
    assert (
        f"No document was looked at: it is stated to have {document.document.size:,} bytes and the"
        f" SHA-256 digest 0x{document.document.digest.hex()}.\n"
    ) in printed.out


def test_the_copy_goes_to_standard_output_byte_for_byte(evidence: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    sealbook("disclose", evidence, "--show", "seller", "--out", cut)
    for words in ((), ("--json",)):
        printed = sealbook("disclose", evidence, "--show", "seller", *words)
        assert printed.out.encode() == cut.read_bytes()


def test_hiding_is_the_complement_of_showing_and_a_copy_can_be_cut_further(
    evidence: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.json"
    printed = sealbook("disclose", evidence, "--hide", "document,seller", "--hide", "buyer,payee")
    cut.write_text(printed.out)
    assert "seller.name" not in json.loads(printed.out)["fields"]["shown"]
    once = sealbook("disclose", evidence, "--show", "number").out
    assert sealbook("disclose", cut, "--show", "number").out == once
    printed = sealbook("disclose", cut, "--hide", "number", "--out", tmp_path / "b.json", "--json")
    assert "number" in printed.json["hidden"]
    assert len(printed.json["shown"]) + len(printed.json["hidden"]) == 20


def test_what_is_hidden_is_not_shown_again(evidence: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    sealbook("disclose", evidence, "--show", "issue_date", "--out", cut)
    printed = sealbook("disclose", cut, "--show", "number,issue_date", "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "hidden-field")
    assert "ask for evidence that shows it" in printed.json["error"]["message"]


def test_evidence_is_never_overwritten(evidence: Path) -> None:
    before = evidence.read_bytes()
    printed = sealbook("disclose", evidence, "--show", "issue_date", "--out", evidence)
    assert printed.code == 1
    assert "evidence is never overwritten" in printed.err
    assert evidence.read_bytes() == before


def test_a_plain_document_has_no_fields_to_show(world: World) -> None:
    printed = sealbook("disclose", world.folder / "document.evidence.json", "--show", "number")
    assert printed.code == 1
    assert "without fields" in printed.err


def test_a_file_that_is_no_evidence_is_refused(world: World) -> None:
    printed = sealbook("disclose", world.folder / "invoice.xml", "--show", "number")
    assert (printed.code, printed.out) == (1, "")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "either what to --show or what to --hide"),
        (("--show", "number", "--hide", "seller"), "either what to --show or what to --hide"),
        (("--show", "price"), "there is no field 'price'; the fields are: document.digest,"),
        (("--show", "number,"), "there is no field ''"),
    ],
)
def test_wrong_usage_says_what_is_right(
    evidence: Path, words: tuple[str, ...], reason: str
) -> None:
    printed = sealbook("disclose", evidence, *words)
    assert (printed.code, printed.out) == (2, "")
    assert reason in " ".join(printed.err.split())


def test_more_than_one_document_is_wrong_usage(world: World, evidence: Path) -> None:
    printed = verify(world, evidence, evidence, evidence)
    assert printed.code == 2
    assert "one DOCUMENT at most" in printed.err
