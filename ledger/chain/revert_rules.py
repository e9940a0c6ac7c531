"""What each custom error of the contracts means, in words for the people who can act on it.

A test proves that no error of the contracts is missing.
"""

from ledger.chain.certificate_rules import CERTIFICATE_RULES
from ledger.chain.forwarder_rules import FORWARDER_RULES
from ledger.chain.invoice_rules import INVOICE_RULES
from ledger.chain.membership_rules import MEMBERSHIP_RULES
from ledger.chain.notary_rules import NOTARY_RULES
from ledger.chain.record_rules import RECORD_RULES
from ledger.chain.rule import Rules

RULES: Rules = {
    **RECORD_RULES,
    **INVOICE_RULES,
    **CERTIFICATE_RULES,
    **NOTARY_RULES,
    **MEMBERSHIP_RULES,
    **FORWARDER_RULES,
}
