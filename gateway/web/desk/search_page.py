"""Search among the applications of the member's office.

The form is posted, and so is the way to the next page: names and numbers of persons stand in no address.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.catalogue import Body, Service
from gateway.desk import CaseState, NumberPart, Search
from gateway.desk.lists import Page
from gateway.desk.search import digits_of
from gateway.identity.numbers import NumberError, parse_number
from gateway.web.csrf import form_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.lists import case_rows
from gateway.web.forms import Form, FormErrors
from gateway.web.pages import render
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_LONGEST_NAME = 100
_ASKED = ("number", "part", "person", "name", "state", "service", "late")


async def show(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await _answer(request, Form(), FormErrors(), None)


async def search(request: web.Request) -> web.Response:
    """Show what was found."""
    form, errors = form_of(request), FormErrors()
    asked = _read(request, form, errors)
    if errors:
        return await _answer(request, form, errors, None)
    page = await desk_of(request).lists.search(member_of(request), asked, after=digits_of(form.get("after")))
    return await _answer(request, form, errors, page)


def _read(request: web.Request, form: Form, errors: FormErrors) -> Search:
    number = digits_of(form.get("number"))
    if form.get("number") and not number:
        errors.add("number", _("Enter digits of the application's number"))
    person = None
    if form.get("person"):
        try:
            person = parse_number(form.get("person"))
        except NumberError as error:
            errors.add("person", error.text)
    name = form.get("name")
    if len(name) > _LONGEST_NAME:
        errors.add("name", _("The name is too long"))
    service = form.get("service")
    return Search(
        number=number,
        part=NumberPart.END if form.get("part") == NumberPart.END else NumberPart.BEGINNING,
        person=person,
        name=name,
        state=CaseState(form.get("state")) if form.get("state") in {*CaseState} else None,
        service=service if service in _services(request) else None,
        late={"yes": True, "no": False}.get(form.get("late")),
    )


async def _answer(request: web.Request, form: Form, errors: FormErrors, page: Page | None) -> web.Response:
    values = {name: form.get(name) for name in _ASKED}
    context: dict[str, Any] = {
        "values": values,
        "errors": errors,
        "services": [("", _("Any service")), *_services(request).items()],
        "states": [
            ("", _("Any state")),
            (CaseState.OPEN.value, _("In work")),
            (CaseState.CLOSED.value, _("Finished")),
        ],
        "latenesses": [("", _("In time or late")), ("no", _("In time")), ("yes", _("Late at a step"))],
        "parts": [
            (NumberPart.BEGINNING.value, _("the beginning of the number")),
            (NumberPart.END.value, _("the end of the number")),
        ],
        "searched": page is not None,
        "rows": [] if page is None else await case_rows(request, page.cases),
        "next": None if page is None else page.after,
    }
    return render(request, "desk/search.html", **context)


def _services(request: web.Request) -> dict[str, str]:
    """Return the services that the member's office provides, or takes part in as another body of their providers."""
    catalogue = desk_of(request).catalogue
    office = catalogue.office(member_of(request).office)
    named = dict.fromkeys(office.services)
    for provider in office.serves:
        for service_id in catalogue.office(provider).services:
            if _takes_part(catalogue.service(service_id), office.body):
                named[service_id] = None
    return {service_id: spoken(catalogue.service(service_id).titles) for service_id in named}


def _takes_part(service: Service, body: Body) -> bool:
    """Tell whether a body does anything in a service: a step, one action of it, or a step on some channel."""
    return any(
        body in {step.body, *(one.body for one in step.elsewhere), *(action.body for action in step.actions)}
        for procedure in service.procedures
        for step in procedure.steps
    )
