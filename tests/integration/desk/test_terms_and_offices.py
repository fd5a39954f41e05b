"""A step's other term when something happens, and an application that belongs to another provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Role
from gateway.desk import DeskCode, DeskError
from gateway.desk.permissions import Move, what_may
from gateway.desk.places import extensions_of
from tests.integration.desk.bodies import Bodies, decision_in
from tests.integration.desk.workplace import CATALOGUE

ASSISTANCE, VICTIMS = "local-social-assistance", "semey-nuclear-test-victims"
MISSING, INQUIRIES = "documents-incomplete", "further-inquiries-or-inspections"
KARAGANDA, TEMIRTAU = "karaganda-employment", "temirtau-employment"
PROVIDER, AKIM = "bukhar-zhyrau-employment", "kokpekti-akim"


@pytest.fixture
def bodies(workplace) -> Bodies:
    return Bodies(workplace)


async def assistance(bodies: Bodies, office: str = KARAGANDA, channel: str = "portal", **how: str) -> str:
    return await bodies.open(ASSISTANCE, channel, office=office, kind="disability", **how)


async def extend(bodies: Bodies, number: str, event: str = MISSING, reason: str = "Анықтама жоқ"):
    case = await bodies.case(number)
    member = await bodies.doer(case)
    return await bodies.desk.moves.extend(member, number, version=case.version, event=event, reason=reason)


async def test_documents_that_are_missing_replace_the_term_counted_from_the_submission(bodies) -> None:
    """Karaganda, lines 2607-2613: 8 working days from the submission, or 20; submitted on Monday 2 March 2026."""
    number = await assistance(bodies)
    case = await bodies.to(number, "check-documents")
    assert case.due_at == datetime(2026, 3, 13, 13, 0, tzinfo=UTC)
    promised = case.result_due
    longer = await extend(bodies, number)
    assert longer.due_at == datetime(2026, 4, 3, 13, 0, tzinfo=UTC)
    assert longer.extended == (MISSING,)
    assert longer.result_due > promised
    assert longer.result_due >= longer.due_at
    (stay,) = [one for one in await bodies.stays(number) if one.finished_at is None]
    assert stay.due_at == longer.due_at
    notice = bodies.place.notices(number)[-1]
    assert (notice.kind.value, notice.result_due) == ("note", longer.result_due)
    assert notice.message is not None
    assert "құжаттар жетіспеген" in notice.message.kk


async def test_the_extended_step_is_late_only_when_the_longer_term_is_over(bodies) -> None:
    number = await assistance(bodies)
    first = (await bodies.to(number, "check-documents")).due_at
    longer = await extend(bodies, number)
    bodies.place.clock.set(first + timedelta(seconds=1))
    await bodies.desk.deadlines.mark_late({"number": number, "ordinal": 3})
    assert not (await bodies.case(number)).late
    timers = await bodies.place.store.database.fetch("SELECT due_at FROM timer WHERE name = 'desk.step-due'")
    assert [timer["due_at"] for timer in timers] == [longer.due_at + timedelta(microseconds=1)]
    bodies.place.clock.set(longer.due_at + timedelta(seconds=1))
    await bodies.desk.deadlines.mark_late({"number": number, "ordinal": 3})
    assert (await bodies.case(number)).late


async def test_a_term_is_extended_once_an_event(bodies) -> None:
    number = await assistance(bodies)
    case = await bodies.to(number, "check-documents")
    executor = await bodies.doer(case)
    assert Move.EXTEND in what_may(case, executor, CATALOGUE)
    longer = await extend(bodies, number)
    assert Move.EXTEND not in what_may(longer, executor, CATALOGUE)
    with pytest.raises(DeskError) as refused:
        await extend(bodies, number)
    assert refused.value.code is DeskCode.NO_EXTENSION
    assert await bodies.case(number) == longer


async def test_the_longer_term_outlives_a_return(bodies) -> None:
    number = await assistance(bodies)
    await bodies.to(number, "check-documents")
    longer = await extend(bodies, number)
    case = await bodies.to(number, "draft")
    executor, head = await bodies.doer(case), await bodies.staff(KARAGANDA, Role.HEAD)
    back = await bodies.desk.moves.send_back(executor, number, version=case.version, reason="Басқа орындаушы керек")
    again = await bodies.desk.actions.resolve(head, number, version=back.version, executor=executor.id)
    assert (again.awaits_verb, again.due_at) == ("draft", longer.due_at)


@pytest.mark.parametrize(
    ("event", "verb"), [(INQUIRIES, "check-documents"), ("", "check-documents"), (MISSING, "sign")]
)
async def test_what_the_act_does_not_extend_is_not_extended(bodies, event, verb) -> None:
    number = await assistance(bodies)
    before = await bodies.to(number, "draft")
    if verb == "sign":
        await bodies.place.store.database.execute("UPDATE casefile SET check_result = 'passed'")
        before = await bodies.to(number, "sign")
    with pytest.raises(DeskError) as refused:
        await extend(bodies, number, event)
    assert refused.value.code is DeskCode.NO_EXTENSION
    assert await bodies.case(number) == before


async def test_an_extension_needs_a_reason_and_comes_before_the_term_is_over(bodies) -> None:
    number = await assistance(bodies)
    case = await bodies.to(number, "check-documents")
    with pytest.raises(DeskError) as silent:
        await extend(bodies, number, reason=" ")
    assert silent.value.code is DeskCode.REASON_MISSING
    bodies.place.clock.set(case.due_at + timedelta(seconds=1))
    with pytest.raises(DeskError) as late:
        await extend(bodies, number)
    assert late.value.code is DeskCode.NO_EXTENSION


async def test_further_inquiries_add_a_month_to_the_term_of_the_step(bodies) -> None:
    """Karaganda, service 7: 20 working days, and a month more; the file goes out within 5 days of the signature."""
    number = await bodies.open(VICTIMS, "provider-office", office=KARAGANDA, kind="recognition")
    case = await bodies.to(number, "check-documents")
    assert case.due_at is not None
    assert [term.extends for term in extensions_of(CATALOGUE, case)] == [True]
    longer = await extend(bodies, number, INQUIRIES)
    assert longer.due_at is not None
    month_on = case.due_at.replace(month=case.due_at.month + 1)
    assert timedelta(0) <= longer.due_at - month_on <= timedelta(days=3)
    await bodies.to(number, "sign")
    sent = await bodies.do(number)
    assert sent.awaits_verb == "send-file"
    assert sent.due_at == datetime(2026, 3, 9, 13, 0, tzinfo=UTC) + timedelta(days=1), (
        "the 8th is a Sunday, the 9th off"
    )
    await bodies.to(number, None)
    head = await bodies.staff(KARAGANDA, Role.HEAD)
    assert [(paper.kind.value, paper.text) for paper in await bodies.desk.papers.of(head, number)] == [
        ("file-sent", "M-5")
    ]
    assert not (await bodies.case(number)).late


async def test_of_a_refusal_and_of_a_copy_no_file_is_sent(bodies) -> None:
    number = await bodies.open(VICTIMS, "provider-office", office=KARAGANDA, kind="certificate-copy")
    assert "send-file" not in [verb for verb, _, _ in await bodies.walked(number)]
    refused = await bodies.open(VICTIMS, "provider-office", office=KARAGANDA, kind="recognition")
    case = await bodies.to(refused, "draft")
    await bodies.do(refused, decision=decision_in(case, Ending.REFUSED))
    assert "send-file" not in [verb for verb, _, _ in await bodies.walked(refused)]


async def test_the_repatriate_is_entered_in_the_register_before_the_certificate(bodies) -> None:
    number = await bodies.open("oralman-status", "provider-office", office="karaganda-region-employment")
    seen = [verb for verb, _, _ in await bodies.walked(number)]
    assert seen == ["register", "check-documents", "record", "draft", "sign", "hand-over"]
    head = await bodies.staff("karaganda-region-employment", Role.HEAD)
    (paper,) = await bodies.desk.papers.of(head, number)
    assert (paper.kind.value, paper.text) == ("register-entry", "R-17")


async def redirect(bodies: Bodies, number: str, office: str = TEMIRTAU, reason: str = "Теміртауда тіркелген", who=None):
    case = await bodies.case(number)
    member = who or await bodies.doer(case)
    return await bodies.desk.moves.redirect(member, number, version=case.version, office=office, reason=reason)


@pytest.mark.parametrize("verb", ["register", "resolve"])
async def test_an_application_of_another_office_begins_there_anew(bodies, verb) -> None:
    number = await assistance(bodies)
    before = await bodies.to(number, verb)
    bodies.place.clock.advance(timedelta(minutes=3))
    sender = await bodies.doer(before)
    moved = await redirect(bodies, number)
    assert (moved.office, moved.awaits_office, moved.awaits_verb) == (TEMIRTAU, TEMIRTAU, "register")
    assert (moved.journal_number, moved.executor, moved.result_due) == (None, None, before.result_due)
    with pytest.raises(DeskError) as unseen:
        await bodies.desk.cases.get(sender, number)
    assert unseen.value.code is DeskCode.NO_SUCH_CASE
    notice = bodies.place.notices(number)[-1]
    assert notice.kind.value == "note"
    assert notice.message is not None
    assert CATALOGUE.office(TEMIRTAU).name.ru in notice.message.ru
    assert {office for _, _, office in (await registered_at(bodies, number))} == {TEMIRTAU}


async def registered_at(bodies: Bodies, number: str) -> list[tuple[str, str, str]]:
    await bodies.place.store.database.execute("UPDATE casefile SET check_result = 'passed'")
    return await bodies.walked(number)


async def test_a_redirected_application_has_no_open_stay_at_the_first_office(bodies) -> None:
    number = await assistance(bodies)
    await bodies.to(number, "resolve")
    await redirect(bodies, number)
    assert [(stay.step, stay.finished_at is None) for stay in await bodies.stays(number)] == [
        (1, False),
        (2, False),
        (1, True),
    ]


@pytest.mark.parametrize("office", [KARAGANDA, "almaty-education", AKIM, "nowhere"])
async def test_an_application_is_sent_only_to_another_provider_of_its_service(bodies, office) -> None:
    number = await assistance(bodies)
    with pytest.raises(DeskError) as refused:
        await redirect(bodies, number, office)
    assert refused.value.code is DeskCode.NO_SUCH_OFFICE


async def test_only_who_registers_or_resolves_sends_an_application_away_and_says_why(bodies) -> None:
    number = await assistance(bodies)
    case = await bodies.case(number)
    clerk, head = await bodies.doer(case), await bodies.staff(KARAGANDA, Role.HEAD)
    assert Move.REDIRECT in what_may(case, clerk, CATALOGUE)
    assert Move.REDIRECT not in what_may(case, head, CATALOGUE)
    for who, reason, code in ((head, "Себебі", DeskCode.WRONG_ROLE), (clerk, " ", DeskCode.REASON_MISSING)):
        with pytest.raises(DeskError) as refused:
            await redirect(bodies, number, reason=reason, who=who)
        assert refused.value.code is code
    later = await bodies.to(number, "check-documents")
    assert Move.REDIRECT not in what_may(later, await bodies.doer(later), CATALOGUE)
    with pytest.raises(DeskError) as too_late:
        await redirect(bodies, number)
    assert too_late.value.code is DeskCode.WRONG_ORDER


async def test_what_an_akim_took_in_is_not_sent_away_by_the_akim(bodies) -> None:
    number = await assistance(bodies, PROVIDER, "rural-akim", counter=AKIM)
    case = await bodies.case(number)
    assert Move.REDIRECT not in what_may(case, await bodies.doer(case), CATALOGUE)
    with pytest.raises(DeskError) as refused:
        await redirect(bodies, number)
    assert refused.value.code is DeskCode.WRONG_ORDER
