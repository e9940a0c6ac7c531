"""A service whose chain and clock are set by hand, for what happens between signing and final."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

from ledger.anchoring.limits import Finality
from ledger.anchoring.observer import SILENT, Observer
from ledger.chain.membership import Role
from ledger.codec import member_to_word
from ledger.errors import TransportError
from ledger.services.notarise import get_document, notarise
from ledger.services.principals import Principal
from ledger.store.outbox import State
from ledger.types import MemberId, UnixTime, to_hex
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER, Consortium
from tests.support.service import Service, running_service
from tests.support.trouble import altered_chain

SUPPLIER_KEY = Principal(SUPPLIER, Role.SUPPLIER)
BUYER_KEY = Principal(BUYER, Role.BUYER)
FINANCIER_KEY = Principal(FINANCIER, Role.FINANCIER)
MINUTE = 60


class World:
    """A service over a chain some of whose answers can be altered, and a clock set by hand."""

    def __init__(
        self,
        consortium: Consortium,
        folder: Path,
        stack: ExitStack,
        database_url: str,
        observer: Observer = SILENT,
    ) -> None:
        self.consortium = consortium
        self.folder = folder
        self.database_url = database_url
        self.now = UnixTime(1_800_000_000)
        self.elapsed_seconds = 0.0
        self.altered: dict[str, Callable[..., Any]] = {}
        self._stack = stack
        self._observer = observer
        self._confirmations = 0
        self._finality = Finality.DEPTH
        self.service = self._start()

    def _start(self) -> Service:
        chain = altered_chain(self.consortium.chain, self.altered)
        running = running_service(
            self.consortium,
            self.folder,
            chain=chain,
            clock=lambda: self.now,
            database_url=self.database_url,
            confirmations=self._confirmations,
            finality=self._finality,
            observer=self._observer,
            elapsed=lambda: self.elapsed_seconds,
        )
        return self._stack.enter_context(running)

    def confirm_after(self, blocks: int) -> None:
        self._confirmations = blocks
        self.service = self._start()

    def trust_the_engine(self) -> None:
        self._finality = Finality.ENGINE
        self.service = self._start()

    def steps(self, number: int, seconds_between: int = MINUTE) -> None:
        for _ in range(number):
            self.service.worker.step()
            self.now = UnixTime(self.now + seconds_between)
            self.elapsed_seconds += seconds_between

    def notarise(self, content: bytes = b"a document", who: Principal = SUPPLIER_KEY) -> UUID:
        return notarise(self.service.ledger, who, content, "text/plain", None).id

    def state(self, document: UUID, who: Principal = SUPPLIER_KEY) -> State | None:
        return get_document(self.service.ledger, who, document).state

    def problem(self, document: UUID, who: Principal = SUPPLIER_KEY) -> str:
        text = get_document(self.service.ledger, who, document).problem
        assert text is not None
        return str(json.loads(text)["code"])

    def once(self, method: str, act: Callable[..., Any]) -> None:
        """Alter the next answer to one question."""
        genuine = getattr(self.consortium.chain, method)

        def answer(*arguments: Any, **named: Any) -> Any:
            self.altered[method] = genuine
            return act(*arguments, **named)

        self.altered[method] = answer

    def anchors(self, member: MemberId = SUPPLIER) -> int:
        return [event["member"] for event in self.events("Anchored")].count(word_of(member))

    def events(self, name: str) -> list[dict[str, Any]]:
        chain, deployment = self.consortium.chain, self.consortium.deployment
        abis = (self.consortium.notary.abi, self.consortium.book.abi)
        addresses = (deployment.notary, deployment.invoice_book)
        logs = chain.logs(addresses, 0, chain.head().ref.number)
        decoded = [event for log in logs for abi in abis if (event := abi.decode_log(log))]
        return [dict(event.arguments) for event in decoded if event.name == name]


def word_of(member: MemberId) -> str:
    return to_hex(member_to_word(member))


def lost(*_arguments: Any) -> None:
    raise TransportError("the node does not answer")
