"""A certificate as NCANode shows it: its spellings of names, times and algorithms over our profile and verdicts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from gateway.eds import names
from gateway.eds.certificate import Certificate
from gateway.eds.names import Name
from gateway.eds.revocation.evidence import RevocationEvidence, Source, State
from gateway.eds.roles import KeyPurpose
from gateway.eds.verdict import Verdict, worst
from gateway.web.checks.answers import CertificateInfo, KeyUsage, KeyUser, Person, Reason, Revocation, java_time
from gateway.web.checks.requests import RevocationSource

_ALGORITHMS = {
    "1.2.398.3.10.1.1.2.3.2": "ECGOST3410-2015-512",
    "1.2.398.3.10.1.1.2.3.1": "ECGOST3410-2015-256",
    "1.2.398.3.10.1.1.1.2": "ECGOST34310",
    "1.2.840.113549.1.1.5": "SHA1WithRSAEncryption",
    "1.2.840.113549.1.1.11": "SHA256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "SHA384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "SHA512WithRSAEncryption",
    "1.2.840.10045.4.3.2": "SHA256withECDSA",
    "1.2.840.10045.4.3.3": "SHA384withECDSA",
    "1.2.840.10045.4.3.4": "SHA512withECDSA",
}
_USERS = {
    "1.2.398.3.3.4.1.1": KeyUser.INDIVIDUAL,
    "1.2.398.3.3.4.1.2.1": KeyUser.CEO,
    "1.2.398.3.3.4.1.2.2": KeyUser.CAN_SIGN,
    "1.2.398.3.3.4.1.2.3": KeyUser.CAN_SIGN_FINANCIAL,
    "1.2.398.3.3.4.1.2.4": KeyUser.HR,
    "1.2.398.3.3.4.1.2.5": KeyUser.EMPLOYEE,
    "1.2.398.3.3.4.1.2": KeyUser.ORGANIZATION,
    "1.2.398.3.3.4.2": KeyUser.NCA_PRIVILEGES,
    "1.2.398.3.3.4.2.1": KeyUser.NCA_ADMIN,
    "1.2.398.3.3.4.2.2": KeyUser.NCA_MANAGER,
    "1.2.398.3.3.4.2.3": KeyUser.NCA_OPERATOR,
    "1.2.398.3.3.4.3": KeyUser.IDENTIFICATION,
    "1.2.398.3.3.4.3.1": KeyUser.IDENTIFICATION_CON,
    "1.2.398.3.3.4.3.2": KeyUser.IDENTIFICATION_REMOTE,
    "1.2.398.3.3.4.3.2.1": KeyUser.IDENTIFICATION_REMOTE_DIGITAL_ID,
}
"""In the order in which they are told: the narrower role first, as clients saw it."""
_PERSON = {
    "common_name": names.COMMON_NAME,
    "last_name": names.GIVEN_NAME,
    "sur_name": names.SURNAME,
    "email": names.EMAIL,
    "organization": names.ORGANISATION,
    "country": names.COUNTRY,
    "locality": names.LOCALITY,
    "state": names.STATE,
}
_JAVA_NAMES = {
    names.COMMON_NAME: "CN",
    names.SURNAME: "SURNAME",
    names.SERIAL_NUMBER: "SERIALNUMBER",
    names.COUNTRY: "C",
    names.LOCALITY: "L",
    names.STATE: "ST",
    names.STREET: "STREET",
    names.ORGANISATION: "O",
    names.UNIT: "OU",
    names.GIVEN_NAME: "GIVENNAME",
    names.EMAIL: "EMAILADDRESS",
    names.USER_ID: "UID",
    names.DOMAIN_COMPONENT: "DC",
}
_QUOTED = frozenset(',+=\n<>#;\\"')


def describe(certificate: Certificate, verdicts: Sequence[Verdict]) -> CertificateInfo:
    """Describe a certificate by the verdicts on it, one for each way in which revocation was asked."""
    verdict = worst(verdicts)
    return CertificateInfo(
        valid=verdict.valid,
        revocations=[_revocation(one) for one in _answers(verdicts)],
        not_before=java_time(certificate.not_before),
        not_after=java_time(certificate.not_after),
        key_usage=_usage(certificate),
        serial_number=f"{certificate.serial:x}",
        sign_alg=_ALGORITHMS.get(certificate.signature_algorithm, certificate.signature_algorithm),
        key_user=[user for oid, user in _USERS.items() if oid in certificate.extended_usages],
        public_key=base64.b64encode(certificate.key_info).decode(),
        signature=base64.b64encode(certificate.signature).decode(),
        subject=_holder(certificate),
        issuer=_person(certificate.issuer),
        verdict=verdict.status,
        code=verdict.code,
        reason=Reason.of(verdict.text),
    )


def java_dn(name: Name) -> str:
    """Write a name as X500Principal.toString does: the last part first, values with special characters in quotes."""
    return ", ".join(
        f"{_JAVA_NAMES.get(oid, f'OID.{oid}')}={_java_value(value)}" for oid, value in reversed(name.attributes)
    )


def _java_value(value: str) -> str:
    if not _QUOTED & set(value) and value == value.strip(" ") and "  " not in value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _answers(verdicts: Iterable[Verdict]) -> list[RevocationEvidence]:
    found = {verdict.revocation.source: verdict.revocation for verdict in verdicts if verdict.revocation is not None}
    return [found[source] for source in (Source.CRL, Source.OCSP) if source in found]


def _revocation(answer: RevocationEvidence) -> Revocation:
    good = answer.state is State.GOOD
    reason = None if good else answer.state.name if answer.reason is None else answer.reason.name
    return Revocation(
        revoked=not good,
        by=RevocationSource(answer.source.name),
        revocation_time=None if answer.revoked_at is None else java_time(answer.revoked_at),
        # NCANode: a list that does not name the certificate gives no reason, a responder says OK.
        reason="OK" if good and answer.source is Source.OCSP else reason,
    )


def _usage(certificate: Certificate) -> KeyUsage:
    if KeyPurpose.SIGN in certificate.purposes:
        return KeyUsage.SIGN
    return KeyUsage.AUTH if KeyPurpose.AUTH in certificate.purposes else KeyUsage.UNKNOWN


def _holder(certificate: Certificate) -> Person:
    subject = certificate.subject
    return _person(subject.name, iin=subject.iin, bin=subject.bin, email=subject.email)


def _person(name: Name, **known: str | None) -> Person:
    found = {field: name.first(oid) for field, oid in _PERSON.items()} | known
    return Person(dn=java_dn(name), **{field: value for field, value in found.items() if value is not None})
