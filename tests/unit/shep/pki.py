"""A small certification authority for tests: keys of systems that `gateway.eds` reads and trusts."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.eds.certificate import read_certificate
from gateway.eds.keys import signing_key
from gateway.eds.trust import Anchors, CertificateChecker

START = datetime(2026, 1, 1, tzinfo=UTC)
BINS = {
    "SHEP": "700140000015",
    "RSHEP": "700140000026",
    "PORTAL": "700140000037",
    "DESK": "700140000048",
    "GBDFL": "700140000059",
    "STRANGER": "700140000060",
}


@cache
def _key(name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common, bin_=None):
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if bin_:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{bin_}"))
    return x509.Name(parts)


def _certificate(name, issuer, *, bin_=None, authority=False, start=START, days=365):
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name, bin_))
        .issuer_name(_name(issuer))
        .public_key(_key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(_key(name).public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(_key(issuer).public_key()), critical=False)
    )
    return read_certificate(builder.sign(_key(issuer), hashes.SHA256()).public_bytes(Encoding.DER))


ROOT = "ТЕСТ ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ"


@cache
def root():
    return _certificate(ROOT, ROOT, authority=True, days=3650)


@cache
def key_of(name):
    return signing_key(_key(name), _certificate(name, ROOT, bin_=BINS.get(name)), (root(),))


@cache
def expired_key_of(name):
    return signing_key(
        _key(name), _certificate(name, ROOT, bin_=BINS.get(name), start=START - timedelta(days=400), days=300)
    )


def checker(clock, *others):
    return CertificateChecker(Anchors.of([root(), *others]), None, clock)
