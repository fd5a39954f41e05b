"""What a walk expects at a window is held against the acts themselves, written out here by hand."""

from __future__ import annotations

import pytest

from gateway.catalogue import Channel
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.law import expected_acts
from simulators.walk.plan import pairs, walks_of
from simulators.walk.window_law import (
    asks_notaries,
    expected_at_window,
    goes_by_courier,
    goes_electronically,
    no_data_step,
    receipts_at_window,
)

AT = Channel.CORPORATION
NUMBERED = {
    "guardian-allowance",
    "guardianship-certificate",
    "guardianship-establishment",
    "home-taught-disabled-children-support",
    "minor-property-certificates",
    "minor-transaction-certificate",
    "unemployed-certificate",
    "unemployed-registration",
}
"""The services whose act numbers nine processes at the window."""
LOST = "guardian-allowance"
"""The one that has lost condition 1 (Almaty act, lines 1650-1661)."""


def steps(service: str, way: str | None = None, failing: int | None = None) -> list[str]:
    law = catalogue().service(service)
    return expected_at_window(law, kinds_of(law, AT)[0], way, failing=failing)


def processes(*numbers: int) -> list[str]:
    return [f"process {number} done" for number in numbers]


@pytest.mark.parametrize("service", [service for service, _ in pairs(catalogue(), AT)], ids=lambda one: one.id)
def test_process_4_is_where_the_act_numbers_nine(service) -> None:
    step = no_data_step(service, kinds_of(service, AT)[0])
    assert (step is not None) == (service.id in NUMBERED)
    assert step is None or (step.kind, step.number) == ("process", 4)


@pytest.mark.parametrize("service", sorted(NUMBERED))
def test_the_good_path_of_the_nine_processes(service: str) -> None:
    condition = [] if service == LOST else ["condition 1 passed"]
    told = [*processes(1, 2, 3), *condition, *processes(5, 6, 7), "condition 2 passed", "process 9 done"]
    assert steps(service) == told
    refused = [*told[:-2], "condition 2 failed", "process 8 done"]
    assert steps(service, "window:documents", 2) == refused


@pytest.mark.parametrize("service", sorted(NUMBERED))
@pytest.mark.parametrize("way", ["window:absent", "window:dead", "window:power-revoked"])
def test_data_that_are_not_there_end_in_process_4_also_where_the_act_lost_its_condition(service: str, way: str) -> None:
    lost = service == LOST
    told = steps(service, way, None if lost else 1)
    assert told == [*processes(1, 2, 3), *([] if lost else ["condition 1 failed"]), "process 4 done"]


@pytest.mark.parametrize("service", sorted(NUMBERED))
def test_without_consent_nothing_is_asked_and_without_documents_nothing_is_signed(service: str) -> None:
    assert steps(service, "window:consent-refused") == processes(1, 2)
    condition = [] if service == LOST else ["condition 1 passed"]
    assert steps(service, "window:incomplete") == [*processes(1, 2, 3), *condition]


def test_the_two_lists_of_the_oralmans_act() -> None:
    service = "oralman-status-almaty"
    assert steps(service) == [*processes(1, 2, 3, 4), *processes(1, 2, 3, 4, 5)]
    assert steps(service, "window:incomplete") == processes(1, 2, 3, 4)
    assert steps(service, "window:consent-refused") == processes(1, 2), "process 3 checks the documents"


def test_a_service_without_a_numbered_flow_has_its_procedure_alone() -> None:
    assert steps("birth-registration") == []
    assert steps("tsa-recipient-certificate", "window:courier-mismatch") == []


def test_how_a_package_goes_is_what_process_6_says() -> None:
    ways = {
        service.id: (goes_electronically(service), goes_by_courier(service, None))
        for service, _ in pairs(catalogue(), AT)
    }
    both = {one for one, way in ways.items() if way == (True, True)}
    assert both == {one for one in NUMBERED if catalogue().service(one).act.startswith("almaty")}
    assert {one for one, way in ways.items() if way == (True, False)} == NUMBERED - both
    assert {one for one, way in ways.items() if way == (False, True)} == set(ways) - NUMBERED


@pytest.mark.parametrize(
    ("service", "asked"),
    [
        ("guardianship-certificate", True),
        ("unemployed-certificate", True),
        ("child-allowance-under-18", False),
        ("rural-specialists-support", False),
        ("birth-registration", False),
    ],
)
def test_the_notaries_are_asked_where_the_act_has_the_data_entered_and_queried(service: str, asked: bool) -> None:
    law = catalogue().service(service)
    assert asks_notaries(law, kinds_of(law, AT)[0]) is asked


@pytest.mark.parametrize(
    ("service", "way", "given"),
    [
        ("unemployed-certificate", None, ["receipt"]),
        ("oralman-status-almaty", None, ["barcode-receipt"]),
        ("tsa-recipient-certificate", None, []),
        ("tsa-recipient-certificate", "window:incomplete", ["refusal-receipt"]),
        ("guardianship-certificate", "window:absent", []),
        ("guardianship-certificate", "window:consent-refused", []),
    ],
)
def test_the_receipts_of_the_act_at_a_window(service: str, way: str | None, given: list[str]) -> None:
    assert receipts_at_window(catalogue().service(service), way) == given


def test_the_corporation_takes_in_sends_collects_and_hands_over() -> None:
    service = catalogue().service("birth-registration")
    walk = next(walks_of(service, AT))
    assert expected_acts(service, AT, walk.kind, walk.decision) == [
        "accept worker@corporation",
        "dispatch worker@corporation",
        "register clerk@provider",
        "resolve head@provider",
        "draft executor@provider",
        "sign head@provider",
        "collect worker@corporation",
        "hand-over worker@corporation",
    ]
