"""What clients send as JSON."""

import json
from datetime import UTC, datetime
from typing import Annotated, Self, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, Field, StringConstraints, ValidationError, model_validator

from api.schemas.base import GREATEST_NUMBER, DigestParameter, Form, MemberParameter
from ledger.chain.invoice_forms import MAX_REPEATS, Clearance
from ledger.chain.record_forms import Security
from ledger.types import DIGEST_BYTES, MAX_UNITS, Digest, Units, UnixTime

_Form = TypeVar("_Form", bound=Form)

_UNITS = "whole parts of the record, at most 2^80 - 1"
_LONGEST_OFFER_SECONDS = 10 * 366 * 24 * 3600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(
        description="1 to 32 bytes in UTF-8, which may be fewer than 32 characters; it stands"
        " on the chain for all to read"
    ),
]

UnitsParameter = Annotated[int, Field(ge=1, description=_UNITS)]


class Rejection(Form):
    """Why a buyer does not owe an invoice, or a holder was not paid."""

    reason: Reason


class Part(Form):
    """How much of an invoice a buyer owes or disputes, and why."""

    units: UnitsParameter
    reason: Reason


class NamedDispute(Form):
    """Which dispute is ended, so that no later one is ended by the same request."""

    dispute: int = Field(
        ge=1, le=GREATEST_NUMBER, description="its number, which the record shows while it is open"
    )


class Amount(Form):
    """Of how many units."""

    units: UnitsParameter


class PaymentTerms(Form):
    """Whom a buyer paid, and for how many of its units."""

    holder: MemberParameter
    units: UnitsParameter


class PledgeTerms(Form):
    """A pledge of units."""

    to: MemberParameter = Field(description="the member that is to be secured")
    units: UnitsParameter
    enforceable_from: AwareDatetime = Field(
        gt=_EPOCH, description="RFC 3339 with a time zone; fractions are cut off"
    )
    behind: int | None = Field(
        default=None,
        ge=0,
        le=GREATEST_NUMBER,
        description="a pledge of units that stand pledged already, to rank behind all of which;"
        " without it free units are pledged, in the first rank",
    )
    terms: DigestParameter | None = Field(
        default=None, description="commitment to the terms of the secured debt"
    )

    def security(self) -> Security:
        """What is handed to the contract."""
        return Security(
            pledgee=self.to,
            units=Units(self.units),
            enforceable_from=UnixTime(int(self.enforceable_from.timestamp())),
            terms=self.terms or Digest(bytes(DIGEST_BYTES)),
        )


class OfferTerms(Form):
    """An offer of units. When it expires is said in one of two ways."""

    to: MemberParameter = Field(description="the financier")
    units: UnitsParameter
    terms: DigestParameter | None = Field(
        default=None, description="commitment to the terms of the offer"
    )
    expires_in_seconds: int | None = Field(default=None, ge=1, le=_LONGEST_OFFER_SECONDS)
    expires_at: AwareDatetime | None = Field(
        default=None, gt=_EPOCH, description="RFC 3339 with a time zone; fractions are cut off"
    )

    @model_validator(mode="after")
    def _expires_once(self) -> Self:
        if (self.expires_in_seconds is None) == (self.expires_at is None):
            raise ValueError("say either expires_in_seconds or expires_at")
        return self

    def expiry(self, now: UnixTime) -> UnixTime:
        """The last second in which the offer can be accepted."""
        if self.expires_at is not None:
            return UnixTime(int(self.expires_at.timestamp()))
        return UnixTime(now + (self.expires_in_seconds or 0))


class ClearanceTerms(Form):
    """What a financier relies on when it accepts an offer: what it was promised, and what it found.

    `sealbook verify --json` gives what it found, which is all but `units` and `terms`, as
    `receivable.clearance`.
    """

    units: UnitsParameter
    terms: DigestParameter = Field(
        description="commitment to the terms of the offer; zeros if there are none"
    )

    commitment: DigestParameter = Field(description="the record's, from the invoice's evidence")
    strict_keys: list[DigestParameter] = Field(
        min_length=1, max_length=16, description="recomputed from the invoice"
    )
    alert_keys: list[DigestParameter] = Field(
        max_length=32,
        description="recomputed from the invoice; other records may share them, and at least one"
        " must have noted each",
    )
    undertaken: bool = Field(description="whether the buyer must have undertaken to pay")
    pledged_at_most: int = Field(ge=0, description="units that may stand under pledge")
    repeats_at_most: int = Field(
        ge=0,
        description="how often any alert key was given again, as far as known and accepted; at"
        " least once if another record was the first to note it",
    )
    history: DigestParameter | None = Field(
        default=None,
        description="digest of the record's history, after which nothing may have happened; leave"
        " it out if later events do not matter",
    )

    def clearance(self) -> Clearance:
        """What is handed to the contract; a limit that it cannot hold limits nothing."""
        return Clearance(
            commitment=self.commitment,
            units=Units(self.units),
            terms=self.terms,
            strict_keys=tuple(self.strict_keys),
            alert_keys=tuple(self.alert_keys),
            undertaken=self.undertaken,
            pledged_at_most=Units(min(self.pledged_at_most, MAX_UNITS)),
            repeats_at_most=min(self.repeats_at_most, MAX_REPEATS),
            history=self.history,
        )


def read_json(form: type[_Form], body: bytes) -> _Form:
    """Read a form from JSON. Raises RequestValidationError, also for a key that is repeated."""
    try:
        found = form.model_validate_json(body)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**finding, "loc": ("body", *finding["loc"])} for finding in findings]
        ) from error
    # Of a repeated key the parser took the last value, and other readers may take the first.
    json.loads(body, object_pairs_hook=_refuse_repeated, parse_int=str)
    return found


def _refuse_repeated(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for key, _value in pairs:
        if key in seen:
            raise RequestValidationError([{"type": "repeated_key", "loc": ("body", key)}])
        seen.add(key)
