import asyncio
from datetime import timedelta

import pytest

from gateway.eds.codes import Code
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.exchange.wording import Wording
from gateway.journal import follows
from tests.integration.flows.town import ALMATY, CATALOGUE, KARAGANDA, OTHER_IIN, PICK_UP

SENT = ["process 3 done", "condition 2 passed", "condition 2 passed", "process 5 done"]


@pytest.fixture
async def number(town, account, key):
    return await town.accepted(KARAGANDA, account, key)


async def state_of(town, account, number):
    return (await town.rooms.cabinet.application(account.id, number)).state


async def registered(town, number, service=KARAGANDA, third="passed"):
    due = town.store.clock.now() + timedelta(minutes=15)
    await town.notice(number, service, "process 6", "done", 1, result_due=due, message=Wording("Қабылданды", "Принят"))
    await town.notice(number, service, "procedure 1", "done", 2)
    await town.notice(number, service, "condition 3", third, 3)


async def test_the_good_path_of_karaganda_ends_with_the_signed_result(town, account, number):
    await registered(town, number)
    assert await state_of(town, account, number) == "registered"
    signed = sign_enveloped(town.result(number, account), town.head())
    await town.response(number, KARAGANDA, signed)
    assert await state_of(town, account, number) == "issued"
    assert await town.steps(number) == [*SENT, "process 6 done", "condition 3 passed", "process 8 done"]
    view = await town.rooms.cabinet.view(account.id, number)
    assert view.document.kind == "certificate"
    assert [notice.after for notice in view.notices] == ["process 6", "process 8"]
    assert verify_enveloped(await town.rooms.cabinet.signed_document(account.id, number))
    assert await town.rooms.cabinet.page_of_document(account.id, number)


async def test_the_whole_trail_of_both_services_follows_the_act(town, account, key):
    for service in (KARAGANDA, ALMATY):
        async with town.store.database.transaction() as conn:
            session = f"login for {service}"
            for step in ("process 1 done", "condition 1 passed"):
                await record(town, conn, session, step)
        number = await town.accepted(service, account, key, session=session)
        await registered(town, number, service)
        if service == ALMATY:
            await town.notice(number, service, "process 8", "done", 9, pick_up=PICK_UP)
        office = CATALOGUE.offices_of(service)[0].id
        result = town.result(number, account, service)
        await town.response(number, service, sign_enveloped(result, town.head(office)))
        verdict = follows(await town.rooms.journal.trail(number), CATALOGUE.service(service).portal_flow.steps)
        assert verdict.follows, verdict.problem
        assert verdict.complete


async def record(town, conn, session, text):
    from gateway.journal import Kind, Outcome, Step

    kind, number, outcome = text.split()
    step = Step("portal", Kind(kind), int(number), Outcome(outcome))
    await town.rooms.journal.record(conn, step, session=session)


async def test_notifications_in_any_order_and_twice_give_the_same_trail(town, account, number, clock):
    start = clock.now()
    told = [
        ("condition 3", "passed", 4, 3),
        ("condition 3", "undetermined", 3, 2),
        ("process 6", "done", 1, 1),
        ("procedure 1", "done", 2, 1),
    ]
    for step, outcome, sequence, minutes in [*told, *told]:
        at = start + timedelta(minutes=minutes)
        await town.notice(number, KARAGANDA, step, outcome, sequence, at=at)
    assert await town.steps(number) == [
        *SENT,
        "process 6 done",
        "condition 3 undetermined",
        "condition 3 passed",
    ]
    assert await state_of(town, account, number) == "registered"


async def test_the_result_that_overtakes_the_notifications_is_taken(town, account, number):
    await town.response(number, KARAGANDA, sign_enveloped(town.result(number, account), town.head()))
    await registered(town, number)
    assert await state_of(town, account, number) == "issued"
    assert await town.steps(number) == [*SENT, "process 6 done", "condition 3 passed", "process 8 done"]


async def test_the_same_response_twice_and_at_once_is_one_result(town, account, number):
    signed = sign_enveloped(town.result(number, account), town.head())
    await asyncio.gather(*(town.response(number, KARAGANDA, signed) for _ in range(3)))
    await town.response(number, KARAGANDA, signed)
    assert (await town.steps(number)).count("process 8 done") == 1


async def test_absent_data_end_in_process_7_with_the_signed_refusal(town, account, number):
    await registered(town, number, third="failed")
    await town.notice(number, KARAGANDA, "process 7", "done", 8)
    refusal = town.result(number, account, ground="applicant-not-in-registry")
    await town.response(number, KARAGANDA, sign_enveloped(refusal, town.head()), refused=True)
    assert await state_of(town, account, number) == "refused"
    assert await town.steps(number) == [*SENT, "process 6 done", "condition 3 failed", "process 7 done"]
    assert (await town.rooms.cabinet.view(account.id, number)).document.kind == "refusal"


async def test_a_reasoned_refusal_after_condition_3_passed_is_the_result_of_process_8(town, account, number):
    await registered(town, number)
    refusal = town.result(number, account, ground="not-registered-as-unemployed")
    await town.response(number, KARAGANDA, sign_enveloped(refusal, town.head()), refused=True)
    assert await state_of(town, account, number) == "refused"
    assert (await town.steps(number))[-1] == "process 8 done"


async def test_process_8_of_karaganda_is_not_believed_without_its_document(town, account, number):
    await registered(town, number)
    await town.notice(number, KARAGANDA, "process 8", "done", 9)
    assert await state_of(town, account, number) == "registered"
    assert "process 8 done" not in await town.steps(number)


async def test_almaty_tells_date_time_and_place(town, account, key):
    number = await town.accepted(ALMATY, account, key)
    await registered(town, number, ALMATY)
    await town.notice(number, ALMATY, "process 8", "done", 9, pick_up=PICK_UP)
    view = await town.rooms.cabinet.view(account.id, number)
    assert view.notices[-1].pick_up == PICK_UP
    signed = sign_enveloped(town.result(number, account, ALMATY), town.head("almaty-education"))
    await town.response(number, ALMATY, signed)
    view = await town.rooms.cabinet.view(account.id, number)
    assert (view.application.state, view.document.kind) == ("issued", "certificate")
    assert (await town.steps(number)).count("process 8 done") == 1


async def test_the_notice_of_process_8_alone_does_not_make_a_result(town, account, key):
    number = await town.accepted(ALMATY, account, key)
    await registered(town, number, ALMATY)
    await town.notice(number, ALMATY, "process 8", "done", 9, pick_up=PICK_UP)
    assert (await town.steps(number))[-1] == "process 8 done"
    assert await state_of(town, account, number) == "registered"
    forged = sign_enveloped(town.result(number, account, ALMATY), town.head())
    await town.response(number, ALMATY, forged)
    assert await state_of(town, account, number) == "registered"


async def not_taken(town, number, code="submission-file-gone"):
    text = Wording("Құжат жоқ, сұраным тіркелген жоқ.", "Документа нет, запрос не зарегистрирован.")
    await town.notice(number, KARAGANDA, "note 0", "failed", 0, facts={"code": code}, message=text)


async def test_what_the_desk_does_not_take_is_told_and_not_left_on_its_way(town, account, number):
    await not_taken(town, number)
    await not_taken(town, number)
    view = await town.rooms.cabinet.view(account.id, number)
    assert view.application.state == "not-registered"
    assert [notice.message.ru for notice in view.notices] == ["Документа нет, запрос не зарегистрирован."]
    (note,) = [event.step for event in view.trail if event.step.facts.get("step") == "submission not taken"]
    assert note.facts["code"] == "submission-file-gone"


async def test_a_whole_copy_is_registered_after_and_before_a_broken_one(town, account, key):
    for order in (("broken", "whole"), ("whole", "broken")):
        number = await town.accepted(KARAGANDA, account, key)
        for copy in order:
            await (registered(town, number) if copy == "whole" else not_taken(town, number, "submission-number-taken"))
        assert await state_of(town, account, number) == "registered"


BAD = {
    "an official of another provider": ("signer-not-bin", {}, {"office": "almaty-education"}),
    "an employee without the right to sign": (
        "role-not-fit",
        {},
        {"roles": (Role.LEGAL_ENTITY, Role.EMPLOYEE)},
    ),
    "a private person": ("signer-not-bin", {}, {"bin": None, "roles": (Role.INDIVIDUAL,)}),
    "another application": ("result-about-another", {"application": "71000000009999"}, {}),
    "another applicant": ("result-about-another", {"applicant": OTHER_IIN}, {}),
    "another provider inside": ("result-about-another", {"bin": CATALOGUE.office("almaty-education").bin}, {}),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_result_that_may_not_be_trusted_is_reported_and_never_shown(town, account, number, what):
    code, content, signer = BAD[what]
    await registered(town, number)
    content = {name: type(account.number)(value) if name == "applicant" else value for name, value in content.items()}
    signed = sign_enveloped(town.result(number, account, **content), town.head(**signer))
    await town.response(number, KARAGANDA, signed)
    await town.response(number, KARAGANDA, signed)
    view = await town.rooms.cabinet.view(account.id, number)
    assert (view.application.state, view.document) == ("registered", None)
    (reported,) = await town.store.database.fetch("SELECT * FROM refused_response")
    assert reported["code"] == code
    notes = [event for event in view.trail if event.step.facts.get("step") == "result not accepted"]
    assert len(notes) == 1
    good = sign_enveloped(town.result(number, account), town.head())
    await town.response(number, KARAGANDA, good)
    assert await state_of(town, account, number) == "issued"


@pytest.mark.parametrize("document", [b"<result/>", b"no xml", b"<!DOCTYPE a><a/>"])
async def test_a_result_without_a_good_signature_is_reported(town, account, number, document):
    await town.response(number, KARAGANDA, document)
    assert await town.store.database.fetchval("SELECT count(*) FROM refused_response") == 1
    assert await state_of(town, account, number) == "accepted"


async def test_a_refusal_said_to_be_an_issue_is_not_accepted(town, account, number):
    refusal = sign_enveloped(town.result(number, account, ground="other"), town.head())
    await town.response(number, KARAGANDA, refusal, refused=False)
    assert await town.store.database.fetchval("SELECT facts ->> 'differs' FROM refused_response") == "kind"


async def test_an_officials_certificate_that_cannot_be_checked_now_is_judged_again(town, account, number, clock):
    signed = sign_enveloped(town.result(number, account), town.head())
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    await town.response(number, KARAGANDA, signed)
    assert await state_of(town, account, number) == "accepted"
    timer = await town.store.database.fetchrow("SELECT * FROM timer WHERE name = 'portal.judge-response'")
    assert timer["due_at"] > clock.now()
    town.trust.code = Code.OK
    await town.rooms.answers.judge_again(timer["payload"])
    assert await state_of(town, account, number) == "issued"
    assert await town.store.database.fetchval("SELECT count(*) FROM refused_response") == 0


async def test_words_about_a_draft_or_another_service_change_nothing(town, account, key):
    draft = await town.ready(KARAGANDA, account, key)
    await town.notice(draft, KARAGANDA, "process 6", "done", 1)
    assert await state_of(town, account, draft) == "ready"
    sent = await town.accepted(ALMATY, account, key)
    await town.notice(sent, KARAGANDA, "process 6", "done", 1)
    await town.notice("71999999999999", KARAGANDA, "process 6", "done", 1)
    assert await state_of(town, account, sent) == "accepted"


async def test_the_public_page_answers_only_to_whoever_holds_the_document(town, account, number):
    await town.response(number, KARAGANDA, sign_enveloped(town.result(number, account), town.head()))
    document = (await town.rooms.cabinet.view(account.id, number)).document
    verify = town.rooms.cabinet.verify
    found = await verify(document.number, document.sha256[:16])
    assert found.verdict.valid
    assert found.document.application == number
    assert await verify(document.number, document.sha256.upper()) == found
    for wrong in ("", document.sha256[:8], "0" * 16, "ә" * 16):
        assert await verify(document.number, wrong) is None
    assert await verify("71-unknown", document.sha256[:16]) is None
    town.trust.code = Code.CERTIFICATE_REVOKED
    assert not (await verify(document.number, document.sha256[:16])).verdict.valid
