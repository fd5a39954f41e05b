"""Places of a procedure: conditions beside steps, bodies, what is left out, where work returns to."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.catalogue import Body, Channel, Office, Role, Verb, load_catalogue
from gateway.desk import Case, CheckResult, Decision, DeskCode, DeskError
from gateway.desk.case import Finding
from gateway.desk.permissions import return_target, what_may
from gateway.desk.places import awaited_at, next_place, next_signer, procedure_of
from gateway.desk.procedure import PlaceKind, Position, ProcedureOf
from gateway.desk.staff import StaffMember
from gateway.identity.numbers import Iin
from tests.unit.desk.cases import a_case

CATALOGUE = load_catalogue()
PERMIT, CHILDREN, FUEL = "foreign-labour-permit", "child-allowance-under-18", "rural-social-workers-fuel-assistance"
REGION, PROVIDER, AKIM = "karaganda-region-employment", "bukhar-zhyrau-employment", "kokpekti-akim"
CONDITION = Position(1, 0, PlaceKind.CONDITION)


def employer(step: int, action: int = 0, **how: Any) -> Case:
    return a_case(PERMIT, kind="employer-issue", office=REGION, position=Position(step, action), **how)


def akims(service: str, position: Position, **how: Any) -> Case:
    paper: dict[str, Any] = {"channel": Channel.RURAL_AKIM, "counter": AKIM, "gateway": None, "flow": "rural-akim"}
    return a_case(service, office=PROVIDER, position=position, **(paper | how))


def walk(
    service: str, office: str, channel: Channel, kind: str | None = None, counter: str | None = None
) -> ProcedureOf:
    at: Office | None = None if counter is None else CATALOGUE.office(counter)
    return ProcedureOf(CATALOGUE, CATALOGUE.service(service), CATALOGUE.office(office), channel, kind, counter=at)


def test_a_condition_is_a_place_of_its_own_between_the_steps() -> None:
    procedure = walk(PERMIT, REGION, Channel.PORTAL, "employer-issue")
    assert procedure.after(Position(6, 0)) == CONDITION
    assert procedure.after(CONDITION) == Position(7, 0)
    assert not CONDITION.is_in_step_of(Position(1, 0))
    assert procedure.action(CONDITION).verb is Verb.SUBMIT
    assert procedure.action(Position(1, 0)).verb is Verb.REGISTER


def test_while_the_applicant_must_act_the_office_that_took_the_application_in_waits() -> None:
    portal = walk(PERMIT, REGION, Channel.PORTAL, "employer-issue")
    paper = walk(PERMIT, REGION, Channel.PROVIDER_OFFICE, "employer-issue", counter=REGION)
    assert portal.body(CONDITION) is Body.APPLICANT
    assert portal.office(CONDITION).id == paper.office(CONDITION).id == REGION


def test_the_akims_order_of_steps_is_that_of_its_channel() -> None:
    procedure = walk(FUEL, PROVIDER, Channel.RURAL_AKIM, counter=AKIM)
    place, seen = procedure.first, []
    while place is not None:
        seen.append((place.step, procedure.office(place).id))
        place = procedure.after(place)
    assert seen == [
        (1, AKIM), (2, AKIM), (4, AKIM), (4, AKIM), (3, PROVIDER), (3, PROVIDER), (5, PROVIDER), (6, PROVIDER),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("resolution", "condition", "at", "following"),
    [
        (Finding.FAVOURABLE, None, Position(5, 1), Position(6, 0)),
        (Finding.ADVERSE, None, Position(5, 1), Position(7, 0)),
        (Finding.FAVOURABLE, None, Position(6, 0), CONDITION),
        (Finding.FAVOURABLE, CheckResult.PASSED, Position(6, 0), Position(7, 0)),
    ],
)
def test_what_follows_a_decision_in_favour_is_left_out_of_one_against(resolution, condition, at, following) -> None:
    case = employer(at.step, at.action, resolution=resolution, condition_result=condition)
    assert next_place(CATALOGUE, case) == following


def test_documents_are_judged_once_at_each_body() -> None:
    forwarded = akims(FUEL, Position(4, 1), documents_result=CheckResult.PASSED, documents_office=AKIM)
    assert next_place(CATALOGUE, forwarded) == Position(3, 0)
    again = akims(FUEL, Position(4, 1), documents_result=CheckResult.PASSED, documents_office=PROVIDER)
    assert next_place(CATALOGUE, again) == Position(3, 1)


def test_a_body_without_an_office_is_told_and_not_stumbled_over() -> None:
    case = a_case(CHILDREN, office="karaganda-region-employment", channel=Channel.PROVIDER_OFFICE, counter=REGION)
    with pytest.raises(DeskError) as refused:
        awaited_at(CATALOGUE, case, Position(4, 0))
    assert refused.value.code is DeskCode.NO_BODY


def test_signers_come_in_the_results_own_order_and_no_one_after_the_last() -> None:
    decision = Decision("employer-permit-electronic", {})
    roles = []
    for signatures in range(3):
        signer = next_signer(CATALOGUE, employer(7, 1, decision=decision, signatures=signatures))
        roles.append(None if signer is None else signer.role)
    assert roles == [Role.EXECUTOR, Role.HEAD, None]
    assert next_signer(CATALOGUE, employer(7, 1)) is None


def test_the_district_akim_of_the_childs_district_signs_the_order() -> None:
    order = Decision("order", {})
    for district in ("auezov", "medeu"):
        case = a_case("guardianship-establishment", office="almaty-education", fields={"district": district})
        signing = a_case(case.service, office=case.office, fields=case.fields, decision=order)
        assert awaited_at(CATALOGUE, signing, Position(3, 2)).office.id == f"almaty-{district}-akim"


@pytest.mark.parametrize(
    ("case", "target"),
    [
        (akims(CHILDREN, Position(6, 0), awaits_verb=Verb.DRAFT), Position(5, 0)),
        (akims(CHILDREN, Position(3, 0), awaits_verb=Verb.CHECK_DOCUMENTS), Position(2, 0)),
        (akims(CHILDREN, Position(4, 0), awaits_verb=Verb.CONCLUDE), Position(3, 1)),
        (akims(CHILDREN, Position(8, 0), awaits_verb=Verb.FORWARD), None),
        (employer(7, 0, awaits_verb=Verb.DRAFT), None),
        (employer(7, 1, awaits_verb=Verb.SIGN), Position(7, 0)),
        (employer(5, 0, awaits_verb=Verb.RECOMMEND), Position(3, 0)),
        (employer(5, 1, awaits_verb=Verb.DECIDE), Position(5, 0)),
    ],
)
def test_work_returns_to_the_own_head_or_to_who_sent_it(case: Case, target: Position | None) -> None:
    """The provider's executor does not return work to the akim's resolution, but to the akim's executor."""
    assert return_target(CATALOGUE, case) == target


def test_nobody_is_offered_what_another_body_must_do() -> None:
    case = akims(CHILDREN, Position(1, 0), awaits_verb=Verb.REGISTER, awaits_role=Role.CLERK, awaits_office=AKIM)
    for office, offered in ((AKIM, True), (PROVIDER, False)):
        clerk = StaffMember(1, Iin("900515100035"), "Қызметкер", office, Role.CLERK)
        assert (Verb.REGISTER in what_may(case, clerk, CATALOGUE)) is offered
        assert bool(what_may(case, clerk)) is offered


def test_the_procedure_of_a_case_knows_its_counter() -> None:
    assert procedure_of(CATALOGUE, akims(CHILDREN, Position(1, 0))).office(Position(1, 0)).id == AKIM
