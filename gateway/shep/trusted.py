"""Which answers are believed: those that the called party signed itself, and faults, as far as they say no."""

from __future__ import annotations

from typing import Protocol

from lxml import etree

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status
from gateway.shep.elements import Malformed
from gateway.shep.envelope import Opened, is_fault
from gateway.shep.errors import GatewayError, ShepErrorCode, UnknownGatewayError
from gateway.shep.faults import read_fault
from gateway.shep.seal import SealBroken, Unsealed, read_shell, unseal


class Known(Protocol):
    """By which certificates a party is known; a `CertificateSet` is one."""

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Those that an answer may name by issuer and serial number."""

    def __contains__(self, certificate: Certificate, /) -> bool:
        """Whether the certificate is the party's own."""


class TrustedAnswers:
    """The answers of one party."""

    def __init__(self, known: Known, checker: CertificateChecker, clock: Clock) -> None:
        self._known = known
        self._checker = checker
        self._clock = clock

    async def unsealed(self, body: bytes) -> Unsealed:
        """Return what an answer has in its Body; raises `GatewayError` and `UnknownGatewayError`."""
        opened = await self._opened(body, past_tree=True)
        if not opened.is_sealed:
            raise self._unsigned(opened)
        return await self._judged(opened, len(body))

    async def content(self, body: bytes, *, signed: bool = True) -> etree._Element:
        """Return the element in an answer's Body, which with `signed` False may bear no signature; raises the same."""
        opened = await self._opened(body)
        if opened.is_sealed:
            return (await self._judged(opened, len(body))).content
        refusal = self._unsigned(opened)
        if signed or refusal.code is not ShepErrorCode.ANSWER_UNSIGNED:
            raise refusal
        return opened.content

    async def _opened(self, body: bytes, *, past_tree: bool = False) -> Opened:
        # (1) The shell: one Envelope, one Body.
        try:
            return await read_shell(body, past_tree=past_tree)
        except Malformed as error:
            raise malformed(error) from error

    async def _judged(self, opened: Opened, size: int) -> Unsealed:
        # (2) The signature covers the Body that will be read.
        try:
            unsealed = await unseal(opened, self._known.certificates, size=size)
        except SealBroken as error:
            raise UnknownGatewayError(
                ShepErrorCode.ANSWER_SIGNATURE_WRONG, reason=error.reason, **error.facts
            ) from error
        # (3) The signer is this party and nobody else.
        if unsealed.certificate not in self._known:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_SIGNER_UNKNOWN, signer=unsealed.certificate.subject.dn)
        # (4) The party's certificate is good now.
        verdict = await self._checker.check(unsealed.certificate)
        if verdict.status is Status.INVALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_REFUSED, verdict=verdict.code.value)
        if verdict.status is not Status.VALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_UNDECIDED, verdict=verdict.code.value)
        # (5) A fault is a refusal, signed by the party.
        try:
            content = unsealed.content
            if is_fault(content):
                raise GatewayError(read_fault(content, received_at=self._clock.now()), signed=True)
        except Malformed as error:
            raise malformed(error) from error
        return unsealed

    def _unsigned(self, opened: Opened) -> GatewayError | UnknownGatewayError:
        """Return the error of an answer without a signature: a fault may come so, else it is not the party's word."""
        try:
            if is_fault(opened.content):
                return GatewayError(read_fault(opened.content, received_at=self._clock.now()), signed=False)
        except Malformed as error:
            return malformed(error)
        return UnknownGatewayError(ShepErrorCode.ANSWER_UNSIGNED)


def malformed(error: Malformed) -> UnknownGatewayError:
    """Return the error of an answer that is not of the schema's form."""
    return UnknownGatewayError(ShepErrorCode.ANSWER_MALFORMED, path=error.path, reason=error.reason)
