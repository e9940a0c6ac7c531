"""A consortium in a fresh folder, as processes: a node, and a service that a supplier uses."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.wiring import Service as Opened
from api.wiring import open_service
from ledger.chain.keyring import key_file
from ledger.chain.membership import Role
from ledger.cli.files import write_secret
from ledger.services.context import system_clock
from ledger.services.principals import Principal, authenticate, issue_key
from ledger.services.settings import load_settings
from ledger.store.engine import open_store
from ledger.store.migrations import upgrade
from scripts.anvil import Anvil, AnvilAbsent
from scripts.bench.contest import Absent
from scripts.founding import SUPPLIER, Founded
from scripts.nodes import Devnet, founded_on_anvil, founded_on_devnet
from scripts.processes import Process, StartError, sealbook, wait_until_ready

ANVIL, DEVNET = "anvil", "devnet"


@dataclass(frozen=True, slots=True)
class Founding:
    """A node with the contracts, on which a supplier is a member."""

    folder: Path
    node: Anvil | Devnet
    founded: Founded


@dataclass(frozen=True, slots=True)
class Running:
    """A service on such a node. api_key: the file with the supplier's. pid: of its process."""

    founding: Founding
    url: str
    pid: int
    api_key: Path


@contextmanager
def founding(folder: Path, chain: str, *options: str) -> Iterator[Founding]:
    """Start a node in a folder, which is made, and found the consortium on it.

    options: of anvil's command line. Raises Absent without anvil.
    """
    folder.mkdir(parents=True)
    node = Anvil(folder, *options) if chain == ANVIL else Devnet(folder)
    with ExitStack() as ending:
        ending.callback(node.stop)
        try:
            node.start()
        except AnvilAbsent as error:
            raise Absent("anvil is not installed; make bench installs it") from error
        make = (
            founded_on_anvil(node, folder)
            if isinstance(node, Anvil)
            else founded_on_devnet(node, folder)
        )
        yield Founding(folder, node, make)


def configure(founded: Founding, database_url: str, **service: object) -> tuple[Path, Path]:
    """Write a service's configuration, and give its supplier an API key, in a file.

    service: keys of [service] that are not to have their defaults.
    """
    folder = founded.folder
    keys = folder / "keys"
    if not keys.exists():
        keys.mkdir(mode=0o700)
        shutil.copy(founded.founded.account(SUPPLIER), key_file(keys, SUPPLIER))
        write_secret(folder / "fingerprint.hex", "5a" * 32)
    config, api_key = folder / "sealbook.toml", folder / "api.key"
    config.write_text(
        f'[chain]\nrpc_url = "{founded.node.url}"\ndeployment = "deployment.json"\n'
        f'confirmations = 0\n\n[service]\ndatabase_url = "{database_url}"\nkeys_dir = "keys"\n'
        + "".join(f"{name} = {value}\n" for name, value in service.items())
        + '\n[fingerprint]\nkey_file = "fingerprint.hex"\n',
        "utf-8",
    )
    with closing(open_store(database_url)) as store:
        upgrade(store)
        _, key = issue_key(store, SUPPLIER, Role.SUPPLIER, system_clock())
    api_key.unlink(missing_ok=True)
    write_secret(api_key, key)
    return config, api_key


@contextmanager
def serving(founded: Founding) -> Iterator[Running]:
    """Start a service with its defaults, on SQLite in the folder."""
    config, api_key = configure(founded, f"sqlite:///{founded.folder}/ledger.db")
    url_file = founded.folder / "service.url"
    command = sealbook("serve", "--config", str(config), "--url-file", str(url_file))
    process = Process("the service", command, founded.folder / "service.log", url_file)
    try:
        url = process.start()
        wait_until_ready(process, url)
        if process.pid is None:
            raise StartError("the service did not start")
        yield Running(founded, url, process.pid, api_key)
    finally:
        process.stop()


@contextmanager
def opened(founded: Founding, name: str) -> Iterator[tuple[Opened, Principal]]:
    """The service within this process, its worker driven by hand, with its supplier.

    Each transaction is a batch's, and none waits for company. name: of its database.
    """
    config, api_key = configure(
        founded,
        f"sqlite:///{founded.folder}/{name}.db",
        batch_max_documents=1,
        batch_max_age_seconds=0,
    )
    service = open_service(load_settings(config))
    try:
        yield service, authenticate(service.ledger.store, api_key.read_text("utf-8").strip())
    finally:
        service.ledger.intake.stop()
        service.ledger.store.close()


def peak_memory(pid: int) -> int:
    """The most bytes of memory that a process ever had. Linux only."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise OSError(f"process {pid} is gone")
    return int(found[1]) * 1024
