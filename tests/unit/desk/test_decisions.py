"""What an executor may propose, by the service, its kind, and what the checks came to."""

from __future__ import annotations

import pytest

from gateway.catalogue import Channel, Outcome, load_catalogue
from gateway.desk import CheckResult, Decision, DeskCode, DeskError
from gateway.desk.case import Finding
from gateway.desk.decisions import can_refuse, check_decision, grounds_for, proposed_facts, result_of, results_for
from gateway.exchange.wording import Wording
from tests.unit.desk.cases import a_case

CATALOGUE = load_catalogue()
REGISTRATION, PROPERTY, ADOPTION = (
    "unemployed-registration",
    "minor-property-certificates",
    "adoption-candidate-registration",
)
PERMIT = "foreign-labour-permit"
FAILED = CheckResult.FAILED


def codes(service_id: str, **how) -> list[str]:
    return [ground.code for ground in grounds_for(CATALOGUE.service(service_id), a_case(service_id, **how))]


def refused(service_id: str, decision: Decision, **how) -> DeskCode:
    with pytest.raises(DeskError) as caught:
        check_decision(CATALOGUE.service(service_id), a_case(service_id, **how), decision)
    return caught.value.code


def test_a_condition_that_failed_leaves_its_own_ground_alone() -> None:
    assert codes(REGISTRATION, check_result=FAILED) == ["applicant-not-in-registry"]
    assert codes(REGISTRATION, check_result=FAILED, documents_result=FAILED) == ["applicant-not-in-registry"]
    assert codes(ADOPTION, check_result=FAILED, documents_result=FAILED) == ["documents-violations"]


def test_documents_that_failed_beside_the_condition_are_a_ground_before_the_services_own() -> None:
    own = ["employed", "not-of-working-age", "documents-violations", "other"]
    assert codes(REGISTRATION) == own
    assert codes(REGISTRATION, documents_result=FAILED) == [
        "documents-violations",
        "employed",
        "not-of-working-age",
        "other",
    ]
    assert codes("local-social-assistance", documents_result=FAILED)[0] == "documents-violations"
    assert "documents-violations" not in codes("local-social-assistance")


@pytest.mark.parametrize("failed", ["check_result", "documents_result"])
def test_after_a_failed_check_only_refusals_are_left(failed: str) -> None:
    service = CATALOGUE.service(ADOPTION)
    assert [one.outcome for one in results_for(service, a_case(ADOPTION))] == [
        Outcome.ISSUED,
        Outcome.NEGATIVE,
        Outcome.REFUSED,
    ]
    assert [one.outcome for one in results_for(service, a_case(ADOPTION, **{failed: FAILED}))] == [Outcome.REFUSED]


def test_each_check_says_in_its_own_words_why_only_a_refusal_is_left() -> None:
    decision = Decision("readiness-possible", {})
    assert refused(ADOPTION, decision, check_result=FAILED) is DeskCode.CHECK_FAILED
    assert refused(ADOPTION, decision, documents_result=FAILED) is DeskCode.DOCUMENTS_FAILED
    assert refused(ADOPTION, decision, check_result=CheckResult.WAITING) is DeskCode.CHECK_NOT_DECIDED


def test_a_result_of_another_kind_does_not_fit() -> None:
    service, bank = CATALOGUE.service(PROPERTY), a_case(PROPERTY, kind="bank")
    assert [one.id for one in results_for(service, bank)] == ["bank-certificate", "refusal"]
    assert refused(PROPERTY, Decision("pension-fund-certificate", {}), kind="bank") is DeskCode.RESULT_UNFIT
    assert refused(PROPERTY, Decision("nothing", {}), kind="bank") is DeskCode.RESULT_UNFIT
    assert check_decision(service, bank, Decision("bank-certificate", {})).id == "bank-certificate"


def test_a_refusal_must_stand_on_a_ground_of_the_case_and_give_reasons_where_the_ground_has_none() -> None:
    assert refused(REGISTRATION, Decision("refusal", {}, "income-above-threshold")) is DeskCode.GROUND_UNFIT
    assert refused(REGISTRATION, Decision("refusal", {}, "other")) is DeskCode.REASON_MISSING
    half = Decision("refusal", {}, "other", Wording("Себебі", " "))
    assert refused(REGISTRATION, half) is DeskCode.REASON_MISSING


def offered(service_id: str, **how) -> list[str]:
    return [one.id for one in results_for(CATALOGUE.service(service_id), a_case(service_id, **how))]


def test_what_several_must_sign_is_drawn_up_like_any_other_result() -> None:
    assert offered(PERMIT, kind="employer-issue") == ["employer-permit-electronic", "refusal"]
    assert offered("guardianship-establishment") == ["order", "refusal"]


def test_an_executor_cannot_cancel_what_the_applicant_has_not_failed() -> None:
    assert refused(PERMIT, Decision("cancellation", {}), kind="employer-issue") is DeskCode.RESULT_UNFIT


def test_when_the_applicant_failed_the_condition_only_a_cancellation_can_be_drafted() -> None:
    failed = {"kind": "employer-issue", "condition_result": CheckResult.FAILED, "resolution": Finding.FAVOURABLE}
    assert offered(PERMIT, **failed) == ["cancellation"]
    for decision in (Decision("employer-permit-electronic", {}), Decision("refusal", {}, "other")):
        assert refused(PERMIT, decision, **failed) is DeskCode.CONDITION_FAILED
    service, case = CATALOGUE.service(PERMIT), a_case(PERMIT, **failed)
    assert check_decision(service, case, Decision("cancellation", {})).id == "cancellation"


def test_after_a_decision_against_the_applicant_only_a_refusal_can_be_drafted() -> None:
    adverse = {"kind": "employer-issue", "resolution": Finding.ADVERSE}
    assert offered(PERMIT, **adverse) == ["refusal"]
    assert refused(PERMIT, Decision("employer-permit-electronic", {}), **adverse) is DeskCode.DECIDED_ADVERSELY


def test_on_paper_no_flow_is_asked_for_the_grounds_of_a_refusal() -> None:
    paper = {"channel": Channel.PROVIDER_OFFICE, "counter": "karaganda-employment", "gateway": None}
    case = a_case(REGISTRATION, **paper, documents_result=CheckResult.FAILED)
    assert "documents-violations" in {one.code for one in grounds_for(CATALOGUE.service(REGISTRATION), case)}


def test_a_row_of_before_results_were_named_is_read_by_its_outcome() -> None:
    old = {"outcome": "negative", "facts": {"a": "b"}, "ground": None, "reason": None}
    decision = Decision.from_json(old)
    assert result_of(CATALOGUE.service(ADOPTION), a_case(ADOPTION), decision).id == "readiness-impossible"
    assert decision.to_json() == old
    named = Decision("refusal", {}, "other", Wording("а", "б"))
    assert Decision.from_json(named.to_json()) == named
    assert named.to_json()["result"] == "refusal"


def test_a_service_without_a_refusal_cannot_refuse() -> None:
    birth = CATALOGUE.service("birth-registration")
    assert not can_refuse(birth, a_case(birth.id, kind="registration"))
    assert can_refuse(CATALOGUE.service(PROPERTY), a_case(PROPERTY, kind="bank"))


def test_facts_are_proposed_only_where_the_form_gives_them_in_the_facts_own_kind() -> None:
    service = CATALOGUE.service(PROPERTY)
    fields = {"purpose": "disposal", "child_name": "Әлихан", "recipient": "Банк", "phone": "+77010000001"}
    case = a_case(PROPERTY, kind="bank", fields=fields)
    assert proposed_facts(service, case) == {"purpose": "disposal", "child_name": "Әлихан", "recipient": "Банк"}
    assert "purpose" not in proposed_facts(service, a_case(PROPERTY, kind="bank", fields={"purpose": "elsewhere"}))
