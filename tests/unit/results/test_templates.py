"""The wording of documents: every service's certificate and every refusal, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.eds.codes import Code
from gateway.results.alphabet import unprintable
from gateway.results.dates import day_in_words
from gateway.results.document import Applicant, Authority, Kind, Office, Statement
from gateway.results.errors import ResultCode, TemplateError
from gateway.results.markup import build_result
from gateway.results.templates import (
    certificate_document,
    certificate_template,
    load_templates,
    refusal_document,
    refusal_notice,
)
from tests.unit.results.issuing import APPLICANT, PORTAL, certificate, guardianship, particulars

PORTAL_OFFICE = Office(PORTAL, Statement("«Qyzmet» порталы", "Портал «Qyzmet»"))
FACTS = {"registered_on": "2025-11-17"}


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
    with_number, without = certificate(), certificate_document(particulars(), FACTS)
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
        certificate_document(particulars(), facts)
    assert (refused.value.code, refused.value.where) == (code, where)


def test_service_without_a_certificate_is_refused() -> None:
    with pytest.raises(TemplateError) as refused:
        certificate_document(particulars(service="school-meals"), {})
    assert refused.value.code is ResultCode.TEMPLATE


def test_braces_in_a_name_are_printed_and_not_filled_in() -> None:
    document = certificate(applicant=Applicant(APPLICANT, "{provider} {0.__class__}"))
    assert "{provider} {0.__class__}" in document.body[0].kk


@pytest.mark.parametrize("ground", sorted(load_templates().grounds))
def test_every_ground_makes_a_refusal_that_can_be_signed(ground: str) -> None:
    document = refusal_document(particulars(), ground)
    assert document.ground is not None
    assert document.ground.code == ground
    assert build_result(document)


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_every_verdict_on_a_signature_makes_a_notice_of_process_4(code: Code) -> None:
    document = refusal_notice(particulars(), code, portal=PORTAL_OFFICE)
    assert document.authority is Authority.PORTAL
    assert document.provider != document.issuer
    assert build_result(document)


def test_officials_own_words_stand_beside_the_ground() -> None:
    reason = Statement("Себебі.", "Причина.")
    document = refusal_document(particulars(), "other", reason=reason)
    assert document.ground is not None
    assert document.ground.text.kk.endswith(" Себебі.")
    assert document.ground.text.ru.endswith(" Причина.")


def test_unknown_ground_is_refused() -> None:
    with pytest.raises(TemplateError):
        refusal_document(particulars(), "because")


@pytest.mark.parametrize("service", sorted(load_templates().certificates))
def test_wording_and_labels_are_printable_and_in_their_own_language(service: str) -> None:
    template = certificate_template(service)
    texts = [template.title, *template.body, *(fact.label for fact in template.facts)]
    for text in texts:
        assert unprintable(text.kk) == unprintable(text.ru) == ""
        assert text.kk != text.ru
        assert not set("әғқңөұүһі") & set(text.ru.lower())


def test_months_are_in_the_case_that_a_date_needs() -> None:
    assert day_in_words(date(2026, 5, 9)) == Statement("2026 жылғы 9 мамыр", "9 мая 2026 года")
