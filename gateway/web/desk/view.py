"""What a case's page shows, gathered from the desk and put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from markupsafe import Markup

from gateway.catalogue import Catalogue, Check, Service
from gateway.catalogue.kinds import fields_of
from gateway.desk import Case, CheckResult, Desk, StaffMember
from gateway.desk.cases import CaseAction, CaseEvidence
from gateway.desk.decisions import can_refuse
from gateway.desk.ending import GIVES
from gateway.desk.papers import CasePaper
from gateway.desk.permissions import what_may
from gateway.desk.telling import condition_of
from gateway.exchange.acceptance import Power
from gateway.web.answers import shown_answer
from gateway.web.dates import day, moment
from gateway.web.desk.forms_view import forms_view
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.standing import summary
from gateway.web.desk.timeline import Row, procedure_rows, trail_step
from gateway.web.desk.wording import FACTS, MEDIA, PAPERS, POWERS, REGISTERS, status_of, verb_words
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken


async def case_view(request: web.Request, case: Case) -> dict[str, Any]:
    """Return everything that the case's page shows."""
    desk, member = desk_of(request), member_of(request)
    service = desk.catalogue.service(case.service)
    people = await desk.cases.people(member, case.number)
    stays = await desk.cases.steps(member, case.number)
    may = what_may(case, member, desk.catalogue)
    if by_register := bool(may & GIVES) and await desk.issue.needs_register(case):
        may -= GIVES
    application = await desk.cases.signed_application(member, case.number)
    act = desk.catalogue.act_of(service)
    return {
        "case": case,
        "service": service,
        "repealed": None if act.repealed is None else act.repealed.text,
        "standing": status_of(case, desk.now()),
        "may": may,
        "by_register": by_register,
        "forms": await forms_view(desk, member, case, may),
        "summary": summary(desk.catalogue, case, people, stays),
        "answers": answers(service, case),
        "documents": [
            {"document": document, "title": document_title(service, document.kind)}
            for document in await desk.cases.documents(member, case.number)
        ],
        "paper": await paper_intake(desk, member, service, case),
        "acceptance": await accepted(desk, member, service, case),
        "application_xml": application.decode("utf-8", "replace"),
        "evidence": [evidence_view(one) for one in await desk.cases.evidence(member, case.number)],
        "asks_registers": asks_registers(service, case),
        "can_refuse": can_refuse(service, case),
        "papers": [
            paper_view(desk.catalogue, case, paper, people) for paper in await desk.papers.of(member, case.number)
        ],
        "procedure": procedure_rows(service, case, stays),
        "trail": [trail_step(desk.catalogue, case, event) for event in await desk.cases.trail(member, case.number)],
        "actions": [
            action_view(desk.catalogue, case, action, people)
            for action in await desk.cases.actions(member, case.number)
        ],
    }


def answers(service: Service, case: Case) -> list[Row]:
    """Return what the applicant filled in, as the form names it."""
    said = _("Yes"), _("No")
    return [
        {
            "key": spoken(field.label),
            "value": shown_answer(field, case.fields.get(field.id, ""), consent=said) or "–",
        }
        for field in fields_of(service, case.kind)
    ]


async def paper_intake(desk: Desk, member: StaffMember, service: Service, case: Case) -> Row | None:
    """Return what was noted when the application was taken in on paper; None for one that came by the portal."""
    intake = await desk.counter.intake(member, case.number)
    if intake is None:
        return None
    rows = [{"key": _("Accepted by"), "value": intake.acceptor_name}]
    if intake.representative is not None:
        by = intake.representative
        rows.append({"key": _("Representative"), "value": f"{by.name}, {by.iin}"})
    return {
        "rows": rows,
        "on_paper": [document_title(service, kind) for kind in intake.on_paper],
        "receipt": desk.receipts.is_prescribed(case),
    }


async def accepted(desk: Desk, member: StaffMember, service: Service, case: Case) -> Row | None:
    """Return how the State Corporation took the application in; None for one that came otherwise."""
    acceptance = await desk.cases.acceptance(member, case.number)
    if acceptance is None:
        return None
    rows = [
        (_("Department of the State Corporation"), spoken(desk.catalogue.office(acceptance.department).name)),
        (_("Operator"), f"{acceptance.operator_name}, {acceptance.operator}"),
        (_("Accepted at"), moment(acceptance.accepted_at)),
        (_("How the documents come"), _(MEDIA[acceptance.medium])),
    ]
    if acceptance.consent_at is not None:
        rows.append((_("Consent to the query of the state databases"), moment(acceptance.consent_at)))
    if acceptance.representative is not None:
        by = acceptance.representative
        rows += [(_("Representative"), f"{by.name}, {by.iin}"), (_("Power of attorney"), power_words(by.power))]
    return {
        "rows": [{"key": key, "value": value} for key, value in rows],
        "on_paper": [document_title(service, kind) for kind in acceptance.on_paper],
    }


def power_words(power: Power) -> str:
    """Return what a power of attorney is, with its number and its date where they are entered."""
    said = [_(POWERS[power.kind])]
    if power.number:
        said.append(f"№ {power.number}")
    if power.issued_on is not None:
        said.append(day(power.issued_on.isoformat()))
    return ", ".join(said)


def asks_registers(service: Service, case: Case) -> bool:
    """Tell whether the flow's condition is a question to a state database that has not been answered yet."""
    return condition_of(service, case, Check.STATE_DATA) is not None and case.check_result is CheckResult.WAITING


def evidence_view(evidence: CaseEvidence) -> Row:
    """Return what a state database answered."""
    rows = [
        {"key": _(FACTS[name]) if name in FACTS else name, "value": _stated(name, value)}
        for name, value in evidence.facts.items()
    ]
    return {
        "register": evidence.register,
        "title": _(REGISTERS.get(evidence.register, evidence.register)),
        "at": evidence.at,
        "found": evidence.found,
        "rows": rows,
    }


def paper_view(catalogue: Catalogue, case: Case, paper: CasePaper, people: Mapping[int, StaffMember]) -> Row:
    """Return a paper with its title, its author and the author's body."""
    return {
        "title": _(PAPERS[paper.kind]),
        "at": paper.at,
        "who": author(catalogue, case, people.get(paper.staff)),
        "lines": [line for line in paper.text.splitlines() if line.strip()],
    }


def action_view(catalogue: Catalogue, case: Case, action: CaseAction, people: Mapping[int, StaffMember]) -> Row:
    """Return what somebody of the staff did."""
    return {
        "who": author(catalogue, case, people.get(action.staff)),
        "what": verb_words(action.verb),
        "at": action.at,
        "reason": action.reason or "",
    }


def author(catalogue: Catalogue, case: Case, person: StaffMember | None) -> str:
    """Return a person's name, with the body where it is not the provider of the case."""
    if person is None:
        return ""
    if person.office == case.office:
        return person.name
    return f"{person.name}, {spoken(catalogue.office(person.office).name)}"


def document_title(service: Service, kind_id: str) -> str:
    """Return what a document is called by the service."""
    kind = service.document(kind_id)
    return kind_id if kind is None else spoken(kind.title)


def _stated(name: str, value: str) -> str:
    """Return a fact as the register states it: a date as people read it, words in Kazakh, which the markup says."""
    if name.endswith(("_date", "_on", "_until")):
        return day(value)
    return Markup('<span lang="kk">{}</span>').format(value)
