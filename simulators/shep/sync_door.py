"""The synchronous channel of a gateway: ask the provider, or the peer before it, and hand its answer back.

A question that comes again under its messageId is answered with the first answer, and nobody is asked.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Final

from aiohttp import web

from gateway.shep.elements import Malformed
from gateway.shep.errors import GatewayError, ShepError, TransportError
from gateway.shep.faults import FaultCode
from gateway.shep.first_answers import content_digest
from gateway.shep.messages import SyncAnswer, SyncQuestion
from gateway.shep.names import Operation
from gateway.shep.offload import offloaded
from gateway.shep.refusal import Refused
from gateway.shep.sync_channel import read_answer, read_question, write_answer, write_question
from simulators.shep.checks import Identified, Sealed
from simulators.shep.config import Channel, Demand, PeerEntry, ServiceEntry
from simulators.shep.door import Answered, serve
from simulators.shep.faults import Place
from simulators.shep.first_answers import StoredAnswers
from simulators.shep.journal import Entry
from simulators.shep.parts import Parts
from simulators.shep.registry import Party, name_of

STUB: Final = "stub"
"""In the journal, whom a question went to that the gateway answered by itself."""


class SyncDoor:
    """`SendMessage` at one gateway."""

    def __init__(self, parts: Parts, answers: StoredAnswers) -> None:
        self._parts = parts
        self._answers = answers

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one question."""
        return await serve(self._parts, request, place=Place.SYNC, default=Operation.SEND_SYNC, work=self._ask)

    async def _ask(self, sealed: Sealed, entry: Entry) -> Answered:
        if sealed.operation is not Operation.SEND_SYNC:
            raise Refused(FaultCode.WRONG_FORMAT, f"{sealed.operation.local_name} is not of this channel")
        # Steps (6) to (11) of `checks`.
        question = await offloaded(sealed.size, partial(read_question, sealed.content))
        entry.message_id, entry.service_id = question.message_id, question.service_id
        entry.correlation_id = question.correlation_id
        checks = self._parts.checks
        identified = checks.identified(sealed, question, question.sender, entry)
        checks.right(identified.origin, question.service_id)
        service = checks.service(sealed, question.service_id, Channel.SYNC)
        target = checks.target(identified.origin, service, question.route_id)
        await checks.business_signature(service, question.payload, entry)
        # The question goes on with a hash for the password and with this gateway's session.
        asked = dataclasses.replace(question, sender=identified.sender, session_id=entry.session_id)
        digest = await offloaded(sealed.size, partial(content_digest, question))
        lines: list[Entry] = []
        answer, repeated = await self._answers.once(
            (_asker(identified), question.message_id),
            digest,
            partial(self._first, target, service, asked, entry, lines),
            lambda: self._parts.journal.write_all(lines, self._parts.clock.now()),
        )
        if repeated:
            entry.event, entry.session_id = "repeated", answer.session_id
            await self._parts.journal.write(entry, self._parts.clock.now())
        signed = sealed.certificate is not None or service.answer_signature is Demand.REQUIRED
        return Answered(partial(write_answer, answer), signed)

    async def _first(
        self, target: Party, service: ServiceEntry, asked: SyncQuestion, entry: Entry, lines: list[Entry]
    ) -> SyncAnswer:
        """Return the answer, and put into `lines` what the journal says of it."""
        if service.stub is not None and name_of(target) == service.owner:
            # In the owner's place: there is no envelope of an answer to keep.
            answer, envelope, by = service.stub.answer(asked, at=self._parts.clock.now()), b"", STUB
        else:
            (answer, envelope), by = await self._call(target, service, asked), name_of(target)
        entry.facts |= {"asked": by, "status": answer.status.code, "status_text": answer.status.message}
        entry.event = "answered"
        lines.append(entry)
        if envelope:
            lines.append(dataclasses.replace(entry, event="answer", envelope=envelope))
        return answer

    async def _call(self, target: Party, service: ServiceEntry, question: SyncQuestion) -> tuple[SyncAnswer, bytes]:
        if target.sync_url is None:
            raise Refused(FaultCode.SERVICE_UNAVAILABLE, f"{name_of(target)} has no address for questions")
        try:
            called = await self._parts.call(
                target,
                target.sync_url,
                partial(write_question, question),
                seconds=service.timeout_seconds,
                signature=service.provider_signature,
            )
            answer = await offloaded(len(called.envelope), partial(read_answer, called.content))
        except GatewayError:
            raise
        except TransportError as error:
            raise Refused(
                FaultCode.SERVICE_UNAVAILABLE, f"{name_of(target)}: {error.code.value}", **error.facts
            ) from error
        except ShepError as error:
            raise Refused(FaultCode.INTERNAL, f"{name_of(target)}: {error.code.value}", **error.facts) from error
        except Malformed as error:
            raise Refused(FaultCode.INTERNAL, f"{name_of(target)}: {error}") from error
        complete = dataclasses.replace(
            answer,
            correlation_id=answer.correlation_id or question.message_id,
            session_id=question.session_id,
        )
        return complete, called.envelope


def _asker(identified: Identified[SyncQuestion]) -> str:
    """Return whose messageIds these are: a system's own, or those of one sender behind a peer."""
    if isinstance(identified.origin, PeerEntry):
        return f"{identified.origin.name}/{identified.sender.sender_id}"
    return identified.origin.sender_id
