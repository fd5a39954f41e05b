"""What becomes of an application once it is signed: accepted and sent, held, or given back to be signed anew.

It is the same on every channel. A certificate whose status cannot be established is neither accepted nor refused: the
application is held and judged again until a stated limit. How the check stands in the trail, the channel's act says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.catalogue.flow import FlowStep
from gateway.eds.verdict import Status, Verdict
from gateway.flows.applications import ApplicationRow, Applications, State, WholeApplication
from gateway.flows.ground import FlowGround
from gateway.flows.signing import NOT_SIGNED, held, schedule_recheck
from gateway.journal import SYSTEM, Kind, Outcome, Step
from gateway.store.database import Connection

CHOSEN_CERTIFICATE = "chosen certificate"
SIGNED_DOCUMENT = "signed document"
"""What a certificate was judged on: before the signing, and when it is judged again after it (the fact `on`)."""
CERTIFICATE = "certificate"
"""The note of the check of a certificate for which the act numbers no condition."""
NOT_SENT = "not sent"
"""The note of an application that was signed and is not sent, where the act has no refusal for it."""
_OUTCOMES = {
    Status.VALID: Outcome.PASSED,
    Status.INVALID: Outcome.FAILED,
    Status.UNDETERMINED: Outcome.UNDETERMINED,
}

Recorded = Callable[[Connection, ApplicationRow, str], Awaitable[None]]
"""Records the steps of the sending of a locked application; the last is the digest of what was signed."""


@dataclass(frozen=True, slots=True)
class CheckStep:
    """Where the check of a certificate stands in the trail."""

    flow: str
    condition: FlowStep | None = None
    """The condition that the act numbers for it; a note without one."""


class SignedApplications:
    """The signed applications of a channel."""

    def __init__(
        self,
        ground: FlowGround,
        applications: Applications,
        *,
        recheck: str,
        check_step: Callable[[ApplicationRow], CheckStep],
    ) -> None:
        """`recheck` is the job of the channel that judges a held application again."""
        self._ground = ground
        self._store = ground.store
        self._clock = ground.store.clock
        self._applications = applications
        self._recheck = recheck
        self._check_step = check_step

    async def accept(
        self,
        application: WholeApplication,
        signed: bytes,
        verdict: Verdict,
        *,
        record: Recorded,
        due: Callable[[datetime], datetime],
    ) -> ApplicationRow:
        """Store the accepted application, its events, the outgoing message and its job in one transaction.

        `due` says until when the applicant has the result of an application that is accepted at a moment.
        """
        signed = await self._ground.signatures.keep(signed, verdict)
        parcel = await self._ground.dispatch.prepare(application, signed)
        number, now = application.number, self._clock.now()
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if not locked.stands_as(application):
                return locked
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            await self.record_check(conn, locked, verdict, on=SIGNED_DOCUMENT)
            await record(conn, locked, digest)
            values: dict[str, Any] = {
                "state": State.ACCEPTED,
                "verdict": verdict.to_json(),
                "signed": digest,
                "signed_at": locked.signed_at or now,
                "accepted_at": now,
                "hold_until": None,
                "result_due": due(now),
            }
            await self._applications.set(conn, number, now, **values)
            await self._ground.dispatch.send(conn, parcel)
            return replace(locked, changed_at=now, **values)

    async def hold(self, application: ApplicationRow, signed: bytes, verdict: Verdict) -> ApplicationRow:
        """Hold an application, and set the timer by which it is judged again."""
        number, now = application.number, self._clock.now()
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if not locked.stands_as(application):
                return locked
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            until = now + self._ground.hold_limit
            await self.record_check(conn, locked, verdict, on=SIGNED_DOCUMENT)
            columns = held(verdict, digest, at=now, until=until)
            await self._applications.set(conn, number, now, state=State.HELD.value, **columns)
            await schedule_recheck(self._store, conn, self._recheck, number, until=until, attempt=0)
            return await self._applications.lock(conn, number)

    async def hold_on(self, application: ApplicationRow, verdict: Verdict, *, attempt: int) -> None:
        """Hold it on after another attempt; the trail says only what is new."""
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, application.number)
            if locked.state is not State.HELD or locked.hold_until is None:
                return
            if (locked.verdict or {}).get("code") != verdict.code.value:
                await self.record_check(conn, locked, verdict, on=SIGNED_DOCUMENT)
                await self._applications.set(conn, locked.number, self._clock.now(), verdict=verdict.to_json())
            await schedule_recheck(
                self._store, conn, self._recheck, locked.number, until=locked.hold_until, attempt=attempt
            )

    async def give_back(self, application: ApplicationRow, verdict: Verdict) -> ApplicationRow:
        """What fails is not sent: where the act has no refusal for it, it is a draft again, with the reason."""
        number = application.number
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            if not locked.stands_as(application):
                return locked
            await self.record_check(conn, locked, verdict, on=SIGNED_DOCUMENT, outcome=Outcome.FAILED)
            facts = {"step": NOT_SENT, "code": verdict.code.value}
            step = Step(self._check_step(locked).flow, Kind.NOTE, 0, Outcome.FAILED, facts)
            await self._ground.journal.record(conn, step, application=number, actor=SYSTEM)
            columns = {"state": State.DRAFT.value, "verdict": verdict.to_json(), **NOT_SIGNED}
            await self._applications.set(conn, number, self._clock.now(), **columns)
            return await self._applications.lock(conn, number)

    def limit_reached(self, application: ApplicationRow) -> bool:
        """Tell whether a held application is judged for the last time."""
        return application.hold_until is not None and self._clock.now() >= application.hold_until

    async def record_check(
        self,
        conn: Connection,
        application: ApplicationRow,
        verdict: Verdict,
        *,
        on: str,
        outcome: Outcome | None = None,
    ) -> None:
        """Record what was found of a certificate, and on what it was judged; the outcome is the verdict's own."""
        facts, at = {"code": verdict.code.value, "on": on}, self._check_step(application)
        outcome = outcome or _OUTCOMES[verdict.status]
        if at.condition is None:
            step = Step(at.flow, Kind.NOTE, 0, outcome, {**facts, "step": CERTIFICATE})
        else:
            step = Step(at.flow, Kind.CONDITION, at.condition.number, outcome, facts)
        await self._ground.journal.record(conn, step, application=application.number, actor=SYSTEM)
