"""Where a case stands: with which body, what the commission and the head said, what the applicant still owes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.catalogue import Catalogue, Channel, Service, Verb
from gateway.desk import Case, CheckResult, StaffMember
from gateway.desk.cases import CaseStep
from gateway.desk.procedure import PlaceKind
from gateway.texts import Text
from gateway.web.dates import day, moment
from gateway.web.desk.timeline import Row
from gateway.web.desk.wording import CHANNELS, CONCLUSIONS, DECISIONS, RECOMMENDATIONS, VERBS, role_words
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken


def summary(
    catalogue: Catalogue, case: Case, people: Mapping[int, StaffMember], stays: Sequence[CaseStep]
) -> list[Row]:
    """Return the facts at the head of the page."""
    rows = [
        (_("Application number"), case.number),
        (_("Applicant"), case.applicant_name),
        (_("IIN/BIN"), str(case.applicant)),
        (_("Provider"), spoken(catalogue.office(case.office).name)),
        (_("How it came in"), _came_in(catalogue, case)),
        (_("Registered at the desk"), moment(case.registered_at)),
        (_("Number in the journal"), case.journal_number or _("not entered yet")),
        (_("The result is due"), moment(case.result_due)),
        *_place(catalogue, case, people),
        *_said(catalogue.service(case.service), case, stays),
    ]
    if case.result_number:
        rows.append((_("Number of the result"), case.result_number))
    if case.pick_up is not None:
        rows.append((_("Receiving the result"), f"{day(case.pick_up['date'])} {case.pick_up['time']}"))
    return [{"key": key, "value": value} for key, value in rows]


def current_words(catalogue: Catalogue, case: Case) -> str:
    """Return what is awaited, and of whom."""
    if case.awaits_verb is None or case.awaits_role is None:
        return ""
    body = catalogue.office(case.awaits_office or case.office).body
    return f"{_(VERBS[case.awaits_verb])} – {role_words(case.awaits_role, body)}"


def commission_said(service: Service, case: Case) -> Row | None:
    """Return what the commission concluded or recommended, if it did."""
    if case.conclusion is None:
        return None
    verbs = {action.verb for step in service.procedure(case.channel, case.kind).steps for action in step.actions}
    if Verb.RECOMMEND in verbs:
        return {"key": _("Recommendation of the commission"), "value": _(RECOMMENDATIONS[case.conclusion])}
    return {"key": _("Conclusion of the commission"), "value": _(CONCLUSIONS[case.conclusion])}


def _came_in(catalogue: Catalogue, case: Case) -> str:
    if case.counter is None:
        return _(CHANNELS[case.channel])
    if case.channel is Channel.CORPORATION:
        return _("Through the State Corporation: %(office)s", office=spoken(catalogue.office(case.counter).name))
    return _("On paper: %(office)s", office=spoken(catalogue.office(case.counter).name))


def _place(catalogue: Catalogue, case: Case, people: Mapping[int, StaffMember]) -> list[tuple[str, str]]:
    rows = []
    if case.awaits_verb is not None:
        if case.awaits_office is not None:
            rows.append((_("Where the application is now"), spoken(catalogue.office(case.awaits_office).name)))
        rows.append((_("Current step"), current_words(catalogue, case)))
        rows.append((_("Deadline of the step"), moment(case.due_at)))
    if case.claimed_by is not None:
        rows.append((_("Taken into work by"), _name(people, case.claimed_by)))
    if case.executor is not None:
        rows.append((_("Executor"), _executor(people, case.executor, case.awaits_office)))
    if case.instruction:
        rows.append((_("Resolution of the head"), case.instruction))
    return rows


def _said(service: Service, case: Case, stays: Sequence[CaseStep]) -> list[tuple[str, str]]:
    """Return what was found, concluded and decided, and what the applicant must still do."""
    rows = []
    if case.documents_result is not None:
        rows.append((_("Check of the documents"), _judgement(case)))
    if case.session_at is not None:
        rows.append((_("Session of the commission"), moment(case.session_at)))
    if said := commission_said(service, case):
        rows.append((said["key"], said["value"]))
    if case.resolution is not None:
        rows.append((_("Decision of the head"), _(DECISIONS[case.resolution])))
    condition = next((stay for stay in reversed(stays) if stay.kind is PlaceKind.CONDITION), None)
    if condition is not None:
        rows.append((_("Condition for the applicant"), _condition(service, case, condition)))
    return rows


def _condition(service: Service, case: Case, stay: CaseStep) -> str:
    act = spoken(service.procedure(case.channel, case.kind).step(stay.step, "condition").text)
    text = act[:1].upper() + act[1:]
    if case.condition_result is CheckResult.FAILED:
        return _("%(text)s – not fulfilled by %(moment)s", text=text, moment=moment(stay.due_at))
    if case.condition_result is CheckResult.PASSED:
        return _("%(text)s – fulfilled on %(moment)s", text=text, moment=moment(stay.finished_at))
    return _("%(text)s – until %(moment)s", text=text, moment=moment(stay.due_at))


def _judgement(case: Case) -> str:
    if case.documents_result is not CheckResult.FAILED:
        return _("The documents conform")
    reason = case.documents_reason
    if reason is None:
        return _("The documents have faults")
    return _("The documents have faults: %(faults)s", faults=spoken(Text(reason.kk, reason.ru, reason.ru)))


def _executor(people: Mapping[int, StaffMember], staff: int, office: str | None) -> str:
    """Return the executor's name; with the case at an office of which they are none any more, that too."""
    name = _name(people, staff)
    if staff not in people or office is None or people[staff].is_executor_at(office):
        return name
    return _("%(name)s – no longer an executor here", name=name)


def _name(people: Mapping[int, StaffMember], staff: int) -> str:
    return people[staff].name if staff in people else ""
