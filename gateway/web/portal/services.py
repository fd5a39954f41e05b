"""The services: the list of all, and of each what its act states and where one applies for it."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from gateway.catalogue.errors import UnknownService
from gateway.catalogue.form import DocumentWhen
from gateway.catalogue.kinds import application_documents, kind_field, kinds_on, restriction_on
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel, is_for
from gateway.exchange.applicants import applicants_on
from gateway.flows.errors import who_may_apply
from gateway.flows.rooms import PortalRooms
from gateway.web.csrf import form_of
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.portal.guards import applicant_of
from gateway.web.portal.ways import channel_words, form_words, portal_ways, way_of
from gateway.web.refusals import NotFound
from gateway.web.sessions import digest_of, session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_LONGEST_SEARCH = 100


def found_services(catalogue: Catalogue, words: str) -> list[tuple[str, list[Service]]]:
    """Return each act's id with its services by number: those whose title has all the words, in any language."""
    wanted = _plain(words).split()
    listed = []
    for act_id in catalogue.acts:
        services = [
            service
            for service in catalogue.services.values()
            if service.act == act_id and any(_has(title, wanted) for title in _titles(service))
        ]
        if services:
            listed.append((act_id, sorted(services, key=lambda service: service.number)))
    return listed


def _has(title: str, words: Iterable[str]) -> bool:
    plain = _plain(title)
    return all(word in plain for word in words)


def _titles(service: Service) -> Iterable[str]:
    yield from (service.titles.kk, service.titles.ru, service.titles.en)


def _plain(text: str) -> str:
    """Return a text as it is compared: without capitals, and е for ё."""
    return text.casefold().replace("ё", "е")


class ServicePages:
    """Pages of the services, for anybody; an application is begun by who is signed in."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [
            web.get("/services", self.services),
            web.get("/services/{service}", self.service),
            web.post("/services/{service}/apply", self.apply),
        ]

    async def services(self, request: web.Request) -> web.StreamResponse:
        """List the services by act and number, with their channels; `q` narrows them by words of the title."""
        catalogue = self._rooms.catalogue
        words = request.query.get("q", "").strip()[:_LONGEST_SEARCH]
        listed, count = [], 0
        for act_id, services in found_services(catalogue, words):
            count += len(services)
            rows = [
                {
                    "service": service,
                    "offered": catalogue.offers(service.id, Channel.PORTAL),
                    "bookable": self._rooms.bookings.channels(service),
                    "channels": [channel_words(entry.channel) for entry in service.channels],
                }
                for service in services
            ]
            listed.append({"act": catalogue.acts[act_id], "rows": rows})
        return render(request, "portal/services.html", words=words, listed=listed, count=count)

    async def service(self, request: web.Request) -> web.StreamResponse:
        """Show a service as its act states it: how to apply here, or where else."""
        service, catalogue = self._service(request), self._rooms.catalogue
        on_portal = service.opens(Channel.PORTAL)
        offered = catalogue.offers(service.id, Channel.PORTAL)
        here = applicants_on(service, Channel.PORTAL) if offered else service.applicants.kinds
        return render(
            request,
            "portal/service.html",
            service=service,
            act=catalogue.act_of(service),
            offices=catalogue.offices_of(service.id),
            offered=offered,
            on_portal=on_portal,
            restriction=restriction_on(service, Channel.PORTAL),
            applicants=who_may_apply(kind for kind in service.applicants.kinds if kind in here),
            kinds=_kinds(service),
            forms=[form_words(entry.form) for entry in service.forms],
            bookable=self._rooms.bookings.channels(service),
            portal=portal_ways(service),
            ways=[way_of(service, entry) for entry in service.channels if entry.channel is not Channel.PORTAL],
            documents=_documents(service),
            results=_results(service, offered=offered),
        )

    @once
    async def apply(self, request: web.Request) -> web.StreamResponse:
        """Process 3 begins: open the draft."""
        service = self._service(request)
        account = await self._rooms.accounts.by_id(applicant_of(request))
        if account is None:
            session_of(request).sign_out()
            return redirect("/sign-in")
        number = await self._rooms.flow.process_3_select_service(
            account,
            service.id,
            session=digest_of(session_of(request).key),
            like=form_of(request).get("like") or None,
        )
        return redirect(f"/applications/{number}/form")

    def _service(self, request: web.Request) -> Service:
        try:
            return self._rooms.catalogue.service(request.match_info["service"])
        except UnknownService as error:
            raise NotFound from error


def _kinds(service: Service) -> dict[str, object] | None:
    """Return what the kinds are called and each of them, with whether the act provides it on the portal."""
    field = kind_field(service)
    if field is None:
        return None
    on_portal = kinds_on(service, Channel.PORTAL)
    opened = service.opens(Channel.PORTAL)
    named = [
        {"text": spoken(choice.label), "elsewhere": opened and choice.id not in on_portal} for choice in field.choices
    ]
    return {"label": spoken(field.label), "named": named}


def _documents(service: Service) -> list[str]:
    """Return the documents' titles, each with the kinds that need it, and whether it may be left out or comes later."""
    field, told = kind_field(service), []
    with_the_application = application_documents(service)
    for document in service.documents:
        title = spoken(document.title)
        if document.kinds and field is not None:
            title += f" – {', '.join(spoken(one.label) for one in field.choices if one.id in document.kinds)}"
        if document not in with_the_application:
            told.append(_("%(label)s (presented later, when the provider asks for them)", label=title))
        elif document.when is DocumentWhen.REPRESENTATIVE:
            told.append(_("%(label)s (where a representative applies)", label=title))
        else:
            told.append(title if document.required else _("%(label)s (optional)", label=title))
    return told


def _results(service: Service, *, offered: bool) -> list[str]:
    """Return the titles of the documents in which the service ends; those of the portal where one applies here."""
    given = [one for one in service.results if not offered or is_for(one.channels, Channel.PORTAL)]
    return list(dict.fromkeys(spoken(one.title) for one in given))
