import json
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.cli.commands import Printed, sealbook
from tests.cli.processes import serving_process
from tests.cli.world import World


@pytest.fixture
def config(world: World, tmp_path: Path) -> Path:
    """The configuration of a second service of the consortium, with a database of its own."""
    return world.second_service(tmp_path)


def serve(monkeypatch: pytest.MonkeyPatch, *options: str | Path) -> Printed:
    """Try to serve in this process, which must fail."""
    monkeypatch.setenv("SEALBOOK_CONFIG", os.environ.get("SEALBOOK_CONFIG", ""))
    return sealbook("serve", *options)


def test_a_service_answers_alone_on_its_database_until_it_is_ended(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url_file = tmp_path / "url"
    with serving_process(url_file, "serve", "--config", config, "--json") as running:
        assert httpx.get(f"{running.url}/healthz").json() == {"status": "alive"}
        second = serve(monkeypatch, "--config", config)
        code, out, errors = running.stop()
    assert (code, json.loads(out)) == (0, {"url": running.url})
    assert "Traceback" not in errors
    assert not url_file.exists()
    assert (second.code, second.out) == (1, "")
    assert second.err.startswith("Error: another service works on this database")


def test_an_interrupt_ends_a_service_in_order(config: Path, tmp_path: Path) -> None:
    with serving_process(tmp_path / "url", "serve", "--config", config) as running:
        code, out, errors = running.stop(signal.SIGINT)
    assert (code, out) == (0, f"Sealbook answers at {running.url}\n")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[service]", "[servce]"), "has unknown tables: servce"),
        (("deployment.json", "nowhere.json"), "cannot read the deployment manifest"),
        (("[fingerprint]", "[api]"), "needs the consortium's fingerprint key"),
        (("sqlite:", "mongodb:"), "the database URL is not usable"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence_before_anything_listens(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str],
    sentence: str,
) -> None:
    config.write_text(config.read_text().replace(*change))
    url_file = tmp_path / "url"
    printed = serve(monkeypatch, "--config", config, "--url-file", url_file)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("Error: ")
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert not url_file.exists()


def test_a_port_that_is_taken_is_told_in_a_sentence(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        printed = serve(monkeypatch, "--config", config, "--port", str(port))
    assert (printed.code, printed.out) == (1, "")
    assert f"cannot listen on 127.0.0.1 port {port}" in printed.err


def test_without_a_configuration_it_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = serve(monkeypatch)
    assert (printed.code, printed.out) == (2, "")
    assert "--config FILE" in printed.err


def test_every_line_of_a_service_s_log_is_json_also_those_of_its_libraries(
    config: Path, tmp_path: Path
) -> None:
    with serving_process(tmp_path / "url", "serve", "--config", config) as running:
        httpx.get(f"{running.url}/healthz")
        _, _, errors = running.stop()
    lines = [json.loads(line) for line in errors.splitlines()]
    assert all({"time", "level", "event"} <= line.keys() for line in lines)
    assert "uvicorn.error" in {line.get("logger") for line in lines}


def test_a_log_can_be_words_for_a_terminal(config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text().replace("[service]", '[service]\nlog_format = "text"'))
    with serving_process(tmp_path / "url", "serve", "--config", config) as running:
        _, _, errors = running.stop()
    assert all(line.split()[1:3] == ["INFO", "message"] for line in errors.splitlines())
    with serving_process(
        tmp_path / "url", "serve", "--config", config, "--log-format", "json"
    ) as running:
        _, _, errors = running.stop()
    assert [json.loads(line)["event"] for line in errors.splitlines()]


def test_a_log_format_that_there_is_not_is_told(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(config.read_text().replace("[service]", '[service]\nlog_format = "xml"'))
    printed = serve(monkeypatch, "--config", config)
    assert (printed.code, printed.out) == (1, "")
    assert "log_format of [service]" in printed.err
    assert "must be json or text" in printed.err
