"""The traps of the Almaty act's eleven services, each with a test of its name.

The numbers are those of `notes-almaty-2015-services-01-11.md`, section 3. A row says what the trap is and which test
holds the reading; `wording` marks what is about the print alone and can do nothing wrong here, `later` what belongs to
the State Corporation's workplace, which is not built.

1. the act is repealed
    test_a01_the_repealed_act_is_told_of_and_no_service_is_silent_about_it
2. documents, forms and grounds are in the Standard
    test_a02_what_the_standard_holds_is_marked_as_assumed
3. the diagrams are lost
    wording
4. two alphabets in one word
    test_a04_no_word_mixes_alphabets
5. displaced and glued words
    wording
6. units differ, no total is stated
    test_a06_units_are_the_acts_and_no_total_is_made_up
7. paragraph 9 promises durations and gives none
    test_a07_the_state_corporation_has_no_terms_of_its_own
8. titles and results differ
    test_a08_a_second_title_is_kept_and_results_follow_paragraph_3
9. legal entities are boilerplate
    test_a09_only_individuals_apply
10. the office takes applications of service 2
    test_a10_the_providers_office_takes_applications_for_guardianship
11. the result of 1, 3 and 4 goes to the State Corporation
    test_a11_the_portals_applicant_collects_from_the_state_corporation
12. who hands over the results of 2 and 6
    test_a12_who_hands_over_follows_the_channel
13. the akim signs the order of service 2
    test_a13_the_district_akim_signs_the_order_and_the_head_the_refusal
14. the receipt of service 2 is for the applicant
    test_a14_the_receipt_is_given_to_the_applicant
15. specialist and employee of service 5 are one
    test_a15_the_employee_is_the_executor
16. the head checks, or only hands over
    test_a16_the_executor_checks_and_the_head_resolves
17. stages of paragraph 5 within paragraph 8's
    test_a17_the_executors_days_are_not_counted_twice
18. signing is missing among the results
    test_a18_the_head_signs_before_anything_is_handed_over
19. the lists of 7 and 9 speak of acceptance alone
    test_a19_results_are_given_where_applications_are_taken
20. service 6 has no condition 1
    test_a20_numbers_of_a_flow_need_not_be_contiguous
21. the "and" of process 4 at the State Corporation
    later
22. paper by courier, the electronic document registered
    later
23. the regional gateway, or straight to the provider
    test_a23_the_portal_goes_straight_to_the_provider
24. the certificate is checked before signing
    tests/integration/flows/test_portal.py::test_a_revocation_between_choice_and_signature_ends_in_process_4
25. three refusals, one of them the provider's
    test_a25_of_three_refusals_one_is_the_providers_decision
26. refusals that the results do not name
    test_a26_who_may_refuse_and_what_is_no_refusal
27. everything is called a certificate in process 9
    test_a27_the_result_is_what_paragraph_3_calls_it
28. what the notices must state
    test_a28_notices_state_date_time_place_and_address
29. two registrations
    test_a29_arrival_and_the_clerks_entry_are_two_registrations
30. consent for the State Corporation only
    test_a30_the_acts_consent_is_that_of_four_services
31. what the receipt states
    test_a31_five_services_say_what_the_receipt_states
32. refusal to accept at the State Corporation only
    test_a32_nobody_else_refuses_to_accept
33. stray commas and missing numbers
    wording
34. "fully automated", and people all the same
    test_a34_people_decide_what_is_called_fully_automated
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from gateway.catalogue import (
    ApplicantKind,
    Body,
    HandOver,
    NoticeFact,
    Outcome,
    Party,
    Role,
    StepKind,
    StepRef,
    Unit,
    Verb,
    result_due,
)
from gateway.catalogue.acceptance import ReceiptKind
from gateway.catalogue.result import Signer
from gateway.desk import Decision, DeskCode, DeskError
from tests.integration.desk.workplace import ALMATY as CERTIFICATE
from tests.integration.paper_work import GUARDIANSHIP
from tests.integration.traps.law import (
    CATALOGUE,
    CORPORATION,
    OFFICE,
    PORTAL,
    almaty,
    channels,
    handed,
    outcomes,
    reads,
    receipts,
    said,
    step,
    terms,
    verbs,
)

ALL = range(1, 12)
OFFICE_ID = "almaty-education"
CYRILLIC_BESIDE_LATIN = re.compile(r"[А-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІі][A-Za-z]|[A-Za-z][А-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІі]")


def test_a01_the_repealed_act_is_told_of_and_no_service_is_silent_about_it() -> None:
    acts = {service.act for service in almaty(*ALL)}
    assert {CATALOGUE.acts[act].repealed.day.isoformat() for act in acts} == {"2020-09-29"}
    assert "утратил" in CATALOGUE.acts["almaty-2015-4-594"].repealed.text.ru.lower()


def test_a02_what_the_standard_holds_is_marked_as_assumed() -> None:
    for service in almaty(*ALL):
        assert [field.id for field in service.form if not field.assumed] == ["consent"] * (service.consent is not None)
        assert [document.id for document in service.documents if not document.assumed] == []
        stated = [ground.id for ground in service.grounds if not ground.assumed]
        assert all(ground.lines is not None for ground in service.grounds if ground.id in stated)


def test_a04_no_word_mixes_alphabets() -> None:
    for service in CATALOGUE.services.values():
        for text in _texts(service.model_dump()):
            assert CYRILLIC_BESIDE_LATIN.search(text) is None, (service.id, text)


def test_a06_units_are_the_acts_and_no_total_is_made_up() -> None:
    for service in almaty(*ALL):
        assert service.totals == ()
        channel = PORTAL if service.opens(PORTAL) else OFFICE
        days = Unit.CALENDAR_DAYS if service.number in {2, 7, 9} else Unit.WORKING_DAYS
        units = [one.duration.unit for one in service.procedure(channel).steps]
        assert units[0] is Unit.MINUTES
        assert units[1] is (Unit.MINUTES if service.number in {1, 3, 4} else days)
        assert set(units[2:]) == {days}


def test_a07_the_state_corporation_has_no_terms_of_its_own() -> None:
    for service in almaty(1, 2, 3, 4, 6):
        assert service.procedure(CORPORATION) is service.procedure(PORTAL)
        assert {one.body for one in service.procedure(CORPORATION).steps} == {Body.PROVIDER}
        assert [one for one in service.flow(CORPORATION).steps if one.duration is not None] == []


def test_a08_a_second_title_is_kept_and_results_follow_paragraph_3() -> None:
    meals, property_, payment = almaty(5, 3, 8)
    assert meals.other_titles
    assert meals.other_titles[0].text.kk != meals.title.text.kk
    assert {result.id for result in property_.results if result.outcome is Outcome.ISSUED} == {
        "pension-fund-certificate",
        "internal-affairs-certificate",
        "bank-certificate",
    }
    assert reads(payment, 2067)


def test_a09_only_individuals_apply() -> None:
    assert {service.applicants.kinds for service in almaty(*ALL)} == {(ApplicantKind.INDIVIDUAL,)}


def test_a10_the_providers_office_takes_applications_for_guardianship() -> None:
    (guardianship,) = almaty(2)
    assert channels(guardianship) == {OFFICE, CORPORATION, PORTAL}
    assert guardianship.procedure(OFFICE).steps


def test_a11_the_portals_applicant_collects_from_the_state_corporation() -> None:
    office = CATALOGUE.office("almaty-education")
    for service in almaty(1, 3, 4):
        assert OFFICE not in channels(service)
        assert handed(service, PORTAL) == {HandOver.PICK_UP_NOTICE}
        place = office.place_to_receive(service.id, HandOver.PICK_UP_NOTICE)
        assert "Азаматтарға арналған үкімет" in place.kk
    for service in almaty(5, 7, 8, 9, 10):
        place = office.place_to_receive(service.id, HandOver.PICK_UP_NOTICE)
        assert "Азаматтарға арналған үкімет" not in place.kk, "whom the act does not send there"


def test_a12_who_hands_over_follows_the_channel() -> None:
    for service in almaty(2, 6):
        assert handed(service, OFFICE) == {HandOver.COUNTER}
        assert handed(service, CORPORATION) == {HandOver.CORPORATION}
        assert verbs(service, OFFICE)[-1][1] is Verb.HAND_OVER


def test_a13_the_district_akim_signs_the_order_and_the_head_the_refusal() -> None:
    (guardianship,) = almaty(2)
    order = guardianship.result(Outcome.ISSUED, OFFICE)
    refusal = guardianship.result(Outcome.REFUSED, OFFICE)
    assert order.signers == (Signer(role=Role.HEAD, body=Body.DISTRICT_AKIM),)
    assert refusal.signers == (Signer(role=Role.HEAD, body=Body.PROVIDER),)
    assert verbs(guardianship, OFFICE)[-1] == (4, Verb.HAND_OVER, Role.EXECUTOR)
    office = CATALOGUE.offices_of(guardianship.id)[0]
    akim = CATALOGUE.body_of(office, Body.DISTRICT_AKIM)
    assert akim.body is Body.DISTRICT_AKIM
    assert akim.bin != office.bin, "the order carries the akim's own certificate"


def test_a14_the_receipt_is_given_to_the_applicant() -> None:
    (guardianship,) = almaty(2)
    (receipt,) = receipts(guardianship, ReceiptKind.RECEIPT, OFFICE)
    assert "услугополучателю" in receipt.text.ru
    assert "to the applicant" in receipt.text.en or "gives the applicant" in receipt.text.en
    assert reads(guardianship, 436)


def test_a15_the_employee_is_the_executor() -> None:
    (meals,) = almaty(5)
    assert [role for _, verb, role in verbs(meals, PORTAL) if verb in {Verb.CHECK_DOCUMENTS, Verb.DRAFT}] == [
        Role.EXECUTOR
    ] * 2


def test_a16_the_executor_checks_and_the_head_resolves() -> None:
    for service in almaty(*ALL):
        for channel in channels(service):
            done = verbs(service, channel)
            assert {role for _, verb, role in done if verb is Verb.CHECK_DOCUMENTS} == {Role.EXECUTOR}
            assert [(number, role) for number, verb, role in done if verb is Verb.RESOLVE] == [(2, Role.HEAD)]


def test_a17_the_executors_days_are_not_counted_twice() -> None:
    placement, candidate = almaty(7, 9)
    assert terms(placement, PORTAL) == ["15 min", "1 cd", "29 cd"]
    assert terms(candidate, PORTAL) == ["15 min", "1 cd", "14 cd"]
    for service, formalised in ((placement, "28 cd"), (candidate, "13 cd")):
        inner = [term for term in step(service, 3, PORTAL).terms if term.output == "formalised-result"]
        assert [said(term.duration) for term in inner] == [formalised]
    office = CATALOGUE.office("almaty-education")
    start = datetime(2026, 3, 2, 5, tzinfo=UTC)
    due = result_due(CATALOGUE.calendar, candidate, office.hours, PORTAL, start)
    assert due == datetime(2026, 3, 17, 13, 30, tzinfo=UTC), "1 and 14 calendar days behind Monday the 2nd"


def test_a18_the_head_signs_before_anything_is_handed_over() -> None:
    for service in almaty(8, 10, 11):
        done = [verb for _, verb, _ in verbs(service, OFFICE)]
        assert done.index(Verb.DRAFT) < done.index(Verb.SIGN) < done.index(Verb.HAND_OVER)
        assert (3, Verb.SIGN, Role.HEAD) in verbs(service, OFFICE)


def test_a19_results_are_given_where_applications_are_taken() -> None:
    for service in almaty(7, 9):
        assert handed(service, OFFICE) == {HandOver.COUNTER}
        assert handed(service, PORTAL) == {HandOver.PICK_UP_NOTICE}


def test_a20_numbers_of_a_flow_need_not_be_contiguous() -> None:
    (allowance,) = almaty(6)
    flow = allowance.flow(CORPORATION)
    conditions = [one.number for one in flow.steps if one.kind is StepKind.CONDITION]
    assert conditions == [2]
    assert flow.skips == (StepRef(StepKind.CONDITION, 1),)
    assert flow.step(StepKind.PROCESS, 4).terminal, "which still tells of data that are absent"


def test_a23_the_portal_goes_straight_to_the_provider() -> None:
    for service in almaty(*range(1, 11)):
        assert service.route(PORTAL).path == ("shep",)
    for service in almaty(1, 2, 3, 4, 6):
        assert service.route(CORPORATION).path == ("shep", "rshep")


def test_a25_of_three_refusals_one_is_the_providers_decision() -> None:
    for service in almaty(*range(1, 11)):
        flow = service.flow(PORTAL)
        refusing = [one.on_fail for one in flow.steps if one.on_fail is not None]
        assert [str(ref) for ref in refusing] == ["process 2", "process 4", "process 7"]
        assert [flow.step(*ref).party for ref in refusing] == [Party.CHANNELS, Party.CHANNELS, Party.DESK]


def test_a26_who_may_refuse_and_what_is_no_refusal() -> None:
    for service in almaty(*range(1, 11)):
        assert Outcome.REFUSED in outcomes(service, PORTAL)
    camp, candidate = almaty(11, 9)
    assert outcomes(camp) == {Outcome.ISSUED}
    assert Outcome.NEGATIVE in outcomes(candidate, OFFICE)
    assert Outcome.NEGATIVE in outcomes(candidate, PORTAL)
    stated = {service.number for service in almaty(2, 4, 7) if not service.result(Outcome.REFUSED, PORTAL).assumed}
    assert stated == {2, 4, 7}


def test_a27_the_result_is_what_paragraph_3_calls_it() -> None:
    guardianship, allowance = almaty(2, 6)
    assert (
        "бұйры" in guardianship.result(Outcome.ISSUED).title.kk
        or "өкім" in guardianship.result(Outcome.ISSUED).title.kk
    )
    assert "шешім" in allowance.result(Outcome.ISSUED).title.kk
    for service in (guardianship, allowance):
        assert "анықтама" not in service.result(Outcome.ISSUED).title.kk


def test_a28_notices_state_date_time_place_and_address() -> None:
    for service in almaty(*range(1, 11)):
        accepted = service.notification(StepRef(StepKind.PROCESS, 6))
        ready = service.notification(StepRef(StepKind.PROCESS, 8))
        assert accepted is not None
        assert ready is not None
        assert {NoticeFact.RESULT_DATE, NoticeFact.RESULT_TIME} <= set(accepted.states)
        assert NoticeFact.PLACE not in accepted.states
        assert {NoticeFact.RESULT_DATE, NoticeFact.RESULT_TIME, NoticeFact.PLACE} <= set(ready.states)
        assert (NoticeFact.ADDRESS in ready.states) is (service.number in {7, 9})
        assert ("{address}" in ready.message.kk) is (service.number in {7, 9})


async def test_a29_arrival_and_the_clerks_entry_are_two_registrations(workplace) -> None:
    number = await workplace.submit(CERTIFICATE)
    arrived = await workplace.case(number, "a-clerk")
    assert workplace.steps(number) == [("process", 6, "done")], "the arrival is process 6"
    assert (arrived.journal_number, arrived.awaits_verb) == (None, Verb.REGISTER)
    entered = await workplace.do(number, prefix="a-")
    assert entered.journal_number == "2026-1"
    assert workplace.steps(number)[-1] == ("procedure", 1, "done"), "the clerk's entry is step 1"


def test_a30_the_acts_consent_is_that_of_four_services() -> None:
    assert [service.number for service in almaty(*ALL) if service.consent is not None] == [1, 2, 3, 4]


def test_a31_five_services_say_what_the_receipt_states() -> None:
    for service in almaty(7, 8, 9, 10, 11):
        (receipt,) = receipts(service, ReceiptKind.RECEIPT, OFFICE)
        assert set(receipt.states) == {
            NoticeFact.APPLICATION_NUMBER,
            NoticeFact.REGISTRATION_DATE,
            NoticeFact.SERVICE_KIND,
            NoticeFact.DOCUMENT_COUNT,
            NoticeFact.DOCUMENT_TITLES,
            NoticeFact.RESULT_DATE,
            NoticeFact.RESULT_TIME,
            NoticeFact.PLACE,
            NoticeFact.ACCEPTOR,
        }
    for service in almaty(1, 2, 3):
        assert [receipt.states for receipt in receipts(service, ReceiptKind.RECEIPT, CORPORATION)] == [()]
    meals, allowance = almaty(5, 6)
    assert receipts(meals, ReceiptKind.RECEIPT, OFFICE)
    (shared,) = receipts(allowance, ReceiptKind.RECEIPT, OFFICE)
    assert CORPORATION in shared.channels


def test_a32_nobody_else_refuses_to_accept() -> None:
    refusing = {
        (service.number, channel)
        for service in almaty(*ALL)
        for receipt in service.receipts
        if receipt.kind is ReceiptKind.REFUSAL_RECEIPT
        for channel in receipt.channels
    }
    assert refusing == {(number, CORPORATION) for number in (1, 2, 3, 4, 6)}


@pytest.mark.parametrize("number", [8, 10])
def test_a34_people_decide_what_is_called_fully_automated(number: int) -> None:
    (service,) = almaty(number)
    assert "electronic-full" in [entry.form for entry in service.forms]
    assert [(verb, role) for _, verb, role in verbs(service, PORTAL)] == [
        (Verb.REGISTER, Role.CLERK),
        (Verb.RESOLVE, Role.HEAD),
        (Verb.CHECK_DOCUMENTS, Role.EXECUTOR),
        (Verb.DRAFT, Role.EXECUTOR),
        (Verb.SIGN, Role.HEAD),
        (Verb.HAND_OVER, Role.EXECUTOR),
    ]


async def test_a13_at_the_desk_the_order_goes_to_the_akim_and_the_refusal_to_the_head(rooms) -> None:
    akim = "almaty-medeu-akim"
    await rooms.hire(OFFICE_ID)
    await rooms.hire(akim, Role.HEAD)
    case = await rooms.to((await rooms.accept(GUARDIANSHIP, OFFICE_ID)).number, Verb.SIGN)
    assert (case.awaits_office, case.awaits_role) == (akim, Role.HEAD)
    with pytest.raises(DeskError) as own_head:
        await rooms.desk.issue.sign(
            rooms.member(OFFICE_ID, Role.HEAD), case.number, version=case.version, signed=b"<signed/>"
        )
    assert own_head.value.code in {DeskCode.WRONG_ROLE, DeskCode.ELSEWHERE}
    signed = await rooms.do(case.number)
    assert (signed.awaits_office, signed.awaits_role, signed.awaits_verb) == (OFFICE_ID, Role.EXECUTOR, Verb.HAND_OVER)
    drafting = await rooms.to((await rooms.accept(GUARDIANSHIP, OFFICE_ID)).number, Verb.DRAFT)
    refusal = Decision("refusal", {}, "applicant-cannot-be-guardian")
    refused = await rooms.desk.actions.draft(
        await rooms.actor(drafting), drafting.number, version=drafting.version, decision=refusal
    )
    assert (refused.awaits_office, refused.awaits_role) == (OFFICE_ID, Role.HEAD)


def _texts(value: object) -> list[str]:
    """Every text in kk and ru inside a dumped service."""
    if isinstance(value, dict):
        return [text for name, part in value.items() if name != "en" for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []
