"""What a rule for a contract's custom error is."""

from collections.abc import Mapping

from ledger.errors import Refusal

Rule = tuple[type[Refusal], str, str]
"""The kind of refusal, a stable code for programs, and a sentence that tells people what to do,
with the error's arguments by their names in snake case."""

Rules = Mapping[str, Rule]
"""Rules by the names of the errors."""
