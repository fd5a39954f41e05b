"""The condition of a procedure: what the applicant must bring before the provider goes on.

An employer presents within 20 working days the documents that guarantee the departure of the foreign labour (Karaganda
act, service 18, lines 3642-3644); otherwise the decision is cancelled (lines 3695-3697). They are brought to the
counter or sent through the portal (`supplements`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.catalogue import Catalogue, DocumentKind, Service, Verb, check_document
from gateway.catalogue.kinds import documents_for
from gateway.desk.case import CASE_COLUMNS, Case, CaseState, CheckResult, read_case
from gateway.desk.deadlines import CONDITION_OVER
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.places import procedure_of
from gateway.desk.procedure import PlaceKind
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, Told, chain_of
from gateway.desk.turns import Turns
from gateway.exchange.waiting import WaitingEnd, waited_facts
from gateway.exchange.wording import Wording
from gateway.journal import SYSTEM, Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection
from gateway.texts import Text

_LAPSED = Wording(
    "Талап етілген құжаттар белгіленген мерзімде ұсынылмады. Өтініш бойынша қабылданған шешімнің күші жойылады.",
    "Требуемые документы не представлены в установленный срок. Принятое по заявлению решение отменяется.",
)

_OF_CASE = f"SELECT {CASE_COLUMNS} FROM casefile WHERE number = $1 FOR UPDATE"  # noqa: S608 (a constant)
_JUDGED = "UPDATE casefile SET condition_result = $2 WHERE number = $1"
_CHANGED = "UPDATE casefile SET version = version + 1 WHERE number = $1"
_STAYS = "SELECT true FROM case_step WHERE number = $1 AND ordinal = $2 AND finished_at IS NULL AND due_at < $3"
_LAST_CONDITION = """
SELECT step, due_at FROM case_step WHERE number = $1 AND step_kind = 'condition' ORDER BY ordinal DESC LIMIT 1
"""
_DOCUMENT = """
INSERT INTO case_document (number, ordinal, kind, name, media_type, size, sha256)
VALUES ($1, 1 + (SELECT coalesce(max(ordinal), 0) FROM case_document WHERE number = $1), $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A document that the applicant brought for a condition of the procedure."""

    kind: str
    name: str
    media_type: str
    content: bytes


class Condition:
    """Takes what the applicant brings in its term, and goes on with the case when the term runs out."""

    def __init__(self, *, store: Store, catalogue: Catalogue, turns: Turns, telling: Telling) -> None:
        self._store = store
        self._catalogue = catalogue
        self._turns = turns
        self._telling = telling
        store.jobs.on(CONDITION_OVER, self.over)

    async def submit(self, member: StaffMember, number: str, *, version: int, files: Sequence[SubmittedFile]) -> Case:
        """The executor records what the applicant brought to the counter for the procedure's condition."""

        async def change(conn: Connection, case: Case) -> None:
            await self._fulfil(conn, case, files, member)

        return await self._turns.take(member, number, version, Verb.SUBMIT, change)

    async def submitted(
        self,
        conn: Connection,
        number: str,
        files: Sequence[SubmittedFile],
        *,
        presented_at: datetime | None = None,
    ) -> None:
        """Take what the applicant sent for the procedure's condition, in the caller's transaction.

        `presented_at` is when it was sent: what was sent in the term fulfils the condition however late it arrives, so
        long as no cancellation is drafted (Karaganda, lines 3642-3644). Raises `DeskError` WRONG_ORDER or CASE_CLOSED
        when the case does not wait for it, CONDITION_OVER after the term, BROUGHT_NOTHING or FILE_UNFIT for what is not
        asked for; then nothing is changed.
        """
        row = await conn.fetchrow(_OF_CASE, number)
        if row is None:
            raise DeskError(DeskCode.NO_SUCH_CASE)
        case = read_case(row)
        if case.state is CaseState.CLOSED:
            raise DeskError(DeskCode.CASE_CLOSED)
        if case.awaits_verb is Verb.SUBMIT:
            await self._fulfil(conn, case, files, None, presented_at)
        elif case.awaits_verb is Verb.DRAFT and case.condition_result is CheckResult.FAILED:
            await self._fulfil_after_all(conn, case, files, presented_at)
        else:
            raise DeskError(DeskCode.WRONG_ORDER, awaited=str(case.awaits_verb))
        await conn.execute(_CHANGED, number)

    async def over(self, payload: Mapping[str, Any]) -> None:
        """Go on with a case whose applicant did not fulfil the condition in its term.

        The case goes to where a result is drafted, and the only one is what the act ends it in (lines 3695-3697).
        """
        number = payload["number"]
        async with self._store.database.transaction() as conn:
            row = await conn.fetchrow(_OF_CASE, number)
            if row is None or not await conn.fetchval(_STAYS, number, payload["ordinal"], self._turns.now()):
                return
            case = read_case(row)
            draft = procedure_of(self._catalogue, case).on_to(Verb.DRAFT, case.position)
            if case.position.kind is not PlaceKind.CONDITION or draft is None:
                return
            await conn.execute(_JUDGED, number, CheckResult.FAILED.value)
            told = Told(message=_LAPSED, facts=waited_facts(WaitingEnd.LAPSED))
            await self._turns.leave(conn, case, Outcome.FAILED, actor=SYSTEM, told=told)
            await self._turns.enter(conn, await self._turns.read(conn, number), draft)
            await conn.execute(_CHANGED, number)

    async def _fulfil(
        self,
        conn: Connection,
        case: Case,
        files: Sequence[SubmittedFile],
        member: StaffMember | None,
        presented_at: datetime | None = None,
    ) -> None:
        if case.is_overdue(self._when(presented_at)):
            raise DeskError(DeskCode.CONDITION_OVER)
        await self._keep(conn, case, files)
        told = Told(facts=waited_facts(WaitingEnd.PRESENTED))
        await self._turns.advance(conn, case, member, facts={"documents": len(files)}, told=told)

    async def _fulfil_after_all(
        self, conn: Connection, case: Case, files: Sequence[SubmittedFile], presented_at: datetime | None
    ) -> None:
        """Take what was sent in the term and arrived after it: the case is at the draft already, and stays there."""
        stay = await conn.fetchrow(_LAST_CONDITION, case.number)
        if stay is None or self._when(presented_at) > stay["due_at"]:
            raise DeskError(DeskCode.CONDITION_OVER)
        await self._keep(conn, case, files)
        facts = {"documents": len(files), "condition": True, "late": False}
        event = Step(case.flow, Kind.PROCEDURE, stay["step"], Outcome.PASSED, facts)
        chain = chain_of(case, self._catalogue.service(case.service))
        await self._telling.step(conn, chain, event, told=Told(facts=waited_facts(WaitingEnd.PRESENTED)))

    def _when(self, presented_at: datetime | None) -> datetime:
        now = self._turns.now()
        return now if presented_at is None else min(now, presented_at)

    async def _keep(self, conn: Connection, case: Case, files: Sequence[SubmittedFile]) -> None:
        """Add the files to the case's documents; the condition is fulfilled."""
        check_files(asked_for(self._catalogue.service(case.service), case), files)
        for file in files:
            digest = await self._store.blobs.put(conn, file.content, media_type=file.media_type)
            await conn.execute(_DOCUMENT, case.number, file.kind, file.name, file.media_type, len(file.content), digest)
        await conn.execute(_JUDGED, case.number, CheckResult.PASSED.value)


def asked_for(service: Service, case: Case) -> tuple[DocumentKind, ...]:
    """Return the documents that the procedure's condition asks the applicant for; none where it has no condition."""
    path = service.procedure(case.channel, case.kind).path(case.channel)
    return tuple(document for step in path if step.kind == "condition" for document in documents_for(service, step))


def check_files(asked: Sequence[DocumentKind], files: Sequence[SubmittedFile]) -> None:
    """Refuse files that are not those asked for; raises `DeskError` BROUGHT_NOTHING or FILE_UNFIT."""
    kinds = {kind.id: kind for kind in asked}
    for file in files:
        kind = kinds.get(file.kind)
        if kind is None:
            raise DeskError(DeskCode.FILE_UNFIT, why=file.kind)
        problem = check_document(kind, file.media_type, file.content)
        if problem is not None:
            raise DeskError(DeskCode.FILE_UNFIT, why=problem.text)
    brought = {file.kind for file in files}
    for kind in asked:
        if kind.required and kind.id not in brought:
            raise DeskError(DeskCode.BROUGHT_NOTHING, field=kind.title)
    if not brought:
        raise DeskError(DeskCode.BROUGHT_NOTHING, field=Text("құжат", "документ", "document"))
