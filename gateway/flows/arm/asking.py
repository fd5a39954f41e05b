"""Process 3, condition 1 and process 4 at a window: the question to the state databases, and what follows from it.

Karaganda act, lines 988-999; Almaty act, lines 206-217. What is asked of whom stands in `finding`.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window
from gateway.flows.arm.entering import asks_consent
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.finding import Finding, Verdict
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.steps import ArmSteps
from gateway.journal import SYSTEM, Kind, Outcome, Step
from gateway.store.database import Connection


class AskingSteps(Window):
    """What is done between the data and the documents."""

    async def process_3_query(self, operator: Operator, number: str) -> Intake:
        """Process 3: ask the state databases, and take condition 1 and, when the data are absent, process 4.

        What is known already is not asked again. A database that does not answer leaves everything as it is.
        """
        application, intake = await self._seen(operator, number)
        if _is_known(application, intake):
            return intake
        await self._check_draft(self._store.database, operator, application, intake)
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
            await self._check_draft(conn, operator, locked, seen)
            if (locked.applicant_number, seen.representative) != (application.applicant_number, intake.representative):
                raise ArmError(ArmCode.STALE)
            found = finding.to_json()
            await self._intakes.set(conn, number, finding=found)
            if steps.asks:
                await self._record(conn, locked, steps, finding, operator)
        return replace(seen, finding=found)

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
        step = Step(steps.intake, Kind.CONDITION, steps.state_data.number, finding.outcome, finding.to_facts())
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


def _is_known(application: ApplicationRow, intake: Intake) -> bool:
    """Tell whether the question is answered: the data were found, or the application ended because they were not."""
    return application.state is State.NO_DATA or intake.verdict in (Verdict.FOUND, Verdict.NOT_ASKED)
