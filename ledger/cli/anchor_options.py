"""Options of commands that hand documents to a service, one by one or by a list."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ledger.cli.configuration import Command
from ledger.cli.parameters import EXISTING_FILE, FILE


@dataclass(frozen=True, slots=True)
class ListOptions:
    """A list of digests, and the file that their evidence goes to; None: none was named."""

    digests: Path | None
    evidence: Path | None


@dataclass(frozen=True, slots=True)
class WaitOptions:
    """Whether to wait for the evidence, and for how long."""

    wanted: bool
    timeout_seconds: float


def list_options(command: Command) -> Command:
    """Options for a list of digests; the command gets them as `listed`."""

    @click.option(
        "--digests",
        type=EXISTING_FILE,
        metavar="LIST",
        help="List of digests in place of FILE, as sealbook hash makes it: the documents stay"
        " here.",
    )
    @click.option(
        "--evidence",
        type=FILE,
        metavar="OUT",
        help="With --digests: where the evidence goes, a line for each of LIST. It must not be"
        " there yet.",
    )
    @functools.wraps(command)
    def with_list(*, digests: Path | None, evidence: Path | None, **rest: Any) -> None:
        command(listed=ListOptions(digests, evidence), **rest)

    return with_list


def wait_options(command: Command) -> Command:
    """Options for waiting; the command gets them as `wait`."""

    @click.option(
        "--no-wait", is_flag=True, help="Do not wait for the evidence: hand over, and be done."
    )
    @click.option(
        "--timeout",
        "timeout_seconds",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        default=300,
        show_default=True,
        help="How long to try while the service does not answer, and to wait until all documents"
        " are final; with --digests, while nothing goes on.",
    )
    @functools.wraps(command)
    def with_waiting(*, no_wait: bool, timeout_seconds: float, **rest: Any) -> None:
        command(wait=WaitOptions(not no_wait, timeout_seconds), **rest)

    return with_waiting
