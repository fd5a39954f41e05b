"""A small certification authority and signed results for the tests of this room."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from gateway.catalogue import Outcome, ResultKind, Service, load_catalogue
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.keys import SigningKey, signing_key
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped
from gateway.identity.numbers import Bin, Iin, check_digit
from gateway.results.document import Applicant, Ground, Office, ResultDocument, Statement
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, ground_of, refusal_document, result_document
from tests.unit.eds.pki import produced_at

ISSUED = datetime(2026, 3, 2, 5, tzinfo=UTC)
FROM = datetime(2025, 6, 1, tzinfo=UTC)
UNTIL = datetime(2027, 6, 1, tzinfo=UTC)


def number(first_eleven: str) -> str:
    last = check_digit(first_eleven)
    assert last is not None
    return first_eleven + last


APPLICANT = Iin(number("85010110012"))
HEAD_IIN = number("70020210013")
OFFICE = Bin(number("70034000001"))
OTHER_OFFICE = Bin(number("71054000002"))
PORTAL = Bin(number("72064000004"))

_Key = ec.EllipticCurvePrivateKey


class Authority:
    """Root and issuing CA, the keys they certify, and the OCSP answers about them."""

    def __init__(self, name: str) -> None:
        self._root_key, self._ca_key, self._ocsp_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        self._root_name = _name(f"{name} ROOT")
        self._ca_name = _name(f"{name} CA")
        self.root = self._issue(self._root_name, self._root_key, self._root_name, self._root_key, authority=True)
        self.ca = self._issue(self._ca_name, self._ca_key, self._root_name, self._root_key, authority=True)
        self._responder = self._issue(
            _name(f"{name} OCSP"),
            self._ocsp_key,
            self._ca_name,
            self._ca_key,
            usages=[ExtendedKeyUsageOID.OCSP_SIGNING],
        )

    def key(
        self,
        common_name: str,
        *,
        iin: str | None = None,
        office: str | None = None,
        roles: tuple[Role, ...] = (),
        not_after: datetime = UNTIL,
        signs: bool = True,
    ) -> SigningKey:
        private = ec.generate_private_key(ec.SECP256R1())
        subject = _name(common_name, iin=iin, office=office)
        certificate = self._issue(
            subject,
            private,
            self._ca_name,
            self._ca_key,
            usages=[ObjectIdentifier(role.value) for role in roles],
            not_after=not_after,
            signs=signs,
        )
        return signing_key(private, _read(certificate), (_read(self.ca), _read(self.root)))

    @property
    def anchors(self) -> tuple[Certificate, ...]:
        return (_read(self.root), _read(self.ca))

    def ocsp(self, certificate: Certificate, *, at: datetime = ISSUED, revoked_at: datetime | None = None) -> bytes:
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=x509.load_der_x509_certificate(certificate.der),
            issuer=self.ca,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + timedelta(hours=1),
            revocation_time=revoked_at,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked_at else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self._responder)
        response = builder.certificates([self._responder]).sign(self._ocsp_key, hashes.SHA256())
        return produced_at(at, response.public_bytes(Encoding.DER), self._ocsp_key)

    def crl(self, *revoked: Certificate, at: datetime = ISSUED, revoked_at: datetime = FROM) -> bytes:
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self._ca_name, last_update=at, next_update=at + timedelta(days=1)
        )
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._ca_key.public_key()), critical=False
        )
        for certificate in revoked:
            entry = x509.RevokedCertificateBuilder(serial_number=certificate.serial, revocation_date=revoked_at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._ca_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _issue(
        self,
        subject: x509.Name,
        key: _Key,
        issuer: x509.Name,
        issuer_key: _Key,
        *,
        authority: bool = False,
        usages: list[ObjectIdentifier] | None = None,
        not_after: datetime = UNTIL,
        signs: bool = True,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority=authority, signs=signs), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        )
        if not authority:
            extended = [ExtendedKeyUsageOID.EMAIL_PROTECTION] if signs else [ExtendedKeyUsageOID.CLIENT_AUTH]
            responder = usages == [ExtendedKeyUsageOID.OCSP_SIGNING]
            only = usages if responder else [*extended, *(usages or [])]
            builder = builder.add_extension(x509.ExtendedKeyUsage(only), critical=False)
            if responder:
                builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, authority: bool, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority and signs,
        key_encipherment=not authority and not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str, *, iin: str | None = None, office: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if iin:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{iin}"))
    parts.append(x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"))
    if office:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, '"ҚАЛАЛЫҚ ЖҰМЫСПЕН ҚАМТУ БӨЛІМІ" ММ'))
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{office}"))
    return x509.Name(parts)


def _read(certificate: x509.Certificate) -> Certificate:
    return read_certificate(certificate.public_bytes(Encoding.DER))


@functools.cache
def authority() -> Authority:
    return Authority("TEST")


@functools.cache
def head() -> SigningKey:
    return authority().key("ОМАРОВ ДӘУЛЕТ", iin=HEAD_IIN, office=OFFICE, roles=(Role.LEGAL_ENTITY, Role.HEAD))


@functools.cache
def portal_system() -> SigningKey:
    return authority().key("QYZMET PORTAL", office=PORTAL, roles=(Role.LEGAL_ENTITY, Role.INFORMATION_SYSTEM))


def particulars(**changes: object) -> Particulars:
    values: dict[str, object] = {
        "number": "20260302000017-1",
        "application": "20260302000017",
        "service": "unemployed-certificate",
        "service_title": Statement("Жұмыссыз азаматтарға анықтамалар беру", "Выдача справок безработным гражданам"),
        "provider": Office(
            OFFICE,
            Statement(
                "«Қарағанды қаласының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі» ММ",
                "ГУ «Отдел занятости и социальных программ города Караганды»",
            ),
        ),
        "applicant": Applicant(APPLICANT, "Жұмабаева Әсел Қанатқызы"),
        "issued_at": ISSUED,
        "verification": "http://127.0.0.1:8080",
        "simulated": True,
    }
    return Particulars(**(values | changes))  # type: ignore[arg-type]


@functools.cache
def _services() -> dict[str, Service]:
    return load_catalogue().services


def result_of(service: str) -> ResultKind:
    """The document in which a service ends when all went well."""
    return _services()[service].result(Outcome.ISSUED)


def ground(code: str, service: str = "unemployed-certificate") -> Ground:
    """A ground of refusal, as the service words it."""
    return ground_of(_services()[service], code)


def certificate(**changes: object) -> ResultDocument:
    facts = {"registered_on": "2025-11-17", "registration_number": "4821"}
    return result_document(particulars(**changes), result_of("unemployed-certificate"), facts)


def guardianship(*, decision_number: str = "112/ө", **changes: object) -> ResultDocument:
    facts = {
        "ward_name": "Серікұлы Нұрлан",
        "ward_birth_date": "2016-05-09",
        "decision_number": decision_number,
        "decision_date": "2024-01-15",
        "address": "Алматы қ., Абай даңғ., 10-үй",
    }
    title = Statement(
        "Қорғаншылық және қамқоршылық жөнінде анықтамалар беру", "Выдача справок по опеке и попечительству"
    )
    values = {"service": "guardianship-certificate", "service_title": title} | changes
    return result_document(particulars(**values), result_of("guardianship-certificate"), facts)


def refusal(**changes: object) -> ResultDocument:
    reason = Statement("Тіркеу деректері табылмады.", "Данные о регистрации не найдены.")
    return refusal_document(particulars(**changes), ground("not-registered-as-unemployed"), reason=reason)


def signed(document: ResultDocument, key: SigningKey | None = None) -> bytes:
    return sign_enveloped(build_result(document), key or head())
