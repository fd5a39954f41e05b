"""Certificates, lists and OCSP answers written byte by byte, so that any part of them can be made wrong.

Nothing here is shared with the room but the encoder of DER and, for ГОСТ, the keys; the names, numbers and profile are
those of НУЦ's certificates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.eds.der import BIT_STRING, OCTET_STRING, OID, SEQUENCE, SET, Der, encode, encode_integer, encode_oid
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.roles import Role

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)
IIN, OTHER_IIN, BIN, OTHER_BIN = "850101100012", "900101100014", "740140000016", "750140000018"
OCSP_URL, CRL_URL, DELTA_URL = "http://nca.test/ocsp", "http://nca.test/nca.crl", "http://nca.test/nca_d.crl"

SKI, KEY_USAGE, BASIC, NAME_LIMITS = "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.30"
POINTS, POLICIES, AKI, EKU, FRESHEST = "2.5.29.31", "2.5.29.32", "2.5.29.35", "2.5.29.37", "2.5.29.46"
ACCESS, NO_CHECK, KEY_STORE = "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.48.1.5", "1.2.398.3.3.5"
EMAIL_PROTECTION, OCSP_SIGNING = "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.9"
CN, SURNAME, SERIAL, COUNTRY, UNIT = "2.5.4.3", "2.5.4.4", "2.5.4.5", "2.5.4.6", "2.5.4.11"
ORGANISATION, GIVEN = "2.5.4.10", "2.5.4.42"
DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_ENCIPHERMENT, KEY_AGREEMENT = 0x80, 0x40, 0x20, 0x08
CERTIFICATE_SIGN, CRL_SIGN = 0x04, 0x02
NULL, TRUE = b"\x05\x00", b"\x01\x01\xff"
UTF8, PRINTABLE, BMP = 0x0C, 0x13, 0x1E
UNKNOWN_OID = "1.2.398.99.1"

Extension = tuple[bool, bytes]


class Signer(Protocol):
    """A key that signs whatever it is given."""

    algorithm: bytes
    """The AlgorithmIdentifier of its signatures."""

    @property
    def key_info(self) -> bytes:
        """The SubjectPublicKeyInfo."""

    def sign(self, data: bytes) -> bytes:
        """Return the content of the signature's BIT STRING."""


@dataclass(frozen=True)
class RsaSigner:
    """An RSA key with PKCS#1 v1.5 and SHA-256."""

    private: rsa.RSAPrivateKey
    algorithm: bytes = encode(SEQUENCE, encode_oid("1.2.840.113549.1.1.11"), NULL)

    @cached_property
    def key_info(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data: bytes) -> bytes:
        """Sign with SHA-256."""
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class GostSigner:
    """A key of either ГОСТ."""

    private: GostPrivateKey

    @property
    def algorithm(self) -> bytes:  # type: ignore[override]
        """The AlgorithmIdentifier, with a NULL as the real ones have it."""
        oids = {GOST_2015_512.name: "1.2.398.3.10.1.1.2.3.2", GOST_2004.name: "1.2.398.3.10.1.1.1.2"}
        return encode(SEQUENCE, encode_oid(oids[self.private.curve.name]), NULL)

    @property
    def key_info(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return self.private.public_key_info

    def sign(self, data: bytes) -> bytes:
        """Sign: r || s, little-endian."""
        return self.private.sign(data)


FAMILIES: dict[str, Curve | None] = {"rsa": None, "gost-2015": GOST_2015_512, "gost-2004": GOST_2004}


@lru_cache(maxsize=128)
def key(family: str, label: str, bits: int = 2048, exponent: int = 65537) -> Signer:
    """One key a family and label, made once a run."""
    curve = FAMILIES[family]
    if curve is not None:
        return GostSigner(GostPrivateKey.generate(curve))
    return RsaSigner(rsa.generate_private_key(exponent, bits))


def name(*attributes: tuple[str, str | bytes] | tuple[str, str | bytes, int]) -> bytes:
    """Write a distinguished name; a third member is the tag of the string."""
    parts = []
    for oid, value, *tag in attributes:
        kind = tag[0] if tag else (PRINTABLE if oid in {SERIAL, COUNTRY} else UTF8)
        raw = value if isinstance(value, bytes) else value.encode("utf-16-be" if kind == BMP else "utf-8")
        parts.append(encode(SET, encode(SEQUENCE, encode_oid(oid), encode(kind, raw))))
    return encode(SEQUENCE, *parts)


def person(*more: tuple[str, str | bytes], iin: str = f"IIN{IIN}", cn: str = "СЫНАҚОВ СЫНАҚ") -> bytes:
    """Write the name of a person as НУЦ does: the given name holds the patronymic."""
    return name((CN, cn), (SURNAME, "СЫНАҚОВ"), (SERIAL, iin), (COUNTRY, "KZ"), (GIVEN, "СЫНАҚҰЛЫ"), *more)


def utc(when: datetime) -> bytes:
    """Write a UTCTime."""
    return encode(0x17, when.strftime("%y%m%d%H%M%SZ").encode())


def generalized(when: datetime) -> bytes:
    """Write a GeneralizedTime."""
    return encode(0x18, when.strftime("%Y%m%d%H%M%SZ").encode())


def key_id(key_info: bytes) -> bytes:
    """Return SHA-1 of the key's bits."""
    return hashlib.sha1(Der.read(key_info).children()[1].bits(), usedforsecurity=False).digest()


def usage(bits: int) -> Extension:
    """Write a critical keyUsage."""
    return True, encode(BIT_STRING, bytes(((bits & -bits).bit_length() - 1, bits)))


def oid_list(*oids: str) -> Extension:
    """Write a sequence of object identifiers, as extendedKeyUsage is."""
    return False, encode(SEQUENCE, *map(encode_oid, oids))


def policies(*oids: str) -> Extension:
    """Write certificatePolicies."""
    return False, encode(SEQUENCE, *(encode(SEQUENCE, encode_oid(oid)) for oid in oids))


def constraints(*, authority: bool, length: int | None = None) -> Extension:
    """Write a critical basicConstraints."""
    parts = (TRUE if authority else b"", b"" if length is None else encode_integer(length))
    return True, encode(SEQUENCE, *parts)


def points(*urls: str) -> Extension:
    """Write cRLDistributionPoints, one point an address."""
    written = (encode(SEQUENCE, encode(0xA0, encode(0xA0, encode(0x86, url.encode())))) for url in urls)
    return False, encode(SEQUENCE, *written)


def access(*urls: str) -> Extension:
    """Write authorityInfoAccess with responders."""
    method = encode_oid("1.3.6.1.5.5.7.48.1")
    return False, encode(SEQUENCE, *(encode(SEQUENCE, method, encode(0x86, url.encode())) for url in urls))


def extension_list(extensions: Iterable[tuple[str, Extension]]) -> bytes:
    """Write a sequence of extensions; the same one may come twice."""
    return encode(
        SEQUENCE,
        *(
            encode(SEQUENCE, encode_oid(oid), TRUE if critical else b"", encode(OCTET_STRING, value))
            for oid, (critical, value) in extensions
        ),
    )


@dataclass(frozen=True)
class Form:
    """The parts of a certificate, each in its bytes."""

    issuer: bytes
    subject: bytes
    key_info: bytes
    extensions: Mapping[str, Extension]
    version: bytes = b"\xa0\x03\x02\x01\x02"
    serial: bytes = b"\x02\x14" + bytes.fromhex("4a" * 20)
    not_before: bytes = utc(NOW - 30 * DAY)
    not_after: bytes = utc(NOW + 335 * DAY)
    inner: bytes | None = None
    outer: bytes | None = None
    repeated: tuple[tuple[str, Extension], ...] = ()
    optional: bytes = b""
    signature: bytes | None = None
    unused_bits: bytes = b"\x00"

    def written(self, signer: Signer) -> bytes:
        """Return the certificate, signed."""
        inner = self.inner or signer.algorithm
        fields = [self.version, self.serial, inner, self.issuer, encode(SEQUENCE, self.not_before, self.not_after)]
        fields += [self.subject, self.key_info, self.optional]
        if self.extensions:
            fields.append(encode(0xA3, extension_list((*self.extensions.items(), *self.repeated))))
        tbs = encode(SEQUENCE, *fields)
        signature = signer.sign(tbs) if self.signature is None else self.signature
        return encode(SEQUENCE, tbs, self.outer or inner, encode(BIT_STRING, self.unused_bits, signature))


@dataclass(frozen=True)
class Authority:
    """An issuer: its name, its key and its certificate."""

    name: bytes
    signer: Signer
    certificate: bytes = b""

    def certifies(self, **changes: object) -> bytes:
        """Issue a certificate of a person's profile with some parts changed.

        `extensions` lays single extensions over the profile's, `without` leaves some out.
        """
        extensions: dict[str, Extension] = {
            AKI: (False, encode(SEQUENCE, encode(0x80, key_id(self.signer.key_info)))),
            KEY_USAGE: usage(DIGITAL_SIGNATURE | NON_REPUDIATION),
            EKU: oid_list(EMAIL_PROTECTION, Role.INDIVIDUAL),
            POLICIES: policies("1.2.398.3.3.2"),
            POINTS: points(CRL_URL),
            ACCESS: access(OCSP_URL),
        }
        extensions |= changes.pop("extensions", {})  # type: ignore[arg-type]
        left_out = tuple(changes.pop("without", ()))  # type: ignore[call-overload]
        signer: Signer = changes.pop("signer", self.signer)  # type: ignore[assignment]
        parts: dict[str, object] = {
            "issuer": self.name,
            "subject": person(),
            "key_info": key("rsa", "person").key_info,
        } | changes
        extensions.setdefault(SKI, (False, encode(OCTET_STRING, key_id(bytes(parts["key_info"])))))  # type: ignore[call-overload]
        kept = {oid: value for oid, value in extensions.items() if oid not in left_out}
        return Form(extensions=kept, **parts).written(signer)  # type: ignore[arg-type]

    def establishes(self, subject: bytes, signer: Signer, *, length: int | None = None, **changes: object) -> Authority:
        """Issue the certificate of an authority below this one."""
        extensions: dict[str, Extension] = {
            KEY_USAGE: usage(CERTIFICATE_SIGN | CRL_SIGN),
            BASIC: constraints(authority=True, length=length),
        }
        extensions |= changes.pop("extensions", {})  # type: ignore[arg-type]
        left_out = (EKU, POLICIES, ACCESS, *changes.pop("without", ()))  # type: ignore[misc]
        listed: Extension | None = changes.pop("points", None)  # type: ignore[assignment]
        certificate = self.certifies(
            subject=subject,
            key_info=changes.pop("key_info", signer.key_info),
            extensions=extensions if listed is None else extensions | {POINTS: listed},
            without=(*left_out, *((POINTS,) if listed is None else ())),
            **({"not_before": utc(NOW - 900 * DAY), "not_after": utc(NOW + 3000 * DAY)} | changes),
        )
        return Authority(subject, signer, certificate)


@dataclass(frozen=True)
class Land:
    """One hierarchy: a root, the authority that issues, and one that the operator does not know."""

    family: str
    root: Authority = field(init=False)
    nca: Authority = field(init=False)

    def __post_init__(self) -> None:
        subject = name((CN, "НЕГІЗГІ СЫНАҚ ОРТАЛЫҒЫ"), (COUNTRY, "KZ"))
        blank = Authority(subject, self.key("root"))
        object.__setattr__(self, "root", blank.establishes(subject, blank.signer))
        below = self.root.establishes(
            name((CN, "ҰЛТТЫҚ СЫНАҚ ОРТАЛЫҒЫ"), (COUNTRY, "KZ")), self.key("nca"), length=0, serial=encode_integer(77)
        )
        object.__setattr__(self, "nca", below)

    def key(self, label: str) -> Signer:
        """Return a key of the family."""
        return key(self.family, label)

    def person(self, **changes: object) -> bytes:
        """Issue a person's certificate, by default without any defect."""
        return self.nca.certifies(**({"key_info": self.key("person").key_info} | changes))

    def stranger(self) -> Authority:
        """Return a root that nobody trusts, with the names of the real one."""
        blank = Authority(self.root.name, self.key("stranger"))
        return blank.establishes(self.root.name, blank.signer)


def raw_oid(content: bytes) -> bytes:
    """Write an object identifier from its content, right or wrong."""
    return encode(OID, content)
