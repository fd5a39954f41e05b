"""Every code of the electronic queue and of the hand-over has its row, and the page of the queue states its numbers."""

from gateway.flows.arm.handing_over_errors import _TEXTS as HAND_OVER
from gateway.flows.arm.handing_over_errors import HandOverCode
from gateway.flows.arm.queue_errors import _TEXTS as QUEUE
from gateway.flows.arm.queue_errors import QueueCode
from gateway.flows.arm.queue_slots import DAYS_AHEAD, SLOT
from gateway.flows.arm.tickets import MOST_CALLS, NO_SHOW_AFTER
from tests.unit.docs.test_reference import _rows


def test_every_code_of_the_queue_and_the_hand_over_has_its_row() -> None:
    rows = _rows("flow-and-desk-codes.md", width=3)
    said = {code.value: [one.en for one in QUEUE[code]] for code in QueueCode}
    said |= {code.value: [one.en for one in HAND_OVER[code]] for code in HandOverCode}
    assert {code: rows.get(code) for code in said} == said


def test_the_page_of_the_queue_states_its_numbers() -> None:
    stated = {name: values[0] for name, values in _rows("electronic-queue.md", width=3).items()}
    assert stated["how long a time lasts"] == f"{SLOT.seconds // 60} minutes"
    assert stated["how far ahead is booked"] == f"{DAYS_AHEAD} working days, today among them"
    assert stated["how long one who was called is waited for"] == f"{NO_SHOW_AFTER.seconds // 60} minutes"
    assert stated["how often one is called"] == f"at most {MOST_CALLS} times"
