"""What the trail of a walk must be: read off the catalogue's flow, without asking the gateway's own judgement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.catalogue import Flow, FlowStep


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


def walked_steps(trail: Iterable[dict[str, Any]]) -> list[str]:
    """Return the numbered steps of a trail; a condition that waited, or was judged again, stands once, as it ended."""
    steps: list[str] = []
    for event in trail:
        if event["flow"] != "portal" or event["kind"] not in ("process", "condition"):
            continue
        name = f"{event['kind']} {event['number']}"
        if event["outcome"] == "undetermined":
            continue
        if steps and steps[-1].startswith(f"{name} "):
            steps.pop()
        steps.append(f"{name} {event['outcome']}")
    return steps


def _named(steps: Sequence[FlowStep], condition: FlowStep) -> FlowStep:
    return next(step for step in steps if (step.kind, step.number) == condition.on_fail)
