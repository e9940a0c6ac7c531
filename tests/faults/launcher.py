"""Runs `sealbook` in a process that kills itself at one of its commits.

`python -m tests.faults.launcher serve …` with the environment variable FAULT_PLAN, a JSON object:

{"kind": "sign", "when": "before", "nth": 1}  SIGKILL before (or "after") the nth commit
                                              of that kind
{"record": "file"}                            write the kind of every commit to a file

SIGKILL leaves the process no time for anything, as a power failure of the machine would. What the
operating system was given survives it, and so a missing fsync is not found here.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from ledger.cli.main import main

KINDS = (
    "migrate",
    "accept",
    "batch",
    "sign",
    "broadcast",
    "mined",
    "final",
    "follow",
)
"""The durable writes on a document's way, in the order in which they come."""

TROUBLED = ("requeue", "postpone", "resign")
"""Those that only trouble brings about."""


def kind_of(statements: list[str]) -> str:
    """Which durable write a database transaction is, by its statements; empty for none."""
    text = "\n".join(statements)
    for words, kind in (
        ("CREATE TABLE", "migrate"),
        ("ALTER TABLE", "migrate"),
        ("INSERT INTO documents", "accept"),
        ("INSERT INTO bundles", "accept"),
        ("INSERT INTO batches", "batch"),
        ("INSERT INTO anchors", "final"),
        ("INSERT INTO attempts", "sign"),
        ("INSERT INTO followed_blocks", "follow"),
        ("DELETE FROM followed_blocks", "follow"),
    ):
        if words in text:
            return kind
    states = {"broadcast": "broadcast", "mined": "mined", "final": "final", "signed": "resend"}
    for state, kind in states.items():
        if f"state={state}" in text:
            return kind
    if "UPDATE transactions" in text:
        return "requeue" if "state=queued" in text else "postpone"
    return "other" if any(_writes(statement) for statement in statements) else ""


def _writes(statement: str) -> bool:
    return statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "CREATE", "DROP"))


class _Killer:
    """Hears what is written, and ends the process at the commit that the plan names."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._left = int(plan.get("nth", 1))
        self._written: dict[int, list[str]] = {}
        self._lock = threading.Lock()
        self._commit: Callable[..., None] = DefaultDialect.do_commit

    def listen(self) -> None:
        killer = self

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            killer.commit(dialect, connection)

        event.listen(Engine, "before_cursor_execute", self._hear)
        event.listen(Engine, "rollback", self._forget)
        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]  # what is watched

    def commit(self, dialect: DefaultDialect, connection: Any) -> None:
        with self._lock:
            kind = kind_of(self._written.pop(_key(connection), []))
            hit = bool(kind) and kind == self._plan.get("kind")
            self._left -= hit
            now = hit and self._left == 0
        if kind and "record" in self._plan:
            with Path(self._plan["record"]).open("a") as file:
                file.write(f"{kind}\n")
        if now and self._plan["when"] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        self._commit(dialect, connection)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)

    def _hear(
        self, connection: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any
    ) -> None:
        with self._lock:
            written = self._written.setdefault(_key(connection.connection), [])
            written.append(f"{statement}\n{_states(parameters)}")

    def _forget(self, connection: Any) -> None:
        with self._lock:
            self._written.pop(_key(connection.connection), None)


def _states(parameters: Any) -> str:
    """The states that a statement's parameters name."""
    rows = parameters if isinstance(parameters, list) else [parameters]
    values = [value for row in rows for value in (row.values() if isinstance(row, dict) else row)]
    return " ".join(f"state={value}" for value in values if isinstance(value, str))


def _key(connection: Any) -> int:
    return id(getattr(connection, "dbapi_connection", connection))


def run() -> None:
    """Run `sealbook` under the plan of the environment."""
    plan = json.loads(os.environ["FAULT_PLAN"])
    _Killer(plan).listen()
    main(sys.argv[1:])


if __name__ == "__main__":
    run()
