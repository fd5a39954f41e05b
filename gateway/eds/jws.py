"""Signed tokens in the compact form of RFC 7515, RS256 and nothing else; whoever reads one names the key it must hold.

The header decides nothing: no other algorithm, no key, no address out of it is ever used, and `none` is no algorithm.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from gateway.eds.algorithms import RSA_SHA256
from gateway.eds.errors import EdsError
from gateway.eds.keys import SigningKey
from gateway.strict_json import once_each

LONGEST_TOKEN = 8 * 1024
_FORM = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_HEADER = frozenset({"alg", "typ", "kid"})
_LATEST = 253_402_300_799  # the last second of the year 9999, which a datetime still holds


class TokenRefused(ValueError):
    """What came is no token that the key has signed; says why."""


def write_token(claims: Mapping[str, Any], key: SigningKey) -> str:
    """Return the signed token; raises `ValueError` for a key that is not of RSA."""
    if key.algorithm.oid != RSA_SHA256.oid:
        raise ValueError(f"a token is signed by RSA with SHA-256, not by {key.algorithm.name}")
    signed = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(dict(claims))}"
    return f"{signed}.{_base64url(key.sign(signed.encode('ascii')))}"


def read_token(token: str, key_info: bytes) -> dict[str, Any]:
    """Return the claims of a token that the key with this SubjectPublicKeyInfo has signed; raises `TokenRefused`.

    Whether it is still good is for the reader to judge, by its own clock: `seconds` reads the claims that say when.
    """
    found = _FORM.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise TokenRefused("no compact token")
    # (1) Only the one algorithm, and no extension that would have to be understood (RFC 7515, 4.1.11).
    header = _decoded(found[1])
    if header.get("alg") != "RS256" or not header.keys() <= _HEADER:
        raise TokenRefused("the header asks for something else than RS256")
    # (2) The signature holds over the bytes that came, before anything in them is read.
    try:
        holds = RSA_SHA256.verify(key_info, _bytes(found[3]), f"{found[1]}.{found[2]}".encode("ascii"))
    except EdsError as error:
        raise TokenRefused(f"the key is not fit: {error.code.value}") from error
    if not holds:
        raise TokenRefused("the signature is of another key")
    # (3) The claims.
    return _decoded(found[2])


def seconds(claims: Mapping[str, Any], name: str) -> int:
    """Return a moment among the claims, in whole seconds since 1970; raises `TokenRefused`."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST:
        raise TokenRefused(f"{name} is no moment")
    return value


def _encoded(part: dict[str, Any]) -> str:
    return _base64url(json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _bytes(part: str) -> bytes:
    try:
        content = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("no base64url") from error
    if _base64url(content) != part:
        raise TokenRefused("base64url that is written in two ways")
    return content


def _decoded(part: str) -> dict[str, Any]:
    try:
        read = json.loads(_bytes(part).decode("utf-8"), object_pairs_hook=once_each)
    except (ValueError, RecursionError) as error:
        raise TokenRefused("no JSON") from error
    if not isinstance(read, dict):
        raise TokenRefused("no JSON object")
    return read
