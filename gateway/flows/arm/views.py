"""What an operator sees of the applications of the department, and how one is found by what a scanner gives.

A scanner is a keyboard: it adds signs before and after the number, and on a Kazakh layout it types letters where the
digits stand. The receipt's number alone finds the application (Almaty region, lines 177-182).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.clock import ALMATY
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.intakes import Intake, IntakeRow, ScanPage
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.procedure import HANDED_OVER, OwnStep, noted_at
from gateway.flows.arm.steps import ArmSteps
from gateway.flows.numbers import DIGITS
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.journal import Event

NUMBERS = "73"
"""With what the number of every application of the State Corporation begins."""
_SYMBOLOGY = re.compile(r"^\W*\][A-Za-z][0-9A-Za-z]")
"""The identifier of the kind of a barcode, which some scanners send before it (ISO/IEC 15424)."""
_KAZAKH_ROW = str.maketrans('"әіңғ,.үұқ', "1234567890")
"""The upper row of the Kazakh layout, where other layouts have the digits."""


@dataclass(frozen=True, slots=True)
class IntakeView:
    """An application with everything that the pages of a window show of it."""

    application: ApplicationRow
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


class ViewSteps(Window):
    """What is only looked at."""

    async def intake(self, operator: Operator, number: str) -> IntakeView:
        """Return an application of the department; raises `ArmError`."""
        application, intake = await self._seen(operator, number)
        pages = await self._intakes.pages_of(number)
        trail = await self._journal.trail(number)
        return IntakeView(
            application=application,
            intake=intake,
            service=self._service(application),
            office=self._catalogue.office(application.office),
            pages={
                document: tuple(page for page in pages if page.document == document)
                for document in dict.fromkeys(page.document for page in pages)
            },
            trail=trail,
            document=await Outcomes(self._store.database).document_of(number),
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
        number = read_code(code)
        if number is None or not number.startswith(NUMBERS):
            raise ArmError(ArmCode.NOT_A_NUMBER)
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


def read_code(code: str) -> str | None:
    """Return the fourteen digits of what was scanned or typed; None for anything else."""
    bare = _SYMBOLOGY.sub("", code[:200])
    if any(letter in bare for letter in "әіңғүұқ"):
        bare = bare.translate(_KAZAKH_ROW)
    digits = "".join(letter for letter in bare if letter.isascii() and letter.isdigit())
    return digits if len(digits) == DIGITS else None
