"""Which answers a client believes: those that its gateway signed, and faults, as far as they say no."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status
from gateway.shep.elements import Malformed
from gateway.shep.envelope import Opened, is_fault
from gateway.shep.errors import GatewayError, ShepErrorCode, UnknownGatewayError
from gateway.shep.faults import read_fault
from gateway.shep.seal import CertificateSet, SealBroken, Unsealed, read_shell, unseal


class TrustedAnswers:
    """The answers of one gateway, known by its certificates."""

    def __init__(self, certificates: Sequence[Certificate], checker: CertificateChecker, clock: Clock) -> None:
        self._gateway = CertificateSet.of(certificates)
        self._checker = checker
        self._clock = clock

    async def unsealed(self, body: bytes) -> Unsealed:
        """Return what an answer has in its Body; raises `GatewayError` and `UnknownGatewayError`."""
        # (1) The shell: one Envelope, one Body.
        try:
            opened = await read_shell(body, past_tree=True)
            if not opened.is_sealed:
                raise self._unsigned(opened)
        except Malformed as error:
            raise malformed(error) from error
        # (2) The signature covers the Body that will be read.
        try:
            unsealed = await unseal(opened, self._gateway.certificates, size=len(body))
        except SealBroken as error:
            raise UnknownGatewayError(
                ShepErrorCode.ANSWER_SIGNATURE_WRONG, reason=error.reason, **error.facts
            ) from error
        # (3) The signer is this gateway and nobody else.
        if unsealed.certificate not in self._gateway:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_SIGNER_UNKNOWN, signer=unsealed.certificate.subject.dn)
        # (4) The gateway's certificate is good now.
        verdict = await self._checker.check(unsealed.certificate)
        if verdict.status is Status.INVALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_REFUSED, verdict=verdict.code.value)
        if verdict.status is not Status.VALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_UNDECIDED, verdict=verdict.code.value)
        # (5) A fault is a refusal, signed by the gateway.
        try:
            content = unsealed.content
            if is_fault(content):
                raise GatewayError(read_fault(content, received_at=self._clock.now()), signed=True)
        except Malformed as error:
            raise malformed(error) from error
        return unsealed

    def _unsigned(self, opened: Opened) -> GatewayError | UnknownGatewayError:
        """Return the error of an answer without a signature: a fault may come so, else it is not the gateway's word."""
        content = opened.content
        if is_fault(content):
            return GatewayError(read_fault(content, received_at=self._clock.now()), signed=False)
        return UnknownGatewayError(ShepErrorCode.ANSWER_UNSIGNED)


def malformed(error: Malformed) -> UnknownGatewayError:
    """Return the error of an answer that is not of the schema's form."""
    return UnknownGatewayError(ShepErrorCode.ANSWER_MALFORMED, path=error.path, reason=error.reason)
