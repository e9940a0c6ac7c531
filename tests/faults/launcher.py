"""Runs `sealbook` in a process that kills itself at one of its commits, or whose clock is wrong.

`python -m tests.faults.launcher serve …`, with the environment variable FAULT_PLAN naming a file
that may be written at any time:

{"kind": "sign", "when": "before"}  SIGKILL before (or "after") the next commit of that kind, which
                                    takes the file away
{"offset": 3600}                    let the clock be so many seconds ahead
{"record": "file"}                  write the kind of every commit to a file

SIGKILL leaves the process no time for anything, as a power failure of the machine would. What the
operating system was given survives it, and so a missing fsync is not found here.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from ledger.cli.main import main
from ledger.store.outbox import SET_ASIDE_TRIES

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

OPERATIONS = ("operate", "refuse")
"""Those of operations alone: one is accepted, and one is told no."""

TROUBLED = (
    "postpone",
    "requeue",
    "resend",
    "reopen",
    "fill",
    "cancel",
    "set-aside",
)
"""Those that only trouble brings about: a step put off, another nonce taken, the same bytes sent
again, what was final taken back to work, a missing nonce filled, a nonce used up in place of what
the node never takes, and what failed too often left for long."""

_TELLING = ("state", "purpose", "kind", "tries")
_WRITING = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")


def kind_of(statements: list[str]) -> str:
    """Which durable write a database transaction is, by its statements; empty for none."""
    text = "\n".join(statements)
    for words, kind in (
        ("CREATE TABLE", "migrate"),
        ("ALTER TABLE", "migrate"),
        ("INSERT INTO operations", "operate"),
        ("INSERT INTO documents", "accept"),
        ("INSERT INTO bundles", "accept"),
        ("INSERT INTO batches", "batch"),
        ("INSERT INTO anchors", "final"),
        ("DELETE FROM anchors", "reopen"),
        ("state=refused", "refuse"),
        ("purpose=filler", "fill"),
        ("kind=cancel", "cancel"),
        (f"tries={SET_ASIDE_TRIES}\n", "set-aside"),
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
    return "other" if statements else ""


class _Killer:
    """Hears what is written, and ends the process at the commit that the plan names."""

    def __init__(self, plan: Path) -> None:
        self._plan = plan
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
        if not kind or not self._plan.exists():
            self._commit(dialect, connection)
            return
        plan = json.loads(self._plan.read_text())
        if "record" in plan:
            with Path(plan["record"]).open("a") as file:
                file.write(f"{kind}\n")
        hit = kind == plan.get("kind")
        if hit and plan["when"] == "before":
            self._end()
        self._commit(dialect, connection)
        if hit:
            self._end()

    def _end(self) -> None:
        self._plan.unlink()
        os.kill(os.getpid(), signal.SIGKILL)

    def _hear(
        self, connection: Any, _cursor: Any, statement: str, _raw: Any, context: Any, *_others: Any
    ) -> None:
        if not statement.lstrip().upper().startswith(_WRITING):
            return
        with self._lock:
            written = self._written.setdefault(_key(connection.connection), [])
            written.append(f"{statement}\n{_told(context)}")

    def _forget(self, connection: Any) -> None:
        with self._lock:
            self._written.pop(_key(connection.connection), None)


def _told(context: Any) -> str:
    """What a statement says of transactions and attempts, a line for each value."""
    rows = getattr(context, "compiled_parameters", ())
    return "".join(f"{name}={row[name]}\n" for row in rows for name in _TELLING if name in row)


def _key(connection: Any) -> int:
    return id(getattr(connection, "dbapi_connection", connection))


def _misset(plan: Path) -> None:
    """Read all times of day from a clock that the plan may set wrong; durations stay right."""
    seconds, nanoseconds = time.time, time.time_ns

    def offset() -> int:
        return int(json.loads(plan.read_text()).get("offset", 0)) if plan.exists() else 0

    time.time = lambda: seconds() + offset()
    time.time_ns = lambda: nanoseconds() + offset() * 10**9


def run() -> None:
    """Run `sealbook` under the plan of the environment."""
    plan = Path(os.environ["FAULT_PLAN"])
    _misset(plan)
    _Killer(plan).listen()
    main(sys.argv[1:])


if __name__ == "__main__":
    run()
