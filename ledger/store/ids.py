"""Identifiers of rows: UUIDv7 (RFC 9562), so that new rows go to the end of every index."""

import os
import time
import uuid

_TIME_BITS = 48


def new_id() -> uuid.UUID:
    """A new identifier: milliseconds since 1970, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**_TIME_BITS - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
