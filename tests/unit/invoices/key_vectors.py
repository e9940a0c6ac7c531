"""The identity keys of every committed invoice, as they are kept in KEYS.tsv."""

from collections.abc import Iterator

from ledger.invoices import IdentityRule
from tests.unit.invoices.samples import GOOD, keys_of, samples

VECTORS = GOOD / "KEYS.tsv"

Row = tuple[str, int, str]
"""Name of the file, number of the rule, key in hex."""


def rows() -> Iterator[Row]:
    """The keys of the committed invoices, under the key of the tests."""
    for sample in samples(GOOD):
        keys = keys_of(sample.data)
        for key in keys.strict:
            yield sample.path.name, IdentityRule.SAME_INVOICE.value, key.hex()
        for alert in keys.alert:
            yield sample.path.name, alert.kind.value, alert.key.hex()


def to_text() -> str:
    """The file as it is committed."""
    lines = [f"{file}\t{rule}\t{key}\n" for file, rule, key in rows()]
    return "".join(["file\trule\tkey\n", *lines])


def kept() -> list[Row]:
    """The keys in the committed file."""
    lines = VECTORS.read_text("utf-8").splitlines()[1:]
    cells = [line.split("\t") for line in lines]
    return [(file, int(rule), key) for file, rule, key in cells]
