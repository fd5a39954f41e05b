"""Every code of a courier's register has its row, with its words; the messages' page names both schemas."""

from gateway.courier.errors import _ADVICE, _TEXTS, RegisterCode
from gateway.exchange.courier_register import MARKS_SCHEMA, REGISTER_SERVICE, RETURN_SERVICE, SCHEMA
from tests.unit.docs.test_reference import REFERENCE, _rows


def test_every_code_of_a_register_has_its_row() -> None:
    rows = _rows("flow-and-desk-codes.md", width=3)
    said = {code.value: [_TEXTS[code].en, _ADVICE[code].en] for code in RegisterCode}
    assert {code: rows.get(code) for code in said} == said


def test_the_page_of_messages_names_services_and_schemas() -> None:
    page = (REFERENCE / "messages.md").read_text(encoding="utf-8")
    for name in (REGISTER_SERVICE, RETURN_SERVICE, SCHEMA.name, SCHEMA.namespace, MARKS_SCHEMA.name):
        assert name in page
