"""Processes 1 to 4 at a window: the login, the choice of a service, the data, the question to the state databases.

Karaganda act, lines 978-999; Almaty act, lines 197-217. What is typed is kept as it stands at every moment, so that a
lost connection or a closed browser loses nothing; what is wrong with it is said when it is entered. The consent to the
use of protected data has no number in the acts and comes before any question (Almaty, lines 241-244).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.catalogue.kinds import documents_of, kind_of
from gateway.catalogue.model import Service
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window
from gateway.flows.arm.entering import (
    LONGEST_VALUE,
    Entered,
    EnteringReading,
    asks_consent,
    known_keys,
    overlong,
    providers_for,
    storable,
)
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.finding import Finding, Questions, Verdict
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.steps import ArmSteps, arm_steps
from gateway.flows.steps import CORPORATION
from gateway.journal import SYSTEM, Kind, Outcome, Step
from gateway.store.database import Connection

CONSENT_GIVEN = "consent given"
CONSENT_REFUSED = "consent refused"
TAKEN_OVER = "taken over"


class PersonSteps(Window):
    """What is done before the documents."""

    def __init__(self, *, questions: Questions, **ground: Any) -> None:
        super().__init__(**ground)
        self._questions = questions

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
        self,
        operator: Operator,
        service_id: str,
        *,
        session: str,
        window: int,
        ticket: int | None = None,
        like: str | None = None,
    ) -> str:
        """Process 2, choosing the service: open a draft and return its number.

        `like` is an earlier application of the department for the same service: what was typed there is taken over.
        """
        service = next((one for one in self._services(operator) if one.id == service_id), None)
        if service is None:
            raise ArmError(ArmCode.SERVICE_NOT_HERE)
        department = self._department(operator)
        if not 1 <= window <= (department.windows or 0):
            raise ArmError(ArmCode.WRONG_WINDOW, windows=department.windows or 0)
        offices = providers_for(self._catalogue, service, department)
        typed: Mapping[str, str] = {"office": offices[0].id} if len(offices) == 1 else {}
        if like is not None:
            before, earlier = await self._seen(operator, like)
            typed = earlier.typed if before.service == service_id else typed
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

    async def keep_typed(self, operator: Operator, number: str, typed: Mapping[str, str], version: int) -> int:
        """Keep what stands on the screen, valid or not, and return the version under which it stands.

        What stands already is written by nobody again: so a terminal that lost the answer learns its version. Raises
        `ArmError` STALE when another terminal wrote something else after the version that was seen.
        """
        async with self._store.database.transaction() as conn:
            application, intake = await self._draft(conn, operator, number)
            new = self._known(application, typed)
            if overlong(new):
                raise ArmError(ArmCode.TOO_LONG, limit=LONGEST_VALUE)
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
            new = self._known(application, typed)
            if version not in (None, intake.version) and not _stands(intake, new):
                raise ArmError(ArmCode.STALE)
            problems = overlong(new)
            unkept = {one.field for one in problems}
            await self._keep(conn, intake, {name: value for name, value in new.items() if name not in unkept})
            intake = await self._intakes.lock(conn, number)
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

    async def process_3_query(self, operator: Operator, number: str) -> Intake:
        """Process 3: ask the state databases, and take condition 1 and, when the data are absent, process 4.

        What is known already is not asked again. A database that does not answer leaves everything as it is.
        """
        async with self._store.database.transaction() as conn:
            application, intake = await self._lock(conn, operator, number)
            if _is_known(application, intake):
                return intake
            await self._draft(conn, operator, number)
        steps = self._own_steps.steps(application)
        if not application.applicant_number:
            raise ArmError(ArmCode.APPLICANT_MISSING)
        if asks_consent(self._service(application), self._kind(application, intake)) and intake.consent_at is None:
            raise ArmError(ArmCode.CONSENT_MISSING)
        finding = Finding(Verdict.NOT_ASKED)
        if steps.asks:
            finding = await self._questions.ask(application.applicant, intake.representative)
        async with self._store.database.transaction() as conn:
            locked, seen = await self._lock(conn, operator, number)
            if _is_known(locked, seen):
                return seen
            locked, seen = await self._draft(conn, operator, number)
            if (locked.applicant_number, seen.representative) != (application.applicant_number, intake.representative):
                raise ArmError(ArmCode.STALE)
            await self._intakes.set(conn, number, finding=finding.to_json())
            if steps.asks:
                await self._record(conn, locked, steps, finding, operator)
            return await self._intakes.lock(conn, number)

    async def _record(
        self,
        conn: Connection,
        application: ApplicationRow,
        steps: ArmSteps,
        finding: Finding,
        operator: Operator,
    ) -> None:
        """Record process 3, condition 1 where the act has it, and process 4 when the data are absent."""
        assert steps.query is not None
        await self._own_steps.take(conn, application, steps.query, flow=steps.intake, actor=operator.actor)
        if steps.state_data is not None:
            await self.condition_1_decide(conn, application, steps, finding)
        elif finding.is_open:
            await self._note(
                conn, application, "query", actor=SYSTEM, outcome=Outcome.UNDETERMINED, **finding.to_facts()
            )
        if not finding.passes and not finding.is_open:
            await self.process_4_tell_no_data(conn, application, steps, finding)

    async def condition_1_decide(
        self, conn: Connection, application: ApplicationRow, steps: ArmSteps, finding: Finding
    ) -> None:
        """Condition 1: are the applicant's data there, and those of the power of attorney."""
        assert steps.state_data is not None
        outcome = Outcome.PASSED if finding.passes else Outcome.FAILED
        outcome = Outcome.UNDETERMINED if finding.is_open else outcome
        step = Step(steps.intake, Kind.CONDITION, steps.state_data.number, outcome, finding.to_facts())
        await self._journal.record(conn, step, application=application.number, actor=SYSTEM)

    async def process_4_tell_no_data(
        self, conn: Connection, application: ApplicationRow, steps: ArmSteps, finding: Finding
    ) -> None:
        """Process 4: the message that the data cannot be obtained; the application ends with it."""
        assert steps.no_data is not None
        await self._own_steps.take(
            conn, application, steps.no_data, flow=steps.intake, actor=SYSTEM, facts=finding.to_facts()
        )
        await self._reopen(conn, application.number)
        await self._applications.set(conn, application.number, self._clock.now(), state=State.NO_DATA.value)

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

    def _known(self, application: ApplicationRow, typed: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed as a row can hold it; what the form does not know is left aside."""
        known = known_keys(self._service(application))
        return {name: storable(value) for name, value in typed.items() if name in known}

    async def _keep(self, conn: Connection, intake: Intake, new: Mapping[str, str]) -> None:
        """Write what was typed over what stood there."""
        number = intake.application
        await self._intakes.set(conn, number, typed={**intake.typed, **new}, version=intake.version + 1)
        await self._reopen(conn, number)

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
        """Take away the documents that the kind of the service does not ask for."""
        service = self._service(application)
        wanted = {one.id for one in documents_of(service, kind_of(service, intake.typed))}
        pages = await self._intakes.read_pages(conn, application.number)
        scanned = frozenset(page.document for page in pages)
        if scanned - wanted:
            await self._intakes.remove_pages(conn, application.number, scanned - wanted)
        if set(intake.on_paper) - wanted:
            kept = [one for one in intake.on_paper if one in wanted]
            await self._intakes.set(conn, application.number, on_paper=kept)

    def _flows(self, operator: Operator) -> list[ArmSteps]:
        return [arm_steps(service, None) for service in self._services(operator)]


def _stands(intake: Intake, new: Mapping[str, str]) -> bool:
    """Tell whether nothing of this is new."""
    return all(intake.typed.get(name, "") == value for name, value in new.items())


def _is_known(application: ApplicationRow, intake: Intake) -> bool:
    """Tell whether the question is answered: the data were found, or the application ended because they were not."""
    return application.state is State.NO_DATA or intake.verdict in (Verdict.FOUND, Verdict.NOT_ASKED)
