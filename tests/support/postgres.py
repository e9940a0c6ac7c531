"""PostgreSQL for tests, which are skipped where there is no server, unless there must be one."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from scripts import postgres_server
from scripts.postgres_server import Databases, NoServer, PostgresServer

__all__ = ["Databases", "PostgresServer", "running_databases", "running_server", "server_programs"]

REQUIRE_VARIABLE = "SEALBOOK_REQUIRE_POSTGRES"
"""Set where no test may be skipped, as in CI."""

_Found = TypeVar("_Found")


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server for one test alone, which may stop it."""
    with ExitStack() as ending:
        yield _entered(ending, postgres_server.running_server())


@contextmanager
def running_databases() -> Iterator[Databases]:
    """Databases on the server that the environment names, or on one that is started."""
    with ExitStack() as ending:
        yield _entered(ending, postgres_server.running_databases())


def server_programs() -> Path:
    """The folder of the server's programs."""
    try:
        return postgres_server.server_programs()
    except NoServer as reason:
        _cannot_be_tried(reason)


def _entered(ending: ExitStack, manager: AbstractContextManager[_Found]) -> _Found:
    try:
        return ending.enter_context(manager)
    except NoServer as reason:
        _cannot_be_tried(reason)


def _cannot_be_tried(reason: NoServer) -> NoReturn:
    if os.environ.get(REQUIRE_VARIABLE):
        raise AssertionError(str(reason)) from reason
    pytest.skip(str(reason))
