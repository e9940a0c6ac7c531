import pytest

from ledger.evidence.report import AlertKeyFacts
from ledger.types import RecordId

THIS, OTHER = RecordId(b"\x01" * 32), RecordId(b"\x02" * 32)


@pytest.mark.parametrize(
    ("first", "repeats", "counted"),
    [(THIS, 0, 0), (THIS, 2, 2), (OTHER, 0, 1), (OTHER, 1, 1), (OTHER, 3, 3), (None, 0, 0)],
)
def test_repeats_are_counted_as_the_contract_counts_them(
    first: RecordId | None, repeats: int, counted: int
) -> None:
    assert AlertKeyFacts(b"key", first, repeats).counted_for(THIS) == counted
