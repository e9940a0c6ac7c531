"""Gas of deposit certificates, from issue to their end."""

from collections.abc import Iterator

from tests.contracts import certificates as made
from tests.contracts.cast import Ledger
from tests.contracts.gas_meter import FAR, Meter, words

_PAST = 10
"""Seconds to a maturity that is soon over."""


def measure_certificates(ledger: Ledger) -> dict[str, int]:
    """Issues, renewals, losses and surrenders of certificates of each kind."""
    meter, fresh = Meter(ledger, "DepositCertificateBook", ledger.certificates), words(0xF0)
    depositary = ledger.depositary
    first = made.issuance(ledger, number=next(fresh), commitment=next(fresh))
    meter.act(depositary, "issue", first, note="the depositary's first act")
    made.surrender(ledger, made.record_of(ledger, depositary, first.commitment), 1, made.REDEMPTION)
    plain = first._replace(number=next(fresh), commitment=next(fresh))
    meter.act(depositary, "issue", plain)
    alerts = [(number, next(fresh)) for number in range(2, 5)]
    noted = first._replace(number=next(fresh), commitment=next(fresh), alert_keys=alerts)
    meter.act(depositary, "issue", noted, note="3 new alert keys")
    record = made.record_of(ledger, depositary, plain.commitment)
    meter.act(depositary, "confirm", record)
    made.anchor(ledger, ledger.supplier)
    evidence = (ledger.supplier.id, next(fresh), next(fresh), made.inclusion(0))
    meter.act(depositary, "certify", *evidence, note="of 5 leaves")
    certified = made.record_of(ledger, depositary, evidence[2])
    meter.act(depositary, "revokeEvidence", certified, next(fresh))
    _consent(ledger, meter, fresh)
    _renewal(ledger, meter, fresh)
    _loss(ledger, meter, fresh)
    _surrenders(ledger, meter, fresh)
    return meter.gas


def _consent(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    record = made.issue_receipt(ledger, number=next(fresh), commitment=next(fresh))
    for subject, number, note in (
        (made.TO_OFFER, made.offer(ledger, record, 1), "to an offer"),
        (made.TO_PLEDGE, made.pledge(ledger, record, 1), "to a pledge"),
    ):
        meter.act(ledger.depositary, "consent", record, subject, number, note=note)


def _renewal(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    depositary, soon = ledger.depositary, ledger.chain.now() + _PAST
    number, commitment = next(fresh), next(fresh)
    record = made.issue_confirmed(
        ledger, number=number, commitment=commitment, auto_renew=True, matures_at=soon
    )
    ledger.chain.pass_time(_PAST)
    meter.act(depositary, "renew", record, FAR, next(fresh), note="the first")
    surrendered = made.surrender(ledger, record, made.UNITS, made.ANNULMENT)
    meter.act(depositary, "annul", record, surrendered, next(fresh))


def _loss(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    depositary, supplier = ledger.depositary, ledger.supplier
    number, commitment = next(fresh), next(fresh)
    record = made.issue(ledger, number=number, commitment=commitment, loss_notice=0)
    meter.act(supplier, "reportLost", record, next(fresh))
    meter.act(supplier, "reportFound", record)
    ledger.act(supplier, ledger.certificates.functions.reportLost(record, next(fresh)))
    meter.act(depositary, "reissue", record, next(fresh), next(fresh))


def _surrenders(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    depositary, supplier = ledger.depositary, ledger.supplier
    record = made.issue_confirmed(ledger, number=next(fresh), commitment=next(fresh))
    redemption = (record, supplier.id, 1, made.REDEMPTION)
    meter.act(supplier, "surrender", *redemption, note="the first")
    meter.act(depositary, "redeem", record, 0, note="in part")
    meter.act(supplier, "surrender", *redemption)
    meter.act(supplier, "withdrawSurrender", record, 1)
    made.surrender(ledger, record, 1, made.REDEMPTION)
    meter.act(depositary, "refuseSurrender", record, 2, next(fresh))
    for number, parts in enumerate((1, 2), start=3):
        made.surrender(ledger, record, parts, made.REPLACEMENT)
        replaced = [made.Part(FAR, 1, next(fresh), next(fresh)) for _ in range(parts)]
        note = f"{parts} {'part' if parts == 1 else 'parts'}"
        meter.act(depositary, "replace", record, number, replaced, note=note)
    number = made.surrender(ledger, record, made.UNITS - 4, made.REDEMPTION)
    meter.act(depositary, "redeem", record, number, note="of the last units")
