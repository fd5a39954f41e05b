"""The first checks of a server half, in their order, with the fault of each (shep.md, sections 3 and 7).

The order is: XML, envelope, presence of the signature (SCE007), signature (SCE006), certificate (SCE005). Only then
is the message itself read.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.eds.certificate import Certificate
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status
from gateway.shep.elements import Malformed
from gateway.shep.envelope import Opened
from gateway.shep.faults import FaultCode
from gateway.shep.refusal import Refused
from gateway.shep.seal import SealBroken, Unsealed, read_shell, unseal


async def admit_shell(data: bytes, *, past_tree: bool = False) -> Opened:
    """Steps (1) and (2): read the envelope, as `read_shell` does; raises `Refused` with SCE001."""
    try:
        return await read_shell(data, past_tree=past_tree)
    except Malformed as error:
        raise malformed(error) from error


async def admit_seal(opened: Opened, *, known: Iterable[Certificate] = (), size: int) -> Unsealed:
    """Steps (3) and (4): the transport signature is there and holds; raises `Refused` with SCE007 or SCE006."""
    if not opened.is_sealed:
        raise Refused(FaultCode.SIGNATURE_ABSENT, "Проверка транспортной ЭЦП. ЭЦП не найдена!")
    try:
        return await unseal(opened, known, size=size)
    except SealBroken as error:
        if error.reason == "signature-missing":
            raise Refused(FaultCode.SIGNATURE_ABSENT, "Проверка транспортной ЭЦП. ЭЦП не найдена!") from error
        raise Refused(FaultCode.SIGNATURE_WRONG, error.reason, reason=error.reason, **error.facts) from error


async def admit_certificate(certificate: Certificate, checker: CertificateChecker) -> None:
    """Step (5): the signer's certificate is good now.

    Raises `Refused` with SCE005; with SCE909, which is worth repeating, when it cannot be decided.
    """
    verdict = await checker.check(certificate)
    facts = {"signer": certificate.subject.dn, "serial": str(certificate.serial)}
    if verdict.status is Status.INVALID:
        raise Refused(FaultCode.CERTIFICATE_NOT_ACTUAL, verdict.code.value, reason=verdict.code.value, **facts)
    if verdict.status is not Status.VALID:
        raise Refused(FaultCode.INTERNAL, verdict.code.value, reason=verdict.code.value, **facts)


def malformed(error: Malformed) -> Refused:
    """Return the refusal of a message that is not of the schema's form."""
    return Refused(FaultCode.WRONG_FORMAT, str(error), path=error.path, reason=error.reason)
