"""SignedData as it came (RFC 5652 section 5): DER, PEM or base64 in, slices of the same bytes out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.cms.ber import definite, octets
from gateway.eds.codes import Code
from gateway.eds.der import OCTET_STRING, SEQUENCE, SET, Der, DerError
from gateway.eds.errors import CertificateUnreadable, CmsRefused, EdsError
from gateway.eds.names import Name

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{number}" for number in (3, 4, 5))
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
CERTIFICATE_VALUES, REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.23", "1.2.840.113549.1.9.16.2.24"

MAX_CMS_BYTES = 64 * 1024 * 1024
MAX_SIGNERS = 16
_MAX_CERTIFICATES, _MAX_LISTS, _MAX_ATTRIBUTES, _MAX_VALUES, _MAX_DIGESTS = 64, 32, 64, 16, 32
_VERSIONS, _SIGNER_VERSIONS = range(1, 6), (1, 3)
_SUBJECT_KEY_IDENTIFIER, _FIRST, _SECOND = 0x80, 0xA0, 0xA1
_PEM = re.compile(rb"-----BEGIN (CMS|PKCS7|PKCS #7 SIGNED DATA)-----([A-Za-z0-9+/=\s]+)-----END \1-----")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignerId:
    """How a SignerInfo names its certificate: by issuer and serial number, or by subject key identifier."""

    issuer: Name | None = None
    serial: int | None = None
    ski: bytes | None = None

    def names(self, certificate: Certificate) -> bool:
        """Tell whether the certificate is the one that is named."""
        if self.issuer is None:
            return self.ski is not None and self.ski == certificate.ski
        return self.serial == certificate.serial and self.issuer.same(certificate.issuer)


Attributes = Mapping[str, tuple[Der, ...]]
"""The values of every attribute by its OID; of one that stands twice all the values."""


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One signer's part (section 5.3)."""

    element: Der
    identifier: SignerId
    digest_algorithm: str
    signed: Der | None
    """The signed attributes as they stand, under their implicit tag."""
    signed_attributes: Attributes
    signature_algorithm: str
    value: bytes
    unsigned: Der | None
    unsigned_attributes: Attributes

    @property
    def attributes_der(self) -> bytes | None:
        """What is signed when there are signed attributes: the same bytes under the tag of SET OF (section 5.4)."""
        return None if self.signed is None else bytes((SET,)) + self.signed.raw[1:]


@dataclass(frozen=True, slots=True)
class SignedData:
    """The whole; the elements are kept so that a signer can be added without touching what is there."""

    version: Der
    digest_algorithms: Der
    digests: tuple[str, ...]
    encapsulated: Der
    content_type: str
    content: bytes | None
    """The attached content, or `None` when the signature is detached."""
    certificates_element: Der | None
    certificates: tuple[Certificate, ...]
    lists_element: Der | None
    lists: tuple[Der, ...]
    """CRLs, and other revocation values under their tag (RFC 5652 section 10.2.1)."""
    signers: tuple[SignerInfo, ...]


def read_cms(data: bytes) -> SignedData:
    """Read SignedData in DER, BER of streaming writers, PEM or base64; raises `CmsRefused`.

    No signer at all, or more than sixteen, is refused here.
    """
    return _guarded(lambda: _signed_data(Der.read(binary(data))))


def looks_like_cms(data: bytes) -> bool:
    """Tell whether the bytes are SignedData at all, good or bad, so that a file's kind can be told."""
    try:
        kind = next(iter(Der.read(binary(data)).expect(SEQUENCE)), None)
        return kind is not None and kind.oid() == SIGNED_DATA
    except (EdsError, DerError):
        return False


def binary(data: bytes) -> bytes:
    """Return DER whatever of the accepted forms the CMS has; raises `CmsRefused`."""
    if len(data) > 2 * MAX_CMS_BYTES:
        raise CmsRefused(Code.CMS_UNREADABLE, size=str(len(data)))
    if data[:1] != b"\x30":
        text = data.strip()
        if text.startswith(b"-----"):
            found = _PEM.fullmatch(text)
            text = found[2] if found else b"-"
        try:
            data = base64.b64decode(b"".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise CmsRefused(Code.CMS_UNREADABLE, reason="neither DER, PEM nor base64") from error
    if not data or len(data) > MAX_CMS_BYTES:
        raise CmsRefused(Code.CMS_UNREADABLE, size=str(len(data)))
    return _guarded(lambda: definite(data))


def members(element: Der, most: int, tag: int = SEQUENCE) -> list[Der]:
    """Return the elements inside an element of `tag`, at most so many; raises `DerError`."""
    found = list(islice(element.expect(tag), most + 1))
    if len(found) > most:
        raise DerError("too many elements")
    return found


def _guarded(read: Callable[[], T]) -> T:
    try:
        return read()
    except CertificateUnreadable as error:
        raise CmsRefused(error.code, **error.facts) from error
    except (DerError, ValueError, LookupError) as error:
        raise CmsRefused(Code.CMS_UNREADABLE, reason=str(error)[:200]) from error


def _signed_data(outer: Der) -> SignedData:
    kind, *body = members(outer, 2)
    if kind.oid() != SIGNED_DATA or not body:
        raise CmsRefused(Code.CMS_FORM, content_type=kind.oid())
    version, algorithms, encapsulated, *rest = members(body[0].expect(_FIRST).inner(), 6)
    if version.integer() not in _VERSIONS:
        raise DerError("unknown version")
    certificates = rest.pop(0) if rest and rest[0].tag == _FIRST else None
    lists = rest.pop(0) if rest and rest[0].tag == _SECOND else None
    if len(rest) != 1:
        raise DerError("no set of signers")
    signers = list(islice(rest[0].expect(SET), MAX_SIGNERS + 1))
    if not signers:
        raise CmsRefused(Code.SIGNATURE_MISSING)
    if len(signers) > MAX_SIGNERS:
        raise CmsRefused(Code.SIGNATURES_TOO_MANY, signatures=f"more than {MAX_SIGNERS}")
    content_type, *content = members(encapsulated, 2)
    return SignedData(
        version=version,
        digest_algorithms=algorithms,
        digests=tuple(members(one, 2)[0].oid() for one in members(algorithms, _MAX_DIGESTS, SET)),
        encapsulated=encapsulated,
        content_type=content_type.oid(),
        content=octets(content[0].expect(_FIRST).inner()) if content else None,
        certificates_element=certificates,
        certificates=_certificates(certificates),
        lists_element=lists,
        lists=tuple(members(lists, _MAX_LISTS, _SECOND)) if lists is not None else (),
        signers=tuple(_signer(signer) for signer in signers),
    )


def _certificates(element: Der | None) -> tuple[Certificate, ...]:
    """Read the X.509 certificates; attribute certificates and other kinds (section 10.2.2) are passed over."""
    if element is None:
        return ()
    found = [item for item in members(element, _MAX_CERTIFICATES, _FIRST) if item.tag == SEQUENCE]
    return tuple(dict.fromkeys(read_certificate(item.raw) for item in found))


def _signer(element: Der) -> SignerInfo:
    version, identifier, digest, *rest = members(element, 7)
    if version.integer() not in _SIGNER_VERSIONS:
        raise DerError("unknown version of a signer")
    signed = rest.pop(0) if rest and rest[0].tag == _FIRST else None
    if len(rest) not in {2, 3}:
        raise DerError("bad signer")
    unsigned = rest[2].expect(_SECOND) if len(rest) == 3 else None
    return SignerInfo(
        element=element,
        identifier=_identifier(identifier),
        digest_algorithm=members(digest, 2)[0].oid(),
        signed=signed,
        signed_attributes=_attributes(signed),
        signature_algorithm=members(rest[0], 2)[0].oid(),
        value=rest[1].expect(OCTET_STRING).content,
        unsigned=unsigned,
        unsigned_attributes=_attributes(unsigned),
    )


def _identifier(element: Der) -> SignerId:
    if element.tag == _SUBJECT_KEY_IDENTIFIER:
        return SignerId(ski=element.content)
    issuer, serial = members(element, 2)
    return SignerId(Name.read(issuer), serial.integer())


def _attributes(element: Der | None) -> Attributes:
    found: dict[str, tuple[Der, ...]] = {}
    for attribute in () if element is None else members(element, _MAX_ATTRIBUTES, element.tag):
        kind, values = members(attribute, 2)
        oid = kind.oid()
        found[oid] = (*found.get(oid, ()), *members(values, _MAX_VALUES, SET))
    return found
