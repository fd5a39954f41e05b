"""CMS and time stamps put together piece by piece, right or wrong as a test needs them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.cms import reader
from gateway.eds.der import (
    BIT_STRING,
    GENERALIZED_TIME,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTC_TIME,
    Der,
    encode,
    encode_integer,
    encode_oid,
)
from gateway.eds.gost.curves import Curve
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import SigningKey, SoftwareKey, signing_key
from gateway.eds.timestamps import TST_INFO
from tests.unit.eds import pki

DATA = "Өтініш\n".encode()
TSA_POLICY = "1.2.398.3.3.2.6.4"


def algorithm(oid: str) -> bytes:
    return encode(SEQUENCE, encode_oid(oid), encode(NULL))


def octets(value: bytes) -> bytes:
    return encode(OCTET_STRING, value)


def attribute(oid: str, *values: bytes) -> bytes:
    return encode(SEQUENCE, encode_oid(oid), encode(SET, *values))


def ess_v1(certificate: Certificate) -> bytes:
    digest = hashlib.sha1(certificate.der, usedforsecurity=False).digest()
    return attribute(reader.SIGNING_CERTIFICATE, encode(SEQUENCE, encode(SEQUENCE, encode(SEQUENCE, octets(digest)))))


def ess_v2(certificate: Certificate, *, function: str = "sha256", issuer: Certificate | None = None) -> bytes:
    """signingCertificateV2; with `issuer` the name and serial of that certificate go in as well."""
    oids = {"sha256": b"", "sha512": algorithm("2.16.840.1.101.3.4.2.3"), "sha1": algorithm("1.3.14.3.2.26")}
    named = b""
    if issuer is not None:
        names = encode(SEQUENCE, encode(0xA4, issuer.issuer.der))
        named = encode(SEQUENCE, names, encode_integer(issuer.serial))
    digest = hashlib.new(function, certificate.der).digest()
    identifier = encode(SEQUENCE, oids[function], octets(digest), named)
    return attribute(reader.SIGNING_CERTIFICATE_V2, encode(SEQUENCE, encode(SEQUENCE, identifier)))


@dataclass
class Signer:
    """A SignerInfo whose every part can be replaced."""

    key: SigningKey
    content: bytes = DATA
    content_type: str = reader.DATA
    attributes: list[bytes] | None = None
    """`None` for the usual ones."""
    bare: bool = False
    """No signed attributes at all."""
    digest_oid: str = ""
    signature_oid: str = ""
    by_ski: bool = False
    version: int = 1
    unsigned: list[bytes] = field(default_factory=list)
    change: Callable[[bytes], bytes] = bytes

    @property
    def usual(self) -> dict[str, bytes]:
        return {
            "content_type": attribute(reader.CONTENT_TYPE, encode_oid(self.content_type)),
            "signing_time": attribute(reader.SIGNING_TIME, encode(UTC_TIME, b"260302050000Z")),
            "message_digest": attribute(reader.MESSAGE_DIGEST, octets(self.key.algorithm.digest(self.content))),
        }

    @property
    def der(self) -> bytes:
        certificate, method = self.key.certificate, self.key.algorithm
        attributes = list(self.usual.values()) if self.attributes is None else self.attributes
        value = self.change(self.key.sign(self.content if self.bare else encode(SET, *attributes)))
        identifier = encode(SEQUENCE, certificate.issuer.der, encode_integer(certificate.serial))
        if self.by_ski:
            assert certificate.ski
            identifier = encode(0x80, certificate.ski)
        return encode(
            SEQUENCE,
            encode_integer(self.version),
            identifier,
            algorithm(self.digest_oid or method.digest.oid),
            b"" if self.bare else encode(0xA0, *attributes),
            algorithm(self.signature_oid or method.oid),
            octets(value),
            encode(0xA1, *self.unsigned) if self.unsigned else b"",
        )


def message(
    *signers: Signer | bytes,
    content: bytes | None = DATA,
    content_type: str = reader.DATA,
    certificates: list[Certificate] | None = None,
    lists: list[bytes] | None = None,
    version: int = 1,
) -> bytes:
    """SignedData around the signers; their own certificates go in unless others are given."""
    if certificates is None:
        certificates = [one.key.certificate for one in signers if isinstance(one, Signer)]
    return encode(
        SEQUENCE,
        encode_oid(reader.SIGNED_DATA),
        encode(
            0xA0,
            encode(
                SEQUENCE,
                encode_integer(version),
                encode(SET, algorithm("2.16.840.1.101.3.4.2.1")),
                encode(SEQUENCE, encode_oid(content_type), b"" if content is None else encode(0xA0, octets(content))),
                encode(0xA0, *(one.der for one in certificates)) if certificates else b"",
                encode(0xA1, *lists) if lists else b"",
                encode(SET, *(one.der if isinstance(one, Signer) else one for one in signers)),
            ),
        ),
    )


def tsa(nca: pki.Authority, label: str = "tsa", *, kind: str = "p256", **options: object) -> SoftwareKey:
    """A time-stamping authority; its extended usage is critical and alone unless asked otherwise."""
    oids = options.pop("usages", [ExtendedKeyUsageOID.TIME_STAMPING])
    critical = bool(options.pop("critical", True))
    extra = ((x509.ExtendedKeyUsage(oids), critical),) if oids else ()  # type: ignore[arg-type]
    key = pki.private_key(kind, label)
    defaults: dict[str, object] = {"roles": (), "extended": (), "extra": extra}
    certificate = nca.issue(pki.name(cn="УАҚЫТ БЕЛГІСІ", c="KZ"), key, **(defaults | options))  # type: ignore[arg-type]
    return signing_key(key, certificate)


def gost_person(nca: pki.Authority, curve: Curve, label: str = "gost", **options: object) -> SoftwareKey:
    """A person's ГОСТ key; the certificate is one of an ECDSA key with the public key put in another's place."""
    private = gost_key(curve, label)
    template = nca.person(f"{label} template", **options).certificate
    parts = [part.raw for part in Der.read(template.tbs).children()]
    parts[parts.index(template.key_info)] = private.public_key_info
    tbs = encode(SEQUENCE, *parts)
    assert isinstance(nca.key, ec.EllipticCurvePrivateKey)
    signature = nca.key.sign(tbs, ec.ECDSA(nca.hash))
    _, identifier, _ = Der.read(template.der).children()
    certificate = encode(SEQUENCE, tbs, identifier.raw, encode(BIT_STRING, b"\x00", signature))
    return signing_key(private, read_certificate(certificate))


@lru_cache(maxsize=16)
def gost_key(curve: Curve, label: str) -> GostPrivateKey:
    return GostPrivateKey.generate(curve)


def tst_info(
    stamped: bytes,
    key: SigningKey,
    *,
    moment: datetime = pki.NOW,
    nonce: int | None = None,
    serial: int = -5,
    policy: str = TSA_POLICY,
    digest_oid: str = "",
    hashed: bytes | None = None,
    version: int = 1,
    more: bytes = b"",
) -> bytes:
    digest = key.algorithm.digest
    imprint = encode(
        SEQUENCE, algorithm(digest_oid or digest.oid), octets(digest(stamped) if hashed is None else hashed)
    )
    return encode(
        SEQUENCE,
        encode_integer(version),
        encode_oid(policy),
        imprint,
        encode_integer(serial),
        encode(GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode()),
        b"" if nonce is None else encode_integer(nonce),
        more,
    )


def token(
    stamped: bytes,
    key: SigningKey,
    *,
    named: bool = True,
    content_type: str = TST_INFO,
    embed: bool = True,
    signers: int = 1,
    **options: object,
) -> bytes:
    """A token over `stamped`, with the SHA-1 ESSCertID that the real authority writes."""
    content = tst_info(stamped, key, **options)  # type: ignore[arg-type]
    signer = Signer(key, content, content_type)
    signer.attributes = [*signer.usual.values(), *([ess_v1(key.certificate)] if named else [])]
    return message(
        *[signer] * signers,
        content=content,
        content_type=content_type,
        certificates=[key.certificate] if embed else [],
        version=3,
    )


def responder(key: SigningKey, **options: object) -> Callable[[bytes], bytes]:
    """A time-stamping service: answers every request with a token over its imprint and nonce."""

    def answer(request: bytes) -> bytes:
        _, imprint, *rest = Der.read(request).children()
        algorithm_of, hashed = imprint.children()
        nonce = next((part.integer() for part in rest if part.tag == 0x02), None)
        given: dict[str, object] = {
            "nonce": nonce,
            "hashed": hashed.content,
            "digest_oid": algorithm_of.children()[0].oid(),
        }
        return granted(token(b"", key, **(given | options)))  # type: ignore[arg-type]

    return answer


def granted(der: bytes, status: int = 0) -> bytes:
    return encode(SEQUENCE, encode(SEQUENCE, encode_integer(status)), der)


def stamped(data: bytes, key: SigningKey, *, moment: datetime = pki.NOW - timedelta(hours=1), signer: int = 0) -> bytes:
    """A CMS with a time stamp over one of its signers."""
    from gateway.eds.cms.signing import add_timestamp

    value = reader.read_cms(data).signers[signer].value
    return add_timestamp(data, token(value, key, moment=moment), signer=signer)
