"""What the trail of a walk must be: read off the catalogue, without asking the gateway's own judgement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.catalogue import (
    Action,
    Body,
    Channel,
    Flow,
    Outcome,
    Party,
    ProcedureStep,
    Role,
    Service,
    StepKind,
    StepRef,
    Verb,
)
from gateway.catalogue.acceptance import Receipt, ReceiptKind
from gateway.catalogue.terms import is_for
from simulators.walk.decision import Decision


def flow_of(service: Service, channel: Channel, kind: str | None) -> Flow | None:
    """Return the numbered flow by which a channel's applications travel; papers at a counter have none."""
    try:
        return service.flow(channel, kind)
    except KeyError:
        return None


def flows_of(service: Service, channel: Channel, kind: str | None) -> tuple[Flow, ...]:
    """Return every numbered flow of a channel: one, none, or two lists of the State Corporation's."""
    return tuple(flow for flow in service.flows if flow.channel is channel and is_for(flow.kinds, kind))


def expected_steps(
    service: Service, channel: Channel, kind: str | None, *, failing: int | None = None, decision: Decision | None
) -> list[str]:
    """Return the steps of the flow in order when every condition passes but `failing`, as `kind number outcome`.

    A refusal process (what a condition's failure leads to) is walked only when that condition fails, and ends the flow.
    A step that tells of the head's decision before the result is there is left out when the decision is adverse.
    """
    flow = flow_of(service, channel, kind)
    if flow is None:
        return []
    refusals = {step.on_fail for step in flow.steps if step.on_fail is not None}
    adverse = decision is not None and not decision.favourable
    walked: list[str] = []
    for step in flow.steps:
        if step.ref in refusals or (adverse and step.ref in _telling_of_a_decision(service, flow)):
            continue
        if step.kind is not StepKind.CONDITION:
            walked.append(f"{step.ref} done")
        elif step.number != failing:
            walked.append(f"{step.ref} passed")
        else:
            return [*walked, f"{step.ref} failed", f"{step.on_fail} done"]
    return walked


def _telling_of_a_decision(service: Service, flow: Flow) -> set[StepRef]:
    """Return the steps with a notification of the act that neither take the application in nor end the flow.

    Only a list of actions has one: foreign-labour-permit, action 6 (Karaganda act, lines 3925-3927).
    """
    if any(step.kind is not StepKind.ACTION for step in flow.steps):
        return set()
    at_desk = [step for step in flow.steps if step.party is Party.DESK]
    middle = {step.ref for step in at_desk[1:] if not step.terminal}
    return {one.after for one in service.notifications if one.channel is flow.channel} & middle


def expected_procedure(service: Service, channel: Channel, kind: str | None, decision: Decision | None) -> list[str]:
    """Return the steps of the procedure in order; none without a `decision`, when the application never comes there.

    A condition of the procedure is one in which the applicant must do something: it passes or fails where a step is
    done.
    """
    walked: list[str] = []
    for step, _ in _places(service, channel, kind, decision):
        name = _name(step, decision)
        if name not in walked:
            walked.append(name)
    return walked


@dataclass(frozen=True, slots=True)
class Turn:
    """One act of a procedure on one way: the step it belongs to, and who does what, as `verb role@body`."""

    step: ProcedureStep
    act: str

    @property
    def is_applicants(self) -> bool:
        """Tell whether the applicant does it, and nobody of the staff."""
        return self.act.endswith(f"@{Body.APPLICANT}")

    @property
    def is_corporations(self) -> bool:
        """Tell whether the State Corporation does it, at its windows."""
        return self.act.endswith(f"@{Body.CORPORATION}")


def expected_turns(service: Service, channel: Channel, kind: str | None, decision: Decision | None) -> list[Turn]:
    """Return who does what in the procedure, in order; each signer of the result signs in turn.

    What the applicant is to bring is brought on the portal by the applicant, and recorded at a counter by the executor.
    """
    turns: list[Turn] = []
    for step, act in _places(service, channel, kind, decision):
        assert decision is not None
        who = [f"{act.role}@{act.body or step.body_on(channel)}"]
        if act.verb is Verb.SIGN:
            who = [f"{one.role}@{one.body}" for one in decision.result.signers]
        elif act.verb is Verb.SUBMIT and channel is not Channel.PORTAL:
            who = [f"{Role.EXECUTOR}@{Body.PROVIDER}"]
        turns += [Turn(step, f"{act.verb} {one}") for one in who]
    return turns


def expected_acts(service: Service, channel: Channel, kind: str | None, decision: Decision | None) -> list[str]:
    """Return what the staff does in the procedure, in order, as `verb role@body`."""
    turns = expected_turns(service, channel, kind, decision)
    met = decision is None or decision.submitted
    return [turn.act for turn in turns if not turn.is_applicants and (met or turn.step.kind == "step")]


def _places(
    service: Service, channel: Channel, kind: str | None, decision: Decision | None
) -> Iterator[tuple[ProcedureStep, Action]]:
    """Return every action of the way: after an adverse decision nothing is done until the refusal is drafted.

    No file goes to the body that pays (Karaganda act, lines 1737-1747: the compensation) when there is nothing to pay.
    """
    if decision is None:
        return
    decided_against, refused = False, decision.result.outcome is Outcome.REFUSED
    for step in service.procedure(channel, kind).path(channel):
        for act in step.acts(channel, kind):
            decided_against = decided_against and act.verb is not Verb.DRAFT
            if not decided_against and not (refused and act.verb is Verb.SEND_FILE):
                yield step, act
            decided_against = decided_against or (act.verb is Verb.DECIDE and not decision.favourable)


def _name(step: ProcedureStep, decision: Decision | None) -> str:
    if step.kind == "step":
        return f"procedure {step.number} done"
    met = decision is not None and decision.submitted
    return f"procedure {step.number} {'passed' if met else 'failed'}"


def expected_receipts(service: Service, channel: Channel) -> tuple[Receipt, ...]:
    """Return the receipts that the act prescribes at a counter for papers that are taken in."""
    given = (one for one in service.receipts if channel in one.channels)
    return tuple(one for one in given if one.kind is not ReceiptKind.REFUSAL_RECEIPT)


def walked_steps(trail: Iterable[Mapping[str, Any]], flow: str) -> list[str]:
    """Return the numbered steps of a flow in a trail; a condition that waited, or was judged again, stands once.

    What is not lawful stays visible: a process done twice, a condition judged again after it failed, one that never
    came to an end.
    """
    steps: list[str] = []
    for event in trail:
        if event["flow"] != flow or event["kind"] not in set(StepKind):
            continue
        name = f"{event['kind']} {event['number']}"
        if event["kind"] == "condition" and steps and steps[-1] in (f"{name} undetermined", f"{name} passed"):
            steps.pop()
        steps.append(f"{name} {event['outcome']}")
    return steps


def walked_procedure(trail: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the procedure's steps as they stand in the trail.

    A step of the State Corporation that joins two acts is recorded at each, with its verb; it is one step.
    """
    steps: list[str] = []
    verbs: dict[str, set[str]] = {}
    for event in trail:
        if event["kind"] != "procedure":
            continue
        name, verb = f"procedure {event['number']} {event['outcome']}", event.get("facts", {}).get("verb")
        joined = verb is not None and steps[-1:] == [name] and verb not in verbs.setdefault(name, set())
        if not joined:
            steps.append(name)
            verbs[name] = set()
        if verb is not None:
            verbs[name].add(verb)
    return steps


def late_steps(trail: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the procedure's steps that were done after their term; a walk that keeps every term has none."""
    late = (event for event in trail if event["kind"] == "procedure" and event.get("facts", {}).get("late"))
    return [f"procedure {event['number']}" for event in late]
