"""Every operation of a walk: how often it is tried, and when there is something to try it on."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.contracts.model.invoice import LIVE
from tests.contracts.walk.council import Council
from tests.contracts.walk.settlement import is_answerable, is_cancellable
from tests.contracts.walk.transfers import has_free_units


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, its weight, and whether it is possible in the model of a walk."""

    name: str
    weight: int
    possible: Callable[[Council], bool]


_OPERATIONS = (
    Operation("pass_time", 3, lambda _walk: True),
    Operation("offer", 8, lambda walk: walk.any_record(has_free_units)),
    Operation("accept_offer", 10, lambda walk: walk.any_open(lambda invoice: invoice.offers)),
    Operation("end_offer", 4, lambda walk: walk.any_open(lambda invoice: invoice.offers)),
    Operation("pledge", 6, lambda walk: walk.any_record(has_free_units)),
    Operation("pledge_behind", 6, lambda walk: walk.any_open(lambda invoice: invoice.pledges)),
    Operation("release_pledge", 4, lambda walk: walk.any_open(lambda invoice: invoice.pledges)),
    Operation("enforce_pledge", 16, lambda walk: walk.any_open(lambda invoice: invoice.pledges)),
    Operation("begin", 4, lambda _walk: True),
    Operation("accept", 6, lambda walk: walk.any_record(is_answerable)),
    Operation("reject", 2, lambda walk: walk.any_record(is_answerable)),
    Operation("cancel", 1, lambda walk: walk.any_record(is_cancellable)),
    Operation(
        "undertake",
        1,
        lambda walk: walk.any_record(lambda invoice: invoice.moving and not invoice.undertaken),
    ),
    Operation("credit", 2, lambda walk: walk.any_record(lambda invoice: invoice.moving)),
    Operation("declare_payment", 5, lambda walk: walk.any_record(lambda invoice: invoice.moving)),
    Operation("confirm_payment", 6, lambda walk: walk.any_open(lambda invoice: invoice.payments)),
    Operation("end_payment", 2, lambda walk: walk.any_open(lambda invoice: invoice.payments)),
    Operation(
        "dispute",
        3,
        lambda walk: walk.any_record(lambda invoice: invoice.moving and not invoice.undertaken),
    ),
    Operation("end_dispute", 4, lambda walk: walk.any_record(lambda invoice: invoice.in_dispute)),
    Operation(
        "decide_dispute", 4, lambda walk: walk.any_record(lambda invoice: invoice.in_dispute)
    ),
    Operation("freeze", 2, lambda walk: walk.any_record(lambda invoice: invoice.state in LIVE)),
    Operation(
        "unfreeze",
        5,
        lambda walk: walk.any_record(lambda invoice: invoice.stopped),
    ),
    Operation("void", 1, lambda walk: walk.any_record(lambda invoice: invoice.state in LIVE)),
    Operation(
        "free_settled_keys",
        2,
        lambda walk: walk.any_record(lambda invoice: invoice.state == "settled"),
    ),
    Operation("suspend", 1, lambda walk: not walk.model.suspended),
    Operation("reinstate", 6, lambda walk: bool(walk.model.suspended)),
    Operation("rotate_key", 1, lambda walk: bool(walk.spare_keys)),
)

_POSSIBLE = {operation.name: operation.possible for operation in _OPERATIONS}
_TRIED = tuple(operation.name for operation in _OPERATIONS for _ in range(operation.weight))

MOVING_NOTHING = ("pass_time", "suspend", "reinstate", "rotate_key")


class Walk(Council):
    """A walk that takes any step that is possible."""

    def take_step(self, data: st.DataObject) -> str:
        """Draw an operation and do it; its name."""
        possible = st.sampled_from(_TRIED).filter(lambda name: _POSSIBLE[name](self))
        operation = data.draw(possible, "operation")
        self.data, self.touched = data, []
        getattr(self, operation)()
        return operation
