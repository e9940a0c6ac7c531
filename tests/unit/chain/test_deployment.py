import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.deployment import (
    Deployment,
    Predecessor,
    read_deployment,
    write_deployment,
)
from ledger.errors import ConfigurationError
from ledger.types import ChainId, parse_address

DEPLOYMENT = Deployment(
    chain=ChainId(1337),
    genesis=b"g" * 32,
    first_block=7,
    forwarder=parse_address("0x" + "44" * 20),
    membership=parse_address("0x" + "11" * 20),
    notary=parse_address("0x" + "22" * 20),
    invoice_book=parse_address("0x" + "33" * 20),
    certificate_book=parse_address("0x" + "55" * 20),
)


@pytest.mark.parametrize("development", [False, True])
def test_a_manifest_says_what_was_deployed(tmp_path: Path, development: bool) -> None:  # noqa: FBT001 - a parameter of the test
    path = tmp_path / "deployment.json"
    deployment = replace(DEPLOYMENT, development=development)
    path.write_text(write_deployment(deployment))
    assert read_deployment(path) == deployment


PREDECESSOR = Predecessor(
    chain=ChainId(2018),
    membership=parse_address("0x" + "66" * 20),
    invoice_book=parse_address("0x" + "77" * 20),
    certificate_book=parse_address("0x" + "88" * 20),
)


def test_a_manifest_says_in_caip_10_what_it_follows(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    deployment = replace(DEPLOYMENT, predecessor=PREDECESSOR)
    path.write_text(write_deployment(deployment))
    assert json.loads(path.read_text())["predecessor"] == {
        "Membership": "eip155:2018:0x6666666666666666666666666666666666666666",
        "InvoiceBook": "eip155:2018:0x7777777777777777777777777777777777777777",
        "DepositCertificateBook": "eip155:2018:0x8888888888888888888888888888888888888888",
    }
    assert read_deployment(path) == deployment


def test_only_books_on_the_same_chain_are_asked() -> None:
    elsewhere = replace(DEPLOYMENT, predecessor=PREDECESSOR)
    beside = replace(DEPLOYMENT, predecessor=replace(PREDECESSOR, chain=ChainId(1337)))
    nobody = "0x" + "00" * 20
    assert [each.asked_book("InvoiceBook") for each in (DEPLOYMENT, elsewhere, beside)] == [
        nobody,
        nobody,
        PREDECESSOR.invoice_book,
    ]
    assert (DEPLOYMENT.origin, elsewhere.origin) == (
        (0, nobody),
        (2018, PREDECESSOR.membership),
    )


def with_predecessor(**names: str) -> Callable[[Any], Any]:
    sound = {
        "Membership": f"eip155:2018:{PREDECESSOR.membership}",
        "InvoiceBook": f"eip155:2018:{PREDECESSOR.invoice_book}",
        "DepositCertificateBook": f"eip155:2018:{PREDECESSOR.certificate_book}",
    }
    return lambda form: form | {"predecessor": sound | names}


def without(name: str) -> Callable[[Any], Any]:
    return lambda form: {key: value for key, value in form.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        without("chain"),
        without("development"),
        without("contracts"),
        without("predecessor"),
        with_predecessor(InvoiceBook=f"eip155:1:{PREDECESSOR.invoice_book}"),
        with_predecessor(Membership="eip155:2018:0x12"),
        with_predecessor(
            **dict.fromkeys(PREDECESSOR.contracts, f"eip155:{2**64}:{PREDECESSOR.membership}")
        ),
        lambda form: form | {"predecessor": []},
        lambda form: form | {"predecessor": {}},
        lambda form: (
            form
            | {
                "chain": f"eip155:{2**64}",
                "contracts": {
                    name: text.replace("eip155:1337:", f"eip155:{2**64}:")
                    for name, text in form["contracts"].items()
                },
            }
        ),
        lambda form: form | {"format": "another/1"},
        lambda form: form | {"chain": "eip155:1"},
        lambda form: form | {"genesis": "0x12"},
        lambda form: [form],
    ],
)
def test_anything_else_is_no_manifest(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(change(json.loads(write_deployment(DEPLOYMENT)))))
    with pytest.raises(ConfigurationError, match="is not a deployment manifest"):
        read_deployment(path)


@pytest.mark.parametrize("text", ["", "{", "[" * 60_000, "\xff"])
def test_bytes_that_are_no_manifest_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deployment.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="is not a deployment manifest"):
        read_deployment(path)


def test_a_missing_manifest_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="sealbook deploy"):
        read_deployment(tmp_path / "nowhere.json")
