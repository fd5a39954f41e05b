"""What of a procedure of the State Corporation is the desk's, and which powers of attorney its windows may take."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.catalogue import Body, Channel, load_catalogue
from gateway.catalogue.acceptance import Representation
from gateway.catalogue.kinds import kinds_on
from gateway.desk.numbered import flow_id, numbered_flow, result_step
from gateway.desk.procedure import ProcedureOf
from gateway.desk.representation import fits
from gateway.exchange.acceptance import Power, PowerKind

CATALOGUE = load_catalogue()
CORPORATION = Channel.CORPORATION
WAYS = [
    (service, kind)
    for service in CATALOGUE.services.values()
    if service.opens(CORPORATION)
    for kind in (kinds_on(service, CORPORATION) or (None,))
]
TODAY = date(2026, 3, 2)
EARLIER = date(2026, 1, 10)
STATED = Power(PowerKind.NOTARISED, "1-245", EARLIER)
SIMPLE = Power(PowerKind.SIMPLE, "", EARLIER)


@pytest.mark.parametrize(("service", "kind"), WAYS, ids=lambda one: getattr(one, "id", one))
def test_the_places_of_the_desk_run_from_the_registration_and_leave_the_corporation_out(service, kind) -> None:
    office = CATALOGUE.offices_of(service.id)[0]
    procedure = ProcedureOf(CATALOGUE, service, office, CORPORATION, kind)
    place, verbs = procedure.first, []
    while place is not None:
        assert procedure.body(place) is not Body.CORPORATION
        verbs.append(procedure.action(place).verb.value)
        place = procedure.after(place)
    assert verbs[0] == "register"
    assert verbs[-1] in {"forward", "hand-over", "sign"}


def test_of_two_flows_one_after_the_other_the_desk_reads_the_one_that_reaches_it() -> None:
    service = CATALOGUE.service("oralman-status-almaty")
    flow = numbered_flow(service, CORPORATION, None)
    assert flow is not None
    assert (flow.id, str(flow.registration_step().ref)) == ("corporation-result", "process 3")
    assert str(result_step(flow).ref) == "process 4"
    assert flow.refusal_step() is None


def test_without_a_flow_events_are_told_of_under_the_channel() -> None:
    service = CATALOGUE.service("child-allowance-under-18")
    assert numbered_flow(service, CORPORATION, None) is None
    assert flow_id(service, CORPORATION, None) == "corporation"
    assert flow_id(CATALOGUE.service("oralman-status-almaty"), CORPORATION, None) == "corporation-result"


@pytest.mark.parametrize(
    ("rule", "power", "taken"),
    [
        (Representation.NONE, STATED, False),
        (Representation.NONE, SIMPLE, False),
        (Representation.ANY, STATED, True),
        (Representation.ANY, SIMPLE, True),
        (Representation.ANY, Power(PowerKind.SIMPLE), False),
        (Representation.ANY, Power(PowerKind.NOTARISED, "", EARLIER), False),
        (Representation.NOTARISED, STATED, True),
        (Representation.NOTARISED, SIMPLE, False),
        (Representation.NOTARISED, Power(PowerKind.NOTARISED, "1-245"), False),
        (Representation.NOTARISED, Power(PowerKind.NOTARISED, "1-245", date(2026, 3, 3)), False),
        (Representation.NOTARISED, Power(PowerKind.NOTARISED, "1" * 61, EARLIER), False),
        (Representation.NOTARISED_DATA, STATED, True),
        (Representation.NOTARISED_DATA, Power(PowerKind.SIMPLE), True),
        (Representation.NOTARISED_DATA, Power(PowerKind.NOTARISED), False),
        (Representation.NOTARISED_DATA, SIMPLE, False),
        (Representation.NOTARISED_DATA, Power(PowerKind.SIMPLE, "5"), False),
    ],
)
def test_a_power_of_attorney_fits_the_rule_of_the_act(rule: Representation, power: Power, *, taken: bool) -> None:
    assert fits(rule, power, TODAY) is taken
