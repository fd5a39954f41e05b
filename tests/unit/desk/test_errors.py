from __future__ import annotations

import pytest

from gateway.catalogue import Outcome, Verb, load_catalogue
from gateway.desk.errors import _TEXTS, DeskCode, DeskError
from gateway.desk.submission import _TEXTS as BROKEN_TEXTS
from gateway.desk.submission import Broken, BrokenCode
from gateway.results.templates import certificate_template, load_templates
from gateway.texts import Text

FACTS = {"seconds": 2, "name": "Аты", "limit": 10, "field": Text("Күні", "Дата", "Date"), "why": Text("а", "б", "c")}


@pytest.mark.parametrize("code", DeskCode)
def test_every_refusal_speaks_three_languages(code: DeskCode) -> None:
    text = DeskError(code, **FACTS).text
    assert all((text.kk, text.ru, text.en))
    assert "{" not in text.kk + text.ru + text.en


def test_facts_are_told_in_the_language_of_the_reader() -> None:
    text = DeskError(DeskCode.DECISION_INCOMPLETE, field=FACTS["field"]).text
    assert "«Күні»" in text.kk
    assert "«Дата»" in text.ru


def test_every_code_has_its_texts_and_no_text_is_left_over() -> None:
    assert set(_TEXTS) == set(DeskCode)
    assert set(BROKEN_TEXTS) == set(BrokenCode)
    assert all(Broken(code, "").text.kk for code in BrokenCode)


def test_every_service_has_a_result_that_the_desk_can_make() -> None:
    known = load_templates().grounds
    for service in load_catalogue().services.values():
        assert certificate_template(service.id).facts
        grounds = {step.ground for flow in service.flows for step in flow.steps if step.ground}
        assert grounds | set(service.result(Outcome.REFUSED).grounds) <= set(known)
        verbs = {action.verb for one in service.procedures for step in one.steps for action in step.actions}
        assert {Verb.REGISTER, Verb.RESOLVE, Verb.DRAFT, Verb.SIGN, Verb.HAND_OVER} <= verbs
