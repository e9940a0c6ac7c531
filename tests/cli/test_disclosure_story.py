import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.commands import sealbook
from tests.cli.desks import running_desk
from tests.cli.world import VECTORS, World
from tests.support.consortium import BUYER, SUPPLIER

INVOICE = VECTORS / "zfcorpus__FNFE-factur-x-examples__Facture_FR_BASICWL.pdf"
PRICE = "671.15"


@pytest.fixture
def client(world: World, tmp_path: Path) -> Iterator[httpx.Client]:
    """The supplier's client of a service that runs as a process."""
    with (
        running_desk(world, SUPPLIER, "supplier", tmp_path) as desk,
        httpx.Client(base_url=desk.url, headers=desk.headers) as opened,
    ):
        yield opened


def until(client: httpx.Client, path: str, state: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = client.get(path).json()
        if found["state"] == state:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_a_due_date_is_proved_to_one_and_the_price_to_nobody_and_in_the_end_all_is_forgotten(
    world: World, client: httpx.Client, tmp_path: Path
) -> None:
    accepted = client.post(
        "/v1/invoices",
        params={"buyer": BUYER},
        content=INVOICE.read_bytes(),
        headers={"Content-Type": "application/pdf"},
    )
    assert accepted.status_code == 202, accepted.text
    done = until(client, accepted.headers["Location"], "done")
    path = f"/v1/documents/{done['document']}"
    until(client, path, "final")
    full, cut = tmp_path / "full.json", tmp_path / "cut.json"
    full.write_bytes(client.get(f"{path}/evidence").content)
    assert PRICE in full.read_text()
    verify = ("verify", "--config", world.config, "--scope", "document")
    assert sealbook(*verify, INVOICE, full).code == 0

    assert sealbook("disclose", full, "--show", "due_date", "--out", cut).code == 0
    assert cut.read_bytes() == client.get(f"{path}/evidence", params={"show": "due_date"}).content
    assert PRICE not in cut.read_text()
    printed = sealbook(*verify, cut)
    assert printed.code == 0
    assert "\n  due_date  2017-12-13\n" in printed.out

    assert client.request("DELETE", f"{path}/opening").json()["erased_at"]
    gone = client.get(f"{path}/evidence")
    assert (gone.status_code, gone.json()["code"]) == (410, "erased")
    # What was handed out before still proves what it shows.
    assert sealbook(*verify, cut).code == 0
