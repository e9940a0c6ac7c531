import hashlib
import hmac

import pytest

from ledger.errors import ConfigurationError
from ledger.invoices import Fingerprints, HmacFingerprint, IdentityRule

KEY = bytes(range(32))


def test_a_fingerprint_is_hmac_sha256_over_domain_version_rule_and_message() -> None:
    expected = hmac.new(KEY, b"sealbook/invoice-identity\x07\x03hello", hashlib.sha256).digest()
    assert HmacFingerprint(KEY, version=7)([(IdentityRule.SAME_AMOUNT, b"hello")]) == [expected]


@pytest.mark.parametrize("length", [32, 63, 64, 65, 200])
def test_a_key_of_any_length_is_used_as_hmac_says(length: int) -> None:
    key = bytes(range(length))
    expected = hmac.new(key, b"sealbook/invoice-identity\x01\x05m", hashlib.sha256).digest()
    fingerprint = HmacFingerprint(key, version=1)
    assert fingerprint([(IdentityRule.SAME_RECEIPT, b"m")] * 2) == [expected] * 2


def test_key_version_rule_and_message_each_change_the_fingerprint() -> None:
    rule = IdentityRule.SAME_INVOICE
    messages = [(rule, b"m"), (IdentityRule.SAME_NUMBER, b"m"), (rule, b"n")]
    one = HmacFingerprint(KEY, version=1)(messages)
    assert one == HmacFingerprint(KEY, version=1)(messages)
    (other_version,) = HmacFingerprint(KEY, version=2)(messages[:1])
    (other_key,) = HmacFingerprint(KEY[::-1], version=1)(messages[:1])
    assert len({*one, other_version, other_key}) == 5


@pytest.mark.parametrize("prefix", ["", "0x"])
def test_a_key_is_taken_from_hex(prefix: str) -> None:
    assert HmacFingerprint.from_hex(f"{prefix}{KEY.hex()}\n", version=1).key == KEY
    assert HmacFingerprint.from_hex(prefix + KEY.hex().upper(), version=1).key == KEY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least 64 hex digits"),
        ("secret", "at least 64 hex digits"),
        (KEY.hex()[:-1], "at least 64 hex digits"),
        (KEY.hex() + " 00", "at least 64 hex digits"),
        (KEY.hex()[:-2], "has 31 bytes; it needs at least 32"),
    ],
)
def test_a_bad_key_is_refused_without_being_shown(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as refusal:
        HmacFingerprint.from_hex(text, version=1)
    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("version", [-1, 256])
def test_a_version_must_fit_in_a_byte(version: int) -> None:
    with pytest.raises(ConfigurationError, match="version must be 0 to 255"):
        HmacFingerprint(KEY, version=version)


def test_the_key_is_not_part_of_what_is_printed() -> None:
    assert repr(HmacFingerprint(KEY, version=1)) == "HmacFingerprint(version=1)"


def test_one_version_is_in_use_and_two_during_a_rotation() -> None:
    old, new = HmacFingerprint(KEY, version=1), HmacFingerprint(KEY[::-1], version=2)
    assert Fingerprints(old).in_use == (old,)
    assert Fingerprints(new, old).in_use == (new, old)


def test_a_record_was_registered_before_during_or_after_the_rotation() -> None:
    old, new = HmacFingerprint(KEY, version=1), HmacFingerprint(KEY[::-1], version=2)
    assert Fingerprints(old).registrations == (Fingerprints(old),)
    rotation = Fingerprints(new, old)
    assert rotation.registrations == (rotation, Fingerprints(old), Fingerprints(new))
