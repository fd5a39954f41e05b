"""In which ways the documents go to the provider: as process 6 of the act's own flow has it, in the catalogue alone."""

import pytest
from pydantic import ValidationError

from gateway.catalogue import load_catalogue
from gateway.catalogue.flow import NumberedStep
from gateway.catalogue.kinds import kinds_on
from gateway.catalogue.media import Medium, media_of
from gateway.catalogue.terms import Channel, Party, StepKind

CATALOGUE = load_catalogue()
BOTH = {
    "guardian-allowance",
    "guardianship-certificate",
    "guardianship-establishment",
    "minor-property-certificates",
    "minor-transaction-certificate",
}
"""Process 6 of the act of Almaty city sends over the gateways or by courier (lines 228-230)."""
STEP = {"number": 6, "text": {"kk": "а", "ru": "б", "en": "c"}, "courier": True}


def test_where_process_6_has_a_courier_there_are_two_ways_and_by_courier_alone_where_no_gateway_is_named() -> None:
    for service in CATALOGUE.services.values():
        if not service.opens(Channel.CORPORATION):
            continue
        over_gateways = any(route.channel is Channel.CORPORATION for route in service.routes)
        one = (Medium.ELECTRONIC,) if over_gateways else (Medium.COURIER,)
        expected = (Medium.ELECTRONIC, Medium.COURIER) if service.id in BOTH else one
        for kind in kinds_on(service, Channel.CORPORATION) or (None,):
            assert media_of(service, kind) == expected, service.id


def test_a_courier_goes_in_a_process_of_the_channels() -> None:
    assert NumberedStep.model_validate({"kind": StepKind.PROCESS, "party": Party.CHANNELS, **STEP}).courier


@pytest.mark.parametrize(("kind", "party"), [(StepKind.ACTION, Party.CHANNELS), (StepKind.PROCESS, Party.DESK)])
def test_no_other_step_has_a_courier(kind: StepKind, party: Party) -> None:
    with pytest.raises(ValidationError, match="courier"):
        NumberedStep.model_validate({"kind": kind, "party": party, **STEP})
