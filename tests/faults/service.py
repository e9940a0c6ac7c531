"""The service as a process."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx

from scripts.processes import NO_AUTHORITIES, Process, sealbook, wait_until_ready

DEATH_SECONDS = 120


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

    def plan(self, **plan: str | int) -> None:
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
            f"{self.url}{path}",
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=30,
            verify=NO_AUTHORITIES,
        )
