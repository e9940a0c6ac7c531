"""A development consortium in one folder: chain, contracts, members, keys and a service.

`open_stack` makes what is missing and starts what is there, so it resumes wherever an earlier run
was cut short. It talks to the chain and the service as anybody would: over HTTP and through the
`sealbook` command.
"""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.chain.keyring import key_file
from ledger.chain.signer import load_key
from ledger.errors import ConfigurationError
from ledger.types import MemberId
from scripts.folder import claim
from scripts.processes import Process, ScriptError, port_for, sealbook, wait_until_ready

COUNCIL = tuple(map(MemberId, ("org:council-north", "org:council-south", "org:council-east")))
THRESHOLD = 2

_ACCOUNTS = 12
_DATABASE_URL = "sqlite:///ledger.db"


@dataclass(frozen=True)
class DemoMember:
    """A member of the development consortium: its name on the chain, and for people."""

    id: MemberId
    role: str
    title: str


SUPPLIER = DemoMember(MemberId("org:lieferant-gmbh"), "supplier", "Lieferant GmbH, the supplier")
BUYER = DemoMember(MemberId("org:kunden-ag-mitte"), "buyer", "Kunden AG Mitte, the buyer")
FIRST_BANK = DemoMember(MemberId("org:first-bank"), "financier", "First Bank, a financier")
SECOND_BANK = DemoMember(MemberId("org:second-bank"), "financier", "Second Bank, a financier")
MEMBERS = (SUPPLIER, BUYER, FIRST_BANK, SECOND_BANK)

Report = Callable[[str], None]


class CommandError(ScriptError):
    """A `sealbook` command failed; the message is what it said."""


@dataclass(frozen=True)
class Stack:
    """A running consortium.

    folder: everything it keeps. rpc_url, api_url: where chain and service listen.
    """

    folder: Path
    rpc_url: str
    api_url: str
    processes: tuple[Process, ...]

    @property
    def config(self) -> Path:
        """The service's configuration, which the command line reads too."""
        return self.folder / "sealbook.toml"

    def api_key_file(self, member: DemoMember) -> Path:
        """Where a member's API key is kept."""
        return _api_key_file(self.folder, member)

    def api_key(self, member: DemoMember) -> str:
        """A member's API key."""
        return self.api_key_file(member).read_text("utf-8").strip()


@contextmanager
def open_stack(
    folder: Path, report: Report, *, database_url: str = _DATABASE_URL
) -> Iterator[Stack]:
    """Start chain and service on a folder's state, made if it is not there; end them afterwards.

    database_url: of the service; a path in it is relative to the folder.
    Raises ConfigurationError if the folder is somebody else's, StartError if a process does not
    start, and CommandError.
    """
    claim(folder)
    if (folder / "deployment.json").exists() and not (folder / "chain" / "chain.sqlite3").exists():
        raise ConfigurationError(
            f"the chain that {folder} was made on is gone: put {folder}/chain back, or rename"
            f" {folder} and start anew"
        )
    with ExitStack() as ending:
        devnet = _devnet(folder)
        ending.callback(devnet.stop)
        rpc_url = devnet.start()
        _give_keys(folder)
        _deploy(folder, rpc_url, report)
        _write_config(folder, database_url, rpc_url, api_url=None)
        _admit_members(folder, report)
        api = _api(folder)
        ending.callback(api.stop)
        api_url = api.start()
        wait_until_ready(api, api_url)
        _write_config(folder, database_url, rpc_url, api_url)
        _issue_api_keys(folder)
        yield Stack(folder, rpc_url, api_url, (devnet, api))


def run(*arguments: str) -> str:
    """Run a `sealbook` command and return what it printed. Raises CommandError if it fails."""
    done = subprocess.run(sealbook(*arguments), capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise CommandError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def _devnet(folder: Path) -> Process:
    url_file = folder / "devnet.url"
    command = sealbook(
        "devnet",
        *("--data-dir", str(folder / "chain")),
        *("--accounts", str(_ACCOUNTS)),
        *("--port", str(port_for(url_file))),
        *("--url-file", str(url_file)),
    )
    return Process("the devnet", command, folder / "logs" / "devnet.log", url_file)


def _api(folder: Path) -> Process:
    url_file = folder / "api.url"
    command = sealbook(
        "serve",
        *("--config", str(folder / "sealbook.toml")),
        *("--port", str(port_for(url_file))),
        *("--url-file", str(url_file)),
    )
    return Process("the API", command, folder / "logs" / "api.log", url_file)


def _give_keys(folder: Path) -> None:
    """Give each member one of the accounts that the development chain funds."""
    members = (*COUNCIL, *(member.id for member in MEMBERS))
    keys = [_deployer_key(folder), *(_operator_key(folder, member) for member in members)]
    for number, key in enumerate(keys):
        if not key.exists():
            shutil.copy(folder / "chain" / "keys" / f"account-{number}.key", key)
    fingerprint = folder / "keys" / "fingerprint.hex"
    if not fingerprint.exists():
        _write_secret(fingerprint, secrets.token_hex(32))


def _deploy(folder: Path, rpc_url: str, report: Report) -> None:
    if (folder / "deployment.json").exists():
        return
    seats = [f"{member}={_address(folder, member)}" for member in COUNCIL]
    run(
        "deploy",
        *("--rpc-url", rpc_url),
        *("--key", str(_deployer_key(folder))),
        *(part for seat in seats for part in ("--council", seat)),
        *("--threshold", str(THRESHOLD)),
        *("--out", str(folder / "deployment.json")),
    )
    report(f"The contracts are deployed; {THRESHOLD} of {len(COUNCIL)} council members govern.")


def _admit_members(folder: Path, report: Report) -> None:
    if all(_api_key_file(folder, member).exists() for member in MEMBERS):
        return  # keys are the last thing that members get
    config = ("--config", str(folder / "sealbook.toml"))
    known = {
        member["id"] for member in json.loads(run(*config, "member", "list", "--json"))["members"]
    }
    proposer, approver, *_ = (str(_operator_key(folder, seat)) for seat in COUNCIL)
    for member in MEMBERS:
        if member.id in known:
            continue
        proposal = json.loads(
            run(
                *config,
                *("member", "propose-admit", member.id, "--role", member.role),
                *("--operator", _address(folder, member.id), "--key", proposer, "--json"),
            )
        )["proposal"]
        run(*config, "member", "approve", str(proposal), "--key", approver)
        run(*config, "member", "execute", str(proposal), "--key", proposer)
        report(f"The council admitted {member.title} ({member.id}).")


def _issue_api_keys(folder: Path) -> None:
    for member in MEMBERS:
        target = _api_key_file(folder, member)
        if not target.exists():
            run(
                *("--config", str(folder / "sealbook.toml")),
                *("member", "api-key", member.id, "--role", member.role, "--out", str(target)),
            )


def _write_config(folder: Path, database_url: str, rpc_url: str, api_url: str | None) -> None:
    key_file_name = _api_key_file(folder, SUPPLIER).relative_to(folder)
    api = f'\n[api]\nurl = "{api_url}"\nkey_file = "{key_file_name}"\n' if api_url else ""
    (folder / "sealbook.toml").write_text(
        "# Written at every start. A development chain: nobody seals its blocks.\n"
        "[chain]\n"
        f'rpc_url = "{rpc_url}"\n'
        'deployment = "deployment.json"\n'
        "development = true\n"
        "confirmations = 0\n"
        "\n[service]\n"
        f'database_url = "{database_url}"\n'
        'keys_dir = "keys"\n'
        "\n[fingerprint]\n"
        f'key_file = "keys/fingerprint.hex"\n{api}',
        "utf-8",
    )


def _address(folder: Path, member: MemberId) -> str:
    return load_key(_operator_key(folder, member)).address


def _operator_key(folder: Path, member: MemberId) -> Path:
    return key_file(folder / "keys", member)


def _deployer_key(folder: Path) -> Path:
    return folder / "keys" / "deployer.key"


def _api_key_file(folder: Path, member: DemoMember) -> Path:
    return folder / "api-keys" / f"{member.id.partition(':')[2]}.key"


def _write_secret(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
