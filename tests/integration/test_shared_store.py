"""Two workers on one store, interleaved anywhere: each act is carried out exactly once."""

import itertools
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledger.chain.contract import ContractCall
from ledger.errors import TransportError
from ledger.services.worker import Worker
from ledger.store import outbox
from ledger.store.engine import Store
from ledger.store.outbox import Purpose, State
from ledger.store.schema import attempts, transactions
from ledger.types import Digest, MemberId, UnixTime
from tests.support.consortium import FINANCIER, SUPPLIER, Consortium
from tests.support.schedules import Schedule, scheduled_chain
from tests.support.service import make_worker, running_service
from tests.support.trouble import Killed

PLACES = st.integers(min_value=14, max_value=70)  # after the check of the deployment
ACTS = st.sampled_from(["step the other", "kill", "lose the answer", "lose the node's pool"])


class TwoWorkers:
    """Workers over one database, each with a chain on which a schedule acts.

    Both believe to have every turn, as on SQLite and as when a turn is lost half-way.
    """

    def __init__(
        self, consortium: Consortium, folder: Path, stack: ExitStack, database_url: str
    ) -> None:
        self.consortium = consortium
        self.now = UnixTime(1_800_000_000)
        self.schedules = (Schedule(), Schedule())
        self.workers: list[Worker] = []
        self._opened = [
            stack.enter_context(
                running_service(
                    consortium,
                    folder,
                    chain=scheduled_chain(consortium.chain, schedule),
                    clock=lambda: self.now,
                    database_url=database_url,
                )
            )
            for schedule in self.schedules
        ]
        self.store: Store = self._opened[0].ledger.store
        self.restart()

    def restart(self) -> None:
        """Forget what workers remember."""
        self.workers = [
            make_worker(service.ledger, service.ledger.store, 0) for service in self._opened
        ]

    def ask(self, member: MemberId, call: ContractCall, purpose: Purpose) -> UUID:
        with self.store.writing() as connection:
            return outbox.enqueue(
                connection,
                member=member,
                purpose=purpose,
                recipient=call.to,
                data=call.data,
                now=self.now,
            )

    def step(self, which: int) -> None:
        """Let a worker take its steps. What kills it or breaks its calls ends them."""
        with suppress(Killed, TransportError):
            self.workers[which].step()

    def settle(self) -> None:
        for _ in range(12):
            if set(self.states()) == {State.FINAL}:
                return
            self.now = UnixTime(self.now + 60)
            self.step(0)
            self.step(1)

    def open_nonces(self) -> list[int]:
        """How many different nonces each transaction has open attempts for."""
        query = (
            select(func.count(attempts.c.nonce.distinct()))
            .where(attempts.c.outcome.is_(None))
            .group_by(attempts.c.transaction_id)
        )
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def states(self) -> list[State]:
        with self.store.reading() as connection:
            return [
                State(state) for state in connection.execute(select(transactions.c.state)).scalars()
            ]


def killed() -> None:
    raise Killed


def lost() -> None:
    raise TransportError("the node does not answer")


def plan(pair: TwoWorkers, which: int, act: str) -> Callable[[], None]:
    def step_the_other() -> None:
        pair.step(1 - which)

    def wait_long() -> None:
        pair.now = UnixTime(pair.now + 60)

    return {
        "step the other": step_the_other,
        "kill": killed,
        "lose the answer": lost,
        "lose the node's pool": wait_long,
    }[act]


_MADE = itertools.count(1)


def calls(consortium: Consortium, count: int) -> list[tuple[MemberId, ContractCall]]:
    """Anchors of roots that nobody used before, of two members."""
    members = (SUPPLIER, FINANCIER)
    roots = [Digest(next(_MADE).to_bytes(32, "big")[::-1]) for _ in range(count)]
    return [
        (members[number % 2], consortium.notary.anchor(root, 1))
        for number, root in enumerate(roots)
    ]


def anchored(consortium: Consortium, call: ContractCall) -> int:
    root = call.data[4:36]
    topics = (consortium.notary.abi.topic("Anchored"), None, root)
    first = consortium.deployment.first_block
    return len(consortium.chain.logs_with(consortium.notary.address, topics, first))


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.dictionaries(PLACES, ACTS, max_size=4),
    second=st.dictionaries(PLACES, ACTS, max_size=4),
    count=st.integers(min_value=1, max_value=5),
)
def test_each_act_is_carried_out_once_however_two_workers_are_interleaved(
    consortium: Consortium,
    tmp_path: Path,
    store_urls: Callable[[], str],
    first: dict[int, str],
    second: dict[int, str],
    count: int,
) -> None:
    with ExitStack() as stack:
        pair = TwoWorkers(consortium, tmp_path, stack, store_urls())
        wanted = calls(consortium, count)
        for member, call in wanted:
            pair.ask(member, call, Purpose.OPERATION)
        for which, acts in enumerate((first, second)):
            schedule = pair.schedules[which]
            schedule.acts = {
                schedule.calls + place: plan(pair, which, act) for place, act in acts.items()
            }
        for which in (0, 1, 0):
            pair.step(which)
            assert all(number == 1 for number in pair.open_nonces())
        pair.restart()
        pair.settle()
        assert pair.states() == [State.FINAL] * count
        assert [anchored(consortium, call) for _, call in wanted] == [1] * count
        assert all(number == 1 for number in pair.open_nonces())
