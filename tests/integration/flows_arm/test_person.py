"""Processes 1 to 4 at a window: what is entered and kept, the consent, the question, and what the answers lead to."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.outcome import Entry
from gateway.registries.powers import Party, PowerState
from tests.integration.flows_arm.hall import (
    ALLOWANCE,
    APPLICANT,
    CATALOGUE,
    CERTIFICATE,
    CHILD,
    DEAD,
    NAME,
    ORALMAN,
    ORDER,
    REPRESENTATIVE,
    SUPPORT,
    UNKNOWN,
    VICTIMS,
    Hall,
    person,
)
from tests.integration.flows_arm.test_sending import REPRESENTED
from tests.locks import somebody_waits

SILENT = RegistryUnavailable(Registry.GBDFL, UnavailableCode.NO_ANSWER)


def refusal(code: ArmCode):
    return pytest.raises(ArmError, match=f"^{code}(,|$)")


async def state(hall, number):
    return (await hall.application(number)).state


async def test_the_login_of_the_session_comes_into_the_trail_of_every_application_of_it(hall, operator, clock):
    flow = hall.rooms.flow
    await flow.process_1_entered(operator, "shift")
    came = clock.now()
    clock.advance(timedelta(minutes=5))
    numbers = [await flow.process_2_select(operator, CERTIFICATE, session="shift", window=1) for _ in range(2)]
    assert numbers[0] != numbers[1]
    for number in numbers:
        (event,) = await hall.rooms.journal.trail(number)
        assert (event.step.kind, event.step.number, event.at) == ("process", 1, came)
        assert event.actor == f"operator:{operator.id}"


async def test_a_lost_session_does_not_lose_the_login(hall, operator):
    number = await hall.rooms.flow.process_2_select(operator, CERTIFICATE, session="nothing", window=1)
    assert await hall.trail(number) == ["process 1 done"]


async def test_only_the_departments_services_and_windows_are_chosen(hall, operator):
    flow = hall.rooms.flow
    assert CERTIFICATE in {one.id for one in flow.services(operator)}
    with refusal(ArmCode.SERVICE_NOT_HERE):
        await flow.process_2_select(operator, ORDER, session="s", window=1)
    with refusal(ArmCode.SERVICE_NOT_HERE):
        await flow.process_2_select(operator, "no-such-service", session="s", window=1)
    with refusal(ArmCode.WRONG_WINDOW):
        await flow.process_2_select(operator, CERTIFICATE, session="s", window=100)


async def test_what_is_typed_is_kept_as_it_stands_and_another_terminal_does_not_overwrite_it(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    version = await flow.keep_typed(operator, number, {"applicant_number": "88", "phone": "+7 7"}, 1)
    version = await flow.keep_typed(operator, number, {"phone": "+7 70\x00", "not-a-field": "x"}, version)
    with refusal(ArmCode.STALE):
        await flow.keep_typed(operator, number, {"phone": "lost"}, version - 1)
    with refusal(ArmCode.TOO_LONG):
        await flow.keep_typed(operator, number, {"phone": "1" * 4001}, version)
    view = await flow.intake(operator, number)
    assert view.intake.typed["applicant_number"] == "88"
    assert view.intake.typed["phone"] == "+7 70"
    assert "not-a-field" not in view.intake.typed
    assert view.intake.version == version
    assert view.application.applicant_number == ""


async def test_every_problem_is_told_at_its_field_and_nothing_is_taken_in(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    wrong = {"applicant_number": str(APPLICANT)[:-1] + "0", "applicant_name": "123", "representative": "yes"}
    entered = await flow.process_2_enter(operator, number, wrong)
    told = {one.field for one in entered.problems}
    assert {"applicant_number", "applicant_name", "representative_number", "representative_name", "power_kind"} <= told
    assert {"phone", "address", "purpose"} <= told
    assert "consent" not in told
    assert (await hall.application(number)).applicant_number == ""
    assert await hall.trail(number) == ["process 1 done"]
    with refusal(ArmCode.APPLICANT_MISSING):
        await flow.give_consent(operator, number)
    with refusal(ArmCode.APPLICANT_MISSING):
        await flow.process_3_query(operator, number)


async def test_nobody_is_asked_about_before_the_consent(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    await flow.process_2_enter(operator, number, hall.typed(CERTIFICATE, office="karaganda-employment"))
    with refusal(ArmCode.CONSENT_MISSING):
        await flow.process_3_query(operator, number)
    assert hall.people.asked == []
    await flow.give_consent(operator, number)
    assert (await flow.process_3_query(operator, number)).verdict == "found"
    assert hall.people.asked == [APPLICANT]


async def test_a_refused_consent_ends_the_intake_and_asks_nobody(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    await flow.process_2_enter(operator, number, hall.typed(CERTIFICATE, office="karaganda-employment"))
    await flow.consent_refused(operator, number, "applicant-declined")
    assert await state(hall, number) == "not-accepted"
    assert await hall.notes(number) == ["consent refused failed"]
    assert hall.people.asked == []
    with refusal(ArmCode.NOT_EDITABLE):
        await flow.give_consent(operator, number)
    with refusal(ArmCode.NOT_EDITABLE):
        await flow.process_3_query(operator, number)


async def test_found_data_pass_condition_1_and_are_not_asked_for_again(hall, operator):
    number = await hall.asked(operator, CERTIFICATE)
    intake = await hall.rooms.flow.process_3_query(operator, number)
    assert intake.finding["verdict"] == "found"
    assert intake.finding["registry"] == "gbdfl"
    assert intake.finding["name"] == NAME
    assert intake.finding["birth_date"] == "1988-01-01"
    assert hall.people.asked == [APPLICANT]
    assert hall.powers.asked == []  # nobody came for the applicant
    assert (await hall.trail(number))[-2:] == ["process 3 done", "condition 1 passed"]


async def test_no_personal_data_of_an_answer_stand_in_the_journal(hall, operator):
    number = await hall.asked(operator, CERTIFICATE)
    told = str([event.step.facts for event in await hall.rooms.journal.trail(number)])
    assert NAME not in told
    assert "1988" not in told
    assert str(APPLICANT) not in told


@pytest.mark.parametrize(
    ("who", "why"), [(UNKNOWN, "no-data"), (DEAD, "dead")], ids=["not in the database", "a dead person"]
)
async def test_absent_data_lead_to_process_4_and_end_the_intake(hall, operator, who, why):
    number = await hall.asked(operator, CERTIFICATE, applicant_number=str(who))
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert (intake.finding["verdict"], intake.finding["reason"]) == ("absent", why)
    assert await state(hall, number) == "no-data"
    assert (await hall.trail(number))[-3:] == ["process 3 done", "condition 1 failed", "process 4 done"]
    assert (await hall.rooms.receipts.no_data(operator, number)).startswith(b"%PDF-")
    with refusal(ArmCode.NOT_EDITABLE):
        await hall.rooms.flow.process_2_enter(operator, number, {})


async def test_a_double_press_tells_of_absent_data_once(hall, operator):
    number = await hall.begun(operator, CERTIFICATE, applicant_number=str(UNKNOWN))
    found = await asyncio.gather(*(hall.rooms.flow.process_3_query(operator, number) for _ in range(3)))
    assert {one.verdict for one in found} == {"absent"}
    assert (await hall.trail(number))[-3:] == ["process 3 done", "condition 1 failed", "process 4 done"]


async def test_process_4_follows_the_query_where_the_act_has_lost_condition_1(hall):
    operator = await hall.operator("almaty-corporation")
    number = await hall.asked(operator, ALLOWANCE, applicant_number=str(UNKNOWN))
    assert await hall.trail(number) == [f"process {one} done" for one in (1, 2, 3, 4)]
    assert await state(hall, number) == "no-data"


async def test_a_silent_database_decides_nothing_and_is_asked_again(hall, operator):
    hall.people.trouble = SILENT
    number = await hall.asked(operator, CERTIFICATE)
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert intake.finding == {"verdict": "unavailable", "registry": "gbdfl", "code": "registry-no-answer"}
    assert await state(hall, number) == "draft"
    assert (await hall.trail(number))[-2:] == ["process 3 done", "condition 1 undetermined"]
    certificate = hall.key(operator).certificate.der
    with refusal(ArmCode.DATA_UNAVAILABLE):
        await hall.rooms.flow.process_5_choose_certificate(operator, number, certificate)
    hall.people.trouble = None
    assert (await hall.rooms.flow.process_3_query(operator, number)).verdict == "found"
    assert (await hall.trail(number))[-3:] == ["process 3 done", "condition 1 undetermined", "condition 1 passed"]
    assert (await hall.application(number)).state == "draft"


async def test_a_silent_database_is_no_absence_without_condition_1_either(hall):
    operator = await hall.operator("almaty-corporation")
    hall.people.trouble = SILENT
    number = await hall.asked(operator, ALLOWANCE)
    assert await hall.trail(number) == [f"process {one} done" for one in (1, 2, 3)]
    assert await hall.notes(number) == ["consent given done", "query undetermined"]
    assert await state(hall, number) == "draft"


async def test_a_database_that_never_answers_keeps_nobody_waiting_for_long(new_store, clock):
    class Slow:
        async def person(self, iin):
            await asyncio.sleep(60)

    hall = await Hall.build(new_store, clock, persons_registry=Slow(), patience=0.05)
    operator = await hall.operator()
    number = await hall.asked(operator, CERTIFICATE)
    assert (await hall.rooms.flow.draft(operator, number)).intake.verdict == "unavailable"


async def test_a_notarised_power_of_attorney_is_asked_about_and_passes(hall, operator):
    number = await hall.asked(operator, CERTIFICATE, **REPRESENTED)
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert intake.verdict == "found"
    assert intake.representative.iin == REPRESENTATIVE
    assert hall.powers.asked == [REPRESENTED["power_number"]]


OTHERS = Party(number=UNKNOWN, name_kk="Басқа", name_ru="Басқа")


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"number": "other"}, "power-absent"),
        ({"attested_on": date(2026, 1, 21)}, "power-absent"),
        ({"stated": PowerState.REVOKED, "revoked_at": datetime(2026, 2, 1, tzinfo=UTC)}, "power-revoked"),
        ({"stated": PowerState.REVOKED}, "power-revoked"),
        ({"valid_until": date(2026, 3, 1)}, "power-expired"),
        ({"valid_from": date(2026, 3, 3)}, "power-not-yet-valid"),
        ({"principals": (OTHERS,)}, "power-of-another"),
        ({"representatives": (OTHERS,)}, "power-of-another"),
        ({"scopes": (Entry("02", "—", "—"),)}, "power-of-another-matter"),
    ],
)
async def test_a_power_of_attorney_that_is_not_good_leads_to_process_4(hall, operator, change, verdict):
    if "number" in change:
        hall.powers.powers = {}
    else:
        hall.change_power(**change)
    number = await hall.asked(operator, CERTIFICATE, **REPRESENTED)
    finding = (await hall.rooms.flow.intake(operator, number)).intake.finding
    assert (finding["verdict"], finding["registry"]) == (verdict, "enis")
    assert (await hall.trail(number))[-2:] == ["condition 1 failed", "process 4 done"]
    assert await state(hall, number) == "no-data"
    assert (await hall.rooms.receipts.no_data(operator, number)).startswith(b"%PDF-")


async def test_the_last_day_of_a_power_of_attorney_is_a_day_of_validity(hall, operator, clock):
    hall.change_power(valid_until=date(2026, 3, 2))
    clock.advance(timedelta(hours=13))  # 23:00 of that day in Almaty
    number = await hall.asked(operator, CERTIFICATE, **REPRESENTED)
    assert (await hall.rooms.flow.intake(operator, number)).intake.verdict == "found"


async def test_a_silent_notary_system_decides_nothing(hall, operator):
    hall.powers.trouble = RegistryUnavailable(Registry.ENIS, UnavailableCode.NO_ANSWER)
    number = await hall.asked(operator, CERTIFICATE, **REPRESENTED)
    finding = (await hall.rooms.flow.intake(operator, number)).intake.finding
    assert (finding["verdict"], finding["registry"]) == ("unavailable", "enis")
    assert await state(hall, number) == "draft"


async def test_the_notary_system_is_not_asked_about_an_absent_applicant(hall, operator):
    await hall.asked(operator, CERTIFICATE, **REPRESENTED, applicant_number=str(UNKNOWN))
    assert hall.powers.asked == []


async def test_the_data_of_a_power_that_is_not_notarised_are_not_entered_where_the_act_says_so(hall, operator):
    simple = REPRESENTED | {"power_kind": "simple"}
    number = await hall.asked(operator, CERTIFICATE, **simple)
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert (intake.representative.power.number, intake.representative.power.issued_on) == ("", None)
    assert hall.powers.asked == []
    assert intake.verdict == "found"


async def test_another_power_than_a_notarised_one_is_refused_where_the_act_says_so(hall):
    operator = await hall.operator("almaty-corporation")
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, ORDER, session="s", window=1)
    entered = await flow.process_2_enter(
        operator, number, hall.typed(ORDER, **(REPRESENTED | {"power_kind": "simple"}))
    )
    assert "power_kind" in {one.field for one in entered.problems}


async def test_nobody_comes_for_an_applicant_where_the_act_lets_nobody(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, VICTIMS, session="s", window=1)
    typed = hall.typed(VICTIMS, "recognition", office="karaganda-employment", **REPRESENTED)
    entered = await flow.process_2_enter(operator, number, typed)
    assert "representative" in {one.field for one in entered.problems}


async def test_another_applicant_has_consented_to_nothing_and_is_asked_about_anew(hall, operator):
    number = await hall.asked(operator, CERTIFICATE)
    other = replace(person(APPLICANT), iin=REPRESENTATIVE)
    hall.people.people[REPRESENTATIVE] = other
    await hall.rooms.flow.process_2_enter(operator, number, {"applicant_number": str(REPRESENTATIVE)})
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert (intake.consent_at, intake.finding) == (None, None)
    await hall.rooms.flow.give_consent(operator, number)
    assert (await hall.rooms.flow.process_3_query(operator, number)).verdict == "found"
    assert hall.people.asked == [APPLICANT, REPRESENTATIVE]


async def test_a_representative_who_comes_later_is_asked_about(hall, operator):
    number = await hall.asked(operator, CERTIFICATE)
    await hall.rooms.flow.process_2_enter(operator, number, REPRESENTED)
    intake = (await hall.rooms.flow.intake(operator, number)).intake
    assert (intake.finding, intake.consent_at) == (None, None)
    with refusal(ArmCode.CONSENT_MISSING):
        await hall.rooms.flow.process_3_query(operator, number)
    await hall.rooms.flow.give_consent(operator, number)
    await hall.rooms.flow.process_3_query(operator, number)
    assert hall.powers.asked == [REPRESENTED["power_number"]]


async def test_who_was_entered_before_is_told_apart_from_who_is_entered_now(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    typed = hall.typed(CERTIFICATE, office="karaganda-employment")
    assert not (await flow.process_2_enter(operator, number, typed)).other_persons
    assert not (await flow.process_2_enter(operator, number, {"phone": "+7 701 111 11 11"})).other_persons
    assert (await flow.process_2_enter(operator, number, REPRESENTED)).other_persons
    assert (await flow.process_2_enter(operator, number, {"representative": ""})).other_persons
    assert (await flow.process_2_enter(operator, number, {"applicant_number": str(REPRESENTATIVE)})).other_persons


async def test_what_another_terminal_wrote_is_not_overwritten_on_entering(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    typed = hall.typed(CERTIFICATE, office="karaganda-employment")
    await flow.keep_typed(operator, number, {"phone": "+7 701 111 11 11"}, 1)
    with refusal(ArmCode.STALE):
        await flow.process_2_enter(operator, number, typed, version=1)
    intake = (await flow.intake(operator, number)).intake
    assert (intake.typed["phone"], intake.version) == ("+7 701 111 11 11", 2)
    await flow.process_2_enter(operator, number, typed, version=2)
    await flow.process_2_enter(operator, number, typed, version=1)  # it stands already: nothing is lost
    assert (await flow.intake(operator, number)).intake.typed["phone"] == typed["phone"]


async def test_a_terminal_that_lost_the_answer_learns_the_version_of_what_it_wrote(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    assert await flow.keep_typed(operator, number, {"phone": "+7 7"}, 1) == 2
    assert await flow.keep_typed(operator, number, {"phone": "+7 7"}, 1) == 2


async def test_of_two_terminals_that_keep_at_once_one_is_told(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    writing = (flow.keep_typed(operator, number, {"phone": f"+7 {one}"}, 1) for one in range(6))
    told = await asyncio.gather(*writing, return_exceptions=True)
    assert [getattr(one, "code", None) for one in told if one != 2] == [ArmCode.STALE] * 5
    intake = (await flow.draft(operator, number)).intake
    assert (intake.version, intake.typed["phone"]) == (2, f"+7 {told.index(2)}")


async def test_what_is_typed_while_a_colleague_takes_over_is_not_kept(hall, operator):
    flow, colleague = hall.rooms.flow, await hall.operator(serial=2)
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    async with hall.store.database.transaction() as conn:
        await flow._intakes.lock(conn, number)
        typing = asyncio.create_task(flow.keep_typed(operator, number, {"phone": "+7 7"}, 1))
        await somebody_waits(hall.store.database)
        await flow._intakes.set(conn, number, operator=colleague.id)
    with refusal(ArmCode.OTHER_OPERATOR):
        await typing
    assert "phone" not in (await flow.draft(colleague, number)).intake.typed


async def test_what_is_too_long_is_told_at_its_field_and_the_rest_is_kept(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    typed = hall.typed(CERTIFICATE, office="karaganda-employment", purpose="ұ" * 4001)
    entered = await flow.process_2_enter(operator, number, typed)
    assert (entered.problems[0].field, entered.problems[0].code) == ("purpose", "too-long")
    kept = (await flow.intake(operator, number)).intake.typed
    assert kept["phone"] == typed["phone"]
    assert "purpose" not in kept


async def test_what_is_typed_but_not_entered_is_not_signed(hall, operator):
    number = await hall.asked(operator, CERTIFICATE)
    version = (await hall.rooms.flow.intake(operator, number)).intake.version
    await hall.rooms.flow.keep_typed(operator, number, {"applicant_number": str(REPRESENTATIVE)}, version)
    with refusal(ArmCode.FORM_INCOMPLETE):
        await hall.rooms.flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)


async def test_no_state_database_is_asked_where_the_act_numbers_no_question(hall, operator):
    number = await hall.asked(operator, CHILD)
    assert (await hall.rooms.flow.intake(operator, number)).intake.finding == {"verdict": "not-asked"}
    assert hall.people.asked == []
    oralman = await hall.operator("almaty-corporation")
    if ORALMAN in {one.id for one in hall.rooms.flow.services(oralman)}:
        await hall.asked(oralman, ORALMAN)
        assert hall.people.asked == []


async def test_of_which_service_an_application_is_is_told_to_its_department_alone(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    assert (await flow.service_of(operator, number)).id == CERTIFICATE
    with refusal(ArmCode.OTHER_DEPARTMENT):
        await flow.service_of(await hall.operator("temirtau-corporation"), number)
    with refusal(ArmCode.NO_SUCH_INTAKE):
        await flow.service_of(operator, "73000000999999")


async def test_many_windows_at_once_wait_for_nobody_for_ever(hall, operator):
    """The pool has eight connections: a step that held one and asked for another would stand still."""
    flow = hall.rooms.flow
    numbers = [await hall.begun(operator, CERTIFICATE) for _ in range(4)]
    colleague = await hall.operator(serial=5)
    async with asyncio.timeout(20):
        await asyncio.gather(*(flow.process_3_query(operator, number) for number in numbers * 6))
        certificate = hall.key(operator).certificate.der
        await asyncio.gather(*(flow.process_5_choose_certificate(operator, number, certificate) for number in numbers))
        refused = await asyncio.gather(
            *(flow.process_2_enter(colleague, number, {}) for number in numbers * 6), return_exceptions=True
        )
    assert {error.code for error in refused} == {ArmCode.OTHER_OPERATOR}


async def test_another_department_sees_nothing_and_a_colleague_takes_over(hall, operator):
    flow = hall.rooms.flow
    number = await hall.asked(operator, CERTIFICATE)
    elsewhere, colleague = await hall.operator("temirtau-corporation", 2), await hall.operator(serial=3)
    with refusal(ArmCode.OTHER_DEPARTMENT):
        await flow.intake(elsewhere, number)
    with refusal(ArmCode.OTHER_DEPARTMENT):
        await flow.take_over(elsewhere, number)
    with refusal(ArmCode.OTHER_OPERATOR) as caught:
        await flow.process_2_enter(colleague, number, {})
    assert operator.name in caught.value.text.kk
    await flow.take_over(colleague, number, window=3)
    await flow.process_2_enter(colleague, number, {})
    with refusal(ArmCode.OTHER_OPERATOR):
        await flow.process_2_enter(operator, number, {})
    view = await flow.intake(colleague, number)
    assert (view.intake.operator, view.intake.window) == (colleague.id, 3)
    assert (await flow.open_intakes(operator))[0].operator_name == colleague.name


async def test_what_one_operator_fixed_another_does_not_sign(hall, operator):
    number = await hall.ready(operator, SUPPORT)
    colleague = await hall.operator(serial=4)
    signed = await hall.signed(operator, number)
    await hall.rooms.flow.take_over(colleague, number)
    with refusal(ArmCode.NOT_READY):
        await hall.rooms.flow.process_6_send(colleague, number, signed)


async def test_a_number_is_found_whatever_the_scanner_adds(hall, operator):
    number = await hall.asked(operator, CERTIFICATE)
    for code in (number, f"]C1{number}\r\n", f"\x02{number}\x03", f" {number[:4]} {number[4:]} "):
        assert (await hall.rooms.flow.find(operator, code)).application.number == number
    kazakh = number.translate(str.maketrans("1234567890", '"әіңғ,.үұқ'))
    assert (await hall.rooms.flow.find(operator, kazakh)).application.number == number


@pytest.mark.parametrize("code", ["", "123", "71000000000001", "7300000000000x", "№" * 300, "٧٣٠٠٠٠٠٠٠٠٠٠٠١"])
async def test_what_is_no_number_of_the_state_corporation_is_told_so(hall, operator, code):
    with refusal(ArmCode.NOT_A_NUMBER):
        await hall.rooms.flow.find(operator, code)


async def test_an_unknown_number_another_departments_and_one_already_served_are_told_apart(hall, operator):
    with refusal(ArmCode.NO_SUCH_INTAKE):
        await hall.rooms.flow.find(operator, "73999999999999")
    number = await hall.accepted(operator, CERTIFICATE)
    elsewhere = await hall.operator("temirtau-corporation", 2)
    with refusal(ArmCode.OTHER_DEPARTMENT) as caught:
        await hall.rooms.flow.find(elsewhere, number)
    assert CATALOGUE.office("karaganda-corporation").name.kk in caught.value.text.kk
    async with hall.store.database.transaction() as conn:
        await hall.rooms.flow._own_steps.handed_over(conn, await hall.application(number), operator)
    with refusal(ArmCode.ALREADY_HANDED_OVER) as caught:
        await hall.rooms.flow.find(operator, number)
    assert caught.value.facts["number"] == number
