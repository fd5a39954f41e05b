"""CMS SignedData (RFC 5652) with the attributes of CAdES-BES (RFC 5126): attached, detached, or over a given hash.

Structures are built with asn1crypto; what was signed elsewhere (certificates, time stamps) goes in as its own bytes.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, cms, core, tsp

from gateway.eds.algorithms import RSA_KEY, SignatureAlgorithm
from gateway.eds.keys import SigningKey

_RSA_ENCRYPTION = "1.2.840.113549.1.1.1"


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed: the bytes, or (with `data` None) only their digest."""

    digest: bytes
    data: bytes | None = None
    attached: bool = False

    @classmethod
    def of(cls, data: bytes, algorithm: SignatureAlgorithm, *, attached: bool) -> Content:
        """Take the digest of `data` with the key's own hash function."""
        return cls(algorithm.digest(data), data, attached)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature with its attributes, before it becomes a message."""

    content: Content
    key: SigningKey
    attributes: cms.CMSAttributes
    value: bytes
    """What a time stamp is taken over."""

    def message(self, timestamp: bytes | None = None) -> cms.ContentInfo:
        """Return the CMS; with a time-stamp token (DER) it is CAdES-T (1.2.840.113549.1.9.16.2.14)."""
        certificate = cms.Certificate.load(self.key.certificate.der)
        issuer_and_serial = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        digest = algos.DigestAlgorithm({"algorithm": self.key.algorithm.digest.oid})
        signer: dict[str, object] = {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(issuer_and_serial)),
            "digest_algorithm": digest,
            "signed_attrs": self.attributes,
            "signature_algorithm": _signature_algorithm(self.key),
            "signature": self.value,
        }
        if timestamp is not None:
            token = cms.ContentInfo.load(timestamp)
            signer["unsigned_attrs"] = [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
        chain = (self.key.certificate, *self.key.chain)
        signed = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [digest],
                "encap_content_info": {"content_type": "data"}
                | ({"content": self.content.data} if self.content.attached else {}),
                "certificates": [cms.CertificateChoices("certificate", cms.Certificate.load(one.der)) for one in chain],
                "signer_infos": [cms.SignerInfo(signer)],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def sign(content: Content, key: SigningKey, at: datetime) -> Signed:
    """Sign the content; `at` becomes the signing-time attribute."""
    attributes = _signed_attributes(content.digest, key, at)
    # RFC 5652 section 5.4: the signature is over the DER of SET OF, whatever tag the attributes carry inside.
    return Signed(content, key, attributes, key.sign(attributes.untag().dump()))


def as_pem(info: cms.ContentInfo) -> str:
    """Return the CMS as the module basics gives it."""
    lines = textwrap.wrap(as_base64(info), 64)
    return "\n".join(["-----BEGIN CMS-----", *lines, "-----END CMS-----", ""])


def as_base64(info: cms.ContentInfo) -> str:
    """Return the CMS as commonUtils gives it."""
    return base64.b64encode(info.dump()).decode()


def _signed_attributes(digest: bytes, key: SigningKey, at: datetime) -> cms.CMSAttributes:
    certificate_digest = hashlib.sha256(key.certificate.der).digest()
    values: list[tuple[str, object]] = [
        ("content_type", "data"),
        ("signing_time", cms.Time("utc_time", core.UTCTime(at.replace(microsecond=0)))),
        ("message_digest", digest),
        # RFC 5035: the hash algorithm of ESSCertIDv2 is SHA-256 by default and then left out.
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [{"cert_hash": certificate_digest}]})),
    ]
    attributes = [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values]
    attributes.sort(key=lambda attribute: attribute.dump())
    return cms.CMSAttributes(attributes)


def _signature_algorithm(key: SigningKey) -> algos.SignedDigestAlgorithm:
    if key.algorithm.key_algorithm == RSA_KEY:
        # RFC 3370 section 3.2: rsaEncryption with NULL, which every verifier knows.
        return algos.SignedDigestAlgorithm({"algorithm": _RSA_ENCRYPTION, "parameters": core.Null()})
    return algos.SignedDigestAlgorithm({"algorithm": key.algorithm.oid})
