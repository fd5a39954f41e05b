import pytest

from gateway.shep.errors import (
    Family,
    GatewayError,
    RemoteServiceError,
    ShepErrorCode,
    TransportError,
    UnknownGatewayError,
)
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import Status, SyncAnswer
from tests.unit.shep.messages import DATE

ERRORS = {
    "remote-service-error": RemoteServiceError(SyncAnswer("1", DATE, Status("SCSE001", "нет"), None)),
    "shep-error": GatewayError(Fault.of(FaultCode.NO_RIGHT, DATE), signed=True),
    "shep-unknown-error": UnknownGatewayError(ShepErrorCode.NOT_SOAP),
    "transport-error": TransportError(ShepErrorCode.CUT),
}


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_belongs_to_one_of_the_four_families_by_its_published_name(name):
    assert ERRORS[name].family is Family(name)
    assert ERRORS[name].to_json()["family"] == name
    assert {each.value for each in Family} == ERRORS.keys()


@pytest.mark.parametrize("code", ShepErrorCode)
def test_every_code_can_be_told_to_a_person_in_three_languages(code):
    assert code.text.kk
    assert code.text.ru
    assert code.text.en


def test_a_fault_is_told_in_its_own_words_and_an_unknown_one_in_general_words():
    assert ERRORS["shep-error"].text is FaultCode.NO_RIGHT.text
    unknown = GatewayError(Fault("SCGW42", "?", DATE), signed=True)
    assert unknown.text is ShepErrorCode.GATEWAY.text
    assert unknown.outcome == "SCGW42"
