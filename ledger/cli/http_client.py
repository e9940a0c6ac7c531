"""A service's HTTP API, as the command line uses it; httpx and its errors stay in here."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from ledger.cli.http_problems import error_of
from ledger.cli.screening_answer import FileToScreen, ScreeningAnswer, read_answer
from ledger.codec import JsonValue, canonical_json
from ledger.documents import DocumentDigest
from ledger.errors import ConfigurationError, TransportError
from ledger.types import to_hex

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0
_SCREENING_SECONDS = 300.0  # many files, each with many questions to the chain
_FINAL = "final"


@dataclass(frozen=True, slots=True)
class AnchorStatus:
    """A document, or a bundle of documents, as the service has it.

    state: how far its anchor is, in the service's words. waiting_because: why it does not go on.
    """

    id: UUID
    state: str
    waiting_because: str | None

    @property
    def final(self) -> bool:
        """Whether the evidence is ready."""
        return self.state == _FINAL


class ApiClient:
    """The API for one member.

    Every method raises TransportError if the service does not answer or answers out of protocol,
    and the service's refusal otherwise.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def notarise(self, path: Path, media_type: str, idempotency_key: str) -> AnchorStatus:
        """Hand a file over. With the same key and content it is taken once, however often sent."""
        headers = {"Content-Type": media_type, "Idempotency-Key": idempotency_key}
        with path.open("rb") as file:
            return _read_status(self._ask("POST", "/v1/documents", headers=headers, content=file))

    def declare(
        self,
        document: DocumentDigest,
        media_type: str,
        fields: JsonValue,
        idempotency_key: str,
    ) -> AnchorStatus:
        """Have a document notarised that stays here, with fields that are declared of it."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        body: JsonValue = {
            "digest": to_hex(document.digest),
            "size": document.size,
            "media_type": media_type,
            "fields": fields,
        }
        content = canonical_json(body)
        return _read_status(
            self._ask("POST", "/v1/documents/declared", headers=headers, content=content)
        )

    def document(self, identifier: UUID) -> AnchorStatus:
        """How far a document is."""
        return _read_status(self._ask("GET", f"/v1/documents/{identifier}"))

    def evidence(self, identifier: UUID) -> bytes:
        """The evidence file of a final document."""
        return self._ask("GET", f"/v1/documents/{identifier}/evidence").content

    def hand_in_bundle(self, lines: bytes, media_type: str, idempotency_key: str) -> AnchorStatus:
        """Have documents notarised that stay here: a JSON object a line, with digest and size."""
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": idempotency_key}
        return _read_status(
            self._ask(
                "POST",
                "/v1/bundles",
                headers=headers,
                params={"media_type": media_type},
                content=lines,
            )
        )

    def bundle(self, identifier: UUID) -> AnchorStatus:
        """How far a bundle is."""
        return _read_status(self._ask("GET", f"/v1/bundles/{identifier}"))

    @contextmanager
    def bundle_evidence(self, identifier: UUID) -> Iterator[Iterator[bytes]]:
        """The evidence of a final bundle, a line for each document in their order, in pieces.

        What fails while pieces are taken is raised like what fails before.
        """
        with self._failures_mapped():
            path = f"/v1/bundles/{identifier}/evidence"
            with self._client.stream("GET", path) as response:
                if not response.is_success:
                    response.read()
                    raise error_of(response)
                yield response.iter_bytes()

    def screen(self, files: Sequence[FileToScreen]) -> ScreeningAnswer:
        """What the service knows of some files and of what is like them."""
        body = json.dumps({"files": [file.form() for file in files]}).encode()
        headers = {"Content-Type": "application/json"}
        timeout = httpx.Timeout(_SCREENING_SECONDS, connect=_CONNECT_SECONDS)
        return read_answer(
            self._ask(
                "POST", "/v1/screenings", headers=headers, content=body, timeout=timeout
            ).content,
            files,
        )

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        with self._failures_mapped():
            response = self._client.request(method, path, **request)
        if not response.is_success:
            raise error_of(response)
        return response

    @contextmanager
    def _failures_mapped(self) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise TransportError(
                f"the service at {self._client.base_url} does not answer; check that it runs and"
                " that the URL is right"
            ) from error


@contextmanager
def open_api(url: str, key: str) -> Iterator[ApiClient]:
    """A service at a URL, asked with an API key. Raises ConfigurationError for what is no URL."""
    timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=_parse_url(url), headers=headers, timeout=timeout) as client:
        yield ApiClient(client)


def _parse_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(f"{text[:200]!r} is not the URL of a service: http://HOST:PORT")
    return url


def _read_status(response: httpx.Response) -> AnchorStatus:
    try:
        form = response.json()
        return AnchorStatus(
            id=UUID(form["id"]),
            state=str(form["state"]),
            waiting_because=form.get("waiting_because"),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TransportError(
            "the service's answer is neither document nor bundle; is this the URL of a Sealbook"
            " service?"
        ) from error
