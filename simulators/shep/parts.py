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
from gateway.shep.line import post
from gateway.shep.seal import seal
from gateway.shep.trusted import Known, TrustedAnswers
from gateway.store import Store
from simulators.shep.checks import Checks
from simulators.shep.config import CertificateRule, Demand, GatewayConfig, PeerEntry
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
        answers = TrustedAnswers(_known(party), self.checker, self.clock)
        content = await answers.content(reply.body, signed=signature is Demand.REQUIRED)
        return Called(content, reply.body)


@dataclass(frozen=True, slots=True)
class _Own:
    """A system is known by a rule: what it signs carries its certificate."""

    rule: CertificateRule
    certificates: tuple[Certificate, ...] = ()

    def __contains__(self, certificate: Certificate) -> bool:
        return self.rule.covers(certificate)


def _known(party: Party) -> Known:
    return party.known if isinstance(party, PeerEntry) else _Own(party.certificate)
