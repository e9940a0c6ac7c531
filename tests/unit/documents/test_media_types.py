import pytest

from ledger.documents import parse_media_type


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("application/pdf", "application/pdf"),
        ("Text/XML; charset=utf-8", "text/xml"),
        ("image/svg+xml", "image/svg+xml"),
        (" application/vnd.ms-excel ;x=y", "application/vnd.ms-excel"),
    ],
)
def test_type_and_subtype_are_kept_in_lower_case(text: str, media_type: str) -> None:
    assert parse_media_type(text) == media_type


@pytest.mark.parametrize(
    "text",
    ["", "pdf", "application/", "/pdf", "a/b/c", "a b/c", "a/b c", "é/a", "*/*", "a/" + "b" * 64],
)
def test_other_texts_are_no_media_type(text: str) -> None:
    with pytest.raises(ValueError, match="is not a media type such as application/pdf"):
        parse_media_type(text)
