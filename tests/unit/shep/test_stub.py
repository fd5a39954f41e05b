import pytest

from gateway.shep.messages import Payload, PayloadForm, Status
from simulators.shep.config import ServiceEntry
from simulators.shep.stub import LONGEST, Stub
from tests.unit.shep.messages import DATE, question

SERVICE = {"service_id": "FOUND", "owner": "PORTAL", "channel": "sync"}


@pytest.mark.parametrize(
    ("stub", "reason"),
    [
        ({"payload": "<found>"}, "not XML"),
        ({"payload": "<found/>", "echo": True}, "not with both"),
        ({"payload": "\x01", "form": "escaped"}, "XML compatible"),
        ({"payload": "x" * (LONGEST + 1), "form": "escaped"}, "payload"),
        ({"code": "НЕТ"}, "code"),
        ({"message": "a\x00b"}, "message"),
        ({"paylod": "<found/>"}, "paylod"),
    ],
)
def test_a_stub_that_cannot_be_written_is_refused_with_the_registry(stub, reason):
    with pytest.raises(ValueError, match=reason):
        ServiceEntry.model_validate({**SERVICE, "stub": stub})


@pytest.mark.parametrize("field", [{"stub": {}}, {"answer_signature": "optional"}])
def test_a_service_of_the_asynchronous_channel_has_no_answer_of_the_gateway(field):
    with pytest.raises(ValueError, match="synchronous channel"):
        ServiceEntry.model_validate({**SERVICE, "channel": "async", **field})


def test_a_stub_without_a_payload_answers_with_a_status_alone():
    answer = Stub(code="SCSE001", message="табылмады").answer(question(session_id="{1}"), at=DATE)
    assert (answer.status, answer.payload) == (Status("SCSE001", "табылмады"), None)
    assert (answer.correlation_id, answer.session_id, answer.response_date) == ("m-1", "{1}", DATE)


def test_an_echo_answers_with_what_was_asked_in_its_own_form():
    assert Stub(echo=True).answer(question(), at=DATE).payload == Payload(PayloadForm.ESCAPED, b"<ask/>")
