"""Every error that Sealbook raises on purpose.

::

    SealbookError
    ├── VerificationError       untrusted bytes are malformed, or say what is not true
    ├── DocumentError           a document cannot be read or is not what it must be
    ├── TransportError          the other side did not answer, or not in its protocol
    │   ├── NodeError           the node answered this one question with an error, or out of form
    │   └── ChainMismatch       the node answers for another chain or other contracts
    ├── ConfigurationError      a setting, key file or deployment is missing or wrong
    └── Refusal                 the request was understood, and the ledger's rules say no
        ├── InvalidRequest      the request contradicts itself or its limits
        ├── Unauthenticated     no valid API key
        ├── Forbidden           this member or this key may not do this
        ├── NotFound            there is no such thing, or not for this member
        └── Conflict            what is asked for contradicts what stands

Bad evidence and failed transport are different branches: the first is a finding, the second is
the lack of one. Messages are written for the person who can act on them; `code` is stable and for
programs.
"""

from typing import ClassVar


class SealbookError(Exception):
    """Root of all errors raised on purpose."""

    code: ClassVar[str] = "error"


class VerificationError(SealbookError):
    """Untrusted bytes are malformed, or say what is not true."""

    code = "verification-failed"


class DocumentError(SealbookError):
    """A document cannot be read, or is not what it must be."""

    code = "document-refused"


class TransportError(SealbookError):
    """The other side did not answer, or not in its protocol. Trying again may help."""

    code = "unreachable"


class NodeError(TransportError):
    """The node answered one question with an error, or out of form. Others may go well."""

    code = "node-error"


class ChainMismatch(TransportError):
    """The node answers for another chain, or the contracts there are not ours. Nothing was sent."""

    code = "chain-mismatch"


class ConfigurationError(SealbookError):
    """A setting, key file or deployment is missing or wrong."""

    code = "configuration"


class Refusal(SealbookError):
    """The request was understood, and the ledger's rules say no.

    `code` tells programs which rule; `details` are the rule's arguments, such as the record that
    already stands.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **details: str | int) -> None:
        super().__init__(message)
        self.rule = code or self.code
        self.details = details


class InvalidRequest(Refusal):
    """The request contradicts itself or its limits."""

    code = "invalid-request"


class Unauthenticated(Refusal):
    """No valid API key came with the request."""

    code = "unauthenticated"


class Forbidden(Refusal):
    """The member or the key may not do this."""

    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing, or not for this member."""

    code = "not-found"


class Conflict(Refusal):
    """What is asked for contradicts what stands."""

    code = "conflict"
