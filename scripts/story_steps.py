"""The steps of the demo's story: who does what, and what comes of it."""

import shlex
from collections.abc import Callable
from pathlib import Path

from ledger.cli.exits import REVIEW
from ledger.errors import Refusal
from ledger.invoices import Invoice, read_invoice
from scripts.folder import DEFAULT_FOLDER
from scripts.member_client import MemberClient
from scripts.processes import ScriptError
from scripts.stack import BUYER, FIRST_BANK, SECOND_BANK, SUPPLIER, DemoMember, Stack
from scripts.story import run_shown, say, show, show_command, show_exports, step

UNITS = 1_000_000_000
FINANCED = UNITS * 60 // 100
OFFER_SECONDS = 3600


class StoryError(ScriptError):
    """The story does not come out as it should; the message says where."""


class Story:
    """The story, one method for each step, to be told in this order."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._folder = stack.folder
        self._record = ""

    def register(self) -> None:
        """Step 2: the supplier registers an invoice, and anchors another document."""
        step(2, "The supplier registers an invoice (UBL), and anchors a delivery note (PDF)")
        say("While chain and API run, the commands below work in any terminal here, after:")
        show_exports(self._stack.config)
        say(f"{SUPPLIER.title}, looks at what the invoice says, and sends it to nobody:")
        self._sealbook("inspect", self._path("invoice.xml"))
        say(
            f"It registers the invoice, for {BUYER.title}, to accept. No amount is published: the"
            " invoice is divided into equal units."
        )
        supplier = self._client(SUPPLIER)
        done = supplier.register(self._folder / "invoice.xml", buyer=BUYER.id, units=UNITS)
        if done.document is None:
            raise StoryError("the service does not name the invoice's document")
        self._record = done.record
        show(f"record {self._record}\n{UNITS:,} units, all held by the supplier")
        (self._folder / "invoice.evidence.json").write_bytes(supplier.evidence(done.document))
        show("invoice.evidence.json holds the evidence, to be handed to anyone")
        self._sealbook("anchor", self._path("delivery-note.pdf"))

    def finance(self) -> None:
        """Step 3: acceptance, verification, screening, and financing of a part."""
        step(3, "The buyer accepts; a financier verifies the invoice and takes 60 % of it")
        self._client(BUYER).accept(self._record)
        say(f"{BUYER.title}, accepted the invoice: it owes it.")
        say(f"{FIRST_BANK.title}, verifies what the supplier sent before it pays:")
        self._verify("invoice.xml", "invoice.evidence.json", until="  type_code ")
        supplier = self._client(SUPPLIER)
        offer = supplier.offer(self._record, FIRST_BANK.id, FINANCED, OFFER_SECONDS)
        gross = self._invoice.gross
        worth = (gross.amount * FINANCED / UNITS).quantize(gross.amount)
        say(
            f"{SUPPLIER.title}, offered {FINANCED:,} units (60 %, which stand for {worth}"
            f" {gross.currency}) to {FIRST_BANK.title}."
        )
        say(f"{FIRST_BANK.title}, asks whether anything else is like it, and what it can take:")
        self._screen(FIRST_BANK, "invoice.xml", "--record", self._record)
        self._client(FIRST_BANK).accept_offer(self._record, offer)
        say(f"{FIRST_BANK.title}, accepted the offer: the units are its own now.")

    def sell_twice(self) -> None:
        """Step 4: more than there is, another rendering, and another number."""
        step(4, f"The supplier tries to sell the invoice once more, to {SECOND_BANK.title}")
        supplier = self._client(SUPPLIER)
        say("It offers another 60 % of it:")
        self._refused(lambda: supplier.offer(self._record, SECOND_BANK.id, FINANCED, OFFER_SECONDS))
        say("It registers the same invoice as a PDF (Factur-X), which holds CII instead of UBL:")
        twin = self._folder / "invoice.pdf"
        self._refused(lambda: supplier.register(twin, buyer=BUYER.id, units=UNITS))
        say("It changes one digit of the number. To registration, that is another invoice:")
        changed = self._renumber()
        forged = supplier.register(changed, buyer=BUYER.id, units=UNITS)
        show(f"record {forged.record}")
        say(f"{SECOND_BANK.title}, screens what it was sent:")
        self._screen(SECOND_BANK, changed.name, "--record", forged.record, expected=REVIEW)

    def disclose(self) -> None:
        """Step 5: some fields are proved, and the others hidden."""
        step(5, "The supplier shows a forwarder which invoice it is, and not the price")
        cut = self._path("shown.evidence.json")
        shown = "number,issue_date,buyer.name"
        evidence = self._path("invoice.evidence.json")
        self._sealbook("disclose", evidence, "--show", shown, "--out", cut)
        say("The forwarder verifies it without the invoice:")
        self._sealbook("verify", cut, "--scope", "document")

    def audit(self) -> None:
        """Step 6: an auditor verifies, and verifies again after one byte was changed."""
        step(6, "An auditor verifies the delivery note, trusting no server")
        self._verify("delivery-note.pdf", "delivery-note.evidence.json")
        say("Somebody changes one byte of the document:")
        content = bytearray((self._folder / "delivery-note.pdf").read_bytes())
        content[len(content) // 2] ^= 1
        (self._folder / "delivery-note-changed.pdf").write_bytes(content)
        self._verify("delivery-note-changed.pdf", "delivery-note.evidence.json", expected=1)

    def trace(self) -> None:
        """Step 7: the record's whole provenance."""
        step(7, "The whole provenance of the invoice")
        self._sealbook("trace", self._path("invoice.evidence.json"))

    def farewell(self) -> None:
        """How to go on by hand."""
        step(8, "Go on by hand")
        say(f"Documents, evidence, keys and logs are in {self._folder}. Start chain and API again:")
        default = self._folder == DEFAULT_FOLDER
        show_command("make serve" if default else f"make serve DIR={self._quoted()}")
        say("and in another terminal:")
        show_exports(self._stack.config)
        invoice, evidence = self._quoted("invoice.xml"), self._quoted("invoice.evidence.json")
        show_command(f"sealbook verify {invoice} {evidence}")
        show_command(f"sealbook trace {evidence}")
        show_command(f"sealbook anchor README.md --out-dir {self._quoted()}")
        show_command(f"sealbook disclose {evidence} --show number,currency")
        bank = shlex.quote(str(self._stack.api_key_file(SECOND_BANK)))
        show_command(f"sealbook screen {self._quoted('invoice.pdf')} --api-key-file {bank}")
        key = shlex.quote(str(self._stack.api_key_file(FIRST_BANK)))
        url = f"{self._stack.api_url}/v1/records/{self._record}"
        show_command(f'curl -H "Authorization: Bearer $(cat {key})"', url)

    def _path(self, name: str) -> str:
        return str(self._folder / name)

    def _quoted(self, name: str = "") -> str:
        return shlex.quote(self._path(name))

    @property
    def _invoice(self) -> Invoice:
        content = (self._folder / "invoice.xml").read_bytes()
        return read_invoice(content, max_bytes=len(content))

    def _renumber(self) -> Path:
        """The invoice under another number, which differs in its last digit."""
        number = self._invoice.number
        other = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
        content = (self._folder / "invoice.xml").read_bytes()
        changed = self._folder / "invoice-changed.xml"
        changed.write_bytes(content.replace(f">{number}<".encode(), f">{other}<".encode()))
        return changed

    def _client(self, member: DemoMember) -> MemberClient:
        return MemberClient(self._stack.api_url, self._stack.api_key(member))

    def _screen(self, bank: DemoMember, name: str, *options: str, expected: int = 0) -> None:
        key_file = str(self._stack.api_key_file(bank))
        asked = ("screen", self._path(name), *options, "--api-key-file", key_file)
        self._sealbook(*asked, expected=expected)

    def _verify(
        self, document: str, evidence: str, *, until: str | None = None, expected: int = 0
    ) -> None:
        paths = (self._path(document), self._path(evidence))
        self._sealbook("verify", *paths, until=until, expected=expected)

    def _sealbook(self, *arguments: str, until: str | None = None, expected: int = 0) -> None:
        code = run_shown(self._stack.config, *arguments, until=until)
        if code != expected:
            raise StoryError(f"sealbook {arguments[0]} exited {code} and not {expected}")

    def _refused(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Refusal as refusal:
            show(f"REFUSED: {refusal}")
            return
        raise StoryError("this should have been refused")
