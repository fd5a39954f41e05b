"""The gateway's checks of a message, in their order, with the fault of each (shep.md, section 7, step 3).

(1) XML, (2) envelope: SCE001. (3) The transport signature is there: SCE007. (4) It holds: SCE006. (5) Its certificate
is good now: SCE005. (6) The message reads: SCE001. (7) The sender is known, its password and certificate are its own:
SCE002, SCE006. (8) It may ask the service: SCE003. (9) The service exists on this channel: SCE004. (10) The route
leads somewhere: SCE004. (11) The business signature, where the service demands it: SCE015 to SCE017.
Codes SCE002 and SCE003 are our invention: no public source gives the gateway's own.

Step (6) begins with the judgement of the schema in strict mode, and of the edition of the types in every mode. A
message that asks the gateway itself (for a status, for what waits, about a delivery) passes steps (1) to (7); whether
it may ask is said by SCE003.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Generic, TypeVar

from lxml import etree

from gateway.eds.certificate import Certificate
from gateway.eds.errors import EdsError
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Status
from gateway.eds.xmldsig import verify_enveloped
from gateway.shep.admission import admit_certificate, admit_seal, admit_shell, malformed
from gateway.shep.elements import Malformed
from gateway.shep.envelope import operation_of
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, Sender
from gateway.shep.names import MAX_ENVELOPE_BYTES, MAX_MESSAGE_BYTES, Operation
from gateway.shep.refusal import Refused
from gateway.shep.schema import check_editions, check_schema
from simulators.shep.config import Channel, Demand, Mode, PeerEntry, ServiceEntry, SystemEntry, as_hash, hash_password
from simulators.shep.journal import Entry
from simulators.shep.peek import peek_service_id
from simulators.shep.registry import Party, Registry, name_of
from simulators.shep.signature_reason import business_reason, transport_reason

ENVELOPE_ALLOWANCE = MAX_ENVELOPE_BYTES - MAX_MESSAGE_BYTES
"""What the envelope and its signature may add to a payload."""
NOT_FOUND = "По заданному значению ServiceId услуга не найдена!"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What steps (1) to (5) leave: the operation, its element, and the signer (none where a service allows it)."""

    operation: Operation
    content: etree._Element
    certificate: Certificate | None
    size: int


_Message = TypeVar("_Message")


@dataclass(frozen=True, slots=True)
class Identified(Generic[_Message]):
    """A message whose sender is known: handed over by `origin`, written by `sender` (its password hashed)."""

    message: _Message
    origin: Party
    sender: Sender


class Checks:
    """The checks of one gateway."""

    def __init__(self, registry: Registry, checker: CertificateChecker, *, mode: Mode) -> None:
        self._registry = registry
        self._checker = checker
        self._mode = mode

    async def sealed(self, body: bytes, entry: Entry) -> Sealed:
        """Do steps (1) to (5); raises `Refused`. Why a signature does not hold is written into the journal's line."""
        opened = await admit_shell(body)
        try:
            if not opened.is_sealed and self._may_be_unsigned(body):
                return self._described(Sealed(operation_of(opened.content), opened.content, None, len(body)), body)
            try:
                unsealed = await admit_seal(opened, known=self._registry.peer_certificates(), size=len(body))
            except Refused as refused:
                if refused.code is FaultCode.SIGNATURE_WRONG:
                    entry.explain(await asyncio.to_thread(transport_reason, body))
                raise
            await admit_certificate(unsealed.certificate, self._checker)
            content = unsealed.content
            return self._described(Sealed(operation_of(content), content, unsealed.certificate, len(body)), body)
        except Malformed as error:
            raise malformed(error) from error

    def identified(
        self, sealed: Sealed, message: _Message, sender: Sender | None, entry: Entry
    ) -> Identified[_Message]:
        """Do step (7); raises `Refused`. A peer vouches for the sender that it names.

        Where the schema lets a message do without a sender, the certificate must be one system's alone.
        """
        if sender is None:
            return self._by_certificate(sealed, message, entry)
        entry.sender_id = sender.sender_id
        peer = None if sealed.certificate is None else self._registry.peer_of(sealed.certificate)
        if peer is not None:
            entry.party = peer.name
            return Identified(message, peer, Sender(sender.sender_id, as_hash(sender.password)))
        system = self._registry.authenticate(sender.sender_id, sender.password)
        if system is None:
            raise Refused(FaultCode.SENDER_REFUSED, "senderId, password")
        if sealed.certificate is not None and not system.certificate.covers(sealed.certificate):
            raise Refused(
                FaultCode.SIGNATURE_WRONG,
                "the certificate is not the sender's",
                signer=sealed.certificate.subject.dn,
                serial=f"{sealed.certificate.serial:x}",
            )
        entry.party = system.sender_id
        return Identified(message, system, Sender(system.sender_id, hash_password(sender.password or "")))

    def _by_certificate(self, sealed: Sealed, message: _Message, entry: Entry) -> Identified[_Message]:
        system = None if sealed.certificate is None else self._registry.system_of(sealed.certificate)
        if system is None:
            raise Refused(FaultCode.SENDER_REFUSED, "no sender, and the certificate names no one system")
        entry.sender_id = entry.party = system.sender_id
        return Identified(message, system, Sender(system.sender_id, system.password_sha256))

    def peer(self, sealed: Sealed, entry: Entry) -> PeerEntry:
        """Do step (7) for what only another gateway says, which names no sender; raises `Refused` with SCE003."""
        peer = None if sealed.certificate is None else self._registry.peer_of(sealed.certificate)
        if peer is None:
            raise Refused(FaultCode.NO_RIGHT, "only another gateway tells this one what became of a message")
        entry.party = peer.name
        return peer

    def right(self, origin: Party, service_id: str) -> None:
        """Do step (8); raises `Refused`. A peer has checked the right of its own system."""
        exists = self._registry.service(service_id) is not None
        if exists and isinstance(origin, SystemEntry) and not self._registry.may_ask(origin.sender_id, service_id):
            raise Refused(FaultCode.NO_RIGHT, service_id)

    def receiver(self, system: SystemEntry, service_id: str) -> None:
        """Do step (8) for who fetches: messages of the service can be for it; raises `Refused`."""
        service = self._registry.service(service_id)
        if service is not None and not self._registry.may_fetch(system.sender_id, service):
            raise Refused(FaultCode.NO_RIGHT, service_id)

    def signed(self, sealed: Sealed) -> None:
        """Ask for a transport signature, whatever the service itself allows; raises `Refused` with SCE007."""
        if sealed.certificate is None:
            raise Refused(FaultCode.SIGNATURE_ABSENT, "the operation takes no unsigned messages")

    def service(self, sealed: Sealed, service_id: str, channel: Channel) -> ServiceEntry:
        """Do step (9); raises `Refused`. What step (3) let pass unsigned is held against the service itself."""
        service = self._registry.service(service_id)
        if service is None or service.channel is not channel:
            raise Refused(FaultCode.SERVICE_UNAVAILABLE, NOT_FOUND, service=service_id)
        if sealed.certificate is None and service.transport_signature is Demand.REQUIRED:
            raise Refused(FaultCode.SIGNATURE_ABSENT, "the service takes no unsigned messages")
        if sealed.size > service.max_bytes + ENVELOPE_ALLOWANCE:
            raise Refused(FaultCode.WRONG_FORMAT, f"{sealed.size} bytes, the service takes {service.max_bytes}")
        return service

    def target(self, origin: Party, service: ServiceEntry, route_id: str | None) -> Party:
        """Do step (10); raises `Refused`. Without a route the message goes to the service's owner."""
        name = service.owner
        if route_id is not None:
            route = self._registry.route(route_id)
            if route is None:
                raise Refused(FaultCode.SERVICE_UNAVAILABLE, f"no route {route_id}", route=route_id)
            name = route.to
        target = self._registry.party(name)
        if target is None or (isinstance(target, PeerEntry) and name_of(target) == name_of(origin)):
            raise Refused(FaultCode.SERVICE_UNAVAILABLE, f"the route to {name} leads back", route=route_id)
        return target

    async def business_signature(self, service: ServiceEntry, payload: Payload | None, entry: Entry) -> None:
        """Do step (11); raises `Refused`."""
        if service.business_signature is not Demand.REQUIRED:
            return
        if payload is None or b"http://www.w3.org/2000/09/xmldsig#" not in payload.xml:
            raise Refused(FaultCode.BUSINESS_SIGNATURE_ABSENT, "no ds:Signature in the data")
        try:
            signatures = await asyncio.to_thread(verify_enveloped, payload.xml)
        except EdsError as error:
            entry.explain(await asyncio.to_thread(business_reason, payload.xml))
            raise Refused(FaultCode.BUSINESS_SIGNATURE_WRONG, error.code.value, **error.facts) from error
        for signature in signatures:
            verdict = await self._checker.check(signature.certificate)
            if verdict.status is Status.INVALID:
                raise Refused(FaultCode.BUSINESS_CERTIFICATE_NOT_ACTUAL, verdict.code.value)
            if verdict.status is not Status.VALID:
                raise Refused(FaultCode.INTERNAL, verdict.code.value)

    def _may_be_unsigned(self, body: bytes) -> bool:
        service = self._registry.service(peek_service_id(body) or "")
        return service is not None and service.transport_signature is Demand.OPTIONAL

    def _described(self, sealed: Sealed, body: bytes) -> Sealed:
        """Let in no types of two editions, and in strict mode only what the schema allows (part of step 6)."""
        if self._mode is Mode.STRICT:
            check_schema(sealed.content)
        else:
            check_editions(sealed.content, body)
        return sealed
