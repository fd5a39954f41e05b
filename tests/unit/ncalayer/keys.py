"""Keys of invented people for the tests of the simulated NCALayer, issued by a small authority of their own."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from gateway.eds.certificate import read_certificate
from gateway.identity.numbers import Iin
from simulators.nca import Profile, Subject
from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.certificates import Addresses, Signer, authority_certificate, holder_certificate
from simulators.nca.profile import AlgorithmName
from simulators.ncalayer.keyring import MemoryKeyRing, Pkcs12, StoredKey

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
PASSWORD = "Qwerty12"
INDIVIDUAL = "1.2.398.3.3.4.1.1"
HEAD = "1.2.398.3.3.4.1.2.1"
IIN = "900101100015"
BIN = "700140000017"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def name_of(**values: str) -> x509.Name:
    oids = {
        "cn": NameOID.COMMON_NAME,
        "surname": NameOID.SURNAME,
        "serial": NameOID.SERIAL_NUMBER,
        "country": NameOID.COUNTRY_NAME,
        "unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "organisation": NameOID.ORGANIZATION_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[name], value) for name, value in values.items()])


@cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def authority(name: str = "ОЙДАН ШЫҒАРЫЛҒАН ОРТАЛЫҚ (RSA)") -> Authority:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = name_of(cn=name, country="KZ")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1000))
        .not_valid_after(NOW + timedelta(days=3000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
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
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})


def issue(
    public: object,
    subject: x509.Name,
    *,
    usage: x509.KeyUsage,
    extended: list[str],
    until: datetime = NOW + timedelta(days=300),
    names: list[x509.GeneralName] | None = None,
    by: Authority | None = None,
    critical: bool = False,
) -> x509.Certificate:
    by = by or authority()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=365))
        .not_valid_after(until)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ObjectIdentifier(one) for one in extended]), critical=critical)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(by.key, hashes.SHA256())


def pkcs12_of(key_id: str, private: Private, certificate: x509.Certificate, *, password: str = PASSWORD) -> Pkcs12:
    # Few rounds of key derivation: the tests open these files often.
    encryption: KeySerializationEncryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password.encode())
    )
    content = pkcs12.serialize_key_and_certificates(
        key_id.encode(), private, certificate, [authority().certificate], encryption
    )
    read = read_certificate(certificate.public_bytes(Encoding.DER))
    return Pkcs12(StoredKey(key_id, read.subject.common_name or key_id, read), content)


SIGNING = _usage(digital_signature=True, content_commitment=True)
ENTERING = _usage(digital_signature=True, key_encipherment=True)
EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string


@cache
def person_keys() -> dict[str, Pkcs12]:
    """Two keys of an applicant, one of an official, one that has expired, one on a curve."""
    person = name_of(cn="ӘБІЛОВА ҮМІТ", surname="ӘБІЛОВА", serial=f"IIN{IIN}", country="KZ")
    official = name_of(
        cn="СЕЙІТОВ НҰРЛАН", serial="IIN800101100017", country="KZ", unit=f"BIN{BIN}", organisation="ӘКІМДІК"
    )
    curve = ec.generate_private_key(ec.SECP256R1())
    made = [
        ("umit-sign", rsa_key(1), issue(rsa_key(1).public_key(), person, usage=SIGNING, extended=[EMAIL, INDIVIDUAL])),
        (
            "umit-auth",
            rsa_key(2),
            issue(rsa_key(2).public_key(), person, usage=ENTERING, extended=[CLIENT, INDIVIDUAL]),
        ),
        ("nurlan-sign", rsa_key(3), issue(rsa_key(3).public_key(), official, usage=SIGNING, extended=[EMAIL, HEAD])),
        (
            "umit-expired",
            rsa_key(4),
            issue(
                rsa_key(4).public_key(),
                person,
                usage=SIGNING,
                extended=[EMAIL, INDIVIDUAL],
                until=NOW - timedelta(days=1),
            ),
        ),
        ("umit-curve", curve, issue(curve.public_key(), person, usage=SIGNING, extended=[EMAIL, INDIVIDUAL])),
    ]
    return {key_id: pkcs12_of(key_id, private, certificate) for key_id, private, certificate in made}


@cache
def gost_key() -> Pkcs12:
    """The one GOST key of an applicant, for signing and entering, as the simulated НУЦ makes it."""
    profile, addresses = Profile.default(), Addresses("http://127.0.0.1:8110/nca")
    own, algorithm = profile.chains["gost"], ALGORITHMS[AlgorithmName.GOST]
    root_key, key = algorithm.generate(512), algorithm.generate(512)
    root = Signer(
        authority_certificate(profile=own.root, key=root_key, algorithm=algorithm, issuer=None, issuer_pointers=None),
        root_key,
        algorithm,
    )
    certificate = holder_certificate(
        profile=profile,
        chain=own,
        template=own.template("individual-sign"),
        subject=Subject.person(surname="Әбілова", name="Үміт", iin=Iin("900101200010")),
        validity=(NOW - timedelta(days=65), NOW + timedelta(days=300)),
        public_key_info=key.public_key_info,
        issuer=root,
        addresses=addresses,
    )
    content = key.pkcs12(name="umit-gost", certificate=certificate, chain=[root.certificate], password=PASSWORD)
    read = read_certificate(certificate)
    return Pkcs12(StoredKey("umit-gost", read.subject.common_name or "", read), content)


def ring() -> MemoryKeyRing:
    return MemoryKeyRing(person_keys().values())


@cache
def tls_files() -> tuple[bytes, bytes]:
    """A certificate for 127.0.0.1 with its key, both PEM."""
    key = rsa_key(9)
    certificate = issue(
        key.public_key(),
        name_of(cn="127.0.0.1"),
        usage=ENTERING,
        extended=[ExtendedKeyUsageOID.SERVER_AUTH.dotted_string],
        names=[x509.IPAddress(ipaddress.ip_address("127.0.0.1"))],
        until=datetime.now(UTC) + timedelta(days=30),
    )
    chain = certificate.public_bytes(Encoding.PEM)
    return chain, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
