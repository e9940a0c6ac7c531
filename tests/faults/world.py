"""All that a fault can meet: a node, a proxy before it, a service, and who sends it documents."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.chain.contract import ContractCall
from ledger.chain.keyring import key_file
from ledger.chain.membership import Role
from ledger.chain.signer import UnsignedTransaction
from ledger.chain.web3_adapter import connect
from ledger.cli.files import write_secret
from ledger.services.context import system_clock
from ledger.services.principals import issue_key
from ledger.store.engine import open_store
from ledger.store.migrations import upgrade
from ledger.types import Address, MemberId
from scripts.anvil import Anvil
from scripts.founding import OTHER_SUPPLIER, SUPPLIER, Founded, Governing
from scripts.nodes import Devnet, Node, founded_on_anvil, founded_on_devnet
from tests.faults import acts, invariants
from tests.faults.proxy import Proxy
from tests.faults.sending import Remembered, Sender
from tests.faults.service import Service
from tests.faults.trading import ApiKeys, Traded, Trader

DRAIN_SECONDS = 120
CHAIN_TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True)
class World:
    """A consortium with one service, and where everything of it is.

    proxy: between the service and the node. api_keys: by the member.
    """

    folder: Path
    node: Node
    proxy: Proxy
    founded: Founded
    database_url: str
    confirmations: int
    api_keys: dict[MemberId, str]
    service: Service

    @property
    def config(self) -> Path:
        return self.folder / "sealbook.toml"

    @property
    def api_key(self) -> str:
        return self.api_keys[SUPPLIER]

    @property
    def anvil(self) -> Anvil:
        assert isinstance(self.node, Anvil)
        return self.node

    def operator(self, member: MemberId = SUPPLIER) -> Address:
        """The address of the key that the service has for a member."""
        return self.founded.signer(member).address

    def second_service(self, name: str) -> Service:
        """Another service of the same configuration, and so on the same database."""
        return Service(self.config, name)

    def sender(self, name: str, member: MemberId = SUPPLIER) -> Sender:
        """A program that has begun to send a member's documents."""
        sender = Sender(self.service, self.api_keys[member], name)
        sender.start()
        return sender

    def trader(self, name: str, service: Service | None = None) -> Trader:
        """Two members that have begun to trade, through this world's service or another one."""
        with closing(open_store(self.database_url)) as store:
            buyer, financier = (
                issue_key(store, OTHER_SUPPLIER, role, system_clock())[1]
                for role in (Role.BUYER, Role.FINANCIER)
            )
        trader = Trader(service or self.service, ApiKeys(self.api_key, buyer, financier), name)
        trader.start()
        return trader

    def use_key_elsewhere(self, call: ContractCall | None = None, *, ahead: int = 0) -> None:
        """Send something with the service's key, past it.

        ahead: how many nonces are left out before it.
        """
        signer = self.founded.signer(SUPPLIER)
        with closing(connect(self.node.url)) as chain:
            fees = chain.fees()
            nonce = chain.sealed_transaction_count(signer.address, at=chain.head().ref) + ahead
            to, data = (call.to, call.data) if call else (signer.address, b"")
            gas = chain.estimate_gas(signer.address, to, data) * 2
            transaction = UnsignedTransaction(chain.chain_id(), nonce, to, data, gas, fees)
            chain.send(signer.sign(transaction).raw)

    @contextmanager
    def governing(self) -> Iterator[Governing]:
        """The council, which decides past the service."""
        with closing(connect(self.node.url)) as chain:
            yield Governing(self.founded, chain)

    def give_key(self, member: MemberId, account: MemberId) -> None:
        """Put an account's key into the service's folder, as the member's."""
        target = key_file(self.folder / "keys", member)
        shutil.copy(self.founded.account(account), target.with_suffix(".new"))
        target.with_suffix(".new").rename(target)

    def books(self) -> invariants.Books:
        """What database and chain say now."""
        return invariants.Books(
            self.database_url, self.node.url, self.founded.deployment, self.confirmations
        )

    def fork(self, blocks: int) -> None:
        """Replace the newest blocks by as many others, with nothing in them."""
        self.anvil.rpc("anvil_reorg", blocks, [])

    def fork_below_all_anchors(self) -> None:
        """Replace all blocks since the first anchor."""
        self.fork(self.anvil.height() - self.books().lowest_anchor() + 1)
        assert not self.books().anchored(), "every anchor is gone from the chain"

    def seal_and_look(self) -> bool:
        """Seal one more block, and give the service time; whether all is anchored and final."""
        self.anvil.mine(1)
        time.sleep(0.3)
        books = self.books()
        return bool(books.anchored()) and not books.waiting()

    def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until nothing waits any more (I7)."""
        books = self.books()
        wait_until(lambda: not books.waiting(), seconds, books.waiting)

    def settle(self, *remembered: Remembered) -> None:
        """Wait until nothing waits, and hold database, chain, answers and evidence together."""
        self.drain()
        books = self.books()
        books.check()
        for sent in remembered:
            books.check_answers(sent)
            books.check_evidence(self.service, self.api_key, sent)

    def settle_trade(self, *traded: Traded) -> None:
        """Wait until nothing waits, and hold database, chain and the traders' answers together."""
        self.settle()
        for told in traded:
            acts.check_traded(self.service, told)


def wait_until(
    true: Callable[[], bool], seconds: float = DRAIN_SECONDS, tell: Callable[[], object] = str
) -> None:
    """Wait for something. tell: what is said if it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.1)


@contextmanager
def running_world(
    folder: Path,
    database_url: str | None = None,
    *,
    chain: str = "anvil",
    options: tuple[str, ...] = (),
    kept: bool = False,
    confirmations: int = 0,
    start: bool = True,
    migrated: bool = True,
) -> Iterator[World]:
    """A node with a consortium, a proxy, and a service that runs unless start is False.

    options: of the node's command line. kept: whether anvil's chain outlives a restart. migrated:
    whether the database has its schema, and the suppliers their API keys, before the service runs.
    """
    with ExitStack() as ending:
        node: Anvil | Devnet
        if chain == "anvil":
            node = Anvil(folder, *options, state=folder / "state.json" if kept else None)
        else:
            node = Devnet(folder, *options)
        ending.callback(node.stop)
        node.start()
        founded = (
            founded_on_anvil(node, folder)
            if isinstance(node, Anvil)
            else founded_on_devnet(node, folder)
        )
        proxy = Proxy(node.url)
        ending.callback(proxy.close)
        url = database_url or f"sqlite:///{folder}/ledger.db"
        (folder / "keys").mkdir(mode=0o700)
        for member in (SUPPLIER, OTHER_SUPPLIER):
            shutil.copy(founded.account(member), key_file(folder / "keys", member))
        write_secret(folder / "fingerprint.hex", "5a" * 32)
        write_config(folder / "sealbook.toml", proxy.url, url, confirmations)
        service = Service(folder / "sealbook.toml")
        ending.callback(service.stop)
        keys = issue_keys(url) if migrated else {}
        world = World(folder, node, proxy, founded, url, confirmations, keys, service)
        if start:
            service.start_and_wait()
        yield world


def write_config(path: Path, rpc_url: str, database_url: str, confirmations: int) -> None:
    """A configuration under which the service does everything as soon as it can."""
    path.write_text(
        f"""
[chain]
rpc_url = "{rpc_url}"
deployment = "deployment.json"
confirmations = {confirmations}
timeout_seconds = {CHAIN_TIMEOUT_SECONDS}

[service]
database_url = "{database_url}"
keys_dir = "keys"
batch_max_age_seconds = 0
poll_seconds = 0.02
resend_seconds = 1

[fingerprint]
key_file = "fingerprint.hex"
"""
    )


def issue_keys(database_url: str) -> dict[MemberId, str]:
    """Give the suppliers API keys, in a database that is brought up to date."""
    with closing(open_store(database_url)) as store:
        upgrade(store)
        return {
            member: issue_key(store, member, Role.SUPPLIER, system_clock())[1]
            for member in (SUPPLIER, OTHER_SUPPLIER)
        }
