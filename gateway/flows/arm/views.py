"""What an operator sees of the applications of the department, and how one is found by what a scanner gives.

The receipt's number alone finds the application (Almaty region, lines 177-182).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue.form import DocumentKind
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.clock import ALMATY
from gateway.flows.applications import State, WholeApplication
from gateway.flows.arm.access import Window
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.intake_documents import documents_on
from gateway.flows.arm.intakes import Intake, IntakeRow
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.procedure import HANDED_OVER, OwnStep, noted_at
from gateway.flows.arm.steps import ArmSteps
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.journal import Event
from gateway.terminal.codes import number_in
from gateway.terminal.pages import ScanPage, by_document

NUMBERS = "73"
"""With what the number of every application of the State Corporation begins."""


@dataclass(frozen=True, slots=True)
class IntakeView:
    """An application with everything that the pages of a window show of it."""

    application: WholeApplication
    intake: Intake
    service: Service
    office: Office
    """The provider."""
    pages: Mapping[str, tuple[ScanPage, ...]]
    """The scanned pages by document, in their order."""
    trail: tuple[Event, ...]
    document: IssuedDocument | None
    """The result, once it is there."""
    handed_over: datetime | None
    """When the applicant received it."""
    steps: ArmSteps
    own_steps: tuple[OwnStep, ...]

    @property
    def result_ready(self) -> bool:
        """Whether the result is there and was not handed over yet."""
        return self.document is not None and self.handed_over is None

    @property
    def missing(self) -> tuple[DocumentKind, ...]:
        """The required documents that were neither scanned nor marked as handed in on paper."""
        return missing_documents(self.service, self.intake, self.pages)


class ViewSteps(Window):
    """What is only looked at."""

    async def intake(self, operator: Operator, number: str) -> IntakeView:
        """Return an application of the department; raises `ArmError`."""
        application, intake = await self._seen(operator, number)
        return await self._view(
            application,
            intake,
            trail=await self._journal.trail(number),
            document=await Outcomes(self._store.database).document_of(number),
        )

    async def draft(self, operator: Operator, number: str) -> IntakeView:
        """Return an application without its trail and its result, which a draft has no use for; raises `ArmError`."""
        return await self._view(*await self._seen(operator, number))

    async def _view(
        self,
        application: WholeApplication,
        intake: Intake,
        *,
        trail: tuple[Event, ...] = (),
        document: IssuedDocument | None = None,
    ) -> IntakeView:
        return IntakeView(
            application=application,
            intake=intake,
            service=self._service(application),
            office=self._catalogue.office(application.office),
            pages=by_document(await self._pages.of(application.number)),
            trail=trail,
            document=document,
            handed_over=noted_at(trail, HANDED_OVER),
            steps=self._own_steps.steps(application),
            own_steps=self._own_steps.of(application, trail, intake.department),
        )

    async def open_intakes(self, operator: Operator) -> tuple[IntakeRow, ...]:
        """Return the open drafts of the department, the operator's own first."""
        return await self._intakes.open_of(operator.department, operator.id)

    async def held_intakes(self, operator: Operator) -> tuple[IntakeRow, ...]:
        """Return what was signed in the department and is held."""
        return await self._intakes.held_of(operator.department)

    async def find(self, operator: Operator, code: str) -> IntakeView:
        """Return the application whose number was scanned or typed.

        Raises `ArmError` NOT_A_NUMBER, NO_SUCH_INTAKE, OTHER_DEPARTMENT, and ALREADY_HANDED_OVER with its `number`.
        """
        number = number_of_ours(code)
        view = await self.intake(operator, number)
        if view.handed_over is not None:
            day = view.handed_over.astimezone(ZoneInfo(ALMATY)).strftime("%d.%m.%Y")
            raise ArmError(ArmCode.ALREADY_HANDED_OVER, day=day, number=number)
        return view

    async def signed_application(self, operator: Operator, number: str) -> bytes:
        """Return the signed application; raises `ArmError` before there is one."""
        application, _ = await self._seen(operator, number)
        if application.signed is None or application.state is State.HELD:
            raise ArmError(ArmCode.PAPER_NOT_READY)
        return await self._store.blobs.get(application.signed)


def missing_documents(service: Service, intake: Intake, scanned: Collection[str]) -> tuple[DocumentKind, ...]:
    """Return the required documents that are neither among the scanned ones nor marked as handed in on paper."""
    asked = documents_on(service, intake.typed)
    return tuple(one for one in asked if one.required and one.id not in scanned and one.id not in intake.on_paper)


def number_of_ours(code: str) -> str:
    """Return the number of an application of the State Corporation that was scanned or typed; raises `ArmError`."""
    number = number_in(code)
    if number is None or not number.startswith(NUMBERS):
        raise ArmError(ArmCode.NOT_A_NUMBER)
    return number
