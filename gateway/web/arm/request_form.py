"""Process 2 and process 3 as one page: the request form in the order of the paper, consent, and then the query.

The acts have the operator enter applicant, representative and the form before anything is asked (Karaganda, lines
984-993; Almaty, lines 201-211), so one page holds them all and its one button asks the state databases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.catalogue import FieldType, Service
from gateway.catalogue.kinds import kind_of
from gateway.flows.applications import State
from gateway.flows.arm.entering import OWN_KEYS, Entered, consent_fields, numbers_typed, providers_for
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.flow import IntakeView
from gateway.web.arm.finding_words import registry_of
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.reading import FOUND, ONE, head, number_of, open_intake, place_of, printed, seen_intake, verdict_of
from gateway.web.arm.words import asked_fields, choices_of
from gateway.web.csrf import form_of
from gateway.web.days import stored_day, typed_day
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.terminal.typed import read_typed, version_in
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

CONSENT = "consent_given"
CONSENT_OF = "consent_of"
"""The numbers of the persons for whom the box of the consent was shown ticked: for others the tick says nothing."""
POWER_DATE = "power_date"
_NOT_OF_THE_FORM = frozenset({CONSENT, CONSENT_OF, "version", "number"})


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get(f"{ONE}/form", form),
        web.post(f"{ONE}/form", enter),
        web.post(f"{ONE}/typed", keep),
        web.post(f"{ONE}/consent.pdf", print_consent),
        web.get(f"{ONE}/consent-refused", consent_refused_page),
        web.post(f"{ONE}/consent-refused", consent_refused),
        web.get(f"{ONE}/query", query_page),
        web.post(f"{ONE}/query", query),
    ]


async def form(request: web.Request) -> web.StreamResponse:
    """Show the form with what was typed before."""
    view = await open_intake(request)
    return _page(request, view, FormErrors(), dict(view.intake.typed))


@once
async def enter(request: web.Request) -> web.StreamResponse:
    """Enter the request (process 2), record the consent, and ask the state databases (process 3)."""
    view, flow = await open_intake(request), rooms_of(request).flow
    posted = read_posted(view.service, form_of(request).values())
    errors, entered = await _entered(request, posted)
    asks = flow.asks_consent(view.service, kind_of(view.service, posted))
    ticked = form_of(request).get(CONSENT) == "true"
    given = ticked and _tick_is_of(request, posted) and not entered.other_persons
    if asks and ticked and not given:
        errors.add(CONSENT, _("Others are entered now than before: take the consent anew, then tick the box"))
    elif asks and not given:
        errors.add(CONSENT, _("Take the applicant's consent, or record that it was refused"))
    if errors:
        return _page(request, await seen_intake(request), errors, posted, ticked=given)
    operator, number = operator_of(request), number_of(request)
    if asks:
        await flow.give_consent(operator, number)
    await flow.process_3_query(operator, number)
    return await _after_query(request)


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep what is typed, unjudged, as the page's script sends it between one key and the next."""
    typed, version = await read_typed(request)
    own = {name: value for name, value in typed.items() if name not in _NOT_OF_THE_FORM}
    flow, operator, number = rooms_of(request).flow, operator_of(request), number_of(request)
    service = await flow.service_of(operator, number)
    kept = await flow.keep_typed(operator, number, _stored(service, own), version, service=service)
    return web.json_response({"version": kept})


async def print_consent(request: web.Request) -> web.StreamResponse:
    """Give the consent form with the applicant's data, to be signed before anything is asked."""
    view = await open_intake(request)
    posted = read_posted(view.service, form_of(request).values())
    errors, _persons = await _entered(request, posted, only=frozenset({*OWN_KEYS, "version"}))
    if errors:
        return _page(request, await seen_intake(request), errors, posted)
    content = await rooms_of(request).receipts.consent(operator_of(request), number_of(request))
    return printed(content, f"{number_of(request)}-consent.pdf")


async def consent_refused_page(request: web.Request) -> web.StreamResponse:
    """Say what follows when the applicant gives no consent."""
    return render(request, "arm/consent_refused.html", **head(await open_intake(request), "form"))


@once
async def consent_refused(request: web.Request) -> web.StreamResponse:
    """Record that consent was refused: nothing is asked of anybody, and the intake ends."""
    await open_intake(request)
    await rooms_of(request).flow.consent_refused(operator_of(request), number_of(request))
    return redirect(f"/intakes/{number_of(request)}")


async def query_page(request: web.Request) -> web.StreamResponse:
    """Say that a state database does not answer; nothing is decided and everything is kept."""
    view = await open_intake(request)
    if place_of(view) != f"/intakes/{number_of(request)}/query":
        return redirect(place_of(view))
    registry = registry_of(view.intake.finding or {})
    return render(request, "arm/unavailable.html", registry=registry, **head(view, "form"))


@once
async def query(request: web.Request) -> web.StreamResponse:
    """Process 3 again."""
    await open_intake(request)
    await rooms_of(request).flow.process_3_query(operator_of(request), number_of(request))
    return await _after_query(request)


def read_posted(service: Service, values: Mapping[str, str]) -> dict[str, str]:
    """Return what a request form brought, with what a browser leaves out: a box without its tick, an empty choice."""
    posted = {name: value for name, value in values.items() if name not in _NOT_OF_THE_FORM}
    posted.setdefault("representative", "")
    for field in service.form:
        if field.type is not FieldType.CONSENT:
            posted.setdefault(field.id, "")
    return _stored(service, posted)


async def _entered(
    request: web.Request, posted: dict[str, str], *, only: frozenset[str] = frozenset()
) -> tuple[FormErrors, Entered]:
    """Enter what was posted and return what is wrong with it, or with these fields `only`.

    What another terminal wrote meanwhile is wrong with it too: nothing is entered then, and the page shows what was
    posted under the version that stands now.
    """
    errors, operator = FormErrors(), operator_of(request)
    version = version_in(form_of(request).get("version"))
    try:
        entered = await rooms_of(request).flow.process_2_enter(operator, number_of(request), posted, version=version)
    except ArmError as error:
        if error.code is not ArmCode.STALE:
            raise
        told = _("Meanwhile this application was changed at another terminal. Check the form, then send it again")
        errors.add("version", told, target="applicant_number")
        return errors, Entered(())
    for problem in entered.problems:
        if not only or problem.field in only:
            errors.add(problem.field, problem.text)
    return errors, entered


def _tick_is_of(request: web.Request, posted: Mapping[str, str]) -> bool:
    """Whether the box was ticked on this page, or shown ticked for the persons that are posted."""
    return form_of(request).get(CONSENT_OF) in ("", "/".join(numbers_typed(posted)))


def _stored(service: Service, posted: dict[str, str]) -> dict[str, str]:
    """Return what was typed with its days as they are stored."""
    days = {field.id for field in service.form if field.type is FieldType.DATE} | {POWER_DATE}
    return {name: stored_day(value) if name in days else value for name, value in posted.items()}


async def _after_query(request: web.Request) -> web.StreamResponse:
    view = await seen_intake(request)
    if view.application.state is State.NO_DATA:
        return redirect(f"/intakes/{view.application.number}")
    return redirect(place_of(view))


def _page(
    request: web.Request, view: IntakeView, errors: FormErrors, values: dict[str, str], *, ticked: bool = False
) -> web.StreamResponse:
    """Show the form; the box of the consent is ticked where it was just `ticked`, or stands for the persons typed."""
    service, rooms = view.service, rooms_of(request)
    kind = kind_of(service, values)
    asked = asked_fields(service, kind)
    days = [field.id for field in asked if field.type is FieldType.DATE] + [POWER_DATE]
    shown = values | {name: typed_day(values[name]) for name in days if name in values}
    department = rooms.catalogue.office(operator_of(request).department)
    offices = providers_for(rooms.catalogue, service, department)
    consents = consent_fields(service, kind)
    ticked = ticked or (view.intake.consent_at is not None and _are_entered(view, values))
    context: dict[str, Any] = {
        "values": shown,
        "fields": asked,
        "choices": {field.id: choices_of(service, field) for field in asked},
        "offices": [(one.id, spoken(one.name)) for one in offices],
        "asks_consent": rooms.flow.asks_consent(service, kind),
        "consents": ticked,
        "consent_of": "/".join(numbers_typed(values)) if ticked else "",
        "consent_label": spoken(consents[0].label) if consents else _("The applicant consents"),
        "consent_text": None if service.consent is None else service.consent.text,
        "asks_databases": view.steps.asks,
        "asked_before": view.steps.asks and verdict_of(view) in FOUND,
        **head(view, "form"),
    }
    return render(request, "arm/form.html", errors=errors, **context)


def _are_entered(view: IntakeView, values: Mapping[str, str]) -> bool:
    """Whether the persons that are typed are those that were entered."""
    by = view.intake.representative
    return numbers_typed(values) == (view.application.applicant_number, "" if by is None else str(by.iin))
