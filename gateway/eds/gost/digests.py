"""The hashes of ГОСТ by whatever code is fastest here; data that would take seconds in pure Python is refused."""

from __future__ import annotations

from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused
from gateway.eds.gost.backends import Hashes, chosen

MAX_SLOW_BYTES = 256 * 1024
"""What is hashed without a C library, in about a second."""


def streebog512(data: bytes) -> bytes:
    """Return the digest of 512 bits (ГОСТ 34.11-2015); raises `AlgorithmRefused` for much data without a C library."""
    return _able(data).streebog512(data)


def streebog256(data: bytes) -> bytes:
    """Return the digest of 256 bits (ГОСТ 34.11-2015); raises `AlgorithmRefused` for much data without a C library."""
    return _able(data).streebog256(data)


def gost34311(data: bytes) -> bytes:
    """Return the digest of ГОСТ 34.311-95; raises `AlgorithmRefused` for much data without a C library."""
    return _able(data).gost34311(data)


def _able(data: bytes) -> Hashes:
    hashes = chosen().hashes
    if len(data) > MAX_SLOW_BYTES and not hashes.fast:
        raise AlgorithmRefused(Code.HASH_TOO_SLOW, size=str(len(data)), limit=str(MAX_SLOW_BYTES))
    return hashes
