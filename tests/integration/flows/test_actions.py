"""Flows that are plain lists of actions: what stands in the trail, what is not sent, what the application ends in."""

from datetime import timedelta

import pytest

from gateway.catalogue import Body, Channel
from gateway.eds.codes import Code
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.authorisation import Entered
from gateway.flows.portal import RECHECK
from gateway.journal import follows
from tests.integration.flows.lists import (
    BIRTH,
    EXTEND,
    FLOWS,
    ISSUE,
    PERMIT,
    ready,
    refusal,
    result,
    sent,
)
from tests.integration.flows.town import CATALOGUE, PASSWORD, PICK_UP, iin

OFFICE = CATALOGUE.offices_of(PERMIT)[0]
EMPLOYEE = (Role.LEGAL_ENTITY, Role.EMPLOYEE)


def executor(town, office=OFFICE):
    return town.nca.person("executor", iin=iin("82020220012"), bin=office.bin, roles=EMPLOYEE)


def state_of(town, account, number):
    return town.rooms.cabinet.application(account.id, number)


async def tell(town, number, of, action, sequence, **more):
    service, kind = of
    await town.notice(number, service, f"action {action}", "done", sequence, flow=FLOWS[kind], **more)


@pytest.mark.parametrize(
    ("of", "told"), [((PERMIT, ISSUE), (5, 6)), ((PERMIT, EXTEND), (3,)), ((BIRTH, "registration"), (2,))]
)
async def test_the_trail_is_the_acts_list_in_order_and_nothing_besides(town, account, key, of, told):
    service, kind = of
    number = await sent(town, account, key, service, kind)
    for sequence, action in enumerate(told, start=1):
        await tell(town, number, of, action, sequence)
        await tell(town, number, of, action, sequence)
    assert (await state_of(town, account, number)).state == "registered"
    steps = CATALOGUE.service(service).flow(Channel.PORTAL, kind).steps
    assert await town.steps(number) == [f"action {step.number} done" for step in steps if step.number <= told[-1]]
    verdict = follows(await town.rooms.journal.trail(number), steps, flow=FLOWS[kind])
    assert verdict.follows, verdict.problem
    assert not verdict.complete


async def test_each_action_before_the_sending_stands_at_its_own_moment(town, account, key, clock):
    opened = clock.now()
    number = await ready(town, account, key, PERMIT, ISSUE)
    assert await town.steps(number) == []
    clock.advance(timedelta(minutes=7))
    signed = sign_enveloped(await town.draft(account, number), key)
    await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    trail = [event for event in await town.rooms.journal.trail(number) if event.step.kind == "action"]
    assert [event.at - opened for event in trail[:2]] == [timedelta(0)] * 2
    assert trail[2].at < trail[3].at == clock.now()


async def test_a_kind_that_was_changed_before_sending_leaves_nothing_of_the_other_list(town, account, key):
    number = await ready(town, account, key, PERMIT, ISSUE)
    flow = town.rooms.flow
    application = await state_of(town, account, number)
    await flow.process_3_fill_form(account.id, number, {**application.fields, "service_kind": EXTEND})
    await flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    await flow.process_5_certify_and_send(account.id, number, sign_enveloped(await town.draft(account, number), key))
    assert await town.steps(number) == ["action 1 done", "action 2 done"]


async def test_a_certificate_that_fails_refuses_nothing_and_is_told_of(town, account, key):
    town.trust.code = Code.CERTIFICATE_REVOKED
    number = await ready(town, account, key, BIRTH, "registration")
    application = await state_of(town, account, number)
    assert (application.state, application.verdict["code"]) == ("draft", "certificate-revoked")
    assert (await town.rooms.cabinet.view(account.id, number)).document is None
    town.trust.code = Code.OK
    again = await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert again.state == "ready"


async def test_what_fails_after_signing_is_not_sent_and_goes_back_with_the_reason(town, account, key):
    number = await ready(town, account, key, PERMIT, ISSUE)
    signed = sign_enveloped(await town.draft(account, number), key)
    town.trust.code = Code.CERTIFICATE_REVOKED
    application = await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    assert (application.state, application.verdict["code"], application.signed) == (
        "draft",
        "certificate-revoked",
        None,
    )
    assert town.sent.sent == []
    assert await town.steps(number) == []
    notes = [event.step.facts.get("step") for event in await town.rooms.journal.trail(number)]
    assert notes == ["certificate", "certificate", "not sent"]
    town.trust.code = Code.OK
    await town.rooms.flow.condition_2_check_certificate(account.id, number)
    application = await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    assert application.state == "accepted"
    assert [name for name in town.sent.sent if name == number] == [number]


async def test_a_held_application_that_stays_undecided_comes_back_as_a_draft(town, account, key, clock):
    number = await ready(town, account, key, PERMIT, EXTEND)
    signed = sign_enveloped(await town.draft(account, number), key)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    assert (await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)).state == "held"
    clock.advance(timedelta(hours=25))
    timer = await town.store.database.fetchrow("SELECT * FROM timer WHERE name = $1", RECHECK)
    await town.rooms.flow.condition_2_check_again(timer["payload"])
    application = await state_of(town, account, number)
    assert (application.state, application.verdict["verdict"], application.hold_until) == (
        "draft",
        "undetermined",
        None,
    )
    assert town.sent.sent == []


async def test_signing_in_is_no_numbered_step_of_a_list(town, account, key):
    entered = Entered(account.number, PASSWORD, source="192.0.2.1")
    await town.rooms.authorisation.process_1_authorise(entered, lambda _account: "s")
    number = await sent(town, account, key, BIRTH, "registration")
    assert await town.steps(number) == ["action 1 done"]
    other = await town.accepted("unemployed-certificate", account, key)
    assert (await town.steps(other))[:2] == ["process 1 done", "condition 1 passed"]


async def test_a_permit_needs_the_specialist_and_then_the_head(town, account, key):
    number = await sent(town, account, key, PERMIT, EXTEND)
    draft = result(town, account, number, "employer-permit-electronic")
    head = town.head(OFFICE.id)
    for wrong in (
        sign_enveloped(draft, head),
        sign_enveloped(sign_enveloped(draft, head), executor(town)),
        sign_enveloped(sign_enveloped(draft, executor(town)), executor(town)),
    ):
        await town.response(number, PERMIT, wrong)
        assert (await state_of(town, account, number)).state == "accepted"
    assert await town.store.database.fetchval("SELECT count(*) FROM refused_response") == 3
    await town.response(number, PERMIT, sign_enveloped(sign_enveloped(draft, executor(town)), head))
    view = await town.rooms.cabinet.view(account.id, number)
    assert (view.application.state, view.document.kind) == ("issued", "certificate")
    assert (await town.steps(number))[-1] == "action 4 done"
    (last,) = [event.step for event in view.trail if event.step.number == 4]
    assert len(last.facts["signers"]) == 2
    found = await town.rooms.cabinet.verify(view.document.number, view.document.sha256[:16])
    assert found.verdict.valid
    assert len(found.signers) == 2


async def test_an_electronic_permit_is_not_believed_without_its_document(town, account, key):
    number = await sent(town, account, key, PERMIT, EXTEND)
    await tell(town, number, (PERMIT, EXTEND), 3, 1)
    await tell(town, number, (PERMIT, EXTEND), 4, 2)
    assert (await town.steps(number))[-1] == "action 3 done"


async def test_a_refusal_is_signed_by_the_head_alone_and_comes_with_the_last_action(town, account, key):
    number = await sent(town, account, key, PERMIT, ISSUE)
    signed = sign_enveloped(refusal(town, account, number), town.head(OFFICE.id))
    await town.response(number, PERMIT, signed, refused=True)
    assert (await state_of(town, account, number)).state == "refused"
    assert (await town.steps(number))[-1] == "action 7 done"


async def test_a_cancellation_is_its_own_ending_and_no_issue(town, account, key):
    number = await sent(town, account, key, PERMIT, ISSUE)
    signed = sign_enveloped(result(town, account, number, "cancellation"), town.head(OFFICE.id))
    await town.response(number, PERMIT, signed)
    assert await town.store.database.fetchval("SELECT facts ->> 'differs' FROM refused_response") == "outcome"
    await town.response(number, PERMIT, signed, cancelled=True)
    view = await town.rooms.cabinet.view(account.id, number)
    assert (view.application.state, view.document.kind) == ("cancelled", "certificate")
    assert "күшін жою" in (await town.rooms.cabinet.title(view.document)).kk


async def test_a_cancellation_of_what_cannot_be_cancelled_is_not_accepted(town, account, key):
    number = await sent(town, account, key, PERMIT, EXTEND)
    signed = sign_enveloped(result(town, account, number, "cancellation"), town.head(OFFICE.id))
    await town.response(number, PERMIT, signed, cancelled=True)
    assert (await state_of(town, account, number)).state == "accepted"
    assert await town.store.database.fetchval("SELECT count(*) FROM refused_response") == 1


async def test_a_birth_certificate_is_fetched_when_and_where_the_notice_says(town, account, key):
    number = await sent(town, account, key, BIRTH, "registration")
    due = town.store.clock.now() + timedelta(days=2)
    await tell(town, number, (BIRTH, "registration"), 2, 1, result_due=due)
    await tell(town, number, (BIRTH, "registration"), 3, 2, pick_up=PICK_UP)
    view = await town.rooms.cabinet.view(account.id, number)
    assert [notice.after for notice in view.notices] == ["action 2", "action 3"]
    assert view.notices[-1].pick_up == PICK_UP
    office = CATALOGUE.offices_of(BIRTH)[0]
    signed = sign_enveloped(result(town, account, number, "certificate", service_id=BIRTH), town.head(office.id))
    await town.response(number, BIRTH, signed)
    assert (await state_of(town, account, number)).state == "issued"
    assert (await town.steps(number)).count("action 3 done") == 1


async def test_the_akim_of_the_childs_district_signs_the_order_and_nobody_else(town, account, key):
    service = "guardianship-establishment"
    number = await sent(town, account, key, service, None)
    answers = dict((await state_of(town, account, number)).fields)
    provider = CATALOGUE.offices_of(service)[0]
    akim = CATALOGUE.body_of(provider, Body.DISTRICT_AKIM, answers=answers)
    draft = result(town, account, number, "order", service_id=service, answers=answers)
    await town.response(number, service, sign_enveloped(draft, town.head(provider.id)))
    assert (await state_of(town, account, number)).state == "accepted"
    await town.response(number, service, sign_enveloped(draft, town.head(akim.id)))
    view = await town.rooms.cabinet.view(account.id, number)
    assert view.application.state == "issued"
    assert (await town.rooms.cabinet.verify(view.document.number, view.document.sha256[:16])).verdict.valid


async def test_another_districts_akim_does_not_sign(town, account, key):
    service = "guardianship-establishment"
    number = await sent(town, account, key, service, None)
    answers = dict((await state_of(town, account, number)).fields)
    others = {**answers, "district": "turksib" if answers["district"] != "turksib" else "medeu"}
    other = CATALOGUE.body_of(CATALOGUE.offices_of(service)[0], Body.DISTRICT_AKIM, answers=others)
    draft = result(town, account, number, "order", service_id=service, answers=others)
    await town.response(number, service, sign_enveloped(draft, town.head(other.id)))
    assert (await state_of(town, account, number)).state == "accepted"


async def test_after_a_redirection_the_other_offices_officials_end_the_application(town, account, key):
    offices = CATALOGUE.offices_of("unemployed-certificate")
    number = await town.accepted("unemployed-certificate", account, key)
    first, second = offices[:2]
    facts = {"redirected-from": first.id, "redirected-to": second.id}
    at = town.store.clock.now()
    await town.notice(number, "unemployed-certificate", "note 0", "done", 1, facts=facts, at=at)
    late = {"redirected-from": "x", "redirected-to": first.id}
    earlier = at - timedelta(hours=1)
    await town.notice(number, "unemployed-certificate", "note 0", "done", 0, facts=late, at=earlier)
    assert (await state_of(town, account, number)).office == second.id
    nowhere = {"redirected-to": "almaty-education"}
    await town.notice(number, "unemployed-certificate", "note 0", "done", 2, facts=nowhere, at=at + timedelta(hours=1))
    assert (await state_of(town, account, number)).office == second.id
    await town.response(number, "unemployed-certificate", sign_enveloped(town.result(number, account), town.head()))
    assert (await state_of(town, account, number)).state == "accepted"
    moved = town.result(number, account, bin=second.bin)
    await town.response(number, "unemployed-certificate", sign_enveloped(moved, town.head(second.id)))
    assert (await state_of(town, account, number)).state == "issued"
