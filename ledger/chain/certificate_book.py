"""The contract DepositCertificateBook: what depositaries keep, as transferable records."""

from collections.abc import Sequence

from ledger.chain.artifacts import load_artifact
from ledger.chain.certificate_forms import (
    AnchoredLeaf,
    Certificate,
    CertificateKind,
    CertificateState,
    Endorsement,
    Issuance,
    Part,
    Purpose,
    Subject,
    Surrender,
    SurrenderState,
)
from ledger.chain.contract import ContractCall, known, member_of
from ledger.chain.port import Chain
from ledger.chain.record_book import RecordBook, newest
from ledger.chain.record_forms import freezes_of
from ledger.codec import member_to_word
from ledger.types import Address, BlockRef, Digest, MemberId, RecordId, Units, UnixTime


class CertificateBook(RecordBook):
    """Certificates of deposit: issue, endorsement, surrender, renewal, loss."""

    def __init__(self, chain: Chain, address: Address) -> None:
        super().__init__(chain, address, load_artifact("DepositCertificateBook").abi)

    def issue(self, issuance: Issuance) -> ContractCall:
        """Issue a bank deposit or a warehouse receipt for the signing depositary."""
        return self._call(
            "issue",
            (
                issuance.kind,
                issuance.endorsement,
                issuance.auto_renew,
                issuance.loss_notice_seconds,
                issuance.matures_at or 0,
                issuance.units,
                member_to_word(issuance.holder),
                issuance.number_key,
                issuance.commitment,
                issuance.alert_keys,
            ),
        )

    def certify(
        self, holder: MemberId, number_key: bytes, commitment: Digest, leaf: AnchoredLeaf
    ) -> ContractCall:
        """Certify for the signing depositary that a member anchored a leaf that stands."""
        words = (leaf.root, leaf.leaf_hash, leaf.index, leaf.path)
        return self._call("certify", member_to_word(holder), number_key, commitment, words)

    def confirm(self, record: RecordId) -> ContractCall:
        """Vouch for a deposit that the signing bank issued."""
        return self._call("confirm", record)

    def consent(self, record: RecordId, subject: Subject, number: int) -> ContractCall:
        """Consent to an offer or a pledge of a certificate that the signing member issued."""
        return self._call("consent", record, subject, number)

    def renew(self, record: RecordId, matures_at: UnixTime, commitment: Digest) -> ContractCall:
        """Renew a mature certificate of the signing issuer in place."""
        return self._call("renew", record, matures_at, commitment)

    def revoke_evidence(self, record: RecordId, reason: bytes) -> ContractCall:
        """Take a certificate of evidence of the signing issuer back; reason is 32 bytes of text."""
        return self._call("revokeEvidence", record, reason)

    def surrender(
        self, record: RecordId, holder: MemberId, units: Units, purpose: Purpose
    ) -> ContractCall:
        """Return free units of the signing holder to the issuer.

        For a suspended holder the council decides it, for redemption only.
        """
        return self._call("surrender", record, member_to_word(holder), units, purpose)

    def withdraw_surrender(self, record: RecordId, surrender: int) -> ContractCall:
        """Take back what the signing member surrendered."""
        return self._call("withdrawSurrender", record, surrender)

    def refuse_surrender(self, record: RecordId, surrender: int, reason: bytes) -> ContractCall:
        """Refuse, for the signing issuer, what was surrendered; reason is 32 bytes of text."""
        return self._call("refuseSurrender", record, surrender, reason)

    def redeem(self, record: RecordId, surrender: int) -> ContractCall:
        """Say for the signing issuer that it paid out or delivered what was surrendered."""
        return self._call("redeem", record, surrender)

    def replace(self, record: RecordId, surrender: int, parts: Sequence[Part]) -> ContractCall:
        """Replace, for the signing issuer, what was surrendered by new certificates."""
        words = [
            (part.matures_at or 0, part.units, part.number_key, part.commitment) for part in parts
        ]
        return self._call("replace", record, surrender, words)

    def annul(self, record: RecordId, surrender: int, reason: bytes) -> ContractCall:
        """Take a certificate of the signing issuer back of which everything was surrendered.

        reason is 32 bytes of text.
        """
        return self._call("annul", record, surrender, reason)

    def report_lost(self, record: RecordId, reason: bytes) -> ContractCall:
        """Report a certificate as lost; reason is 32 bytes of text."""
        return self._call("reportLost", record, reason)

    def report_found(self, record: RecordId) -> ContractCall:
        """Take the report of a loss back."""
        return self._call("reportFound", record)

    def reissue(self, record: RecordId, number_key: bytes, commitment: Digest) -> ContractCall:
        """Give a lost certificate of the signing issuer a new number."""
        return self._call("reissue", record, number_key, commitment)

    def certificate(self, record: RecordId, *, at: BlockRef) -> Certificate:
        """A certificate. Raises `Reverted` if there is none."""
        ((issuer, _obligor, commitment, total, retired, pledged, bits),) = self._read(
            at, "record", record
        )
        (form,) = self._read(at, "certificate", record)
        kind, state, endorsement, auto_renew, _notice, issued_at, matures_at, lost_at, renewals = (
            form
        )
        (terms,) = self._read(at, "termsOf", record)
        return Certificate(
            id=record,
            issuer=member_of(issuer),
            commitment=Digest(commitment),
            terms=Digest(terms),
            total=Units(total),
            retired=Units(retired),
            pledged=Units(pledged),
            freezes=freezes_of(bits),
            kind=known(CertificateKind, kind),
            state=known(CertificateState, state),
            endorsement=known(Endorsement, endorsement),
            auto_renew=bool(auto_renew),
            issued_at=UnixTime(issued_at),
            matures_at=_time(matures_at),
            lost_at=_time(lost_at),
            renewals=int(renewals),
        )

    def parent(self, record: RecordId, *, at: BlockRef) -> RecordId | None:
        """The certificate of which a record replaces units; None if it replaces none."""
        (parent,) = self._read(at, "parentOf", record)
        return RecordId(parent) if any(parent) else None

    def consented(self, record: RecordId, subject: Subject, number: int, *, at: BlockRef) -> bool:
        """Whether the issuer consented to an offer or a pledge."""
        (consented,) = self._read(at, "consented", record, subject, number)
        return bool(consented)

    def surrender_count(self, record: RecordId, *, at: BlockRef) -> int:
        """Number of surrenders that were ever made of a record."""
        (count,) = self._read(at, "surrenderCount", record)
        return int(count)

    def newest_surrenders(
        self, record: RecordId, total: int, *, at: BlockRef
    ) -> tuple[Surrender, ...]:
        """The newest of `total` surrenders, NEWEST_SHOWN at most, oldest first."""
        return tuple(self._surrender(record, surrender, at) for surrender in newest(total))

    def _surrender(self, record: RecordId, surrender: int, at: BlockRef) -> Surrender:
        ((holder, units, purpose, state),) = self._read(at, "surrenderOf", record, surrender)
        return Surrender(
            id=surrender,
            holder=member_of(holder),
            units=Units(units),
            purpose=known(Purpose, purpose),
            state=known(SurrenderState, state),
        )


def _time(seconds: int) -> UnixTime | None:
    return UnixTime(seconds) if seconds else None
