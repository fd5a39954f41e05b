"""Applications on paper: no flow, no messages, and evidence in place of condition 3."""

from __future__ import annotations

import pytest

from gateway.catalogue import Role
from gateway.desk import CaseState, CheckResult
from gateway.exchange.wording import Wording
from tests.integration.desk.bodies import Bodies
from tests.integration.desk.workplace import APPLICANT, KARAGANDA, REGISTRATION

PROVIDER = "karaganda-employment"


@pytest.fixture
def bodies(workplace) -> Bodies:
    return Bodies(workplace)


async def evidence(bodies: Bodies, number: str) -> list[tuple[str, bool]]:
    head = await bodies.staff(PROVIDER, Role.HEAD)
    return [(one.register, one.found) for one in await bodies.desk.cases.evidence(head, number)]


@pytest.mark.parametrize("known", [True, False])
async def test_what_the_register_says_about_paper_is_evidence_and_decides_nothing(bodies, known) -> None:
    number = await bodies.open(KARAGANDA, "provider-office", office=PROVIDER)
    if not known:
        bodies.place.persons.records.pop(str(APPLICANT))
    await bodies.place.ask(number)
    await bodies.place.ask(number)
    assert await evidence(bodies, number) == [("gbdfl", known)]
    assert bodies.place.persons.asked == [str(APPLICANT)]
    case = await bodies.case(number)
    assert case.check_result is CheckResult.PASSED
    assert not bodies.place.sent.sent
    assert [event.step.facts["found"] for event in await bodies.trail(number)] == [known]
    await bodies.to(number, None)
    assert (await bodies.case(number)).state is CaseState.CLOSED


async def test_a_register_that_is_silent_about_paper_is_asked_again_and_noted_once(bodies) -> None:
    number = await bodies.open(KARAGANDA, "provider-office", office=PROVIDER)
    bodies.place.persons.silent = True
    await bodies.place.ask(number)
    await bodies.place.ask(number, attempt=2)
    assert [event.step.facts["code"] for event in await bodies.trail(number)] == ["registry-no-answer"]
    timers = "SELECT payload->>'attempt' FROM timer WHERE name = 'desk.ask-state-data'"
    assert await bodies.place.store.database.fetchval(timers) == "3"
    assert await evidence(bodies, number) == []


async def test_documents_that_do_not_conform_lead_to_a_refusal_on_paper_too(bodies) -> None:
    number = await bodies.open(REGISTRATION, "provider-office", office=PROVIDER)
    await bodies.to(number, "check-documents")
    case = await bodies.do(number, fault=Wording("Анықтама жоқ.", "Нет справки."))
    assert (case.documents_result, case.documents_office) == (CheckResult.FAILED, PROVIDER)
    await bodies.walked(number)
    decision = (await bodies.case(number)).decision
    assert decision is not None
    assert decision.result == "refusal"
    assert {kind for kind, _, _ in await bodies.steps(number)} == {"procedure"}
