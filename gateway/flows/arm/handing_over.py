"""Handing the result over at a window: the receipt is scanned, the person shows who he is, signs, and it is done once.

Ready documents are issued on the ground of the receipt of acceptance, on showing the identity card, to the applicant or
to the representative by a power of attorney (Almaty act, lines 247-249, 542-544, 854-856, 1177-1179). The scanned
barcode finds the application (Almaty region act, lines 177-182). The term of the step, where the act gives one (such as
Karaganda, lines 316-318 and 578-580), runs from the scan in the department's hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from gateway.catalogue.acceptance import Representation
from gateway.catalogue.errors import UnknownOffice
from gateway.catalogue.kinds import kind_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.terms import Body, Channel, Verb
from gateway.clock import ALMATY
from gateway.exchange.acceptance import Power, PowerKind, SentBy
from gateway.flows.applications import ApplicationRow, Applications, State
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.hand_overs import HandOverRow, HandOvers, IdentityKind, Recipient
from gateway.flows.arm.handing_over_errors import HandOverCode, HandOverError
from gateway.flows.arm.intakes import Intake, Intakes
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.procedure import OwnSteps
from gateway.flows.arm.views import NUMBERS, read_code
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.identity.numbers import Iin
from gateway.store import Store
from gateway.texts import Text

_ZONE = ZoneInfo(ALMATY)
_READY = """
SELECT application.number, application.service, application.applicant_name, application.state,
       issued_document.received_at, intake.medium
FROM intake
JOIN application ON application.number = intake.application
JOIN issued_document ON issued_document.application = intake.application
LEFT JOIN hand_over ON hand_over.application = intake.application
WHERE intake.department = $1 AND hand_over.handed_at IS NULL
ORDER BY issued_document.received_at DESC, application.number LIMIT $2
"""
_READY_COUNT = """
SELECT count(*) FROM intake
JOIN issued_document ON issued_document.application = intake.application
LEFT JOIN hand_over ON hand_over.application = intake.application
WHERE intake.department = $1 AND hand_over.handed_at IS NULL
"""
_KEPT_DIGITS = 4


class ArrivedPapers(Protocol):
    """Knows whether a result that a courier brings on paper has arrived."""

    async def result_is_here(self, number: str) -> bool:
        """Tell whether nothing that a courier carries is still to come."""


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A result that waits for its applicant; `here` unless the courier is still to bring it."""

    number: str
    service: str
    applicant_name: str
    state: State
    received_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class HandOverView:
    """What a scanned receipt finds: who may receive the result, and until when it is to be handed over."""

    application: ApplicationRow
    intake: Intake
    document: IssuedDocument
    rule: Representation
    """Who else may come than the applicant, and with what power of attorney."""
    due_at: datetime | None
    """None where the act gives the step no term."""

    @property
    def number(self) -> str:
        """Return the number of the application."""
        return self.application.number


class HandingOver:
    """Results at the windows of the departments, each handed over once."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        intakes: Intakes,
        own_steps: OwnSteps,
        papers: ArrivedPapers,
    ) -> None:
        self._store = store
        self._clock = store.clock
        self._catalogue = catalogue
        self._intakes = intakes
        self._own_steps = own_steps
        self._papers = papers
        self._applications = Applications(store.database)
        self._outcomes = Outcomes(store.database)
        self._rows = HandOvers(store.database)

    async def ready(self, operator: Operator, *, limit: int = 200) -> tuple[ReadyRow, ...]:
        """Return the results of the department that wait for their applicants, the newest first."""
        rows = await self._store.database.fetch(_READY, operator.department, limit)
        ready = []
        for row in rows:
            here = row["medium"] != SentBy.COURIER or await self._papers.result_is_here(row["number"])
            values = {**dict(row), "state": State(row["state"]), "here": here}
            values.pop("medium")
            ready.append(ReadyRow(**values))
        return tuple(ready)

    async def ready_count(self, operator: Operator) -> int:
        """Return how many results of the department wait for their applicants."""
        count: int = await self._store.database.fetchval(_READY_COUNT, operator.department)
        return count

    async def open(self, operator: Operator, scanned: str) -> HandOverView:
        """Find the application of a scanned receipt; from now the term runs.

        Raises `ArmError`: no number of ours, another department's, the result not here yet, handed over already.
        """
        number = read_code(scanned)
        if number is None or not number.startswith(NUMBERS):
            raise ArmError(ArmCode.NOT_A_NUMBER)
        application, intake = await self._of(operator, number)
        _not_handed_over(await self._rows.of(number))
        document = await self._deliverable(number)
        now = self._clock.now()
        await self._rows.scanned(number, department=operator.department, operator=operator.id, at=now)
        return HandOverView(
            application, intake, document, self._rule(application), self._due(application, operator.department, now)
        )

    async def collect(self, operator: Operator, number: str) -> None:
        """Note that the department has the result from the provider, once; raises `ArmError` before it arrived."""
        application, _ = await self._of(operator, number)
        await self._deliverable(number)
        async with self._store.database.transaction() as conn:
            await self._own_steps.collected(conn, application, operator)

    async def hand_over(
        self,
        operator: Operator,
        number: str,
        *,
        scanned: str,
        to: str,
        identity_kind: str,
        identity_number: str,
        signed: bool,
        power: Power | None = None,
    ) -> HandOverRow:
        """Record that the person received the result and signed the receipt for it; raises `ArmError`.

        `identity_number` is the IIN in the document that was shown: it is compared and not kept.
        """
        recipient, kind = Recipient(to), IdentityKind(identity_kind)
        if read_code(scanned) != number:
            raise HandOverError(HandOverCode.OTHER_RECEIPT)
        if not signed:
            raise HandOverError(HandOverCode.NOT_SIGNED)
        # (1) It is this department's, and its result is here; neither changes again.
        application, intake = await self._of(operator, number)
        _not_handed_over(await self._rows.of(number))
        document = await self._deliverable(number)
        # (2) The person is whom the receipt names, or comes with a power of attorney that the act admits.
        shown = self._power_of(application, intake, recipient, Iin.parse(identity_number), power)
        # (3) Nobody has received it meanwhile; what the act has done at the window is recorded, with its term.
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock(conn, number)
            row, now = await self._rows.lock(conn, number), self._clock.now()
            _not_handed_over(row)
            began = now if row is None else row.scanned_at
            due = self._due(application, operator.department, began)
            facts = {"document": document.number, "to": recipient.value, "identity": kind.value, "receipt": "signed"}
            if due is not None:
                facts |= {"due": due.isoformat(), "late": str(now > due).lower()}
            await self._own_steps.collected(conn, application, operator)
            if not await self._own_steps.handed_over(conn, application, operator, facts):
                raise _handed_over(now)
            if row is None:
                await self._rows.scanned(
                    number, department=operator.department, operator=operator.id, at=now, conn=conn
                )
            await self._rows.handed(
                conn,
                number,
                operator=operator.id,
                document=document.number,
                recipient=recipient,
                identity_kind=kind,
                identity_last4=identity_number.strip()[-_KEPT_DIGITS:],
                power=None if shown is None else shown.to_json(),
                at=now,
            )
            handed = await self._rows.lock(conn, number)
        assert handed is not None
        return handed

    async def printed(self, operator: Operator, number: str) -> bytes:
        """Return the PDF of a result for printing; raises `ArmError`."""
        return await self._store.blobs.get((await self._document(operator, number)).pdf)

    async def signed(self, operator: Operator, number: str) -> bytes:
        """Return a result as the provider signed it (XML); raises `ArmError`."""
        return await self._store.blobs.get((await self._document(operator, number)).sha256)

    async def _document(self, operator: Operator, number: str) -> IssuedDocument:
        await self._of(operator, number)
        document = await self._outcomes.document_of(number)
        if document is None:
            raise ArmError(ArmCode.RESULT_NOT_READY)
        return document

    async def _of(self, operator: Operator, number: str) -> tuple[ApplicationRow, Intake]:
        application, intake = await self._applications.by_number(number), await self._intakes.of(number)
        if application is None or intake is None:
            raise ArmError(ArmCode.NO_SUCH_INTAKE)
        self._check_department(operator, intake)
        return application, intake

    def _check_department(self, operator: Operator, intake: Intake) -> None:
        if intake.department == operator.department:
            return
        try:
            place = self._catalogue.office(intake.department).name
        except UnknownOffice:
            place = Text(intake.department, intake.department, intake.department)
        raise ArmError(ArmCode.OTHER_DEPARTMENT, place=place)

    async def _deliverable(self, number: str) -> IssuedDocument:
        """Return the result that is here; read outside a transaction, which would hold a second connection."""
        document = await self._outcomes.document_of(number)
        if document is None:
            raise ArmError(ArmCode.RESULT_NOT_READY)
        if not await self._papers.result_is_here(number):
            raise HandOverError(HandOverCode.PAPER_ON_ITS_WAY)
        return document

    def _rule(self, application: ApplicationRow) -> Representation:
        service = self._catalogue.service(application.service)
        rules = [one.rule for one in service.powers_of_attorney if Channel.CORPORATION in one.channels]
        return rules[0] if rules else Representation.NONE

    def _power_of(
        self, application: ApplicationRow, intake: Intake, recipient: Recipient, shown: Iin, power: Power | None
    ) -> Power | None:
        """Return the power of attorney by which a representative receives; raises `ArmError` for a wrong person."""
        if recipient is Recipient.APPLICANT:
            if str(shown) != application.applicant_number:
                raise ArmError(ArmCode.OTHER_PERSON)
            return None
        named = intake.representative
        if named is not None and named.iin == shown:
            return named.power
        rule = self._rule(application)
        if rule is Representation.NONE:
            raise ArmError(ArmCode.OTHER_PERSON)
        if power is None:
            raise HandOverError(HandOverCode.POWER_NEEDED)
        notarised = power.kind is PowerKind.NOTARISED
        if rule is Representation.NOTARISED_DATA and not notarised:
            return Power(power.kind)
        if (rule is Representation.NOTARISED and not notarised) or not _is_whole(power):
            raise HandOverError(HandOverCode.POWER_NEEDED)
        if power.issued_on is not None and power.issued_on > self._clock.now().astimezone(_ZONE).date():
            raise HandOverError(HandOverCode.POWER_NOT_YET)
        return power

    def _due(self, application: ApplicationRow, department: str, began: datetime) -> datetime | None:
        """Return until when the Corporation hands over, by the term of its step; None where the act has none."""
        service = self._catalogue.service(application.service)
        kind = kind_of(service, application.fields)
        hours = self._catalogue.office(department).hours
        for step in service.procedure(Channel.CORPORATION, kind).path(Channel.CORPORATION):
            verbs = {one.verb for one in step.acts(Channel.CORPORATION, kind)}
            if step.body_on(Channel.CORPORATION) is Body.CORPORATION and Verb.HAND_OVER in verbs:
                return self._catalogue.calendar.deadline(began, step.term(Channel.CORPORATION, kind), hours)
        return None


def _is_whole(power: Power) -> bool:
    """Tell whether a power of attorney has its date and, when it is notarised, its number."""
    return power.issued_on is not None and (bool(power.number) or power.kind is not PowerKind.NOTARISED)


def _not_handed_over(row: HandOverRow | None) -> None:
    if row is not None and row.handed_at is not None:
        raise _handed_over(row.handed_at)


def _handed_over(at: datetime) -> ArmError:
    return ArmError(ArmCode.ALREADY_HANDED_OVER, day=at.astimezone(_ZONE).strftime("%d.%m.%Y %H:%M"))
