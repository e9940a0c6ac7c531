"""The chain node: whether it answers, for the right chain and contracts, and at the right time."""

from collections.abc import Iterator

from ledger.anchoring.limits import Finality
from ledger.chain.deployment import Deployment
from ledger.chain.port import Chain
from ledger.chain.wiring import check_chain, check_deployment
from ledger.services.doctor.findings import Finding, counted, ok, time_text, warning, wrong
from ledger.services.limits import MOST_LAG_BLOCKS
from ledger.services.settings import ChainSettings
from ledger.store import events
from ledger.store.engine import Store
from ledger.types import UnixTime

MOST_AHEAD_SECONDS = 30
"""How far the newest block may be ahead of this machine's clock."""

OLD_BLOCK_SECONDS = 300
"""From which age on the newest block of a chain that seals its blocks shows that it stands still"""


def check_node(chain: Chain) -> Iterator[Finding]:
    """Whether the node answers."""
    head = chain.head().ref
    yield ok("node", f"{chain.client_version()} answers; its newest block is {head.number}")


def check_identity(chain: Chain, deployment: Deployment) -> Iterator[Finding]:
    """Whether it is the node of the deployment's chain."""
    check_chain(chain, deployment)
    yield ok("chain", f"it is {deployment.chain}, with the deployment's first block")


def check_contracts(chain: Chain, deployment: Deployment) -> Iterator[Finding]:
    """Whether the deployment's contracts stand there."""
    check_deployment(chain, deployment)
    yield ok("contracts", "the code at all their addresses is the deployment's")


def check_finality(
    chain: Chain, settings: ChainSettings, deployment: Deployment
) -> Iterator[Finding]:
    """Whether blocks become final as the configuration says."""
    if deployment.development and not settings.development:
        yield warning(
            "finality",
            "the manifest's chain is one for development, and the configuration does not say so: if"
            " it seals a block only when something is sent, the last documents never become final",
            "set development = true in [chain], and leave confirmations out",
        )
        return
    if settings.finality == Finality.ENGINE:
        if chain.finalized_block() is None:
            yield wrong(
                "finality",
                "the engine names no final block, so that nothing would ever be final",
                'set finality = "depth" in [chain], with confirmations that suit the engine',
            )
        else:
            yield ok("finality", "the engine names its final blocks")
    elif settings.confirmations == 0 and not settings.development:
        yield warning(
            "finality",
            "every block counts as final at once (confirmations is 0)",
            "raise confirmations, unless the engine never takes a block back, as QBFT does not",
        )
    elif settings.confirmations == 0:
        yield ok("finality", "every block of a development chain counts as final at once")
    else:
        yield ok(
            "finality", f"a block is final with {counted(settings.confirmations, 'block')} on top"
        )


def check_clock(chain: Chain, settings: ChainSettings, now: UnixTime) -> Iterator[Finding]:
    """Whether this machine and the chain agree about the time."""
    age = now - chain.head().timestamp
    if -age > MOST_AHEAD_SECONDS:
        yield wrong(
            "clock",
            f"the newest block is {time_text(-age)} ahead of this machine's clock",
            "set the clock, best from a time server (NTP)",
        )
    elif age > OLD_BLOCK_SECONDS and not settings.development:
        yield warning(
            "clock",
            f"the newest block is {time_text(age)} old",
            "look whether the chain stands still, the node has lost its peers, or the clock is"
            " ahead",
        )
    else:
        yield ok("clock", "it agrees with the newest block")


def check_follower(
    store: Store, chain: Chain, deployment: Deployment, most_lag: int = MOST_LAG_BLOCKS
) -> Iterator[Finding]:
    """Whether the events of the chain are known here."""
    with store.reading() as connection:
        newest = events.newest_block(connection)
    read = deployment.first_block - 1 if newest is None else newest.number
    lag = max(0, chain.head().ref.number - read)
    if lag > most_lag:
        yield warning(
            "follower",
            f"{counted(lag, 'block')} of the chain not followed yet",
            "let the service run; if the number does not fall, read its log",
        )
    else:
        yield ok("follower", f"{counted(lag, 'block')} behind the chain")
