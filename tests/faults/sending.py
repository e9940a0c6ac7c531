"""A supplier's program: it sends documents and bundles, and remembers what it was told."""

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from scripts.processes import NO_AUTHORITIES
from tests.faults.service import DEATH_SECONDS, Service

BUNDLE_EACH = 4
"""Every so many submissions of a sender, one is a bundle."""

_BUNDLED = 3
_RETRY_SECONDS = 0.02
_PAUSE_SECONDS = 0.25


@dataclass(frozen=True)
class Submission:
    """A document, or several as a bundle by digest and size, under a key made of its text."""

    text: str
    is_bundle: bool = False

    @property
    def path(self) -> str:
        return "/v1/bundles" if self.is_bundle else "/v1/documents"

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The documents."""
        if not self.is_bundle:
            return (self.text.encode(),)
        return tuple(f"{self.text}, part {part}".encode() for part in range(_BUNDLED))

    @property
    def key(self) -> str:
        return self.text.replace(" ", "-")

    @property
    def body(self) -> bytes:
        if not self.is_bundle:
            return self.contents[0]
        return b"".join(map(_line, self.contents))

    @property
    def media_type(self) -> str:
        return "application/x-ndjson" if self.is_bundle else "text/plain"


@dataclass
class Remembered:
    """What a sender was told.

    accepted: the submissions by the ids that they got. refused: the problems of answers that are
    not 2xx.
    """

    accepted: dict[str, Submission] = field(default_factory=dict)
    refused: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def note(self, submission: Submission, answer: httpx.Response) -> bool:
        """Remember an answer; whether the submission was accepted."""
        if answer.is_success:
            self.accepted[answer.json()["id"]] = submission
        else:
            self.refused.append((answer.status_code, answer.json()))
        return answer.is_success


class Sender(threading.Thread):
    """Sends one after the other, each under one key until it is answered with 2xx."""

    def __init__(self, service: Service, api_key: str, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._service = service
        self._api_key = api_key
        self.remembered = Remembered()
        self._stopping = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(timeout=30, verify=NO_AUTHORITIES) as http:
            while not self._stopping.is_set():
                number += 1
                self._send(http, Submission(f"{self.name} {number}", number % BUNDLE_EACH == 0))
                self._stopping.wait(_PAUSE_SECONDS)

    def stop(self) -> Remembered:
        """End after the submission that is under way."""
        self._stopping.set()
        self.join(DEATH_SECONDS)
        assert not self.is_alive(), "the sender did not end"
        return self.remembered

    def stop_after(self, more: int) -> Remembered:
        """End after so many more submissions were accepted."""
        self.wait_for(more)
        return self.stop()

    def wait_for(self, more: int) -> None:
        """Wait until so many more submissions were accepted."""
        wanted = len(self.remembered.accepted) + more
        deadline = time.monotonic() + DEATH_SECONDS
        while len(self.remembered.accepted) < wanted:
            assert self.is_alive(), "the sender met what it did not expect"
            assert time.monotonic() < deadline, self.remembered.refused[-3:]
            time.sleep(0.02)

    def _send(self, http: httpx.Client, submission: Submission) -> None:
        while not self._stopping.is_set():
            answer = _post(http, self._service.url, self._api_key, submission)
            if answer is not None and self.remembered.note(submission, answer):
                return
            time.sleep(_RETRY_SECONDS)


def send(service: Service, api_key: str, *texts: str) -> Remembered:
    """Send documents, each once, and remember the answers."""
    remembered = Remembered()
    with httpx.Client(timeout=30, verify=NO_AUTHORITIES) as http:
        for submission in map(Submission, texts):
            answer = _post(http, service.url, api_key, submission)
            if answer is not None:
                remembered.note(submission, answer)
    return remembered


def _post(
    http: httpx.Client, url: str, api_key: str, submission: Submission
) -> httpx.Response | None:
    """The answer; None if there was none."""
    headers = {
        "Authorization": f"Bearer {api_key}",
        "Content-Type": submission.media_type,
        "Idempotency-Key": submission.key,
    }
    try:
        return http.post(f"{url}{submission.path}", content=submission.body, headers=headers)
    except (httpx.TransportError, httpx.UnsupportedProtocol):
        return None


def _line(content: bytes) -> bytes:
    digest = "0x" + hashlib.sha256(content).hexdigest()
    return json.dumps({"digest": digest, "size": len(content)}).encode() + b"\n"
