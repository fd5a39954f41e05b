"""What the trail of a walk must be: read off the catalogue's flow, without asking the gateway's own judgement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.catalogue import Flow, FlowStep, Party, Procedure, StepKind


def expected_steps(flow: Flow, *, failing: int | None) -> list[str]:
    """Return the steps of the flow in order when every condition passes but `failing`, as `kind number outcome`.

    A refusal process (what a condition's failure leads to) is walked only when that condition fails, and ends the flow.
    """
    refusals = {step.on_fail for step in flow.steps if step.on_fail is not None}
    walked: list[str] = []
    for step in flow.steps:
        if (step.kind, step.number) in refusals:
            continue
        if step.kind.value == "process":
            walked.append(f"process {step.number} done")
        elif step.number != failing:
            walked.append(f"condition {step.number} passed")
        else:
            refusal = _named(flow.steps, step)
            return [*walked, f"condition {step.number} failed", f"process {refusal.number} done"]
    return walked


def expected_procedure(flow: Flow, procedure: Procedure, *, failing: int | None) -> list[str]:
    """Return the steps inside the provider in order; a condition that fails before the provider's leads to none."""
    if failing is not None and flow.step(StepKind.CONDITION, failing).party is not Party.DESK:
        return []
    return [f"procedure {step.number} done" for step in procedure.steps]


def walked_steps(trail: Iterable[dict[str, Any]]) -> list[str]:
    """Return the numbered steps of a trail; a condition that waited, or was judged again, stands once, as it ended.

    What is not lawful stays visible: a process done twice, a condition judged again after it failed, one that never
    came to an end.
    """
    steps: list[str] = []
    for event in trail:
        if event["flow"] != "portal" or event["kind"] not in ("process", "condition"):
            continue
        name = f"{event['kind']} {event['number']}"
        if event["kind"] == "condition" and steps and steps[-1] in (f"{name} undetermined", f"{name} passed"):
            steps.pop()
        steps.append(f"{name} {event['outcome']}")
    return steps


def walked_procedure(trail: Iterable[dict[str, Any]]) -> list[str]:
    """Return the procedure's steps as they stand in the trail."""
    return [f"procedure {event['number']} {event['outcome']}" for event in trail if event["kind"] == "procedure"]


def _named(steps: Sequence[FlowStep], condition: FlowStep) -> FlowStep:
    return next(step for step in steps if (step.kind, step.number) == condition.on_fail)
