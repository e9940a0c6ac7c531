"""Errors that the devnet raises on purpose.

::

    DevnetError          the chain cannot be opened or written; the message says what to do
    RpcError             a JSON-RPC request is refused; carries the code that goes on the wire
    ├── InvalidParams    -32602, the parameters are not what the method takes
    ├── ServerError      -32000, understood and refused, as for a nonce that is too low
    └── Reverted         3, the contract reverted; carries its return data
"""

from typing import ClassVar, Final

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
SERVER_ERROR: Final = -32000
EXECUTION_REVERTED: Final = 3


class DevnetError(Exception):
    """The chain cannot be opened or written. The message says what to do about it."""


class RpcError(Exception):
    """A JSON-RPC error (JSON-RPC 2.0, section 5.1).

    code: number on the wire.
    data: optional further value on the wire, such as the return data of a revert in hex.
    """

    default_code: ClassVar[int] = INTERNAL_ERROR

    def __init__(self, message: str, *, code: int | None = None, data: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.default_code if code is None else code
        self.data = data


class InvalidParams(RpcError):
    """The parameters are not what the method takes."""

    default_code = INVALID_PARAMS


class ServerError(RpcError):
    """The request was understood, and the chain's rules refuse it."""

    default_code = SERVER_ERROR


class Reverted(RpcError):
    """The contract reverted; `data` is what it returned, in hex, as go-ethereum answers."""

    default_code = EXECUTION_REVERTED
