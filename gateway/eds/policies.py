"""Who signed, and may they: small rules over a certificate that are put together for each act."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.roles import KeyPurpose, Role
from gateway.eds.verdict import Verdict
from gateway.identity.numbers import Bin, Iin


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a certificate does not fit, and against what it was held."""

    code: Code
    facts: dict[str, str] = field(default_factory=dict)


SIGNING_POLICIES = frozenset({"1.2.398.3.3.2", "1.2.398.3.3.2.1", "1.2.398.3.3.2.3"})
"""Policies of the НУЦ under which documents may be signed: of 2022, and before it of legal entities and of persons."""

Policy = Callable[[Certificate], Objection | None]
"""A rule: an objection, or nothing."""


def iin_is(expected: Iin) -> Policy:
    """The holder's IIN must be the expected one."""

    def rule(certificate: Certificate) -> Objection | None:
        if certificate.subject.iin == str(expected):
            return None
        return Objection(Code.SIGNER_NOT_IIN, {"found": certificate.subject.iin or ""})

    return rule


def bin_is(expected: Bin) -> Policy:
    """The holder's BIN must be the expected one."""

    def rule(certificate: Certificate) -> Objection | None:
        if certificate.subject.bin == str(expected):
            return None
        return Objection(Code.SIGNER_NOT_BIN, {"found": certificate.subject.bin or ""})

    return rule


def role_in(roles: Iterable[Role]) -> Policy:
    """The holder must act in one of the roles."""
    allowed = frozenset(roles)

    def rule(certificate: Certificate) -> Objection | None:
        if certificate.roles & allowed:
            return None
        return Objection(Code.ROLE_NOT_FIT, {"found": _names(certificate.roles), "allowed": _names(allowed)})

    return rule


def may_sign() -> Policy:
    """The key must be for signing: digital signature with non-repudiation."""

    def rule(certificate: Certificate) -> Objection | None:
        return None if KeyPurpose.SIGN in certificate.purposes else Objection(Code.KEY_NOT_FOR_SIGNING)

    return rule


def may_authenticate() -> Policy:
    """The key must be for authentication."""

    def rule(certificate: Certificate) -> Objection | None:
        return None if KeyPurpose.AUTH in certificate.purposes else Objection(Code.KEY_NOT_FOR_AUTHENTICATION)

    return rule


def issued_under(allowed: Iterable[str] = SIGNING_POLICIES) -> Policy:
    """The certificate must name one of the policies (order No. 1187: the policy's number and its permitted use)."""
    permitted = frozenset(allowed)

    def rule(certificate: Certificate) -> Objection | None:
        if certificate.policies & permitted:
            return None
        return Objection(Code.POLICY_NOT_FIT, {"found": " ".join(sorted(certificate.policies))[:200]})

    return rule


def is_certificate(expected: Certificate) -> Policy:
    """The certificate must be the very one that was chosen before."""

    def rule(certificate: Certificate) -> Objection | None:
        if certificate == expected:
            return None
        return Objection(
            Code.NOT_THE_CHOSEN_CERTIFICATE, {"found": certificate.serial_hex, "chosen": expected.serial_hex}
        )

    return rule


def judge(certificate: Certificate, *policies: Policy, at: datetime) -> Verdict:
    """Hold a certificate against the rules in their order; the first objection is the verdict."""
    for policy in policies:
        objection = policy(certificate)
        if objection is not None:
            return Verdict.of(objection.code, at=at, certificate=certificate, facts=objection.facts)
    return Verdict.of(Code.OK, at=at, certificate=certificate)


def _names(roles: frozenset[Role]) -> str:
    return " ".join(sorted(role.name.lower().replace("_", "-") for role in roles))
