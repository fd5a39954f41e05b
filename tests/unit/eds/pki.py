"""A small PKI for the tests: authorities, people, OCSP answers and CRLs, right or wrong as a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.der import BIT_STRING, GENERALIZED_TIME, OCTET_STRING, SEQUENCE, Der, encode
from gateway.eds.keys import SoftwareKey, signing_key
from gateway.eds.roles import Role

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SIGN, AUTH, BOTH = (
    ("digital_signature", "content_commitment"),
    ("digital_signature", "key_encipherment"),
    (
        "digital_signature",
        "content_commitment",
        "key_agreement",
    ),
)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
OCSP_URL, CRL_URL, DELTA_URL = "http://nca.test/ocsp", "http://nca.test/nca.crl", "http://nca.test/nca_d.crl"
ROOT_CRL_URL = "http://root.test/root.crl"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@lru_cache(maxsize=64)
def private_key(kind: str, label: str) -> PrivateKey:
    """One key a kind and label, made once a run."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "k256": ec.SECP256K1()}[kind])


def name(**parts: str) -> x509.Name:
    oids = {
        "cn": NameOID.COMMON_NAME,
        "surname": NameOID.SURNAME,
        "serial": NameOID.SERIAL_NUMBER,
        "c": NameOID.COUNTRY_NAME,
        "given": NameOID.GIVEN_NAME,
        "o": NameOID.ORGANIZATION_NAME,
        "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[part], value) for part, value in parts.items()])


@dataclass
class Authority:
    """An issuer with its key."""

    subject: x509.Name
    key: PrivateKey
    certificate: Certificate
    hash: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)

    @property
    def x509(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate.der)

    def issue(
        self,
        subject: x509.Name,
        key: PrivateKey,
        *,
        usage: tuple[str, ...] | None = SIGN,
        roles: tuple[Role, ...] = (Role.INDIVIDUAL,),
        extended: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,),
        not_before: datetime = NOW - timedelta(days=30),
        not_after: datetime = NOW + timedelta(days=335),
        authority: bool = False,
        path_length: int | None = None,
        sources: bool = True,
        crl_url: str = CRL_URL,
        ocsp_url: str | None = OCSP_URL,
        delta: bool = False,
        serial: int | None = None,
        extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
        issuer_name: x509.Name | None = None,
        aki: bytes | None = None,
    ) -> Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer_name or self.subject)
            .public_key(key.public_key())
            .serial_number(serial or x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier(aki, None, None)
                if aki
                else x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        if usage is not None:
            flags = dict.fromkeys(_USAGES, False) | dict.fromkeys(usage, True)
            builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
        if authority:
            builder = builder.add_extension(x509.BasicConstraints(True, path_length), critical=True)
        else:
            oids = [*extended, *(x509.ObjectIdentifier(role.value) for role in roles)]
            if oids:
                builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
        if sources:
            builder = builder.add_extension(x509.CRLDistributionPoints([_point(crl_url)]), critical=False)
            if delta:
                builder = builder.add_extension(x509.FreshestCRL([_point(DELTA_URL)]), critical=False)
            if ocsp_url:
                access = x509.AccessDescription(
                    x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url)
                )
                builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        for extension, critical in extra:
            builder = builder.add_extension(extension, critical)
        return read_certificate(builder.sign(self.key, self.hash).public_bytes(Encoding.DER))

    def person(self, label: str = "person", *, kind: str = "p256", **options: object) -> SoftwareKey:
        """A person's key, as NCA issues them; IIN 850101100013 unless another is asked for."""
        iin = str(options.pop("iin", "850101100013"))
        bin_ = options.pop("bin", None)
        key = private_key(kind, label)
        parts = {"cn": "СЫНАҚОВ СЫНАҚ", "surname": "СЫНАҚОВ", "serial": f"IIN{iin}", "c": "KZ", "given": "СЫНАҚҰЛЫ"}
        if bin_:
            parts |= {"o": 'ММ "СЫНАҚ"', "ou": f"BIN{bin_}"}
        certificate = self.issue(name(**parts), key, **options)  # type: ignore[arg-type]
        return signing_key(key, certificate)

    def responder(self, label: str = "ocsp", **options: object) -> tuple[PrivateKey, x509.Certificate]:
        key = private_key("p256", label)
        defaults: dict[str, object] = {
            "usage": ("digital_signature",),
            "roles": (),
            "extended": (ExtendedKeyUsageOID.OCSP_SIGNING,),
            "sources": False,
            "extra": ((x509.OCSPNoCheck(), False),),
        }
        certificate = self.issue(name(cn="OCSP RESPONDER", c="KZ"), key, **(defaults | options))  # type: ignore[arg-type]
        return key, x509.load_der_x509_certificate(certificate.der)

    def ocsp(
        self,
        certificate: Certificate,
        *,
        status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
        this_update: datetime = NOW,
        next_update: datetime | None = None,
        revoked_at: datetime | None = None,
        reason: x509.ReasonFlags | None = None,
        nonce: bytes | None = None,
        signer: tuple[PrivateKey, x509.Certificate] | None = None,
        responder_by: ocsp.OCSPResponderEncoding = ocsp.OCSPResponderEncoding.NAME,
        about: Certificate | None = None,
        issuer: Authority | None = None,
        algorithm: hashes.HashAlgorithm | None = None,
        embed: bool = True,
        made_at: datetime | None = None,
    ) -> bytes:
        """An OCSP answer, by a delegated responder unless another signer is given; made at `this_update`."""
        key, certificate_of_signer = signer or self.responder()
        if status is ocsp.OCSPCertStatus.REVOKED and revoked_at is None:
            revoked_at = NOW - timedelta(days=1)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=x509.load_der_x509_certificate((about or certificate).der),
                issuer=(issuer or self).x509,
                algorithm=algorithm or hashes.SHA256(),
                cert_status=status,
                this_update=this_update,
                next_update=next_update,
                revocation_time=revoked_at,
                revocation_reason=reason,
            )
            .responder_id(responder_by, certificate_of_signer)
        )
        if embed:
            builder = builder.certificates([certificate_of_signer])
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        made = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
        return produced_at(made_at or this_update, made, key)

    def answers(self, certificate: Certificate, **options: object) -> Callable[[bytes], bytes]:
        """A responder: answers every request with the nonce that it carries."""

        def respond(request: bytes) -> bytes:
            nonce = ocsp.load_der_ocsp_request(request).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
            return self.ocsp(certificate, nonce=nonce, **options)  # type: ignore[arg-type]

        return respond

    def crl(
        self,
        entries: tuple[tuple[int, x509.ReasonFlags | None], ...] = (),
        *,
        this_update: datetime = NOW - timedelta(hours=1),
        next_update: datetime = NOW + timedelta(days=30),
        number: int = 14,
        base: int | None = None,
        key: PrivateKey | None = None,
        revoked_at: datetime = NOW - timedelta(days=1),
    ) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.subject)
            .last_update(this_update)
            .next_update(next_update)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if base is not None:
            builder = builder.add_extension(x509.DeltaCRLIndicator(base), critical=True)
        for serial, reason in entries:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revoked_at)
            if reason is not None:
                entry = entry.add_extension(x509.CRLReason(reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(key or self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _point(url: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)


def produced_at(moment: datetime, answer: bytes, key: PrivateKey) -> bytes:
    """Sign the answer again as made at another moment: the builder knows the machine's clock only."""
    time = encode(GENERALIZED_TIME, moment.strftime("%Y%m%d%H%M%SZ").encode())
    return changed(answer, key, lambda fields: [time if one.tag == GENERALIZED_TIME else one.raw for one in fields])


def changed(answer: bytes, key: PrivateKey, change: Callable[[list[Der]], list[bytes]]) -> bytes:
    """Sign an OCSP answer again with its fields as `change` makes them."""
    status, body = Der.read(answer).children()
    kind, content = body.inner().children()
    tbs, algorithm, _, *certificates = Der.read(content.content).children()
    signed = encode(SEQUENCE, *change(tbs.children()))
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    rest = (algorithm.raw, encode(BIT_STRING, b"\0", signature), *(part.raw for part in certificates))
    basic = encode(OCTET_STRING, encode(SEQUENCE, signed, *rest))
    return encode(SEQUENCE, status.raw, encode(0xA0, encode(SEQUENCE, kind.raw, basic)))


def root(
    label: str = "root",
    *,
    kind: str = "p256",
    subject: x509.Name | None = None,
    not_after: datetime = NOW + timedelta(days=7000),
) -> Authority:
    key = private_key(kind, label)
    subject = subject or name(cn="НЕГІЗГІ СЫНАҚ ОРТАЛЫҒЫ", c="KZ")
    blank = Authority(subject, key, certificate=None)  # type: ignore[arg-type]
    blank.certificate = blank.issue(
        subject,
        key,
        usage=("key_cert_sign", "crl_sign"),
        authority=True,
        sources=False,
        not_before=NOW - timedelta(days=2000),
        not_after=not_after,
    )
    return blank


def issuing(
    above: Authority, label: str = "nca", *, kind: str = "p256", cn: str = "ҰЛТТЫҚ СЫНАҚ ОРТАЛЫҒЫ", **options: object
) -> Authority:
    key = private_key(kind, label)
    subject = name(cn=cn, c="KZ")
    defaults: dict[str, object] = {
        "usage": ("key_cert_sign", "crl_sign"),
        "authority": True,
        "path_length": 0,
        "crl_url": ROOT_CRL_URL,
        "ocsp_url": None,
        "not_before": NOW - timedelta(days=1000),
        "not_after": NOW + timedelta(days=6000),
    }
    certificate = above.issue(subject, key, **(defaults | options))  # type: ignore[arg-type]
    return Authority(subject, key, certificate)
