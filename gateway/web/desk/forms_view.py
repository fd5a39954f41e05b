"""What the forms of a case's page are filled with, for those forms that the member is offered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from gateway.catalogue import Body, Catalogue, Channel, OfficeHours, Verb
from gateway.catalogue.procedure import Term
from gateway.catalogue.terms import CountedFrom
from gateway.desk import Case, Desk, StaffMember
from gateway.desk.condition import asked_for
from gateway.desk.permissions import Move
from gateway.desk.places import awaited_at, extensions_of, next_place, offices_beside, procedure_of
from gateway.exchange.wording import Wording
from gateway.web.desk.standing import commission_said
from gateway.web.durations import term_words
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_OF_EXECUTORS = {Verb.RESOLVE, Move.ASSIGN}


async def forms_view(desk: Desk, member: StaffMember, case: Case, may: Collection[Verb | Move]) -> dict[str, Any]:
    """Return what the offered forms say and offer for choice."""
    catalogue = desk.catalogue
    service = catalogue.service(case.service)
    view: dict[str, Any] = {}
    if _OF_EXECUTORS & set(may):
        executors = await desk.staff.executors(member)
        replaced = None if Verb.RESOLVE in may else case.executor
        view["executors"] = [(str(one.id), one.name) for one in executors if one.id != replaced]
    if Verb.FORWARD in may:
        view["place"] = next_office(catalogue, case)
    if Verb.CONVENE in may:
        view["hours"] = hours_words(catalogue.office(member.office).hours)
    if Verb.SUMMON in may:
        view["commission"] = spoken(catalogue.body_of(catalogue.office(case.office), Body.COMMISSION).name)
    if Verb.DECIDE in may:
        view["said"] = commission_said(service, case)
    if Verb.INFORM in may:
        view["letter"] = desk.bodies.proposed_letter(case) or Wording("", "")
    if Verb.SUBMIT in may:
        step = procedure_of(catalogue, case).step(case.position)
        view["condition"] = {"text": spoken(step.text)}
        view["documents"] = asked_for(service, case)
    if Move.EXTEND in may:
        terms = extensions_of(catalogue, case)
        view["events"] = {
            "choices": [(str(term.when), event_words(term)) for term in terms],
            "hints": {str(term.when): effect_words(term) for term in terms},
        }
    if Move.REDIRECT in may:
        view["offices"] = [(one.id, spoken(one.name)) for one in offices_beside(catalogue, case)]
    return view


def next_office(catalogue: Catalogue, case: Case) -> str:
    """Return the name of the office to which the documents go; after the last place, the department that waits."""
    place = next_place(catalogue, case)
    if place is not None:
        return spoken(awaited_at(catalogue, case, place).office.name)
    if case.channel is Channel.CORPORATION and case.counter is not None:
        return spoken(catalogue.office(case.counter).name)
    return ""


def hours_words(hours: OfficeHours) -> str:
    """Return when an office works."""
    return _(
        "Working days %(opens)s–%(closes)s, break %(break_from)s–%(break_to)s; for example, 10:30",
        opens=f"{hours.opens:%H:%M}",
        closes=f"{hours.closes:%H:%M}",
        break_from=f"{hours.break_from:%H:%M}",
        break_to=f"{hours.break_to:%H:%M}",
    )


def event_words(term: Term) -> str:
    """Return what must have happened for a term to be applied."""
    return str(term.when) if term.text is None else spoken(term.text)


def effect_words(term: Term) -> str:
    """Return what a term does to the deadline of the step."""
    if term.extends:
        return _("The term grows by: %(term)s.", term=term_words(term.duration))
    if term.duration.counted_from is CountedFrom.SUBMISSION:
        return _("The term becomes, counted from the submission: %(term)s.", term=term_words(term.duration))
    return _("The term becomes: %(term)s.", term=term_words(term.duration))
