from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.codec import SALT_BYTES
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents import (
    DocumentDigest,
    DocumentDigests,
    Opening,
    SealedBundle,
    Statement,
    StatementKind,
    plain_statements,
    seal_documents,
)
from ledger.evidence import EvidenceTemplate, Inclusion, parse_evidence
from ledger.merkle import MerkleTree
from ledger.types import Digest, MemberId
from tests.unit.evidence.ledger_world import DOCUMENT_EVIDENCE

_NAME = st.from_regex(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}", fullmatch=True)
MEDIA_TYPES = st.builds("{}/{}".format, _NAME, _NAME)
MEMBERS = st.from_regex(r"[a-z][a-z0-9]{1,3}:[A-Za-z0-9._-]{1,28}", fullmatch=True).map(MemberId)
SIZES = st.sampled_from([1, 9, 10, MAX_INTEGER]) | st.integers(1, MAX_INTEGER)
DOCUMENTS = st.lists(
    st.builds(DocumentDigest, st.binary(min_size=32, max_size=32).map(Digest), SIZES),
    min_size=1,
    max_size=40,
)


def statements_of(
    documents: list[DocumentDigest], media_type: str, member: MemberId
) -> list[Statement]:
    return [
        Statement(StatementKind.DOCUMENT, document, media_type, member) for document in documents
    ]


def salt_of(sealed: SealedBundle, index: int) -> bytes:
    return sealed.secrets[index * SALT_BYTES : (index + 1) * SALT_BYTES]


@given(DOCUMENTS, MEDIA_TYPES, MEMBERS)
def test_statements_from_the_template_are_those_of_the_model(
    documents: list[DocumentDigest], media_type: str, member: MemberId
) -> None:
    written = plain_statements(DocumentDigests.of(documents), media_type=media_type, member=member)
    expected = statements_of(documents, media_type, member)
    assert list(written) == [statement.canonical for statement in expected]


@given(DOCUMENTS, MEDIA_TYPES, MEMBERS)
def test_the_leaves_of_a_bundle_are_those_of_its_openings(
    documents: list[DocumentDigest], media_type: str, member: MemberId
) -> None:
    sealed = seal_documents(DocumentDigests.of(documents), media_type=media_type, member=member)
    expected = statements_of(documents, media_type, member)
    assert sealed.leaves == b"".join(
        Opening(statement, salt_of(sealed, index)).leaf_hash
        for index, statement in enumerate(expected)
    )


@given(DOCUMENTS, MEDIA_TYPES, st.integers(0, 9), st.integers(0, 9))
def test_files_from_the_template_are_those_of_the_model(
    documents: list[DocumentDigest], media_type: str, before: int, behind: int
) -> None:
    evidence = DOCUMENT_EVIDENCE
    member = evidence.anchor.member
    sealed = seal_documents(DocumentDigests.of(documents), media_type=media_type, member=member)
    tree = MerkleTree(b"b" * 32 * before + sealed.leaves + b"a" * 32 * behind)
    anchor = replace(evidence.anchor, root=tree.root)
    template = EvidenceTemplate(
        media_type=media_type,
        tree_size=tree.size,
        anchor=anchor,
        event=evidence.event,
        header=evidence.header,
    )
    for number, statement in enumerate(statements_of(documents, media_type, member)):
        index, salt = before + number, salt_of(sealed, number)
        expected = replace(
            evidence,
            opening=Opening(statement, salt),
            inclusion=Inclusion(index, tree.size, tree.path(index)),
            anchor=anchor,
        )
        document = documents[number]
        path = b"".join(tree.path(index))
        file = template.fill(document.digest, document.size, salt, index=index, path=path)
        assert file == expected.serialise()
        assert parse_evidence(file, max_bytes=len(file)) == expected
