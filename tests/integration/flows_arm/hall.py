"""A department's hall on a real store, with operators and applicants whose keys are real, and registries in memory."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field, replace
from datetime import date

from argon2 import PasswordHasher
from PIL import Image

from gateway.catalogue import Outcome, Service, load_catalogue
from gateway.catalogue.kinds import documents_of
from gateway.eds.codes import Code
from gateway.eds.keys import SoftwareKey
from gateway.eds.roles import Role
from gateway.eds.verdict import Verdict
from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.notification import StepKind, StepNotice, StepOutcome, build_notice
from gateway.exchange.response import Response, ResponseOutcome, build_response
from gateway.flows.answers import DeskAnswers
from gateway.flows.arm.finding import PATIENCE, Questions
from gateway.flows.arm.operators import Operator, OperatorRole
from gateway.flows.arm.rooms import ArmRooms
from gateway.flows.fakes import GivenTrust, SentApplications
from gateway.flows.ground import FlowGround
from gateway.identity.numbers import Bin, Iin, check_digit
from gateway.identity.passwords import Passwords
from gateway.journal import Journal, PersonHash
from gateway.registries.memory import MemoryEnis, MemoryGbdfl, MemoryGbdul
from gateway.registries.outcome import Entry, Evidence
from gateway.registries.person import Person, Place
from gateway.registries.powers import PUBLIC_SERVICES, Notary, Party, PowerOfAttorney, PowerState
from gateway.results.document import Applicant, Office, Statement
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, ground_of, refusal_document, result_document
from gateway.shep.inbox import Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.store import Store
from tests.channels_tables import TABLES
from tests.unit.eds import pki
from tests.unit.exchange.test_form_schema import samples

PASSWORD = "Терезе құпиясөзі 2026"
CATALOGUE = load_catalogue()
CERTIFICATE, ORDER, ALLOWANCE = "unemployed-certificate", "guardianship-certificate", "guardian-allowance"
SUPPORT = "home-taught-disabled-children-support"
"""A service of the Karaganda act that asks for documents."""
ORALMAN, CHILD, VICTIMS = "oralman-status-almaty", "child-allowance-under-18", "semey-nuclear-test-victims"
NOTHING = Entry("0", "—", "—")


def iin(first_eleven: str) -> Iin:
    digit = check_digit(first_eleven)
    assert digit is not None
    return Iin(first_eleven + digit)


APPLICANT, REPRESENTATIVE, DEAD, UNKNOWN = (
    iin("88010110012"),
    iin("90020220012"),
    iin("40030310012"),
    iin("91010110012"),
)
NAME = "Сынақов Сынақ Сынақұлы"
POWER = "2026-000017"
POWER_DAY = date(2026, 1, 20)


def person(number: Iin, **others: object) -> Person:
    values: dict[str, object] = {
        "iin": number,
        "surname": "Сынақов",
        "name": "Сынақ",
        "patronymic": "Сынақұлы",
        "latin_name": None,
        "latin_surname": None,
        "birth_date": date(1988, 1, 1),
        "death_date": None,
        "sex": NOTHING,
        "nationality": NOTHING,
        "citizenship": NOTHING,
        "life_status": NOTHING,
        "birth_place": Place(),
        "address": None,
        "capability": None,
        "exclusion": None,
        "documents": (),
        "other_addresses": (),
        "removed": False,
    }
    return Person(**(values | others))


def power(**others: object) -> PowerOfAttorney:
    values: dict[str, object] = {
        "number": POWER,
        "attested_on": POWER_DAY,
        "notary": Notary(name_kk="Нотариус", name_ru="Нотариус", licence="1", region=NOTHING),
        "principals": (Party(number=APPLICANT, name_kk=NAME, name_ru=NAME),),
        "representatives": (Party(number=REPRESENTATIVE, name_kk="Өкіл", name_ru="Өкіл"),),
        "scopes": (Entry(PUBLIC_SERVICES, "—", "—"),),
        "valid_from": POWER_DAY,
        "valid_until": date(2026, 12, 31),
        "stated": PowerState.VALID,
    }
    return PowerOfAttorney(**(values | others))


def scan(pages: int = 1, kind: str = "TIFF") -> bytes:
    """A scan of so many pages, each of another grey."""
    drawn = [Image.new("RGB", (60, 80), (20 * page, 200, 200)) for page in range(pages)]
    made = io.BytesIO()
    more = {"save_all": True, "append_images": drawn[1:]} if pages > 1 else {}
    drawn[0].save(made, kind, **more)
    return made.getvalue()


@dataclass
class Outgoing:
    """Keeps what a register puts into the outbox."""

    put_keys: list[str] = field(default_factory=list)

    async def put(self, conn, *, key: str, gateway: str, message: AsyncMessage, **_others) -> bool:
        self.put_keys.append(key)
        return True


@dataclass
class Hall:
    store: Store
    rooms: ArmRooms
    answers: DeskAnswers
    trust: GivenTrust
    sent: SentApplications
    nca: pki.Authority
    people: MemoryGbdfl
    powers: MemoryEnis
    keys: dict[str, SoftwareKey] = field(default_factory=dict)

    @classmethod
    async def build(cls, new_store, clock, **others: object) -> Hall:
        store = await new_store("channels", *TABLES)
        trust, sent, nca = GivenTrust(clock), SentApplications(), pki.issuing(pki.root())
        official = nca.person("official", iin=str(UNKNOWN)).certificate
        evidence = Evidence(b"<answer/>", official, Verdict.of(Code.OK, at=clock.now()))
        people = MemoryGbdfl([person(APPLICANT), person(DEAD, death_date=date(2025, 5, 1))], evidence)
        powers, journal = MemoryEnis([power()], evidence), Journal(store.database, clock)
        ground = FlowGround(
            store=store,
            catalogue=others.get("catalogue", CATALOGUE),
            journal=journal,
            persons=PersonHash(b"a test's key of persons"),
            signatures=trust,
            dispatch=sent,
            passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)),
            real_time=clock,
        )
        questions = Questions(
            clock=clock,
            persons=others.get("persons_registry", people),
            organisations=MemoryGbdul([], evidence),
            powers=others.get("powers", powers),
            patience=others.get("patience", PATIENCE),
        )
        rooms = ArmRooms.open(
            ground, questions=questions, outbox=Outgoing(), public_url="http://127.0.0.1:8080", simulated=True
        )
        answers = DeskAnswers(store=store, catalogue=CATALOGUE, journal=journal, signatures=trust, render=plain_page)
        return cls(store, rooms, answers, trust, sent, nca, people, powers)

    async def operator(self, department: str = "karaganda-corporation", serial: int = 1, **others: object) -> Operator:
        number = iin(f"8503{serial:02d}10{len(department):03d}")
        role = OperatorRole(others.pop("role", "operator"))
        return await self.rooms.operators.seed(
            iin=number, name=f"Операторов{serial} Сынақ Сынақұлы", department=department, role=role, password=PASSWORD
        )

    def key(self, operator: Operator, **options: object) -> SoftwareKey:
        """The operator's key, of an employee of the legal entity whose department it is."""
        values = {
            "iin": str(operator.iin),
            "bin": CATALOGUE.office(operator.department).bin,
            "roles": (Role.LEGAL_ENTITY, Role.EMPLOYEE),
        }
        asked = f"{values | options}"
        if asked not in self.keys:
            self.keys[asked] = self.nca.person(str(options.pop("label", "operator")), **(values | options))
        return self.keys[asked]

    def typed(self, service: str, kind: str | None = None, **others: str) -> dict[str, str]:
        answers = samples(CATALOGUE.service(service), kind)
        return {**answers, "applicant_number": str(APPLICANT), "applicant_name": NAME, **others}

    async def begun(self, operator: Operator, service: str, **typed: str) -> str:
        """An application whose data are entered and consented to."""
        flow, session = self.rooms.flow, uuid.uuid4().hex
        await flow.process_1_entered(operator, session)
        number = await flow.process_2_select(operator, service, session=session, window=1)
        kind = typed.pop("kind", None)
        office = self.office_for(operator, CATALOGUE.service(service))
        entered = await flow.process_2_enter(operator, number, self.typed(service, kind, **{"office": office, **typed}))
        assert entered.problems == ()
        if flow.asks_consent(CATALOGUE.service(service)):
            await flow.give_consent(operator, number)
        return number

    async def asked(self, operator: Operator, service: str, **typed: str) -> str:
        """The same, whose data the state databases have."""
        number = await self.begun(operator, service, **typed)
        await self.rooms.flow.process_3_query(operator, number)
        return number

    async def with_documents(self, operator: Operator, service: str, **typed: str) -> str:
        """The same with its documents: the first scanned, the others handed in on paper."""
        number = await self.asked(operator, service, **typed)
        represented = typed.get("representative") == "yes"
        asked = documents_of(CATALOGUE.service(service), typed.get("kind"), represented=represented)
        for place, document in enumerate(asked):
            if place > 0:
                await self.rooms.flow.mark_paper(operator, number, {document.id: True})
                continue
            problem = await self.rooms.flow.scan(
                operator, number, document.id, name="scan.tiff", media_type="image/tiff", content=scan(2)
            )
            assert problem is None
        return number

    async def ready(self, operator: Operator, service: str, **typed: str) -> str:
        number = await self.with_documents(operator, service, **typed)
        certificate = self.key(operator).certificate.der
        application = await self.rooms.flow.process_5_choose_certificate(operator, number, certificate)
        assert application.state == "ready"
        return number

    async def accepted(self, operator: Operator, service: str, **typed: str) -> str:
        number = await self.ready(operator, service, **typed)
        application = await self.rooms.flow.process_6_send(operator, number, await self.signed(operator, number))
        assert application.state == "accepted"
        return number

    async def signed(self, operator: Operator, number: str, key: SoftwareKey | None = None) -> bytes:
        view = await self.rooms.flow.intake(operator, number)
        assert view.application.draft is not None
        return sign_enveloped(view.application.draft, key or self.key(operator))

    def office_for(self, operator: Operator, service: Service) -> str:
        serves = CATALOGUE.office(operator.department).serves
        return next(one.id for one in CATALOGUE.offices_of(service.id) if one.id in serves)

    async def trail(self, number: str) -> list[str]:
        """The numbered steps, such as `condition 1 passed`; those of the procedure with their verb."""
        told = []
        for event in await self.rooms.journal.trail(number):
            step = event.step
            if step.kind in ("process", "condition", "action"):
                told.append(f"{step.kind} {step.number} {step.outcome}")
            elif step.kind == "procedure" and "verb" in step.facts:
                told.append(f"step {step.number} {step.facts['verb']}")
        return told

    async def notes(self, number: str) -> list[str]:
        events = await self.rooms.journal.trail(number)
        return [f"{event.step.facts.get('step')} {event.step.outcome}" for event in events if event.step.kind == "note"]

    async def notice(self, number: str, step: str, outcome: str, sequence: int, **more: object) -> None:
        application = await self.application(number)
        kind, _, step_number = step.partition(" ")
        told = StepNotice(
            number=number,
            flow=str(more.pop("flow", "corporation")),
            kind=StepKind(kind),
            step_number=int(step_number),
            outcome=StepOutcome(outcome),
            at=self.store.clock.now(),
            sequence=sequence,
            **more,
        )
        received = self._received(application.service, MessageType.NOTIFICATION, build_notice(told))
        await self.answers.notification(received)

    async def response(self, number: str, document: bytes, *, refused: bool = False) -> None:
        application = await self.application(number)
        outcome = ResponseOutcome.REFUSED if refused else ResponseOutcome.ISSUED
        answer = Response(number, outcome, self.store.clock.now(), document)
        await self.answers.response(self._received(application.service, MessageType.RESPONSE, build_response(answer)))

    async def application(self, number: str):
        found = await self.rooms.flow._applications.by_number(number)
        assert found is not None
        return found

    async def result(self, number: str, facts: dict[str, str], *, ground: str = "") -> bytes:
        """A result of an application, signed by the head of its provider."""
        application = await self.application(number)
        office, rules = CATALOGUE.office(application.office), CATALOGUE.service(application.service)
        particulars = Particulars(
            number=f"{number}-R",
            application=number,
            service=rules.id,
            service_title=Statement.of(rules.titles),
            provider=Office(Bin(office.bin), Statement.of(office.name)),
            applicant=Applicant(application.applicant, application.applicant_name),
            issued_at=self.store.clock.now(),
            verification="http://127.0.0.1:8080",
            simulated=True,
        )
        if ground:
            document = refusal_document(particulars, ground_of(rules, ground))
        else:
            document = result_document(particulars, rules.result(Outcome.ISSUED, application.channel), facts)
        return sign_enveloped(build_result(document), self.head(office.bin))

    def head(self, bin_: str) -> SoftwareKey:
        key = pki.private_key("p256", "head")
        subject = pki.name(
            cn="БАСШЫЕВА БАСШЫ", surname="БАСШЫЕВА", serial=f"IIN{UNKNOWN}", c="KZ", o='ММ "СЫНАҚ"', ou=f"BIN{bin_}"
        )
        return pki.signing_key(key, self.nca.issue(subject, key, roles=(Role.LEGAL_ENTITY, Role.HEAD)))

    def change_power(self, **values: object) -> None:
        self.powers.powers = {POWER: replace(power(), **values)}

    def _received(self, service: str, message_type: MessageType, xml: bytes) -> Received:
        message = AsyncMessage(
            service_id=CATALOGUE.service(service).shep_service_id,
            message_type=message_type,
            payload=Payload(PayloadForm.ESCAPED, xml),
            message_id=str(uuid.uuid4()),
            correlation_id="chain",
            sender=Sender("QYZMET_DESK"),
        )
        return Received(1, "shep", message, self.store.clock.now())


async def plain_page(_signed: bytes) -> bytes:
    return b"%PDF-1.7 a page"
