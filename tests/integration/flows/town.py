"""A portal on a real store, with people whose keys are real and whose trust is as a test tells."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, time

from argon2 import PasswordHasher

from gateway.catalogue import Outcome, load_catalogue
from gateway.eds.keys import SoftwareKey
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.notification import StepKind, StepNotice, StepOutcome, build_notice
from gateway.exchange.response import Response, ResponseOutcome, build_response
from gateway.exchange.wording import PickUp, Wording
from gateway.flows.fakes import GivenTrust, PlainRefusals, SentApplications
from gateway.flows.ground import FlowGround
from gateway.flows.rooms import PortalRooms
from gateway.identity.accounts import Account
from gateway.identity.numbers import Bin, check_digit, parse_number
from gateway.identity.passwords import Passwords
from gateway.journal import Journal, PersonHash
from gateway.results.document import Applicant, Office, Statement
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, ground_of, refusal_document, result_document
from gateway.shep.inbox import Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.store import Store
from tests.channels_tables import TABLES
from tests.unit.eds import pki

PASSWORD = "Жаңа құпиясөз 2026"
CATALOGUE = load_catalogue()
KARAGANDA, ALMATY = "unemployed-certificate", "guardianship-certificate"
ANSWERS = {
    KARAGANDA: {
        "phone": "+7 701 000 00 00",
        "address": "Қарағанды қаласы, Ермеков көшесі, 1-үй",
        "purpose": "Мекенжай бойынша көмек",
        "consent": "true",
    },
    ALMATY: {
        "phone": "+7 701 000 00 00",
        "address": "Алматы қаласы, Абай даңғылы, 1-үй",
        "relation": "guardian",
        "ward_name": "Сынақова Айгүл",
        "ward_birth_date": "2015-05-01",
        "decision_number": "12",
        "decision_date": "2020-01-10",
        "consent": "true",
    },
}
PDF = b"%PDF-1.7 a scan"


def iin(first_eleven: str) -> str:
    digit = check_digit(first_eleven)
    assert digit is not None
    return first_eleven + digit


IIN, OTHER_IIN = iin("88010110012"), iin("90020220012")
ANSWERS[ALMATY]["ward_iin"] = iin("15050120012")


@dataclass
class Town:
    store: Store
    rooms: PortalRooms
    trust: GivenTrust
    sent: SentApplications
    nca: pki.Authority

    @classmethod
    async def build(cls, new_store, clock, **others: object) -> Town:
        store = await new_store("channels", *TABLES)
        trust, sent = GivenTrust(clock), SentApplications()
        ground = FlowGround(
            store=store,
            catalogue=others.pop("catalogue", CATALOGUE),
            journal=Journal(store.database, clock),
            persons=PersonHash(b"a test's key of persons"),
            signatures=others.pop("signatures", trust),
            dispatch=others.pop("dispatch", sent),
            passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)),
            real_time=clock,
        )
        ports = {"refusals": PlainRefusals()} | others
        rooms = PortalRooms.open(ground, public_url="http://127.0.0.1:8080", render=plain_page, **ports)
        return cls(store, rooms, trust, sent, pki.issuing(pki.root()))

    def person(self, number: str = IIN, label: str = "applicant") -> SoftwareKey:
        return self.nca.person(label, iin=number)

    def head(self, office: str = "karaganda-employment", **options: object) -> SoftwareKey:
        """The head of an office, whose name is not the applicant's."""
        roles = options.pop("roles", (Role.LEGAL_ENTITY, Role.HEAD))
        bin_ = options.pop("bin", CATALOGUE.office(office).bin)
        parts = {
            "cn": "БАСШЫЕВА БАСШЫ",
            "surname": "БАСШЫЕВА",
            "serial": f"IIN{options.pop('iin', OTHER_IIN)}",
            "c": "KZ",
        }
        if bin_:
            parts |= {"o": 'ММ "СЫНАҚ"', "ou": f"BIN{bin_}"}
        key = pki.private_key("p256", "head")
        return pki.signing_key(key, self.nca.issue(pki.name(**parts), key, roles=roles, **options))

    async def register(self, number: str = IIN, password: str = PASSWORD, key: SoftwareKey | None = None) -> Account:
        session = uuid.uuid4().hex
        begun = await self.rooms.registration.begin(parse_number(number), password, session=session, source="192.0.2.1")
        signed = sign_enveloped(begun.document, key or self.person(number))
        return await self.rooms.registration.confirm(signed, session=session, source="192.0.2.1")

    async def filled(self, service: str, account: Account, session: str = "s") -> str:
        """A draft that lacks nothing but the choice of the certificate."""
        flow = self.rooms.flow
        number = await flow.process_3_select_service(account, service, session=session)
        reading = await flow.process_3_fill_form(account.id, number, ANSWERS[service])
        assert reading.problems == ()
        for kind in CATALOGUE.service(service).documents:
            problem = await flow.process_3_attach_document(
                account.id, number, kind.id, name=f"{kind.id}.pdf", media_type="application/pdf", content=PDF
            )
            assert problem is None
        return number

    async def ready(self, service: str, account: Account, key: SoftwareKey, session: str = "s") -> str:
        number = await self.filled(service, account, session)
        await self.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
        return number

    async def draft(self, account: Account, number: str) -> bytes:
        return (await self.rooms.cabinet.application(account.id, number)).draft

    async def accepted(self, service: str, account: Account, key: SoftwareKey, session: str = "s") -> str:
        number = await self.ready(service, account, key, session)
        signed = sign_enveloped(await self.draft(account, number), key)
        application = await self.rooms.flow.process_5_certify_and_send(account.id, number, signed)
        assert application.state == "accepted"
        return number

    async def notice(self, number: str, service: str, step: str, outcome: str, sequence: int, **more: object) -> None:
        kind, _, step_number = step.partition(" ")
        told = StepNotice(
            number=number,
            flow=more.pop("flow", "portal"),
            kind=StepKind(kind),
            step_number=int(step_number),
            outcome=StepOutcome(outcome),
            at=more.pop("at", self.store.clock.now()),
            sequence=sequence,
            **more,
        )
        await self.rooms.answers.notification(self._received(service, MessageType.NOTIFICATION, build_notice(told)))

    async def response(
        self, number: str, service: str, document: bytes, *, refused: bool = False, cancelled: bool = False
    ) -> None:
        outcome = ResponseOutcome.REFUSED if refused else ResponseOutcome.ISSUED
        outcome = ResponseOutcome.CANCELLED if cancelled else outcome
        answer = Response(number, outcome, self.store.clock.now(), document)
        await self.rooms.answers.response(self._received(service, MessageType.RESPONSE, build_response(answer)))

    def result(self, number: str, account: Account, service: str = KARAGANDA, *, ground: str = "", **others) -> bytes:
        office = next(iter(CATALOGUE.offices_of(service)))
        rules = CATALOGUE.service(service)
        particulars = Particulars(
            number=f"{number}-R",
            application=others.get("application", number),
            service=service,
            service_title=Statement.of(rules.titles),
            provider=Office(Bin(others.get("bin", office.bin)), Statement.of(office.name)),
            applicant=Applicant(others.get("applicant", account.number), account.name),
            issued_at=self.store.clock.now(),
            verification="http://127.0.0.1:8080",
            simulated=True,
        )
        if ground:
            return build_result(refusal_document(particulars, ground_of(rules, ground)))
        facts = {
            KARAGANDA: {"registered_on": "2026-01-15"},
            ALMATY: {
                "ward_name": "Сынақова Айгүл",
                "ward_birth_date": "2015-05-01",
                "decision_number": "12",
                "decision_date": "2020-01-10",
            },
        }[service]
        return build_result(result_document(particulars, rules.result(Outcome.ISSUED), facts))

    async def steps(self, number: str) -> list[str]:
        """The numbered steps, such as `condition 2 passed`."""
        trail = await self.rooms.journal.trail(number)
        steps = [event.step for event in trail if event.step.kind in ("process", "condition", "action")]
        return [f"{step.kind} {step.number} {step.outcome}" for step in steps]

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


PICK_UP = PickUp(
    date(2026, 3, 5), time(10, 30), Wording("Алматы қаласы, Республика алаңы, 2-үй", "Алматы, пл. Республики, 2")
)
