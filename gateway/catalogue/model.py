"""The model of a service: what the act fixes, every fact with its lines, and what is assumed where the act is silent.

A service file holds one regulation. Its Kazakh wording is the act's; Russian and English are translations of ours and
`wording` says so. A regulation with several procedures or flows (such as `foreign-labour-permit`) lists them side by
side, each with its own id and channels.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gateway.catalogue.acceptance import PowerOfAttorney, Queue, Receipt, Representation
from gateway.catalogue.citation import Cited
from gateway.catalogue.flow import Flow, StepName, StepRef
from gateway.catalogue.form import DocumentKind, DocumentWhen, FieldType, FormField
from gateway.catalogue.procedure import Procedure
from gateway.catalogue.result import Ground, ResultKind
from gateway.catalogue.terms import (
    ApplicantKind,
    Channel,
    Duration,
    HandOver,
    Identifier,
    LinesOf,
    NoticeFact,
    Outcome,
    ServiceForm,
    Strict,
    Wording,
    is_for,
)
from gateway.texts import Text


class Route(Strict):
    """The gateways an application passes from the channels to the desk."""

    channel: Channel
    path: Annotated[tuple[Literal["shep", "rshep"], ...], Field(min_length=1)]
    lines: LinesOf
    assumed: bool = False
    """The act names no gateway; the lines are those of the sending."""


class Total(Strict):
    """A total term of the service that the act states for a channel, for some of its kinds where they differ."""

    channel: Channel
    kinds: tuple[Identifier, ...] = ()
    duration: Duration
    lines: LinesOf


class Notification(Cited):
    """A notification that the act prescribes, and after which step of the channel's flow."""

    id: Identifier
    channel: Channel = Channel.PORTAL
    after: StepName
    states: tuple[NoticeFact, ...]
    message: Wording


class Reading(Strict):
    """A contradiction or a gap of the act, with the lines, and how it is read here."""

    lines: tuple[LinesOf, ...]
    question: str
    answer: str


class Provider(Cited):
    """The body that decides: one body, or one in each city and district (`scope: many`)."""

    scope: Literal["one", "many"]


class Consent(Cited):
    """The consent to use data that the law protects."""


class Restriction(Cited):
    """Who alone may apply on a channel, or for which kinds of the service; `rule` is its name in code."""

    rule: Identifier
    applicants: tuple[ApplicantKind, ...] = ()
    kinds: tuple[Identifier, ...] = ()


class ChannelEntry(Strict):
    """A channel that the act opens."""

    channel: Channel
    lines: LinesOf
    only: Restriction | None = None


class HandOverRule(Strict):
    """How the result is handed over on a channel; for some outcomes or kinds of the service only, where it differs."""

    channel: Channel
    how: HandOver
    kinds: tuple[Identifier, ...] = ()
    lines: LinesOf


class ServiceKinds(Strict):
    """The kinds of a service between which the applicant chooses: the choices of a field of the form."""

    field: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    lines: LinesOf


class FormEntry(Strict):
    """A form in which the act provides the service."""

    form: ServiceForm
    lines: LinesOf


class Applicants(Strict):
    """Who may apply."""

    kinds: Annotated[tuple[ApplicantKind, ...], Field(min_length=1)]
    lines: LinesOf | None = None
    assumed: bool = False


class WordingNote(Strict):
    """Where each language's wording comes from."""

    kk: Literal["act"]
    ru: Literal["translation"]
    en: Literal["translation"]


class Service(Strict):
    """One of the regulated services."""

    id: Identifier
    number: Annotated[int, Field(ge=1)]
    act: Identifier
    lines: LinesOf
    wording: WordingNote
    title: Cited
    other_titles: tuple[Cited, ...] = ()
    """Titles that the act gives the service elsewhere, such as in its list."""
    provider: Provider
    channels: Annotated[tuple[ChannelEntry, ...], Field(min_length=1)]
    forms: tuple[FormEntry, ...]
    applicants: Applicants
    kinds: ServiceKinds | None = None
    consent: Consent | None = None
    start: Cited
    powers_of_attorney: tuple[PowerOfAttorney, ...] = ()
    queues: tuple[Queue, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    totals: tuple[Total, ...] = ()
    routes: tuple[Route, ...] = ()
    flows: tuple[Flow, ...] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(min_length=1)]
    form: tuple[FormField, ...]
    documents: tuple[DocumentKind, ...] = ()
    results: Annotated[tuple[ResultKind, ...], Field(min_length=1)]
    grounds: tuple[Ground, ...] = ()
    hand_overs: tuple[HandOverRule, ...] = ()
    notifications: tuple[Notification, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def titles(self) -> Text:
        """Return the title in the three languages."""
        return self.title.text

    @property
    def shep_service_id(self) -> str:
        """Return the asynchronous service id on ЭҮШ, such as QYZMET_UNEMPLOYED_CERTIFICATE."""
        return "QYZMET_" + self.id.upper().replace("-", "_")

    @property
    def portal_flow(self) -> Flow:
        """Return the portal's flow; raises `KeyError` when the service has none."""
        return self.flow(Channel.PORTAL)

    def opens(self, channel: Channel) -> bool:
        """Tell whether the act opens a channel."""
        return any(entry.channel is channel for entry in self.channels)

    def flow(self, channel: Channel, kind: str | None = None) -> Flow:
        """Return the flow of a channel for a kind of the service; raises `KeyError` when there is none."""
        for flow in self.flows:
            if flow.channel is channel and is_for(flow.kinds, kind):
                return flow
        raise KeyError(channel)

    def procedure(self, channel: Channel, kind: str | None = None) -> Procedure:
        """Return the procedure for a channel and a kind of the service; raises `KeyError` when there is none."""
        for procedure in self.procedures:
            if channel in procedure.channels and is_for(procedure.kinds, kind):
                return procedure
        raise KeyError(channel)

    def total(self, channel: Channel, kind: str | None = None) -> Duration | None:
        """Return the total term that the act states for a channel and a kind of the service, if it states one."""
        for total in self.totals:
            if total.channel is channel and is_for(total.kinds, kind):
                return total.duration
        return None

    def route(self, channel: Channel) -> Route:
        """Return the route of a channel; raises `KeyError` when none is given."""
        for route in self.routes:
            if route.channel is channel:
                return route
        raise KeyError(channel)

    def result(self, outcome: Outcome, channel: Channel = Channel.PORTAL, kind: str | None = None) -> ResultKind:
        """Return the first document in which this outcome ends; raises `KeyError` when there is none."""
        for result in self.results_on(channel, kind):
            if result.outcome is outcome:
                return result
        raise KeyError(outcome)

    def results_on(self, channel: Channel, kind: str | None = None) -> tuple[ResultKind, ...]:
        """Return the documents in which the service may end on a channel, for a kind of it."""
        return tuple(one for one in self.results if is_for(one.channels, channel) and is_for(one.kinds, kind))

    def notification(self, after: StepRef, channel: Channel = Channel.PORTAL) -> Notification | None:
        """Return the notification that the act prescribes after a step of a channel's flow, if it does."""
        return next((one for one in self.notifications if one.channel is channel and one.after == after), None)

    def document(self, kind_id: str) -> DocumentKind | None:
        """Return the document kind of this id, if the service has it."""
        return next((kind for kind in self.documents if kind.id == kind_id), None)

    @property
    def kind_ids(self) -> tuple[str, ...]:
        """Return the kinds between which the applicant chooses; none for most services."""
        if self.kinds is None:
            return ()
        return next(tuple(choice.id for choice in one.choices) for one in self.form if one.id == self.kinds.field)

    @model_validator(mode="after")
    def _names_each_thing_once(self) -> Self:
        for name, ids in (
            ("form field", [field.id for field in self.form]),
            ("document", [kind.id for kind in self.documents]),
            ("result", [result.id for result in self.results]),
            ("ground", [ground.id for ground in self.grounds]),
            ("receipt", [receipt.id for receipt in self.receipts]),
            ("flow", [flow.id for flow in self.flows]),
            ("procedure", [procedure.id for procedure in self.procedures]),
            ("channel", [entry.channel for entry in self.channels]),
        ):
            if len(ids) != len(set(ids)):
                raise ValueError(f"expected each {name} id once, found {ids}")
        return self

    @model_validator(mode="after")
    def _speaks_of_its_own_channels(self) -> Self:
        own = {entry.channel for entry in self.channels}
        single: tuple[Route | Flow | Total | Queue | HandOverRule, ...] = (
            *self.routes,
            *self.flows,
            *self.totals,
            *self.queues,
            *self.hand_overs,
        )
        several: tuple[Procedure | Receipt | PowerOfAttorney | ResultKind, ...] = (
            *self.procedures,
            *self.receipts,
            *self.powers_of_attorney,
            *self.results,
        )
        named = {one.channel for one in single} | {channel for one in several for channel in one.channels}
        if strange := named - own:
            raise ValueError(f"expected channels that the service has, found {min(strange)}")
        worked = {channel for procedure in self.procedures for channel in procedure.channels}
        if idle := own - worked:
            raise ValueError(f"expected a procedure for each channel, found none for {min(idle)}")
        return self

    @model_validator(mode="after")
    def _has_representatives_whose_documents_it_asks_for(self) -> Self:
        of_them = [one.id for one in self.documents if one.when is DocumentWhen.REPRESENTATIVE]
        if of_them and all(one.rule is Representation.NONE for one in self.powers_of_attorney):
            raise ValueError(f"expected powers_of_attorney beside the document {of_them[0]} of a representative")
        return self

    @model_validator(mode="after")
    def _speaks_of_its_own_kinds(self) -> Self:
        if self.kinds is not None:
            field = next((one for one in self.form if one.id == self.kinds.field), None)
            if field is None or field.type is not FieldType.CHOICE:
                raise ValueError(f"expected a choice field {self.kinds.field} in the form, which chooses the kind")
        restrictions = [entry.only for entry in self.channels if entry.only is not None]
        narrowed: tuple[Total | Flow | Procedure | ResultKind | HandOverRule | Restriction, ...] = (
            *self.totals,
            *self.flows,
            *self.procedures,
            *self.results,
            *self.hand_overs,
            *restrictions,
        )
        named = {kind for one in narrowed for kind in one.kinds}
        steps = [step for procedure in self.procedures for step in procedure.steps]
        named |= {term.kind for step in steps for term in step.terms if term.kind is not None}
        named |= {kind for step in steps for action in step.actions for kind in action.kinds}
        named |= {kind for field in self.form for kind in field.kinds}
        named |= {kind for document in self.documents for kind in document.kinds}
        if strange := named - set(self.kind_ids):
            raise ValueError(f"expected kinds of the service, found {min(strange)}")
        return self

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        ids = {procedure.id for procedure in self.procedures}
        for procedure in self.procedures:
            for step in procedure.steps:
                if step.within is not None and step.within not in ids:
                    raise ValueError(f"expected a procedure of the service, found {step.within}")
                if strange := [one for one in step.documents if self.document(one) is None]:
                    raise ValueError(f"expected documents of the service, found {strange[0]}")
        if not any(result.outcome is Outcome.ISSUED for result in self.results):
            raise ValueError("expected a result with the outcome issued")
        return self
