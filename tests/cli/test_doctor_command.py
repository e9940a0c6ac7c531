import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from ledger.cli.commands.doctor import exit_code
from ledger.cli.doctor_lines import finding_lines
from ledger.services.context import system_clock
from ledger.services.doctor.findings import Finding, Status, ok, time_text, warning, wrong
from ledger.store import outbox
from ledger.store.engine import open_store
from ledger.store.outbox import SET_ASIDE_TRIES
from ledger.store.schema import transactions
from tests.cli.commands import sealbook
from tests.cli.processes import serving_process
from tests.cli.world import PDF, World, running_world
from tests.support.consortium import SUPPLIER

MISSING = Finding("node", Status.NOT_REACHED, "the node does not answer")


@pytest.fixture
def config(world: World, tmp_path: Path) -> Path:
    """The configuration of a second service of the consortium, with a database of its own."""
    return world.second_service(tmp_path)


def statuses(config: Path, *options: str) -> dict[str, str]:
    printed = sealbook("doctor", "--config", config, "--json", *options)
    found = printed.json["findings"]
    assert printed.json["healthy"] == (printed.code == 0)
    return {item["check"]: item["status"] for item in found if item["status"] != "ok"}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[World]:
    """A consortium in which nobody else has anchored, with other services or by hand."""
    with running_world(tmp_path) as running:
        running.notarise(PDF, "document.pdf")
        yield running


def test_a_setup_that_works_is_looked_at_and_found_well(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = sealbook("doctor", "--config", alone.config, "--anchors")
    assert printed.code == 0
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert all(len(line) <= 80 for line in lines if "/" not in line)  # a path is not broken
    assert "  ok       database: it answers (sqlite), with this version's tables" in lines
    words = " ".join(printed.out.split())
    assert "ok anchors: all were derived anew, without a difference (documents: " in words
    assert (
        "  warning  service: it does not run: nothing is accepted, and what waits is not" in lines
    )
    assert "           → start it with sealbook serve" in lines
    assert " to be looked at, " in lines[-1]


def test_a_service_that_runs_can_be_looked_at(config: Path, tmp_path: Path) -> None:
    assert statuses(config)["database"] == "warning"  # there is none before the first start
    with serving_process(tmp_path / "url", "serve", "--config", config):
        assert statuses(config) == {"API keys": "warning"}
    assert statuses(config)["service"] == "warning"


def test_a_file_that_is_no_configuration_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "sealbook.toml"
    config.write_text("[chain]\nrpc = 1\n")
    printed = sealbook("doctor", "--config", config)
    assert printed.code == 1
    assert printed.out.startswith("  wrong    configuration: [chain] in")
    assert "→ put the file right, or name another with --config" in printed.out
    assert printed.out.endswith("\n\n1 check: 1 wrong.\n")
    config.write_text("")
    assert "has no table [chain]" in sealbook("doctor", "--config", config).out


def test_a_database_in_a_folder_that_is_not_there_is_wrong(config: Path) -> None:
    config.write_text(config.read_text().replace("ledger.db", "gone/ledger.db"))
    assert statuses(config) == {"database": "wrong"}


def test_a_database_of_no_kind_is_wrong(config: Path) -> None:
    config.write_text(config.read_text().replace("sqlite:", "mongodb:"))
    assert statuses(config) == {"database": "wrong"}


def test_a_node_that_does_not_answer_has_an_exit_code_of_its_own(
    world: World, config: Path
) -> None:
    config.write_text(config.read_text().replace(world.rpc_url, "http://127.0.0.1:9"))
    printed = sealbook("doctor", "--config", config, "--json")
    assert (printed.code, printed.json["healthy"]) == (3, False)


def test_what_is_set_aside_is_tried_again_when_the_operator_says_so(
    world: World, config: Path, tmp_path: Path
) -> None:
    with serving_process(tmp_path / "url", "serve", "--config", config):
        pass
    url = f"sqlite:///{tmp_path}/ledger.db"
    store = open_store(url)
    with store.writing() as connection:
        outbox.enqueue(
            connection,
            member=SUPPLIER,
            purpose=outbox.Purpose.ANCHOR,
            recipient=world.consortium.deployment.notary,
            data=b"",
            now=system_clock(),
        )
    problem = json.dumps({"code": "underpriced", "message": "too cheap", "details": {}})
    aside = update(transactions).values(tries=SET_ASIDE_TRIES, problem=problem, due_at=2**40)
    with store.writing() as connection:
        connection.execute(aside)
    assert statuses(config)["set aside"] == "wrong"
    printed = sealbook("doctor", "--config", config, "--retry", "--json")
    [retried] = [item for item in printed.json["findings"] if item["check"] == "retry"]
    assert retried["says"].endswith("are due now: 1")
    assert "set aside" not in statuses(config)
    store.close()


def test_a_retry_without_a_database_makes_none(config: Path, tmp_path: Path) -> None:
    assert statuses(config, "--retry")["database"] == "warning"
    assert not (tmp_path / "ledger.db").exists()


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([ok("a", "well")], 0),
        ([ok("a", "well"), warning("b", "soon", "act")], 0),
        ([MISSING, warning("b", "soon", "act")], 3),
        ([MISSING, wrong("b", "now", "act")], 1),
    ],
)
def test_what_is_wrong_decides_before_what_is_not_known(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code


def test_what_a_finding_quotes_cannot_command_the_terminal() -> None:
    lines = finding_lines(wrong("key", "a\x1b[31m\nb", "act\x07"), width=80)
    assert [line.isprintable() for line in lines if "\x1b[31m\n" in line] == []
    assert all("\x07" not in line for line in lines)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7200, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_times_are_told_as_people_say_them(seconds: float, text: str) -> None:
    assert time_text(seconds) == text
