"""Write tests/vectors/good/KEYS.tsv: the identity keys of every committed invoice.

Records on a chain carry keys like these. If this file changes, an invoice that is registered would
not be recognised any more: such a change needs a new version of the fingerprint key and a rotation.
"""

import sys
from pathlib import Path

from scripts.generated import write_or_check
from tests.unit.invoices.key_vectors import VECTORS, to_text


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 an invoice has other keys than it had."""
    return write_or_check("Read the committed invoices and fingerprint them.", _files, arguments)


def _files() -> dict[Path, bytes]:
    return {VECTORS: to_text().encode()}


if __name__ == "__main__":
    sys.exit(main())
