"""What the applicant presents while the provider waits: when, what, by whom, and that nothing of it is lost."""

import asyncio
from datetime import timedelta

import pytest
from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.exchange.application import content_key
from gateway.exchange.supplement import read_supplement
from gateway.exchange.waiting import waited_facts, waiting_facts
from gateway.exchange.wording import Wording
from gateway.flows.errors import ApplicationUnknown, FlowCode, FlowError
from gateway.flows.supplements import RECHECK
from tests.integration.flows.lists import GUARANTEE, ISSUE, PERMIT, sent
from tests.integration.flows.town import OTHER_IIN, PDF

FLOW = "portal-employer-issue"


@pytest.fixture
async def number(town, account, key):
    return await sent(town, account, key, PERMIT, ISSUE)


def until(town):
    return town.store.clock.now() + timedelta(days=28)


async def waits(town, number, *, sequence=2, until=None, documents=(GUARANTEE,)):
    """The notification of action 6 arrives."""
    end = until or town.store.clock.now() + timedelta(days=28)
    facts = waiting_facts(until=end, documents=documents)
    message = Wording("Шешім қабылданды.", "Решение принято.")
    await town.notice(number, PERMIT, "action 6", "done", sequence, flow=FLOW, facts=facts, message=message)


async def ended(town, number, end, *, sequence=3):
    await town.notice(
        number,
        PERMIT,
        "procedure 1",
        "passed" if end == "presented" else "failed",
        sequence,
        flow=FLOW,
        facts=waited_facts(end),
    )


async def attached(town, account, number, content=PDF):
    return await town.rooms.flow.supplements.attach(
        account.id, number, GUARANTEE, name="кепілдік.pdf", media_type="application/pdf", content=content
    )


async def ready(town, account, number, key):
    await waits(town, number)
    assert await attached(town, account, number) is None
    row = await town.rooms.flow.supplements.choose_certificate(account.id, number, key.certificate.der)
    assert row.state == "ready"
    return row


async def supplement(town, account, number):
    return await town.rooms.flow.supplements.of(await town.rooms.cabinet.application(account.id, number))


def sent_supplements(town):
    return [name for name in town.sent.sent if name.startswith("supplement")]


async def notes(town, number):
    trail = await town.rooms.journal.trail(number)
    return [event.step.facts.get("step") for event in trail if event.step.kind == "note"]


async def test_before_the_notification_nothing_can_be_presented(town, account, number):
    assert await supplement(town, account, number) is None
    with pytest.raises(FlowError) as refused:
        await attached(town, account, number)
    assert refused.value.code is FlowCode.SUPPLEMENT_NOT_AWAITED
    assert all((refused.value.text.kk, refused.value.text.ru, refused.value.text.en))


async def test_the_notification_says_what_to_bring_and_until_when(town, account, number):
    end = until(town)
    await waits(town, number, until=end)
    row = await supplement(town, account, number)
    assert (row.state, row.until, row.documents) == ("open", end, (GUARANTEE,))
    application = await town.rooms.cabinet.application(account.id, number)
    (asked,) = town.rooms.flow.supplements.asked(application, row)
    assert asked.id == GUARANTEE
    assert (await town.steps(number))[-1] == "action 6 done"


async def test_signed_documents_are_sent_once_with_all_that_was_attached(town, account, number, key, clock):
    row = await ready(town, account, number, key)
    signed = sign_enveloped(row.draft, key)
    send = town.rooms.flow.supplements.send
    rows = await asyncio.gather(*(send(account.id, number, signed) for _ in range(3)))
    rows.append(await send(account.id, number, signed))
    assert {row.state for row in rows} == {"sent"}
    assert sent_supplements(town) == [f"supplement {number} {clock.now().isoformat()}"]
    row = await supplement(town, account, number)
    (signature,) = verify_enveloped(await town.store.blobs.get(row.signed))
    read = read_supplement(signature.document)
    assert (read.number, read.service, read.applicant_number) == (number, PERMIT, account.number)
    (named,) = read.attachments
    assert (named.document, named.name, named.size) == (GUARANTEE, "кепілдік.pdf", len(PDF))
    assert (await notes(town, number))[-1] == "supplement sent"


async def test_the_desks_word_ends_the_waiting(town, account, number, key):
    row = await ready(town, account, number, key)
    await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    await ended(town, number, "presented")
    assert (await supplement(town, account, number)).state == "presented"
    with pytest.raises(FlowError):
        await attached(town, account, number)


@pytest.mark.parametrize("end", ["presented", "lapsed"])
async def test_an_end_that_overtakes_the_waiting_stands(town, account, number, end):
    await ended(town, number, end, sequence=3)
    await waits(town, number, sequence=2)
    row = await supplement(town, account, number)
    assert row.state == end
    application = await town.rooms.cabinet.application(account.id, number)
    assert not town.rooms.flow.supplements.may_present(application, row)


async def test_what_is_on_its_way_when_the_term_runs_out_waits_for_the_desks_answer(town, account, number, key, clock):
    row = await ready(town, account, number, key)
    clock.set(row.until)
    await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    await ended(town, number, "lapsed", sequence=3)
    assert (await supplement(town, account, number)).state == "sent"
    await ended(town, number, "presented", sequence=4)
    assert (await supplement(town, account, number)).state == "presented"


async def test_a_term_that_ran_out_before_anything_was_sent_is_over(town, account, number, key):
    await ready(town, account, number, key)
    await ended(town, number, "lapsed", sequence=3)
    assert (await supplement(town, account, number)).state == "lapsed"
    with pytest.raises(FlowError):
        await attached(town, account, number)


async def test_the_same_word_again_does_not_open_what_was_sent(town, account, number, key):
    row = await ready(town, account, number, key)
    await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    await waits(town, number, sequence=2)
    await waits(town, number, sequence=4)
    assert (await supplement(town, account, number)).state == "sent"


async def test_after_the_term_nothing_is_attached_signed_or_sent(town, account, number, key, clock):
    row = await ready(town, account, number, key)
    signed = sign_enveloped(row.draft, key)
    clock.set(row.until)
    application = await town.rooms.cabinet.application(account.id, number)
    assert town.rooms.flow.supplements.may_present(application, row), "the last moment is inside"
    clock.advance(timedelta(seconds=1))
    supplements = town.rooms.flow.supplements
    for attempt in (
        attached(town, account, number),
        supplements.choose_certificate(account.id, number, key.certificate.der),
        supplements.send(account.id, number, signed),
    ):
        with pytest.raises(FlowError) as refused:
            await attempt
        assert refused.value.code is FlowCode.SUPPLEMENT_NOT_AWAITED
    assert sent_supplements(town) == []


async def test_a_file_is_checked_as_one_of_the_application_is(town, account, number):
    await waits(town, number)
    problem = await attached(town, account, number, b"not a document")
    assert problem.code == "wrong-media-type"
    assert (await supplement(town, account, number)).files == ()
    with pytest.raises(FlowError):
        await town.rooms.flow.supplements.attach(
            account.id, number, "worker-passport", name="a.pdf", media_type="application/pdf", content=PDF
        )


async def test_nothing_is_signed_before_every_required_document_is_there(town, account, number, key):
    await waits(town, number)
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.supplements.choose_certificate(account.id, number, key.certificate.der)
    assert refused.value.code is FlowCode.INCOMPLETE


async def test_a_change_takes_the_choice_of_the_certificate_back(town, account, number, key):
    row = await ready(town, account, number, key)
    await town.rooms.flow.supplements.detach(account.id, number, GUARANTEE)
    changed = await supplement(town, account, number)
    assert (changed.state, changed.certificate, changed.draft, changed.files) == ("open", None, None, ())
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    assert refused.value.code is FlowCode.NOT_READY


async def test_another_document_and_another_signer_are_not_sent(town, account, number, key):
    row = await ready(town, account, number, key)
    root = etree.fromstring(row.draft)
    root[1].text = "birth-registration"
    send = town.rooms.flow.supplements.send
    for signed in (
        sign_enveloped(etree.tostring(root), key),
        sign_enveloped(row.draft, town.person(OTHER_IIN, "another")),
        row.draft,
    ):
        with pytest.raises(FlowError) as refused:
            await send(account.id, number, signed)
        assert refused.value.code is FlowCode.SIGNED_DOCUMENT
    assert sent_supplements(town) == []
    assert (await send(account.id, number, sign_enveloped(row.draft, key))).state == "sent"


async def test_a_certificate_that_fails_after_signing_is_not_sent(town, account, number, key):
    row = await ready(town, account, number, key)
    town.trust.code = Code.CERTIFICATE_REVOKED
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    assert refused.value.code is FlowCode.SIGNED_DOCUMENT
    row = await supplement(town, account, number)
    assert (row.state, row.verdict["code"], row.signed) == ("open", "certificate-revoked", None)
    assert sent_supplements(town) == []
    assert (await notes(town, number))[-1] == "supplement not sent"


async def test_an_undecided_signature_is_held_and_sent_as_of_its_signing(town, account, number, key, clock):
    row = await ready(town, account, number, key)
    clock.set(row.until)
    signed_at = clock.now()
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    held = await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    assert held.state == "held"
    timer = await town.store.database.fetchrow("SELECT * FROM timer WHERE name = $1", RECHECK)
    assert signed_at < timer["due_at"] <= held.hold_until
    clock.advance(timedelta(hours=2))
    await town.rooms.flow.supplements.check_again(timer["payload"])
    assert (await supplement(town, account, number)).state == "held"
    town.trust.code = Code.OK
    await town.rooms.flow.supplements.check_again(timer["payload"])
    await town.rooms.flow.supplements.check_again(timer["payload"])
    assert (await supplement(town, account, number)).state == "sent"
    assert sent_supplements(town) == [f"supplement {number} {signed_at.isoformat()}"]


async def test_a_signature_that_stays_undecided_comes_back_to_the_applicant(town, account, number, key, clock):
    row = await ready(town, account, number, key)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    clock.advance(timedelta(hours=25))
    await town.rooms.flow.supplements.check_again({"number": number, "attempt": 5})
    row = await supplement(town, account, number)
    assert (row.state, row.signed, row.hold_until) == ("open", None, None)
    assert len(row.files) == 1
    assert sent_supplements(town) == []


async def not_taken(town, number, key, sequence=4):
    facts = {"code": "supplement-file-gone", "supplement": key}
    message = Wording("Файл жоқ.", "Файла нет.")
    await town.notice(number, PERMIT, "note 0", "failed", sequence, flow=FLOW, facts=facts, message=message)


async def test_what_the_desk_could_not_take_can_be_presented_again(town, account, number, key):
    row = await ready(town, account, number, key)
    await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    await not_taken(town, number, "0" * 64)
    assert (await supplement(town, account, number)).state == "sent", "of an earlier one"
    await not_taken(town, number, content_key(number, row.draft), sequence=5)
    again = await supplement(town, account, number)
    assert (again.state, again.refusal["ru"], len(again.files)) == ("open", "Файла нет.", 1)
    application = await town.rooms.cabinet.application(account.id, number)
    assert application.state != "not-registered"
    assert (await town.rooms.cabinet.view(account.id, number)).notices[-1].message.ru != "Файла нет."
    town.store.clock.advance(timedelta(minutes=1))
    row = await town.rooms.flow.supplements.choose_certificate(account.id, number, key.certificate.der)
    await town.rooms.flow.supplements.send(account.id, number, sign_enveloped(row.draft, key))
    assert len(sent_supplements(town)) == 2


async def test_many_who_attach_at_once_wait_for_nobody_for_ever(town, account, number):
    """The pool has eight connections: a step that held one and asked for another would stand still."""
    await waits(town, number)
    async with asyncio.timeout(20):
        found = await asyncio.gather(*(attached(town, account, number) for _ in range(16)))
    assert set(found) == {None}


async def test_nobody_else_sees_or_presents_it(town, account, number):
    await waits(town, number)
    other = await town.register(OTHER_IIN)
    with pytest.raises(ApplicationUnknown):
        await supplement(town, other, number)
    with pytest.raises(ApplicationUnknown):
        await attached(town, other, number)
    with pytest.raises(ApplicationUnknown):
        await town.rooms.cabinet.supplement_file(other.id, number, GUARANTEE)


async def test_words_about_waiting_that_cannot_be_understood_change_nothing(town, account, number):
    for facts in ({"awaits": "documents"}, {"awaits": "documents", "until": "2026-03-02"}, {"awaits": "nothing"}):
        await town.notice(number, PERMIT, "note 0", "done", 7, flow=FLOW, facts=facts)
    assert await supplement(town, account, number) is None
