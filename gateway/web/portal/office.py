"""Process 3 before the form, as pages: the question to the state database, and the choice of the office."""

from __future__ import annotations

from aiohttp import web

from gateway.catalogue.model import Service
from gateway.flows.applications import EDITABLE, ApplicationRow
from gateway.flows.office_choice import Finding, Standing
from gateway.flows.rooms import PortalRooms
from gateway.identity.numbers import Bin
from gateway.registries.errors import Registry
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors
from gateway.web.pages import redirect, render
from gateway.web.portal.guards import applicant_of
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

OFFICE = r"/applications/{number:\d{14}}/office"


class OfficePages:
    """Pages of the office to which an application goes, for its applicant only."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [
            web.get(OFFICE, self.office),
            web.post(OFFICE, self.choose),
            web.post(f"{OFFICE}/find", self.find),
        ]

    async def office(self, request: web.Request) -> web.StreamResponse:
        """Offer to look the address up; afterwards, or with `list`, show the offices with what was found."""
        application = await self._draft(request)
        standing = await self._rooms.offices.standing(application.number)
        again = "ask" in request.query
        if again or (standing is None and "list" not in request.query):
            return self._question(request, application, FormErrors())
        return self._list(request, application, standing, FormErrors())

    async def find(self, request: web.Request) -> web.StreamResponse:
        """Ask the state database, with the applicant's consent where the act asks for one, and show what it says."""
        application = await self._draft(request)
        consent = form_of(request).get("consent") == "true"
        if self._service(application).consent is not None and not consent:
            errors = FormErrors()
            errors.add("consent", _("Give your consent, or choose the office from the list"))
            return self._question(request, application, errors)
        await self._rooms.offices.process_3_find_office(application.account, application.number, consent=consent)
        return redirect(f"/applications/{application.number}/office")

    async def choose(self, request: web.Request) -> web.StreamResponse:
        """Keep the chosen office and go on to the form."""
        application = await self._draft(request)
        chosen = form_of(request).get("office")
        if chosen not in {office.id for office in self._rooms.catalogue.offices_of(application.service)}:
            errors = FormErrors()
            errors.add("office", _("Choose an office"))
            standing = await self._rooms.offices.standing(application.number)
            return self._list(request, application, standing, errors)
        await self._rooms.offices.process_3_choose_office(application.account, application.number, chosen)
        return redirect(f"/applications/{application.number}/form")

    async def _draft(self, request: web.Request) -> ApplicationRow:
        application = await self._rooms.cabinet.application(applicant_of(request), request.match_info["number"])
        if application.state not in EDITABLE or not self._rooms.offices.is_asked(self._service(application)):
            raise web.HTTPSeeOther(f"/applications/{application.number}")
        return application

    def _service(self, application: ApplicationRow) -> Service:
        return self._rooms.catalogue.service(application.service)

    def _question(self, request: web.Request, application: ApplicationRow, errors: FormErrors) -> web.StreamResponse:
        return render(
            request,
            "portal/office_question.html",
            errors=errors,
            application=application,
            service=self._service(application),
            registry=spoken(_registry(application)),
        )

    def _list(
        self, request: web.Request, application: ApplicationRow, standing: Standing | None, errors: FormErrors
    ) -> web.StreamResponse:
        proposed = None if standing is None else standing.proposed
        chosen = None if standing is None else standing.chosen
        return render(
            request,
            "portal/office.html",
            errors=errors,
            application=application,
            service=self._service(application),
            offices=self._rooms.catalogue.offices_of(application.service),
            chosen=chosen or proposed or "",
            proposed=proposed,
            told=_told(application, None if standing is None else standing.finding),
            may_ask=standing is None or standing.finding in (Finding.SILENT, Finding.NOT_ASKED),
        )


def _registry(application: ApplicationRow) -> Text:
    return (Registry.GBDUL if isinstance(application.applicant, Bin) else Registry.GBDFL).known_as


def _told(application: ApplicationRow, finding: Finding | None) -> str:
    """Return what the person is told about the question that was asked."""
    registry = spoken(_registry(application))
    if finding is Finding.FOUND:
        return _("This office works for the place where you are registered. You may choose another one.")
    if finding is Finding.SILENT:
        return _(
            "%(registry)s does not answer now. Choose the office of the place where you are registered.",
            registry=registry,
        )
    if finding is Finding.NO_ADDRESS:
        return _(
            "%(registry)s has no registered address of yours. Choose the office of the place where you live.",
            registry=registry,
        )
    if finding is Finding.NO_OFFICE:
        return _("None of these offices works for the place where you are registered. Choose the one that you need.")
    return _("Choose the office of the place where you are registered.")
