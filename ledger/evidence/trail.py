"""The steps that a verification has taken, and the answer that follows from them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from ledger.documents import Disclosure, Statement
from ledger.errors import TransportError, VerificationError
from ledger.evidence.report import (
    AnchorFacts,
    Finality,
    FinalityBasis,
    Outcome,
    ReceivableFacts,
    Report,
    Step,
    StepResult,
    Verdict,
)
from ledger.evidence.view import Standing
from ledger.invoices import Invoice

# The first of these outcomes that a step had decides.
_VERDICTS = (
    (Outcome.FAILED, Verdict.REFUTED),
    (Outcome.REVOKED, Verdict.REVOKED),
    (Outcome.UNKNOWN, Verdict.UNDETERMINED),
)


class Stopped(Exception):
    """A step failed, or found that the claim was withdrawn."""


class Trail:
    """Collects the results of steps, and what they establish. One per verification."""

    def __init__(self) -> None:
        self._results: dict[Step, StepResult] = {}
        self.finality = Finality(FinalityBasis.NONE, "Nothing showed that a block is final.")
        self.statement: Statement | None = None
        self.fields: Disclosure | None = None
        self.anchor: AnchorFacts | None = None
        self.standing: Standing | None = None
        self.receivable: ReceivableFacts | None = None
        self.invoice: Invoice | None = None

    @contextmanager
    def step(self, step: Step) -> Iterator[Callable[[Outcome, str], None]]:
        """Take a step, whose outcome and sentence go to the function that is given.

        Bad evidence fails the step, and a node that does not answer leaves it unknown.

        Raises Stopped if the step decides the answer.
        """
        note = partial(self._note, step)
        try:
            yield note
        except VerificationError as error:
            note(Outcome.FAILED, _sentence(error))
        except TransportError as error:
            note(Outcome.UNKNOWN, _sentence(error))
        if self._results[step].outcome in (Outcome.FAILED, Outcome.REVOKED):
            raise Stopped

    def _note(self, step: Step, outcome: Outcome, sentence: str) -> None:
        self._results[step] = StepResult(step, outcome, sentence)

    def report(self) -> Report:
        """The answer; steps without a result were not reached."""
        steps = tuple(
            self._results.get(step)
            or StepResult(step, Outcome.NOT_REACHED, "An earlier step decided the answer.")
            for step in Step
        )
        outcomes = {result.outcome for result in steps}
        verdict = next(
            (verdict for outcome, verdict in _VERDICTS if outcome in outcomes), Verdict.VERIFIED
        )
        return Report(
            verdict=verdict,
            steps=steps,
            finality=self.finality,
            statement=self.statement,
            fields=self.fields,
            anchor=self.anchor,
            standing=self.standing,
            receivable=self.receivable,
            invoice=self.invoice,
        )


def _sentence(error: Exception) -> str:
    """An error's message as a sentence. A first word that is a name keeps its spelling."""
    text = str(error).removesuffix(".") + "."
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
