"""Every cited line range of the services' files, laid beside the acts."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.catalogue import Catalogue, Lines, Service, StepKind, load_catalogue

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
SOURCES = SHARED / "regulations" / "sources"
CATALOGUE = load_catalogue()

pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason=f"the acts are not here: {SOURCES}")


def bare(text: str) -> str:
    """Without white space, case, and the printing's Latin i for Cyrillic і."""
    return re.sub(r"\s", "", text).casefold().replace("i", "і")


def act_lines(catalogue: Catalogue, act_id: str, lines: Lines) -> str:
    source = (SOURCES / catalogue.acts[act_id].source).read_text(encoding="utf-8").split("\n")
    assert lines.last <= len(source)
    return "\n".join(source[lines.first - 1 : lines.last])


def wordings(service: Service) -> Iterator[tuple[str, str, str | None, Lines]]:
    for name, cited in (("title", service.title), ("provider", service.provider), ("start", service.start)):
        yield name, cited.text.kk, cited.as_printed, cited.lines
    if service.consent:
        yield "consent", service.consent.text.kk, service.consent.as_printed, service.consent.lines
    for flow in service.flows:
        yield "registration", flow.registration.text.kk, flow.registration.as_printed, flow.registration.lines
        for step in flow.steps:
            yield str(step.ref), step.text.kk, step.as_printed, step.lines
    for procedure in service.procedures:
        for step in procedure.steps:
            yield f"procedure {step.number}", step.text.kk, step.as_printed, step.lines
            if step.outcome:
                yield f"outcome {step.number}", step.outcome.text.kk, step.outcome.as_printed, step.outcome.lines
    for notice in service.notifications:
        yield f"notification {notice.id}", notice.text.kk, notice.as_printed, notice.lines


SERVICES = list(CATALOGUE.services.values())
CASES = [
    pytest.param(service, *case, id=f"{service.id}-{case[0]}") for service in SERVICES for case in wordings(service)
]


@pytest.mark.parametrize(("service", "name", "wording", "as_printed", "lines"), CASES)
def test_kazakh_wording_stands_in_the_cited_lines(
    service: Service, name: str, wording: str, as_printed: str | None, lines: Lines
) -> None:
    assert bare(as_printed or wording) in bare(act_lines(CATALOGUE, service.act, lines))
    if as_printed and name != "start":
        assert Counter(bare(as_printed)) == Counter(bare(wording))


FLOW_STEPS = [
    pytest.param(service, flow, step, id=f"{service.id}-{step.ref}")
    for service in SERVICES
    for flow in service.flows
    for step in flow.steps
]


@pytest.mark.parametrize(("service", "flow", "step"), FLOW_STEPS)
def test_step_number_stands_in_the_cited_lines(service: Service, flow, step) -> None:  # type: ignore[no-untyped-def]
    word = flow.words.process.kk if step.kind is StepKind.PROCESS else flow.words.condition.kk
    assert bare(f"{step.number}-{word}") in bare(act_lines(CATALOGUE, service.act, step.lines))


PROCEDURE_STEPS = [
    pytest.param(service, step, id=f"{service.id}-{step.number}")
    for service in SERVICES
    for procedure in service.procedures
    for step in procedure.steps
]
UNITS = {"minutes": "минут", "working-days": "жұмыс күні", "calendar-days": "күнтізбелік", "hours": "сағат"}


@pytest.mark.parametrize(("service", "step"), PROCEDURE_STEPS)
def test_procedure_number_and_duration_stand_in_the_cited_lines(service: Service, step) -> None:  # type: ignore[no-untyped-def]
    text = act_lines(CATALOGUE, service.act, step.lines)
    assert bare(text).startswith(bare(f"{step.number})"))
    assert bare(f"{step.duration.value}{UNITS[step.duration.unit]}") in bare(text)


@pytest.mark.parametrize("service", SERVICES, ids=[service.id for service in SERVICES])
def test_totals_and_repeal_stand_in_the_cited_lines(service: Service) -> None:
    for total in service.totals:
        text = act_lines(CATALOGUE, service.act, total.lines)
        assert bare(f"{total.duration.value}{UNITS[total.duration.unit]}") in bare(text)
    act = CATALOGUE.act_of(service)
    assert bare(act.title.kk) in bare(act_lines(CATALOGUE, act.id, act.lines))
    assert act.repealed is not None
    assert bare(act.repealed.text.kk) in bare(act_lines(CATALOGUE, act.id, act.repealed.lines))


@pytest.mark.parametrize("service", SERVICES, ids=[service.id for service in SERVICES])
def test_flow_has_every_process_and_condition_of_its_lines(service: Service) -> None:
    for flow in service.flows:
        text = bare(act_lines(CATALOGUE, service.act, flow.lines))
        processes = re.findall(rf"(\d+)-{bare(flow.words.process.kk)}[–-]", text)
        conditions = re.findall(rf"(\d+)-{bare(flow.words.condition.kk)}[–-]", text)
        steps = [(step.kind, step.number) for step in flow.steps]
        assert processes == [str(number) for kind, number in steps if kind is StepKind.PROCESS]
        assert conditions == [str(number) for kind, number in steps if kind is StepKind.CONDITION]
