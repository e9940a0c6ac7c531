"""The report of a verification, as JSON for programs."""

from ledger.cli.output import JsonObject
from ledger.cli.report import hints
from ledger.cli.report_fields import fields_json
from ledger.evidence import AnchorFacts, ReceivableFacts, Report, Standing
from ledger.invoices import Invoice
from ledger.types import to_hex, utc_text


def report_json(report: Report, evidence: bytes) -> JsonObject:
    """All of the report. evidence: the file that was verified, or its beginning."""
    return {
        "verdict": report.verdict.value,
        "exit_code": report.verdict.exit_code,
        "finality": {"basis": report.finality.basis.value, "sentence": report.finality.sentence},
        "steps": [
            {
                "number": result.step.number,
                "title": result.step.title,
                "outcome": result.outcome.value,
                "sentence": result.sentence,
            }
            for result in report.steps
        ],
        "statement": report.statement and report.statement.to_json(),
        "fields": fields_json(report),
        "anchor": report.anchor and _anchor_json(report.anchor),
        "standing": report.standing and _standing_json(report.standing),
        "receivable": report.receivable and _receivable_json(report.receivable),
        "invoice": report.invoice and _invoice_json(report.invoice),
        "hints": hints(report, evidence),
    }


def _anchor_json(anchor: AnchorFacts) -> JsonObject:
    return {
        "chain": str(anchor.chain),
        "notary": anchor.event.notary,
        "member": anchor.event.member,
        "root": to_hex(anchor.event.root),
        "size": anchor.event.size,
        "block": {"number": anchor.block.number, "hash": to_hex(anchor.block.hash)},
        "not_after": utc_text(anchor.not_after),
    }


def _standing_json(standing: Standing) -> JsonObject:
    return {
        "revoked_at": None if standing.revoked_at is None else utc_text(standing.revoked_at),
        "successor": None if standing.successor is None else to_hex(standing.successor),
    }


def _invoice_json(invoice: Invoice) -> JsonObject:
    return {
        "number": invoice.number,
        "issue_date": invoice.issue_date.isoformat(),
        "total": f"{invoice.gross.amount:f}",
        "currency": invoice.gross.currency,
        "seller": invoice.seller.name,
        "buyer": invoice.buyer.name,
    }


def _receivable_json(facts: ReceivableFacts) -> JsonObject:
    found = facts.receivable
    return {
        "record": to_hex(facts.record),
        "supplier": found.supplier,
        "buyer": found.buyer,
        "state": found.status.value,
        "freezes": [cause.value for cause in found.freezes],
        "disputed": found.disputed,
        "undertaken_at": None if found.undertaken_at is None else utc_text(found.undertaken_at),
        "overdue": found.overdue,
        "total": found.total,
        "retired": found.retired,
        "pledged": found.pledged,
        "positions": [
            {
                "member": holding.member,
                "free": holding.free,
                "reserved": holding.reserved,
                "pledged": holding.pledged,
            }
            for holding in found.holdings
        ],
        "alerts": [to_hex(record) for record in facts.alerts],
        "block": {"number": facts.seen_at.number, "hash": to_hex(facts.seen_at.hash)},
        "clearance": _clearance_json(facts),
    }


def _clearance_json(facts: ReceivableFacts) -> JsonObject | None:
    """What the API's clearance says if an offer is to be accepted only while all stays as it is.

    Units and terms of the offer are for the financier to add. None unless the invoice was found to
    be the record's: without that nothing is to be relied on.
    """
    found = facts.receivable
    if facts.alert_keys is None:
        return None
    return {
        "commitment": to_hex(found.commitment),
        "strict_keys": sorted(map(to_hex, found.strict_keys)),
        "alert_keys": sorted(to_hex(alert.key) for alert in facts.alert_keys),
        "undertaken": found.undertaken_at is not None,
        "pledged_at_most": found.pledged,
        "repeats_at_most": facts.repeats,
        "history": to_hex(found.history),
    }
