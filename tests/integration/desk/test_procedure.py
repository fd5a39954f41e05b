"""The whole procedure of both services, from the gateway's push to the response."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from gateway.catalogue import Channel
from gateway.catalogue import Outcome as Ending
from gateway.desk import CaseState, CheckResult, Decision, DeskCode, DeskError
from gateway.desk.state_data import wait_after
from gateway.eds.xml import parse
from gateway.exchange.response import ResponseOutcome
from gateway.exchange.wording import Wording
from gateway.journal import follows
from gateway.results.markup import read_element

KARAGANDA, ALMATY = "unemployed-certificate", "guardianship-certificate"


async def whole_trail(workplace, number: str, who: str = "clerk"):
    """The desk's events behind those that the channels would have had before."""
    return [event for event in await workplace.desk.cases.trail(workplace.staff[who], number) if event.step.number]


async def test_karaganda_certificate_comes_back_signed(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    closed = await workplace.to(number, "nothing")
    assert closed.state is CaseState.CLOSED
    assert workplace.steps(number) == [
        ("process", 6, "done"),
        ("condition", 3, "passed"),
        ("procedure", 1, "done"),
        ("procedure", 2, "done"),
        ("procedure", 3, "done"),
        ("procedure", 4, "done"),
        ("procedure", 5, "done"),
        ("process", 8, "done"),
    ]
    response = workplace.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.ISSUED
    assert response.pick_up is None
    document = read_element(parse(response.signed_document.removesuffix(b"<!--signed-->")))
    assert document.application == number
    assert closed.journal_number == "2026-1"
    assert document.number == closed.result_number == "0510-2026-000001"


async def test_almaty_tells_date_time_and_place(workplace) -> None:
    number = await workplace.submit(ALMATY)
    assert workplace.persons.asked == []
    closed = await workplace.to(number, "nothing", prefix="a-")
    assert workplace.steps(number) == [
        ("process", 6, "done"),
        ("procedure", 1, "done"),
        ("procedure", 2, "done"),
        ("condition", 3, "passed"),
        ("procedure", 3, "done"),
        ("procedure", 4, "done"),
        ("process", 8, "done"),
    ]
    last = workplace.notices(number)[-1]
    response = workplace.response(number)
    assert last.pick_up is not None
    assert response is not None
    assert response.pick_up == last.pick_up
    assert (last.pick_up.day.isoformat(), last.pick_up.time) == ("2026-03-03", time(9))
    assert last.message is not None
    assert "03.03.2026" in last.message.kk
    assert last.pick_up.place.ru in last.message.ru
    assert closed.pick_up == {"date": "2026-03-03", "time": "09:00"}


async def test_acceptance_tells_when_the_result_is_due(workplace) -> None:
    karaganda = workplace.notices(await workplace.submit(KARAGANDA))[0]
    assert karaganda.result_due == workplace.clock.now() + timedelta(minutes=15)
    assert karaganda.message is not None
    assert "02.03.2026, 10:15" in karaganda.message.kk
    almaty = workplace.notices(await workplace.submit(ALMATY))[0]
    assert almaty.result_due == datetime(2026, 3, 5, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize("service", [KARAGANDA, ALMATY])
async def test_the_desks_trail_follows_the_act(workplace, service: str) -> None:
    number = await workplace.submit(service)
    prefix = "" if service == KARAGANDA else "a-"
    if service == KARAGANDA:
        await workplace.ask(number)
    await workplace.to(number, "nothing", prefix=prefix)
    flow = workplace.desk.catalogue.service(service).flow(Channel.PORTAL)
    at_desk = flow.steps[[str(step.ref) for step in flow.steps].index("process 6") :]
    verdict = follows(await whole_trail(workplace, number, f"{prefix}clerk"), at_desk)
    assert verdict
    assert verdict.complete


async def test_absent_data_fail_condition_3_and_lead_to_a_signed_refusal(workplace) -> None:
    workplace.persons.records.clear()
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    assert case.check_result is CheckResult.FAILED
    executor = workplace.staff["executor"]
    draft = workplace.desk.actions.draft
    with pytest.raises(DeskError) as certificate:
        await draft(executor, number, version=case.version, decision=workplace.decision(case))
    assert certificate.value.code is DeskCode.CHECK_FAILED
    with pytest.raises(DeskError) as other_ground:
        await draft(executor, number, version=case.version, decision=Decision(Ending.REFUSED, {}, "other"))
    assert other_ground.value.code is DeskCode.GROUND_UNFIT
    refusal = Decision(Ending.REFUSED, {}, "applicant-not-in-registry")
    await draft(executor, number, version=case.version, decision=refusal)
    await workplace.to(number, "nothing")
    assert workplace.steps(number)[1] == ("condition", 3, "failed")
    assert workplace.steps(number)[-1] == ("process", 7, "done")
    response = workplace.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.REFUSED
    document = read_element(parse(response.signed_document.removesuffix(b"<!--signed-->")))
    assert document.ground is not None
    assert document.ground.code == "applicant-not-in-registry"
    evidence = await workplace.desk.cases.evidence(workplace.staff["head"], number)
    assert [(one.register, one.found) for one in evidence] == [("gbdfl", False)]


async def test_a_silent_register_is_not_an_absent_person(workplace) -> None:
    workplace.persons.silent = True
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    await workplace.ask(number, attempt=2)
    case = await workplace.to(number, "draft")
    assert case.check_result is CheckResult.WAITING
    with pytest.raises(DeskError) as early:
        await workplace.do(number)
    assert early.value.code is DeskCode.CHECK_NOT_DECIDED
    timer = await workplace.store.database.fetchrow("SELECT * FROM timer WHERE name = 'desk.ask-state-data'")
    assert timer["due_at"] == workplace.clock.now() + wait_after(2)
    assert timer["payload"] == {"number": number, "attempt": 3}
    workplace.persons.silent = False
    await workplace.ask(number, attempt=3)
    await workplace.ask(number, attempt=3)
    await workplace.to(number, "nothing")
    told = [step for step in workplace.steps(number) if step[0] == "condition"]
    assert told == [("condition", 3, "undetermined"), ("condition", 3, "passed")]
    trail = await workplace.desk.cases.trail(workplace.staff["clerk"], number)
    outcomes = [event.step.outcome.value for event in trail if event.step.kind == "condition"]
    assert outcomes == ["undetermined", "undetermined", "passed"]


async def test_faults_in_documents_fail_condition_3(workplace) -> None:
    number = await workplace.submit(ALMATY)
    case = await workplace.to(number, "check-documents", prefix="a-")
    executor = workplace.staff["a-executor"]
    fault = Wording("Туу туралы куәліктің көшірмесі оқылмайды.", "Копия свидетельства о рождении нечитаема.")
    case = await workplace.desk.actions.check_documents(executor, number, version=case.version, fault=fault)
    refusal = Decision(Ending.REFUSED, {}, "documents-violations", case.check_reason)
    case = await workplace.desk.actions.draft(executor, number, version=case.version, decision=refusal)
    await workplace.to(number, "nothing", prefix="a-")
    assert ("condition", 3, "failed") in workplace.steps(number)
    assert workplace.steps(number)[-1] == ("process", 7, "done")
    response = workplace.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.REFUSED
    assert response.pick_up is None
    assert "нечитаема" in response.signed_document.decode()


async def test_a_reasoned_refusal_after_a_passed_condition_is_the_result_of_process_8(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    refusal = Decision(Ending.REFUSED, {}, "not-registered-as-unemployed")
    await workplace.desk.actions.draft(workplace.staff["executor"], number, version=case.version, decision=refusal)
    await workplace.to(number, "nothing")
    assert workplace.steps(number)[-1] == ("process", 8, "done")
    response = workplace.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.REFUSED


async def test_an_incomplete_decision_names_what_is_missing(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    for facts in ({}, {"registered_on": "кеше"}):
        decision = Decision(Ending.ISSUED, facts)
        with pytest.raises(DeskError) as caught:
            await workplace.desk.actions.draft(
                workplace.staff["executor"], number, version=case.version, decision=decision
            )
        assert caught.value.code is DeskCode.DECISION_INCOMPLETE
        assert "Жұмыссыз ретінде тіркелген күні" in caught.value.text.kk
    assert (await workplace.case(number)).version == case.version


async def test_late_steps_are_marked_when_the_deadline_passes(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    case = await workplace.case(number)
    assert case.due_at == workplace.clock.now() + timedelta(minutes=2)
    workplace.clock.advance(timedelta(minutes=2))
    await workplace.store.timers.fire_due()
    timer = await workplace.store.database.fetchval("SELECT count(*) FROM timer WHERE name = 'desk.step-due'")
    assert timer == 1, "at the deadline itself the step is in time"
    workplace.clock.advance(timedelta(seconds=1))
    await workplace.desk.deadlines.mark_late({"number": number, "ordinal": 1})
    await workplace.desk.deadlines.mark_late({"number": number, "ordinal": 1})
    assert (await workplace.case(number)).late
    await workplace.do(number)
    steps = await workplace.desk.cases.steps(workplace.staff["clerk"], number)
    assert [(step.step, step.late) for step in steps] == [(1, True), (2, False)]
    trail = await workplace.desk.cases.trail(workplace.staff["clerk"], number)
    assert [event.step.facts for event in trail if "late-step" in event.step.facts] == [{"late-step": 1}]


async def test_messages_go_back_to_the_gateway_in_the_requests_chain(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    ((gateway, message),) = workplace.sent.sent.values()
    assert gateway == "rshep"
    assert message.correlation_id == (await workplace.case(number)).correlation_id
    assert message.service_id == "QYZMET_UNEMPLOYED_CERTIFICATE"
