"""The model of a service: what the act fixes, every fact with its lines, and what is assumed where the act is silent.

A service file holds one regulation. Its Kazakh wording is the act's; Russian and English are translations of ours and
`wording` says so. A regulation with several procedures or flows (such as `foreign-labour-permit`) lists them side by
side, each with its own id and channels.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from gateway.catalogue.form import DocumentKind, FormField
from gateway.catalogue.terms import (
    ApplicantKind,
    Channel,
    Check,
    Duration,
    HandOver,
    Identifier,
    LinesOf,
    NoticeFact,
    Outcome,
    Party,
    Role,
    ServiceForm,
    StepKind,
    Strict,
    Verb,
    Wording,
)
from gateway.texts import Text


class StepRef(NamedTuple):
    """The name of a step inside one flow, such as process 4."""

    kind: StepKind
    number: int

    @classmethod
    def parse(cls, value: object) -> StepRef:
        """Read `process 4`; raises `ValueError`."""
        if isinstance(value, StepRef):
            return value
        kind, _, number = str(value).partition(" ")
        if kind not in tuple(StepKind) or not number.isdecimal():
            raise ValueError("expected the name of a step, such as `process 4`")
        return cls(StepKind(kind), int(number))

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


StepName = Annotated[StepRef, PlainValidator(StepRef.parse), PlainSerializer(str)]


class Cited(Strict):
    """A wording of the act with the lines where it stands.

    `as_printed` gives the source's own order of words where its printing misplaced a reference and the wording puts it
    back.
    """

    text: Wording
    lines: LinesOf
    as_printed: str | None = None


class FlowStep(Cited):
    """One numbered process or condition of a flow."""

    kind: StepKind
    number: Annotated[int, Field(ge=1, le=20)]
    party: Party
    check: Check | None = None
    on_fail: StepName | None = None
    on_pass: StepName | None = None
    terminal: bool = False
    hand_over: HandOver | None = None
    ground: Identifier | None = None
    """The ground of refusal (`gateway.results`) that stands for this condition's failure at the provider."""

    @property
    def ref(self) -> StepRef:
        """Return the step's name inside its flow."""
        return StepRef(self.kind, self.number)

    @property
    def text_kk(self) -> str:
        """Return the act's own wording."""
        return self.text.kk

    @model_validator(mode="after")
    def _condition_decides(self) -> Self:
        if (self.kind is StepKind.CONDITION) != (self.check is not None and self.on_fail is not None):
            raise ValueError("expected check and on_fail for a condition, and neither for a process")
        if (self.ground is not None) != (self.kind is StepKind.CONDITION and self.party is Party.DESK):
            raise ValueError("expected a ground of refusal for a condition of the desk, and for no other step")
        return self


class FlowWords(Strict):
    """What the act calls the two kinds of steps (the acts say үдеріс or процесс)."""

    process: Wording
    condition: Wording


class Flow(Strict):
    """The numbered flow of one channel."""

    id: Identifier
    channel: Channel
    lines: LinesOf
    words: FlowWords
    registration: Cited
    steps: Annotated[tuple[FlowStep, ...], Field(min_length=1)]

    def step(self, kind: StepKind, number: int) -> FlowStep:
        """Return the step of this kind and number; raises `KeyError`."""
        for step in self.steps:
            if step.kind is kind and step.number == number:
                return step
        raise KeyError(f"{kind} {number}")

    def condition(self, check: Check) -> FlowStep | None:
        """Return the first condition that is decided by `check`, if the flow has one."""
        return next((step for step in self.steps if step.check is check), None)

    def label(self, step: FlowStep) -> Text:
        """Return what the act calls the step, such as «4-үдеріс»."""
        word = self.words.process if step.kind is StepKind.PROCESS else self.words.condition
        return Text(f"{step.number}-{word.kk}", f"{word.ru} {step.number}", f"{word.en} {step.number}")

    @model_validator(mode="after")
    def _numbers_run_on(self) -> Self:
        for kind in StepKind:
            numbers = [step.number for step in self.steps if step.kind is kind]
            if numbers != list(range(1, len(numbers) + 1)):
                raise ValueError(f"expected {kind} numbers that run on from 1, found {numbers}")
        known = {step.ref for step in self.steps}
        for step in self.steps:
            for target in (step.on_fail, step.on_pass):
                if target is not None and target not in known:
                    raise ValueError(f"expected a step of this flow, found {target} at {step.ref}")
        return self


class Action(Strict):
    """One action of a procedure step, with the role that may do it."""

    verb: Verb
    role: Role


class ProcedureStep(Cited):
    """One step inside the provider, with its duration and the actions it joins."""

    number: Annotated[int, Field(ge=1, le=30)]
    role: Role
    duration: Duration
    outcome: Cited | None = None
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]


class Procedure(Strict):
    """The steps inside the provider for some channels."""

    id: Identifier
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    paragraph: Annotated[int, Field(ge=1)]
    lines: LinesOf
    steps: Annotated[tuple[ProcedureStep, ...], Field(min_length=1)]

    def step(self, number: int) -> ProcedureStep:
        """Return the step of this number; raises `KeyError`."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(number)

    @model_validator(mode="after")
    def _numbers_run_on(self) -> Self:
        numbers = [step.number for step in self.steps]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"expected step numbers that run on from 1, found {numbers}")
        return self


class Route(Strict):
    """The gateways an application passes from the channels to the desk."""

    channel: Channel
    path: Annotated[tuple[Literal["shep", "rshep"], ...], Field(min_length=1)]
    lines: LinesOf


class Total(Strict):
    """A total term of the service that the act states for a channel."""

    channel: Channel
    duration: Duration
    lines: LinesOf


class ResultKind(Strict):
    """A document in which the service may end; its wording is a template of `gateway.results`."""

    id: Identifier
    outcome: Outcome
    title: Wording
    grounds: tuple[Identifier, ...] = ()
    """The grounds of refusal (`gateway.results`) beside those of the conditions; assumed, the Standard fixes them."""
    lines: LinesOf


class Notification(Cited):
    """A notification that the act prescribes, and when."""

    id: Identifier
    after: StepName
    states: tuple[NoticeFact, ...]
    message: Wording


class Reading(Strict):
    """A contradiction or a gap of the act, with the lines, and how it is read here."""

    lines: tuple[LinesOf, ...]
    question: str
    answer: str


class Provider(Cited):
    """The body that decides; in some acts one body, in others one in each city and district."""


class Consent(Cited):
    """The consent to use data that the law protects."""


class ChannelEntry(Strict):
    """A channel that the act opens."""

    channel: Channel
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


class Repeal(Strict):
    """The decision that ended the act."""

    on: str
    text: Wording
    lines: LinesOf

    @property
    def day(self) -> date:
        """Return the date of the repealing decision."""
        return date.fromisoformat(self.on)


class Act(Strict):
    """A regulation's act: who made it, its number, and the file of the reference that its lines count."""

    id: Identifier
    title: Wording
    body: Wording
    number: str
    date: str
    source: str
    lines: LinesOf
    repealed: Repeal | None = None


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
    provider: Provider
    channels: Annotated[tuple[ChannelEntry, ...], Field(min_length=1)]
    forms: tuple[FormEntry, ...]
    applicants: Applicants
    consent: Consent | None = None
    start: Cited
    totals: tuple[Total, ...] = ()
    routes: tuple[Route, ...]
    flows: tuple[Flow, ...]
    procedures: tuple[Procedure, ...]
    form: tuple[FormField, ...]
    documents: tuple[DocumentKind, ...] = ()
    results: Annotated[tuple[ResultKind, ...], Field(min_length=1)]
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

    def flow(self, channel: Channel) -> Flow:
        """Return the flow of a channel; raises `KeyError` when the service has none."""
        for flow in self.flows:
            if flow.channel is channel:
                return flow
        raise KeyError(channel)

    def procedure(self, channel: Channel) -> Procedure:
        """Return the provider's procedure for a channel; raises `KeyError` when the service has none."""
        for procedure in self.procedures:
            if channel in procedure.channels:
                return procedure
        raise KeyError(channel)

    def total(self, channel: Channel) -> Duration | None:
        """Return the total term that the act states for a channel, if it states one."""
        return next((total.duration for total in self.totals if total.channel is channel), None)

    def route(self, channel: Channel) -> Route:
        """Return the route of a channel; raises `KeyError` when none is given."""
        for route in self.routes:
            if route.channel is channel:
                return route
        raise KeyError(channel)

    def result(self, outcome: Outcome) -> ResultKind:
        """Return the document in which this outcome ends; raises `KeyError` when the service has none."""
        for result in self.results:
            if result.outcome is outcome:
                return result
        raise KeyError(outcome)

    def notification(self, after: StepRef) -> Notification | None:
        """Return the notification that the act prescribes after a step, if it does."""
        return next((notice for notice in self.notifications if notice.after == after), None)

    def document(self, kind_id: str) -> DocumentKind | None:
        """Return the document kind of this id, if the service has it."""
        return next((kind for kind in self.documents if kind.id == kind_id), None)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for name, ids in (
            ("form field", [field.id for field in self.form]),
            ("document", [kind.id for kind in self.documents]),
            ("result", [result.id for result in self.results]),
            ("flow", [flow.id for flow in self.flows]),
            ("procedure", [procedure.id for procedure in self.procedures]),
            ("channel", [entry.channel for entry in self.channels]),
        ):
            if len(ids) != len(set(ids)):
                raise ValueError(f"expected each {name} id once, found {ids}")
        return self
