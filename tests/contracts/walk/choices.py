"""What a step is about: drawn from what exists, and mostly from what is possible."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from tests.contracts.model import BUYER, FINANCIERS, SUPPLIERS, Book, Invoice
from tests.contracts.model.invoice import LIVE

ANYBODY = (*SUPPLIERS, *FINANCIERS, BUYER)
KEYS = [bytes([number]) * 32 for number in range(1, 5)]

_RIGHTFUL = (True,) * 7 + (False,)
"""How often a choice falls on what the model allows."""

_Option = TypeVar("_Option")


class Openable(Protocol):
    """What is open until it is answered."""

    @property
    def open(self) -> bool:
        """Whether it still is."""


_Item = TypeVar("_Item", bound=Openable)


class Choices:
    """The model of an invoice book, and choices from it. `data` is drawn from, step by step."""

    def __init__(self) -> None:
        self.model = Book()
        self.data: st.DataObject | None = None

    def one(self, options: Sequence[_Option], label: str) -> _Option:
        """One of the options; a failing sequence is shrunk towards the first."""
        assert self.data is not None
        return self.data.draw(st.sampled_from(options), label)

    def mostly(self) -> bool:
        """Whether to do what the model allows."""
        return self.one(_RIGHTFUL, "rightful")

    def somebody(self, entitled: str) -> str:
        """Who acts: mostly the member that may."""
        return entitled if self.mostly() else self.one(ANYBODY, "who")

    def taker(self) -> str:
        """To whom units are offered or pledged: mostly a financier."""
        return self.one(FINANCIERS * 4 + ANYBODY, "to whom")

    def units(self, available: int) -> int:
        """Mostly as many units as are available, or fewer; else one too many, or none."""
        if available > 0 and self.mostly():
            return self.one(range(1, available + 1), "units")
        return self.one((available + 1, 0), "units")

    def record(self, wanted: Callable[[Invoice], bool]) -> tuple[bytes, Invoice]:
        """One of the records, mostly one of which this holds."""
        invoices = list(self.model.invoices.items())
        every = range(len(invoices))
        fit = [place for place in every if wanted(invoices[place][1])]
        return invoices[self.one(fit if fit and self.mostly() else every, "record")]

    def item(
        self,
        items: Callable[[Invoice], Sequence[_Item]],
        wanted: Callable[[Invoice, _Item], bool] = lambda _invoice, _item: True,
    ) -> tuple[bytes, int]:
        """Record and number of an offer, pledge or payment, mostly of a wanted one."""
        invoices = list(self.model.invoices.items())
        every = [
            (place, number, invoice, item)
            for place, (_, invoice) in enumerate(invoices)
            for number, item in enumerate(items(invoice))
        ]
        opened = [each for each in every if each[3].open and each[2].state in LIVE]
        fit = [each for each in opened if wanted(*each[2:])]
        among = fit or opened if self.mostly() else opened or every
        place, number = self.one([each[:2] for each in among], "record and number")
        return invoices[place][0], number

    def any_open(self, items: Callable[[Invoice], Sequence[Openable]]) -> bool:
        """Whether any offer, pledge or payment of a live record is open."""
        return self.any_record(
            lambda invoice: invoice.state in LIVE and any(item.open for item in items(invoice))
        )

    def any_record(self, wanted: Callable[[Invoice], bool]) -> bool:
        """Whether this holds of any record."""
        return any(wanted(invoice) for invoice in self.model.invoices.values())
