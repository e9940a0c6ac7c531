"""Gas of every operation, measured on the cast's ledger."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.contracts.cast import Ledger
from tests.contracts.gas_certificates import measure_certificates
from tests.contracts.gas_governance import measure_forwarder, measure_membership, measure_notary
from tests.contracts.gas_invoices import measure_invoices
from tests.contracts.gas_payments import measure_payments
from tests.contracts.gas_units import measure_units

SNAPSHOT = Path(__file__).parents[2] / "contracts" / "snapshots" / "gas.json"


def measure(ledger: Ledger) -> dict[str, int]:
    """Gas used by each operation, under the name of the function and of what was special about it.

    Members have acted in a book before, unless it says otherwise: their first act costs more, as
    their history begins with it. What the council decides is "executed".
    """
    gas: dict[str, int] = {}
    for part in (
        measure_membership,
        measure_notary,
        measure_forwarder,
        measure_invoices,
        measure_payments,
        measure_units,
        measure_certificates,
    ):
        start = ledger.chain.snapshot()
        gas |= part(ledger)
        ledger.chain.restore(start)
    return gas


def to_text(gas: Mapping[str, int]) -> str:
    """The snapshot as it is committed."""
    return json.dumps(gas, indent=2, sort_keys=True) + "\n"
