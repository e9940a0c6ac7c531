import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.types import parse_member_id
from tests.contracts.cast import NO_DEPLOYMENT, Ledger
from tests.contracts.harness import Reverted, reverts, word

_LONGEST = "abcdefghijkl:0123456789abcdefghi"


def found_council_with(ledger: Ledger, member: bytes) -> None:
    found = (ledger.forwarder.address, NO_DEPLOYMENT)
    ids, keys = [member, word("test:other")], ledger.chain.accounts[:2]
    ledger.chain.simulate_deployment("Membership", ids, keys, 2, *found)


@pytest.mark.parametrize(
    "name",
    [
        "lei:5493001KJTIIGC8Y1R12",
        "uscc:91350100M000100Y43",
        "ab:0",
        "a1:x",
        "x9z:A.b_C-d",
        "ab:0123456789012345678901234567",
        _LONGEST,
    ],
)
def test_a_well_formed_name_is_admitted(deployed: Ledger, name: str) -> None:
    found_council_with(deployed, word(name))


@pytest.mark.parametrize(
    "member",
    [
        word(""),
        word("lei"),
        word("lei:"),
        word(":value"),
        word("a:value"),
        word("1ab:value"),
        word("Lei:value"),
        word("lE:value"),
        word("a-b:value"),
        word("abcdefghijklm:value"),
        word("lei:two words"),
        word("lei:two:parts"),
        word("lei:a/b"),
        word("lei:a@b"),
        word("lei:a[b"),
        word("lei:a`b"),
        word("lei:a{b"),
        word("ab:01234567890123456789012345678"),
        b"lei:\xc3\xa9".ljust(32, b"\0"),
        b"lei:a\0b".ljust(32, b"\0"),
        b"lei:a".ljust(31, b"\0") + b"a",
        b"\0lei:a".ljust(32, b"\0"),
    ],
)
def test_any_other_name_is_refused(deployed: Ledger, member: bytes) -> None:
    with reverts("MembershipInvalidMember", member):
        found_council_with(deployed, member)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.from_regex(r"[a-z0-9A-Z:]{0,13}:?[ -~]{0,29}", fullmatch=True)
    | st.from_regex(r"[a-z][a-z0-9]{1,12}:[A-Za-z0-9._-]{0,29}", fullmatch=True)
)
def test_contract_and_service_agree_on_names(deployed: Ledger, text: str) -> None:
    text = text[:32]
    try:
        parse_member_id(text)
    except ValueError:
        with pytest.raises(Reverted, match="MembershipInvalidMember"):
            found_council_with(deployed, word(text))
    else:
        found_council_with(deployed, word(text))
