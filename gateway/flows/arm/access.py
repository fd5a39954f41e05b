"""What every step at a window begins with: whose application it is, and whether it can still be changed.

An application belongs to the department that takes it in; a draft, to the operator who holds it. Any operator of the
department may look at it, and may take it over ("barrier-free" means any window: Almaty act, lines 1638-1640).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.catalogue.errors import UnknownOffice
from gateway.catalogue.kinds import kind_of
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Channel
from gateway.flows.applications import EDITABLE, ApplicationRow, Applications, WholeApplication
from gateway.flows.arm.entering import EnteringReading, providers_for, read_typed
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.finding import Questions
from gateway.flows.arm.intakes import Intake, Intakes
from gateway.flows.arm.operators import Operator, Operators
from gateway.flows.arm.procedure import OwnSteps
from gateway.flows.ground import FlowGround
from gateway.flows.numbers import NumberSource
from gateway.journal import Kind, Outcome, Step
from gateway.store import Database
from gateway.store.database import Connection
from gateway.terminal.pages import Pages
from gateway.texts import Text


@dataclass(frozen=True, slots=True)
class WindowGround:
    """What the steps at a window stand on, beside what all flows do."""

    flows: FlowGround
    operators: Operators
    own_steps: OwnSteps
    questions: Questions
    numbers: NumberSource


class Window:
    """The ground of the steps at a window; each group of them derives from it."""

    def __init__(self, ground: WindowGround) -> None:
        flows = ground.flows
        self._store = flows.store
        self._clock = flows.store.clock
        self._catalogue = flows.catalogue
        self._journal = flows.journal
        self._persons = flows.persons
        self._signatures = flows.signatures
        self._operators = ground.operators
        self._own_steps = ground.own_steps
        self._questions = ground.questions
        self._numbers = ground.numbers
        self._applications = Applications(flows.store.database)
        self._intakes = Intakes(flows.store.database)
        self._pages = Pages(flows.store, table="scan_page", owner="application")

    def _department(self, operator: Operator) -> Office:
        return self._catalogue.office(operator.department)

    def _services(self, operator: Operator) -> tuple[Service, ...]:
        """Return the services whose applications the operator's department takes in."""
        department = self._department(operator)
        offered = self._catalogue.offered(Channel.CORPORATION)
        return tuple(one for one in offered if providers_for(self._catalogue, one, department))

    def _service(self, application: ApplicationRow) -> Service:
        return self._catalogue.service(application.service)

    async def service_of(self, operator: Operator, number: str) -> Service:
        """Return the service of an application of the department; raises `ArmError`."""
        found = await self._intakes.service_of(number)
        if found is None:
            raise ArmError(ArmCode.NO_SUCH_INTAKE)
        service, department = found
        self._check_department(operator, department)
        return self._catalogue.service(service)

    async def _seen(self, operator: Operator, number: str) -> tuple[WholeApplication, Intake]:
        """Return an application of the operator's department; raises `ArmError`."""
        found = await self._intakes.seen(number)
        if found is None:
            raise ArmError(ArmCode.NO_SUCH_INTAKE)
        self._check_department(operator, found[1].department)
        return found

    async def _lock(self, conn: Connection, operator: Operator, number: str) -> tuple[ApplicationRow, Intake]:
        """Lock an application of the operator's department with its intake; raises `ArmError`.

        Inside a transaction nothing is asked of the pool: every window would wait for another's connection.
        """
        application, intake = await self._intakes.lock(conn, number)
        self._check_department(operator, intake.department)
        return application, intake

    async def _draft(self, conn: Connection, operator: Operator, number: str) -> tuple[ApplicationRow, Intake]:
        """Lock a draft that the operator holds; raises `ArmError`."""
        application, intake = await self._lock(conn, operator, number)
        await self._check_draft(conn, operator, application, intake)
        return application, intake

    async def _check_draft(
        self, asked: Connection | Database, operator: Operator, application: ApplicationRow, intake: Intake
    ) -> None:
        """Refuse what is no draft that the operator holds; raises `ArmError`."""
        if application.state not in EDITABLE:
            raise ArmError(ArmCode.NOT_EDITABLE)
        if intake.operator != operator.id:
            raise ArmError(ArmCode.OTHER_OPERATOR, name=await self._operators.name_of(asked, intake.operator))

    def _read(self, application: ApplicationRow, intake: Intake, now: datetime) -> EnteringReading:
        """Read what is typed as it stands."""
        service, department = self._service(application), self._catalogue.office(intake.department)
        offices = providers_for(self._catalogue, service, department)
        return read_typed(service, intake.typed, offices, now=now, consented=intake.consent_at is not None)

    def _kind(self, application: ApplicationRow, intake: Intake) -> str | None:
        """Return the kind of the service as it is typed now."""
        return kind_of(self._service(application), intake.typed)

    async def _reopen(self, conn: Connection, number: str, **values: Any) -> None:
        """Change a locked draft: what was fixed to be signed is fixed no more."""
        await self._applications.reopen(conn, number, self._clock.now(), **values)

    async def _note(
        self,
        conn: Connection,
        application: ApplicationRow,
        note: str,
        *,
        actor: str,
        outcome: Outcome = Outcome.DONE,
        **facts: Any,
    ) -> None:
        """Record something that the act does not number."""
        step = Step(self._own_steps.steps(application).intake, Kind.NOTE, 0, outcome, {**facts, "step": note})
        await self._journal.record(conn, step, application=application.number, actor=actor)

    def _check_department(self, operator: Operator, department: str) -> None:
        if department == operator.department:
            return
        try:
            place = self._catalogue.office(department).name
        except UnknownOffice:
            place = Text(department, department, department)
        raise ArmError(ArmCode.OTHER_DEPARTMENT, place=place)
