import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.signer import KeySigner
from ledger.codec import ForwardRequest, domain_separator, signing_hash
from ledger.types import AccountName, Address, ChainId, UnixTime, parse_address

TYPE_HASH = "0x7f96328b83274ebc7c1cf4f7a3abda602b51a78b7fa1d86a2ce353d75e587cac"
FORWARDER = AccountName(ChainId(1), parse_address("0x" + "11" * 20))
DOMAIN_SEPARATOR = "36bb2f203ad4c3b74ec19bcba69cb622692477ea86433a3d45c2763a11d07724"
ENCODED_TYPE = (
    "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,"
    "uint48 deadline,bytes data)"
)

FOLDER = Path(__file__).parents[2] / "vectors" / "typed_data"
FILE = json.loads((FOLDER / "requests.json").read_text("utf-8"))
VECTORS = list(enumerate(FILE["vectors"]))


def request_of(vector: Any) -> ForwardRequest:
    form = vector["request"]
    return ForwardRequest(
        sender=parse_address(form["from"]),
        to=parse_address(form["to"]),
        gas=form["gas"],
        nonce=form["nonce"],
        deadline=UnixTime(form["deadline"]),
        data=bytes.fromhex(form["data"][2:]),
    )


def test_the_type_is_the_one_of_the_contract() -> None:
    assert FILE["type_hash"] == TYPE_HASH == "0x" + keccak(text=ENCODED_TYPE).hex()


def test_a_domain_separator_is_of_one_forwarder_on_one_chain() -> None:
    assert domain_separator(FORWARDER).hex() == DOMAIN_SEPARATOR
    assert domain_separator(AccountName(ChainId(2), FORWARDER.address)).hex() != DOMAIN_SEPARATOR
    other = parse_address("0x" + "12" * 20)
    assert domain_separator(AccountName(ChainId(1), other)).hex() != DOMAIN_SEPARATOR


@pytest.mark.parametrize(("number", "vector"), VECTORS)
def test_requests_are_hashed_and_signed_as_another_library_does(number: int, vector: Any) -> None:
    forwarder, request = AccountName.parse(vector["forwarder"]), request_of(vector)
    assert "0x" + domain_separator(forwarder).hex() == vector["domain_separator"]
    assert "0x" + signing_hash(request, forwarder).hex() == vector["hash"]
    signer = KeySigner(Account.from_key(keccak(text=f"signer {number}")))
    assert signer.address == request.sender
    assert "0x" + signer.sign_request(request, forwarder).hex() == vector["signature"]


addresses = st.binary(min_size=20, max_size=20).map(
    lambda octets: parse_address(f"0x{octets.hex()}")
)
requests = st.builds(
    ForwardRequest,
    sender=addresses,
    to=addresses,
    gas=st.integers(0, 2**256 - 1),
    nonce=st.integers(0, 2**256 - 1),
    deadline=st.integers(0, 2**48 - 1).map(UnixTime),
    data=st.binary(max_size=300),
)


def hash_of_eth_account(request: ForwardRequest, chain: int, forwarder: Address) -> bytes:
    fields = ENCODED_TYPE.removeprefix("ForwardRequest(").removesuffix(")").split(",")
    types = [dict(zip(("type", "name"), field.split(" "), strict=True)) for field in fields]
    values = {
        "from": request.sender,
        "to": request.to,
        "value": 0,
        "gas": request.gas,
        "nonce": request.nonce,
        "deadline": request.deadline,
        "data": request.data,
    }
    domain = {
        "name": "Sealbook",
        "version": "1",
        "chainId": chain,
        "verifyingContract": forwarder,
    }
    message = encode_typed_data(domain, {"ForwardRequest": types}, values)
    return keccak(b"\x19" + message.version + message.header + message.body)


@given(request=requests, chain=st.integers(1, 2**64 - 1), forwarder=addresses)
def test_every_request_has_the_hash_that_eth_account_gives_it(
    request: ForwardRequest, chain: int, forwarder: Address
) -> None:
    expected = hash_of_eth_account(request, chain, forwarder)
    assert signing_hash(request, AccountName(ChainId(chain), forwarder)) == expected
