"""What the trail of a walk must be: read off the catalogue's flow, without asking the gateway's own judgement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.catalogue import Channel, Flow, Party, Service, StepKind


def expected_steps(flow: Flow, *, failing: int | None) -> list[str]:
    """Return the steps of the flow in order when every condition passes but `failing`, as `kind number outcome`.

    A refusal process (what a condition's failure leads to) is walked only when that condition fails, and ends the flow.
    """
    refusals = {step.on_fail for step in flow.steps if step.on_fail is not None}
    walked: list[str] = []
    for step in flow.steps:
        if step.ref in refusals:
            continue
        if step.kind is not StepKind.CONDITION:
            walked.append(f"{step.ref} done")
        elif step.number != failing:
            walked.append(f"{step.ref} passed")
        else:
            return [*walked, f"{step.ref} failed", f"{step.on_fail} done"]
    return walked


def expected_procedure(service: Service, channel: Channel, kind: str | None, *, failing: int | None) -> list[str]:
    """Return the steps inside the provider in order; a condition that fails before the provider's leads to none."""
    if failing is not None:
        condition = service.flow(channel, kind).step(StepKind.CONDITION, failing)
        if condition.party is not Party.DESK:
            return []
    path = service.procedure(channel, kind).path(channel)
    return [f"procedure {step.number} done" for step in path if step.acts(channel, kind)]


def walked_steps(trail: Iterable[dict[str, Any]]) -> list[str]:
    """Return the numbered steps of a trail; a condition that waited, or was judged again, stands once, as it ended.

    What is not lawful stays visible: a process done twice, a condition judged again after it failed, one that never
    came to an end.
    """
    steps: list[str] = []
    for event in trail:
        if event["flow"] != "portal" or event["kind"] not in set(StepKind):
            continue
        name = f"{event['kind']} {event['number']}"
        if event["kind"] == "condition" and steps and steps[-1] in (f"{name} undetermined", f"{name} passed"):
            steps.pop()
        steps.append(f"{name} {event['outcome']}")
    return steps


def walked_procedure(trail: Iterable[dict[str, Any]]) -> list[str]:
    """Return the procedure's steps as they stand in the trail."""
    return [f"procedure {event['number']} {event['outcome']}" for event in trail if event["kind"] == "procedure"]
