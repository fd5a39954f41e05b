"""The numbered flow of an application, as far as the steps of it are the desk's.

The portal and the State Corporation's workplace lead to the desk by processes and conditions of their own numbers; they
are read off the flow. Where an act has several flows for a channel, one after the other (Almaty, oralman, lines 139-153
and 156-176), it is the one that reaches the desk. Paper at a counter passes none, nor does what goes by the State
Corporation's own procedure alone.
"""

from __future__ import annotations

from gateway.catalogue import Channel, Check, Flow, FlowStep, Party, Service, StepKind
from gateway.catalogue.terms import is_for


def numbered_flow(service: Service, channel: Channel, kind: str | None) -> Flow | None:
    """Return the flow of a channel that reaches the desk, for a kind of the service; None where there is none."""
    for flow in service.flows:
        if flow.channel is channel and is_for(flow.kinds, kind) and _desk_processes(flow):
            return flow
    return None


def flow_id(service: Service, channel: Channel, kind: str | None) -> str:
    """Return under which flow the steps of a case are told of: the channel itself where it has none."""
    flow = numbered_flow(service, channel, kind)
    return channel.value if flow is None else flow.id


def condition_by(flow: Flow | None, check: Check) -> FlowStep | None:
    """Return the desk's condition of a flow if it is decided by `check`; the channels' own are no matter of it."""
    examination = None if flow is None else flow.examination_step()
    return examination if examination is not None and examination.check is check else None


def condition_number(service: Service, channel: Channel, kind: str | None) -> int:
    """Return the number of the desk's condition: 3 on the portal, 2 at the State Corporation; 0 without one."""
    flow = numbered_flow(service, channel, kind)
    examination = None if flow is None else flow.examination_step()
    return 0 if examination is None else examination.number


def result_step(flow: Flow) -> FlowStep:
    """Return the step with which the desk gives the result: where its condition leads, or the last that is its own.

    What comes after it is the channel's (Almaty, oralman, lines 171-182: the provider sends the certificate to the
    State Corporation, where the applicant receives it).
    """
    return flow.result_step() if flow.examination_step() is not None else _desk_processes(flow)[-1]


def _desk_processes(flow: Flow) -> list[FlowStep]:
    return [step for step in flow.steps if step.party is Party.DESK and step.kind is not StepKind.CONDITION]
