"""foreign-labour-permit: a commission, a decision before the result, the applicant's condition, two signers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Role, Verb
from gateway.desk import CaseState, CheckResult, Decision, DeskCode, DeskError
from gateway.desk.case import Finding
from gateway.desk.condition import SubmittedFile
from gateway.desk.decisions import results_for
from gateway.desk.permissions import Move, what_may
from gateway.eds.xml import parse
from gateway.exchange.response import ResponseOutcome
from gateway.exchange.waiting import Waiting, WaitingEnd, read_waiting
from gateway.exchange.wording import Wording
from gateway.results.markup import read_element
from tests.integration.desk.bodies import GUARANTEE, LETTER, Bodies, decision_in, guarantee
from tests.integration.desk.workplace import CATALOGUE, PDF

PERMIT = "foreign-labour-permit"
PROVIDER, COMMISSION = "karaganda-region-employment", "karaganda-labour-commission"


@pytest.fixture
def bodies(workplace) -> Bodies:
    return Bodies(workplace)


async def employer(bodies: Bodies, channel: str = "portal", kind: str = "employer-issue") -> str:
    return await bodies.open(PERMIT, channel, office=PROVIDER, kind=kind)


async def submitted(bodies: Bodies, number: str, *files: SubmittedFile, at: datetime | None = None) -> None:
    async with bodies.place.store.database.transaction() as conn:
        await bodies.desk.condition.submitted(conn, number, files, presented_at=at)


def refusal_of(error: pytest.ExceptionInfo[DeskError]) -> DeskCode:
    return error.value.code


async def test_a_first_permit_passes_commission_decision_condition_and_two_signers(bodies) -> None:
    number = await employer(bodies)
    executor = ("executor", PROVIDER)
    assert await bodies.walked(number) == [
        ("register", *executor),
        ("check-documents", *executor),
        ("convene", "head", PROVIDER),
        ("summon", *executor),
        ("recommend", "commission", COMMISSION),
        ("decide", "head", PROVIDER),
        ("inform", *executor),
        ("submit", "applicant", PROVIDER),
        ("draft", *executor),
        ("sign", *executor),
        ("sign", "head", PROVIDER),
        ("hand-over", *executor),
    ]
    case = await bodies.case(number)
    assert (case.state, case.signatures, case.condition_result) == (CaseState.CLOSED, 2, CheckResult.PASSED)
    assert (case.conclusion, case.resolution) == (Finding.FAVOURABLE, Finding.FAVOURABLE)
    assert await bodies.steps(number) == [
        *[("procedure", step, "done") for step in range(1, 7)],
        ("action", 6, "done"),
        ("procedure", 1, "passed"),
        ("procedure", 7, "done"),
        ("action", 7, "done"),
    ]
    response = bodies.place.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.ISSUED
    head = await bodies.staff(PROVIDER, Role.HEAD)
    papers = await bodies.desk.papers.of(head, number)
    assert [paper.kind.value for paper in papers] == ["minutes", "resolution", "letter"]
    stays = [(stay.step, stay.kind.value) for stay in await bodies.stays(number)]
    assert stays == [*[(step, "step") for step in range(1, 7)], (1, "condition"), (7, "step")]


async def test_the_executor_who_registers_is_the_executor_from_then_on(bodies) -> None:
    """The act has no resolution here: whoever of the specialists takes the application examines it."""
    number = await employer(bodies)
    second = await bodies.staff(PROVIDER, Role.EXECUTOR, 2)
    case = await bodies.desk.actions.register(second, number, version=1)
    assert case.executor == second.id
    first = await bodies.staff(PROVIDER, Role.EXECUTOR)
    with pytest.raises(DeskError) as refused:
        await bodies.desk.actions.check_documents(first, number, version=case.version, fault=None)
    assert refusal_of(refused) is DeskCode.NOT_ASSIGNED


async def test_members_are_told_a_working_day_before_the_session_and_the_commission_counts_from_it(bodies) -> None:
    """The session is on Tuesday 10 March 2026; Monday the 9th is a day of rest, so the summons is due on Friday."""
    number = await employer(bodies)
    await bodies.to(number, "convene")
    case = await bodies.do(number, session_at=datetime(2026, 3, 10, 6, 0, tzinfo=UTC))
    assert case.awaits_verb == "summon"
    assert case.due_at == datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
    sitting = await bodies.do(number)
    assert sitting.awaits_verb == "recommend"
    assert sitting.due_at == datetime(2026, 3, 11, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("hours", [-1, 1, 26])
async def test_a_session_of_which_nobody_could_be_told_in_time_cannot_be_set(bodies, hours) -> None:
    """Now is Monday 10:00; a session on Tuesday would be told of until Monday's end, one today until Friday's."""
    number = await employer(bodies)
    before = await bodies.to(number, "convene")
    later = bodies.place.clock.now() + timedelta(hours=hours)
    if hours == 26:
        assert (await bodies.do(number, session_at=later)).session_at == later
        return
    with pytest.raises(DeskError) as refused:
        await bodies.do(number, session_at=later)
    assert refusal_of(refused) is DeskCode.SESSION_TOO_SOON
    assert await bodies.case(number) == before


async def test_minutes_are_taken_from_the_session_on(bodies) -> None:
    number = await employer(bodies)
    case = await bodies.to(number, "recommend")
    member = await bodies.doer(case)

    async def recommend():
        said = {"favourable": True, "minutes": "Хаттама"}
        return await bodies.desk.bodies.recommend(member, number, version=case.version, **said)

    assert case.session_at is not None
    bodies.place.clock.set(case.session_at - timedelta(seconds=1))
    with pytest.raises(DeskError) as refused:
        await recommend()
    assert refusal_of(refused) is DeskCode.SESSION_NOT_BEGUN
    assert "09.03.2026 10:00" in refused.value.text.kk
    bodies.place.clock.set(case.session_at)
    assert (await recommend()).awaits_verb == "decide"


async def test_a_decision_against_the_employer_leaves_out_the_letter_and_the_condition(bodies) -> None:
    number = await employer(bodies)
    await bodies.to(number, "recommend")
    await bodies.do(number, favourable=False)
    case = await bodies.do(number, favourable=False, resolution="Бас тартылсын")
    assert case.awaits_verb == "draft"
    assert (case.conclusion, case.resolution) == (Finding.ADVERSE, Finding.ADVERSE)
    service = CATALOGUE.service(PERMIT)
    assert [one.id for one in results_for(service, case)] == ["refusal"]
    with pytest.raises(DeskError) as refused:
        await bodies.do(number, decision=Decision("employer-permit-electronic", {}))
    assert refusal_of(refused) is DeskCode.DECIDED_ADVERSELY
    assert [role for verb, role, _ in await bodies.walked(number) if verb == "sign"] == ["head"]
    assert await bodies.steps(number) == [
        *[("procedure", step, "done") for step in range(1, 6)],
        ("procedure", 7, "done"),
        ("action", 7, "done"),
    ]
    response = bodies.place.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.REFUSED


async def test_the_head_may_decide_against_the_commission(bodies) -> None:
    number = await employer(bodies)
    await bodies.to(number, "recommend")
    await bodies.do(number, favourable=False)
    case = await bodies.do(number, favourable=True)
    assert (case.awaits_verb, case.conclusion, case.resolution) == ("inform", Finding.ADVERSE, Finding.FAVOURABLE)


async def test_the_employer_is_told_on_the_portal_what_to_bring_until_when(bodies) -> None:
    number = await employer(bodies)
    proposed = bodies.desk.bodies.proposed_letter(await bodies.to(number, "inform"))
    assert proposed is not None
    assert "20 жұмыс күні" in proposed.kk
    case = await bodies.do(number, text=proposed)
    notice = bodies.place.notices(number)[-1]
    assert (notice.kind.value, notice.step_number, notice.message) == ("action", 6, proposed)
    assert case.due_at is not None
    assert read_waiting(notice.facts) == Waiting(case.due_at, (GUARANTEE,))
    assert case.awaits_role == "applicant"


async def test_a_letter_in_one_language_is_none(bodies) -> None:
    number = await employer(bodies)
    await bodies.to(number, "inform")
    with pytest.raises(DeskError) as refused:
        await bodies.do(number, text=Wording("Шешім", " "))
    assert refusal_of(refused) is DeskCode.TEXT_MISSING


async def test_twenty_working_days_run_from_the_notification(bodies) -> None:
    number = await employer(bodies)
    await bodies.to(number, "inform")
    bodies.place.clock.set(datetime(2026, 4, 1, 5, 0, tzinfo=UTC))
    case = await bodies.do(number)
    assert case.due_at == datetime(2026, 4, 29, 13, 0, tzinfo=UTC)


async def test_what_the_employer_sends_fulfils_the_condition(bodies) -> None:
    number = await employer(bodies)
    before = await bodies.to(number, "submit")
    await submitted(bodies, number, guarantee())
    case = await bodies.case(number)
    assert (case.awaits_verb, case.condition_result) == ("draft", CheckResult.PASSED)
    assert case.version == before.version + 1
    executor = await bodies.doer(case)
    (document,) = await bodies.desk.cases.documents(executor, number)
    assert (document.kind, document.name, document.size) == (GUARANTEE, "guarantee.pdf", len(PDF))
    notice = bodies.place.notices(number)[-1]
    assert (notice.kind.value, notice.step_number, notice.outcome.value) == ("procedure", 1, "passed")
    assert read_waiting(notice.facts) is WaitingEnd.PRESENTED
    event = (await bodies.trail(number))[-1]
    assert (event.actor, event.step.facts) == ("system", {"documents": 1, "condition": True, "late": False})
    with pytest.raises(DeskError) as refused:
        await submitted(bodies, number, guarantee())
    assert refusal_of(refused) is DeskCode.WRONG_ORDER


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], DeskCode.BROUGHT_NOTHING),
        ([SubmittedFile("something-else", "a.pdf", "application/pdf", PDF)], DeskCode.FILE_UNFIT),
        ([guarantee(b"GIF89a")], DeskCode.FILE_UNFIT),
        ([guarantee(b"")], DeskCode.FILE_UNFIT),
    ],
)
async def test_what_the_condition_does_not_ask_for_fulfils_nothing(bodies, files, code) -> None:
    number = await employer(bodies, "provider-office")
    before = await bodies.to(number, "submit")
    with pytest.raises(DeskError) as refused:
        await bodies.do(number, files=files)
    assert refusal_of(refused) is code
    assert await bodies.case(number) == before


async def test_at_the_counter_the_executor_records_what_was_brought_and_nobody_else(bodies) -> None:
    number = await employer(bodies, "provider-office")
    case = await bodies.to(number, "submit")
    executor, head = await bodies.doer(case), await bodies.staff(PROVIDER, Role.HEAD)
    assert Verb.SUBMIT in what_may(case, executor, CATALOGUE)
    assert Verb.SUBMIT not in what_may(case, head, CATALOGUE)
    with pytest.raises(DeskError) as refused:
        await bodies.desk.condition.submit(head, number, version=case.version, files=[guarantee()])
    assert refusal_of(refused) is DeskCode.WRONG_ROLE
    assert (await bodies.do(number)).awaits_verb == "draft"


async def run_out(bodies: Bodies, number: str) -> None:
    """Let the condition's term run out, as its timer says."""
    case = await bodies.to(number, "submit")
    assert case.due_at is not None
    bodies.place.clock.set(case.due_at + timedelta(microseconds=1))
    timer = "SELECT name, payload FROM timer WHERE due_at <= $1 AND payload->>'number' = $2"
    (due,) = await bodies.place.store.database.fetch(timer, bodies.place.clock.now(), number)
    assert due["name"] == "desk.condition-over"
    await bodies.desk.condition.over(due["payload"])


async def test_when_the_term_runs_out_the_application_ends_as_cancelled(bodies) -> None:
    number = await employer(bodies)
    await run_out(bodies, number)
    case = await bodies.case(number)
    assert (case.awaits_verb, case.condition_result, case.late) == ("draft", CheckResult.FAILED, False)
    notice = bodies.place.notices(number)[-1]
    assert (notice.kind.value, notice.step_number, notice.outcome.value) == ("procedure", 1, "failed")
    assert read_waiting(notice.facts) is WaitingEnd.LAPSED
    for outcome in (Ending.ISSUED, Ending.REFUSED):
        service = CATALOGUE.service(PERMIT)
        result = next(one for one in service.results_on(case.channel, case.kind) if one.outcome is outcome)
        with pytest.raises(DeskError) as refused:
            await bodies.do(number, decision=Decision(result.id, {}, "other", LETTER))
        assert refusal_of(refused) is DeskCode.CONDITION_FAILED
    assert [role for verb, role, _ in await bodies.walked(number) if verb == "sign"] == ["head"]
    response = bodies.place.response(number)
    assert response is not None
    assert response.outcome is ResponseOutcome.CANCELLED
    assert ("procedure", 1, "failed") in await bodies.steps(number)


async def test_the_timer_of_a_condition_that_was_fulfilled_changes_nothing(bodies) -> None:
    number = await employer(bodies)
    case = await bodies.to(number, "submit")
    payload = {"number": number, "ordinal": 7}
    await bodies.desk.condition.over(payload)
    assert await bodies.case(number) == case, "before its time"
    await submitted(bodies, number, guarantee())
    fulfilled = await bodies.case(number)
    bodies.place.clock.advance(timedelta(days=60))
    await bodies.desk.condition.over(payload)
    assert await bodies.case(number) == fulfilled


async def test_after_the_term_nothing_can_be_recorded(bodies) -> None:
    """Between the end of the term and the timer's firing, too."""
    number = await employer(bodies, "provider-office")
    case = await bodies.to(number, "submit")
    bodies.place.clock.set(case.due_at + timedelta(seconds=1))
    with pytest.raises(DeskError) as refused:
        await bodies.do(number)
    assert refusal_of(refused) is DeskCode.CONDITION_OVER


async def test_what_was_sent_in_the_term_and_arrives_after_it_still_counts_until_a_cancellation_is_drafted(
    bodies,
) -> None:
    number = await employer(bodies)
    await run_out(bodies, number)
    in_time = bodies.place.clock.now() - timedelta(minutes=5)
    with pytest.raises(DeskError) as refused:
        await submitted(bodies, number, guarantee())
    assert refusal_of(refused) is DeskCode.CONDITION_OVER
    await submitted(bodies, number, guarantee(), at=in_time)
    case = await bodies.case(number)
    assert (case.awaits_verb, case.condition_result) == ("draft", CheckResult.PASSED)
    assert (await bodies.steps(number))[-2:] == [("procedure", 1, "failed"), ("procedure", 1, "passed")]
    assert read_waiting(bodies.place.notices(number)[-1].facts) is WaitingEnd.PRESENTED

    other = await employer(bodies)
    await run_out(bodies, other)
    await bodies.do(other)
    with pytest.raises(DeskError) as too_late:
        await submitted(bodies, other, guarantee(), at=in_time)
    assert refusal_of(too_late) is DeskCode.WRONG_ORDER


async def test_each_signer_signs_what_the_one_before_left(bodies) -> None:
    number = await employer(bodies)
    case = await bodies.to(number, "sign")
    executor, head = await bodies.doer(case), await bodies.staff(PROVIDER, Role.HEAD)
    draft = await bodies.desk.cases.draft(executor, number)
    document = read_element(parse(draft))
    assert [(signer.role, str(signer.office.bin)) for signer in document.signers] == [
        (Role.EXECUTOR, CATALOGUE.office(PROVIDER).bin),
        (Role.HEAD, CATALOGUE.office(PROVIDER).bin),
    ]
    sign = bodies.place.signatures.sign
    with pytest.raises(DeskError) as refused:
        await bodies.desk.issue.sign(head, number, version=case.version, signed=sign(draft))
    assert refusal_of(refused) is DeskCode.WRONG_ROLE
    half = await bodies.desk.issue.sign(executor, number, version=case.version, signed=sign(draft))
    assert (half.awaits_verb, half.awaits_role, half.signatures) == ("sign", "head", 1)
    assert half.is_partly_signed
    with pytest.raises(DeskError) as unfinished:
        await bodies.desk.cases.signed_result(head, number)
    assert refusal_of(unfinished) is DeskCode.NO_SUCH_DOCUMENT
    with pytest.raises(DeskError) as bare:
        await bodies.desk.issue.sign(head, number, version=half.version, signed=sign(draft))
    assert refusal_of(bare) is DeskCode.SIGNATURE_INVALID
    again = await bodies.desk.cases.draft(head, number)
    assert again == sign(draft)
    with pytest.raises(DeskError) as other:
        await bodies.desk.issue.sign(
            head, number, version=half.version, signed=sign(sign(draft.replace(b"<number>", b"<number>1")))
        )
    assert refusal_of(other) is DeskCode.NOT_THE_DRAFT
    whole = await bodies.desk.issue.sign(head, number, version=half.version, signed=sign(again))
    assert (whole.awaits_verb, whole.signatures) == ("hand-over", 2)
    assert await bodies.desk.cases.signed_result(head, number) == sign(sign(draft))


async def test_a_head_who_returns_a_half_signed_permit_leaves_no_signature_on_it(bodies) -> None:
    number = await employer(bodies)
    await bodies.to(number, "sign")
    half = await bodies.do(number)
    head = await bodies.staff(PROVIDER, Role.HEAD)
    back = await bodies.desk.moves.send_back(head, number, version=half.version, reason="Қате бар")
    assert (back.awaits_verb, back.signatures, back.signed_result, back.draft) == ("draft", 0, None, None)
    assert back.executor == half.executor
    assert await bodies.walked(number)
    assert (await bodies.case(number)).signatures == 2


async def test_the_commission_returns_the_session_and_it_is_set_anew(bodies) -> None:
    number = await employer(bodies)
    case = await bodies.to(number, "recommend")
    member = await bodies.doer(case)
    assert Move.RETURN in what_may(case, member, CATALOGUE)
    back = await bodies.desk.moves.send_back(member, number, version=case.version, reason="Кворум болмады")
    assert (back.awaits_verb, back.awaits_office, back.session_at) == ("convene", PROVIDER, None)
    assert (await bodies.to(number, "decide")).conclusion is Finding.FAVOURABLE


async def test_the_head_returns_the_proposal_before_deciding(bodies) -> None:
    number = await employer(bodies)
    case = await bodies.to(number, "decide")
    head = await bodies.doer(case)
    back = await bodies.desk.moves.send_back(head, number, version=case.version, reason="Толықтыру қажет")
    assert (back.awaits_verb, back.awaits_office, back.conclusion) == ("recommend", COMMISSION, None)

    extension = await employer(bodies, kind="employer-extend")
    case = await bodies.to(extension, "decide")
    back = await bodies.desk.moves.send_back(head, extension, version=case.version, reason="Толықтыру қажет")
    assert (back.awaits_verb, back.awaits_role) == ("check-documents", "executor")
    assert (await bodies.do(extension)).awaits_verb == "decide"


async def test_an_executor_whom_no_head_appointed_has_nobody_to_return_to(bodies) -> None:
    number = await employer(bodies)
    case = await bodies.to(number, "check-documents")
    executor = await bodies.doer(case)
    assert Move.RETURN not in what_may(case, executor, CATALOGUE)
    with pytest.raises(DeskError) as refused:
        await bodies.desk.moves.send_back(executor, number, version=case.version, reason="Себебі")
    assert refusal_of(refused) is DeskCode.WRONG_ORDER


@pytest.mark.parametrize("kind", ["employer-extend", "employer-reissue"])
async def test_an_extension_is_decided_without_a_commission_and_ends_in_the_portals_last_action(bodies, kind) -> None:
    number = await employer(bodies, kind=kind)
    assert [verb for verb, _, _ in await bodies.walked(number)] == [
        "register", "resolve", "check-documents", "decide", "draft", "sign", "sign", "hand-over",
    ]  # fmt: skip
    assert (await bodies.steps(number))[-1] == ("action", 4, "done")


async def test_on_paper_the_head_alone_signs_and_nothing_is_sent(bodies) -> None:
    number = await employer(bodies, "provider-office")
    seen = await bodies.walked(number)
    assert [role for verb, role, _ in seen if verb == "sign"] == ["head"]
    assert not bodies.place.sent.sent
    case = await bodies.case(number)
    assert (case.state, case.channel, case.flow, case.pick_up) == (
        CaseState.CLOSED,
        "provider-office",
        "provider-office",
        None,
    )
    assert {kind for kind, _, _ in await bodies.steps(number)} == {"procedure"}


async def test_a_workers_steps_end_no_later_than_the_whole_may_take(bodies) -> None:
    """Three steps of 1, 1 and 3 working days, and 5 calendar days for the whole: what ends earlier is kept."""
    bodies.place.clock.set(datetime(2026, 2, 3, 12, 0, tzinfo=UTC))
    number = await employer(bodies, "provider-office", "worker-issue")
    whole = (await bodies.case(number)).result_due
    assert whole == datetime(2026, 2, 9, 13, 0, tzinfo=UTC)
    await bodies.to(number, "decide")
    bodies.place.clock.set(datetime(2026, 2, 5, 12, 0, tzinfo=UTC))
    await bodies.do(number)
    assert (await bodies.do(number)).due_at == whole


async def test_the_worker_is_told_in_the_step_of_the_decision(bodies) -> None:
    number = await employer(bodies, "provider-office", "worker-extend")
    seen = [verb for verb, _, _ in await bodies.walked(number)]
    assert seen[2:5] == ["decide", "inform", "draft"]
    assert [step for _, step, _ in await bodies.steps(number)] == [1, 2, 3, 4]
    assert decision_in(await bodies.case(number), Ending.ISSUED).result == "worker-permit"
