"""Process 3 to process 5 as pages: form, documents, certificate, condition 2, check your answers, sign and send."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from gateway.catalogue.form import Choice, FieldType, FormField
from gateway.catalogue.kinds import fields_of, kind_field, kind_of, kind_question, kinds_on
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel
from gateway.flows.applications import EDITABLE, ApplicationRow, State, WholeApplication
from gateway.flows.drafts import documents_asked, is_complete, lacks_kind
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.rooms import PortalRooms
from gateway.web.csrf import form_of
from gateway.web.days import stored_day, typed_day
from gateway.web.forms import FormErrors, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.portal.guards import applicant_of
from gateway.web.portal.sending import ONE_FILE, attach_file, say_on_page, to_sign
from gateway.web.portal.words import answer_rows, shown_value
from gateway.web.signing import chosen_certificate, signed_document
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken


class DraftPages:
    """Pages of an application that is not sent yet, for its applicant only."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        one = r"/applications/{number:\d{14}}"
        return [
            web.get(one, self.where),
            web.get(f"{one}/kind", self.kind),
            web.post(f"{one}/kind", self.choose_kind),
            web.get(f"{one}/form", self.form),
            web.post(f"{one}/form", self.fill_form),
            web.get(f"{one}/documents", self.documents),
            web.post(f"{one}/documents", self.attach),
            web.post(f"{one}/documents/remove", self.detach),
            web.get(f"{one}/certificate", self.certificate),
            web.post(f"{one}/certificate", self.choose_certificate),
            web.get(f"{one}/undecided", self.undecided),
            web.post(f"{one}/undecided", self.check_again),
            web.get(f"{one}/sign", self.sign),
            web.post(f"{one}/sign", self.send),
        ]

    async def where(self, request: web.Request) -> web.StreamResponse:
        """Lead to the page on which the application stands."""
        return redirect(_place(await self._application(request)))

    async def kind(self, request: web.Request) -> web.StreamResponse:
        """Ask for the kind of the service where the form or the documents depend on it."""
        application = await self._draft(request)
        return self._kind_page(request, application, FormErrors())

    async def choose_kind(self, request: web.Request) -> web.StreamResponse:
        """Keep the kind and show its form."""
        application = await self._draft(request)
        field, errors = kind_field(self._service(application)), FormErrors()
        chosen = "" if field is None else form_of(request).get(field.id)
        reading = await self._rooms.flow.process_3_choose_kind(application.account, application.number, chosen)
        for problem in reading.problems:
            errors.add(problem.field, problem.text)
        if errors:
            return self._kind_page(request, application, errors)
        return redirect(f"/applications/{application.number}/form")

    async def form(self, request: web.Request) -> web.StreamResponse:
        """Show the form with what was typed before."""
        application = await self._draft(request)
        if lacks_kind(self._service(application), application):
            return redirect(f"/applications/{application.number}/kind")
        return self._form_page(request, application, FormErrors(), dict(application.fields))

    async def fill_form(self, request: web.Request) -> web.StreamResponse:
        """Keep the answers; go on when their structure and format are right."""
        application = await self._draft(request)
        service = self._service(application)
        form, errors = form_of(request), FormErrors()
        posted = {field.id: form.get(field.id) for field in service.form}
        for field in service.form:
            if field.type is FieldType.DATE:
                posted[field.id] = stored_day(posted[field.id])
        reading = await self._rooms.flow.process_3_fill_form(
            application.account, application.number, posted, office_id=form.get("office") or None
        )
        for problem in reading.problems:
            errors.add(problem.field, problem.text)
        if errors:
            return self._form_page(request, application, errors, posted)
        following = "documents" if documents_asked(service, reading.values) else "certificate"
        return redirect(f"/applications/{application.number}/{following}")

    async def documents(self, request: web.Request) -> web.StreamResponse:
        """Show the documents to be attached."""
        return self._documents_page(request, await self._draft(request), FormErrors())

    @accepts(ONE_FILE)
    async def attach(self, request: web.Request) -> web.StreamResponse:
        """Attach one file to the kind of document whose form sent it."""
        application = await self._draft(request)
        service, errors = self._service(application), FormErrors()
        kind = service.document(form_of(request).get("document"))
        if kind is None:
            return redirect(f"/applications/{application.number}/documents")
        attach = partial(self._rooms.flow.process_3_attach_document, application.account, application.number, kind.id)
        await attach_file(form_of(request), kind, errors, attach)
        if errors:
            return self._documents_page(request, application, errors)
        return redirect(f"/applications/{application.number}/documents#{kind.id}")

    async def detach(self, request: web.Request) -> web.StreamResponse:
        """Take a document away."""
        application = await self._draft(request)
        document = form_of(request).get("document")
        await self._rooms.flow.process_3_detach_document(application.account, application.number, document)
        return redirect(f"/applications/{application.number}/documents")

    async def certificate(self, request: web.Request) -> web.StreamResponse:
        """Show the answers and let the person choose the certificate to sign with."""
        return self._certificate_page(request, await self._draft(request), FormErrors())

    @once
    async def choose_certificate(self, request: web.Request) -> web.StreamResponse:
        """Process 3 ends with the choice; condition 2 decides where it goes."""
        application = await self._draft(request)
        errors = FormErrors()
        chosen = chosen_certificate(form_of(request))
        if chosen is None:
            say_on_page(errors, "certificate", _("Choose your EDS certificate"))
            return self._certificate_page(request, application, errors)
        try:
            checked = await self._rooms.flow.process_3_choose_certificate(
                application.account, application.number, chosen.encode()
            )
        except FlowError as error:
            if error.code is FlowCode.INCOMPLETE:
                return redirect(f"/applications/{application.number}/form")
            say_on_page(errors, "certificate", error)
            return self._certificate_page(request, application, errors)
        return redirect(_place(checked))

    async def undecided(self, request: web.Request) -> web.StreamResponse:
        """Say that condition 2 could not be decided and that the draft is kept."""
        application = await self._application(request)
        if (application.verdict or {}).get("verdict") != "undetermined" or application.state is not State.DRAFT:
            return redirect(_place(application))
        return render(request, "portal/undecided.html", application=application, verdict=application.verdict)

    @once
    async def check_again(self, request: web.Request) -> web.StreamResponse:
        """Condition 2 once more, on the same certificate."""
        application = await self._rooms.flow.condition_2_check_certificate(
            applicant_of(request), request.match_info["number"]
        )
        return redirect(_place(application))

    async def sign(self, request: web.Request) -> web.StreamResponse:
        """Show the answers and the very document that will be signed."""
        return self._sign_page(request, await self._draft(request), FormErrors())

    @once
    async def send(self, request: web.Request) -> web.StreamResponse:
        """Process 5: take the signed application."""
        account, number, errors = applicant_of(request), request.match_info["number"], FormErrors()
        signed = signed_document(form_of(request))
        if signed is None:
            say_on_page(errors, "signed", _("Sign the document to send the application"))
            return self._sign_page(request, await self._application(request), errors)
        try:
            application = await self._rooms.flow.process_5_certify_and_send(account, number, signed)
        except FlowError as error:
            if error.code is not FlowCode.SIGNED_DOCUMENT:
                raise
            say_on_page(errors, "signed", error)
            return self._sign_page(request, await self._application(request), errors)
        return redirect(_place(application))

    async def _application(self, request: web.Request) -> WholeApplication:
        return await self._rooms.cabinet.application(applicant_of(request), request.match_info["number"])

    async def _draft(self, request: web.Request) -> WholeApplication:
        application = await self._application(request)
        if application.state not in EDITABLE:
            raise web.HTTPSeeOther(_place(application))
        if await self._rooms.offices.is_open(application):
            raise web.HTTPSeeOther(f"/applications/{application.number}/office")
        return application

    def _service(self, application: ApplicationRow) -> Service:
        return self._rooms.catalogue.service(application.service)

    def _kind_page(self, request: web.Request, application: ApplicationRow, errors: FormErrors) -> web.StreamResponse:
        service = self._service(application)
        field = kind_question(service)
        if field is None:
            return redirect(f"/applications/{application.number}/form")
        return render(
            request,
            "portal/kind.html",
            errors=errors,
            application=application,
            service=service,
            field=field,
            choices=_choices(service, field),
            chosen=application.fields.get(field.id, ""),
        )

    def _form_page(
        self, request: web.Request, application: ApplicationRow, errors: FormErrors, values: dict[str, str]
    ) -> web.StreamResponse:
        service = self._service(application)
        chooses = kind_question(service)
        chosen_before = None
        asked = fields_of(service, kind_of(service, values if chooses is None else application.fields))
        if chooses is not None:
            chosen_before = {"key": spoken(chooses.label), "value": _chosen(chooses, application)}
            asked = tuple(field for field in asked if field.id != chooses.id)
        for field in asked:
            if field.type is FieldType.DATE and field.id in values:
                values[field.id] = typed_day(values[field.id])
        chosen_office = None
        if self._rooms.offices.is_asked(service):
            chosen_office = self._rooms.catalogue.office(application.office)
        return render(
            request,
            "portal/form.html",
            errors=errors,
            application=application,
            service=service,
            fields=asked,
            choices={field.id: _choices(service, field) for field in asked},
            kind=chosen_before,
            offices=() if chosen_office else self._rooms.catalogue.offices_of(service.id),
            office=chosen_office,
            values=values,
        )

    def _documents_page(
        self, request: web.Request, application: WholeApplication, errors: FormErrors
    ) -> web.StreamResponse:
        service = self._service(application)
        if lacks_kind(service, application):
            return redirect(f"/applications/{application.number}/kind")
        asked = documents_asked(service, application.fields)
        if not asked:
            return redirect(f"/applications/{application.number}/certificate")
        attached = {attachment.document: attachment for attachment in application.attachments}
        return render(
            request,
            "portal/documents.html",
            errors=errors,
            base=f"/applications/{application.number}",
            application=application,
            service=service,
            documents=asked,
            attached=attached,
            complete=all(kind.id in attached for kind in asked if kind.required),
        )

    def _certificate_page(
        self, request: web.Request, application: WholeApplication, errors: FormErrors
    ) -> web.StreamResponse:
        service = self._service(application)
        base = f"/applications/{application.number}"
        if not is_complete(service, application, self._rooms.clock.now()):
            return redirect(f"{base}/form")
        return render(
            request,
            "portal/certificate.html",
            errors=errors,
            base=base,
            application=application,
            service=service,
            failed=application.verdict if (application.verdict or {}).get("verdict") == "invalid" else None,
            back=f"{base}/documents" if documents_asked(service, application.fields) else f"{base}/form",
            rows=answer_rows(service, application, form=f"{base}/form", documents=f"{base}/documents"),
        )

    def _sign_page(self, request: web.Request, application: WholeApplication, errors: FormErrors) -> web.StreamResponse:
        if application.state is not State.READY or application.draft is None or application.certificate is None:
            return redirect(_place(application))
        service = self._service(application)
        base = f"/applications/{application.number}"
        return render(
            request,
            "portal/sign.html",
            errors=errors,
            base=base,
            application=application,
            service=service,
            rows=answer_rows(service, application, form=f"{base}/form", documents=f"{base}/documents"),
            **to_sign(application, draft=application.draft, certificate=application.certificate),
        )


def _choices(service: Service, field: FormField) -> tuple[Choice, ...]:
    """Return the answers that a field offers; of the kinds of the service those that the portal provides."""
    if service.kinds is None or field.id != service.kinds.field:
        return field.choices
    return tuple(choice for choice in field.choices if choice.id in kinds_on(service, Channel.PORTAL))


def _chosen(field: FormField, application: ApplicationRow) -> str:
    return shown_value(field, application.fields.get(field.id, ""))


def _place(application: ApplicationRow) -> str:
    """Return the page on which an application stands."""
    base = f"/applications/{application.number}"
    if application.state is State.READY:
        return f"{base}/sign"
    if application.state is State.DRAFT:
        pages = {"undetermined": "undecided", "invalid": "certificate"}
        return f"{base}/{pages.get((application.verdict or {}).get('verdict', ''), 'form')}"
    if application.state in (State.HELD, State.ACCEPTED):
        return f"{base}/sent"
    return f"/cabinet/{application.number}"
