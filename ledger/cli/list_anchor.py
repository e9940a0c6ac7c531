"""`sealbook anchor --digests`: a list of digests, from the options to what is told of it."""

from dataclasses import dataclass
from pathlib import Path

import click

from ledger.cli.anchor_options import ListOptions, WaitOptions
from ledger.cli.bundling import HandedIn, hand_in, write_evidence
from ledger.cli.digest_lists import DigestList, open_digest_list
from ledger.cli.files import growing_file, require_new_evidence
from ledger.cli.http_client import ApiClient, open_api
from ledger.cli.output import JsonObject
from ledger.cli.patience import Patience
from ledger.cli.progress import progress
from ledger.cli.uploads import parse_type


@dataclass(frozen=True, slots=True)
class Anchored:
    """What became of a list. evidence: None if it was not waited for."""

    digests: Path
    handed: list[HandedIn]
    evidence: Path | None

    @property
    def documents(self) -> int:
        """How many documents the list has."""
        return sum(part.chunk.size for part in self.handed)

    def to_json(self) -> JsonObject:
        """For programs."""
        return {
            "digests": str(self.digests),
            "documents": self.documents,
            "bundles": [
                {
                    "id": str(part.bundle.id),
                    "first_line": part.chunk.first_line,
                    "size": part.chunk.size,
                }
                for part in self.handed
            ],
            "evidence": str(self.evidence) if self.evidence else None,
        }

    def line(self) -> str:
        """For people."""
        number = f"{self.documents:,} document"
        documents = f"{number} is" if self.documents == 1 else f"{number}s are"
        if self.evidence:
            return f"{documents} notarised: {self.evidence} holds the evidence."
        return (
            f"{documents} accepted; evidence is not ready. Run the same command without --no-wait."
        )


def anchor_list(
    service: tuple[str, str], listed: ListOptions, named_type: str | None, wait: WaitOptions
) -> Anchored:
    """Hand a list in, and write its evidence if it is waited for.

    Nothing is handed in unless the whole list can be read and the evidence can be written.

    Raises UsageError if no list, no media type or no file for the evidence is named, Conflict if
    that file is there.
    """
    digests, evidence = _named(listed, wait)
    if named_type is None:
        # Never guessed: the same list under another type would be anchored a second time.
        raise click.UsageError(
            "say what the documents of the list are with --media-type TYPE, such as"
            " application/pdf; a repeated run needs the same"
        )
    media_type = parse_type(named_type)
    with open_digest_list(digests) as documents, open_api(*service) as api:
        patience = Patience(wait.timeout_seconds)
        if evidence is None:
            return Anchored(digests, _hand_in(api, documents, media_type, patience), None)
        with growing_file(evidence) as out:
            require_new_evidence(evidence)
            handed = _hand_in(api, documents, media_type, patience)
            with progress("Writing evidence", documents.size) as shown:
                patience.tell_by(shown.say)
                write_evidence(api, documents, handed, out, patience, shown)
    return Anchored(digests, handed, evidence)


def _named(listed: ListOptions, wait: WaitOptions) -> tuple[Path, Path | None]:
    """The list, and where its evidence goes if it is to be written."""
    if listed.digests is None:
        raise click.UsageError("--evidence is for the list that --digests names")
    if not wait.wanted:
        return listed.digests, None
    if listed.evidence is None:
        raise click.UsageError("say where the evidence goes with --evidence OUT, or use --no-wait")
    return listed.digests, listed.evidence


def _hand_in(
    api: ApiClient, documents: DigestList, media_type: str, patience: Patience
) -> list[HandedIn]:
    with progress("Handing in", documents.size) as shown:
        patience.tell_by(shown.say)
        return hand_in(api, documents, media_type, patience, shown)
