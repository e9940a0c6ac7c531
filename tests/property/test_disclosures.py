from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.codec import JsonValue
from ledger.documents import Disclosure, Field
from ledger.errors import VerificationError
from ledger.merkle import MerkleTree
from ledger.types import Digest

VALUES: st.SearchStrategy[JsonValue] = st.none() | st.text(max_size=5) | st.integers(-9, 9)
COUNTS = st.integers(1, 40)
SECRETS = st.binary(min_size=32, max_size=32)


@st.composite
def disclosures(draw: st.DrawFn) -> Disclosure:
    """All fields of a document."""
    count = draw(COUNTS)
    fields = [Field(f"f{number}", draw(VALUES)) for number in range(count)]
    return Disclosure.of_all(fields, draw(SECRETS))


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Disclosure, Disclosure]:
    """All fields of a document, and a copy that shows some of them."""
    whole = draw(disclosures())
    return whole, whole.showing(draw(st.sets(st.sampled_from(whole.names))))


@given(disclosures())
def test_the_root_is_that_of_the_merkle_tree_over_all_leaves(whole: Disclosure) -> None:
    leaves = b"".join(field.leaf_hash for field in whole.shown.values())
    assert whole.root == MerkleTree(leaves).root


@given(cuts())
def test_any_subset_leads_to_the_same_root(cut: tuple[Disclosure, Disclosure]) -> None:
    whole, part = cut
    assert part.root == whole.root
    assert {*part.shown, *part.hidden_names} == set(whole.names)


@given(cuts(), st.data())
def test_a_cut_of_a_cut_is_what_is_cut_at_once(
    cut: tuple[Disclosure, Disclosure], data: st.DataObject
) -> None:
    whole, part = cut
    assume(part.shown)
    fewer = data.draw(st.sets(st.sampled_from(sorted(part.shown))))
    assert part.showing(fewer) == whole.showing(fewer)


@given(cuts(), st.data(), VALUES, SECRETS)
def test_no_other_value_or_salt_leads_to_the_root(
    cut: tuple[Disclosure, Disclosure], data: st.DataObject, value: JsonValue, salt: bytes
) -> None:
    whole, part = cut
    assume(part.shown)
    field = part.shown[data.draw(st.sampled_from(sorted(part.shown)))]
    assume(value != field.value)
    for changed in (replace(field, value=value), replace(field, salt=salt)):
        shown = {**part.shown, field.name: changed}
        assert replace(part, shown=shown).root != whole.root


@given(cuts(), st.data())
def test_no_other_hash_of_what_is_hidden_leads_to_the_root(
    cut: tuple[Disclosure, Disclosure], data: st.DataObject
) -> None:
    whole, part = cut
    assume(part.hidden)
    place = data.draw(st.integers(0, len(part.hidden) - 1))
    other = Digest(data.draw(SECRETS))
    assume(other != part.hidden[place])
    hidden = (*part.hidden[:place], other, *part.hidden[place + 1 :])
    assert replace(part, hidden=hidden).root != whole.root
    for count in (part.hidden[:-1], (*part.hidden, other)):
        with pytest.raises(VerificationError, match="hidden take"):
            replace(part, hidden=count)


@given(cuts(), st.data())
def test_a_field_that_is_left_out_is_missed(
    cut: tuple[Disclosure, Disclosure], data: st.DataObject
) -> None:
    whole, part = cut
    assume(part.shown)
    gone = data.draw(st.sampled_from(sorted(part.shown)))
    shown = {name: field for name, field in part.shown.items() if name != gone}
    try:
        assert replace(part, shown=shown).root != whole.root
    except VerificationError:
        return
