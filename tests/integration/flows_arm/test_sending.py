"""The numbered flow at a window, to the sending of what the operator signed, and what comes back from the desk."""

import asyncio
import io
from datetime import timedelta

import pikepdf
import pytest

from gateway.catalogue import Channel
from gateway.catalogue.kinds import documents_of, kinds_on
from gateway.eds.codes import Code
from gateway.eds.roles import Role
from gateway.eds.xmldsig import verify_enveloped
from gateway.exchange.acceptance import PowerKind, SentBy
from gateway.exchange.application import read_application
from gateway.exchange.form_schema import application_schema
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.steps import arm_media
from gateway.journal.trail import follows
from tests.integration.flows_arm.hall import (
    ALLOWANCE,
    APPLICANT,
    CATALOGUE,
    CERTIFICATE,
    CHILD,
    NAME,
    ORALMAN,
    ORDER,
    POWER,
    POWER_DAY,
    REPRESENTATIVE,
    SUPPORT,
    scan,
)

WAYS = [
    (service, kind)
    for service in CATALOGUE.offered(Channel.CORPORATION)
    for kind in (kinds_on(service, Channel.CORPORATION) or (None,))
]
REPRESENTED = {
    "representative": "yes",
    "representative_number": str(REPRESENTATIVE),
    "representative_name": "Өкілов Өкіл",
    "power_kind": "notarised",
    "power_number": POWER,
    "power_date": POWER_DAY.isoformat(),
}
SENT = [
    "process 1 done",
    "process 2 done",
    "process 3 done",
    "condition 1 passed",
    "process 5 done",
    "step 1 accept",
    "process 6 done",
    "step 1 dispatch",
]


def refusal(code: ArmCode):
    return pytest.raises(ArmError, match=f"^{code}(,|$)")


async def test_an_intake_is_sent_with_what_the_operator_signed(hall, operator):
    number = await hall.accepted(operator, SUPPORT, **REPRESENTED)
    assert number.startswith("73")
    assert await hall.trail(number) == SENT
    assert hall.sent.sent == [number]
    (signature,) = verify_enveloped(await hall.rooms.flow.signed_application(operator, number))
    service = CATALOGUE.service(SUPPORT)
    read = read_application(signature.document, application_schema(service, accepted=True))
    acceptance = read.acceptance
    assert (read.applicant_number, read.applicant_name) == (APPLICANT, NAME)
    assert (acceptance.department, acceptance.operator, acceptance.medium) == (
        "karaganda-corporation",
        operator.iin,
        SentBy.ELECTRONIC,
    )
    assert acceptance.consent_at == hall.store.clock.now()
    assert acceptance.representative.iin == REPRESENTATIVE
    assert acceptance.representative.power.kind is PowerKind.NOTARISED
    first, *others = documents_of(service, None)
    assert [one.document for one in read.attachments] == [first.id]
    assert acceptance.on_paper == tuple(one.id for one in others)
    application = await hall.application(number)
    assert application.result_due > application.accepted_at


@pytest.mark.parametrize(("service", "kind"), WAYS, ids=[f"{one.id} {kind or ''}".strip() for one, kind in WAYS])
async def test_every_service_of_the_state_corporation_is_taken_in_and_sent(hall, service, kind):
    department = CATALOGUE.counters_of(service.id, Channel.CORPORATION)[0]
    operator = await hall.operator(department.id)
    chosen = {} if kind is None else {service.kinds.field: kind, "kind": kind}
    number = await hall.accepted(operator, service.id, **chosen)
    view = await hall.rooms.flow.intake(operator, number)
    assert view.intake.medium == arm_media(service, kind)[0]
    flow = next((one for one in service.flows if one.id == view.steps.intake), None)
    if flow is not None and service.id != ALLOWANCE:
        verdict = follows(view.trail, flow.steps, flow=flow.id)
        assert verdict, verdict.problem
    assert (view.intake.verdict == "found") is view.steps.asks


async def test_a_service_without_condition_1_goes_from_the_query_to_the_signature(hall):
    operator = await hall.operator("almaty-corporation")
    number = await hall.accepted(operator, ALLOWANCE)
    assert await hall.trail(number) == [f"process {one} done" for one in (1, 2, 3, 5, 6)]


async def test_a_list_of_two_flows_ends_its_first_with_the_receipt_and_waits_for_the_courier(hall):
    operator = await hall.operator(CATALOGUE.counters_of(ORALMAN, Channel.CORPORATION)[0].id)
    number = await hall.accepted(operator, ORALMAN)
    assert await hall.trail(number) == [f"process {one} done" for one in (1, 2, 3, 4)]
    assert "awaits the courier done" in await hall.notes(number)
    application = await hall.application(number)
    async with hall.store.database.transaction() as conn:
        await hall.rooms.flow._own_steps.dispatched(conn, application, operator)
        await hall.rooms.flow._own_steps.dispatched(conn, application, operator)
    events = [event.step for event in await hall.rooms.journal.trail(number)]
    sent = [f"{one.kind} {one.number}" for one in events if one.flow == "corporation-result" and one.kind != "note"]
    assert sent == ["process 1", "process 2"]


async def test_by_courier_process_6_is_taken_when_the_register_is_made(hall):
    operator = await hall.operator("almaty-corporation")
    number = await hall.with_documents(operator, ORDER)
    await hall.rooms.flow.choose_medium(operator, number, "courier")
    await hall.rooms.flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))
    assert hall.sent.sent == [number]  # the twin that the provider's desk expects
    assert (await hall.trail(number))[-1] == "process 5 done"
    application = await hall.application(number)
    async with hall.store.database.transaction() as conn:
        await hall.rooms.flow._own_steps.dispatched(conn, application, operator)
    assert (await hall.trail(number))[-1] == "process 6 done"


async def test_no_courier_where_the_act_names_the_gateways_alone(hall, operator):
    number = await hall.with_documents(operator, CERTIFICATE)
    with refusal(ArmCode.MEDIUM_NOT_ALLOWED):
        await hall.rooms.flow.choose_medium(operator, number, "courier")
    assert hall.rooms.flow.media(CATALOGUE.service(CHILD)) == ("courier",)


async def test_sending_twice_sends_once(hall, operator):
    number = await hall.ready(operator, CERTIFICATE)
    signed = await hall.signed(operator, number)
    await hall.rooms.flow.process_6_send(operator, number, signed)
    again = await hall.rooms.flow.process_6_send(operator, number, signed)
    assert again.state == "accepted"
    assert hall.sent.sent == [number]
    assert await hall.trail(number) == SENT


async def test_a_double_press_sends_and_asks_once(hall, operator):
    number = await hall.begun(operator, CERTIFICATE)
    flow = hall.rooms.flow
    await asyncio.gather(*(flow.process_3_query(operator, number) for _ in range(3)))
    assert (await hall.trail(number))[-2:] == ["process 3 done", "condition 1 passed"]
    await flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    signed = await hall.signed(operator, number)
    states = await asyncio.gather(*(flow.process_6_send(operator, number, signed) for _ in range(4)))
    assert {one.state for one in states} == {"accepted"}
    assert hall.sent.sent == [number]
    assert (await hall.trail(number)).count("process 6 done") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"iin": str(REPRESENTATIVE)},
        {"bin": "760440000999"},
        {"roles": (Role.INDIVIDUAL,), "bin": None},
        {"roles": (Role.LEGAL_ENTITY,)},
    ],
    ids=["another person", "another organisation", "a private person", "no role"],
)
async def test_nobody_signs_but_the_operator_as_an_employee(hall, operator, wrong):
    number = await hall.with_documents(operator, CERTIFICATE)
    with refusal(ArmCode.CERTIFICATE_NOT_FIT):
        await hall.rooms.flow.process_5_choose_certificate(
            operator, number, hall.key(operator, **wrong).certificate.der
        )
    with refusal(ArmCode.NOT_READY):
        await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))
    assert (await hall.application(number)).state == "draft"
    assert hall.sent.sent == []


async def test_a_colleagues_key_is_told_to_be_none_of_the_operators(hall, operator):
    number = await hall.with_documents(operator, CERTIFICATE)
    colleague = hall.key(operator, iin=str(REPRESENTATIVE))
    with refusal(ArmCode.CERTIFICATE_NOT_FIT) as caught:
        await hall.rooms.flow.process_5_choose_certificate(operator, number, colleague.certificate.der)
    assert "сіздің ЖСН-іңізге" in caught.value.text.kk
    assert "с вашим" in caught.value.text.ru


async def test_a_revoked_key_is_told_before_the_signing(hall, operator):
    number = await hall.with_documents(operator, CERTIFICATE)
    hall.trust.code = Code.CERTIFICATE_REVOKED
    with refusal(ArmCode.CERTIFICATE_NOT_FIT) as caught:
        await hall.rooms.flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    assert caught.value.text.kk
    assert "certificate failed" in await hall.notes(number)


async def test_what_was_signed_otherwise_than_shown_is_refused_and_nothing_changes(hall, operator):
    number = await hall.ready(operator, CERTIFICATE)
    signed = (await hall.signed(operator, number)).replace("Сынақов".encode(), "Басқаев".encode())
    with refusal(ArmCode.SIGNED_DOCUMENT):
        await hall.rooms.flow.process_6_send(operator, number, signed)
    other = hall.key(operator, label="another key of the operator")
    with refusal(ArmCode.SIGNED_DOCUMENT):
        await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number, other))
    assert (await hall.application(number)).state == "ready"
    assert hall.sent.sent == []


async def test_an_undetermined_signature_is_held_and_sent_once_it_is_known(hall, operator, clock):
    number = await hall.ready(operator, CERTIFICATE)
    hall.trust.code = Code.REVOCATION_UNAVAILABLE
    held = await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))
    assert held.state == "held"
    assert hall.sent.sent == []
    assert [row.number for row in await hall.rooms.flow.held_intakes(operator)] == [number]
    clock.advance(timedelta(hours=1))
    await hall.rooms.flow.check_again({"number": number, "attempt": 0})
    assert (await hall.application(number)).state == "held"
    hall.trust.code = Code.OK
    await hall.rooms.flow.check_again({"number": number, "attempt": 1})
    application = await hall.application(number)
    assert application.state == "accepted"
    assert application.result_due == application.signed_at + timedelta(minutes=15)  # as the desk counts it
    assert hall.sent.sent == [number]
    assert await hall.trail(number) == SENT


async def test_a_held_application_goes_back_to_its_operator_at_the_limit(hall, operator, clock):
    number = await hall.ready(operator, CERTIFICATE)
    hall.trust.code = Code.REVOCATION_UNAVAILABLE
    await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))
    clock.advance(timedelta(hours=25))
    await hall.rooms.flow.check_again({"number": number, "attempt": 5})
    application = await hall.application(number)
    assert (application.state, application.signed) == ("draft", None)
    assert "not sent failed" in await hall.notes(number)
    assert hall.sent.sent == []


async def test_what_is_changed_after_the_fixing_must_be_fixed_again(hall, operator):
    number = await hall.ready(operator, CERTIFICATE)
    signed = await hall.signed(operator, number)
    version = (await hall.rooms.flow.intake(operator, number)).intake.version
    await hall.rooms.flow.keep_typed(operator, number, {"purpose": "Басқа мақсат"}, version)
    with refusal(ArmCode.NOT_READY):
        await hall.rooms.flow.process_6_send(operator, number, signed)


async def test_what_was_fixed_on_one_day_is_not_signed_on_another(hall, operator, clock):
    number = await hall.ready(operator, CERTIFICATE)
    signed = await hall.signed(operator, number)
    clock.advance(timedelta(hours=14))  # 10:00 in Almaty, then the first minute of the next day there
    with refusal(ArmCode.STALE) as caught:
        await hall.rooms.flow.process_6_send(operator, number, signed)
    assert "қайта растаңыз" in caught.value.advice.kk
    view = await hall.rooms.flow.intake(operator, number)
    assert (view.application.state, view.application.draft, view.intake.finding) == ("draft", None, None)
    assert view.intake.consent_at is not None
    await hall.rooms.flow.process_3_query(operator, number)
    await hall.rooms.flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    sent = await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))
    assert sent.result_due > clock.now()
    view = await hall.rooms.flow.intake(operator, number)
    (flow,) = (one for one in view.service.flows if one.id == view.steps.intake)
    verdict = follows(view.trail, flow.steps, flow=flow.id)
    assert verdict, verdict.problem
    assert hall.sent.sent == [number]


async def test_on_another_day_nothing_is_asked_again_where_the_act_asks_nothing(hall, operator, clock):
    number = await hall.ready(operator, CHILD)
    signed = await hall.signed(operator, number)
    clock.advance(timedelta(days=1))
    with refusal(ArmCode.STALE):
        await hall.rooms.flow.process_6_send(operator, number, signed)
    await hall.rooms.flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    assert (await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))).signed


async def test_later_on_the_same_day_it_is_sent(hall, operator, clock):
    number = await hall.ready(operator, CERTIFICATE)
    signed = await hall.signed(operator, number)
    clock.advance(timedelta(hours=13, minutes=59))
    assert (await hall.rooms.flow.process_6_send(operator, number, signed)).state == "accepted"


async def test_every_page_of_a_scan_reaches_the_provider_as_one_document(hall, operator):
    number = await hall.asked(operator, SUPPORT)
    first, *others = documents_of(CATALOGUE.service(SUPPORT), None)
    flow = hall.rooms.flow
    for content in (scan(2), scan(1, "JPEG")):
        assert await flow.scan(operator, number, first.id, name="a", media_type="", content=content) is None
    for one in others:
        await flow.mark_paper(operator, number, {one.id: True})
    await flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    (attachment,) = (await hall.application(number)).attachments
    content = await hall.store.blobs.get(attachment.sha256)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) == 3
    assert len((await flow.intake(operator, number)).pages[first.id]) == 3


async def test_the_desk_registers_examines_and_the_result_waits_for_the_operator(hall, operator):
    number = await hall.accepted(operator, CERTIFICATE)
    await hall.notice(number, "process 7", "done", 1)
    assert (await hall.application(number)).state == "registered"
    await hall.notice(number, "condition 2", "passed", 2)
    await hall.notice(number, "process 9", "done", 3)
    assert "process 9 done" not in await hall.trail(number)
    await hall.response(number, await hall.result(number, {"registered_on": "2026-01-15"}))
    view = await hall.rooms.flow.intake(operator, number)
    assert view.application.state == "issued"
    assert view.result_ready
    assert "process 9 done" not in await hall.trail(number)
    async with hall.store.database.transaction() as conn:
        assert await hall.rooms.flow._own_steps.handed_over(conn, view.application, operator)
        assert not await hall.rooms.flow._own_steps.handed_over(conn, view.application, operator)
    view = await hall.rooms.flow.intake(operator, number)
    assert not view.result_ready
    told = await hall.trail(number)
    assert told[len(SENT) :] == ["process 7 done", "condition 2 passed", "process 9 done", "step 7 hand-over"]
    flow = CATALOGUE.service(CERTIFICATE).flow(Channel.CORPORATION)
    assert follows(view.trail, flow.steps, flow=flow.id).complete


async def test_a_refusal_after_condition_2_is_process_8_and_is_handed_over_all_the_same(hall, operator):
    number = await hall.accepted(operator, CERTIFICATE)
    await hall.notice(number, "process 7", "done", 1)
    await hall.notice(number, "condition 2", "failed", 2)
    await hall.notice(number, "process 8", "done", 3)
    await hall.response(number, await hall.result(number, {}, ground="documents-violations"), refused=True)
    view = await hall.rooms.flow.intake(operator, number)
    assert view.application.state == "refused"
    assert view.result_ready
    async with hall.store.database.transaction() as conn:
        assert await hall.rooms.flow._own_steps.handed_over(conn, view.application, operator)
    told = await hall.trail(number)
    assert told[len(SENT) :] == ["process 7 done", "condition 2 failed", "process 8 done", "step 7 hand-over"]


async def test_without_a_numbered_flow_the_providers_first_step_says_that_it_has_the_application(hall, operator):
    number = await hall.accepted(operator, CHILD)
    await hall.notice(number, "procedure 2", "done", 1)
    assert (await hall.application(number)).state == "registered"


async def test_the_term_of_the_own_steps_runs_in_the_hours_of_the_department(hall, operator):
    number = await hall.accepted(operator, CERTIFICATE)
    view = await hall.rooms.flow.intake(operator, number)
    accept, hand_over = view.own_steps
    assert (accept.step.number, hand_over.step.number) == (1, 7)
    assert accept.due_at == view.application.created_at + timedelta(minutes=3)
    assert accept.done_at == view.application.accepted_at
    assert hand_over.due_at is None
