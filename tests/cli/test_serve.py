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
