"""The executor's page: one of the service's results with its facts, or a reasoned refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.catalogue import Body, ResultKind, Role, Service, Verb
from gateway.catalogue import Outcome as Ending
from gateway.catalogue.result import Fact, FactKind
from gateway.desk import Case, CheckResult, Decision, DeskError
from gateway.desk.case import Finding
from gateway.desk.decisions import facts_of, grounds_for, may_issue, proposed_facts, results_for
from gateway.desk.numbered import condition_number
from gateway.desk.permissions import check_turn
from gateway.exchange.wording import Wording
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.dates import day, read_day
from gateway.web.desk.acting import DONE, OF_THE_FORM, place_after, version_of
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
    results = results_for(service, case)
    values = {f"fact_{name}": value for name, value in proposed_facts(service, case).items()}
    for fact in facts_of(results):
        if fact.kind is FactKind.DATE and f"fact_{fact.id}" in values:
            values[f"fact_{fact.id}"] = day(values[f"fact_{fact.id}"])
    likely = [one for one in results if one.outcome is not Ending.REFUSED] or results
    values["result"] = likely[0].id if len(likely) == 1 else ""
    reason = case.documents_reason or case.check_reason
    if reason is not None:
        values |= {"reason_kk": reason.kk, "reason_ru": reason.ru}
    return _page(request, case, service, values=values)


@once
async def draft(request: web.Request) -> web.Response:
    """Give the draft for signature."""
    desk, member, form = desk_of(request), member_of(request), form_of(request)
    number = request.match_info["number"]
    case = await desk.cases.get(member, number)
    service = desk.catalogue.service(case.service)
    errors = FormErrors()
    decision = _decision(results_for(service, case), form, errors)
    if decision is not None and not errors:
        try:
            drafted = await desk.actions.draft(member, number, version=version_of(form), decision=decision)
        except DeskError as error:
            if error.code not in OF_THE_FORM:
                raise
            errors.add("result", error.text)
        else:
            session_of(request).flash(DONE)
            return redirect(place_after(drafted, member))
    return _page(request, case, service, values=form.values(), errors=errors)


def _decision(results: Sequence[ResultKind], form: Form, errors: FormErrors) -> Decision | None:
    result = next((one for one in results if one.id == form.get("result")), None)
    if result is None:
        errors.add("result", _("Choose what is drafted"))
        return None
    if result.outcome is Ending.REFUSED:
        ground = form.get("ground")
        if not ground:
            errors.add("ground", _("Choose the ground of refusal"))
        kk, ru = form.get("reason_kk"), form.get("reason_ru")
        return Decision(result.id, {}, ground, Wording(kk, ru) if kk or ru else None)
    facts = {fact.id: _stated(fact, form, errors) for fact in facts_of((result,))}
    return Decision(result.id, {name: value for name, value in facts.items() if value})


def _stated(fact: Fact, form: Form, errors: FormErrors) -> str:
    """Return what was filled in for a fact, as the document's wording takes it; what is wrong is said beside it."""
    name = f"fact_{fact.id}"
    value = form.get(name)
    if not value:
        if fact.required:
            errors.add(name, _("Fill in: %(field)s", field=spoken(fact.label)))
    elif fact.kind is FactKind.DATE:
        try:
            return read_day(value).isoformat()
        except ValueError:
            errors.add(name, _("Enter the date as dd.mm.yyyy"))
    elif fact.kind is FactKind.MONEY:
        value = "".join(value.split())
        if not (value.isascii() and value.isdecimal()):
            errors.add(name, _("Enter the sum in whole tenge, in digits"))
    elif fact.kind is FactKind.CHOICE and value not in {choice.id for choice in fact.choices}:
        errors.add(name, _("Choose one of the answers offered"))
    return value


def _page(
    request: web.Request,
    case: Case,
    service: Service,
    *,
    values: dict[str, str],
    errors: FormErrors | None = None,
) -> web.Response:
    results = results_for(service, case)
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
        results=[(result.id, spoken(result.title)) for result in results],
        sections=_sections(results),
        refusals=any(result.outcome is Ending.REFUSED for result in results),
        grounds=grounds,
        warning=_warning(service, case),
        to_the_head={(signer.role, signer.body) for result in results for signer in result.signers}
        == {(Role.HEAD, Body.PROVIDER)},
    )


def _sections(results: Sequence[ResultKind]) -> list[dict[str, Any]]:
    """Return the facts to fill in, under the titles of the results that state them."""
    found: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts_of(results):
        stating = tuple(spoken(one.title) for one in results if fact in facts_of((one,)))
        found.setdefault(stating, []).append(fact)
    return [{"titles": titles, "facts": facts} for titles, facts in found.items()]


def _warning(service: Service, case: Case) -> str:
    if case.condition_result is CheckResult.FAILED:
        return _("The applicant did not fulfil the condition in time: only the cancellation can be drawn up.")
    if may_issue(case):
        return ""
    if case.check_result is CheckResult.FAILED:
        number = condition_number(service, case.channel, case.kind)
        return _("Condition %(number)s has failed: only a refusal can be drafted.", number=number)
    if case.documents_result is CheckResult.FAILED:
        return _("The documents do not conform: only a refusal can be drafted.")
    if case.resolution is Finding.ADVERSE:
        return _("The head decided against the applicant: only a refusal can be drawn up.")
    return _("Condition 3 is not decided yet: the result can be drafted when the state database has answered.")
