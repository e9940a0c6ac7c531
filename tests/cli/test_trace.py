import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.artifacts import load_artifact
from ledger.cli.events import known_events
from ledger.cli.sentences import SENTENCES
from ledger.codec import JsonValue, canonical_json
from ledger.types import RecordId, to_hex
from tests.cli.commands import sealbook
from tests.cli.nodes import forgetful_node
from tests.cli.world import VECTORS, World
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER

STORY = (
    "Record    HASH\n"
    "Supplier  lei:SUPPLIER000000000003\n"
    "Buyer     lei:BUYER000000000000004\n"
    "State     accepted\n"
    "Due       no date\n"
    "Units     1,000,000,000\n"
    "\n"
    "Held at block N (TIME):\n"
    "  lei:SUPPLIER000000000003  400,000,000  40 %\n"
    "  lei:FINANCIERONE00000005  600,000,000  60 %\n"
    "\n"
    "History:\n"
    "  TIME  block N  lei:SUPPLIER000000000003 registered the invoice: 1,000,000,000 units (100 %),"
    " for lei:BUYER000000000000004 to accept\n"
    "  TIME  block N  no second record of it can be made from now on"
    " (1 identity key)\n"
    "  TIME  block N  similar ones will be noticed from now on (7 similarity keys)\n"
    "{notarised}"
    "  TIME  block N  lei:BUYER000000000000004 accepted the invoice\n"
    "  TIME  block N  lei:SUPPLIER000000000003 offered 600,000,000 units (60 %) to"
    " lei:FINANCIERONE00000005 until TIME (offer 0)\n"
    "  TIME  block N  lei:FINANCIERONE00000005 took 600,000,000 units (60 %) from"
    " lei:SUPPLIER000000000003 (offer 0)\n"
    "\n"
    "This history is complete: counter and running hash on the chain agree with all 12 events.\n"
    "{outside}"
)
OUTSIDE = (
    "The notarisation is not part of the record's own history, and not among those events: the"
    " notary's contract records it.\n"
)
NOTARISED = "  TIME  block N  lei:SUPPLIER000000000003 notarised the invoice\n"


def test_the_history_of_a_record_is_told_in_plain_words(world: World, record: RecordId) -> None:
    printed = sealbook("trace", to_hex(record), "--config", world.config)
    assert (printed.code, printed.err) == (0, "")
    assert printed.masked == STORY.format(notarised="", outside="")


@pytest.mark.usefixtures("record")
def test_evidence_names_its_record_and_adds_the_notarisation(world: World) -> None:
    evidence = world.folder / "invoice.evidence.json"
    printed = sealbook("trace", evidence, "--config", world.config)
    assert (printed.code, printed.err) == (0, "")
    assert printed.masked == STORY.format(notarised=NOTARISED, outside=OUTSIDE)


def test_the_history_for_programs_is_one_json_object(world: World, record: RecordId) -> None:
    evidence = world.folder / "invoice.evidence.json"
    found = sealbook("trace", evidence, "--config", world.config, "--json").json
    assert (found["record"], found["complete"]) == (to_hex(record), True)
    assert (found["supplier"], found["buyer"]) == (SUPPLIER, BUYER)
    assert found["notarisation"]["member"] == SUPPLIER
    assert [position["member"] for position in found["positions"]] == [SUPPLIER, FINANCIER]
    assert [event["name"] for event in found["events"] if "Key" not in event["name"]] == [
        "InvoiceRegistered",
        "InvoiceAccepted",
        "Offered",
        "OfferAccepted",
    ]


def test_an_open_offer_is_shown_with_what_it_binds(passing: World, record: RecordId) -> None:
    passing.offer_directly(record, 1)
    printed = sealbook("trace", to_hex(record), "--config", passing.config)
    assert (
        f"  {SUPPLIER}  400,000,000  40 %  1 of them offered\n"
        f"  {FINANCIER}  600,000,000  60 %\n"
        "Open offers:\n"
        f"  offer 1: 1 units (< 0.01 %) from {SUPPLIER} to {FINANCIER}, until TIME\n"
    ) in printed.masked


def test_a_rejection_shows_its_reason_and_commands_no_terminal(world: World) -> None:
    record = world.register(VECTORS / "kosit__01.20a-INVOICE_ubl.xml", "rejected.xml")
    world.reject(record, "not \x1b[31mours\x1b[0m")
    printed = sealbook("trace", to_hex(record), "--config", world.config)
    assert printed.code == 0
    assert "\x1b" not in printed.out
    assert f"{BUYER} rejected the invoice: not \ufffd[31mours\ufffd[0m\n" in printed.out
    assert "State     rejected\nDue       2021-02-04\n" in printed.out
    assert "  nobody\n" in printed.out


def test_a_node_that_withholds_an_event_is_found_out(world: World, record: RecordId) -> None:
    trust = ("--deployment", world.deployment)
    accepted = world.consortium.book.abi.topic("OfferAccepted")
    with forgetful_node(world.consortium.devnet, accepted) as url:
        printed = sealbook("trace", to_hex(record), *trust, "--rpc-url", url)
        in_json = sealbook("trace", to_hex(record), *trust, "--rpc-url", url, "--json")
    assert printed.code == in_json.code == 1
    assert "\nWARNING: this history is NOT complete. The chain counts 12 events" in printed.out
    assert in_json.json["complete"] is False


def test_a_record_that_is_not_there_is_refused(world: World) -> None:
    printed = sealbook("trace", "0x" + "00" * 32, "--config", world.config)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == f"Error: there is no record 0x{'00' * 32}.\n"


@pytest.mark.usefixtures("document")
def test_a_document_that_is_no_invoice_has_no_history(world: World) -> None:
    evidence = world.folder / "document.evidence.json"
    printed = sealbook("trace", evidence, "--config", world.config, "--json")
    assert (printed.code, printed.err) == (1, "")
    assert printed.json["error"]["code"] == "no-record"


@pytest.mark.usefixtures("record")
def test_evidence_that_names_another_record_than_its_own_is_refused(
    world: World, tmp_path: Path
) -> None:
    form: dict[str, JsonValue] = json.loads((world.folder / "invoice.evidence.json").read_bytes())
    record = form["record"]
    assert isinstance(record, dict)
    record["id"] = "0x" + "11" * 32
    forged = tmp_path / "forged.json"
    forged.write_bytes(canonical_json(form))
    printed = sealbook("trace", forged, "--config", world.config)
    assert printed.code == 1
    assert printed.err == "Error: the evidence names a record that is not its document's.\n"


def test_what_is_neither_record_nor_file_is_wrong_usage(world: World) -> None:
    printed = sealbook("trace", "0x1234", "--config", world.config)
    assert (printed.code, printed.out) == (2, "")
    assert "neither a record (0x and 64 lower-case hex digits) nor a file" in printed.err


def events_of_the_books() -> Iterator[tuple[str, set[str]]]:
    """Events that name a record, with the names of their arguments."""
    for book in ("InvoiceBook", "DepositCertificateBook"):
        for event in load_artifact(book).abi._events.values():
            arguments = {argument["name"] for argument in event["inputs"]}
            if "record" in arguments:
                yield event["name"], arguments


def test_every_event_that_names_a_record_has_a_sentence() -> None:
    assert known_events() == {name for name, _ in events_of_the_books()}


@pytest.mark.parametrize(("event", "arguments"), list(events_of_the_books()))
def test_every_sentence_uses_only_arguments_that_its_event_has(
    event: str, arguments: set[str]
) -> None:
    assert "{" not in SENTENCES[event].format(**dict.fromkeys(arguments, "it"))
