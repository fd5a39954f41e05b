"""The State Corporation's own steps of a numbered flow, read off the flow that the act gives a service.

Karaganda act, lines 978-1006; Almaty act, lines 197-230. One act has lost condition 1 (guardian-allowance, Almaty,
lines 1650-1661): process 4 then follows process 3 itself when the data are absent. One has two lists instead, of which
the first ends with the receipt (Almaty region, lines 137-182). Most services through the State Corporation have no
numbered flow: their events are those of the procedure alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue.flow import Flow, FlowStep
from gateway.catalogue.media import media_of
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel, Check, HandOver, Party, StepKind, is_for
from gateway.exchange.acceptance import SentBy
from gateway.flows.steps import CORPORATION, sent_flow


@dataclass(frozen=True, slots=True)
class ArmSteps:
    """Which step is which; the numbers in the names are those of the flow of nine processes."""

    intake: str = CORPORATION
    """Under which flow the events until the receipt stand."""
    sent: str = CORPORATION
    """Under which flow the events of the sending and after it stand; mostly the same one."""
    opening: tuple[FlowStep, ...] = ()
    """What is over when the service has been chosen: process 1, the login; of a list, the applicant's filing too."""
    entering: FlowStep | None = None
    """Process 2: the service is chosen and the data are entered."""
    query: FlowStep | None = None
    """Process 3: ГБД ФЛ or ГБД ЮЛ is asked, and БНАЖ about a power of attorney."""
    state_data: FlowStep | None = None
    """Condition 1: the data are there."""
    no_data: FlowStep | None = None
    """Process 4: the message that the data cannot be obtained."""
    signing: FlowStep | None = None
    """Process 5: documents marked and scanned, the request signed by the operator."""
    sending: tuple[FlowStep, ...] = ()
    """Process 6; of a list, the register drawn up and the package sent."""
    receipt: FlowStep | None = None
    """Of a list: the receipt of acceptance, or of refusal to accept, is given."""
    handing_over: FlowStep | None = None
    """Process 9: the applicant receives the result from the operator."""

    @property
    def asks(self) -> bool:
        """Whether the act has the state databases asked before the documents are taken in."""
        return self.query is not None


def arm_steps(service: Service, kind: str | None) -> ArmSteps:
    """Return the steps of a kind of a service; nearly all None where the act numbers no flow."""
    flows = [flow for flow in service.flows if flow.channel is Channel.CORPORATION and is_for(flow.kinds, kind)]
    sent = sent_flow(service, kind)
    if sent is None:
        return ArmSteps()
    before = [flow for flow in flows if flow is not sent]
    return _of_lists(before[0], sent) if before else _of_one(sent)


def arm_media(service: Service, kind: str | None = None) -> tuple[SentBy, ...]:
    """Return the ways that `gateway.catalogue.media` reads off the act, as the acceptance names them."""
    return tuple(SentBy(medium.value) for medium in media_of(service, kind))


def _of_one(flow: Flow) -> ArmSteps:
    """Process 4 is the one of the channels' steps at which the flow ends; the others stand around it in their order."""
    own = [step for step in flow.steps if step.party is Party.CHANNELS and step.kind is not StepKind.CONDITION]
    place = next(index for index, step in enumerate(own) if step.terminal)
    login, entering, query = own[place - 3 : place]
    signing, *sending = own[place + 1 :]
    return ArmSteps(
        intake=flow.id,
        sent=flow.id,
        opening=(login,),
        entering=entering,
        query=query,
        state_data=flow.condition(Check.STATE_DATA),
        no_data=own[place],
        signing=signing,
        sending=tuple(sending),
        handing_over=_last(flow),
    )


def _of_lists(intake: Flow, sent: Flow) -> ArmSteps:
    """The filing and the login come first, then the data and the check of the documents, then the receipt."""
    *opening, entering, receipt = intake.steps
    own_before_the_desk = []
    for step in sent.steps:
        if step.party is Party.DESK:
            break
        own_before_the_desk.append(step)
    return ArmSteps(
        intake=intake.id,
        sent=sent.id,
        opening=tuple(opening),
        entering=entering,
        sending=tuple(own_before_the_desk),
        receipt=receipt,
        handing_over=_last(sent),
    )


def _last(flow: Flow) -> FlowStep | None:
    return next((step for step in flow.steps if step.hand_over is HandOver.CORPORATION), None)
