"""What must hold after every fault, derived anew from the chain and compared both ways.

I1  What was accepted is in the database, once, under the id that was answered.
I2  Each batch has exactly one Anchored event on the canonical chain, and each event its batch.
I3  The tree of a batch, built anew from its leaves, has the root and the size on the chain.
I4  No nonce of a key serves two transactions, and none below the newest is left open.
I5  What counts as final is in a canonical block that has its confirmations.
I6  Where chain id, first block or code are not the deployment's, nothing is sent.
I7  Once the fault is gone, nothing waits any more after a while.

I6 and I7 are about what happens meanwhile: the tests see to them, with `waiting` and the proxy.
The database is read by SQL and the tree is built here, so that no error of the product's own
queries can hide itself.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from eth_utils.crypto import keccak
from sqlalchemy import Connection, Row, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from ledger.chain.deployment import Deployment
from ledger.chain.view import NodeView
from ledger.chain.web3_adapter import connect
from ledger.evidence import Scope, TrustPolicy, Verdict, Verifier
from scripts.anvil import RpcRefused, rpc
from tests.faults.sending import Remembered
from tests.faults.service import Service

_HASH_BYTES = 32
_UNDER_WAY = text(
    "SELECT id, state, problem FROM transactions WHERE state NOT IN ('final', 'refused')"
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
        """What waits: documents without a batch, and transactions that are under way."""
        with self._database() as database:
            documents = database.execute(
                text("SELECT id FROM documents WHERE batch_id IS NULL")
            ).all()
            transactions = database.execute(_UNDER_WAY).all()
            bundles = database.execute(text("SELECT id FROM bundles WHERE batch_id IS NULL")).all()
        return [f"document or bundle {row.id}" for row in (*documents, *bundles)] + [
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

    def check(self) -> None:
        """I2 to I5, of all that the database and the chain have."""
        with self._database() as database:
            batches = database.execute(text("SELECT * FROM batches")).all()
            _check_leaves(database, batches)
            self._check_anchors(batches)
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
            Anchored(batch.member, _tree_root(_split(batch.leaves)), len(_split(batch.leaves)))
            for batch in batches
        )
        assert all(batch.size == len(_split(batch.leaves)) for batch in batches)
        assert all(batch.root == _tree_root(_split(batch.leaves)) for batch in batches)
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
        final = database.execute(
            text("SELECT * FROM transactions WHERE state = 'final' AND purpose = 'anchor'")
        ).all()
        proofs = {
            row.transaction_id: row.header
            for row in database.execute(
                text(
                    "SELECT b.transaction_id, a.header FROM anchors a"
                    " JOIN batches b ON b.id = a.batch_id"
                )
            )
        }
        assert {row.id for row in final} == set(proofs), "final and proved are not the same"
        head = int(rpc(self._node_url, "eth_blockNumber"), 16)
        for row in final:
            block = rpc(self._node_url, "eth_getBlockByNumber", hex(row.block_number), False)
            assert block is not None, f"block {row.block_number} of a final transaction is gone"
            assert bytes.fromhex(block["hash"][2:]) == row.block_hash, "not canonical"
            assert keccak(bytes(proofs[row.id])) == row.block_hash, "another block is proved"
            assert head - row.block_number >= self._confirmations, "not deep enough"
            receipt = rpc(self._node_url, "eth_getTransactionReceipt", "0x" + row.hash.hex())
            assert receipt["status"] == "0x1"
            assert receipt["blockHash"] == block["hash"]

    @contextmanager
    def _database(self) -> Iterator[Connection]:
        url = make_url(self._database_url)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            yield connection


def queued_behind_a_gap(node_url: str) -> int:
    """Transactions of the node's pool that an earlier nonce is missing for; 0 without a pool."""
    try:
        return int(rpc(node_url, "txpool_status")["queued"], 16)
    except RpcRefused:
        return 0


def _check_leaves(database: Connection, batches: Sequence[Row[Any]]) -> None:
    """Every document is in exactly one batch, at the place that it was given."""
    places = {(batch.id, index): leaf for batch in batches for index, leaf in _places(batch)}
    documents = database.execute(text("SELECT * FROM documents")).all()
    taken = {(row.batch_id, row.leaf_index): row.leaf_hash for row in documents}
    assert len(taken) == len(documents), "two documents have one place"
    bundles = database.execute(text("SELECT * FROM bundles")).all()
    for row in bundles:
        # A bundle leaves its leaves to its batch. That they are its own, its evidence shows.
        for index in range(row.first_leaf, row.first_leaf + row.size):
            assert (row.batch_id, index) not in taken, "two documents have one place"
            taken[row.batch_id, index] = places.get((row.batch_id, index))
    assert taken == places, "documents and leaves are not the same"


def _places(batch: Row[Any]) -> Iterator[tuple[int, bytes]]:
    yield from enumerate(_split(batch.leaves))


def _split(leaves: bytes) -> list[bytes]:
    whole = bytes(leaves)
    return [whole[at : at + _HASH_BYTES] for at in range(0, len(whole), _HASH_BYTES)]


def _tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    pair = _tree_root(leaves[:left]) + _tree_root(leaves[left:])
    return hashlib.sha256(b"\x01" + pair).digest()


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
