"""What waits on its way to the chain, since when, and what keeps it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from ledger.anchoring.problems import read_problem
from ledger.chain.port import Chain
from ledger.services.doctor.findings import Finding, ok, time_text, warning, wrong
from ledger.store import stages
from ledger.store.engine import Store
from ledger.store.outbox import State
from ledger.store.stages import Depth, Troubled
from ledger.types import UnixTime

OLD_SECONDS = 300
"""From which age on what waits shows that it does not go on."""

_SENTENCES: Mapping[State, str] = {
    State.QUEUED: "batched, and not signed yet",
    State.SIGNED: "signed, and not sent yet",
    State.BROADCAST: "sent, and in no block yet",
    State.MINED: "in a block that is not final yet",
}
_UNSEALED = (
    "let the chain seal blocks: while none comes on top, nothing becomes final. One that seals a"
    " block only when something is sent needs development = true, or confirmations = 0, in [chain]"
)
_STANDING = "look at what is said here about the service, the node and the keys"
_RETRY = "act on the reason; sealbook doctor --retry tries all of them again at once"


def check_queue(store: Store, now: Callable[[], float]) -> Iterator[Finding]:
    """How much waits at each stage, and for how long."""
    with store.reading() as connection:
        unbatched = stages.unbatched(connection)
        under_way = stages.under_way(connection)
    yield _depth("accepted", "accepted, and in no batch yet", unbatched, now())
    for state, depth in under_way.items():
        if depth.items:
            yield _depth(state.value, _SENTENCES[state], depth, now())


def retry_failed(store: Store, now: Callable[[], float]) -> Iterator[Finding]:
    """Have everything that waits after a failure tried again at once. This alone changes something.

    store: found to have this version's tables.
    """
    with store.writing() as connection:
        count = stages.retry(connection, UnixTime(int(now())))
    yield ok("retry", f"transactions that waited after a failure and are due now: {count:,}")


def check_reasons(store: Store) -> Iterator[Finding]:
    """Why transactions wait whose step failed, by reason."""
    with store.reading() as connection:
        troubled = stages.troubled(connection)
    reasons: dict[tuple[bool, str], list[Troubled]] = defaultdict(list)
    for item in troubled:
        reasons[item.is_set_aside, read_problem(item.problem).rule].append(item)
    for (is_set_aside, rule), items in reasons.items():
        how = "set aside" if is_set_aside else "waiting"
        says = (
            f"{_transactions(len(items))} {how}, the first of them {items[0].id}:"
            f" {read_problem(items[0].problem)} ({rule})"
        )
        yield (wrong if is_set_aside else warning)(how, says, _RETRY)
    if not reasons:
        yield ok("reasons", "no transaction waits because a step of it failed")


def check_nonces(store: Store, chain: Chain) -> Iterator[Finding]:
    """Whether the nonces of each key follow on one another without a gap."""
    with store.reading() as connection:
        unsealed = stages.unsealed_nonces(connection)
    head = chain.head().ref
    bad = False
    for signer, nonces in unsealed.items():
        following = chain.sealed_transaction_count(signer, at=head)
        if nonces.lowest > following:
            bad = True
            yield wrong(
                "nonces",
                f"{signer} has to use nonce {following} next, and the lowest that is under way is"
                f" {nonces.lowest}: nothing of it can be sealed",
                "let the service run, which closes such gaps; nothing else may use this key",
            )
    if not bad:
        under_way = sum(nonces.count for nonces in unsealed.values())
        yield ok("nonces", f"{under_way} under way, and no gap below them")


def _depth(check: str, what: str, depth: Depth, now: float) -> Finding:
    if depth.since is None:
        return ok(check, "nothing waits for its batch")
    age = max(0.0, now - depth.since)
    verb = "is" if depth.items == 1 else "are"
    says = f"{depth.items:,} {verb} {what}, the oldest for {time_text(age)}"
    remedy = _UNSEALED if check == State.MINED else _STANDING
    return ok(check, says) if age < OLD_SECONDS else warning(check, says, remedy)


def _transactions(count: int) -> str:
    return f"{count:,} transaction{' is' if count == 1 else 's are'}"
