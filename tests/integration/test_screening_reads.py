from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from ledger.chain.deployer import Council, deploy
from ledger.chain.port import Chain
from ledger.errors import TransportError
from ledger.invoices import IdentityRule, identity_keys, read_invoice
from ledger.services.custody import require_heir
from ledger.services.screening import FindingKind, ScreeningUpload, Verdict
from tests.support.consortium import COUNCIL, SUPPLIER, Consortium
from tests.support.screening import Desk, finding, kinds, refers_to, running_desk
from tests.support.trouble import altered_chain
from tests.unit.invoices.samples import ubl


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def test_the_chain_is_asked_once_for_each_key_of_an_unknown_invoice(
    consortium: Consortium, tmp_path: Path
) -> None:
    asked: list[str] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(consortium.chain, name)

    with running_desk(consortium, tmp_path, chain=cast("Chain", Watched())) as desk:
        asked.clear()
        desk.screen_one(ubl())
        invoice = read_invoice(ubl().encode(), max_bytes=10**6)
        keys = identity_keys(invoice, desk.service.ledger.fingerprints)
    assert asked.count("call") == len(keys.strict) + len(keys.alert)
    assert (asked.count("head"), asked.count("block")) == (1, 1)
    assert set(asked) == {"call", "head", "block"}


def test_a_record_that_the_projection_has_not_read_is_not_passed_over(desk: Desk) -> None:
    first = desk.register(ubl())
    desk.consortium.act(SUPPLIER, desk.consortium.book.cancel(first))
    desk.service.settle()
    behind = desk.service.ledger.chain.head().ref.number
    desk.register_unread(ubl(issue_date="2024-03-19"))
    screening = desk.screen(ScreeningUpload("a.xml", ubl(issue_date="2024-03-20").encode()))
    (file,) = screening.files
    assert screening.projected_to is not None
    assert screening.projected_to.number == behind
    assert screening.lag_blocks > 0
    assert file.verdict is Verdict.REVIEW
    unread_keys = finding(file, FindingKind.UNREAD_EVENTS).exhibits
    assert IdentityRule.SAME_NUMBER in {exhibit.rule for exhibit in unread_keys}
    assert any(f"newest {screening.lag_blocks}" in note for note in file.not_looked_at)
    desk.service.settle()
    file = desk.screen(ScreeningUpload("b.xml", ubl(issue_date="2024-03-21").encode())).files[0]
    assert FindingKind.UNREAD_EVENTS not in kinds(file)
    assert FindingKind.SAME_NUMBER in kinds(file)


def test_events_of_blocks_that_the_chain_has_given_up_are_not_relied_on(desk: Desk) -> None:
    devnet = desk.consortium.devnet
    snapshot = devnet.request("evm_snapshot", [])
    desk.register(ubl())
    devnet.request("evm_revert", [snapshot])
    with pytest.raises(TransportError, match="reorganised"):
        desk.screen_one(ubl())
    desk.service.settle()
    assert kinds(desk.screen_one(ubl())) == []


def test_without_the_chain_there_is_no_answer_and_nothing_is_kept(
    consortium: Consortium, tmp_path: Path
) -> None:
    altered: dict[str, Callable[..., Any]] = {}
    with running_desk(consortium, tmp_path, chain=altered_chain(consortium.chain, altered)) as desk:
        altered["call"] = _unreachable
        with pytest.raises(TransportError):
            desk.screen_one(ubl())
        altered.clear()
        assert kinds(desk.screen_one(ubl())) == []


def _unreachable(*_arguments: object, **_named: object) -> bytes:
    raise TransportError("the node does not answer")


def test_a_receivable_of_the_deployment_before_this_one_is_blocked(
    consortium: Consortium, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    with running_desk(consortium, tmp_path / "old") as old:
        record = old.register(ubl())
        successor = followed_by(consortium)
        with running_desk(successor, tmp_path / "new") as new:
            file = new.screen_one(ubl())
            assert file.verdict is Verdict.BLOCKED
            found = finding(file, FindingKind.REGISTERED)
            assert found.records == (record,)
            assert any("this deployment has not got" in note for note in file.not_looked_at)

            file = new.screen_one(ubl(number="A-2", more=refers_to("A-1")))
            assert FindingKind.SAME_AMOUNT in kinds(file)
            assert FindingKind.REFERS_TO_REGISTERED in kinds(file)


def followed_by(old: Consortium) -> Consortium:
    """A deployment that the old one has handed over to."""
    seats = tuple((member, old.signers[member].address) for member in COUNCIL)
    deployment = deploy(
        old.chain,
        old.spare[0],
        Council(seats, threshold=2),
        succeeds=old.deployment,
        timeout_seconds=10,
        report=lambda _text: None,
    )
    old.decide(old.membership.succeed(require_heir(old.deployment, deployment)))
    return replace(old, deployment=deployment)
