"""Several fields changed at once, as by somebody who knows the rules and wants to pass them.

Identity keys are made from what an invoice says. Who changes all that two rules have in common
passes both: what then stands in the way is the buyer, who has to accept the record.
"""

from tests.unit.invoices import mutations as m
from tests.unit.invoices import rewritings as r
from tests.unit.invoices.cases import (
    AMOUNT,
    INVOICE,
    NUMBER,
    RECEIPT,
    SIMILAR,
    buyer,
    caught,
    seller,
)

_NEXT_DAY = r.issue_date(m.other_day(1))
_ONE_CENT = r.gross(m.increased("0.01"))
_SELF_BILLED = m.type_code("389")
_OTHER_IDS_LEFT = "K1 and K2 still meet under another identifier of a seller that has several."
_UNCAUGHT = (
    "Nothing catches it. The buyer, who has to accept the record, knows that it accepted this"
    " number already."
)

COMBINED = {
    "amount and issue date": caught(m.then(_ONE_CENT, _NEXT_DAY), {NUMBER, SIMILAR}),
    "letters that look like digits in the number, and issue date": caught(
        m.then(r.number(m.misread), _NEXT_DAY), {SIMILAR}
    ),
    "buyer's identifiers and name, and issue date": caught(
        m.then(m.other_party(buyer), _NEXT_DAY), {NUMBER, SIMILAR}
    ),
    "seller's identifiers and name, and issue date": caught(
        m.then(m.other_party(seller), _NEXT_DAY), {RECEIPT}
    ),
    "invented VAT numbers beside the seller's, and issue date": caught(
        m.then(m.invented_vats, _NEXT_DAY), {NUMBER, SIMILAR, RECEIPT}
    ),
    "invented VAT numbers beside the seller's, its name, amount and issue date": caught(
        m.then(m.invented_vats, m.other_name_alone(seller), _ONE_CENT, _NEXT_DAY),
        {NUMBER},
        "K2 looks for every strong identifier, so that none is hidden by invented ones.",
    ),
    "invented VAT numbers beside the seller's, its name and a digit of the number": caught(
        m.then(m.invented_vats, m.other_name_alone(seller), r.number(m.last_digit_up)),
        set(),
        "Nothing catches it: K3 looks for the most telling identifier and the name. The buyer does"
        " not know the number.",
    ),
    "called self-billed, and issue date": caught(
        m.then(_SELF_BILLED, _NEXT_DAY),
        {RECEIPT},
        "K5 looks at the buyer, whoever numbers the invoice.",
        also={SIMILAR},
    ),
    "called self-billed, and amount": caught(
        m.then(_SELF_BILLED, _ONE_CENT),
        set(),
        "Nothing catches it, unless seller and buyer are one (K4): it would be the buyer's own"
        " number. The buyer has not given it out.",
        also={SIMILAR},
    ),
    "called a credit note, amount and issue date": caught(
        m.then(m.type_code("381"), _ONE_CENT, _NEXT_DAY),
        {SIMILAR},
        "And a credit note is never financed.",
    ),
    "seller's VAT number called a tax number, a legal form after its name": caught(
        m.then(m.vat_as_tax_number, m.legal_form(seller)),
        {RECEIPT},
        _OTHER_IDS_LEFT,
        also={INVOICE, NUMBER, AMOUNT, SIMILAR},
    ),
    "seller's VAT number called a tax number, a legal form after its name, the buyer's identifiers"
    " left out": caught(
        m.then(m.vat_as_tax_number, m.legal_form(seller), m.ids_dropped(buyer)),
        {RECEIPT},
        "The buyer's name is what K5 still knows.",
        also={INVOICE, NUMBER, AMOUNT, SIMILAR},
    ),
    "seller's VAT number called a tax number, the buyer's identifiers left out, a legal form after"
    " both names": caught(
        m.then(
            m.vat_as_tax_number, m.legal_form(seller), m.ids_dropped(buyer), m.legal_form(buyer)
        ),
        set(),
        f"{_UNCAUGHT} {_OTHER_IDS_LEFT}",
        also={INVOICE, NUMBER, SIMILAR},
    ),
    "seller's identifiers left out, a legal form after its name": caught(
        m.then(m.without_ids(seller), m.legal_form(seller)), {RECEIPT}
    ),
    "no identifier of seller and buyer, a legal form after both names": caught(
        m.then(
            m.without_ids(seller), m.legal_form(seller), m.ids_dropped(buyer), m.legal_form(buyer)
        ),
        set(),
        f"{_UNCAUGHT} An invoice whose seller has no identifier is not financeable.",
    ),
}
