"""The cabinet: the applicant's applications, each with its numbered steps, notifications and documents."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from aiohttp import web

from gateway.catalogue.kinds import kind_of
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel
from gateway.flows.applications import EDITABLE, ENDED, ApplicationRow, State
from gateway.flows.rooms import PortalRooms
from gateway.flows.steps import steps_of
from gateway.flows.supplement_rows import SupplementRow
from gateway.web.pages import redirect, render
from gateway.web.portal.guards import applicant_of
from gateway.web.portal.words import answer_rows, notice_words, state_tag, supplement_tag, timeline


class CabinetPages:
    """Pages of applications, for their applicant only."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        one = r"/cabinet/{number:\d{14}}"
        return [
            web.get("/cabinet", self.applications),
            web.get(one, self.application),
            web.get(f"{one}/trail.json", self.trail),
            web.get(f"{one}/result.xml", self.result_xml),
            web.get(f"{one}/result.pdf", self.result_pdf),
            web.get(f"{one}/application.xml", self.application_xml),
            web.get(f"{one}/documents/{{document}}", self.attachment),
            web.get(r"/applications/{number:\d{14}}/sent", self.sent),
        ]

    async def applications(self, request: web.Request) -> web.StreamResponse:
        """List the applications, the last changed first."""
        rows = []
        for application in await self._rooms.cabinet.applications(applicant_of(request)):
            leads = "applications" if application.state in EDITABLE else "cabinet"
            service = self._rooms.catalogue.service(application.service)
            rows.append(
                {
                    "application": application,
                    "title": service.titles,
                    "state": state_tag(application.state),
                    "kept_until": self._rooms.kept_drafts.kept_until(application.state, application.changed_at),
                    "href": f"/{leads}/{application.number}",
                }
            )
        return render(request, "portal/cabinet.html", rows=rows, queue=self._rooms.bookings.is_offered)

    async def application(self, request: web.Request) -> web.StreamResponse:
        """Show an application: where it stands, what the act has the portal tell, its steps, its result."""
        view = await self._rooms.cabinet.view(applicant_of(request), request.match_info["number"])
        application = view.application
        if application.state in EDITABLE:
            return redirect(f"/applications/{application.number}")
        service = self._rooms.catalogue.service(application.service)
        told = [
            {"at": notice.at, "text": text}
            for notice in view.notices
            if (text := notice_words(self._rooms.catalogue, service, application, notice))
        ]
        return render(
            request,
            "portal/application.html",
            application=application,
            service=service,
            office=self._rooms.catalogue.office(application.office),
            state=state_tag(application.state),
            notices=told,
            steps=timeline(service, application, view.trail),
            document=view.document,
            title=None if view.document is None else await self._rooms.cabinet.title(view.document),
            rows=answer_rows(service, application),
            verdict=application.verdict if application.state in (State.HELD, State.NOT_CONFIRMED) else None,
            ended=application.state in ENDED,
            supplement=view.supplement,
            presents=self._rooms.flow.supplements.may_present(application, view.supplement),
            supplement_state=None if view.supplement is None else supplement_tag(view.supplement.state),
            given_back=_is_given_back(service, application),
            waits_for_applicant=_waits_for_applicant(service, application),
        )

    async def sent(self, request: web.Request) -> web.StreamResponse:
        """Confirm that the application was taken, with its number and what happens next and when."""
        application = await self._rooms.cabinet.application(applicant_of(request), request.match_info["number"])
        if application.state in EDITABLE:
            return redirect(f"/applications/{application.number}")
        if application.signed is None:
            return redirect(f"/cabinet/{application.number}")
        service = self._rooms.catalogue.service(application.service)
        return render(
            request,
            "portal/sent.html",
            application=application,
            service=service,
            office=self._rooms.catalogue.office(application.office),
            state=state_tag(application.state),
            held=application.state is State.HELD,
            given_back=_is_given_back(service, application),
            waits_for_applicant=_waits_for_applicant(service, application),
        )

    async def trail(self, request: web.Request) -> web.StreamResponse:
        """Return the trail for programs."""
        view = await self._rooms.cabinet.view(applicant_of(request), request.match_info["number"])
        return web.json_response(
            {
                "application": view.application.number,
                "service": view.application.service,
                "state": view.application.state.value,
                "supplement": None if view.supplement is None else _supplement(view.supplement),
                "trail": [event.to_json() for event in view.trail],
            }
        )

    async def result_xml(self, request: web.Request) -> web.StreamResponse:
        """Return the signed result or refusal."""
        number = request.match_info["number"]
        content = await self._rooms.cabinet.signed_document(applicant_of(request), number)
        return file_response(content, "application/xml", f"{number}-result.xml")

    async def result_pdf(self, request: web.Request) -> web.StreamResponse:
        """Return the page of the result, with the signed file attached."""
        number = request.match_info["number"]
        content = await self._rooms.cabinet.page_of_document(applicant_of(request), number)
        return file_response(content, "application/pdf", f"{number}-result.pdf")

    async def application_xml(self, request: web.Request) -> web.StreamResponse:
        """Return the application as it was signed."""
        number = request.match_info["number"]
        content = await self._rooms.cabinet.signed_application(applicant_of(request), number)
        return file_response(content, "application/xml", f"{number}.xml")

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        """Return an attached document."""
        name, media_type, content = await self._rooms.cabinet.attachment(
            applicant_of(request), request.match_info["number"], request.match_info["document"]
        )
        return file_response(content, media_type, name)


def _is_given_back(service: Service, application: ApplicationRow) -> bool:
    """Tell whether a held application goes back to its applicant in the end: the act has no refusal for it."""
    return steps_of(service, application).not_confirmed is None


def _waits_for_applicant(service: Service, application: ApplicationRow) -> bool:
    """Tell whether the provider's procedure waits for the applicant on its way."""
    procedure = service.procedure(Channel.PORTAL, kind_of(service, application.fields))
    return any(step.kind == "condition" for step in procedure.path(Channel.PORTAL))


def _supplement(supplement: SupplementRow) -> dict[str, Any]:
    return {
        "state": supplement.state.value,
        "until": supplement.until.isoformat(),
        "documents": list(supplement.documents),
    }


def file_response(content: bytes, media_type: str, name: str) -> web.Response:
    """Return a download; the browser neither guesses its type nor shows it inside the site."""
    return web.Response(
        body=content,
        content_type=media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
