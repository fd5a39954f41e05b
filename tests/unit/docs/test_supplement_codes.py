"""Every code of a supplement that the desk does not take has its row, with its words."""

from gateway.desk.supplements import NotTaken, NotTakenCode
from tests.unit.docs.test_reference import _rows


def test_every_code_of_a_supplement_that_is_not_taken_has_its_row() -> None:
    rows = _rows("flow-and-desk-codes.md")
    said = {code: NotTaken(code, "").text for code in NotTakenCode}
    assert {code: rows.get(code.value) for code in said} == {code: [text.en] for code, text in said.items()}
    assert all((text.kk, text.ru) for text in said.values())
