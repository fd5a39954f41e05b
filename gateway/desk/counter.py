"""Paper at the counter of a provider or a rural akim: registered at the desk, it goes the procedure of its channel.

Who does the first action of the procedure takes it in: the clerk, or the executor where the act says so (Karaganda,
lines 4098-4099 for the status of an oralman). Nothing is told to a channel: there is none.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.catalogue import Catalogue, Channel, DocumentKind, Office, Role, Service
from gateway.catalogue.acceptance import Receipt as PrescribedReceipt
from gateway.catalogue.kinds import documents_of
from gateway.clock import ALMATY
from gateway.desk.case import Case
from gateway.desk.cases import Cases
from gateway.desk.counter_rights import CounterRights, Place, check_role, prescribed
from gateway.desk.entries import KEPT, Entries
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.desk.opening import Opening, Taken
from gateway.desk.paper import (
    Paper,
    PaperCode,
    PaperIntake,
    PaperProblem,
    PaperRefused,
    Scan,
    problem_at,
)
from gateway.desk.paper_rules import PaperReading, read_paper
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling
from gateway.exchange.application import Application, Attachment, build_application
from gateway.exchange.errors import PayloadNotWritable
from gateway.exchange.form_schema import application_schema
from gateway.exchange.schema import Schema
from gateway.identity.numbers import Bin, Iin
from gateway.journal import Journal, Kind, Outcome, Step
from gateway.store import Store
from gateway.store.blobs import digest_of
from gateway.store.database import Connection

SERIES: Final = "72"
"""How the numbers of the desk's own series begin; those of the portal begin with 71."""
_DIGITS = 14
_ZONE = ZoneInfo(ALMATY)
_NEXT_NUMBER = """
INSERT INTO desk_counter (office, series, year, last) VALUES ('', 'paper', 0, 1)
ON CONFLICT (office, series, year) DO UPDATE SET last = desk_counter.last + 1 RETURNING last
"""
_KNOWN = "SELECT number FROM casefile WHERE content_key = $1"
_REFUSED = "SELECT true FROM event WHERE session = $1"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Documents that were not taken in because some are missing, and the receipt that the act prescribes for it."""

    service: Service
    counter: Office
    applicant_name: str
    missing: tuple[DocumentKind, ...]
    at: datetime
    receipt: PrescribedReceipt | None


class Counter:
    """Takes paper in."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        opening: Opening,
        telling: Telling,
        journal: Journal,
        cases: Cases,
        keep_entries: timedelta = KEPT,
    ) -> None:
        """`keep_entries` is how long what was begun and not registered is kept after its last change."""
        self._store = store
        self._catalogue = catalogue
        self._opening = opening
        self._telling = telling
        self._journal = journal
        self._cases = cases
        self._schemas: dict[tuple[str, str | None], Schema] = {}
        self._rights = CounterRights(catalogue)
        self.entries = Entries(store, self._rights, keep=keep_entries)
        """What was begun and is not registered yet."""

    def services(self, member: StaffMember) -> tuple[Service, ...]:
        """Return the services whose papers the member may take in, in the order of the catalogue."""
        return self._rights.services(member)

    def place(self, member: StaffMember, service_id: str) -> Place:
        """Return a service at the member's counter; raises `CounterClosed`."""
        return self._rights.place(member, service_id)

    def providers(self, member: StaffMember, service: Service) -> tuple[Office, ...]:
        """Return who decides on a paper taken in by the member: the own office, or those that the akim serves."""
        return self._rights.providers(member, service)

    async def accept(self, member: StaffMember, paper: Paper) -> Case:
        """Register a paper and return its case; the same sheet with the same content is registered once.

        A sheet that was registered is registered once, whatever is sent with it later. Raises `CounterClosed`,
        `DeskError` WRONG_ROLE, `PaperRefused` with everything that is wrong, or `EntryError` CHANGED.
        """
        place = self.place(member, paper.service)
        reading = self._read(member, place, paper)
        registered = await self.entries.number_of(member, paper.service, paper.sheet)
        if registered is not None:
            return await self._cases.get(member, registered)
        if reading.problems:
            raise PaperRefused(reading.problems)
        paper = replace(paper, documents=_in_order(place.service, reading.kind, paper.documents))
        attachments = tuple([await _attachment(scan) for scan in paper.documents])
        key = _content_key(place.counter, paper, reading, attachments)
        known: str | None = await self._store.database.fetchval(_KNOWN, key)
        try:
            number = known or await self._register(member, place, paper, reading, attachments, key=key)
        except EntryError as error:
            if error.code is not EntryCode.REGISTERED:
                raise
            number = str(error.facts["number"])
        return await self._cases.get(member, number)

    def problems(self, member: StaffMember, paper: Paper) -> tuple[PaperProblem, ...]:
        """Return what stands in the way of accepting a paper; raises what `accept` raises of place and role."""
        return self._read(member, self.place(member, paper.service), paper).problems

    async def refuse(self, member: StaffMember, paper: Paper) -> Refusal:
        """Record that documents were not taken in because required ones are missing; nothing else is stored.

        Raises `PaperRefused` NOTHING_MISSING when all are there, `EntryError` REGISTERED or CHANGED, and what `accept`
        raises of place and role.
        """
        place = self.place(member, paper.service)
        reading = self._read(member, place, paper)
        if not reading.missing:
            raise PaperRefused((problem_at("documents", PaperCode.NOTHING_MISSING),))
        facts = {
            "verb": "refuse-to-accept",
            "service": place.service.id,
            "office": place.counter.id,
            "missing": [document.id for document in reading.missing],
        }
        step = Step(place.channel.value, Kind.NOTE, 0, Outcome.FAILED, facts)
        session = f"refused {hashlib.sha256(f'{place.counter.id} {paper.sheet}'.encode()).hexdigest()}"
        async with self._store.database.transaction() as conn:
            await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", session)
            await self.entries.forget(conn, place, paper)
            if not await conn.fetchval(_REFUSED, session):
                await self._journal.record(conn, step, session=session, actor=member.actor)
        return Refusal(
            service=place.service,
            counter=place.counter,
            applicant_name=reading.name,
            missing=reading.missing,
            at=self._store.clock.now(),
            receipt=prescribed(place.service, place.channel, refusal=True),
        )

    async def intake(self, member: StaffMember, number: str) -> PaperIntake | None:
        """Return what was noted when a case came in on paper; None for one that came by message."""
        if (await self._cases.get(member, number)).channel is Channel.CORPORATION:
            return None
        noted = await self._store.database.fetchval("SELECT intake FROM casefile WHERE number = $1", number)
        return None if noted is None else PaperIntake.from_json(noted)

    def _read(self, member: StaffMember, place: Place, paper: Paper) -> PaperReading:
        """Read a paper that the member may take in; raises `DeskError` WRONG_ROLE."""
        today = self._store.clock.now().astimezone(_ZONE).date()
        reading = read_paper(place.service, place.channel, paper, today=today)
        check_role(member, place, reading.kind)
        if paper.office in {office.id for office in self.providers(member, place.service)}:
            return reading
        return replace(reading, problems=(problem_at("provider_office", PaperCode.OFFICE), *reading.problems))

    async def _register(
        self,
        member: StaffMember,
        place: Place,
        paper: Paper,
        reading: PaperReading,
        attachments: tuple[Attachment, ...],
        *,
        key: str,
    ) -> str:
        service, applicant = place.service, paper.applicant
        assert applicant is not None
        intake = PaperIntake(member.id, member.name, _on_paper(service, reading.kind, paper), reading.representative)
        async with self._store.database.transaction() as conn:
            number = await _next_number(conn)
            # Whoever sent the same sheet meanwhile held the series of numbers until the case was there.
            known: str | None = await conn.fetchval(_KNOWN, key)
            if known is not None:
                return known
            application = self._application(number, applicant, paper, reading, attachments)
            await self._opening.open(
                conn,
                Taken(
                    application=application,
                    document=self._document(service, application, reading.kind),
                    files=tuple(scan.content for scan in paper.documents),
                    content_key=key,
                    service=service,
                    kind=reading.kind,
                    office=self._catalogue.office(paper.office),
                    channel=place.channel,
                    counter=place.counter,
                    executor=member.id if member.role is Role.EXECUTOR else None,
                    intake=intake.to_json(),
                ),
            )
            facts = {"verb": "accept", "documents": len(attachments) + len(intake.on_paper), "content": key}
            step = Step(place.channel.value, Kind.NOTE, 0, Outcome.DONE, facts)
            await self._telling.record(conn, number, step, actor=member.actor)
            await self.entries.end(conn, place, paper, number)
        return number

    def _application(
        self,
        number: str,
        applicant: Iin | Bin,
        paper: Paper,
        reading: PaperReading,
        attachments: tuple[Attachment, ...],
    ) -> Application:
        return Application(
            number=number,
            service=paper.service,
            office=paper.office,
            applicant_number=applicant,
            applicant_name=reading.name,
            fields=reading.values,
            attachments=attachments,
            created_at=self._store.clock.now(),
        )

    def _document(self, service: Service, application: Application, kind: str | None) -> bytes:
        """Write the application by the service's own schema; raises `PaperRefused`."""
        schema = self._schemas.get((service.id, kind))
        if schema is None:
            schema = self._schemas[service.id, kind] = _paper_schema(service, kind)
        try:
            return build_application(application, schema)
        except PayloadNotWritable as error:
            raise PaperRefused((problem_at("form", PaperCode.FORM),)) from error


def _in_order(service: Service, kind: str | None, scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
    order = [document.id for document in documents_of(service, kind)]
    return tuple(sorted(scans, key=lambda scan: order.index(scan.document)))


def _on_paper(service: Service, kind: str | None, paper: Paper) -> tuple[str, ...]:
    """Return the documents that came on paper alone, in the catalogue's order."""
    scanned = {scan.document for scan in paper.documents}
    asked = (document.id for document in documents_of(service, kind))
    return tuple(document for document in asked if document in paper.on_paper and document not in scanned)


async def _attachment(scan: Scan) -> Attachment:
    return Attachment(scan.document, scan.name, scan.media_type, len(scan.content), await digest_of(scan.content))


def _paper_schema(service: Service, kind: str | None) -> Schema:
    """Return the schema of a service's application whose documents need not be scanned."""
    documents = tuple(document.model_copy(update={"required": False}) for document in service.documents)
    return application_schema(service.model_copy(update={"documents": documents}), kind)


def _content_key(counter: Office, paper: Paper, reading: PaperReading, attachments: tuple[Attachment, ...]) -> str:
    """Return the key by which the same sheet with the same content is known again."""
    by = reading.representative
    content = {
        "counter": counter.id,
        "sheet": paper.sheet,
        "service": paper.service,
        "office": paper.office,
        "applicant": [str(paper.applicant), reading.name],
        "fields": dict(reading.values),
        "documents": sorted([one.document, one.sha256] for one in attachments),
        "on_paper": sorted(set(paper.on_paper)),
        "representative": None if by is None else by.to_json(),
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


async def _next_number(conn: Connection) -> str:
    serial: int = await conn.fetchval(_NEXT_NUMBER)
    return f"{SERIES}{serial:0{_DIGITS - len(SERIES)}d}"
