"""The procedure with its terms, and the trail of a case, in the act's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.catalogue import Catalogue, Flow, Service, StepKind, Verb
from gateway.courier.notes import REGISTER as COURIER_REGISTER
from gateway.desk import Case, CheckResult
from gateway.desk.cases import CaseStep
from gateway.desk.numbered import numbered_flow
from gateway.desk.procedure import PlaceKind
from gateway.exchange.notification import REGISTERED
from gateway.journal import Event, Kind, Outcome
from gateway.shep.errors import ShepErrorCode
from gateway.web.dates import moment
from gateway.web.desk.courier_words import courier_note
from gateway.web.desk.wording import OUTCOMES, REGISTERS, role_words, verb_words
from gateway.web.durations import term_words
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

Row = dict[str, Any]


def flow_of(service: Service, case: Case) -> Flow | None:
    """Return the numbered flow of the case; what came in on paper, or by a procedure alone, has none."""
    return numbered_flow(service, case.channel, case.kind)


def procedure_rows(service: Service, case: Case, stays: Sequence[CaseStep]) -> list[Row]:
    """Return the procedure's steps as the act words them, each with its term and how it was kept."""
    last = {(stay.kind, stay.step): stay for stay in stays}
    here = None if case.awaits_verb is None else (case.position.kind, case.position.step)
    return [
        {
            "step": step,
            "label": str(step.number) if step.kind == "step" else step_label(step.number, step.kind),
            "role": role_words(step.role, step.body_on(case.channel)),
            "duration": term_words(step.term(case.channel, case.kind)),
            "stay": last.get((PlaceKind(step.kind), step.number)),
            "late": any(stay.late for stay in stays if (stay.kind, stay.step) == (step.kind, step.number)),
            "current": here == (step.kind, step.number),
        }
        for step in service.procedure(case.channel, case.kind).path(case.channel)
    ]


def step_label(number: int, step_kind: str) -> str:
    """Return what a step or a condition of the procedure is called."""
    if step_kind == PlaceKind.CONDITION:
        return _("Condition %(number)s", number=number)
    return _("Step %(number)s", number=number)


def trail_step(catalogue: Catalogue, case: Case, event: Event) -> Row:
    """Return an event as a step of the timeline."""
    step, service = event.step, catalogue.service(case.service)
    word, colour = OUTCOMES[step.outcome]
    shown: Row = {"number": "", "moment": event.at, "outcome": _(word), "colour": colour, "text": ""}
    if step.kind is Kind.PROCEDURE:
        place = PlaceKind.CONDITION if step.facts.get("condition") else PlaceKind.STEP
        done = service.procedure(case.channel, case.kind).step(step.number, place.value)
        shown |= {"number": step_label(step.number, place), "title": spoken(done.text)}
        if step.facts.get("late"):
            shown |= {"outcome": _("Done late"), "colour": "orange"}
    elif step.kind is Kind.NOTE:
        shown |= _note(catalogue, step.facts)
    else:
        flow = flow_of(service, case)
        assert flow is not None
        numbered = flow.step(StepKind(step.kind.value), step.number)
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


def _note(catalogue: Catalogue, facts: Mapping[str, Any]) -> Row:
    """Return what the regulation does not number: moves, terms, other offices, answers that decide nothing."""
    if REGISTERED in facts:
        return {"title": _("The application is registered at the desk")}
    if "late-step" in facts:
        late = _("The deadline of step %(number)s has passed", number=facts["late-step"])
        return {"title": late, "text": _office(catalogue, facts["office"]) if "office" in facts else ""}
    if "extended" in facts:
        return {"title": _("New deadline of the step: %(moment)s", moment=moment(facts["until"]))}
    if "redirected-to" in facts:
        before, after = (_office(catalogue, facts[f"redirected-{way}"]) for way in ("from", "to"))
        return {"title": _("The application was sent on: %(before)s → %(after)s", before=before, after=after)}
    if COURIER_REGISTER in facts or "register" in facts:
        return courier_note(facts) if COURIER_REGISTER in facts else _answered(facts)
    row: Row = {"title": verb_words(str(facts.get("verb") or Verb.INFORM))}
    if facts.get("documents") == CheckResult.FAILED:
        row |= {"outcome": _("Failed"), "colour": "red"}
    return row


def _answered(facts: Mapping[str, Any]) -> Row:
    """Return what came of a question to a state database that decides no condition."""
    register = str(facts["register"])
    row: Row = {"title": _(REGISTERS.get(register, register))}
    if facts.get("code"):
        word, colour = OUTCOMES[Outcome.UNDETERMINED]
        return row | {"outcome": _(word), "colour": colour, "text": silence_text(facts)}
    if facts.get("found"):
        return row | {"outcome": _("Data obtained"), "colour": "green"}
    return row | {"outcome": _("No data"), "colour": "red"}


def _office(catalogue: Catalogue, office: str) -> str:
    return spoken(catalogue.office(office).name)
