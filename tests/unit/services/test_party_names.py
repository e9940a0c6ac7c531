import pytest

from ledger.invoices import Party
from ledger.invoices.party_ids import parse_party_id
from ledger.services.party_names import Agreement, agreement
from ledger.types import parse_member_id

LEI = "lei:5493001KJTIIGC8Y1R12"
OTHER_LEI = "lei:529900T8BM49AURSDO55"


def party(*identifiers: str, country: str = "DE") -> Party:
    return Party("Somebody", tuple(map(parse_party_id, identifiers)), country)


@pytest.mark.parametrize(
    ("member", "identifiers", "expected"),
    [
        ("vat:DE123456789", ("vat:DE 123 456 789",), Agreement.SAME),
        ("vat:DE123456789", ("vat:DE987654321",), Agreement.OTHER),
        ("vat:FR11999999998", ("vat:DE123456789",), Agreement.OTHER),
        ("vat:FR11999999998", ("0002:999999998",), Agreement.SAME),
        ("vat:FR11999999998", ("0002:123456789",), Agreement.OTHER),
        ("vat:DE123456789", ("vat:DE987654321", "vat:DE123456789"), Agreement.SAME),
        ("vat:DE123456789", (LEI, "id:17", "endpoint:9930:DE1"), Agreement.UNKNOWN),
        ("vat:DE123456789", (), Agreement.UNKNOWN),
        (LEI, (LEI, "vat:DE123456789"), Agreement.SAME),
        (LEI, (OTHER_LEI, "vat:DE123456789"), Agreement.OTHER),
        (LEI, ("vat:DE123456789",), Agreement.UNKNOWN),
        ("lei:NOTREALLYANLEI000001", (LEI,), Agreement.UNKNOWN),
        ("siren:999999998", ("vat:DE123456789",), Agreement.UNKNOWN),
        ("siren:999999998", ("vat:FR11999999998",), Agreement.SAME),
        ("uscc:91350100M000100Y43", ("vat:CN91350100M000100Y43",), Agreement.SAME),
        ("uscc:91350100M000100Y43", ("uscc:91110000802100433B",), Agreement.OTHER),
        ("org:somebody", ("vat:DE123456789", LEI), Agreement.UNKNOWN),
        ("org:17", ("id:18",), Agreement.UNKNOWN),
    ],
)
def test_a_name_is_compared_with_identifiers_of_its_own_register_only(
    member: str, identifiers: tuple[str, ...], expected: Agreement
) -> None:
    assert agreement(parse_member_id(member), party(*identifiers)) is expected
