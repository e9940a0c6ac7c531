"""`make demo`: the whole job on a real invoice, through the product's own doors.

A development chain and the service run as processes of their own on free loopback ports; all that
happens here goes over HTTP or through the `sealbook` command, with a key for each member.
"""

import argparse
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from ledger.cli.exits import INTERRUPTED
from ledger.errors import Refusal, SealbookError
from ledger.invoices import Invoice, read_invoice
from scripts.folder import DEFAULT_FOLDER, claim, held, set_aside
from scripts.member_client import MemberClient
from scripts.processes import ScriptError, interrupt_on_signals
from scripts.stack import BUYER, FIRST_BANK, SECOND_BANK, SUPPLIER, DemoMember, Stack, open_stack
from scripts.story import run_shown, say, show, show_command, show_exports, step

VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "good"
DOCUMENTS = {
    "invoice.xml": VECTORS / "zfcorpus__UBL__EN16931_Einfach.ubl.xml",
    "invoice-cii.xml": VECTORS / "zfcorpus__CII__EN16931_Einfach.cii.xml",
    "document.pdf": VECTORS / "delivery-note.pdf",
}
UNITS = 1_000_000_000
FINANCED = UNITS * 60 // 100
OFFER_SECONDS = 3600


class DemoError(ScriptError):
    """The demo cannot go on; the message says why."""


class Demo:
    """The story, one method for each step."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._folder = stack.folder
        self._record = ""

    def anchor(self) -> None:
        """Step 2: the supplier anchors an invoice and a document."""
        step(2, "The supplier anchors an invoice (UBL) and a delivery note (PDF)")
        supplier = self._client(SUPPLIER)
        done = supplier.register(self._folder / "invoice.xml", buyer=BUYER.id, units=UNITS)
        invoice = self._invoice
        if done.document is None:
            raise DemoError("the service does not name the invoice's document")
        self._record = done.record
        say(
            f"{SUPPLIER.title}, registered invoice.xml: number {invoice.number} of"
            f" {invoice.issue_date}, {invoice.gross.amount} {invoice.gross.currency}, made out to"
            f" {BUYER.title}. No amount is published: the invoice is divided into equal units."
        )
        show(f"record {self._record}\n{UNITS:,} units, all held by the supplier")
        (self._folder / "invoice.evidence.json").write_bytes(supplier.evidence(done.document))
        show("invoice.evidence.json holds the evidence, to be handed to anyone")
        say("While chain and API run, these commands work in any terminal here, after:")
        show_exports(self._stack.config)
        self._sealbook("anchor", str(self._folder / "document.pdf"))

    def finance(self) -> None:
        """Step 3: acceptance, verification, and financing of a part."""
        step(3, "The buyer accepts; a financier verifies the invoice and takes 60 % of it")
        self._client(BUYER).accept(self._record)
        say(f"{BUYER.title}, accepted the invoice: it owes it.")
        say(f"{FIRST_BANK.title}, verifies what the supplier sent before it pays:")
        self._verify("invoice.xml", "invoice.evidence.json")
        supplier = self._client(SUPPLIER)
        offer = supplier.offer(self._record, FIRST_BANK.id, FINANCED, OFFER_SECONDS)
        gross = self._invoice.gross
        worth = (gross.amount * FINANCED / UNITS).quantize(gross.amount)
        say(
            f"{SUPPLIER.title}, offered {FINANCED:,} units (60 %, which stand for {worth}"
            f" {gross.currency}) to {FIRST_BANK.title}."
        )
        self._client(FIRST_BANK).accept_offer(self._record, offer)
        say(f"{FIRST_BANK.title}, accepted the offer: the units are its own now.")
        say(f"{SUPPLIER.title}, tries to offer 60 % once more, to {SECOND_BANK.title}:")
        self._refused(lambda: supplier.offer(self._record, SECOND_BANK.id, FINANCED, OFFER_SECONDS))

    def register_again(self) -> None:
        """Step 4: the same invoice in another syntax."""
        step(4, "The supplier registers the same invoice again, rendered as CII instead of UBL")
        twin = self._folder / "invoice-cii.xml"
        supplier = self._client(SUPPLIER)
        self._refused(lambda: supplier.register(twin, buyer=BUYER.id, units=UNITS))

    def audit(self) -> None:
        """Step 5: an auditor verifies, and verifies again after one byte was changed."""
        step(5, "An auditor verifies the delivery note, trusting no server")
        self._verify("document.pdf", "document.evidence.json")
        say("Somebody changes one byte of the document:")
        content = bytearray((self._folder / "document.pdf").read_bytes())
        content[len(content) // 2] ^= 1
        (self._folder / "document-changed.pdf").write_bytes(content)
        self._verify("document-changed.pdf", "document.evidence.json", expected=1)

    def trace(self) -> None:
        """Step 6: the record's whole provenance."""
        step(6, "The whole provenance of the invoice")
        self._sealbook("trace", str(self._folder / "invoice.evidence.json"))

    def farewell(self) -> None:
        """How to go on by hand."""
        step(7, "Go on by hand")
        say(f"Documents, evidence, keys and logs are in {self._folder}. Start chain and API again:")
        default = self._folder == DEFAULT_FOLDER
        show_command("make serve" if default else f"make serve DIR={self._quoted()}")
        say("and in another terminal:")
        show_exports(self._stack.config)
        invoice, evidence = self._quoted("invoice.xml"), self._quoted("invoice.evidence.json")
        show_command(f"sealbook verify {invoice} {evidence}")
        show_command(f"sealbook trace {evidence}")
        show_command(f"sealbook anchor README.md --out-dir {self._quoted()}")
        key = shlex.quote(str(self._stack.api_key_file(FIRST_BANK)))
        url = f"{self._stack.api_url}/v1/records/{self._record}"
        show_command(f'curl -H "Authorization: Bearer $(cat {key})" {url}')

    def _quoted(self, name: str = "") -> str:
        return shlex.quote(str(self._folder / name))

    @property
    def _invoice(self) -> Invoice:
        content = (self._folder / "invoice.xml").read_bytes()
        return read_invoice(content, max_bytes=len(content))

    def _client(self, member: DemoMember) -> MemberClient:
        return MemberClient(self._stack.api_url, self._stack.api_key(member))

    def _verify(self, document: str, evidence: str, *, expected: int = 0) -> None:
        paths = (str(self._folder / document), str(self._folder / evidence))
        self._sealbook("verify", *paths, expected=expected)

    def _sealbook(self, *arguments: str, expected: int = 0) -> None:
        code = run_shown(self._stack.config, *arguments)
        if code != expected:
            raise DemoError(f"sealbook {arguments[0]} exited {code} and not {expected}")

    def _refused(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Refusal as refusal:
            show(f"REFUSED: {refusal}")
            return
        raise DemoError("this should have been refused")


def main() -> int:
    """Tell the story. Returns 1 if it does not come out as told, 130 if it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dir",
        type=Path,
        default=DEFAULT_FOLDER,
        help="where everything is kept (%(default)s); what an earlier run left is set aside",
    )
    folder: Path = parser.parse_args().dir
    interrupt_on_signals()
    try:
        with held(folder):
            _tell(folder)
    except KeyboardInterrupt:
        print(f"\nInterrupted; chain and API are ended, logs in {folder}/logs", file=sys.stderr)
        return INTERRUPTED
    except (ScriptError, SealbookError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _tell(folder: Path) -> None:
    _make_folder(folder)
    step(1, "A chain starts, and the council admits a supplier, a buyer and two financiers")
    with open_stack(folder, say) as stack:
        demo = Demo(stack)
        for act in (demo.anchor, demo.finance, demo.register_again, demo.audit, demo.trace):
            act()
        demo.farewell()


def _make_folder(folder: Path) -> None:
    if aside := set_aside(folder):
        say(f"What an earlier run left in {folder} is in {aside} now; delete it when you like.")
    claim(folder)
    for name, source in DOCUMENTS.items():
        shutil.copyfile(source, folder / name)


if __name__ == "__main__":
    sys.exit(main())
