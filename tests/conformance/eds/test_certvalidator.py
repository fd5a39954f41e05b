"""pyhanko-certvalidator, which nobody here wrote, judges the same chains, good and bad, as our own rules do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.validate import async_validate_path

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.errors import PathRefused
from gateway.eds.pathrules import check_path
from tests.unit.eds import pki

CONSTRAINTS = {
    "names": x509.NameConstraints([x509.DirectoryName(pki.name(c="KZ"))], None),
    "foreign": x509.NameConstraints(None, [x509.DirectoryName(pki.name(c="KZ"))]),
    "explicit": x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None),
    "any": x509.InhibitAnyPolicy(0),
}
FURTHER = {
    "unknown": x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99.1"), b"\x05\x00"),
    "usage": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]),
    "points": x509.CRLDistributionPoints([]),
    "statements": x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), b"\x30\x00"),
    "tls": x509.TLSFeature([x509.TLSFeatureType.status_request]),
}


@dataclass(frozen=True)
class Link:
    """How one certificate below the anchor is made; the defaults are right."""

    self_issued: bool = False
    authority: str = "critical"
    length: int | None = None
    usage: str = "sign"
    further: str | None = None
    further_critical: bool = False
    constraint: str | None = None
    policies: bool = True
    other_name: bool = False
    other_key: bool = False


links = st.builds(
    Link,
    self_issued=st.sampled_from([False, False, True]),
    authority=st.sampled_from(["critical"] * 6 + ["plain", "no", "absent"]),
    length=st.sampled_from([None, None, None, 0, 1, 2]),
    usage=st.sampled_from(["sign"] * 6 + ["absent", "other"]),
    further=st.sampled_from([None] * 6 + list(FURTHER)),
    further_critical=st.booleans(),
    constraint=st.sampled_from([None] * 12 + list(CONSTRAINTS)),
    policies=st.sampled_from([True, True, False]),
    other_name=st.sampled_from([False] * 12 + [True]),
    other_key=st.sampled_from([False] * 12 + [True]),
)


def chain(made: list[Link]) -> tuple[Certificate, ...]:
    """Make the anchor and below it one certificate a link; the last link is the certificate of a person."""
    anchor = pki.root("oracle")
    path, above = [anchor.certificate], anchor.subject
    for place, link in enumerate(made):
        subject = above if link.self_issued else pki.name(cn=f"ДЕҢГЕЙ {place}", c="KZ")
        issuer = pki.name(cn="БАСҚА", c="KZ") if link.other_name else above
        signer = pki.private_key("p256", "stranger" if link.other_key else _key(place))
        path.append(_certificate(link, subject, issuer, place, signer))
        above = subject
    return tuple(reversed(path))


def _key(place: int) -> str:
    return "oracle" if place == 0 else f"oracle {place}"


def _certificate(link: Link, subject: x509.Name, issuer: x509.Name, place: int, signer: pki.PrivateKey) -> Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(pki.private_key("p256", _key(place + 1)).public_key())
        .serial_number(1000 + place)
        .not_valid_before(pki.NOW)
        .not_valid_after(pki.NOW + timedelta(days=30))
    )
    if link.authority != "absent":
        authority = link.authority != "no"
        builder = builder.add_extension(
            x509.BasicConstraints(authority, link.length if authority else None), critical=link.authority == "critical"
        )
    if link.usage != "absent":
        flags = dict.fromkeys(pki._USAGES, False) | {"digital_signature": True, "key_cert_sign": link.usage == "sign"}
        builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
    if link.policies:
        policy = x509.PolicyInformation(x509.ObjectIdentifier("1.2.398.3.3.2"), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    if link.further is not None:
        builder = builder.add_extension(FURTHER[link.further], critical=link.further_critical)
    if link.constraint is not None:
        builder = builder.add_extension(CONSTRAINTS[link.constraint], critical=True)
    return read_certificate(builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER))


async def oracle(path: tuple[Certificate, ...]) -> str | None:
    """Return why the library refuses a path, or nothing."""
    leaf, *issuers, anchor = (asn1.Certificate.load(certificate.der) for certificate in path)
    context = ValidationContext(
        trust_roots=[],
        allow_fetching=False,
        moment=pki.NOW + timedelta(days=1),
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
    )
    try:
        await async_validate_path(context, ValidationPath(CertTrustAnchor(anchor), issuers[::-1], leaf))
    except (ValidationError, PathError) as error:
        return str(error)
    return None


def ours(path: tuple[Certificate, ...]) -> str | None:
    try:
        check_path(path)
    except PathRefused as error:
        return str(error)
    return None


async def test_a_good_chain_is_good_for_both() -> None:
    path = chain([Link(), Link(), Link(authority="absent", usage="other")])
    assert (ours(path), await oracle(path)) == (None, None)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(links, min_size=1, max_size=4))
async def test_chains_with_defects_are_judged_as_the_library_judges_them(made: list[Link]) -> None:
    path = chain(made)
    here, there = ours(path), await oracle(path)
    assert (here is None) == (there is None), (here, there)


async def test_the_generator_makes_good_and_bad_chains_for_every_reason() -> None:
    leaf = Link(authority="absent", usage="other")
    for defect, reason in (
        (Link(authority="no"), "basicConstraints"),
        (Link(authority="absent"), "basicConstraints"),
        (Link(usage="other"), "keyUsage"),
        (Link(further="unknown", further_critical=True), "1.2.398.99.1"),
        (Link(further="tls", further_critical=True), "1.3.6.1.5.5.7.1.24"),
        (Link(other_key=True), "signature"),
        (Link(other_name=True), "name"),
        (Link(length=0), ""),
    ):
        below = [Link(), leaf] if defect.length == 0 else [leaf]
        refused = ours(chain([defect, *below]))
        assert refused is not None
        assert reason in refused
