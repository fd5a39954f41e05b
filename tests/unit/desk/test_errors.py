from __future__ import annotations

import pytest

from gateway.catalogue import Outcome, load_catalogue
from gateway.desk.broken import _TEXTS as BROKEN_TEXTS
from gateway.desk.broken import Broken, BrokenCode
from gateway.desk.errors import _TEXTS, DeskCode, DeskError
from gateway.results.templates import ground_of
from gateway.texts import Text

FACTS = {
    "seconds": 2,
    "name": "Аты",
    "limit": 10,
    "number": 2,
    "field": Text("Күні", "Дата", "Date"),
    "why": Text("а", "б", "c"),
}


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
    for service in load_catalogue().services.values():
        for entry in service.channels:
            kinds = entry.only.kinds if entry.only is not None and entry.only.kinds else service.kind_ids
            for kind in kinds or (None,):
                assert service.result(Outcome.ISSUED, entry.channel, kind).template is not None
        grounds = {step.ground for flow in service.flows for step in flow.steps if step.ground}
        for code in grounds.union(*(result.grounds for result in service.results)):
            assert ground_of(service, code).text.kk
