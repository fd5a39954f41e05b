"""The hand-over: the receipt finds the application, the right person receives the result, once, and it is on record."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.catalogue.acceptance import Representation
from gateway.exchange.acceptance import Power, PowerKind
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.handing_over_errors import HandOverCode
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.powers import Party, PowerState
from tests.integration.flows_arm.decided import (
    ASSISTANCE,
    ELSEWHERE,
    IN_ALMATY,
    NOTARISED,
    STRANGER,
    Results,
    named,
)
from tests.integration.flows_arm.department import Department
from tests.integration.flows_arm.hall import ALLOWANCE, APPLICANT, CERTIFICATE, ORDER, REPRESENTATIVE, Hall
from tests.integration.flows_arm.hall import power as known_power

NUMBER, OTHER_NUMBER = "73000000000017", "73000000000024"
WITHOUT_POWERS = "birth-registration"
TODAY = date(2026, 3, 2)


@pytest.fixture
async def results(hall):
    return await Results.build(hall)


@pytest.fixture
async def almaty(hall):
    return await Results.build(hall, IN_ALMATY)


SHOWN = Power(PowerKind.NOTARISED, "2026-004217", TODAY)
SILENT = RegistryUnavailable(Registry.ENIS, UnavailableCode.NO_ANSWER)


def party(number):
    return Party(number=number, name_kk="Сынақов", name_ru="Сынақов")


def notarised(results, shown, **changes):
    """БНАЖ knows the power of attorney that the applicant gave the stranger."""
    values = {"principals": (party(APPLICANT),), "representatives": (party(STRANGER),), "valid_from": TODAY} | changes
    results.hall.powers.powers = {shown.number: known_power(number=shown.number, attested_on=TODAY, **values)}


def refusal(code):
    return pytest.raises(ArmError, match=f"^{code}\\b")


async def unchanged(results, number=NUMBER):
    """Nothing was handed over: no step in the trail, and the result still waits."""
    assert not [step for step in await results.steps(number) if "hand" in step]
    row = await results.hall.store.database.fetchrow("SELECT * FROM hand_over WHERE application = $1", number)
    return row is None or row["handed_at"] is None


async def test_the_receipts_barcode_finds_the_application_and_its_result(results):
    await results.decided(NUMBER, representative=named())
    view = await results.window.open(results.operator, NUMBER)
    assert view.number == NUMBER
    assert view.document.number == f"{NUMBER}-R"
    assert view.intake.representative == named()
    assert view.rule is Representation.ANY
    assert await results.window.printed(results.operator, NUMBER) == f"%PDF {NUMBER}".encode()
    assert await results.window.signed(results.operator, NUMBER) == f"<result>{NUMBER}</result>".encode()


@pytest.mark.parametrize("scanned", ["\x02{}\r\n", "]C0{}", "  {}\t", "{} ", "7300 0000 0000 17"])
async def test_what_a_scanner_adds_is_left_aside(results, scanned):
    await results.decided(NUMBER)
    assert (await results.window.open(results.operator, scanned.format(NUMBER))).number == NUMBER


@pytest.mark.parametrize("scanned", ["", "4870123456789", "71000000000017", "https://example.test/", "7" * 15, "\x00"])
async def test_a_barcode_that_is_no_receipt_of_ours_says_what_to_do(results, scanned):
    await results.decided(NUMBER)
    with refusal(ArmCode.NOT_A_NUMBER) as caught:
        await results.window.open(results.operator, scanned)
    assert caught.value.advice is not None


async def test_a_number_that_never_was_is_unknown(results):
    with refusal(ArmCode.NO_SUCH_INTAKE):
        await results.window.open(results.operator, NUMBER)


async def test_another_departments_receipt_says_which_department(results):
    await results.decided(NUMBER, department=ELSEWHERE)
    with refusal(ArmCode.OTHER_DEPARTMENT) as caught:
        await results.window.open(results.operator, NUMBER)
    assert "Теміртау" in caught.value.text.kk
    for attempt in (
        results.hand_over(NUMBER),
        results.window.printed(results.operator, NUMBER),
        results.window.signed(results.operator, NUMBER),
    ):
        with refusal(ArmCode.OTHER_DEPARTMENT):
            await attempt
    assert await unchanged(results)


async def test_before_the_result_came_nothing_is_handed_over(results):
    await results.taken_in(NUMBER)
    with refusal(ArmCode.RESULT_NOT_READY):
        await results.window.open(results.operator, NUMBER)
    with refusal(ArmCode.RESULT_NOT_READY):
        await results.hand_over(NUMBER)
    with refusal(ArmCode.RESULT_NOT_READY):
        await results.window.printed(results.operator, NUMBER)
    assert await unchanged(results)


async def test_a_result_that_the_courier_still_carries_is_not_handed_over(almaty, hall):
    """It is handed over once the register that brings it is marked (COURIER's registers, as they are)."""
    courier = Department(hall)
    await almaty.decided(NUMBER, service=ALLOWANCE, medium="courier")
    assert [row.here for row in await almaty.window.ready(almaty.operator)] == [False]
    for attempt in (almaty.window.open(almaty.operator, NUMBER), almaty.hand_over(NUMBER)):
        with refusal(HandOverCode.PAPER_ON_ITS_WAY):
            await attempt
    assert await unchanged(almaty)
    register = await courier.bring_results([NUMBER])
    await courier.mark(almaty.operator, register, {NUMBER}, set())
    assert [row.here for row in await almaty.window.ready(almaty.operator)] == [True]
    assert (await almaty.hand_over(NUMBER)).handed_at is not None


async def test_the_applicant_receives_the_result_once_and_the_trail_says_so(results, clock):
    await results.decided(NUMBER)
    await results.window.open(results.operator, NUMBER)
    clock.advance(timedelta(minutes=3))
    row = await results.hand_over(NUMBER)
    assert (row.recipient, row.identity_kind, row.handed_at) == ("applicant", "identity-card", clock.now())
    assert row.document == f"{NUMBER}-R"
    steps = await results.steps(NUMBER)
    assert "note 0 result handed over" in steps
    assert "procedure 9 hand-over" in steps
    assert await results.window.ready(results.operator) == ()
    with refusal(ArmCode.ALREADY_HANDED_OVER) as caught:
        await results.window.open(results.operator, NUMBER)
    assert "02.03.2026" in caught.value.text.kk
    with refusal(ArmCode.ALREADY_HANDED_OVER):
        await results.hand_over(NUMBER, operator=results.colleague)
    assert await results.steps(NUMBER) == steps


async def test_the_flows_last_process_is_taken_when_the_applicant_receives_the_result(hall, almaty):
    """Process 9: the applicant receives the result through the operator (Almaty act, lines 239-240)."""
    number = await hall.accepted(almaty.operator, ORDER)
    await hall.notice(number, "process 7", "done", 1)
    facts = {"ward_name": "А", "ward_birth_date": "2015-05-01", "decision_number": "1", "decision_date": "2020-01-10"}
    await hall.response(number, await hall.result(number, facts))
    assert "process 9 done" not in await hall.trail(number)
    assert [row.number for row in await almaty.window.ready(almaty.operator)] == [number]
    await almaty.hand_over(number)
    assert (await hall.trail(number))[-1] == "process 9 done"
    view = await hall.rooms.flow.intake(almaty.operator, number)
    assert view.handed_over == hall.store.clock.now()


async def test_many_presses_at_once_hand_over_once(results):
    await results.decided(NUMBER)
    presses = [results.hand_over(NUMBER, operator=one) for one in (results.operator, results.colleague) * 6]
    told = await asyncio.gather(*presses, return_exceptions=True)
    done = [one for one in told if not isinstance(one, Exception)]
    assert len(done) == 1
    assert {one.code for one in told if isinstance(one, Exception)} == {ArmCode.ALREADY_HANDED_OVER}
    assert (await results.steps(NUMBER)).count("note 0 result handed over") == 1


async def test_of_what_was_shown_only_the_last_digits_are_kept(results):
    await results.decided(NUMBER)
    row = await results.hand_over(NUMBER)
    assert row.identity_last4 == str(APPLICANT)[-4:]
    trail = await results.hall.rooms.journal.trail(NUMBER)
    assert str(APPLICANT) not in repr([event.to_json() for event in trail])
    kept = await results.hall.store.database.fetchrow("SELECT * FROM hand_over")
    assert str(APPLICANT) not in repr(tuple(kept))


@pytest.mark.parametrize("to", ["applicant", "representative"])
async def test_another_person_than_the_receipt_names_receives_nothing(results, to):
    await results.decided(NUMBER, service=WITHOUT_POWERS, office="karaganda-employment")
    with refusal(ArmCode.OTHER_PERSON) as caught:
        await results.hand_over(NUMBER, to=to, identity_number=str(STRANGER), power=NOTARISED)
    assert caught.value.advice is not None
    assert await unchanged(results)


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (ORDER, "notarised power of attorney"),
        (CERTIFICATE, "or the power of attorney"),
        (ASSISTANCE, "or the power of attorney"),
        (WITHOUT_POWERS, "no representative"),
    ],
)
async def test_another_person_is_told_what_the_rule_of_the_service_lets_others_show(results, service, said):
    await results.decided(NUMBER, service=service)
    with refusal(ArmCode.OTHER_PERSON) as caught:
        await results.hand_over(NUMBER, identity_number=str(STRANGER))
    assert said in caught.value.advice.en
    assert ("нотариат" in caught.value.advice.kk) is ("notarised" in said)


async def test_the_representative_whom_the_receipt_names_receives_it(results):
    await results.decided(NUMBER, representative=named())
    with refusal(ArmCode.OTHER_PERSON):
        await results.hand_over(NUMBER, to="applicant", identity_number=str(REPRESENTATIVE))
    row = await results.hand_over(NUMBER, to="representative", identity_number=str(REPRESENTATIVE))
    assert (row.recipient, row.power) == ("representative", NOTARISED.to_json())


async def test_the_applicant_is_nobodys_representative(results):
    """Nobody represents themselves: whoever shows the applicant's own document receives it as the applicant."""
    await results.decided(NUMBER, service=ASSISTANCE)
    shown = {"identity_number": str(APPLICANT), "power": Power(PowerKind.SIMPLE, "", TODAY)}
    with refusal(ArmCode.OTHER_PERSON) as caught:
        await results.hand_over(NUMBER, to="representative", **shown)
    assert "cannot be one person" in caught.value.text.en
    assert caught.value.advice is not None
    assert await unchanged(results)


async def test_another_representative_needs_the_power_of_attorney_that_the_act_admits(almaty, clock):
    await almaty.decided(NUMBER, service=ORDER)
    shown = {"to": "representative", "identity_number": str(STRANGER)}
    today = clock.now().date()
    for power in (None, Power(PowerKind.SIMPLE, "1", today)):
        with refusal(HandOverCode.POWER_NEEDED):
            await almaty.hand_over(NUMBER, power=power, **shown)
    with refusal(HandOverCode.POWER_NOT_YET):
        await almaty.hand_over(NUMBER, power=Power(PowerKind.NOTARISED, "1", today + timedelta(days=1)), **shown)
    assert await unchanged(almaty)
    power = Power(PowerKind.NOTARISED, "1", today)
    notarised(almaty, power)
    assert (await almaty.hand_over(NUMBER, power=power, **shown)).power == power.to_json()


async def asked_about(results, number=NUMBER):
    """What the trail says of the questions to БНАЖ."""
    events = [event.step for event in await results.hall.rooms.journal.trail(number)]
    return [
        (step.outcome, step.facts["verdict"], step.facts["registry"])
        for step in events
        if step.facts.get("step") == "power of attorney asked about"
    ]


@pytest.mark.parametrize(
    ("code", "verdict", "changes"),
    [
        (HandOverCode.POWER_ABSENT, "power-absent", None),
        (HandOverCode.POWER_REVOKED, "power-revoked", {"revoked_at": datetime(2026, 2, 1, tzinfo=UTC)}),
        (HandOverCode.POWER_REVOKED, "power-revoked", {"stated": PowerState.REVOKED}),
        (HandOverCode.POWER_EXPIRED, "power-expired", {"valid_until": TODAY - timedelta(days=1)}),
        (HandOverCode.POWER_NOT_IN_FORCE, "power-not-yet-valid", {"valid_from": TODAY + timedelta(days=1)}),
        (HandOverCode.POWER_OF_ANOTHER, "power-of-another", {"principals": (party(STRANGER),)}),
        (HandOverCode.POWER_OF_ANOTHER, "power-of-another", {"representatives": (party(REPRESENTATIVE),)}),
        (HandOverCode.POWER_OF_ANOTHER_MATTER, "power-of-another-matter", {"scopes": ()}),
    ],
)
@pytest.mark.parametrize("service", [ORDER, pytest.param(CERTIFICATE, marks=pytest.mark.full)])
async def test_by_a_power_of_attorney_that_the_notaries_do_not_vouch_for_nothing_is_handed_over(
    results, service, code, verdict, changes
):
    await results.decided(NUMBER, service=service)
    notarised(results, SHOWN, **(changes or {}))
    if changes is None:
        results.hall.powers.powers.clear()
    with refusal(code) as caught:
        await results.hand_over(NUMBER, to="representative", identity_number=str(STRANGER), power=SHOWN)
    assert caught.value.advice is not None
    assert await unchanged(results)
    assert await asked_about(results) == [("failed", verdict, "enis")]


async def test_while_the_notary_system_is_silent_nothing_is_handed_over_and_it_is_asked_again(results):
    await results.decided(NUMBER, service=ORDER)
    notarised(results, SHOWN)
    shown = {"to": "representative", "identity_number": str(STRANGER), "power": SHOWN}
    results.hall.powers.trouble = SILENT
    with refusal(HandOverCode.POWER_UNKNOWN):
        await results.hand_over(NUMBER, **shown)
    assert await unchanged(results)
    results.hall.powers.trouble = None
    assert (await results.hand_over(NUMBER, **shown)).power == SHOWN.to_json()
    assert await asked_about(results) == [("undetermined", "unavailable", "enis"), ("passed", "found", "enis")]
    trail = await results.hall.rooms.journal.trail(NUMBER)
    assert SHOWN.number not in repr([event.to_json() for event in trail])


async def test_the_notaries_are_asked_only_where_the_act_has_to_do_with_them(results):
    """Any power of attorney does for assistance; one that is not notarised is not entered for the certificate."""
    shown = {"to": "representative", "identity_number": str(STRANGER)}
    results.hall.powers.trouble = SILENT
    await results.decided(NUMBER, service=ASSISTANCE)
    await results.hand_over(NUMBER, power=SHOWN, **shown)
    await results.decided(OTHER_NUMBER, service=CERTIFICATE)
    await results.hand_over(OTHER_NUMBER, power=Power(PowerKind.SIMPLE), **shown)
    assert results.hall.powers.asked == []


async def test_without_a_notary_system_the_operator_looks_at_the_paper(new_store, clock):
    results = await Results.build(await Hall.build(new_store, clock, powers=None))
    await results.decided(NUMBER, service=ORDER)
    row = await results.hand_over(NUMBER, to="representative", identity_number=str(STRANGER), power=SHOWN)
    assert row.power == SHOWN.to_json()
    assert await asked_about(results) == []


@pytest.mark.parametrize(
    ("service", "kind", "number", "dated", "kept"),
    [
        (CERTIFICATE, PowerKind.SIMPLE, "", False, Power(PowerKind.SIMPLE)),
        (CERTIFICATE, PowerKind.SIMPLE, "5", True, Power(PowerKind.SIMPLE)),
        (CERTIFICATE, PowerKind.NOTARISED, "", True, None),
        (CERTIFICATE, PowerKind.NOTARISED, "5", False, None),
        (ASSISTANCE, PowerKind.SIMPLE, "", True, Power(PowerKind.SIMPLE, "", TODAY)),
        (ASSISTANCE, PowerKind.SIMPLE, "", False, None),
        (ASSISTANCE, PowerKind.NOTARISED, "", True, None),
    ],
)
async def test_of_a_power_of_attorney_is_recorded_what_the_rule_of_the_act_has_entered(  # noqa: PLR0917 - one row a rule
    results, service, kind, number, dated, kept
):
    """Its data only when it is notarised (Karaganda act, lines 1306-1311); else the date, and a notary's number."""
    await results.decided(NUMBER, service=service)
    shown = {"to": "representative", "identity_number": str(STRANGER)}
    power = Power(kind, number, TODAY if dated else None)
    notarised(results, power)
    if kept is None:
        with refusal(HandOverCode.POWER_NEEDED):
            await results.hand_over(NUMBER, power=power, **shown)
        assert await unchanged(results)
    else:
        assert (await results.hand_over(NUMBER, power=power, **shown)).power == kept.to_json()


async def test_the_receipt_of_another_application_hands_nothing_over(results):
    await results.decided(NUMBER)
    await results.decided(OTHER_NUMBER)
    with refusal(HandOverCode.OTHER_RECEIPT):
        await results.hand_over(NUMBER, scanned=OTHER_NUMBER)
    assert await unchanged(results)
    assert await unchanged(results, OTHER_NUMBER)


async def test_without_the_signature_on_the_receipt_nothing_is_handed_over(results):
    await results.decided(NUMBER)
    with refusal(HandOverCode.NOT_SIGNED):
        await results.hand_over(NUMBER, signed=False)
    assert await unchanged(results)


async def test_the_term_of_the_step_runs_from_the_scan_in_the_departments_hours(results, clock):
    """15 minutes (Karaganda act, lines 316-318), however long ago the result came."""
    await results.decided(NUMBER)
    clock.set(datetime(2026, 3, 20, 14, 50, tzinfo=UTC))  # 19:50 in Almaty; the hall closes at 20:00
    view = await results.window.open(results.operator, NUMBER)
    assert view.due_at == datetime(2026, 3, 26, 4, 5, tzinfo=UTC), "Nauryz and a weekend between, then 9:05"
    clock.advance(timedelta(minutes=5))
    await results.hand_over(NUMBER)
    facts = await results.hand_over_facts(NUMBER)
    assert (facts["late"], facts["due"]) == ("false", view.due_at.isoformat())


async def test_a_hand_over_after_its_term_is_late(results, clock):
    await results.decided(NUMBER)
    await results.window.open(results.operator, NUMBER)
    clock.advance(timedelta(minutes=16))
    await results.hand_over(NUMBER)
    assert (await results.hand_over_facts(NUMBER))["late"] == "true"


async def test_a_second_scan_begins_the_term_anew(results, clock):
    await results.decided(NUMBER)
    first = await results.window.open(results.operator, NUMBER)
    clock.advance(timedelta(minutes=40))
    second = await results.window.open(results.colleague, NUMBER)
    assert second.due_at - first.due_at == timedelta(minutes=40)


async def test_what_no_courier_brought_is_collected_with_the_hand_over_once(results):
    """The act of birth registration has the employee collect the result (Almaty region act, lines 150-151)."""
    await results.decided(NUMBER, service=WITHOUT_POWERS)
    await results.hand_over(NUMBER)
    steps = await results.steps(NUMBER)
    assert steps.count("procedure 4 collect") == 1
    assert steps.index("procedure 4 collect") < steps.index("procedure 5 hand-over")


async def test_a_refusal_of_the_provider_is_handed_over_too(results):
    await results.decided(NUMBER, ground="documents-violations")
    row = await results.hand_over(NUMBER)
    assert row.handed_at is not None
    assert await results.window.ready(results.operator) == ()


async def test_a_department_sees_the_results_that_wait_in_it_the_newest_first(results, clock):
    await results.decided(OTHER_NUMBER)
    clock.advance(timedelta(hours=1))
    await results.decided(NUMBER)
    await results.decided("73000000000031", department=ELSEWHERE)
    await results.taken_in("73000000000048")
    rows = await results.window.ready(results.operator)
    assert [row.number for row in rows] == [NUMBER, OTHER_NUMBER]
    assert [row.number for row in await results.window.ready(results.operator, limit=1)] == [NUMBER]
    assert await results.window.ready_count(results.operator) == len(rows)
