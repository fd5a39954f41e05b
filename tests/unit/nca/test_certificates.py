"""What certificates say, field by field, against what was seen on real ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509
from cryptography import x509 as reader
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.clock import ManualClock
from gateway.eds.algorithms import GOST_2015_512_STREEBOG, GOST_2015_KEY
from gateway.eds.certificate import read_certificate
from gateway.eds.roles import KeyPurpose, Role
from gateway.identity.numbers import Bin, Iin
from simulators.nca.certificates import Addresses, key_identifier
from simulators.nca.chain import Chain
from simulators.nca.errors import SubjectUnfit, UnknownTemplate, ValidityRefused
from simulators.nca.issuing import Issuing
from simulators.nca.profile import Profile
from simulators.nca.subject import Subject

NOW = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
PERSON = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
OFFICIAL = Subject.person(
    surname="Серікбаев",
    name="Нұрлан",
    patronymic="Ерболұлы",
    iin=Iin("800615100018"),
    organisation='ГУ "Отдел занятости"',
    bin=Bin("740140000016"),
)
SYSTEM = Subject(common_name="QYZMET PORTAL", organisation="АО «Портал»", bin=Bin("740140000016"))


@pytest.fixture
def issuing(profile: Profile, chain: Chain, addresses: Addresses) -> Issuing:
    return Issuing(profile, chain, addresses, ManualClock(NOW))


async def make(issuing: Issuing, template: str, subject: Subject) -> reader.Certificate:
    key = await issuing.new_key()
    entry = await issuing.make(template, subject, key.public_key_info)
    return reader.load_der_x509_certificate(entry.certificate)


def strings(name: bytes) -> list[tuple[str, str, str]]:
    """Type, ASN.1 string type and value of every part of a DER name."""
    parts = []
    for relative in x509.Name.load(name).chosen:
        (pair,) = relative
        value = pair["value"]
        value = value.chosen if hasattr(value, "chosen") else value
        parts.append((pair["type"].dotted, type(value).__name__, value.native))
    return parts


async def test_a_persons_subject_has_the_fields_order_and_encodings_of_the_real_ones(issuing: Issuing) -> None:
    certificate = await make(issuing, "individual-sign", PERSON)
    assert strings(certificate.subject.public_bytes()) == [
        ("2.5.4.3", "UTF8String", "ӘБЕНОВА АЙГҮЛ"),
        ("2.5.4.4", "UTF8String", "ӘБЕНОВА"),
        ("2.5.4.5", "PrintableString", "IIN900101200010"),
        ("2.5.4.6", "PrintableString", "KZ"),
        ("2.5.4.42", "UTF8String", "ҚАНАТҚЫЗЫ"),
    ]


async def test_an_officials_subject_names_organisation_and_bin(issuing: Issuing) -> None:
    certificate = await make(issuing, "official_head-sign", OFFICIAL)
    assert [(oid, value) for oid, _, value in strings(certificate.subject.public_bytes())][4:] == [
        ("2.5.4.10", 'ГУ "Отдел занятости"'),
        ("2.5.4.42", "ЕРБОЛҰЛЫ"),
        ("2.5.4.11", "BIN740140000016"),
    ]


async def test_a_name_without_a_patronymic_has_no_empty_field(issuing: Issuing) -> None:
    subject = Subject.person(surname="Ким", name="Вера", iin=Iin("900101200010"))
    certificate = await make(issuing, "individual-sign", subject)
    assert "2.5.4.42" not in [oid for oid, _, _ in strings(certificate.subject.public_bytes())]


@pytest.mark.parametrize(
    ("template", "subject", "usages", "extended", "policy"),
    [
        (
            "individual-sign",
            PERSON,
            {"digital_signature", "content_commitment"},
            ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1"],
            "1.2.398.3.3.2.3",
        ),
        (
            "individual-auth",
            PERSON,
            {"digital_signature", "key_encipherment"},
            ["1.3.6.1.5.5.7.3.2", "1.2.398.3.3.4.1.1"],
            "1.2.398.3.3.2.4",
        ),
        (
            "employee-sign",
            OFFICIAL,
            {"digital_signature", "content_commitment"},
            ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.5"],
            "1.2.398.3.3.2.1",
        ),
        (
            "official_head-sign",
            OFFICIAL,
            {"digital_signature", "content_commitment"},
            ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.1"],
            "1.2.398.3.3.2.1",
        ),
        (
            "official-auth",
            OFFICIAL,
            {"digital_signature", "key_encipherment"},
            ["1.3.6.1.5.5.7.3.2", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.2"],
            "1.2.398.3.3.2.2",
        ),
        (
            "operator-sign",
            OFFICIAL,
            {"digital_signature", "content_commitment"},
            ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.5"],
            "1.2.398.3.3.2.1",
        ),
        (
            "system-sign",
            SYSTEM,
            {"digital_signature", "content_commitment"},
            ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.6"],
            "1.2.398.3.3.2.1",
        ),
    ],
)
async def test_usages_roles_and_policy_are_those_of_the_template(
    issuing: Issuing, *, template: str, subject: Subject, usages: set[str], extended: list[str], policy: str
) -> None:
    certificate = await make(issuing, template, subject)
    key_usage = certificate.extensions.get_extension_for_class(reader.KeyUsage)
    assert key_usage.critical
    names = ("digital_signature", "content_commitment", "key_encipherment", "key_agreement", "key_cert_sign")
    assert {name for name in names if getattr(key_usage.value, name)} == usages
    extended_usage = certificate.extensions.get_extension_for_class(reader.ExtendedKeyUsage)
    assert not extended_usage.critical
    assert [oid.dotted_string for oid in extended_usage.value] == extended
    (stated,) = certificate.extensions.get_extension_for_class(reader.CertificatePolicies).value
    assert stated.policy_identifier.dotted_string == policy
    assert stated.policy_qualifiers is not None
    assert stated.policy_qualifiers[0] == "http://pki.gov.kz/cps"


async def test_pointers_lead_to_the_address_of_this_authority(issuing: Issuing, chain: Chain) -> None:
    certificate = await make(issuing, "individual-sign", PERSON)
    get = certificate.extensions.get_extension_for_class
    (point,) = get(reader.CRLDistributionPoints).value
    (delta,) = get(reader.FreshestCRL).value
    assert point.full_name[0].value == "http://127.0.0.1:8110/nca/crl/nca_rsa.crl"
    assert delta.full_name[0].value == "http://127.0.0.1:8110/nca/crl/nca_d_rsa.crl"
    assert [
        (one.access_method._name, one.access_location.value) for one in get(reader.AuthorityInformationAccess).value
    ] == [
        ("caIssuers", "http://127.0.0.1:8110/nca/cert/nca_rsa.cer"),
        ("OCSP", "http://127.0.0.1:8110/nca/ocsp"),
    ]
    assert get(reader.AuthorityKeyIdentifier).value.key_identifier == chain.issuing.key_identifier
    own = reader.SubjectKeyIdentifier.from_public_key(certificate.public_key())  # type: ignore[arg-type]
    assert get(reader.SubjectKeyIdentifier).value == own


async def test_serial_numbers_have_twenty_bytes_and_validity_is_a_year_from_now(issuing: Issuing) -> None:
    certificate = await make(issuing, "individual-sign", PERSON)
    assert len(certificate.serial_number.to_bytes((certificate.serial_number.bit_length() + 7) // 8, "big")) == 20
    assert certificate.serial_number < 1 << 159
    assert certificate.not_valid_before_utc == NOW.replace(microsecond=0)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=365)


# The library counts the bytes of a name where X.520 counts letters; the real names are as long.
@pytest.mark.filterwarnings("ignore:Attribute's length must be:UserWarning")
def test_the_chain_says_that_it_is_simulated_and_verifies(chain: Chain) -> None:
    root = reader.load_der_x509_certificate(chain.root.certificate)
    issuing = reader.load_der_x509_certificate(chain.issuing.certificate)
    for certificate in (root, issuing):
        assert "СИМУЛЯЦИЯ" in certificate.subject.rfc4514_string()
        assert certificate.extensions.get_extension_for_class(reader.BasicConstraints).value.ca
        key_usage = certificate.extensions.get_extension_for_class(reader.KeyUsage).value
        assert key_usage.key_cert_sign
        assert key_usage.crl_sign
        assert not key_usage.digital_signature
        own = certificate.extensions.get_extension_for_class(reader.SubjectKeyIdentifier).value.digest
        assert certificate.serial_number == int.from_bytes(own, "big") & ~(1 << 159) or own[0] & 0x7F == 0
        root.public_key().verify(  # type: ignore[union-attr,call-arg]
            certificate.signature,
            certificate.tbs_certificate_bytes,
            padding.PKCS1v15(),
            SHA256(),  # type: ignore[arg-type]
        )
    assert issuing.extensions.get_extension_for_class(reader.BasicConstraints).value.path_length == 0
    authority_key = issuing.extensions.get_extension_for_class(reader.AuthorityKeyIdentifier).value
    assert authority_key.authority_cert_serial_number == root.serial_number


async def test_tls_counts_from_real_time_however_the_clock_is_moved(
    profile: Profile, chain: Chain, addresses: Addresses
) -> None:
    issuing = Issuing(profile, chain, addresses, ManualClock(NOW + timedelta(days=3000)))
    certificate = await make(issuing, "tls-server", Subject.loopback())
    assert abs(certificate.not_valid_before_utc - datetime.now(UTC)) < timedelta(minutes=1)
    names = certificate.extensions.get_extension_for_class(reader.SubjectAlternativeName).value
    assert names.get_values_for_type(reader.DNSName) == ["localhost"]
    assert [str(one) for one in names.get_values_for_type(reader.IPAddress)] == ["127.0.0.1", "::1"]


@pytest.mark.parametrize(
    ("template", "subject", "facts"),
    [
        ("official-sign", PERSON, {"missing": ["organisation", "bin"], "surplus": []}),
        ("individual-sign", OFFICIAL, {"missing": [], "surplus": ["organisation", "bin"]}),
        ("tls-server", Subject(common_name="x"), {"missing": ["dns_names"], "surplus": []}),
        ("system-sign", OFFICIAL, {"missing": [], "surplus": ["surname", "iin", "patronymic"]}),
    ],
)
async def test_a_subject_that_does_not_fit_its_template_is_refused(
    issuing: Issuing, template: str, subject: Subject, facts: dict[str, list[str]]
) -> None:
    key = await issuing.new_key()
    with pytest.raises(SubjectUnfit) as refused:
        await issuing.make(template, subject, key.public_key_info)
    assert refused.value.facts == facts


@pytest.mark.parametrize("value", ["", "  ", "А" * 257, "А\x00Б", "А\nБ", "\ud800"])
def test_hostile_names_are_refused(value: str) -> None:
    with pytest.raises(SubjectUnfit):
        Subject(common_name=value)


async def test_a_period_outside_the_issuers_own_is_refused(issuing: Issuing) -> None:
    key = await issuing.new_key()
    for not_before, not_after in (
        (datetime(2046, 1, 1, tzinfo=UTC), None),
        (datetime(2019, 1, 1, tzinfo=UTC), None),
        (NOW, NOW),
        (NOW, NOW - timedelta(days=1)),
        (NOW, datetime(2050, 1, 1, tzinfo=UTC)),
    ):
        with pytest.raises(ValidityRefused):
            await issuing.make(
                "individual-sign", PERSON, key.public_key_info, not_before=not_before, not_after=not_after
            )


async def test_an_unknown_template_is_refused(issuing: Issuing) -> None:
    key = await issuing.new_key()
    with pytest.raises(UnknownTemplate):
        await issuing.make("minister-sign", PERSON, key.public_key_info)


def test_a_subject_survives_json() -> None:
    for subject in (PERSON, OFFICIAL, SYSTEM, Subject.loopback()):
        assert Subject.from_json(subject.to_json()) == subject


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"common_name": 5},
        {"common_name": "x", "iin": "900101200014"},
        {"common_name": "x", "bin": "12"},
        {"common_name": "x", "role": "head"},
        {"common_name": "x", "dns_names": "localhost"},
        {"common_name": "x", "dns_names": ["жергілікті"]},
        {"common_name": "x", "ip_addresses": ["127.0.0.1.1"]},
        {"common_name": "x", "dns_names": ["a"] * 17},
    ],
)
def test_a_malformed_subject_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(SubjectUnfit):
        Subject.from_json(body)


async def test_a_gost_certificate_has_one_key_for_both_purposes_and_says_where_it_is_kept(
    profile: Profile, gost_chain: Chain, addresses: Addresses
) -> None:
    issuing = Issuing(profile, gost_chain, addresses, ManualClock(NOW))
    key = await issuing.new_key()
    entry = await issuing.make("official_head-sign", OFFICIAL, key.public_key_info)
    certificate = read_certificate(entry.certificate)
    assert certificate.purposes == {KeyPurpose.SIGN, KeyPurpose.AUTH}
    assert certificate.roles == {Role.LEGAL_ENTITY, Role.HEAD}
    assert certificate.policies == {"1.2.398.3.3.2"}
    assert bytes.fromhex("0606 2a830e030305 040c 300a 0608 2a830e0303050101") in certificate.der
    assert certificate.signature_algorithm == GOST_2015_512_STREEBOG.oid
    assert certificate.key_algorithm == GOST_2015_KEY
    assert certificate.ocsp_urls == ("http://127.0.0.1:8110/nca/ocsp",)
    assert certificate.crl_urls == ("http://127.0.0.1:8110/nca/crl/nca_gost_2022.crl",)
    assert certificate.delta_crl_urls == ("http://127.0.0.1:8110/nca/crl/nca_d_gost_2022.crl",)
    assert certificate.issuer_urls == ("http://127.0.0.1:8110/nca/cert/nca_gost_2022.cer",)


async def test_gost_serial_numbers_are_taken_from_the_key_unless_it_has_a_certificate_already(
    profile: Profile, gost_chain: Chain, addresses: Addresses
) -> None:
    issuing = Issuing(profile, gost_chain, addresses, ManualClock(NOW))
    key = await issuing.new_key()
    first = await issuing.make("individual-sign", PERSON, key.public_key_info)
    second = await issuing.make("individual-sign", PERSON, key.public_key_info, key_is_known=True)
    own = int.from_bytes(key_identifier(key.public_key_info), "big")
    assert (int(first.serial, 16) ^ own) >> 152 << 152 == int(first.serial, 16) ^ own
    assert second.serial != first.serial


def test_the_gost_chain_verifies_and_says_that_it_is_simulated(gost_chain: Chain) -> None:
    root, issuing = (read_certificate(one.certificate) for one in (gost_chain.root, gost_chain.issuing))
    for certificate in (root, issuing):
        assert "СИМУЛЯЦИЯ" in (certificate.subject.common_name or "")
        assert certificate.is_authority
        assert GOST_2015_512_STREEBOG.verify(root.key_info, certificate.signature, certificate.tbs)
        assert not GOST_2015_512_STREEBOG.verify(issuing.key_info, certificate.signature, certificate.tbs)
