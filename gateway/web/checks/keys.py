"""Keys that come in a request: PKCS#12 opened for the time of one answer, never kept and never written to the log."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, KeyUnreadable
from gateway.eds.keys import MAX_KEY_FILE_BYTES, SigningKey, load_pkcs12
from gateway.eds.pkcs12 import open_pkcs12
from gateway.web.checks.refusals import (
    KEY_ALIAS_NOT_FOUND,
    KEY_INVALID_FORMAT,
    KEY_INVALID_PASSWORD,
    KEY_NOT_BASE64,
    CheckRefused,
)
from gateway.web.checks.requests import SignerRequest

_T = TypeVar("_T")


def open_keys(signers: Sequence[SignerRequest]) -> list[SigningKey]:
    """Open every key; derivations take tens of milliseconds each, so call it in a thread."""
    return _each(signers, open_key)


def open_key(signer: SignerRequest) -> SigningKey:
    """Open one key; raises `CheckRefused` in the words of NCANode."""
    names = _aliases(signer)
    if signer.key_alias and signer.key_alias.lower() not in {name.lower() for name in names}:
        raise CheckRefused(KEY_ALIAS_NOT_FOUND.format(signer.key_alias))
    return _opened(lambda: load_pkcs12(_file(signer), signer.password))


def aliases_of(signers: Sequence[SignerRequest]) -> list[list[str]]:
    """Return the names of the keys of every file; without its password nothing is told of it."""
    return _each(signers, _aliases)


def _aliases(signer: SignerRequest) -> list[str]:
    """Return the names of the keys as Java's key stores tell them: friendlyName, else localKeyId in hexadecimal.

    This is read before any key is opened: our reader bounds the key derivations, which OpenSSL carries out however many
    a file asks for.
    """
    data = _file(signer)
    found = _opened(lambda: open_pkcs12(data, signer.password)).keys
    return [key.name or (key.key_id or b"").hex() for key in found]


def _opened(open_it: Callable[[], _T]) -> _T:
    try:
        return open_it()
    except KeyUnreadable as error:
        wrong = error.code is Code.KEY_PASSWORD_WRONG
        raise CheckRefused.of(error, KEY_INVALID_PASSWORD if wrong else KEY_INVALID_FORMAT) from error
    except EdsError as error:
        raise CheckRefused.of(error, KEY_INVALID_FORMAT) from error


def _each(signers: Sequence[SignerRequest], act: Callable[[SignerRequest], _T]) -> list[_T]:
    """Act on every key; the message says which one failed (`signers[0]: …`)."""
    found = []
    for place, signer in enumerate(signers):
        try:
            found.append(act(signer))
        except CheckRefused as refusal:
            raise refusal.about(f"signers[{place}]") from refusal
    return found


def _file(signer: SignerRequest) -> bytes:
    try:
        data = base64.b64decode("".join(signer.key.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckRefused(KEY_NOT_BASE64) from error
    if len(data) > MAX_KEY_FILE_BYTES:
        raise CheckRefused(KEY_INVALID_FORMAT, details=f"larger than {MAX_KEY_FILE_BYTES} bytes")
    return data
