"""A member's desk: a service that runs as a process, an API key, and a configuration for both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ledger.types import MemberId
from tests.cli.commands import Printed, sealbook
from tests.cli.processes import serving_process
from tests.cli.world import World


@dataclass(frozen=True)
class Desk:
    url: str
    key_file: Path
    config: Path

    @property
    def headers(self) -> dict[str, str]:
        """What a request of the member shows."""
        return {"Authorization": f"Bearer {self.key_file.read_text().strip()}"}

    def anchor(self, *words: str | Path) -> Printed:
        return sealbook("anchor", *words, "--config", self.config)

    def screen(self, *words: str | Path) -> Printed:
        return sealbook("screen", *words, "--config", self.config)

    def documents(self) -> list[str]:
        """The ids of all that the service has of the member."""
        return self._ids("documents")

    def bundles(self) -> list[str]:
        """The ids of all bundles that the service has of the member."""
        return self._ids("bundles")

    def _ids(self, kind: str) -> list[str]:
        page = httpx.get(f"{self.url}/v1/{kind}", params={"limit": 200}, headers=self.headers)
        return [item["id"] for item in page.json()["items"]]


@contextmanager
def running_desk(world: World, member: MemberId, role: str, folder: Path) -> Iterator[Desk]:
    """A desk of a member, in a folder of its own."""
    config = world.second_service(folder)
    key_file = folder / "member.key"
    issued = sealbook(
        *("member", "api-key", member, "--role", role), *("--out", key_file, "--config", config)
    )
    assert issued.code == 0
    with serving_process(folder / "url", "serve", "--config", config) as running:
        mine = folder / "mine.toml"
        api = f'\n[api]\nurl = "{running.url}"\nkey_file = "member.key"\n'
        mine.write_text(config.read_text() + api)
        yield Desk(running.url, key_file, mine)
