"""The traps of services 1 to 10 of the Karaganda act, each with a test of its name.

The numbers are those of `notes-karaganda-2014-services-01-10.md`, section 3. A row says what the trap is, and below it
which test holds the reading; `wording` marks what is about the print alone and can do nothing wrong here, `later` what
belongs to the State Corporation's workplace, which is not built.

1. lines are letter-spaced
    tests/unit/catalogue/test_files.py::test_letter_spacing_and_latin_letters_never_come_through
2. hyperlinked words are displaced
    wording
3. the diagrams are lost
    wording
4. the word "refusal" is lost
    test_k04_the_lost_word_is_the_refusal
5. one document has several names
    test_k05_the_result_is_what_paragraph_3_calls_it
6. who gets the data, and from whom the result is received
    test_k06_the_provider_asks_the_state_databases_and_not_the_applicant
7. a "certificate" is given on acceptance, and where receipts are missing
    test_k07_receipts_are_given_where_the_act_names_them
8. receipts state different facts
    test_k08_each_receipt_states_its_own_facts
9. a certificate that says no
    test_k09_a_certificate_of_not_belonging_is_a_result
10. months, calendar days and a file that is sent
    test_k10_the_file_is_sent_after_the_signature_and_inquiries_extend_by_a_month
11. three rules for the rural akim
    test_k11_the_rural_akim_is_a_fallback_a_choice_or_the_provider
12. the channel changes the terms
    test_k12_terms_depend_on_the_channel
13. "not more than" in one section only
    test_k13_every_term_is_a_maximum
14. twenty minutes among thirties
    test_k14_the_last_step_of_the_centre_takes_20_minutes
15. the file arrives from the akim without registration
    test_k15_nobody_registers_what_the_akim_sends_on
16. who may be represented
    test_k16_representation_is_that_of_each_channel
17. condition 3 is worded as an action
    test_k17_condition_3_fails_when_the_data_are_absent
18. the queue is booked through the portal
    test_k18_a_booking_is_no_application
19. legal entities are boilerplate
    test_k19_only_individuals_apply
20. "fully automated", and a service without the centre
    test_k20_people_sign_what_is_called_fully_automated
21. consent in three services
    test_k21_the_acts_consent_is_that_of_three_services
22. refusals named, not named, and refusals to accept
    test_k22_no_refusal_where_the_act_has_none
23. the sixth entry is a service
    test_k23_vocational_guidance_ends_in_a_notification
24. the day of acceptance is not counted
    test_k24_the_day_of_acceptance_is_not_counted
25. misspelt words
    wording
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.catalogue import (
    ApplicantKind,
    Body,
    Check,
    Duration,
    HandOver,
    NoticeFact,
    Outcome,
    Party,
    Role,
    Unit,
    Verb,
)
from gateway.catalogue.acceptance import ReceiptKind, Representation
from gateway.catalogue.kinds import restriction_on
from gateway.desk import CaseState, Decision, DeskCode, DeskError
from tests.integration.paper_work import CHILD, RECIPIENT, VICTIMS
from tests.integration.traps.law import (
    AKIM,
    CATALOGUE,
    CORPORATION,
    OFFICE,
    PORTAL,
    channels,
    handed,
    karaganda,
    outcomes,
    receipts,
    representation,
    said,
    step,
    terms,
    verbs,
)

ALL = range(1, 11)
PROVIDER, FAR_PROVIDER, RURAL = "karaganda-employment", "bukhar-zhyrau-employment", "kokpekti-akim"


def test_k04_the_lost_word_is_the_refusal() -> None:
    for service in karaganda(4, 5, 6):
        for channel in channels(service):
            refusal = service.result(Outcome.REFUSED, channel)
            assert refusal.grounds


def test_k05_the_result_is_what_paragraph_3_calls_it() -> None:
    registration, certificate, referral = karaganda(4, 5, 6)
    assert "хабарлама" in registration.result(Outcome.ISSUED).title.kk.lower()
    assert "анықтама" in certificate.result(Outcome.ISSUED).title.kk.lower()
    for kind in referral.kind_ids[:5]:
        assert "жолдама" in referral.result(Outcome.ISSUED, kind=kind).title.kk.lower()


def test_k06_the_provider_asks_the_state_databases_and_not_the_applicant() -> None:
    for service in karaganda(4, 5, 6):
        condition = service.flow(PORTAL).condition(Check.STATE_DATA)
        assert condition is not None
        assert condition.party is Party.DESK
    for service in karaganda(4, 5):
        last = service.procedure(CORPORATION).path(CORPORATION)[-2:]
        assert [(one.body, one.actions[0].verb) for one in last] == [
            (Body.PROVIDER, Verb.FORWARD),
            (Body.CORPORATION, Verb.HAND_OVER),
        ]


def test_k07_receipts_are_given_where_the_act_names_them() -> None:
    certificate, recipient = karaganda(5, 3)
    assert receipts(certificate, ReceiptKind.RECEIPT, OFFICE)
    assert receipts(certificate, ReceiptKind.RECEIPT, CORPORATION)
    assert receipts(recipient, ReceiptKind.COUPON, OFFICE)
    assert not receipts(recipient, ReceiptKind.RECEIPT, CORPORATION)


def test_k08_each_receipt_states_its_own_facts() -> None:
    usual = {NoticeFact.REGISTRATION_DATE, NoticeFact.RESULT_DATE, NoticeFact.ACCEPTOR}
    for service in karaganda(1, 2, 7, 8, 9, 10):
        (coupon,) = receipts(service, ReceiptKind.COUPON, OFFICE)
        assert set(coupon.states) == usual
    (victims,) = karaganda(7)
    (centre,) = receipts(victims, ReceiptKind.RECEIPT, CORPORATION)
    assert set(centre.states) == {NoticeFact.REGISTRATION_DATE, NoticeFact.REGISTRATION_TIME, NoticeFact.ACCEPTOR}
    (recipient,) = karaganda(3)
    (bare,) = receipts(recipient, ReceiptKind.COUPON, OFFICE)
    assert bare.states == ()


def test_k09_a_certificate_of_not_belonging_is_a_result() -> None:
    (recipient,) = karaganda(3)
    assert outcomes(recipient) == {Outcome.ISSUED, Outcome.NEGATIVE}
    for channel in (OFFICE, AKIM):
        assert recipient.result(Outcome.NEGATIVE, channel).template is not None
        facts = recipient.result(Outcome.ISSUED, channel).template.facts
        assert [fact.id for fact in facts if "quarter" in fact.id], "of the current quarter"


def test_k10_the_file_is_sent_after_the_signature_and_inquiries_extend_by_a_month() -> None:
    (victims,) = karaganda(7)
    done = [verb for _, verb, _ in verbs(victims, OFFICE, "recognition")]
    assert done.index(Verb.SIGN) < done.index(Verb.SEND_FILE)
    executor = step(victims, 3, OFFICE, "recognition")
    (inquiries,) = [term for term in executor.terms if term.when is not None]
    assert (inquiries.extends, said(inquiries.duration)) == (True, "1 mon")
    assert [said(term.duration) for term in step(victims, 4, OFFICE).terms if term.output == "compensation-file"] == [
        "5 cd"
    ]
    assert said(executor.term(OFFICE, "recognition")) == "20 wd"
    assert said(executor.term(OFFICE, "certificate-copy")) == "5 wd"


def test_k11_the_rural_akim_is_a_fallback_a_choice_or_the_provider() -> None:
    assistance, allowance, recipient = karaganda(1, 2, 3)
    fallback = restriction_on(assistance, AKIM)
    assert fallback is not None
    assert fallback.rule == "no-provider-there"
    assert restriction_on(allowance, AKIM) is None
    for one in recipient.procedure(AKIM).path(AKIM):
        assert one.body_on(AKIM) is Body.RURAL_AKIM
    for outcome in (Outcome.ISSUED, Outcome.NEGATIVE):
        assert [signer.body for signer in recipient.result(outcome, AKIM).signers] == [Body.RURAL_AKIM]
        assert [signer.body for signer in recipient.result(outcome, OFFICE).signers] == [Body.PROVIDER]


def test_k12_terms_depend_on_the_channel() -> None:
    for service in karaganda(1, 2):
        assert [said(step(service, number, OFFICE).duration) for number in (3, 4)] == ["2 wd", "3 wd"]
        assert [said(step(service, number, CORPORATION).duration) for number in (4, 5)] == ["1 wd", "2 wd"]
        assert said(step(service, 8, AKIM).term(AKIM)) == "2 wd"
        assert said(step(service, 8, OFFICE).term(OFFICE)) in {"15 min", "30 min"}
    (recipient,) = karaganda(3)
    assert terms(recipient, OFFICE) == ["3 min"] * 5
    assert terms(recipient, AKIM) == ["3 min"] * 5
    assert terms(recipient, CORPORATION) == ["3 wd", *["15 min"] * 6]


def test_k13_every_term_is_a_maximum() -> None:
    office = CATALOGUE.office("karaganda-employment")
    start = datetime(2026, 3, 2, 5, tzinfo=UTC)
    for unit in Unit:
        plain, most = Duration(value=3, unit=unit), Duration(value=3, unit=unit, at_most=True)
        assert CATALOGUE.calendar.deadline(start, plain, office.hours) == CATALOGUE.calendar.deadline(
            start, most, office.hours
        )


def test_k14_the_last_step_of_the_centre_takes_20_minutes() -> None:
    (allowance,) = karaganda(2)
    assert terms(allowance, CORPORATION)[-3:] == ["30 min", "30 min", "20 min"]


def test_k15_nobody_registers_what_the_akim_sends_on() -> None:
    for service in karaganda(1, 2):
        done = verbs(service, AKIM)
        bodies = {one.number: one.body_on(AKIM) for one in service.procedure(AKIM).path(AKIM)}
        assert [(number, verb) for number, verb, _ in done if verb in {Verb.REGISTER, Verb.RESOLVE}] == [
            (1, Verb.REGISTER),
            (2, Verb.RESOLVE),
        ]
        assert bodies[1] is bodies[2] is Body.RURAL_AKIM
        assert done[done.index((5, Verb.FORWARD, Role.EXECUTOR)) + 1] == (6, Verb.DRAFT, Role.EXECUTOR)
        assert bodies[6] is Body.PROVIDER
        assert [one.number for one in service.procedure(OFFICE).path(OFFICE)] == [1, 2, 3, 4, 6, 7, 8]


def test_k16_representation_is_that_of_each_channel() -> None:
    for service in karaganda(1, 2, 3):
        assert {representation(service, channel) for channel in channels(service)} == {Representation.ANY}
    for service in karaganda(4, 5):
        assert representation(service, CORPORATION) is Representation.NOTARISED_DATA
        assert representation(service, PORTAL) is None
        assert representation(service, OFFICE) is None
    assert [service.number for service in karaganda(6, 7, 8, 9, 10) if service.powers_of_attorney] == []


def test_k17_condition_3_fails_when_the_data_are_absent() -> None:
    for service in karaganda(4, 5, 6):
        flow = service.flow(PORTAL)
        condition = flow.condition(Check.STATE_DATA)
        assert condition is not None
        assert (str(condition.ref), str(condition.on_fail)) == ("condition 3", "process 7")
        assert flow.condition(Check.DOCUMENTS) is None
        refusing = [str(one.on_fail) for one in flow.steps if one.on_fail is not None]
        assert refusing == ["process 2", "process 4", "process 7"]


def test_k18_a_booking_is_no_application() -> None:
    for service in karaganda(1, 2, 3):
        bookable = {queue.channel for queue in service.queues if queue.bookable}
        assert bookable == {CORPORATION}
        assert not service.opens(PORTAL)
        assert not [flow for flow in service.flows if flow.channel is PORTAL]
    registration, certificate = karaganda(4, 5)
    assert {queue.channel for queue in registration.queues if queue.bookable} == {CORPORATION}
    assert {queue.channel for queue in certificate.queues if queue.bookable} == {OFFICE, CORPORATION}


def test_k19_only_individuals_apply() -> None:
    assert {service.applicants.kinds for service in karaganda(*ALL)} == {(ApplicantKind.INDIVIDUAL,)}


def test_k20_people_sign_what_is_called_fully_automated() -> None:
    certificate, referral = karaganda(5, 6)
    assert "electronic-full" in [entry.form for entry in certificate.forms]
    assert [verb for _, verb, _ in verbs(certificate, PORTAL)] == [
        Verb.REGISTER,
        Verb.RESOLVE,
        Verb.DRAFT,
        Verb.SIGN,
        Verb.HAND_OVER,
    ]
    assert channels(referral) == {OFFICE, PORTAL}


def test_k21_the_acts_consent_is_that_of_three_services() -> None:
    assert [service.number for service in karaganda(*ALL) if service.consent is not None] == [4, 5, 7]


def test_k22_no_refusal_where_the_act_has_none() -> None:
    for service in karaganda(3, 8, 9, 10):
        assert Outcome.REFUSED not in outcomes(service)
    for service in karaganda(6, 7):
        assert service.result(Outcome.REFUSED, OFFICE).assumed
    for service in karaganda(1, 2, 4, 5):
        assert not service.result(Outcome.REFUSED, OFFICE).assumed
    to_accept = {
        (service.number, channel)
        for service in karaganda(*ALL)
        for receipt in service.receipts
        if receipt.kind is ReceiptKind.REFUSAL_RECEIPT
        for channel in receipt.channels
    }
    assert to_accept == {(number, CORPORATION) for number in (1, 2, 3, 4, 5, 7)}


def test_k23_vocational_guidance_ends_in_a_notification() -> None:
    (referral,) = karaganda(6)
    assert len(referral.kind_ids) == 6
    assert referral.kind_ids[-1] == "vocational-guidance"
    guidance = referral.result(Outcome.ISSUED, PORTAL, "vocational-guidance")
    assert guidance.id == "vocational-guidance-notification"
    assert "жолдама" not in guidance.title.kk.lower()


@pytest.mark.parametrize("arrival", [datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 3, 2, 12, 59, tzinfo=UTC)])
def test_k24_the_day_of_acceptance_is_not_counted(arrival: datetime) -> None:
    (recipient,) = karaganda(3)
    term = step(recipient, 1, CORPORATION).duration
    assert said(term) == "3 wd"
    due = CATALOGUE.calendar.deadline(arrival, term, CATALOGUE.office("karaganda-employment").hours)
    assert due == datetime(2026, 3, 5, 13, tzinfo=UTC), "the 3rd, 4th and 5th, whenever on the 2nd it came"
    assert due - arrival > timedelta(days=3)


def test_k15_the_result_comes_back_to_the_applicant_by_the_akim() -> None:
    for service in karaganda(1, 2):
        assert handed(service, AKIM) == {HandOver.RURAL_AKIM}
        assert verbs(service, AKIM)[-2:] == [(8, Verb.FORWARD, Role.CLERK), (9, Verb.HAND_OVER, Role.EXECUTOR)]


async def test_k09_a_certificate_of_not_belonging_is_handed_over_as_a_result(rooms) -> None:
    await rooms.hire(PROVIDER)
    case = await rooms.to((await rooms.accept(RECIPIENT, PROVIDER)).number, Verb.DRAFT)
    decision = Decision("certificate-of-not-belonging", {"quarter": "first", "year": "2026"})
    await rooms.desk.actions.draft(await rooms.actor(case), case.number, version=case.version, decision=decision)
    closed = await rooms.to(case.number, None)
    assert closed.state is CaseState.CLOSED
    assert closed.decision is not None
    assert closed.decision.ground is None
    assert rooms.place.sent.sent == {}, "who came to the counter is told at the counter"


async def test_k10_inquiries_extend_the_executors_term_by_a_month_once(rooms) -> None:
    await rooms.hire(PROVIDER)
    case = await rooms.to((await rooms.accept(VICTIMS, PROVIDER)).number, Verb.CHECK_DOCUMENTS)
    executor, moves = await rooms.actor(case), rooms.desk.moves
    event = {"event": "further-inquiries-or-inspections", "reason": "Мұрағатқа сұрау салынды"}
    extended = await moves.extend(executor, case.number, version=case.version, **event)
    assert extended.due_at == CATALOGUE.calendar.deadline(
        case.due_at, Duration(value=1, unit=Unit.MONTHS), CATALOGUE.office(PROVIDER).hours
    )
    with pytest.raises(DeskError) as again:
        await moves.extend(executor, case.number, version=extended.version, **event)
    assert again.value.code is DeskCode.NO_EXTENSION


async def test_k10_the_file_is_sent_within_five_days_once_the_head_has_signed_and_never_with_a_refusal(rooms) -> None:
    await rooms.hire(PROVIDER)
    case = await rooms.to((await rooms.accept(VICTIMS, PROVIDER)).number, Verb.SEND_FILE)
    assert case.awaits_role is Role.EXECUTOR
    assert case.signatures == 1
    five_days = Duration(value=5, unit=Unit.CALENDAR_DAYS)
    assert case.due_at == CATALOGUE.calendar.deadline(rooms.clock.now(), five_days, CATALOGUE.office(PROVIDER).hours)
    drafting = await rooms.to((await rooms.accept(VICTIMS, PROVIDER)).number, Verb.DRAFT)
    refusal = Decision("refusal", {}, "residence-not-confirmed")
    await rooms.desk.actions.draft(
        await rooms.actor(drafting), drafting.number, version=drafting.version, decision=refusal
    )
    signed = await rooms.do(drafting.number)
    assert signed.awaits_verb is Verb.HAND_OVER


async def test_k11_at_the_akims_counter_of_service_3_the_akim_decides(rooms) -> None:
    for office in (FAR_PROVIDER, RURAL):
        await rooms.hire(office)
    case = await rooms.accept(RECIPIENT, FAR_PROVIDER, counter=RURAL)
    while case.awaits_verb is not None:
        assert case.awaits_office == RURAL
        case = await rooms.do(case.number)
    assert case.decision is not None
    assert case.decision.result == "certificate-of-belonging-by-akim"


async def test_k15_what_the_akim_sends_on_waits_for_the_providers_executor_at_once(rooms) -> None:
    for office in (FAR_PROVIDER, RURAL, "bukhar-zhyrau-precinct-commission"):
        await rooms.hire(office)
    case = await rooms.to((await rooms.accept(CHILD, FAR_PROVIDER, counter=RURAL)).number, Verb.CONCLUDE)
    case = await rooms.do(case.number)
    assert (case.awaits_verb, case.awaits_office, case.position.step) == (Verb.FORWARD, RURAL, 5)
    arrived = await rooms.do(case.number)
    assert (arrived.awaits_verb, arrived.awaits_office) == (Verb.DRAFT, FAR_PROVIDER)
    assert arrived.executor is None, "any executor of the provider may take it up"
    head = rooms.member(FAR_PROVIDER, Role.HEAD)
    trail = await rooms.desk.cases.trail(head, case.number)
    assert [event.step.number for event in trail if event.step.kind == "procedure"] == [1, 2, 3, 4, 5]
    ended = await rooms.to(case.number, None)
    assert ended.state is CaseState.CLOSED
    trail = await rooms.desk.cases.trail(head, case.number)
    assert [event.step.number for event in trail if event.step.kind == "procedure"] == list(range(1, 10))
