from pathlib import Path

import pytest

from ledger.invoices import IdentityKeys, IdentityRule
from tests.unit.invoices.pairs import documents
from tests.unit.invoices.renderings import RENDERERS
from tests.unit.invoices.samples import FOLDERS, keys_of


def of_content(keys: IdentityKeys) -> set[object]:
    return {*keys.strict, *(key for key in keys.alert if key.kind is not IdentityRule.SAME_FILE)}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("syntax", RENDERERS)
def test_every_sample_has_the_same_keys_when_it_is_rendered_anew(folder: Path, syntax: str) -> None:
    different = [
        document.sample.path.name
        for document in documents(folder)
        if of_content(keys_of(RENDERERS[syntax](document.invoice))) != of_content(document.keys)
    ]
    assert different == []
