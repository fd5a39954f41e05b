"""Offices of every body with their people, papers handed in at counters, and each next action done well."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.catalogue import Outcome, Role, Service, Verb
from gateway.catalogue.kinds import documents_of, kind_of
from gateway.catalogue.result import Fact, FactKind
from gateway.desk import Case, Decision
from gateway.desk.condition import SubmittedFile, asked_for
from gateway.desk.decisions import results_for
from gateway.desk.paper import Paper
from gateway.desk.staff import StaffMember
from gateway.desk.state_data import ASK
from gateway.exchange.wording import Wording
from gateway.identity.numbers import check_digit
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, PASSWORD, PDF, WARD, Workplace, iin

RURAL, CHILD, ASSISTANCE, FUEL = (
    "rural-specialists-support",
    "child-allowance-under-18",
    "targeted-social-assistance",
    "rural-social-workers-fuel-assistance",
)
LOCAL, VICTIMS, RECIPIENT, PERMIT, ORALMAN, GUARDIANSHIP = (
    "local-social-assistance",
    "semey-nuclear-test-victims",
    "tsa-recipient-certificate",
    "foreign-labour-permit",
    "oralman-status",
    "guardianship-establishment",
)
EVERYBODY = (Role.CLERK, Role.HEAD, Role.EXECUTOR)
ACCOUNT = "KZ86125KZT5004100100"
NAME = "ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ"
_COMMON = {"phone": "+77010000001", "address": "Қарағанды қаласы, Ерубаев көшесі, 1", "consent": "true"}
PAPERS: dict[str, dict[str, str]] = {
    RURAL: {
        "benefit_kind": "housing-loan",
        "sector": "education",
        "position": "Мұғалім",
        "employer": "Талғар орта мектебі",
        "settlement": "Панфилов ауылы",
        "employed_on": "2025-09-01",
        "phone": "+77010000001",
        "consent": "true",
    },
    CHILD: {
        **_COMMON,
        "child_name": "Серікұлы Әлихан",
        "child_iin": str(WARD),
        "family_income": "90000",
        "account": ACCOUNT,
    },
    ASSISTANCE: {
        **_COMMON,
        "family_size": "3",
        "family_members": "Серікұлы Әлихан",
        "family_income": "90000",
        "household_plot": "absent",
        "account": ACCOUNT,
    },
    FUEL: {
        **_COMMON,
        "sphere": "education",
        "workplace": "Көкпекті орта мектебі",
        "position": "Мұғалім",
        "account": ACCOUNT,
    },
    LOCAL: {
        **_COMMON,
        "category": "other-category",
        "family_size": "3",
        "reason": "Емделуге қаражат қажет",
        "account": ACCOUNT,
    },
    VICTIMS: {
        **_COMMON,
        "request": "recognition",
        "residence_place": "Абай ауданы, Саржал ауылы",
        "residence_period": "1949-1965",
        "payment_to": "personal-account",
        "account": ACCOUNT,
    },
    RECIPIENT: {**_COMMON, "family_members": "Серікұлы Әлихан", "purpose": "Мектепке ұсыну үшін"},
    PERMIT: {
        "service_kind": "worker-issue",
        "phone": "+77010000001",
        "occupation": "Инженер",
        "employer_name": "«Құрылыс» ЖШС",
        "valid_until": "2026-12-31",
        "consent": "true",
    },
    ORALMAN: {
        **_COMMON,
        "birth_date": "1990-05-15",
        "country": "Моңғолия",
        "arrived_on": "2025-10-01",
    },
    GUARDIANSHIP: {
        **_COMMON,
        "district": "medeu",
        "care": "guardianship",
        "child_status": "orphan",
        "child_name": "Серікұлы Әлихан",
        "child_iin": str(WARD),
    },
}
_sheets = itertools.count(1)
_numbers = (iin(one) for one in (f"76010110{serial:03d}" for serial in range(1000)) if check_digit(one))


@dataclass
class Rooms:
    """Every office that is asked for, with its people, at one desk."""

    place: Workplace
    people: dict[tuple[str, Role], StaffMember] = field(default_factory=dict)

    @property
    def desk(self):
        return self.place.desk

    @property
    def clock(self):
        return self.place.clock

    async def hire(self, office: str, *roles: Role) -> None:
        """Give an office people of these roles, or of those that its body has."""
        usual = (Role.COMMISSION,) if "commission" in CATALOGUE.office(office).body else EVERYBODY
        for role in roles or usual:
            if (office, role) not in self.people:
                self.people[office, role] = await self.another(office, role)

    async def another(self, office: str, role: Role) -> StaffMember:
        """Return one more member of an office, who is not the one that acts by default."""
        own = next(_numbers)
        name = f"Қызметкер {own[-4:]}"
        return await self.desk.staff.seed(iin=own, name=name, office=office, role=role, password=PASSWORD)

    def member(self, office: str, role: Role) -> StaffMember:
        return self.people[office, role]

    async def accept(
        self,
        service_id: str,
        office: str,
        *,
        counter: str | None = None,
        fields: Mapping[str, str] | None = None,
        **how: object,
    ) -> Case:
        """Hand a paper in at a counter: at the provider's own, or at the one that is named."""
        service = CATALOGUE.service(service_id)
        values = {**PAPERS[service_id], **(fields or {})}
        kind = kind_of(service, values)
        at = counter or office
        given: dict[str, object] = {
            "sheet": f"sheet-{next(_sheets)}",
            "service": service_id,
            "office": office,
            "applicant": APPLICANT,
            "applicant_name": NAME,
            "fields": values,
            "on_paper": tuple(document.id for document in documents_of(service, kind)),
        }
        paper = Paper(**{**given, **how})  # type: ignore[arg-type]
        return await self.desk.counter.accept(self._acceptor(service, at), paper)

    def _acceptor(self, service: Service, counter: str) -> StaffMember:
        taking = (self.people.get((counter, role)) for role in (Role.CLERK, Role.EXECUTOR))
        for member in taking:
            if member is not None and service in self.desk.counter.services(member):
                return member
        raise AssertionError(f"nobody at {counter} takes papers of {service.id} in")

    async def read(self, number: str) -> Case:
        """Return a case as it stands, whoever may see it."""
        async with self.place.store.database.transaction() as conn:
            return await self.desk.moves._turns.read(conn, number)

    async def actor(self, case: Case) -> StaffMember:
        """Return who must act: the assigned executor, or the office's member of the role."""
        assert case.awaits_office is not None
        assert case.awaits_role is not None
        if case.awaits_role is Role.EXECUTOR and case.executor is not None:
            found = await self.desk.staff.member(case.executor)
            assert found is not None
            return found
        role = Role.EXECUTOR if case.awaits_role is Role.APPLICANT else case.awaits_role
        return self.member(case.awaits_office, role)

    async def to(self, number: str, verb: Verb | None, *, favourable: bool = True) -> Case:
        """Work a case until `verb` is awaited, or to its end."""
        for _ in range(30):
            case = await self.read(number)
            if case.awaits_verb is verb:
                return case
            await self.do(number, favourable=favourable)
        raise AssertionError(f"{verb} never came")

    async def do(self, number: str, *, favourable: bool = True) -> Case:  # noqa: C901, PLR0911, PLR0912 - one action a case
        """Do the next action well; commissions and heads say what `favourable` says."""
        case = await self.read(number)
        member, version = await self.actor(case), case.version
        actions, bodies, issue = self.desk.actions, self.desk.bodies, self.desk.issue
        match case.awaits_verb:
            case Verb.REGISTER:
                return await actions.register(member, number, version=version)
            case Verb.RESOLVE:
                executor = self.member(member.office, Role.EXECUTOR)
                return await actions.resolve(member, number, version=version, executor=executor.id)
            case Verb.CHECK_DOCUMENTS:
                return await actions.check_documents(member, number, version=version, fault=None)
            case Verb.FORWARD:
                return await bodies.forward(member, number, version=version)
            case Verb.CONCLUDE:
                return await bodies.conclude(
                    member, number, version=version, favourable=favourable, act="Акт", conclusion="Қорытынды"
                )
            case Verb.CONVENE:
                session = self.clock.now() + timedelta(days=7)
                return await bodies.convene(member, number, version=version, session_at=session)
            case Verb.SUMMON:
                return await bodies.summon(member, number, version=version)
            case Verb.RECOMMEND:
                if case.session_at is not None and self.clock.now() < case.session_at:
                    self.clock.advance(case.session_at - self.clock.now())
                return await bodies.recommend(member, number, version=version, favourable=favourable, minutes="Хаттама")
            case Verb.DECIDE:
                return await bodies.decide(
                    member, number, version=version, favourable=favourable, resolution="Бұрыштама"
                )
            case Verb.INFORM:
                return await bodies.inform(member, number, version=version, text=Wording("Хабарлама", "Уведомление"))
            case Verb.SUBMIT:
                return await self.desk.condition.submit(member, number, version=version, files=self.brought(case))
            case Verb.RECORD:
                return await bodies.record(member, number, version=version, entry="17")
            case Verb.SEND_FILE:
                return await bodies.send_file(member, number, version=version, reference="№ 5")
            case Verb.DRAFT:
                return await actions.draft(member, number, version=version, decision=decision_on(case))
            case Verb.SIGN:
                draft = await self.desk.cases.draft(member, number)
                signed = self.place.signatures.sign(draft)
                return await issue.sign(member, number, version=version, signed=signed)
            case Verb.HAND_OVER:
                return await issue.hand_over(member, number, version=version)
        raise AssertionError(case.awaits_verb)

    def brought(self, case: Case) -> tuple[SubmittedFile, ...]:
        """What the applicant brings for the procedure's condition."""
        kinds = asked_for(CATALOGUE.service(case.service), case)
        return tuple(SubmittedFile(kind.id, f"{kind.id}.pdf", "application/pdf", PDF) for kind in kinds)

    async def asked(self) -> list[str]:
        """Return the numbers of the cases whose applicants the state databases are to be asked about."""
        database = self.place.store.database
        jobs = await database.fetch(
            f"SELECT payload FROM {database.schema}_pgqueuer WHERE entrypoint = $1 ORDER BY id", ASK
        )
        return [json.loads(job["payload"])["payload"]["number"] for job in jobs]

    async def fire(self) -> None:
        """Let what is due now happen, as the workers would."""
        handlers = self.place.store.jobs._handlers
        due = await self.place.store.database.fetch(
            "SELECT name, payload FROM timer WHERE due_at <= $1 ORDER BY due_at", self.clock.now()
        )
        await self.place.store.timers.fire_due()
        for row in due:
            await handlers[row["name"]](row["payload"])


def decision_on(case: Case) -> Decision:
    """The service's usual result, or the refusal that is left, with every fact that it must state."""
    service = CATALOGUE.service(case.service)
    offered = results_for(service, case)
    issued = next((one for one in offered if one.outcome is Outcome.ISSUED), offered[0])
    if issued.outcome is Outcome.REFUSED:
        return Decision(issued.id, {}, issued.grounds[0], Wording("Негіздеме", "Обоснование"))
    assert issued.template is not None
    return Decision(issued.id, {fact.id: value_of(fact, case) for fact in issued.template.facts})


def value_of(fact: Fact, case: Case) -> str:
    given = case.fields.get(fact.id)
    match fact.kind:
        case FactKind.DATE:
            return given or "2026-03-02"
        case FactKind.MONEY:
            return "45000"
        case FactKind.CHOICE:
            ids = [choice.id for choice in fact.choices]
            return given if given in ids else ids[0]
    return given or "1"
