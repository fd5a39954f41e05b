"""Applications from the windows of the State Corporation: taken in by their operator's signature, worked to the result.

Every service that an act opens there, for every kind: the desk does all places but the State Corporation's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.catalogue import Body, Outcome, Party, Role, Service, StepKind, Verb
from gateway.catalogue.result_date import result_due
from gateway.desk import CaseState, CheckResult, Decision, DeskCode, DeskError, Month
from gateway.desk.broken import Broken, BrokenCode
from gateway.desk.decisions import grounds_for
from gateway.desk.intake import Intake
from gateway.desk.numbered import numbered_flow, result_step
from gateway.desk.opening import Taken
from gateway.desk.reports import StepVolume
from gateway.eds.roles import Role as CertificateRole
from gateway.eds.xml import parse
from gateway.exchange.acceptance import Power, PowerKind, Representative, SentBy
from gateway.exchange.application import Application
from gateway.exchange.response import ResponseOutcome
from gateway.exchange.wording import Wording
from gateway.results.document import Kind as DocumentKind
from gateway.results.document import ResultDocument
from gateway.results.markup import read_element
from tests.integration.desk.bodies import Bodies
from tests.integration.desk.windows import (
    CORPORATION,
    Way,
    opened,
    send,
    sits_at_the_window,
    taken_in,
    ways,
    window_of,
)
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, KARAGANDA, PDF, Workplace, iin

WAYS = list(ways())
CHILD, ORALMAN, BIRTH = "child-allowance-under-18", "oralman-status-almaty", "birth-registration"
ALLOWANCE, VICTIMS = "guardian-allowance", "semey-nuclear-test-victims"
FAULT = Wording("Көшірме оқылмайды.", "Копия нечитаема.")


def sits_as_the_applicant(place: Workplace) -> None:
    place.signatures.iin, place.signatures.bin, place.signatures.roles = str(APPLICANT), None, frozenset()


def refusable(way: Way) -> bool:
    return any(one.outcome is Outcome.REFUSED for one in way.service.results_on(CORPORATION, way.kind))


def own_steps(way: Way) -> list[int]:
    """The numbers of the steps of the procedure that are not the State Corporation's."""
    path = way.service.procedure(CORPORATION, way.kind).path(CORPORATION)
    return [step.number for step in path if step.body_on(CORPORATION) is not Body.CORPORATION]


def numbered(way: Way, examined: str = "passed") -> list[tuple[str, int, str]]:
    """The numbered steps that the desk tells of, by the flow."""
    flow = numbered_flow(way.service, CORPORATION, way.kind)
    if flow is None:
        return []
    registration, examination = flow.registration_step(), flow.examination_step()
    refusal = flow.refusal_step()
    last = refusal if examined == "failed" and refusal is not None else result_step(flow)
    told = [(registration.kind.value, registration.number, "done")]
    if examination is not None:
        told.append((examination.kind.value, examination.number, examined))
    return [*told, (last.kind.value, last.number, "done")]


@pytest.fixture
def bodies(workplace: Workplace) -> Bodies:
    return Bodies(workplace)


def document_of(place: Workplace, number: str) -> tuple[ResponseOutcome, ResultDocument]:
    response = place.response(number)
    assert response is not None
    assert response.pick_up is None
    signed = response.signed_document
    while signed.endswith(b"<!--signed-->"):
        signed = signed.removesuffix(b"<!--signed-->")
    return response.outcome, read_element(parse(signed))


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_every_service_of_the_windows_is_worked_to_its_result(bodies, workplace, way: Way) -> None:
    app = taken_in(workplace, way.service.id, way.kind)
    number = await opened(workplace, app)
    department, office = window_of(way.service.id)
    case = await bodies.case(number)
    assert (case.channel, case.counter, case.office, case.kind) == (CORPORATION, department.id, office.id, way.kind)
    assert (case.awaits_verb, case.awaits_office) == (Verb.REGISTER, office.id)
    flow = numbered_flow(way.service, CORPORATION, way.kind)
    assert case.flow == ("corporation" if flow is None else flow.id)
    walked = await bodies.walked(number)
    procedure = way.service.procedure(CORPORATION, way.kind)
    acts = [
        action
        for step in procedure.path(CORPORATION)
        for action in step.acts(CORPORATION, way.kind)
        if (action.body or step.body_on(CORPORATION)) is not Body.CORPORATION
    ]
    assert [(verb, role) for verb, role, _ in walked] == [(one.verb, one.role) for one in acts]
    assert department.id not in {where for _, _, where in walked}
    case = await bodies.case(number)
    assert case.state is CaseState.CLOSED
    assert (case.awaits_verb, case.pick_up) == (None, None)
    steps = workplace.steps(number)
    assert [one for one in steps if one[0] == "procedure"] == [("procedure", one, "done") for one in own_steps(way)]
    assert [one for one in steps if one[0] not in ("procedure", "note")] == numbered(way)
    outcome, document = document_of(workplace, number)
    assert outcome is ResponseOutcome.ISSUED
    assert (document.application, document.service) == (number, way.service.id)
    assert case.decision is not None
    result = next(one for one in way.service.results if one.id == case.decision.result)
    assert result.channels == () or CORPORATION in result.channels
    assert document.title.kk == result.title.kk


@pytest.mark.parametrize("way", [one for one in WAYS if refusable(one)], ids=str)
async def test_a_service_with_a_refusal_is_refused_for_documents_that_do_not_conform(bodies, workplace, way) -> None:
    number = await opened(workplace, taken_in(workplace, way.service.id, way.kind))
    case = await bodies.to(number, Verb.CHECK_DOCUMENTS)
    case = await bodies.do(number, fault=FAULT)
    flow = numbered_flow(way.service, CORPORATION, way.kind)
    assert case.documents_result is CheckResult.FAILED
    assert case.check_result is (CheckResult.PASSED if flow is None else CheckResult.FAILED)
    case = await bodies.to(number, Verb.DRAFT)
    assert {one.code for one in grounds_for(way.service, case)} >= {"documents-violations"}
    await bodies.do(number, decision=Decision("refusal", {}, "documents-violations", FAULT))
    await bodies.walked(number)
    steps = [one for one in workplace.steps(number) if one[0] not in ("procedure", "note")]
    assert steps == numbered(way, "failed")
    outcome, document = document_of(workplace, number)
    assert (outcome, document.kind) == (ResponseOutcome.REFUSED, DocumentKind.REFUSAL)
    assert (await bodies.case(number)).state is CaseState.CLOSED


@pytest.mark.parametrize("way", [one for one in WAYS if not refusable(one)], ids=str)
async def test_where_the_act_knows_no_refusal_none_is_given(bodies, workplace, way: Way) -> None:
    number = await opened(workplace, taken_in(workplace, way.service.id, way.kind))
    case = await bodies.to(number, Verb.DRAFT)
    with pytest.raises(DeskError) as caught:
        await bodies.do(number, decision=Decision("refusal", {}, "other", FAULT))
    assert caught.value.code is DeskCode.RESULT_UNFIT
    assert not grounds_for(way.service, case)


async def test_a_refusal_on_the_services_own_ground_is_the_result_and_not_the_flows_refusal(bodies, workplace) -> None:
    way = Way(CATALOGUE.service(KARAGANDA), None)
    number = await opened(workplace, taken_in(workplace, KARAGANDA))
    await bodies.to(number, Verb.DRAFT)
    await bodies.do(number, decision=Decision("refusal", {}, "not-registered-as-unemployed"))
    await bodies.walked(number)
    assert [one for one in workplace.steps(number) if one[0] != "procedure"] == numbered(way)
    assert document_of(workplace, number)[0] is ResponseOutcome.REFUSED


async def test_the_provider_begins_at_the_first_step_after_the_windows_and_in_its_own_term(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, CHILD))
    case = await bodies.case(number)
    assert case.position.step == 2
    office = CATALOGUE.office(case.office)
    step = CATALOGUE.service(CHILD).procedure(CORPORATION).step(2)
    assert case.due_at == CATALOGUE.calendar.deadline(workplace.clock.now(), step.duration, office.hours)


async def test_without_a_numbered_flow_a_note_tells_of_the_registration_and_of_the_promised_date(workplace) -> None:
    number = await opened(workplace, taken_in(workplace, CHILD))
    (notice,) = workplace.notices(number)
    assert (notice.kind.value, notice.flow, notice.outcome.value) == ("note", "corporation", "done")
    assert notice.facts == {"registered": "true"}
    assert notice.result_due is not None


async def test_the_result_is_promised_from_the_moment_of_acceptance_at_the_window(bodies, workplace) -> None:
    accepted_at = workplace.clock.now()
    app = taken_in(workplace, KARAGANDA)
    workplace.clock.advance(timedelta(hours=20))
    number = await send(workplace, app)
    case = await bodies.case(number)
    law, hours = CATALOGUE.service(KARAGANDA), CATALOGUE.office(case.office).hours
    total = law.total(CORPORATION)
    assert total is not None
    assert case.result_due == CATALOGUE.calendar.deadline(accepted_at, total, hours)
    assert case.registered_at == workplace.clock.now()
    assert workplace.notices(number)[0].result_due == case.result_due


async def test_an_acceptance_from_the_future_promises_nothing_later_than_now(bodies, workplace) -> None:
    ahead = workplace.clock.now() + timedelta(days=300)
    early, late = taken_in(workplace, KARAGANDA), taken_in(workplace, KARAGANDA, acceptance={"accepted_at": ahead})
    dues = [(await bodies.case(await send(workplace, one))).result_due for one in (early, late)]
    assert dues[0] == dues[1]


async def test_state_databases_are_not_asked_again_after_the_window(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, KARAGANDA))
    assert (await bodies.case(number)).check_result is CheckResult.WAITING
    queue = f"{workplace.store.database.schema}_pgqueuer"
    jobs = await workplace.store.database.fetchval(
        f"SELECT count(*) FROM {queue} WHERE entrypoint = 'desk.ask-state-data'"
    )
    assert jobs == 0


async def test_the_same_application_makes_one_case_however_often_it_comes(workplace) -> None:
    app = taken_in(workplace, KARAGANDA)
    for _ in range(3):
        await send(workplace, app)
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 1
    assert len(workplace.notices(app.number)) == 1
    other = replace(app, applicant_name="БАСҚА АДАМ")
    await send(workplace, other)
    assert workplace.notices(app.number)[-1].facts["code"] == BrokenCode.NUMBER_TAKEN


async def code_of(place: Workplace, app: Application, *, by: Mapping[str, object] | None = None) -> str | None:
    """Send an application and return the code of its refusal; `by` replaces what the signer's certificate says."""
    assert app.acceptance is not None
    named = CATALOGUE.offices.get(app.acceptance.department, CATALOGUE.office("karaganda-corporation"))
    sits_at_the_window(place, named)
    for name, value in (by or {}).items():
        setattr(place.signatures, name, value)
    await place.submit(app.service, app=app)
    refused = [one for one in place.notices(app.number) if one.outcome.value == "failed"]
    cases = await place.store.database.fetchval(
        "SELECT (SELECT count(*) FROM casefile WHERE number = $1) + "
        "(SELECT count(*) FROM expected_package WHERE number = $1)",
        app.number,
    )
    assert cases == (0 if refused else 1)
    assert all(one.flow == "corporation" for one in refused)
    return refused[0].facts["code"] if refused else None


@pytest.mark.parametrize(
    "by",
    [
        {"iin": str(iin("92020220002"))},
        {"iin": str(APPLICANT)},
        {"bin": CATALOGUE.office("karaganda-employment").bin},
        {"bin": None},
        {"roles": frozenset({CertificateRole.INDIVIDUAL})},
        {"roles": frozenset({CertificateRole.LEGAL_ENTITY, CertificateRole.INFORMATION_SYSTEM})},
        {"roles": frozenset()},
    ],
    ids=["colleague", "applicant", "another-bin", "no-bin", "individual", "system", "no-role"],
)
async def test_only_the_operator_named_signs_as_an_employee_of_the_departments_organisation(workplace, by) -> None:
    assert await code_of(workplace, taken_in(workplace, KARAGANDA), by=by) == BrokenCode.OPERATOR


@pytest.mark.parametrize(
    "role",
    [
        CertificateRole.EMPLOYEE,
        CertificateRole.SIGNING_RIGHT,
        CertificateRole.HR,
        CertificateRole.FINANCIAL_SIGNING_RIGHT,
        CertificateRole.HEAD,
    ],
)
async def test_any_role_in_the_organisation_may_sign_as_operator(workplace, role: CertificateRole) -> None:
    assert await code_of(workplace, taken_in(workplace, KARAGANDA), by={"roles": frozenset({role})}) is None


@pytest.mark.parametrize(
    ("department", "code"),
    [
        ("temirtau-corporation", BrokenCode.DEPARTMENT),
        ("almaty-corporation", BrokenCode.DEPARTMENT),
        ("karaganda-employment", BrokenCode.DEPARTMENT),
        ("nowhere-corporation", BrokenCode.DEPARTMENT),
    ],
)
async def test_a_department_takes_applications_for_the_offices_that_it_serves_alone(
    workplace, department: str, code: BrokenCode
) -> None:
    app = taken_in(workplace, KARAGANDA, acceptance={"department": department})
    assert await code_of(workplace, app) == code


async def test_without_an_acceptance_nobody_else_than_the_applicant_signs(workplace) -> None:
    app = replace(taken_in(workplace, KARAGANDA), acceptance=None)
    sits_at_the_window(workplace, CATALOGUE.office("karaganda-corporation"))
    await workplace.submit(KARAGANDA, app=app)
    assert workplace.notices(app.number)[0].facts["code"] == BrokenCode.SIGNER
    sits_as_the_applicant(workplace)
    closed = replace(taken_in(workplace, CHILD), acceptance=None)
    await workplace.submit(CHILD, app=closed)
    assert workplace.notices(closed.number)[0].facts["code"] == BrokenCode.SERVICE


async def test_a_service_that_the_windows_do_not_offer_is_not_taken_from_them(workplace) -> None:
    base = taken_in(workplace, KARAGANDA)
    portal_only = next(
        one for one in CATALOGUE.services.values() if not one.opens(CORPORATION) and CATALOGUE.offices_of(one.id)
    )
    office = CATALOGUE.offices_of(portal_only.id)[0].id
    assert await code_of(workplace, replace(base, service=portal_only.id, office=office)) == BrokenCode.SERVICE


async def test_a_required_document_is_attached_or_on_paper_or_both(workplace) -> None:
    service = CATALOGUE.service(ALLOWANCE)
    required = [one.id for one in service.documents if one.required]
    assert len(required) > 1
    on_paper = taken_in(workplace, ALLOWANCE, documents={}, acceptance={"on_paper": tuple(required)})
    assert await code_of(workplace, on_paper) is None
    files = {one: PDF + one.encode() for one in required}
    both = taken_in(workplace, ALLOWANCE, documents=files, acceptance={"on_paper": tuple(required)})
    assert await code_of(workplace, both) is None
    neither = taken_in(workplace, ALLOWANCE, documents={}, acceptance={"on_paper": tuple(required[1:])})
    assert await code_of(workplace, neither) == BrokenCode.DOCUMENT
    unknown = taken_in(workplace, ALLOWANCE, acceptance={"on_paper": (*required, "identity-of-nobody")})
    assert await code_of(workplace, unknown) == BrokenCode.FORM
    strange = taken_in(workplace, ALLOWANCE, acceptance={"on_paper": (*required, "strange-document")})
    assert await code_of(workplace, strange) == BrokenCode.FORM
    twice = taken_in(workplace, ALLOWANCE, acceptance={"on_paper": (required[0], *required)})
    assert await code_of(workplace, twice) == BrokenCode.FORM


async def test_the_consent_to_the_query_must_have_been_given(workplace) -> None:
    app = taken_in(workplace, KARAGANDA, acceptance={"consent_at": None})
    assert await code_of(workplace, app) == BrokenCode.FORM


async def test_the_consent_comes_before_the_query_and_so_before_the_acceptance(workplace) -> None:
    accepted = workplace.clock.now()
    for consent, code in ((accepted, None), (accepted + timedelta(microseconds=1), BrokenCode.FORM)):
        app = taken_in(workplace, KARAGANDA, acceptance={"accepted_at": accepted, "consent_at": consent})
        assert await code_of(workplace, app) == code


@pytest.mark.parametrize("name", ["ЖАППАРОВА\u202eӘЙГҮЛ", "ЖАППАРОВА 💥", "ЖАППАРОВА\u200b"])
async def test_a_name_that_no_document_can_print_is_not_taken(workplace, name: str) -> None:
    """Nobody could draft a result of it: the case would stand for ever."""
    assert await code_of(workplace, taken_in(workplace, KARAGANDA, applicant_name=name)) == BrokenCode.FORM
    of_operator = taken_in(workplace, KARAGANDA, acceptance={"operator_name": name})
    assert await code_of(workplace, of_operator) == BrokenCode.FORM
    sits_as_the_applicant(workplace)
    by_portal = replace(taken_in(workplace, KARAGANDA), acceptance=None, applicant_name=name)
    await workplace.submit(KARAGANDA, app=by_portal)
    assert [one.facts["code"] for one in workplace.notices(by_portal.number)] == [BrokenCode.FORM]


async def test_nobody_represents_themselves(workplace) -> None:
    power = Power(PowerKind.NOTARISED, "1-245", workplace.clock.now().date() - timedelta(days=30))
    own = replace(by_power(power), iin=APPLICANT)
    app = taken_in(workplace, KARAGANDA, acceptance={"representative": own})
    assert await code_of(workplace, app) == BrokenCode.REPRESENTATIVE


@pytest.mark.parametrize("number", ["", "5", "\u202e"])
async def test_of_a_power_that_no_notary_certified_no_data_are_taken(workplace, number: str) -> None:
    """Karaganda act, lines 1306-1311."""
    issued = workplace.clock.now().date() - timedelta(days=30)
    app = taken_in(
        workplace, KARAGANDA, acceptance={"representative": by_power(Power(PowerKind.SIMPLE, number, issued))}
    )
    assert await code_of(workplace, app) == BrokenCode.REPRESENTATIVE


@pytest.mark.parametrize("service", [KARAGANDA, "home-taught-disabled-children-support"])
@pytest.mark.parametrize("years", [-2000, 7000])
async def test_whenever_an_application_says_it_was_made_it_is_worked_to_its_end(
    bodies, workplace, service: str, years: int
) -> None:
    """Terms are counted from the submission, which is none after the registration."""
    now = workplace.clock.now()
    app = taken_in(workplace, service, created_at=now.replace(year=now.year + years))
    number = await opened(workplace, app)
    case = await bodies.case(number)
    assert case.submitted_at == min(app.created_at, now)
    await bodies.walked(number)
    assert document_of(workplace, number)[0] is ResponseOutcome.ISSUED


async def test_a_number_taken_by_another_content_is_told_in_the_windows_own_flow(workplace) -> None:
    for service, medium in ((KARAGANDA, SentBy.ELECTRONIC), (ALLOWANCE, SentBy.COURIER)):
        app = taken_in(workplace, service, acceptance={"medium": medium})
        await opened(workplace, app)
        await send(workplace, replace(app, applicant_name="БАСҚА АДАМ"))
        told = workplace.notices(app.number)[-1]
        assert (told.flow, told.facts["code"]) == ("corporation", BrokenCode.NUMBER_TAKEN)


def by_power(power: Power | None) -> Representative:
    assert power is not None
    return Representative(iin("80010110003"), "СЕРІКОВ АСҚАР", power)


@pytest.mark.parametrize(
    ("service", "kind", "number", "days", "code"),
    [
        (KARAGANDA, PowerKind.NOTARISED, "1-245", 30, None),
        (KARAGANDA, PowerKind.SIMPLE, "", None, None),
        (KARAGANDA, PowerKind.NOTARISED, "", 30, BrokenCode.REPRESENTATIVE),
        (KARAGANDA, PowerKind.NOTARISED, "1-245", None, BrokenCode.REPRESENTATIVE),
        (KARAGANDA, PowerKind.NOTARISED, "1-245", -1, BrokenCode.REPRESENTATIVE),
        (ALLOWANCE, PowerKind.NOTARISED, "1-245", 30, None),
        (ALLOWANCE, PowerKind.SIMPLE, "1", 30, BrokenCode.REPRESENTATIVE),
        (CHILD, PowerKind.SIMPLE, "", 30, None),
        (CHILD, PowerKind.SIMPLE, "", None, BrokenCode.REPRESENTATIVE),
        (ORALMAN, PowerKind.NOTARISED, "1-245", 30, BrokenCode.REPRESENTATIVE),
    ],
)
async def test_a_representative_comes_with_the_power_of_attorney_that_the_act_asks_for(  # noqa: PLR0917 - one row a rule
    workplace, service: str, kind: PowerKind, number: str, days: int | None, code: BrokenCode | None
) -> None:
    issued = None if days is None else workplace.clock.now().date() - timedelta(days=days)
    app = taken_in(workplace, service, acceptance={"representative": by_power(Power(kind, number, issued))})
    assert await code_of(workplace, app) == code


async def test_what_the_operator_noted_stays_with_the_case(bodies, workplace) -> None:
    power = Power(PowerKind.NOTARISED, "1-245", workplace.clock.now().date() - timedelta(days=30))
    app = taken_in(workplace, KARAGANDA, acceptance={"representative": by_power(power)})
    number = await send(workplace, app)
    head = await bodies.staff(app.office, Role.HEAD)
    assert await workplace.desk.cases.acceptance(head, number) == app.acceptance
    assert await workplace.desk.counter.intake(head, number) is None
    case = await bodies.case(number)
    assert not workplace.desk.receipts.is_prescribed(case)
    with pytest.raises(DeskError) as caught:
        await workplace.desk.receipts.of_case(head, number)
    assert caught.value.code is DeskCode.NO_SUCH_DOCUMENT
    stranger = await bodies.staff("temirtau-employment", Role.HEAD)
    with pytest.raises(DeskError) as caught:
        await workplace.desk.cases.acceptance(stranger, number)
    assert caught.value.code is DeskCode.NO_SUCH_CASE
    sits_as_the_applicant(workplace)
    assert await workplace.desk.cases.acceptance(head, await workplace.submit(KARAGANDA)) is None


async def test_the_last_act_repeated_ends_the_case_once(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, KARAGANDA))
    case = await bodies.to(number, Verb.FORWARD)
    clerk = await bodies.staff(case.office, Role.CLERK)
    for _ in range(2):
        done = await workplace.desk.bodies.forward(clerk, number, version=case.version)
        assert done.state is CaseState.CLOSED
    told = [one for one in workplace.steps(number) if one == ("process", 9, "done")]
    assert len(told) == 1


async def test_a_signature_that_is_the_last_act_ends_the_case(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, BIRTH, "registration"))
    case = await bodies.to(number, Verb.SIGN)
    assert workplace.response(number) is None
    case = await bodies.do(number)
    assert case.state is CaseState.CLOSED
    response = workplace.response(number)
    assert response is not None
    assert case.signed_result is not None
    assert response.signed_document == await workplace.store.blobs.get(case.signed_result)


async def test_an_order_that_the_district_akim_signs_comes_back_for_the_hand_over(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, "guardianship-establishment"))
    case = await bodies.to(number, Verb.SIGN)
    assert case.awaits_office != case.office
    case = await bodies.do(number)
    assert (case.awaits_verb, case.awaits_office) == (Verb.HAND_OVER, case.office)


async def test_another_office_may_be_the_right_one_and_the_department_stays(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, KARAGANDA))
    case = await bodies.case(number)
    clerk = await bodies.staff(case.office, Role.CLERK)
    due, other = case.result_due, "temirtau-employment"
    await workplace.desk.moves.redirect(clerk, number, version=case.version, office=other, reason="Темірлан тұрғыны")
    case = await bodies.case(number)
    assert (case.office, case.counter, case.awaits_verb) == (other, "karaganda-corporation", Verb.REGISTER)
    assert case.result_due == due
    assert workplace.notices(number)[-1].facts["redirected-to"] == other
    await bodies.walked(number)
    assert document_of(workplace, number)[0] is ResponseOutcome.ISSUED


async def test_work_is_extended_and_returned_as_on_the_other_channels(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, VICTIMS, "recognition"))
    case = await bodies.to(number, Verb.CHECK_DOCUMENTS)
    executor, moves, before = await bodies.doer(case), workplace.desk.moves, case
    event = "further-inquiries-or-inspections"
    case = await moves.extend(executor, number, version=case.version, event=event, reason="Мұрағатқа сұрау салынды")
    assert case.due_at is not None
    assert before.due_at is not None
    assert (case.extended, case.due_at > before.due_at) == ((event,), True)
    assert case.result_due > before.result_due
    assert workplace.notices(number)[-1].result_due == case.result_due
    case = await moves.send_back(executor, number, version=case.version, reason="Басқа бөлім")
    assert case.awaits_verb is Verb.RESOLVE


class Shelf:
    """Keeps what is expected, as whoever keeps the packages does."""

    def __init__(self) -> None:
        self.kept: dict[str, Taken] = {}

    async def standing(self, conn: object, number: str) -> str | None:
        kept = self.kept.get(number)
        return None if kept is None else kept.content_key

    async def expect(self, conn: object, taken: Taken) -> str:
        return self.kept.setdefault(taken.application.number, taken).content_key


@pytest.fixture
def shelf(workplace) -> Shelf:
    shelf = Shelf()
    intake = workplace.desk.intake
    assert isinstance(intake, Intake)
    intake._awaiting = shelf
    return shelf


async def test_a_package_by_courier_is_awaited_and_its_case_opened_when_it_is_there(bodies, workplace, shelf) -> None:
    app = taken_in(workplace, ALLOWANCE, acceptance={"medium": SentBy.COURIER})
    for _ in range(2):
        await send(workplace, app)
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0
    assert workplace.notices(app.number) == []
    taken = shelf.kept[app.number]
    workplace.clock.advance(timedelta(days=1))
    async with workplace.store.database.transaction() as conn:
        assert await workplace.desk.intake.open_expected(conn, taken) is not None
        assert await workplace.desk.intake.open_expected(conn, taken) is None
    case = await bodies.case(app.number)
    assert (case.registered_at, case.submitted_at) == (workplace.clock.now(), app.created_at)
    assert workplace.steps(app.number) == [("process", 7, "done")]
    await send(workplace, app)
    assert len(workplace.notices(app.number)) == 1
    await bodies.walked(app.number)
    assert document_of(workplace, app.number)[0] is ResponseOutcome.ISSUED


@pytest.mark.parametrize(("service", "from_the_window"), [(ORALMAN, False), (ALLOWANCE, False), (BIRTH, True)])
async def test_the_couriers_way_is_counted_unless_the_procedure_begins_with_the_package(
    bodies, workplace, shelf, service: str, *, from_the_window: bool
) -> None:
    law, accepted_at = CATALOGUE.service(service), workplace.clock.now()
    kind = next(iter(law.kind_ids), None)
    app = taken_in(workplace, service, kind, acceptance={"medium": SentBy.COURIER})
    await send(workplace, app)
    workplace.clock.advance(timedelta(days=7))
    async with workplace.store.database.transaction() as conn:
        await workplace.desk.intake.open_expected(conn, shelf.kept[app.number])
    counted_from = accepted_at if from_the_window else workplace.clock.now()
    hours = CATALOGUE.office(app.office).hours
    due = result_due(CATALOGUE.calendar, law, hours, CORPORATION, counted_from, kind=kind)
    assert (await bodies.case(app.number)).result_due == due


async def test_another_content_under_an_awaited_number_is_told_and_the_first_stays(workplace, shelf) -> None:
    app = taken_in(workplace, ALLOWANCE, acceptance={"medium": SentBy.COURIER})
    await send(workplace, app)
    key = shelf.kept[app.number].content_key
    await send(workplace, replace(app, applicant_name="БАСҚА АДАМ"))
    assert workplace.notices(app.number)[0].facts["code"] == BrokenCode.NUMBER_TAKEN
    assert shelf.kept[app.number].content_key == key
    async with workplace.store.database.transaction() as conn:
        await workplace.desk.intake.open_expected(conn, shelf.kept[app.number])
        other = replace(shelf.kept[app.number], content_key="f" * 64)
        with pytest.raises(Broken) as caught:
            await workplace.desk.intake.open_expected(conn, other)
    assert caught.value.code is BrokenCode.NUMBER_TAKEN


async def test_an_electronic_one_is_opened_at_once_though_couriers_go(bodies, workplace, shelf) -> None:
    number = await opened(workplace, taken_in(workplace, ALLOWANCE))
    assert (await bodies.case(number)).state is CaseState.OPEN
    assert not shelf.kept


async def test_a_medium_that_the_act_does_not_give_is_refused(workplace) -> None:
    for service, medium in ((KARAGANDA, SentBy.COURIER), (CHILD, SentBy.ELECTRONIC)):
        app = taken_in(workplace, service, acceptance={"medium": medium})
        assert await code_of(workplace, app) == BrokenCode.FORM


async def test_a_report_tells_the_windows_procedure_from_the_others(bodies, workplace) -> None:
    sent = await send(workplace, taken_in(workplace, KARAGANDA))
    sits_as_the_applicant(workplace)
    await workplace.submit(KARAGANDA)
    head = await bodies.staff("karaganda-employment", Role.HEAD)
    case = await bodies.case(sent)
    report = await workplace.desk.reports.month(head, Month.of(workplace.clock.now()))
    assert set(report.steps) == {
        StepVolume(KARAGANDA, case.position.step, 1, 0, CORPORATION),
        StepVolume(KARAGANDA, 1, 1, 0),
    }
    assert [one.registered for one in report.services] == [2]


async def test_lists_and_searches_hold_the_windows_applications(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, KARAGANDA))
    case = await bodies.case(number)
    clerk = await bodies.staff(case.office, Role.CLERK)
    assert number in {one.number for one in (await workplace.desk.lists.inbox(clerk)).cases}
    assert number in {one.number for one in (await workplace.desk.lists.open(clerk)).cases}


def test_a_flow_is_read_off_the_catalogue_and_its_channels_condition_is_none_of_the_desks() -> None:
    for way in WAYS:
        flow = numbered_flow(way.service, CORPORATION, way.kind)
        if flow is None:
            continue
        examination = flow.examination_step()
        told = (flow.registration_step(), examination, flow.refusal_step(), result_step(flow))
        assert all(one is None or one.party is Party.DESK for one in told)
        assert examination is None or examination.kind is StepKind.CONDITION


def flowless(service: Service) -> bool:
    return numbered_flow(service, CORPORATION, None) is None


def test_half_of_the_services_have_a_flow_that_reaches_the_desk() -> None:
    services = {way.service.id: way.service for way in WAYS}
    assert len(services) == 16
    assert {one.id for one in services.values() if flowless(one)} == {
        BIRTH,
        CHILD,
        "rural-social-workers-fuel-assistance",
        "rural-specialists-support",
        "semey-nuclear-test-victims",
        "targeted-social-assistance",
        "tsa-recipient-certificate",
    }


async def test_of_a_failed_condition_is_told_by_the_number_that_the_windows_flow_gives_it(bodies, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, ALLOWANCE))
    await bodies.to(number, Verb.CHECK_DOCUMENTS)
    await bodies.do(number, fault=FAULT)
    case = await bodies.to(number, Verb.DRAFT)
    issued = CATALOGUE.service(ALLOWANCE).result(Outcome.ISSUED, CORPORATION, None)
    with pytest.raises(DeskError) as caught:
        await bodies.do(number, decision=Decision(issued.id, {}))
    assert (await bodies.case(number)).version == case.version
    assert caught.value.code is DeskCode.CHECK_FAILED
    assert (caught.value.text.kk[:7], caught.value.text.ru[:9]) == ("2-шарт ", "Условие 2")
