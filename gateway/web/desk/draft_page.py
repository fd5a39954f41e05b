"""The executor's page: a certificate with its facts, or a reasoned refusal."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Service, Verb
from gateway.catalogue.result import FactKind
from gateway.desk import Case, Decision, DeskError
from gateway.desk.decisions import facts_of, grounds_for, may_issue, proposed_facts
from gateway.desk.permissions import check_turn
from gateway.exchange.wording import Wording
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.dates import day, read_day
from gateway.web.desk.acting import DONE, OF_THE_FORM, version_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import Form, FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken


async def show(request: web.Request) -> web.Response:
    """Show the draft's form, with what the application itself gives filled in."""
    desk, member = desk_of(request), member_of(request)
    case = await desk.cases.get(member, request.match_info["number"])
    check_turn(case, member, Verb.DRAFT)
    service = desk.catalogue.service(case.service)
    values = {f"fact_{name}": value for name, value in proposed_facts(service, case).items()}
    for fact in facts_of(service):
        if fact.kind is FactKind.DATE and f"fact_{fact.id}" in values:
            values[f"fact_{fact.id}"] = day(values[f"fact_{fact.id}"])
    values["outcome"] = Ending.ISSUED.value if may_issue(case) else Ending.REFUSED.value
    if case.check_reason is not None:
        values |= {"reason_kk": case.check_reason.kk, "reason_ru": case.check_reason.ru}
    return _page(request, case, service, values=values)


@once
async def draft(request: web.Request) -> web.Response:
    """Give the draft to the head for signature."""
    desk, member, form = desk_of(request), member_of(request), form_of(request)
    number = request.match_info["number"]
    case = await desk.cases.get(member, number)
    service = desk.catalogue.service(case.service)
    errors = FormErrors()
    decision = _decision(service, form, errors)
    if decision is not None and not errors:
        try:
            await desk.actions.draft(member, number, version=version_of(form), decision=decision)
        except DeskError as error:
            if error.code not in OF_THE_FORM:
                raise
            errors.add("outcome", error.text)
        else:
            session_of(request).flash(DONE)
            return redirect(f"/cases/{number}")
    return _page(request, case, service, values=form.values(), errors=errors)


def _decision(service: Service, form: Form, errors: FormErrors) -> Decision | None:
    if form.get("outcome") == Ending.REFUSED:
        ground = form.get("ground")
        if not ground:
            errors.add("ground", _("Choose the ground of refusal"))
        kk, ru = form.get("reason_kk"), form.get("reason_ru")
        return Decision(Ending.REFUSED, {}, ground, Wording(kk, ru) if kk or ru else None)
    if form.get("outcome") != Ending.ISSUED:
        errors.add("outcome", _("Choose what is drafted"))
        return None
    facts: dict[str, str] = {}
    for fact in facts_of(service):
        value = form.get(f"fact_{fact.id}")
        if fact.required and not value:
            errors.add(f"fact_{fact.id}", _fill_in(fact.label))
        elif value and fact.kind is FactKind.DATE:
            try:
                value = read_day(value).isoformat()
            except ValueError:
                errors.add(f"fact_{fact.id}", _("Enter the date as dd.mm.yyyy"))
        if value:
            facts[fact.id] = value
    return Decision(Ending.ISSUED, facts)


def _fill_in(label: Text) -> str:
    return _("Fill in: %(field)s", field=spoken(label))


def _page(
    request: web.Request,
    case: Case,
    service: Service,
    *,
    values: dict[str, str],
    errors: FormErrors | None = None,
) -> web.Response:
    grounds: list[tuple[str, Any]] = [
        (ground.code, spoken(Text(ground.text.kk, ground.text.ru, ground.text.ru)))
        for ground in grounds_for(service, case)
    ]
    return render(
        request,
        "desk/draft.html",
        case=case,
        service=service,
        values=values,
        errors=errors or FormErrors(),
        facts=facts_of(service),
        grounds=grounds,
        may_issue=may_issue(case),
    )
