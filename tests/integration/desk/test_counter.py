"""Paper at the counters: every service that an act opens there is taken in once, by whom the act says, and whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pypdfium2
import pytest

from gateway.catalogue import Body, Channel, FieldType, Role
from gateway.catalogue.kinds import documents_of
from gateway.catalogue.terms import NoticeFact
from gateway.desk import CaseState, CheckResult, Desk, DeskCode, DeskError, StaffMember
from gateway.desk.case import Case
from gateway.desk.counter_rights import prescribed
from gateway.desk.opening import asks_registers
from gateway.desk.paper import CounterClosed, Paper, PaperCode, PaperRefused, Scan
from gateway.eds.xml import parse
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.exchange.application import read_application
from gateway.journal import Kind, Outcome
from gateway.results.container import bare
from gateway.results.receipts import local_date, local_time
from simulators.population.cast import ORGANISATIONS
from tests.integration.desk.counter_paper import COUNTERS, PERSON, Pair, a_paper, counter_of, hire, pairs, provider_at
from tests.integration.desk.workplace import CATALOGUE, PDF, Workplace, iin

ASSISTANCE, FUEL, TSA = "local-social-assistance", "rural-social-workers-fuel-assistance", "tsa-recipient-certificate"
KARAGANDA, AKIM, FAR_AKIM = "karaganda-employment", "botakara-akim", "kokpekti-akim"
TABLES = ("casefile", "case_step", "case_document", "event", "blob", "timer", "desk_counter", "case_executor")


async def counts(workplace: Workplace) -> dict[str, int]:
    found = {table: await workplace.store.database.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    jobs = f"{workplace.store.database.schema}_pgqueuer"
    return found | {"jobs": await workplace.store.database.fetchval(f"SELECT count(*) FROM {jobs}")}


def text_of(pdf: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)))


async def refused(desk: Desk, member: StaffMember, paper: Paper) -> list[tuple[str, PaperCode]]:
    with pytest.raises(PaperRefused) as refusal:
        await desk.counter.accept(member, paper)
    return [(problem.field, problem.code) for problem in refusal.value.problems]


@pytest.fixture
async def clerk(workplace: Workplace) -> StaffMember:
    return workplace.staff["clerk"]


async def test_every_service_is_taken_in_at_every_counter_that_its_act_opens(workplace) -> None:
    """Every pair, for every kind: the first place is the act's, at the body that the act names; nobody is told."""
    desk, staff, seen = workplace.desk, {}, set()
    for pair in pairs():
        counter = counter_of(pair)
        role = pair.service.procedure(pair.channel, pair.kind).path(pair.channel)[0].actions[0].role
        key = counter.id, role
        if key not in staff:
            staff[key] = await hire(desk, counter.id, role)
        member = staff[key]
        assert pair.service in desk.counter.services(member), pair
        office = provider_at(counter, pair.service)
        paper = a_paper(pair.service.id, office.id, kind=pair.kind, channel=pair.channel)
        case = await desk.counter.accept(member, paper)
        assert_begins_as_the_act_says(case, pair, member)
        assert case.office == office.id, pair
        await assert_kept_whole(workplace, case, paper, member)
        await assert_receipt_states_what_the_act_lists(desk, case, pair, member)
        seen.add((pair.service.id, pair.channel))
    assert workplace.sent.sent == {}
    opened = {(one.id, channel) for one in CATALOGUE.services.values() for channel in COUNTERS if one.opens(channel)}
    assert seen == opened
    assert len({role for _office, role in staff}) == 2, "no service is taken in by its executor"


def assert_begins_as_the_act_says(case: Case, pair: Pair, member: StaffMember) -> None:
    first = pair.service.procedure(pair.channel, pair.kind).path(pair.channel)[0]
    action = first.acts(pair.channel, pair.kind)[0]
    assert (case.position.step, case.position.action) == (first.number, 0), pair
    assert (case.awaits_verb, case.awaits_role) == (action.verb, action.role), pair
    assert case.awaits_office == member.office, pair
    assert (case.channel, case.counter, case.kind) == (pair.channel, member.office, pair.kind), pair
    assert (case.gateway, case.correlation_id, case.state) == (None, None, CaseState.OPEN), pair
    assert case.check_result is CheckResult.PASSED
    assert case.executor == (member.id if action.role is Role.EXECUTOR else None), pair
    assert case.due_at is not None
    assert case.submitted_at == case.registered_at < case.result_due, pair
    assert case.number.startswith("72")
    assert len(case.number) == 14


async def assert_kept_whole(workplace: Workplace, case: Case, paper: Paper, member: StaffMember) -> None:
    desk = workplace.desk
    documents = await desk.cases.documents(member, case.number)
    assert [one.kind for one in documents] == [scan.document for scan in paper.documents]
    application = read_application(parse(await desk.cases.signed_application(member, case.number)))
    assert application.number == case.number
    assert (application.office, str(application.applicant_number)) == (paper.office, str(paper.applicant))
    assert dict(application.fields) == dict(case.fields)
    intake = await desk.counter.intake(member, case.number)
    assert intake is not None
    assert (intake.acceptor_name, intake.on_paper) == (member.name, paper.on_paper)
    (event,) = await desk.cases.trail(member, case.number)
    assert (event.step.kind, event.step.outcome, event.actor) == (Kind.NOTE, Outcome.DONE, member.actor)
    assert event.step.facts["documents"] == len(paper.documents) + len(paper.on_paper)


async def assert_receipt_states_what_the_act_lists(desk: Desk, case: Case, pair: Pair, member: StaffMember) -> None:
    form = prescribed(pair.service, pair.channel)
    assert desk.receipts.is_prescribed(case) is (form is not None)
    if form is None:
        with pytest.raises(DeskError) as error:
            await desk.receipts.of_case(member, case.number)
        assert error.value.code is DeskCode.NO_SUCH_DOCUMENT
        return
    text = text_of(await desk.receipts.of_case(member, case.number))
    titles = [one.title for one in documents_of(pair.service, pair.kind)]
    counter, office = CATALOGUE.office(member.office), CATALOGUE.office(case.office)
    place = counter.pick_up_place if counter.body is Body.RURAL_AKIM else office.pick_up_place
    stated = {
        NoticeFact.APPLICATION_NUMBER: [case.number],
        NoticeFact.REGISTRATION_DATE: [local_date(case.registered_at)],
        NoticeFact.REGISTRATION_TIME: [local_time(case.registered_at)],
        NoticeFact.SERVICE_KIND: [pair.service.titles.kk, pair.service.titles.ru],
        NoticeFact.DOCUMENT_COUNT: ["Қоса берілген құжаттардың саны", str(len(titles))],
        NoticeFact.DOCUMENT_TITLES: [*(one.kk for one in titles), *(one.ru for one in titles)],
        NoticeFact.RESULT_DATE: [local_date(case.result_due)],
        NoticeFact.RESULT_TIME: [local_time(case.result_due)],
        NoticeFact.PLACE: [place.kk, place.ru],
        NoticeFact.ACCEPTOR: [member.name],
    }
    for fact in (NoticeFact.APPLICATION_NUMBER, NoticeFact.REGISTRATION_DATE, *form.states):
        for words in stated[fact]:
            assert bare(words) in text, (pair, fact, words)
    if NoticeFact.ACCEPTOR not in form.states:
        assert bare(member.name) not in text, pair


async def test_a_double_press_and_a_repeated_sheet_make_one_case(workplace, clerk) -> None:
    paper = a_paper(ASSISTANCE, KARAGANDA)
    cases = await asyncio.gather(*(workplace.desk.counter.accept(clerk, paper) for _ in range(6)))
    assert len({case.number for case in cases}) == 1
    once = await counts(workplace)
    assert (once["casefile"], once["event"], once["case_step"]) == (1, 1, 1)
    again = await workplace.desk.counter.accept(clerk, paper)
    assert again.number == cases[0].number
    assert await counts(workplace) == once


async def test_the_same_person_may_apply_again_on_another_sheet(workplace, clerk) -> None:
    first = await workplace.desk.counter.accept(clerk, a_paper(ASSISTANCE, KARAGANDA))
    second = await workplace.desk.counter.accept(clerk, a_paper(ASSISTANCE, KARAGANDA))
    assert int(second.number) == int(first.number) + 1


async def test_a_sheet_changed_after_it_was_taken_is_another_paper(workplace, clerk) -> None:
    paper = a_paper(ASSISTANCE, KARAGANDA)
    first = await workplace.desk.counter.accept(clerk, paper)
    changed = replace(paper, fields={**paper.fields, "family_size": "4"})
    assert (await workplace.desk.counter.accept(clerk, changed)).number != first.number


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"fields": {"category": "disability"}}, "phone"),
        ({"applicant": None}, "applicant_number"),
        ({"applicant_name": "1"}, "applicant_name"),
        ({"office": "almaty-education"}, "provider_office"),
        ({"office": "no-such-office"}, "provider_office"),
        (
            {"documents": (Scan("income-statement", "a.pdf", "application/pdf", PDF + b"0" * 5_000_000),)},
            "income-statement",
        ),
        ({"documents": (Scan("disease-certificate", "a.pdf", "application/pdf", PDF),)}, "disease-certificate"),
    ],
    ids=["form", "number", "name", "other office", "no office", "too large", "document of another kind"],
)
async def test_a_paper_that_is_wrong_is_refused_and_nothing_is_stored(workplace, clerk, change, where) -> None:
    before = await counts(workplace)
    paper = a_paper(ASSISTANCE, KARAGANDA, kind="disability")
    problems = await refused(workplace.desk, clerk, replace(paper, **change))
    assert where in {field for field, _code in problems}
    assert await counts(workplace) == before


async def test_a_wrong_check_digit_in_the_form_is_refused(workplace) -> None:
    clerk = workplace.staff["a-clerk"]
    paper = a_paper("guardian-allowance", "almaty-education")
    field = next(one.id for one in CATALOGUE.service("guardian-allowance").form if one.type == "iin")
    digits = paper.fields[field]
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    problems = await refused(workplace.desk, clerk, replace(paper, fields={**paper.fields, field: wrong}))
    assert problems == [(field, PaperCode.FORM)]


async def test_whoever_does_not_begin_the_procedure_takes_nothing_in(workplace) -> None:
    """The clerk begins at most services, the executor alone where the act says so (Karaganda, lines 4098-4099)."""
    desk, before = workplace.desk, await counts(workplace)
    clerk_of_region = await hire(desk, "karaganda-region-employment", Role.CLERK)
    for member, service in (
        (workplace.staff["head"], ASSISTANCE),
        (workplace.staff["executor"], ASSISTANCE),
        (clerk_of_region, "oralman-status"),
    ):
        assert CATALOGUE.service(service) not in desk.counter.services(member)
        with pytest.raises(DeskError) as error:
            await desk.counter.accept(member, a_paper(service, member.office))
        assert error.value.code is DeskCode.WRONG_ROLE
    assert await counts(workplace) == before


async def test_an_office_that_is_no_counter_of_the_service_takes_nothing_in(workplace, clerk) -> None:
    """Other services, other bodies, channels that the act does not open, and the akim beside a provider."""
    desk = workplace.desk
    commission = await hire(desk, "karaganda-labour-commission", Role.CLERK)
    near = await hire(desk, AKIM, Role.CLERK)
    cases = [
        (clerk, "guardian-allowance"),
        (clerk, "no-such-service"),
        (workplace.staff["a-clerk"], "guardianship-certificate"),
        (commission, ASSISTANCE),
        (near, FUEL),
    ]
    for member, service in cases:
        with pytest.raises(CounterClosed):
            desk.counter.place(member, service)
    far = await hire(desk, FAR_AKIM, Role.CLERK)
    assert desk.counter.place(far, FUEL).channel is Channel.RURAL_AKIM


async def test_an_akim_gives_the_paper_to_a_provider_that_he_serves(workplace) -> None:
    desk = workplace.desk
    member = await hire(desk, AKIM, Role.CLERK)
    assert [one.id for one in desk.counter.providers(member, CATALOGUE.service(TSA))] == ["bukhar-zhyrau-employment"]
    wrong = a_paper(TSA, KARAGANDA, channel=Channel.RURAL_AKIM)
    assert await refused(desk, member, wrong) == [("provider_office", PaperCode.OFFICE)]
    case = await desk.counter.accept(member, replace(wrong, office="bukhar-zhyrau-employment"))
    assert (case.office, case.counter, case.awaits_office) == ("bukhar-zhyrau-employment", AKIM, AKIM)


@pytest.mark.parametrize("service", ["unemployed-certificate", "targeted-social-assistance"])
async def test_state_databases_are_asked_once_about_whoever_consented_on_paper(workplace, clerk, service) -> None:
    before = (await counts(workplace))["jobs"]
    await workplace.desk.counter.accept(clerk, a_paper(service, KARAGANDA))
    assert (await counts(workplace))["jobs"] == before + 1


def test_state_databases_are_not_asked_without_consent() -> None:
    service = CATALOGUE.service("targeted-social-assistance")
    silent = service.model_copy(
        update={"form": tuple(one for one in service.form if one.type is not FieldType.CONSENT)}
    )
    assert asks_registers(service, Channel.PROVIDER_OFFICE, None, PERSON.iin)
    assert not asks_registers(silent, Channel.PROVIDER_OFFICE, None, PERSON.iin)


async def test_the_register_of_organisations_is_asked_about_an_organisation_for_evidence(workplace) -> None:
    """A list of actions has no condition that would ask; the executor sees what ГБД ЮЛ says, and decides."""
    desk = workplace.desk
    member = await hire(desk, "karaganda-region-employment", Role.EXECUTOR)
    organisation = ORGANISATIONS["partnership"].bin
    case = await desk.counter.accept(member, a_paper("foreign-labour-permit", member.office, applicant=organisation))
    await workplace.ask(case.number)
    (evidence,) = await desk.cases.evidence(member, case.number)
    assert (evidence.register, evidence.found) == ("gbdul", False)
    assert (await desk.cases.get(member, case.number)).check_result is CheckResult.PASSED
    assert workplace.sent.sent == {}


async def test_a_paper_is_worked_to_its_end_and_handed_over_without_a_message(workplace, clerk) -> None:
    number = (await workplace.desk.counter.accept(clerk, a_paper("unemployed-certificate", KARAGANDA))).number
    for _ in range(12):
        case = await workplace.case(number)
        if case.state is CaseState.CLOSED:
            break
        await workplace.do(number)
    assert case.state is CaseState.CLOSED
    assert case.signed_result is not None
    assert workplace.sent.sent == {}
    procedure = CATALOGUE.service("unemployed-certificate").procedure(Channel.PROVIDER_OFFICE)
    done = [
        event.step.number
        for event in await workplace.desk.cases.trail(clerk, number)
        if event.step.kind is Kind.PROCEDURE
    ]
    assert done == [step.number for step in procedure.path(Channel.PROVIDER_OFFICE)]


async def test_a_representative_is_kept_with_the_power_of_attorney(workplace, clerk) -> None:
    power = Power(PowerKind.SIMPLE, "", workplace.clock.now().date())
    by = Representative(iin("75010150001"), "Өтегенов Қайрат", power)
    case = await workplace.desk.counter.accept(
        clerk, a_paper("targeted-social-assistance", KARAGANDA, representative=by)
    )
    intake = await workplace.desk.counter.intake(clerk, case.number)
    assert intake is not None
    assert intake.representative == by


async def test_an_incomplete_paper_is_refused_with_an_event_and_nothing_else(workplace, clerk) -> None:
    paper = a_paper("targeted-social-assistance", KARAGANDA, documents=(), on_paper=("family-composition",))
    assert await refused(workplace.desk, clerk, paper) == [("family-income", PaperCode.DOCUMENT_MISSING)]
    before = await counts(workplace)
    for _ in range(2):
        refusal = await workplace.desk.counter.refuse(clerk, paper)
    assert [one.id for one in refusal.missing] == ["family-income"]
    assert await workplace.desk.receipts.of_refusal(refusal, acceptor=clerk.name) is None
    assert await counts(workplace) == before | {"event": before["event"] + 1}
    row = await workplace.store.database.fetchrow("SELECT * FROM event ORDER BY id DESC LIMIT 1")
    assert (row["application"], row["outcome"], row["actor"]) == (None, "failed", clerk.actor)
    assert row["facts"]["missing"] == ["family-income"]
    assert PERSON.full_name_kk not in str(dict(row))


async def test_a_complete_paper_cannot_be_refused(workplace, clerk) -> None:
    with pytest.raises(PaperRefused) as refusal:
        await workplace.desk.counter.refuse(clerk, a_paper(ASSISTANCE, KARAGANDA))
    assert [problem.code for problem in refusal.value.problems] == [PaperCode.NOTHING_MISSING]


async def test_a_refusal_has_its_receipt_where_the_act_prescribes_one(workplace, clerk) -> None:
    """No act prescribes it at a provider's counter; the service centre's receipt stands for one that did."""
    paper = a_paper("targeted-social-assistance", KARAGANDA, documents=(), on_paper=())
    refusal = await workplace.desk.counter.refuse(clerk, paper)
    assert refusal.receipt is None
    centre = prescribed(refusal.service, Channel.CORPORATION, refusal=True)
    printed = await workplace.desk.receipts.of_refusal(replace(refusal, receipt=centre), acceptor=clerk.name)
    assert printed is not None
    text = text_of(printed)
    for document in refusal.missing:
        assert bare(document.title.kk) in text
        assert bare(document.title.ru) in text
    assert bare("Құжаттарды қабылдаудан бас тарту туралы қолхат") in text
    assert bare("Расписка об отказе в приёме документов") in text


async def test_the_receipt_is_the_same_again_after_the_staff_changed(workplace, clerk) -> None:
    case = await workplace.desk.counter.accept(clerk, a_paper(ASSISTANCE, KARAGANDA))
    first = await workplace.desk.receipts.of_case(clerk, case.number)
    await workplace.desk.staff.seed(
        iin=clerk.iin, name="БАСҚА АДАМ", office=clerk.office, role=clerk.role, password="unused-password-2026"
    )
    assert await workplace.desk.receipts.of_case(clerk, case.number) == first


async def test_a_receipt_of_another_office_is_not_given(workplace, clerk) -> None:
    case = await workplace.desk.counter.accept(clerk, a_paper(ASSISTANCE, KARAGANDA))
    with pytest.raises(DeskError) as error:
        await workplace.desk.receipts.of_case(workplace.staff["a-clerk"], case.number)
    assert error.value.code is DeskCode.NO_SUCH_CASE


async def test_a_failure_on_the_way_stores_nothing(workplace, clerk, monkeypatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    before = await counts(workplace)
    monkeypatch.setattr(workplace.desk.deadlines, "begin", fail)
    with pytest.raises(OSError, match="disk"):
        await workplace.desk.counter.accept(clerk, a_paper(ASSISTANCE, KARAGANDA))
    assert await counts(workplace) == before
