"""A channel's steps, read off the flow that the act gives a service: processes and conditions, or plain actions.

Most acts number processes and conditions (Karaganda act, lines 1365-1404). Three flows are plain lists: permits for
foreign labour (lines 3901-3968) and the registration of a birth (Almaty region, lines 156-171). A list has no condition
and no branch for a certificate that is not confirmed. None is invented: the signature is verified before the request is
sent, and what fails is not sent (the readings of both services).

Of what comes back from the desk the same is asked on every channel (`desk_steps`). The State Corporation has numbered
flows for some services and the procedure alone for the others, whose events stand under the flow `corporation`.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue.flow import Flow, FlowStep
from gateway.catalogue.kinds import kind_of
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel, Check, Party, StepKind, is_for
from gateway.flows.applications import ApplicationRow
from gateway.flows.errors import FlowCode, FlowError

CORPORATION = "corporation"
"""The flow of the State Corporation's events where the act numbers none."""


@dataclass(frozen=True, slots=True)
class DeskSteps:
    """Which step of an application's flow is which, of those that the provider's desk tells of."""

    flow: str
    """The flow's id."""
    registration: FlowStep | None
    """Where the provider takes the application in; none where the act numbers nothing."""
    examination: FlowStep | None
    """The condition that the provider decides."""
    refusal: FlowStep | None
    """The refusal because that condition failed."""
    result: FlowStep | None
    """How the result is handed over."""


@dataclass(frozen=True, slots=True)
class PortalSteps:
    """Which step of a flow is which; the numbers in the names are those of the flows of processes."""

    flow: str
    """The flow's id."""
    before: tuple[FlowStep, ...]
    """The actions before the form: registering on the portal, selecting the service. None in flows of processes."""
    form: FlowStep
    """Process 3: the service is chosen, the form filled in, the documents attached, the certificate chosen."""
    certificate: FlowStep | None
    """Condition 2: the applicant's ЭЦҚ certificate."""
    not_confirmed: FlowStep | None
    """Process 4: the refusal because the ЭЦҚ is not confirmed."""
    sending: FlowStep
    """Process 5: the application is certified and sent. A list may have the form in the same action."""
    registration: FlowStep
    """Process 6: the provider registers it."""
    examination: FlowStep | None
    """Condition 3: the provider checks the documents, or the data of the state."""
    refusal: FlowStep | None
    """Process 7: the refusal because condition 3 failed."""
    result: FlowStep
    """Process 8: the applicant receives the result."""

    @property
    def are_actions(self) -> bool:
        """Whether the act gives the flow as a list of actions."""
        return self.form.kind is StepKind.ACTION

    @property
    def at_the_desk(self) -> DeskSteps:
        """What the desk tells of."""
        return DeskSteps(self.flow, self.registration, self.examination, self.refusal, self.result)


def portal_flow(service: Service, kind: str | None) -> Flow:
    """Return the portal's flow for a kind of a service; raises `FlowError` when the act gives none."""
    try:
        return service.flow(Channel.PORTAL, kind)
    except KeyError:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id} has no portal flow for {kind}") from None


def numbers_sign_in(service: Service) -> bool:
    """Tell whether the portal's flow of a service begins with signing in (process 1 and condition 1)."""
    flows = [flow for flow in service.flows if flow.channel is Channel.PORTAL]
    return any(flow.condition(Check.CREDENTIALS) is not None for flow in flows)


def portal_steps(service: Service, kind: str | None) -> PortalSteps:
    """Return the steps of the portal's flow; raises `FlowError` for a flow that cannot be worked."""
    flow = portal_flow(service, kind)
    try:
        if all(step.kind is StepKind.ACTION for step in flow.steps):
            return _of_actions(flow)
        return _of_processes(flow)
    except KeyError as error:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id}: {error.args[0]}") from error


def steps_of(service: Service, application: ApplicationRow) -> PortalSteps:
    """Return the steps for an application's kind of its service; raises `FlowError` as `portal_steps` does."""
    return portal_steps(service, kind_of(service, application.fields))


def desk_steps(service: Service, application: ApplicationRow) -> DeskSteps:
    """Return the steps that the desk tells of, on the application's channel; raises as `steps_of` does."""
    if application.channel is not Channel.CORPORATION:
        return steps_of(service, application).at_the_desk
    flow = sent_flow(service, kind_of(service, application.fields))
    if flow is None:
        return DeskSteps(CORPORATION, None, None, None, None)
    last = next((step for step in flow.steps if step.hand_over is not None), None)
    return DeskSteps(
        flow=flow.id,
        registration=flow.registration_step(),
        examination=flow.examination_step(),
        refusal=flow.refusal_step(),
        result=last,
    )


def sent_flow(service: Service, kind: str | None) -> Flow | None:
    """Return the State Corporation's flow in which an application comes to the desk, if the act numbers one.

    Of two flows it is the second: the intake ends with the receipt, and the desk knows the other one (Almaty region,
    lines 137-182).
    """
    flows = [flow for flow in service.flows if flow.channel is Channel.CORPORATION and is_for(flow.kinds, kind)]
    return next((flow for flow in flows if any(step.party is Party.DESK for step in flow.steps)), None)


def _of_processes(flow: Flow) -> PortalSteps:
    entry, certificate = flow.condition(Check.CREDENTIALS), flow.condition(Check.CERTIFICATE)
    examination, refusal = flow.examination_step(), flow.refusal_step()
    if entry is None or certificate is None or examination is None or refusal is None:
        raise KeyError(f"{flow.id} lacks a condition of the portal's flow")
    return PortalSteps(
        flow=flow.id,
        before=(),
        form=_passed(flow, entry),
        certificate=certificate,
        not_confirmed=_failed(flow, certificate),
        sending=_passed(flow, certificate),
        registration=flow.registration_step(),
        examination=examination,
        refusal=refusal,
        result=flow.result_step(),
    )


def _of_actions(flow: Flow) -> PortalSteps:
    """Of the portal's own actions the last is the sending; the form is the one before it, where there is one."""
    own = [step for step in flow.steps if step.party is Party.CHANNELS]
    if not own:
        raise KeyError(f"{flow.id} has no action of the portal")
    *before, sending = own
    form = before.pop() if before else sending
    return PortalSteps(
        flow=flow.id,
        before=tuple(before),
        form=form,
        certificate=None,
        not_confirmed=None,
        sending=sending,
        registration=flow.registration_step(),
        examination=None,
        refusal=None,
        result=flow.result_step(),
    )


def _passed(flow: Flow, condition: FlowStep) -> FlowStep:
    if condition.on_pass is None:
        raise KeyError(f"{flow.id}: {condition.ref} leads nowhere when it passes")
    return flow.step(*condition.on_pass)


def _failed(flow: Flow, condition: FlowStep) -> FlowStep:
    if condition.on_fail is None:
        raise KeyError(f"{flow.id}: {condition.ref} leads nowhere when it fails")
    return flow.step(*condition.on_fail)
