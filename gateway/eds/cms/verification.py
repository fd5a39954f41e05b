"""The cryptographic check of SignedData (RFC 5652 section 5.6): one value for each signer that is good.

Cryptography only: certificate path, revocation, role and the time stamp's own trust are judged apart.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.eds.algorithms import (
    ALGORITHMS,
    SHA256,
    Algorithms,
    SignatureAlgorithm,
)
from gateway.eds.certificate import Certificate
from gateway.eds.cms.reader import (
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SIGNATURE_TIMESTAMP,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
    Attributes,
    SignedData,
    SignerId,
    SignerInfo,
    members,
    read_cms,
)
from gateway.eds.codes import Code
from gateway.eds.der import OCTET_STRING, SEQUENCE, SET, Der, DerError
from gateway.eds.errors import AlgorithmRefused, SignatureRefused
from gateway.eds.names import Name

_MAX_CANDIDATES, _MAX_IDENTIFIERS, _MAX_TIMESTAMPS = 8, 16, 4
_DIRECTORY_NAME = 0xA4


@dataclass(frozen=True, slots=True)
class CmsSignature:
    """One signature that is cryptographically good; `covered` is the only thing that may be read as signed."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    """The other certificates that came along; they help to find a path and are not trusted."""
    covered: bytes
    signature_method: SignatureAlgorithm
    value: bytes
    """The signature itself, over which time stamps are taken."""
    signing_time: datetime | None
    """What the signer claims; nobody confirms it."""
    names_certificate: bool
    """Whether the signed attributes name the certificate (RFC 5035), as CAdES-BES demands."""
    timestamp_tokens: tuple[bytes, ...]
    """The tokens of signatureTimeStampToken as they came, not checked."""

    @property
    def form(self) -> str:
        """The form by its attributes: CMS, CAdES-BES or CAdES-T."""
        if not self.names_certificate:
            return "CMS"
        return "CAdES-T" if self.timestamp_tokens else "CAdES-BES"


def verify_cms(
    data: bytes,
    *,
    content: bytes | None = None,
    certificates: Iterable[Certificate] = (),
    content_type: str = DATA,
    algorithms: Algorithms = ALGORITHMS,
) -> tuple[CmsSignature, ...]:
    """Check every signer in the order of the file; raises `CmsRefused` or `SignatureRefused` when one of them is bad.

    `content` is what a detached signature is over; of an attached one it must be the same. `certificates` are tried
    when the signer's own is not inside.
    """
    signed = read_cms(data)
    covered = covered_content(signed, content, content_type=content_type)
    return tuple(
        verify_signer(signed, signer, covered, certificates=certificates, algorithms=algorithms)
        for signer in signed.signers
    )


def covered_content(signed: SignedData, content: bytes | None, *, content_type: str = DATA) -> bytes:
    """Return what the signers speak of; raises `SignatureRefused`."""
    # A time stamp or another protocol's token is no signature under a document, whatever certificate made it.
    if signed.content_type != content_type:
        raise SignatureRefused(Code.CMS_FORM, content_type=signed.content_type)
    if signed.content is None:
        if content is None:
            raise SignatureRefused(Code.CONTENT_MISSING)
        return content
    if content is not None and content != signed.content:
        raise SignatureRefused(Code.DIGEST_MISMATCH, reason="the content given is not the content attached")
    return signed.content


def verify_signer(
    signed: SignedData,
    signer: SignerInfo,
    covered: bytes,
    *,
    certificates: Iterable[Certificate] = (),
    algorithms: Algorithms = ALGORITHMS,
) -> CmsSignature:
    """Check one signer over the content; raises `SignatureRefused`."""
    try:
        return _verify(signed, signer, covered, tuple(certificates), algorithms)
    except AlgorithmRefused as error:
        raise SignatureRefused(error.code, **error.facts) from error
    except (DerError, ValueError, LookupError) as error:
        raise SignatureRefused(Code.CMS_FORM, reason=str(error)[:200]) from error


def _verify(
    signed: SignedData,
    signer: SignerInfo,
    covered: bytes,
    given: tuple[Certificate, ...],
    algorithms: Algorithms,
) -> CmsSignature:
    attributes = signer.signed_attributes
    # (1) The algorithms: one that the registry knows, over the digest that the signer names.
    method = _method(signer, algorithms)
    # (2) The certificate that the signer names, and that the signed attributes name when they name one.
    candidates = _candidates(signed, signer.identifier, given)
    fitting = [one for one in candidates if _named_by_attributes(attributes, one, algorithms)]
    if not fitting:
        raise SignatureRefused(Code.KEY_REFERENCE_REFUSED, reason="the signed attributes name another certificate")
    # (3) The signed attributes: their type and digest bind them to the content.
    expected = _expected_digest(signed, attributes) if signer.signed is not None else None
    if expected is None:
        _refuse_attributes_as_content(covered)
    # (4) The signature over them, before the content is hashed.
    data = signer.attributes_der or covered
    keyed = [one for one in fitting if one.key_algorithm == method.key_algorithm]
    if not keyed:
        raise SignatureRefused(Code.ALGORITHM_MISMATCH, algorithm=method.oid, key=fitting[0].key_algorithm)
    certificate = next((one for one in keyed if method.verify(one.key_info, signer.value, data)), None)
    if certificate is None:
        raise SignatureRefused(Code.SIGNATURE_BROKEN, certificate=keyed[0].serial_hex)
    # (5) The digest of the content.
    if expected is not None and not hmac.compare_digest(expected, method.digest(covered)):
        raise SignatureRefused(Code.DIGEST_MISMATCH)
    return CmsSignature(
        certificate=certificate,
        chain=tuple(one for one in (*signed.certificates, *given) if one != certificate),
        covered=covered,
        signature_method=method,
        value=signer.value,
        signing_time=_signing_time(attributes),
        names_certificate=bool({SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2} & attributes.keys()),
        timestamp_tokens=_timestamp_tokens(signer.unsigned_attributes),
    )


def _method(signer: SignerInfo, algorithms: Algorithms) -> SignatureAlgorithm:
    named = signer.signature_algorithm
    digest = algorithms.digest(signer.digest_algorithm)
    # The OID of the key may stand there: RFC 3370 section 3.2 for RSA, and a habit of the НУЦ's native SDK for ГОСТ.
    method = algorithms.of_key(named, digest.oid) or algorithms.signature(named)
    if method.digest.oid != digest.oid:
        raise SignatureRefused(Code.ALGORITHM_MISMATCH, algorithm=named, digest=digest.oid)
    return method


def _candidates(signed: SignedData, identifier: SignerId, given: tuple[Certificate, ...]) -> list[Certificate]:
    found = [one for one in dict.fromkeys((*signed.certificates, *given)) if identifier.names(one)]
    if not found:
        serial = f"{identifier.serial:X}"[:80] if identifier.serial is not None else ""
        raise SignatureRefused(Code.SIGNER_CERTIFICATE_UNKNOWN, serial=serial, ski=(identifier.ski or b"").hex()[:80])
    return found[:_MAX_CANDIDATES]


def _single(attributes: Attributes, oid: str) -> Der | None:
    """Return the one value of an attribute that may stand once with one value (RFC 5652 section 11)."""
    values = attributes.get(oid)
    if values is None:
        return None
    if len(values) != 1:
        raise DerError(f"attribute {oid} has {len(values)} values")
    return values[0]


def _expected_digest(signed: SignedData, attributes: Attributes) -> bytes:
    content_type, digest = _single(attributes, CONTENT_TYPE), _single(attributes, MESSAGE_DIGEST)
    if content_type is None or digest is None:
        raise DerError("signed attributes without content type or message digest")
    if content_type.oid() != signed.content_type:
        raise DerError("the signed content type is another one")
    return digest.expect(OCTET_STRING).content


def _refuse_attributes_as_content(covered: bytes) -> None:
    """Refuse content that is somebody's signed attributes: with them taken out a signature would cover them instead."""
    if covered[:1] != bytes((SET,)):
        return
    try:
        kinds = [members(item, 2)[0].oid() for item in members(Der.read(covered), 64, SET)]
    except (DerError, LookupError):
        return
    if MESSAGE_DIGEST in kinds:
        raise DerError("the content is a set of signed attributes")


def _signing_time(attributes: Attributes) -> datetime | None:
    value = _single(attributes, SIGNING_TIME)
    return None if value is None else value.time()


def _timestamp_tokens(attributes: Attributes) -> tuple[bytes, ...]:
    tokens = attributes.get(SIGNATURE_TIMESTAMP, ())
    if len(tokens) > _MAX_TIMESTAMPS:
        raise DerError("too many time stamps")
    return tuple(token.raw for token in tokens)


def _named_by_attributes(attributes: Attributes, certificate: Certificate, algorithms: Algorithms) -> bool:
    """Tell whether signingCertificate and signingCertificateV2, each if present, name this certificate (RFC 5035).

    The SHA-1 of the first version only names a certificate that the signature itself confirms.
    """
    first, second = _single(attributes, SIGNING_CERTIFICATE), _single(attributes, SIGNING_CERTIFICATE_V2)
    if first is not None:
        digest, *rest = members(_first_identifier(first), 2)
        sha1 = hashlib.sha1(certificate.der, usedforsecurity=False).digest()
        if digest.expect(OCTET_STRING).content != sha1 or not _same_issuer(rest, certificate):
            return False
    if second is None:
        return True
    parts = members(_first_identifier(second), 3)
    function = SHA256
    if parts and parts[0].tag == SEQUENCE:
        function = algorithms.digest(members(parts.pop(0), 2)[0].oid())
    digest, *rest = parts
    return digest.expect(OCTET_STRING).content == function(certificate.der) and _same_issuer(rest, certificate)


def _first_identifier(attribute: Der) -> Der:
    identifiers = members(attribute, 2)[0]
    return members(identifiers, _MAX_IDENTIFIERS)[0]


def _same_issuer(rest: list[Der], certificate: Certificate) -> bool:
    if not rest:
        return True
    names, serial = members(rest[0], 2)
    issuers = [Name.read(name.inner()) for name in members(names, 4) if name.tag == _DIRECTORY_NAME]
    return serial.integer() == certificate.serial and all(name.same(certificate.issuer) for name in issuers)
