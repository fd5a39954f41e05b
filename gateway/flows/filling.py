"""Process 3 on the portal: the service and its kind are chosen, the form is filled in, the documents are attached.

Karaganda act, lines 1373-1379; Almaty act, lines 281-287. Every change of a draft takes the choice of the certificate
back, so that what is signed is what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.catalogue.form import FormProblem, FormReading
from gateway.catalogue.kinds import documents_of, fields_of, kind_of, kind_question
from gateway.flows.applications import Applications
from gateway.flows.attachments import StoredAttachment
from gateway.flows.drafts import document_problem, kind_reading, office_for, read_form, service_on_portal
from gateway.flows.errors import check_name
from gateway.flows.ground import FlowGround
from gateway.flows.numbers import NumberSource
from gateway.flows.steps import numbers_sign_in
from gateway.identity.accounts import Account

_LONGEST_VALUE = 4000


class FillingSteps:
    """What an applicant does with a draft before the certificate is chosen."""

    def __init__(self, ground: FlowGround, *, numbers: NumberSource) -> None:
        self._store = ground.store
        self._clock = ground.store.clock
        self._catalogue = ground.catalogue
        self._journal = ground.journal
        self._numbers = numbers
        self._applications = Applications(ground.store.database)

    async def process_3_select_service(
        self, account: Account, service_id: str, *, session: str, office_id: str | None = None, like: str | None = None
    ) -> str:
        """Process 3, choosing the service: open the applicant's draft (or the one still open) and return its number.

        `like` is an earlier application of the same applicant and service whose answers and documents are taken over.
        """
        check_name(account.name)
        service = service_on_portal(self._catalogue, service_id, account.number)
        office = office_for(self._catalogue, service, office_id)
        before = None if like is None else await self._applications.of(account.id, like)
        now = self._clock.now()
        async with self._store.database.transaction() as conn:
            open_draft = await self._applications.lock_open_draft(conn, account.id, service_id)
            if open_draft is not None:
                return open_draft
            number = await self._numbers.next(conn)
            taken_over = before if before is not None and before.service == service_id else None
            await self._applications.add(
                conn,
                number=number,
                account=account,
                service=service_id,
                office=office.id,
                fields=taken_over.fields if taken_over else {},
                at=now,
            )
            for attachment in taken_over.attachments if taken_over else ():
                await self._applications.files.attach(conn, number, attachment)
            if numbers_sign_in(service):
                await self._journal.copy_session(conn, session=session, application=number)
        return number

    async def process_3_choose_kind(self, account_id: int, number: str, chosen: str) -> FormReading:
        """Process 3, choosing the kind of the service where the form depends on it.

        Documents that the kind does not ask for are taken away; what was typed for another kind is forgotten.
        """
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            reading = kind_reading(service, chosen)
            if reading.problems:
                return reading
            kind = kind_of(service, reading.values)
            asked = {field.id for field in fields_of(service, kind)}
            fields = {name: value for name, value in application.fields.items() if name in asked}
            wanted = {document.id for document in documents_of(service, kind, represented=False)}
            for attachment in application.attachments:
                if attachment.document not in wanted:
                    await self._applications.files.detach(conn, number, attachment.document)
            await self._applications.reopen(conn, number, self._clock.now(), fields=fields | dict(reading.values))
        return reading

    async def process_3_fill_form(
        self, account_id: int, number: str, posted: Mapping[str, str], *, office_id: str | None = None
    ) -> FormReading:
        """Process 3, filling in the form: keep what was typed and say what is wrong with its structure or format.

        A kind of the service that was chosen before stays as it was chosen.
        """
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            office = office_for(self._catalogue, service, office_id or application.office)
            chooses = kind_question(service)
            if chooses is not None:
                posted = {**posted, chooses.id: application.fields.get(chooses.id, "")}
            reading = read_form(service, posted, self._clock.now())
            asked = fields_of(service, kind_of(service, posted))
            typed = {field.id: posted.get(field.id, "")[:_LONGEST_VALUE] for field in asked}
            fields = {name: value for name, value in (typed | dict(reading.values)).items() if value}
            await self._applications.reopen(conn, number, self._clock.now(), fields=fields, office=office.id)
        return reading

    async def process_3_attach_document(
        self, account_id: int, number: str, document: str, *, name: str, media_type: str, content: bytes
    ) -> FormProblem | None:
        """Process 3, attaching an electronic copy (Almaty act, lines 284-285); returns what is wrong with the file."""
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            service = self._catalogue.service(application.service)
            kind = kind_of(service, application.fields)
            problem = document_problem(service, kind, document, media_type, content)
            if problem is not None:
                return problem
            digest = await self._store.blobs.put(conn, content, media_type=media_type)
            attachment = StoredAttachment(document, name, media_type, len(content), digest)
            await self._applications.files.attach(conn, number, attachment)
            await self._applications.reopen(conn, number, self._clock.now())
        return None

    async def process_3_detach_document(self, account_id: int, number: str, document: str) -> None:
        """Process 3, taking an attached document away."""
        async with self._store.database.transaction() as conn:
            await self._applications.lock_draft(conn, account_id, number)
            await self._applications.files.detach(conn, number, document)
            await self._applications.reopen(conn, number, self._clock.now())
