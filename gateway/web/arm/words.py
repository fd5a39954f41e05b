"""What the workplace's pages say of an application: its state, its steps, its answers, what a state database said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.catalogue import FieldType, FormField, Service
from gateway.catalogue.form import Choice
from gateway.catalogue.kinds import fields_of, kind_of, kinds_on
from gateway.catalogue.terms import Channel, StepKind
from gateway.courier.notes import REGISTER, SENT, Carried
from gateway.exchange.acceptance import PowerKind, Representative
from gateway.exchange.courier_register import UNLISTED, Mark
from gateway.flows.answers import NOT_TAKEN, RESULT_RECEIVED
from gateway.flows.applications import ApplicationRow, State
from gateway.flows.arm.person import CONSENT_GIVEN, CONSENT_REFUSED, TAKEN_OVER
from gateway.flows.arm.procedure import DISPATCHED, HANDED_OVER, POWER_ASKED
from gateway.flows.arm.scanning import ACCEPTANCE_REFUSED
from gateway.flows.arm.sending import AWAITS_COURIER
from gateway.flows.signed import NOT_SENT
from gateway.journal import Event, Kind, Outcome, Step
from gateway.web.answers import shown_answer
from gateway.web.dates import day
from gateway.web.tags import Tag
from gateway.web.translation import gettext as _
from gateway.web.translation import mark, spoken

CHANNEL = Channel.CORPORATION
_STATES = {
    State.DRAFT: (mark("Being taken in"), "grey"),
    State.READY: (mark("To be signed"), "yellow"),
    State.HELD: (mark("Waits for the check of the EDS"), "orange"),
    State.ACCEPTED: (mark("Accepted, on its way"), "light-blue"),
    State.REGISTERED: (mark("At the provider"), "blue"),
    State.NOT_REGISTERED: (mark("Not registered by the provider"), "red"),
    State.NOT_CONFIRMED: (mark("Refused: EDS not confirmed"), "red"),
    State.NO_DATA: (mark("Data absent"), "red"),
    State.NOT_ACCEPTED: (mark("Not accepted"), "red"),
    State.REFUSED: (mark("Refused by the provider"), "red"),
    State.CANCELLED: (mark("The decision was cancelled"), "red"),
    State.ISSUED: (mark("Result is ready"), "green"),
}
_OUTCOMES = {
    Outcome.DONE: (mark("Done"), "green"),
    Outcome.PASSED: (mark("Passed"), "green"),
    Outcome.FAILED: (mark("Not passed"), "red"),
    Outcome.UNDETERMINED: (mark("Not decided"), "yellow"),
}


def state_tag(state: State) -> Tag:
    """Return the state of an application as operators read it."""
    text, colour = _STATES[state]
    return Tag(_(text), colour)


def asked_fields(service: Service, kind: str | None) -> tuple[FormField, ...]:
    """Return the fields that are typed, in the order of the paper form; a consent stands apart at its end."""
    return tuple(field for field in fields_of(service, kind) if field.type is not FieldType.CONSENT)


def choices_of(service: Service, field: FormField) -> tuple[Choice, ...]:
    """Return the answers that a field offers; of the kinds of the service those that the Corporation takes in."""
    if service.kinds is None or field.id != service.kinds.field:
        return field.choices
    return tuple(choice for choice in field.choices if choice.id in kinds_on(service, CHANNEL))


def answer_rows(
    service: Service, application: ApplicationRow, *, consented: bool, form: str = ""
) -> list[dict[str, str]]:
    """Return the answers of the form, each with the way to change it while it may be changed.

    A consent is no answer: it stands where the operator recorded it.
    """
    rows = []
    for field in fields_of(service, kind_of(service, application.fields)):
        value = application.fields.get(field.id, "")
        if field.type is FieldType.CONSENT:
            value = "true" if consented else ""
        shown = shown_answer(field, value, consent=(_("Given"), _("Not given")))
        rows.append({"key": spoken(field.label), "value": shown, "href": f"{form}#{field.id}" if form else ""})
    return rows


def representative_rows(representative: Representative | None) -> list[dict[str, str]]:
    """Return who acts for the applicant, and by what power of attorney."""
    if representative is None:
        return []
    power = representative.power
    kind = _("notarised") if power.kind is PowerKind.NOTARISED else _("not notarised")
    parts = [kind]
    if power.number:
        parts.append(_("No. %(number)s", number=power.number))
    if power.issued_on is not None:
        parts.append(_("of %(day)s", day=day(power.issued_on)))
    return [
        {"key": _("Representative"), "value": f"{representative.name}, {representative.iin}"},
        {"key": _("Power of attorney"), "value": ", ".join(parts)},
    ]


def timeline(service: Service, application: ApplicationRow, trail: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the steps of the flow and of the Corporation's procedure with the act's own words."""
    kind = kind_of(service, application.fields)
    return [row for event in trail if (row := _step(service, kind, event)) is not None]


def _step(service: Service, kind: str | None, event: Event) -> dict[str, Any] | None:
    step = event.step
    text, colour = _OUTCOMES[step.outcome]
    row = {"moment": event.at, "outcome": _(text), "colour": colour}
    if step.kind is Kind.NOTE and REGISTER in step.facts:
        return {"moment": event.at, "title": _courier_note(step)}
    if step.kind is Kind.NOTE:
        title = _note(step)
        return None if not title else {"moment": event.at, "title": title}
    try:
        if step.kind is Kind.PROCEDURE:
            found = service.procedure(CHANNEL, kind).step(step.number)
            return row | {"title": _("Procedure, action %(num)s", num=step.number), "text": spoken(found.text)}
        for flow in service.flows:
            if flow.id == step.flow:
                numbered = flow.step(StepKind(step.kind.value), step.number)
                return row | {"title": spoken(flow.label(numbered)), "text": spoken(numbered.text)}
    except KeyError:
        return None
    return None


_COURIER: dict[tuple[Carried, str], str] = {
    (Carried.PACKAGE, SENT): mark("The package was given to the courier with register %(number)s"),
    (Carried.PACKAGE, Mark.RECEIVED.value): mark("The provider received the package with register %(number)s"),
    (Carried.PACKAGE, Mark.MISSING.value): mark("The package was missing in register %(number)s at the provider"),
    (Carried.PACKAGE, UNLISTED): mark("The provider received the package beside register %(number)s"),
    (Carried.RESULT, Mark.RECEIVED.value): mark("The courier brought the result with register %(number)s"),
    (Carried.RESULT, Mark.MISSING.value): mark("The result was missing in register %(number)s"),
    (Carried.RESULT, UNLISTED): mark("The courier brought the result beside register %(number)s"),
}


def _courier_note(step: Step) -> str:
    """Return what a note says of a package's way with the courier."""
    number = str(step.facts[REGISTER])
    for (carried, said), words in _COURIER.items():
        if step.facts.get(carried) == said:
            return _(words, number=number)
    return _("Register %(number)s", number=number)


_HANDED_TO_THE_GATEWAY = "handed over"
_NOTES: dict[tuple[str, Outcome], str] = {
    (CONSENT_GIVEN, Outcome.DONE): mark("The applicant gave consent on the signed form"),
    (CONSENT_REFUSED, Outcome.FAILED): mark("The applicant refused consent"),
    (TAKEN_OVER, Outcome.DONE): mark("Another operator took the application over"),
    (ACCEPTANCE_REFUSED, Outcome.FAILED): mark("Acceptance was refused: documents are missing"),
    (ACCEPTANCE_REFUSED, Outcome.DONE): mark("Acceptance was refused: documents are missing"),
    (NOT_SENT, Outcome.FAILED): mark("Not sent: the operator's signature was not confirmed"),
    (AWAITS_COURIER, Outcome.DONE): mark("Signed, waits for the courier"),
    (DISPATCHED, Outcome.DONE): mark("The documents went to the provider"),
    (_HANDED_TO_THE_GATEWAY, Outcome.DONE): mark("Handed over to the e-government gateway"),
    (_HANDED_TO_THE_GATEWAY, Outcome.FAILED): mark("Not yet handed over to the gateway: the staff have been told"),
    (NOT_TAKEN, Outcome.FAILED): mark("The application did not reach the provider whole and was not registered"),
    (RESULT_RECEIVED, Outcome.DONE): mark("The result came from the provider"),
    (POWER_ASKED, Outcome.PASSED): mark("The power of attorney shown at the hand-over is in force"),
    (POWER_ASKED, Outcome.FAILED): mark("The power of attorney shown at the hand-over gives no right to the result"),
    (POWER_ASKED, Outcome.UNDETERMINED): mark("The power of attorney shown at the hand-over could not be checked"),
    (HANDED_OVER, Outcome.DONE): mark("The result was handed over to the applicant"),
}


def _note(step: Step) -> str:
    """Return what a note says; registration at the desk has no number where the act numbers no flow."""
    said = _NOTES.get((str(step.facts.get("step")), step.outcome))
    if said is None and step.facts.get("registered"):
        said = mark("The provider registered the application")
    return "" if said is None else _(said)
