"""What bodies beside the usual way do: files sent on, commissions, decisions before the result, marks of what was done.

Few procedures have these actions: the precinct commission's (Karaganda, services 1 and 2), the commission on foreign
labour (service 18, whose condition for the applicant is in `condition`), the register of repatriates (service 19), the
file to the body that pays (service 7), and whatever goes through a rural akim.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, FlowStep, Party, Service, StepKind, Verb
from gateway.clock import ALMATY
from gateway.desk.case import Case, Finding
from gateway.desk.condition import asked_for
from gateway.desk.ending import Ending
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.numbered import numbered_flow, result_step
from gateway.desk.papers import PaperKind, Papers
from gateway.desk.places import procedure_of
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling, Told, chain_of, wording_of
from gateway.desk.turns import Change, Turns
from gateway.exchange.waiting import waiting_facts
from gateway.exchange.wording import Wording
from gateway.journal import Kind, Outcome, Step
from gateway.store.database import Connection
from gateway.texts import Text

LONGEST_PAPER = 4000
_ZONE = ZoneInfo(ALMATY)
_ACT = Text("Тексеру актісі", "Акт обследования", "Act of the inspection")
_CONCLUSION = Text("Қорытынды", "Заключение", "Conclusion")
_MINUTES = Text("Хаттама", "Протокол", "Minutes")
_RESOLUTION = Text("Шешім", "Решение", "Decision")
_LETTER = Text(
    "Хабарлама мәтіні (қазақша және орысша)", "Текст уведомления (на казахском и русском)", "Text of the letter"
)
_ENTRY = Text("Тізілімдегі жазба нөмірі", "Номер записи в реестре", "Number of the entry in the register")
_REFERENCE = Text("Жіберілген істің нөмірі", "Номер отправленного дела", "Reference of the file sent")

_SET = "UPDATE casefile SET {0} = $2 WHERE number = $1"


class Bodies:
    """The actions of the bodies, the head's decision, and the letter that tells the applicant of it."""

    def __init__(self, *, catalogue: Catalogue, turns: Turns, telling: Telling, papers: Papers, ending: Ending) -> None:
        self._catalogue = catalogue
        self._turns = turns
        self._telling = telling
        self._papers = papers
        self._ending = ending

    async def forward(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The file goes to the body that does the next place of the procedure.

        Where that is the State Corporation, it is the result that goes, and the case ends (Karaganda, lines 1294-1296).
        """
        document = await self._ending.document(number)

        async def change(conn: Connection, case: Case) -> None:
            await self._turns.advance(conn, case, member)
            if self._ending.is_next(case):
                await self._ending.end(conn, case, document, member)

        return await self._turns.take(member, number, version, Verb.FORWARD, change)

    async def conclude(
        self, member: StaffMember, number: str, *, version: int, favourable: bool, act: str, conclusion: str
    ) -> Case:
        """The precinct commission inspects, and gives its act and its conclusion (Karaganda, service 2, step 4).

        The conclusion binds nobody: the provider decides.
        """
        papers = {
            PaperKind.COMMISSION_ACT: _given(act, _ACT),
            PaperKind.COMMISSION_CONCLUSION: _given(conclusion, _CONCLUSION),
        }
        change = self._finding(member, "conclusion", favourable, papers)
        return await self._turns.take(member, number, version, Verb.CONCLUDE, change)

    async def convene(self, member: StaffMember, number: str, *, version: int, session_at: datetime) -> Case:
        """The head sets the commission's session; its members must still learn of it in time.

        Raises `DeskError` SESSION_TOO_SOON.
        """

        async def change(conn: Connection, case: Case) -> None:
            now = self._turns.now()
            summons = procedure_of(self._catalogue, case).summons_due(case.position, session_at)
            if session_at <= now or (summons is not None and summons <= now):
                raise DeskError(DeskCode.SESSION_TOO_SOON)
            await conn.execute(_SET.format("session_at"), number, session_at)
            await self._turns.advance(conn, case, member, facts={"session": session_at.isoformat()})

        return await self._turns.take(member, number, version, Verb.CONVENE, change)

    async def summon(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The executor has told the commission's members of the session."""

        async def change(conn: Connection, case: Case) -> None:
            await self._turns.advance(conn, case, member)

        return await self._turns.take(member, number, version, Verb.SUMMON, change)

    async def recommend(
        self, member: StaffMember, number: str, *, version: int, favourable: bool, minutes: str
    ) -> Case:
        """The commission has sat; its minutes carry what it recommends to the head.

        Raises `DeskError` SESSION_NOT_BEGUN before the session.
        """
        write = self._finding(member, "conclusion", favourable, {PaperKind.MINUTES: _given(minutes, _MINUTES)})

        async def change(conn: Connection, case: Case) -> None:
            if case.session_at is not None and self._turns.now() < case.session_at:
                begins = case.session_at.astimezone(_ZONE).strftime("%d.%m.%Y %H:%M")
                raise DeskError(DeskCode.SESSION_NOT_BEGUN, name=begins)
            await write(conn, case)

        return await self._turns.take(member, number, version, Verb.RECOMMEND, change)

    async def decide(
        self, member: StaffMember, number: str, *, version: int, favourable: bool, resolution: str
    ) -> Case:
        """The head decides and writes the resolution.

        Against the applicant, what follows a decision in favour is left out, and a refusal is all that can be drafted.
        """
        change = self._finding(
            member, "resolution", favourable, {PaperKind.RESOLUTION: _given(resolution, _RESOLUTION)}
        )
        return await self._turns.take(member, number, version, Verb.DECIDE, change)

    async def inform(self, member: StaffMember, number: str, *, version: int, text: Wording) -> Case:
        """The applicant is told in writing of a decision that is not the result yet; on the portal, by a notification.

        The executor is proposed the act's own text where the act gives one (`proposed_letter`).
        """
        letter = f"{_given(text.kk, _LETTER)}\n\n{_given(text.ru, _LETTER)}"

        async def change(conn: Connection, case: Case) -> None:
            paper = await self._write(conn, case, member, PaperKind.LETTER, letter)
            await self._turns.advance(conn, case, member, facts={"paper": paper})
            await self._tell_decision(conn, await self._turns.read(conn, number), text, member)

        return await self._turns.take(member, number, version, Verb.INFORM, change)

    async def record(self, member: StaffMember, number: str, *, version: int, entry: str) -> Case:
        """The executor has entered the applicant in a state register, under this number."""
        change = self._mark(member, PaperKind.REGISTER_ENTRY, _given(entry, _ENTRY))
        return await self._turns.take(member, number, version, Verb.RECORD, change)

    async def send_file(self, member: StaffMember, number: str, *, version: int, reference: str) -> Case:
        """The executor has sent the file to the body that pays, under this reference."""
        change = self._mark(member, PaperKind.FILE_SENT, _given(reference, _REFERENCE))
        return await self._turns.take(member, number, version, Verb.SEND_FILE, change)

    def proposed_letter(self, case: Case) -> Wording | None:
        """Return the act's own words for what the applicant is told of the decision, if the act gives them."""
        service = self._catalogue.service(case.service)
        step = informing_step(service, case)
        notification = None if step is None else service.notification(step.ref, case.channel)
        if notification is None:
            return None
        office = self._catalogue.office(case.office)
        return wording_of(notification, office, registered_at=case.registered_at, moment=case.result_due)

    async def _tell_decision(self, conn: Connection, case: Case, text: Wording, member: StaffMember) -> None:
        """Send the notification of the decision: a step of the portal's flow where the act has one, else a note."""
        if case.gateway is None:
            return
        service = self._catalogue.service(case.service)
        facts: dict[str, str] = {}
        if case.awaits_verb is Verb.SUBMIT and case.due_at is not None:
            facts = waiting_facts(until=case.due_at, documents=[one.id for one in asked_for(service, case)])
        told = Told(message=Wording(text.kk.strip(), text.ru.strip()), facts=facts)
        chain, step = chain_of(case, service), informing_step(service, case)
        if step is None:
            await self._telling.tell(conn, chain, {"informed": True}, flow=case.flow, actor=member.actor, told=told)
            return
        event = Step(case.flow, Kind(step.kind.value), step.number, Outcome.DONE)
        await self._telling.step(conn, chain, event, actor=member.actor, told=told)

    def _finding(self, member: StaffMember, column: str, favourable: bool, papers: Mapping[PaperKind, str]) -> Change:
        """Return the change by which a finding is written with its papers."""
        finding = Finding.FAVOURABLE if favourable else Finding.ADVERSE

        async def change(conn: Connection, case: Case) -> None:
            written = [await self._write(conn, case, member, kind, words) for kind, words in papers.items()]
            await conn.execute(_SET.format(column), case.number, finding.value)
            await self._turns.advance(conn, case, member, facts={column: finding.value, "papers": written})

        return change

    def _mark(self, member: StaffMember, kind: PaperKind, words: str) -> Change:
        """Return the change by which it is noted what was done outside the desk."""

        async def change(conn: Connection, case: Case) -> None:
            paper = await self._write(conn, case, member, kind, words)
            await self._turns.advance(conn, case, member, facts={"paper": paper})

        return change

    async def _write(self, conn: Connection, case: Case, member: StaffMember, kind: PaperKind, words: str) -> int:
        return await self._papers.write(conn, case.number, kind, words, author=member, at=self._turns.now())


def informing_step(service: Service, case: Case) -> FlowStep | None:
    """Return the step of the case's flow in which the applicant is told of a decision that is not the result."""
    flow = numbered_flow(service, case.channel, case.kind)
    if flow is None:
        return None
    ends = (flow.registration_step(), result_step(flow), flow.refusal_step())
    between = (
        step
        for step in flow.steps
        if step.party is Party.DESK and step.kind is not StepKind.CONDITION and step not in ends
    )
    return next((step for step in between if service.notification(step.ref, case.channel) is not None), None)


def _given(words: str, label: Text) -> str:
    """Return what was written; raises `DeskError` TEXT_MISSING or TOO_LONG."""
    written = words.strip()
    if not written:
        raise DeskError(DeskCode.TEXT_MISSING, field=label)
    if len(written) > LONGEST_PAPER:
        raise DeskError(DeskCode.TOO_LONG, limit=LONGEST_PAPER)
    return written
