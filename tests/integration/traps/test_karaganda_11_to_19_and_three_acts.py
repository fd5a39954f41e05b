"""The traps of services 11 to 19 of the Karaganda act and of the three acts of one service, with a test of each.

The numbers are those of `notes-karaganda-2014-services-11-19-and-three-acts.md`, section 3. A row says what the trap
is, and below it which test holds the reading; `wording` marks what is about the print alone and can do nothing wrong.

1. the portal "for information only", and a whole flow for it
    test_t01_home_teaching_is_applied_for_on_the_portal
2. ten working days that run from the submission
    test_t02_two_clocks_run_side_by_side
3. an incomplete package extends the term
    test_t03_an_incomplete_package_extends_the_term_and_is_no_refusal
4. coupon or receipt, and two categories on the portal
    test_t04_the_portal_is_for_two_categories_and_the_counter_gives_a_coupon
5. "only through the provider", and three places
    test_t05_the_akim_is_there_for_who_has_no_provider
6. step 4 comes before step 3
    test_t06_the_akims_step_comes_before_the_providers
7. an annex that does not exist
    wording
8. no booking, and bookings
    test_t08_a_booked_ticket_opens_no_channel
9. consent in one service
    test_t09_the_acts_consent_is_that_of_one_service
10. four rules on powers of attorney
    test_t10_representation_is_that_of_each_act
11. three services in one
    test_t11_a_foreign_workers_permit_is_three_procedures
12. a ground of refusal, and a refusal without one
    test_t12_grounds_are_the_acts_where_it_has_one
13. refusals beside the results
    test_t13_who_may_be_refused
14. names of the gateways
    wording
15. an item's number is not the process's
    test_t15_steps_are_named_by_the_processes_numbers
16. legal entities are boilerplate
    test_t16_only_individuals_apply_where_the_text_speaks_of_organisations
17. "applicant (provider)"
    tests/integration/desk/test_intake.py::test_the_signer_must_be_the_applicant
18. five working days with all the terms
    test_t18_five_working_days_are_the_whole
19. the barcode and the register
    test_t19_barcode_and_numbers_that_begin_anew
20. the result depends on the channel
    test_t20_the_channel_the_kind_and_the_queue_make_four_endings
21. an act without durations
    test_t21_every_term_of_the_birth_act_is_assumed_and_its_result_on_paper
22. the repetitions drop the check
    test_t22_the_check_is_done_though_the_repetition_drops_it
23. titles differ
    test_t23_the_lists_title_is_kept_beside_the_headings
24. artefacts of extraction
    wording
25. originals are compared and returned
    test_t25_what_is_handed_in_on_paper_is_a_copy
26. all acts are repealed
    test_t26_every_act_is_repealed
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.catalogue import (
    ApplicantKind,
    Body,
    Channel,
    CountedFrom,
    Duration,
    HandOver,
    NoticeFact,
    Outcome,
    Role,
    StepKind,
    StepRef,
    Unit,
    Verb,
    result_due,
)
from gateway.catalogue.acceptance import ReceiptKind, Representation
from gateway.catalogue.kinds import kind_problem, kinds_on, restriction_on
from gateway.catalogue.terms import Medium
from gateway.desk import CaseState, Decision, DeskCode, DeskError
from gateway.desk.procedure import ProcedureOf
from gateway.identity.numbers import Bin
from tests.integration.paper_work import FUEL, LOCAL, ORALMAN, PERMIT, RURAL
from tests.integration.traps.law import (
    AKIM,
    CATALOGUE,
    CORPORATION,
    OFFICE,
    PORTAL,
    channels,
    handed,
    karaganda,
    named,
    outcomes,
    receipts,
    representation,
    said,
    step,
    terms,
    verbs,
)

EMPLOYERS = ("employer-issue", "employer-extend", "employer-reissue")
WORKERS = ("worker-issue", "worker-extend", "worker-reissue")
MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)
PROVIDER, FAR_PROVIDER, AKIMS = "karaganda-employment", "bukhar-zhyrau-employment", "kokpekti-akim"
REGION, COMMISSION, TALGAR = "karaganda-region-employment", "karaganda-labour-commission", "talgar-agriculture"
ORGANISATION = Bin("750340000510")
"""Any number of a legal entity."""
EMPLOYER = {"service_kind": "employer-issue", "workers_count": "3"}
THREE_ACTS = ("oralman-status-almaty", "rural-specialists-support", "birth-registration")


def hours_of(service_id: str):
    offices = CATALOGUE.offices_of(service_id)
    return (offices[0] if offices else CATALOGUE.office("karaganda-employment")).hours


def promised(service_id: str, channel: Channel, kind: str | None = None) -> datetime:
    return result_due(CATALOGUE.calendar, named(service_id), hours_of(service_id), channel, MONDAY, kind=kind)


def test_t01_home_teaching_is_applied_for_on_the_portal() -> None:
    (teaching,) = karaganda(14)
    assert channels(teaching) == {OFFICE, CORPORATION, PORTAL}
    assert restriction_on(teaching, PORTAL) is None
    assert CATALOGUE.offers(teaching.id, PORTAL)


def test_t02_two_clocks_run_side_by_side() -> None:
    for number, days in ((13, 8), (14, 10)):
        (service,) = karaganda(number)
        office = CATALOGUE.offices_of(service.id)[0]
        term = step(service, 3, PORTAL).duration
        assert (term.counted_from, said(term)) == (CountedFrom.SUBMISSION, f"{days} wd")
        procedure = ProcedureOf(CATALOGUE, service, office, PORTAL, "disability" if number == 13 else None)
        place = procedure.first
        while place.step != 3:
            following = procedure.after(place)
            assert following is not None
            place = following
        at_once = procedure.due(place, started=MONDAY, submitted=MONDAY)
        two_days_on = procedure.due(place, started=MONDAY + timedelta(days=2), submitted=MONDAY)
        assert at_once == two_days_on, "the time before the executor has it is the executor's"


def test_t03_an_incomplete_package_extends_the_term_and_is_no_refusal() -> None:
    (assistance,) = karaganda(13)
    (incomplete,) = [term for term in step(assistance, 3, OFFICE).terms if term.when == "documents-incomplete"]
    assert (incomplete.extends, said(incomplete.duration)) == (False, "20 wd")
    assert not [receipt for receipt in assistance.receipts if receipt.kind is ReceiptKind.REFUSAL_RECEIPT]


def test_t04_the_portal_is_for_two_categories_and_the_counter_gives_a_coupon() -> None:
    (assistance,) = karaganda(13)
    assert kinds_on(assistance, PORTAL) == ("disability", "socially-significant-disease")
    assert kinds_on(assistance, OFFICE) == assistance.kind_ids
    assert kind_problem(assistance, PORTAL, "other-category") is not None
    assert kind_problem(assistance, OFFICE, "other-category") is None
    assert receipts(assistance, ReceiptKind.COUPON, OFFICE)
    assert not receipts(assistance, ReceiptKind.RECEIPT, OFFICE)


def test_t05_the_akim_is_there_for_who_has_no_provider() -> None:
    (fuel,) = karaganda(17)
    assert channels(fuel) == {OFFICE, CORPORATION, AKIM}
    only = restriction_on(fuel, AKIM)
    assert only is not None
    assert only.rule == "no-provider-there"
    providers = {office.seat for office in CATALOGUE.offices_of(fuel.id)}
    for akim in CATALOGUE.counters_of(fuel.id, AKIM):
        assert not [seat for seat in providers if seat.startswith(akim.territory.rstrip("0"))]


def test_t06_the_akims_step_comes_before_the_providers() -> None:
    (fuel,) = karaganda(17)
    path = fuel.procedure(AKIM).path(AKIM)
    assert [one.number for one in path] == [1, 2, 4, 3, 5, 6]
    assert [said(one.duration) for one in path[2:4]] == ["15 wd", "10 wd"]
    assert [said(term.duration) for term in path[2].terms if term.output == "documents-check"] == ["20 min"]
    assert 4 not in [one.number for one in fuel.procedure(OFFICE).path(OFFICE)]


def test_t08_a_booked_ticket_opens_no_channel() -> None:
    fuel, teaching = karaganda(17, 14)
    assert {queue.channel for queue in fuel.queues if queue.bookable} == {CORPORATION}
    assert PORTAL not in channels(fuel)
    assert not [queue for queue in teaching.queues if queue.bookable]


def test_t09_the_acts_consent_is_that_of_one_service() -> None:
    services = (*karaganda(*range(11, 20)), *map(named, THREE_ACTS))
    assert [service.id for service in services if service.consent is not None] == [karaganda(17)[0].id]


def test_t10_representation_is_that_of_each_act() -> None:
    teaching, fuel = karaganda(14, 17)
    assert representation(teaching, CORPORATION) is Representation.NOTARISED_DATA
    assert representation(teaching, OFFICE) is None
    assert {representation(fuel, channel) for channel in channels(fuel)} == {Representation.ANY}
    rural = named("rural-specialists-support")
    assert {representation(rural, channel) for channel in channels(rural)} == {Representation.NOTARISED}
    silent = (*karaganda(11, 12, 13, 15, 16, 18, 19), named("oralman-status-almaty"), named("birth-registration"))
    assert [service.id for service in silent if service.powers_of_attorney] == []


def test_t11_a_foreign_workers_permit_is_three_procedures() -> None:
    (permit,) = karaganda(18)
    assert permit.kind_ids == (*EMPLOYERS, *WORKERS)
    assert {permit.procedure(OFFICE, kind).id for kind in permit.kind_ids} == {
        "employer-issue",
        "employer-extend",
        "worker",
    }
    assert kinds_on(permit, PORTAL) == EMPLOYERS
    only = restriction_on(permit, PORTAL)
    assert only is not None
    assert set(only.applicants) == {ApplicantKind.LEGAL_ENTITY, ApplicantKind.ENTREPRENEUR}


def test_t11_the_employer_is_told_within_the_shorter_of_two_terms() -> None:
    (permit,) = karaganda(18)
    assert said(step(permit, 6, OFFICE, "employer-issue").term(OFFICE, "employer-issue")) == "1 wd"
    assert said(step(permit, 6, OFFICE, "employer-issue").duration) == "3 wd"


def test_t11_members_are_told_before_the_session() -> None:
    (permit,) = karaganda(18)
    summons = step(permit, 4, OFFICE, "employer-issue").duration
    assert (summons.counted_from, said(summons)) == (CountedFrom.BEFORE_SESSION, "1 wd")
    adding = permit.procedure(OFFICE, "employer-issue").terms_that_add_up(OFFICE, "employer-issue")
    assert summons not in adding


def test_t11_the_applicants_twenty_days_stop_the_providers_time() -> None:
    (permit,) = karaganda(18)
    path = permit.procedure(PORTAL, "employer-issue").path(PORTAL)
    (condition,) = [one for one in path if one.kind == "condition"]
    assert (condition.body, said(condition.duration), condition.on_fail) == (
        Body.APPLICANT,
        "20 wd",
        Outcome.CANCELLED,
    )
    assert [one.number for one in path[path.index(condition) - 1 : path.index(condition) + 2]] == [6, 1, 7]
    assert permit.result(Outcome.CANCELLED, PORTAL, "employer-issue").id == "cancellation"
    assert Outcome.CANCELLED not in {one.outcome for one in permit.results_on(PORTAL, "employer-extend")}
    adding = permit.procedure(PORTAL, "employer-issue").terms_that_add_up(PORTAL, "employer-issue")
    assert condition.duration not in adding
    assert [said(term) for term in adding] == ["20 min", "8 wd", "1 wd", "1 wd", "1 wd", "3 wd"]


def test_t11_two_sections_divide_one_whole_for_a_workers_permit() -> None:
    (permit,) = karaganda(18)
    for kind, total in zip(WORKERS, ("5 cd", "5 cd", "3 cd"), strict=True):
        limit = permit.total(OFFICE, kind)
        assert limit is not None
        assert (said(limit), limit.counted_from) == (total, CountedFrom.SUBMISSION)
    assert said(step(permit, 4, OFFICE, "worker-reissue").term(OFFICE, "worker-reissue")) == "1 wd"
    assert said(step(permit, 4, OFFICE, "worker-issue").term(OFFICE, "worker-issue")) == "3 wd"


def test_t11_the_portals_permit_is_signed_by_two_and_the_paper_by_one() -> None:
    (permit,) = karaganda(18)
    for kind in EMPLOYERS:
        assert [one.role for one in permit.result(Outcome.ISSUED, PORTAL, kind).signers] == [Role.EXECUTOR, Role.HEAD]
        assert [one.role for one in permit.result(Outcome.ISSUED, OFFICE, kind).signers] == [Role.HEAD]


def test_t11_nobody_is_a_clerk_there() -> None:
    (permit,) = karaganda(18)
    for kind in permit.kind_ids:
        assert Role.CLERK not in {role for _, _, role in verbs(permit, OFFICE, kind)}
    assert permit.receipts == ()


def test_t12_grounds_are_the_acts_where_it_has_one() -> None:
    institutions, home = karaganda(15, 16)
    by_id = {ground.id: ground for ground in institutions.grounds}
    assert not by_id["unreliable-data"].assumed
    assert home.result(Outcome.REFUSED, OFFICE).grounds
    assert [ground.id for ground in home.grounds if not ground.assumed] == []


def test_t13_who_may_be_refused() -> None:
    for service in (*karaganda(11, 12, 17, 19), named("oralman-status-almaty"), named("birth-registration")):
        assert Outcome.REFUSED not in outcomes(service), service.id
    for service in karaganda(13, 14):
        assert not service.result(Outcome.REFUSED, PORTAL).assumed
    (permit,) = karaganda(18)
    assert permit.result(Outcome.REFUSED, OFFICE, "worker-issue").assumed
    for service in (named("oralman-status-almaty"), named("birth-registration")):
        assert [receipt.channels for receipt in service.receipts if receipt.kind is ReceiptKind.REFUSAL_RECEIPT] == [
            (CORPORATION,)
        ]


def test_t15_steps_are_named_by_the_processes_numbers() -> None:
    for service in karaganda(13, 14):
        flow = service.flow(PORTAL)
        assert [str(one.ref) for one in flow.steps] == [
            "process 1",
            "condition 1",
            "process 2",
            "process 3",
            "condition 2",
            "process 4",
            "process 5",
            "process 6",
            "condition 3",
            "process 7",
            "process 8",
        ]
        assert flow.registration is not None, "the first item of the list has no number"
    (teaching,) = karaganda(14)
    lost = teaching.flow(CORPORATION).step(StepKind.PROCESS, 9)
    assert lost.unnumbered
    assert lost.terminal


def test_t16_only_individuals_apply_where_the_text_speaks_of_organisations() -> None:
    services = (*karaganda(*range(11, 18)), *karaganda(19), *map(named, THREE_ACTS))
    assert {service.applicants.kinds for service in services} == {(ApplicantKind.INDIVIDUAL,)}
    (permit,) = karaganda(18)
    assert set(permit.applicants.kinds) == set(ApplicantKind)


def test_t18_five_working_days_are_the_whole() -> None:
    (status,) = karaganda(19)
    total = status.total(OFFICE)
    assert total is not None
    assert said(total) == "5 wd"
    assert step(status, 4, OFFICE).duration.counted_from is CountedFrom.SUBMISSION
    due = promised("oralman-status", OFFICE).astimezone(UTC)
    assert due.date().isoformat() == "2026-03-10", "3, 4, 5, 6 and, over Women's Day, 10 March"
    (coupon,) = status.receipts
    assert set(coupon.states) == {NoticeFact.REGISTRATION_DATE, NoticeFact.RESULT_DATE}
    assert NoticeFact.ACCEPTOR not in coupon.states
    assert (3, Verb.SIGN, Role.HEAD) in verbs(status, OFFICE)


def test_t19_barcode_and_numbers_that_begin_anew() -> None:
    with_barcode = {
        service.id
        for service in CATALOGUE.services.values()
        for receipt in service.receipts
        if receipt.kind is ReceiptKind.BARCODE_RECEIPT or NoticeFact.BARCODE in receipt.states
    }
    assert with_barcode == {"oralman-status-almaty"}
    status = named("oralman-status-almaty")
    first, second = status.flows
    assert [one.number for one in first.steps] == [1, 2, 3, 4]
    assert [one.number for one in second.steps] == [1, 2, 3, 4, 5]
    assert first.id != second.id, "process 1 is two things: a step is known by flow, kind and number"
    assert verbs(status, CORPORATION)[-2:] == [(4, Verb.SIGN, Role.HEAD), (4, Verb.HAND_OVER, Role.CLERK)]


def test_t20_the_channel_the_kind_and_the_queue_make_four_endings() -> None:
    rural = named("rural-specialists-support")
    assert rural.result(Outcome.ISSUED, OFFICE).id == "agreement"
    assert rural.result(Outcome.ISSUED, CORPORATION).id == "invitation"
    for channel in (OFFICE, CORPORATION):
        assert rural.result(Outcome.QUEUED, channel).id == "queue-entry"
        assert rural.result(Outcome.REFUSED, channel).grounds
    assert terms(rural, OFFICE, "relocation-allowance") == ["30 min", "3 h", "26 wd", "4 h", "30 min"]
    assert terms(rural, OFFICE, "housing-loan") == ["30 min", "3 h", "46 wd", "4 h", "30 min"]
    assert terms(rural, CORPORATION, "housing-loan")[:2] == ["20 min", "3 h"]
    assert terms(rural, CORPORATION, "housing-loan")[-2:] == ["3 h", "20 min"]
    assert promised(rural.id, OFFICE, "relocation-allowance") < promised(rural.id, OFFICE, "housing-loan")


def test_t21_every_term_of_the_birth_act_is_assumed_and_its_result_on_paper() -> None:
    birth = named("birth-registration")
    for procedure in birth.procedures:
        assert [one.number for one in procedure.steps if not one.duration.assumed] == []
    assert {result.medium for result in birth.results} == {Medium.PAPER}
    assert handed(birth, PORTAL) == {HandOver.PICK_UP_NOTICE}
    accepted = birth.notification(StepRef(StepKind.ACTION, 2))
    assert accepted is not None
    assert set(accepted.states) == {NoticeFact.RESULT_DATE, NoticeFact.RESULT_TIME}


@pytest.mark.parametrize("number", [11, 12, 14, 15, 16])
def test_t22_the_check_is_done_though_the_repetition_drops_it(number: int) -> None:
    (service,) = karaganda(number)
    assert (3, Verb.CHECK_DOCUMENTS, Role.EXECUTOR) in verbs(service, OFFICE)


def test_t22_lawfulness_is_checked_before_the_entry_in_the_register() -> None:
    (status,) = karaganda(19)
    done = [(number, verb) for number, verb, _ in verbs(status, OFFICE)]
    assert done.index((2, Verb.CHECK_DOCUMENTS)) < done.index((2, Verb.RECORD)) < done.index((3, Verb.DRAFT))


def test_t23_the_lists_title_is_kept_beside_the_headings() -> None:
    for service in karaganda(16, 18):
        assert service.other_titles
        assert all(other.text.kk != service.title.text.kk for other in service.other_titles)


def test_t25_what_is_handed_in_on_paper_is_a_copy() -> None:
    for service in karaganda(*range(11, 17)):
        assert [document.id for document in service.documents if "original" in document.id] == []


def test_t26_every_act_is_repealed() -> None:
    assert {act.id: act.repealed.day.year for act in CATALOGUE.acts.values() if act.repealed is not None} == {
        "karaganda-2014-34-05": 2015,
        "almaty-2015-4-594": 2020,
        "almaty-2018-1-51": 2020,
        "almaty-region-2018-60": 2020,
        "almaty-region-2016-418": 2017,
    }
    assert [act.id for act in CATALOGUE.acts.values() if act.repealed is None] == []


async def test_t03_at_the_desk_20_days_from_the_submission_take_the_place_of_8(rooms) -> None:
    await rooms.hire(PROVIDER)
    case = await rooms.to((await rooms.accept(LOCAL, PROVIDER)).number, Verb.CHECK_DOCUMENTS)
    hours = CATALOGUE.office(PROVIDER).hours
    days = {n: Duration(value=n, unit=Unit.WORKING_DAYS) for n in (8, 20)}
    assert case.due_at == CATALOGUE.calendar.deadline(case.submitted_at, days[8], hours)
    rooms.clock.advance(timedelta(days=3))
    executor = await rooms.actor(case)
    event = {"event": "documents-incomplete", "reason": "Табыс туралы анықтама жоқ"}
    extended = await rooms.desk.moves.extend(executor, case.number, version=case.version, **event)
    assert extended.due_at == CATALOGUE.calendar.deadline(case.submitted_at, days[20], hours)
    assert extended.awaits_verb is Verb.CHECK_DOCUMENTS, "nothing is refused"
    rooms.clock.advance(case.due_at + timedelta(minutes=1) - rooms.clock.now())
    await rooms.fire()
    assert not (await rooms.read(case.number)).late, "the first deadline is no deadline any more"


async def test_t06_at_the_desk_the_akims_executor_and_the_providers_both_check(rooms) -> None:
    for office in (FAR_PROVIDER, AKIMS):
        await rooms.hire(office)
    case = await rooms.accept(FUEL, FAR_PROVIDER, counter=AKIMS)
    seen = []
    while case.awaits_verb is not None:
        seen.append((case.position.step, case.awaits_verb, case.awaits_office))
        case = await rooms.do(case.number)
    checks = [(step, office) for step, verb, office in seen if verb is Verb.CHECK_DOCUMENTS]
    assert checks == [(4, AKIMS), (3, FAR_PROVIDER)]
    assert list(dict.fromkeys(step for step, _, _ in seen)) == [1, 2, 4, 3, 5, 6]


async def test_t11_a_decision_against_leaves_out_notice_and_condition_and_ends_in_a_refusal(rooms) -> None:
    await _hire_for_permits(rooms)
    case = await rooms.to((await _employers_paper(rooms)).number, Verb.RECOMMEND, favourable=False)
    seen = []
    while case.awaits_verb is not None:
        seen.append((case.position.kind.value, case.position.step, case.awaits_verb))
        case = await rooms.do(case.number, favourable=False)
    assert [verb for _, _, verb in seen] == [Verb.RECOMMEND, Verb.DECIDE, Verb.DRAFT, Verb.SIGN, Verb.HAND_OVER]
    assert "condition" not in {kind for kind, _, _ in seen}
    assert case.decision is not None
    assert case.decision.result == "refusal"


async def test_t11_who_brings_nothing_in_twenty_working_days_loses_the_decision(rooms) -> None:
    await _hire_for_permits(rooms)
    case = await rooms.to((await _employers_paper(rooms)).number, Verb.SUBMIT)
    assert case.position.kind.value == "condition"
    told = rooms.clock.now()
    twenty = Duration(value=20, unit=Unit.WORKING_DAYS)
    assert case.due_at == CATALOGUE.calendar.deadline(told, twenty, CATALOGUE.office(REGION).hours)
    rooms.clock.advance(case.due_at - timedelta(minutes=1) - rooms.clock.now())
    await rooms.fire()
    assert (await rooms.read(case.number)).awaits_verb is Verb.SUBMIT
    rooms.clock.advance(timedelta(minutes=2))
    await rooms.fire()
    lapsed = await rooms.read(case.number)
    assert (lapsed.awaits_verb, lapsed.late) == (Verb.DRAFT, False), "the applicant's time is nobody's lateness"
    permit = Decision("employer-permit-paper", {"occupation": "Инженер"})
    with pytest.raises(DeskError) as caught:
        await rooms.desk.actions.draft(await rooms.actor(lapsed), case.number, version=lapsed.version, decision=permit)
    assert caught.value.code is DeskCode.CONDITION_FAILED
    ended = await rooms.to(case.number, None)
    assert ended.decision is not None
    assert (ended.state, ended.decision.result) == (CaseState.CLOSED, "cancellation")


async def test_t11_the_summons_is_due_a_working_day_before_the_session(rooms) -> None:
    await _hire_for_permits(rooms)
    case = await rooms.to((await _employers_paper(rooms)).number, Verb.SUMMON)
    assert case.session_at is not None
    one = Duration(value=1, unit=Unit.WORKING_DAYS)
    assert case.due_at == CATALOGUE.calendar.deadline_before(case.session_at, one, CATALOGUE.office(REGION).hours)
    assert case.due_at < case.session_at


async def test_t18_at_the_desk_the_last_step_ends_with_the_fifth_working_day(rooms) -> None:
    await rooms.hire(REGION, Role.HEAD, Role.EXECUTOR)
    accepted = await rooms.accept(ORALMAN, REGION)
    case = await rooms.to(accepted.number, Verb.HAND_OVER)
    assert case.due_at == case.result_due
    assert case.due_at == CATALOGUE.calendar.deadline(
        accepted.submitted_at, Duration(value=5, unit=Unit.WORKING_DAYS), CATALOGUE.office(REGION).hours
    )


async def test_t20_an_entry_in_the_queue_ends_the_case_and_is_no_refusal(rooms) -> None:
    await rooms.hire(TALGAR)
    case = await rooms.to((await rooms.accept(RURAL, TALGAR)).number, Verb.DRAFT)
    facts = {
        "benefit_kind": "housing-loan",
        "queue_reason": "funds-exhausted",
        "recorded_on": "2026-03-02",
        "queue_number": "14",
    }
    entry = Decision("queue-entry", facts)
    await rooms.desk.actions.draft(await rooms.actor(case), case.number, version=case.version, decision=entry)
    ended = await rooms.to(case.number, None)
    assert ended.state is CaseState.CLOSED
    assert ended.decision is not None
    assert (ended.decision.result, ended.decision.ground) == ("queue-entry", None)


async def _hire_for_permits(rooms) -> None:
    await rooms.hire(REGION, Role.HEAD, Role.EXECUTOR)
    await rooms.hire(COMMISSION)


async def _employers_paper(rooms):
    return await rooms.accept(PERMIT, REGION, fields=EMPLOYER, applicant=ORGANISATION, applicant_name="«ҚҰРЫЛЫС» ЖШС")
