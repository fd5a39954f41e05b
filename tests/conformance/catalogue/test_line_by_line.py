"""The services' files beside the line-by-line catalogue of the acts that others made: nothing of it is missing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue import Lines, Service, StepKind, load_catalogue

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
FILES = sorted((SHARED / "regulations").glob("catalogue-*.json"))
CATALOGUE = load_catalogue()

pytestmark = pytest.mark.skipif(not FILES, reason=f"the line-by-line catalogue is not here: {SHARED / 'regulations'}")

ENTRIES: dict[str, Any] = {
    entry["id"]: entry for file in FILES for entry in json.loads(file.read_text(encoding="utf-8"))
}
CHANNELS = {
    "provider_office": "provider-office",
    "state_corporation": "corporation",
    "rural_akim": "rural-akim",
    "portal": "portal",
}
ELSEWHERE = {
    ("unemployed-certificate", "procedure"): "the file takes the steps from paragraph 9, which repeats paragraph 7",
    ("oralman-status-almaty", "corporation_procedure"): "the same five lines are the processes of paragraph 10",
}


def listed(entry: dict[str, Any], part: str) -> Iterator[dict[str, Any]]:
    variants = entry.get(f"{part}_variants")
    for steps in [one["steps"] for one in variants] if variants else [entry.get(part) or []]:
        yield from (step for step in steps if isinstance(step, dict))


def own_steps(service: Service) -> list[tuple[int, Lines]]:
    steps = [(step.number, step.lines) for flow in service.flows for step in flow.steps]
    steps += [(step.number, step.lines) for procedure in service.procedures for step in procedure.steps]
    return steps + [(0, flow.registration.lines) for flow in service.flows if flow.registration is not None]


def test_every_service_and_channel_is_there() -> None:
    assert set(CATALOGUE.services) == set(ENTRIES)
    pairs = {(one, CHANNELS[channel]) for one, entry in ENTRIES.items() for channel in entry["channels"]}
    assert pairs == {(one.id, str(entry.channel)) for one in CATALOGUE.services.values() for entry in one.channels}
    assert len(pairs) == 67


@pytest.mark.parametrize("service_id", ENTRIES)
def test_every_numbered_step_stands_in_the_file_at_its_lines(service_id: str) -> None:
    missing = []
    for part in ("procedure", "corporation_procedure", "corporation_flow", "portal_flow"):
        for step in listed(ENTRIES[service_id], part) if (service_id, part) not in ELSEWHERE else ():
            (first, last), number = step["lines"], step.get("n") or 0
            near = [
                ours
                for ours, lines in own_steps(CATALOGUE.service(service_id))
                if lines.first <= last and first <= lines.last
            ]
            if not near or (number and number not in near):
                missing.append((part, number, first, last))
    assert missing == []


def test_the_sum_of_steps_is_that_of_the_acts() -> None:
    steps = sum(len(own_steps(service)) for service in CATALOGUE.services.values())
    listed_steps = sum(
        1
        for entry in ENTRIES.values()
        for part in ("procedure", "corporation_procedure", "corporation_flow", "portal_flow")
        for _ in listed(entry, part)
    )
    twice = len(list(listed(ENTRIES["oralman-status-almaty"], "corporation_procedure")))
    registrations = sum(flow.registration is not None for one in CATALOGUE.services.values() for flow in one.flows)
    numbered_registrations = sum(
        1 for entry in ENTRIES.values() for step in listed(entry, "portal_flow") if not step.get("n")
    )
    assert listed_steps == 519
    assert steps - registrations == listed_steps - twice - numbered_registrations


def test_conditions_are_as_many_as_the_acts_number() -> None:
    ours = [
        step
        for one in CATALOGUE.services.values()
        for steps in ([flow.steps for flow in one.flows], [procedure.steps for procedure in one.procedures])
        for group in steps
        for step in group
        if step.kind in (StepKind.CONDITION, "condition")
    ]
    theirs = [
        step
        for entry in ENTRIES.values()
        for part in ("procedure", "corporation_flow", "portal_flow")
        for step in listed(entry, part)
        if step.get("kind") == "condition"
    ]
    assert len(ours) == len(theirs)
