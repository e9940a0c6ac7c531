import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from ledger.cli.exits import exit_code_of
from ledger.cli.main import main
from ledger.errors import (
    ChainMismatch,
    ConfigurationError,
    Conflict,
    DocumentError,
    SealbookError,
    TransportError,
    VerificationError,
)
from tests.cli.commands import sealbook
from tests.cli.processes import PROGRAM, heeding_interrupts
from tests.cli.world import World


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All commands, by the words that call them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def test_the_commands_are_those_of_this_version() -> None:
    assert {words[0] for words in commands()} == {
        "anchor",
        "hash",
        "pick",
        "inspect",
        "screen",
        "verify",
        "disclose",
        "trace",
        "serve",
        "doctor",
        "devnet",
        "deploy",
        "member",
    }


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_has_help_and_takes_json(words: tuple[str, ...]) -> None:
    printed = sealbook(*words, "--help")
    assert printed.code == 0
    assert printed.out.startswith(f"Usage: main {' '.join(words)} ")
    assert "\n  --json " in printed.out
    undescribed = re.findall(r"^  (--\S+(?: [A-Z]+)?)$\n(?!  {8})", printed.out, re.MULTILINE)
    assert undescribed == []


def test_the_version_is_that_of_the_package() -> None:
    assert sealbook("--version").out == f"sealbook {version('sealbook')}\n"


def test_a_command_that_is_not_there_is_wrong_usage() -> None:
    printed = sealbook("verfy")
    assert (printed.code, printed.out) == (2, "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TransportError("…"), 3),
        (ChainMismatch("…"), 3),
        (Conflict("…"), 1),
        (ConfigurationError("…"), 1),
        (DocumentError("…"), 1),
        (VerificationError("…"), 1),
        (SealbookError("…"), 1),
    ],
)
def test_only_what_could_not_be_reached_has_exit_code_3(error: SealbookError, code: int) -> None:
    assert exit_code_of(error) == code


def test_an_error_is_a_sentence_on_stderr(world: World) -> None:
    printed = sealbook("member", "show", "lei:NOBODY", "--config", world.config)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == "Error: lei:NOBODY is not a member.\n"


def test_an_error_for_programs_is_the_only_thing_printed(world: World) -> None:
    printed = sealbook("member", "show", "lei:NOBODY", "--config", world.config, "--json")
    assert (printed.code, printed.err) == (1, "")
    assert printed.json == {
        "error": {
            "code": "unknown-member",
            "message": "lei:NOBODY is not a member",
            "details": {"member": "lei:NOBODY"},
        }
    }


def test_a_node_that_does_not_answer_has_exit_code_3(world: World) -> None:
    printed = sealbook(
        "member", "list", "--config", world.config, "--rpc-url", "http://127.0.0.1:9"
    )
    assert (printed.code, printed.out) == (3, "")
    assert printed.err == (
        "Error: the chain node does not answer; check that it runs and that the RPC URL is right.\n"
    )


def test_the_configuration_comes_from_the_option_before_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALBOOK_CONFIG", str(world.config))
    assert sealbook("member", "list").code == 0
    assert sealbook("member", "list", "--config", "nowhere.toml").code == 2
    monkeypatch.setenv("SEALBOOK_CONFIG", "nowhere.toml")
    assert sealbook("--config", world.config, "member", "list").code == 0
    printed = sealbook("member", "list")
    assert (printed.code, printed.err) == (
        1,
        "Error: cannot read nowhere.toml: No such file or directory.\n",
    )


def test_the_configuration_is_found_in_the_working_directory(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SEALBOOK_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert sealbook("member", "list").code == 2
    monkeypatch.chdir(world.folder)
    assert sealbook("member", "list").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("member", "list", "--deployment"),
        ("member", "address", "--passphrase-file", "key", "--key"),
        ("member", "address", "--key", "key", "--passphrase-file"),
        ("verify", "evidence", "--deployment"),
        ("doctor", "--config"),
        ("inspect", "key", "--config"),
        ("serve", "--config"),
        ("deploy", "--succeeds"),
        ("member", "propose-succeed"),
    ],
    ids=" ".join,
)
def test_a_file_that_is_named_and_is_not_there_is_wrong_usage(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("key", "evidence"):
        (tmp_path / name).write_text("…")
    monkeypatch.chdir(tmp_path)
    printed = sealbook(*words, "nowhere")
    assert (printed.code, printed.out) == (2, "")
    assert "'nowhere' does not exist" in printed.err


def test_an_interrupt_ends_a_command_with_exit_code_130_and_no_traceback(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent_node:
        url = f"http://127.0.0.1:{silent_node.getsockname()[1]}"
        with heeding_interrupts():
            process = subprocess.Popen(
                [PROGRAM, "--config", world.config, "member", "list", "--rpc-url", url],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        silent_node.settimeout(60)
        connection, _ = silent_node.accept()
        with connection:
            os.kill(process.pid, signal.SIGINT)
            out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (130, "", "")


def test_the_installed_program_answers_by_its_exit_code(world: World, document: object) -> None:
    assert document
    done = subprocess.run(
        [
            PROGRAM,
            *("verify", world.folder / "document.pdf", world.folder / "document.evidence.json"),
            *("--config", world.config, "--min-depth", "1000"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "\nUNDETERMINED at step 6" in done.stdout
    assert "\x1b" not in done.stdout
