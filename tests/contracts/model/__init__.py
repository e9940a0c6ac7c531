"""What an invoice book must do, in Python: the oracle of the stateful test.

Each operation changes the model, or raises Refused with the name of the error that the contract
must raise; then the caller drops what it may have changed. Suspended members act nowhere, which
is for the caller to know. What a member holds is stored; what of it is reserved, pledged and free
follows.
"""

from tests.contracts.model.book import Book
from tests.contracts.model.invoice import BUYER, FINANCIERS, SUPPLIERS, Invoice, Offer, Payment
from tests.contracts.model.lots import Lot, Pledge
from tests.contracts.model.refusal import Refused

__all__ = [
    "BUYER",
    "FINANCIERS",
    "SUPPLIERS",
    "Book",
    "Invoice",
    "Lot",
    "Offer",
    "Payment",
    "Pledge",
    "Refused",
]
