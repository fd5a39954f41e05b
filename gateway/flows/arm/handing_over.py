"""Handing the result over at a window: the receipt is scanned, the person shows who he is, signs, and it is done once.

Ready documents are issued on the ground of the receipt of acceptance, on showing the identity card, to the applicant or
to the representative by a power of attorney (Almaty act, lines 247-249, 542-544, 854-856, 1177-1179). The scanned
barcode finds the application (Almaty region act, lines 177-182). The term of the step, where the act gives one (such as
Karaganda, lines 316-318 and 578-580), runs from the scan in the department's hours.

A representative who was at the intake stands on the receipt. Of another the power of attorney is first shown here:
where the act wants it notarised, or has its data entered when it is (Karaganda, lines 1306-1311; Almaty, lines
1645-1649), БНАЖ is asked as in process 3, and nothing is handed over on doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from gateway.catalogue.acceptance import Representation
from gateway.catalogue.terms import Verb
from gateway.clock import ALMATY
from gateway.exchange.acceptance import Power, PowerKind, SentBy
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.access import Window, WindowGround
from gateway.flows.arm.entering import representation_on
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.finding import Verdict
from gateway.flows.arm.hand_overs import HandOverRow, HandOvers, IdentityKind, Recipient
from gateway.flows.arm.handing_over_errors import (
    HandOverCode,
    HandOverError,
    not_good,
    other_person,
    own_representative,
)
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.views import number_of_ours
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.identity.numbers import Iin
from gateway.terminal.codes import number_in

_ZONE = ZoneInfo(ALMATY)
_READY = """
SELECT application.number, application.service, application.applicant_name, application.state,
       issued_document.received_at, intake.medium
FROM issued_document
JOIN application ON application.number = issued_document.application
JOIN intake ON intake.application = issued_document.application
WHERE issued_document.waits_at = $1
ORDER BY issued_document.received_at DESC, issued_document.application LIMIT $2
"""
_READY_COUNT = "SELECT count(*) FROM issued_document WHERE waits_at = $1"
_KEPT_DIGITS = 4
_ASKED_ABOUT = frozenset({Representation.NOTARISED, Representation.NOTARISED_DATA})
"""The rules by which a power of attorney that is first shown here is asked about, when a notary attested it."""


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


class HandingOver(Window):
    """Results at the windows of the departments, each handed over once."""

    def __init__(self, ground: WindowGround, papers: ArrivedPapers) -> None:
        super().__init__(ground)
        self._papers = papers
        self._outcomes = Outcomes(self._store.database)
        self._rows = HandOvers(self._store.database)

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
        number = number_of_ours(scanned)
        application, intake = await self._seen(operator, number)
        _not_handed_over(await self._rows.of(number))
        document = await self._deliverable(number)
        now = self._clock.now()
        await self._rows.scanned(number, department=operator.department, operator=operator.id, at=now)
        rule = representation_on(self._service(application))
        return HandOverView(application, intake, document, rule, self._due(operator, application, now))

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
        if number_in(scanned) != number:
            raise HandOverError(HandOverCode.OTHER_RECEIPT)
        if not signed:
            raise HandOverError(HandOverCode.NOT_SIGNED)
        # (1) It is this department's, and its result is here; neither changes again.
        application, intake = await self._seen(operator, number)
        _not_handed_over(await self._rows.of(number))
        document = await self._deliverable(number)
        # (2) The person is whom the receipt names, or comes with a power of attorney that the act admits.
        came, shown = Iin.parse(identity_number), None
        if recipient is Recipient.REPRESENTATIVE:
            shown = await self._shown(operator, application, intake, came, power)
        elif str(came) != application.applicant_number:
            raise other_person(representation_on(self._service(application)))
        # (3) Nobody has received it meanwhile; what the act has done at the window is recorded, with its term.
        async with self._store.database.transaction() as conn:
            locked = await self._applications.lock(conn, number)
            row, now = await self._rows.lock(conn, number), self._clock.now()
            _not_handed_over(row)
            began = now if row is None else row.scanned_at
            due = self._due(operator, locked, began)
            facts = {"document": document.number, "to": recipient.value, "identity": kind.value, "receipt": "signed"}
            if due is not None:
                facts |= {"due": due.isoformat(), "late": str(now > due).lower()}
            await self._own_steps.collected(conn, locked, operator)
            if not await self._own_steps.handed_over(conn, locked, operator, facts):
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
            await self._outcomes.handed_over(conn, number)
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
        await self._seen(operator, number)
        document = await self._outcomes.document_of(number)
        if document is None:
            raise ArmError(ArmCode.RESULT_NOT_READY)
        return document

    async def _deliverable(self, number: str) -> IssuedDocument:
        """Return the result that is here; read outside a transaction, which would hold a second connection."""
        document = await self._outcomes.document_of(number)
        if document is None:
            raise ArmError(ArmCode.RESULT_NOT_READY)
        if not await self._papers.result_is_here(number):
            raise HandOverError(HandOverCode.PAPER_ON_ITS_WAY)
        return document

    def _due(self, operator: Operator, application: ApplicationRow, began: datetime) -> datetime | None:
        return self._own_steps.due(application, Verb.HAND_OVER, began=began, department=operator.department)

    async def _shown(
        self, operator: Operator, application: ApplicationRow, intake: Intake, came: Iin, power: Power | None
    ) -> Power:
        """Return the power of attorney by which a representative receives; raises `ArmError` for none that is good."""
        if intake.representative is not None and intake.representative.iin == came:
            return intake.representative.power
        if str(came) == application.applicant_number:
            raise own_representative()
        admitted = self._admitted(application, power)
        await self._ask_notaries(operator, application, came, admitted)
        return admitted

    def _admitted(self, application: ApplicationRow, power: Power | None) -> Power:
        """Return what is recorded of a power of attorney that the receipt does not name, by the rule of the act.

        Raises `ArmError` where the act lets nobody else come, or wants another power of attorney.
        """
        rule = representation_on(self._service(application))
        if rule is Representation.NONE:
            raise other_person(rule)
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

    async def _ask_notaries(self, operator: Operator, application: ApplicationRow, came: Iin, power: Power) -> None:
        """Ask БНАЖ where the act has to do with notaries; raises `HandOverError` unless the power of attorney is good.

        Each question stands in the trail with its answer. Without the notary system the operator looks at the paper.
        """
        if representation_on(self._service(application)) not in _ASKED_ABOUT:
            return
        finding = await self._questions.ask_power(power, principal=application.applicant, representative=came)
        if finding.verdict is Verdict.NOT_ASKED:
            return
        async with self._store.database.transaction() as conn:
            await self._own_steps.power_asked(conn, application, operator, finding.outcome, finding.to_facts())
        if not finding.passes:
            raise not_good(finding.verdict)


def _is_whole(power: Power) -> bool:
    """Tell whether a power of attorney has its date and, when it is notarised, its number."""
    return power.issued_on is not None and (bool(power.number) or power.kind is not PowerKind.NOTARISED)


def _not_handed_over(row: HandOverRow | None) -> None:
    if row is not None and row.handed_at is not None:
        raise _handed_over(row.handed_at)


def _handed_over(at: datetime) -> ArmError:
    return ArmError(ArmCode.ALREADY_HANDED_OVER, day=at.astimezone(_ZONE).strftime("%d.%m.%Y %H:%M"))
