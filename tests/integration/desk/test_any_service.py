"""Services that the portal's two flows serve, worked at the desk: checks beside the condition, inspections, kinds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.catalogue import Channel, Outcome
from gateway.desk import (
    BODIES,
    CHECKS_AND_PAPERS,
    LISTS,
    SQL_FILES,
    CaseState,
    CheckResult,
    Decision,
    DeskCode,
    DeskError,
)
from gateway.desk.broken import BrokenCode
from gateway.eds.xml import parse
from gateway.exchange.response import ResponseOutcome
from gateway.exchange.wording import Wording
from gateway.journal import Kind, follows
from gateway.results.document import Kind as DocumentKind
from gateway.results.markup import read_element
from tests.integration.desk.workplace import (
    ADOPTION,
    APPLICANT,
    ASSISTANCE,
    CATALOGUE,
    FACTS,
    FORMS,
    PDF,
    PROPERTY,
    REGISTRATION,
    a_workplace,
    application,
)

FAULT = Wording("Еңбек кітапшасының көшірмесі оқылмайды.", "Копия трудовой книжки нечитаема.")
PROCEDURE = [("procedure", number, "done") for number in (1, 2, 3, 4, 5)]


def document_of(workplace, number: str):
    response = workplace.response(number)
    assert response is not None
    return response.outcome, read_element(parse(response.signed_document.removesuffix(b"<!--signed-->")))


async def follows_the_act(workplace, number: str, who: str) -> bool:
    case = await workplace.case(number, who)
    flow = CATALOGUE.service(case.service).flow(Channel.PORTAL, case.kind)
    at_desk = flow.steps[[str(step.ref) for step in flow.steps].index("process 6") :]
    trail = [event for event in await workplace.desk.cases.trail(workplace.staff[who], number) if event.step.number]
    verdict = follows(trail, at_desk)
    return bool(verdict) and verdict.complete


async def refusal_of(attempt) -> DeskCode:
    with pytest.raises(DeskError) as caught:
        await attempt
    return caught.value.code


async def test_the_check_of_documents_comes_besides_the_question_to_the_state_databases(workplace) -> None:
    number = await workplace.submit(REGISTRATION)
    await workplace.ask(number)
    case = await workplace.to(number, "check-documents")
    assert (case.check_result, case.documents_result) == (CheckResult.PASSED, None)
    case = await workplace.to(number, "nothing")
    assert case.state is CaseState.CLOSED
    assert (case.check_result, case.documents_result) == (CheckResult.PASSED, CheckResult.PASSED)
    assert workplace.steps(number) == [
        ("process", 6, "done"),
        ("condition", 3, "passed"),
        *PROCEDURE,
        ("process", 8, "done"),
    ]
    outcome, document = document_of(workplace, number)
    assert outcome is ResponseOutcome.ISSUED
    title = CATALOGUE.service(REGISTRATION).result(Outcome.ISSUED).title
    assert (document.title.kk, document.title.ru) == (title.kk, title.ru)
    assert await follows_the_act(workplace, number, "clerk")


async def test_documents_that_do_not_conform_lead_to_a_refusal_that_process_8_tells_of(workplace) -> None:
    number = await workplace.submit(REGISTRATION)
    await workplace.ask(number)
    case = await workplace.to(number, "check-documents")
    executor, actions = workplace.staff["executor"], workplace.desk.actions
    case = await actions.check_documents(executor, number, version=case.version, fault=FAULT)
    assert (case.check_result, case.check_reason) == (CheckResult.PASSED, None)
    assert (case.documents_result, case.documents_reason) == (CheckResult.FAILED, FAULT)
    issued = actions.draft(executor, number, version=case.version, decision=workplace.decision(case))
    assert await refusal_of(issued) is DeskCode.DOCUMENTS_FAILED
    refusal = Decision("refusal", {}, "documents-violations", case.documents_reason)
    await actions.draft(executor, number, version=case.version, decision=refusal)
    await workplace.to(number, "nothing")
    assert workplace.steps(number) == [
        ("process", 6, "done"),
        ("condition", 3, "passed"),
        *PROCEDURE,
        ("process", 8, "done"),
    ]
    outcome, document = document_of(workplace, number)
    assert outcome is ResponseOutcome.REFUSED
    assert document.kind is DocumentKind.REFUSAL
    assert document.ground is not None
    assert document.ground.code == "documents-violations"
    assert FAULT.ru in document.ground.text.ru
    assert await follows_the_act(workplace, number, "clerk")
    notes = [event.step.facts for event in await workplace.desk.cases.trail(executor, number)]
    assert {"verb": "check-documents", "documents": "failed"} in notes


async def test_absent_data_are_process_7_however_the_documents_were_judged(workplace) -> None:
    workplace.persons.records.clear()
    number = await workplace.submit(REGISTRATION)
    case = await workplace.to(number, "check-documents")
    executor, actions = workplace.staff["executor"], workplace.desk.actions
    case = await actions.check_documents(executor, number, version=case.version, fault=FAULT)
    refusal = Decision("refusal", {}, "applicant-not-in-registry")
    early = actions.draft(executor, number, version=case.version, decision=refusal)
    assert await refusal_of(early) is DeskCode.CHECK_NOT_DECIDED
    await workplace.ask(number)
    case = await workplace.case(number)
    await actions.draft(executor, number, version=case.version, decision=refusal)
    await workplace.to(number, "nothing")
    assert workplace.steps(number)[-1] == ("process", 7, "done")
    assert document_of(workplace, number)[0] is ResponseOutcome.REFUSED


async def test_documents_judged_beside_the_condition_are_not_judged_again_after_a_return(workplace) -> None:
    number = await workplace.submit(REGISTRATION)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    executor = workplace.staff["executor"]
    await workplace.desk.moves.send_back(executor, number, version=case.version, reason="Басқа бөлім")
    assert (await workplace.do(number)).awaits_verb == "draft"


async def test_documents_not_judged_yet_are_judged_after_a_return_though_the_condition_is_decided(workplace) -> None:
    number = await workplace.submit(REGISTRATION)
    await workplace.ask(number)
    case = await workplace.to(number, "check-documents")
    executor = workplace.staff["executor"]
    await workplace.desk.moves.send_back(executor, number, version=case.version, reason="Басқа бөлім")
    assert (await workplace.do(number)).awaits_verb == "check-documents"


async def test_without_a_refusal_the_executor_can_only_return_the_case(new_store, clock) -> None:
    service = CATALOGUE.service(REGISTRATION)
    kind = service.model_copy(update={"results": tuple(one for one in service.results if one.id != "refusal")})
    catalogue = replace(CATALOGUE, services={**CATALOGUE.services, REGISTRATION: kind})
    workplace = await a_workplace(new_store, clock, catalogue=catalogue)
    number = await workplace.submit(REGISTRATION)
    case = await workplace.to(number, "check-documents")
    executor, desk = workplace.staff["executor"], workplace.desk
    fault = desk.actions.check_documents(executor, number, version=case.version, fault=FAULT)
    assert await refusal_of(fault) is DeskCode.NO_REFUSAL
    case = await desk.moves.send_back(executor, number, version=case.version, reason=FAULT.ru)
    assert (case.awaits_verb, case.documents_result) == ("resolve", None)


async def test_a_case_knows_its_kind_and_states_sums_and_choices_in_words(workplace) -> None:
    number = await workplace.submit(ASSISTANCE)
    await workplace.ask(number)
    case = await workplace.to(number, "nothing")
    assert case.kind == "disability"
    _, document = document_of(workplace, number)
    said = " ".join(statement.ru for statement in document.body)
    assert "45\u00a0000 тенге" in said
    kinds = {fact.id: fact for fact in CATALOGUE.service(ASSISTANCE).result(Outcome.ISSUED).template.facts}
    chosen = next(choice for choice in kinds["assistance_kind"].choices if choice.id == "one-off")
    assert chosen.label.ru in said


async def test_a_kind_that_the_portal_does_not_take_is_not_registered(workplace) -> None:
    app = application(
        ASSISTANCE,
        "70000000000001",
        at=workplace.clock.now(),
        fields={**FORMS[ASSISTANCE], "category": "other-category"},
    )
    await workplace.submit(ASSISTANCE, app=app)
    assert workplace.notices(app.number)[0].facts["code"] == BrokenCode.FORM
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0


async def test_documents_of_another_kind_are_not_taken(workplace) -> None:
    files = {"disease-certificate": PDF}
    app = application(ASSISTANCE, "70000000000002", at=workplace.clock.now(), documents=files)
    await workplace.submit(ASSISTANCE, app=app, files=files)
    assert workplace.notices(app.number)[0].facts["code"] == BrokenCode.DOCUMENT


async def test_each_kind_ends_in_its_own_document(workplace) -> None:
    number = await workplace.submit(PROPERTY)
    case = await workplace.to(number, "draft", prefix="a-")
    executor, actions = workplace.staff["a-executor"], workplace.desk.actions
    other = Decision("pension-fund-certificate", workplace.decision(case).facts)
    assert await refusal_of(actions.draft(executor, number, version=case.version, decision=other)) is (
        DeskCode.RESULT_UNFIT
    )
    case = await workplace.to(number, "nothing", prefix="a-")
    assert case.kind == "bank"
    assert case.decision == workplace.decision(case)
    assert case.decision.result == "bank-certificate"
    _, document = document_of(workplace, number)
    named = next(one for one in CATALOGUE.service(PROPERTY).results if one.id == "bank-certificate")
    assert document.title.kk == named.title.kk
    assert await follows_the_act(workplace, number, "a-clerk")


async def test_an_inspection_stands_before_the_draft_and_its_act_stays_with_the_case(workplace) -> None:
    number = await workplace.submit(ADOPTION)
    case = await workplace.to(number, "inspect", prefix="a-")
    executor, desk = workplace.staff["a-executor"], workplace.desk

    def inspect(act: str):
        return desk.actions.inspect(executor, number, version=case.version, act=act)

    assert await refusal_of(inspect(" \n ")) is DeskCode.ACT_MISSING
    assert await refusal_of(inspect("а" * 4001)) is DeskCode.TOO_LONG
    head = desk.actions.inspect(workplace.staff["a-head"], number, version=case.version, act="Акт")
    assert await refusal_of(head) is DeskCode.WRONG_ROLE
    after = await inspect("Пәтер жарық.\nБаланың бөлмесі бар.")
    await inspect("Пәтер жарық.\nБаланың бөлмесі бар.")
    assert after.awaits_verb == "draft"
    (paper,) = await desk.papers.of(executor, number)
    assert (paper.ordinal, paper.kind, paper.staff) == (1, "inspection-act", executor.id)
    assert paper.text == "Пәтер жарық.\nБаланың бөлмесі бар."
    assert paper.at == workplace.clock.now()
    trail = await desk.cases.trail(executor, number)
    assert [e.step.facts for e in trail if e.step.kind is Kind.NOTE][-1] == {"verb": "inspect", "paper": 1}
    assert await refusal_of(desk.papers.of(workplace.staff["executor"], number)) is DeskCode.NO_SUCH_CASE


async def test_the_executor_returns_an_inspection_to_the_head(workplace) -> None:
    number = await workplace.submit(ADOPTION)
    case = await workplace.to(number, "inspect", prefix="a-")
    executor = workplace.staff["a-executor"]
    case = await workplace.desk.moves.send_back(executor, number, version=case.version, reason="Үй табылмады")
    assert case.awaits_verb == "resolve"
    assert (await workplace.do(number, prefix="a-")).awaits_verb == "inspect"


async def test_a_negative_conclusion_is_issued_and_no_refusal(workplace) -> None:
    number = await workplace.submit(ADOPTION)
    case = await workplace.to(number, "draft", prefix="a-")
    executor = workplace.staff["a-executor"]
    decision = Decision("readiness-impossible", FACTS[ADOPTION])
    await workplace.desk.actions.draft(executor, number, version=case.version, decision=decision)
    case = await workplace.to(number, "nothing", prefix="a-")
    outcome, document = document_of(workplace, number)
    assert outcome is ResponseOutcome.ISSUED
    assert document.kind is DocumentKind.CERTIFICATE
    assert "мүмкін еместігі" in document.title.kk
    last = workplace.notices(number)[-1]
    assert (last.kind.value, last.step_number) == ("process", 8)
    assert last.pick_up is not None
    assert last.message is not None
    office = CATALOGUE.office(case.office)
    assert office.address.kk in last.message.kk
    assert office.address.ru in last.message.ru
    assert await follows_the_act(workplace, number, "a-clerk")


async def test_checks_made_before_they_were_kept_apart_are_read_as_checks_of_documents(new_store) -> None:
    store = await new_store("desk", *map(str, SQL_FILES))
    digest = "0" * 64
    await store.database.execute(
        "INSERT INTO blob (sha256, media_type, content) VALUES ($1, 'application/xml', '')", digest
    )
    staff = await store.database.fetchval(
        "INSERT INTO staff (iin, name, office, role, password_hash) VALUES ($1, 'а', 'o', 'executor', '') RETURNING id",
        str(APPLICANT),
    )
    for number, verb in (("00000000000001", "check-documents"), ("00000000000002", "resolve")):
        await store.database.execute(
            "INSERT INTO casefile (number, content_key, service, office, flow, applicant_number, applicant_name,"
            " fields, signed_application, gateway, submitted_at, registered_at, result_due, state, step, action,"
            " awaits_verb, check_result) VALUES ($1, $1, 's', 'o', 'portal', '', '', $3, $2, 'rshep', now(), now(),"
            " now(), 'open', 3, 1, 'draft', 'passed')",
            number,
            digest,
            {},
        )
        await store.database.execute(
            "INSERT INTO case_action (number, version, verb, staff, at) VALUES ($1, 1, $2, $3, now())",
            number,
            verb,
            staff,
        )
    await store.database.execute(CHECKS_AND_PAPERS.read_text(encoding="utf-8"))
    rows = await store.database.fetch("SELECT documents_result FROM casefile ORDER BY number")
    assert [row["documents_result"] for row in rows] == ["passed", None]


async def test_cases_of_before_there_were_other_bodies_go_on_where_they_stood(new_store) -> None:
    """Open ones wait at their own office for their executor, closed ones for nobody; the signed have one signer."""
    store = await new_store("desk", *map(str, (*SQL_FILES, CHECKS_AND_PAPERS, LISTS)))
    digest, execute = "0" * 64, store.database.execute
    await execute("INSERT INTO blob (sha256, media_type, content) VALUES ($1, 'application/xml', '')", digest)
    staff = await store.database.fetchval(
        "INSERT INTO staff (iin, name, office, role, password_hash) VALUES ($1, 'а', 'o', 'executor', '') RETURNING id",
        str(APPLICANT),
    )
    for number, state in (("00000000000001", "open"), ("00000000000002", "closed")):
        await execute(
            "INSERT INTO casefile (number, content_key, service, office, flow, applicant_number, applicant_name,"
            " fields, signed_application, gateway, submitted_at, registered_at, result_due, state, step, action,"
            " awaits_verb, check_result, executor, documents_result, signed_result, closed_at)"
            " VALUES ($1, $1, 's', 'o', 'portal', '', '', $3, $2, 'rshep', now(), now(), now(), $4, 3, 1,"
            " CASE WHEN $4 = 'open' THEN 'draft' END, 'passed', $5, 'passed', CASE WHEN $4 = 'closed' THEN $2 END,"
            " CASE WHEN $4 = 'closed' THEN now() END)",
            number,
            digest,
            {},
            state,
            staff,
        )
    await execute(BODIES.read_text(encoding="utf-8"))
    columns = "channel, counter, awaits_office, step_kind, documents_office, signatures"
    rows = await store.database.fetch(f"SELECT {columns} FROM casefile ORDER BY number")
    assert [tuple(row) for row in rows] == [
        ("portal", None, "o", "step", "o", 0),
        ("portal", None, None, "step", "o", 1),
    ]
    executors = await store.database.fetch("SELECT number, office, staff FROM case_executor ORDER BY number")
    assert [tuple(row) for row in executors] == [("00000000000001", "o", staff), ("00000000000002", "o", staff)]
