"""Screening: whether a receivable, or anything like it, was registered, financed or seen before.

`screen` is the use case: it reads the files, gathers what the chain, the projection and the
member's own history say (`gather`, `pinned`), and lets each judge speak: `keyed` of records with
the same identity keys, `offered` of what can be taken of the record that a file was offered as,
`lineage` of corrections and credit notes, `history` of the pair of parties, `circular` of trade in
circles, `portfolio` of the files among themselves. The judges are pure.
`points` is the one table by which findings weigh.
"""

from ledger.services.screening.model import (
    Exhibit,
    Finding,
    KnownRecord,
    ScreenedFile,
    Screening,
    ScreeningUpload,
)
from ledger.services.screening.points import BLOCKING, POINTS, REVIEW_FROM, FindingKind, Verdict
from ledger.services.screening.screen import MAX_FILES, screen_invoices

__all__ = [
    "BLOCKING",
    "MAX_FILES",
    "POINTS",
    "REVIEW_FROM",
    "Exhibit",
    "Finding",
    "FindingKind",
    "KnownRecord",
    "ScreenedFile",
    "Screening",
    "ScreeningUpload",
    "Verdict",
    "screen_invoices",
]
