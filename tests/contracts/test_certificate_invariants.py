"""Any sequence of steps by anybody leaves a book in which the named invariants hold."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.contracts.book_machine import BookMachine
from tests.contracts.cast import Ledger
from tests.contracts.certificate_choices import WEIGHTS, Sight, fits
from tests.contracts.certificate_steps import ANYBODY, HOLDERS, SUBJECTS, Step
from tests.contracts.certificate_walk import Claim, Walk
from tests.contracts.certificates import ANNULLED, EVIDENCE, VOIDED
from tests.contracts.stateful import try_sequences

EXAMPLES, STEPS = 5, 30

_ANYWAY = ("pass_time", "issue", "certify")
_TRIED = tuple(name for name, weight in WEIGHTS.items() for _ in range(weight))
_RIGHTFUL = (True,) * 7 + (False,)


class CertificateBookMachine(BookMachine[Sight]):
    """Depositaries, holders and the council act on a book in which there are three certificates."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.walk: Walk = Walk(ledger)
        self.action = ""

    @initialize()
    def begin(self) -> None:
        self.walk.begin()

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        possible = st.sampled_from(_TRIED).filter(lambda action: bool(self.targets(action)))
        self.action = data.draw(possible, "action")
        fit, rightful = self.targets(self.action), data.draw(st.sampled_from(_RIGHTFUL))
        every = [(record, 0) for record in self.walk.seen]
        record, number = data.draw(st.sampled_from(fit if rightful else every))
        seen = self.walk.seen[record]
        available = seen.positions[seen.richest()][0] or 1
        amounts = [*range(1, available + 1)] * 3 + [0, available + 1]
        whole = self.action == "surrender_to_annul"
        step = Step(
            action=self.action,
            record=record,
            number=number,
            choice=data.draw(st.integers(0, 15)),
            who=data.draw(st.sampled_from([*[None] * 30, *ANYBODY])),
            receiver=data.draw(st.sampled_from(HOLDERS)),
            units=available if whole else data.draw(st.sampled_from(amounts)),
        )
        self.before = dict(self.walk.seen)
        self.walk.take(step)

    def targets(self, action: str) -> list[tuple[bytes, int]]:
        """Records, and numbers of promises, on which an action may succeed."""
        seen = self.walk.seen
        if action == "rotate_key" and not self.walk.spare_keys:
            return []
        if action in (*_ANYWAY, "rotate_key"):
            return [(record, place) for place, record in enumerate(seen)]
        open_ones = self.walk.made.get(SUBJECTS.get(action, ""), [])
        among = open_ones if action in SUBJECTS else [(record, 0) for record in seen]
        return [each for each in among if fits(action, seen[each[0]])]

    @invariant()
    def frozen_means_frozen(self) -> None:
        for before, after in self.changes:
            if before.freezes == 0:
                continue
            assert after.holdings == before.holdings
            assert after.retired == before.retired
            assert after.pledged <= before.pledged
            assert after.certificate.matures_at == before.certificate.matures_at
            assert after.certificate.state in (before.certificate.state, VOIDED)

    @invariant()
    def what_ended_stays_as_it_was(self) -> None:
        for before, after in self.changes:
            assert before.stands or after == before

    @invariant()
    def what_has_no_units_left_has_ended(self) -> None:
        for seen in self.touched.values():
            assert seen.retired < seen.total or not seen.stands

    @invariant()
    def evidence_never_moves(self) -> None:
        kept = {**dict.fromkeys(HOLDERS, (0, 0, 0)), "supplier": (1, 0, 0)}
        for seen in self.touched.values():
            assert seen.certificate.kind != EVIDENCE or seen.positions == kept

    @invariant()
    def no_title_moves_with_a_key(self) -> None:
        if self.action == "rotate_key":
            assert all(before == after for before, after in self.changes)

    @invariant()
    def one_number_names_one_certificate(self) -> None:
        """Of all that ever took a number, one at most still has it, and the book says which.

        Annulled and void certificates gave it back, unless they had lost it before.
        """
        holders: dict[tuple[str, bytes], bytes] = {}
        for claim in filter(self._keeps, self.walk.claims):
            assert holders.setdefault((claim.issuer, claim.number), claim.record) == claim.record
        for claim in self.walk.claims:
            if claim.record in self.walk.touched:
                held = holders.get((claim.issuer, claim.number), bytes(32))
                assert self.walk.holder_of(claim.issuer, claim.number) == held

    def _keeps(self, claim: Claim) -> bool:
        state = self.walk.seen[claim.record].certificate.state
        return claim in self.walk.lost or state not in (ANNULLED, VOIDED)

    def teardown(self) -> None:
        try:
            for record, seen in self.walk.seen.items():
                assert self.walk.see(record) == seen  # no step touched another record
        finally:
            self.chain.restore(self.snapshot)


def test_the_book_of_certificates_is_sound_whatever_anybody_does(ledger: Ledger) -> None:
    try_sequences(lambda: CertificateBookMachine(ledger), examples=EXAMPLES, steps=STEPS)
