"""Cases that go through several bodies: staff of any office, and whatever is awaited of them done well."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gateway.catalogue import Channel, Office, Role, Verb
from gateway.catalogue import Outcome as Ending
from gateway.catalogue.result import Fact, FactKind
from gateway.desk import Case, Decision, StaffMember
from gateway.desk.cases import CaseStep
from gateway.desk.condition import SubmittedFile
from gateway.desk.decisions import results_for
from gateway.desk.opening import Opening, Taken
from gateway.exchange.application import Application, build_application
from gateway.exchange.wording import Wording
from gateway.identity.numbers import check_digit
from gateway.journal import Event
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, PASSWORD, PDF, Workplace, iin

_serials = itertools.count(1)
_numbers = itertools.count(72_000_000_000_001)
_VALUES = {FactKind.TEXT: "17", FactKind.DATE: "2026-03-02", FactKind.MONEY: "45000"}
GUARANTEE = "departure-guarantee"
LETTER = Wording("Шешім қабылданды.", "Решение принято.")


class Bodies:
    """A workplace with staff at every body, made when they are first wanted."""

    def __init__(self, workplace: Workplace) -> None:
        self.place = workplace
        self.desk = workplace.desk
        self._staff: dict[tuple[str, Role, int], StaffMember] = {}

    async def staff(self, office: str, role: Role | str, which: int = 1) -> StaffMember:
        """The member of this role at this office; `which` tells colleagues apart."""
        key = (office, Role(role), which)
        if key not in self._staff:
            digits = next(
                digits for digits in (f"8001011{serial:04}" for serial in _serials) if check_digit(digits) is not None
            )
            name = f"{office} {role} {which}"
            self._staff[key] = await self.desk.staff.seed(
                iin=iin(digits), name=name, office=office, role=Role(role), password=PASSWORD
            )
        return self._staff[key]

    async def open(
        self,
        service: str,
        channel: Channel | str,
        *,
        office: str,
        counter: str | None = None,
        kind: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> str:
        """A case as intake or the counter writes it, without the checks of either."""
        law, number, channel = CATALOGUE.service(service), str(next(_numbers)), Channel(channel)
        now = self.place.clock.now()
        chosen = {} if law.kinds is None or kind is None else {law.kinds.field: kind}
        application = Application(
            number=number,
            service=service,
            office=office,
            applicant_number=APPLICANT,
            applicant_name="ЖАППАРОВА ӘЙГҮЛ",
            fields=chosen | dict(fields or {}),
            attachments=(),
            created_at=now,
        )
        at_counter: Office | None = None
        if channel is not Channel.PORTAL:
            at_counter = CATALOGUE.office(counter or office)
        taken = Taken(
            application=application,
            document=build_application(application),
            files=(),
            content_key=number,
            service=law,
            kind=kind,
            office=CATALOGUE.office(office),
            channel=channel,
            gateway="rshep" if channel is Channel.PORTAL else None,
            correlation_id=number if channel is Channel.PORTAL else None,
            counter=at_counter,
        )
        opening = Opening(store=self.place.store, catalogue=CATALOGUE, deadlines=self.desk.deadlines)
        async with self.place.store.database.transaction() as conn:
            await opening.open(conn, taken)
        return number

    async def case(self, number: str) -> Case:
        """The case as it stands, whoever sees it."""
        office = await self.place.store.database.fetchval("SELECT office FROM casefile WHERE number = $1", number)
        return await self.desk.cases.get(await self.staff(office, Role.HEAD), number)

    async def doer(self, case: Case) -> StaffMember:
        """Whoever must act now: the assigned executor, or the first of the role at the office."""
        assert case.awaits_office is not None
        assert case.awaits_role is not None
        if case.executor is not None:
            assigned = await self.desk.staff.member(case.executor)
            assert assigned is not None
            if case.awaits_role in (Role.EXECUTOR, Role.APPLICANT):
                return assigned
        role = Role.EXECUTOR if case.awaits_role is Role.APPLICANT else case.awaits_role
        return await self.staff(case.awaits_office, role)

    async def do(self, number: str, **how: Any) -> Case:  # noqa: C901, PLR0911, PLR0912 - one return an action
        """Do the next action well; `how` replaces what is said."""
        case = await self.case(number)
        member, version = await self.doer(case), case.version
        actions, bodies, issue = self.desk.actions, self.desk.bodies, self.desk.issue
        if await issue.needs_register(case):
            where = {"department": str(case.counter), "courier": "Қасымов Ерлан"}
            await self.desk.courier.send(member, numbers=[number], **where)
            return await self.case(number)
        match case.awaits_verb:
            case Verb.REGISTER:
                return await actions.register(member, number, version=version)
            case Verb.RESOLVE:
                chosen = await self.staff(member.office, Role.EXECUTOR)
                return await actions.resolve(member, number, version=version, executor=chosen.id)
            case Verb.CHECK_DOCUMENTS:
                return await actions.check_documents(member, number, version=version, fault=how.get("fault"))
            case Verb.INSPECT:
                return await actions.inspect(member, number, version=version, act="Тексерілді.")
            case Verb.FORWARD:
                return await bodies.forward(member, number, version=version)
            case Verb.CONCLUDE:
                said = {"favourable": True, "act": "Акт", "conclusion": "Қорытынды"} | how
                return await bodies.conclude(member, number, version=version, **said)
            case Verb.CONVENE:
                at = how.get("session_at") or self.place.clock.now() + timedelta(days=7)
                return await bodies.convene(member, number, version=version, session_at=at)
            case Verb.SUMMON:
                return await bodies.summon(member, number, version=version)
            case Verb.RECOMMEND:
                said = {"favourable": True, "minutes": "Хаттама"} | how
                if case.session_at is not None and self.place.clock.now() < case.session_at:
                    self.place.clock.set(case.session_at)
                return await bodies.recommend(member, number, version=version, **said)
            case Verb.DECIDE:
                said = {"favourable": True, "resolution": "Рұқсат берілсін"} | how
                return await bodies.decide(member, number, version=version, **said)
            case Verb.INFORM:
                return await bodies.inform(member, number, version=version, text=how.get("text", LETTER))
            case Verb.SUBMIT:
                files = how.get("files", (guarantee(),))
                return await self.desk.condition.submit(member, number, version=version, files=files)
            case Verb.RECORD:
                return await bodies.record(member, number, version=version, entry="R-17")
            case Verb.SEND_FILE:
                return await bodies.send_file(member, number, version=version, reference="M-5")
            case Verb.DRAFT:
                decision = how.get("decision") or decision_in(case)
                return await actions.draft(member, number, version=version, decision=decision)
            case Verb.SIGN:
                document = await self.desk.cases.draft(member, number)
                return await issue.sign(member, number, version=version, signed=self.place.signatures.sign(document))
            case Verb.HAND_OVER:
                return await issue.hand_over(member, number, version=version)
        raise AssertionError(case.awaits_verb)

    async def to(self, number: str, verb: Verb | str | None, office: str | None = None) -> Case:
        """Work the case until `verb` is awaited, at `office` where one is given; None is the end."""
        for _ in range(30):
            case = await self.case(number)
            if case.awaits_verb == verb and office in (None, case.awaits_office):
                return case
            await self.do(number)
        raise AssertionError(f"{verb} never came")

    async def walked(self, number: str) -> list[tuple[str, str, str]]:
        """Work the case to its end and return what was awaited: action, role, office."""
        seen = []
        while (case := await self.case(number)).awaits_verb is not None:
            assert case.awaits_role is not None
            seen.append((case.awaits_verb.value, case.awaits_role.value, str(case.awaits_office)))
            await self.do(number)
        return seen

    async def trail(self, number: str) -> tuple[Event, ...]:
        case = await self.case(number)
        return await self.desk.cases.trail(await self.staff(case.office, Role.HEAD), number)

    async def steps(self, number: str) -> list[tuple[str, int, str]]:
        """The numbered events: kind, number, outcome."""
        return [
            (event.step.kind.value, event.step.number, event.step.outcome.value)
            for event in await self.trail(number)
            if event.step.kind != "note"
        ]

    async def stays(self, number: str) -> tuple[CaseStep, ...]:
        case = await self.case(number)
        return await self.desk.cases.steps(await self.staff(case.office, Role.HEAD), number)


def guarantee(content: bytes = PDF) -> SubmittedFile:
    """The documents that the condition of foreign-labour-permit asks for."""
    return SubmittedFile(GUARANTEE, "guarantee.pdf", "application/pdf", content)


def decision_in(case: Case, outcome: Ending | None = None) -> Decision:
    """A decision in the first result that the case may end in, or in the first of an outcome, with all its facts."""
    service = CATALOGUE.service(case.service)
    result = next(one for one in results_for(service, case) if outcome in (None, one.outcome))
    if result.template is None:
        return Decision(result.id, {}, "other", Wording("Себебі бар.", "Есть причина."))
    return Decision(result.id, {fact.id: _value(fact) for fact in result.template.facts if fact.required})


def _value(fact: Fact) -> str:
    return fact.choices[0].id if fact.kind is FactKind.CHOICE else _VALUES[fact.kind]
