"""The numbers of the portal flow's steps, read off the flow that the act gives a service."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue.flow import Flow, FlowStep
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel, Check, Party, StepKind
from gateway.flows.errors import FlowCode, FlowError


@dataclass(frozen=True, slots=True)
class PortalSteps:
    """What is process 3 to process 8, condition 2 and condition 3 in the two flows that the portal works."""

    form: FlowStep
    """Process 3: the service is chosen, the form filled in, the documents attached, the certificate chosen."""
    certificate: FlowStep
    """Condition 2: the applicant's ЭЦҚ certificate."""
    not_confirmed: FlowStep
    """Process 4: the refusal because the ЭЦҚ is not confirmed."""
    sending: FlowStep
    """Process 5: the application is certified and sent."""
    registration: FlowStep
    """Process 6: the provider registers it."""
    examination: FlowStep
    """Condition 3: the provider checks the documents, or the data of the state."""
    refusal: FlowStep
    """Process 7: the refusal because condition 3 failed."""
    result: FlowStep
    """Process 8: the applicant receives the result."""


def portal_flow(service: Service, kind: str | None) -> Flow:
    """Return the portal's flow for a kind of a service; raises `FlowError` when the act gives none."""
    try:
        return service.flow(Channel.PORTAL, kind)
    except KeyError:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id} has no portal flow for {kind}") from None


def portal_steps(service: Service, kind: str | None) -> PortalSteps:
    """Return the steps of a flow of processes and conditions; raises `FlowError` for a list of actions."""
    flow = portal_flow(service, kind)
    entry, certificate = flow.condition(Check.CREDENTIALS), flow.condition(Check.CERTIFICATE)
    at_the_desk = [step for step in flow.steps if step.party is Party.DESK]
    registration = next((step for step in at_the_desk if step.kind is StepKind.PROCESS), None)
    examination = next((step for step in at_the_desk if step.kind is StepKind.CONDITION), None)
    if entry is None or certificate is None or registration is None or examination is None:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{service.id} has no flow of processes and conditions")
    return PortalSteps(
        form=_passed(flow, entry),
        certificate=certificate,
        not_confirmed=_failed(flow, certificate),
        sending=_passed(flow, certificate),
        registration=registration,
        examination=examination,
        refusal=_failed(flow, examination),
        result=_passed(flow, examination),
    )


def _passed(flow: Flow, condition: FlowStep) -> FlowStep:
    if condition.on_pass is None:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{flow.id}: {condition.ref} leads nowhere when it passes")
    return flow.step(*condition.on_pass)


def _failed(flow: Flow, condition: FlowStep) -> FlowStep:
    if condition.on_fail is None:
        raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{flow.id}: {condition.ref} leads nowhere when it fails")
    return flow.step(*condition.on_fail)
