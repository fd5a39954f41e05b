"""A service printed: nothing that its file states is left out, and it fits a terminal."""

from __future__ import annotations

import pytest

from gateway.catalogue import Service, load_catalogue
from gateway.commands.catalogue_text import description, headline
from gateway.texts import Language

CATALOGUE = load_catalogue()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", CATALOGUE.services.values(), ids=lambda service: service.id)
def test_every_step_term_result_and_reading_is_printed_with_its_lines(service: Service, language: Language) -> None:
    printed = headline(CATALOGUE, service, language) + description(service, language)
    steps = [step for flow in service.flows for step in flow.steps]
    steps += [step for procedure in service.procedures for step in procedure.steps]
    cited = [str(step.lines) for step in steps]
    cited += [str(term.lines) for procedure in service.procedures for step in procedure.steps for term in step.terms]
    cited += [
        str(one.lines)
        for one in (*service.results, *service.receipts, *service.totals, *service.routes, *service.queues)
    ]
    for lines in cited:
        assert f"[{lines}]" in printed
    together = " ".join(printed.split())
    for reading in service.readings:
        assert " ".join(f"{reading.question} — {reading.answer}".split()) in together
    assert max(map(len, printed.splitlines()[1:])) <= 120


def test_a_service_is_named_with_its_title_act_channels_and_repeal() -> None:
    service = CATALOGUE.service("oralman-status-almaty")
    said = headline(CATALOGUE, service, Language.RU)
    assert said.startswith("oralman-status-almaty  Присвоение статуса оралмана\n")
    assert "channels: corporation" in said
    assert "Утратило силу" in said


def test_a_condition_an_order_and_an_action_of_one_channel_are_told() -> None:
    foreign = description(CATALOGUE.service("foreign-labour-permit"), Language.EN)
    assert "condition 1 applicant of applicant" in foreign
    fuel = description(CATALOGUE.service("rural-social-workers-fuel-assistance"), Language.EN)
    assert "order on rural-akim: 1, 2, 4, 3, 5, 6" in fuel
    allowance = description(CATALOGUE.service("child-allowance-under-18"), Language.EN)
    assert "hand-over on provider-office, forward on rural-akim" in allowance


def test_of_a_queue_is_told_whether_it_is_electronic_and_can_be_booked() -> None:
    teaching = description(CATALOGUE.service("home-taught-disabled-children-support"), Language.EN)
    assert "queue on provider-office: as people come [2831-2832]" in teaching
    assert "queue on corporation: electronic [2917-2918]" in teaching
    certificate = description(CATALOGUE.service("unemployed-certificate"), Language.EN)
    assert "queue on corporation: electronic, bookable on the portal [1180-1182]" in certificate
