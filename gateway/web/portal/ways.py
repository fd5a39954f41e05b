"""The ways to a service that its act opens, in words: channel, term, steps with their terms, receipts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.catalogue.flow import Flow
from gateway.catalogue.kinds import kind_field, kinds_on
from gateway.catalogue.model import ChannelEntry, Service
from gateway.catalogue.procedure import Procedure, ProcedureStep
from gateway.catalogue.terms import Channel, CountedFrom, ServiceForm, Unit
from gateway.web.durations import duration_words, term_words
from gateway.web.translation import gettext as _
from gateway.web.translation import mark, spoken

_CHANNELS = {
    Channel.PORTAL: mark("The portal"),
    Channel.CORPORATION: mark("State Corporation"),
    Channel.PROVIDER_OFFICE: mark("Office of the provider"),
    Channel.RURAL_AKIM: mark("Akim of the rural district"),
}
_FORMS = {
    ServiceForm.ELECTRONIC_FULL: mark("electronic (fully automated)"),
    ServiceForm.ELECTRONIC_PARTIAL: mark("electronic (partially automated)"),
    ServiceForm.ELECTRONIC: mark("electronic"),
    ServiceForm.PAPER: mark("on paper"),
}
_MINUTES = {
    Unit.MINUTES: 1,
    Unit.HOURS: 60,
    Unit.WORKING_DAYS: 540,
    Unit.CALENDAR_DAYS: 1440,
    Unit.MONTHS: 43_200,
}
"""What a unit weighs when two terms are compared; a term is never written so."""


@dataclass(frozen=True, slots=True)
class TermOf:
    """A term of a kind of the service (or of all), in words; `stated` by the act as a whole, else added up."""

    kind: str
    text: str
    stated: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as the page shows it."""

    channel: Channel
    title: str
    restriction: str
    terms: tuple[TermOf, ...]
    procedures: tuple[tuple[str, list[dict[str, Any]]], ...]
    """The title of each procedure, empty where it has none, and its steps for the macro `timeline`."""
    receipts: tuple[str, ...]


def channel_words(channel: Channel) -> str:
    """Name a channel."""
    return _(_CHANNELS[channel])


def form_words(form: ServiceForm) -> str:
    """Name a form in which a service is provided."""
    return _(_FORMS[form])


def way_of(service: Service, entry: ChannelEntry) -> Way:
    """Return a channel that is not the portal, with the provider's steps and what is given at the counter."""
    channel = entry.channel
    return Way(
        channel=channel,
        title=channel_words(channel),
        restriction=spoken(entry.only.text) if entry.only is not None else "",
        terms=terms_of(service, channel),
        procedures=_procedures(service, channel),
        receipts=tuple(spoken(one.text) for one in service.receipts if channel in one.channels),
    )


def portal_ways(service: Service) -> dict[str, Any] | None:
    """Return what the act states of the portal: its flows, the provider's steps with their terms, the whole term."""
    if not service.opens(Channel.PORTAL):
        return None
    flows = [flow for flow in service.flows if flow.channel is Channel.PORTAL]
    return {
        "flows": [(_flow_title(service, flow), _flow_steps(flow)) for flow in flows],
        "terms": terms_of(service, Channel.PORTAL),
        "procedures": _procedures(service, Channel.PORTAL),
    }


def terms_of(service: Service, channel: Channel) -> tuple[TermOf, ...]:
    """Return the terms of a channel: the total that the act states, else its steps' terms added up, kind by kind."""
    kinds: tuple[str | None, ...] = kinds_on(service, channel) or (None,)
    terms = []
    for kind in kinds:
        total = service.total(channel, kind)
        try:
            text = term_words(total) if total is not None else _added_up(service, channel, kind)
        except KeyError:
            continue
        terms.append(TermOf(_kind_words(service, kind), text, total is not None))
    if len({(term.text, term.stated) for term in terms}) == 1:
        return (TermOf("", terms[0].text, terms[0].stated),)
    return tuple(terms)


def _added_up(service: Service, channel: Channel, kind: str | None) -> str:
    """Add the steps' terms up, unit by unit, as `result_due` does on the calendar."""
    sums: dict[Unit, int] = {}
    for term in service.procedure(channel, kind).terms_that_add_up(channel, kind):
        if term.counted_from is CountedFrom.STEP:
            sums[term.unit] = sums.get(term.unit, 0) + term.value
        elif _weight(sums) < _weight({term.unit: term.value}):
            sums = {term.unit: term.value}
    order = list(_MINUTES)
    return " + ".join(
        duration_words(value, unit) for unit, value in sorted(sums.items(), key=lambda one: -order.index(one[0]))
    )


def _weight(sums: dict[Unit, int]) -> int:
    return sum(_MINUTES[unit] * value for unit, value in sums.items())


def _procedures(service: Service, channel: Channel) -> tuple[tuple[str, list[dict[str, Any]]], ...]:
    return tuple(
        (_procedure_title(service, procedure), _procedure_steps(service, procedure, channel))
        for procedure in service.procedures
        if channel in procedure.channels and _open(service, channel, procedure.kinds)
    )


def _open(service: Service, channel: Channel, kinds: Iterable[str]) -> bool:
    named = set(kinds)
    return not named or bool(named & set(kinds_on(service, channel)))


def _procedure_title(service: Service, procedure: Procedure) -> str:
    if procedure.title is not None:
        return spoken(procedure.title.text)
    return ", ".join(_kind_words(service, kind) for kind in procedure.kinds)


def _procedure_steps(service: Service, procedure: Procedure, channel: Channel) -> list[dict[str, Any]]:
    kind = procedure.kinds[0] if len(procedure.kinds) == 1 else None
    steps = []
    for step in procedure.path(channel):
        term = step.term(channel, kind)
        title = ", ".join([term_words(term), *_other_terms(service, step, channel, kind)])
        number = step.number if step.kind == "step" else None
        steps.append({"title": title, "text": spoken(step.text), "number": number})
    return steps


def _other_terms(service: Service, step: ProcedureStep, channel: Channel, kind: str | None) -> Iterable[str]:
    """Return the terms that a kind of the service or an event changes, each with its kind or event in words."""
    for term in step.terms:
        if term.channel not in (None, channel):
            continue
        words = term_words(term.duration)
        if term.text is not None:
            yield f"{spoken(term.text)} – {words}"
        elif term.kind is not None and term.kind != kind and term.kind in kinds_on(service, channel):
            yield f"{_kind_words(service, term.kind)} – {words}"


def _flow_title(service: Service, flow: Flow) -> str:
    return ", ".join(_kind_words(service, kind) for kind in flow.kinds)


def _flow_steps(flow: Flow) -> list[dict[str, Any]]:
    steps = [] if flow.registration is None else [{"title": _("Registration"), "text": spoken(flow.registration.text)}]
    return steps + [{"title": spoken(flow.label(step)), "text": spoken(step.text)} for step in flow.steps]


def _kind_words(service: Service, kind: str | None) -> str:
    field = kind_field(service)
    choices = field.choices if field is not None else ()
    return next((spoken(choice.label) for choice in choices if choice.id == kind), "")
