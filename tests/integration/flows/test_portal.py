import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gateway.eds.codes import Code
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.errors import ApplicationUnknown, FlowCode, FlowError
from tests.integration.flows.town import ALMATY, ANSWERS, CATALOGUE, IIN, KARAGANDA, OTHER_IIN, PDF
from tests.unit.eds import pki

BEFORE_SIGNING = ["process 3 done", "condition 2 passed"]


async def test_both_services_go_from_the_form_to_the_sending(town, account, key):
    for service in (KARAGANDA, ALMATY):
        number = await town.accepted(service, account, key)
        assert await town.steps(number) == [*BEFORE_SIGNING, "condition 2 passed", "process 5 done"]
        assert town.sent.sent[-1] == number


async def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(town, account):
    flow = town.rooms.flow
    number = await flow.process_3_select_service(account, KARAGANDA, session="s")
    typed = ANSWERS[KARAGANDA] | {"phone": "call me", "address": "", "unknown": "x"}
    reading = await flow.process_3_fill_form(account.id, number, typed)
    assert {problem.field for problem in reading.problems} == {"phone", "address"}
    kept = (await town.rooms.cabinet.application(account.id, number)).fields
    assert kept["phone"] == "call me"
    assert "unknown" not in kept


async def test_a_form_with_a_mistyped_iin_is_not_complete(town, account, key):
    flow = town.rooms.flow
    number = await town.filled(ALMATY, account)
    wrong = ANSWERS[ALMATY]["ward_iin"][:-1] + str((int(ANSWERS[ALMATY]["ward_iin"][-1]) + 1) % 10)
    reading = await flow.process_3_fill_form(account.id, number, ANSWERS[ALMATY] | {"ward_iin": wrong})
    assert [problem.field for problem in reading.problems] == ["ward_iin"]
    with pytest.raises(FlowError) as refused:
        await flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert refused.value.code is FlowCode.INCOMPLETE


async def test_a_draft_without_its_documents_cannot_be_signed(town, account, key):
    number = await town.filled(ALMATY, account)
    await town.rooms.flow.process_3_detach_document(account.id, number, "identity-document")
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert refused.value.code is FlowCode.INCOMPLETE


@pytest.mark.parametrize(
    ("media_type", "content"),
    [("application/pdf", b"MZ a program"), ("text/html", b"<script>"), ("application/pdf", b"")],
)
async def test_a_file_that_is_not_what_it_says_is_not_attached(town, account, media_type, content):
    number = await town.filled(ALMATY, account)
    before = await town.rooms.cabinet.application(account.id, number)
    problem = await town.rooms.flow.process_3_attach_document(
        account.id, number, "identity-document", name="x", media_type=media_type, content=content
    )
    assert problem is not None
    assert await town.rooms.cabinet.application(account.id, number) == before


async def test_one_draft_of_a_service_is_open_at_a_time(town, account):
    flow = town.rooms.flow
    numbers = await asyncio.gather(*(flow.process_3_select_service(account, KARAGANDA, session="s") for _ in range(4)))
    assert len(set(numbers)) == 1
    assert len(numbers[0]) == 14


async def test_a_service_of_another_channel_or_for_others_is_not_offered(town, account):
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_3_select_service(account, "nowhere", session="s")
    assert refused.value.code is FlowCode.SERVICE_NOT_HERE


async def test_nobody_sees_or_touches_the_application_of_another(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    other = await town.register(OTHER_IIN, key=town.person(OTHER_IIN, "other"))
    flow, cabinet = town.rooms.flow, town.rooms.cabinet
    for attempt in (
        flow.process_3_fill_form(other.id, number, {}),
        flow.process_3_choose_certificate(other.id, number, key.certificate.der),
        flow.process_5_certify_and_send(other.id, number, b"<x/>"),
        flow.process_3_select_service(other, KARAGANDA, session="s", like=number),
        cabinet.view(other.id, number),
        cabinet.signed_application(other.id, number),
        cabinet.attachment(other.id, number, "identity-document"),
    ):
        with pytest.raises(ApplicationUnknown):
            await attempt
    assert await cabinet.applications(other.id) == ()


@pytest.mark.parametrize("code", [Code.CERTIFICATE_EXPIRED, Code.CERTIFICATE_REVOKED, Code.CERTIFICATE_ON_HOLD])
async def test_condition_2_failed_on_the_chosen_certificate_ends_in_process_4(town, account, key, code):
    number = await town.filled(KARAGANDA, account)
    town.trust.code = code
    application = await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert application.state == "not-confirmed"
    assert await town.steps(number) == ["process 3 done", "condition 2 failed", "process 4 done"]
    view = await town.rooms.cabinet.view(account.id, number)
    assert view.document.kind == "refusal"
    assert code.value.encode() in await town.rooms.cabinet.signed_document(account.id, number)
    assert town.sent.sent == []


async def test_the_certificate_of_another_person_ends_in_process_4_with_its_own_reason(town, account):
    number = await town.filled(KARAGANDA, account)
    stranger = town.person(OTHER_IIN, "stranger").certificate.der
    application = await town.rooms.flow.process_3_choose_certificate(account.id, number, stranger)
    assert application.state == "not-confirmed"
    assert application.verdict["code"] == "signer-not-iin"


async def test_a_refused_application_cannot_be_signed_and_its_answers_serve_for_a_new_one(town, account, key):
    number = await town.filled(ALMATY, account)
    town.trust.code = Code.CERTIFICATE_EXPIRED
    await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    town.trust.code = Code.OK
    refused = await town.rooms.flow.process_5_certify_and_send(account.id, number, b"<x/>")
    assert refused.state == "not-confirmed"
    again = await town.rooms.flow.process_3_select_service(account, ALMATY, session="s", like=number)
    application = await town.rooms.cabinet.application(account.id, again)
    assert again != number
    assert application.fields["ward_name"] == "Сынақова Айгүл"
    assert len(application.attachments) == 3


async def test_a_key_for_authentication_is_not_taken_and_nothing_is_recorded(town, account):
    number = await town.filled(KARAGANDA, account)
    entrance = town.nca.person("auth", iin=IIN, usage=pki.AUTH).certificate.der
    for chosen in (entrance, b"no certificate"):
        with pytest.raises(FlowError) as refused:
            await town.rooms.flow.process_3_choose_certificate(account.id, number, chosen)
        assert refused.value.code is FlowCode.CERTIFICATE_NOT_FIT
    assert await town.steps(number) == []


async def test_an_undecided_condition_2_before_signing_keeps_the_draft_and_can_be_tried_again(town, account, key):
    number = await town.filled(KARAGANDA, account)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    application = await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert (application.state, application.verdict["verdict"]) == ("draft", "undetermined")
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_5_certify_and_send(account.id, number, b"<x/>")
    assert refused.value.code is FlowCode.NOT_READY
    town.trust.code = Code.OK
    application = await town.rooms.flow.condition_2_check_certificate(account.id, number)
    assert application.state == "ready"
    assert await town.steps(number) == ["process 3 done", "condition 2 undetermined", "condition 2 passed"]


async def test_what_is_signed_must_be_exactly_what_was_shown(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    shown = await town.draft(account, number)
    for other in (
        shown.replace("Мекенжай".encode(), "Мекенжаи".encode()),
        shown.replace(b"</application>", b"<!-- and more --></application>").replace(b"<form>", b"<form> "),
        b"<application/>",
    ):
        with pytest.raises(FlowError) as refused:
            await town.rooms.flow.process_5_certify_and_send(account.id, number, sign_enveloped(other, key))
        assert refused.value.reason == Code.DOCUMENT_NOT_AS_SHOWN
    assert await town.steps(number) == BEFORE_SIGNING
    assert town.sent.sent == []


async def test_the_signer_must_be_the_certificate_that_was_chosen(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    second = town.nca.person("second key", iin=IIN)
    signed = sign_enveloped(await town.draft(account, number), second)
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    assert refused.value.reason == Code.NOT_THE_CHOSEN_CERTIFICATE
    assert (await town.rooms.cabinet.application(account.id, number)).state == "ready"


@pytest.mark.parametrize("mangle", ["not xml", "unsigned", "tampered", "twice", "doctype"])
async def test_a_hostile_document_changes_nothing(town, account, key, mangle):
    number = await town.ready(KARAGANDA, account, key)
    draft = await town.draft(account, number)
    signed = sign_enveloped(draft, key)
    posted = {
        "not xml": b"\x00\xff",
        "unsigned": draft,
        "tampered": signed.replace(b"+7701", b"+7702"),
        "twice": sign_enveloped(signed, key),
        "doctype": b'<!DOCTYPE a [<!ENTITY b "c">]>' + draft,
    }[mangle]
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_5_certify_and_send(account.id, number, posted)
    assert refused.value.code is FlowCode.SIGNED_DOCUMENT
    assert refused.value.text.kk
    assert await town.steps(number) == BEFORE_SIGNING


async def test_a_double_click_makes_one_application(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    signed = sign_enveloped(await town.draft(account, number), key)
    send = town.rooms.flow.process_5_certify_and_send
    states = await asyncio.gather(*(send(account.id, number, signed) for _ in range(4)))
    assert {application.state for application in states} == {"accepted"}
    assert (await send(account.id, number, signed)).state == "accepted"
    assert town.sent.sent == [number]
    assert await town.steps(number) == [*BEFORE_SIGNING, "condition 2 passed", "process 5 done"]


async def test_what_is_accepted_is_stored_with_its_message_or_not_at_all(town, account, key, monkeypatch):
    number = await town.ready(KARAGANDA, account, key)
    signed = sign_enveloped(await town.draft(account, number), key)

    async def fails(conn, parcel):
        raise ConnectionError("the database went away")

    really = town.sent.send
    monkeypatch.setattr(town.sent, "send", fails)
    with pytest.raises(ConnectionError):
        await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    monkeypatch.setattr(town.sent, "send", really)
    assert (await town.rooms.cabinet.application(account.id, number)).state == "ready"
    assert await town.steps(number) == BEFORE_SIGNING
    assert (await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)).state == "accepted"


async def test_a_change_after_condition_2_takes_the_right_to_sign_back(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    signed = sign_enveloped(await town.draft(account, number), key)
    await town.rooms.flow.process_3_fill_form(account.id, number, ANSWERS[KARAGANDA] | {"purpose": "Банкке"})
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    assert refused.value.code is FlowCode.NOT_READY
    await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert await town.steps(number) == ["process 3 done", "condition 2 passed", "condition 2 passed"]


async def test_an_application_on_its_way_cannot_be_changed(town, account, key):
    number = await town.accepted(KARAGANDA, account, key)
    for attempt in (
        town.rooms.flow.process_3_fill_form(account.id, number, {}),
        town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der),
    ):
        with pytest.raises(FlowError) as refused:
            await attempt
        assert refused.value.code is FlowCode.NOT_EDITABLE


async def test_a_revocation_between_choice_and_signature_ends_in_process_4(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    signed = sign_enveloped(await town.draft(account, number), key)
    town.trust.code = Code.CERTIFICATE_REVOKED
    application = await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    assert application.state == "not-confirmed"
    assert await town.steps(number) == [*BEFORE_SIGNING, "condition 2 failed", "process 4 done"]
    assert town.sent.sent == []


async def held(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    signed = sign_enveloped(await town.draft(account, number), key)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    application = await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    assert application.state == "held"
    return number


async def recheck(town, clock, forward):
    clock.advance(forward)
    rows = await town.store.database.fetch(
        "DELETE FROM timer WHERE name = 'portal.recheck' AND due_at <= $1 RETURNING payload", clock.now()
    )
    for row in rows:
        await town.rooms.flow.condition_2_check_again(row["payload"])
    return len(rows)


async def test_a_signed_application_whose_certificate_cannot_be_checked_waits_and_is_then_accepted(
    town, account, key, clock
):
    number = await held(town, account, key)
    assert town.sent.sent == []
    assert await recheck(town, clock, timedelta(seconds=15)) == 1
    town.trust.code = Code.OK
    assert await recheck(town, clock, timedelta(minutes=1)) == 1
    assert (await town.rooms.cabinet.application(account.id, number)).state == "accepted"
    assert await town.steps(number) == [
        *BEFORE_SIGNING,
        "condition 2 undetermined",
        "condition 2 passed",
        "process 5 done",
    ]
    assert town.sent.sent == [number]
    await town.rooms.flow.condition_2_check_again({"number": number, "attempt": 2})
    assert town.sent.sent == [number]


async def test_a_held_application_is_refused_by_the_stated_limit(town, account, key, clock):
    number = await held(town, account, key)
    for _ in range(400):
        if not await recheck(town, clock, timedelta(minutes=15)):
            break
    application = await town.rooms.cabinet.application(account.id, number)
    assert application.state == "not-confirmed"
    assert application.changed_at - application.signed_at == timedelta(hours=24)
    assert await town.steps(number) == [
        *BEFORE_SIGNING,
        "condition 2 undetermined",
        "condition 2 failed",
        "process 4 done",
    ]


async def test_a_held_application_that_turns_out_revoked_is_refused(town, account, key, clock):
    number = await held(town, account, key)
    town.trust.code = Code.CERTIFICATE_REVOKED
    await recheck(town, clock, timedelta(seconds=15))
    assert (await town.rooms.cabinet.application(account.id, number)).state == "not-confirmed"


async def test_the_result_is_due_by_the_term_of_the_act(town, account, key, clock):
    karaganda = await town.accepted(KARAGANDA, account, key)
    almaty = await town.accepted(ALMATY, account, key)
    due = (await town.rooms.cabinet.application(account.id, karaganda)).result_due
    assert due == clock.now() + timedelta(minutes=15)
    due = (await town.rooms.cabinet.application(account.id, almaty)).result_due
    assert due == datetime(2026, 3, 5, 13, 30, tzinfo=UTC)


async def test_the_draft_names_every_attachment_with_its_digest(town, account, key):
    number = await town.ready(ALMATY, account, key)
    draft = (await town.draft(account, number)).decode()
    assert draft.count("<sha256>") == len(CATALOGUE.service(ALMATY).documents)
    name, media_type, content = await town.rooms.cabinet.attachment(account.id, number, "identity-document")
    assert (name, media_type, content) == ("identity-document.pdf", "application/pdf", PDF)


async def test_letters_that_no_document_can_hold_are_told_before_signing(town, account, key):
    flow = town.rooms.flow
    number = await town.filled(KARAGANDA, account)
    reading = await flow.process_3_fill_form(account.id, number, ANSWERS[KARAGANDA] | {"address": "Абай \ufffe көшесі"})
    assert [problem.field for problem in reading.problems] == ["address"]
