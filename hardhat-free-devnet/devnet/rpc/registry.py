"""A table of JSON-RPC methods: name, how each parameter is read, what answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devnet.errors import METHOD_NOT_FOUND, InvalidParams, RpcError
from devnet.node import Node
from devnet.rpc.params import Parser
from devnet.rpc.values import Json

Handler = Callable[..., Json]
"""Takes the node and one value for each parameter."""


@dataclass(frozen=True, slots=True)
class Optional:
    """A parameter that may be left out or null, and its value then."""

    parse: Parser[Any]
    default: object


@dataclass(frozen=True, slots=True)
class Method:
    """A handler, and how each of its parameters is read."""

    handler: Handler
    parameters: tuple[Parser[Any] | Optional, ...]


class Registry:
    """Methods by name. Modules add theirs with `method`; `call` runs one."""

    def __init__(self) -> None:
        self.methods: dict[str, Method] = {}

    def method(
        self, name: str, *parameters: Parser[Any] | Optional
    ) -> Callable[[Handler], Handler]:
        """Register a function under a name, with a parser for each parameter."""

        def register(handler: Handler) -> Handler:
            self.methods[name] = Method(handler, parameters)
            return handler

        return register

    def include(self, other: "Registry") -> None:
        """Take over all methods of another table."""
        self.methods.update(other.methods)

    def call(self, node: Node, name: str, params: list[Json]) -> Json:
        """Run a method; RpcError when there is none, or when it refuses."""
        method = self.methods.get(name)
        if method is None:
            raise RpcError(f"the method {name[:80]} does not exist", code=METHOD_NOT_FOUND)
        return method.handler(node, *_arguments(method.parameters, params))


def _arguments(parameters: tuple[Parser[Any] | Optional, ...], params: list[Json]) -> list[object]:
    if len(params) > len(parameters):
        raise InvalidParams(f"too many parameters: {len(params)}, want at most {len(parameters)}")
    given = params + [None] * (len(parameters) - len(params))
    arguments = []
    for position, (parameter, value) in enumerate(zip(parameters, given, strict=True)):
        if isinstance(parameter, Optional):
            arguments.append(parameter.default if value is None else parameter.parse(value))
        elif position >= len(params):
            raise InvalidParams(f"missing value for required parameter {position}")
        else:
            arguments.append(parameter(value))
    return arguments
