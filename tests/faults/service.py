"""The service as a process, and a supplier's program that sends it documents."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from scripts.processes import Process, sealbook, wait_until_ready

DEATH_SECONDS = 60
_RETRY_SECONDS = 0.02
_PAUSE_SECONDS = 0.25


class Service:
    """`sealbook serve` on one configuration, started and ended as often as is wanted."""

    def __init__(self, config: Path, name: str = "service") -> None:
        self._config = config
        self._name = name
        self._process: Process | None = None
        self.url = ""

    def start(self, *prefix: str, watched: bool = False) -> None:
        """Start it. prefix: a command that starts it in turn. watched: so that `plan` works."""
        folder = self._config.parent
        url_file = folder / f"{self._name}.url"
        options = ("serve", "--config", str(self._config), "--url-file", str(url_file))
        command = sealbook(*options)
        if watched:
            prefix = (*prefix, "env", f"FAULT_PLAN={self._plan}")
            command = [sys.executable, "-m", "tests.faults.launcher", *options]
        self._process = Process(
            self._name, [*prefix, *command], folder / f"{self._name}.log", url_file
        )
        self.url = self._process.start()

    def start_and_wait(self, *, watched: bool = False) -> None:
        """Start it, and wait until it says that it is ready."""
        self.start(watched=watched)
        assert self._process is not None
        wait_until_ready(self._process, self.url)

    def plan(self, **plan: str) -> None:
        """What is to become of its next commits: see `launcher`."""
        new = self._plan.with_suffix(".new")
        new.write_text(json.dumps(plan))
        new.rename(self._plan)

    @property
    def _plan(self) -> Path:
        return self._config.parent / f"{self._name}.plan"

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def kill(self) -> None:
        """End it as a power failure would."""
        subprocess.run(["kill", "-KILL", str(self.pid)], check=True)  # noqa: S607 - part of any system
        self.wait_for_death()

    def wait_for_death(self) -> None:
        """Wait until it has ended by itself."""
        deadline = time.monotonic() + DEATH_SECONDS
        while self.running:
            assert time.monotonic() < deadline, "the service did not come to where it is killed"
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.stop()

    def log(self) -> str:
        """What it wrote, in all its runs."""
        return (self._config.parent / f"{self._name}.log").read_text("utf-8", "replace")

    def get(self, path: str, api_key: str) -> httpx.Response:
        """Ask its API."""
        return httpx.get(
            f"{self.url}{path}", headers={"Authorization": f"Bearer {api_key}"}, timeout=30
        )


@dataclass
class Remembered:
    """What a sender was told.

    accepted: the content by the id. keys: the id that each idempotency key got. refused: the
    problems of answers that are not 2xx.
    """

    accepted: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


class Sender(threading.Thread):
    """Sends one document after the other, each under one key until it is answered with 2xx."""

    def __init__(self, service: Service, api_key: str, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._service = service
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "text/plain"}
        self.remembered = Remembered()
        self._stopping = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(timeout=30) as http:
            while not self._stopping.is_set():
                number += 1
                self._send(http, f"{self.name} {number}")
                self._stopping.wait(_PAUSE_SECONDS)

    def stop(self) -> Remembered:
        """End after the document that is being sent."""
        self._stopping.set()
        self.join()
        return self.remembered

    def stop_after(self, more: int) -> Remembered:
        """End after so many more documents were accepted."""
        self.wait_for(more)
        return self.stop()

    def wait_for(self, more: int) -> None:
        """Wait until so many more documents were accepted."""
        wanted = len(self.remembered.accepted) + more
        deadline = time.monotonic() + DEATH_SECONDS
        while len(self.remembered.accepted) < wanted:
            assert self.is_alive(), "the sender met what it did not expect"
            assert time.monotonic() < deadline, self.remembered.refused[-3:]
            time.sleep(0.02)

    def _send(self, http: httpx.Client, text: str) -> None:
        while not self._stopping.is_set():
            answer = _post(http, self._service.url, self._headers, text)
            if answer is not None and _remember(self.remembered, text, answer):
                return
            time.sleep(_RETRY_SECONDS)


def send(service: Service, api_key: str, *texts: str) -> Remembered:
    """Send documents, each once, under its text as idempotency key, and remember the answers."""
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "text/plain"}
    remembered = Remembered()
    with httpx.Client(timeout=30) as http:
        for text in texts:
            answer = _post(http, service.url, headers, text)
            if answer is not None:
                _remember(remembered, text, answer)
    return remembered


def _post(
    http: httpx.Client, url: str, headers: dict[str, str], text: str
) -> httpx.Response | None:
    """The answer; None if there was none."""
    try:
        return http.post(
            f"{url}/v1/documents",
            content=text.encode(),
            headers={**headers, "Idempotency-Key": text.replace(" ", "-")},
        )
    except (httpx.TransportError, httpx.UnsupportedProtocol):
        return None


def _remember(remembered: Remembered, text: str, answer: httpx.Response) -> bool:
    if answer.is_success:
        identifier = answer.json()["id"]
        assert remembered.keys.setdefault(text, identifier) == identifier
        remembered.accepted[identifier] = text.encode()
        return True
    remembered.refused.append((answer.status_code, answer.json()))
    return False
