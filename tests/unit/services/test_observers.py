"""Whoever watches the way to the chain never keeps anything from going it."""

import logging
from typing import Any

import pytest

from ledger.anchoring.observer import Kind
from ledger.errors import TransportError
from ledger.services.watching.fan import Observers
from ledger.store.ids import new_id
from ledger.types import MemberId

MEMBER = MemberId("lei:A")


class Defective:
    """An observer that fails whatever it is told."""

    def __getattr__(self, _name: str) -> Any:
        raise ZeroDivisionError


class Counting:
    """An observer that counts what it is told."""

    def __init__(self) -> None:
        self.heard = 0

    def __getattr__(self, _name: str) -> Any:
        return self._hear

    def _hear(self, *_arguments: object, **_named: object) -> None:
        self.heard += 1


def test_an_observer_that_fails_is_logged_and_keeps_nobody_from_hearing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counting = Counting()
    observers = Observers(Defective(), counting)
    observers.accepted(Kind.DOCUMENT, new_id(), MEMBER)
    observers.troubled("checking", TransportError("the node does not answer"))
    assert counting.heard == 2
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 2
    assert all(record.exc_info for record in errors)
