"""PKCS#12 files (RFC 7292) with keys that `cryptography` does not know: read whole, and written for ГОСТ keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.eds import pbe
from gateway.eds.cms.ber import definite, octets
from gateway.eds.codes import Code
from gateway.eds.der import NULL, OCTET_STRING, SEQUENCE, SET, Der, DerError, encode, encode_integer, encode_oid
from gateway.eds.errors import KeyUnreadable
from gateway.eds.gost.keys import GostPrivateKey, is_gost_key
from gateway.eds.pbe import ITERATIONS, Password, pkcs12_key

MAX_BYTES = 256 * 1024
_MAX_BAGS = 64
_FIRST, _FIRST_PRIMITIVE = 0xA0, 0x80
_BMP_STRING = 0x1E
_PASSWORD_LENGTH = 1024

_DATA, _ENCRYPTED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
_BAG = "1.2.840.113549.1.12.10.1."
_KEY_BAG, _SHROUDED_KEY_BAG, _CERTIFICATE_BAG = _BAG + "1", _BAG + "2", _BAG + "3"
_X509 = "1.2.840.113549.1.9.22.1"
_FRIENDLY_NAME, _LOCAL_KEY_ID = "1.2.840.113549.1.9.20", "1.2.840.113549.1.9.21"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_MAC_HASHES = {
    "1.3.14.3.2.26": "sha1",
    _SHA256: "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True, slots=True)
class Bag:
    """A key (PrivateKeyInfo) or a certificate (DER) with the attributes that tie them."""

    content: bytes
    name: str | None
    key_id: bytes | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds, in its order."""

    keys: tuple[Bag, ...]
    certificates: tuple[Bag, ...]


def open_pkcs12(data: bytes, password: str) -> Opened:
    """Open a file, its MAC checked before anything is decrypted; raises `KeyUnreadable`.

    Takes as long as the file's key derivations do, 3,000,000 iterations at most.
    """
    if len(data) > MAX_BYTES or len(password) > _PASSWORD_LENGTH:
        raise KeyUnreadable(Code.KEY_UNREADABLE, size=str(len(data)))
    try:
        return _read(data, Password(password))
    except (DerError, ValueError, LookupError) as error:
        raise KeyUnreadable(Code.KEY_UNREADABLE, reason=str(error)[:200]) from error


def read_pkcs12(data: bytes, password: str) -> GostPrivateKey:
    """Return the first ГОСТ key of a file; raises `KeyUnreadable`."""
    for bag in open_pkcs12(data, password).keys:
        if is_gost_key(bag.content):
            return GostPrivateKey.from_pkcs8(bag.content)
    raise KeyUnreadable(Code.KEY_UNREADABLE, reason="the file holds no GOST key")


def _read(data: bytes, password: Password) -> Opened:
    version, content, *mac = Der.read(definite(data)).children()
    if version.integer() != 3 or len(mac) != 1:
        raise DerError("no PKCS#12 file with a password")
    safe = _content(content, _DATA)
    _check_mac(mac[0], safe, password)
    keys: list[Bag] = []
    certificates: list[Bag] = []
    for bag in _bags(safe, password):
        kind, value, *attributes = bag.children()
        name, key_id = _attributes(attributes)
        found = value.expect(_FIRST).inner()
        if kind.oid() == _KEY_BAG:
            keys.append(Bag(found.raw, name, key_id))
        elif kind.oid() == _SHROUDED_KEY_BAG:
            identifier, encrypted = found.children()
            keys.append(Bag(pbe.decrypt(identifier, octets(encrypted), password), name, key_id))
        elif kind.oid() == _CERTIFICATE_BAG:
            certificate_kind, certificate = found.children()
            if certificate_kind.oid() == _X509:
                certificates.append(Bag(octets(certificate.expect(_FIRST).inner()), name, key_id))
    return Opened(tuple(keys), tuple(certificates))


def _content(info: Der, kind: str) -> bytes:
    """Return the octets inside a ContentInfo of type data."""
    found, content = info.children()
    if found.oid() != kind:
        raise DerError("an unexpected kind of content")
    return octets(content.expect(_FIRST).inner())


def _check_mac(mac: Der, safe: bytes, password: Password) -> None:
    info, salt, *count = mac.children()
    identifier, expected = info.children()
    hash_name = _MAC_HASHES.get(identifier.children()[0].oid())
    if hash_name is None:
        raise DerError("unknown hash of the MAC")
    iterations = password.pay(count[0].integer() if count else 1)
    size = hashlib.new(hash_name, usedforsecurity=False).digest_size
    salted = octets(salt)
    if len(salted) > pbe.MAX_SALT:
        raise DerError("bad salt")
    key = pkcs12_key(hash_name, password.text, salted, pbe.MAC, iterations, size)
    if not hmac.compare_digest(hmac.digest(key, safe, hash_name), octets(expected)):
        raise KeyUnreadable(Code.KEY_PASSWORD_WRONG)


def _bags(safe: bytes, password: Password) -> Iterator[Der]:
    seen = 0
    for info in Der.read(definite(safe)).children():
        kind, content = info.children()
        if kind.oid() == _DATA:
            contents = octets(content.expect(_FIRST).inner())
        elif kind.oid() == _ENCRYPTED_DATA:
            _, encrypted = content.expect(_FIRST).inner().children()
            _, identifier, text = encrypted.children()
            contents = pbe.decrypt(identifier, _implicit(text), password)
        else:
            raise DerError("contents encrypted for a certificate")
        for bag in Der.read(definite(contents)).children():
            seen += 1
            if seen > _MAX_BAGS:
                raise DerError("too many bags")
            yield bag


def _implicit(text: Der) -> bytes:
    """Return the octets of an implicitly tagged OCTET STRING, in one part or several."""
    if text.tag == _FIRST_PRIMITIVE:
        return text.content
    return b"".join(octets(part) for part in text.expect(_FIRST))


def _attributes(sets: Sequence[Der]) -> tuple[str | None, bytes | None]:
    name, key_id = None, None
    for attribute in (one for found in sets for one in found.children(SET)):
        kind, values = attribute.children()
        if kind.oid() == _FRIENDLY_NAME:
            name = values.expect(SET).inner().text()
        elif kind.oid() == _LOCAL_KEY_ID:
            key_id = octets(values.expect(SET).inner())
    return name, key_id


def write_pkcs12(
    *,
    name: str,
    key: GostPrivateKey,
    certificate: bytes,
    chain: Sequence[bytes],
    password: str,
    iterations: int = ITERATIONS,
) -> bytes:
    """Write a key with its certificate and those above it (DER): PBES2 with AES-256, a MAC of HMAC-SHA-256.

    `iterations` of each derivation may be fewer than usual where the password is no secret.
    """
    key_id = hashlib.sha1(certificate, usedforsecurity=False).digest()
    attributes = encode(
        SET,
        _attribute(_FRIENDLY_NAME, encode(_BMP_STRING, name.encode("utf-16-be"))),
        _attribute(_LOCAL_KEY_ID, encode(OCTET_STRING, key_id)),
    )
    identifier, encrypted = pbe.encrypt(key.to_pkcs8(), password, iterations=iterations)
    shrouded = encode(SEQUENCE, identifier, encode(OCTET_STRING, encrypted))
    keys = encode(SEQUENCE, _bag(_SHROUDED_KEY_BAG, shrouded, attributes))
    certificates = encode(
        SEQUENCE,
        _certificate_bag(certificate, attributes),
        *(_certificate_bag(one, b"") for one in chain),
    )
    identifier, encrypted = pbe.encrypt(certificates, password, iterations=iterations)
    inner = encode(SEQUENCE, encode_oid(_DATA), identifier, encode(_FIRST_PRIMITIVE, encrypted))
    hidden = encode(SEQUENCE, encode_integer(0), inner)
    safe = encode(
        SEQUENCE,
        encode(SEQUENCE, encode_oid(_ENCRYPTED_DATA), encode(_FIRST, hidden)),
        encode(SEQUENCE, encode_oid(_DATA), encode(_FIRST, encode(OCTET_STRING, keys))),
    )
    salt = secrets.token_bytes(16)
    mac_key = pkcs12_key("sha256", password, salt, pbe.MAC, iterations, 32)
    hashed = encode(SEQUENCE, encode_oid(_SHA256), encode(NULL))
    mac = encode(
        SEQUENCE,
        encode(SEQUENCE, hashed, encode(OCTET_STRING, hmac.digest(mac_key, safe, "sha256"))),
        encode(OCTET_STRING, salt),
        encode_integer(iterations),
    )
    content = encode(SEQUENCE, encode_oid(_DATA), encode(_FIRST, encode(OCTET_STRING, safe)))
    return encode(SEQUENCE, encode_integer(3), content, mac)


def _attribute(kind: str, value: bytes) -> bytes:
    return encode(SEQUENCE, encode_oid(kind), encode(SET, value))


def _bag(kind: str, value: bytes, attributes: bytes) -> bytes:
    return encode(SEQUENCE, encode_oid(kind), encode(_FIRST, value), attributes)


def _certificate_bag(certificate: bytes, attributes: bytes) -> bytes:
    value = encode(SEQUENCE, encode_oid(_X509), encode(_FIRST, encode(OCTET_STRING, certificate)))
    return _bag(_CERTIFICATE_BAG, value, attributes)
