import pytest

from gateway.shep.elements import Malformed
from gateway.shep.faults import Fault
from gateway.shep.messages import (
    DeliveryAcknowledgement,
    DeliveryNotification,
    MessagesAnswer,
    MessagesQuestion,
    Property,
    ReceiveStatus,
    Resend,
    Sender,
)
from gateway.shep.pulling import (
    read_delivery_acknowledgement,
    read_delivery_notification,
    read_messages_answer,
    read_messages_question,
    write_delivery_acknowledgement,
    write_delivery_notification,
    write_messages_answer,
    write_messages_question,
)
from tests.unit.shep.messages import DATE, SESSION, message, over_the_wire

PORTAL = Sender("PORTAL", "secret")


@pytest.mark.parametrize(
    "asked",
    [
        MessagesQuestion("SERVICE"),
        MessagesQuestion("SERVICE", "254750124", "3382552", DATE, PORTAL, 10, (Property("KEY", "value"),)),
        MessagesQuestion("SERVICE", amount=0),
    ],
)
def test_a_question_for_messages_comes_out_as_it_went_in(asked):
    assert read_messages_question(over_the_wire(write_messages_question(asked))) == asked


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fetched_messages_come_out_as_they_went_in(count):
    messages = tuple(message(message_id=str(n), correlation_id="3382552", session_id=SESSION) for n in range(count))
    answer = MessagesAnswer(DATE, SESSION, messages)
    assert read_messages_answer(over_the_wire(write_messages_answer(answer))) == answer


@pytest.mark.parametrize("error", [None, Fault("SCE909", "Внутренняя ошибка ИС", DATE, "details")])
@pytest.mark.parametrize("resend", list(Resend))
@pytest.mark.parametrize("status", list(ReceiveStatus))
def test_a_delivery_notification_comes_out_as_it_went_in(status, resend, error):
    told = DeliveryNotification("254750124", "SERVICE", DATE, status, DATE, resend, DATE, PORTAL, error)
    assert read_delivery_notification(over_the_wire(write_delivery_notification(told))) == told


def test_the_acknowledgement_of_a_delivery_notification_comes_out_as_it_went_in():
    told = DeliveryAcknowledgement("1", DATE, SESSION)
    assert read_delivery_acknowledgement(over_the_wire(write_delivery_acknowledgement(told))) == told


@pytest.mark.parametrize("amount", ["-1", "1.5", "ten", "٣", "9" * 40])
def test_an_amount_that_is_no_count_is_refused(amount):
    wrapper = write_messages_question(MessagesQuestion("SERVICE", amount=1))
    wrapper.find("request/amount").text = amount
    with pytest.raises(Malformed, match="amount"):
        read_messages_question(wrapper)
