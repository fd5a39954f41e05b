"""A scanner types a number on whatever layout is on; what it did not read is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.terminal.codes import LONGEST, number_in, read_scan

NUMBER = "73000000000012"
KAZAKH_ROW = str.maketrans("1234567890", '"әіңғ,.үұқ')
KAZAKH_CAPS = str.maketrans("1234567890", '"ӘІҢҒ,.ҮҰҚ')
CYRILLIC = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю")


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"]C1{NUMBER}",
        f"]c0{NUMBER}\t",
        f"\x02{NUMBER}\x03",
        f"\x02]C0{NUMBER}\x03\r",
        f"\x1d{NUMBER}\r\n",
        f"*{NUMBER}*",
        f"№ {NUMBER}\t",
        f"R{NUMBER}",
        f" {NUMBER} ",
        "7300 0000 0000 12",
        "R7300 0000 0000 12",
        "73-000000-000012",
        f"ЪС1{NUMBER}",
        NUMBER.translate(KAZAKH_ROW),
        NUMBER.translate(KAZAKH_CAPS),
        NUMBER.translate(KAZAKH_ROW).upper(),
        f"]C1{NUMBER}".lower().translate(CYRILLIC).translate(KAZAKH_ROW),
    ],
)
def test_a_number_is_read_whatever_the_layout_and_whatever_the_scanner_adds(typed):
    assert number_in(typed) == read_scan(typed) == NUMBER


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", ""),
        ("   ", ""),
        ("]C1", ""),
        ("880101100127", "880101100127"),
        ("1234", "1234"),
        ("йцу12", "QWE12"),
        (f"{NUMBER} {NUMBER}", f"{NUMBER} {NUMBER}"),
        (f"{NUMBER};{NUMBER[::-1]}", f"{NUMBER};{NUMBER[::-1]}"),
        ("730000000000123", "730000000000123"),
        ("7300000000001", "7300000000001"),
        ("73O00000000017", "73O00000000017"),
        ("٧" * 14, "٧" * 14),
        ("7" * (LONGEST + 5), "7" * LONGEST),
    ],
)
def test_what_is_no_number_comes_back_whole_to_be_told_of(typed, code):
    assert number_in(typed) is None
    assert read_scan(typed) == code


@given(st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_every_number_is_read_on_either_layout(number):
    assert number_in(number) == number_in(number.translate(KAZAKH_ROW)) == number


@given(st.text(max_size=400))
def test_nothing_that_can_be_typed_breaks_the_field(typed):
    code, number = read_scan(typed), number_in(typed)
    assert len(code) <= 2 * LONGEST
    assert code == code.strip()
    assert number is None or (number == code and len(number) == 14 and number.isascii() and number.isdecimal())
