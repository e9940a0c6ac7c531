import hmac
import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from ledger.documents import Disclosure, Field, ShownField
from ledger.errors import VerificationError
from ledger.types import Digest

SECRET = bytes(range(32))
FIELDS = (Field("a", "1190.00"), Field("b", None), Field("c", ["x", "é"]), Field("d", 7))
NAMES = ("a", "b", "c", "d")
ALL = Disclosure.of_all(FIELDS, SECRET)


def salt(name: str) -> bytes:
    return hmac.new(SECRET, b"sealbook/field-salt/1\n" + name.encode(), sha256).digest()


def leaf(name: str, value: object) -> bytes:
    # The keys stand in the order in which RFC 8785 sorts them, and nothing stands between.
    content = json.dumps(
        {"name": name, "value": value}, separators=(",", ":"), ensure_ascii=False
    ).encode()
    commitment = sha256(b"sealbook/field/1\n" + salt(name) + content).digest()
    return sha256(b"\0" + commitment).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


LEAVES = [leaf(field.name, field.value) for field in FIELDS]
LEFT, RIGHT = node(LEAVES[0], LEAVES[1]), node(LEAVES[2], LEAVES[3])


def test_the_root_is_that_of_an_rfc_6962_tree_over_salted_commitments() -> None:
    assert ALL.root == node(LEFT, RIGHT)


def test_of_three_fields_the_last_stands_alone() -> None:
    assert Disclosure.of_all(FIELDS[:3], SECRET).root == node(LEFT, LEAVES[2])


def test_every_field_has_a_salt_of_its_own_which_follows_from_the_secret() -> None:
    assert [field.salt for field in ALL.shown.values()] == [salt(name) for name in NAMES]
    assert len({field.salt for field in ALL.shown.values()}) == 4


@pytest.mark.parametrize(
    ("shown", "hidden"),
    [
        ((), [node(LEFT, RIGHT)]),
        (("a",), [LEAVES[1], RIGHT]),
        (("c",), [LEFT, LEAVES[3]]),
        (("b", "c"), [LEAVES[0], LEAVES[3]]),
        (("a", "b"), [RIGHT]),
        (("a", "b", "c"), [LEAVES[3]]),
        (NAMES, []),
    ],
)
def test_what_is_hidden_takes_the_hashes_of_the_largest_subtrees_from_left_to_right(
    shown: tuple[str, ...], hidden: list[bytes]
) -> None:
    cut = ALL.showing(shown)
    assert (tuple(cut.shown), list(cut.hidden)) == (shown, hidden)
    assert cut.hidden_names == tuple(name for name in NAMES if name not in shown)
    assert cut.root == ALL.root


def test_a_cut_can_be_cut_and_is_the_same_as_cut_at_once() -> None:
    assert ALL.showing(("b", "c", "d")).showing(("d",)) == ALL.showing(("d",))


def test_a_cut_is_never_widened() -> None:
    with pytest.raises(VerificationError, match="the field 'b' is not shown"):
        ALL.showing(("a",)).showing(("a", "b"))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Disclosure(NAMES, {}, ()), "take 1 hashes, and not 0"),
        (lambda: Disclosure(NAMES, ALL.shown, (Digest(bytes(32)),)), "take 0 hashes, and not 1"),
        (
            lambda: Disclosure(NAMES, {"e": ShownField("e", 1, bytes(32))}, (Digest(bytes(32)),)),
            "there is no field 'e'",
        ),
    ],
)
def test_what_gives_no_root_cannot_be_made(make: Callable[[], object], reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        make()


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a salt has 32 bytes, not 31"):
        ShownField("a", 1, bytes(31))


def test_salts_do_not_show_in_logs() -> None:
    assert "salt" not in repr(ALL)
