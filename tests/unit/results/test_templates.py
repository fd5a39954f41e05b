"""The wording of documents: every service's certificate and every refusal, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.catalogue import Outcome, Service, load_catalogue
from gateway.catalogue.result import Fact, FactChoice, FactKind, ResultTemplate, StatementWording
from gateway.eds.codes import Code
from gateway.results.alphabet import unprintable
from gateway.results.dates import day_in_words
from gateway.results.document import Applicant, Authority, Kind, Office, Statement
from gateway.results.errors import ResultCode, TemplateError
from gateway.results.markup import build_result
from gateway.results.templates import ground_of, load_templates, refusal_document, refusal_notice, result_document
from gateway.texts import Text
from tests.unit.results.issuing import APPLICANT, PORTAL, certificate, ground, guardianship, particulars, result_of

PORTAL_OFFICE = Office(PORTAL, Statement("«Qyzmet» порталы", "Портал «Qyzmet»"))
FACTS = {"registered_on": "2025-11-17"}
UNEMPLOYED = result_of("unemployed-certificate")
SERVICES = load_catalogue().services.values()


def test_unemployed_certificate_says_who_and_since_when_in_both_languages() -> None:
    document = certificate()
    kk, ru = (" ".join(getattr(one, language) for one in document.body) for language in ("kk", "ru"))
    assert "Жұмабаева Әсел Қанатқызы (ЖСН 850101100121)" in kk
    assert "2025 жылғы 17 қараша" in kk
    assert "Жұмабаева Әсел Қанатқызы (ИИН 850101100121)" in ru
    assert "17 ноября 2025 года" in ru
    assert (document.kind, document.authority) == (Kind.CERTIFICATE, Authority.PROVIDER)


def test_guardianship_certificate_names_the_child_and_the_decision() -> None:
    kk, ru = (" ".join(getattr(one, language) for one in guardianship().body) for language in ("kk", "ru"))
    for text in (kk, ru):
        assert "Серікұлы Нұрлан" in text
        assert "№ 112/ө" in text


def test_a_number_typed_with_its_sign_does_not_get_the_sign_twice() -> None:
    texts = [text for one in guardianship(decision_number="№ 112/ө").body for text in (one.kk, one.ru)]
    assert sum("№ 112/ө" in text for text in texts) == 2
    assert not any("№ №" in text for text in texts)


def test_statement_about_a_fact_that_was_not_given_is_left_out() -> None:
    with_number, without = certificate(), result_document(particulars(), UNEMPLOYED, FACTS)
    assert len(with_number.body) == len(without.body) + 1


@pytest.mark.parametrize(
    ("facts", "code", "where"),
    [
        ({}, ResultCode.FACT_MISSING, "registered_on"),
        ({"registered_on": "  "}, ResultCode.FACT_MISSING, "registered_on"),
        ({"registered_on": "17.11.2025"}, ResultCode.FACT_WRONG, "registered_on"),
        ({"registered_on": "2025-02-30"}, ResultCode.FACT_WRONG, "registered_on"),
        ({**FACTS, "shoe_size": "44"}, ResultCode.FACT_WRONG, "shoe_size"),
    ],
)
def test_facts_that_do_not_fit_the_template_are_refused(facts: dict[str, str], code: ResultCode, where: str) -> None:
    with pytest.raises(TemplateError) as refused:
        result_document(particulars(), UNEMPLOYED, facts)
    assert (refused.value.code, refused.value.where) == (code, where)


def test_a_refusal_has_no_facts_of_its_own_to_be_made_of() -> None:
    refusal = next(result for service in SERVICES for result in service.results if result.outcome is Outcome.REFUSED)
    with pytest.raises(TemplateError) as refused:
        result_document(particulars(), refusal, {})
    assert refused.value.code is ResultCode.TEMPLATE


@pytest.mark.parametrize(
    ("given", "kk", "ru"), [("12500", "12\u00a0500 теңге", "12\u00a0500 тенге"), ("0", "0 теңге", "0 тенге")]
)
def test_a_sum_is_written_in_tenge(given: str, kk: str, ru: str) -> None:
    fact = Fact(id="total", kind=FactKind.MONEY, label=Text("Сома", "Сумма", "Sum"))
    body = (StatementWording(kk="{total}", ru="{total}"),)
    result = UNEMPLOYED.model_copy(update={"template": ResultTemplate(facts=(fact,), body=body)})
    assert result_document(particulars(), result, {"total": given}).body == (Statement(kk, ru),)
    for wrong in ("12,5", "-1", "много", "1" * 16, "١٢"):
        with pytest.raises(TemplateError):
            result_document(particulars(), result, {"total": wrong})


def test_a_choice_is_written_in_the_words_of_its_label() -> None:
    choices = (FactChoice(id="yes", label=Text("иә", "да", "yes")),)
    fact = Fact(id="belongs", kind=FactKind.CHOICE, label=Text("Жауап", "Ответ", "Answer"), choices=choices)
    body = (StatementWording(kk="{belongs}", ru="{belongs}"),)
    result = UNEMPLOYED.model_copy(update={"template": ResultTemplate(facts=(fact,), body=body)})
    assert result_document(particulars(), result, {"belongs": "yes"}).body == (Statement("иә", "да"),)
    with pytest.raises(TemplateError):
        result_document(particulars(), result, {"belongs": "no"})


def test_braces_in_a_name_are_printed_and_not_filled_in() -> None:
    document = certificate(applicant=Applicant(APPLICANT, "{provider} {0.__class__}"))
    assert "{provider} {0.__class__}" in document.body[0].kk


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_every_ground_makes_a_refusal_that_can_be_signed(service: Service) -> None:
    of_conditions = {step.ground for flow in service.flows for step in flow.steps if step.ground}
    for code in of_conditions.union(*(result.grounds for result in service.results)):
        document = refusal_document(particulars(), ground_of(service, code))
        assert document.ground is not None
        assert document.ground.code == code
        assert build_result(document)


def test_a_shared_ground_is_no_less_known_than_a_service_s_own() -> None:
    assert set(load_templates().grounds) >= {"other", "documents-violations", "applicant-not-in-registry"}


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_every_verdict_on_a_signature_makes_a_notice_of_process_4(code: Code) -> None:
    document = refusal_notice(particulars(), code, portal=PORTAL_OFFICE)
    assert document.authority is Authority.PORTAL
    assert document.provider != document.issuer
    assert build_result(document)


def test_officials_own_words_stand_beside_the_ground() -> None:
    reason = Statement("Себебі.", "Причина.")
    document = refusal_document(particulars(), ground("other"), reason=reason)
    assert document.ground is not None
    assert document.ground.text.kk.endswith(" Себебі.")
    assert document.ground.text.ru.endswith(" Причина.")


def test_unknown_ground_is_refused() -> None:
    with pytest.raises(TemplateError):
        ground("because")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_wording_and_labels_are_printable_and_in_their_own_language(service: Service) -> None:
    for result in service.results:
        template = result.template or ResultTemplate(body=(StatementWording(kk="Жоқ.", ru="Нет."),))
        texts = [result.title, *template.body, *(fact.label for fact in template.facts)]
        for text in texts:
            assert unprintable(text.kk) == unprintable(text.ru) == ""
            assert text.kk != text.ru
            assert not set("әғқңөұүһі") & set(text.ru.lower())


def test_months_are_in_the_case_that_a_date_needs() -> None:
    assert day_in_words(date(2026, 5, 9)) == Statement("2026 жылғы 9 мамыр", "9 мая 2026 года")
