"""A desk on a real database, with fakes for the world outside it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from argon2 import PasswordHasher

from gateway.catalogue import Catalogue, Role, load_catalogue
from gateway.catalogue import Outcome as Ending
from gateway.catalogue.kinds import documents_of, kind_of
from gateway.clock import ManualClock
from gateway.courier import COURIER_REGISTERS
from gateway.desk import (
    BODIES,
    CHECKS_AND_PAPERS,
    LISTS,
    SQL_FILES,
    WINDOWS,
    Case,
    Decision,
    Desk,
    ResultSettings,
    StaffMember,
    World,
)
from gateway.desk.bookings import BOOKING_CHAIN, OFFICE_BOOKINGS
from gateway.desk.entries import PAPER_ENTRIES
from gateway.desk.expected import EXPECTED_PACKAGES
from gateway.desk.ports import FixedRegister, MemoryFiles, SentMessages, TrustingSignatures
from gateway.desk.supplements import SUPPLEMENTS
from gateway.exchange.application import Application, Attachment, build_application
from gateway.exchange.notification import StepNotice, read_notice
from gateway.exchange.response import Response, read_response
from gateway.exchange.submission import InlineFile, StoredFile, Submission, build_submission
from gateway.identity.numbers import Iin, check_digit
from gateway.identity.passwords import Passwords
from gateway.journal import PersonHash
from gateway.migrations import ACTION_KIND
from gateway.shep.inbox import Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.store import Store

CATALOGUE = load_catalogue()
KARAGANDA = "unemployed-certificate"
ALMATY = "guardianship-certificate"
REGISTRATION = "unemployed-registration"
ASSISTANCE = "local-social-assistance"
PROPERTY = "minor-property-certificates"
ADOPTION = "adoption-candidate-registration"
PDF = b"%PDF-1.7 \xd0\xba\xd3\xa9\xd1\x88\xd1\x96\xd1\x80\xd0\xbc\xd0\xb5"
PASSWORD = "Құпиясөз-2026"
_counter = itertools.count(1)


def iin(beginning: str) -> Iin:
    """A synthetic IIN (births in 1800-1899) of these eleven digits."""
    digit = check_digit(beginning)
    assert digit is not None
    return Iin(beginning + digit)


APPLICANT = iin("90051510003")
WARD = iin("15031520001")

FORMS: dict[str, dict[str, str]] = {
    KARAGANDA: {
        "phone": "+77010000001",
        "address": "Қарағанды қаласы, Ерубаев көшесі, 1",
        "purpose": "Талап етілген жерге",
        "consent": "true",
    },
    ALMATY: {
        "phone": "+77010000001",
        "address": "Алматы қаласы, Абай даңғылы, 1",
        "relation": "guardian",
        "ward_name": "Серікұлы Әлихан",
        "ward_iin": str(WARD),
        "ward_birth_date": "2015-03-15",
        "decision_number": "12/3-К",
        "decision_date": "2020-01-10",
        "consent": "true",
    },
    REGISTRATION: {
        "phone": "+77010000001",
        "address": "Қарағанды қаласы, Ерубаев көшесі, 1",
        "education": "higher",
        "profession": "Есепші",
        "consent": "true",
    },
    ASSISTANCE: {
        "phone": "+77010000001",
        "address": "Қарағанды қаласы, Ерубаев көшесі, 1",
        "category": "disability",
        "family_size": "3",
        "reason": "Емделуге қаражат қажет",
        "account": "KZ86125KZT5004100100",
        "consent": "true",
    },
    PROPERTY: {
        "phone": "+77010000001",
        "addressee": "bank",
        "recipient": "«Қазақстан Халық Банкі» АҚ",
        "purpose": "disposal",
        "child_name": "Серікұлы Әлихан",
        "child_iin": str(WARD),
        "property": "Салым",
        "consent": "true",
    },
    ADOPTION: {
        "phone": "+77010000001",
        "address": "Алматы қаласы, Абай даңғылы, 1",
        "marital_status": "not-married",
        "consent": "true",
    },
}
_KARAGANDA_OFFICE, _ALMATY_OFFICE = "karaganda-employment", "almaty-education"
OFFICES = {
    KARAGANDA: _KARAGANDA_OFFICE,
    REGISTRATION: _KARAGANDA_OFFICE,
    ASSISTANCE: _KARAGANDA_OFFICE,
    ALMATY: _ALMATY_OFFICE,
    PROPERTY: _ALMATY_OFFICE,
    ADOPTION: _ALMATY_OFFICE,
}
FACTS: dict[str, dict[str, str]] = {
    KARAGANDA: {"registered_on": "2025-11-03"},
    REGISTRATION: {"registered_on": "2026-03-02", "registration_number": "17"},
    ASSISTANCE: {
        "decision_number": "5",
        "decision_date": "2026-03-02",
        "assistance_kind": "one-off",
        "amount": "45000",
    },
    ADOPTION: {
        "conclusion_number": "8",
        "conclusion_date": "2026-03-02",
        "collection_address": "Алматы қаласы, Республика алаңы, 1",
        "collection_phone": "+7 727 000 00 00",
    },
}
"""What the executor states in the usual result, beside what the application gives."""
_GIVEN = {
    ALMATY: ("ward_name", "ward_birth_date", "decision_number", "decision_date"),
    PROPERTY: ("child_name", "child_iin", "property", "purpose", "recipient"),
}


def application(
    service: str,
    number: str,
    *,
    at: datetime,
    fields: Mapping[str, str] | None = None,
    office: str | None = None,
    documents: Mapping[str, bytes] | None = None,
) -> Application:
    values = fields or FORMS[service]
    law = CATALOGUE.service(service)
    kinds = [kind.id for kind in documents_of(law, kind_of(law, values))]
    files = documents if documents is not None else {kind: PDF + kind.encode() for kind in kinds}
    return Application(
        number=number,
        service=service,
        office=office or OFFICES[service],
        applicant_number=APPLICANT,
        applicant_name="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
        fields=values,
        attachments=tuple(
            Attachment(kind, f"{kind}.pdf", "application/pdf", len(file), hashlib.sha256(file).hexdigest())
            for kind, file in files.items()
        ),
        created_at=at,
    )


@dataclass
class Workplace:
    """The desk with its fakes, its staff, and short words for what tests do."""

    desk: Desk
    store: Store
    clock: ManualClock
    sent: SentMessages
    signatures: TrustingSignatures
    persons: FixedRegister
    files: MemoryFiles
    staff: dict[str, StaffMember] = field(default_factory=dict)

    async def submit(
        self,
        service: str,
        *,
        number: str | None = None,
        app: Application | None = None,
        files: Mapping[str, bytes] | None = None,
        stored: Mapping[str, str] | None = None,
        signed: bytes | None = None,
        envelope: Mapping[str, str] | None = None,
    ) -> str:
        """Bring an application in as a gateway would; `files` by kind replaces what travels."""
        number = number or f"{next(_counter):014d}"
        made = app or application(service, number, at=self.clock.now())
        contents = {kind: PDF + kind.encode() for kind in (a.document for a in made.attachments)} | dict(files or {})
        travelling = tuple(
            StoredFile((stored or {})[a.document], a.sha256)
            if a.document in (stored or {})
            else InlineFile(contents[a.document])
            for a in made.attachments
        )
        named = {"number": made.number, "service": made.service, "office": made.office, **(envelope or {})}
        submission = Submission(
            signed_application=signed or self.signatures.sign(build_application(made)),
            attachments=travelling,
            **named,
        )
        await self.push(build_submission(submission), CATALOGUE.service(service).shep_service_id)
        return made.number

    async def push(self, payload: bytes, service_id: str) -> None:
        message_id = f"message-{next(_counter)}"
        message = AsyncMessage(
            service_id=service_id,
            message_type=MessageType.REQUEST,
            payload=Payload(PayloadForm.ESCAPED, payload),
            message_id=message_id,
            correlation_id=message_id,
            sender=Sender("QYZMET_PORTAL"),
        )
        await self.desk.intake.receive(Received(next(_counter), "rshep", message, self.clock.now()))

    async def ask(self, number: str, attempt: int = 1) -> None:
        """Do the job of condition 3."""
        await self.desk.state_data.condition_3_obtain_state_data({"number": number, "attempt": attempt})

    async def case(self, number: str, who: str = "clerk") -> Case:
        return await self.desk.cases.get(self.staff[who], number)

    async def to(self, number: str, verb: str, *, prefix: str = "") -> Case:
        """Work the case until `verb` is awaited."""
        for _ in range(10):
            case = await self.case(number, f"{prefix}clerk")
            if case.awaits_verb is None or case.awaits_verb == verb:
                return case
            await self.do(number, prefix=prefix)
        raise AssertionError(f"{verb} never came")

    async def do(self, number: str, *, prefix: str = "") -> Case:  # noqa: PLR0911 - one return an action
        """Do the next action well."""
        case = await self.case(number, f"{prefix}clerk")
        clerk, head, executor = (self.staff[f"{prefix}{role}"] for role in ("clerk", "head", "executor"))
        actions, version = self.desk.actions, case.version
        match case.awaits_verb:
            case "register":
                return await actions.register(clerk, number, version=version)
            case "resolve":
                return await actions.resolve(
                    head, number, version=version, executor=executor.id, instruction="Орындауға"
                )
            case "check-documents":
                return await actions.check_documents(executor, number, version=version, fault=None)
            case "inspect":
                return await actions.inspect(executor, number, version=version, act="Тұрғын үй тексерілді.")
            case "draft":
                return await actions.draft(executor, number, version=version, decision=self.decision(case))
            case "sign":
                draft = await self.desk.cases.draft(head, number)
                return await self.desk.issue.sign(head, number, version=version, signed=self.signatures.sign(draft))
            case "hand-over":
                member = executor if case.awaits_role is Role.EXECUTOR else clerk
                return await self.desk.issue.hand_over(member, number, version=version)
        raise AssertionError(case.awaits_verb)

    def decision(self, case: Case) -> Decision:
        given = {name: case.fields[name] for name in _GIVEN.get(case.service, ())}
        result = CATALOGUE.service(case.service).result(Ending.ISSUED, case.channel, case.kind)
        return Decision(result.id, given | FACTS.get(case.service, {}))

    def notices(self, number: str) -> list[StepNotice]:
        return [
            read_notice(message.payload.xml)
            for _, message in self.sent.sent.values()
            if message.message_type is MessageType.NOTIFICATION and number.encode() in message.payload.xml
        ]

    def steps(self, number: str) -> list[tuple[str, int, str]]:
        return [(n.kind.value, n.step_number, n.outcome.value) for n in self.notices(number)]

    def response(self, number: str) -> Response | None:
        found = self.sent.sent.get(f"{number} response")
        return None if found is None else read_response(found[1].payload.xml)


async def a_workplace(
    new_store: Callable[..., Awaitable[Store]], clock: ManualClock, *, catalogue: Catalogue = CATALOGUE
) -> Workplace:
    tables = (*SQL_FILES, CHECKS_AND_PAPERS, LISTS, ACTION_KIND, BODIES, SUPPLEMENTS, WINDOWS)
    later = (COURIER_REGISTERS, EXPECTED_PACKAGES, PAPER_ENTRIES, OFFICE_BOOKINGS, BOOKING_CHAIN)
    store = await new_store("desk", *map(str, (*tables, *later)))
    sent, files = SentMessages(), MemoryFiles()
    signatures = TrustingSignatures(iin=str(APPLICANT))
    persons = FixedRegister("gbdfl", {str(APPLICANT): {"full_name": "ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ"}})
    world = World(sent, signatures, persons, FixedRegister("gbdul"), files)
    desk = Desk.open(
        store,
        catalogue,
        world,
        results=ResultSettings("http://127.0.0.1:8080", simulated=True),
        persons=PersonHash(b"0123456789abcdef"),
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
    )
    place = Workplace(desk, store, clock, sent, signatures, persons, files)
    people = [
        ("clerk", KARAGANDA, Role.CLERK, "75010110001"),
        ("clerk-2", KARAGANDA, Role.CLERK, "75010110002"),
        ("head", KARAGANDA, Role.HEAD, "75010110003"),
        ("executor", KARAGANDA, Role.EXECUTOR, "75010110004"),
        ("executor-2", KARAGANDA, Role.EXECUTOR, "75010110005"),
        ("a-clerk", ALMATY, Role.CLERK, "75010110006"),
        ("a-head", ALMATY, Role.HEAD, "75010110007"),
        ("a-executor", ALMATY, Role.EXECUTOR, "75010110008"),
    ]
    for name, service, role, beginning in people:
        digits = beginning if check_digit(beginning) else f"{beginning[:-1]}9"
        place.staff[name] = await desk.staff.seed(
            iin=iin(digits), name=f"Қызметкер {name}", office=OFFICES[service], role=role, password=PASSWORD
        )
    return place
