"""Every code of a booked time has its row, and the pages state service, schema and numbers of the booking."""

from gateway.catalogue import load_catalogue
from gateway.desk.booking_errors import BookingCode, BookingError
from gateway.exchange.office_booking import BOOKING_SERVICE, SCHEMA
from gateway.exchange.office_booking_mark import SCHEMA as MARK_SCHEMA
from gateway.flows.arm.queue_slots import OFFICE_SLOT, places
from tests.unit.docs.test_reference import REFERENCE, _rows


def test_every_code_of_a_booked_time_has_its_row_and_its_words_in_each_language() -> None:
    rows = _rows("flow-and-desk-codes.md", width=3)
    said = {code.value: BookingError(code) for code in BookingCode}
    assert {code: rows.get(code) for code in said} == {code: [e.text.en, e.advice.en] for code, e in said.items()}
    for error in said.values():
        for text in (error.text, error.advice):
            assert all((text.kk, text.ru, text.en))


def test_the_page_of_messages_names_service_and_schema() -> None:
    page = (REFERENCE / "messages.md").read_text(encoding="utf-8")
    for name in (BOOKING_SERVICE, SCHEMA.name, SCHEMA.namespace, MARK_SCHEMA.name, MARK_SCHEMA.namespace):
        assert name in page


def test_the_page_of_the_queue_states_the_numbers_of_an_office() -> None:
    stated = {name: values[0] for name, values in _rows("electronic-queue.md", width=3).items()}
    assert stated["how long a time at a provider's office lasts"] == f"{OFFICE_SLOT.seconds // 60} minutes"
    one = str(places(load_catalogue().office("karaganda-employment")))
    assert stated["how many are booked for one time at a provider's office"] == one
