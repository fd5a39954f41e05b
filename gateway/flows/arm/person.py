"""Processes 1 and 2 at a window: the login, the choice of a service, the data; and the applicant's consent.

Karaganda act, lines 978-987; Almaty act, lines 197-205. What a page sends of what is typed is kept as it stands, valid
or not: a lost connection or a closed browser loses nothing that was sent, and what is wrong is said when it is entered.
The consent to the use of protected data has no number in the acts and comes before any question (Almaty, lines
241-244), which `asking` has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gateway.catalogue.model import Service
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window
from gateway.flows.arm.entering import (
    Entered,
    EnteringReading,
    asks_consent,
    known_keys,
    overlong,
    providers_for,
)
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.intake_documents import documents_on
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.steps import ArmSteps, arm_steps
from gateway.flows.steps import CORPORATION
from gateway.journal import Kind, Outcome, Step
from gateway.store.database import Connection
from gateway.terminal.typed import LONGEST_VALUE, storable

CONSENT_GIVEN = "consent given"
CONSENT_REFUSED = "consent refused"
TAKEN_OVER = "taken over"


class PersonSteps(Window):
    """What is done before anything is asked."""

    async def process_1_entered(self, operator: Operator, session: str) -> None:
        """Process 1: the operator has logged in; it comes into the trail of every application of the session."""
        login = next((steps.opening for steps in self._flows(operator) if len(steps.opening) == 1), ())
        async with self._store.database.transaction() as conn:
            for step in login:
                taken = Step(CORPORATION, Kind(step.kind.value), step.number, Outcome.DONE)
                await self._journal.record(
                    conn, taken, session=session, person=self._persons.of(operator.iin), actor=operator.actor
                )

    def services(self, operator: Operator) -> tuple[Service, ...]:
        """Return the services whose applications the operator's department takes in."""
        return self._services(operator)

    def asks_consent(self, service: Service, kind: str | None = None) -> bool:
        """Tell whether the applicant's consent is obtained."""
        return asks_consent(service, kind)

    async def process_2_select(
        self, operator: Operator, service_id: str, *, session: str, window: int, ticket: int | None = None
    ) -> str:
        """Process 2, choosing the service: open a draft and return its number."""
        service = next((one for one in self._services(operator) if one.id == service_id), None)
        if service is None:
            raise ArmError(ArmCode.SERVICE_NOT_HERE)
        department = self._department(operator)
        if not 1 <= window <= (department.windows or 0):
            raise ArmError(ArmCode.WRONG_WINDOW, windows=department.windows or 0)
        offices = providers_for(self._catalogue, service, department)
        typed = {"office": offices[0].id} if len(offices) == 1 else {}
        now = self._clock.now()
        async with self._store.database.transaction() as conn:
            number = await self._numbers.next(conn)
            await self._applications.add_intake(
                conn, number=number, service=service_id, office=offices[0].id, fields={}, at=now
            )
            await self._intakes.add(
                conn,
                number=number,
                department=operator.department,
                operator=operator.id,
                window=window,
                ticket=ticket,
                typed=typed,
                at=now,
            )
            await self._open(conn, await self._applications.lock(conn, number), operator, session)
        return number

    async def take_over(self, operator: Operator, number: str, *, window: int | None = None) -> None:
        """Take over a colleague's open draft; what was fixed to be signed by the colleague is fixed no more."""
        async with self._store.database.transaction() as conn:
            application, intake = await self._lock(conn, operator, number)
            if application.state not in (State.DRAFT, State.READY):
                raise ArmError(ArmCode.NOT_EDITABLE)
            if intake.operator == operator.id:
                return
            await self._intakes.set(conn, number, operator=operator.id, at_window=window or intake.window)
            await self._reopen(conn, number)
            await self._note(conn, application, TAKEN_OVER, actor=operator.actor, held_by=intake.operator)

    async def keep_typed(
        self, operator: Operator, number: str, typed: Mapping[str, str], version: int, *, service: Service | None = None
    ) -> int:
        """Keep what stands on the screen, valid or not, and return the version under which it stands.

        `service` is the application's own, for whoever knows it already. What stands already is written by nobody
        again: so a terminal that lost the answer learns its version. Raises `ArmError` STALE when another terminal
        wrote something else after the version that was seen.
        """
        new = _known(service or await self.service_of(operator, number), typed)
        if overlong(new):
            raise ArmError(ArmCode.TOO_LONG, limit=LONGEST_VALUE)
        # (1) Nearly always nothing stands in the way, and one statement sees to it.
        if await self._intakes.keep(number, operator, version, new, self._clock.now()):
            return version + 1
        # (2) Otherwise it is written over what was fixed, it stands already, or there is a reason to be told.
        async with self._store.database.transaction() as conn:
            _, intake = await self._draft(conn, operator, number)
            if _stands(intake, new):
                return intake.version
            if version != intake.version:
                raise ArmError(ArmCode.STALE)
            await self._keep(conn, intake, new)
        return version + 1

    async def process_2_enter(
        self, operator: Operator, number: str, typed: Mapping[str, str], *, version: int | None = None
    ) -> Entered:
        """Process 2, entering the data: keep what was typed and say everything that is wrong with it.

        `version` is the one that was seen, if a screen showed one. Raises `ArmError` STALE when another terminal wrote
        something else after it; nothing is kept then.
        """
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            new = _known(self._service(application), typed)
            if version not in (None, intake.version) and not _stands(intake, new):
                raise ArmError(ArmCode.STALE)
            problems = overlong(new)
            unkept = {one.field for one in problems}
            kept = {name: value for name, value in new.items() if name not in unkept}
            intake = await self._keep(conn, intake, kept)
            reading = self._read(application, intake, self._clock.now())
            other_persons = await self._take_in(conn, application, intake, reading, operator)
        return Entered((*problems, *reading.problems), other_persons)

    async def give_consent(self, operator: Operator, number: str) -> None:
        """Record that the applicant has signed the consent; it is printed and signed before any question."""
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            if not application.applicant_number:
                raise ArmError(ArmCode.APPLICANT_MISSING)
            if intake.consent_at is not None:
                return
            await self._intakes.set(conn, number, consent_at=self._clock.now())
            await self._reopen(conn, number)
            await self._note(conn, application, CONSENT_GIVEN, actor=operator.actor)

    async def consent_refused(self, operator: Operator, number: str, why: str = "") -> None:
        """The applicant does not consent: nothing is asked, and the application is not taken in.

        `why` is a code; free words are not kept.
        """
        async with self._store.database.transaction() as conn:
            application, _ = await self._draft(conn, operator, number)
            facts = {"why": why} if why.replace("-", "").isalnum() and why.isascii() and len(why) <= 40 else {}
            await self._note(conn, application, CONSENT_REFUSED, actor=operator.actor, outcome=Outcome.FAILED, **facts)
            await self._reopen(conn, number)
            await self._applications.set(conn, number, self._clock.now(), state=State.NOT_ACCEPTED.value)

    async def _open(self, conn: Connection, application: ApplicationRow, operator: Operator, session: str) -> None:
        """Record what preceded the choice: the login as it was recorded in the session, or now when it is lost."""
        steps = self._own_steps.steps(application)
        if len(steps.opening) == 1:
            await self._journal.copy_session(conn, session=session, application=application.number)
            (login,) = steps.opening
            kind = Kind(login.kind.value)
            if await self._journal.last_outcome(conn, application.number, kind, login.number) is not None:
                return
        for step in steps.opening:
            await self._own_steps.take(conn, application, step, flow=steps.intake, actor=operator.actor)

    async def _keep(self, conn: Connection, intake: Intake, new: Mapping[str, str]) -> Intake:
        """Write what was typed over what stood there, and return the intake as it stands then."""
        kept = replace(intake, typed={**intake.typed, **new}, version=intake.version + 1)
        await self._intakes.set(conn, kept.application, typed=kept.typed, version=kept.version)
        await self._reopen(conn, kept.application)
        return kept

    async def _take_in(
        self,
        conn: Connection,
        application: ApplicationRow,
        intake: Intake,
        reading: EnteringReading,
        operator: Operator,
    ) -> bool:
        """Write what is whole: the persons once they are without a problem, of the form what is valid.

        Another applicant has consented to nothing and was not asked about, nor has one for whom another comes, since
        the form of consent names both. Returns whether others were entered before.
        """
        number, values = application.number, {"fields": dict(reading.fields)}
        await self._drop_documents(conn, application, intake)
        if reading.person_problems:
            await self._reopen(conn, number, **values)
            return False
        assert reading.applicant is not None
        assert reading.name is not None
        assert reading.office is not None
        entered = (application.applicant_number, intake.representative)
        others = (str(reading.applicant), reading.representative) != entered
        if others:
            by = None if reading.representative is None else reading.representative.to_json()
            await self._intakes.set(conn, number, representative=by, consent_at=None, finding=None)
        persons = {"applicant_number": str(reading.applicant), "applicant_name": reading.name}
        await self._reopen(conn, number, **values, **persons, office=reading.office)
        steps = self._own_steps.steps(application)
        if steps.entering is not None and steps.receipt is None:
            await self._own_steps.take(conn, application, steps.entering, flow=steps.intake, actor=operator.actor)
        return others and application.applicant_number != ""

    async def _drop_documents(self, conn: Connection, application: ApplicationRow, intake: Intake) -> None:
        """Take away the documents that are asked for no more."""
        service = self._service(application)
        wanted = {one.id for one in documents_on(service, intake.typed)}
        pages = await self._pages.read(conn, application.number)
        scanned = frozenset(page.document for page in pages)
        if scanned - wanted:
            await self._pages.remove_of(conn, application.number, scanned - wanted)
        if set(intake.on_paper) - wanted:
            kept = [one for one in intake.on_paper if one in wanted]
            await self._intakes.set(conn, application.number, on_paper=kept)

    def _flows(self, operator: Operator) -> list[ArmSteps]:
        return [arm_steps(service, None) for service in self._services(operator)]


def _known(service: Service, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as a row can hold it; what the form does not know is left aside."""
    known = known_keys(service)
    return {name: storable(value) for name, value in typed.items() if name in known}


def _stands(intake: Intake, new: Mapping[str, str]) -> bool:
    """Tell whether nothing of this is new."""
    return all(intake.typed.get(name, "") == value for name, value in new.items())
