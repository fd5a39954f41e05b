"""What the doors of both channels do alike: read, act out faults, answer signed, write the refusal down."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import web
from lxml import etree

from gateway.eds.wsse import KeyReference
from gateway.shep.admission import malformed
from gateway.shep.door import BODIES, BodyRefused, Room, read_body, soap_answer
from gateway.shep.elements import Malformed
from gateway.shep.envelope import wrap
from gateway.shep.errors import GatewayError
from gateway.shep.faults import Fault, FaultCode, write_fault
from gateway.shep.names import Operation
from gateway.shep.offload import offloaded
from gateway.shep.persons import numbers_in
from gateway.shep.refusal import Refused
from gateway.shep.seal import seal
from simulators.shep.checks import Sealed
from simulators.shep.faults import SPOILT, FaultKind, FaultPlan, Place, misbehave_before
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts, new_session_id
from simulators.shep.peek import note_unread, peek_service_id
from simulators.shep.spoiling import answer_with

_BY_THE_KIT = "the fault kit says so"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """What writes the element for the answer's Body, and whether it goes out signed."""

    write: Callable[[], etree._Element]
    signed: bool = True


Work = Callable[[Sealed, Entry], Awaitable[Answered]]
"""Does what a sealed message asks for, filling in the journal's line; raises `Refused`, `Malformed`, `GatewayError`."""


async def serve(
    parts: Parts, request: web.Request, *, place: Place, default: Operation, work: Work
) -> web.StreamResponse:
    """Serve one exchange of a channel; every refusal is a signed fault and a line in the journal."""
    with BODIES.room() as room:
        return await _served(parts, request, room, place=place, default=default, work=work)


async def _served(
    parts: Parts, request: web.Request, room: Room, *, place: Place, default: Operation, work: Work
) -> web.StreamResponse:
    entry = Entry(channel=place.value, session_id=new_session_id())
    operation = default
    try:
        entry.envelope = await read_body(request, room)
    except BodyRefused as error:
        return await _refuse(parts, Refused(error.code, error.reason), operation, entry, close=True)
    plan = parts.faults.take(place, peek_service_id(entry.envelope))
    if plan is not None and plan.ends_before:
        await _note_spoilt(parts, plan, entry)
    early = await misbehave_before(plan, request)
    if early is not None:
        return early
    try:
        sealed = await parts.checks.sealed(entry.envelope, entry)
        operation = sealed.operation
        if plan is not None and plan.kind is FaultKind.FAULT:
            return await _answer_fault(parts, _planned(plan, parts, entry), operation, entry)
        answered = await work(sealed, entry)
    except Exception as error:  # noqa: BLE001 - a caller gets a fault, whatever failed here
        return await _failed(parts, error, operation, entry)
    if plan is None and not answered.signed:
        return soap_answer(await offloaded(sealed.size, partial(_unsigned, answered)))
    if plan is not None and plan.spoils:
        # The envelope stands in the line of what was done with the message.
        await _note_spoilt(parts, plan, dataclasses.replace(entry, envelope=b"", persons=await _persons(entry)))
    return await answer_with(plan, answered.write, parts.key, request)


async def _persons(entry: Entry) -> frozenset[str]:
    if entry.persons is not None:
        return entry.persons
    return await offloaded(len(entry.envelope), partial(numbers_in, entry.envelope))


async def _note_spoilt(parts: Parts, plan: FaultPlan, entry: Entry) -> None:
    """Write down what the fault kit does: the message is not looked at, or its answer is no good one."""
    spoilt = dataclasses.replace(entry, event=SPOILT, facts={"kind": plan.kind.value, "data": _BY_THE_KIT})
    note_unread(spoilt)
    await parts.journal.write(spoilt, parts.clock.now())


def _unsigned(answered: Answered) -> bytes:
    return etree.tostring(wrap(answered.write()), encoding="utf-8", xml_declaration=True)


def _planned(plan: FaultPlan, parts: Parts, entry: Entry) -> Fault:
    """Return the fault that the fault kit asks for; a code that nobody knows has its text from the kit."""
    entry.facts["data"] = _BY_THE_KIT
    now = parts.clock.now()
    known = next((each for each in FaultCode if each.value == plan.code), None)
    if known is not None:
        return Fault.of(known, now, _BY_THE_KIT, session_id=entry.session_id)
    return Fault(plan.code, _BY_THE_KIT, now, session_id=entry.session_id)


async def _failed(parts: Parts, error: Exception, operation: Operation, entry: Entry) -> web.Response:
    if isinstance(error, GatewayError):
        return await _pass_on(parts, error, operation, entry)
    if isinstance(error, Malformed):
        error = malformed(error)
    if not isinstance(error, Refused):
        _log.error("gateway-failed", gateway=parts.config.name, operation=operation.local_name, exc_info=error)
        error = Refused(FaultCode.INTERNAL, type(error).__name__)
    return await _refuse(parts, error, operation, entry)


async def _refuse(
    parts: Parts, refused: Refused, operation: Operation, entry: Entry, *, close: bool = False
) -> web.Response:
    fault = Fault.of(refused.code, parts.clock.now(), refused.data, session_id=entry.session_id)
    entry.facts |= {"data": refused.data, **refused.facts}
    return await _answer_fault(parts, fault, operation, entry, close=close)


async def _pass_on(parts: Parts, error: GatewayError, operation: Operation, entry: Entry) -> web.Response:
    """Answer with the fault that the provider or the peer gave, under this gateway's session."""
    given = error.fault
    fault = Fault(given.code, given.message, given.date, given.data, entry.session_id, given.cause)
    entry.facts |= {"data": given.data, "refused_by": "the called party"}
    return await _answer_fault(parts, fault, operation, entry)


async def _answer_fault(
    parts: Parts, fault: Fault, operation: Operation, entry: Entry, *, close: bool = False
) -> web.Response:
    entry.event, entry.fault_code = "refused", fault.code
    note_unread(entry)
    await parts.journal.write(entry, parts.clock.now())
    envelope = await seal(write_fault(fault, operation), parts.key, KeyReference.ISSUER_SERIAL)
    return soap_answer(envelope, fault=True, close=close)
