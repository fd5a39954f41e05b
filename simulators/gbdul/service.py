"""GbdulInfoByBin_v2: from a signed question to an answer that an official has signed."""

from __future__ import annotations

import asyncio

from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import EdsError
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status
from gateway.eds.xmldsig import XmlSignature, verify_enveloped
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.participant import SyncReply
from gateway.shep.refusal import Refused
from simulators.faults.kinds import FaultKind, Faults, certified
from simulators.faults.payload import check_by_schema, parse_payload
from simulators.gbdul.answer import NAMESPACE, NOT_FOUND, PROCESSED, REFUSED, build_answer
from simulators.population import Population, SyntheticOrganisation

SERVICE_ID = "GbdulInfoByBin_v2"
_ROOTS = {f"{{{NAMESPACE}}}Request", f"{{{NAMESPACE}}}requestDataType"}


class GbdulService:
    """The registry itself; `official` certifies answers, `system` is the key of the information system."""

    def __init__(
        self,
        population: Population,
        *,
        official: SigningKey,
        system: SigningKey,
        checker: CertificateChecker,
        faults: Faults,
    ) -> None:
        self._population = population
        self._official = official
        self._system = system
        self._checker = checker
        self._faults = faults

    async def answer(self, question: SyncQuestion, _sender: Sender) -> SyncReply:
        """Answer a question of ЭҮШ; raises `Refused` when it cannot be read or its signature does not hold."""
        asked = await self._read(question.payload)
        await self._faults.delay(asked)
        fault = self._faults.about(asked)
        found = None if fault in {FaultKind.ABSENT, FaultKind.REFUSAL} else self._search(asked)
        result = REFUSED if fault is FaultKind.REFUSAL else NOT_FOUND if found is None else PROCESSED
        head = None if found is None else self._population.person(found.head)
        answer = build_answer(found, head=head, result=result)
        signed = await certified(answer, fault, official=self._official, system=self._system)
        return SyncReply(Payload(PayloadForm.ESCAPED, signed))

    async def _read(self, payload: Payload | None) -> str:
        # (1) A string with XML in it, of the schema.
        root = parse_payload(payload, PayloadForm.ESCAPED, PayloadForm.CDATA)
        check_by_schema(root, "gbdul/gbdul.xsd")
        assert payload is not None
        # (2) Signed by the system of the organisation that asks: SCE017, SCE016, SCE015.
        signature = await _verified(payload.xml)
        covered = signature.document
        if covered.tag not in _ROOTS:
            raise Refused(FaultCode.WRONG_FORMAT, "Request is expected")
        await self._check_certificate(signature)
        if signature.certificate.subject.bin != _text(covered, "RequestorBIN"):
            raise Refused(FaultCode.BUSINESS_SIGNATURE_WRONG, "RequestorBIN is not the signer's")
        return _text(covered, "BIN")

    async def _check_certificate(self, signature: XmlSignature) -> None:
        verdict = await self._checker.check(signature.certificate, intermediates=signature.chain)
        if verdict.status is Status.UNDETERMINED:
            raise Refused(FaultCode.INTERNAL, verdict.code.value)
        if verdict.status is not Status.VALID:
            raise Refused(FaultCode.BUSINESS_CERTIFICATE_NOT_ACTUAL, verdict.code.value)

    def _search(self, asked: str) -> SyntheticOrganisation | None:
        found = self._population.organisation(asked)
        return found if found is not None and found.known_to_gbdul else None


async def _verified(document: bytes) -> XmlSignature:
    try:
        return (await asyncio.to_thread(verify_enveloped, document))[0]
    except EdsError as error:
        missing = error.code is Code.SIGNATURE_MISSING
        code = FaultCode.BUSINESS_SIGNATURE_ABSENT if missing else FaultCode.BUSINESS_SIGNATURE_WRONG
        raise Refused(code, error.code.value) from error


def _text(root: etree._Element, name: str) -> str:
    return (root.findtext(name) or "").strip()
