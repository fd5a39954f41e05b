"""What a case's page shows, gathered from the desk and put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.catalogue import Check, FieldType, Flow, FlowStep, Service, StepKind
from gateway.catalogue.kinds import fields_of
from gateway.desk import Case, CheckResult
from gateway.desk.cases import CaseEvidence, CaseStep
from gateway.desk.decisions import can_refuse
from gateway.desk.permissions import what_may
from gateway.journal import Event, Kind
from gateway.shep.errors import ShepErrorCode
from gateway.texts import Text
from gateway.web.dates import day, moment
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.wording import (
    FACTS,
    MOVES,
    OUTCOMES,
    REGISTERS,
    ROLES,
    VERBS,
    status_of,
)
from gateway.web.durations import term_words
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

Row = dict[str, Any]


async def case_view(request: web.Request, case: Case) -> dict[str, Any]:
    """Return everything that the case's page shows."""
    desk, member = desk_of(request), member_of(request)
    service = desk.catalogue.service(case.service)
    names = await desk.staff.names(member)
    evidence = await desk.cases.evidence(member, case.number)
    stays = await desk.cases.steps(member, case.number)
    may = what_may(case, member)
    executors = await desk.staff.executors(member) if {"resolve", "assign"} & may else ()
    application = await desk.cases.signed_application(member, case.number)
    act = desk.catalogue.act_of(service)
    return {
        "case": case,
        "service": service,
        "repealed": None if act.repealed is None else act.repealed.text,
        "standing": status_of(case, desk.now()),
        "may": may,
        "executors": [(str(executor.id), executor.name) for executor in executors if executor.id != case.executor],
        "summary": summary(case, names),
        "answers": answers(service, case),
        "documents": [
            {"document": document, "title": _document_title(service, document.kind)}
            for document in await desk.cases.documents(member, case.number)
        ],
        "application_xml": application.decode("utf-8", "replace"),
        "evidence": [evidence_view(one) for one in evidence],
        "asks_registers": asks_registers(service, case),
        "can_refuse": can_refuse(service, case),
        "papers": [
            {"paper": paper, "name": names.get(paper.staff, "")} for paper in await desk.papers.of(member, case.number)
        ],
        "procedure": procedure_rows(service, case, stays),
        "trail": [trail_step(service, case, event) for event in await desk.cases.trail(member, case.number)],
        "actions": [
            {
                "name": names.get(action.staff, ""),
                "what": _verb(action.verb),
                "at": action.at,
                "reason": action.reason or "",
            }
            for action in await desk.cases.actions(member, case.number)
        ],
    }


def summary(case: Case, names: Mapping[int, str]) -> list[Row]:
    """Return the facts at the head of the page."""
    rows = [
        (_("Application number"), case.number),
        (_("Applicant"), case.applicant_name),
        (_("IIN/BIN"), str(case.applicant)),
        (_("Registered at the desk"), moment(case.registered_at)),
        (_("Number in the journal"), case.journal_number or _("not entered yet")),
        (_("The result is due"), moment(case.result_due)),
    ]
    if case.awaits_verb is not None and case.awaits_role is not None:
        rows.append((_("Current step"), f"{_(VERBS[case.awaits_verb])} – {_(ROLES[case.awaits_role])}"))
        rows.append((_("Deadline of the step"), moment(case.due_at)))
    if case.claimed_by is not None:
        rows.append((_("Taken into work by"), names.get(case.claimed_by, "")))
    if case.executor is not None:
        rows.append((_("Executor"), names.get(case.executor, "")))
    if case.instruction:
        rows.append((_("Resolution of the head"), case.instruction))
    if case.documents_result is not None:
        rows.append((_("Check of the documents"), _judgement(case)))
    if case.result_number:
        rows.append((_("Number of the result"), case.result_number))
    if case.pick_up is not None:
        rows.append((_("Receiving the result"), f"{day(case.pick_up['date'])} {case.pick_up['time']}"))
    return [{"key": key, "value": value} for key, value in rows]


def answers(service: Service, case: Case) -> list[Row]:
    """Return what the applicant filled in, as the form names it."""
    rows = []
    for field in fields_of(service, case.kind):
        value = case.fields.get(field.id, "")
        if field.type is FieldType.DATE and value:
            value = day(value)
        elif field.type is FieldType.CONSENT:
            value = _("Yes") if value else _("No")
        elif field.type is FieldType.CHOICE:
            value = next((spoken(choice.label) for choice in field.choices if choice.id == value), value)
        rows.append({"key": spoken(field.label), "value": value or "–"})
    return rows


def asks_registers(service: Service, case: Case) -> bool:
    """Tell whether the flow's condition is a question to a state database that has not been answered yet."""
    condition = service.flow(case.channel, case.kind).condition(Check.STATE_DATA)
    return condition is not None and case.check_result is CheckResult.WAITING


def evidence_view(evidence: CaseEvidence) -> Row:
    """Return what a state database answered."""
    rows = [
        {"key": _(FACTS[name]) if name in FACTS else name, "value": _dated(name, value)}
        for name, value in evidence.facts.items()
    ]
    return {
        "register": evidence.register,
        "title": _(REGISTERS.get(evidence.register, evidence.register)),
        "at": evidence.at,
        "found": evidence.found,
        "rows": rows,
    }


def procedure_rows(service: Service, case: Case, stays: tuple[CaseStep, ...]) -> list[Row]:
    """Return the procedure's steps as the act words them, each with its term and how it was kept."""
    last = {stay.step: stay for stay in stays}
    return [
        {
            "step": step,
            "role": _(ROLES[step.role]),
            "duration": term_words(step.term(case.channel, case.kind)),
            "stay": last.get(step.number),
            "late": any(stay.late for stay in stays if stay.step == step.number),
            "current": case.awaits_verb is not None and case.position.step == step.number,
        }
        for step in service.procedure(case.channel, case.kind).path(case.channel)
    ]


def trail_step(service: Service, case: Case, event: Event) -> Row:
    """Return an event as a step of the timeline."""
    flow = service.flow(case.channel, case.kind)
    step = event.step
    word, colour = OUTCOMES[step.outcome]
    shown: Row = {"number": "", "moment": event.at, "outcome": _(word), "colour": colour, "text": ""}
    if step.kind is Kind.PROCEDURE:
        done = service.procedure(case.channel, case.kind).step(step.number)
        shown |= {"number": _("Step %(number)s", number=step.number), "title": spoken(done.text)}
        if step.facts.get("late"):
            shown |= {"outcome": _("Done late"), "colour": "orange"}
    elif step.kind is Kind.NOTE:
        shown["title"] = _note(step.facts)
        if step.facts.get("documents") == CheckResult.FAILED:
            shown |= {"outcome": _("Failed"), "colour": "red"}
    else:
        numbered = _flow_step(flow, step.kind, step.number)
        shown |= {"number": spoken(flow.label(numbered)), "title": spoken(numbered.text)}
        if step.facts.get("code"):
            shown["text"] = silence_text(step.facts)
    return shown


def silence_text(facts: Mapping[str, Any]) -> str:
    """Return why a state database gave no answer, as exactly as it is known: whose failure it is (`ShepErrorCode`)."""
    shep, detail = facts.get("shep"), ""
    for code, name in ((ShepErrorCode.GATEWAY, "fault"), (ShepErrorCode.REMOTE_SERVICE, "status")):
        if facts.get(name):
            shep, detail = code.value, f" ({facts[name]})"
    known = next((each for each in ShepErrorCode if each.value == shep), None)
    if known is None:
        return _("The state database did not answer; the question will be repeated.")
    return _("%(reason)s. The question will be repeated.", reason=spoken(known.text) + detail)


def _flow_step(flow: Flow, kind: Kind, number: int) -> FlowStep:
    return flow.step(StepKind(kind.value), number)


def _note(facts: Mapping[str, Any]) -> str:
    if "late-step" in facts:
        return _("The deadline of step %(number)s has passed", number=facts["late-step"])
    return _verb(str(facts.get("verb", "")))


def _verb(verb: str) -> str:
    known = {**{one.value: name for one, name in VERBS.items()}, **{one.value: name for one, name in MOVES.items()}}
    return _(known[verb]) if verb in known else verb


def _judgement(case: Case) -> str:
    if case.documents_result is not CheckResult.FAILED:
        return _("The documents conform")
    reason = case.documents_reason
    if reason is None:
        return _("The documents have faults")
    return _("The documents have faults: %(faults)s", faults=spoken(Text(reason.kk, reason.ru, reason.ru)))


def _document_title(service: Service, kind_id: str) -> str:
    kind = service.document(kind_id)
    return kind_id if kind is None else spoken(kind.title)


def _dated(name: str, value: str) -> str:
    return day(value) if name.endswith(("_date", "_on", "_until")) else value
