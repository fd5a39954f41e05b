"""What the portal's pages say of an application: its state, its numbered steps, its notices, its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.catalogue.flow import StepRef
from gateway.catalogue.form import FormField
from gateway.catalogue.kinds import documents_of, fields_of, kind_of, kind_question
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.procedure import Procedure
from gateway.catalogue.terms import Channel, StepKind
from gateway.eds.codes import ROWS, Code
from gateway.flows.applications import ApplicationRow, State, WholeApplication
from gateway.flows.beside_steps import SUPPLEMENT_NOT_TAKEN
from gateway.flows.outcomes import Notice
from gateway.flows.signed import SIGNED_DOCUMENT
from gateway.flows.steps import steps_of
from gateway.flows.supplement_rows import SupplementState
from gateway.flows.supplements import NOT_SENT, SENT
from gateway.journal import Event, Kind, Outcome, Step
from gateway.texts import Language, Text, places_of
from gateway.web.answers import shown_answer
from gateway.web.dates import day, moment
from gateway.web.tags import Tag
from gateway.web.translation import gettext as _
from gateway.web.translation import language, mark, spoken

_STATES = {
    State.DRAFT: (mark("Being filled in"), "grey"),
    State.READY: (mark("Ready to be signed"), "yellow"),
    State.HELD: (mark("Waiting for the check of the EDS"), "orange"),
    State.ACCEPTED: (mark("Accepted, on its way to the provider"), "light-blue"),
    State.REGISTERED: (mark("Registered, being worked on"), "blue"),
    State.NOT_REGISTERED: (mark("Not registered by the provider"), "red"),
    State.NOT_CONFIRMED: (mark("Refused: EDS not confirmed"), "red"),
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
_NOTES = {
    ("handed over", Outcome.DONE): mark("Handed over to the e-government gateway"),
    ("handed over", Outcome.FAILED): mark("Not yet handed over: the staff have been told"),
    ("submission not taken", Outcome.FAILED): mark(
        "The application did not reach the provider whole and was not registered"
    ),
    (SENT, Outcome.DONE): mark("You signed and sent the documents that the provider asked for"),
    (NOT_SENT, Outcome.FAILED): mark("The documents were not sent: the signature was not confirmed"),
    ("supplement handed over", Outcome.DONE): mark("The documents were handed over to the e-government gateway"),
    ("supplement handed over", Outcome.FAILED): mark(
        "The documents were not yet handed over: the staff have been told"
    ),
    (SUPPLEMENT_NOT_TAKEN, Outcome.FAILED): mark("The provider could not take the documents"),
    ("result not accepted", Outcome.FAILED): mark("A result that could not be trusted was not accepted"),
}


_SUPPLEMENTS = {
    SupplementState.OPEN: (mark("The provider waits for documents from you"), "orange"),
    SupplementState.READY: (mark("The provider waits for documents from you"), "orange"),
    SupplementState.HELD: (mark("Documents signed, waiting for the check of the EDS"), "orange"),
    SupplementState.SENT: (mark("Documents sent to the provider"), "light-blue"),
    SupplementState.PRESENTED: (mark("The provider has the documents"), "green"),
    SupplementState.LAPSED: (mark("The term for the documents is over"), "red"),
}


def supplement_tag(state: SupplementState) -> Tag:
    """Return where what is presented after the application stands, as people read it."""
    text, colour = _SUPPLEMENTS[state]
    return Tag(_(text), colour)


def state_tag(state: State) -> Tag:
    """Return the state of an application as people read it."""
    text, colour = _STATES[state]
    return Tag(_(text), colour)


def timeline(service: Service, application: ApplicationRow, trail: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the numbered steps with the act's own words for the macro `timeline`."""
    kind = kind_of(service, application.fields)
    return [row for event in trail if (row := _step(service, kind, event)) is not None]


def _step(service: Service, kind: str | None, event: Event) -> dict[str, Any] | None:
    step = event.step
    text, colour = _OUTCOMES[step.outcome]
    row = {"moment": event.at, "outcome": _(text), "colour": colour}
    reason = _reason(step.facts, step.outcome)
    if step.kind is Kind.NOTE:
        note = _NOTES.get((str(step.facts.get("step")), step.outcome))
        return None if note is None else {"moment": event.at, "title": _(note)}
    try:
        if step.kind is Kind.PROCEDURE:
            return row | _procedure_step(service.procedure(Channel.PORTAL, kind), step)
        flow = service.flow(Channel.PORTAL, kind)
        found = flow.step(StepKind(step.kind.value), step.number)
    except KeyError:
        return None
    wording = f"{spoken(found.text)}. {reason}" if reason else spoken(found.text)
    title = spoken(flow.label(found))
    if step.facts.get("on") == SIGNED_DOCUMENT:
        title = _("%(step)s, on the signed application", step=title)
    return row | {"title": title, "text": wording}


def _procedure_step(procedure: Procedure, step: Step) -> dict[str, str]:
    """Name a step of the provider, which only ever ends done, or the condition that the applicant must fulfil."""
    if step.outcome is Outcome.DONE:
        title = _("Provider, action %(num)s", num=step.number)
        return {"title": title, "text": spoken(procedure.step(step.number).text)}
    title = _("Provider, condition %(num)s", num=step.number)
    return {"title": title, "text": spoken(procedure.step(step.number, "condition").text)}


def _reason(facts: Mapping[str, Any], outcome: Outcome) -> str:
    if outcome in (Outcome.DONE, Outcome.PASSED):
        return ""
    try:
        return spoken(ROWS[Code(str(facts.get("code")))].text)
    except ValueError:
        return ""


def notice_words(catalogue: Catalogue, service: Service, application: ApplicationRow, notice: Notice) -> str:
    """Return the notification that the act prescribes after a step, with its dates; what came, where it has none."""
    stated = _stated_notification(service, notice.after)
    office = catalogue.office(application.office)
    due = notice.result_due or application.result_due
    facts: dict[str, Text | str] = {
        "address": office.address,
        "contacts": office.phone,
        "registration_date": day(notice.at),
    }
    if notice.pick_up is not None:
        how = steps_of(service, application).result.hand_over
        place = office.pick_up_place if how is None else office.place_to_receive(service.id, how)
        english = place.en if place.kk == notice.pick_up.place.kk else notice.pick_up.place.ru
        facts |= {
            "result_date": day(notice.pick_up.day),
            "result_time": notice.pick_up.time.strftime("%H:%M"),
            "place": Text(notice.pick_up.place.kk, notice.pick_up.place.ru, english),
        }
    elif due is not None:
        facts |= {"result_date": day(due), "result_time": moment(due)[-5:]}
    if stated is not None and notice.message is not None and not places_of(stated.kk):
        # Words that the act gives whole may have been put in the provider's own, with what there is to add.
        stated = stated if stated.kk == notice.message.kk else None
    if stated is not None and places_of(stated.kk) <= facts.keys():
        return spoken(stated).format(**{name: spoken(value) for name, value in facts.items()})
    if notice.message is None:
        return ""
    return spoken(Text(notice.message.kk, notice.message.ru, notice.message.ru))


def _stated_notification(service: Service, after: str) -> Text | None:
    try:
        step = StepRef.parse(after)
    except ValueError:
        return None
    notification = service.notification(step)
    return None if notification is None else notification.message


def shown_value(field: FormField, value: str) -> str:
    """Return an answer as the applicant reads it."""
    return shown_answer(field, value, consent=(_("Yes"), _("No")))


def answer_rows(
    service: Service, application: WholeApplication, *, form: str | None = None, documents: str | None = None
) -> list[dict[str, str]]:
    """Return the answers for the macro `answers`; `form` and `documents` are where they can be changed."""
    kind = kind_of(service, application.fields)
    rows = [
        {"key": _("Applicant"), "value": application.applicant_name},
        {"key": _("IIN or BIN"), "value": str(application.applicant)},
    ]
    for field in fields_of(service, kind):
        row = {"key": spoken(field.label), "value": shown_value(field, application.fields.get(field.id, ""))}
        if form:
            own_step = field == kind_question(service)
            row["href"] = f"{form.removesuffix('/form')}/kind" if own_step else f"{form}#{field.id}"
        rows.append(row)
    attached = {attachment.document: attachment for attachment in application.attachments}
    for document in documents_of(service, kind):
        attachment = attached.get(document.id)
        if attachment is None and document.when is not None:
            continue
        value = f"{attachment.name} ({size_words(attachment.size)})" if attachment else _("Not attached")
        row = {"key": spoken(document.title), "value": value}
        if documents:
            row["href"] = f"{documents}#{document.id}"
        rows.append(row)
    return rows


def size_words(size: int) -> str:
    """Return a size as people read it."""
    if size < 1024 * 1024:
        return _("%(num)s KB", num=max(1, round(size / 1024)))
    return _("%(num)s MB", num=_decimal(size / 1024 / 1024))


def _decimal(number: float) -> str:
    """Return one digit after the comma, which English writes as a point."""
    written = f"{number:.1f}"
    return written if language() is Language.EN else written.replace(".", ",")
