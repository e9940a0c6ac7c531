"""JSON-RPC 2.0 through a web3 provider: questions asked, some of them in one request, and retried.

web3 carries the transport and nothing else. Every question of ours may be asked twice: reads change
nothing, and bytes that a node has already are not taken again. So an answer that got lost is asked
for again here, and a node that drops one request in three does not end a round of work. A timeout
is not tried again: a node that hangs is waited for once.
"""

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from http.client import HTTPException
from typing import Any, TypeVar

from web3.exceptions import Web3Exception
from web3.providers.base import JSONBaseProvider

from ledger.errors import NodeError, TransportError

METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
_REVERT_CODE = 3  # geth, Besu, anvil
# How engines that give another code begin: what stands later in a message may be anything.
_REVERT = re.compile(r"execution reverted|vm exception while processing transaction: revert", re.I)
_MOST_AT_ONCE = 100  # in one request: more gain nothing, and some engines refuse them
_QUOTED_LETTERS = 200
_PAUSES_SECONDS = (0.01, 0.05, 0.2)  # between four tries of one request
# What the readers raise on a form that is not of the protocol.
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
_UNANSWERED = (HTTPException, Web3Exception, OSError, ValueError, RecursionError)

_Form = TypeVar("_Form")
Question = tuple[str, Sequence[object]]
"""A method and its parameters."""


class RpcError(NodeError):
    """An error object (JSON-RPC 2.0, section 5.1)."""

    def __init__(self, method: str, code: int, message: str, data: object) -> None:
        super().__init__(f"the node refused {method}: {message[:_QUOTED_LETTERS]}")
        self.message = message
        self.rpc_code = code
        self.data = data

    @property
    def is_revert(self) -> bool:
        """Whether it says that a contract reverted, and not that the node is in trouble."""
        return self.rpc_code == _REVERT_CODE or _REVERT.match(self.message) is not None

    @property
    def quoted(self) -> str:
        """The beginning of the node's own words."""
        return self.message[:_QUOTED_LETTERS]


class RpcNode:
    """A node that answers JSON-RPC."""

    def __init__(self, provider: JSONBaseProvider) -> None:
        self._provider = provider

    def ask(self, read: Callable[[Any], _Form], method: str, *parameters: object) -> _Form:
        """Ask one question.

        read: makes our type of the result. Raises TransportError if the node does not answer,
        RpcError if it answers with an error, NodeError if the answer is out of form.
        """
        answer = self.ask_all(read, [(method, parameters)])[0]
        if isinstance(answer, RpcError):
            raise answer
        return answer

    def ask_all(
        self, read: Callable[[Any], _Form], questions: Sequence[Question]
    ) -> list[_Form | RpcError]:
        """Ask several questions in few requests; their answers, in their order.

        Raises TransportError if the node does not answer, NodeError if any answer is out of form.
        """
        answers: list[_Form | RpcError] = []
        for start in range(0, len(questions), _MOST_AT_ONCE):
            part = questions[start : start + _MOST_AT_ONCE]
            responses = _persistently(partial(self._request, part))
            answers += [
                _read_response(read, response, method)
                for (method, _), response in zip(part, responses, strict=True)
            ]
        return answers

    def _request(self, questions: Sequence[Question]) -> Sequence[object]:
        # The provider's types: a method is a RPCEndpoint, which is a NewType of str.
        requests: list[Any] = [(method, list(parameters)) for method, parameters in questions]
        if len(requests) == 1:
            return [self._provider.make_request(*requests[0])]
        try:
            responses: object = self._provider.make_batch_request(requests)
        except (KeyError, TypeError) as error:  # where answers are put into order by their ids
            raise NodeError("the node's answer to several questions is not JSON-RPC 2.0") from error
        if isinstance(responses, dict):  # it takes no batches, or none of that length
            return [self._provider.make_request(*request) for request in requests]
        if not isinstance(responses, list) or len(responses) != len(requests):
            raise NodeError(f"the node did not answer each of {len(requests)} questions at once")
        return responses


def _persistently(request: Callable[[], Sequence[object]]) -> Sequence[object]:
    for pause in (*_PAUSES_SECONDS, None):
        try:
            return request()
        except NodeError:
            raise
        except _UNANSWERED as error:
            if pause is None or isinstance(error, TimeoutError):
                raise TransportError(
                    "the chain node does not answer; check that it runs and that the RPC URL is"
                    " right"
                ) from error
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _read_response(read: Callable[[Any], _Form], response: object, method: str) -> _Form | RpcError:
    match response:
        case {"error": {"code": int(code), "message": str(message), **rest}}:
            return RpcError(method, code, message, rest.get("data"))
        case {"error": problem} if problem is not None:
            raise NodeError(f"the node refused {method} with an error of no known form")
        case {"result": result}:
            return read_form(read, result, method)
    raise NodeError(f"the node's answer to {method} is not JSON-RPC 2.0")


def read_form(read: Callable[[Any], _Form], form: object, method: str) -> _Form:
    """Read what a node answered. Raises NodeError if it is out of form."""
    try:
        return read(form)
    except _MALFORMED as error:
        raise NodeError(
            f"the node's answer to {method} lacks a field, or has one malformed"
        ) from error
