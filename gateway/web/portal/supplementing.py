"""What the provider waits for, as pages of the cabinet: documents, certificate, sign and send."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from gateway.flows.applications import ApplicationRow
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.rooms import PortalRooms
from gateway.flows.supplement_rows import SupplementRow, SupplementState
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.portal.cabinet import file_response
from gateway.web.portal.guards import applicant_of
from gateway.web.portal.sending import ONE_FILE, attach_file, say_on_page, to_sign
from gateway.web.portal.words import size_words
from gateway.web.signing import chosen_certificate, signed_document
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken


class SupplementPages:
    """Pages of what is presented after the application, for its applicant only and while the provider waits."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms
        self._supplements = rooms.flow.supplements

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        one = r"/cabinet/{number:\d{14}}/supplement"
        return [
            web.get(one, self.documents),
            web.post(f"{one}/documents", self.attach),
            web.post(f"{one}/documents/remove", self.detach),
            web.get(f"{one}/documents/{{document}}", self.document),
            web.get(f"{one}/certificate", self.certificate),
            web.post(f"{one}/certificate", self.choose_certificate),
            web.get(f"{one}/sign", self.sign),
            web.post(f"{one}/sign", self.send),
        ]

    async def documents(self, request: web.Request) -> web.StreamResponse:
        """Show what to bring, and until when."""
        application, supplement = await self._waited_for(request)
        return self._documents_page(request, application, supplement, FormErrors())

    @accepts(ONE_FILE)
    async def attach(self, request: web.Request) -> web.StreamResponse:
        """Attach one file to the kind of document whose form sent it."""
        application, supplement = await self._waited_for(request)
        errors, document = FormErrors(), form_of(request).get("document")
        asked = next((one for one in self._supplements.asked(application, supplement) if one.id == document), None)
        if asked is None:
            return redirect(_base(application))
        attach = partial(self._supplements.attach, application.account, application.number, asked.id)
        await attach_file(form_of(request), asked, errors, attach)
        if errors:
            return self._documents_page(request, application, supplement, errors)
        return redirect(f"{_base(application)}#{asked.id}")

    async def detach(self, request: web.Request) -> web.StreamResponse:
        """Take a document away."""
        application, _supplement = await self._waited_for(request)
        document = form_of(request).get("document")
        await self._supplements.detach(application.account, application.number, document)
        return redirect(_base(application))

    async def document(self, request: web.Request) -> web.StreamResponse:
        """Return an attached document."""
        name, media_type, content = await self._rooms.cabinet.supplement_file(
            applicant_of(request), request.match_info["number"], request.match_info["document"]
        )
        return file_response(content, media_type, name)

    async def certificate(self, request: web.Request) -> web.StreamResponse:
        """Show what was attached and let the person choose the certificate to sign with."""
        application, supplement = await self._waited_for(request)
        return self._certificate_page(request, application, supplement, FormErrors())

    @once
    async def choose_certificate(self, request: web.Request) -> web.StreamResponse:
        """The document is fixed and the certificate checked; what passes leads to signing."""
        application, supplement = await self._waited_for(request)
        errors = FormErrors()
        chosen = chosen_certificate(form_of(request))
        if chosen is None:
            say_on_page(errors, "certificate", _("Choose your EDS certificate"))
            return self._certificate_page(request, application, supplement, errors)
        try:
            supplement = await self._supplements.choose_certificate(
                application.account, application.number, chosen.encode()
            )
        except FlowError as error:
            if error.code is FlowCode.INCOMPLETE:
                return redirect(_base(application))
            if error.code is not FlowCode.CERTIFICATE_NOT_FIT:
                raise
            say_on_page(errors, "certificate", error)
            return self._certificate_page(request, application, supplement, errors)
        following = "sign" if supplement.state is SupplementState.READY else "certificate"
        return redirect(f"{_base(application)}/{following}")

    async def sign(self, request: web.Request) -> web.StreamResponse:
        """Show the very document that will be signed."""
        application, supplement = await self._waited_for(request)
        return self._sign_page(request, application, supplement, FormErrors())

    @once
    async def send(self, request: web.Request) -> web.StreamResponse:
        """Take the signed document and send it to the provider."""
        account, number, errors = applicant_of(request), request.match_info["number"], FormErrors()
        signed = signed_document(form_of(request))
        if signed is None:
            say_on_page(errors, "signed", _("Sign the document to send it"))
        else:
            try:
                await self._supplements.send(account, number, signed)
            except FlowError as error:
                if error.code is not FlowCode.SIGNED_DOCUMENT:
                    raise
                say_on_page(errors, "signed", error)
        if not errors:
            return redirect(f"/cabinet/{number}")
        application, supplement = await self._waited_for(request)
        return self._sign_page(request, application, supplement, errors)

    async def _waited_for(self, request: web.Request) -> tuple[ApplicationRow, SupplementRow]:
        """Return what the provider waits for; whoever comes when it does not is led to the application."""
        account, number = applicant_of(request), request.match_info["number"]
        application = await self._rooms.cabinet.application(account, number)
        supplement = await self._supplements.of(application)
        if supplement is None or not self._supplements.may_present(application, supplement):
            raise web.HTTPSeeOther(f"/cabinet/{number}")
        return application, supplement

    def _documents_page(
        self, request: web.Request, application: ApplicationRow, supplement: SupplementRow, errors: FormErrors
    ) -> web.StreamResponse:
        return self._page(
            request,
            "portal/supplement.html",
            application,
            supplement,
            errors=errors,
            documents=self._supplements.asked(application, supplement),
            attached={file.document: file for file in supplement.files},
            complete=self._supplements.is_complete(application, supplement),
        )

    def _certificate_page(
        self, request: web.Request, application: ApplicationRow, supplement: SupplementRow, errors: FormErrors
    ) -> web.StreamResponse:
        if not self._supplements.is_complete(application, supplement):
            return redirect(_base(application))
        judged = supplement.verdict
        return self._page(
            request,
            "portal/supplement_certificate.html",
            application,
            supplement,
            errors=errors,
            back=_base(application),
            failed=judged if judged and judged.get("verdict") != "valid" else None,
            rows=self._rows(application, supplement),
        )

    def _sign_page(
        self, request: web.Request, application: ApplicationRow, supplement: SupplementRow, errors: FormErrors
    ) -> web.StreamResponse:
        ready = supplement.state is SupplementState.READY
        if not ready or supplement.draft is None or supplement.certificate is None:
            return redirect(f"{_base(application)}/certificate")
        return self._page(
            request,
            "portal/supplement_sign.html",
            application,
            supplement,
            errors=errors,
            rows=self._rows(application, supplement),
            **to_sign(application, draft=supplement.draft, certificate=supplement.certificate),
        )

    def _page(
        self, request: web.Request, template: str, application: ApplicationRow, supplement: SupplementRow, **values: Any
    ) -> web.StreamResponse:
        service = self._rooms.catalogue.service(application.service)
        return render(
            request,
            template,
            base=_base(application),
            application=application,
            service=service,
            supplement=supplement,
            **values,
        )

    def _rows(self, application: ApplicationRow, supplement: SupplementRow) -> list[dict[str, str]]:
        attached = {file.document: file for file in supplement.files}
        rows = [{"key": _("Number of the application"), "value": application.number}]
        for document in self._supplements.asked(application, supplement):
            file = attached.get(document.id)
            value = _("Not attached") if file is None else f"{file.name} ({size_words(file.size)})"
            href = f"{_base(application)}#{document.id}"
            rows.append({"key": spoken(document.title), "value": value, "href": href})
        return rows


def _base(application: ApplicationRow) -> str:
    return f"/cabinet/{application.number}/supplement"
