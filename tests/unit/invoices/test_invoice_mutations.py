from pathlib import Path

import pytest

from ledger.errors import DocumentError
from tests.unit.invoices.cases import INVOICE, REWRITINGS, SERIES, TAMPERINGS, Case
from tests.unit.invoices.catches import catches, originals, tally
from tests.unit.invoices.combined import COMBINED
from tests.unit.invoices.samples import FOLDERS, GOOD, keys_of

CASES = REWRITINGS | TAMPERINGS | COMBINED | SERIES
# A form that UBL alone has, and what only one committed sample offers.
ONE_SYNTAX_ALONE = {
    "date with a time zone",
    "name of a seller without a registered identifier",
    "number without leading zeros",
    "other punctuation in the number",
}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_changed_invoice_is_met_under_these_rules_and_never_under_those(
    folder: Path, case: Case
) -> None:
    found = list(catches(folder, case))
    assert found
    assert [catch.sample.path.name for catch in found if not case.met <= catch.rules] == []
    assert [catch.sample.path.name for catch in found if case.never & catch.rules] == []


@pytest.mark.parametrize("name", sorted(CASES.keys() - ONE_SYNTAX_ALONE))
def test_every_change_is_tried_on_both_syntaxes(name: str) -> None:
    formats = {catch.sample.row["format"][:3] for catch in catches(GOOD, CASES[name])}
    assert formats >= {"UBL", "CII"}


def test_no_honest_invoice_of_a_series_passes_for_another() -> None:
    assert {name for name, case in SERIES.items() if INVOICE not in case.never} == set()


@pytest.mark.parametrize("name", TAMPERINGS | COMBINED)
def test_what_nothing_catches_is_explained(name: str) -> None:
    case = CASES[name]
    assert case.note or any(tally(GOOD, case).by_rule)


def test_no_number_can_be_hidden_in_punctuation_alone() -> None:
    sample, _ = originals(GOOD)[0]
    with pytest.raises(DocumentError, match="neither a letter nor a digit"):
        keys_of(sample.data.replace(sample.row["invoice_number"].encode(), b"-/-"))
