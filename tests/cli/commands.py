"""Running `sealbook` in this process, and reading what it printed."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ledger.cli.main import main

_MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"0x[0-9a-f]{64}"), "HASH"),
    (re.compile(r"0x[0-9a-fA-F]{40}"), "ADDRESS"),
    (re.compile(r"\b([Bb])lock \d+"), r"\1lock N"),
    (re.compile(r"\d+ blocks? on top"), "N blocks on top"),
)


@dataclass(frozen=True)
class Printed:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def masked(self) -> str:
        """The output, without what differs from run to run."""
        text = self.out
        for pattern, name in _MASKS:
            text = pattern.sub(name, text)
        return text


def sealbook(*arguments: str | Path) -> Printed:
    """Run a command."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Printed(result.exit_code, result.stdout, result.stderr)
