import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.arm.scanner import LONGEST, read_scan

NUMBER = "73000000000012"
KAZAKH_ROW = str.maketrans("1234567890", '"әіңғ,.үұқ')
KAZAKH_CAPS = str.maketrans("1234567890", '"ӘІҢҒ,.ҮҰҚ')
CYRILLIC = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю")


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"]C1{NUMBER}",
        f"\x02{NUMBER}\x03",
        f"\x1d{NUMBER}\r\n",
        f"*{NUMBER}*",
        f" {NUMBER} ",
        "7300 0000 0000 12",
        "73-000000-000012",
        f"ЪС1{NUMBER}",
        NUMBER.translate(KAZAKH_ROW),
        NUMBER.translate(KAZAKH_CAPS),
        f"]C1{NUMBER}".lower().translate(CYRILLIC).translate(KAZAKH_ROW),
    ],
)
def test_a_number_is_read_whatever_the_layout_and_whatever_the_scanner_adds(typed):
    assert read_scan(typed) == NUMBER


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", ""),
        ("   ", ""),
        ("880101100127", "880101100127"),
        ("1234", "1234"),
        ("йцу12", "QWE12"),
        (f"{NUMBER} {NUMBER}", f"{NUMBER} {NUMBER}"),
        ("730000000000123", "730000000000123"),
        ("7" * (LONGEST + 5), "7" * LONGEST),
    ],
)
def test_what_is_no_number_comes_back_whole_to_be_told_of(typed, code):
    assert read_scan(typed) == code


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_the_field(typed):
    code = read_scan(typed)
    assert len(code) <= 2 * LONGEST
    assert code == code.strip()
