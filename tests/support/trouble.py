"""Fault injectors: they stand before the real chain or database, and break once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Connection

from ledger.chain.port import Chain, Reverted, SendRefused, Tip
from ledger.errors import TransportError
from ledger.store.engine import Store, open_store
from ledger.types import Address


class Killed(BaseException):
    """The process ends here, as after kill -9: nothing of it catches this."""


def killed() -> BaseException:
    return Killed()


def unreachable() -> BaseException:
    return TransportError("the node does not answer")


@dataclass
class Fault:
    """Breaks at the call with this number, before or after it takes effect.

    calls: how many calls there were.
    """

    at: int
    after: bool
    make: Callable[[], BaseException] = killed
    calls: int = 0
    fired: bool = False

    @contextmanager
    def around(self) -> Iterator[None]:
        number, self.calls = self.calls, self.calls + 1
        if number == self.at and not self.after:
            self.fired = True
            raise self.make()
        yield
        if number == self.at and self.after:
            self.fired = True
            raise self.make()


class _TroubledChain:
    def __init__(self, chain: Chain, fault: Fault) -> None:
        self._chain = chain
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._chain, name)

        def call(*arguments: Any, **named: Any) -> Any:
            with self._fault.around():
                return method(*arguments, **named)

        return call


def troubled_chain(chain: Chain, fault: Fault) -> Chain:
    """The chain, with one of the calls to it broken."""
    return cast("Chain", _TroubledChain(chain, fault))


# What answers several questions in one request, and the question that it repeats.
_EACH = {"send_many": "send", "receipts_of": "receipt", "blocks": "block"}


class _AlteredChain:
    def __init__(self, chain: Chain, methods: dict[str, Callable[..., Any]]) -> None:
        self._chain = chain
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        if name == "estimates" and "estimate_gas" in self._methods:
            return self._estimates
        if name == "tip" and "tip" not in self._methods and "head" in self._methods:
            return self._tip
        one = self._methods.get(_EACH.get(name, ""))
        if one is not None:
            return lambda items: [_answer(one, item) for item in items]
        return self._methods.get(name) or getattr(self._chain, name)

    def _tip(self) -> Tip:
        tip = self._chain.tip()
        return replace(tip, head=self._methods["head"]())

    def _estimates(self, sender: Address, calls: list[tuple[Address, bytes]]) -> list[Any]:
        return [_answer(self._methods["estimate_gas"], sender, *call) for call in calls]


def _answer(question: Callable[..., Any], *arguments: Any) -> Any:
    """What one of several questions is answered, refusals among the answers."""
    try:
        return question(*arguments)
    except (SendRefused, Reverted) as refused:
        return refused


def altered_chain(chain: Chain, methods: dict[str, Callable[..., Any]]) -> Chain:
    """The chain, with other answers to some questions. The mapping may change meanwhile."""
    return cast("Chain", _AlteredChain(chain, methods))


class TroubledStore(Store):
    """The store, with one of its commits broken: not done, or done and not told."""

    fault: Fault

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if self.fault.after:
            with self.fault.around(), super().writing() as connection:
                yield connection
        else:
            with super().writing() as connection:
                yield connection
                with self.fault.around():
                    pass


def troubled_store(fault: Fault) -> Callable[[str], Store]:
    """Opens stores that share one fault."""

    def make(url: str) -> Store:
        store = TroubledStore(open_store(url).database)
        store.fault = fault
        return store

    return make
