import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import sealbook
from tests.cli.inspecting import (
    CII,
    CREDIT_NOTE,
    FACTUR_X,
    KEY,
    OLD_KEY,
    UBL,
    ZUGFERD_1,
    inspected,
)
from tests.cli.processes import PROGRAM
from tests.unit.invoices.samples import BAD, FOLDERS, legal_name, ubl

pytestmark = pytest.mark.usefixtures("fingerprint_key_only")


def without_keys(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "keys"}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param(
            UBL,
            {
                "format": "ubl-invoice",
                "number": "TOSL108",
                "type_code": "380",
                "issue_date": "2013-06-30",
                "due_date": "2013-07-20",
                "currency": "NOK",
                "gross_amount": "1801.78",
                "payable_amount": "801.78",
                "seller": {
                    "name": "Salescompany ltd.",
                    "ids": ["0088:1238764941386", "0082:123456789", "vat:NO123456789MVA"],
                },
                "buyer": {
                    "name": "The Buyercompany",
                    "ids": ["0088:3456789012098", "0082:987654321", "vat:NO987654321MVA"],
                },
                "financeable": False,
                "reasons": [
                    "it is to be paid to somebody other than the seller: perhaps assigned already"
                ],
            },
            id="ubl-invoice",
        ),
        pytest.param(
            CREDIT_NOTE,
            {
                "format": "ubl-credit-note",
                "number": "018304 / 28865",
                "type_code": "381",
                "issue_date": "2019-09-23",
                "due_date": None,
                "currency": "EUR",
                "gross_amount": "100.11",
                "payable_amount": "100.11",
                "seller": {
                    "name": "My Supplier Company",
                    "ids": ["legal:0000000196", "endpoint:0201:0000000196", "vat:BE0000000196"],
                },
                "buyer": {
                    "name": "My Customer Company",
                    "ids": ["legal:0000000295", "endpoint:0201:0000000295", "vat:BE0000000295"],
                },
                "financeable": False,
                "reasons": ["it is a credit note, or its total is negative: it gives money back"],
            },
            id="ubl-credit-note",
        ),
        pytest.param(
            CII,
            {
                "format": "cii",
                "number": "1100512149",
                "type_code": "380",
                "issue_date": "2014-11-10",
                "due_date": "2014-11-24",
                "currency": "EUR",
                "gross_amount": "1099.78",
                "payable_amount": "1099.78",
                "seller": {
                    "name": "Enexis B.V.",
                    "ids": ["legal:17131139", "vat:NL809561074B01"],
                },
                "buyer": {"name": "Klant", "ids": ["id:1081119"]},
                "financeable": True,
                "reasons": [],
            },
            id="cii",
        ),
        pytest.param(
            ZUGFERD_1,
            {
                "format": "cii",
                "number": "471102",
                "type_code": "380",
                "issue_date": "2013-03-05",
                "due_date": "2013-04-04",
                "currency": "EUR",
                "gross_amount": "529.87",
                "payable_amount": "529.87",
                "seller": {
                    "name": "Lieferant GmbH",
                    "ids": [
                        "0088:4000001123452",
                        "tax:201/113/40209",
                        "vat:DE123456789",
                    ],
                },
                "buyer": {
                    "name": "Kunden AG Mitte",
                    "ids": ["id:GE2020211", "0088:4000001987658"],
                },
                "financeable": True,
                "reasons": [],
            },
            id="zugferd-1.0",
        ),
        pytest.param(
            FACTUR_X,
            {
                "format": "factur-x",
                "number": "FA-2017-0010",
                "type_code": "380",
                "issue_date": "2017-11-13",
                "due_date": "2017-12-13",
                "currency": "EUR",
                "gross_amount": "671.15",
                "payable_amount": "470.15",
                "seller": {
                    "name": "Au bon moulin",
                    "ids": ["0002:99999999800010", "vat:FR11999999998"],
                },
                "buyer": {
                    "name": "Ma jolie boutique",
                    "ids": ["0002:78787878400035", "vat:FR19787878784"],
                },
                "financeable": True,
                "reasons": [],
            },
            id="factur-x",
        ),
    ],
)
def test_an_invoice_is_shown_to_programs(file: Path, expected: dict[str, Any]) -> None:
    (found,) = inspected(file)
    assert without_keys(found) == {"file": str(file), **expected}
    assert found["keys"].keys() == {"strict", "alert"}


def test_the_json_form_is_shown_with_the_identifiers_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps(
            {
                "format": "sealbook-invoice/1",
                "number": "A-1",
                "issue_date": "2024-03-18",
                "currency": "CNY",
                "gross_amount": "11900.00",
                "seller": {"name": "深圳星河", "ids": ["uscc:91350100M000100Y43", "id:77"]},
                "buyer": {"name": "Acme", "ids": ["0088:4000001123452"]},
            }
        )
    )
    (found,) = inspected("a.json")
    assert without_keys(found) == {
        "file": "a.json",
        "format": "json",
        "number": "A-1",
        "type_code": "380",
        "issue_date": "2024-03-18",
        "due_date": None,
        "currency": "CNY",
        "gross_amount": "11900.00",
        "payable_amount": None,
        "seller": {"name": "深圳星河", "ids": ["uscc:91350100M000100Y43", "id:77"]},
        "buyer": {"name": "Acme", "ids": ["0088:4000001123452"]},
        "financeable": True,
        "reasons": [],
    }


# What OpenSSL makes of the same fields: HMAC-SHA256 over the domain, version 1, the rule, and each
# text after its length.
def test_keys_are_those_of_the_key_in_the_environment() -> None:
    (found,) = inspected(UBL)
    assert found["keys"]["strict"] == [
        "ee358d370d5eb1829ca1c116187e66cb41ec6630073318a34f13601c3ca16a47",
        "ab5dd28736f1e928225845f81fa45515e58428a59b663062ed21b4d0a69505be",
    ]
    alert = found["keys"]["alert"]
    assert alert["K0"] == ["ec82f63eadaa21460b8d7556c898458131c67785bf44cc3c9ebf70a2dca773a6"]
    assert {kind: len(keys) for kind, keys in alert.items()} == {
        "K0": 1,
        "K2": 2,
        "K3": 4,
        "K4": 2,
        "K5": 2,
    }


def test_without_a_key_there_are_no_keys_and_all_else_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (with_key,) = inspected(UBL)
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY")
    (found,) = inspected(UBL)
    assert found["keys"] is None
    assert without_keys(found) == without_keys(with_key)
    assert "set $SEALBOOK_FINGERPRINT_KEY, or" in sealbook("inspect", UBL).out.replace(
        "\n              ", " "
    )


def test_during_a_change_of_the_key_both_versions_are_listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (new,) = inspected(UBL)
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", OLD_KEY)
    (tmp_path / "old.toml").write_text("[fingerprint]\nversion = 3\n")
    (old,) = inspected(UBL, "--config", tmp_path / "old.toml")
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY")
    for name, key in (("new", KEY), ("old", OLD_KEY)):
        (tmp_path / f"{name}.hex").write_text(key)
        (tmp_path / f"{name}.hex").chmod(0o600)
    (tmp_path / "sealbook.toml").write_text(
        '[fingerprint]\nkey_file = "new.hex"\nprevious_key_file = "old.hex"\nprevious_version = 3\n'
    )
    (both,) = inspected(UBL)
    assert both["keys"]["strict"] == new["keys"]["strict"] + old["keys"]["strict"]
    assert both["keys"]["alert"] == {
        kind: new["keys"]["alert"][kind] + old["keys"]["alert"][kind]
        for kind in ("K0", "K2", "K3", "K4", "K5")
    }


@pytest.mark.parametrize("key", ["", "0102", "no hex"])
def test_a_key_that_is_none_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", key)
    printed = sealbook("inspect", "--json", UBL)
    assert (printed.code, printed.out) == (2, "")
    assert "fingerprint key" in printed.err


def test_no_file_is_wrong_usage() -> None:
    assert sealbook("inspect", "--json").code == 2


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_the_manifest_is_read_as_it_says(folder: Path) -> None:
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = inspected(*(folder / row["file"] for row in rows))
    assert [one["file"] for one in found] == [str(folder / row["file"]) for row in rows]
    for one, row in zip(found, rows, strict=True):
        assert as_manifest(one) == {name: row[name] for name in as_manifest(one)}, row["file"]
        assert one["format"] == FORMATS[row["format"].partition("/")[0]]
        assert same_ids(one["seller"], row["seller_id"]), row["file"]
        assert same_ids(one["buyer"], row["buyer_id"]), row["file"]
        assert one["financeable"] is (not one["reasons"])
        assert one["keys"]["strict"]
        assert set(map(len, one["keys"]["strict"])) == {64}


FORMATS = {
    "UBL-2.1-Invoice": "ubl-invoice",
    "UBL-2.1-CreditNote": "ubl-credit-note",
    "CII-D16B": "cii",
    "ZUGFeRD-1.0": "cii",
    "PDF+CII-D16B": "factur-x",
    "PDF+ZUGFeRD-1.0": "factur-x",
}
PREFIXES = {"VAT": "vat:", "TAX": "tax:", "ID": "id:", "LEGAL": "legal:", "EP": "endpoint:"}


def as_manifest(found: dict[str, Any]) -> dict[str, str]:
    return {
        "invoice_number": found["number"],
        "type_code": found["type_code"],
        "issue_date": found["issue_date"],
        "due_date": found["due_date"] or "",
        "currency": found["currency"],
        "total_incl_tax": found["gross_amount"],
        "payable": found["payable_amount"],
        "seller_name": found["seller"]["name"] or "",
        "buyer_name": found["buyer"]["name"] or "",
    }


def same_ids(party: dict[str, Any], cell: str) -> bool:
    """Whether a party has the identifiers of a cell such as `VAT=a|ID=b;0088:c`.

    The manifest leaves out electronic addresses of sellers and tax numbers of buyers.
    """
    wanted = set()
    for kind, _, values in (part.partition("=") for part in cell.split("|") if part):
        for value in values.split(";"):
            told = value.removeprefix("FC:")
            has_scheme = kind in {"ID", "LEGAL"} and told[:4].isdigit() and told[4:5] == ":"
            wanted.add(told if has_scheme else PREFIXES[kind] + told)
    found = set(party["ids"])
    return wanted <= found and all(id_.startswith(("endpoint:", "tax:")) for id_ in found - wanted)


def test_amounts_keep_their_digits_and_what_is_absent_is_null(tmp_path: Path) -> None:
    amount = '<cbc:TaxInclusiveAmount currencyID="EUR">1125.50</cbc:TaxInclusiveAmount>'
    (tmp_path / "a.xml").write_text(
        ubl(type_code="", gross=amount, payable="", seller_name=legal_name(""))
    )
    (found,) = inspected("a.xml")
    assert found["gross_amount"] == "1125.50"
    absent = (found["type_code"], found["due_date"], found["payable_amount"])
    assert absent == (None, None, None)
    assert found["seller"] == {"name": None, "ids": ["vat:DE123456789"]}


def test_a_file_is_named_as_it_was_given_and_a_name_cannot_break_the_line(tmp_path: Path) -> None:
    name = "a\n\x1b[2J\udcff.xml"
    (tmp_path / name).write_bytes(UBL.read_bytes())
    found = inspected(f"./{name}", f"../{tmp_path.name}/{name}")
    assert [one["file"] for one in found] == [
        "./a\n\x1b[2J\ufffd.xml",
        f"../{tmp_path.name}/a\n\x1b[2J\ufffd.xml",
    ]


def test_each_file_is_printed_before_the_next_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "later")
    with subprocess.Popen(
        [PROGRAM, "inspect", "--json", UBL, "later", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["number"] == "TOSL108"
        (tmp_path / "later").write_bytes(CII.read_bytes())
        assert json.loads(process.stdout.readline())["number"] == "1100512149"
        out, _ = process.communicate(CREDIT_NOTE.read_bytes(), timeout=60)
        last = json.loads(out)
        assert (last["file"], last["number"]) == ("-", "018304 / 28865")
    assert process.returncode == 0


def test_reading_invoices_loads_neither_chain_nor_database_nor_web_framework() -> None:
    program = (
        "import sys; from ledger.cli.main import main;"
        f"main(['inspect', {str(UBL)!r}, {str(BAD / 'xxe.xml')!r}], standalone_mode=False);"
        "banned = ('web3', 'eth_utils', 'eth_abi', 'sqlalchemy', 'fastapi', 'networkx',"
        " 'ledger.evidence', 'requests', 'httpx');"
        "print('loaded:', *(name for name in banned if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("loaded:", "")
