"""What must hold after every fault, derived anew from the chain and compared both ways.

I1  What was accepted is in the database, once, under the id that was answered.
I2  Each batch has exactly one Anchored event on the canonical chain, and each event its batch; each
    operation that is done has its event, and each event its operation.
I3  The tree of a batch, built anew from its leaves, has the root and the size on the chain.
I4  No nonce of a key serves two transactions, and none below the newest is left open.
I5  What counts as final is in a canonical block that has its confirmations.
I6  Where chain id, first block or code are not the deployment's, nothing is sent.
I7  Once the fault is gone, nothing waits any more after a while.

I6 and I7 are about what happens meanwhile: the tests see to them, with `waiting` and the proxy.
The database is read by SQL and the tree is built here, so that no error of the product's own
queries can hide itself.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import httpx
from eth_utils.crypto import keccak
from sqlalchemy import Connection, Engine, Row, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from ledger.chain.contract import ContractCall
from ledger.chain.deployment import Deployment
from ledger.chain.view import NodeView
from ledger.chain.web3_adapter import connect
from ledger.evidence import Scope, TrustPolicy, Verdict, Verifier
from ledger.types import Address
from scripts.anvil import rpc
from tests.faults.acts import check_operations, check_requests
from tests.faults.leaves import check_leaves, split, tree_root
from tests.faults.sending import Remembered
from tests.faults.service import Service

_UNDER_WAY = text(
    "SELECT id, state, problem FROM transactions WHERE state NOT IN ('final', 'refused')"
)
_UNBATCHED = text(
    "SELECT id FROM documents WHERE batch_id IS NULL"
    " UNION ALL SELECT id FROM bundles WHERE batch_id IS NULL"
)
_ANCHORED = "0x" + keccak(b"Anchored(bytes32,bytes32,uint32,address)").hex()


@dataclass(frozen=True)
class Anchored:
    """An Anchored event of a canonical block."""

    member: str
    root: bytes
    size: int


class Books:
    """The database's and the chain's account of the same documents."""

    def __init__(
        self, database_url: str, node_url: str, deployment: Deployment, confirmations: int
    ) -> None:
        self._database_url = database_url
        self._node_url = node_url
        self._deployment = deployment
        self._confirmations = confirmations

    def waiting(self) -> list[str]:
        """What has no batch, what is under way, and the database itself while it is away."""
        try:
            return self._waiting()
        except OperationalError as error:  # its server is about to come back by itself
            return [str(error)]

    def _waiting(self) -> list[str]:
        with self._database() as database:
            transactions = database.execute(_UNDER_WAY).all()
            unbatched = database.execute(_UNBATCHED).scalars().all()
        return [f"document or bundle {identifier}" for identifier in unbatched] + [
            f"transaction {row.id} is {row.state}: {row.problem}" for row in transactions
        ]

    def problems(self) -> list[str]:
        """The problems that stand beside transactions."""
        with self._database() as database:
            found = database.execute(text("SELECT problem FROM transactions")).scalars()
            return [problem for problem in found if problem]

    def states(self) -> Counter[str]:
        """How many transactions are in which state."""
        with self._database() as database:
            return Counter(database.execute(text("SELECT state FROM transactions")).scalars())

    def documents(self) -> int:
        """How many documents the database has."""
        with self._database() as database:
            return int(database.execute(text("SELECT count(*) FROM documents")).scalar_one())

    def done(self) -> Counter[str]:
        """How many operations of each kind are done for good."""
        query = (
            "SELECT o.kind FROM operations o JOIN transactions t ON t.id = o.transaction_id"
            " WHERE t.state = 'final'"
        )
        with self._database() as database:
            return Counter(database.execute(text(query)).scalars())

    def call_of(self, kind: str) -> ContractCall:
        """What one of the operations of a kind asked of its contract."""
        query = text(
            "SELECT t.recipient, t.data FROM operations o"
            " JOIN transactions t ON t.id = o.transaction_id WHERE o.kind = :kind LIMIT 1"
        )
        with self._database() as database:
            row = database.execute(query, {"kind": kind}).one()
        return ContractCall(Address(row.recipient), bytes(row.data))

    def check(self) -> None:
        """I1 to I5, of all that the database and the chain have."""
        with self._database() as database:
            batches = database.execute(text("SELECT * FROM batches")).all()
            check_leaves(database, batches)
            check_requests(database)
            self._check_anchors(batches)
            check_operations(database, self._node_url, self._deployment.invoice_book)
            self._check_nonces(database)
            self._check_finality(database)

    def check_answers(self, remembered: Remembered) -> None:
        """I1, and that who was refused was told why."""
        with self._database() as database:
            ids = database.execute(text("SELECT id FROM documents UNION SELECT id FROM bundles"))
            kept = {str(_uuid(row.id)) for row in ids}
            by_key = {
                row.key: str(_uuid(row.resource_id))
                for row in database.execute(text("SELECT key, resource_id FROM idempotency_keys"))
            }
        assert set(remembered.accepted) <= kept, "what was accepted is lost"
        for identifier, submission in remembered.accepted.items():
            assert by_key[submission.key] == identifier, "one key was answered in two ways"
        for status, problem in remembered.refused:
            assert status >= httpx.codes.BAD_REQUEST
            assert problem["status"] == status
            assert problem["title"], problem
            assert problem["detail"], problem

    def check_evidence(self, service: Service, api_key: str, remembered: Remembered) -> None:
        """The evidence of all that was accepted verifies against the node."""
        with closing(connect(self._node_url)) as chain:
            policy = TrustPolicy(
                chain=self._deployment.chain,
                notaries=frozenset({self._deployment.notary}),
                invoice_book=self._deployment.invoice_book,
                min_depth=self._confirmations,
                is_development=True,
                require_standing=True,
                scope=Scope.DOCUMENT,
            )
            verifier = Verifier(policy, NodeView(chain, self._deployment), None)
            for identifier, submission in remembered.accepted.items():
                answer = service.get(f"{submission.path}/{identifier}/evidence", api_key)
                assert answer.is_success, answer.text
                encoded = answer.content.splitlines() if submission.is_bundle else [answer.content]
                for content, evidence in zip(submission.contents, encoded, strict=True):
                    report = verifier.verify(io.BytesIO(content), evidence)
                    assert report.verdict is Verdict.VERIFIED, report

    def anchored(self) -> list[Anchored]:
        """Every Anchored event of the canonical chain."""
        return [
            Anchored(
                bytes.fromhex(log["topics"][1][2:]).rstrip(b"\0").decode(),
                bytes.fromhex(log["topics"][2][2:]),
                int(log["data"][2:66], 16),
            )
            for log in self._logs()
        ]

    def lowest_anchor(self) -> int:
        """The height of the first block with an Anchored event."""
        return min(int(log["blockNumber"], 16) for log in self._logs())

    def _logs(self) -> list[dict[str, Any]]:
        query = {
            "address": self._deployment.notary,
            "topics": [_ANCHORED],
            "fromBlock": "0x0",
            "toBlock": "latest",
        }
        logs: list[dict[str, Any]] = rpc(self._node_url, "eth_getLogs", query)
        return logs

    def _check_anchors(self, batches: Sequence[Row[Any]]) -> None:
        kept = Counter(
            Anchored(batch.member, tree_root(split(batch.leaves)), len(split(batch.leaves)))
            for batch in batches
        )
        assert all(batch.size == len(split(batch.leaves)) for batch in batches)
        assert all(batch.root == tree_root(split(batch.leaves)) for batch in batches)
        anchored = Counter(self.anchored())
        assert set(anchored.values()) <= {1}, "a batch is anchored twice"
        assert anchored == kept, (
            f"only in the database: {kept - anchored}; only on the chain: {anchored - kept}"
        )

    def _check_nonces(self, database: Connection) -> None:
        given = database.execute(
            text("SELECT DISTINCT signer, nonce, transaction_id, outcome FROM attempts")
        ).all()
        owners = Counter((row.signer, row.nonce) for row in given if row.outcome is None)
        assert set(owners.values()) <= {1}, f"a nonce serves two transactions: {owners}"
        for signer in {row.signer for row in given}:
            newest = max(row.nonce for row in given if row.signer == signer)
            sealed = int(rpc(self._node_url, "eth_getTransactionCount", signer, "latest"), 16)
            assert newest < sealed, f"nonces from {sealed} to {newest} of {signer} are open"

    def _check_finality(self, database: Connection) -> None:
        final = database.execute(text("SELECT * FROM transactions WHERE state = 'final'")).all()
        proofs = {
            row.transaction_id: row.header
            for row in database.execute(
                text(
                    "SELECT b.transaction_id, a.header FROM anchors a"
                    " JOIN batches b ON b.id = a.batch_id"
                )
            )
        }
        anchors = {row.id for row in final if row.purpose == "anchor"}
        assert anchors == set(proofs), "final and proved are not the same"
        head = int(rpc(self._node_url, "eth_blockNumber"), 16)
        for row in final:
            block = rpc(self._node_url, "eth_getBlockByNumber", hex(row.block_number), False)
            assert block is not None, f"block {row.block_number} of a final transaction is gone"
            assert bytes.fromhex(block["hash"][2:]) == row.block_hash, "not canonical"
            proved = keccak(bytes(proofs[row.id])) if row.id in proofs else row.block_hash
            assert proved == row.block_hash, "another block is proved"
            assert head - row.block_number >= self._confirmations, "not deep enough"
            receipt = rpc(self._node_url, "eth_getTransactionReceipt", "0x" + row.hash.hex())
            assert receipt["status"] == "0x1"
            assert receipt["blockHash"] == block["hash"]

    @contextmanager
    def _database(self) -> Iterator[Connection]:
        with _engine(self._database_url).connect() as connection:
            yield connection


@lru_cache(maxsize=1)
def _engine(database_url: str) -> Engine:
    """Kept, since who waits looks many times a second; it holds no connection."""
    url = make_url(database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return create_engine(url, poolclass=NullPool)


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
