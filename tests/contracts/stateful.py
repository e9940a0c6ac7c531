"""How stateful tests are run: short and always the same, or long and always new."""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

_EXAMPLES, _STEPS = os.environ.get("SEALBOOK_EXAMPLES"), os.environ.get("SEALBOOK_STEPS")


def try_sequences(
    machine: Callable[[], RuleBasedStateMachine], *, examples: int, steps: int
) -> None:
    """Run sequences of steps, and shrink one that fails.

    SEALBOOK_EXAMPLES and SEALBOOK_STEPS ask for other numbers of sequences and of steps in each;
    these sequences are then other ones in each run.
    """
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]  # a factory will do, says its documentation
        settings=settings(
            max_examples=int(_EXAMPLES or examples),
            stateful_step_count=int(_STEPS or steps),
            derandomize=_EXAMPLES is None and _STEPS is None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
