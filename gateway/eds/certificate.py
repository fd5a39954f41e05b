"""The profile of a certificate: who holds it, what the key may do, in what role; one frozen value."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from gateway.eds import extensions, names
from gateway.eds.der import BIT_STRING, SEQUENCE, Der, DerError
from gateway.eds.errors import CertificateUnreadable
from gateway.eds.extensions import Extension
from gateway.eds.names import Name
from gateway.eds.roles import KeyPurpose, KeyUsage, Role, purposes_of, roles_among

MAX_CERTIFICATE_BYTES = 64 * 1024
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_EXPLICIT_VERSION, _ISSUER_ID, _SUBJECT_ID, _EXPLICIT_EXTENSIONS = 0xA0, 0x81, 0x82, 0xA3
_OPTIONAL = frozenset({_ISSUER_ID, _SUBJECT_ID, _EXPLICIT_EXTENSIONS})
_MAX_SERIAL_BYTES = 64
"""RFC 5280 section 4.1.2.2 allows 20; readers are told to bear longer ones."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The holder, as the НУЦ writes it; `given_name` of a real certificate holds the patronymic."""

    name: Name
    common_name: str | None
    surname: str | None
    given_name: str | None
    iin: str | None
    bin: str | None
    organisation: str | None
    email: str | None
    country: str | None
    system_oid: str | None

    @property
    def dn(self) -> str:
        """The whole name as RFC 4514 text."""
        return self.name.rfc4514


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate as it came, with its profile read once; equal when the bytes are equal."""

    der: bytes
    sha256: str
    tbs: bytes
    signature_algorithm: str
    signature: bytes
    serial: int
    issuer: Name
    subject: Subject
    not_before: datetime
    not_after: datetime
    key_info: bytes
    key_algorithm: str
    key_bits: bytes
    key_usage: KeyUsage
    extended_usages: frozenset[str]
    purposes: frozenset[KeyPurpose]
    roles: frozenset[Role]
    policies: frozenset[str]
    ski: bytes | None
    aki: bytes | None
    is_authority: bool
    path_length: int | None
    ocsp_urls: tuple[str, ...]
    crl_urls: tuple[str, ...]
    delta_crl_urls: tuple[str, ...]
    issuer_urls: tuple[str, ...]
    extensions: Mapping[str, Extension]
    """Every extension by its OID, as it came."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return f"<Certificate {self.serial_hex} of {self.subject.common_name!r}>"

    @property
    def serial_hex(self) -> str:
        """The serial number as people see it, in upper-case hexadecimal."""
        return f"{self.serial:X}" if self.serial >= 0 else f"-{-self.serial:X}"

    @property
    def issuer_dn(self) -> str:
        """The issuer's name as RFC 4514 text, as X509IssuerName carries it."""
        return self.issuer.rfc4514

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are one name."""
        return self.subject.name.same(self.issuer)

    @property
    def pem(self) -> str:
        """The certificate in PEM."""
        body = base64.encodebytes(self.der).decode().replace("\n", "")
        lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
        return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def read_certificate(data: bytes) -> Certificate:
    """Read one certificate in DER, PEM or bare base64; raises `CertificateUnreadable`."""
    if len(data) > 2 * MAX_CERTIFICATE_BYTES:
        raise CertificateUnreadable(size=str(len(data)))
    if data[:1] == b"\x30":
        return _read_der(data)
    found = _PEM.search(data)
    try:
        return _read_der(base64.b64decode(b"".join((found[1] if found else data).split()), validate=True))
    except binascii.Error as error:
        raise CertificateUnreadable(reason="neither DER, PEM nor base64") from error


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM file, or the one of a DER or base64 file."""
    bodies = _PEM.findall(data)
    return tuple(read_certificate(body) for body in bodies) if bodies else (read_certificate(data),)


@lru_cache(maxsize=4096)
def _read_der(der: bytes) -> Certificate:
    try:
        return _profile(der)
    except (DerError, ValueError, LookupError) as error:
        raise CertificateUnreadable(reason=str(error)) from error


def _profile(der: bytes) -> Certificate:
    tbs, algorithm, signature = Der.read(der).children()
    fields = tbs.children()
    version = 0
    if fields[0].tag == _EXPLICIT_VERSION:
        version, fields = fields[0].inner().integer(), fields[1:]
    serial, inner, issuer, validity, subject, key_info, *optional = fields
    signed_with = algorithm.children()[0].oid()
    if inner.children()[0].oid() != signed_with:
        # RFC 5280 section 4.1.1.2; only the one inside is signed.
        raise DerError("two different algorithms")
    found = _extensions(optional, version)
    not_before, not_after = (time.time() for time in validity.children())
    key_algorithm, key_bits = key_info.children()

    def value(oid: str) -> bytes | None:
        return found[oid].value if oid in found else None

    usage_value = value(extensions.KEY_USAGE)
    usage = extensions.key_usage(usage_value) if usage_value else KeyUsage(0)
    usages_value = value(extensions.EXTENDED_USAGE)
    usages = extensions.oids(usages_value) if usages_value else frozenset[str]()
    constraints_value = value(extensions.BASIC_CONSTRAINTS)
    authority, length = extensions.basic_constraints(constraints_value) if constraints_value else (False, None)
    access_value = value(extensions.AUTHORITY_ACCESS)
    ocsp_urls, issuer_urls = extensions.access_addresses(access_value) if access_value else ((), ())
    points_value = value(extensions.CRL_POINTS)
    freshest_value = value(extensions.FRESHEST_CRL)
    policies_value = value(extensions.POLICIES)
    ski_value = value(extensions.SUBJECT_KEY_IDENTIFIER)
    aki_value = value(extensions.AUTHORITY_KEY_IDENTIFIER)
    return Certificate(
        der=der,
        sha256=hashlib.sha256(der).hexdigest(),
        tbs=tbs.raw,
        signature_algorithm=signed_with,
        signature=signature.bits(),
        serial=_serial(serial),
        issuer=Name.read(issuer),
        subject=_subject(Name.read(subject), value(extensions.ALTERNATIVE_NAME)),
        not_before=not_before,
        not_after=not_after,
        key_info=key_info.expect(SEQUENCE).raw,
        key_algorithm=key_algorithm.children()[0].oid(),
        key_bits=key_bits.expect(BIT_STRING).bits(),
        key_usage=usage,
        extended_usages=usages,
        purposes=purposes_of(usage),
        roles=roles_among(usages),
        policies=extensions.policies(policies_value) if policies_value else frozenset(),
        ski=Der.read(ski_value).content if ski_value else None,
        aki=extensions.authority_key_identifier(aki_value) if aki_value else None,
        is_authority=authority,
        path_length=length,
        ocsp_urls=ocsp_urls,
        crl_urls=extensions.distribution_points(points_value) if points_value else (),
        delta_crl_urls=extensions.distribution_points(freshest_value) if freshest_value else (),
        issuer_urls=issuer_urls,
        extensions=found,
    )


def _extensions(optional: list[Der], version: int) -> dict[str, Extension]:
    """Read what follows the key: unique identifiers, which are looked over, and extensions, each at most once."""
    tags = [field.tag for field in optional]
    if tags != sorted(set(tags)) or not _OPTIONAL.issuperset(tags):
        raise DerError("a field that no certificate has")
    if version not in {0, 1, 2} or (_EXPLICIT_EXTENSIONS in tags and version != 2):
        raise DerError("version does not fit")
    return extensions.read_extensions(optional[-1].inner()) if _EXPLICIT_EXTENSIONS in tags else {}


def _serial(element: Der) -> int:
    if len(element.content) > _MAX_SERIAL_BYTES:
        raise DerError("serial number too long")
    return element.integer()


def _subject(name: Name, alternative: bytes | None) -> Subject:
    # The IIN stands in SERIALNUMBER, the BIN in OU; old certificates of services have the BIN in SERIALNUMBER.
    serials = name.all(names.SERIAL_NUMBER)
    email = name.first(names.EMAIL)
    if email is None and alternative is not None:
        email = extensions.email(alternative)
    return Subject(
        name=name,
        common_name=name.first(names.COMMON_NAME),
        surname=name.first(names.SURNAME),
        given_name=name.first(names.GIVEN_NAME),
        iin=_number(serials, "IIN"),
        bin=_number((*name.all(names.UNIT), *serials), "BIN"),
        organisation=name.first(names.ORGANISATION),
        email=email,
        country=name.first(names.COUNTRY),
        system_oid=name.first(names.USER_ID),
    )


def _number(values: tuple[str, ...], prefix: str) -> str | None:
    """Return the number; `None` when two different ones stand there, for nobody can say whose the key is."""
    found = {match[1] for value in values if (match := re.fullmatch(rf"{prefix}([0-9]{{12}})", value)) is not None}
    return found.pop() if len(found) == 1 else None
