"""What the doors and the deliveries of one gateway share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from lxml import etree

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status
from gateway.shep.elements import Malformed
from gateway.shep.envelope import is_fault
from gateway.shep.errors import GatewayError, ShepErrorCode, UnknownGatewayError
from gateway.shep.faults import read_fault
from gateway.shep.line import post
from gateway.shep.seal import SealBroken, Unsealed, read_shell, seal, unseal
from gateway.store import Store
from simulators.shep.checks import Checks
from simulators.shep.config import Demand, GatewayConfig, PeerEntry
from simulators.shep.faults import FaultKit
from simulators.shep.journal import Journal
from simulators.shep.registry import Party, Registry


def new_session_id() -> str:
    """Return a GUID in braces."""
    return f"{{{uuid.uuid4()}}}"


@dataclass(frozen=True, slots=True)
class Called:
    """What a called party said: the element in its Body, and the bytes it came in."""

    content: etree._Element
    envelope: bytes


@dataclass(frozen=True)
class Parts:
    """One gateway's own things."""

    config: GatewayConfig
    registry: Registry
    checks: Checks
    journal: Journal
    faults: FaultKit
    store: Store
    key: SigningKey
    checker: CertificateChecker
    http: aiohttp.ClientSession
    clock: Clock

    async def call(
        self,
        party: Party,
        url: str,
        write: Callable[[], etree._Element],
        *,
        seconds: float,
        signature: Demand,
    ) -> Called:
        """Send a signed message to a party and return its answer; raises the families of `ShepError`.

        The answer must be signed by the party itself, unless the service leaves that open.
        """
        envelope = await seal(write, self.key)
        reply = await post(self.http, url, envelope, seconds=seconds)
        try:
            opened = await read_shell(reply.body)
            if opened.is_sealed:
                unsealed = await unseal(opened, _known(party), size=len(reply.body))
                await self._trust(party, unsealed)
                answer = unsealed.content
            else:
                answer = opened.content
            if is_fault(answer):
                fault = read_fault(answer, received_at=self.clock.now())
                raise GatewayError(fault, signed=opened.is_sealed)
        except Malformed as error:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_MALFORMED, path=error.path, reason=error.reason) from error
        except SealBroken as error:
            raise UnknownGatewayError(
                ShepErrorCode.ANSWER_SIGNATURE_WRONG, reason=error.reason, **error.facts
            ) from error
        if not opened.is_sealed and signature is Demand.REQUIRED:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_UNSIGNED)
        return Called(answer, reply.body)

    async def _trust(self, party: Party, unsealed: Unsealed) -> None:
        signer = unsealed.certificate
        own = signer in party.known if isinstance(party, PeerEntry) else party.certificate.covers(signer)
        if not own:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_SIGNER_UNKNOWN, signer=signer.subject.dn)
        verdict = await self.checker.check(signer)
        if verdict.status is Status.INVALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_REFUSED, verdict=verdict.code.value)
        if verdict.status is not Status.VALID:
            raise UnknownGatewayError(ShepErrorCode.ANSWER_CERTIFICATE_UNDECIDED, verdict=verdict.code.value)


def _known(party: Party) -> tuple[Certificate, ...]:
    return party.known.certificates if isinstance(party, PeerEntry) else ()
