"""Certificates put together as the profile says (RFC 5280 section 4)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from asn1crypto import core

from simulators.nca import der
from simulators.nca.algorithms import KeyAlgorithm, PrivateKey
from simulators.nca.profile import (
    AuthorityProfile,
    ChainProfile,
    ExtendedUsage,
    Generation,
    KeyUsage,
    Policy,
    Profile,
    SubjectField,
    Template,
)
from simulators.nca.subject import COUNTRY, Subject, distinguished_name

Serial = NewType("Serial", str)
"""A serial number in 40 lower-case hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the НУЦ answers; these stand in certificates."""

    base_url: str

    @property
    def ocsp(self) -> str:
        """The OCSP responder."""
        return f"{self.base_url}/ocsp"

    def certificate(self, file: str) -> str:
        """An authority's certificate."""
        return f"{self.base_url}/cert/{file}.cer"

    def crl(self, file: str) -> str:
        """A revocation list."""
        return f"{self.base_url}/crl/{file}.crl"


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate with its key: an authority or a responder of the НУЦ."""

    certificate: bytes
    key: PrivateKey
    algorithm: KeyAlgorithm

    @property
    def name(self) -> bytes:
        """The DER of the certificate's subject."""
        return der.subject_of(self.certificate)

    @property
    def serial(self) -> Serial:
        """The certificate's serial number."""
        return serial_of(self.certificate)

    @property
    def key_identifier(self) -> bytes:
        """SHA-1 of the public key's bits."""
        return key_identifier(self.key.public_key_info)

    def sign(self, body: bytes) -> bytes:
        """Return `body` as SIGNED."""
        return der.signed(body, self.algorithm.signature_identifier, self.key.sign(body))


_KEY_CERT_SIGN, _CRL_SIGN = 5, 6
_USAGE_BITS = {
    KeyUsage.DIGITAL_SIGNATURE: 0,
    KeyUsage.NON_REPUDIATION: 1,
    KeyUsage.KEY_ENCIPHERMENT: 2,
    KeyUsage.KEY_AGREEMENT: 4,
}
_KEY_USAGE, _EXTENDED_USAGE, _POLICIES = "2.5.29.15", "2.5.29.37", "2.5.29.32"
_AUTHORITY_KEY, _SUBJECT_KEY, _ALTERNATIVE_NAMES = "2.5.29.35", "2.5.29.14", "2.5.29.17"
_CRL_POINTS, _FRESHEST_CRL, _ACCESS = "2.5.29.31", "2.5.29.46", "1.3.6.1.5.5.7.1.1"
_NO_CHECK, _KEY_STORE, _PKCS12_STORE = "1.3.6.1.5.5.7.48.1.5", "1.2.398.3.3.5", "1.2.398.3.3.5.1.1"
_ORDER = {
    Generation.OF_2018: (
        _KEY_USAGE, _EXTENDED_USAGE, _AUTHORITY_KEY, _SUBJECT_KEY, _POLICIES, _ALTERNATIVE_NAMES, _CRL_POINTS,
        _FRESHEST_CRL, _ACCESS, _NO_CHECK,
    ),
    Generation.OF_2022: (
        _KEY_USAGE, _NO_CHECK, _POLICIES, _ACCESS, _CRL_POINTS, _FRESHEST_CRL, _EXTENDED_USAGE, _ALTERNATIVE_NAMES,
        _SUBJECT_KEY, _AUTHORITY_KEY, _KEY_STORE,
    ),
}  # fmt: skip
"""The places of the extensions, as seen on holders' certificates."""


def key_identifier(public_key_info: bytes) -> bytes:
    """Return the SHA-1 of the public key's bits (RFC 5280 section 4.2.1.2, method 1)."""
    return hashlib.sha1(der.public_key_bits(public_key_info), usedforsecurity=False).digest()


def serial_text(number: int) -> Serial:
    """Return a serial number as this house writes it; raises `ValueError` when it cannot be one of ours."""
    if not 0 < number < 1 << 160:
        raise ValueError("a serial number here is positive and has at most 20 bytes")
    return Serial(f"{number:040x}")


def random_serial() -> int:
    """Return a serial number of exactly 20 bytes."""
    return _positive(secrets.token_bytes(20))


def serial_of(certificate: bytes) -> Serial:
    """Return the serial number of a certificate."""
    return serial_text(der.serial_number_of(certificate))


def public_key_info_of(certificate: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a certificate, as it stands there."""
    return der.public_key_info_of(certificate)


def authority_certificate(
    *,
    profile: AuthorityProfile,
    key: PrivateKey,
    algorithm: KeyAlgorithm,
    issuer: Signer | None,
    issuer_pointers: tuple[str, str] | None,
    serial: int | None = None,
) -> bytes:
    """Make the certificate of the root (`issuer` None) or of the issuing authority.

    The serial number is the key identifier with its top bit cleared, as on the real ones since 2020.
    `issuer_pointers` are the addresses of the issuer's list and certificate.
    """
    name = distinguished_name([(SubjectField.COMMON_NAME, profile.common_name), (SubjectField.COUNTRY, COUNTRY)])
    own = key_identifier(key.public_key_info)
    number = serial or _positive(own)
    usage = _usage(_KEY_CERT_SIGN, _CRL_SIGN)
    if issuer is None:
        extensions = [
            der.extension("2.5.29.19", der.sequence(der.boolean(True)), critical=True),
            der.extension("2.5.29.15", usage, critical=True),
            der.extension("2.5.29.14", der.octet_string(own)),
            der.extension("2.5.29.35", _authority_key(own, name, number)),
            der.extension("2.5.29.32", _policies(profile.policy)),
        ]
    else:
        crl, certificate = issuer_pointers or ("", "")
        length = b"" if profile.path_length is None else der.integer(profile.path_length)
        extensions = [
            der.extension("2.5.29.19", der.sequence(der.boolean(True), length), critical=True),
            der.extension("2.5.29.15", usage, critical=True),
            der.extension("2.5.29.31", _points(crl)),
            der.extension("2.5.29.14", der.octet_string(own)),
            der.extension("2.5.29.35", _authority_key(issuer.key_identifier, issuer.name, int(issuer.serial, 16))),
            der.extension("1.3.6.1.5.5.7.1.1", _access(ca_issuers=certificate)),
            der.extension("2.5.29.32", _policies(profile.policy)),
        ]
    body = _body(
        serial=number,
        algorithm=algorithm,
        issuer=name if issuer is None else issuer.name,
        validity=(profile.not_before, profile.not_after),
        subject=name,
        public_key_info=key.public_key_info,
        extensions=extensions,
    )
    signer = issuer or Signer(b"", key, algorithm)
    return signer.sign(body)


def holder_certificate(
    *,
    profile: Profile,
    chain: ChainProfile,
    template: Template,
    subject: Subject,
    validity: tuple[datetime, datetime],
    public_key_info: bytes,
    issuer: Signer,
    addresses: Addresses,
    serial: int | None = None,
) -> bytes:
    """Make the certificate of a person, a system or a responder; raises `SubjectUnfit`.

    Without `serial` the number is that of the chain's generation: random, or the key identifier with its top bit
    cleared.
    """
    own = key_identifier(public_key_info)
    if serial is None:
        serial = _positive(own) if chain.generation is Generation.OF_2022 else random_serial()
    roles = [profile.roles[role] for role in template.roles]
    made = {
        _EXTENDED_USAGE: der.extension(
            _EXTENDED_USAGE,
            _extended_usages(template.extended_usages, roles),
            critical=template.extended_usages_critical,
        ),
        _AUTHORITY_KEY: der.extension(_AUTHORITY_KEY, _authority_key(issuer.key_identifier)),
        _SUBJECT_KEY: der.extension(_SUBJECT_KEY, der.octet_string(own)),
    }
    if template.key_usage:
        usage = _usage(*(_USAGE_BITS[usage] for usage in template.key_usage))
        made[_KEY_USAGE] = der.extension(_KEY_USAGE, usage, critical=True)
    if template.policy:
        made[_POLICIES] = der.extension(_POLICIES, _policies(template.policy))
    if template.alternative_names:
        made[_ALTERNATIVE_NAMES] = der.extension(_ALTERNATIVE_NAMES, _alternative_names(subject))
    if template.pointers:
        certificate = addresses.certificate(chain.issuing.file)
        access = _access(ca_issuers=certificate, ocsp=addresses.ocsp, generation=chain.generation)
        made[_CRL_POINTS] = der.extension(_CRL_POINTS, _points(addresses.crl(chain.issuing.file)))
        made[_FRESHEST_CRL] = der.extension(_FRESHEST_CRL, _points(addresses.crl(chain.issuing.delta_file or "")))
        made[_ACCESS] = der.extension(_ACCESS, access)
    if template.ocsp_no_check:
        made[_NO_CHECK] = der.extension(_NO_CHECK, der.NULL)
    if chain.generation is Generation.OF_2022:
        made[_KEY_STORE] = der.extension(_KEY_STORE, der.sequence(der.oid(_PKCS12_STORE)))
    return issuer.sign(
        _body(
            serial=serial,
            algorithm=issuer.algorithm,
            issuer=issuer.name,
            validity=validity,
            subject=subject.name(template),
            public_key_info=public_key_info,
            extensions=[made[oid] for oid in _ORDER[chain.generation] if oid in made],
        )
    )


def _body(
    *,
    serial: int,
    algorithm: KeyAlgorithm,
    issuer: bytes,
    validity: tuple[datetime, datetime],
    subject: bytes,
    public_key_info: bytes,
    extensions: list[bytes],
) -> bytes:
    return der.sequence(
        der.explicit(0, der.integer(2)),
        der.integer(serial),
        algorithm.signature_identifier,
        issuer,
        der.sequence(*(der.time(moment) for moment in validity)),
        subject,
        public_key_info,
        der.explicit(3, der.sequence(*extensions)),
    )


def _positive(twenty_bytes: bytes) -> int:
    first = twenty_bytes[0] & 0x7F or 0x40
    return int.from_bytes(bytes((first,)) + twenty_bytes[1:], "big")


def _authority_key(identifier: bytes, issuer: bytes | None = None, serial: int = 0) -> bytes:
    if issuer is None:
        return der.sequence(der.tagged(0x80, identifier))
    number = der.integer(serial)[2:]
    return der.sequence(
        der.tagged(0x80, identifier), der.explicit(1, der.explicit(4, issuer)), der.tagged(0x82, number)
    )


def _extended_usages(usages: tuple[ExtendedUsage, ...], roles: list[str]) -> bytes:
    return der.sequence(*(der.oid(oid) for oid in (*(usage.oid for usage in usages), *roles)))


def _policies(policy: Policy) -> bytes:
    qualifiers = [der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), core.IA5String(policy.cps).dump())]
    if policy.notice:
        notice = der.sequence(core.UTF8String(policy.notice).dump())
        qualifiers.append(der.sequence(der.oid("1.3.6.1.5.5.7.2.2"), notice))
    return der.sequence(der.sequence(der.oid(policy.oid), der.sequence(*qualifiers)))


def _points(url: str) -> bytes:
    return der.sequence(der.sequence(der.explicit(0, der.explicit(0, _url(url)))))


def _access(*, ca_issuers: str, ocsp: str | None = None, generation: Generation = Generation.OF_2018) -> bytes:
    descriptions = [der.sequence(der.oid("1.3.6.1.5.5.7.48.2"), _url(ca_issuers))]
    if ocsp:
        responder = der.sequence(der.oid("1.3.6.1.5.5.7.48.1"), _url(ocsp))
        descriptions.insert(0 if generation is Generation.OF_2022 else 1, responder)
    return der.sequence(*descriptions)


def _usage(*bits: int) -> bytes:
    """KeyUsage (RFC 5280 section 4.2.1.3) with these bits set; trailing zero bits are left out, as DER demands."""
    value = bytearray(max(bits) // 8 + 1)
    for bit in bits:
        value[bit // 8] |= 0x80 >> bit % 8
    return der.tagged(0x03, bytes((7 - max(bits) % 8,)) + bytes(value))


def _url(url: str) -> bytes:
    return der.tagged(0x86, url.encode("ascii"))


def _alternative_names(subject: Subject) -> bytes:
    names = [der.tagged(0x82, name.encode("ascii")) for name in subject.dns_names]
    addresses = [der.tagged(0x87, address.packed) for address in subject.ip_addresses]
    return der.sequence(*names, *addresses)
