"""The business signature inside an answer: an official of the state body vouches for the data.

Condition 3 of the Karaganda act (unemployed-certificate, lines 1392-1396) wants data certified by authorised persons of
state bodies. What is read is what the signature covers, parsed anew; the rest of the answer is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.policies import Objection, bin_is, may_sign
from gateway.eds.roles import Role
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status, Verdict
from gateway.eds.verification import verify_signed_xml
from gateway.identity.numbers import Bin, Iin, NumberError
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.outcome import Evidence

_SYSTEMS = frozenset({Role.INFORMATION_SYSTEM, Role.INDIVIDUAL_SYSTEM})
_UNREADABLE = frozenset(
    {Code.XML_MALFORMED, Code.XML_TOO_LARGE, Code.XML_TOO_COMPLEX, Code.XML_DOCTYPE, Code.XML_ENCODING}
)
_UNSIGNED = frozenset({Code.SIGNATURE_MISSING, Code.SIGNATURE_MISPLACED})


@dataclass(frozen=True, slots=True)
class Certified:
    """What an official signed (`root`, parsed from the covered bytes) and the evidence to keep."""

    root: etree._Element
    evidence: Evidence


class Certifier(Protocol):
    """Says whether an official of the registry's owner vouches for an answer."""

    async def certify(self, document: bytes) -> Certified:
        """Return what was signed; raises `RegistryUnavailable`."""


class OwnersOfficial:
    """Accepts answers that a person of the registry's owner signed, with a key for signing, good now."""

    def __init__(
        self, registry: Registry, checker: CertificateChecker, owner: Bin, keeper: EvidenceKeeper | None = None
    ) -> None:
        self._registry = registry
        self._checker = checker
        self._keeper = keeper or EvidenceKeeper(checker)
        self._policies = (bin_is(owner), _is_person, may_sign())

    async def certify(self, document: bytes) -> Certified:
        """Return what the document's one signature covers; raises `RegistryUnavailable`."""
        verdict, signature = await verify_signed_xml(document, self._checker, *self._policies)
        # (1) The signature holds over these bytes.
        if signature is None:
            raise self._refusal(_defect(verdict.code), verdict)
        # (2) Revocation that cannot be established is no yes, and no reason to blame the signer.
        if verdict.status is Status.UNDETERMINED:
            raise self._refusal(UnavailableCode.SIGNER_UNDETERMINED, verdict)
        # (3) The signer is an official of the owner, with a certificate that is good now.
        if verdict.status is not Status.VALID:
            raise self._refusal(UnavailableCode.SIGNER_NOT_FIT, verdict)
        # (4) What is kept lets the answer be certified again when its signer's certificate has long run out.
        kept = await self._keeper.keep(document, verdict)
        return Certified(signature.document, Evidence(kept, signature.certificate, verdict))

    def _refusal(self, code: UnavailableCode, verdict: Verdict) -> RegistryUnavailable:
        return RegistryUnavailable(self._registry, code, **{**verdict.facts, "verdict": verdict.code.value})


def _defect(code: Code) -> UnavailableCode:
    if code in _UNREADABLE:
        return UnavailableCode.UNREADABLE
    return UnavailableCode.UNSIGNED if code in _UNSIGNED else UnavailableCode.SIGNATURE_BROKEN


def _is_person(certificate: Certificate) -> Objection | None:
    """Tell an official from an information system of the same organisation: a system has no IIN."""
    if certificate.roles & _SYSTEMS:
        return Objection(Code.ROLE_NOT_FIT, {"found": "information-system"})
    try:
        Iin(certificate.subject.iin or "")
    except NumberError as error:
        return Objection(Code.SIGNER_NOT_IIN, {"found": error.code.value})
    return None
