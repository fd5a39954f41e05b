"""What the staff do in every procedure until the result is drawn up; what few procedures have is in `bodies`."""

from __future__ import annotations

from gateway.catalogue import Catalogue, Check, Verb
from gateway.desk.case import Case, CheckResult, Decision
from gateway.desk.decisions import Decisions, can_refuse, check_decision, check_reason
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.papers import PaperKind, Papers
from gateway.desk.staff import StaffMember, executor_of
from gateway.desk.telling import Telling, Told, chain_of, condition_of
from gateway.desk.turns import Turns, assign
from gateway.exchange.wording import Wording
from gateway.journal import Kind, Outcome, Step
from gateway.store import Store
from gateway.store.database import Connection

LONGEST_ACT = 4000
_LONGEST_INSTRUCTION = 1000

_JUDGED = "UPDATE casefile SET documents_result = $2, documents_reason = $3, documents_office = $4 WHERE number = $1"
_DECIDED = "UPDATE casefile SET check_result = $2, check_reason = $3 WHERE number = $1"
_DRAFTED = "UPDATE casefile SET decision = $2, draft = $3, result_number = $4 WHERE number = $1"
_RESOLVED = "UPDATE casefile SET instruction = $2 WHERE number = $1"


class Actions:
    """Registration, resolution, check, inspection and draft."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        turns: Turns,
        telling: Telling,
        decisions: Decisions,
        papers: Papers,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._turns = turns
        self._telling = telling
        self._decisions = decisions
        self._papers = papers

    async def register(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The application is entered in the journal of the office that registers it, and goes to the head."""

        async def change(conn: Connection, case: Case) -> None:
            year, last = await self._turns.next_number(conn, member.office, "journal")
            await conn.execute("UPDATE casefile SET journal_number = $2 WHERE number = $1", number, f"{year}-{last}")
            await self._turns.advance(conn, case, member)

        return await self._turns.take(member, number, version, Verb.REGISTER, change)

    async def resolve(
        self, member: StaffMember, number: str, *, version: int, executor: int, instruction: str = ""
    ) -> Case:
        """The head of the body, by resolution, gives the application to an executor of the same office."""
        if len(instruction) > _LONGEST_INSTRUCTION:
            raise DeskError(DeskCode.TOO_LONG, limit=_LONGEST_INSTRUCTION)

        async def change(conn: Connection, case: Case) -> None:
            chosen = await executor_of(conn, member.office, executor)
            await assign(conn, number, member.office, chosen.id)
            await conn.execute(_RESOLVED, number, instruction.strip() or None)
            await self._turns.advance(conn, case, member, facts={"executor": chosen.id})

        return await self._turns.take(member, number, version, Verb.RESOLVE, change)

    async def check_documents(self, member: StaffMember, number: str, *, version: int, fault: Wording | None) -> Case:
        """The executor judges the documents; `fault` None means that they conform.

        Where the flow's condition is the documents (Almaty act, lines 304-306), it is decided by this. Where it is a
        question to the state databases, and on paper, which passes no flow, documents that do not conform lead to a
        refusal all the same. Raises `DeskError` NO_REFUSAL for a fault where the service knows no refusal.
        """
        if fault is not None:
            check_reason(fault)

        async def change(conn: Connection, case: Case) -> None:
            service = self._catalogue.service(case.service)
            if fault is not None and not can_refuse(service, case):
                raise DeskError(DeskCode.NO_REFUSAL)
            result = CheckResult.PASSED if fault is None else CheckResult.FAILED
            reason = None if fault is None else {"kk": fault.kk, "ru": fault.ru}
            await conn.execute(_JUDGED, number, result.value, reason, member.office)
            condition = condition_of(service, case, Check.DOCUMENTS)
            if condition is not None:
                await conn.execute(_DECIDED, number, result.value, reason)
                outcome = Outcome.PASSED if fault is None else Outcome.FAILED
                step = Step(case.flow, Kind.CONDITION, condition.number, outcome)
                chain = chain_of(case, service)
                await self._telling.step(conn, chain, step, actor=member.actor, told=Told(message=fault))
            await self._turns.advance(conn, case, member, facts={"documents": result.value})

        return await self._turns.take(member, number, version, Verb.CHECK_DOCUMENTS, change)

    async def inspect(self, member: StaffMember, number: str, *, version: int, act: str) -> Case:
        """The executor, back from the inspection on the spot, writes its act into the case."""
        words = act.strip()
        if not words:
            raise DeskError(DeskCode.ACT_MISSING)
        if len(words) > LONGEST_ACT:
            raise DeskError(DeskCode.TOO_LONG, limit=LONGEST_ACT)

        async def change(conn: Connection, case: Case) -> None:
            now = self._turns.now()
            paper = await self._papers.write(conn, number, PaperKind.INSPECTION_ACT, words, author=member, at=now)
            await self._turns.advance(conn, case, member, facts={"paper": paper})

        return await self._turns.take(member, number, version, Verb.INSPECT, change)

    async def draft(self, member: StaffMember, number: str, *, version: int, decision: Decision) -> Case:
        """The executor draws up one of the service's results and gives it to the head for signature."""

        async def change(conn: Connection, case: Case) -> None:
            result = check_decision(self._catalogue.service(case.service), case, decision)
            result_number = case.result_number or await self._next_result_number(conn, member.office)
            document = self._decisions.build(case, decision, number=result_number, at=self._turns.now())
            digest = await self._store.blobs.put(conn, document, media_type="application/xml")
            await conn.execute(_DRAFTED, number, decision.to_json(), digest, result_number)
            facts = {"outcome": result.outcome.value, "result": result.id}
            await self._turns.advance(conn, case, member, facts=facts)

        return await self._turns.take(member, number, version, Verb.DRAFT, change)

    async def _next_result_number(self, conn: Connection, office: str) -> str:
        """Return the next number of an office's results: its BIN's last four digits, the year, the count."""
        year, last = await self._turns.next_number(conn, office, "result")
        return f"{self._catalogue.office(office).bin[-4:]}-{year}-{last:06d}"
