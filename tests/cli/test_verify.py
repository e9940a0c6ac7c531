import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from devnet.chain import Devnet
from ledger.chain.deployment import write_deployment
from ledger.cli.main import main
from ledger.evidence import Evidence
from ledger.types import RecordId, to_hex
from tests.cli.commands import Printed, sealbook
from tests.cli.servers import serving_devnet
from tests.cli.world import PDF, UBL, World
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER

NOBODY = "http://127.0.0.1:9"


def verify(world: World, name: str, *options: str | Path) -> Printed:
    document = world.folder / name
    evidence = document.with_suffix(".evidence.json")
    return sealbook("verify", document, evidence, "--config", world.config, *options)


@pytest.mark.usefixtures("document")
def test_a_document_is_verified_and_the_answer_says_that_the_chain_is_for_development(
    world: World,
) -> None:
    printed = verify(world, "document.pdf")
    assert (printed.code, printed.err) == (0, "")
    assert printed.masked == (
        "0  passed          The evidence is well formed.\n"
        "1  passed          The document has the stated SHA-256 digest and size.\n"
        "2  passed          The commitment is HASH.\n"
        "3  passed          The commitment is leaf 0 of a tree of 1.\n"
        "4  passed          The trusted notary recorded the tree for lei:SUPPLIER000000000003.\n"
        "5  passed          The event is in block N.\n"
        "6  passed          Block N is on the node's chain with N blocks on top of it, and 0 are"
        " asked for. But eip155:1337702 is a development chain: no validator seals its blocks, and"
        " who runs it can rewrite it.\n"
        "7  passed          It was neither revoked nor superseded up to block N.\n"
        "8  not applicable  It was not notarised as an invoice.\n"
        "\n"
        "VERIFIED on a development chain (nobody seals its blocks, and who runs it can rewrite"
        " it).\n"
        "lei:SUPPLIER000000000003 notarised this document not after TIME, in block N of"
        " eip155:1337702.\n"
    )


@pytest.mark.usefixtures("record")
def test_a_receivable_is_verified_with_those_who_hold_it(world: World) -> None:
    printed = verify(world, "invoice.xml")
    assert printed.code == 0
    assert (
        f"8  passed          The buyer {BUYER} accepted the invoice. Of 1,000,000,000 units 0 are"
        f" retired; held by: {SUPPLIER} 400,000,000, {FINANCIER} 600,000,000.\n"
    ) in printed.out


FACTS = (
    "The document itself says: invoice 123456XX of 2016-04-04, 336.9 EUR, seller [Seller name],"
    " buyer [Buyer name].\n"
)


@pytest.mark.usefixtures("record")
def test_an_invoice_is_named_by_what_it_says_of_itself(world: World) -> None:
    assert FACTS in verify(world, "invoice.xml").out
    assert FACTS in verify(world, "invoice.xml", "--offline").out
    assert verify(world, "invoice.xml", "--json").json["invoice"] == {
        "number": "123456XX",
        "issue_date": "2016-04-04",
        "total": "336.9",
        "currency": "EUR",
        "seller": "[Seller name]",
        "buyer": "[Buyer name]",
    }


@pytest.mark.usefixtures("record")
def test_a_document_whose_bytes_do_not_match_says_nothing_of_itself(
    world: World, tmp_path: Path
) -> None:
    changed = tmp_path / "invoice.xml"
    changed.write_bytes((world.folder / "invoice.xml").read_bytes().replace(b"XX", b"YY"))
    evidence = world.folder / "invoice.evidence.json"
    printed = sealbook("verify", changed, evidence, "--config", world.config)
    assert printed.code == 1
    assert "The document itself says" not in printed.out


@pytest.mark.usefixtures("record")
def test_another_fingerprint_key_is_named_as_what_may_be_wrong(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", "ab" * 32)
    printed = verify(world, "invoice.xml")
    assert printed.code == 1
    assert "or the fingerprint key given is not the consortium's.\n" in printed.out
    assert "here it comes from $SEALBOOK_FINGERPRINT_KEY, else from key_file in" in printed.out


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("document", [PDF, UBL])
def test_arguments_in_the_wrong_order_are_noticed(world: World, document: Path) -> None:
    evidence = world.folder / "invoice.evidence.json"
    printed = sealbook("verify", evidence, document, "--config", world.config)
    assert printed.code == 1
    assert printed.out.endswith("Is this the evidence file? DOCUMENT comes first.\n")


def test_a_changed_document_is_refuted_and_the_step_is_named(
    world: World, document: Evidence, tmp_path: Path
) -> None:
    content = bytearray((world.folder / "document.pdf").read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "document.pdf"
    changed.write_bytes(content)
    evidence = world.folder / "document.evidence.json"
    printed = sealbook("verify", changed, evidence, "--config", world.config)
    assert printed.code == 1
    assert document.document is not None
    stated = to_hex(document.document.digest)
    assert f"and {stated} is stated.\n2  not reached " in printed.out
    assert printed.out.endswith(
        "\nREFUTED at step 1 (whether the document is the one stated).\n"
        "The evidence does not show what it claims of this document.\n"
    )


@pytest.mark.usefixtures("document")
def test_evidence_that_is_no_evidence_is_refuted_at_step_0(world: World, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.json"
    nonsense.write_text('{"\x1b[31m": 1}')
    printed = sealbook("verify", world.folder / "document.pdf", nonsense, "--config", world.config)
    assert printed.code == 1
    assert "REFUTED at step 0 (whether the evidence is well formed)." in printed.out
    assert "\x1b" not in printed.out


@pytest.mark.usefixtures("document")
def test_json_that_is_no_evidence_is_not_taken_for_the_document(
    world: World, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"a": 1}')
    printed = sealbook("verify", world.folder / "document.pdf", other, "--config", world.config)
    assert printed.code == 1
    assert "DOCUMENT comes first" not in printed.out


def test_what_its_member_revoked_is_not_verified_any_more(
    passing: World, document: Evidence
) -> None:
    passing.revoke(document)
    printed = verify(passing, "document.pdf")
    assert printed.code == 4
    assert f"7  revoked         It was revoked by {SUPPLIER} at " in printed.out
    assert printed.out.endswith(
        "\nREVOKED on a development chain (nobody seals its blocks, and who runs it can rewrite"
        " it) at step 7 (whether the statement still stands).\n"
        "It was notarised, and it does not stand now.\n"
    )


@pytest.mark.usefixtures("document")
def test_a_block_that_is_not_deep_enough_leaves_it_undetermined(world: World) -> None:
    printed = verify(world, "document.pdf", "--min-depth", "1000")
    assert printed.code == 3
    assert printed.out.endswith(
        "\nUNDETERMINED at step 6 (whether the block is final).\n"
        "Nothing speaks against it, and not all that was asked is known.\n"
    )


@pytest.mark.usefixtures("document")
def test_a_node_that_does_not_answer_leaves_it_undetermined_and_still_shows_every_step(
    world: World,
) -> None:
    printed = verify(world, "document.pdf", "--rpc-url", NOBODY)
    assert printed.code == 3
    assert (
        "6  unknown         The chain node does not answer; check that it runs and that the RPC"
        " URL is right.\n"
    ) in printed.out
    assert (
        "\nUNDETERMINED at step 6 (whether the block is final), and step 7 (whether the statement"
        " still stands).\n"
    ) in printed.out


@pytest.mark.usefixtures("document")
def test_another_chain_with_the_same_id_refutes_nothing(world: World) -> None:
    with Devnet.open() as other, serving_devnet(other) as url:
        printed = verify(world, "document.pdf", "--rpc-url", url)
    assert printed.code == 3
    assert "it is another chain with the same id" in printed.out


def test_a_pinned_block_verifies_offline_and_says_what_was_not_asked(
    world: World, document: Evidence
) -> None:
    pinned = to_hex(document.block.ref.hash)
    printed = verify(world, "document.pdf", "--offline", "--rpc-url", NOBODY, "--pin-block", pinned)
    assert printed.code == 0
    assert printed.masked.endswith(
        "7  not applicable  The present standing was not asked for.\n"
        "8  not applicable  It was not notarised as an invoice.\n"
        "\n"
        "VERIFIED on a development chain (nobody seals its blocks, and who runs it can rewrite"
        " it).\n"
        "lei:SUPPLIER000000000003 notarised this document not after TIME, in block N of"
        " eip155:1337702.\n"
        "Whether it was revoked since was not asked.\n"
    )


@pytest.mark.usefixtures("document")
def test_offline_without_a_pinned_block_it_is_undetermined(world: World) -> None:
    printed = verify(world, "document.pdf", "--offline")
    assert printed.code == 3
    assert "6  unknown         No node was asked.\n" in printed.out


@pytest.mark.usefixtures("record")
def test_offline_an_invoice_is_a_document_unless_the_receivable_is_asked_for(
    world: World,
) -> None:
    evidence = json.loads((world.folder / "invoice.evidence.json").read_bytes())
    assert evidence["record"]
    alone = verify(world, "invoice.xml", "--offline")
    assert "8  not applicable  The receivable was not asked for.\n" in alone.out
    asked = verify(world, "invoice.xml", "--offline", "--scope", "receivable")
    assert "8  unknown         No node was asked.\n" in asked.out
    assert asked.code == 3


@pytest.mark.usefixtures("document")
def test_a_manifest_names_a_development_chain_whatever_the_configuration_says(world: World) -> None:
    files = (world.folder / "document.pdf", world.folder / "document.evidence.json")
    trust = ("--deployment", world.deployment, "--rpc-url", world.rpc_url, "--min-depth", "0")
    assert "\nVERIFIED on a development chain" in sealbook("verify", *files, *trust).out


@pytest.mark.usefixtures("document")
def test_the_same_chain_without_a_development_mark_rests_on_the_node_or_on_the_pin(
    world: World, document: Evidence, tmp_path: Path
) -> None:
    files = (world.folder / "document.pdf", world.folder / "document.evidence.json")
    unmarked = tmp_path / "deployment.json"
    unmarked.write_text(write_deployment(replace(world.consortium.deployment, development=False)))
    trust = ("--deployment", unmarked, "--rpc-url", world.rpc_url, "--min-depth", "0")
    by_node = sealbook("verify", *files, *trust)
    assert "\nVERIFIED by the word of the node that was asked.\n" in by_node.out
    by_pin = sealbook("verify", *files, *trust, "--pin-block", to_hex(document.block.ref.hash))
    assert "\nVERIFIED by a block that you pinned.\n" in by_pin.out


@pytest.mark.usefixtures("document")
def test_the_verdict_for_programs_is_one_json_object(world: World) -> None:
    printed = verify(world, "document.pdf", "--json")
    found = printed.json
    assert printed.code == found["exit_code"] == 0
    assert found["verdict"] == "verified"
    assert found["finality"]["basis"] == "development chain"
    assert [step["number"] for step in found["steps"]] == list(range(9))
    assert found["statement"]["member"] == found["anchor"]["member"] == SUPPLIER
    assert found["standing"] == {"revoked_at": None, "successor": None}
    assert found["receivable"] is None


def test_the_receivable_for_programs_has_units_and_positions(
    world: World, record: RecordId
) -> None:
    found = verify(world, "invoice.xml", "--json").json["receivable"]
    assert found["record"] == to_hex(record)
    assert (found["state"], found["total"], found["retired"]) == ("accepted", 1_000_000_000, 0)
    assert found["positions"] == [
        {"member": SUPPLIER, "free": 400_000_000, "reserved": 0, "pledged": 0},
        {"member": FINANCIER, "free": 600_000_000, "reserved": 0, "pledged": 0},
    ]


@pytest.mark.usefixtures("document")
def test_without_the_fingerprint_key_a_receivable_is_undetermined(
    world: World, record: RecordId
) -> None:
    assert record
    files = (world.folder / "invoice.xml", world.folder / "invoice.evidence.json")
    trust = ("--deployment", world.deployment, "--rpc-url", world.rpc_url, "--min-depth", "0")
    printed = sealbook("verify", *files, *trust)
    assert printed.code == 3
    assert "The identity of the invoice is unchecked: no fingerprint key was given." in printed.out


@pytest.mark.usefixtures("document")
def test_marks_and_verdict_are_coloured_on_a_terminal(world: World) -> None:
    words = ["verify", "document.pdf", "document.evidence.json", "--config", "sealbook.toml"]
    paths = [words[0], *(str(world.folder / name) if "." in name else name for name in words[1:])]
    shown = CliRunner().invoke(main, paths, color=True).stdout
    assert "0  \x1b[32mpassed        \x1b[0m  The evidence" in shown
    assert "\n\x1b[32m\x1b[1mVERIFIED\x1b[0m on a development chain" in shown


@pytest.mark.parametrize("copies", [2, 1000])
def test_the_evidence_of_many_is_told_as_such(
    world: World, document: Evidence, tmp_path: Path, copies: int
) -> None:
    many = tmp_path / "november.ndjson"
    many.write_bytes((document.serialise() + b"\n") * copies)
    words = ("verify", world.folder / "document.pdf", many, "--config", world.config)
    hint = "This is the evidence of many documents: take one out with sealbook pick."
    printed = sealbook(*words)
    assert printed.code == 1
    assert printed.out.endswith(f"\n{hint}\n")
    assert "DOCUMENT comes first" not in printed.out
    assert sealbook(*words, "--json").json["hints"] == [hint]
